"""Why these people: true, one sentence, and not the same words every time."""

from dataclasses import replace

import pytest

from bot.blocks.reasons import why
from bot.domain.pairing import ReasonKind
from bot.domain.rounds import LOOKING, THIRD, Introduction, Taught

SWAP = (Taught("UA", "UB", "SQL"), Taught("UB", "UA", "pivot tables"))
RING = (Taught("UA", "UB", "SQL"), Taught("UB", "UC", "German"), Taught("UC", "UA", "pricing"))
LESSONS = {ReasonKind.SWAP: SWAP, ReasonKind.RING: RING, ReasonKind.LESSON: SWAP[:1]}
EVERY = [*ReasonKind, LOOKING, THIRD]


def intro(
    reason: str, number: int = 1, again: int | None = None, lessons: tuple[Taught, ...] | None = None
) -> Introduction:
    people = ("UA", "UB", "UC") if reason in {ReasonKind.RING, THIRD} else ("UA", "UB")
    given = LESSONS.get(ReasonKind(reason), ()) if reason in set(ReasonKind) else ()
    return Introduction(1, people, reason, again, "guide", (), given if lessons is None else lessons, number)


@pytest.mark.parametrize("reason", EVERY)
def test_three_introductions_in_a_row_never_say_the_same(reason: str) -> None:
    again = 20 if reason == ReasonKind.LONGEST else None

    for first in range(1, 13):
        assert len({why(intro(reason, first + step, again)) for step in range(3)}) == 3


@pytest.mark.parametrize("reason", EVERY)
@pytest.mark.parametrize("number", range(1, 5))
def test_whoever_meets_again_is_told_how_long_ago_and_nobody_else_is(reason: str, number: int) -> None:
    assert "12 rounds" in why(intro(reason, number, 12))
    told = why(intro(reason, number, 1))
    assert "last round" in told or "again, already" in told
    assert "1 round" not in told
    assert "ago" not in why(intro(reason, number, None))


@pytest.mark.parametrize("number", range(1, 5))
def test_nobody_who_was_introduced_before_is_called_new(number: int) -> None:
    for reason in EVERY:
        told = why(intro(reason, number, 3))
        assert "not been introduced" not in told
        assert "new to each other" not in told
        assert "first time" not in told


@pytest.mark.parametrize("number", range(1, 5))
def test_an_exchange_names_who_shows_what(number: int) -> None:
    for reason, lessons in LESSONS.items():
        told = why(intro(reason, number))
        for lesson in lessons:
            assert f"\u201c{lesson.topic}\u201d" in told
            assert f"<@{lesson.teacher}>" in told


@pytest.mark.parametrize("reason", LESSONS)
def test_what_was_taken_back_is_no_reason_any_more(reason: ReasonKind) -> None:
    assert "SQL" not in why(intro(reason, lessons=()))
    assert "lot" in why(intro(reason, lessons=())) or "Chance" in why(intro(reason, lessons=()))


def test_a_topic_cannot_call_a_channel() -> None:
    told = why(intro(ReasonKind.LESSON, lessons=(Taught("UA", "UB", "<!channel> & <b>"),)))

    assert "<!channel>" not in told
    assert "&lt;!channel&gt; &amp; &lt;b&gt;" in told


def test_what_is_said_of_three_is_said_of_three() -> None:
    for reason in EVERY:
        for again in (None, 1, 5, 12):
            for number in range(1, 5):
                three = replace(intro(reason, number, again), people=("UA", "UB", "UC"))
                assert "both" not in why(three).lower()
                assert "two" not in why(three).lower()


def test_a_small_circle_is_called_so_only_when_it_repeats_soon() -> None:
    assert all(
        "small" in why(intro(ReasonKind.LONGEST, number, 3)).lower()
        or "few" in why(intro(ReasonKind.LONGEST, number, 3))
        for number in range(3)
    )
    assert all("small" not in why(intro(ReasonKind.LONGEST, number, 9)).lower() for number in range(3))
