"""Invitations: a community's channel reads once more what it is, when somebody in it asks for that."""

from datetime import datetime, timedelta
from typing import Final

from bot.domain.cadence import local_day
from bot.domain.errors import Problem, UserError
from bot.domain.identity import Actor
from bot.domain.messages import MessageKind
from bot.services.communities.communities import check_facilitator, own_community
from storage import members, seen
from storage.database import Database
from storage.members import Part
from storage.outbox import outbox

# What could not be posted for so long comes as a surprise to the person who shared it.
_LASTS: Final = timedelta(hours=1)


class InvitationService:
    """Asking a channel's people once more whether they would like to take part."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def share(self, who: Actor, channel_id: str, now: datetime) -> None:
        """Have the invitation of a channel's community posted there, once on each day of the community.

        Raises:
            UserError: The channel is no community, the person neither takes part nor looks after it, or it was
                shared today.
        """
        with self._database.write(who.workspace) as session:
            community = own_community(session, who, channel_id)
            membership = members.find_membership(session, community, who.user_id)
            if membership is None or membership.part != Part.IN:
                check_facilitator(session, community, who)
            if not seen.is_first_time(session, who, now):
                return
            key = f"community-invitation:{community.id}:{local_day(now, community.zone)}"
            if outbox.find_message(session, who.workspace, key) is not None:
                raise UserError(Problem.INVITED_TODAY, channel=channel_id)
            outbox.add(
                session,
                who.workspace,
                key,
                MessageKind.COMMUNITY_INVITATION,
                subject=community.id,
                about=who.user_id,
                channel_id=channel_id,
                now=now,
                not_after=now + _LASTS,
            )
