"""One of the processes that race through the year: `python -m chaos.year_worker URL SIZE`.

It reads a line such as `time 2027-01-04T07:00:00+00:00` or `send ...`, does that at that moment, and writes one
line of JSON: what it said to Slack.
"""

import json
import sys
from datetime import datetime, timedelta

from bot.app import Services
from bot.blocks.names import CommandNames
from bot.courier import Courier, Library
from bot.domain.identity import Tenant
from bot.domain.pacing import Limit, Method, Pace, Reading
from bot.gateway import SlackGateway
from bot.library import load_guides, load_prompts, load_thesaurus
from bot.roster import Roster, Turns
from bot.timekeeper import Timekeeper
from chaos.slack_edge import BOT, TEAM, Edge
from chaos.year_plan import members_of, people_of
from storage.database import Database
from storage.privacy.vault import Vault

# A year passes in minutes, so Slack's pace, which is by the machine's clock, would make no sense.
AT_ONCE = Pace({method: Limit(1_000_000, timedelta(seconds=1)) for method in Method}, rest=timedelta(0))


class StandingClock:
    """A clock that is put to a moment; starts at none."""

    moment: datetime

    def now(self) -> datetime:
        """Return the moment."""
        return self.moment


class Worker:
    """The bot's timekeeper and courier in one process, with a Slack of its own that remembers."""

    def __init__(self, url: str, size: int) -> None:
        self.clock = StandingClock()
        self._edge = Edge(members_of(size), people_of(size), self.clock.now)
        database, gateway = Database(url), SlackGateway(self._edge)
        library = Library(CommandNames("/learn", "/goal", "/kudos"), load_prompts(), load_guides(), load_thesaurus())
        services = Services.over(database, library, Vault())
        turns = Turns(lambda _seconds: False, Reading(timedelta(0), timedelta(0)))
        self._roster = Roster(
            database, gateway, services.members, services.communities, Tenant(TEAM), BOT, self.clock, turns
        )
        self._timekeeper = Timekeeper(database, TEAM, self.clock, services.due_handlers(self._roster))
        self._courier = Courier(database, gateway, TEAM, library, self.clock, pace=AT_ONCE)

    def obey(self, what: str, moment: datetime) -> list[tuple[str, str]]:
        """Keep time or send; return the keys of what was said, and when."""
        self.clock.moment = moment
        if what == "time":
            self._timekeeper.beat()
            self._roster.go_on()
        else:
            self._courier.drain_all()
        said = [(one.key, one.at.isoformat()) for one in self._edge.said]
        self._edge.said.clear()
        return said


if __name__ == "__main__":
    worker = Worker(sys.argv[1], int(sys.argv[2]))
    for line in sys.stdin:
        what, _, moment = line.strip().partition(" ")
        print(json.dumps(worker.obey(what, datetime.fromisoformat(moment))), flush=True)
