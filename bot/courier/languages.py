"""In which language a message is written: that of whoever reads it."""

from typing import Final

from sqlmodel import Session

from bot.domain.languages import ENGLISH
from bot.domain.messages import MessageKind
from storage import check_ins, communities, members, rounds
from storage.communities import Community
from storage.outbox import OutboxMessage

# Their subject is the group.
_OF_A_GROUP: Final = frozenset({MessageKind.INTRODUCTION, MessageKind.HALFWAY})


def language_for(session: Session, row: OutboxMessage) -> str:
    """Return the code of the language of a message.

    One person reads their own, a channel that of its community. A group reads its own when all share one, and
    otherwise that of the community in which they were introduced.
    """
    readers = [row.reader] if row.reader else list(row.recipients)
    languages = members.list_languages(session, row.workspace, readers) if readers else frozenset()
    if len(languages) == 1:
        return next(iter(languages))
    community = _community_of(session, row)
    return community.language if community is not None else ENGLISH


def _community_of(session: Session, row: OutboxMessage) -> Community | None:
    if row.kind in _OF_A_GROUP:
        return _community_of_group(session, row.workspace, row.subject)
    if row.kind == MessageKind.TAKEAWAY_SHARED and row.recipients:
        check_in = check_ins.get_check_in(session, row.workspace, row.subject)
        return _community_of_group(session, row.workspace, check_in.group_id)
    if not row.channel_id:
        return None
    return communities.find_community_of_channel(session, row.workspace, row.channel_id)


def _community_of_group(session: Session, workspace: str, group_id: int) -> Community | None:
    group = rounds.get_group(session, workspace, group_id)
    its_round = rounds.get_round(session, workspace, group.round_id)
    return rounds.find_community(session, its_round)
