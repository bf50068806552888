"""Suggestions: what members would change about a community goes to those who look after it, with their name."""

from datetime import datetime, time

from bot.domain.cadence import at_local, known_zone, local_day
from bot.domain.errors import FormError, Problem, UserError
from bot.domain.goals import check_length
from bot.domain.identity import Actor, Profile
from bot.domain.messages import MessageKind
from bot.domain.suggestions import LEAST, MAX_SUGGESTION, MOST_A_DAY
from bot.services.communities.communities import own_community
from bot.services.members.peer_messages import peer_delivery_time
from storage import communities, seen, suggestions
from storage.database import Database
from storage.outbox import outbox
from storage.suggestions import Suggestion


class SuggestionService:
    """What those suggest who may not change a community themselves."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def pass_on(self, who: Actor, channel_id: str, text: str, profile: Profile, now: datetime) -> tuple[str, ...]:
        """Have everybody who looks after a channel's community told in private what somebody suggests.

        Args:
            who: The person, who is named.
            channel_id: The channel, in which the person is.
            text: What they suggest, in their own words.
            profile: Their account.
            now: This moment, aware UTC.

        Returns:
            Whom it goes to.

        Raises:
            FormError: The text is too short or too long.
            UserError: The channel is no community or nobody looks after it, the person is a guest, or has
                suggested enough today.
        """
        if not profile.can_take_part:
            raise UserError(Problem.CANNOT_TAKE_PART)
        if trouble := check_length(text, LEAST, MAX_SUGGESTION, Problem.SUGGESTION_SHORT):
            raise FormError({"text": trouble})
        with self._database.write(who.workspace) as session:
            community = own_community(session, who, channel_id)
            readers = tuple(one for one in communities.list_facilitators(session, community) if one != who.user_id)
            if not readers:
                raise UserError(Problem.GONE, kept=text)
            if not seen.is_first_time(session, who, now):
                return readers
            zone = known_zone(profile.zone, community.zone)
            midnight = at_local(local_day(now, zone), time(0, 0), zone)
            if suggestions.count_made_since(session, who.workspace, who.user_id, midnight) >= MOST_A_DAY:
                raise UserError(Problem.ENOUGH_SUGGESTIONS, kept=text)
            suggestion = Suggestion(
                workspace=who.workspace,
                community_id=community.id,
                author=who.user_id,
                proposal=text.strip(),
                made_at=now,
            )
            session.add(suggestion)
            session.flush()
            for reader in readers:
                outbox.add(
                    session,
                    who.workspace,
                    f"suggestion:{suggestion.id}:{reader}",
                    MessageKind.SUGGESTION,
                    subject=suggestion.id,
                    about=who.user_id,
                    people=(reader,),
                    now=now,
                    not_before=peer_delivery_time(session, who.workspace, (reader,), now),
                )
            return readers
