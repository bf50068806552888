"""Who is never introduced to whom, and by whose wish; the reason is nobody's business."""

from collections.abc import Sequence

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
