"""The weekly prompt, and what follows it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlmodel import Session

from bot.blocks import prompts as prompt_blocks
from bot.blocks.language import spoken
from bot.courier.decisions import Drop, Post, Verdict
from bot.courier.library import Library
from bot.courier.renderer import Renderer
from bot.domain.messages import DropReason, MessageKind
from storage import communities, prompts
from storage.outbox.outbox import OutboxMessage


def prompt(session: Session, row: OutboxMessage, library: Library, _now: datetime) -> Verdict:
    """The week's prompt with its taps so far."""
    post = prompts.get_post(session, row.workspace, row.subject)
    prompt = library.prompts.in_language(spoken()).prompts.get(post.prompt_id)
    if prompt is None:
        return Drop(DropReason.NO_PROMPT)
    theme = library.prompts.in_language(prompt.language).themes[prompt.theme]
    taps = prompts.count_taps(session, post)
    return Post(prompt_blocks.prompt_message(prompt, theme, post.id, taps, library.names))


def follow_up(session: Session, row: OutboxMessage, library: Library, _now: datetime) -> Verdict:
    """What follows on a prompt that was tapped."""
    post = prompts.get_post(session, row.workspace, row.subject)
    prompt = library.prompts.in_language(spoken()).prompts.get(post.prompt_id)
    if prompt is None:
        return Drop(DropReason.NO_PROMPT)
    return Post(prompt_blocks.follow_up_message(prompt))


def quiet(session: Session, row: OutboxMessage, library: Library, _now: datetime) -> Verdict:
    """Nobody reacts to the prompts, told to those who look after the community."""
    community = communities.get_community(session, row.workspace, row.subject)
    return Post(prompt_blocks.quiet_message(community.channel_id, library.names))


RENDERERS: Final[Mapping[MessageKind, Renderer]] = {
    MessageKind.PROMPT: prompt,
    MessageKind.PROMPT_EDIT: prompt,
    MessageKind.PROMPT_FOLLOW_UP: follow_up,
    MessageKind.PROMPT_QUIET: quiet,
}
