"""Who is never introduced to whom, and by whose wish; the reason is nobody's business."""

from collections.abc import Collection, Sequence

from sqlmodel import Session

from storage import members, private_lists
from storage.privacy.vault import Vault


def keepers(session: Session, vault: Vault, workspace: str, people: Sequence[str]) -> tuple[str, ...]:
    """Return those of these people who are kept from another of them: by a manager named, or by their private list."""
    managers = {person.user_id: person.manager for person in members.list_people(session, workspace, people)}
    return tuple(
        one
        for one in people
        if {managers.get(one, ""), *private_lists.list_blocked(session, vault, workspace, one)} & ({*people} - {one})
    )


def kept_from(session: Session, vault: Vault, workspace: str, one: str, others: Collection[str]) -> frozenset[str]:
    """Return those of some people who are never introduced to one person; the queries do not grow with their number."""
    people = [one, *others]
    managers = {person.user_id: person.manager for person in members.list_people(session, workspace, people)}
    lists = private_lists.list_blocked_of(session, vault, workspace, people)
    avoided = {managers.get(one, ""), *lists.get(one, ())}
    return frozenset(
        other
        for other in others
        if other in avoided or one == managers.get(other, "") or one in lists.get(other, frozenset())
    )
