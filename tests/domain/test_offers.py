"""What a topic is."""

import pytest

from bot.domain.errors import Problem
from bot.domain.offers import MAX_TOPIC, TopicForm, TopicKind, check_topic, fitting_minutes, parse_topic


@pytest.mark.parametrize(
    ("typed", "topic", "minutes"),
    [
        ("pivot tables in 15 min", "pivot tables", 15),
        ("pivot  tables in 15min.", "pivot tables", 15),
        ("pivot tables in 20 minutes", "pivot tables", 30),
        ("pivot tables in 999 min", "pivot tables", 60),
        ("pivot tables", "pivot tables", None),
        ("getting up in 5 minutes in the morning", "getting up in 5 minutes in the morning", None),
        ("in 15 min", "in 15 min", None),
        ("", "", None),
    ],
)
def test_an_offer_is_read_with_its_minutes(typed: str, topic: str, minutes: int | None) -> None:
    assert parse_topic(TopicKind.OFFER, typed) == TopicForm(TopicKind.OFFER, topic, minutes)


def test_a_want_has_no_minutes() -> None:
    assert parse_topic(TopicKind.WANT, "running a mile in 6 min") == TopicForm(
        TopicKind.WANT, "running a mile in 6 min", None
    )


@pytest.mark.parametrize("topic", ["", "  ", "ab", "???", "\U0001f600\U0001f600\U0001f600"])
def test_too_little_is_no_topic(topic: str) -> None:
    assert check_topic(TopicForm(TopicKind.WANT, topic))["topic"].problem == Problem.TOPIC_SHORT


def test_the_longest_topic_is_taken_and_a_longer_one_is_not() -> None:
    assert check_topic(TopicForm(TopicKind.WANT, "x" * MAX_TOPIC)) == {}
    assert check_topic(TopicForm(TopicKind.WANT, "x" * (MAX_TOPIC + 1)))["topic"].details["length"] == "61"


@pytest.mark.parametrize(("minutes", "chosen"), [(0, 10), (10, 10), (11, 15), (31, 60), (60, 60), (500, 60)])
def test_an_offers_length_is_the_next_longer_one(minutes: int, chosen: int) -> None:
    assert fitting_minutes(minutes) == chosen
