"""Who is never introduced to whom, and by whose wish; the reason is nobody's business."""

from collections.abc import Collection, Sequence

from sqlmodel import Session

from storage import members, private_lists
from storage.privacy.vault import Vault


def keepers(session: Session, vault: Vault, workspace: str, people: Sequence[str]) -> tuple[str, ...]:
    """Return those of these people who are kept from another of them: by a manager named, or by their private list.

    A list that cannot be opened may name anybody, and keeps its owner from everybody.
    """
    managers = {person.user_id: person.manager for person in members.list_people(session, workspace, people)}
    lists = private_lists.list_blocked_of(session, vault, workspace, people)

    def is_kept(one: str) -> bool:
        others, blocked = {*people} - {one}, lists.get(one, frozenset())
        return bool(others) if blocked is None else bool({managers.get(one, ""), *blocked} & others)

    return tuple(one for one in people if is_kept(one))


def kept_from(session: Session, vault: Vault, workspace: str, one: str, others: Collection[str]) -> frozenset[str]:
    """Return those of some people who are never introduced to one person; the queries do not grow with their number.

    A list that cannot be opened is taken to name everybody.
    """
    people = [one, *others]
    managers = {person.user_id: person.manager for person in members.list_people(session, workspace, people)}
    lists = private_lists.list_blocked_of(session, vault, workspace, people)
    nobody = frozenset[str]()

    def avoids(first: str, second: str) -> bool:
        blocked = lists.get(first, nobody)
        return blocked is None or second in blocked or second == managers.get(first, "")

    return frozenset(other for other in others if avoids(one, other) or avoids(other, one))
