"""The witness of a goal: asked, answered, told."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlmodel import Session

from bot.blocks import witnesses as witness_blocks
from bot.courier.decisions import Drop, Post, Verdict
from bot.courier.library import Library
from bot.courier.renderer import Renderer
from bot.domain.goals import WitnessSays
from bot.domain.messages import DropReason, MessageKind
from bot.services.goals.goals import others_goal
from storage import goals, members
from storage.outbox.outbox import OutboxMessage


def asked(session: Session, row: OutboxMessage, library: Library, _now: datetime) -> Verdict:
    """Would you be the witness; not sent when nobody is to be asked any more."""
    goal = goals.find_goal(session, row.workspace, row.subject)
    reader = row.recipients[0]
    if goal is None or not goal.is_open or (goal.witness, goal.witness_says) != (reader, WitnessSays.ASKED):
        return Drop(DropReason.NOT_ASKED)
    person = members.find_person(session, row.workspace, reader)
    if person is not None and not person.witness_ok:
        return Drop(DropReason.WITNESS_REFUSES)
    return Post(witness_blocks.asked_message(goal.owner, goal.id, library.names))


def says(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    """What the witness answered, to the owner; not sent when there is another by now."""
    goal = goals.find_goal(session, row.workspace, row.subject)
    if goal is None or not goal.is_open or goal.witness != row.about:
        return Drop(DropReason.OTHER_WITNESS)
    if goal.witness_says == WitnessSays.YES:
        return Post(witness_blocks.agreed_message(row.about, others_goal(goal)))
    return Post(witness_blocks.declined_message(row.about, others_goal(goal), goal.id))


def told(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    """The goal is reached, to its witness; not sent when it is open again."""
    goal = goals.find_goal(session, row.workspace, row.subject)
    if (
        goal is None
        or goal.done_at is None
        or (goal.witness, goal.witness_says) != (row.recipients[0], WitnessSays.YES)
    ):
        return Drop(DropReason.GOAL_OPEN)
    return Post(witness_blocks.told_message(others_goal(goal)))


RENDERERS: Final[Mapping[MessageKind, Renderer]] = {
    MessageKind.WITNESS_ASKED: asked,
    MessageKind.WITNESS_SAYS: says,
    MessageKind.WITNESS_TOLD: told,
}
