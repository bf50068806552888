"""When a round asks its people whether they met, and which of these questions are open."""

from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.domain.cadence import (
    at_local,
    local_day,
    weekday_in_week_of,
)
from bot.domain.rounds import CheckInQuestion
from bot.domain.schedule import NOTE_WEEKDAY, days_until_note
from bot.services.rounds.groups import was_introduced, zone_of
from storage import members
from storage.rounds import check_ins, rounds
from storage.rounds.rounds import SeatState

# Days after a round's end for which it still asks the person who has their note on Thursdays.
ASKED_FOR_DAYS: Final = 3


def asking_span(ends_at: datetime, zone: str, person: members.Person) -> tuple[datetime, datetime]:
    """Return from when on and until when a person's note asks about a round that ends at a moment, by days of a zone.

    From the Thursday of its last week on, as late as the note of that week may come.
    """
    last_day = local_day(ends_at, zone) - timedelta(days=1)
    asks_at = at_local(weekday_in_week_of(last_day, NOTE_WEEKDAY), person.note_at, person.zone)
    return asks_at, ends_at + timedelta(days=_kept_for(person))


def _kept_for(person: members.Person) -> int:
    return ASKED_FOR_DAYS + days_until_note(person.note_weekday)


def open_questions(session: Session, workspace: str, user_id: str, now: datetime) -> tuple[CheckInQuestion, ...]:
    """Return each "Did you meet?" that a person may be asked by now and has not answered.

    A round asks within its `asking_span`, and never about people introduced the same day, or whose introduction
    never came.
    """
    person = members.find_person(session, workspace, user_id)
    if person is None:
        return ()
    questions = []
    for seat, its_round in rounds.list_seats_near(session, workspace, user_id, now, _kept_for(person)):
        if seat.group_id is None or its_round.skipped or seat.state != SeatState.SEATED:
            continue
        group = rounds.get_group(session, workspace, seat.group_id)
        others = tuple(one.user_id for one in rounds.list_seats_of_group(session, group) if one.user_id != user_id)
        zone = zone_of(session, its_round)
        asks_at, _ = asking_span(its_round.ends_at, zone, person)
        is_fresh = local_day(group.formed_at, zone) == local_day(now, zone)
        has_answered = check_ins.find_own(session, workspace, group.id, user_id) is not None
        if others and asks_at <= now and not is_fresh and not has_answered and was_introduced(session, group):
            questions.append(CheckInQuestion(group.id, others))
    return tuple(questions)
