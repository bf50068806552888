"""While a round runs nobody who could have a partner stays without one."""

import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest

from bot.domain.errors import UserError
from bot.domain.messages import MessageKind
from bot.domain.rounds import Standing
from bot.domain.schedule import DueKind
from bot.domain.settings import PersonSettings
from bot.services.members.members import MemberService
from bot.services.members.settings import SettingsService
from bot.services.rounds.rounds import RoundService
from storage import activity, due
from storage.database import Database
from storage.outbox import outbox
from storage.outbox.outbox import OutboxState
from storage.rounds.rounds import Seat
from tests.effort import effort, longer
from tests.factories import MONDAY_8, actor, add_community, add_members, due_row, messages, profile, rows

FOUR = ("UA", "UB", "UC", "UD")
TUESDAY = MONDAY_8 + timedelta(days=1)
FRIDAY = MONDAY_8 + timedelta(days=4)


def start(database: Database, rounds: RoundService, *user_ids: str, weeks: int = 1) -> None:
    with database.write() as session:
        add_members(session, add_community(session, weeks=weeks), *user_ids)
    rounds.start(due_row(database, DueKind.ROUND), MONDAY_8)


def tell(database: Database) -> None:
    """Let every introduction have been sent."""
    introductions = messages(database, MessageKind.INTRODUCTION)
    with database.write() as session:
        for message in introductions:
            row = outbox.find_message(session, "T1", message.key)
            assert row is not None
            row.state = OutboxState.SENT


def groups(database: Database) -> list[set[str]]:
    found: dict[int, set[str]] = {}
    for seat in rows(database, Seat):
        if seat.state == "seated" and seat.group_id is not None:
            found.setdefault(seat.group_id, set()).add(seat.user_id)
    return list(found.values())


@pytest.mark.parametrize("weeks", [1, 2, 4])
def test_whoever_comes_in_the_first_half_is_in_a_group_of_this_round(
    database: Database, rounds: RoundService, members: MemberService, weeks: int
) -> None:
    start(database, rounds, *FOUR, weeks=weeks)
    tell(database)
    late = MONDAY_8 + timedelta(days=7 * weeks / 2, seconds=-1)

    joined = members.join(actor("UX"), "C1", profile("UX"), late)
    rounds.place(due_row(database, DueKind.PLACE), late)

    assert joined.is_looking
    card = rounds.current(actor("UX"), late)
    assert (card.standing, len(card.others), card.reason) == (Standing.SEATED, 2, "third")
    assert sorted(map(len, groups(database))) == [2, 3]
    assert messages(database, MessageKind.INTRODUCTION)[-1].recipients == tuple(sorted(("UX", *card.others)))


def test_whoever_comes_in_the_second_half_waits_for_the_next_round(
    database: Database, rounds: RoundService, members: MemberService
) -> None:
    start(database, rounds, *FOUR)

    joined = members.join(actor("UX"), "C1", profile("UX"), MONDAY_8 + timedelta(days=3.5))

    assert not joined.is_looking
    assert {seat.user_id for seat in rows(database, Seat)} == set(FOUR)


def test_two_who_come_late_get_each_other_and_disturb_nobody(
    database: Database, rounds: RoundService, members: MemberService
) -> None:
    start(database, rounds, *FOUR)
    before = groups(database)

    for user_id in ("UX", "UY"):
        members.join(actor(user_id), "C1", profile(user_id), TUESDAY)
    rounds.place(due_row(database, DueKind.PLACE), TUESDAY)

    assert groups(database) == [*before, {"UX", "UY"}]
    assert rounds.current(actor("UX"), TUESDAY).reason == "looking"


def test_a_group_that_has_booked_or_answered_is_left_as_it_is(
    database: Database, rounds: RoundService, members: MemberService
) -> None:
    start(database, rounds, *FOUR)
    group_ids = {rounds.current(actor(one), MONDAY_8).group_id: one for one in FOUR}
    for group_id, one in group_ids.items():
        assert group_id is not None
        rounds.booked(actor(one), group_id, MONDAY_8)

    members.join(actor("UX"), "C1", profile("UX"), TUESDAY)
    rounds.place(due_row(database, DueKind.PLACE), TUESDAY)

    assert rounds.current(actor("UX"), TUESDAY).standing is Standing.LOOKING


def test_a_late_joiner_is_never_put_beside_their_manager_or_somebody_on_a_list(
    database: Database, rounds: RoundService, members: MemberService, own: SettingsService
) -> None:
    start(database, rounds, *FOUR)
    first, second = groups(database)
    own.change(actor("UX"), PersonSettings(manager=min(first)), profile("UX"), MONDAY_8)
    own.block(actor(max(second)), "UX", MONDAY_8)

    members.join(actor("UX"), "C1", profile("UX"), TUESDAY)
    rounds.place(due_row(database, DueKind.PLACE), TUESDAY)

    assert rounds.current(actor("UX"), TUESDAY).standing is Standing.LOOKING


def test_two_who_are_on_a_list_by_now_are_not_introduced_again_in_a_larger_group(
    database: Database, rounds: RoundService, members: MemberService, own: SettingsService
) -> None:
    start(database, rounds, *FOUR)
    tell(database)
    first, second = groups(database)
    own.block(actor(min(first)), max(first), MONDAY_8)

    members.join(actor("UX"), "C1", profile("UX"), TUESDAY)
    rounds.place(due_row(database, DueKind.PLACE), TUESDAY)

    assert set(rounds.current(actor("UX"), TUESDAY).others) == second


def test_who_found_nobody_may_try_again_the_same_day(
    database: Database, rounds: RoundService, members: MemberService, own: SettingsService
) -> None:
    with database.write() as session:
        community = add_community(session)
        add_members(session, community, *FOUR)
        add_members(session, community, "UT", zone="Asia/Tokyo")
    rounds.start(due_row(database, DueKind.ROUND), MONDAY_8)
    assert rounds.try_again(actor("UT"), 1, MONDAY_8).standing is Standing.LOOKING
    for user_id in (*FOUR, "UT"):
        own.change(actor(user_id), PersonSettings(writing_ok=True), profile(user_id), MONDAY_8)

    card = rounds.try_again(actor("UT"), 1, MONDAY_8)

    assert (card.standing, len(card.others)) == (Standing.SEATED, 2)
    # Pressed once more it changes nothing.
    assert rounds.try_again(actor("UT"), 1, MONDAY_8) == card
    for who, community_id in (("UNOBODY", 1), ("UT", 2)):
        with pytest.raises(UserError):
            rounds.try_again(actor(who), community_id, MONDAY_8)
    with pytest.raises(UserError):
        rounds.try_again(actor("UT"), 1, MONDAY_8 + timedelta(weeks=2))
    del members


@pytest.mark.parametrize("partner_acts", [False, True])
def test_a_partner_found_by_swap_is_no_ping_and_is_introduced_at_once_or_at_a_time_that_is_told(
    database: Database, rounds: RoundService, *, partner_acts: bool
) -> None:
    start(database, rounds, *FOUR)
    tell(database)
    night = TUESDAY + timedelta(hours=12)
    if partner_acts:
        with database.write() as session:
            for user_id in FOUR:
                activity.note_act(session, "T1", user_id, night - timedelta(minutes=29))
    group_id = rounds.current(actor("UA"), night).group_id
    assert group_id is not None

    card = rounds.swap(actor("UA"), group_id, night)

    assert card.standing is Standing.SEATED
    introduction = messages(database, MessageKind.INTRODUCTION)[-1]
    wednesday = datetime(2026, 11, 25, 8, 30, tzinfo=UTC)
    assert (introduction.is_ping, introduction.not_before) == (False, night if partner_acts else wednesday)
    assert (card.coming.at if card.coming else None) == (None if partner_acts else wednesday)
    assert rounds.current(actor(card.others[0]), night).coming == card.coming
    tell(database)
    assert rounds.current(actor("UA"), night).coming is None


def test_a_person_left_alone_who_asked_for_nothing_is_introduced_within_the_budget(
    database: Database, rounds: RoundService
) -> None:
    start(database, rounds, *FOUR)
    tell(database)
    group_id = rounds.current(actor("UA"), TUESDAY).group_id
    assert group_id is not None

    rounds.cannot(actor("UA"), group_id, TUESDAY)

    assert [row.is_ping for row in messages(database, MessageKind.INTRODUCTION)] == [True] * 3


def test_whoever_takes_a_break_while_looking_is_left_alone(database: Database, rounds: RoundService) -> None:
    start(database, rounds, *FOUR)
    tell(database)
    one, two = sorted(groups(database)[0])
    rounds.cannot(actor(one), 1, FRIDAY)

    rounds.cannot(actor(two), 1, FRIDAY)

    assert rounds.current(actor(two), FRIDAY).standing is Standing.OUT


def press(rounds: RoundService, user_id: str, what: str, now: datetime) -> None:
    """Press a button of one's introduction, if there is one."""
    with suppress(UserError):
        group_id = rounds.current(actor(user_id), now).group_id
        if group_id is not None:
            act = rounds.cannot if what == "cannot" else rounds.swap
            act(actor(user_id), group_id, now)


@longer
@pytest.mark.parametrize("seed", range(effort(4, 12)))
def test_whatever_people_do_no_rule_is_broken_and_nobody_is_lost(
    database: Database, rounds: RoundService, members: MemberService, own: SettingsService, seed: int
) -> None:
    lots = random.Random(seed)  # noqa: S311 - not a secret
    ids = [f"U{number:02}" for number in range(lots.randint(5, 12))]
    lists = {one: lots.choice(ids) for one in ids if lots.random() < 0.2}
    start(database, rounds, *ids)
    if lots.random() < 0.7:
        tell(database)
    for one, other in lists.items():
        if one != other:
            own.block(actor(one), other, MONDAY_8)
    left: set[str] = set()
    for step in range(12):
        now = MONDAY_8 + timedelta(hours=3 * step)
        one, what = lots.choice(ids), lots.choice(["cannot", "swap", "join", "leave"])
        if what == "join":
            ids.append(f"UX{step}")
            members.join(actor(ids[-1]), "C1", profile(ids[-1]), now)
        elif what == "leave":
            members.leave(actor(one), None, now)
            left.add(one)
        else:
            press(rounds, one, what, now)
        with database.read() as session:
            waiting = due.find_due(session, "T1", DueKind.PLACE, "1")
        if waiting:
            rounds.place(waiting, now)

    told_apart = {frozenset((one, other)) for one, other in lists.items()}
    for group in groups(database):
        assert 2 <= len(group) <= 3
        assert not group & left
        new = [pair for pair in combinations(sorted(group), 2) if frozenset(pair) in told_apart]
        # Only a pair that had been told of each other before the list was made is still together.
        assert not new or len(group) == 2
    in_groups = [one for group in groups(database) for one in group]
    assert len(in_groups) == len(set(in_groups))
    assert {seat.user_id for seat in rows(database, Seat)} == set(ids)
