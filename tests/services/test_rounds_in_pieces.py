"""A round that is stored in pieces is there at once or not at all, whatever comes in between."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlmodel import Session, select

from bot.domain.errors import Problem, UserError
from bot.domain.guides import GuideLibrary
from bot.domain.messages import INTRODUCTIONS, MessageKind
from bot.domain.schedule import DueKind
from bot.services.communities.communities import fall_asleep
from bot.services.members.members import MemberService
from bot.services.privacy.privacy import PrivacyService
from bot.services.rounds.rounds import RoundService
from storage import communities, due, private_lists
from storage.database import Database
from storage.due import Due
from storage.outbox import outbox, sending
from storage.outbox.outbox import OutboxMessage
from storage.outbox.sending import Sendable
from storage.rounds.rounds import Group, Introduced, Lesson, Round, RoundInputs, Seat, SeatState
from tests.databases import on_both
from tests.factories import (
    MONDAY_8,
    VAULT,
    actor,
    add_community,
    add_members,
    contents,
    due_row,
    profile,
    rows,
)
from tests.threads import together

PEOPLE = tuple(f"U{number:02}" for number in range(12))
LATER = MONDAY_8 + timedelta(days=3)
# Two groups at once: twelve people are three pieces.
PIECE = 2


class KilledError(BaseException):
    """The process is gone."""


class Between(Database):
    """A database that does something after one of its transactions that write."""

    def __init__(self, like: Database, after: int, act: Callable[[], object]) -> None:
        self.__dict__.update(like.__dict__)
        self._after, self._act = after, act

    @contextmanager
    def write(self, workspace: str = "", *, is_fact: bool = False) -> Iterator[Session]:
        with super().write(workspace, is_fact=is_fact) as session:
            yield session
        self._after -= 1
        if self._after == 0:
            self._act()


def kill() -> None:
    raise KilledError


@pytest.fixture(autouse=True)
def world(database: Database) -> None:
    with database.write() as session:
        add_members(session, add_community(session), *PEOPLE)


@pytest.fixture
def begin(database: Database, guides: GuideLibrary) -> Callable[..., None]:
    """Let the round that is due begin, with something that is done after a piece."""

    def start(after: int = 0, act: Callable[[], object] = kill) -> None:
        service = RoundService(Between(database, after, act), guides, VAULT, PIECE)
        service.start(due_row(database, DueKind.ROUND), MONDAY_8)

    return start


@pytest.fixture
def beat(database: Database, guides: GuideLibrary) -> Callable[[], None]:
    """Handle whatever rounds are due, as the next beat does."""
    service = RoundService(database, guides, VAULT, PIECE)

    def handle() -> None:
        with database.read() as session:
            found = due.list_due(session, "T1", MONDAY_8, 99)
        for row in found:
            if row.kind in {DueKind.ROUND, DueKind.UNFINISHED}:
                {DueKind.ROUND: service.start, DueKind.UNFINISHED: service.take_back}[row.kind](row, MONDAY_8)

    return handle


def seated(database: Database) -> Counter[str]:
    return Counter(seat.user_id for seat in rows(database, Seat) if seat.state == SeatState.SEATED)


def introductions(database: Database) -> dict[int, set[str]]:
    """Return whom each introduction goes to that may be sent by the end of the week."""
    with database.read() as session:
        waiting = select(OutboxMessage).where(OutboxMessage.state == "queued", outbox.may_go())
        found = [row for row in session.exec(waiting) if row.kind in INTRODUCTIONS]
    return {row.subject: set(row.recipients) for row in found}


def left_over(database: Database) -> list[object]:
    """Return what is stored of a round that is not there."""
    return [
        *(row for row in rows(database, Round) if row.forming_for is not None),
        *(row for row in rows(database, Due) if row.kind == DueKind.UNFINISHED),
    ]


def assert_whole(database: Database, *people: str) -> None:
    """Make sure that one round is there in which exactly these people are introduced, each once."""
    assert seated(database) == Counter(people)
    assert left_over(database) == []
    (its_round,) = rows(database, Round)
    assert (its_round.number, its_round.community_id, its_round.started_at) == (1, 1, MONDAY_8)
    told = [one for group in introductions(database).values() for one in group]
    assert Counter(told) == Counter(people)
    assert {row.community_id for row in rows(database, Introduced)} == {1}


@on_both
@pytest.mark.parametrize("after", [1, 2])
def test_a_round_that_is_killed_after_a_piece_is_seen_by_nobody_and_whole_at_the_next_beat(
    database: Database,
    rounds: RoundService,
    begin: Callable[..., None],
    beat: Callable[[], None],
    after: int,
) -> None:
    before = rounds.status(actor("UF"), "C1", MONDAY_8)

    with pytest.raises(KilledError):
        begin(after)

    assert len(rows(database, Group)) == after * PIECE
    assert rounds.status(actor("UF"), "C1", MONDAY_8) == before
    for person in PEOPLE:
        with pytest.raises(UserError) as refused:
            rounds.current(actor(person), MONDAY_8)
        assert refused.value.trouble.problem is Problem.NO_GROUP
    assert introductions(database) == {}
    with database.read() as session:
        found = sending.find_next(session, "T1", Sendable(now=MONDAY_8 + timedelta(days=1), at=LATER))
        assert found is None or found.kind not in INTRODUCTIONS

    beat()

    assert_whole(database, *PEOPLE)
    assert len(rows(database, Group)) == len(PEOPLE) // 2


@on_both
def test_a_round_killed_right_after_its_last_piece_is_there(database: Database, begin: Callable[..., None]) -> None:
    with pytest.raises(KilledError):
        begin(3)

    assert_whole(database, *PEOPLE)


@on_both
def test_what_is_taken_back_of_a_round_that_a_facilitator_wanted_leaves_no_trace(
    database: Database, guides: GuideLibrary
) -> None:
    sunday = MONDAY_8 - timedelta(days=1)
    before = contents(database)
    service = RoundService(Between(database, 2, kill), guides, VAULT, PIECE)
    with pytest.raises(KilledError):
        service.start_now(actor("UF"), "C1", sunday)

    RoundService(database, guides, VAULT, PIECE).take_back(due_row(database, DueKind.UNFINISHED), sunday)

    after = contents(database)
    # The weekly notes of people may be there by then; a note with nothing to say is not sent.
    assert {row.kind for row in rows(database, OutboxMessage)} <= {MessageKind.WEEKLY_NOTE}
    assert {**after, "outboxmessage": [], "lease": []} == {**before, "outboxmessage": [], "lease": []}


@on_both
def test_a_small_round_is_one_transaction(database: Database, guides: GuideLibrary) -> None:
    with pytest.raises(KilledError):
        RoundService(Between(database, 1, kill), guides, VAULT).start(due_row(database, DueKind.ROUND), MONDAY_8)

    assert_whole(database, *PEOPLE)


@on_both
def test_two_that_begin_at_the_same_moment_store_one_round(
    database: Database, guides: GuideLibrary, beat: Callable[[], None]
) -> None:
    row = due_row(database, DueKind.ROUND)

    def start() -> None:
        RoundService(database, guides, VAULT, PIECE).start(row, MONDAY_8)

    together(start, start, start)
    beat()

    assert_whole(database, *PEOPLE)


def test_a_facilitator_who_comes_while_a_round_is_stored_hears_that_it_runs(
    database: Database, guides: GuideLibrary, begin: Callable[..., None]
) -> None:
    def want() -> None:
        with pytest.raises(UserError) as refused:
            RoundService(database, guides, VAULT, PIECE).start_now(actor("UF"), "C1", MONDAY_8)
        assert refused.value.trouble.problem is Problem.ROUND_RUNS

    begin(1, want)

    assert_whole(database, *PEOPLE)


Act = Callable[[Database], object]


def erase(database: Database) -> None:
    with database.write("T1") as session:
        due.set_due(session, "T1", DueKind.ERASE, "U00", MONDAY_8)
    PrivacyService(database, VAULT).erase(due_row(database, DueKind.ERASE, "U00"), MONDAY_8)


GOING: dict[str, Act] = {
    "leaves": lambda database: MemberService(database).leave(actor("U00"), None, MONDAY_8),
    "pauses": lambda database: MemberService(database).pause(
        actor("U00"), date(2026, 12, 24), profile("U00"), MONDAY_8
    ),
    "is erased": erase,
    "is away": lambda database: MemberService(database).account_changed(
        actor("U00").tenant, [profile("U00", away_until=LATER)], MONDAY_8
    ),
    "is deactivated": lambda database: MemberService(database).account_changed(
        actor("U00").tenant, [profile("U00", is_active=False)], MONDAY_8
    ),
}


@on_both
@pytest.mark.parametrize("how", GOING)
@pytest.mark.parametrize("after", [1, 2])
def test_who_goes_while_a_round_is_stored_is_not_introduced(
    database: Database,
    rounds: RoundService,
    begin: Callable[..., None],
    beat: Callable[[], None],
    how: str,
    after: int,
) -> None:
    begin(after, lambda: GOING[how](database))
    beat()
    with database.read() as session:
        place = due.find_due(session, "T1", DueKind.PLACE, "1")
    if place is not None:
        rounds.place(place, MONDAY_8)

    assert seated(database) == Counter(PEOPLE[1:])
    assert left_over(database) == []
    standing = {seat.group_id for seat in rows(database, Seat) if seat.state == SeatState.SEATED}
    told = {group: people for group, people in introductions(database).items() if group in standing}
    assert set().union(*told.values()) == set(PEOPLE[1:])
    assert all("U00" not in people for people in told.values())
    if how == "is erased":
        assert all("U00" not in repr(row) for table in (Seat, Introduced, Lesson) for row in rows(database, table))
        with database.read() as session:
            assert b"U00" not in session.exec(select(RoundInputs)).one().packed


def skip(database: Database, guides: GuideLibrary) -> None:
    RoundService(database, guides, VAULT).skip_next(actor("UF"), "C1", MONDAY_8)


def stop(database: Database, _guides: GuideLibrary) -> None:
    with database.write("T1") as session:
        fall_asleep(session, communities.get_community(session, "T1", 1), MONDAY_8)


@on_both
@pytest.mark.parametrize("act", [skip, stop])
def test_a_round_that_is_left_out_while_it_is_stored_is_not_held(
    database: Database,
    guides: GuideLibrary,
    begin: Callable[..., None],
    beat: Callable[[], None],
    act: Callable[[Database, GuideLibrary], None],
) -> None:
    begin(2, lambda: act(database, guides))
    beat()

    assert rows(database, Group) == []
    assert introductions(database) == {}
    assert left_over(database) == []
    assert due_row(database, DueKind.ROUND).due_at > MONDAY_8


def test_who_asks_not_to_meet_somebody_while_a_round_is_stored_is_parted_from_them(
    database: Database, begin: Callable[..., None]
) -> None:
    pairs: list[tuple[str, str]] = []

    def part() -> None:
        with database.write("T1") as session:
            first = session.exec(select(Introduced).order_by(Introduced.id)).first()  # type: ignore[arg-type]
            assert first is not None
            pairs.append((first.user_a, first.user_b))
            private_lists.set_blocked(session, VAULT, "T1", first.user_a, [first.user_b])

    begin(1, part)

    together_now = [people for people in introductions(database).values() if people == {*pairs[0]}]
    mates = {seat.user_id: seat for seat in rows(database, Seat)}
    assert mates[pairs[0][0]].state == mates[pairs[0][1]].state == SeatState.LOOKING
    assert len(seated(database)) == len(PEOPLE) - 2
    assert len(together_now) <= 1


@on_both
def test_who_joins_while_a_round_is_stored_looks_for_a_partner_in_it(
    database: Database, begin: Callable[..., None]
) -> None:
    begin(1, lambda: MemberService(database).join(actor("UZ"), "C1", profile("UZ"), MONDAY_8))

    assert {seat.user_id: seat.state for seat in rows(database, Seat)}["UZ"] == SeatState.LOOKING
    assert due_row(database, DueKind.PLACE).due_at == MONDAY_8
