"""The weekly note with its questions, and what was said in answer."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.blocks import check_ins as check_in_blocks
from bot.courier.decisions import Drop, Post, Verdict
from bot.courier.library import Library
from bot.courier.reduced import is_left_out
from bot.courier.renderer import Renderer
from bot.domain.messages import DropReason, MessageKind
from bot.domain.pings import is_wanted
from bot.domain.rounds import CheckInQuestion, Met, Share, StillAsked
from bot.services.overview.weekly_note import still_asked
from storage import goals, uses
from storage.outbox import pings
from storage.outbox.outbox import OutboxMessage
from storage.rounds import check_ins, rounds
from storage.rounds.rounds import SeatState

MOST_DEFERRED: Final = 3
# Two that came a month apart and longer ago than this would only bring one note more.
NOTES_REMEMBERED: Final = timedelta(weeks=12)


def weekly_note(
    session: Session, row: OutboxMessage, now: datetime, say: Callable[[OutboxMessage], Verdict]
) -> Verdict:
    """What is asked and what moved into the note, whose own words `say` makes; not sent without either."""
    asks = still_asked(session, row.workspace, row.recipients[0], now)
    asked = {question.group_id for question in asks.met}
    deferred = [
        verdict.message
        for other in pings.list_deferred_to_note(session, row)
        if (verdict := _still_true(session, other, asked, now, say)) is not None
    ]
    if not asks and not deferred:
        return Drop(DropReason.NOTHING_TO_SAY)
    if not deferred and not _is_wanted(session, row, now):
        return Drop(DropReason.NOTES_IGNORED)
    if not deferred and is_left_out(session, row, now):
        return Drop(DropReason.LESS_WANTED)
    return Post(check_in_blocks.note_message(asks, deferred[:MOST_DEFERRED]))


def met_later(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    """Whether those who had booked have met by now; not sent when they said so, or left."""
    group = rounds.get_group(session, row.workspace, row.subject)
    reader = row.recipients[0]
    check_in = check_ins.find_own(session, group.workspace, group.id, reader)
    seat = rounds.find_seat(session, group.workspace, group.round_id, reader)
    is_in = seat is not None and seat.group_id == group.id and seat.state == SeatState.SEATED
    if check_in is None or check_in.met != Met.BOOKED or not is_in:
        return Drop(DropReason.ANSWERED)
    others = tuple(one for one in rounds.list_introduced(session, group) if one != reader)
    return Post(check_in_blocks.note_message(StillAsked((CheckInQuestion(group.id, others),))))


def takeaway(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    """What somebody takes away, to whom it was meant for; not sent when it was taken back."""
    check_in = check_ins.get_check_in(session, row.workspace, row.subject)
    meant_for = Share.PARTNER if row.recipients else Share.CHANNEL
    if not check_in.takeaway or check_in.takeaway_for != meant_for:
        return Drop(DropReason.TAKEN_BACK)
    return Post(check_in_blocks.takeaway_message(check_in.user_id, check_in.takeaway))


def _is_wanted(session: Session, row: OutboxMessage, now: datetime) -> bool:
    reader = row.recipients[0]
    received = pings.list_received(session, row.workspace, reader, now - NOTES_REMEMBERED)
    notes = [ping.pinged_at for ping, sent in received if sent.kind == MessageKind.WEEKLY_NOTE and sent.id != row.id]
    answers = (
        check_ins.find_last_answered_at(session, row.workspace, reader),
        goals.find_last_answer(session, row.workspace, reader),
        uses.find_last_answer(session, row.workspace, reader),
    )
    return is_wanted(notes, max((at for at in answers if at), default=None), now)


def _still_true(
    session: Session, row: OutboxMessage, asked: set[int], now: datetime, say: Callable[[OutboxMessage], Verdict]
) -> Post | None:
    """Make the words of a message that moved into a weekly note; None when there is no more need for them."""
    if row.kind == MessageKind.HALFWAY:
        group = rounds.get_group(session, row.workspace, row.subject)
        # A person who is asked whether they met needs no other question.
        is_over = group.id in asked or rounds.get_round(session, row.workspace, group.round_id).ends_at <= now
    else:
        is_over = row.not_after is not None and row.not_after < now
    # In the language of the note: the message itself may have been meant for a whole group.
    verdict = None if is_over else say(row)
    return verdict if isinstance(verdict, Post) else None


RENDERERS: Final[Mapping[MessageKind, Renderer]] = {
    MessageKind.MET_LATER: met_later,
    MessageKind.TAKEAWAY_SHARED: takeaway,
}
