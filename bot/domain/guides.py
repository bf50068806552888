"""Which conversation guide a pair or a trio gets, and which two they may take instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256

from bot.domain.languages import ENGLISH

TRIO = 3
ALTERNATIVES = 2
# A person who was introduced in so many rounds knows how things go here.
OLD_HAND_ROUNDS = 8

_NEVER = datetime.min.replace(tzinfo=UTC)

# What is tried when none of the given situations has a guide left.
_OTHERWISE = ("first", "reflect")


@dataclass(frozen=True)
class Step:
    """One step of a conversation and its minutes."""

    minutes: int
    text: str


@dataclass(frozen=True)
class Guide:
    """A guide for one meeting.

    `fits` is "pair", "trio" or "both"; `use_when` is a key of the library's situations; the minutes of
    `structure` add up to 30; `language` is in which its texts are.
    """

    id: str
    title: str
    fits: str
    use_when: str
    icebreaker: str
    openers: tuple[str, ...]
    structure: tuple[Step, ...]
    commitment: str
    language: str = ENGLISH


@dataclass(frozen=True)
class GuideLibrary:
    """Every enabled guide by id, and the situations with their titles.

    `translated` has the guides of other languages, by the languages' codes.
    """

    guides: Mapping[str, Guide]
    situations: Mapping[str, str]
    translated: Mapping[str, GuideLibrary] = field(default_factory=dict)

    def in_language(self, language: str) -> GuideLibrary:
        """Return the library with the texts of a language, and in English what it lacks."""
        other = self.translated.get(language)
        return self if other is None else replace(self, guides={**self.guides, **other.guides})


def situations_of(
    *,
    writing_only: bool,
    is_exchange: bool,
    has_asked_for_help: bool,
    all_have_goals: bool,
    rounds_before: Sequence[int],
    teams_differ: bool,
) -> tuple[str, ...]:
    """Return the situations a group is in, most telling first, as `choose_guides` takes them.

    `rounds_before` tells of each person in how many rounds they were introduced before this one. Who has more
    authority than whom nobody states, so of what is unequal only this is looked at.
    """
    found = {
        "write-first": writing_only,
        "exchange": is_exchange,
        "stuck": has_asked_for_help,
        "goal": all_have_goals,
        "newcomer-and-old-hand": min(rounds_before) == 0 and max(rounds_before) >= OLD_HAND_ROUNDS,
        "bridge": teams_differ,
    }
    return tuple(name for name, holds in found.items() if holds)


def choose_guides(
    library: GuideLibrary, situations: Sequence[str], size: int, used: Mapping[str, datetime], seed: str
) -> tuple[str, ...]:
    """Return the chosen guide and two alternatives, best first; fewer when fewer fit the group's size.

    `situations` apply to this group, most telling first; a guide's own id may stand among them and
    means that guide. `size` is the number of people. `used` are guides that any of them had recently, and
    when last: while there is another guide for so many people, none of these is given, and when there is none
    the one that is longest ago. Among equals `seed` decides, the same on every machine.

    For three people trio guides come first and those for pairs never.
    """
    wanted = [*(["trio"] if size >= TRIO else []), *situations, *_OTHERWISE]
    sizes = {"trio", "both"} if size >= TRIO else {"pair", "both"}
    fitting = [guide for guide in library.guides.values() if guide.fits in sizes]

    def rank(guide: Guide) -> tuple[datetime, int, bytes]:
        places = [place for place, want in enumerate(wanted) if want in {guide.use_when, guide.id}]
        return used.get(guide.id, _NEVER), min(places, default=len(wanted)), _lot(seed, guide.id)

    return tuple(guide.id for guide in sorted(fitting, key=rank)[: 1 + ALTERNATIVES])


def _lot(seed: str, guide_id: str) -> bytes:
    return sha256(f"{seed}\0{guide_id}".encode()).digest()
