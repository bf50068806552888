"""In which language a message is written: that of the person who reads it."""

from sqlmodel import Session

from bot.domain.languages import ENGLISH
from bot.services.communities.origins import find_origin
from storage import members
from storage.communities import Community
from storage.outbox.outbox import OutboxMessage


def language_for(session: Session, row: OutboxMessage, home: Community | None) -> str:
    """Return the code of the language of a message; `home` is the community in whose channel it is to stand.

    One person reads their own, a channel that of its community. A group reads its own when all share one, and
    otherwise that of the community in which they were introduced.
    """
    readers = [row.reader] if row.reader else list(row.recipients)
    people = members.list_people(session, row.workspace, readers) if readers else ()
    languages = {person.language for person in people}
    if len(languages) == 1:
        return next(iter(languages))
    community = find_origin(session, row) or home
    return community.language if community is not None else ENGLISH
