"""The shipped content: YAML files of the package, checked and turned into the rules' values.

Each language has a folder. English has every text; what another language lacks is said in English.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import TypeVar

import yaml

from bot.domain.guides import Guide, GuideLibrary, Step
from bot.domain.languages import ENGLISH, LANGUAGES
from bot.domain.offers import MAX_TOPIC
from bot.domain.prompts import Prompt, PromptLibrary
from bot.domain.topics import Thesaurus, stem_of, words_of

PROMPTS_FILE = "prompts.yaml"
GUIDES_FILE = "conversation_guides.yaml"
TOPICS_FILE = "topics.yaml"
STEMS_FILE = "stems.txt"

KINDS = frozenset({"reflect", "teach", "ask", "try", "share", "connect"})
SIZES = frozenset({"pair", "trio", "both"})
MAX_PROMPT_TEXT = 240
MAX_FOLLOW_UP = 160
GUIDE_MINUTES = 30
OPENERS = 3

T = TypeVar("T")


class ContentError(ValueError):
    """A content file says something that the bot cannot use; names the file and the entry's id."""

    def __init__(self, file: str, where: str, problem: str) -> None:
        super().__init__(f"{file}: {where}: {problem}")
        self.file = file
        self.where = where
        self.problem = problem


def load_prompts() -> PromptLibrary:
    """Read the shipped prompts, in every language.

    Raises:
        ContentError: A file is not what the format asks for.
    """
    library = _read(PROMPTS_FILE, ENGLISH, parse_prompts)
    return replace(library, translated=_translated(PROMPTS_FILE, parse_prompts))


def load_guides() -> GuideLibrary:
    """Read the shipped conversation guides, in every language.

    Raises:
        ContentError: A file is not what the format asks for.
    """
    library = _read(GUIDES_FILE, ENGLISH, parse_guides)
    return replace(library, translated=_translated(GUIDES_FILE, parse_guides))


def load_thesaurus() -> Thesaurus:
    """Read the shipped words that mean the same, with their stems.

    Raises:
        ContentError: The file is not what the format asks for.
    """
    return parse_thesaurus(_shipped(TOPICS_FILE), TOPICS_FILE, dict(map(str.split, _shipped(STEMS_FILE).splitlines())))


def stems_of_topics() -> str:
    """Return what the file of stems has to be: each word of the file of topics with its stem, a line for each."""
    words = {word for line in _shipped(TOPICS_FILE).splitlines() for word in words_of(line)}
    return "".join(f"{word} {stem_of(word)}\n" for word in sorted(words) if len(word) <= MAX_TOPIC)


def _shipped(file: str) -> str:
    return files("bot").joinpath("content", file).read_text(encoding="utf-8")


def parse_prompts(text: str, file: str, language: str = ENGLISH) -> PromptLibrary:
    """Turn the YAML of a prompt file into values; `file` is its name in errors.

    Raises:
        ContentError: The file is not what the format asks for.
    """
    top = _Entry(file, "top of the file", _yaml(text, file))
    themes = top.texts("themes")
    prompts = _by_id(top, "prompts", lambda entry: _prompt(entry, themes, language))
    return PromptLibrary(
        prompts,
        themes,
        warm_up=_ids(top, "warm_up", prompts),
        leader_first=frozenset(_ids(top, "leader_first", prompts)),
    )


def parse_guides(text: str, file: str, language: str = ENGLISH) -> GuideLibrary:
    """Turn the YAML of a guide file into values; `file` is its name in errors.

    Raises:
        ContentError: The file is not what the format asks for.
    """
    top = _Entry(file, "top of the file", _yaml(text, file))
    situations = top.texts("situations")
    return GuideLibrary(_by_id(top, "guides", lambda entry: _guide(entry, situations, language)), situations)


def parse_thesaurus(text: str, file: str, ready: Mapping[str, str] = MappingProxyType({})) -> Thesaurus:
    """Turn the YAML of a file of words that mean the same into what knows them; `file` is its name in errors.

    Words with their stems that are `ready` need not be reduced.

    Raises:
        ContentError: The file is not what the format asks for.
    """
    top = _Entry(file, "top of the file", _yaml(text, file))
    try:
        return Thesaurus(top.lists("same"), top.lists("near"), top.strings("little"), top.strings("light"), ready)
    except ValueError as error:
        raise top.error(str(error)) from error


class _Entry:
    """One mapping of a file; every reading checks the type and names the place when it is wrong."""

    def __init__(self, file: str, where: str, value: object) -> None:
        self.file = file
        self.where = where
        if not isinstance(value, dict):
            raise self.error("expected a mapping")
        self._fields: dict[object, object] = value

    def error(self, problem: str) -> ContentError:
        return ContentError(self.file, self.where, problem)

    def text(self, key: str, most: int | None = None) -> str:
        value = self._fields.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.error(f"{key} must be a text")
        if most is not None and len(value) > most:
            raise self.error(f"{key} has {len(value)} characters, the most is {most}")
        return value.strip()

    def one_of(self, key: str, known: Mapping[str, str] | frozenset[str]) -> str:
        value = self.text(key)
        if value not in known:
            raise self.error(f"{key} is {value!r}, known are: {', '.join(sorted(known))}")
        return value

    def minutes(self, key: str) -> int:
        value = self._fields.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise self.error(f"{key} must be a number of minutes")
        return value

    def items(self, key: str) -> list[object]:
        value = self._fields.get(key)
        if not isinstance(value, list):
            raise self.error(f"{key} must be a list")
        return value

    def strings(self, key: str) -> tuple[str, ...]:
        items = self.items(key)
        if not all(isinstance(item, str) and item.strip() for item in items):
            raise self.error(f"{key} must be a list of texts")
        return tuple(str(item).strip() for item in items)

    def lists(self, key: str) -> list[tuple[str, ...]]:
        lines = enumerate(self.items(key), start=1)
        return [_Entry(self.file, f"{key}, line {number}", {key: line}).strings(key) for number, line in lines]

    def texts(self, key: str) -> dict[str, str]:
        named = _Entry(self.file, key, self._fields.get(key))
        return {str(name): named.text(str(name)) for name in named._fields}


def _translated(file: str, parse: Callable[[str, str, str], T]) -> dict[str, T]:
    others = [language for language in LANGUAGES if language != ENGLISH and _path(file, language).is_file()]
    return {language: _read(file, language, parse) for language in others}


def _read(file: str, language: str, parse: Callable[[str, str, str], T]) -> T:
    return parse(_path(file, language).read_text(encoding="utf-8"), f"{language}/{file}", language)


def _path(file: str, language: str) -> Traversable:
    return files("bot").joinpath("content", language, file)


def _yaml(text: str, file: str) -> object:
    try:
        # The same as safe_load, many times as fast.
        return yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise ContentError(file, "top of the file", f"not valid YAML: {error}") from error


def _by_id(top: _Entry, key: str, build: Callable[[_Entry], T]) -> dict[str, T]:
    found: dict[str, T] = {}
    for number, item in enumerate(top.items(key), start=1):
        named = item.get("id") if isinstance(item, dict) else None
        entry = _Entry(top.file, str(named) if named else f"{key}, entry {number}", item)
        entry_id = entry.text("id")
        if entry_id in found:
            raise entry.error("this id is used twice")
        found[entry_id] = build(entry)
    if not found:
        raise top.error(f"{key} is empty")
    return found


def _ids(top: _Entry, key: str, known: Mapping[str, object]) -> tuple[str, ...]:
    ids = top.strings(key)
    for entry_id in ids:
        if entry_id not in known:
            raise ContentError(top.file, entry_id, f"stands in {key} and is no prompt of this file")
    if len(set(ids)) < len(ids):
        raise top.error(f"{key} names an id twice")
    return ids


def _prompt(entry: _Entry, themes: Mapping[str, str], language: str) -> Prompt:
    return Prompt(
        id=entry.text("id"),
        text=entry.text("text", MAX_PROMPT_TEXT),
        theme=entry.one_of("theme", themes),
        kind=entry.one_of("kind", KINDS),
        minutes=entry.minutes("minutes"),
        follow_up=entry.text("follow_up", MAX_FOLLOW_UP),
        language=language,
    )


def _guide(entry: _Entry, situations: Mapping[str, str], language: str) -> Guide:
    openers = entry.strings("openers")
    if len(openers) != OPENERS:
        raise entry.error(f"openers are {OPENERS}, not {len(openers)}")
    steps = [_Entry(entry.file, entry.where, item) for item in entry.items("structure")]
    structure = tuple(Step(step.minutes("minutes"), step.text("step")) for step in steps)
    total = sum(step.minutes for step in structure)
    if total != GUIDE_MINUTES:
        raise entry.error(f"the steps take {total} minutes, not {GUIDE_MINUTES}")
    return Guide(
        id=entry.text("id"),
        title=entry.text("title"),
        fits=entry.one_of("fits", SIZES),
        use_when=entry.one_of("use_when", situations),
        icebreaker=entry.text("icebreaker"),
        openers=openers,
        structure=structure,
        commitment=entry.text("commitment"),
        language=language,
    )
