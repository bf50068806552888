"""Every sentence people read goes through the catalogues, and German has all of them."""

import ast
import gettext
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

from bot.blocks import language
from bot.blocks.communities import weekday
from bot.blocks.language import speaking
from bot.blocks.names import CommandNames
from bot.domain.languages import ENGLISH, LANGUAGES, MEETING_LANGUAGES
from playground.block_kit import review_blocks, review_view
from tests.blocks.every import (
    GUIDES,
    PROMPTS,
    SHOWN,
    Json,
    every_message,
    every_view_and_message,
    full,
    replies,
    sent_unasked,
)
from tests.blocks.limits import texts, troubles
from tests.blocks.test_shown import QUOTING, words_before_buttons
from tests.loops import for_each

ROOT = Path(__file__).parents[2]
NAMES = CommandNames()
OTHERS = [code for code in LANGUAGES if code != ENGLISH]
# Goals get new forms, and with them their sentences.
ELSEWHERE = re.compile(r"(no |which )?(goals?|home, full)\b")


class Wrapped(gettext.NullTranslations):
    """A language that is English between brackets, so that what does not go through a catalogue stands out."""

    def gettext(self, message: str) -> str:
        is_pattern = re.fullmatch(r"[EdMyLHm :]+", message) is not None
        return message if is_pattern else f"\u27e6{message}\u27e7"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


@pytest.fixture(scope="module")
def wrapped() -> dict[str, Json]:
    # The tests that come after are to read the real catalogues again.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(language, "_catalogue", lambda _code: Wrapped())
        return every_view_and_message(NAMES)


def library_texts() -> set[str]:
    guides = GUIDES.guides.values()
    return {
        *(prompt.text for prompt in PROMPTS.prompts.values()),
        *(prompt.follow_up for prompt in PROMPTS.prompts.values()),
        *(text for guide in guides for text in (guide.title, guide.icebreaker, guide.commitment, *guide.openers)),
        *(step.text for guide in guides for step in guide.structure),
    }


def left_over(text: str, own: set[str]) -> str:
    """What of a text is neither in brackets, nor somebody's own, nor the library's, nor a name."""
    for one in own:
        text = text.replace(one, "")
    while (inner := re.sub("\u27e6[^\u27e6\u27e7]*\u27e7", "", text)) != text:
        text = inner
    # What is cut at Slack's limit has lost its closing bracket.
    text = re.sub("\u27e6.*", "", text, flags=re.DOTALL)
    text = re.sub(r"<[^>]*>|&(amp|lt|gt);", " ", text)
    # A text of `full` may be cut anywhere; "and" is put between people by the language's own rules for lists.
    return " ".join(
        word for word in re.findall(r"[A-Za-z]+", text) if word not in {"and", "b"} and word not in "channel"
    )


@for_each("name", [name for name in SHOWN if not ELSEWHERE.match(name)])
def test_every_word_goes_through_the_catalogues(name: str, wrapped: dict[str, Json]) -> None:
    own = (
        library_texts()
        | set(LANGUAGES.values())
        | set(MEETING_LANGUAGES.values())
        | {full(60), "September", "October", *(weekday(day) for day in range(7))}
    )

    found = [left for text in texts(wrapped[name]) if (left := left_over(text, own))]

    assert found == []


def sentences_in_the_code() -> set[object]:
    found = extract_from_dir(ROOT / "bot", keywords={**DEFAULT_KEYWORDS, "N_": None})
    return {message for _file, _line, message, _comments, _context in found}


def sayings_in_patterns(source: str) -> list[str]:
    """The sentences inside f-strings, where the tool that gathers them does not look."""
    patterns = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.JoinedStr)]
    calls = [node for pattern in patterns for node in ast.walk(pattern) if isinstance(node, ast.Call)]
    said = [call for call in calls if ast.unparse(call.func) in {"_", "N_", "ngettext"}]
    return [ast.unparse(call) for call in said if isinstance(call.args[0], ast.Constant)]


def test_no_sentence_hides_from_the_catalogues_in_an_f_string() -> None:
    assert sayings_in_patterns("f'{_(\"Hello.\")}'") == ["_('Hello.')"]
    assert [found for path in (ROOT / "bot").rglob("*.py") if (found := sayings_in_patterns(path.read_text()))] == []


def forms_of(message: Message) -> list[str]:
    """The translations of a sentence, one for each plural form."""
    return [str(one) for one in (message.string if isinstance(message.string, list | tuple) else [message.string])]


def parts(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("code", OTHERS)
def test_a_catalogue_has_every_sentence_with_its_parts_and_nothing_more(code: str) -> None:
    with (ROOT / "bot/locale" / code / "LC_MESSAGES/peerloop.po").open("rb") as lines:
        catalogue = read_po(lines, locale=code)
    said = {message.id: message for message in catalogue if message.id}
    wanted = sentences_in_the_code()

    assert wanted - set(said) == set()
    assert set(said) - wanted == set()
    for message in said.values():
        asked = [str(one) for one in (message.id if isinstance(message.id, list | tuple) else [message.id])]
        forms = forms_of(message)
        assert len(forms) == (catalogue.num_plurals if len(asked) > 1 else 1)
        for form in forms:
            assert form.strip()
            assert parts(form) == parts(asked[-1])
            assert "!" not in form


@pytest.mark.parametrize("code", OTHERS)
def test_it_fits_slack_in_every_language(code: str) -> None:
    with speaking(code):
        shown = every_view_and_message(NAMES)

    for one in shown.values():
        assert troubles(one) == []
        assert (review_view(one) if "type" in one else review_blocks(one["blocks"], "message")) == []
        for part in ("title", "submit", "close"):
            # Cut to Slack's limit, it would end so.
            assert re.fullmatch("(?s).{23}\u2026", one.get(part, {"text": ""})["text"]) is None


@pytest.mark.parametrize("code", OTHERS)
def test_at_most_sixty_words_stand_before_the_first_button_in_every_language(code: str) -> None:
    with speaking(code):
        named = sent_unasked(NAMES) | replies(NAMES)
        every = {*every_message(NAMES)}

    assert {*named} <= every
    long = {name: words_before_buttons(one) for name, one in named.items() if name not in QUOTING}
    assert {name: count for name, count in long.items() if count > 60} == {}
