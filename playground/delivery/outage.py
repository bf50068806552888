"""A Slack that is away: refuses connections, answers 503 to everything, or answers nothing at all.

Only what the app sees goes away. People, the page and the control API are still there; while connections are
refused they are reached by new connections only at the server's second address.
"""

import asyncio
from collections.abc import Awaitable, Callable

from playground.state.state import WorkspaceError
from playground.state.store import Json

REFUSED, UNAVAILABLE, FROZEN = "refused", "unavailable", "frozen"
MODES = (REFUSED, UNAVAILABLE, FROZEN)


class Outage:
    """Whether Slack is away, and how.

    `door` is what the server does to refuse connections (False) and to take them again (True); `listeners` are
    called after every change with the mode, None for a Slack that is there.
    """

    def __init__(self) -> None:
        self.mode: str | None = None
        self.control_url = ""
        self.door: Callable[[bool], Awaitable[None]] | None = None
        self.listeners: list[Callable[[str | None], None]] = []
        self._over = asyncio.Event()
        self._over.set()
        self._timer: asyncio.Task[None] | None = None

    async def begin(self, mode: str, seconds: float | None = None) -> None:
        """Take Slack away, for some seconds or until `end`; raises WorkspaceError for an unknown mode."""
        if mode not in MODES:
            raise WorkspaceError(f"Slack is not away like {mode!r}; it can be {', '.join(MODES)}.")
        await self._change(mode)
        if seconds is not None:
            self._timer = asyncio.get_running_loop().create_task(self._end_after(seconds))

    async def end(self) -> None:
        """Bring Slack back; nothing happens when it is there."""
        await self._change(None)

    async def wait_until_over(self) -> None:
        """Wait until Slack answers again."""
        await self._over.wait()

    def shown(self) -> Json:
        """Show the mode (None when Slack is there) and where the control API can be reached whatever happens."""
        return {"mode": self.mode, "control_url": self.control_url}

    def close(self) -> None:
        """Let go the person who waits, so that the server can stop."""
        self._stop_timer()
        self._over.set()

    async def _change(self, mode: str | None) -> None:
        self._stop_timer()
        before, self.mode = self.mode, mode
        if mode is None:
            self._over.set()
        else:
            self._over.clear()
        if self.door is not None and (before == REFUSED) != (mode == REFUSED):
            await self.door(mode != REFUSED)
        for listener in self.listeners:
            listener(mode)

    async def _end_after(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._timer = None
        await self.end()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
