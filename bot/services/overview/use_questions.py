"""What people learned and may be asked about: notes, takeaways of introductions, goals they reached."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.domain.cadence import at_local, local_day
from bot.domain.goals import CHECK_AT
from bot.domain.identity import Actor
from bot.domain.messages import MessageKind
from bot.domain.schedule import DueKind
from bot.domain.uses import ASKED_WITHIN, Learned, Source, UseQuestion, next_asked
from storage import due, goals, members, notes, uses
from storage.members import Person
from storage.outbox import outbox
from storage.rounds import check_ins
from storage.uses import UseCheck

# A note that was put off is sent on the Tuesday after; a week later there is another one.
_ASKED_FOR = timedelta(days=8)


def list_unasked(session: Session, person: Person, now: datetime) -> list[Learned]:
    """List what somebody learned lately and was not asked about yet."""
    asked = {
        (row.source, row.source_id)
        for row in uses.list_uses(session, person.workspace, person.user_id, (now - 2 * ASKED_WITHIN).date())
    }
    return [one for one in _lately(session, person, now) if (one.source, one.source_id) not in asked]


def plan_use(session: Session, person: Person, now: datetime) -> None:
    """Plan when somebody is to be asked next whether they used what they learned: before a weekly note, or never."""
    session.flush()
    today = local_day(now, person.zone)
    since = today if now < at_local(today, CHECK_AT, person.zone) else today + timedelta(days=1)
    last = uses.list_uses(session, person.workspace, person.user_id, today - timedelta(weeks=1))
    day = next_asked(list_unasked(session, person, now), last[0].asked_on if last else None, since)
    if day is None:
        due.clear_due(session, person.workspace, DueKind.USE_CHECK, person.user_id)
        return
    due.set_due(session, person.workspace, DueKind.USE_CHECK, person.user_id, at_local(day, CHECK_AT, person.zone))


def plan_use_of(session: Session, who: Actor, now: datetime) -> None:
    """Plan the same for somebody who acts; nothing for a person the bot has not met."""
    person = members.find_person(session, who.workspace, who.user_id)
    if person is not None:
        plan_use(session, person, now)


def open_use_question(session: Session, workspace: str, user_id: str, now: datetime) -> UseQuestion | None:
    """Return what a person may be asked about now and has not answered; nothing when it is gone by now."""
    person = members.find_person(session, workspace, user_id)
    if person is None:
        return None
    asked = uses.list_uses(session, workspace, user_id, local_day(now, person.zone) - _ASKED_FOR)
    if not asked or asked[0].answer is not None:
        return None
    learned = learned_of(session, asked[0], person.zone)
    if learned is None:
        return None
    weeks = (asked[0].asked_on - learned.learned_on).days // 7
    return UseQuestion(asked[0].id, learned.source, learned.text, weeks)


def learned_of(session: Session, check: UseCheck, zone: str) -> Learned | None:
    """Return what somebody was asked about, in the words that stand there now; None when it is gone."""
    found: tuple[str, datetime | None] | None = None
    match check.source:
        case Source.NOTE:
            note = notes.find_note(session, check.workspace, check.source_id)
            if note is not None and note.owner == check.owner and note.asks:
                found = note.text, note.noted_at
        case Source.TAKEAWAY:
            check_in = check_ins.find_check_in(session, check.workspace, check.source_id)
            if check_in is not None and check_in.user_id == check.owner and check_in.takeaway:
                found = check_in.takeaway, check_in.answered_at
        case Source.GOAL:
            goal = goals.find_goal(session, check.workspace, check.source_id)
            if goal is not None and goal.owner == check.owner:
                found = goal.title, goal.done_at
    if found is None or found[1] is None:
        return None
    return Learned(check.source, check.source_id, found[0], local_day(found[1], zone))


def use_key(check: UseCheck) -> str:
    """Return the key of the message in which a channel reads where something was used."""
    return f"use-shared:{check.id}:{check.shared}"


def take_use_away(session: Session, check: UseCheck, now: datetime) -> None:
    """Take where something was used out of the channel that may read it, whether it stands there yet or not."""
    key = use_key(check)
    if check.is_for_channel and not outbox.withdraw(session, check.workspace, key):
        outbox.add(
            session,
            check.workspace,
            f"use-removed:{check.id}:{check.shared}",
            MessageKind.USE_REMOVED,
            subject=check.id,
            about=check.owner,
            channel_id=check.channel_id,
            edits=key,
            now=now,
        )


def forget_uses_of(session: Session, who: Actor, source: Source, source_id: int, now: datetime) -> None:
    """Remove what somebody was asked about something that is gone, also from the channel that may read it."""
    for check in uses.list_of_source(session, who, source, source_id):
        take_use_away(session, check, now)
    uses.forget_uses(session, who, source, source_id)


def _lately(session: Session, person: Person, now: datetime) -> Iterator[Learned]:
    whose, since = (person.workspace, person.user_id), now - ASKED_WITHIN - timedelta(days=1)
    for note in notes.list_to_ask(session, *whose, since):
        yield Learned(Source.NOTE, note.id, note.text, local_day(note.noted_at, person.zone))
    for check_in in check_ins.list_takeaways(session, *whose, since):
        words, day = check_in.takeaway or "", local_day(check_in.answered_at, person.zone)
        yield Learned(Source.TAKEAWAY, check_in.id, words, day)
    for goal in goals.list_done(session, *whose, since):
        if goal.done_at is not None:
            yield Learned(Source.GOAL, goal.id, goal.title, local_day(goal.done_at, person.zone))
