"""Help with a goal."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlmodel import Session

from bot.blocks import goal_checks as goal_check_blocks
from bot.courier.decisions import Drop, Post, Verdict
from bot.courier.library import Library
from bot.courier.renderer import Renderer
from bot.domain.messages import DropReason, MessageKind
from storage import goals
from storage.outbox.outbox import OutboxMessage


def help_wanted(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    """A question about a goal, asked without the goal itself; not sent when it was taken back."""
    found = goals.find_check_with_goal(session, row.workspace, row.subject)
    if found is None or not found[1].question:
        return Drop(DropReason.TAKEN_BACK)
    goal, check = found
    return Post(goal_check_blocks.help_message(goal.owner, check.question))


RENDERERS: Final[Mapping[MessageKind, Renderer]] = {
    MessageKind.GOAL_HELP: help_wanted,
}
