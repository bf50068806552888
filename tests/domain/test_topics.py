"""When two topics mean the same."""

import pytest

from bot.domain.topics import Thesaurus
from bot.library import load_thesaurus

SHIPPED = load_thesaurus()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Case, plural, word endings, marks, little words, the order of words.
        ("Pivot tables", "pivot table"),
        ("reading a balance sheet", "Reading balance sheets!"),
        ("balance sheet reading", "reading a balance sheet"),
        ("SQL", "sql"),
        ("how to write tests", "writing tests"),
        ("code-review", "code review"),
        ("\uff33\uff31\uff2c", "SQL"),
        ("Excel basics", "Introduction to Excel"),
        # German: plural, umlaut, umlaut written out, words that change inside.
        ("Präsentation", "Präsentationen"),
        ("Praesentationen", "Präsentation"),
        ("Haus", "Häuser"),
        ("Bücher binden", "Buch binden"),
        ("Buecher binden", "Bücher binden"),
        ("Grundlagen der Statistik", "Statistiken"),
        # Words that mean the same, in one language and across both.
        ("ppt", "PowerPoint"),
        ("PowerPoint slides", "Folien"),
        ("reading a Bilanz", "Reading a balance sheet"),
        ("KPIs", "Kennzahlen"),
        ("k8s", "Kubernetes"),
        ("regex", "regular expressions"),
        ("Führung", "leadership"),
        ("conflict talks", "schwierige Gespräche"),
    ],
)
def test_topics_that_mean_the_same_have_one_key(one: str, other: str) -> None:
    assert SHIPPED.key(one) == SHIPPED.key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("C", "C++"),
        ("C#", "C"),
        ("Java", "JavaScript"),
        ("class", "clas"),
        ("Excel", "operational excellence"),
        ("SQL", "SQL joins"),
        ("Word", "work"),
        ("Rust", "REST API"),
        ("the", "how"),
    ],
)
def test_topics_that_differ_have_keys_that_differ(one: str, other: str) -> None:
    assert SHIPPED.key(one) != SHIPPED.key(other)


def test_a_name_that_means_two_things_is_refused() -> None:
    with pytest.raises(ValueError, match="means both"):
        Thesaurus([("slides", "deck"), ("terrace", "deck")])


def test_what_is_near_something_has_a_line_of_its_own() -> None:
    with pytest.raises(ValueError, match="no line of its own"):
        Thesaurus([("slides", "ppt")], [("slides", "talks")])
