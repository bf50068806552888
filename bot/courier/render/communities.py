"""What channels hear of their community, and who may look after it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlmodel import Session

from bot.blocks import communities as community_blocks
from bot.blocks import invitations as invitation_blocks
from bot.blocks import suggestions as suggestion_blocks
from bot.courier.decisions import Drop, Post, Verdict
from bot.courier.library import Library
from bot.courier.renderer import Renderer
from bot.domain.messages import DropReason, MessageKind
from bot.services.communities.communities import card_of, may_ask
from bot.services.communities.failing import community_of
from storage import communities, due, members, suggestions
from storage.outbox.outbox import OutboxMessage


def intro(session: Session, row: OutboxMessage, _library: Library, now: datetime) -> Verdict:
    """What a community is about, in its channel."""
    community = communities.get_community(session, row.workspace, row.subject)
    return Post(community_blocks.intro_message(card_of(session, community, now)))


def intro_for_one(session: Session, row: OutboxMessage, _library: Library, now: datetime) -> Verdict:
    """The same for one who came into the channel; not sent to a person who would rather not be asked."""
    community = communities.get_community(session, row.workspace, row.subject)
    membership = members.find_membership(session, community, row.reader)
    if membership is not None and membership.part == members.Part.IN:
        return Post(community_blocks.intro_message(card_of(session, community, now)))
    if not may_ask(session, community, row.reader, now):
        return Drop(DropReason.ASK_UNWANTED)
    return Post(community_blocks.intro_for_one_message(card_of(session, community, now)))


def stopped(session: Session, row: OutboxMessage, library: Library, _now: datetime) -> Verdict:
    """The channel came to a stop; not sent when it is awake again."""
    community = communities.get_community(session, row.workspace, row.subject)
    if community.asleep_at is None:
        return Drop(DropReason.AWAKE)
    return Post(community_blocks.stopped_message(community.channel_id, library.names))


def refused(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    """Why a community cannot be served any more."""
    community = communities.get_community(session, row.workspace, row.subject)
    return Post(community_blocks.refused_message(community.channel_id, row.about))


def failing(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    """What fails in a community; not sent when it works again, or to one who no longer looks after it."""
    planned = due.find_failing(session, row.workspace, row.subject)
    community = community_of(session, planned) if planned is not None else None
    if planned is None or planned.failing_since is None or community is None:
        return Drop(DropReason.WORKS_AGAIN)
    if row.recipients[0] not in communities.list_facilitators(session, community):
        return Drop(DropReason.NO_FACILITATOR)
    return Post(community_blocks.failing_message(community.channel_id, planned.kind, planned.failing_since))


def invitation(session: Session, row: OutboxMessage, _library: Library, now: datetime) -> Verdict:
    """Somebody shares the invitation of a community."""
    community = communities.get_community(session, row.workspace, row.subject)
    return Post(invitation_blocks.invitation_message(card_of(session, community, now), row.about))


def suggestion(session: Session, row: OutboxMessage, library: Library, _now: datetime) -> Verdict:
    """What somebody suggests, to one who looks after the community; not sent when either has changed."""
    suggestion = suggestions.find_suggestion(session, row.workspace, row.subject)
    if suggestion is None:
        return Drop(DropReason.TAKEN_BACK)
    community = communities.get_community(session, row.workspace, suggestion.community_id)
    if row.recipients[0] not in communities.list_facilitators(session, community):
        return Drop(DropReason.NO_FACILITATOR)
    return Post(
        suggestion_blocks.suggestion_message(
            suggestion.author, community.channel_id, suggestion.proposal, library.names
        )
    )


RENDERERS: Final[Mapping[MessageKind, Renderer]] = {
    MessageKind.COMMUNITY_INTRO: intro,
    MessageKind.COMMUNITY_INTRO_EDIT: intro,
    MessageKind.COMMUNITY_INTRO_FOR_ONE: intro_for_one,
    MessageKind.COMMUNITY_STOPPED: stopped,
    MessageKind.COMMUNITY_REFUSED: refused,
    MessageKind.COMMUNITY_FAILING: failing,
    MessageKind.COMMUNITY_INVITATION: invitation,
    MessageKind.SUGGESTION: suggestion,
}
