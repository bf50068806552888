"""What two people get who are introduced on request: all that a round gives, for the two of them alone."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.errors import Problem, UserError
from bot.domain.guides import GuideLibrary, choose_guides
from bot.domain.messages import MessageKind
from bot.domain.offers import TopicForm, TopicKind
from bot.domain.rounds import GUIDES_REMEMBERED, Answered, Met, Share, Standing, WouldHelp, seed_of
from bot.domain.schedule import DueKind
from bot.services.members.members import MemberService
from bot.services.members.settings import SettingsService
from bot.services.offers.offers import OfferService
from bot.services.offers.requests import RequestService
from bot.services.overview.home import HomeService
from bot.services.privacy.exports import gather
from bot.services.privacy.privacy import PrivacyService
from bot.services.rounds.check_ins import CheckInService
from bot.services.rounds.questions import open_questions
from bot.services.rounds.rounds import RoundService
from storage import communities, due
from storage.database import Database
from storage.outbox import outbox
from storage.outbox.outbox import OutboxState
from storage.rounds import history
from storage.rounds.check_ins import CheckIn
from storage.rounds.rounds import Introduced, Round, Seat
from tests.factories import (
    MONDAY_8,
    VAULT,
    actor,
    add_community,
    add_group,
    add_members,
    due_row,
    messages,
    profile,
    rows,
)

WEEK = timedelta(weeks=1)
# In the second week, at 14:00 in Berlin.
ASKED = datetime(2026, 12, 3, 13, tzinfo=UTC)
INTRODUCED = MessageKind.REQUEST_INTRODUCTION
PAIR = frozenset({"UA", "UT"})


@pytest.fixture(autouse=True)
def world(database: Database) -> None:
    """A community of four, of whom UT offers something."""
    with database.write() as session:
        add_members(session, add_community(session), "UA", "UB", "UC", "UT")


@pytest.fixture
def privacy(database: Database) -> PrivacyService:
    return PrivacyService(database, VAULT)


@pytest.fixture
def introduced(rounds: RoundService, offers: OfferService, requests: RequestService) -> int:
    """The group of UA and UT, who were introduced because UA asked."""
    return introduce(rounds, offers, requests, MONDAY_8)


def introduce(
    rounds: RoundService,
    offers: OfferService,
    requests: RequestService,
    now: datetime,
    asker: str = "UA",
    teacher: str = "UT",
) -> int:
    offered = offers.save(actor(teacher), TopicForm(TopicKind.OFFER, "SQL joins"), profile(teacher), now).card
    request = requests.ask(actor(asker), offered.topic_id, profile(asker), now)
    requests.answer(actor(teacher), request.request_id, now, agrees=True)
    group_id = rounds.current(actor(asker), now).group_id
    assert group_id is not None
    return group_id


def met(database: Database) -> dict[frozenset[str], int]:
    with database.read() as session:
        return history.list_met(session, "T1", 1)


def questions(database: Database, user_id: str, now: datetime) -> list[tuple[int, tuple[str, ...]]]:
    with database.read() as session:
        return [(one.group_id, one.others) for one in open_questions(session, "T1", user_id, now)]


def test_both_have_a_card_with_a_guide_and_two_weeks(
    rounds: RoundService, guides: GuideLibrary, introduced: int
) -> None:
    card = rounds.current(actor("UA"), MONDAY_8)

    assert (card.standing, card.others, card.is_on_request) == (Standing.SEATED, ("UT",), True)
    assert (card.ends_on, card.booked) == (date(2026, 12, 6), False)
    assert guides.guides[card.guide_ids[0]].use_when == "exchange"
    assert rounds.current(actor("UT"), MONDAY_8).others == ("UA",)
    rounds.booked(actor("UT"), introduced, MONDAY_8)
    assert rounds.of_group(actor("UA"), introduced, MONDAY_8).booked
    with pytest.raises(UserError):
        rounds.current(actor("UA"), MONDAY_8 + 2 * WEEK)


def test_home_has_both_the_round_and_who_is_met_on_request_until_they_have_met(
    database: Database, home: HomeService, check_ins: CheckInService, rounds: RoundService, introduced: int
) -> None:
    alone = home.overview(actor("UA"), MONDAY_8)
    rounds.start(due_row(database, DueKind.ROUND), MONDAY_8)
    both = home.overview(actor("UA"), MONDAY_8)
    check_ins.answer(actor("UA"), introduced, Met.YES, MONDAY_8)
    after = home.overview(actor("UA"), MONDAY_8)

    assert alone.groups == ()
    assert [one.others for one in alone.on_request] == [("UT",)]
    assert both.on_request == alone.on_request
    assert [one.channel_id for one in both.groups] == ["C1"]
    assert (after.groups, after.on_request) == (both.groups, ())


def test_they_are_reminded_and_asked_when_a_round_would(database: Database, introduced: int) -> None:
    (introduction,) = messages(database, INTRODUCED)
    (halfway,) = messages(database, MessageKind.HALFWAY)

    assert (introduction.subject, introduction.recipients) == (introduced, ("UA", "UT"))
    assert (halfway.subject, halfway.not_before) == (introduced, datetime(2026, 11, 30, 8, 30, tzinfo=UTC))
    assert [(note.recipients, note.not_before) for note in messages(database, MessageKind.WEEKLY_NOTE)] == [
        (("UA",), ASKED),
        (("UT",), ASKED),
    ]
    assert questions(database, "UA", ASKED - timedelta(seconds=1)) == []
    assert questions(database, "UA", ASKED) == [(introduced, ("UT",))]
    assert questions(database, "UT", ASKED) == [(introduced, ("UA",))]


def test_who_agrees_on_a_thursday_is_asked_in_two_weeks(
    database: Database, rounds: RoundService, offers: OfferService, requests: RequestService
) -> None:
    introduce(rounds, offers, requests, datetime(2026, 11, 26, 9, tzinfo=UTC))

    (halfway,) = messages(database, MessageKind.HALFWAY)
    assert halfway.not_before == datetime(2026, 12, 7, 8, 30, tzinfo=UTC)
    assert [note.not_before for note in messages(database, MessageKind.WEEKLY_NOTE)] == [ASKED + WEEK] * 2


def test_what_they_take_away_is_theirs_and_asked_about_later(
    database: Database, check_ins: CheckInService, introduced: int
) -> None:
    answered = check_ins.answer(actor("UA"), introduced, Met.YES, ASKED)
    check_ins.take_away(actor("UA"), introduced, "Join the smaller table first", Share.PARTNER, ASKED)

    assert answered == Answered(introduced, ("UT",), "", Met.YES, worth=None, first_time=None, takeaway="")
    assert [one.recipients for one in messages(database, MessageKind.TAKEAWAY_SHARED)] == [("UA", "UT")]
    assert due_row(database, DueKind.USE_CHECK, "UA").due_at.date() == ASKED.date() + 3 * WEEK
    assert questions(database, "UA", ASKED) == []
    with pytest.raises(UserError):
        check_ins.take_away(actor("UA"), introduced, "For all", Share.CHANNEL, ASKED)
    assert [row.takeaway_for for row in rows(database, CheckIn)] == [Share.PARTNER]


def test_who_was_introduced_on_request_has_met_in_the_round_before(
    database: Database, rounds: RoundService, offers: OfferService, requests: RequestService
) -> None:
    rounds.start(due_row(database, DueKind.ROUND), MONDAY_8)
    own = {row.number for row in rows(database, Round)}
    introduce(rounds, offers, requests, MONDAY_8 + timedelta(days=2))

    assert own == {1}
    assert met(database)[PAIR] == 1


def test_a_round_introduces_those_who_have_not_met_on_request(
    database: Database, rounds: RoundService, introduced: int
) -> None:
    assert met(database) == {PAIR: 0}

    rounds.start(due_row(database, DueKind.ROUND), MONDAY_8)

    # Nobody loses their place in the round, and the newest is the current one.
    cards = [rounds.current(actor(one), MONDAY_8) for one in ("UA", "UT")]
    assert all(not card.is_on_request and card.others not in {("UA",), ("UT",)} for card in cards)
    assert rounds.of_group(actor("UA"), introduced, MONDAY_8).others == ("UT",)


def test_who_met_on_request_while_a_round_runs_gets_somebody_else_in_it(
    database: Database, rounds: RoundService, members: MemberService, offers: OfferService, requests: RequestService
) -> None:
    tuesday = MONDAY_8 + timedelta(days=1)
    rounds.start(due_row(database, DueKind.ROUND), MONDAY_8)
    for user_id in ("UX", "UY"):
        members.join(actor(user_id), "C1", profile(user_id), tuesday)
    introduce(rounds, offers, requests, tuesday, "UX", "UY")

    rounds.place(due_row(database, DueKind.PLACE), tuesday)

    seats = {seat.user_id: seat.group_id for seat in rows(database, Seat) if seat.round_id == 1}
    assert None not in {seats["UX"], seats["UY"]}
    assert seats["UX"] != seats["UY"]


@pytest.mark.parametrize(
    ("answers", "counts"),
    [
        ({"UA": Met.NO}, False),
        ({"UA": Met.NO, "UT": Met.YES}, True),
        ({"UT": Met.YES}, True),
        ({"UA": Met.BOOKED}, True),
    ],
)
def test_what_they_say_decides_whether_they_met(
    database: Database, check_ins: CheckInService, introduced: int, answers: dict[str, Met], *, counts: bool
) -> None:
    for user_id, answer in answers.items():
        check_ins.answer(actor(user_id), introduced, answer, ASKED)

    assert (PAIR in met(database)) is counts


def test_who_would_rather_have_met_another_counts_as_having_met(
    database: Database, check_ins: CheckInService, introduced: int
) -> None:
    check_ins.answer(actor("UA"), introduced, Met.NO, ASKED)
    check_ins.would_help(actor("UA"), introduced, WouldHelp.ANOTHER_PARTNER, ASKED)

    assert PAIR in met(database)


def test_who_cannot_after_all_tells_the_other_and_nobody_is_looked_for(
    database: Database, rounds: RoundService, introduced: int
) -> None:
    with database.write() as session:
        sent = outbox.find_message(session, "T1", f"intro:{introduced}")
        assert sent is not None
        sent.state = OutboxState.SENT

    card = rounds.cannot(actor("UT"), introduced, MONDAY_8)

    assert card.is_on_request
    assert {seat.state for seat in rows(database, Seat)} == {"out"}
    assert [(one.recipients, one.about) for one in messages(database, MessageKind.PARTNER_OUT)] == [(("UA",), "UT")]
    assert met(database) == {}
    assert questions(database, "UA", ASKED) == []
    with database.read() as session:
        assert due.find_due(session, "T1", DueKind.PLACE, "1") is None
    with pytest.raises(UserError) as refusal:
        rounds.current(actor("UA"), MONDAY_8)
    assert refusal.value.trouble.problem == Problem.NO_GROUP


def test_there_is_no_other_partner_to_swap_for(database: Database, rounds: RoundService, introduced: int) -> None:
    with pytest.raises(UserError):
        rounds.swap(actor("UA"), introduced, MONDAY_8)
    with pytest.raises(UserError):
        rounds.current(actor("UA"), MONDAY_8, in_round=True)

    assert {seat.state for seat in rows(database, Seat)} == {"seated"}


@pytest.mark.usefixtures("introduced")
def test_a_private_list_undoes_what_was_not_said_yet(
    database: Database, rounds: RoundService, own: SettingsService
) -> None:
    assert own.block(actor("UT"), "UA", MONDAY_8) is None

    assert messages(database, INTRODUCED, MessageKind.PARTNER_OUT) == []
    assert [one.recipients for one in messages(database, MessageKind.REQUEST_OFF)] == [("UA",)]
    assert met(database) == {}
    for user_id in ("UA", "UT"):
        with pytest.raises(UserError):
            rounds.current(actor(user_id), MONDAY_8)


def test_neither_gets_a_guide_of_their_last_six_rounds(
    database: Database, guides: GuideLibrary, rounds: RoundService, offers: OfferService, requests: RequestService
) -> None:
    seed = f"{seed_of('T1', 0, 1)}:UA UT"
    by_lot, second, _ = choose_guides(guides, ("exchange",), 2, {}, seed)
    with database.write() as session:
        community = communities.get_community(session, "T1", 1)
        for number in range(1, GUIDES_REMEMBERED + 2):
            begins = MONDAY_8 - (GUIDES_REMEMBERED + 2 - number) * 2 * WEEK
            group = add_group(session, community, "UA", "UB", number=number, ends_at=begins + 2 * WEEK)
            its_round = session.get_one(Round, group.round_id)
            its_round.due_at = its_round.started_at = begins
            # The second choice is seven rounds old, the first one six.
            group.guide_ids = ({1: second, 2: by_lot}.get(number, "first-hello"),)

    introduce(rounds, offers, requests, MONDAY_8)

    assert rounds.current(actor("UT"), MONDAY_8).guide_ids[0] == second


def test_who_is_erased_leaves_the_other_with_their_answer(
    database: Database, check_ins: CheckInService, privacy: PrivacyService, introduced: int
) -> None:
    check_ins.answer(actor("UT"), introduced, Met.YES, ASKED)
    privacy.plan_erasure(actor("UA"), ASKED)

    privacy.erase(due_row(database, DueKind.ERASE, "UA"), ASKED + timedelta(minutes=1))

    (row,) = rows(database, Introduced)
    assert "UA" not in {row.user_a, row.user_b}
    (nobody,) = {row.user_a, row.user_b} - {"UT"}
    assert check_ins.answer(actor("UT"), introduced, Met.YES, ASKED).others == (nobody,)
    with database.read() as session:
        told = gather(session, VAULT, "T1", "UT", ASKED)
    (seat,) = told.tables["seat"]
    assert (seat["pair_group_reason"], seat["round_number"]) == ("request", 0)
    (introduction,) = told.tables["introduced"]
    assert introduction["community_channel_id"] is None


def test_who_is_erased_before_they_met_is_said_to_be_out(
    database: Database, rounds: RoundService, privacy: PrivacyService, introduced: int
) -> None:
    privacy.plan_erasure(actor("UA"), MONDAY_8)

    privacy.erase(due_row(database, DueKind.ERASE, "UA"), MONDAY_8 + timedelta(minutes=1))

    (told,) = messages(database, MessageKind.PARTNER_OUT)
    assert (told.subject, told.recipients) == (introduced, ("UT",))
    with pytest.raises(UserError):
        rounds.current(actor("UT"), MONDAY_8 + timedelta(minutes=1))
