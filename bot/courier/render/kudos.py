"""Thanks, in a channel and to one person."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlmodel import Session

from bot.blocks import kudos as kudos_blocks
from bot.courier.decisions import Drop, Post, Verdict
from bot.courier.library import Library
from bot.courier.renderer import Renderer, removed
from bot.domain.messages import DropReason, MessageKind
from bot.services.kudos.delivery import cards_of, with_lessons, words_of
from storage import communities, kudos
from storage.outbox.outbox import OutboxMessage


def thanks(session: Session, row: OutboxMessage, library: Library, now: datetime) -> Verdict:
    """Thanks, in their channel or to one person; not sent when all were taken back."""
    post = kudos.find_post(session, row.workspace, row.subject)
    if post is None:
        return Drop(DropReason.TAKEN_BACK)
    cards = cards_of(session, post)
    if post.reader:
        return Post(kudos_blocks.private_message(cards))
    return Post(kudos_blocks.kudos_message(with_lessons(session, library.thesaurus, post, cards, now)))


def moved(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    """Why thanks stand in another channel; not sent when they were taken back."""
    given = kudos.get_kudos(session, row.workspace, row.subject)
    receivers = [one.user_id for one in kudos.list_receivers(session, given)]
    if given.community_id is None or not receivers:
        return Drop(DropReason.TAKEN_BACK)
    community = communities.get_community(session, row.workspace, given.community_id)
    return Post(kudos_blocks.moved_message(community.channel_id, words_of(given, receivers)))


RENDERERS: Final[Mapping[MessageKind, Renderer]] = {
    MessageKind.KUDOS: thanks,
    MessageKind.KUDOS_PRIVATE: thanks,
    MessageKind.KUDOS_EDIT: thanks,
    MessageKind.KUDOS_MOVED: moved,
    MessageKind.KUDOS_REMOVED: removed,
}
