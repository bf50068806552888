"""How many private entries each of the keys opens, and how they are sealed again with the first."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlmodel import Session

from storage import members, private_lists
from storage.database import Database
from storage.privacy import erasures
from storage.privacy.vault import Place, Vault
from storage.private_lists import PrivateList
from storage.rounds import rounds
from storage.rounds.rounds import RoundInputs


class SeveralWorkspacesError(Exception):
    """It was not said which workspace is meant; the sentence names them."""


@dataclass(frozen=True, slots=True)
class Seals:
    """What is sealed.

    Args:
        by_key: How many entries each key opens, in the order of the keys.
        outdated: How many of them are to be sealed again: with the first key, or for the place where they stand.
        unopened: What none of the keys opens; its people are introduced to nobody.
    """

    by_key: tuple[int, ...]
    outdated: int
    unopened: tuple[Place, ...]


class SealService:
    """Seals again what is sealed in the database.

    Args:
        database: Where it is.
        vault: The keys.
    """

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    def workspaces(self) -> tuple[str, ...]:
        """Return the workspaces in which something is sealed."""
        with self._database.read() as session:
            return tuple(sorted({*private_lists.list_workspaces(session), *rounds.list_sealed_workspaces(session)}))

    def renew(self, workspace: str) -> Seals:
        """Seal with the first key what another one of them opens; return how it is afterwards.

        What none of them opens stays as it is. People who were erased while a list could not be opened are taken
        off it.
        """
        with self._database.write(workspace) as session:
            erased = self._erased(session, workspace)
            for row, place in _list_rows(session, workspace):
                if self._vault.key_of(row.sealed, place) is None:
                    continue
                text = self._vault.open(row.sealed, place)
                if isinstance(row, PrivateList) and erased & {*text.split()}:
                    left = [one for one in text.split() if one not in erased]
                    private_lists.set_blocked(session, self._vault, workspace, row.user_id, left)
                elif not self._vault.is_current(row.sealed, place):
                    row.sealed = self._vault.seal(text, place)
                    session.add(row)
            session.flush()
            return look_at_seals(session, self._vault, [workspace])

    def _erased(self, session: Session, workspace: str) -> set[str]:
        """Return those who were erased and have not come back."""
        erased = erasures.list_erased(session, workspace)
        return {*erased} - {person.user_id for person in members.list_people(session, workspace, erased)}


def look_at_seals(session: Session, vault: Vault, workspaces: Collection[str]) -> Seals:
    """Tell with which keys the entries of some workspaces are sealed."""
    by_key: Counter[int] = Counter()
    outdated, unopened = 0, []
    for workspace in workspaces:
        for row, place in _list_rows(session, workspace):
            key = vault.key_of(row.sealed, place)
            if key is None:
                unopened.append(place)
                continue
            by_key[key] += 1
            outdated += not vault.is_current(row.sealed, place)
    return Seals(tuple(by_key[key] for key in range(vault.key_count)), outdated, tuple(unopened))


def _list_rows(session: Session, workspace: str) -> Iterator[tuple[PrivateList | RoundInputs, Place]]:
    for listed in private_lists.list_sealed(session, workspace):
        yield listed, private_lists.place_of(listed)
    for inputs in rounds.list_sealed(session, workspace):
        yield inputs, rounds.place_of(inputs)
