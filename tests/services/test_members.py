"""Joining, leaving, pausing, and what Slack says of accounts."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.errors import Problem, UserError
from bot.domain.identity import Profile
from bot.domain.messages import MessageKind
from bot.domain.rounds import Met
from bot.domain.schedule import DueKind
from bot.services.members.members import UNTIL_I_SAY, Joined, MemberService, is_available
from storage.database import Database
from storage.due import Due
from storage.members import Membership, Part, Person
from storage.rounds.check_ins import CheckIn
from storage.rounds.rounds import Seat
from tests.factories import (
    MONDAY_8,
    TENANT,
    actor,
    add_community,
    add_group,
    add_members,
    add_person,
    contents,
    due_row,
    keys,
    messages,
    profile,
    rows,
)

TUESDAY = datetime(2026, 11, 24, 9, tzinfo=UTC)


def person(database: Database, user_id: str) -> Person:
    return next(row for row in rows(database, Person) if row.user_id == user_id)


def seats(database: Database) -> dict[str, str]:
    return {seat.user_id: seat.state for seat in rows(database, Seat)}


def test_joining_stores_the_choice_and_welcomes_once(database: Database, members: MemberService) -> None:
    with database.write() as session:
        add_community(session)

    joined = members.join(actor("UA"), "C1", profile("UA", "Europe/London"), MONDAY_8)

    assert joined == Joined(1, "C1", first_on=None, is_new=True, is_paused=False)
    assert [(row.user_id, row.part, row.changed_at) for row in rows(database, Membership)] == [("UA", "in", MONDAY_8)]
    assert (person(database, "UA").zone, person(database, "UA").onboarded_at) == ("Europe/London", MONDAY_8)
    (welcome,) = messages(database)
    assert (welcome.key, welcome.kind, welcome.recipients, welcome.is_ping, welcome.not_before) == (
        *("onboarding:UA", MessageKind.ONBOARDING, ("UA",), False, MONDAY_8),
    )


def test_joining_twice_changes_nothing(database: Database, members: MemberService) -> None:
    with database.write() as session:
        add_community(session)
    members.join(actor("UA"), "C1", profile("UA"), MONDAY_8)
    before = contents(database)

    again = members.join(actor("UA", "again"), "C1", profile("UA"), TUESDAY)

    assert not again.is_new
    assert contents(database) == before


def test_who_comes_back_is_in_again_and_not_welcomed_again(database: Database, members: MemberService) -> None:
    with database.write() as session:
        add_community(session)
    members.join(actor("UA"), "C1", profile("UA"), MONDAY_8)
    members.leave(actor("UA"), None, MONDAY_8)

    assert members.join(actor("UA"), "C1", profile("UA"), TUESDAY).is_new
    assert [row.part for row in rows(database, Membership)] == ["in"]
    assert keys(database) == ["onboarding:UA"]


@pytest.mark.parametrize(
    "account",
    [profile("UA", is_guest=True), profile("UA", is_person=False), profile("UA", is_active=False)],
    ids=["guest", "bot", "deactivated"],
)
def test_guests_and_bots_are_refused_without_a_trace(
    database: Database, members: MemberService, account: Profile
) -> None:
    with database.write() as session:
        add_community(session)
    before = contents(database)

    with pytest.raises(UserError) as refusal:
        members.join(actor("UA"), "C1", account, MONDAY_8)

    assert refusal.value.trouble.problem == Problem.CANNOT_TAKE_PART
    assert contents(database) == before


@pytest.mark.parametrize("channel_id", ["C2", "C3"])
def test_a_channel_without_a_community_awake_is_refused_and_names_one_that_is(
    database: Database, members: MemberService, channel_id: str
) -> None:
    with database.write() as session:
        add_community(session)
        add_community(session, "C2", asleep_at=MONDAY_8)
    before = contents(database)

    with pytest.raises(UserError) as refusal:
        members.join(actor("UA"), channel_id, profile("UA"), MONDAY_8)

    assert refusal.value.trouble.problem == Problem.NOT_A_COMMUNITY
    assert refusal.value.trouble.details == {"here": channel_id, "channel": "C1"}
    assert contents(database) == before


def test_joining_keeps_a_pause(database: Database, members: MemberService) -> None:
    with database.write() as session:
        add_community(session)
        add_person(session, "UA", paused_until=date(2026, 12, 7))

    assert members.join(actor("UA"), "C1", profile("UA"), MONDAY_8).is_paused
    assert person(database, "UA").paused_until == date(2026, 12, 7)


def test_the_introduction_says_when_there_are_enough_and_when_no_longer(
    database: Database, members: MemberService
) -> None:
    with database.write() as session:
        add_community(session)
    first_on = [
        members.join(actor(f"U{number}"), "C1", profile(f"U{number}"), MONDAY_8 - timedelta(days=3)).first_on
        for number in range(5)
    ]
    members.leave(actor("U0"), None, MONDAY_8)
    members.leave(actor("U1"), None, MONDAY_8)
    members.join(actor("U1"), "C1", profile("U1"), MONDAY_8)

    assert first_on == [None, None, None, date(2026, 11, 23), date(2026, 11, 23)]
    edits = messages(database, MessageKind.COMMUNITY_INTRO_EDIT)
    # Enough, too few again, enough again.
    assert {(edit.edits, edit.channel_id) for edit in edits} == {("community:1", "C1")}
    assert [edit.queued_at for edit in edits] == [MONDAY_8 - timedelta(days=3), MONDAY_8, MONDAY_8]


def test_guests_are_not_enough(database: Database, members: MemberService) -> None:
    with database.write() as session:
        add_members(session, add_community(session), "U1", "U2", "U3")
    members.account_changed(TENANT, [profile("U1", is_guest=True)], MONDAY_8)

    joined = members.join(actor("U4"), "C1", profile("U4"), MONDAY_8)

    assert joined.first_on is None
    assert messages(database, MessageKind.COMMUNITY_INTRO_EDIT) == []


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", None])
def test_a_zone_that_nobody_knows_leaves_a_person_in_the_communitys(
    database: Database, members: MemberService, zone: str | None
) -> None:
    with database.write() as session:
        add_community(session)

    members.join(actor("UA"), "C1", profile("UA", zone), MONDAY_8)
    members.account_changed(TENANT, [profile("UA", zone)], MONDAY_8)

    assert person(database, "UA").zone == "Europe/Berlin"


@pytest.mark.parametrize("leave", ["leave", "pause", "left channel", "deactivated"])
def test_whoever_goes_in_mid_round_leaves_nobody_in_silence(
    database: Database, members: MemberService, leave: str
) -> None:
    with database.write() as session:
        community = add_community(session)
        add_members(session, community, "UA")
        add_members(session, community, "UB", zone="America/New_York")
        add_group(session, community, "UA", "UB")

    if leave == "leave":
        assert members.leave(actor("UA"), "C1", TUESDAY).channel_ids == ("C1",)
    elif leave == "pause":
        members.pause(actor("UA"), None, profile("UA"), TUESDAY)
    elif leave == "left channel":
        members.left_channel(TENANT, "C1", "UA", TUESDAY)
    else:
        members.account_changed(TENANT, [profile("UA", is_active=False)], TUESDAY)

    assert seats(database) == {"UA": "out", "UB": "looking"}
    assert due_row(database, DueKind.PLACE).due_at == TUESDAY
    (told,) = messages(database)
    assert (told.key, told.kind, told.about) == ("partner-out:1:UA:UB", MessageKind.PARTNER_OUT, "UA")
    assert told.recipients == ("UB",)
    # It is 04:00 in New York; the person hears of it when the day begins there.
    assert told.not_before == datetime(2026, 11, 24, 14, 30, tzinfo=UTC)
    assert told.not_after == datetime(2026, 11, 30, 7, tzinfo=UTC)


def test_a_group_that_has_met_is_left_as_it_is(database: Database, members: MemberService) -> None:
    with database.write() as session:
        community = add_community(session)
        add_members(session, community, "UA", "UB")
        add_group(session, community, "UA", "UB")
        session.add(CheckIn(workspace="T1", group_id=1, user_id="UB", met=Met.YES, answered_at=TUESDAY))

    members.leave(actor("UA"), "C1", TUESDAY)

    assert seats(database) == {"UA": "seated", "UB": "seated"}
    assert messages(database) == []


def test_leaving_one_channel_leaves_the_other_communities(database: Database, members: MemberService) -> None:
    with database.write() as session:
        community = add_community(session)
        other = add_community(session, "C2")
        add_members(session, community, "UA", "UB")
        session.add(Membership(workspace="T1", community_id=other.id, user_id="UA", part=Part.IN, changed_at=MONDAY_8))
        add_group(session, other, "UA", "UB")

    members.leave(actor("UA"), "C1", TUESDAY)

    assert members.channels_of(actor("UA")) == ("C2",)
    assert seats(database) == {"UA": "seated", "UB": "seated"}


def test_leaving_what_one_is_not_in_changes_nothing(database: Database, members: MemberService) -> None:
    with database.write() as session:
        add_community(session)
    before = contents(database)

    assert members.leave(actor("UA"), "C1", MONDAY_8).channel_ids == ()
    members.left_channel(TENANT, "C1", "UA", MONDAY_8)
    members.left_channel(TENANT, "C9", "UA", MONDAY_8)

    assert contents(database) == before


def test_a_dated_pause_ends_with_one_line_in_the_persons_morning(database: Database, members: MemberService) -> None:
    # Saturday 5 December, in Auckland; the first working hours after it begin on Monday at 09:30.
    back_at = datetime(2026, 12, 6, 20, 30, tzinfo=UTC)
    assert members.pause(actor("UA"), date(2026, 12, 5), profile("UA", "Pacific/Auckland"), MONDAY_8) == date(
        2026, 12, 5
    )
    row = due_row(database, DueKind.PAUSE_OVER, "UA")
    assert row.due_at == back_at

    members.end_pause(row, back_at)
    members.end_pause(row, back_at)

    assert person(database, "UA").paused_until is None
    (line,) = messages(database)
    assert (line.key, line.kind, line.recipients, line.not_before) == (
        *("pause-over:UA:2026-12-05", MessageKind.PAUSE_OVER, ("UA",), back_at),
    )
    assert rows(database, Due) == []


def test_whoever_moves_while_away_comes_back_in_their_new_morning(database: Database, members: MemberService) -> None:
    members.pause(actor("UA"), date(2026, 12, 7), profile("UA", "Europe/Berlin"), MONDAY_8)

    members.account_changed(TENANT, [profile("UA", "America/New_York")], TUESDAY)

    assert due_row(database, DueKind.PAUSE_OVER, "UA").due_at == datetime(2026, 12, 7, 14, 30, tzinfo=UTC)


def test_a_pause_without_a_date_lasts_until_the_person_says_so(database: Database, members: MemberService) -> None:
    members.pause(actor("UA"), date(2026, 12, 5), profile("UA"), MONDAY_8)

    assert members.pause(actor("UA"), None, profile("UA"), MONDAY_8) is None

    assert person(database, "UA").paused_until == UNTIL_I_SAY
    assert rows(database, Due) == []
    assert members.resume(actor("UA"))
    assert person(database, "UA").paused_until is None
    assert not members.resume(actor("UA"))
    assert messages(database) == []


def test_a_pause_that_was_prolonged_does_not_end_at_its_first_date(database: Database, members: MemberService) -> None:
    members.pause(actor("UA"), date(2026, 12, 1), profile("UA"), MONDAY_8)
    first = due_row(database, DueKind.PAUSE_OVER, "UA")
    members.pause(actor("UA"), date(2026, 12, 8), profile("UA"), MONDAY_8)

    members.end_pause(first, first.due_at)

    assert person(database, "UA").paused_until == date(2026, 12, 8)
    assert messages(database) == []


def test_resuming_early_leaves_nothing_for_the_date(database: Database, members: MemberService) -> None:
    members.pause(actor("UA"), date(2026, 12, 1), profile("UA"), MONDAY_8)
    row = due_row(database, DueKind.PAUSE_OVER, "UA")
    members.resume(actor("UA"))

    members.end_pause(row, row.due_at)

    assert rows(database, Due) == []
    assert messages(database) == []


def test_a_deactivated_account_gets_no_line_and_comes_back_when_reactivated(
    database: Database, members: MemberService
) -> None:
    members.pause(actor("UA"), date(2026, 12, 1), profile("UA"), MONDAY_8)
    members.account_changed(TENANT, [profile("UA", is_active=False)], TUESDAY)
    assert person(database, "UA").gone_at == TUESDAY
    row = due_row(database, DueKind.PAUSE_OVER, "UA")

    members.end_pause(row, row.due_at)
    members.account_changed(TENANT, [profile("UA")], MONDAY_8)

    assert messages(database) == []
    assert person(database, "UA").gone_at is None


def test_strangers_are_not_stored_and_what_is_known_is_not_written_again(
    database: Database, members: MemberService
) -> None:
    with database.write() as session:
        add_person(session, "UA")
    before = contents(database)

    members.account_changed(TENANT, [profile("UA"), profile("UX")], TUESDAY)

    assert contents(database) == before


def test_a_move_to_another_zone_is_taken_over(database: Database, members: MemberService) -> None:
    with database.write() as session:
        add_person(session, "UA")

    members.account_changed(TENANT, [profile("UA", "Asia/Tokyo")], TUESDAY)

    assert person(database, "UA").zone == "Asia/Tokyo"


def test_the_nightly_look_takes_out_who_left_the_channel_unnoticed(database: Database, members: MemberService) -> None:
    with database.write() as session:
        add_members(session, add_community(session), "UA", "UB")

    members.keep_present(TENANT, "C1", {"UA", "BOT"}, TUESDAY)
    members.keep_present(TENANT, "C9", set(), TUESDAY)

    assert {row.user_id: row.part for row in rows(database, Membership)} == {"UA": "in", "UB": "out"}


def test_the_nightly_look_is_planned_once_and_claimed_once(database: Database, members: MemberService) -> None:
    members.plan_look(TENANT, MONDAY_8)
    members.plan_look(TENANT, TUESDAY)
    row = due_row(database, DueKind.PEOPLE, "")
    assert row.due_at == datetime(2026, 11, 24, 2, tzinfo=UTC)
    next_at = row.due_at + timedelta(days=1)

    assert members.begin_look(row, "C1", next_at, row.due_at)
    assert not members.begin_look(row, "C1", next_at, row.due_at)
    assert due_row(database, DueKind.PEOPLE, "").due_at == next_at


def test_who_is_away_is_remembered_without_words_until_they_are_back(
    database: Database, members: MemberService
) -> None:
    until = datetime(2026, 11, 30, 12, tzinfo=UTC)
    with database.write() as session:
        add_members(session, add_community(session), "UA")

    members.account_changed(TENANT, [profile("UA", away_until=until)], TUESDAY)
    away = person(database, "UA")
    members.account_changed(TENANT, [profile("UA")], TUESDAY)

    assert away.away_until == until
    assert not is_available(away, until - timedelta(seconds=1))
    assert is_available(away, until)
    assert person(database, "UA").away_until is None
