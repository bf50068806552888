"""User groups: who is in them, and what the app hears of their changes."""

from playground.delivery.events import Feed
from playground.state.clock import MovableClock
from playground.state.state import BOT_USER_ID, TEAM_ID, State, WorkspaceError
from playground.state.store import Json

KIND = "usergroup"


class Groups:
    """All user groups of the workspace, as Slack's objects.

    Args:
        state: keeps them.
        clock: dates them.
        feed: tells the app.
    """

    def __init__(self, state: State, clock: MovableClock, feed: Feed) -> None:
        self._state = state
        self._clock = clock
        self._feed = feed

    def all(self) -> list[Json]:
        """List the groups, those that are switched off too."""
        return list(self._state.facts(KIND).values())

    def find(self, group_id: str) -> Json | None:
        """Find a group."""
        return self._state.facts(KIND).get(group_id)

    def create(self, name: str, handle: str, description: str, maker: str = BOT_USER_ID) -> Json:
        """Make a group without members; raises WorkspaceError for a taken name or handle."""
        group: Json = {"id": self._state.new_id("S"), "team_id": TEAM_ID, "is_usergroup": True}
        group |= {"name": name, "handle": handle, "description": description, "users": []}
        group |= {"date_create": self._now(), "date_delete": 0, "created_by": maker}
        self._check_free(group)
        saved = self._saved(group)
        self._feed.group_changed("created", {"subteam": shown_group(saved)})
        return saved

    def change(self, group: Json, **changes: object) -> Json:
        """Change a group's fields; raises WorkspaceError for a taken name or handle."""
        changed = group | changes
        self._check_free(changed)
        saved = self._saved(changed)
        self._feed.group_changed("updated", {"subteam": shown_group(saved)})
        return saved

    def fill(self, group: Json, users: list[str]) -> Json:
        """Say who is in a group; raises WorkspaceError for people who are not there."""
        people = self._state.people
        if any(user not in people or people[user].deleted for user in users):
            raise WorkspaceError("invalid_users")
        before = group["users"]
        saved = self._saved(group | {"users": list(dict.fromkeys(users))})
        added = [user for user in saved["users"] if user not in before]
        removed = [user for user in before if user not in saved["users"]]
        body = {"subteam_id": group["id"], "team_id": TEAM_ID, "added_users": added, "removed_users": removed}
        body |= {"added_users_count": len(added), "removed_users_count": len(removed)}
        self._feed.group_changed("members_changed", body | {"date_update": saved["date_update"]})
        return saved

    def _check_free(self, group: Json) -> None:
        others = [one for one in self.all() if one["id"] != group["id"]]
        for field in ("name", "handle"):
            if any(one[field] == group[field] for one in others):
                raise WorkspaceError(f"{field}_already_exists")

    def _saved(self, group: Json) -> Json:
        group = group | {"date_update": self._now()}
        self._state.save_fact(KIND, group["id"], group)
        return group

    def _now(self) -> int:
        return int(self._clock.timestamp())


def shown_group(group: Json, *, with_users: bool = True, with_count: bool = True) -> Json:
    """Show a group as Slack does."""
    shown = {name: value for name, value in group.items() if name != "users" or with_users}
    return shown | ({"user_count": len(group["users"])} if with_count else {})
