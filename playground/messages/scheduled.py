"""Messages that the app asked Slack to post later, by the workspace's clock."""

import asyncio
from dataclasses import asdict, dataclass

from playground.messages.posts import Draft, Posts
from playground.state.clock import MovableClock
from playground.state.state import BOT_USER_ID, State
from playground.state.store import Json

LOOK_EVERY = 0.2
KIND = "scheduled"


@dataclass(frozen=True)
class Planned:
    """A message that waits; times are Unix times, `draft` holds the fields of a Draft."""

    id: str
    channel: str
    post_at: int
    created: int
    draft: Json
    thread_ts: str | None = None


class Scheduled:
    """All messages that wait; they survive a restart.

    Args:
        state: keeps them.
        clock: says when their time has come.
        posts: posts them.
    """

    def __init__(self, state: State, clock: MovableClock, posts: Posts) -> None:
        self._state = state
        self._clock = clock
        self._posts = posts

    def add(self, channel: str, post_at: int, draft: Draft, thread_ts: str | None) -> Planned:
        """Keep a message until its time."""
        now = int(self._clock.timestamp())
        planned = Planned(self._state.new_id("Q"), channel, post_at, now, asdict(draft), thread_ts)
        self._state.save_fact(KIND, planned.id, asdict(planned))
        return planned

    def of(self, channel: str | None) -> list[Planned]:
        """List what waits for a conversation, or for all."""
        everything = (Planned(**body) for body in self._state.facts(KIND).values())
        return [one for one in everything if channel in (None, one.channel)]

    def drop(self, planned_id: str) -> None:
        """Forget a message."""
        self._state.drop_fact(KIND, planned_id)

    def post_due(self) -> None:
        """Post what is due, unless the app cannot post there any more."""
        now = self._clock.timestamp()
        for planned in sorted(self.of(None), key=lambda one: one.post_at):
            if planned.post_at <= now:
                with self._state.together():
                    self.drop(planned.id)
                    self._post(planned)

    async def run(self) -> None:
        """Post what is due, again and again."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            self.post_due()

    def _post(self, planned: Planned) -> None:
        conversation = self._state.conversations[planned.channel]
        draft = Draft(**planned.draft)
        # Slack accepts a message with metadata here and never posts it.
        if BOT_USER_ID in conversation.members and not conversation.archived and draft.metadata is None:
            self._posts.post(BOT_USER_ID, planned.channel, draft, thread_ts=planned.thread_ts)
