"""The short view of everything that concerns one person now: the hub and App Home."""

from datetime import datetime

from sqlmodel import Session

from bot.domain.home import THANKS_SHOWN, LookedAfter, Overview, Participation, PromptOfWeek, part_of_day
from bot.domain.identity import Actor
from bot.domain.notes import MOST_AT_HOME
from bot.domain.rounds import GroupCard, Met
from bot.services.communities.communities import card_of, list_known, may_ask
from bot.services.goals.goals import open_goals
from bot.services.kudos.delivery import received_by
from bot.services.members.pings import count_this_week
from bot.services.notes.notes import newest_notes
from bot.services.offers.offers import at_a_glance
from bot.services.offers.requests import to_answer, unanswered
from bot.services.offers.search import Finder
from bot.services.overview.use_questions import open_use_question
from bot.services.overview.weekly_note import open_goal_question
from bot.services.rounds.standing import current_groups, round_status
from bot.services.rounds.turns import next_introduction_on
from storage import communities, members, prompts
from storage.database import Database
from storage.rounds import check_ins


class HomeService:
    """What one person sees of their own things at a glance.

    Args:
        database: Where everything is kept.
        finder: Knows who offers what the person wants.
    """

    def __init__(self, database: Database, finder: Finder) -> None:
        self._database = database
        self._finder = finder

    def overview(self, who: Actor, now: datetime) -> Overview:
        """Gather what concerns a person now; nothing in it compares them with others."""
        with self._database.read() as session:
            groups = current_groups(session, who, now)
            taking_part, prompts_now = [], []
            for row in members.list_memberships(session, who.workspace, who.user_id):
                community = communities.get_community(session, who.workspace, row.community_id)
                if community.asleep_at is not None:
                    continue
                next_on = next_introduction_on(session, community, who.user_id, now)
                taking_part.append(Participation(community.channel_id, next_on))
                posts = prompts.list_posts(session, who.workspace, community.id)
                if posts:
                    prompts_now.append(PromptOfWeek(community.channel_id, posts[-1].prompt_id))
            person = members.find_person(session, who.workspace, who.user_id)
            own = {part.channel_id for part in taking_part}
            looked_after = communities.list_looked_after(session, who.workspace, who.user_id)
            return Overview(
                taking_part=tuple(taking_part),
                groups=tuple(group for group in groups if not group.is_on_request),
                on_request=tuple(group for group in groups if _is_to_come(session, who, group)),
                goals=tuple(open_goals(session, who)),
                prompts=tuple(prompts_now),
                pings_this_week=count_this_week(session, who, now),
                paused_until=person.paused_until if person else None,
                notes=newest_notes(session, who, MOST_AT_HOME),
                use_question=open_use_question(session, who.workspace, who.user_id, now),
                goal_question=open_goal_question(session, who.workspace, who.user_id, now),
                open_channels=tuple(
                    row.channel_id
                    for row in list_known(session, who)
                    if row.channel_id not in own and may_ask(session, row, who.user_id, now)
                ),
                user_id=who.user_id,
                part_of_day=part_of_day(now, person.zone if person else "UTC"),
                topics=at_a_glance(session, self._finder, who, now),
                thanks=received_by(session, who.workspace, who.user_id, now, THANKS_SHOWN + 1),
                asked=to_answer(session, who, now),
                asking=unanswered(session, who, now),
                looks_after=tuple(
                    LookedAfter(round_status(session, row, now), card_of(session, row, now).next_prompt_on)
                    for row in looked_after
                ),
            )


def _is_to_come(session: Session, who: Actor, group: GroupCard) -> bool:
    """Tell whether a person is to meet somebody on request and has not said yet whether they did."""
    if not group.is_on_request or group.group_id is None:
        return False
    check_in = check_ins.find_own(session, who.workspace, group.group_id, who.user_id)
    return check_in is None or check_in.met not in {Met.YES, Met.NO}
