"""Thanks: precise, and at most five a day."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.identity import Profile
from bot.domain.kudos import Thanks
from bot.domain.messages import MessageKind
from bot.errors import FormError, Problem, UserError
from bot.services.kudos import KudosService
from storage.database import Database
from storage.kudos import Kudos, KudosReceiver
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

THANKS = Thanks(("UB", "UC", "UB"), " Walked me through the migration twice ", " I did it alone ", "patience")
PROFILES = [profile("UB"), profile("UC")]


def giving(kudos: KudosService, number: int, now: datetime = MONDAY_8) -> Callable[[], object]:
    """Return the act of thanking once more; a refusal is part of its result."""

    def act() -> object:
        try:
            return kudos.give(actor("UA", f"act {number}"), "C1", THANKS, PROFILES, now)
        except UserError as refusal:
            return refusal.trouble.problem

    return act


def test_thanks_are_stored_and_posted_in_the_channel(database: Database, kudos: KudosService) -> None:
    with database.write() as session:
        add_community(session)

    assert kudos.give(actor("UA"), "C1", THANKS, PROFILES, MONDAY_8)

    (row,) = rows(database, Kudos)
    assert (row.giver, row.deed, row.effect, row.tag, row.given_at) == (
        *("UA", "Walked me through the migration twice", "I did it alone", "patience", MONDAY_8),
    )
    assert [one.user_id for one in rows(database, KudosReceiver)] == ["UB", "UC"]
    (message,) = messages(database)
    assert (message.key, message.kind, message.channel_id, message.not_before) == (
        *("kudos:1", MessageKind.KUDOS, "C1", MONDAY_8),
    )


def test_an_act_delivered_twice_thanks_once(database: Database, kudos: KudosService) -> None:
    with database.write() as session:
        add_community(session)

    assert giving(kudos, 1)() is True
    assert giving(kudos, 1)() is False
    assert len(messages(database)) == 1


@pytest.mark.parametrize(
    ("thanks", "profiles", "problem"),
    [
        (Thanks(("UA",), THANKS.deed), [profile("UA")], Problem.YOURSELF),
        (Thanks((), THANKS.deed), [], Problem.NOBODY_NAMED),
        (Thanks(("UB",), "Thanks!"), [profile("UB")], Problem.DEED_SHORT),
        (Thanks(("UB",), THANKS.deed), [], Problem.NOT_RECOGNIZED),
        (Thanks(("UB",), THANKS.deed), [profile("UB", is_guest=True)], Problem.CANNOT_RECEIVE),
        (Thanks(("UB",), THANKS.deed), [profile("UB", is_active=False)], Problem.CANNOT_RECEIVE),
    ],
)
def test_thanks_that_cannot_go_out_leave_no_trace(
    database: Database, kudos: KudosService, thanks: Thanks, profiles: list[Profile], problem: Problem
) -> None:
    with database.write() as session:
        add_community(session)
    before = contents(database)

    with pytest.raises(FormError) as refusal:
        kudos.give(actor("UA"), "C1", thanks, profiles, MONDAY_8)

    assert [trouble.problem for trouble in refusal.value.troubles.values()] == [problem]
    assert contents(database) == before


def test_five_a_day_are_enough_and_the_sixth_leaves_no_trace(database: Database, kudos: KudosService) -> None:
    with database.write() as session:
        add_community(session)
    for number in range(5):
        giving(kudos, number)()
    before = contents(database)

    assert giving(kudos, 6)() == Problem.ENOUGH_TODAY
    assert contents(database) == before


def test_twenty_at_once_cannot_pass_five(database: Database, kudos: KudosService) -> None:
    with database.write() as session:
        add_community(session)

    results = together(*[giving(kudos, number) for number in range(20)])

    assert results.count(True) == 5
    assert results.count(Problem.ENOUGH_TODAY) == 15
    assert len(rows(database, Kudos)) == len(messages(database)) == 5


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


def test_thanks_belong_where_they_were_typed_or_in_the_givers_one_community(
    database: Database, kudos: KudosService
) -> None:
    with database.write() as session:
        first, second = add_community(session), add_community(session, "C2")
        add_members(session, add_community(session, "C3", asleep_at=MONDAY_8), "UA")
        let_in(session, first, "UA")

    assert kudos.place_for(actor("UA"), "C2") == "C2"
    assert kudos.place_for(actor("UA"), "D1") == "C1"
    with pytest.raises(UserError) as refusal:
        kudos.place_for(actor("UX"), "D1")
    assert refusal.value.trouble.problem == Problem.NOT_A_COMMUNITY

    with database.write() as session:
        let_in(session, second, "UA")
    with pytest.raises(UserError) as refusal:
        kudos.place_for(actor("UA"), "D1")
    assert (refusal.value.trouble.problem, refusal.value.trouble.details) == (
        *(Problem.WHICH_COMMUNITY, {"channels": "C1 C2"}),
    )
