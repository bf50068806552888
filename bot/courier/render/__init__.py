"""The words of every kind of message, made from the state at the moment of sending."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from bot.blocks.language import speaking
from bot.courier.decisions import Verdict
from bot.courier.languages import language_for
from bot.courier.library import Library
from bot.courier.render import (
    check_ins,
    communities,
    delivery,
    goals,
    kudos,
    members,
    notes,
    offers,
    privacy,
    prompts,
    requests,
    rounds,
    uses,
    witnesses,
)
from bot.courier.renderer import Renderer
from bot.domain.messages import MessageKind
from storage.communities import Community
from storage.outbox.outbox import OutboxMessage


def render(
    session: Session, row: OutboxMessage, library: Library, now: datetime, home: Community | None = None
) -> Verdict:
    """Ask the rules of a message once more and make its words, in the language of the person who reads them.

    `home` is the community in whose channel it is to stand, if it is to stand in one.
    """
    with speaking(language_for(session, row, home)):
        return _say(session, row, library, now)


def _say(session: Session, row: OutboxMessage, library: Library, now: datetime) -> Verdict:
    return _RENDERERS[MessageKind(row.kind)](session, row, library, now)


def _weekly_note(session: Session, row: OutboxMessage, library: Library, now: datetime) -> Verdict:
    return check_ins.weekly_note(session, row, now, lambda other: _say(session, other, library, now))


_RENDERERS: Mapping[MessageKind, Renderer] = {
    # The one kind that says what others would say.
    MessageKind.WEEKLY_NOTE: _weekly_note,
    **check_ins.RENDERERS,
    **communities.RENDERERS,
    **delivery.RENDERERS,
    **goals.RENDERERS,
    **kudos.RENDERERS,
    **members.RENDERERS,
    **notes.RENDERERS,
    **offers.RENDERERS,
    **privacy.RENDERERS,
    **prompts.RENDERERS,
    **requests.RENDERERS,
    **rounds.RENDERERS,
    **uses.RENDERERS,
    **witnesses.RENDERERS,
}
assert set(_RENDERERS) == set(MessageKind)  # noqa: S101 - a kind without words must not start
