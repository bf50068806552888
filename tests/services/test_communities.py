"""Switching a channel on, changing its rhythm, and what happens to channels."""

from datetime import UTC, datetime, time, timedelta

import pytest

from bot.domain.communities import Rhythm, SetUp
from bot.domain.errors import FormError, Problem, UserError
from bot.domain.messages import MessageKind
from bot.domain.prompts import PromptLibrary
from bot.domain.schedule import DueKind
from bot.services.communities.communities import CommunityService, Invited, SetUpDone
from bot.services.communities.prompts import PromptService
from bot.services.rounds.rounds import RoundService
from storage import communities as tables
from storage.communities import Community, Facilitator
from storage.database import Database
from tests.factories import (
    MONDAY_8,
    TENANT,
    actor,
    add_community,
    add_members,
    contents,
    due_row,
    keys,
    messages,
    profile,
    queue,
    rows,
)

COLLEAGUES = [profile(user_id) for user_id in ("UA", "UB", "UX")]

PURPOSE = "Getting better at planning, together"
FORM = SetUp(PURPOSE)


def next_times(database: Database) -> tuple[datetime, datetime]:
    """Return when the next prompt and the next round are due."""
    return due_row(database, DueKind.PROMPT).due_at, due_row(database, DueKind.ROUND).due_at


def test_setting_up_stores_plans_and_introduces(database: Database, communities: CommunityService) -> None:
    # Monday, 09:00 in Berlin: this week's round is over, tomorrow's prompt is at least a day away.
    done = communities.set_up(
        actor("UA"), "C1", SetUp(f" {PURPOSE} "), profile("UA"), COLLEAGUES, MONDAY_8 + timedelta(hours=1)
    )

    assert done == SetUpDone(1, is_new=True)
    (community,) = rows(database, Community)
    assert (community.purpose, community.zone, community.created_by) == (PURPOSE, "Europe/Berlin", "UA")
    assert [row.user_id for row in rows(database, Facilitator)] == ["UA"]
    assert next_times(database) == (
        datetime(2026, 11, 24, 9, tzinfo=UTC),
        datetime(2026, 11, 30, 7, tzinfo=UTC),
    )
    (intro,) = messages(database)
    assert (intro.key, intro.kind, intro.channel_id) == ("community:1", MessageKind.COMMUNITY_INTRO, "C1")


def test_the_first_prompt_leaves_a_day_to_find_out(database: Database, communities: CommunityService) -> None:
    communities.set_up(actor("UA"), "C1", FORM, profile("UA"), COLLEAGUES, datetime(2026, 11, 23, 9, 1, tzinfo=UTC))

    assert next_times(database)[0] == datetime(2026, 12, 1, 9, tzinfo=UTC)


def test_a_form_delivered_twice_sets_up_once(database: Database, communities: CommunityService) -> None:
    form = SetUp(PURPOSE, facilitators=("UB",))
    communities.set_up(actor("UA"), "C1", form, profile("UA"), COLLEAGUES, MONDAY_8)
    before = contents(database)

    assert communities.set_up(actor("UA"), "C1", form, profile("UA"), COLLEAGUES, MONDAY_8) == SetUpDone(
        1, is_new=False
    )
    assert contents(database) == before


def test_a_bad_form_leaves_no_trace(database: Database, communities: CommunityService) -> None:
    before = contents(database)

    for purpose, problem in (("short", Problem.PURPOSE_SHORT), ("x" * 121, Problem.TOO_LONG)):
        with pytest.raises(FormError) as refusal:
            communities.set_up(actor("UA"), "C1", SetUp(purpose), profile("UA"), COLLEAGUES, MONDAY_8)
        assert refusal.value.troubles["purpose"].problem == problem

    assert contents(database) == before


def test_only_facilitators_may_change_a_community(database: Database, communities: CommunityService) -> None:
    with database.write() as session:
        add_community(session, facilitators=("UB", "UA"))
    before = contents(database)

    for act in (
        lambda: communities.set_up(actor("UX"), "C1", FORM, profile("UX"), COLLEAGUES, MONDAY_8),
        lambda: communities.check_may_set_up(actor("UX"), "C1", MONDAY_8),
    ):
        with pytest.raises(UserError) as refusal:
            act()
        assert refusal.value.trouble.problem == Problem.NOT_FACILITATOR
        assert refusal.value.trouble.details == {"channel": "C1", "people": "UA UB"}

    assert contents(database) == before
    card = communities.check_may_set_up(actor("UA"), "C1", MONDAY_8)
    assert card is not None
    assert card.facilitators == ("UA", "UB")
    assert communities.check_may_set_up(actor("UX"), "C2", MONDAY_8) is None


def test_a_change_edits_the_introduction_and_replans_what_changed(
    database: Database, communities: CommunityService
) -> None:
    communities.set_up(actor("UA"), "C1", FORM, profile("UA"), COLLEAGUES, MONDAY_8)
    changed = SetUp(f"{PURPOSE}!", Rhythm(3, time(14, 30), 2), ("UB", "UA", "UB"))

    done = communities.set_up(actor("UA", "second"), "C1", changed, profile("UA", "Asia/Tokyo"), COLLEAGUES, MONDAY_8)

    assert done == SetUpDone(1, is_new=False)
    assert next_times(database) == (
        datetime(2026, 11, 26, 13, 30, tzinfo=UTC),
        datetime(2026, 11, 30, 7, tzinfo=UTC),
    )
    assert due_row(database, DueKind.ROUND).cadence == "weekly:0:08:00:Europe/Berlin:2"
    assert {row.user_id for row in rows(database, Facilitator)} == {"UA", "UB"}
    assert keys(database) == ["community:1", "community-changed:1:second:UA"]
    assert messages(database)[1].edits == "community:1"


def test_other_words_alone_move_nothing(database: Database, communities: CommunityService) -> None:
    communities.set_up(actor("UA"), "C1", FORM, profile("UA"), COLLEAGUES, MONDAY_8)
    before = next_times(database)

    communities.set_up(
        actor("UA", "second"), "C1", SetUp(f"{PURPOSE}!"), profile("UA"), COLLEAGUES, MONDAY_8 + timedelta(hours=20)
    )

    assert next_times(database) == before


def test_another_rhythm_brings_no_second_prompt_and_no_second_round_in_a_week(
    database: Database, communities: CommunityService, rounds: RoundService, library: PromptLibrary
) -> None:
    with database.write() as session:
        add_members(session, add_community(session), "UA", "UB", "UC", "UD")
    rounds.start(due_row(database, DueKind.ROUND), MONDAY_8)
    tuesday = due_row(database, DueKind.PROMPT).due_at
    PromptService(database, library).post(due_row(database, DueKind.PROMPT), tuesday)

    communities.set_up(
        actor("UF"),
        "C1",
        SetUp(PURPOSE, Rhythm(4, time(10, 0), 2)),
        profile("UF"),
        COLLEAGUES,
        tuesday + timedelta(hours=2),
    )

    assert next_times(database) == (
        datetime(2026, 12, 4, 9, tzinfo=UTC),
        datetime(2026, 12, 7, 7, tzinfo=UTC),
    )


def test_the_zone_of_most_people_settles_and_replans(database: Database, communities: CommunityService) -> None:
    communities.set_up(actor("UA"), "C1", FORM, profile("UA"), COLLEAGUES, MONDAY_8 + timedelta(hours=1))

    asked = due_row(database, DueKind.ZONE)
    assert communities.channel_of(asked) == "C1"
    zones = ["Asia/Tokyo", "Asia/Tokyo", "Europe/Berlin", "Mars/Olympus"]
    communities.settle_zone(asked, zones, MONDAY_8 + timedelta(hours=1))

    assert rows(database, Community)[0].zone == "Asia/Tokyo"
    # Tomorrow at ten in Tokyo is less than a day away.
    assert next_times(database) == (
        datetime(2026, 12, 1, 1, tzinfo=UTC),
        datetime(2026, 11, 29, 23, tzinfo=UTC),
    )


def test_without_zones_everything_stays(database: Database, communities: CommunityService) -> None:
    communities.set_up(actor("UA"), "C1", FORM, profile("UA", None), COLLEAGUES, MONDAY_8)
    before = next_times(database)

    communities.settle_zone(due_row(database, DueKind.ZONE), [], MONDAY_8)

    assert next_times(database) == before
    assert rows(database, Community)[0].zone == "UTC"


def test_a_card_shows_the_next_days_in_the_communitys_zone(database: Database, communities: CommunityService) -> None:
    with database.write() as session:
        # Monday 23 November, 08:00 in Auckland, is still Sunday in UTC.
        add_community(session, zone="Pacific/Auckland")
    card = communities.about(actor("UA"), "C1", MONDAY_8 - timedelta(days=2))
    assert card.first_round_on is None
    assert str(card.next_prompt_on) == "2026-11-24"

    with database.write() as session:
        community = tables.get_community(session, "T1", 1)
        add_members(session, community, "UA", "UB", "UC", "UD")

    assert str(communities.about(actor("UA"), "C1", MONDAY_8 - timedelta(days=2)).first_round_on) == "2026-11-23"


def test_a_newcomer_is_shown_the_community_once_and_alone(database: Database, communities: CommunityService) -> None:
    with database.write() as session:
        add_community(session)
        add_community(session, "C2", asleep_at=MONDAY_8)

    for channel_id in ("C1", "C1", "C2", "C3"):
        communities.person_came(TENANT, channel_id, "UX", MONDAY_8)

    (shown,) = messages(database)
    assert (shown.kind, shown.reader, shown.not_after) == (
        *(MessageKind.COMMUNITY_INTRO_FOR_ONE, "UX", MONDAY_8 + timedelta(hours=1)),
    )


def test_a_community_sleeps_and_wakes_with_everything_it_had(database: Database, communities: CommunityService) -> None:
    with database.write() as session:
        add_members(session, add_community(session), "UA")
    before = contents(database)

    communities.fall_asleep(TENANT, "C1", MONDAY_8)
    communities.fall_asleep(TENANT, "C1", MONDAY_8 + timedelta(days=1))
    communities.fall_asleep(TENANT, "C9", MONDAY_8)
    assert rows(database, Community)[0].asleep_at == MONDAY_8
    assert communities.channels(TENANT) == ()

    assert [communities.wake_up(TENANT, channel, MONDAY_8) for channel in ("C1", "C1", "C9")] == [True, False, False]
    after = contents(database)
    # Who looks after it was told once, and its card is redrawn.
    assert [key for _, _, key, *_ in after.pop("outboxmessage")] == [
        "community-stopped:1:2026-11-23T07:00:UF",
        "community-standing:1:2026-11-23T07:00:00+00:00:too few",
    ]
    assert before.pop("outboxmessage") == []
    assert after == before


def test_setting_up_wakes_a_community(database: Database, communities: CommunityService) -> None:
    with database.write() as session:
        add_community(session, asleep_at=MONDAY_8)

    communities.set_up(actor("UF"), "C1", FORM, profile("UF"), COLLEAGUES, MONDAY_8)

    assert communities.channels(TENANT) == ("C1",)


def test_a_moved_channel_takes_along_what_was_and_will_be_said_in_it(
    database: Database, communities: CommunityService
) -> None:
    with database.write() as session:
        add_community(session)
        queue(session, "kudos:1")
        queue(session, "kudos:2", channel_id="C2")

    communities.channel_moved(TENANT, "C1", "C7")
    communities.channel_moved(TENANT, "C9", "C8")

    assert rows(database, Community)[0].channel_id == "C7"
    assert [row.channel_id for row in messages(database)] == ["C7", "C2"]


def test_an_invitation_is_new_once_and_wakes_a_community(database: Database, communities: CommunityService) -> None:
    with database.write() as session:
        add_community(session, asleep_at=MONDAY_8)
    invitation = actor("UA", "invited:C1:1.1")

    assert communities.invited(invitation, "C1", MONDAY_8) == Invited(is_new=True, is_community=True)
    assert communities.invited(invitation, "C1", MONDAY_8) == Invited(is_new=False, is_community=True)
    assert communities.invited(actor("UA", "invited:C9:1.2"), "C9", MONDAY_8) == Invited(True, False)  # noqa: FBT003
    assert rows(database, Community)[0].asleep_at is None
