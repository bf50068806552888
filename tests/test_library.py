"""The shipped content is complete, and a broken file says what is wrong where."""

from collections import Counter
from dataclasses import replace
from importlib.resources import files

import pytest

from bot.domain.languages import ENGLISH, LANGUAGES
from bot.library import (
    STEMS_FILE,
    ContentError,
    load_guides,
    load_prompts,
    parse_guides,
    parse_prompts,
    stems_of_topics,
)

PROMPTS = load_prompts()
GUIDES = load_guides()

A_PROMPT = """
themes: {tools: Tools}
prompts:
  - {id: tools-01, text: 'Which one?', theme: tools, kind: ask, minutes: 3, follow_up: 'And then?'}
warm_up: [tools-01]
leader_first: []
"""
A_GUIDE = """
situations: {first: First meeting}
guides:
  - id: hello
    title: Hello
    fits: both
    use_when: first
    icebreaker: Which sound
    openers: [One, Two, Three]
    structure: [{minutes: 20, step: Talk.}, {minutes: 10, step: Close.}]
    commitment: I will.
"""


def test_the_shipped_prompts_are_balanced() -> None:
    prompts = PROMPTS.prompts.values()

    assert len(prompts) == 120
    assert Counter(prompt.theme for prompt in prompts) == dict.fromkeys(PROMPTS.themes, 10)
    assert len(PROMPTS.themes) == 12
    assert sorted(Counter(prompt.kind for prompt in prompts).values()) == [20] * 6
    assert sum(prompt.minutes <= 5 for prompt in prompts) == 72
    assert sum(prompt.minutes <= 10 for prompt in prompts) == 100
    assert max(len(prompt.text) for prompt in prompts) == 137
    assert max(len(prompt.follow_up) for prompt in prompts) == 89
    assert len(PROMPTS.warm_up) == 12
    assert len(PROMPTS.leader_first) == 10


def test_no_two_shipped_texts_are_equal() -> None:
    assert len({prompt.text for prompt in PROMPTS.prompts.values()}) == 120
    assert len({guide.title for guide in GUIDES.guides.values()}) == 40


def test_the_warm_up_is_short_and_varied() -> None:
    warm_up = [PROMPTS.prompts[prompt_id] for prompt_id in PROMPTS.warm_up]

    assert all(2 <= prompt.minutes <= 5 for prompt in warm_up)
    for place in range(1, len(warm_up)):
        assert warm_up[place].kind != warm_up[place - 1].kind
        assert warm_up[place].theme not in {prompt.theme for prompt in warm_up[max(0, place - 3) : place]}


def test_the_shipped_guides_are_complete() -> None:
    guides = GUIDES.guides.values()

    assert len(guides) == 40
    assert len(GUIDES.situations) == 10
    assert {guide.use_when for guide in guides} == set(GUIDES.situations)
    assert all(sum(step.minutes for step in guide.structure) == 30 for guide in guides)
    assert all(len(guide.openers) == 3 for guide in guides)


def test_a_file_in_the_format_is_read() -> None:
    assert parse_prompts(A_PROMPT, "mine.yaml").warm_up == ("tools-01",)
    assert parse_guides(A_GUIDE, "mine.yaml").guides["hello"].structure[1].minutes == 10


@pytest.mark.parametrize(
    ("old", "new", "where", "problem"),
    [
        ("theme: tools,", "theme: tolls,", "tools-01", "theme is 'tolls'"),
        ("kind: ask", "kind: tell", "tools-01", "kind is 'tell'"),
        ("minutes: 3", "minutes: soon", "tools-01", "minutes must be a number"),
        ("minutes: 3", "minutes: true", "tools-01", "minutes must be a number"),
        ("Which one?", "x" * 241, "tools-01", "241 characters"),
        ("'And then?'", "''", "tools-01", "follow_up must be a text"),
        ("id: tools-01, ", "", "prompts, entry 1", "id must be a text"),
        ("warm_up: [tools-01]", "warm_up: [tools-99]", "tools-99", "stands in warm_up"),
        ("warm_up: [tools-01]", "warm_up: [tools-01, tools-01]", "top of the file", "twice"),
        ("leader_first: []", "", "top of the file", "leader_first must be a list"),
        ("prompts:\n", "prompts: none\nmore:\n", "top of the file", "prompts must be a list"),
        ("themes:", "themes: [", "top of the file", "not valid YAML"),
    ],
)
def test_a_broken_prompt_file_names_the_place(old: str, new: str, where: str, problem: str) -> None:
    with pytest.raises(ContentError, match=problem) as caught:
        parse_prompts(A_PROMPT.replace(old, new), "mine.yaml")

    assert (caught.value.file, caught.value.where) == ("mine.yaml", where)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("minutes: 20", "minutes: 21", "31 minutes"),
        (", Three", "", "openers are 3"),
        ("fits: both", "fits: crowd", "fits is 'crowd'"),
        ("use_when: first", "use_when: last", "use_when is 'last'"),
        ("[{minutes: 20, step: Talk.}, ", "[talk, ", "expected a mapping"),
        ("    commitment: I will.\n", "", "commitment must be a text"),
    ],
)
def test_a_broken_guide_file_names_the_guide(old: str, new: str, problem: str) -> None:
    with pytest.raises(ContentError, match=problem) as caught:
        parse_guides(A_GUIDE.replace(old, new), "mine.yaml")

    assert caught.value.where == "hello"


def test_one_id_for_two_texts_is_refused() -> None:
    twice = A_PROMPT.replace("warm_up", "  - {id: tools-01, text: Why}\nwarm_up")

    with pytest.raises(ContentError, match="tools-01: this id is used twice"):
        parse_prompts(twice, "mine.yaml")


OTHERS = [language for language in LANGUAGES if language != ENGLISH]


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_every_prompt_of_its_own_and_they_differ_in_words_only(language: str) -> None:
    other = PROMPTS.translated[language]

    assert other.prompts.keys() == PROMPTS.prompts.keys()
    assert other.themes.keys() == PROMPTS.themes.keys()
    assert (other.warm_up, other.leader_first) == (PROMPTS.warm_up, PROMPTS.leader_first)
    for prompt_id, prompt in other.prompts.items():
        english = PROMPTS.prompts[prompt_id]
        assert (prompt.theme, prompt.kind, prompt.minutes) == (english.theme, english.kind, english.minutes)
        assert prompt.text != english.text
        assert prompt.language == language
    assert len({prompt.text for prompt in other.prompts.values()}) == 120


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_every_guide_of_its_own_and_they_differ_in_words_only(language: str) -> None:
    other = GUIDES.translated[language]

    assert other.guides.keys() == GUIDES.guides.keys()
    for guide_id, guide in other.guides.items():
        english = GUIDES.guides[guide_id]
        assert (guide.fits, guide.use_when) == (english.fits, english.use_when)
        assert [step.minutes for step in guide.structure] == [step.minutes for step in english.structure]
        assert guide.title != english.title


def test_what_a_language_lacks_is_there_in_english() -> None:
    lacking = parse_prompts(A_PROMPT, "mine.yaml", "de")
    library = replace(PROMPTS, translated={"de": lacking})

    german = library.in_language("de")
    assert (german.prompts["tools-01"].text, german.prompts["tools-01"].language) == ("Which one?", "de")
    assert german.prompts["craft-01"] == PROMPTS.prompts["craft-01"]
    assert german.prompts["craft-01"].language == "en"


def test_the_shipped_words_have_the_stems_that_the_rules_make() -> None:
    shipped = files("bot").joinpath("content", STEMS_FILE).read_text(encoding="utf-8")

    assert shipped == stems_of_topics(), "the file of topics has changed: make words"
