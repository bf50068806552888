"""Rows and values with everything a test does not care about filled in.

The workspace is T1; its community lives in Berlin, where it is Monday 23 November 2026, 08:00.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar

from sqlalchemy import inspect
from sqlmodel import Session, SQLModel, select

from bot.domain.cadence import Weekly
from bot.domain.identity import Actor, Profile, Tenant
from bot.domain.messages import MessageKind
from bot.domain.offers import TopicKind
from bot.domain.requests import pair_of, silent_from
from bot.domain.schedule import DueKind
from storage import communities, due
from storage.communities import Community
from storage.database import Database
from storage.due import Due
from storage.kudos import Kudos, KudosDraft, KudosPost, KudosReceiver
from storage.members import Membership, Part, Person
from storage.outbox import outbox
from storage.outbox.outbox import OutboxMessage
from storage.privacy.vault import Vault
from storage.requests import Request
from storage.rounds.rounds import Group, Introduced, Round, Seat, SeatState

BERLIN = "Europe/Berlin"
RowT = TypeVar("RowT", bound=SQLModel)
TENANT = Tenant("T1")
KEY = "cGVlcmxvb3AgdGVzdHMgYW5kIG5vdGhpbmcgZWxzZSE="
VAULT = Vault([KEY])
MONDAY_8 = datetime(2026, 11, 23, 7, tzinfo=UTC)


def actor(user_id: str = "U1", act: str = "act", tenant: Tenant = TENANT) -> Actor:
    return Actor(tenant, user_id, f"{act}:{user_id}")


def profile(user_id: str = "U1", zone: str | None = BERLIN, **more: Any) -> Profile:  # noqa: ANN401 - fields of every type
    return Profile(user_id=user_id, zone=zone, **more)


def add_community(
    session: Session,
    channel_id: str = "C1",
    *,
    workspace: str = "T1",
    zone: str = BERLIN,
    weeks: int = 1,
    facilitators: Sequence[str] = ("UF",),
    asleep_at: datetime | None = None,
) -> Community:
    """Add a community whose first round and first prompt are due in the week of MONDAY_8."""
    community = Community(
        workspace=workspace,
        channel_id=channel_id,
        purpose="Getting better at planning, together",
        zone=zone,
        prompt_weekday=1,
        prompt_at=time(10, 0),
        round_weeks=weeks,
        created_by="UF",
        created_at=MONDAY_8,
        asleep_at=asleep_at,
    )
    session.add(community)
    session.flush()
    communities.set_facilitators(session, community, facilitators)
    rounds = Weekly(0, time(8, 0), zone, weeks)
    prompts = Weekly(1, time(10, 0), zone)
    before = datetime(2026, 11, 22, tzinfo=UTC)
    subject = str(community.id)
    due.set_due(session, workspace, DueKind.ROUND, subject, rounds.next_after(before), rounds.encode())
    due.set_due(session, workspace, DueKind.PROMPT, subject, prompts.next_after(before), prompts.encode())
    session.flush()
    return community


def add_person(
    session: Session,
    user_id: str,
    *,
    workspace: str = "T1",
    zone: str = BERLIN,
    paused_until: date | None = None,
    gone_at: datetime | None = None,
) -> Person:
    person = Person(workspace=workspace, user_id=user_id, zone=zone, paused_until=paused_until, gone_at=gone_at)
    session.add(person)
    session.flush()
    return person


def open_request(
    asker: str, asked: str, topic: str = "SQL joins", at: datetime = MONDAY_8, *, workspace: str = "T1"
) -> Request:
    """Return a request to be introduced that nobody has answered, because of an offer."""
    return Request(
        workspace=workspace,
        asker=asker,
        asked=asked,
        pair=pair_of(asker, asked),
        kind=TopicKind.OFFER,
        topic=topic,
        key=topic.casefold(),
        asked_at=at,
        over_at=silent_from(at, BERLIN),
    )


def let_in(session: Session, community: Community, user_id: str) -> None:
    """Let a person take part in a community."""
    session.add(
        Membership(
            workspace=community.workspace,
            community_id=community.id,
            user_id=user_id,
            part=Part.IN,
            changed_at=MONDAY_8,
        )
    )
    session.flush()


def add_members(session: Session, community: Community, *user_ids: str, zone: str = BERLIN) -> None:
    """Add people who take part in a community."""
    for user_id in user_ids:
        add_person(session, user_id, workspace=community.workspace, zone=zone)
        let_in(session, community, user_id)


def add_group(
    session: Session, community: Community, *user_ids: str, number: int = 1, ends_at: datetime | None = None
) -> Group:
    """Add a round, started on MONDAY_8 and open for a week, with one group of these people."""
    workspace = community.workspace
    this_round = Round(
        workspace=workspace,
        community_id=community.id,
        number=number,
        due_at=MONDAY_8,
        started_at=MONDAY_8,
        ends_at=ends_at or datetime(2026, 11, 30, 7, tzinfo=UTC),
        seed=1,
    )
    session.add(this_round)
    session.flush()
    group = Group(
        workspace=workspace,
        round_id=this_round.id,
        reason="new",
        guide_ids=("first-hello", "three-scenes"),
        formed_at=MONDAY_8,
    )
    session.add(group)
    session.flush()
    for user_id in user_ids:
        session.add(
            Seat(
                workspace=workspace, round_id=this_round.id, group_id=group.id, user_id=user_id, state=SeatState.SEATED
            )
        )
    ids = sorted(user_ids)
    for index, one in enumerate(ids):
        for other in ids[index + 1 :]:
            session.add(
                Introduced(
                    workspace=workspace,
                    community_id=community.id,
                    round_id=this_round.id,
                    group_id=group.id,
                    user_a=one,
                    user_b=other,
                )
            )
    session.flush()
    return group


def add_kudos(session: Session, community: Community, giver: str, *receivers: str) -> Kudos:
    """Add thanks given on MONDAY_8 and posted in the community's channel, without their message."""
    workspace = community.workspace
    row = Kudos(
        workspace=workspace,
        community_id=community.id,
        giver=giver,
        deed="Walked me through the migration twice",
        effect="",
        tag=None,
        given_at=MONDAY_8,
    )
    post = KudosPost(workspace=workspace, community_id=community.id, posted_at=MONDAY_8)
    session.add_all([row, post])
    session.flush()
    for user_id in receivers:
        session.add(KudosReceiver(kudos_id=row.id, user_id=user_id, workspace=workspace, post_id=post.id))
    session.flush()
    return row


def add_draft(session: Session, giver: str, workspace: str = "T1") -> KudosDraft:
    """Add thanks to UB that somebody kept on MONDAY_8."""
    row = KudosDraft(
        workspace=workspace,
        giver=giver,
        people=("UB",),
        deed="Walked me through the migration twice",
        effect="",
        tag=None,
        link="",
        saved_at=MONDAY_8,
    )
    session.add(row)
    session.flush()
    return row


def queue(session: Session, key: str, kind: MessageKind = MessageKind.KUDOS, **more: Any) -> None:  # noqa: ANN401 - columns of every type
    """Queue a message, by default to the channel C1 and from now on."""
    values: dict[str, Any] = {"subject": 1, "channel_id": "C1", "now": MONDAY_8, **more}
    outbox.add(session, values.pop("workspace", "T1"), key, kind, **values)


def due_row(database: Database, kind: DueKind, subject: object = "1", workspace: str = "T1") -> Due:
    """Return the due row of a kind and subject, which must be there."""
    with database.read() as session:
        row = due.find_due(session, workspace, kind, str(subject))
    assert row is not None
    return row


def messages(database: Database, *kinds: MessageKind) -> list[OutboxMessage]:
    """Return what is in the outbox, all or of some kinds, oldest first."""
    return [row for row in rows(database, OutboxMessage) if not kinds or row.kind in kinds]


def keys(database: Database, *kinds: MessageKind) -> list[str]:
    return [message.key for message in messages(database, *kinds)]


def rows(database: Database, table: type[RowT]) -> list[RowT]:
    """Return every row of a table, in the order of its key."""
    with database.read() as session:
        return list(session.exec(select(table).order_by(*inspect(table).primary_key)).all())


def contents(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Return everything that stands in the database, to prove that nothing was changed."""
    with database.read() as session:
        return {
            table.name: [
                tuple(row) for row in session.connection().execute(table.select().order_by(*table.primary_key))
            ]
            for table in SQLModel.metadata.sorted_tables
        }
