"""A person's rights: a file with everything, and to be erased; those they were to meet are looked after."""

from datetime import timedelta

import pytest

from bot.domain.communities import SetUp
from bot.domain.kudos import Thanks
from bot.domain.messages import MessageKind
from bot.domain.prompts import TapKind
from bot.domain.rounds import Met, Share
from bot.domain.schedule import DueKind
from bot.services.communities.communities import CommunityService
from bot.services.kudos.kudos import KudosService
from bot.services.members.members import MemberService
from bot.services.privacy.privacy import PrivacyService
from bot.services.privacy.retention import TidyService
from bot.services.rounds.check_ins import CheckInService
from bot.services.rounds.rounds import RoundService
from storage import communities, due
from storage.communities import Community
from storage.database import Database
from storage.kudos import Kudos, KudosReceiver
from storage.members import Membership, Person
from storage.outbox import outbox
from storage.outbox.outbox import OutboxState
from storage.privacy.answers import AnswerCount
from storage.privacy.erasures import Erasure
from storage.prompts import PromptPost, PromptTap
from storage.rounds import history
from storage.rounds.check_ins import CheckIn
from storage.rounds.rounds import Introduced, Seat, SeatState
from tests.factories import (
    MONDAY_8,
    TENANT,
    VAULT,
    actor,
    add_community,
    add_group,
    add_members,
    add_person,
    contents,
    due_row,
    messages,
    profile,
    rows,
)

TUESDAY = MONDAY_8 + timedelta(days=1, hours=3)
ASKED = TUESDAY + timedelta(seconds=10)


@pytest.fixture
def privacy(database: Database) -> PrivacyService:
    return PrivacyService(database, VAULT)


def add_pair(database: Database, *people: str, others: tuple[str, ...] = ()) -> int:
    """Let people meet in a round that runs, in one group; return the group's id. The others are in without a seat."""
    with database.write() as session:
        community = add_community(session)
        add_members(session, community, *people, *others)
        return add_group(session, community, *people).id


def erase(database: Database, privacy: PrivacyService, user_id: str) -> None:
    privacy.plan_erasure(actor(user_id), TUESDAY)
    privacy.erase(due_row(database, DueKind.ERASE, user_id), ASKED)


def test_it_is_due_in_ten_seconds_and_can_be_undone(database: Database, privacy: PrivacyService) -> None:
    before = contents(database)
    privacy.plan_erasure(actor("UA"), TUESDAY)

    assert due_row(database, DueKind.ERASE, "UA").due_at == ASKED
    assert privacy.undo(actor("UA"))
    assert contents(database) == before
    assert not privacy.undo(actor("UA"))


def test_ten_seconds_become_five_minutes_for_whoever_needs_them(database: Database, privacy: PrivacyService) -> None:
    assert not privacy.lengthen(actor("UA"), TUESDAY)
    privacy.plan_erasure(actor("UA"), TUESDAY)

    assert privacy.lengthen(actor("UA"), TUESDAY)
    assert due_row(database, DueKind.ERASE, "UA").due_at == TUESDAY + timedelta(minutes=5)


def test_an_erasure_that_was_undone_in_another_process_does_nothing(
    database: Database, privacy: PrivacyService
) -> None:
    add_pair(database, "UA", "UB")
    privacy.plan_erasure(actor("UA"), TUESDAY)
    row = due_row(database, DueKind.ERASE, "UA")
    privacy.undo(actor("UA"))
    before = contents(database)

    privacy.erase(row, ASKED)

    assert contents(database) == before


def test_the_partner_is_told_without_a_name_and_looked_after(
    database: Database, privacy: PrivacyService, rounds: RoundService
) -> None:
    add_pair(database, "UA", "UB", others=("UC",))
    with database.write() as session:
        session.add(Seat(workspace="T1", round_id=1, user_id="UC", state=SeatState.LOOKING))

    erase(database, privacy, "UA")

    (told,) = messages(database, MessageKind.PARTNER_OUT)
    assert told.people == "UB"
    assert "UA" not in told.key + told.about
    rounds.place(due_row(database, DueKind.PLACE), ASKED)
    assert {seat.group_id for seat in rows(database, Seat)} == {2}
    assert {seat.user_id for seat in rows(database, Seat)} == {"UB", "UC"}


def test_what_was_said_and_done_is_gone_and_thanks_stay_without_a_name(
    database: Database, privacy: PrivacyService, check_ins: CheckInService, kudos: KudosService
) -> None:
    group = add_pair(database, "UA", "UB")
    kudos.give(actor("UA"), "C1", Thanks(("UB",), "You walked me through it twice"), [profile("UB")], TUESDAY)
    check_ins.answer(actor("UA"), group, Met.YES, TUESDAY)
    check_ins.take_away(actor("UA"), group, "The filter", Share.PARTNER, TUESDAY)

    erase(database, privacy, "UA")

    assert rows(database, CheckIn) == []
    (thanks,) = rows(database, Kudos)
    assert thanks.giver.startswith("nobody-")
    assert thanks.deed == "You walked me through it twice"
    assert [row.user_id for row in rows(database, KudosReceiver)] == ["UB"]
    assert [row.user_id for row in rows(database, Person)] == ["UB"]
    assert [row.user_id for row in rows(database, Membership)] == ["UB"]
    (record,) = rows(database, Erasure)
    assert (record.user_id, record.cause) == ("UA", "asked")
    (said,) = messages(database, MessageKind.ERASED)
    assert said.about == "en checkin:1 kudos:1 membership:1 person:1 seat:1"
    assert said.people == said.channel_id == ""


def test_the_partner_can_still_say_whether_they_met(
    database: Database, privacy: PrivacyService, check_ins: CheckInService
) -> None:
    group = add_pair(database, "UA", "UB")
    check_ins.answer(actor("UA"), group, Met.YES, TUESDAY)

    erase(database, privacy, "UA")
    answered = check_ins.answer(actor("UB"), group, Met.YES, ASKED)

    (introduced,) = rows(database, Introduced)
    assert introduced.user_a == "UB" < introduced.user_b
    assert answered.others == (introduced.user_b,)


def test_who_comes_back_starts_anew(database: Database, privacy: PrivacyService, members: MemberService) -> None:
    add_pair(database, "UA", "UB")
    erase(database, privacy, "UA")

    joined = members.join(actor("UA"), "C1", profile("UA"), ASKED)

    assert joined.is_new
    with database.read() as session:
        assert history.list_met(session, "T1", 1).keys().isdisjoint({frozenset({"UA", "UB"})})
        person = session.get_one(Person, ("T1", "UA"))
    assert person.onboarded_at == ASKED
    assert [row.key for row in messages(database, MessageKind.ONBOARDING)] == ["onboarding:UA"]


def test_a_channel_whose_only_facilitator_was_erased_can_be_looked_after_by_whoever_wants_to(
    database: Database, privacy: PrivacyService
) -> None:
    add_pair(database, "UA", "UB")
    with database.write() as session:
        communities.set_facilitators(session, session.get_one(Community, 1), ["UA"])

    erase(database, privacy, "UA")

    with database.read() as session:
        assert communities.list_facilitators(session, session.get_one(Community, 1)) == []
    CommunityService(database).set_up(actor("UB"), "C1", SetUp("Still getting better"), profile("UB"), [], ASKED)
    with database.read() as session:
        assert communities.list_facilitators(session, session.get_one(Community, 1)) == ["UB"]


def test_a_file_that_was_given_is_taken_back_at_once(database: Database, privacy: PrivacyService) -> None:
    privacy.ask_for_export(actor("UA"), MONDAY_8)
    with database.write() as session:
        (file,) = outbox.list_newest(session, ["T1"], OutboxState.QUEUED, 9)
        file.state, file.ts = OutboxState.SENT, "F1"
        outbox.add(
            session,
            "T1",
            "export-removed:F1",
            MessageKind.EXPORT_REMOVED,
            subject=0,
            about="F1",
            channel_id="D1",
            now=MONDAY_8,
            not_before=MONDAY_8 + timedelta(days=7),
        )

    erase(database, privacy, "UA")

    (removal,) = messages(database, MessageKind.EXPORT_REMOVED)
    assert removal.not_before == ASKED
    assert messages(database, MessageKind.EXPORT) == []


def test_a_file_asked_for_twice_in_a_minute_comes_once(database: Database, privacy: PrivacyService) -> None:
    privacy.ask_for_export(actor("UA"), MONDAY_8)
    privacy.ask_for_export(actor("UA"), MONDAY_8 + timedelta(seconds=30))

    assert len(messages(database, MessageKind.EXPORT)) == 1


def tidy(database: Database, days: int) -> None:
    TidyService(database).plan(TENANT, MONDAY_8)
    TidyService(database).tidy(due_row(database, DueKind.TIDY, ""), MONDAY_8 + timedelta(days=days))


def test_an_account_deactivated_for_thirty_days_is_erased_and_gets_no_message(
    database: Database, privacy: PrivacyService
) -> None:
    with database.write() as session:
        add_person(session, "UG", gone_at=MONDAY_8)

    tidy(database, 30)
    with database.read() as session:
        assert due.find_due(session, "T1", DueKind.ERASE, "UG") is None
    tidy(database, 31)
    privacy.erase(due_row(database, DueKind.ERASE, "UG"), MONDAY_8 + timedelta(days=31))

    assert rows(database, Person) == []
    assert [row.cause for row in rows(database, Erasure)] == ["deactivated"]
    assert messages(database) == []


def test_whoever_was_only_thanked_is_erased_too_once_they_are_gone(
    database: Database, members: MemberService, kudos: KudosService
) -> None:
    add_pair(database, "UA", "UB")
    kudos.give(actor("UA"), "C1", Thanks(("UT",), "You walked me through it twice"), [profile("UT")], MONDAY_8)

    members.account_changed(TENANT, [profile("UX", is_active=False), profile("UT", is_active=False)], TUESDAY)

    assert {row.user_id: row.gone_at for row in rows(database, Person)} == {"UA": None, "UB": None, "UT": TUESDAY}


def test_raw_answers_become_numbers_after_twelve_months(database: Database, check_ins: CheckInService) -> None:
    group = add_pair(database, "UA", "UB")
    for user_id in ("UA", "UB"):
        check_ins.answer(actor(user_id), group, Met.YES, TUESDAY)
    with database.write() as session:
        post = PromptPost(
            workspace="T1", community_id=1, prompt_id="P", cycle=1, due_at=MONDAY_8, posted_on=MONDAY_8.date()
        )
        session.add(post)
        session.flush()
        session.add(PromptTap(workspace="T1", post_id=post.id, user_id="UA", kind=TapKind.DID, tapped_at=TUESDAY))

    tidy(database, 365)
    assert len(rows(database, CheckIn)) == 2
    tidy(database, 367)

    assert rows(database, CheckIn) == []
    (count,) = rows(database, AnswerCount)
    assert (count.month.isoformat(), count.question, count.answer, count.count) == (
        "2026-11-01",
        "checkin.met",
        "yes",
        2,
    )
    # The post goes on showing how many there were.
    assert [tap.user_id[:7] for tap in rows(database, PromptTap)] == ["nobody-"]


def test_the_record_of_an_erasure_is_kept_for_a_year(database: Database, privacy: PrivacyService) -> None:
    erase(database, privacy, "UA")

    tidy(database, 364)
    assert len(rows(database, Erasure)) == 1
    tidy(database, 368)
    assert rows(database, Erasure) == []
