"""The product in a box: real services, timekeeper and courier, a clock that is moved, and a Slack that says yes."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from bot.blocks.names import CommandNames
from bot.courier import Courier, Library
from bot.domain.identity import Actor, Tenant
from bot.domain.schedule import DueKind
from bot.gateway import SlackGateway
from bot.library import load_guides, load_prompts, load_thesaurus
from bot.services.communities.communities import CommunityService
from bot.services.communities.prompts import PromptService
from bot.services.members.members import MemberService
from bot.services.members.settings import SettingsService
from bot.services.offers.offers import OfferService
from bot.services.offers.search import Finder
from bot.services.rounds.check_ins import CheckInService
from bot.services.rounds.rounds import RoundService
from bot.timekeeper import Timekeeper
from storage import due
from storage.database import Database
from storage.due import Due
from storage.outbox import outbox
from storage.privacy.vault import Vault, new_key

TENANT = Tenant("T0SIMULATED")


class MovedClock:
    """A clock that stands still until it is moved."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """Return this moment, aware, in UTC."""
        return self.moment


class HastyClock:
    """A clock on which an hour passes whenever it is asked, so that nobody waits for Slack's limits."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def now(self) -> datetime:
        """Return a moment an hour after the last, aware, in UTC."""
        self._moment += timedelta(hours=1)
        return self._moment


class WillingSlack(WebClient):
    """A Slack that accepts everything at once, without a network."""

    def __init__(self) -> None:
        super().__init__(token="xoxb-simulated", retry_handlers=[])  # noqa: S106 - opens nothing
        self._numbers = count(1)

    def api_call(self, api_method: str, **arguments: Any) -> SlackResponse:  # noqa: ANN401 - the SDK's own signature
        """Answer that it was done."""
        number = next(self._numbers)
        given = arguments.get("json") or arguments.get("params") or {}
        channel = str(given.get("channel") or f"G{number}")
        data = {"ok": True, "ts": f"{number}.0", "message_ts": f"{number}.0"}
        is_new = api_method == "conversations.open"
        return SlackResponse(
            client=self,
            http_verb="POST",
            api_url=api_method,
            req_args={},
            data={**data, "channel": {"id": channel} if is_new else channel},
            headers={},
            status_code=200,
        )


class World:
    """Everything that a simulated company uses.

    Args:
        path: Where the database is to be; nothing may be there.
        start: The first moment, aware UTC.
    """

    def __init__(self, path: str, start: datetime) -> None:
        self.database = Database(f"sqlite:///{path}", is_lasting=False)
        self.database.migrate()
        self.vault = Vault([new_key()])
        self.clock = MovedClock(start)
        library = Library(CommandNames(), load_prompts(), load_guides(), load_thesaurus(), self.vault)
        self.communities = CommunityService(self.database)
        self.members = MemberService(self.database)
        self.rounds = RoundService(self.database, library.guides, self.vault)
        self.offers = OfferService(self.database, Finder(library.thesaurus, self.vault))
        self.settings = SettingsService(self.database, self.vault)
        self.check_ins = CheckInService(self.database)
        prompts = PromptService(self.database, library.prompts)
        self._timekeeper = Timekeeper(
            self.database,
            TENANT.key,
            self.clock,
            {
                DueKind.PROMPT: prompts.post,
                DueKind.PROMPT_FOLLOW_UP: prompts.follow_up,
                DueKind.ROUND: self.rounds.start,
                DueKind.PAUSE_OVER: self.members.end_pause,
                DueKind.PLACE: self.rounds.place,
                DueKind.UNFINISHED: self.rounds.take_back,
                DueKind.ZONE: self._settle_zone,
            },
        )
        self._courier = Courier(
            self.database, SlackGateway(WillingSlack()), TENANT.key, library, self.clock, HastyClock(start)
        )
        self._acts = count(1)

    def act(self, user_id: str) -> Actor:
        """Return somebody doing one new thing."""
        return Actor(TENANT, user_id, f"act:{next(self._acts)}")

    def go_to(self, moment: datetime) -> None:
        """Let time pass until a moment, with everything that is due and to be sent on the way."""
        while True:
            self._beat()
            following = self._next_moment()
            if following is None or following >= moment:
                break
            self.clock.moment = following
        self.clock.moment = moment
        self._beat()

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()

    def _beat(self) -> None:
        self._timekeeper.beat()
        self._courier.drain_all()

    def _next_moment(self) -> datetime | None:
        now = self.clock.moment
        with self.database.read() as session:
            planned = [row.due_at for row in due.list_next(session, [TENANT.key], now, 1)]
            waiting = outbox.find_next_moment(session, TENANT.key, now)
        return min([*planned, *([waiting] if waiting else [])], default=None)

    def _settle_zone(self, row: Due, now: datetime) -> None:
        self.communities.settle_zone(row, (), now)
