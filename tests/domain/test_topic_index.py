"""Which topics fit what somebody looks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.topic_index import FITS, TopicIndex
from bot.library import load_thesaurus

SHIPPED = load_thesaurus()


def stems(*said: str | tuple[str, str]) -> dict[int, str]:
    """What an index is given of some topics, with or without a sentence."""
    return {place: SHIPPED.stems_of(*((one,) if isinstance(one, str) else one)) for place, one in enumerate(said)}


def find(wanted: str, *said: str | tuple[str, str]) -> list[tuple[int, float]]:
    """What fits among some topics: their places, and how well."""
    index = TopicIndex(SHIPPED)
    index.renew(stems(*said))
    return index.find(wanted)


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
    found = find(wanted, *OFFERED)

    assert (OFFERED[found[0][0]] if found else None) == first


def test_what_is_only_read_or_written_is_not_found_by_that_alone() -> None:
    found = find("reading a balance sheet", "Reading poems aloud", "Reading")

    assert found == []


def test_a_wider_offer_is_found_after_the_one_that_says_it_all() -> None:
    found = find("SQL joins", "SQL", "Pivot tables", "joins in sql")

    assert [place for place, _ in found] == [2, 0]


def test_the_sentence_counts_less_than_the_topic() -> None:
    found = find("excel", ("Numbers without fear", "With Excel, in a quarter of an hour"), "Excel")

    assert [place for place, _ in found] == [1, 0]


@given(st.text(max_size=80), st.lists(st.text(max_size=80), max_size=5))
def test_any_text_can_be_compared_and_looked_for(wanted: str, among: list[str]) -> None:
    found = find(wanted, *((one, wanted) for one in among))

    assert all(FITS <= score <= 1 for _, score in found)
    assert len({place for place, _ in found}) == len(found)
    assert SHIPPED.key(wanted) == SHIPPED.key(wanted.swapcase()) or not wanted.isascii()


def test_of_a_long_text_the_first_twenty_words_are_looked_for() -> None:
    others = [f"word{number:02}" for number in range(19)]
    among = "Kubernetes"

    assert find(" ".join([*others, "kubernetes"]), among) == [(0, 0.9)]
    assert find(" ".join([*others, "another", "kubernetes"]), among) == []
    # Words that tell nothing are none of the twenty.
    assert find(" ".join(["how to", *others, "kubernetes"]), among) == [(0, 0.9)]


SAID = st.dictionaries(st.integers(0, 5), st.sampled_from([*OFFERED, "Kubernetes", "ppt", "Tables"]), max_size=6)


@given(st.lists(SAID, min_size=1, max_size=6), st.sampled_from(["ppt", "kubernetes", "pivto table", "SQL", "reading"]))
def test_an_index_finds_the_same_however_it_came_to_what_it_holds(steps: list[dict[int, str]], wanted: str) -> None:
    grown, at_once = TopicIndex(SHIPPED), TopicIndex(SHIPPED)
    for step in steps:
        grown.renew({number: SHIPPED.stems_of(topic) for number, topic in step.items()})
        grown.find(wanted)
    at_once.renew({number: SHIPPED.stems_of(topic) for number, topic in steps[-1].items()})

    assert grown.find(wanted) == at_once.find(wanted)
