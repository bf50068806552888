"""Introductions of a round, and what people hear when something about them changes."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.blocks import requests as request_blocks
from bot.blocks import rounds as round_blocks
from bot.blocks.language import spoken
from bot.courier.decisions import Drop, Post, Verdict
from bot.courier.library import Library
from bot.courier.renderer import Renderer
from bot.domain.cadence import common_openings, local_day
from bot.domain.messages import DropReason, MessageKind
from bot.domain.offers import LASTS
from bot.domain.rounds import Introduction, Taught
from bot.services.communities.communities import first_round_on
from bot.services.rounds.groups import introduction_key, was_introduced
from storage import communities, members
from storage.outbox import outbox
from storage.outbox.outbox import OutboxMessage, OutboxState
from storage.rounds import history, rounds
from storage.rounds.gatherings import list_lessons_that_hold
from storage.rounds.rounds import Group, Round, SeatState

OPENINGS_SHOWN: Final = 2
NOT_ON_THE_DAY: Final = timedelta(hours=12)


def introduction(session: Session, row: OutboxMessage, library: Library, now: datetime) -> Verdict:
    """The introduction of a group; not sent when the group changed or its community sleeps."""
    group = rounds.get_group(session, row.workspace, row.subject)
    seats = [seat.user_id for seat in rounds.list_seats_of_group(session, group)]
    if seats != sorted(row.recipients):
        return Drop(DropReason.GROUP_CHANGED)
    its_round = rounds.get_round(session, row.workspace, group.round_id)
    if rounds.get_community(session, its_round).asleep_at is not None:
        return Drop(DropReason.ASLEEP)
    guide = library.guides.in_language(spoken()).guides[group.guide_ids[0]]
    return Post(round_blocks.introduction_message(_values(session, group, its_round, seats, now), guide))


def no_partner(session: Session, row: OutboxMessage, library: Library, _now: datetime) -> Verdict:
    """Nobody was found; not sent when somebody was, or the person is out."""
    seat = rounds.find_seat(session, row.workspace, row.subject, row.recipients[0])
    if seat is None or seat.state != SeatState.LOOKING:
        return Drop(DropReason.HAS_GROUP)
    its_round = rounds.get_round(session, row.workspace, row.subject)
    community = rounds.get_community(session, its_round)
    return Post(round_blocks.no_partner_message(community.channel_id, community.id, seat.why_alone, library.names))


def incomplete(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    """Not everybody could be introduced, told to those who look after the community."""
    its_round = rounds.get_round(session, row.workspace, row.subject)
    community = rounds.get_community(session, its_round)
    if row.recipients[0] not in communities.list_facilitators(session, community):
        return Drop(DropReason.NO_FACILITATOR)
    seated = sum(len(group) for group in rounds.list_planned_groups(session, its_round))
    return Post(round_blocks.incomplete_message(community.channel_id, its_round.number, seated, its_round.unplaced))


def halfway(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    """Have you found a time; not sent when one was booked or the group changed."""
    group = rounds.get_group(session, row.workspace, row.subject)
    if group.booked_at is not None:
        return Drop(DropReason.BOOKED)
    if not was_introduced(session, group):
        return Drop(DropReason.NOT_INTRODUCED)
    if len(rounds.list_seats_of_group(session, group)) < len(row.recipients):
        return Drop(DropReason.GROUP_CHANGED)
    its_round = rounds.get_round(session, row.workspace, group.round_id)
    return Post(round_blocks.halfway_message(group.id, on_request=its_round.community_id is None))


def partner_out(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    """A partner cannot come, and who is left, or there instead."""
    group = rounds.get_group(session, row.workspace, row.subject)
    seats = [seat.user_id for seat in rounds.list_seats_of_group(session, group)]
    reader = row.recipients[0]
    if rounds.get_round(session, row.workspace, group.round_id).community_id is None:
        return Post(request_blocks.over_message(row.about))
    if reader in seats:
        still_there = [user_id for user_id in seats if user_id != reader]
        return Post(round_blocks.partner_out_message(group.id, row.about, still_there))
    seat = rounds.find_seat(session, row.workspace, group.round_id, reader)
    if seat is None or seat.state == SeatState.OUT:
        return Drop(DropReason.OUT_TOO)
    instead: list[str] = []
    if seat.state == SeatState.SEATED and seat.group_id is not None:
        new = rounds.get_group(session, row.workspace, seat.group_id)
        introduction = outbox.find_message(session, row.workspace, introduction_key(new.id))
        if introduction is not None and introduction.state == OutboxState.SENT:
            # On the day of the first introduction there was no room for this, and on the next the second went first.
            return Drop(DropReason.INTRODUCED_TO_OTHERS)
        instead = [one.user_id for one in rounds.list_seats_of_group(session, new) if one.user_id != reader]
    return Post(round_blocks.partner_out_message(group.id, row.about, (), instead))


def unreachable(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    """A partner cannot be reached by Slack any more."""
    group = rounds.get_group(session, row.workspace, row.subject)
    seats = [seat.user_id for seat in rounds.list_seats_of_group(session, group)]
    others = [user_id for user_id in seats if user_id != row.recipients[0]]
    return Post(round_blocks.unreachable_message(group.id, others))


def skipped(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    """Why there is no round this time, and when the next one is; not sent when there is one after all."""
    its_round = rounds.find_skipped(session, row.workspace, row.subject)
    if its_round is None:
        return Drop(DropReason.HELD)
    community = rounds.get_community(session, its_round)
    next_on = local_day(its_round.ends_at, community.zone)
    return Post(round_blocks.round_skipped_message(community.channel_id, its_round.skipped, next_on))


def held(session: Session, row: OutboxMessage, _library: Library, now: datetime) -> Verdict:
    """The introductions go out after all, and when the next ones are."""
    community = rounds.get_community(session, rounds.get_round(session, row.workspace, row.subject))
    return Post(round_blocks.round_held_message(community.channel_id, first_round_on(session, community, now)))


def _values(session: Session, group: Group, its_round: Round, people: list[str], now: datetime) -> Introduction:
    windows = [person.window for person in members.list_people(session, group.workspace, people)]
    openings = common_openings(windows, now + NOT_ON_THE_DAY, its_round.ends_at)
    return Introduction(
        group_id=group.id,
        people=tuple(people),
        reason=group.reason,
        again_after=_again_after(session, its_round, people),
        guide_id=group.guide_ids[0],
        openings=tuple(openings[:OPENINGS_SHOWN]),
        lessons=_lessons(session, group, now),
        round_number=its_round.number,
    )


def _lessons(session: Session, group: Group, now: datetime) -> tuple[Taught, ...]:
    """Return what the people of a group can show each other, in the teachers' own words, as far as it still holds."""
    lessons = list_lessons_that_hold(session, group, since=now - LASTS)
    return tuple(Taught(lesson.teacher, lesson.learner, topic) for lesson, topic in lessons)


def _again_after(session: Session, its_round: Round, people: list[str]) -> int | None:
    """Return how many rounds ago any two of these people were last introduced; None when never."""
    last = history.find_last_meeting(session, its_round, people)
    return None if last is None else its_round.number - last


RENDERERS: Final[Mapping[MessageKind, Renderer]] = {
    MessageKind.INTRODUCTION: introduction,
    MessageKind.NO_PARTNER: no_partner,
    MessageKind.HALFWAY: halfway,
    MessageKind.PARTNER_OUT: partner_out,
    MessageKind.PARTNER_UNREACHABLE: unreachable,
    MessageKind.ROUND_SKIPPED: skipped,
    MessageKind.ROUND_HELD: held,
    MessageKind.ROUND_INCOMPLETE: incomplete,
}
