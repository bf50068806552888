"""Introductions on request."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.blocks import requests as request_blocks
from bot.blocks.language import spoken
from bot.courier.decisions import Drop, Post, Verdict
from bot.courier.library import Library
from bot.courier.render.rounds import NOT_ON_THE_DAY, OPENINGS_SHOWN
from bot.courier.renderer import Renderer
from bot.domain.cadence import common_openings
from bot.domain.messages import DropReason, MessageKind
from bot.domain.offers import TopicKind
from bot.domain.requests import RequestState
from bot.services.members.members import is_paused
from bot.services.offers.requests import answered_card
from bot.services.offers.requests import card_of as card_of_request
from storage import members, requests
from storage.outbox.outbox import OutboxMessage
from storage.rounds import rounds

LOOKED_AHEAD: Final = timedelta(days=7)


def asked(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    """Somebody would like to be introduced; not sent when that is over."""
    request = requests.get_request(session, row.workspace, row.subject)
    if request.state != RequestState.OPEN:
        return Drop(DropReason.OVER)
    return Post(request_blocks.request_message(card_of_request(session, request)))


def agreed(session: Session, row: OutboxMessage, _library: Library, now: datetime) -> Verdict:
    """The other would like to meet too, and when they are introduced; not sent once that is so, or called off."""
    card = answered_card(session, requests.get_request(session, row.workspace, row.subject), now)
    return Post(request_blocks.agreed_message(card)) if card.coming is not None else Drop(DropReason.OVER)


def introduction(session: Session, row: OutboxMessage, library: Library, now: datetime) -> Verdict:
    """The introduction of two who both wanted it; not sent when it was called off."""
    group = rounds.get_group(session, row.workspace, row.subject)
    request = requests.find_by_group(session, row.workspace, group.id)
    if request is None or len(rounds.list_seats_of_group(session, group)) < len(row.recipients):
        return Drop(DropReason.CALLED_OFF)
    windows = [person.window for person in members.list_people(session, row.workspace, row.recipients)]
    openings = common_openings(windows, now + NOT_ON_THE_DAY, now + LOOKED_AHEAD)[:OPENINGS_SHOWN]
    guide = library.guides.in_language(spoken()).guides[group.guide_ids[0]]
    return Post(request_blocks.introduction_message(card_of_request(session, request), group.id, guide, openings))


def no_luck(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    """Nobody to be introduced to was found."""
    request = requests.get_request(session, row.workspace, row.subject)
    return Post(request_blocks.no_luck_message(request.topic, TopicKind(request.kind), int(row.about)))


def off(session: Session, row: OutboxMessage, _library: Library, now: datetime) -> Verdict:
    """The one who was asked cannot be introduced after all."""
    request = requests.get_request(session, row.workspace, row.subject)
    (reader,) = row.recipients
    person = members.find_person(session, row.workspace, reader)
    pauses = person is not None and is_paused(person, now)
    return Post(request_blocks.off_message(card_of_request(session, request), reader, is_paused=pauses))


RENDERERS: Final[Mapping[MessageKind, Renderer]] = {
    MessageKind.REQUEST: asked,
    MessageKind.REQUEST_AGREED: agreed,
    MessageKind.REQUEST_INTRODUCTION: introduction,
    MessageKind.REQUEST_NO_LUCK: no_luck,
    MessageKind.REQUEST_OFF: off,
}
