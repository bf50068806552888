"""Tells the person who shows the workspace that something changed."""

import asyncio
from collections.abc import AsyncIterator

BURST = 0.05


class Changes:
    """A bell: `ring` wakes every listener, and bursts within 50 ms count as one."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Event] = set()
        self._closed = False

    def ring(self) -> None:
        """Wake the listeners."""
        for listener in self._listeners:
            listener.set()

    def close(self) -> None:
        """End every listener's iteration, so that the server can stop."""
        self._closed = True
        self.ring()

    async def subscribe(self) -> AsyncIterator[None]:
        """Yield once after every burst of changes until the server stops."""
        listener = asyncio.Event()
        self._listeners.add(listener)
        try:
            while True:
                await listener.wait()
                if self._closed:
                    return
                await asyncio.sleep(BURST)
                listener.clear()
                yield
        finally:
            self._listeners.discard(listener)
