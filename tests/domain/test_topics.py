"""When two topics mean the same, and which fit what somebody looks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.topics import FITS, Described, Thesaurus
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


OFFERED = (
    "PowerPoint slides that people read",
    "SQL joins",
    "Pivot tables",
    "Reading a balance sheet",
    "Reading poems aloud",
    "Python for beginners",
    "Vorträge halten",
    "Häuser bauen",
    "Work-life balance",
    "Git without fear",
    "Kubernets clusters",
)


@pytest.mark.parametrize(
    ("wanted", "first"),
    [
        ("ppt", "PowerPoint slides that people read"),
        ("slide", "PowerPoint slides that people read"),
        ("POWERPOINT", "PowerPoint slides that people read"),
        ("Folien", "PowerPoint slides that people read"),
        ("sql", "SQL joins"),
        ("sql join", "SQL joins"),
        ("pivto tabels", "Pivot tables"),
        ("pivott", "Pivot tables"),
        ("balance sheets", "Reading a balance sheet"),
        ("Bilanzen lesen", "Reading a balance sheet"),
        ("poetry", None),
        ("poem", "Reading poems aloud"),
        ("Pyhton", "Python for beginners"),
        ("phyton", "Python for beginners"),
        ("Vortrag", "Vorträge halten"),
        ("presentations", "Vorträge halten"),
        ("haus", "Häuser bauen"),
        ("Haeuser", "Häuser bauen"),
        # The offer has the slip.
        ("kubernetes", "Kubernets clusters"),
        ("word", None),
        ("how to", None),
        ("", None),
    ],
)
def test_what_somebody_looks_for_is_found(wanted: str, first: str | None) -> None:
    found = SHIPPED.find(wanted, [Described(topic) for topic in OFFERED])

    assert (OFFERED[found[0][0]] if found else None) == first


def test_what_is_only_read_or_written_is_not_found_by_that_alone() -> None:
    found = SHIPPED.find("reading a balance sheet", [Described("Reading poems aloud"), Described("Reading")])

    assert found == []


def test_a_wider_offer_is_found_after_the_one_that_says_it_all() -> None:
    found = SHIPPED.find("SQL joins", [Described("SQL"), Described("Pivot tables"), Described("joins in sql")])

    assert [place for place, _ in found] == [2, 0]


def test_the_sentence_counts_less_than_the_topic() -> None:
    found = SHIPPED.find(
        "excel", [Described("Numbers without fear", "With Excel, in a quarter of an hour"), Described("Excel")]
    )

    assert [place for place, _ in found] == [1, 0]


def test_a_name_that_means_two_things_is_refused() -> None:
    with pytest.raises(ValueError, match="means both"):
        Thesaurus([("slides", "deck"), ("terrace", "deck")])


def test_what_is_near_something_has_a_line_of_its_own() -> None:
    with pytest.raises(ValueError, match="no line of its own"):
        Thesaurus([("slides", "ppt")], [("slides", "talks")])


@given(st.text(max_size=80), st.lists(st.text(max_size=80), max_size=5))
def test_any_text_can_be_compared_and_looked_for(wanted: str, among: list[str]) -> None:
    found = SHIPPED.find(wanted, [Described(one, wanted) for one in among])

    assert all(FITS <= score <= 1 for _, score in found)
    assert len({place for place, _ in found}) == len(found)
    assert SHIPPED.key(wanted) == SHIPPED.key(wanted.swapcase()) or not wanted.isascii()


def test_of_a_long_text_the_first_twenty_words_are_looked_for() -> None:
    others = [f"word{number:02}" for number in range(19)]
    among = [Described("Kubernetes")]

    assert SHIPPED.find(" ".join([*others, "kubernetes"]), among) == [(0, 0.9)]
    assert SHIPPED.find(" ".join([*others, "another", "kubernetes"]), among) == []
    # Words that tell nothing are none of the twenty.
    assert SHIPPED.find(" ".join(["how to", *others, "kubernetes"]), among) == [(0, 0.9)]
