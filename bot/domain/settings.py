"""What somebody may say about themselves for the pairing, and its rules."""

from dataclasses import dataclass
from datetime import time
from typing import Final

from bot.domain.cadence import Window
from bot.domain.errors import Problem, Refusal
from bot.domain.schedule import NOTE_AT, NOTE_WEEKDAY

PACES: Final = (1, 2, 4)
MAX_TEAM: Final = 40
MOST_BLOCKED: Final = 20
MOST_LANGUAGES: Final = 4
SHORTEST_DAY_MINUTES: Final = 60

_USUAL: Final = Window()


@dataclass(frozen=True, slots=True)
class PersonSettings:
    """A person's own settings.

    Args:
        team: In their own words; empty when they did not say.
        manager: The id of their manager; empty when they did not say.
        pace: From one of their introductions to the next: every round, every second or every fourth.
        language: Code of the language in which the bot speaks to them; empty for that of their account in Slack.
        meets_in: Codes of the languages in which they can meet; empty when they did not say, which fits everybody.
        writing_ok: Whether an exchange in writing is fine, so that working hours need not overlap.
        mentions_ok: Whether others may mention them in a channel; if not, thanks reach them in private.
        witness_ok: Whether others may ask them to be the witness of a goal.
        days: The weekdays (0 is Monday) on which the bot may write to them.
        start: From when on each day, in their own zone.
        end: Until when.
        has_note: Whether they want a weekly note.
        note_weekday: On which weekday it comes.
        note_at: At what time, in their own zone.
    """

    team: str = ""
    manager: str = ""
    pace: int = 1
    writing_ok: bool = False
    language: str = ""
    meets_in: frozenset[str] = frozenset()
    mentions_ok: bool = True
    witness_ok: bool = True
    days: frozenset[int] = _USUAL.days
    start: time = _USUAL.start
    end: time = _USUAL.end
    has_note: bool = True
    note_weekday: int = NOTE_WEEKDAY
    note_at: time = NOTE_AT


def check_settings(form: PersonSettings, user_id: str) -> dict[str, Refusal]:
    """Return what is wrong with a person's settings, by field; empty when they are fine."""
    troubles = {}
    if len(form.team.strip()) > MAX_TEAM:
        troubles["team"] = Refusal(Problem.TOO_LONG, {"length": str(len(form.team.strip())), "limit": str(MAX_TEAM)})
    if form.manager == user_id:
        troubles["manager"] = Refusal(Problem.OWN_MANAGER)
    return troubles | (_check_hours(form) or _check_note(form))


def _check_hours(form: PersonSettings) -> dict[str, Refusal]:
    if not form.days:
        return {"days": Refusal(Problem.NO_DAYS)}
    if form.start >= form.end:
        return {"until": Refusal(Problem.HOURS_BACKWARDS, _hours(form))}
    if _minutes(form.end) - _minutes(form.start) < SHORTEST_DAY_MINUTES:
        return {"until": Refusal(Problem.HOURS_SHORT, _hours(form))}
    return {}


def _check_note(form: PersonSettings) -> dict[str, Refusal]:
    if not form.has_note:
        return {}
    if form.note_weekday not in form.days:
        return {"note_day": Refusal(Problem.NOTE_OFF_DAY)}
    if not form.start <= form.note_at < form.end:
        return {"note_at": Refusal(Problem.NOTE_OFF_HOURS, _hours(form))}
    return {}


def _hours(form: PersonSettings) -> dict[str, str]:
    return {"start": f"{form.start:%H:%M}", "end": f"{form.end:%H:%M}"}


def _minutes(at: time) -> int:
    return 60 * at.hour + at.minute


def check_blocked(others: tuple[str, ...], user_id: str) -> Refusal | None:
    """Return what is wrong with a private list, or None."""
    if user_id in others:
        return Refusal(Problem.NOT_WITH_YOURSELF)
    if len(others) > MOST_BLOCKED:
        return Refusal(Problem.LIST_FULL, {"limit": str(MOST_BLOCKED)})
    return None


def is_turn(pace: int, number: int, last: int | None) -> bool:
    """Tell whether somebody's own pace lets them into a round.

    `number` is the round's number, `last` that of the last round they had a part in, None when there is none.
    """
    return last is None or number - last >= pace


def team_key(team: str) -> str:
    """Return the form in which teams are compared: case and spaces do not matter."""
    return "".join(team.casefold().split())
