"""Private lists: whom somebody does not want to meet, unreadable in the database."""

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from sqlalchemy import bindparam
from sqlmodel import Field, Session, col, select

from storage.bulk import batches
from storage.privacy.inventory import Entry, Fate
from storage.privacy.vault import NoKeyError, Place, Vault, WrongKeyError
from storage.tables import Table


class PrivateList(Table, table=True):
    """One person's list; `sealed` holds the ids on it, separated by spaces."""

    workspace: str = Field(primary_key=True)
    user_id: str = Field(primary_key=True)
    sealed: str

    privacy = Entry(
        people={"user_id": Fate.REMOVED},
        among={"sealed": Fate.OWN_STEP},
        told=("user_id",),
        # The export opens it.
        columns=("user_id",),
    )


def place_of(row: PrivateList) -> Place:
    """Return where a list is sealed for: in anybody else's row it does not open."""
    return Place("private list", row.workspace, row.user_id)


def list_blocked(session: Session, vault: Vault, workspace: str, user_id: str) -> tuple[str, ...]:
    """List the ids on a person's list, in the order in which they were put there.

    Raises:
        NoKeyError, WrongKeyError: The list cannot be opened.
    """
    found = session.get(PrivateList, (workspace, user_id))
    return _opened(vault, found) if found is not None else ()


def find_blocked(session: Session, vault: Vault, workspace: str, user_id: str) -> frozenset[str] | None:
    """Return the ids on a person's list, or None when it cannot be opened: it may name anybody then."""
    return list_blocked_of(session, vault, workspace, [user_id]).get(user_id, frozenset())


_OF_PEOPLE: Final = select(PrivateList).where(
    col(PrivateList.workspace) == bindparam("of_workspace"),
    col(PrivateList.user_id).in_(bindparam("user_ids", expanding=True)),
)


def list_blocked_of(
    session: Session, vault: Vault, workspace: str, user_ids: Sequence[str]
) -> dict[str, frozenset[str] | None]:
    """Return the ids on the lists of some people, by whose list it is; None for a list that cannot be opened.

    A person without a list is left out.
    """
    found = (
        row
        for some in batches(user_ids)
        for row in session.exec(_OF_PEOPLE, params={"of_workspace": workspace, "user_ids": some})
    )
    return {row.user_id: _may_open(vault, row) for row in found}


def list_all_blocked(session: Session, vault: Vault, workspace: str) -> dict[str, frozenset[str] | None]:
    """Return the ids on every list of a workspace, by whose list it is; None for a list that cannot be opened."""
    query = select(PrivateList).where(PrivateList.workspace == workspace)
    return {row.user_id: _may_open(vault, row) for row in session.exec(query)}


def has_any(session: Session, workspace: str, user_ids: Collection[str]) -> bool:
    """Tell whether one of some people has a private list."""
    query = select(PrivateList.user_id).where(
        PrivateList.workspace == workspace, col(PrivateList.user_id).in_(user_ids)
    )
    return session.exec(query.limit(1)).first() is not None


def set_blocked(session: Session, vault: Vault, workspace: str, user_id: str, others: Iterable[str]) -> None:
    """Put exactly these ids on a person's list."""
    ids = " ".join(others)
    found = session.get(PrivateList, (workspace, user_id))
    if not ids:
        if found is not None:
            session.delete(found)
        return
    row = found or PrivateList(workspace=workspace, user_id=user_id, sealed="")
    row.sealed = vault.seal(ids, place_of(row))
    session.add(row)


def list_seals(session: Session, workspace: str) -> dict[str, str]:
    """Return every list of a workspace as it is sealed, by whose list it is; each change seals it in another way."""
    query = select(PrivateList.user_id, PrivateList.sealed).where(PrivateList.workspace == workspace)
    return dict(session.exec(query).all())


def list_sealed(session: Session, workspace: str) -> Sequence[PrivateList]:
    """List every list of a workspace, unopened."""
    query = select(PrivateList).where(PrivateList.workspace == workspace)
    return session.exec(query.order_by(col(PrivateList.user_id))).all()


def list_workspaces(session: Session) -> Sequence[str]:
    """List the workspaces in which somebody has a private list."""
    return session.exec(select(PrivateList.workspace).distinct()).all()


def _opened(vault: Vault, row: PrivateList) -> tuple[str, ...]:
    return tuple(dict.fromkeys(vault.open(row.sealed, place_of(row)).split()))


def _may_open(vault: Vault, row: PrivateList) -> frozenset[str] | None:
    try:
        return frozenset(_opened(vault, row))
    except (NoKeyError, WrongKeyError):
        return None
