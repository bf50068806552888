"""Which guides a group gets: what its people have in common, and what they had lately."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from sqlmodel import Session

from bot.domain.cadence import Window, common_openings
from bot.domain.goals import HELP_LASTS
from bot.domain.guides import GuideLibrary, choose_guides, situations_of
from bot.domain.pairing import ReasonKind
from bot.domain.rounds import GUIDES_REMEMBERED, ON_REQUEST
from bot.domain.settings import team_key
from storage import goals
from storage.bulk import few
from storage.members import Person
from storage.rounds import history, rounds
from storage.rounds.rounds import Round

LOOKED_AHEAD: Final = timedelta(days=7)
_EXCHANGES: Final = frozenset({ReasonKind.SWAP, ReasonKind.RING, ReasonKind.LESSON, ON_REQUEST})

# Gives the chosen guide and its alternatives to people who meet for a reason.
Chooser = Callable[[Sequence[Person], str], Sequence[str]]


def guide_chooser(
    session: Session, this_round: Round, ids: Sequence[str], guides: GuideLibrary, now: datetime
) -> Chooser:
    """Return what chooses the guides of a group, after a look at everything it depends on for all of these people."""
    workspace = this_round.workspace
    community = rounds.find_community(session, this_round)
    recent = _recent(session, this_round, ids)
    with_goals = goals.list_owners(session, workspace, ids)
    calls = goals.list_calls_for_help(session, workspace, now - HELP_LASTS)
    before = history.count_rounds_before(session, this_round, few(ids))
    share_an_hour = cache(lambda windows: _share_an_hour(windows, this_round.due_at))

    def guides_for(people: Sequence[Person], reason: str) -> Sequence[str]:
        group = sorted(person.user_id for person in people)
        teams = [team_key(person.team) for person in people]
        situations = situations_of(
            writing_only=all(person.writing_ok for person in people)
            and not share_an_hour(frozenset(person.window for person in people)),
            is_exchange=reason in _EXCHANGES,
            # Only what all of them have read, so that the guide gives nothing away.
            has_asked_for_help=any(
                call.asker in group
                and (
                    (community is not None and call.channel_id == community.channel_id)
                    or call.readers.issuperset(group)
                )
                for call in calls
            ),
            all_have_goals=with_goals.issuperset(group),
            rounds_before=[before.get(user_id, 0) for user_id in group],
            teams_differ=all(teams) and len(set(teams)) == len(teams),
        )
        used: dict[str, datetime] = {}
        for guide, last in (one for user_id in group for one in recent.get(user_id, {}).items()):
            used[guide] = max(last, used.get(guide, last))
        return choose_guides(guides, situations, len(group), used, f"{this_round.seed}:{' '.join(group)}")

    return guides_for


def _recent(session: Session, this_round: Round, ids: Sequence[str]) -> dict[str, dict[str, datetime]]:
    """Return, by person, the guides given in the last rounds, and when last."""
    if this_round.community_id is None:
        since = history.find_start_of_last(session, this_round.workspace, ids, GUIDES_REMEMBERED)
    else:
        since = history.find_start(session, this_round, this_round.number - GUIDES_REMEMBERED)
    return history.list_recent_guides(session, this_round.workspace, since, few(ids)) if since is not None else {}


def _share_an_hour(windows: frozenset[Window], moment: datetime) -> bool:
    openings = common_openings(tuple(windows), moment, moment + LOOKED_AHEAD)
    return any(shuts - opens >= timedelta(hours=1) for opens, shuts in openings)
