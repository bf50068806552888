"""Events on their way to the app: straight, or as the faults have it."""

import asyncio
import random
from dataclasses import dataclass, field

from playground.delivery.faults import EVENT, Faults, Rule
from playground.delivery.link import AppLink, new_event_id
from playground.state.store import Json


@dataclass
class Held:
    """Events that wait until they can go out in the wrong order."""

    rule: Rule
    event_ids: list[str] = field(default_factory=list)
    timer: asyncio.TimerHandle | None = None


class Mishaps:
    """What happens to events between their raising and their delivery.

    Args:
        link: delivers them.
        faults: says which of them go wrong.
    """

    def __init__(self, link: AppLink, faults: Faults) -> None:
        self._link = link
        self._faults = faults
        self._held: dict[int, Held] = {}

    def send(self, payload: Json) -> None:
        """Send an event, or do to it what a rule says."""
        rule = self._faults.meet(EVENT, payload["event"]["type"], payload["event"])
        if rule is None:
            self._link.send_event(payload)
            return
        noted = rule.noted()
        if rule.what == "event_delayed":
            self._link.send_event(payload, delay=rule.delay, fault=noted)
        elif rule.what == "event_only_as_retry":
            self._link.send_event(payload, delay=rule.delay, fault=noted, as_retry=True)
        elif rule.what == "events_shuffled":
            self._hold(rule, payload)
        else:
            self._link.send_event(payload, fault=noted)
            if rule.what == "event_repeated_as_new":
                self._link.send_event(payload | {"event_id": new_event_id()}, fault=noted)
            else:
                self._link.send_copy(payload, fault=noted)

    def release(self) -> None:
        """Send all that is held back, for the person who clears the faults."""
        for rule_id in list(self._held):
            self._release(rule_id)

    def forget(self) -> None:
        """Drop what is held back, for a workspace that starts over or ends."""
        for held in self._held.values():
            if held.timer is not None:
                held.timer.cancel()
        self._held.clear()

    def _hold(self, rule: Rule, payload: Json) -> None:
        """Keep an event until the rule has all it wants, or until its delay is over."""
        held = self._held.setdefault(rule.id, Held(rule))
        self._link.keep_event(payload, fault=rule.noted())
        held.event_ids.append(payload["event_id"])
        if held.timer is None:
            held.timer = asyncio.get_running_loop().call_later(rule.delay, self._release, rule.id)
        if rule.left == 0:
            self._release(rule.id)

    def _release(self, rule_id: int) -> None:
        held = self._held.pop(rule_id, None)
        if held is None:
            return
        if held.timer is not None:
            held.timer.cancel()
        for event_id in in_wrong_order(held.event_ids, held.rule.random):
            self._link.deliver_kept(event_id)


def in_wrong_order(event_ids: list[str], draw: random.Random) -> list[str]:
    """Shuffle so that the order is another one; a single event stays what it is."""
    shuffled = list(event_ids)
    draw.shuffle(shuffled)
    return shuffled if shuffled != event_ids else event_ids[1:] + event_ids[:1]
