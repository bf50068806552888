"""Private entries are sealed for their place, opened with each key, and renewed by a command, one row at a time."""

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet

from bot.config import read_settings
from bot.domain.errors import Problem, UserError
from bot.domain.identity import Actor, Tenant
from bot.domain.schedule import DueKind
from bot.library import load_guides
from bot.operations import NOT_FINE, renew_seals
from bot.services.members.settings import SettingsService
from bot.services.operation.health import HealthService, Reason
from bot.services.operation.seals import Seals, SealService, SeveralWorkspacesError
from bot.services.privacy.privacy import PrivacyService
from bot.services.rounds.rounds import RoundService
from storage import due
from storage.communities import Community
from storage.database import Database
from storage.privacy.vault import NoKeyError, Place, Vault, WrongKeyError, new_key
from storage.private_lists import PrivateList
from storage.rounds.rounds import RoundInputs, Seat
from tests.factories import (
    KEY,
    MONDAY_8,
    VAULT,
    actor,
    add_community,
    add_members,
    due_row,
    rows,
)

NEW = new_key()
HERE = Place("private list", "T1", "UA")
# Each step of a new key, as the processes of a rolling restart have it.
BEHIND, BEFORE, ALONE = Vault([KEY, NEW]), Vault([NEW, KEY]), Vault([NEW])


@pytest.fixture
def listed(database: Database) -> Database:
    """A database in which two of four people have a private list."""
    with database.write() as session:
        add_members(session, add_community(session), "UA", "UB", "UC", "UD")
    own = SettingsService(database, VAULT)
    own.block(actor("UA"), "UB", MONDAY_8)
    own.block(actor("UC"), "UB", MONDAY_8)
    return database


def spoil(database: Database, user_id: str, sealed: str) -> None:
    with database.write() as session:
        row = session.get_one(PrivateList, ("T1", user_id))
        row.sealed = sealed


@pytest.mark.parametrize(
    "elsewhere",
    [Place("private list", "T1", "UB"), Place("private list", "T2", "UA"), Place("round inputs", "T1", "UA")],
)
def test_what_is_sealed_for_one_place_opens_in_no_other(elsewhere: Place) -> None:
    sealed = VAULT.seal("UB UC", HERE)

    assert VAULT.open(sealed, HERE) == "UB UC"
    with pytest.raises(WrongKeyError):
        VAULT.open(sealed, elsewhere)


@pytest.mark.parametrize("cut", [0, 1, 5, 40, -1])
def test_what_was_cut_or_changed_does_not_open(cut: int) -> None:
    sealed = VAULT.seal("UB UC", HERE)

    for spoiled in (sealed[:cut], sealed[:60] + "A" + sealed[61:], f"{sealed} {sealed}", "2ä", sealed[1:]):
        if spoiled != sealed:
            with pytest.raises(WrongKeyError):
                VAULT.open(spoiled, HERE)


def test_a_sealed_list_does_not_tell_how_long_it_is() -> None:
    longest = " ".join(f"U{number:010}" for number in range(20))

    assert len({len(VAULT.seal(text, HERE)) for text in ("UB", "UB UC", longest)}) == 1


def test_a_list_that_was_put_under_another_name_shows_nothing(listed: Database) -> None:
    spoil(listed, "UC", next(row.sealed for row in rows(listed, PrivateList) if row.user_id == "UA"))
    own = SettingsService(listed, VAULT)

    for act in (lambda: own.blocked(actor("UC")), lambda: own.block(actor("UC"), "UD", MONDAY_8)):
        with pytest.raises(UserError) as refusal:
            act()
        assert refusal.value.trouble.problem == Problem.LIST_LOCKED
    assert own.blocked(actor("UA")) == ("UB",)


def test_a_new_key_comes_in_steps_in_each_of_which_every_process_opens_everything(listed: Database) -> None:
    RoundService(listed, load_guides(), VAULT).start(due_row(listed, DueKind.ROUND), MONDAY_8 + timedelta(minutes=1))
    everything = len(rows(listed, PrivateList)) + len(rows(listed, RoundInputs))

    def opens(vault: Vault) -> bool:
        return SettingsService(listed, vault).blocked(actor("UA"))[0] == "UB"

    # The new key stands behind the old one everywhere, and then before it in one process after another.
    assert opens(VAULT)
    assert opens(BEHIND)
    assert opens(BEFORE)
    SettingsService(listed, BEFORE).block(actor("UA"), "UD", MONDAY_8)
    assert opens(BEHIND)
    assert opens(BEFORE)
    assert SealService(listed, BEFORE).renew("T1") == Seals((everything, 0), 0, ())
    for vault in (BEHIND, BEFORE, ALONE):
        assert opens(vault)
    assert HealthService(listed, ALONE).look(MONDAY_8).seals == Seals((everything,), 0, ())


def test_what_was_sealed_in_the_way_before_opens_and_is_renewed(listed: Database) -> None:
    older = Fernet(KEY).encrypt(b"UD").decode()
    spoil(listed, "UA", f"{older} {older}")

    assert SettingsService(listed, VAULT).blocked(actor("UA")) == ("UD",)
    health = HealthService(listed, VAULT).look(MONDAY_8)
    assert (health.seals, Reason.OTHER_KEY in health.reasons) == (Seals((2,), 1, ()), True)
    assert SealService(listed, VAULT).renew("T1") == Seals((2,), 0, ())
    assert SettingsService(listed, VAULT).blocked(actor("UA")) == ("UD",)


def test_what_cannot_be_opened_is_named_and_left_as_it_is(listed: Database) -> None:
    spoil(listed, "UA", "nothing")

    seals = SealService(listed, BEFORE).renew("T1")

    assert seals == Seals((1, 0), 0, (HERE,))
    assert {row.user_id: row.sealed for row in rows(listed, PrivateList)}["UA"] == "nothing"
    health = HealthService(listed, VAULT).look(MONDAY_8)
    assert Reason.UNOPENED in health.reasons
    assert HERE in health.seals.unopened


@pytest.mark.parametrize("vault", [VAULT, Vault()], ids=["another key", "no key"])
def test_whose_list_cannot_be_opened_is_not_introduced_and_others_are(listed: Database, vault: Vault) -> None:
    spoil(listed, "UA", "nothing")
    with listed.write() as session:
        session.delete(session.get_one(PrivateList, ("T1", "UC")))
        add_members(session, session.get_one(Community, 1), "UE")

    RoundService(listed, load_guides(), vault).start(due_row(listed, DueKind.ROUND), MONDAY_8 + timedelta(minutes=1))

    assert {seat.user_id for seat in rows(listed, Seat)} == {"UB", "UC", "UD", "UE"}


def test_an_erasure_is_not_held_up_by_a_list_that_cannot_be_opened(listed: Database) -> None:
    before = {row.user_id: row.sealed for row in rows(listed, PrivateList)}
    spoil(listed, "UA", "nothing")
    with listed.write() as session:
        due.set_due(session, "T1", DueKind.ERASE, "UB", MONDAY_8)

    PrivacyService(listed, VAULT).erase(due_row(listed, DueKind.ERASE, "UB"), MONDAY_8)

    # Nobody is left on the list of the other, and the spoiled one stays until its key is there again.
    assert {row.user_id: row.sealed for row in rows(listed, PrivateList)} == {"UA": "nothing"}
    spoil(listed, "UA", before["UA"])
    SealService(listed, VAULT).renew("T1")
    assert rows(listed, PrivateList) == []


def test_nothing_is_sealed_without_a_key() -> None:
    with pytest.raises(NoKeyError):
        Vault().seal("UB", HERE)


def test_the_command_says_which_keys_are_still_needed_and_whose_entries_it_would_touch(
    listed: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    def renew(keys: str, workspace: str = "") -> int:
        settings = read_settings(
            {
                "SLACK_BOT_TOKEN": "xoxb-1",
                "SLACK_APP_TOKEN": "xapp-1",
                "DATABASE_URL": listed.url,
                "PEERLOOP_KEYS": keys,
            }
        )
        return renew_seals(settings, workspace)

    assert renew(f"{NEW},{KEY}") == 0
    assert capsys.readouterr().out.splitlines() == [
        "Key 1: 2 entries",
        "Key 2: 0 entries",
        "Only the first key is needed. Take the others off PEERLOOP_KEYS and restart.",
    ]
    assert renew(KEY) == NOT_FINE
    assert capsys.readouterr().out.splitlines() == [
        "Key 1: 0 entries",
        "None of the keys: T1  private list UA",
        "None of the keys: T1  private list UC",
    ]
    SettingsService(listed, VAULT).block(Actor(Tenant("T2"), "UA", "act"), "UB", MONDAY_8)
    with pytest.raises(SeveralWorkspacesError, match="T1, T2"):
        renew(KEY)
    assert renew(KEY, "T2") == 0
    with pytest.raises(NoKeyError):
        renew("")
