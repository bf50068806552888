"""What people refuse and put off: being asked, being mentioned, being thanked in a channel, goals during a pause."""

from datetime import date, timedelta

import pytest

from bot.domain.communities import NOT_ASKED_FOR, SetUp
from bot.domain.errors import UserError
from bot.domain.goals import LONGEST_TIME, GoalForm
from bot.domain.kudos import PRIVATELY, Thanks
from bot.domain.messages import MessageKind
from bot.domain.rounds import Met, Share
from bot.domain.settings import PersonSettings
from bot.services.communities.communities import CommunityService
from bot.services.goals.goals import GoalService
from bot.services.kudos.kudos import KudosService
from bot.services.members.members import MemberService
from bot.services.members.settings import SettingsService
from bot.services.overview.home import HomeService
from bot.services.rounds.check_ins import CheckInService
from storage.database import Database
from storage.goals import Goal
from storage.members import Membership
from tests.factories import (
    MONDAY_8,
    TENANT,
    actor,
    add_community,
    add_group,
    add_members,
    keys,
    messages,
    profile,
    rows,
)

DEED = "You walked me through the migration twice"


@pytest.mark.parametrize(("for_good", "again"), [(False, True), (True, False)])
def test_not_now_is_asked_again_after_90_days_and_no_thanks_never(
    database: Database,
    communities: CommunityService,
    members: MemberService,
    home: HomeService,
    *,
    for_good: bool,
    again: bool,
) -> None:
    with database.write() as session:
        add_community(session)
    later = MONDAY_8 + NOT_ASKED_FOR

    assert members.decline(actor("UX"), "C1", MONDAY_8, for_good=for_good)

    communities.person_came(TENANT, "C1", "UX", later - timedelta(seconds=1))
    assert keys(database, MessageKind.COMMUNITY_INTRO_FOR_ONE) == []
    assert home.overview(actor("UX"), later - timedelta(seconds=1)).open_channels == ()

    communities.person_came(TENANT, "C1", "UX", later)
    assert bool(keys(database, MessageKind.COMMUNITY_INTRO_FOR_ONE)) is again
    assert bool(home.overview(actor("UX"), later).open_channels) is again


def test_whoever_is_in_stays_in_whatever_old_button_they_press(database: Database, members: MemberService) -> None:
    with database.write() as session:
        add_members(session, add_community(session), "UA")

    assert not members.decline(actor("UA"), "C1", MONDAY_8, for_good=True)
    assert [row.part for row in rows(database, Membership)] == ["in"]


def test_a_no_can_be_taken_back_by_joining(database: Database, members: MemberService) -> None:
    with database.write() as session:
        add_community(session)
    members.decline(actor("UX"), "C1", MONDAY_8, for_good=True)

    assert members.join(actor("UX"), "C1", profile("UX"), MONDAY_8).is_new


def test_thanks_for_somebody_who_refuses_mentions_reach_them_in_private(
    database: Database, own: SettingsService, kudos: KudosService
) -> None:
    with database.write() as session:
        add_members(session, add_community(session), "UA", "UB")
    own.change(actor("UB"), PersonSettings(mentions_ok=False), profile("UB"), MONDAY_8)

    given = kudos.give(actor("UA"), "C1", Thanks(("UB",), DEED), [profile("UB")], MONDAY_8)

    assert not own.of(actor("UB")).mentions_ok
    assert given is not None
    assert (given.people, given.privately) == ((), ("UB",))


def test_a_community_that_takes_no_thanks_is_no_place_for_them(
    database: Database, communities: CommunityService, kudos: KudosService
) -> None:
    with database.write() as session:
        add_members(session, add_community(session), "UA", "UB")
    form = SetUp("Getting better at planning", facilitators=("UF",), thanks_here=False)
    communities.set_up(actor("UF"), "C1", form, profile("UF"), [], MONDAY_8)

    assert kudos.places(actor("UA"), "C1").first == PRIVATELY
    given = kudos.give(actor("UA"), "C1", Thanks(("UB",), DEED), [profile("UB")], MONDAY_8)

    assert given is not None
    assert (given.channel_id, given.privately) == ("", ("UB",))
    assert messages(database, MessageKind.KUDOS) == []


def test_goals_move_along_with_a_pause_once_and_never_beyond_half_a_year(
    database: Database, goals: GoalService
) -> None:
    soon, late = date(2026, 12, 1), MONDAY_8.date() + LONGEST_TIME
    for title, due_on in (("Run a retro on my own", soon), ("Read a balance sheet", late)):
        goals.set(actor("UA", title), GoalForm(title, "One change", due_on), profile("UA"), MONDAY_8)
    checks = [goal.check_on for goal in rows(database, Goal)]

    assert goals.move_along(actor("UA"), 14, MONDAY_8) == 2
    assert goals.move_along(actor("UA"), 14, MONDAY_8) == 0

    moved = rows(database, Goal)
    assert [goal.due_on for goal in moved] == [soon + timedelta(days=14), late]
    assert [goal.check_on for goal in moved] == [day + timedelta(days=14) for day in checks if day]
    assert goals.move_along(actor("UB"), 14, MONDAY_8) == 0


@pytest.mark.parametrize("days", [0, -1, 183])
def test_no_pause_is_that_long(goals: GoalService, days: int) -> None:
    with pytest.raises(UserError):
        goals.move_along(actor("UA"), days, MONDAY_8)


def test_what_people_do_to_somebody_is_throttled_together(
    database: Database, kudos: KudosService, check_ins: CheckInService
) -> None:
    with database.write() as session:
        community = add_community(session)
        add_members(session, community, "UA", "UB", "UC")
        add_group(session, community, "UA", "UB")
    check_ins.answer(actor("UA"), 1, Met.YES, MONDAY_8)
    for number in range(3):
        kudos.give(actor("UC", f"{number}"), PRIVATELY, Thanks(("UB",), DEED), [profile("UB")], MONDAY_8)

    check_ins.take_away(actor("UA"), 1, "Ask first", Share.PARTNER, MONDAY_8)

    (takeaway,) = messages(database, MessageKind.TAKEAWAY_SHARED)
    assert takeaway.not_before == MONDAY_8.replace(hour=15)
    assert [one.not_before for one in messages(database, MessageKind.KUDOS_PRIVATE)] == [MONDAY_8] * 3


def test_a_takeaway_counts_for_its_reader_and_not_for_who_shares_it(
    database: Database, kudos: KudosService, check_ins: CheckInService
) -> None:
    with database.write() as session:
        community = add_community(session)
        add_members(session, community, "UA", "UB", "UC")
        add_group(session, community, "UA", "UB")
    check_ins.answer(actor("UA"), 1, Met.YES, MONDAY_8)
    check_ins.take_away(actor("UA"), 1, "Ask first", Share.PARTNER, MONDAY_8)

    for giver, to in (("UC", "UA"), ("UD", "UB")):
        for number in range(3):
            thanks = Thanks((to,), f"{DEED}, number {number}")
            kudos.give(actor(giver, f"{number}"), PRIVATELY, thanks, [profile(to)], MONDAY_8)

    late = [one.people for one in messages(database, MessageKind.KUDOS_PRIVATE) if one.not_before > MONDAY_8]
    assert late == ["UB"]
