"""Why these people: one sentence for each reason, in other words from round to round."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from bot.blocks.kit import person, quote
from bot.domain.pairing import ReasonKind
from bot.domain.rounds import LOOKING, THIRD, Introduction

PAIR: Final = 2
# Fewer rounds than these since the last time is what people would call "again already".
RECENT_ROUNDS: Final = 8


def why(intro: Introduction) -> str:
    """Say why these people meet, and honestly when some of them meet again."""
    kind = _kind(intro)
    sentence = _choose(_SENTENCES[kind](intro), intro)
    again = "" if intro.again_after is None or kind == ReasonKind.LONGEST else f" {_again(intro)}"
    return f"{sentence}{again}"


def _kind(intro: Introduction) -> str:
    """Return the reason that still holds; what somebody has taken back since can be no reason."""
    if len(intro.lessons) < _LESSONS_NEEDED.get(intro.reason, 0):
        return ReasonKind.LESSON if intro.lessons else ReasonKind.LOT
    if intro.reason == ReasonKind.LONGEST and intro.again_after is None:
        return ReasonKind.NEW
    if intro.reason == ReasonKind.NEW and intro.again_after is not None:
        # They were introduced and could not meet, which is their own affair.
        return ReasonKind.LOT
    return intro.reason


def _choose(sentences: Sequence[str], intro: Introduction) -> str:
    # By round, so that nobody reads the same sentence twice running.
    return sentences[intro.round_number % len(sentences)]


def _lesson(intro: Introduction) -> Sequence[str]:
    first = intro.lessons[0]
    teacher, learner, topic = person(first.teacher), person(first.learner), quote(first.topic)
    return (
        f"{teacher} offers {topic}; {learner} wants to learn it.",
        f"{learner} would like to learn {topic}, and {teacher} can show it.",
        f"{topic} is what {learner} asked for and what {teacher} offered.",
        f"{learner} wants {topic}; \u201cI can show that\u201d, {teacher} said.",
    )


def _swap(intro: Introduction) -> Sequence[str]:
    one, other = intro.lessons[:2]
    a, b = person(one.teacher), person(other.teacher)
    x, y = quote(one.topic), quote(other.topic)
    return (
        f"{a} offers {x} and wants {y}; for {b} it is the other way round.",
        f"{x} from {a}, {y} from {b}: each wants what the other offers.",
        f"{a} can show {x}, {b} can show {y}, and each asked for the other's.",
    )


def _ring(intro: Introduction) -> Sequence[str]:
    steps = ", ".join(
        f"{person(one.teacher)} shows {person(one.learner)} {quote(one.topic)}" for one in intro.lessons[:3]
    )
    return (f"It goes round: {steps}.", f"{steps}: each offers what the next one wants.", f"In a ring: {steps}.")


def _longest(intro: Introduction) -> Sequence[str]:
    rounds, recent = intro.again_after or 1, (intro.again_after or 1) <= RECENT_ROUNDS
    some = "You" if len(intro.people) == PAIR else "Some of you"
    if recent:
        return (
            f"{some} were introduced only {_rounds(rounds)} ago; this circle is small, so people come round again.",
            f"{some} met in these introductions {_rounds(rounds)} ago; with so few people it is your turn again.",
            f"Small circles repeat: {some.lower()} were last introduced {_rounds(rounds)} ago.",
        )
    return (
        f"{some} were last introduced {_rounds(rounds)} ago, which is long enough for news.",
        f"It is {_rounds(rounds)} since {some.lower()} were introduced; time for a second conversation.",
        f"{some} know each other from {_rounds(rounds)} ago, and it is your turn again.",
    )


def _teams(intro: Introduction) -> Sequence[str]:
    if intro.again_after is not None:
        return ("You work in different teams.", "Each of you is in another team.", "You come from different teams.")
    return (
        "You work in different teams and have not been introduced before.",
        "Each of you is in another team, and you are new to each other here.",
        "You come from different teams; I have not introduced you before.",
    )


def _new(intro: Introduction) -> Sequence[str]:
    they = "two" if len(intro.people) == PAIR else "all"
    return (
        "You have not been introduced before.",
        f"You {they} are new to each other here.",
        "I have not introduced you to each other yet.",
    )


def _lot(_intro: Introduction) -> Sequence[str]:
    return ("By lot; nothing else decided it.", "Chance put you together.", "The lot fell on you.")


def _looking(_intro: Introduction) -> Sequence[str]:
    return (
        "You were both free for another introduction this round.",
        "You were looking for somebody at the same time.",
        "Both of you had room for one more conversation this round.",
    )


def _third(intro: Introduction) -> Sequence[str]:
    number = _NUMBERS.get(len(intro.people), "more")
    return (
        f"One of you had nobody to meet this round, so you are {number}.",
        f"You are {number} now: one of you would have been left without a partner.",
        f"So that nobody is left out this round, you are {number}.",
    )


def _again(intro: Introduction) -> str:
    who = "Last introduced" if len(intro.people) == PAIR else "Some of you met"
    return f"{who} {_rounds(intro.again_after or 1)} ago."


def _rounds(number: int) -> str:
    return "1 round" if number == 1 else f"{number} rounds"


_LESSONS_NEEDED: Final[Mapping[str, int]] = {ReasonKind.SWAP: 2, ReasonKind.RING: 3, ReasonKind.LESSON: 1}
_NUMBERS: Final = {2: "two", 3: "three", 4: "four", 5: "five"}
_SENTENCES: Final[Mapping[str, Callable[[Introduction], Sequence[str]]]] = {
    ReasonKind.SWAP: _swap,
    ReasonKind.RING: _ring,
    ReasonKind.LESSON: _lesson,
    ReasonKind.LONGEST: _longest,
    ReasonKind.TEAMS: _teams,
    ReasonKind.NEW: _new,
    ReasonKind.LOT: _lot,
    LOOKING: _looking,
    THIRD: _third,
}
