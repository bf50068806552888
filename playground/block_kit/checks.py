"""The parts that rules about blocks are made of: texts, numbers, lists, objects, and what is wrong with one.

A check takes a value, where it stands (a JSON pointer), and the review that notes what is wrong.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: a code, a sentence in Slack's words, where, and the limit that was passed."""

    code: str
    message: str
    pointer: str
    constraint: object = None

    def line(self) -> str:
        """Say it the way the Web API does."""
        return f"{self.message} [json-pointer:{self.pointer or '/'}]"


@dataclass
class Review:
    """What a look at some blocks has found so far; `surface` is where they are to stand."""

    surface: str
    findings: list[Finding] = field(default_factory=list)

    def note(self, code: str, message: str, pointer: str, constraint: object = None) -> None:
        """Note one thing that is wrong."""
        self.findings.append(Finding(code, message, pointer, constraint))


Check = Callable[[object, str, Review], None]


def text(most: int, least: int = 1) -> Check:
    """Want a text of so many characters."""

    def check(value: object, pointer: str, review: Review) -> None:
        if not isinstance(value, str):
            review.note("invalid_type", "must be a string", pointer, "string")
        elif len(value) < least:
            review.note("too_short", f"must be more than {least - 1} characters", pointer, least)
        elif len(value) > most:
            review.note("too_long", f"must be less than {most + 1} characters", pointer, most)

    return check


def pattern(expression: str, words: str) -> Check:
    """Want a text of a certain form, which `words` describe."""
    form = re.compile(expression)

    def check(value: object, pointer: str, review: Review) -> None:
        if not isinstance(value, str) or form.fullmatch(value) is None:
            review.note("invalid_format", f"must be {words}", pointer, expression)

    return check


def whole(least: int, most: int) -> Check:
    """Want a whole number between two, both included."""

    def check(value: object, pointer: str, review: Review) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            review.note("invalid_type", "must be an integer", pointer, "integer")
        elif value < least:
            review.note("too_small", f"must be greater than or equal to {least}", pointer, least)
        elif value > most:
            review.note("too_big", f"must be less than or equal to {most}", pointer, most)

    return check


def number(value: object, pointer: str, review: Review) -> None:
    """Want any number."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        review.note("invalid_type", "must be a number", pointer, "number")


def boolean(value: object, pointer: str, review: Review) -> None:
    """Want true or false."""
    if not isinstance(value, bool):
        review.note("invalid_type", "must be a boolean", pointer, "boolean")


def anything(value: object, pointer: str, review: Review) -> None:
    """Want nothing in particular."""
    del value, pointer, review


def one_of(*allowed: str) -> Check:
    """Want one of some words."""

    def check(value: object, pointer: str, review: Review) -> None:
        if value not in allowed:
            review.note("invalid_value", f"must be one of: {', '.join(allowed)}", pointer, list(allowed))

    return check


def listed(value: object) -> list[object]:
    """Read a list out of what may be anything; what is none counts as empty, since another check refuses it."""
    return value if isinstance(value, list) else []


def items(each: Check, most: int, least: int = 1) -> Check:
    """Want a list of so many, each of them right."""

    def check(value: object, pointer: str, review: Review) -> None:
        if not isinstance(value, list):
            review.note("invalid_type", "must be an array", pointer, "array")
            return
        if len(value) < least:
            review.note("too_few", f"must have at least {least} items", pointer, least)
        if len(value) > most:
            review.note("too_many", f"no more than {most} items allowed", pointer, most)
        for position, one in enumerate(value):
            each(one, f"{pointer}/{position}", review)

    return check


def thing(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """Want an object with these fields and no others; an optional one may be null."""
    known = {**required, **(optional or {})}

    def check(value: object, pointer: str, review: Review) -> None:
        if not isinstance(value, dict):
            review.note("invalid_type", "must provide an object", pointer, "object")
            return
        for name in required:
            if value.get(name) is None:
                review.note("missing", f"missing required field: {name}", pointer, name)
        for name, inner in value.items():
            if name not in known:
                review.note("unknown", f"invalid additional property: {name}", pointer, name)
            elif inner is not None:
                known[name](inner, f"{pointer}/{name}", review)

    return check


def by_type(kinds: Mapping[str, Check], only: Mapping[str, tuple[str, ...]] | None = None) -> Check:
    """Want an object of one of some types; `only` says which of them stand on some surfaces only."""
    placed = only or {}

    def check(value: object, pointer: str, review: Review) -> None:
        if not isinstance(value, dict):
            review.note("invalid_type", "must provide an object", pointer, "object")
            return
        kind = value.get("type")
        if kind is None:
            review.note("missing", "missing required field: type", pointer, "type")
        elif str(kind) not in kinds or review.surface not in placed.get(str(kind), (review.surface,)):
            review.note("unsupported", f"unsupported type: {kind}", f"{pointer}/type", sorted(kinds))
        else:
            kinds[str(kind)]({name: inner for name, inner in value.items() if name != "type"}, pointer, review)

    return check


def both(*checks: Check) -> Check:
    """Want all of several checks to be content."""

    def check(value: object, pointer: str, review: Review) -> None:
        for one in checks:
            one(value, pointer, review)

    return check


def needs_one_of(*names: str, most: int = 99) -> Check:
    """Want an object that has at least one of some fields, and no more than `most` of them."""

    def check(value: object, pointer: str, review: Review) -> None:
        given = [name for name in names if isinstance(value, dict) and value.get(name) is not None]
        if not given:
            review.note("missing", f"must have one of: {', '.join(names)}", pointer, list(names))
        elif len(given) > most:
            review.note("conflict", f"must not have more than one of: {', '.join(names)}", pointer, list(names))

    return check


def distinct(name: str) -> Check:
    """Want objects in a list that differ in a field."""

    def check(value: object, pointer: str, review: Review) -> None:
        seen: set[object] = set()
        for position, one in enumerate(listed(value)):
            held = one.get(name) if isinstance(one, dict) else None
            if isinstance(held, str) and held in seen:
                review.note("duplicate", f"`{name}` must be unique", f"{pointer}/{position}/{name}", held)
            seen.add(held if isinstance(held, str) else None)

    return check
