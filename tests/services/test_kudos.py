"""Thanks: precise, at most five a day, and where they are read."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.errors import FormError, Problem, UserError
from bot.domain.identity import Profile
from bot.domain.kudos import PRIVATELY, Places, Thanks
from bot.domain.messages import MessageKind
from bot.services.kudos.kudos import KudosService
from storage.database import Database
from storage.kudos import Kudos, KudosReceiver
from tests.databases import on_both
from tests.factories import (
    MONDAY_8,
    actor,
    add_community,
    add_members,
    add_person,
    contents,
    let_in,
    messages,
    profile,
    rows,
)
from tests.threads import together

THANKS = Thanks(
    ("UB", "UC", "UB"), " Walked me through the migration twice ", " I did it alone ", "patience", "https://a.b/c"
)
PROFILES = [profile("UB"), profile("UC")]


def giving(kudos: KudosService, number: int, now: datetime = MONDAY_8) -> Callable[[], object]:
    """Return the act of thanking once more; a refusal is part of its result."""

    def act() -> object:
        try:
            return kudos.give(actor("UA", f"act {number}"), "C1", THANKS, PROFILES, now) is not None
        except UserError as refusal:
            return refusal.trouble.problem

    return act


def test_thanks_are_stored_and_posted_in_the_channel(database: Database, kudos: KudosService) -> None:
    with database.write() as session:
        add_community(session)

    given = kudos.give(actor("UA"), "C1", THANKS, PROFILES, MONDAY_8)

    assert given is not None
    assert (given.people, given.privately, given.channel_id, given.later_at) == (("UB", "UC"), (), "C1", None)
    (row,) = rows(database, Kudos)
    assert (row.giver, row.deed, row.effect, row.tag, row.link, row.given_at) == (
        *("UA", "Walked me through the migration twice", "I did it alone", "patience", "https://a.b/c", MONDAY_8),
    )
    assert [one.user_id for one in rows(database, KudosReceiver)] == ["UB", "UC"]
    (message,) = messages(database)
    assert (message.key, message.kind, message.channel_id, message.not_before) == (
        *("kudos:1", MessageKind.KUDOS, "C1", MONDAY_8),
    )


def test_of_how_precise_thanks_were_the_number_is_kept(database: Database, kudos: KudosService) -> None:
    with database.write() as session:
        add_community(session)

    given = kudos.give(actor("UA"), "C1", THANKS, PROFILES, MONDAY_8)

    assert given is not None
    assert [row.score for row in rows(database, Kudos)] == [given.hints.precision.score] == [2]


def test_an_act_delivered_twice_thanks_once(database: Database, kudos: KudosService) -> None:
    with database.write() as session:
        add_community(session)

    assert giving(kudos, 1)() is True
    assert giving(kudos, 1)() is False
    assert len(messages(database)) == 1


@on_both
@pytest.mark.parametrize(
    ("thanks", "profiles", "problem"),
    [
        (Thanks(("UA",), THANKS.deed), [profile("UA")], Problem.YOURSELF),
        (Thanks((), THANKS.deed), [], Problem.NOBODY_NAMED),
        (Thanks(("UB",), "Thanks!"), [profile("UB")], Problem.DEED_SHORT),
        (Thanks(("UB",), THANKS.deed), [], Problem.NOT_RECOGNIZED),
        (Thanks(("UB",), THANKS.deed), [profile("UB", is_guest=True)], Problem.CANNOT_RECEIVE),
        (Thanks(("UB",), THANKS.deed), [profile("UB", is_active=False)], Problem.CANNOT_RECEIVE),
        (Thanks(("UB",), THANKS.deed, tag="speed"), [profile("UB")], Problem.NOT_A_VALUE),
    ],
)
def test_thanks_that_cannot_go_out_leave_no_trace(
    database: Database, kudos: KudosService, thanks: Thanks, profiles: list[Profile], problem: Problem
) -> None:
    with database.write() as session:
        add_community(session).value_tags = ("patience", "candour")
    before = contents(database)

    for act in (kudos.give, kudos.check):
        with pytest.raises(FormError) as refusal:
            act(actor("UA"), "C1", thanks, profiles, MONDAY_8)
        assert [trouble.problem for trouble in refusal.value.troubles.values()] == [problem]

    assert contents(database) == before


@on_both
def test_five_a_day_are_enough_and_the_sixth_leaves_no_trace(database: Database, kudos: KudosService) -> None:
    with database.write() as session:
        add_community(session)
    for number in range(5):
        giving(kudos, number)()
    before = contents(database)

    assert giving(kudos, 6)() == Problem.ENOUGH_TODAY
    assert contents(database) == before


@on_both
def test_twenty_at_once_cannot_pass_five(database: Database, kudos: KudosService) -> None:
    with database.write() as session:
        add_community(session)

    results = together(*[giving(kudos, number) for number in range(20)])

    assert results.count(True) == 5
    assert results.count(Problem.ENOUGH_TODAY) == 15
    assert len(rows(database, Kudos)) == 5
    # Three of them at once, two together later.
    assert len(messages(database)) == 4


def test_the_day_begins_at_the_givers_own_midnight(database: Database, kudos: KudosService) -> None:
    with database.write() as session:
        add_community(session)
        add_person(session, "UA", zone="America/New_York")
    midnight = datetime(2026, 11, 24, 5, tzinfo=UTC)
    for number in range(5):
        giving(kudos, number)()

    # Midnight in Berlin has passed, the one in New York has not.
    assert giving(kudos, 6, midnight - timedelta(seconds=1))() == Problem.ENOUGH_TODAY
    assert giving(kudos, 7, midnight)() is True


def test_a_stranger_lives_in_the_zone_of_the_community(database: Database, kudos: KudosService) -> None:
    with database.write() as session:
        add_community(session)
    midnight = datetime(2026, 11, 23, 23, tzinfo=UTC)
    for number in range(5):
        giving(kudos, number)()

    assert giving(kudos, 6, midnight - timedelta(seconds=1))() == Problem.ENOUGH_TODAY
    assert giving(kudos, 7, midnight)() is True


def test_a_channel_without_a_community_takes_no_thanks(database: Database, kudos: KudosService) -> None:
    with database.write() as session:
        add_community(session, asleep_at=MONDAY_8)
    before = contents(database)

    assert giving(kudos, 1)() == Problem.NOT_A_COMMUNITY
    assert contents(database) == before


def test_thanks_can_be_read_where_they_are_typed_and_where_the_giver_takes_part(
    database: Database, kudos: KudosService
) -> None:
    with database.write() as session:
        first, second = add_community(session), add_community(session, "C2")
        second.value_tags = ("patience", "candour")
        add_members(session, add_community(session, "C3", asleep_at=MONDAY_8), "UA")
        let_in(session, first, "UA")

    assert kudos.places(actor("UA"), "C2") == Places("C2", ("C1",), {"C2": ("patience", "candour"), "C1": ()})
    assert kudos.places(actor("UA"), "D1") == Places("", ("C1",), {"C1": ()})
    assert kudos.places(actor("UA"), "C3") == Places("", ("C1",), {"C1": ()})
    # A person who takes part nowhere is offered one that everybody may know of.
    assert kudos.places(actor("UX"), "D1") == Places("", ("C1",), {"C1": ()})


def test_nobody_is_offered_a_private_channel_of_others(database: Database, kudos: KudosService) -> None:
    with database.write() as session:
        add_community(session).is_private = True

    assert kudos.places(actor("UX"), "D1") == Places()


def test_private_thanks_go_to_each_in_a_message_of_their_own(database: Database, kudos: KudosService) -> None:
    given = kudos.give(actor("UA"), PRIVATELY, THANKS, PROFILES, MONDAY_8)

    assert given is not None
    assert (given.people, given.privately, given.channel_id) == ((), ("UB", "UC"), "")
    assert [(row.kind, row.people, row.channel_id, row.is_ping) for row in messages(database)] == [
        (MessageKind.KUDOS_PRIVATE, "UB", "", False),
        (MessageKind.KUDOS_PRIVATE, "UC", "", False),
    ]


def test_whoever_refuses_mentions_is_thanked_privately(database: Database, kudos: KudosService) -> None:
    with database.write() as session:
        add_members(session, add_community(session), "UA")
        add_person(session, "UB").mentions_ok = False

    given = kudos.give(actor("UA"), "C1", THANKS, PROFILES, MONDAY_8)
    alone = kudos.give(actor("UA", "2"), "C1", replace(THANKS, people=("UB",)), PROFILES, MONDAY_8)

    assert given is not None
    assert alone is not None
    assert (given.people, given.privately, given.channel_id) == (("UC",), ("UB",), "C1")
    assert (alone.people, alone.privately, alone.channel_id) == ((), ("UB",), "")
    assert [(row.channel_id, row.people) for row in messages(database)] == [("C1", ""), ("", "UB"), ("", "UB")]


def test_more_than_three_thanks_an_hour_are_collected_into_one_message(database: Database, kudos: KudosService) -> None:
    with database.write() as session:
        add_community(session)
    for minutes in (0, 10, 20, 30, 40, 61):
        now = MONDAY_8 + timedelta(minutes=minutes)
        assert kudos.give(actor(f"UG{minutes}", str(minutes)), "C1", THANKS, PROFILES, now)

    posted = [(row.key, (row.not_before - MONDAY_8).total_seconds() / 60) for row in messages(database)]

    # The fourth and the fifth wait until the hour of the first three is over; the sixth is the fourth of the next.
    assert posted == [("kudos:1", 0), ("kudos:2", 10), ("kudos:3", 20), ("kudos:4", 60), ("kudos:5", 70)]
    assert [one.post_id for one in rows(database, KudosReceiver)] == [1, 1, 2, 2, 3, 3, 4, 4, 4, 4, 5, 5]


def test_the_thanks_of_one_channel_do_not_wait_for_those_of_another(database: Database, kudos: KudosService) -> None:
    with database.write() as session:
        add_community(session)
        add_community(session, "C2")
    for number in range(4):
        kudos.give(actor(f"U{number}", "a"), "C1", THANKS, PROFILES, MONDAY_8)

    given = kudos.give(actor("U9"), "C2", THANKS, PROFILES, MONDAY_8)

    assert given is not None
    assert given.later_at is None


def test_private_thanks_beyond_three_a_day_come_together_at_four(database: Database, kudos: KudosService) -> None:
    for hours in (0, 2, 4, 6, 7, 10):
        now = MONDAY_8 + timedelta(hours=hours)
        kudos.give(actor(f"U{hours}"), PRIVATELY, replace(THANKS, people=("UB",)), PROFILES, now)

    # 16:00 in Berlin is 15:00 in UTC; the sixth comes at 18:00 there, after it.
    assert [row.not_before.strftime("%d %H:%M") for row in messages(database)] == [
        *("23 07:00", "23 09:00", "23 11:00", "23 15:00", "24 15:00"),
    ]
    assert [one.post_id for one in rows(database, KudosReceiver)] == [1, 2, 3, 4, 4, 5]


def test_the_giver_takes_thanks_back_within_ten_minutes_and_nothing_is_left(
    database: Database, kudos: KudosService
) -> None:
    with database.write() as session:
        add_community(session)
    before = contents(database)
    kudos.give(actor("UA"), "C1", THANKS, PROFILES, MONDAY_8)

    with pytest.raises(UserError) as late:
        kudos.undo(actor("UA"), 1, MONDAY_8 + timedelta(minutes=10, seconds=1))
    with pytest.raises(UserError) as foreign:
        kudos.undo(actor("UB"), 1, MONDAY_8)
    thanks = kudos.undo(actor("UA"), 1, MONDAY_8 + timedelta(minutes=10))

    assert late.value.trouble.problem == Problem.TOO_LATE_TO_UNDO
    assert foreign.value.trouble.problem == Problem.NOT_YOURS
    assert (thanks.people, thanks.deed) == (("UB", "UC"), THANKS.deed.strip())
    after = contents(database)
    assert {name: found for name, found in after.items() if name != "seen"} == {
        name: found for name, found in before.items() if name != "seen"
    }
    with pytest.raises(UserError) as gone:
        kudos.undo(actor("UA"), 1, MONDAY_8)
    assert gone.value.trouble.problem == Problem.GONE


def test_the_number_of_removed_thanks_never_comes_back(database: Database, kudos: KudosService) -> None:
    with database.write() as session:
        add_community(session)
    kudos.give(actor("UA", "1"), "C1", THANKS, PROFILES, MONDAY_8)
    kudos.undo(actor("UA"), 1, MONDAY_8)

    given = kudos.give(actor("UA", "2"), "C1", THANKS, PROFILES, MONDAY_8)

    assert given is not None
    assert given.kudos_id == 2
    assert [row.key for row in messages(database)] == ["kudos:2"]


def test_the_words_change_within_ten_minutes_and_nothing_else(database: Database, kudos: KudosService) -> None:
    with database.write() as session:
        add_community(session).value_tags = ("patience",)
    kudos.give(actor("UA"), "C1", THANKS, PROFILES, MONDAY_8)
    words = Thanks(("UX",), "Found the lock that nobody had seen", "", None)

    assert kudos.just_given(actor("UA"), 1, MONDAY_8)[1] == ("patience",)
    kudos.reword(actor("UA"), 1, words, MONDAY_8)

    (row,) = rows(database, Kudos)
    assert (row.deed, row.effect, row.tag, row.link, row.score) == (words.deed, "", None, "", 0)
    assert [one.user_id for one in rows(database, KudosReceiver)] == ["UB", "UC"]
    with pytest.raises(FormError):
        kudos.reword(actor("UA"), 1, replace(words, tag="speed"), MONDAY_8)
    with pytest.raises(UserError):
        kudos.reword(actor("UA"), 1, words, MONDAY_8 + timedelta(hours=1))


def test_of_several_who_are_thanked_one_can_be_taken_out(database: Database, kudos: KudosService) -> None:
    with database.write() as session:
        add_community(session)
    kudos.give(actor("UA"), "C1", THANKS, PROFILES, MONDAY_8)

    kudos.take_down(actor("UB"), 1, MONDAY_8 + timedelta(days=99))

    assert [one.user_id for one in rows(database, KudosReceiver)] == ["UC"]
    with pytest.raises(UserError) as refusal:
        kudos.take_down(actor("UB"), 1, MONDAY_8)
    assert refusal.value.trouble.problem == Problem.NOT_YOURS

    kudos.take_down(actor("UC"), 1, MONDAY_8)
    assert rows(database, Kudos) == []
    assert rows(database, KudosReceiver) == []


def test_words_that_mention_whoever_takes_them_down_go_altogether(database: Database, kudos: KudosService) -> None:
    with database.write() as session:
        add_community(session)
    kudos.give(actor("UA"), "C1", replace(THANKS, deed="Asked <@UB> the right question"), PROFILES, MONDAY_8)

    kudos.take_down(actor("UB"), 1, MONDAY_8)

    assert rows(database, Kudos) == []
    assert rows(database, KudosReceiver) == []


def test_the_giver_can_take_thanks_down_at_any_time(database: Database, kudos: KudosService) -> None:
    with database.write() as session:
        add_community(session)
    kudos.give(actor("UA"), "C1", THANKS, PROFILES, MONDAY_8)

    kudos.take_down(actor("UA"), 1, MONDAY_8 + timedelta(days=99))

    assert rows(database, Kudos) == []


def test_saying_me_too_counts_once_for_a_person_and_can_be_taken_back(database: Database, kudos: KudosService) -> None:
    with database.write() as session:
        add_community(session)
    kudos.give(actor("UA"), "C1", THANKS, PROFILES, MONDAY_8)

    said = [kudos.me_too(actor("UD", str(number)), 1, MONDAY_8) for number in range(3)]
    with database.read() as session:
        names = contents(database)["kudosmetoo"]
    kudos.not_me_too(actor("UD"), 1, MONDAY_8)

    assert said == [True, False, False]
    assert len(names) == 1
    assert contents(database)["kudosmetoo"] == []


@on_both
def test_twenty_who_say_me_too_at_once_are_one(database: Database, kudos: KudosService) -> None:
    with database.write() as session:
        add_community(session)
    kudos.give(actor("UA"), "C1", THANKS, PROFILES, MONDAY_8)

    results = together(*[lambda: kudos.me_too(actor("UD", "x"), 1, MONDAY_8)] * 20)

    assert sorted(results) == [False] * 19 + [True]


@pytest.mark.parametrize("who", ["UA", "UB"])
def test_whoever_gave_or_got_thanks_does_not_say_me_too(database: Database, kudos: KudosService, who: str) -> None:
    with database.write() as session:
        add_community(session)
    kudos.give(actor("UA"), "C1", THANKS, PROFILES, MONDAY_8)

    with pytest.raises(UserError) as refusal:
        kudos.me_too(actor(who), 1, MONDAY_8)

    assert refusal.value.trouble.problem == Problem.OWN_THANKS


def test_private_thanks_are_nobodys_business(kudos: KudosService) -> None:
    kudos.give(actor("UA"), PRIVATELY, THANKS, PROFILES, MONDAY_8)

    with pytest.raises(UserError) as refusal:
        kudos.me_too(actor("UD"), 1, MONDAY_8)

    assert refusal.value.trouble.problem == Problem.GONE


def test_only_the_giver_hears_of_thanks_that_come_back(database: Database, kudos: KudosService) -> None:
    with database.write() as session:
        add_members(session, add_community(session), "UA", "UB")
    kudos.give(actor("UB"), PRIVATELY, replace(THANKS, people=("UA",)), [profile("UA")], MONDAY_8)

    soon = kudos.check(actor("UA"), "C1", THANKS, PROFILES, MONDAY_8 + timedelta(days=7))
    late = kudos.check(actor("UA"), "C1", THANKS, PROFILES, MONDAY_8 + timedelta(days=7, seconds=1))

    assert soon.returned == ("UB", date(2026, 11, 23))
    assert late.returned is None


def test_only_the_giver_hears_that_the_last_six_went_to_few(database: Database, kudos: KudosService) -> None:
    with database.write() as session:
        add_community(session)
    hints = []
    for day in range(7):
        given = kudos.give(actor("UA", str(day)), "C1", THANKS, PROFILES, MONDAY_8 + timedelta(days=day))
        assert given is not None
        hints.append(given.hints.few)
    other = replace(THANKS, people=("UD",))

    wider = kudos.check(actor("UA"), "C1", other, [profile("UD")], MONDAY_8 + timedelta(days=8))

    assert hints == [None] * 5 + [2, 2]
    assert wider.few is None


def test_a_draft_is_kept_until_it_is_given_or_discarded(database: Database, kudos: KudosService) -> None:
    with database.write() as session:
        add_community(session)
    first = kudos.keep(actor("UA", "1"), THANKS, MONDAY_8)
    second = kudos.keep(actor("UA", "2"), replace(THANKS, deed="x"), MONDAY_8)
    assert first is not None
    assert second is not None
    assert kudos.keep(actor("UA", "2"), THANKS, MONDAY_8) is None

    draft = kudos.oldest_draft(actor("UA"))
    assert draft is not None
    assert (draft.draft_id, draft.thanks.deed, draft.saved_on) == (first, THANKS.deed, date(2026, 11, 23))
    kudos.give(actor("UA", "3"), "C1", THANKS, PROFILES, MONDAY_8, draft.draft_id)
    kudos.discard(actor("UB"), second)
    draft = kudos.oldest_draft(actor("UA"))
    assert draft is not None
    assert draft.draft_id == second
    kudos.discard(actor("UA"), second)
    assert kudos.oldest_draft(actor("UA")) is None
    with pytest.raises(UserError):
        kudos.draft(actor("UA"), second)
