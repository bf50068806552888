"""Rounds of introductions, from the Monday they are due."""

from collections import Counter
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.exc import OperationalError

from bot.domain.errors import Problem, UserError
from bot.domain.guides import GuideLibrary
from bot.domain.messages import MessageKind
from bot.domain.rounds import Standing
from bot.domain.schedule import DueKind
from bot.services.members.members import MemberService
from bot.services.rounds.rounds import RoundService
from storage import members as people_tables
from storage.database import Database
from storage.members import Part, Person
from storage.outbox import outbox
from storage.outbox.outbox import OutboxState
from storage.rounds.rounds import Group, Introduced, Round, Seat, SeatState
from tests.databases import on_both
from tests.factories import (
    MONDAY_8,
    actor,
    add_community,
    add_group,
    add_members,
    add_person,
    contents,
    due_row,
    keys,
    let_in,
    messages,
    profile,
    rows,
)
from tests.threads import at_once, together

WEEK = timedelta(weeks=1)
FRIDAY = MONDAY_8 + timedelta(days=4)
FOUR = ("UA", "UB", "UC", "UD")


def groups(database: Database) -> dict[int, set[str]]:
    """Return who sits in which group."""
    found: dict[int, set[str]] = {}
    for seat in rows(database, Seat):
        if seat.group_id is not None and seat.state == "seated":
            found.setdefault(seat.group_id, set()).add(seat.user_id)
    return found


def start(database: Database, rounds: RoundService, late: timedelta = timedelta(), subject: int = 1) -> None:
    row = due_row(database, DueKind.ROUND, subject)
    rounds.start(row, row.due_at + late)


@pytest.mark.parametrize("count", [4, 5, 9, 24])
def test_everybody_is_introduced_once(database: Database, rounds: RoundService, count: int) -> None:
    ids = [f"U{number:02}" for number in range(count)]
    with database.write() as session:
        add_members(session, add_community(session), *ids)

    start(database, rounds)

    seated = Counter(one for group in groups(database).values() for one in group)
    assert seated == Counter(ids)
    assert sorted(map(len, groups(database).values())) == [2] * (count // 2 - count % 2) + [3] * (count % 2)


def test_an_introduction_goes_out_when_both_are_at_work(database: Database, rounds: RoundService) -> None:
    with database.write() as session:
        community = add_community(session)
        add_members(session, community, "UA", "UB", zone="Europe/Berlin")
        add_members(session, community, "UC", "UD", zone="Europe/Berlin")

    start(database, rounds)

    for message in messages(database, MessageKind.INTRODUCTION):
        assert message.key == f"intro:{message.subject}"
        assert set(message.recipients) == groups(database)[message.subject]
        assert message.not_before == datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
        assert message.not_after == datetime(2026, 11, 30, 7, tzinfo=UTC)
    assert set(keys(database, MessageKind.WEEKLY_NOTE)) == {f"note:{user}:2026-W48" for user in FOUR}
    assert messages(database, MessageKind.HALFWAY) == []


def test_where_hours_never_meet_the_first_morning_decides_and_the_halfway_line_waits_for_its_week(
    database: Database, rounds: RoundService
) -> None:
    with database.write() as session:
        community = add_community(session, weeks=2)
        for user_id, zone in zip(
            FOUR, ["Asia/Tokyo", "Asia/Tokyo", "America/New_York", "America/New_York"], strict=True
        ):
            add_members(session, community, user_id, zone=zone)
            session.get_one(Person, ("T1", user_id)).writing_ok = True
        # A person who shares hours was introduced before.
        add_group(session, community, "UA", "UB", number=1, ends_at=MONDAY_8 - WEEK)
    with database.write() as session:
        group = session.get_one(Group, 1)
        session.get_one(Round, 1).due_at = session.get_one(Round, 1).started_at = MONDAY_8 - WEEK
        session.add(Introduced(workspace="T1", community_id=1, round_id=1, group_id=group.id, user_a="UC", user_b="UD"))

    start(database, rounds)

    introductions = messages(database, MessageKind.INTRODUCTION)
    # It is 16:00 in Tokyo.
    assert {one.not_before for one in introductions} == {MONDAY_8}
    halfway = messages(database, MessageKind.HALFWAY)
    assert {one.not_before for one in halfway} == {datetime(2026, 11, 30, 0, 30, tzinfo=UTC)}


def test_the_paused_and_the_gone_are_left_alone(database: Database, rounds: RoundService) -> None:
    with database.write() as session:
        community = add_community(session)
        add_members(session, community, *FOUR)
        add_person(session, "UP", paused_until=date(2026, 11, 24))
        add_person(session, "UR", paused_until=date(2026, 11, 23))
        add_person(session, "UG", gone_at=MONDAY_8)
        for user_id in ("UP", "UR", "UG"):
            let_in(session, community, user_id)

    start(database, rounds)

    # The pause of UR ends today.
    assert {seat.user_id for seat in rows(database, Seat)} == {*FOUR, "UR"}


@on_both
def test_a_round_starts_once_however_often_and_by_however_many_its_row_is_handled(
    database: Database, rounds: RoundService
) -> None:
    with database.write() as session:
        add_members(session, add_community(session), *FOUR)
    row = due_row(database, DueKind.ROUND)

    at_once(2, lambda: rounds.start(row, MONDAY_8))
    rounds.start(row, MONDAY_8)

    assert len(rows(database, Round)) == 1
    assert len(rows(database, Seat)) == 4


@on_both
def test_somebody_who_leaves_while_the_round_is_planned_is_not_introduced(
    database: Database, rounds: RoundService, members: MemberService
) -> None:
    ids = [f"U{number:03}" for number in range(80)]
    with database.write() as session:
        add_members(session, add_community(session), *ids)

    def act() -> None:
        rounds.start(due_row(database, DueKind.ROUND), MONDAY_8)

    def leave() -> None:
        members.leave(actor("U000"), None, MONDAY_8)

    together(act, leave)
    row = due_row(database, DueKind.ROUND)
    if row.due_at == MONDAY_8:
        rounds.start(row, MONDAY_8)

    alone = [group for group in groups(database).values() if len(group) == 1]
    told = {message.people for message in messages(database, MessageKind.PARTNER_OUT)}
    assert {user for group in alone for user in group} == told
    assert "U000" not in {user for group in groups(database).values() for user in group}


@pytest.mark.parametrize("weeks", [1, 2, 4])
def test_fewer_than_four_wait_silently_for_the_first_monday_on_which_enough_are_in(
    database: Database, rounds: RoundService, weeks: int
) -> None:
    with database.write() as session:
        add_members(session, add_community(session, weeks=weeks), "UA", "UB", "UC")

    start(database, rounds)

    assert messages(database) == []
    assert rows(database, Round) == []
    assert due_row(database, DueKind.ROUND).due_at == MONDAY_8 + WEEK


def test_a_sleeping_community_introduces_nobody_and_keeps_its_rhythm(database: Database, rounds: RoundService) -> None:
    with database.write() as session:
        add_members(session, add_community(session, weeks=2, asleep_at=MONDAY_8), *FOUR)

    start(database, rounds)

    assert rows(database, Round) == []
    assert due_row(database, DueKind.ROUND).due_at == MONDAY_8 + 2 * WEEK


def test_a_round_that_is_late_takes_place_until_wednesday(database: Database, rounds: RoundService) -> None:
    with database.write() as session:
        add_members(session, add_community(session), *FOUR)

    # Wednesday 25 November, 23:59 in Berlin.
    start(database, rounds, timedelta(days=2, hours=15, minutes=59))

    assert len(groups(database)) == 2
    (this_round,) = rows(database, Round)
    assert (this_round.due_at, this_round.ends_at, this_round.skipped) == (MONDAY_8, MONDAY_8 + WEEK, "")
    assert messages(database, MessageKind.INTRODUCTION)[0].not_before == datetime(2026, 11, 26, 8, 30, tzinfo=UTC)


def test_after_weeks_away_the_round_of_this_week_still_takes_place_until_wednesday(
    database: Database, rounds: RoundService
) -> None:
    with database.write() as session:
        add_members(session, add_community(session), *FOUR)

    # Four weeks later, on a Wednesday at 11:00 in Berlin.
    start(database, rounds, timedelta(weeks=4, days=2, hours=3))

    (this_round,) = rows(database, Round)
    assert (this_round.number, this_round.skipped, this_round.ends_at) == (1, "", MONDAY_8 + 5 * WEEK)
    assert due_row(database, DueKind.ROUND).due_at == MONDAY_8 + 5 * WEEK
    assert len(groups(database)) == 2


@pytest.mark.parametrize(
    ("weeks", "late", "next_in"),
    [
        (1, timedelta(days=2, hours=16), WEEK),
        (2, timedelta(days=2, hours=16), 2 * WEEK),
        (1, timedelta(weeks=3, days=3), 4 * WEEK),
        (2, timedelta(weeks=3, days=1), 4 * WEEK),
    ],
)
def test_a_round_that_is_later_is_skipped_with_one_line(
    database: Database, rounds: RoundService, weeks: int, late: timedelta, next_in: timedelta
) -> None:
    with database.write() as session:
        add_members(session, add_community(session, weeks=weeks), *FOUR)

    start(database, rounds, late)

    (skipped,) = rows(database, Round)
    assert (skipped.skipped, skipped.ends_at) == ("late", MONDAY_8 + next_in)
    assert due_row(database, DueKind.ROUND).due_at == MONDAY_8 + next_in
    line, card = messages(database)
    assert (line.kind, line.subject, line.channel_id) == (MessageKind.ROUND_SKIPPED, skipped.id, "C1")
    assert (card.kind, card.channel_id) == (MessageKind.COMMUNITY_INTRO_EDIT, "C1")


@pytest.mark.parametrize(("away", "takes_place"), [(3, True), (4, False)])
@pytest.mark.parametrize("weeks", [1, 2, 4])
def test_when_forty_percent_are_away_the_round_waits_a_week(
    database: Database,
    rounds: RoundService,
    away: int,
    weeks: int,
    takes_place: bool,  # noqa: FBT001 - a case
) -> None:
    with database.write() as session:
        community = add_community(session, weeks=weeks)
        for number in range(10):
            add_person(session, f"U{number}", paused_until=date(2026, 11, 27) if number < away else None)
            let_in(session, community, f"U{number}")

    start(database, rounds)

    (this_round,) = rows(database, Round)
    waits = MONDAY_8 + (weeks * WEEK if takes_place else WEEK)
    assert this_round.ends_at == due_row(database, DueKind.ROUND).due_at == waits
    assert this_round.skipped == ("" if takes_place else "away")
    assert len(messages(database, MessageKind.ROUND_SKIPPED)) == (0 if takes_place else 1)

    if not takes_place:
        start(database, rounds)
        postponed = rows(database, Round)[1]
        assert (postponed.number, postponed.due_at, postponed.skipped) == (2, MONDAY_8 + WEEK, "")
        assert postponed.ends_at == due_row(database, DueKind.ROUND).due_at == MONDAY_8 + WEEK + weeks * WEEK


def test_nobody_is_introduced_twice_in_a_week_in_two_communities(database: Database, rounds: RoundService) -> None:
    with database.write() as session:
        add_members(session, add_community(session), *FOUR)
        other = add_community(session, "C2")
        for user_id in ("UA", "UB"):
            let_in(session, other, user_id)
        add_members(session, other, "UX", "UY")

    start(database, rounds)
    start(database, rounds, subject=2)

    counts = Counter(seat.user_id for seat in rows(database, Seat))
    assert counts == Counter([*FOUR, "UX", "UY"])


def test_monday_in_auckland_and_monday_in_honolulu_are_in_the_same_week(
    database: Database, rounds: RoundService
) -> None:
    with database.write() as session:
        add_members(session, add_community(session, zone="Pacific/Auckland"), *FOUR)
        other = add_community(session, "C2", zone="Pacific/Honolulu")
        for user_id in FOUR:
            let_in(session, other, user_id)

    for _ in range(3):
        start(database, rounds)
        start(database, rounds, subject=2)

    assert len(rows(database, Seat)) == 12


def test_whoever_found_no_partner_in_one_community_may_find_one_in_another(
    database: Database, rounds: RoundService
) -> None:
    with database.write() as session:
        first = add_community(session)
        add_members(session, first, "UA", "UB", "UC")
        other = add_community(session, "C2")
        for user_id in ("UA", "UB", "UC"):
            let_in(session, other, user_id)
        add_members(session, other, "UD")
        add_group(session, first, "UB", "UC")
        session.add(Seat(workspace="T1", round_id=1, user_id="UA", state=SeatState.LOOKING))

    start(database, rounds, subject=2)

    assert {frozenset(group) for group in groups(database).values()} == {
        frozenset({"UB", "UC"}),
        frozenset({"UA", "UD"}),
    }


def test_the_same_four_meet_everybody_before_anybody_again(database: Database, rounds: RoundService) -> None:
    with database.write() as session:
        add_members(session, add_community(session), *FOUR)

    for _ in range(3):
        start(database, rounds)

    assert Counter((row.user_a, row.user_b) for row in rows(database, Introduced)).most_common(1)[0][1] == 1
    # In the first round nobody is any newer to anybody than all others are.
    assert [group.reason for group in rows(database, Group)] == ["lot"] * 2 + ["new"] * 4
    assert [row.number for row in rows(database, Round)] == [1, 2, 3]


def test_two_weeks_bring_a_halfway_line_and_the_note_of_the_second_week(
    database: Database, rounds: RoundService
) -> None:
    with database.write() as session:
        add_members(session, add_community(session, weeks=2), *FOUR)

    start(database, rounds)

    halfway = messages(database, MessageKind.HALFWAY)
    assert [one.not_before for one in halfway] == [datetime(2026, 11, 30, 8, 30, tzinfo=UTC)] * 2
    assert [one.not_after for one in halfway] == [datetime(2026, 12, 1, 23, tzinfo=UTC)] * 2
    notes = messages(database, MessageKind.WEEKLY_NOTE)
    assert {(one.key.split(":")[2], one.not_before) for one in notes} == {
        ("2026-W49", datetime(2026, 12, 3, 13, tzinfo=UTC))
    }


def test_a_guide_does_not_come_back_to_a_person_soon(
    database: Database, rounds: RoundService, guides: GuideLibrary
) -> None:
    with database.write() as session:
        add_members(session, add_community(session), *FOUR)

    for _ in range(6):
        start(database, rounds)

    seen: dict[str, list[str]] = {}
    by_group = {group.id: group.guide_ids[0] for group in rows(database, Group)}
    for seat in rows(database, Seat):
        assert seat.group_id is not None
        seen.setdefault(seat.user_id, []).append(by_group[seat.group_id])
    assert all(len(set(one)) == 6 for one in seen.values())
    assert set(by_group.values()) <= set(guides.guides)


def test_whoever_swaps_and_whoever_is_left_get_others_and_never_each_other(
    database: Database, rounds: RoundService
) -> None:
    with database.write() as session:
        add_members(session, add_community(session), *FOUR)
    start(database, rounds)
    before = {frozenset(group) for group in groups(database).values()}
    (one, _), (three, _) = (sorted(group) for group in groups(database).values())

    assert rounds.swap(actor(one), 1, FRIDAY).standing is Standing.LOOKING
    card = rounds.swap(actor(three), 2, FRIDAY)

    assert (card.standing, card.reason) == (Standing.SEATED, "looking")
    after = {frozenset(group) for group in groups(database).values()}
    assert sorted(map(len, after)) == [2, 2]
    assert not before & after
    assert {"intro:3", "intro:4"} <= set(keys(database))


def test_whoever_was_unplaced_is_introduced_when_somebody_swaps(database: Database, rounds: RoundService) -> None:
    with database.write() as session:
        community = add_community(session)
        add_members(session, community, "UA", "UB", "UC")
        add_group(session, community, "UA", "UB")
        session.add(Seat(workspace="T1", round_id=1, user_id="UC", state=SeatState.LOOKING))

    rounds.swap(actor("UA"), 1, MONDAY_8)

    (partner,) = rounds.current(actor("UC"), MONDAY_8).others
    assert partner in {"UA", "UB"}
    (left,) = {"UA", "UB"} - {partner}
    assert rounds.current(actor(left), MONDAY_8).standing is Standing.LOOKING
    assert keys(database, MessageKind.PARTNER_OUT) == ["partner-out:1:UA:UB"]


@on_both
def test_two_who_swap_at_once_leave_nobody_over(database: Database, rounds: RoundService) -> None:
    with database.write() as session:
        add_members(session, add_community(session), *FOUR)
    start(database, rounds)
    before = {frozenset(group) for group in groups(database).values()}
    swaps = iter([(min(group), group_id) for group_id, group in groups(database).items()])

    def swap() -> None:
        who, group_id = next(swaps)
        rounds.swap(actor(who), group_id, FRIDAY)

    at_once(2, swap)

    after = {frozenset(group) for group in groups(database).values()}
    assert sorted(map(len, after)) == [2, 2]
    assert not before & after


def test_a_pair_found_after_the_note_is_not_asked_at_once_whether_it_met(
    database: Database, rounds: RoundService
) -> None:
    with database.write() as session:
        community = add_community(session)
        add_members(session, community, "UA", "UB", "UC")
        add_group(session, community, "UA", "UB")
        session.add(Seat(workspace="T1", round_id=1, user_id="UC", state=SeatState.LOOKING))

    rounds.swap(actor("UA"), 1, datetime(2026, 11, 27, 9, tzinfo=UTC))

    assert messages(database, MessageKind.WEEKLY_NOTE) == []


def introduced(database: Database, *group_ids: int) -> None:
    """Let the introductions of groups have been sent."""
    with database.write() as session:
        for group_id in group_ids:
            message = outbox.find_message(session, "T1", f"intro:{group_id}")
            assert message is not None
            message.state = OutboxState.SENT


def test_whoever_cannot_is_out_and_the_partner_is_told_and_makes_another_group_larger(
    database: Database, rounds: RoundService
) -> None:
    with database.write() as session:
        add_members(session, add_community(session), *FOUR)
    start(database, rounds)
    introduced(database, 1, 2)
    one, two = sorted(groups(database)[1])
    others = groups(database)[2]

    for _ in range(2):
        rounds.cannot(actor(one), 1, MONDAY_8)

    assert rounds.current(actor(one), MONDAY_8).standing is Standing.OUT
    card = rounds.current(actor(two), MONDAY_8)
    assert (card.standing, set(card.others), card.reason) == (Standing.SEATED, others, "third")
    assert keys(database, MessageKind.PARTNER_OUT) == [f"partner-out:1:{one}:{two}"]
    assert messages(database, MessageKind.INTRODUCTION)[-1].recipients == tuple(sorted({two, *others}))


def test_in_the_second_half_no_group_becomes_larger(database: Database, rounds: RoundService) -> None:
    with database.write() as session:
        add_members(session, add_community(session), *FOUR)
    start(database, rounds)
    introduced(database, 1, 2)
    one, two = sorted(groups(database)[1])

    rounds.cannot(actor(one), 1, FRIDAY)

    assert rounds.current(actor(two), FRIDAY).standing is Standing.LOOKING
    assert len(groups(database)) == 1


def test_a_trio_that_shrinks_before_its_introduction_is_introduced_as_a_pair(
    database: Database, rounds: RoundService, members: MemberService
) -> None:
    with database.write() as session:
        add_members(session, add_community(session), *FOUR, "UE")
    start(database, rounds)
    group_id, trio = next((key, sorted(group)) for key, group in groups(database).items() if len(group) == 3)

    members.pause(actor(trio[0]), None, profile(trio[0]), MONDAY_8)

    introduction = next(one for one in messages(database) if one.key == f"intro:{group_id}")
    assert introduction.recipients == tuple(trio[1:])
    assert messages(database, MessageKind.PARTNER_OUT) == []


def test_a_group_is_shown_to_its_people_only(database: Database, rounds: RoundService) -> None:
    with database.write() as session:
        community = add_community(session)
        add_members(session, community, "UA", "UB", "UX")
        add_group(session, community, "UA", "UB")
    before = contents(database)

    for act in (rounds.of_group, rounds.cannot):
        for user_id, group_id, problem in (("UX", 1, Problem.NOT_YOURS), ("UA", 9, Problem.GONE)):
            with pytest.raises(UserError) as refusal:
                act(actor(user_id), group_id, MONDAY_8)
            assert refusal.value.trouble.problem == problem
    with pytest.raises(UserError) as refusal:
        rounds.current(actor("UX"), MONDAY_8)
    assert refusal.value.trouble.problem == Problem.NO_GROUP

    assert contents(database) == before
    assert rounds.of_group(actor("UA"), 1, MONDAY_8).others == ("UB",)
    assert rounds.of_group(actor("UA"), 1, MONDAY_8).ends_on == date(2026, 11, 29)


def test_after_the_round_nothing_can_be_changed_in_it(database: Database, rounds: RoundService) -> None:
    with database.write() as session:
        community = add_community(session)
        add_members(session, community, "UA", "UB")
        add_group(session, community, "UA", "UB")
    before = contents(database)

    for act in (rounds.cannot, rounds.swap):
        with pytest.raises(UserError) as refusal:
            act(actor("UA"), 1, MONDAY_8 + WEEK)
        assert refusal.value.trouble.problem == Problem.GONE

    assert contents(database) == before


def test_a_booking_keeps_its_first_moment(database: Database, rounds: RoundService) -> None:
    with database.write() as session:
        community = add_community(session)
        add_members(session, community, "UA", "UB")
        add_group(session, community, "UA", "UB")

    rounds.booked(actor("UA"), 1, MONDAY_8)
    rounds.booked(actor("UB"), 1, MONDAY_8 + timedelta(days=1))

    assert rows(database, Group)[0].booked_at == MONDAY_8
    assert rounds.of_group(actor("UB"), 1, MONDAY_8).booked


@on_both
def test_a_thousand_people_are_introduced_in_seconds_while_others_write(
    database: Database, rounds: RoundService, members: MemberService
) -> None:
    zones = ["Europe/Berlin", "Europe/London", "America/New_York"]
    with database.write() as session:
        community = add_community(session)
        for number in range(1000):
            session.add(Person(workspace="T1", user_id=f"U{number:03}", zone=zones[number % 3]))
            session.add(
                people_tables.Membership(
                    workspace="T1",
                    community_id=community.id,
                    user_id=f"U{number:03}",
                    part=Part.IN,
                    changed_at=MONDAY_8,
                )
            )
    row = due_row(database, DueKind.ROUND)
    written = 0

    def act() -> None:
        rounds.start(row, MONDAY_8)

    def others() -> None:
        nonlocal written
        while len(rows(database, Round)) == 0:
            # On a busy machine what is stored takes long, and the person who waits for it is refused.
            with suppress(OperationalError):
                members.pause(actor("UX"), None, profile("UX"), MONDAY_8)
                written += 1

    together(act, others)

    assert len(rows(database, Seat)) == 1000
    assert len(groups(database)) == 500
    # Planning takes most of the time, and it is done without the lock.
    assert written > 10
