"""Offers and wants, long after they were made and when they meet."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlmodel import Session

from bot.blocks import offers as offer_blocks
from bot.courier.decisions import Drop, Post, Verdict
from bot.courier.library import Library
from bot.courier.renderer import Renderer
from bot.domain.messages import DropReason, MessageKind
from bot.domain.offers import LASTS
from bot.services.offers.offers import card_of as card_of_topic
from storage import offers, requests
from storage.outbox.outbox import OutboxMessage


def still_true(session: Session, row: OutboxMessage, _library: Library, now: datetime) -> Verdict:
    """Whether an offer or want still holds; not sent when that was said."""
    topic = offers.find_by_id(session, row.workspace, row.subject)
    if topic is None or topic.asked_at is None or topic.said_at < now - LASTS:
        return Drop(DropReason.TOPIC_SETTLED)
    return Post(offer_blocks.still_true_message(card_of_topic(topic)))


def match(session: Session, row: OutboxMessage, _library: Library, now: datetime) -> Verdict:
    """Somebody offers what one wants; not sent when either is over or they asked each other."""
    want, offer = (offers.find_by_id(session, row.workspace, one) for one in (row.subject, int(row.about)))
    if want is None or offer is None or not offer.findable or min(want.said_at, offer.said_at) < now - LASTS:
        return Drop(DropReason.NO_MATCH)
    if requests.find_last_between(session, row.workspace, want.user_id, offer.user_id) is not None:
        return Drop(DropReason.ASKED_ALREADY)
    return Post(offer_blocks.match_message(card_of_topic(offer)))


RENDERERS: Final[Mapping[MessageKind, Renderer]] = {
    MessageKind.TOPIC_STILL_TRUE: still_true,
    MessageKind.TOPIC_MATCH: match,
}
