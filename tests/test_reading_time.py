"""Whatever somebody types, the time to read it grows with its length and not faster.

A pattern that takes time by the square of a text's length holds the interpreter, and with it everybody's answers.
"""

import ast
import inspect
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from datetime import date
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest

import bot
import handlers
import storage
from bot.blocks import block_kit, kudos
from bot.domain.commands import (
    addressed_to,
    is_open_end,
    parse_day,
    parse_goal,
    parse_kudos,
    parse_learn,
    parse_number,
    parse_pause,
    plain,
    unquoted,
)
from bot.domain.communities import read_values
from bot.domain.errors import UserError
from bot.domain.goals import is_target
from bot.domain.identity import away_until
from bot.domain.kudos import Thanks, check_thanks, mentioned
from bot.domain.offers import TopicForm, TopicKind, check_topic, parse_topic
from bot.domain.precision import precision_of
from bot.domain.settings import PersonSettings, check_settings
from bot.domain.topic_index import TopicIndex
from bot.library import load_thesaurus
from handlers.payloads import beginning, channel_in, fit, trimmed
from storage.privacy.tracing import Trace

TODAY = date(2026, 11, 25)
SHORT, LONG = 4_000, 40_000
# Ten times the text may take ten times as long, and some more on a busy machine. What takes less than this is no harm.
MOST_TIMES, NO_HARM = 25, 0.002
# So slow that it need not be asked again.
FAR_TOO_SLOW = 5.0

THESAURUS = load_thesaurus()
OFFERED = TopicIndex(THESAURUS)
OFFERED.renew(
    {
        number: THESAURUS.stems_of(f"topic{number} of workshops", f"I show topic{number} in ten minutes")
        for number in range(100)
    }
)


def between(sign: str) -> Callable[[int], str]:
    """A text with many times the same sign between two letters."""
    return lambda length: f"a{sign * ((length - 2) // len(sign))}b"


def again(part: str) -> Callable[[int], str]:
    """A text of the same over and over."""
    return lambda length: part * (length // len(part))


def many_words(length: int) -> str:
    """A text of words of which none comes twice."""
    return " ".join(f"wort{number:04x}" for number in range(length // 9))


HOSTILE: dict[str, Callable[[int], str]] = {
    "spaces": between(" "),
    "spaces that do not break": between("\u00a0"),
    "signs of no width": between("\u200b"),
    "spaces and signs of no width": between(" \u200b"),
    "lines": between("\n"),
    "exclamation marks": between("!"),
    "exclamation marks and letters": again("a!"),
    "dashes": between("-"),
    "colons and dashes": again(":-"),
    "letters and dashes": again("a-"),
    "commas": between(","),
    "quotes": between('"'),
    "backticks": between("`"),
    "backticks and letters": again("`a\n"),
    "fences": again("```a"),
    "angles": between("<"),
    "people": again("<@U1> "),
    "people who never end": again("<@U1|"),
    "channels who never end": again("<#C1|"),
    "dates that never end": again("<!date^1"),
    "carets": lambda length: f"<!a{'^' * (length - 4)}>",
    "addresses": again("https://a"),
    "what Slack escapes": again("&lt;@U"),
    "handles": again("@a"),
    "tags": again("#a "),
    "digits": between("1"),
    "digits and spaces": again("1 "),
    "one long word": again("y"),
    "endings": again("ing"),
    "sharp s and umlauts": again("\u00df\u00fc"),
    "the command": again("learn "),
    "words before a day": again("by the end of "),
    "lengths": again("a in 1 m "),
    "targets": again("close 1 "),
    "thanks": again("thank you so "),
    "leave": again("on "),
    "many words": many_words,
    "marks over and under": again("\u0301\u0316"),
    "signs that stand for many": again("\ufdfa"),
    "signs that turn words round": again("\u202e"),
    "halves of signs": again("\ud83d"),
}


def refused(read: Callable[[str], object]) -> Callable[[str], None]:
    """Read a text, or refuse it."""

    def act(text: str) -> None:
        try:
            read(text)
        except UserError:
            return

    return act


PARSERS: dict[str, Callable[[str], object]] = {
    "fit": fit,
    "trimmed": trimmed,
    "beginning": beginning,
    "channel_in": refused(channel_in),
    "parse_learn": parse_learn,
    "parse_number": parse_number,
    "parse_day": refused(lambda text: parse_day(text, TODAY)),
    "parse_pause": refused(lambda text: parse_pause(text, TODAY)),
    "is_open_end": is_open_end,
    "parse_goal": lambda text: parse_goal(text, TODAY),
    "parse_goal, with a day": lambda text: parse_goal(f"run a retro by {text}", TODAY),
    "parse_kudos": parse_kudos,
    "plain": plain,
    "unquoted": unquoted,
    "addressed_to": lambda text: addressed_to("U1", text),
    "parse_topic": lambda text: parse_topic(TopicKind.OFFER, text),
    "check_topic": lambda text: check_topic(TopicForm(TopicKind.OFFER, text, sentence=text)),
    "read_values": read_values,
    "check_settings": lambda text: check_settings(PersonSettings(text), "U1"),
    "is_target": is_target,
    "away_until": lambda text: away_until(text, "", None),
    "check_thanks": lambda text: check_thanks("U1", Thanks(("U2",), text, text, text, text)),
    "mentioned": lambda text: mentioned(Thanks(("U2",), text, text)),
    "precision_of": lambda text: precision_of(text, text, has_anchor=False),
    "topic's key": THESAURUS.key,
    "topic is named": lambda text: THESAURUS.is_named("SQL joins", text),
    "stems": THESAURUS.stems_of,
    "find": OFFERED.find,
    "a trace": lambda text: Trace(None, "T1", "U1").mentions.sub("", text),  # type: ignore[arg-type]  # no row is looked at
    "given_back": lambda text: block_kit.given_back("{words}", text),
    "quote": block_kit.quote,
    "section": block_kit.section,
    "carried": lambda text: kudos.encode(kudos.Pending(Thanks(("U1",), text, text))),
}


# It reads no text, and what it draws with takes a second to import.
DRAWS = "bot.simulation.picture"


def modules_of(package: ModuleType) -> Iterator[ModuleType]:
    for one in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if ".migrations" not in one.name and not one.name.endswith("__main__") and one.name != DRAWS:
            yield import_module(one.name)


MODULES = [module for package in (bot, handlers, storage) for module in modules_of(package)]


def patterns() -> dict[str, Callable[[str], object]]:
    """Every compiled pattern of the product, with each method by which its module uses it."""
    found: dict[str, Callable[[str], object]] = {}
    for module in MODULES:
        if not any(isinstance(one, re.Pattern) for one in vars(module).values()):
            continue
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                pattern = vars(module).get(node.value.id)
                if isinstance(pattern, re.Pattern):
                    name = f"{module.__name__}.{node.value.id}.{node.attr}"
                    found[name] = _using(getattr(pattern, node.attr), node.attr)
    return found


def _using(method: Callable[..., object], name: str) -> Callable[[str], object]:
    if name in {"sub", "subn"}:
        return lambda text: method("", text)
    if name == "finditer":
        return lambda text: list(method(text))  # type: ignore[call-overload]  # an iterator of matches
    return method


PATTERNS = patterns()


def seconds(read: Callable[[str], object], text: str) -> float:
    """How long the processor takes."""
    begun = time.thread_time()
    read(text)
    return time.thread_time() - begun


def is_slow(read: Callable[[str], object], make: Callable[[int], str]) -> bool:
    """Tell whether the time grows faster than the text; asked three times, since others use the machine too."""
    short, long = make(SHORT), make(LONG)
    for _ in range(3):
        base = seconds(read, short)
        taken = seconds(read, long) if base < FAR_TOO_SLOW else base
        if taken >= FAR_TOO_SLOW:
            return True
        if taken <= MOST_TIMES * max(base, NO_HARM):
            return False
    return True


@pytest.mark.parametrize("name", PARSERS | PATTERNS)
def test_the_time_to_read_grows_with_the_text_alone(name: str) -> None:
    read = (PARSERS | PATTERNS)[name]

    assert [kind for kind, make in HOSTILE.items() if is_slow(read, make)] == []


def test_every_pattern_has_a_name_by_which_it_is_tested() -> None:
    nameless = [
        f"{module.__name__}:{node.lineno}"
        for module in MODULES
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and node.func.attr not in {"compile", "escape"}
    ]

    assert len(PATTERNS) > 30
    assert nameless == []


def test_what_draws_has_no_pattern() -> None:
    found = find_spec(DRAWS)

    assert found is not None
    assert found.origin is not None
    assert "import re\n" not in Path(found.origin).read_text(encoding="utf-8")
