"""The community that a message comes from."""

from sqlmodel import Session

from bot.domain.messages import RULES, MessageKind, Subject
from storage import communities
from storage.communities import Community
from storage.outbox.outbox import OutboxMessage
from storage.rounds import check_ins, rounds


def find_origin(session: Session, row: OutboxMessage) -> Community | None:
    """Return the community that the subject of a message belongs to; None when its kind leads to none."""
    match RULES[MessageKind(row.kind)].subject:
        case Subject.COMMUNITY:
            return communities.get_community(session, row.workspace, row.subject)
        case Subject.ROUND:
            return _of_round(session, row.workspace, row.subject)
        case Subject.GROUP:
            return _of_group(session, row.workspace, row.subject)
        case Subject.CHECK_IN:
            check_in = check_ins.get_check_in(session, row.workspace, row.subject)
            return _of_group(session, row.workspace, check_in.group_id)
        case Subject.OTHER:
            return None


def _of_group(session: Session, workspace: str, group_id: int) -> Community | None:
    return _of_round(session, workspace, rounds.get_group(session, workspace, group_id).round_id)


def _of_round(session: Session, workspace: str, round_id: int) -> Community | None:
    return rounds.find_community(session, rounds.get_round(session, workspace, round_id))
