"""Who meets whom in a round: exact minimum-cost pairs over the history of introductions.

What decides, strongest first: nobody left out, no repeat within the last eight rounds, no repeat at all
and otherwise the oldest, trios that go round, a common working hour, a seeded lot. The same pool, history
and seed give the same groups, in whatever order the pool comes.
"""

from bot.domain.pairing._plan import plan_groups
from bot.domain.pairing._values import Candidate, Plan, PlannedGroup

__all__ = ["Candidate", "Plan", "PlannedGroup", "plan_groups"]
