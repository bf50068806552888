"""What a community's next round depends on, gathered at one moment: is it time, who is there, who met whom."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Final

from sqlmodel import Session

from bot.domain.cadence import Weekly
from bot.domain.communities import SMALLEST_ROUND
from bot.domain.round_inputs import Inputs
from bot.domain.rounds import is_mostly_away, seed_of
from bot.domain.schedule import is_round_too_late
from bot.domain.settings import is_turn
from bot.services.members.members import is_available
from bot.services.rounds.groups import start_of_week
from bot.services.rounds.pool import inputs_of
from bot.services.rounds.turns import list_elsewhere
from storage import communities, members
from storage.communities import Community
from storage.due import Due
from storage.privacy.vault import Vault
from storage.rounds import history, rounds
from storage.rounds.rounds import Round

SKIPPED_BY_WORD: Final = "facilitator"


class Outcome(Enum):
    """What becomes of a round that is due; the value of a skipped one is stored as the reason."""

    START = "start"
    ASLEEP = "asleep"
    TOO_FEW = "too few"
    LATE = "late"
    AWAY = "away"


@dataclass(frozen=True)
class Situation:
    """What a community's round depends on, as far as it is known; equal when nothing has changed.

    Args:
        absent: How many participants are paused.
        participants: The ids of all who take part.
        by_pace: How many more leave this round out by their own pace.
        elsewhere: How many more are introduced in another community this week.
        inputs: What the pairing is given; None where the round does not begin.
        takes_back: Id of the round left out by word that is held now after all; None without one.
    """

    community_id: int
    channel_id: str
    number: int
    outcome: Outcome
    absent: int
    participants: frozenset[str]
    by_pace: int = 0
    elsewhere: int = 0
    inputs: Inputs | None = None
    takes_back: int | None = None


def look(session: Session, vault: Vault, row: Due, now: datetime, *, is_wanted: bool = False) -> Situation:
    """Gather what a round depends on.

    Args:
        session: The transaction.
        vault: Opens private lists.
        row: The round's due row.
        now: When it would begin, aware UTC.
        is_wanted: Whether a facilitator wants it now, however late it is and however many are away.
    """
    community = communities.get_community(session, row.workspace, int(row.subject))
    last = rounds.find_last_round(session, row.workspace, community.id)
    left_out = find_left_out(last, now) if is_wanted else None
    number = left_out.number if left_out else rounds.find_last_number(session, community) + 1
    people = members.list_participants(session, community)
    here = [person for person in people if is_available(person, now)]
    absent = len(people) - len(here)
    # One week of waiting is enough: those who are here would wait for ever for those who stay away.
    has_waited = last is not None and last.skipped == Outcome.AWAY.value
    outcome = _outcome(community, len(people), 0 if has_waited or is_wanted else absent, row, now, is_wanted=is_wanted)
    takes_back = left_out.id if left_out else None
    situation = Situation(
        community_id=community.id,
        channel_id=community.channel_id,
        number=number,
        outcome=outcome,
        absent=absent,
        participants=frozenset(person.user_id for person in people),
        takes_back=takes_back,
    )
    if outcome is not Outcome.START:
        return situation
    last_numbers = history.list_last_numbers(session, row.workspace, community.id)
    in_turn = [one for one in here if is_turn(one.pace, number, last_numbers.get(one.user_id))]
    elsewhere = list_elsewhere(session, community, now)
    taken = history.list_introduced_since(session, row.workspace, start_of_week(community, now))
    pool = [person for person in in_turn if person.user_id not in taken and person.user_id not in elsewhere]
    seed = seed_of(row.workspace, community.id, number)
    return replace(
        situation,
        by_pace=len(here) - len(in_turn),
        elsewhere=len(in_turn) - len(pool),
        inputs=inputs_of(session, vault, community, pool, number, seed, now),
    )


def find_left_out(last: Round | None, now: datetime) -> Round | None:
    """Return a community's newest round when a facilitator left it out and its moment is still to come; else None."""
    return last if last is not None and last.skipped == SKIPPED_BY_WORD and last.due_at >= now else None


def _outcome(
    community: Community, participants: int, away: int, row: Due, now: datetime, *, is_wanted: bool
) -> Outcome:
    if community.asleep_at is not None:
        return Outcome.ASLEEP
    if participants < SMALLEST_ROUND:
        return Outcome.TOO_FEW
    # After weeks without the app, this week's Monday counts.
    newest = Weekly.decode(row.cadence or "").newest_until(now, row.due_at)
    if not is_wanted and is_round_too_late(newest, now, community.zone):
        return Outcome.LATE
    return Outcome.AWAY if is_mostly_away(away, participants) else Outcome.START
