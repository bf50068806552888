"""The sample colleagues when they answer by themselves: who does what when is drawn from a seed."""

import asyncio
import heapq
import random
import re
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from playground.people.visit import Habit
from playground.state.clock import MovableClock
from playground.state.objects import SLACKBOT
from playground.state.state import BOT_USER_ID, Message, State, WorkspaceError
from playground.state.store import Json

# How often it is looked who wants to do something, in real seconds.
EVERY = 0.25
# So many of the newest messages of each conversation are looked at when the colleagues begin.
LOOK_BACK = 20
# A page with two people side by side shows two at a time.
WATCHED = 2
MENTION = re.compile(r"<@(U[A-Z0-9]+)")


class Acts(Protocol):
    """What a colleague can do; the workspace is one."""

    def click(self, user: str, action_id: str, **chosen: object) -> Awaitable[Json]:
        """Press a button."""
        ...

    def say(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> Awaitable[Json]:
        """Write a message."""
        ...

    def command(self, user: str, channel: str, command: str, text: str = "") -> Awaitable[Json]:
        """Use a command."""
        ...


@dataclass(frozen=True, order=True)
class Intention:
    """What somebody is about to do, and when by the workspace's clock (Unix seconds)."""

    at: float
    order: int
    person: str = field(compare=False)
    habit: Habit = field(compare=False)
    message: Message = field(compare=False)
    draw: float = field(compare=False)


class Crowd:
    """Colleagues who answer the app by their habits, except those whom somebody at the page acts as.

    Args:
        state: who and what there is.
        clock: when they act.
        acts: how they act.
        habits: what they do.
        changed: called when they begin or stop.
        seed: the same seed, messages and times give the same acts.
    """

    def __init__(
        self,
        state: State,
        clock: MovableClock,
        acts: Acts,
        habits: Sequence[Habit],
        changed: Callable[[], None],
        seed: int = 1,
    ) -> None:
        self._state = state
        self._clock = clock
        self._acts = acts
        self._habits = habits
        self._changed = changed
        self._seed = seed
        self._waiting: list[Intention] = []
        self._met: set[tuple[int, str, str, str]] = set()
        self._said: dict[tuple[Habit, str, str], set[str]] = {}
        self._acted_as: set[str] = set()
        self._watched: deque[str] = deque(maxlen=WATCHED)
        self._task: asyncio.Task[None] | None = None

    @property
    def can_answer(self) -> bool:
        """Tell whether the colleagues have any habits."""
        return bool(self._habits)

    @property
    def answers(self) -> bool:
        """Tell whether they answer by themselves now."""
        return self._task is not None

    def begin(self) -> None:
        """Let them answer, also what has been said lately."""
        if self._task is None and self._habits:
            self._task = asyncio.get_running_loop().create_task(self._answer_all())
            for messages in list(self._state.messages.values()):
                for message in messages[-LOOK_BACK:]:
                    self.notice(message)
            self._changed()

    def stop(self) -> None:
        """Let them do nothing more by themselves."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
            self._waiting.clear()
            self._met.clear()
            self._said.clear()
            self._changed()

    def watch(self, person: str) -> None:
        """Note that the page shows a person's side; while it does, they do nothing by themselves."""
        if person not in self._watched:
            self._watched.append(person)

    def act_as(self, person: str) -> None:
        """Note that somebody at the page acts as a person, who from then on leaves it to them."""
        self._acted_as.add(person)

    def notice(self, message: Message) -> None:
        """Look at a message that is new or has changed."""
        if self._task is None or message.user != BOT_USER_ID:
            return
        labels = [label for label, _ in _buttons(message)]
        for number, habit in enumerate(self._habits):
            if any(_reads(label, habit.sees) for label in labels):
                for person in self._readers(message):
                    self._intend(number, habit, person, message)

    def _readers(self, message: Message) -> list[str]:
        people = self._state.people
        readers = [message.reader] if message.reader else self._state.conversations[message.channel].members
        return [
            one
            for one in readers
            if not (people[one].is_bot or people[one].deleted or people[one].is_restricted or one == SLACKBOT)
        ]

    def _intend(self, number: int, habit: Habit, person: str, message: Message) -> None:
        # Each of them thinks once about each button, however often the message changes.
        thought = (number, person, message.channel, message.ts)
        if thought in self._met:
            return
        self._met.add(thought)
        # What a message says decides with the seed, not its ts, which would differ with each run.
        chance = random.Random(f"{self._seed} {number} {person} {message.text}")  # noqa: S311 - a play, no secret
        if chance.random() >= habit.share:
            return
        # Squared: many answer soon, a few late.
        delay = habit.within * chance.random() ** 2
        at = self._clock.timestamp() + delay / timedelta(seconds=1)
        heapq.heappush(self._waiting, Intention(at, len(self._met), person, habit, message, chance.random()))

    async def _answer_all(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            while self._waiting and self._waiting[0].at <= self._clock.timestamp():
                intention = heapq.heappop(self._waiting)
                if intention.person not in self._acted_as and intention.person not in self._watched:
                    await self._answer(intention)

    async def _answer(self, intention: Intention) -> None:
        person, habit, message = intention.person, intention.habit, intention.message
        try:
            if habit.press:
                await self._press(person, habit.press, message)
            if habit.say:
                text = self._fresh(intention)
                await self._acts.say(person, message.channel, text, message.ts if habit.in_thread else None)
            if habit.type:
                await self._type(person, self._fresh(intention), habit.where, message)
        except WorkspaceError:
            # The message or the place is gone, or the person is: then they just do not answer.
            return

    def _fresh(self, intention: Intention) -> str:
        """Choose what somebody says; what was said to this message already only when all was."""
        habit, message = intention.habit, intention.message
        texts = habit.say or habit.type
        said = self._said.setdefault((habit, message.channel, message.ts), set())
        left = [text for text in texts if text not in said] or texts
        text = left[int(intention.draw * len(left))]
        said.add(text)
        return text

    async def _press(self, person: str, label: str, message: Message) -> None:
        for shown, button in _buttons(message):
            if _reads(shown, label):
                where = {"channel": message.channel, "ts": message.ts, "block_id": button["block_id"]}
                await self._acts.click(person, button["action_id"], value=button.get("value"), **where)
                return

    async def _type(self, person: str, line: str, where: str, message: Message) -> None:
        named = [one for one in MENTION.findall(message.text) if one != person and one in self._state.people]
        channel = next((one.id for one in self._state.named() if one.name == where), None)
        if channel is None or ("{other}" in line and not named):
            return
        if named:
            line = line.replace("{other}", f"@{self._state.people[named[0]].name}")
        command, _, text = line.partition(" ")
        await self._acts.command(person, channel, command, text)


def _reads(label: str, wanted: str) -> bool:
    """Tell whether a button reads as wanted; a number or the like may follow."""
    return label == wanted or label.startswith(f"{wanted} ")


def _buttons(message: Message) -> Iterator[tuple[str, Json]]:
    """List a message's buttons that ask the app something, each with its label."""
    for block in message.blocks:
        for element in (*block.get("elements", ()), block.get("accessory") or {}):
            if isinstance(element, dict) and element.get("type") == "button" and not element.get("url"):
                yield str(element.get("text", {}).get("text", "")), element | {"block_id": block["block_id"]}
