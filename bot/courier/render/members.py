"""What people hear of their own part in a community."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlmodel import Session

from bot.blocks import members as member_blocks
from bot.courier.decisions import Drop, Post, Verdict
from bot.courier.library import Library
from bot.courier.renderer import Renderer
from bot.domain.messages import DropReason, MessageKind
from bot.services.rounds.turns import next_introduction_on
from storage import communities, members
from storage.outbox.outbox import OutboxMessage


def onboarding(session: Session, row: OutboxMessage, library: Library, now: datetime) -> Verdict:
    """How it goes on after joining; not sent to a person who left meanwhile."""
    community = communities.get_community(session, row.workspace, row.subject)
    membership = members.find_membership(session, community, row.recipients[0])
    if membership is None or membership.part != members.Part.IN:
        return Drop(DropReason.LEFT)
    first_on = next_introduction_on(session, community, row.recipients[0], now)
    return Post(member_blocks.onboarding_message(community.channel_id, first_on, library.names))


def pause_over(_session: Session, _row: OutboxMessage, library: Library, _now: datetime) -> Verdict:
    """The pause is over."""
    return Post(member_blocks.pause_over_message(library.names))


def resting(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    """Somebody silent rests; not sent when they are in again, or out."""
    community = communities.get_community(session, row.workspace, row.subject)
    membership = members.find_membership(session, community, row.recipients[0])
    if membership is None or membership.part != members.Part.RESTING:
        return Drop(DropReason.NOT_RESTING)
    return Post(member_blocks.resting_message(community.channel_id))


RENDERERS: Final[Mapping[MessageKind, Renderer]] = {
    MessageKind.ONBOARDING: onboarding,
    MessageKind.PAUSE_OVER: pause_over,
    MessageKind.RESTING: resting,
}
