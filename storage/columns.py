"""Column types that both databases share: aware UTC moments, words of an enumeration, lists, zones, whole numbers.

A type raises ValueError for what it cannot mean; `storage.unreadable` makes of that a row that is left out.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import DateTime, Integer, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from bot.domain.cadence import DAYS_IN_WEEK, decode_cadence

_Word = TypeVar("_Word", bound=StrEnum)
_Value = TypeVar("_Value")


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, aware and in UTC on both sides.

    SQLite keeps no zone, so it is taken off on the way in and put back on the way out.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive datetimes: nobody could tell which zone they meant."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a zone: {value.isoformat()}")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return every moment in UTC, in any zone of the server's session."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class WordOf(TypeDecorator[_Word]):
    """A member of an enumeration of words, stored as the word; nothing else can be written or read.

    Args:
        words: The enumeration.
    """

    impl = String
    cache_ok = True

    def __init__(self, words: type[_Word]) -> None:
        self.words = words
        super().__init__()

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - as SQLAlchemy has it
        """Return the word; raises ValueError for one that is not in the enumeration."""
        return None if value is None else self.words(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> _Word | None:  # noqa: ARG002 - as SQLAlchemy has it
        """Return the member; raises ValueError for a word that is not in the enumeration."""
        return None if value is None else self.words(value)


class Written(TypeDecorator[_Value], Generic[_Value]):
    """A value stored as text by a pair of functions, such as a list of words.

    A text that is compared with it or put in its place is taken as it is.

    Args:
        write: Makes the text of a value.
        read: Makes the value of a text; raises ValueError or LookupError for a text that `write` never makes.
    """

    impl = String
    cache_ok = True

    def __init__(self, write: Callable[[_Value], str], read: Callable[[str], _Value]) -> None:
        self.write = write
        self.read = read
        super().__init__()

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ANN401, ARG002 - as SQLAlchemy has it
        """Return the text of a value."""
        return value if value is None or isinstance(value, str) else self.write(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> _Value | None:  # noqa: ARG002 - as SQLAlchemy has it
        """Return the value of a text; raises as `read` does."""
        return None if value is None else self.read(value)

    def coerce_compared_value(self, op: Any, value: object) -> TypeEngine[Any]:  # noqa: ANN401 - as SQLAlchemy has it
        """Return how a value is bound that the column is compared with."""
        return String() if isinstance(value, str) else super().coerce_compared_value(op, value)


def list_of_words() -> Written[tuple[str, ...]]:
    """Return the type of a column that holds words in their order, separated by spaces."""
    return Written(" ".join, _split)


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split())


class ZoneName(TypeDecorator[str]):
    """An IANA zone that this machine knows."""

    impl = String
    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - as SQLAlchemy has it
        """Return the name; raises ValueError or LookupError for one that is no zone."""
        if value is not None:
            ZoneInfo(value)
        return value


class CadenceText(TypeDecorator[str]):
    """A cadence as `bot.domain.cadence` writes it."""

    impl = String
    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - as SQLAlchemy has it
        """Return the text; raises ValueError or LookupError when it is no cadence or names no zone."""
        if value is not None:
            ZoneInfo(decode_cadence(value).zone)
        return value


class Weekdays(TypeDecorator[str]):
    """At least one weekday, as digits from 0 for Monday."""

    impl = String
    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - as SQLAlchemy has it
        """Return the digits; raises ValueError when another character stands among them, or none."""
        if value is not None and (not value or not set(value) <= set(map(str, range(DAYS_IN_WEEK)))):
            raise ValueError(f"no weekdays: {value!r}")
        return value


class Whole(TypeDecorator[int]):
    """A whole number between two, both included.

    Args:
        least: The least.
        most: The greatest.
    """

    impl = Integer
    cache_ok = True

    def __init__(self, least: int, most: int) -> None:
        self.least = least
        self.most = most
        super().__init__()

    def process_result_value(self, value: object, dialect: Dialect) -> int | None:  # noqa: ARG002 - as SQLAlchemy has it
        """Return the number; raises ValueError for one that is less or more, and for what is no whole number."""
        if value is None or (isinstance(value, int) and self.least <= value <= self.most):
            return value
        raise ValueError(f"no number from {self.least} to {self.most}: {value!r}")
