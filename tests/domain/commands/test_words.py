"""Commands are recognised however people write them, and free text never is by accident."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.commands import COMMANDS, Typed, parse_learn, parse_number


@pytest.mark.parametrize("word", COMMANDS)
def test_every_command_is_known_by_its_name(word: str) -> None:
    assert parse_learn(word) == Typed(word, "", word, None)
    assert parse_learn(f"  {word.upper()}  a  b ").rest == "a  b"


@pytest.mark.parametrize(
    ("text", "word", "rest"),
    [
        ("", "hub", ""),
        (" \u00a0 ", "hub", ""),
        ("Hi!", "hub", ""),
        ("hello there", "hub", "there"),
        ("?", "help", ""),
        ("Help kudos", "help", "kudos"),
        ("join #learning", "join", "#learning"),
        ("Opt-in", "join", ""),
        ("opt_out all", "leave", "all"),
        ("opt in", "join", ""),
        ("set up", "setup", ""),
        ("set-up", "setup", ""),
        ("Setup\u00a0now", "setup", "now"),
        ("\u201cgoal\u201d run a retro", "goal", "run a retro"),
        ("goal \u201crun a retro\u201d", "goal", "\u201crun a retro\u201d"),
        ("goal: run a retro", "goal", "run a retro"),
        ("*done* 2", "done", "2"),
        ("thank you", "kudos", ""),
        ("thank you <@U1>", "kudos", "<@U1>"),
        ("learn join #x", "join", "#x"),
        ("/learn join", "join", ""),
        ("I\u2019m back", "resume", ""),
        ("we met", "met", ""),
        ("met\u200b", "met", ""),
        ("in", "join", ""),
        ("stop", "leave", ""),
    ],
)
def test_ways_to_write_a_command(text: str, word: str, rest: str) -> None:
    typed = parse_learn(text)

    assert (typed.word, typed.rest, typed.closest) == (word, rest, None)


@pytest.mark.parametrize(
    "text",
    [
        "in three months I will run a retro",
        "out of the office until Monday",
        "stop writing to me in the morning",
        "back to the office with new ideas",
        "what is a red-line review?",
        "learning to say no",
        "learn Spanish",
        "get better at saying no",
        "house rules for meetings",
        "the export button also takes a filter",
        "<@U1|lee> helped me",
        "\U0001f600",
    ],
)
def test_free_text_is_no_command_and_is_kept(text: str) -> None:
    assert parse_learn(f" {text} ") == Typed(None, text, text, None)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gaol", "goal"),
        ("hlep", "help"),
        ("jion", "join"),
        ("pasue 3w", "pause"),
        ("kudo", "kudos"),
        ("kuddos", "kudos"),
        ("privcy", "privacy"),
        ("resmue", "resume"),
        ("bookd", "booked"),
        ("abuot", "about"),
        ("setpu", "setup"),
        ("leav", "leave"),
    ],
)
def test_a_slip_finds_the_nearest_command(typed: str, meant: str) -> None:
    found = parse_learn(typed)

    assert (found.word, found.closest, found.rest) == (None, meant, typed)


@pytest.mark.parametrize("typed", ["xylophone", "on", "it", "a", "banana", "helicopter", "x" * 5000])
def test_far_words_find_nothing(typed: str) -> None:
    assert parse_learn(typed).closest is None


@given(st.text())
def test_nothing_typed_breaks_it_or_gets_lost(text: str) -> None:
    typed = parse_learn(text)

    assert typed.text == text.strip()
    assert typed.text.endswith(typed.rest)
    assert typed.word is None or typed.word in COMMANDS
    assert typed.closest is None or typed.word is None


@pytest.mark.parametrize(
    ("rest", "number"),
    [
        ("2", 2),
        ("#2", 2),
        ("2. it was fun", 2),
        (" 3) ", 3),
        ("", None),
        ("two", None),
        ("2nd", None),
        ("0", None),
        ("-1", None),
        ("1000000000000", None),
        ("\u0662", None),
    ],
)
def test_a_number_comes_first_or_not_at_all(rest: str, number: int | None) -> None:
    assert parse_number(rest) == number


@pytest.mark.parametrize(
    ("text", "word", "rest"),
    [
        ("Hilfe", "help", ""),
        ("ziele", "goals", ""),
        ("ziel eine Retro allein leiten", "goal", "eine Retro allein leiten"),
        ("danke @lee f\u00fcr die Migration", "kudos", "@lee f\u00fcr die Migration"),
        ("lernen eine Bilanz lesen", "want", "eine Bilanz lesen"),
        ("weiter", "resume", ""),
        ("zur\u00fcck", "resume", ""),
        ("aussteigen alle", "leave", "alle"),
    ],
)
def test_german_words_mean_the_same_for_everybody(text: str, word: str, rest: str) -> None:
    typed = parse_learn(text)

    assert (typed.word, typed.rest) == (word, rest)


def test_a_german_word_that_goes_on_as_a_sentence_is_no_command() -> None:
    assert parse_learn("weiter so, das war gut").word is None
