"""What sending costs the courier, and how much of Slack's allowed rate it uses, also when answers get lost.

A round's introductions stand in the outbox, beside thanks for channels. Slack is one that takes everything at once, in
the process, so that only the bot's own work is counted. The cost is measured without a limit; the share of the rate
at Slack's pace, by a clock that moves only when somebody waits.
"""

import argparse
import json
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography.fernet import Fernet
from slack_sdk import WebClient
from sqlalchemy import event
from sqlmodel import col, delete, update

from benchmarks.clicks import NO_LIMIT, postgresql, sqlite
from benchmarks.round_start import MORNING, WORKSPACE
from benchmarks.round_start import fill as fill_community
from bot.blocks.block_kit import Message
from bot.blocks.names import CommandNames
from bot.courier import Courier, Library
from bot.domain.messages import MessageKind, Posted
from bot.domain.pacing import SLACK_PACE, Method, Pace
from bot.domain.schedule import DueKind
from bot.gateway import ANSWER_SECONDS, Identity, Quiet, SlackGateway
from bot.library import load_guides, load_prompts, load_thesaurus
from bot.services.rounds.rounds import RoundService
from bot.slack_errors import OutcomeUnknownError
from storage import due
from storage.database import Database
from storage.kudos import Kudos, KudosPost, KudosReceiver
from storage.outbox import outbox
from storage.outbox.outbox import OutboxMessage, OutboxState
from storage.outbox.pings import Ping
from storage.outbox.slack_waits import SlackWait
from storage.privacy.vault import Vault

# For each figure: the most of a cost, the least of a share or a rate.
HEARTBEAT: Final = timedelta(seconds=1)
TRAVEL: Final = timedelta(seconds=0.15)
# Slack's own limit, without the half second by which the bot keeps away from it.
ALLOWED_A_SECOND: Final = SLACK_PACE.limits[Method.OPEN].calls / 60


@dataclass
class Watch:
    """A clock that moves when it is told to, for people and for the machine."""

    at: datetime = MORNING

    def now(self) -> datetime:
        """Return what time it is."""
        return self.at

    def wait(self, span: timedelta) -> None:
        """Let time pass."""
        self.at += span


@dataclass
class Loss:
    """How many of a hundred answers get lost, drawn by chance that can be repeated."""

    percent: float = 0.0
    chance: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311 - to be repeatable

    def comes(self) -> bool:
        """Draw whether the next answer gets lost."""
        return self.chance.random() * 100 < self.percent


class WillingSlack(SlackGateway):
    """Takes everything; of some posts the answer gets lost, which takes as long as the bot waits for one."""

    def __init__(self, watch: Watch, loss: Loss) -> None:
        super().__init__(WebClient())
        self.watch = watch
        self.loss = loss
        self.opened_at: list[datetime] = []
        self.keys: list[str] = []

    def identify(self) -> Identity:
        """Say who the bot is."""
        return Identity(WORKSPACE, "UBOT", "B1")

    def open_conversation(self, people: Sequence[str]) -> str:
        """Open any conversation."""
        self.watch.wait(TRAVEL)
        self.opened_at.append(self.watch.now())
        return f"G{'-'.join(people)}"

    def post(self, channel_id: str, message: Message, key: str, thread_ts: str = "") -> Posted:
        """Take a message; the answer may get lost."""
        del message, thread_ts
        self.keys.append(key)
        if self.loss.comes():
            self.watch.wait(timedelta(seconds=ANSWER_SECONDS))
            raise OutcomeUnknownError("timeout", "chat.postMessage")
        self.watch.wait(TRAVEL)
        return Posted(channel_id, f"{len(self.keys)}.000")

    def find_quiet(self, people: Sequence[str]) -> dict[str, Quiet]:
        """Find everybody there."""
        del people
        return {}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sending", description=__doc__)
    parser.add_argument("--groups", type=int, default=400)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    result: dict[str, Any] = {}
    for kind, make in (("sqlite", sqlite), ("postgresql", postgresql)):
        with tempfile.TemporaryDirectory() as name, make(Path(name)) as url:
            result |= {f"{kind}_{figure}": value for figure, value in measure(url, wanted.groups).items()}
    if wanted.json:
        print(json.dumps(result))
    else:
        for figure, value in result.items():
            print(f"{figure:32} {value}")


def measure(url: str, groups: int) -> dict[str, Any]:
    """Send a round's introductions, and as many thanks, once without a limit and then at Slack's pace."""
    database = Database(url)
    database.migrate()
    fill(database, groups)
    cost = measure_cost(database, groups)
    shares = {
        name: round(measure_share(database, groups, percent), 3)
        for name, percent in (("share", 0), ("share_1_lost", 1), ("share_5_lost", 5))
    }
    database.close()
    return {**cost, **shares}


def fill(database: Database, groups: int) -> None:
    """Store a community whose round has begun, and thanks for many channels."""
    fill_community(database, 2 * groups, seed=1, is_skilled=True)
    with database.read() as session:
        row = due.find_due(session, WORKSPACE, DueKind.ROUND, "1")
    assert row is not None
    RoundService(database, load_guides(), Vault()).start(row, MORNING)
    with database.write(WORKSPACE) as session:
        thanks = Kudos(workspace=WORKSPACE, community_id=1, giver="UA", deed="d", effect="", tag=None, given_at=MORNING)
        thanked = KudosPost(workspace=WORKSPACE, community_id=1, posted_at=MORNING)
        session.add_all([thanks, thanked])
        session.flush()
        session.add(KudosReceiver(kudos_id=thanks.id, user_id="UB", workspace=WORKSPACE, post_id=thanked.id))
        for number in range(groups):
            outbox.add(
                session,
                WORKSPACE,
                f"kudos:{number}",
                MessageKind.KUDOS,
                subject=thanked.id,
                now=MORNING,
                channel_id=f"C{number}",
            )


def queue_again(database: Database, kind: MessageKind) -> None:
    """Let everything of a kind wait once more as if it had never been sent, and nothing else."""
    is_introduction = kind is MessageKind.INTRODUCTION
    of_kind = col(OutboxMessage.kind) == kind
    with database.write(WORKSPACE) as session:
        session.exec(delete(Ping))
        session.exec(delete(SlackWait))
        session.exec(update(OutboxMessage).values(state=OutboxState.SENT, attempted_at=None))
        session.exec(
            update(OutboxMessage)
            .where(of_kind)
            .values(
                state=OutboxState.QUEUED,
                method=Method.OPEN if is_introduction else Method.POST,
                reason="",
                ts="",
                sent_at=None,
                attempts=0,
                failures=0,
                retry_at=None,
            )
        )
        if is_introduction:
            session.exec(update(OutboxMessage).where(of_kind).values(channel_id=""))


def a_courier(database: Database, slack: WillingSlack, pace: Pace) -> Courier:
    """Make a courier between a database and a Slack."""
    vault = Vault([Fernet.generate_key().decode()])
    library = Library(CommandNames(), load_prompts(), load_guides(), load_thesaurus(), vault)
    return Courier(database, slack, WORKSPACE, library, slack.watch, slack.watch, pace)


def measure_cost(database: Database, groups: int) -> dict[str, Any]:
    """Return the processor's time and the statements of a message, of introductions and of thanks."""
    figures: dict[str, float] = {}
    for name, kind in (("introduction", MessageKind.INTRODUCTION), ("thanks", MessageKind.KUDOS)):
        queue_again(database, kind)
        slack = WillingSlack(Watch(), Loss())
        courier = a_courier(database, slack, NO_LIMIT)
        count, stop = count_statements(database)
        began, used = time.perf_counter(), time.process_time()
        courier.drain_all()
        seconds, busy = time.perf_counter() - began, time.process_time() - used
        stop()
        assert len(slack.keys) == groups, (len(slack.keys), groups)
        figures |= {
            f"{name}_cpu_ms": round(busy * 1000 / groups, 2),
            f"{name}_statements": round(count[0] / groups, 1),
            f"{name}_a_second": round(groups / seconds, 1),
        }
    kinds = ("introduction", "thanks")
    means = {key: sum(figures[f"{kind}_{key}"] for kind in kinds) / 2 for key in ("cpu_ms", "statements", "a_second")}
    return {key: round(value, 1) for key, value in means.items()} | figures


def count_statements(database: Database) -> tuple[list[int], Callable[[], None]]:
    """Count the statements on a database from now on, until the function that comes along is called."""
    count, engine = [0], database._engine  # noqa: SLF001 - ours to measure

    def note(*_: object) -> None:
        count[0] += 1

    event.listen(engine, "before_cursor_execute", note)
    return count, lambda: event.remove(engine, "before_cursor_execute", note)


def measure_share(database: Database, groups: int, percent: float) -> float:
    """Return which part of the conversations that Slack would allow was opened, once the first minute is over."""
    queue_again(database, MessageKind.INTRODUCTION)
    slack = WillingSlack(Watch(), Loss(percent))
    courier = a_courier(database, slack, SLACK_PACE)
    while len(slack.opened_at) < groups:
        courier.drain_all()
        slack.watch.wait(HEARTBEAT)
    burst = SLACK_PACE.limits[Method.OPEN].calls
    span = (slack.opened_at[-1] - slack.opened_at[burst - 1]).total_seconds()
    return (groups - burst) / span / ALLOWED_A_SECOND


if __name__ == "__main__":
    main()
