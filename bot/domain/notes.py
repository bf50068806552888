"""Rules for learning notes: what fits into one, and how long it can be taken back."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from bot.domain.errors import Problem, Refusal
from bot.domain.goals import check_length
from bot.domain.kudos import check_link

MIN_NOTE: Final = 5
MAX_NOTE: Final = 300
UNDO_FOR: Final = timedelta(minutes=10)
MOST_LISTED: Final = 10
MOST_AT_HOME: Final = 3


@dataclass(frozen=True, slots=True)
class NoteForm:
    """What somebody typed and chose about something they learned.

    Args:
        link: The address of where it was learned; may be empty.
        asks: Whether the person wants to be asked in three weeks whether they used it.
        channel_id: The community's channel that may read it; empty for nobody else.
    """

    text: str
    link: str = ""
    asks: bool = True
    channel_id: str = ""


@dataclass(frozen=True, slots=True)
class NoteCard:
    """A learning note as its owner sees it; `noted_on` is the owner's day, the rest as in the form."""

    note_id: int
    text: str
    link: str
    noted_on: date
    asks: bool
    channel_id: str

    @property
    def form(self) -> NoteForm:
        """Return what is in its form when it is changed."""
        return NoteForm(self.text, self.link, self.asks, self.channel_id)


@dataclass(frozen=True, slots=True)
class Notes:
    """A person's learning notes: the newest of them, newest first, and how many there are in all."""

    newest: tuple[NoteCard, ...] = ()
    total: int = 0


def check_note(form: NoteForm) -> dict[str, Refusal]:
    """Return what is wrong with a learning note, by field; empty when it is fine."""
    found = {
        "text": check_length(form.text, MIN_NOTE, MAX_NOTE, Problem.NOTE_SHORT),
        "link": check_link(form.link.strip()),
    }
    return {name: trouble for name, trouble in found.items() if trouble}


def may_undo(noted_at: datetime, now: datetime) -> bool:
    """Tell whether a note may still be taken back as if it had never been; both moments are aware UTC."""
    return now - noted_at <= UNDO_FOR
