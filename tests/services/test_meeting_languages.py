"""Nobody is introduced to people with whom they share no language, when a round begins and while it runs."""

from datetime import timedelta

from bot.domain.messages import MessageKind
from bot.domain.rounds import Standing
from bot.domain.schedule import DueKind
from bot.domain.settings import PersonSettings
from bot.services.members.members import MemberService
from bot.services.members.settings import SettingsService
from bot.services.rounds.replay import Verdict, replay_round
from bot.services.rounds.rounds import RoundService
from storage.database import Database
from storage.rounds.rounds import Seat
from tests.factories import MONDAY_8, VAULT, actor, add_community, add_members, due_row, messages, profile, rows

TUESDAY = MONDAY_8 + timedelta(days=1)
SPOKEN = {"UA": "de", "UB": "de", "UC": "en fr", "UD": "fr", "UE": "pl"}


def start(database: Database, rounds: RoundService, own: SettingsService, spoken: dict[str, str]) -> None:
    with database.write() as session:
        add_members(session, add_community(session), *spoken)
    say(own, spoken)
    rounds.start(due_row(database, DueKind.ROUND), MONDAY_8)


def say(own: SettingsService, spoken: dict[str, str]) -> None:
    for user_id, codes in spoken.items():
        settings = PersonSettings(meets_in=frozenset(codes.split()))
        own.change(actor(user_id), settings, profile(user_id), MONDAY_8 - timedelta(days=1))


def groups(database: Database) -> set[frozenset[str]]:
    found: dict[int, set[str]] = {}
    for seat in rows(database, Seat):
        if seat.state == "seated" and seat.group_id is not None:
            found.setdefault(seat.group_id, set()).add(seat.user_id)
    return set(map(frozenset, found.values()))


def test_a_round_brings_those_together_who_share_a_language(
    database: Database, rounds: RoundService, own: SettingsService
) -> None:
    start(database, rounds, own, SPOKEN)

    assert groups(database) == {frozenset({"UA", "UB"}), frozenset({"UC", "UD"})}
    assert rounds.current(actor("UE"), MONDAY_8).standing is Standing.LOOKING
    (alone,) = [seat for seat in rows(database, Seat) if seat.user_id == "UE"]
    assert alone.why_alone == "language"
    assert [message.recipients for message in messages(database, MessageKind.NO_PARTNER)] == [("UE",)]


def test_whoever_said_nothing_meets_anybody(database: Database, rounds: RoundService, own: SettingsService) -> None:
    start(database, rounds, own, {"UA": "de", "UB": "pl", "UC": "", "UD": ""})

    assert frozenset({"UA", "UB"}) not in groups(database)
    assert sorted(map(len, groups(database))) == [2, 2]


def test_a_swap_and_a_late_joiner_keep_to_it(
    database: Database, rounds: RoundService, own: SettingsService, members: MemberService
) -> None:
    start(database, rounds, own, {"UA": "de", "UB": "de", "UC": "fr", "UD": "fr"})
    say(own, {"UX": "fr", "UY": "ja"})
    for user_id in ("UX", "UY"):
        members.join(actor(user_id), "C1", profile(user_id), TUESDAY)

    group_id = rounds.current(actor("UA"), TUESDAY).group_id
    assert group_id is not None
    rounds.swap(actor("UA"), group_id, TUESDAY)
    rounds.place(due_row(database, DueKind.PLACE), TUESDAY)

    assert groups(database) == {frozenset({"UC", "UD", "UX"})}
    assert rounds.current(actor("UA"), TUESDAY).standing is Standing.LOOKING
    assert rounds.current(actor("UY"), TUESDAY).standing is Standing.LOOKING


def test_a_round_is_worked_out_again_with_the_languages_of_its_day(
    database: Database, rounds: RoundService, own: SettingsService
) -> None:
    start(database, rounds, own, SPOKEN)
    say(own, {"UA": "pl"})

    replayed = replay_round(database, VAULT, 1)

    assert replayed.verdict is Verdict.SAME
    assert replayed.unplaced == {"language": 1}
