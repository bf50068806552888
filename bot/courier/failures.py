"""What follows for people when Slack does not take a message: each step in the transaction that records it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlmodel import Session

from bot.domain.identity import Profile
from bot.domain.messages import RULES, Concerned, DropReason, MessageKind
from bot.gateway import SlackGateway
from bot.services.communities.communities import fall_asleep, tell_refused
from bot.services.delivery import tell_given_up
from bot.services.kudos.delivery import bring_in_private
from bot.services.members.members import mark_gone, take_out
from bot.services.rounds.groups import call_off, is_whole
from bot.slack_errors import AppRefusedError, ChannelClosedError, PersonTroubleError, SlackTrouble
from storage import communities, kudos, members
from storage.communities import Community
from storage.outbox import outbox
from storage.outbox.outbox import OutboxMessage

# What is kept back by these would still be right; for the other reasons nobody misses it.
_KEPT_BACK: Final = frozenset(
    {
        *(DropReason.ASLEEP, DropReason.DEACTIVATED, DropReason.PAUSED, DropReason.LESS_WANTED, DropReason.NO_ROOM),
        DropReason.PLACE_UNKNOWN,
    }
)
# Those who look after a community know that its channel is closed, and what it does not take.
_TOLD_OF_CHANNELS: Final = frozenset({Concerned.FACILITATORS})


def find_unreachable(gateway: SlackGateway, row: OutboxMessage, trouble: SlackTrouble) -> list[Profile]:
    """Ask Slack which of a message's people may no longer be written to, after it could not be sent to them.

    Slack does not say whom it means when it refuses to open a conversation. Never inside a transaction.
    """
    if not isinstance(trouble, PersonTroubleError | ChannelClosedError) or row.reader:
        return []
    profiles = [gateway.find_profile(one) or Profile(one, None, is_active=False) for one in row.recipients]
    return [profile for profile in profiles if not profile.can_take_part]


def is_for_the_others(session: Session, row: OutboxMessage, lost: Sequence[Profile]) -> bool:
    """Tell whether an introduction failed because of somebody who is now found to be lost."""
    known = members.list_people(session, row.workspace, [profile.user_id for profile in lost])
    return row.kind == MessageKind.INTRODUCTION and any(one.gone_at is None and not one.is_guest for one in known)


def record_failure(
    session: Session, row: OutboxMessage, lost: Sequence[Profile], trouble: SlackTrouble, now: datetime
) -> None:
    """Take those out of everything who cannot be written to any more; their partners get others."""
    for profile in lost:
        mark_gone(session, row.workspace, profile, now)
    if isinstance(trouble, AppRefusedError) and len(row.recipients) == 1:
        # It is for the administrators to say who may use the app, and for the person to come back.
        take_out(session, row.workspace, row.recipients[0], now)


def see_to_people(session: Session, row: OutboxMessage, now: datetime, reason: DropReason | None = None) -> None:
    """See to it that nobody is left in silence about a message that does not come any more.

    Args:
        session: The transaction in which it is given up.
        row: The message.
        now: This moment, aware UTC.
        reason: Why it was left out; None when Slack does not take it, or it cannot be put into words.
    """
    kind = MessageKind(row.kind)
    if kind is MessageKind.REQUEST_INTRODUCTION:
        # Nobody takes care of an introduction on request once more, as the round does of its own.
        call_off(session, row.workspace, row.subject, row.recipients, now)
    elif reason is DropReason.TOO_LATE:
        tell_given_up(session, row, now)
    elif reason is not None and reason not in _KEPT_BACK:
        return
    elif kind is MessageKind.INTRODUCTION:
        # Where somebody has left the group already, those who stay were looked after then.
        if reason is None or is_whole(session, row):
            _tell_of_introduction(session, row, now)
    elif kind is MessageKind.KUDOS:
        _say_in_private(session, row, now)
    elif RULES[kind].asks not in _TOLD_OF_CHANNELS:
        tell_given_up(session, row, now)


def _tell_of_introduction(session: Session, row: OutboxMessage, now: datetime) -> None:
    for user_id in row.recipients:
        outbox.add(
            session,
            row.workspace,
            f"unreachable:{row.subject}:{user_id}",
            MessageKind.PARTNER_UNREACHABLE,
            subject=row.subject,
            people=(user_id,),
            now=now,
            not_after=row.not_after,
        )


def _say_in_private(session: Session, row: OutboxMessage, now: datetime) -> None:
    """Bring thanks that their channel does not take to those who were thanked, and tell the givers."""
    post = kudos.find_post(session, row.workspace, row.subject)
    if post is not None:
        bring_in_private(session, post, now)


def tell_facilitators(session: Session, row: OutboxMessage, trouble: SlackTrouble, now: datetime) -> None:
    """Stop the community whose channel is closed; say so, or that the channel does not take this message."""
    community = None if row.reader or row.edits else community_of(session, row)
    if community is None:
        return
    if isinstance(trouble, ChannelClosedError):
        fall_asleep(session, community, now)
    else:
        tell_refused(session, community, trouble.error, now)


def community_of(session: Session, row: OutboxMessage) -> Community | None:
    """Return the community in whose channel a message is to stand; None for one that goes to people."""
    if row.recipients or not row.channel_id:
        return None
    return communities.find_community_of_channel(session, row.workspace, row.channel_id)
