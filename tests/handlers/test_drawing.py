"""App Home is drawn once for all that a person did while it was being drawn."""

import threading
from functools import partial

import pytest

from handlers.drawing import Drawings
from tests.effort import PATIENCE


def test_what_a_person_does_while_their_home_is_drawn_is_shown_by_one_more_drawing() -> None:
    drawings, begun, may_end = Drawings(), threading.Event(), threading.Event()
    done: list[str] = []
    shown: list[tuple[str, ...]] = []

    def show() -> None:
        shown.append(tuple(done))

    def show_slowly() -> None:
        show()
        begun.set()
        assert may_end.wait(PATIENCE)

    done.append("first")
    first = threading.Thread(target=drawings.draw, args=("U1", show_slowly))
    first.start()
    assert begun.wait(PATIENCE)
    for number in range(9):
        done.append(str(number))
        drawings.draw("U1", show)
    may_end.set()
    first.join(PATIENCE)

    assert shown == [("first",), tuple(done)]


def test_nobody_waits_for_the_home_of_another() -> None:
    drawings, begun, may_end = Drawings(), threading.Event(), threading.Event()
    shown: list[str] = []

    def show_slowly() -> None:
        begun.set()
        assert may_end.wait(PATIENCE)

    other = threading.Thread(target=drawings.draw, args=("U1", show_slowly))
    other.start()
    assert begun.wait(PATIENCE)

    drawings.draw("U2", partial(shown.append, "U2"))

    assert shown == ["U2"]
    may_end.set()
    other.join(PATIENCE)


def test_a_drawing_that_fails_keeps_no_later_one_away() -> None:
    drawings = Drawings()
    shown: list[str] = []

    def fail() -> None:
        raise RuntimeError("nothing to draw with")

    with pytest.raises(RuntimeError, match="nothing to draw with"):
        drawings.draw("U1", fail)
    drawings.draw("U1", partial(shown.append, "U1"))

    assert shown == ["U1"]
