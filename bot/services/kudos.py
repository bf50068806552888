"""Thanks: precise, to at most five people, at most five a day."""

from collections.abc import Sequence
from datetime import datetime, time

from bot.domain.cadence import at_local, local_day
from bot.domain.identity import Actor, Profile, check_accounts
from bot.domain.kudos import A_DAY, Thanks, check_thanks
from bot.domain.messages import MessageKind
from bot.errors import FormError, Problem, UserError
from bot.services.communities import not_a_community, own_community
from storage import communities, kudos, members, outbox, seen
from storage.database import Database
from storage.kudos import Kudos, KudosReceiver


class KudosService:
    """Who thanked whom for what; posted in the community's channel, never counted per person."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def place_for(self, who: Actor, channel_id: str) -> str:
        """Return the channel in which a person's thanks are posted.

        Where they were typed, if that is a community; else the one community the person takes part in.

        Raises:
            UserError: There is none, or more than one to choose from.
        """
        with self._database.read() as session:
            here = communities.find_community_of_channel(session, who.workspace, channel_id)
            if here is not None and here.asleep_at is None:
                return channel_id
            own = [
                communities.get_community(session, who.workspace, row.community_id)
                for row in members.list_memberships(session, who.workspace, who.user_id)
            ]
            awake = [community.channel_id for community in own if community.asleep_at is None]
            if len(awake) == 1:
                return awake[0]
            if awake:
                raise UserError(Problem.WHICH_COMMUNITY, channels=" ".join(awake))
            raise not_a_community(session, who, channel_id)

    def give(self, who: Actor, channel_id: str, thanks: Thanks, profiles: Sequence[Profile], now: datetime) -> bool:
        """Store thanks and have them posted; False when this very act was carried out before.

        Args:
            who: The giver.
            channel_id: The channel of a community.
            thanks: To whom and for what.
            profiles: The accounts of those who are thanked, as far as Slack knows them.
            now: This moment, aware UTC.

        Raises:
            FormError: A field cannot be taken as it is.
            UserError: The channel is no community, or five were given today.
        """
        troubles = check_thanks(who.user_id, thanks)
        if "people" not in troubles and (trouble := check_accounts(thanks.people, profiles)):
            troubles["people"] = trouble
        if troubles:
            raise FormError(troubles)
        with self._database.write(who.workspace) as session:
            community = own_community(session, who, channel_id)
            if not seen.is_first_time(session, who, now):
                return False
            person = members.find_person(session, who.workspace, who.user_id)
            zone = person.zone if person else community.zone
            midnight = at_local(local_day(now, zone), time(0, 0), zone)
            if kudos.count_given_since(session, who.workspace, who.user_id, midnight) >= A_DAY:
                raise UserError(Problem.ENOUGH_TODAY, kept=thanks.deed)
            row = Kudos(
                workspace=who.workspace,
                community_id=community.id,
                giver=who.user_id,
                deed=thanks.deed.strip(),
                effect=thanks.effect.strip(),
                tag=thanks.tag,
                given_at=now,
            )
            session.add(row)
            session.flush()
            for user_id in dict.fromkeys(thanks.people):
                session.add(KudosReceiver(kudos_id=row.id, user_id=user_id, workspace=who.workspace))
            outbox.add(
                session,
                who.workspace,
                f"kudos:{row.id}",
                MessageKind.KUDOS,
                subject=row.id,
                channel_id=channel_id,
                now=now,
            )
            return True
