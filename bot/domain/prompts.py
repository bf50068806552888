"""Which weekly prompt comes next in a community: a shuffled deck with memory.

The first six weeks follow the warm-up list. After that, each cycle shuffles all prompts by a stable hash
of community, cycle and prompt, and every week takes the first card that fits:

- its theme was not used in the last three weeks and its kind not last week;
- it takes five minutes or less in a week that asks for a short one;
- a prompt that needs a leader to answer first waits until one has said yes;
- it is not posted this week in a community with many of the same members.

Towards the end of a deck a card is passed over when the ones after it could not be dealt by these rules;
without that, every second cycle would end on the same theme or kind twice. A prompt without any reaction
returns once at the end of its cycle's deck. `choose_prompt` says in which order the rules give way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hashlib import sha256

from bot.domain.languages import ENGLISH

WARM_UP_WEEKS = 6
THEME_REST_WEEKS = 3
KIND_REST_WEEKS = 1
SHORT_MINUTES = 5
# With more cards than this there is always a way to deal them.
LOOKED_AHEAD = 36
FIRST_CYCLE = 1


class TapKind(StrEnum):
    """What a person can tap under a prompt."""

    ANSWER = "answer"
    DID = "did"
    USEFUL = "useful"
    NOT_FOR_ME = "not_for_me"


@dataclass(frozen=True)
class Prompt:
    """One prompt; `minutes` is the honest time for one person to do it, `language` is in which its texts are."""

    id: str
    text: str
    theme: str
    kind: str
    minutes: int
    follow_up: str
    language: str = ENGLISH


@dataclass(frozen=True)
class PromptLibrary:
    """Every enabled prompt by id, the themes with their titles, and two lists of prompt ids.

    `warm_up` is in the order of posting; `leader_first` work best when somebody with authority answers
    first. `translated` has the prompts and themes of other languages, by the languages' codes.
    """

    prompts: Mapping[str, Prompt]
    themes: Mapping[str, str]
    warm_up: tuple[str, ...]
    leader_first: frozenset[str]
    translated: Mapping[str, PromptLibrary] = field(default_factory=dict)

    def in_language(self, language: str) -> PromptLibrary:
        """Return the library with the texts of a language, and in English what it lacks."""
        other = self.translated.get(language)
        if other is None:
            return self
        return replace(self, prompts={**self.prompts, **other.prompts}, themes={**self.themes, **other.themes})


@dataclass(frozen=True)
class PastPrompt:
    """A prompt that was posted, in which cycle, and whether anyone reacted to it."""

    prompt_id: str
    cycle: int
    reacted: bool


@dataclass(frozen=True)
class Choice:
    """The prompt to post and the cycle it is counted in; cycles count from 1."""

    prompt_id: str
    cycle: int


@dataclass(frozen=True)
class _Week:
    """What this week asks of a card. Each part may be given up alone."""

    last_themes: tuple[str, ...]
    last_kinds: tuple[str, ...]
    short_only: bool
    waiting: frozenset[str]
    elsewhere: frozenset[str]

    def allows(self, card: Prompt, given_up: frozenset[str]) -> bool:
        refusals = {
            "kind": card.kind in self.last_kinds,
            "theme": card.theme in self.last_themes,
            "short": self.short_only and card.minutes > SHORT_MINUTES,
            "leader": card.id in self.waiting,
            "elsewhere": card.id in self.elsewhere,
        }
        return not any(refused for rule, refused in refusals.items() if rule not in given_up)


# Variety gives way first; a prompt that suits the week badly or stands next door comes last.
_VARIETY = ("kind", "theme")
_FITNESS = ("short", "leader", "elsewhere")
_RELAXED = tuple(frozenset(_VARIETY[:count]) for count in range(len(_VARIETY) + 1))
_DESPERATE = tuple(frozenset(_VARIETY + _FITNESS[:count]) for count in range(1, len(_FITNESS) + 1))


def choose_prompt(
    library: PromptLibrary,
    community: str,
    history: Sequence[PastPrompt],
    *,
    themes: frozenset[str] | None = None,
    short_only: bool = False,
    leader_ready: bool = False,
    elsewhere: frozenset[str] = frozenset(),
) -> Choice:
    """Choose the prompt of the coming week.

    `history` is what the community was shown, oldest first, one a week. `themes` are those it chose,
    None for all. `elsewhere` are ids that communities with many of the same members get this week.
    Equal input gives an equal choice on every machine.

    When nothing fits, these are tried in order: the cycle's other cards with the kind repeated, then
    with the theme repeated; the next cycle by all rules, with the kind and with the theme repeated; a
    long prompt, one that waits for a leader, one that stands elsewhere. Cards left over from a cycle
    lie on top of the next deck. If the chosen themes have no prompt at all, all themes count.

    Raises:
        ValueError: The library is empty.
    """
    allowed = [card for card in library.prompts.values() if themes is None or card.theme in themes]
    cards = {card.id: card for card in allowed or library.prompts.values()}
    if not cards:
        raise ValueError("The prompt library is empty.")
    week = _Week(
        last_themes=_recent(library, history, THEME_REST_WEEKS, "theme"),
        last_kinds=_recent(library, history, KIND_REST_WEEKS, "kind"),
        short_only=short_only,
        waiting=frozenset() if leader_ready else library.leader_first,
        elsewhere=elsewhere,
    )
    warm_up = _next_warm_up(library, history, cards, elsewhere)
    if warm_up is not None:
        return Choice(warm_up, FIRST_CYCLE)

    cycle = history[-1].cycle if history else FIRST_CYCLE
    decks = [(cycle, _deck(community, cycle, cards, history))]
    decks.append((cycle + 1, _deck(community, cycle + 1, cards, history)))
    for relaxed in ((_RELAXED, decks[:1]), (_RELAXED, decks[1:]), (_DESPERATE, decks)):
        for given_up in relaxed[0]:
            for number, deck in relaxed[1]:
                found = _first_fitting(deck, week, given_up)
                if found is not None:
                    return Choice(found, number)
    raise AssertionError("The next cycle's deck holds every card, and in the end every card is allowed.")


def _recent(library: PromptLibrary, history: Sequence[PastPrompt], weeks: int, trait: str) -> tuple[str, ...]:
    """Return the themes or kinds of the last weeks, in order; prompts that left the library have none."""
    known = (library.prompts.get(past.prompt_id) for past in history[-weeks:])
    return tuple("" if card is None else getattr(card, trait) for card in known)


def _next_warm_up(
    library: PromptLibrary,
    history: Sequence[PastPrompt],
    cards: Mapping[str, Prompt],
    elsewhere: frozenset[str],
) -> str | None:
    if len(history) >= WARM_UP_WEEKS:
        return None
    barred = {past.prompt_id for past in history} | elsewhere
    waiting = library.warm_up[:WARM_UP_WEEKS]
    return next((prompt_id for prompt_id in waiting if prompt_id in cards and prompt_id not in barred), None)


def _deck(community: str, cycle: int, cards: Mapping[str, Prompt], history: Sequence[PastPrompt]) -> list[Prompt]:
    """Return the cards left in a cycle in the order of the deck, the ones put back last."""
    shown = Counter(past.prompt_id for past in history if past.cycle == cycle)
    # Cards that the last cycle never came to lie on top, so that none waits for two cycles.
    before = {past.prompt_id for past in history if past.cycle == cycle - 1}
    fresh = [card for card in cards.values() if not shown[card.id]]
    fresh.sort(key=lambda card: (bool(before) and card.id in before, _place(community, cycle, card.id)))
    put_back = [
        cards[past.prompt_id]
        for past in history
        if past.cycle == cycle and past.prompt_id in cards and shown[past.prompt_id] == 1 and not past.reacted
    ]
    return fresh + put_back


def _place(community: str, cycle: int, prompt_id: str) -> bytes:
    # Every card has a place of its own, so adding or removing a prompt leaves the others in order.
    return sha256(f"{community}\0{cycle}\0{prompt_id}".encode()).digest()


def _first_fitting(deck: Sequence[Prompt], week: _Week, given_up: frozenset[str]) -> str | None:
    fitting = [card for card in deck if week.allows(card, given_up)]
    if not fitting:
        return None
    # Cards that wait for a leader may wait on, so they stand in nobody's way.
    rest = [card for card in deck if card.id not in week.waiting]
    if len(rest) <= LOOKED_AHEAD and len(fitting) > 1:
        for card in fitting:
            others = [other for other in rest if other.id != card.id]
            if _can_be_dealt(others, (*week.last_themes, card.theme), (*week.last_kinds, card.kind)):
                return card.id
    return fitting[0].id


def _can_be_dealt(cards: Sequence[Prompt], themes: tuple[str, ...], kinds: tuple[str, ...]) -> bool:
    """Tell whether one simple order of all cards keeps themes and kinds apart from those before it.

    It takes what most cards are left of first. A yes is certain; a no may be wrong, rarely.
    """
    left = list(cards)
    of_theme = Counter(card.theme for card in left)
    of_kind = Counter(card.kind for card in left)
    while left:
        free = [
            card
            for card in left
            if card.theme not in themes[-THEME_REST_WEEKS:] and card.kind not in kinds[-KIND_REST_WEEKS:]
        ]
        if not free:
            return False
        card = max(free, key=lambda one: (of_theme[one.theme] * THEME_REST_WEEKS + of_kind[one.kind], one.id))
        left.remove(card)
        of_theme[card.theme] -= 1
        of_kind[card.kind] -= 1
        themes, kinds = (*themes, card.theme), (*kinds, card.kind)
    return True
