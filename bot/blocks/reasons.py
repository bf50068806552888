"""Why these people: one sentence for each reason, in other words from round to round."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from bot.blocks.block_kit import person, quote
from bot.blocks.language import N_, _, ngettext
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
    sentences = (
        _("{teacher} offers {topic}; {learner} wants to learn it."),
        _("{learner} would like to learn {topic}, and {teacher} can show it."),
        _("{topic} is what {learner} asked for and what {teacher} offered."),
        _("{learner} wants {topic}; \u201cI can show that\u201d, {teacher} said."),
    )
    return [one.format(teacher=teacher, learner=learner, topic=topic) for one in sentences]


def _swap(intro: Introduction) -> Sequence[str]:
    one, other = intro.lessons[:2]
    parts = {"a": person(one.teacher), "b": person(other.teacher), "x": quote(one.topic), "y": quote(other.topic)}
    sentences = (
        _("{a} offers {x} and wants {y}; for {b} it is the other way round."),
        _("{x} from {a}, {y} from {b}: each has what the other is looking for."),
        _("{a} can show {x}, {b} can show {y}, and each asked for the other's."),
    )
    return [one.format(**parts) for one in sentences]


def _ring(intro: Introduction) -> Sequence[str]:
    step = _("{teacher} shows {learner} {topic}")
    steps = ", ".join(
        step.format(teacher=person(one.teacher), learner=person(one.learner), topic=quote(one.topic))
        for one in intro.lessons[:3]
    )
    sentences = (
        _("It goes round: {steps}."),
        _("{steps}: each offers what the next one wants."),
        _("Three in a ring: {steps}."),
    )
    return [one.format(steps=steps) for one in sentences]


def _longest(intro: Introduction) -> Sequence[str]:
    number, is_pair = intro.again_after or 1, len(intro.people) == PAIR
    if number == 1:
        return _last_pair() if is_pair else _last_group()
    if number <= RECENT_ROUNDS:
        sentences = _recent_pair(number) if is_pair else _recent_group(number)
    else:
        sentences = _old_pair(number) if is_pair else _old_group(number)
    return [one.format(number=number) for one in sentences]


def _last_pair() -> Sequence[str]:
    return (
        _("You two again, already: this circle is small, so people come round quickly."),
        _("You were introduced in the last round as well; with so few people here, it is your turn again."),
        _("Small circles repeat: you had each other in the last round, so pick up where you left off."),
    )


def _last_group() -> Sequence[str]:
    return (
        _("Some of you again, already: this circle is small, so people come round quickly."),
        _("Some of you were introduced in the last round as well; with so few people here, it is your turn again."),
        _("Small circles repeat: some of you had each other in the last round."),
    )


def _recent_pair(number: int) -> Sequence[str]:
    return (
        ngettext(
            "You were introduced {number} round ago; this circle is small, so people come round again.",
            "You were introduced {number} rounds ago; this circle is small, so people come round again.",
            number,
        ),
        ngettext(
            "You two again, after {number} round: with so few people here, it is your turn.",
            "You two again, after {number} rounds: with so few people here, it is your turn.",
            number,
        ),
        ngettext(
            "Small circles repeat: your last introduction was {number} round ago. What has happened since?",
            "Small circles repeat: your last introduction was {number} rounds ago. What has happened since?",
            number,
        ),
    )


def _recent_group(number: int) -> Sequence[str]:
    return (
        ngettext(
            "Some of you were introduced {number} round ago; this circle is small, so people come round again.",
            "Some of you were introduced {number} rounds ago; this circle is small, so people come round again.",
            number,
        ),
        ngettext(
            "Some of you again, after {number} round: with so few people here, it is your turn.",
            "Some of you again, after {number} rounds: with so few people here, it is your turn.",
            number,
        ),
        ngettext(
            "Small circles repeat: some of you were introduced {number} round ago.",
            "Small circles repeat: some of you were introduced {number} rounds ago.",
            number,
        ),
    )


def _old_pair(number: int) -> Sequence[str]:
    return (
        ngettext(
            "You were last introduced {number} round ago, so there will be news.",
            "You were last introduced {number} rounds ago, so there will be news.",
            number,
        ),
        ngettext(
            "It is {number} round since you were introduced; time for another conversation.",
            "It is {number} rounds since you were introduced; time for another conversation.",
            number,
        ),
        ngettext(
            "You know each other from here, from {number} round ago. Much will have happened since.",
            "You know each other from here, from {number} rounds ago. Much will have happened since.",
            number,
        ),
    )


def _old_group(number: int) -> Sequence[str]:
    return (
        ngettext(
            "Some of you were last introduced {number} round ago, so there will be news.",
            "Some of you were last introduced {number} rounds ago, so there will be news.",
            number,
        ),
        ngettext(
            "It is {number} round since some of you were introduced; time for another conversation.",
            "It is {number} rounds since some of you were introduced; time for another conversation.",
            number,
        ),
        ngettext(
            "Some of you know each other from here, from {number} round ago. Much will have happened since.",
            "Some of you know each other from here, from {number} rounds ago. Much will have happened since.",
            number,
        ),
    )


def _teams(intro: Introduction) -> Sequence[str]:
    if intro.again_after is not None:
        return (
            _("You work in different teams."),
            _("Your teams are different, and so is what you see of this place."),
            _("You come from different teams."),
        )
    return (
        _("You work in different teams and have not been introduced before."),
        _("Your teams are different, and you are new to each other here."),
        _("You come from different teams, and this is the first time that I introduce you."),
    )


def _new(intro: Introduction) -> Sequence[str]:
    is_pair = len(intro.people) == PAIR
    return (
        _("You have not been introduced here before."),
        _("You two are new to each other here.") if is_pair else _("You all are new to each other here."),
        _("This is the first time that I introduce you to each other."),
    )


def _lot(_intro: Introduction) -> Sequence[str]:
    return (
        _("By lot this time, and by nothing else."),
        _("Chance put you together; what comes of it is yours."),
        _("This time the lot chose you."),
    )


def _looking(intro: Introduction) -> Sequence[str]:
    is_pair = len(intro.people) == PAIR
    return (
        _("You were both free for another conversation this round.")
        if is_pair
        else _("You were all free for another conversation this round."),
        _("You were looking for somebody at the same time."),
        _("Each of you had room for one more conversation this round."),
    )


def _third(intro: Introduction) -> Sequence[str]:
    sentences = (
        _("You are {number} this round, so that everybody has somebody to talk to."),
        _("One more joins you: with {number} of you, nobody goes without a conversation."),
        _("So that nobody is left out this round, you are {number}."),
    )
    return [one.format(number=_number(len(intro.people))) for one in sentences]


def _number(people: int) -> str:
    return _(_NUMBERS.get(people, N_("more")))


def _again(intro: Introduction) -> str:
    number, is_pair = intro.again_after or 1, len(intro.people) == PAIR
    if number == 1:
        return (
            _("You were introduced in the last round too.")
            if is_pair
            else _("Some of you were introduced in the last round too.")
        )
    if is_pair:
        text = ngettext(
            "Your last introduction was {number} round ago.", "Your last introduction was {number} rounds ago.", number
        )
    else:
        text = ngettext("Some of you met {number} round ago.", "Some of you met {number} rounds ago.", number)
    return text.format(number=number)


_LESSONS_NEEDED: Final[Mapping[str, int]] = {ReasonKind.SWAP: 2, ReasonKind.RING: 3, ReasonKind.LESSON: 1}
_NUMBERS: Final = {2: N_("two"), 3: N_("three"), 4: N_("four"), 5: N_("five")}
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
