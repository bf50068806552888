"""In which language a message is written: that of the person who reads it."""

from sqlmodel import Session

from bot.domain.languages import ENGLISH
from bot.services.communities.origins import find_origin
from storage import communities, members
from storage.outbox.outbox import OutboxMessage


def language_for(session: Session, row: OutboxMessage) -> str:
    """Return the code of the language of a message.

    One person reads their own, a channel that of its community. A group reads its own when all share one, and
    otherwise that of the community in which they were introduced.
    """
    readers = [row.reader] if row.reader else list(row.recipients)
    languages = members.list_languages(session, row.workspace, readers) if readers else frozenset()
    if len(languages) == 1:
        return next(iter(languages))
    community = find_origin(session, row)
    if community is None and row.channel_id:
        community = communities.find_community_of_channel(session, row.workspace, row.channel_id)
    return community.language if community is not None else ENGLISH
