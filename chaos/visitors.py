"""People who use the bot while it is killed, and what it told them that it had taken.

An act counts as confirmed only when its person saw so: the form closed, or the reply appeared.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress

import httpx

from playground.client import Json, RefusedError, WorkspaceClient

PATIENCE_SECONDS = 3.0
GOALS_EACH = 3


class Visitors:
    """A thread in which one person after another sets a goal, thanks, taps or answers.

    Args:
        base_url: The local workspace.
        channel: The community's.
        people: Everybody in it.
        chance: Chooses who does what.
    """

    def __init__(self, base_url: str, channel: str, people: Sequence[str], chance: random.Random) -> None:
        self._client = WorkspaceClient(base_url)
        self._channel = channel
        self._people = people
        self._chance = chance
        self._goals = Counter[str]()
        self._number = 0
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._visit, name="visitors")
        self.tried = 0
        self.goals: list[str] = []
        self.deeds: list[str] = []
        self.taps: list[tuple[str, int]] = []
        self.answers: list[tuple[str, int]] = []

    @property
    def confirmed(self) -> int:
        """How many acts their people were told had been taken."""
        return sum(self.confirmed_by_kind.values())

    @property
    def confirmed_by_kind(self) -> dict[str, int]:
        """The same, for each kind of act."""
        return {
            "goals": len(self.goals),
            "thanks": len(self.deeds),
            "taps": len(self.taps),
            "answers": len(self.answers),
        }

    def arrive(self) -> None:
        """Begin to act."""
        self._thread.start()

    def leave(self) -> None:
        """Finish the act in hand and do no other."""
        self._leaving.set()
        self._thread.join()
        self._client.close()

    def _visit(self) -> None:
        # A channel takes one message a second, so not every second act may be thanks.
        acts = (self._thank, *(2 * (self._set_goal, self._tap, self._answer)))
        while not self._leaving.is_set():
            self.tried += 1
            # What the bot could not take, it has not confirmed; an ordinary person tries something else later.
            with suppress(RefusedError, TimeoutError, LookupError, StopIteration, httpx.TransportError):
                self._chance.choice(acts)(self._chance.choice(self._people))
            self._leaving.wait(self._chance.uniform(0.0, 0.5))

    def _set_goal(self, who: str) -> None:
        if self._goals[who] == GOALS_EACH:
            return
        title = self._unique("run retro number")
        if self._fill_in(who, "/goal", {"title": {"value": title}, "evidence": {"value": "I do it alone once"}}):
            self._goals[who] += 1
            self.goals.append(title)

    def _thank(self, who: str) -> None:
        other = self._chance.choice([one for one in self._people if one != who])
        deed = self._unique("showed me how the export filter works, lesson")
        words = {"deed": {"value": deed}, "effect": {"value": "so that I could do it alone"}}
        if self._fill_in(who, "/kudos", {"people": {"value": [other]}, **words}):
            self.deeds.append(deed)

    def _fill_in(self, who: str, command: str, values: Json) -> bool:
        """Open a form and submit it; it closes only when what is in it was stored."""
        self._client.command(who, self._channel, command)
        view = self._client.wait_for(lambda: self._client.views(who), PATIENCE_SECONDS)[-1]
        closed = bool(self._client.submit(who, values, view["id"])["closed"])
        if not closed:
            self._client.close_view(who, view["id"])
        return closed

    def _tap(self, who: str) -> None:
        before = self._client.messages(who, self._channel)
        prompt = next(one for one in reversed(before) if one["bot"] and one["text"].startswith("*This week"))
        known = {one["ts"] for one in before}
        did = next(one for block in prompt["blocks"] for one in _buttons(block) if one["value"].endswith(":did"))
        self._client.click(who, did["action_id"], channel=self._channel, ts=prompt["ts"], value=did["value"])
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            new = [one for one in self._client.messages(who, self._channel) if one["ts"] not in known]
            if any(one["ephemeral"] and "ounted" in one["text"] for one in new):
                self.taps.append((who, int(did["value"].partition(":")[0])))
                return
            time.sleep(0.1)

    def _answer(self, who: str) -> None:
        chat = self._client.dm(who, "U0BOT")
        notes = [one for one in self._client.messages(who, chat) if one["text"].startswith("*Did you")]
        note = next(one for one in reversed(notes) if not one["edited"])
        yes = next(one for block in note["blocks"] for one in _buttons(block) if one["value"].endswith(":yes"))
        self._client.click(who, yes["action_id"], channel=chat, ts=note["ts"], value=yes["value"])
        self._client.wait_for(lambda: self._is_edited(who, chat, note["ts"]), PATIENCE_SECONDS)
        self.answers.append((who, int(yes["value"].partition(":")[0])))

    def _is_edited(self, who: str, chat: str, ts: str) -> bool:
        return any(one["ts"] == ts and one["edited"] for one in self._client.messages(who, chat))

    def _unique(self, words: str) -> str:
        self._number += 1
        return f"{words} {self._number}"


def _buttons(block: Json) -> list[Json]:
    return [one for one in block.get("elements", []) if one.get("type") == "button"]
