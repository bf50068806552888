"""Who looks after a community hears when something that is due there has failed for an hour."""

from datetime import datetime

from sqlmodel import Session

from bot.domain.cadence import local_day
from bot.domain.messages import MessageKind
from bot.domain.schedule import ABOUT_A_COMMUNITY, DueKind
from storage import communities, prompts
from storage.communities import Community
from storage.due import Due
from storage.outbox import outbox


def tell_failing(session: Session, row: Due, now: datetime) -> None:
    """Tell those who look after the community that a due row is about, at most once a day, that it fails."""
    community = community_of(session, row)
    if community is None or community.asleep_at is not None:
        return
    day = local_day(now, community.zone)
    for user_id in communities.list_facilitators(session, community):
        outbox.add(
            session,
            community.workspace,
            f"failing:{row.kind}:{row.subject}:{day}:{user_id}",
            MessageKind.COMMUNITY_FAILING,
            subject=row.id,
            people=(user_id,),
            now=now,
        )


def community_of(session: Session, row: Due) -> Community | None:
    """Return the community that a due row is about; None when it is about one person or the whole workspace."""
    if row.kind in ABOUT_A_COMMUNITY:
        return communities.get_community(session, row.workspace, int(row.subject))
    if row.kind is DueKind.PROMPT_FOLLOW_UP:
        post = prompts.get_post(session, row.workspace, int(row.subject))
        return communities.get_community(session, row.workspace, post.community_id)
    return None
