"""Changes to people: new ones, moved ones, people who leave or set a status."""

import functools
import re
from zoneinfo import available_timezones

from playground.delivery.events import Feed
from playground.people.sample import person_id
from playground.state.clock import MovableClock
from playground.state.state import Person, State, WorkspaceError
from playground.state.store import Json

HANDLE = re.compile(r"[a-z0-9][a-z0-9._-]{0,20}")
KINDS: dict[str, Json] = {
    "member": {},
    "guest": {"is_restricted": True},
    "single_channel_guest": {"is_restricted": True, "is_ultra_restricted": True},
    "external": {"team": "T0OTHER1"},
}
STATUS = ("status_text", "status_emoji", "status_expiration")
DND = ("dnd_start", "dnd_end")
CHANGEABLE = (
    {"deleted": bool, "tz": str, "locale": str, "real_name": str, "status_expiration": int}
    | dict.fromkeys(STATUS[:2], str)
    | dict.fromkeys(DND, int)
)


class Colleagues:
    """The people of the workspace.

    Args:
        state: keeps them.
        clock: dates the changes.
        feed: tells the app.
    """

    def __init__(self, state: State, clock: MovableClock, feed: Feed) -> None:
        self._state = state
        self._clock = clock
        self._feed = feed

    def get(self, who: str) -> Person:
        """Find a person by id; raises WorkspaceError."""
        person = self._state.people.get(who)
        if person is None:
            raise WorkspaceError(f"There is nobody with the id {who!r}.")
        return person

    def find_handle(self, handle: str) -> Person:
        """Find a person by `@handle`; raises WorkspaceError."""
        name = handle.lstrip("@")
        if not name:
            raise WorkspaceError("Say whom, such as @amara.")
        person = next((one for one in self._state.people.values() if one.name == name), None)
        if person is None:
            raise WorkspaceError(f"There is nobody called @{name}.")
        return person

    def add(self, name: str, real_name: str, tz: str, kind: str = "member") -> Person:
        """Let somebody of a kind join the workspace; raises WorkspaceError for a bad kind, handle or zone."""
        _check_zone(tz)
        if kind not in KINDS:
            raise WorkspaceError(f"People are of the kinds {', '.join(KINDS)}.")
        if HANDLE.fullmatch(name) is None:
            raise WorkspaceError("A handle has up to 21 lowercase letters, digits, dots, hyphens and underscores.")
        if any(name == one.name for one in self._state.people.values()):
            raise WorkspaceError(f"The handle @{name} is taken.")
        who = re.sub(r"[^A-Z0-9]", "", person_id(name))
        if who in self._state.people:
            who = self._state.new_id("U")
        person = Person(who, name, real_name, tz, email=f"{name}@example.com", updated=self._now(), **KINDS[kind])
        self._state.save_person(person)
        self._feed.person_joined(person)
        return person

    def change(self, who: str, changes: dict[str, object]) -> Person:
        """Change `deleted`, `tz`, `locale`, `real_name`, the status or do-not-disturb; raises WorkspaceError."""
        person = self.get(who)
        for name, value in changes.items():
            if name not in CHANGEABLE or not isinstance(value, CHANGEABLE[name]):
                raise WorkspaceError(f"{name!r} cannot be changed to {value!r}.")
            if name == "tz":
                _check_zone(str(value))
        for name, value in changes.items():
            setattr(person, name, value)
        person.updated = self._now()
        self._state.save_person(person)
        if person.deleted:
            self._leave_channels(person)
        also = ["user_profile_changed"] if {"real_name", *STATUS} & set(changes) else []
        also += ["user_status_changed"] if set(STATUS) & set(changes) else []
        if not set(changes) <= set(DND):
            # Do-not-disturb is no part of an account; it has an event of its own, which is not there yet.
            self._feed.person_changed(person, *also)
        return person

    def _leave_channels(self, person: Person) -> None:
        """Take a deactivated person out of every channel, as Slack does."""
        for conversation in self._state.conversations.values():
            if conversation.is_named and person.id in conversation.members:
                conversation.members.remove(person.id)
                self._state.save_conversation(conversation)

    def _now(self) -> int:
        return int(self._clock.timestamp())


@functools.cache
def _zones() -> frozenset[str]:
    # Reading them takes longer than everything else about a new person.
    return frozenset(available_timezones())


def _check_zone(tz: str) -> None:
    if tz not in _zones():
        raise WorkspaceError(f"There is no time zone {tz!r}.")
