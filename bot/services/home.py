"""The short view of everything that concerns one person now: the hub and App Home."""

from datetime import datetime

from bot.domain.home import Overview, Participation, PromptOfWeek
from bot.domain.identity import Actor
from bot.errors import UserError
from bot.services.communities import first_round_on, list_known
from bot.services.goals import GoalService
from bot.services.pings import count_this_week
from bot.services.rounds import RoundService
from bot.services.weekly_note import open_goal_question
from storage import communities, members, prompts, seen
from storage.database import Database


class HomeService:
    """What one person sees of their own things at a glance."""

    def __init__(self, database: Database, rounds: RoundService, goals: GoalService) -> None:
        self._database = database
        self._rounds = rounds
        self._goals = goals

    def overview(self, who: Actor, now: datetime) -> Overview:
        """Gather what concerns a person now; nothing in it compares them with others."""
        try:
            group = self._rounds.current(who, now)
        except UserError:
            group = None
        with self._database.read() as session:
            taking_part, prompts_now = [], []
            for row in members.list_memberships(session, who.workspace, who.user_id):
                community = communities.get_community(session, who.workspace, row.community_id)
                if community.asleep_at is not None:
                    continue
                taking_part.append(Participation(community.channel_id, first_round_on(session, community)))
                posts = prompts.list_posts(session, who.workspace, community.id)
                if posts:
                    prompts_now.append(PromptOfWeek(community.channel_id, posts[-1].prompt_id))
            person = members.find_person(session, who.workspace, who.user_id)
            own = {part.channel_id for part in taking_part}
            return Overview(
                taking_part=tuple(taking_part),
                group=group,
                goals=tuple(self._goals.open(who)),
                prompts=tuple(prompts_now),
                pings_this_week=count_this_week(session, who, now),
                paused_until=person.paused_until if person else None,
                goal_question=open_goal_question(session, who.workspace, who.user_id, now),
                open_channels=tuple(row.channel_id for row in list_known(session, who) if row.channel_id not in own),
            )

    def is_new(self, who: Actor, now: datetime) -> bool:
        """Remember an act that has no other trace, and tell whether it is the first time."""
        with self._database.write(who.workspace) as session:
            return seen.is_first_time(session, who, now)
