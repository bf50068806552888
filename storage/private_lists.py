"""Private lists: whom somebody does not want to meet, unreadable in the database."""

from collections.abc import Iterable, Sequence

from sqlmodel import Field, Session, col, select

from storage.bulk import batches
from storage.privacy.inventory import Entry, Fate
from storage.privacy.vault import Vault
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


def list_blocked(session: Session, vault: Vault, workspace: str, user_id: str) -> tuple[str, ...]:
    """List the ids on a person's list, in the order in which they were put there."""
    found = session.get(PrivateList, (workspace, user_id))
    return tuple(dict.fromkeys(vault.open(found.sealed).split())) if found is not None else ()


def list_blocked_of(
    session: Session, vault: Vault, workspace: str, user_ids: Sequence[str]
) -> dict[str, frozenset[str]]:
    """Return the ids on the lists of some people, by whose list it is; a person without one is left out."""
    query = select(PrivateList).where(PrivateList.workspace == workspace)
    found = (row for some in batches(user_ids) for row in session.exec(query.where(col(PrivateList.user_id).in_(some))))
    return {row.user_id: frozenset(vault.open(row.sealed).split()) for row in found}


def list_all_blocked(session: Session, vault: Vault, workspace: str) -> dict[str, frozenset[str]]:
    """Return the ids on every list of a workspace, by whose list it is."""
    query = select(PrivateList).where(PrivateList.workspace == workspace)
    return {row.user_id: frozenset(vault.open(row.sealed).split()) for row in session.exec(query)}


def set_blocked(session: Session, vault: Vault, workspace: str, user_id: str, others: Iterable[str]) -> None:
    """Put exactly these ids on a person's list."""
    ids = " ".join(others)
    found = session.get(PrivateList, (workspace, user_id))
    if not ids:
        if found is not None:
            session.delete(found)
        return
    row = found or PrivateList(workspace=workspace, user_id=user_id, sealed="")
    row.sealed = vault.seal(ids)
    session.add(row)


def list_sealed(session: Session) -> Sequence[PrivateList]:
    """List every list there is, of all workspaces, unopened."""
    return session.exec(select(PrivateList).order_by(col(PrivateList.workspace), col(PrivateList.user_id))).all()
