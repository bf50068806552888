"""What the log tells of acts, due rows and messages: a sentence for people, an event and ids for machines."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from typing import Final

# Where a session keeps the keys of the messages that it queues, to be told after the commit.
QUEUED: Final = "queued"
_current: Final[ContextVar[str]] = ContextVar("act", default="")


class Happening(StrEnum):
    """What happened; the values are stable, so that a search for one keeps working."""

    ACT_BEGUN = "act.begun"
    ACT_DONE = "act.done"
    ACT_REFUSED = "act.refused"
    ACT_FAILED = "act.failed"
    DUE_BEGUN = "due.begun"
    DUE_DONE = "due.done"
    DUE_FAILED = "due.failed"
    MESSAGE_QUEUED = "message.queued"
    MESSAGE_SENT = "message.sent"
    MESSAGE_DROPPED = "message.dropped"
    MESSAGE_FAILED = "message.failed"
    MESSAGE_IN_DOUBT = "message.in_doubt"


@contextmanager
def acting(act: str) -> Iterator[None]:
    """Name the act, or the due row, for which everything happens that this thread does while the block runs."""
    token = _current.set(act)
    try:
        yield
    finally:
        _current.reset(token)


def current_act() -> str:
    """Return the id of the act, or of the due row, that this thread is about; empty when there is none."""
    return _current.get()


def tell(log: logging.Logger, event: Happening, /, ids: Mapping[str, object], level: int = logging.INFO) -> None:
    """Write what happened to the log, with the ids of what it is about and of the act for which it happened.

    Only ids, codes and counts belong here: no text that a person wrote, no name, no token.
    """
    act = {"act": _current.get()} if _current.get() else {}
    log.log(level, "%s", event.value.replace(".", " ").replace("_", " "), extra={"event": event, "ids": {**act, **ids}})


class Formatter(logging.Formatter):
    """Writes a record as one line, and behind it the event and its ids as `name=value`."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name that logging calls
        """Return the line of a record."""
        line = super().formatMessage(record)
        event: Happening | None = getattr(record, "event", None)
        ids: Mapping[str, object] = getattr(record, "ids", {})
        fields = {"event": event.value, **ids} if event is not None else {}
        return " ".join([line, *(f"{name}={value}" for name, value in fields.items())])
