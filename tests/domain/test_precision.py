"""What makes thanks precise."""

import pytest

from bot.domain.precision import Precision, precision_of


@pytest.mark.parametrize(
    ("deed", "effect", "found"),
    [
        # Eight words besides what is said to anybody for anything.
        ("Walked me through the database migration twice in a row", "", "deed"),
        ("Walked me through the database migration twice", "", ""),
        ("Thank you so much, you are the best, great job as always, well done", "", ""),
        ("Vielen Dank f\u00fcr deine tolle Hilfe, du bist super, tolle Arbeit, weiter so", "", ""),
        ("Thanks a lot for your help: you read all ten pages of my draft", "", "deed"),
        ("<@U1> <@U2> <@U3> <@U4> <@U5> asked the right question", "", ""),
        # Three words of effect, or a word that joins the deed to it.
        ("Stayed late with me", "I slept well", "effect"),
        ("Stayed late with me", "slept well", ""),
        ("Stayed late so that we shipped", "", "effect"),
        ("Stayed late so I could go home", "", "effect"),
        ("It was so kind of you", "", ""),
        ("You stayed, which meant we shipped", "", "effect"),
        ("Hast geblieben, damit wir fertig werden", "", "effect"),
        ("Hast geholfen, sodass es geht", "", "effect"),
        # Something to hold on to.
        ("Stayed late on Tuesday", "", "anchor"),
        ("Ist am Dienstag geblieben", "", "anchor"),
        ("Stayed late on 2026-11-03", "", "anchor"),
        ("Stayed late on 3 November", "", "anchor"),
        ("Stayed late on November 3rd", "", "anchor"),
        ("Wrote https://a.b/c", "", "anchor"),
        ("Helped me reach my goal", "", "anchor"),
        ("Hosted the session", "", "anchor"),
        ("May I say that you stayed", "", ""),
        ("Made it a monday-ish thing", "", "anchor"),
        ("You scored", "", ""),
        (
            "Walked me through the whole database migration twice on Tuesday",
            "so that I could do the second one alone",
            "deed effect anchor",
        ),
    ],
)
def test_each_part_is_found_in_the_words(deed: str, effect: str, found: str) -> None:
    parts = found.split()

    precision = precision_of(deed, effect, has_anchor=False)

    assert precision == Precision("deed" in parts, "effect" in parts, "anchor" in parts)
    assert precision.score == len(parts)


def test_a_link_or_a_value_is_something_to_hold_on_to() -> None:
    assert precision_of("Stayed late", "", has_anchor=True) == Precision(deed=False, effect=False, anchor=True)


def test_long_hostile_words_are_judged_quickly() -> None:
    for piece in ("thank you ", "so ", "1.", "'", "a-", "https://", "<@U1>", "monday", "3 of "):
        precision_of(piece * (8_000 // len(piece)), "", has_anchor=False)
