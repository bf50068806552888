"""Modals and Homes: triggers, the stack of three, and what a view may contain.

Source: https://docs.slack.dev/surfaces/modals
"""

import secrets
from dataclasses import dataclass

from playground.api_error import ApiError, invalid_view
from playground.block_kit import is_too_large, review_view
from playground.manifest import Manifest
from playground.messages.elements import state_values, with_ids
from playground.state.state import State, View, real_time
from playground.state.store import Json

TRIGGER_LIFE = 3.0
DEEPEST_STACK = 3


@dataclass
class Trigger:
    """The right to open one modal for one person, until a moment of real time."""

    user: str
    expires_at: float
    used: bool = False


class Desk:
    """Every person's modals and Home.

    Args:
        state: keeps them.
        manifest: says whether there is a Home at all.
    """

    def __init__(self, state: State, manifest: Manifest) -> None:
        self._state = state
        self._manifest = manifest
        self._triggers: dict[str, Trigger] = {}

    def new_trigger(self, user: str) -> str:
        """Make a trigger id, good for one view within 3 s of real time."""
        now = real_time()
        self._triggers = {
            key: trigger for key, trigger in self._triggers.items() if now - trigger.expires_at < TRIGGER_LIFE * 20
        }
        trigger_id = f"{int(now * 1000)}.{self._state.number('ids')}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = Trigger(user, now + TRIGGER_LIFE)
        return trigger_id

    def open(self, trigger_id: str, content: Json) -> View:
        """Open the first modal of a person's stack; raises ApiError."""
        content = self._checked(content, "modal")
        user = self._use(trigger_id)
        view = self._new_view(user, content, previous=None)
        # A person has one stack: a new one takes the place of what was open.
        self._state.save_modals(user, [view])
        return view

    def push(self, trigger_id: str, content: Json) -> View:
        """Put a modal on top of a person's stack; raises ApiError."""
        content = self._checked(content, "modal")
        user = self._peek(trigger_id)
        if len(self.stack(user)) >= DEEPEST_STACK:
            raise ApiError("push_limit_reached")
        self._use(trigger_id)
        return self.put_on_top(user, content)

    def put_on_top(self, user: str, content: Json) -> View:
        """Put a modal on top without a trigger, as an answer to a submission may; raises ApiError."""
        content = self._checked(content, "modal")
        stack = self.stack(user)
        if len(stack) >= DEEPEST_STACK:
            raise ApiError("push_limit_reached")
        view = self._new_view(user, content, previous=stack[-1] if stack else None)
        self._state.save_modals(user, [*stack, view])
        return view

    def update(self, view: View, content: Json, expected_hash: str | None = None) -> View:
        """Change a view's content, keeping what the person entered where the ids stay; raises ApiError."""
        if expected_hash and expected_hash != view.hash:
            raise ApiError("hash_conflict")
        content = self._checked(content, view.content["type"], taken_by=view.id)
        view.content = content
        view.values = state_values(content["blocks"], view.values, {})
        view.errors = {}
        view.hash = self._new_hash()
        self.save(view)
        return view

    def publish(self, user: str, content: Json, expected_hash: str | None = None) -> View:
        """Put a Home in front of a person; raises ApiError."""
        if not self._manifest.home_tab:
            raise ApiError("not_enabled")
        shown = self._state.homes.get(user)
        if shown is not None:
            return self.update(shown, content, expected_hash)
        view = self._new_view(user, self._checked(content, "home"), previous=None)
        self._state.save_home(view)
        return view

    def find(self, view_id: str) -> View | None:
        """Find a view by its id or external id."""
        views = [view for stack in self._state.modals.values() for view in stack]
        for view in (*views, *self._state.homes.values()):
            if view_id and view_id in (view.id, view.content.get("external_id")):
                return view
        return None

    def stack(self, user: str) -> list[View]:
        """List a person's open modals, the top one last."""
        return list(self._state.modals.get(user, []))

    def save(self, view: View) -> None:
        """Keep a view that changed; one that was closed meanwhile stays closed."""
        if view.content["type"] == "home":
            self._state.save_home(view)
        else:
            self._state.save_modals(view.owner, self.stack(view.owner))

    def close(self, view: View) -> None:
        """Close one modal."""
        kept = [other for other in self.stack(view.owner) if other.id != view.id]
        self._state.save_modals(view.owner, kept)

    def close_all(self, user: str) -> None:
        """Close all modals of a person."""
        self._state.save_modals(user, [])

    def _new_view(self, user: str, content: Json, previous: View | None) -> View:
        view_id = self._state.new_id("V")
        return View(
            id=view_id,
            owner=user,
            content=content,
            hash=self._new_hash(),
            root_view_id=previous.root_view_id if previous else view_id,
            previous_view_id=previous.id if previous else None,
            values=state_values(content["blocks"], {}, {}),
        )

    def _new_hash(self) -> str:
        return f"{int(real_time())}.{secrets.token_hex(4)}"

    def _peek(self, trigger_id: str) -> str:
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise ApiError("invalid_trigger_id")
        if trigger.used:
            raise ApiError("exchanged_trigger_id")
        if real_time() > trigger.expires_at:
            raise ApiError("expired_trigger_id")
        return trigger.user

    def _use(self, trigger_id: str) -> str:
        user = self._peek(trigger_id)
        self._triggers[trigger_id].used = True
        return user

    def _checked(self, content: Json, kind: str, taken_by: str | None = None) -> Json:
        """Refuse what Slack does not take for a view; give a copy with all ids."""
        if is_too_large(content):
            raise ApiError("view_too_large")
        findings = review_view(content, kind)
        if findings:
            raise invalid_view(findings)
        external = content.get("external_id")
        holder = self.find(external) if external else None
        if holder is not None and holder.id != taken_by:
            raise ApiError("duplicate_external_id")
        return content | {"blocks": with_ids(content["blocks"], self._state.new_id)}
