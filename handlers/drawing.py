"""When App Home is drawn again: once for all that a person did while it was being drawn."""

import threading
from collections.abc import Callable, Hashable


class Drawings:
    """Draws for each person one time after another, and leaves out what a later drawing shows as well."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._drawing: set[Hashable] = set()
        self._next: dict[Hashable, Callable[[], None]] = {}

    def draw(self, whose: Hashable, draw: Callable[[], None]) -> None:
        """Draw what a person sees, after something that they did.

        While another thread draws for them, that thread draws once more, by the last `draw` that it was given.

        Args:
            whose: The person.
            draw: Reads how things are now and shows it.
        """
        with self._guard:
            if whose in self._drawing:
                self._next[whose] = draw
                return
            self._drawing.add(whose)
        try:
            draw()
        finally:
            following = self._end(whose)
            if following is not None:
                self.draw(whose, following)

    def _end(self, whose: Hashable) -> Callable[[], None] | None:
        """Let others draw for a person; return what was to be drawn meanwhile."""
        with self._guard:
            self._drawing.discard(whose)
            return self._next.pop(whose, None)
