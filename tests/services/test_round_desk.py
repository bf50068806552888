"""What those who look after a channel see of its rounds, and do with them."""

import json
import zlib
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta

import pytest
from sqlmodel import update

from bot.blocks.communities import intro_message
from bot.domain.cadence import at_local, local_day
from bot.domain.communities import Rhythm, SetUp
from bot.domain.errors import Problem, UserError
from bot.domain.guides import GuideLibrary
from bot.domain.messages import MessageKind
from bot.domain.offers import TopicForm, TopicKind
from bot.domain.pairing import PAIRING_VERSION
from bot.domain.round_inputs import digest_of
from bot.domain.schedule import DueKind
from bot.domain.settings import PersonSettings
from bot.services.communities.communities import CommunityService
from bot.services.members.members import MemberService
from bot.services.members.settings import SettingsService
from bot.services.offers.offers import OfferService
from bot.services.rounds.replay import ReplayError, Verdict, replay_round
from bot.services.rounds.rounds import RoundService
from storage import due
from storage.database import Database
from storage.members import Person
from storage.outbox.outbox import OutboxMessage, OutboxState
from storage.privacy.vault import Vault
from storage.rounds.rounds import Group, Introduced, Lesson, Round, RoundInputs, Seat
from tests.factories import (
    BERLIN,
    MONDAY_8,
    TENANT,
    VAULT,
    actor,
    add_community,
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

WEEK = timedelta(weeks=1)
SUNDAY = MONDAY_8 - timedelta(days=1)
FOUR = ("UA", "UB", "UC", "UD")
DESK = actor("UF")


def start(database: Database, rounds: RoundService) -> None:
    row = due_row(database, DueKind.ROUND)
    rounds.start(row, row.due_at)


def test_only_those_who_look_after_a_channel_see_or_move_its_rounds(database: Database, rounds: RoundService) -> None:
    with database.write() as session:
        add_members(session, add_community(session), *FOUR)
    before = contents(database)

    for act in (rounds.preview, rounds.status, rounds.start_now, rounds.skip_next):
        for channel_id, problem in (("C1", Problem.NOT_FACILITATOR), ("C9", Problem.NOT_A_COMMUNITY)):
            with pytest.raises(UserError) as refusal:
                act(actor("UA"), channel_id, MONDAY_8)
            assert refusal.value.trouble.problem == problem

    assert contents(database) == before


def test_a_preview_tells_numbers_and_the_round_comes_out_like_it(
    database: Database, rounds: RoundService, own: SettingsService
) -> None:
    with database.write() as session:
        community = add_community(session)
        add_members(session, community, *(f"U{number}" for number in range(7)))
        add_person(session, "UP", paused_until=date(2027, 1, 1))
        let_in(session, community, "UP")
    for number in range(7):
        settings = PersonSettings(f"Team {number % 2}")
        own.change(actor(f"U{number}"), settings, profile(f"U{number}"), SUNDAY)

    preview = rounds.preview(DESK, "C1", SUNDAY)
    before = contents(database)
    assert rounds.preview(DESK, "C1", SUNDAY) == preview
    assert contents(database) == before

    start(database, rounds)
    groups: dict[int, set[str]] = {}
    for seat in rows(database, Seat):
        assert seat.group_id is not None
        groups.setdefault(seat.group_id, set()).add(seat.user_id)
    crossing = [len({int(one[1]) % 2 for one in group}) > 1 for group in groups.values()]
    assert (preview.number, preview.next_on, preview.available, preview.absent) == (1, date(2026, 11, 23), 7, 1)
    assert preview.sizes == {2: 2, 3: 1}
    assert sorted(map(len, groups.values())) == [2, 2, 3]
    assert preview.cross_team == sum(crossing) / 3
    assert (preview.repeats, preview.unplaced) == (0, {})


def test_forced_repeats_and_those_without_a_group_are_numbers_with_causes(
    database: Database, rounds: RoundService, own: SettingsService
) -> None:
    with database.write() as session:
        community = add_community(session)
        add_members(session, community, *FOUR)
        add_members(session, community, "UT", zone="Asia/Tokyo")
        add_members(session, community, "UZ")
    for other in FOUR:
        own.block(actor(other), "UZ", SUNDAY)
    own.block(actor("UZ"), "UT", SUNDAY)
    for _ in range(3):
        start(database, rounds)

    preview = rounds.preview(DESK, "C1", MONDAY_8 + 2 * WEEK + timedelta(days=1))
    start(database, rounds)

    assert preview.repeats == preview.recent == 2
    assert preview.unplaced == {"hours": 1, "rules": 1}
    told = messages(database, MessageKind.ROUND_INCOMPLETE)
    assert {message.recipients for message in told} == {("UF",)}
    assert rows(database, Round)[-1].unplaced == {"hours": 1, "rules": 1}
    alone = {seat.user_id: seat.why_alone for seat in rows(database, Seat) if seat.state == "looking"}
    # A person who is on lists hears of no rule.
    assert alone == {"UT": "hours", "UZ": ""}


def test_a_round_can_begin_early_and_ends_the_one_before(database: Database, rounds: RoundService) -> None:
    with database.write() as session:
        add_members(session, add_community(session, weeks=2), *FOUR)
    start(database, rounds)
    tuesday = MONDAY_8 + WEEK + timedelta(days=1)

    status = rounds.start_now(DESK, "C1", tuesday)

    first, second = rows(database, Round)
    assert (first.ends_at, second.started_at, second.due_at) == (tuesday, tuesday, MONDAY_8 + 2 * WEEK)
    assert second.ends_at == due_row(database, DueKind.ROUND).due_at == MONDAY_8 + 4 * WEEK
    assert (status.number, status.seated, status.groups) == (2, 4, 2)
    # Those of the first round are asked this week whether they met.
    assert {f"note:{one}:2026-W49" for one in FOUR} <= set(keys(database, MessageKind.WEEKLY_NOTE))


def test_what_is_skipped_does_not_let_a_round_begin_twice_in_a_week(database: Database, rounds: RoundService) -> None:
    with database.write() as session:
        add_members(session, add_community(session), *FOUR)
    start(database, rounds)
    tuesday = MONDAY_8 + timedelta(days=1)
    rounds.skip_next(DESK, "C1", tuesday)

    with pytest.raises(UserError) as refusal:
        rounds.start_now(DESK, "C1", tuesday)

    assert refusal.value.trouble.problem == Problem.ROUND_RUNS
    assert due_row(database, DueKind.ROUND).due_at == MONDAY_8 + 2 * WEEK


def test_a_round_begun_by_word_before_a_later_one_lasts_no_longer_than_usual(
    database: Database, rounds: RoundService
) -> None:
    with database.write() as session:
        add_members(session, add_community(session), *FOUR)
    start(database, rounds)
    rounds.skip_next(DESK, "C1", MONDAY_8 + timedelta(days=1))

    rounds.start_now(DESK, "C1", MONDAY_8 + WEEK)

    assert rows(database, Round)[-1].ends_at == due_row(database, DueKind.ROUND).due_at == MONDAY_8 + 2 * WEEK


def test_a_round_begins_by_word_even_when_many_are_away_but_not_twice_a_week_nor_with_too_few(
    database: Database, rounds: RoundService
) -> None:
    with database.write() as session:
        community = add_community(session)
        add_members(session, community, "UA", "UB")
        for user_id in ("UC", "UD"):
            add_person(session, user_id, paused_until=date(2027, 1, 1))
            let_in(session, community, user_id)
    assert rounds.preview(DESK, "C1", MONDAY_8).is_mostly_away

    assert rounds.start_now(DESK, "C1", MONDAY_8).groups == 1

    for hours in (0, 1, 100):
        with pytest.raises(UserError) as refusal:
            rounds.start_now(DESK, "C1", MONDAY_8 + timedelta(hours=hours))
        assert refusal.value.trouble.problem == Problem.ROUND_RUNS
    assert len(rows(database, Round)) == 1
    with database.write() as session:
        for user_id in ("UC", "UD"):
            session.get_one(Person, ("T1", user_id)).gone_at = MONDAY_8
    with pytest.raises(UserError) as refusal:
        rounds.start_now(DESK, "C1", MONDAY_8 + WEEK)
    assert refusal.value.trouble.problem == Problem.TOO_FEW


def test_a_round_left_out_twice_is_one_round_and_the_channel_hears_it_once(
    database: Database, rounds: RoundService
) -> None:
    with database.write() as session:
        add_members(session, add_community(session), *FOUR)

    for _ in range(2):
        status = rounds.skip_next(DESK, "C1", SUNDAY)

    assert (status.number, status.skipped, status.next_on) == (1, "facilitator", date(2026, 11, 30))
    assert keys(database, MessageKind.ROUND_SKIPPED) == ["round-skipped:1"]
    assert due_row(database, DueKind.ROUND).due_at == MONDAY_8 + WEEK
    start(database, rounds)
    assert [(one.number, one.skipped) for one in rows(database, Round)] == [(1, "facilitator"), (2, "")]


@pytest.mark.parametrize("is_heard", [False, True])
def test_a_round_left_out_and_then_started_takes_place_and_the_next_ones_follow(
    database: Database, rounds: RoundService, *, is_heard: bool
) -> None:
    with database.write() as session:
        add_members(session, add_community(session), *FOUR)
    rounds.skip_next(DESK, "C1", SUNDAY)
    if is_heard:
        with database.write() as session:
            session.exec(update(OutboxMessage).values(state=OutboxState.SENT))

    status = rounds.start_now(DESK, "C1", SUNDAY)

    assert (status.number, status.skipped, status.seated) == (1, "", 4)
    assert (status.ends_on, status.next_on) == (date(2026, 11, 29), date(2026, 11, 30))
    # The channel does not hear that there are none, unless it has.
    assert len(keys(database, MessageKind.ROUND_SKIPPED)) == is_heard
    for _ in range(3):
        start(database, rounds)
    held = [(one.number, one.due_at, one.skipped) for one in rows(database, Round)]
    assert held == [(1 + week, MONDAY_8 + week * WEEK, "") for week in range(4)]


def test_a_round_left_out_stays_left_out_when_the_rhythm_changes(
    database: Database, rounds: RoundService, communities: CommunityService
) -> None:
    with database.write() as session:
        add_members(session, add_community(session), *FOUR)
    rounds.skip_next(DESK, "C1", SUNDAY)

    form = SetUp("Getting better at planning, together", Rhythm(round_weeks=2), facilitators=("UF",))
    communities.set_up(DESK, "C1", form, profile("UF"), [profile("UF")], SUNDAY)

    assert due_row(database, DueKind.ROUND).due_at == MONDAY_8 + WEEK
    start(database, rounds)
    assert [(one.number, one.skipped) for one in rows(database, Round)] == [(1, "facilitator"), (2, "")]


def test_a_moment_that_has_its_round_already_is_passed_over_and_does_not_fail_for_ever(
    database: Database, rounds: RoundService
) -> None:
    with database.write() as session:
        add_members(session, add_community(session), *FOUR)
    start(database, rounds)
    with database.write() as session:
        session.get_one(Round, 1).due_at = MONDAY_8 + WEEK

    start(database, rounds)

    assert due_row(database, DueKind.ROUND).due_at == MONDAY_8 + 2 * WEEK
    start(database, rounds)
    assert [(one.number, one.due_at) for one in rows(database, Round)] == [
        (1, MONDAY_8 + WEEK),
        (2, MONDAY_8 + 2 * WEEK),
    ]


def test_a_start_that_can_introduce_nobody_leaves_the_planned_round_planned(
    database: Database, rounds: RoundService
) -> None:
    with database.write() as session:
        community = add_community(session)
        for user_id in FOUR:
            add_person(session, user_id, paused_until=date(2026, 11, 23))
            let_in(session, community, user_id)

    status = rounds.start_now(DESK, "C1", SUNDAY)

    assert (status.number, status.next_on) == (0, date(2026, 11, 23))
    assert due_row(database, DueKind.ROUND).due_at == MONDAY_8


def test_status_counts_what_happened(database: Database, rounds: RoundService) -> None:
    with database.write() as session:
        add_members(session, add_community(session), *FOUR)
    assert rounds.status(DESK, "C1", SUNDAY).ends_on is None
    start(database, rounds)
    group_id = rounds.current(actor("UA"), MONDAY_8).group_id
    assert group_id is not None
    rounds.booked(actor("UA"), group_id, MONDAY_8)

    status = rounds.status(DESK, "C1", MONDAY_8)

    assert (status.seated, status.groups, status.booked, status.met, status.looking) == (4, 2, 1, 0, 0)
    assert (status.ends_on, status.next_on) == (date(2026, 11, 29), date(2026, 11, 30))


def test_offers_and_wants_decide_who_meets_and_teachers_are_remembered(
    database: Database, rounds: RoundService, offers: OfferService
) -> None:
    with database.write() as session:
        add_members(session, add_community(session), *FOUR)
    for who, kind, topic in (
        *(("UA", TopicKind.OFFER, "SQL joins"), ("UD", TopicKind.WANT, "sql join")),
        *(("UD", TopicKind.OFFER, "pricing"), ("UA", TopicKind.WANT, "Pricing")),
    ):
        offers.save(actor(who), TopicForm(kind, topic), profile(who), SUNDAY)

    start(database, rounds)

    assert rounds.current(actor("UA"), MONDAY_8).others == ("UD",)
    assert rounds.current(actor("UA"), MONDAY_8).reason == "swap"
    assert [(one.teacher, one.learner, one.topic) for one in rows(database, Lesson)] == [
        ("UA", "UD", "join sql"),
        ("UD", "UA", "pric"),
    ]


@pytest.mark.parametrize("size", [3, 4, 5])
def test_a_community_chooses_how_many_meet(database: Database, rounds: RoundService, size: int) -> None:
    with database.write() as session:
        community = add_community(session)
        community.group_size = size
        add_members(session, community, *(f"U{number:02}" for number in range(2 * size)))

    start(database, rounds)

    seats = rows(database, Seat)
    assert sorted({seat.group_id for seat in seats if seat.group_id}) == [1, 2]
    assert not any(seat.in_larger for seat in seats)


def test_whoever_wants_every_second_round_is_in_every_second_and_never_away(
    database: Database, rounds: RoundService, own: SettingsService
) -> None:
    with database.write() as session:
        add_members(session, add_community(session), *FOUR)
    for user_id in FOUR:
        own.change(actor(user_id), PersonSettings(pace=2 if user_id in {"UA", "UB"} else 1), profile(user_id), SUNDAY)

    for _ in range(4):
        start(database, rounds)

    by_round = {
        row.number: {seat.user_id for seat in rows(database, Seat) if seat.round_id == row.id}
        for row in rows(database, Round)
    }
    assert by_round == {1: set(FOUR), 2: {"UC", "UD"}, 3: set(FOUR), 4: {"UC", "UD"}}


def test_when_it_is_nobodys_turn_the_round_is_counted_all_the_same(
    database: Database, rounds: RoundService, own: SettingsService
) -> None:
    with database.write() as session:
        add_members(session, add_community(session), *FOUR)
    for user_id in FOUR:
        own.change(actor(user_id), PersonSettings(pace=2), profile(user_id), SUNDAY)

    for _ in range(3):
        start(database, rounds)

    assert [seat.round_id for seat in rows(database, Seat)] == [1] * 4 + [3] * 4


def test_a_pair_that_could_not_meet_has_not_met(database: Database, rounds: RoundService) -> None:
    with database.write() as session:
        add_members(session, add_community(session), *FOUR)
    start(database, rounds)
    first = {(row.user_a, row.user_b) for row in rows(database, Introduced)}
    for user_id in FOUR:
        card = rounds.current(actor(user_id), MONDAY_8)
        if card.group_id is not None and user_id == min(user_id, *card.others):
            rounds.cannot(actor(user_id), card.group_id, MONDAY_8 + timedelta(days=5))
    for _ in range(2):
        start(database, rounds)

    preview = rounds.preview(DESK, "C1", MONDAY_8 + 3 * WEEK)

    assert len(first) == 2
    # The others have met in two rounds; those of the first still may, without a repeat.
    assert preview.repeats == 0


def test_a_round_is_worked_out_again_with_the_same_groups_and_shows_no_list(
    database: Database, rounds: RoundService, own: SettingsService
) -> None:
    with database.write() as session:
        add_members(session, add_community(session), *FOUR, "UZ")
    own.block(actor("UA"), "UZ", SUNDAY)
    start(database, rounds)
    group_id = rounds.current(actor("UA"), MONDAY_8).group_id
    assert group_id is not None

    replayed = replay_round(database, VAULT, 1)
    # What changes later changes nothing of how it began.
    rounds.swap(actor("UA"), group_id, MONDAY_8)
    own.block(actor("UB"), "UC", MONDAY_8)

    assert replay_round(database, VAULT, 1) == replayed
    assert (replayed.verdict, replayed.version) == (Verdict.SAME, PAIRING_VERSION)
    assert sorted(one for people, _ in replayed.groups for one in people) == [*FOUR, "UZ"]
    with pytest.raises(ReplayError):
        replay_round(database, Vault(), 1)
    assert "blocked" not in str(contents(database))


def test_a_round_whose_groups_were_changed_by_hand_is_not_the_same(database: Database, rounds: RoundService) -> None:
    with database.write() as session:
        add_members(session, add_community(session), *FOUR)
    start(database, rounds)
    with database.write() as session:
        session.get_one(Group, 1).in_plan = False

    assert replay_round(database, VAULT, 1).verdict is Verdict.OTHER

    with database.write() as session:
        session.get_one(RoundInputs, 1).digest = "another"
    assert replay_round(database, VAULT, 1).verdict is Verdict.CHANGED_INPUTS

    with database.write() as session:
        session.get_one(RoundInputs, 1).packed = b"no longer compressed"
    with pytest.raises(ReplayError, match="somebody changed it"):
        replay_round(database, VAULT, 1)


@pytest.mark.parametrize("is_known", [True, False])
def test_a_round_that_an_older_pairing_made_is_told_from_one_that_was_changed(
    database: Database, rounds: RoundService, *, is_known: bool
) -> None:
    with database.write() as session:
        add_members(session, add_community(session), *FOUR)
    start(database, rounds)

    with database.write() as session:
        stored = session.get_one(RoundInputs, 1)
        inputs = json.loads(zlib.decompress(stored.packed))
        inputs["pairing"] = PAIRING_VERSION - 1
        if not is_known:
            # The pairing of today asks for rules that those who made this round had not thought of.
            del inputs["rules"], inputs["pairing"]
        stored.packed = zlib.compress(json.dumps(inputs).encode())
        stored.digest = digest_of(stored.packed, "")
        session.get_one(Group, 1).in_plan = False

    replayed = replay_round(database, VAULT, 1)
    assert replayed.verdict is Verdict.OLDER_PAIRING
    assert replayed.version == (PAIRING_VERSION - 1 if is_known else 0)


def test_the_guide_fits_why_people_meet(
    database: Database, rounds: RoundService, offers: OfferService, own: SettingsService, guides: GuideLibrary
) -> None:
    with database.write() as session:
        community = add_community(session)
        add_members(session, community, "UA", "UB", "UC", "UD")
        add_members(session, community, "UE", zone="Asia/Tokyo")
        add_members(session, community, "UF", zone="America/New_York")
    offers.save(actor("UA"), TopicForm(TopicKind.OFFER, "SQL"), profile("UA"), SUNDAY)
    offers.save(actor("UB"), TopicForm(TopicKind.WANT, "SQL"), profile("UB"), SUNDAY)
    for user_id, settings in {
        "UC": PersonSettings("Blue"),
        "UD": PersonSettings("Red"),
        "UE": PersonSettings(writing_ok=True),
        "UF": PersonSettings(writing_ok=True),
    }.items():
        own.change(actor(user_id), settings, profile(user_id, None), SUNDAY)

    start(database, rounds)

    chosen = {
        user_id: guides.guides[rounds.current(actor(user_id), MONDAY_8).guide_ids[0]] for user_id in ("UA", "UC", "UE")
    }
    assert rounds.current(actor("UA"), MONDAY_8).others == ("UB",)
    assert chosen["UA"].use_when == "exchange"
    assert rounds.current(actor("UC"), MONDAY_8).others == ("UD",)
    assert chosen["UC"].use_when == "bridge"
    # Nobody else shares an hour with Tokyo.
    assert rounds.current(actor("UE"), MONDAY_8).others == ("UF",)
    assert chosen["UE"].id == "write-first"


def card(communities: CommunityService, now: datetime) -> str:
    """What the card in the channel would say now."""
    return intro_message(communities.about(DESK, "C1", now)).text


class Desk:
    """A community of four whose card stands in the channel, and everything that can happen to its dates."""

    def __init__(self, database: Database, guides: GuideLibrary) -> None:
        self.database = database
        self.rounds = RoundService(database, guides, VAULT)
        self.communities = CommunityService(database)
        self.members = MemberService(database)
        with database.write() as session:
            add_members(session, add_community(session), *FOUR)

    def leave_out(self) -> None:
        self.rounds.skip_next(DESK, "C1", SUNDAY)

    def begin_by_hand(self) -> None:
        self.rounds.start_now(DESK, "C1", SUNDAY)

    def come_late(self) -> None:
        self.rounds.start(due_row(self.database, DueKind.ROUND), MONDAY_8 + timedelta(days=3))

    def be_away(self) -> None:
        with self.database.write() as session:
            for user_id in ("UA", "UB"):
                session.get_one(Person, ("T1", user_id)).paused_until = date(2027, 1, 1)
        start(self.database, self.rounds)

    def move_far_east(self) -> None:
        with self.database.write() as session:
            due.set_due(session, "T1", DueKind.ZONE, "1", SUNDAY)
        # There this Monday's hour is over already.
        now = MONDAY_8 - timedelta(hours=1)
        self.communities.settle_zone(due_row(self.database, DueKind.ZONE), ["Pacific/Kiritimati"] * 3, now)

    def sleep_for_a_round(self) -> None:
        self.communities.fall_asleep(TENANT, "C1", SUNDAY)
        start(self.database, self.rounds)
        self.communities.wake_up(TENANT, "C1", MONDAY_8 + timedelta(days=1))

    def be_invited_back(self) -> None:
        self.communities.fall_asleep(TENANT, "C1", SUNDAY)
        start(self.database, self.rounds)
        self.communities.invited(actor("UA", "invited:C1:1.1"), "C1", MONDAY_8 + timedelta(days=1))

    def lose_one(self) -> None:
        self.members.account_changed(TENANT, [profile("UA", is_active=False)], SUNDAY)

    def get_one_back(self) -> None:
        self.members.account_changed(TENANT, [profile("UA")], SUNDAY)

    def leave(self) -> None:
        self.members.leave(actor("UA"), "C1", SUNDAY)

    def join(self) -> None:
        self.members.join(actor("UA"), "C1", profile("UA"), SUNDAY)

    def begin(self) -> None:
        start(self.database, self.rounds)


@pytest.mark.parametrize(
    "acts",
    [
        (Desk.leave_out, Desk.begin_by_hand),
        (Desk.begin_by_hand,),
        (Desk.begin,),
        (Desk.come_late, Desk.begin),
        (Desk.be_away,),
        (Desk.move_far_east,),
        (Desk.sleep_for_a_round,),
        (Desk.be_invited_back,),
        (Desk.lose_one, Desk.get_one_back),
        (Desk.lose_one, Desk.join),
        (Desk.leave, Desk.join),
    ],
)
def test_the_card_is_redrawn_whenever_what_it_says_of_introductions_changes(
    database: Database, guides: GuideLibrary, acts: Sequence[Callable[[Desk], None]]
) -> None:
    desk = Desk(database, guides)

    for act in acts:
        before = card(desk.communities, SUNDAY)
        drawn = len(keys(database, MessageKind.COMMUNITY_INTRO_EDIT))
        act(desk)
        assert card(desk.communities, SUNDAY) != before
        assert len(keys(database, MessageKind.COMMUNITY_INTRO_EDIT)) == drawn + 1


def test_the_card_is_left_alone_where_nothing_changes_in_it(database: Database, guides: GuideLibrary) -> None:
    desk = Desk(database, guides)
    desk.begin()
    drawn = keys(database, MessageKind.COMMUNITY_INTRO_EDIT)

    desk.rounds.skip_next(DESK, "C1", MONDAY_8)
    desk.begin()

    # From the first introductions on it has no date.
    assert keys(database, MessageKind.COMMUNITY_INTRO_EDIT) == drawn


@pytest.mark.parametrize("cause", [Desk.leave_out, Desk.be_away])
@pytest.mark.parametrize("state", [OutboxState.QUEUED, OutboxState.SENT, OutboxState.UNCONFIRMED])
def test_a_channel_that_read_another_date_hears_that_introductions_go_out_today(
    database: Database, guides: GuideLibrary, cause: Callable[[Desk], None], state: OutboxState
) -> None:
    desk = Desk(database, guides)
    cause(desk)
    with database.write() as session:
        session.exec(update(OutboxMessage).values(state=state))

    now = SUNDAY if cause is Desk.leave_out else MONDAY_8 + timedelta(days=1)
    desk.rounds.start_now(DESK, "C1", now)

    told = messages(database, MessageKind.ROUND_HELD)
    if state is OutboxState.QUEUED:
        assert (told, keys(database, MessageKind.ROUND_SKIPPED)) == ([], [])
    else:
        (line,) = told
        assert (line.channel_id, line.is_ping) == ("C1", False)
        assert line.not_after == at_local(local_day(now, BERLIN) + timedelta(days=1), time(0, 0), BERLIN)


def test_a_round_that_comes_when_it_was_promised_is_not_announced_once_more(
    database: Database, guides: GuideLibrary
) -> None:
    desk = Desk(database, guides)
    desk.leave_out()
    with database.write() as session:
        session.exec(update(OutboxMessage).values(state=OutboxState.SENT))

    desk.begin()

    assert messages(database, MessageKind.ROUND_HELD) == []
