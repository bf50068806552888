"""What a message costs the database, and that what Slack took is written down whatever becomes of the next."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from bot.blocks.names import CommandNames
from bot.courier import Courier, Library
from bot.domain.messages import MessageKind
from bot.library import load_guides, load_prompts, load_thesaurus
from storage.bulk import batches
from storage.database import Database
from storage.rounds.rounds import Group, Seat, SeatState
from tests.courier.conftest import RESTLESS
from tests.databases import on_both
from tests.factories import VAULT, add_community, add_group, add_kudos, add_members, messages, queue
from tests.fakes import FixedClock
from tests.tiny_slack import TinySlack

OPEN = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
PEOPLE = [f"U{number:02}" for number in range(20)]
# At most so many statements for one more message; PostgreSQL has two more, for its locks.
MOST = {MessageKind.INTRODUCTION: 14, MessageKind.KUDOS: 12}


class FailingDatabase(Database):
    """A database that fails with the transaction that follows so many others that write."""

    good = 1_000

    @contextmanager
    def write(self, workspace: str = "", *, is_fact: bool = False) -> Iterator[Session]:
        with super().write(workspace, is_fact=is_fact) as session:
            yield session
            self.good -= 1
            if self.good == -1:
                raise OperationalError("commit", None, Exception("out of reach"))


@contextmanager
def counted() -> Iterator[list[str]]:
    """Note every statement while the block runs, on any database."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield statements
    event.remove(Engine, "before_cursor_execute", note)


def fill(database: Database, kind: MessageKind, count: int) -> None:
    with database.write() as session:
        community = add_community(session)
        add_members(session, community, *PEOPLE)
        if kind is MessageKind.INTRODUCTION:
            first = add_group(session, community, *PEOPLE[:2])
            for one, other in zip(PEOPLE[2 : 2 * count : 2], PEOPLE[3 : 2 * count : 2], strict=True):
                add_pair(session, first, one, other)
            for group, pair in zip(session.exec(select(Group)), batches(PEOPLE, 2), strict=False):
                queue(session, f"intro:{group.id}", kind, subject=group.id, channel_id="", people=pair)
            return
        for number in range(1, count + 1):
            add_kudos(session, community, "UA", "UB")
            queue(session, f"kudos:{number}", subject=number, channel_id=f"C{number}")


def add_pair(session: Session, first: Group, *pair: str) -> None:
    """Add another group to the round of a group."""
    workspace, round_id = first.workspace, first.round_id
    group = Group(
        workspace=workspace,
        round_id=round_id,
        reason="new",
        guide_ids=first.guide_ids,
        formed_at=first.formed_at,
    )
    session.add(group)
    session.flush()
    for one in pair:
        session.add(
            Seat(workspace=workspace, round_id=round_id, group_id=group.id, user_id=one, state=SeatState.SEATED)
        )


def a_courier(database: Database, slack: TinySlack) -> Courier:
    library = Library(CommandNames(), load_prompts(), load_guides(), load_thesaurus(), VAULT)
    return Courier(database, slack.gateway(), "T1", library, FixedClock(OPEN), FixedClock(OPEN), RESTLESS)


@on_both
@pytest.mark.parametrize("kind", MOST)
def test_one_more_message_costs_few_statements(database: Database, slack: TinySlack, kind: MessageKind) -> None:
    fill(database, kind, 8)
    counts = []
    with counted() as statements:
        slack.before_reply = lambda: counts.append(len(statements))
        a_courier(database, slack).drain_all()

    asked = [count for count, (method, _) in zip(counts, slack.calls, strict=True) if method == "chat.postMessage"]
    assert len(asked) == 8
    assert asked[7] - asked[3] <= 4 * MOST[kind]


def test_what_slack_took_is_written_down_though_the_next_message_cannot_be_claimed(
    database: Database, slack: TinySlack
) -> None:
    fill(database, MessageKind.KUDOS, 2)
    failing = FailingDatabase(database.url)
    failing.good = 1

    with pytest.raises(OperationalError):
        a_courier(failing, slack).drain_all()
    assert [message.state for message in messages(database)] == ["sent", "queued"]
    a_courier(failing, slack).drain_all()

    assert [message.state for message in messages(database)] == ["sent", "sent"]
    assert len(slack.asked("chat.postMessage")) == 2
    failing.close()


def test_what_slack_took_last_is_written_down_when_the_courier_is_stopped(database: Database, slack: TinySlack) -> None:
    fill(database, MessageKind.KUDOS, 2)
    courier = a_courier(database, slack)
    slack.before_reply = courier.stop

    courier.drain_all()

    assert [message.state for message in messages(database)] == ["sent", "queued"]
