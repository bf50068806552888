"""What follows for people when Slack does not take a message: each step in the transaction that records it."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot.domain.identity import Profile
from bot.domain.messages import MessageKind
from bot.gateway import SlackGateway
from bot.services.communities.communities import fall_asleep, tell_refused
from bot.services.kudos.delivery import bring_in_private
from bot.services.members.members import mark_gone, take_out
from bot.services.rounds.groups import call_off
from bot.slack_errors import AppRefusedError, ChannelClosedError, PersonTroubleError, SlackTrouble
from storage import communities, kudos, members
from storage.communities import Community
from storage.outbox import outbox
from storage.outbox.outbox import OutboxMessage


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


def tell_others(session: Session, row: OutboxMessage, now: datetime) -> None:
    """See to it that nobody is left in silence because they could not be introduced."""
    if row.kind == MessageKind.REQUEST_INTRODUCTION:
        call_off(session, row.workspace, row.subject, row.recipients, now)
    if row.kind != MessageKind.INTRODUCTION:
        return
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


def tell_facilitators(session: Session, row: OutboxMessage, trouble: SlackTrouble, now: datetime) -> None:
    """Stop the community whose channel is closed; say so, or that the channel does not take this message."""
    community = None if row.reader or row.edits else community_of(session, row)
    if community is None:
        return
    if isinstance(trouble, ChannelClosedError):
        fall_asleep(session, community, now)
    else:
        tell_refused(session, community, trouble.error, now)


def say_in_private(session: Session, row: OutboxMessage, now: datetime) -> None:
    """Bring thanks that their channel does not take to those who were thanked."""
    post = kudos.find_post(session, row.workspace, row.subject) if row.kind == MessageKind.KUDOS else None
    if post is not None:
        bring_in_private(session, post, now)


def community_of(session: Session, row: OutboxMessage) -> Community | None:
    """Return the community in whose channel a message is to stand; None for one that goes to people."""
    if row.recipients or not row.channel_id:
        return None
    return communities.find_community_of_channel(session, row.workspace, row.channel_id)
