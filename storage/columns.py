"""Column types that both databases share: aware UTC moments, and words of an enumeration."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import DateTime, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

_Word = TypeVar("_Word", bound=StrEnum)


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
