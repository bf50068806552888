"""What thanks have to look like, and when they are read."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import Problem, Refusal
from bot.domain.kudos import (
    MOST_TOGETHER,
    PRIVATELY,
    Places,
    Thanks,
    check_thanks,
    check_value,
    few_people,
    has_room,
    mentioned,
    post_at,
)
from tests.factories import MONDAY_8

DEED = "Walked me through the migration twice"


def test_precise_thanks_have_nothing_to_change() -> None:
    assert check_thanks("U1", Thanks(("U2",), DEED)) == {}
    assert check_thanks("U1", Thanks(("U2", "U3", "U4", "U5", "U6"), "x" * 300, "x" * 200)) == {}
    assert check_thanks("U1", Thanks(("U2",), f" {'x' * 20} ")) == {}
    assert check_thanks("U1", Thanks(("U2",), DEED, link="https://a.b/c?d=e&f=g#h")) == {}


@pytest.mark.parametrize(
    ("thanks", "field", "trouble"),
    [
        (Thanks((), DEED), "people", Refusal(Problem.NOBODY_NAMED)),
        (Thanks(("U2", "U1"), DEED), "people", Refusal(Problem.YOURSELF)),
        (Thanks(("U2", "U3", "U4", "U5", "U6", "U7"), DEED), "people", Refusal(Problem.CROWD)),
        (Thanks(("U2",), f"{'x' * 19}   "), "deed", Refusal(Problem.DEED_SHORT)),
        (Thanks(("U2",), "x" * 301), "deed", Refusal(Problem.TOO_LONG, {"length": "301", "limit": "300"})),
        (Thanks(("U2",), DEED, "x" * 201), "effect", Refusal(Problem.TOO_LONG, {"length": "201", "limit": "200"})),
        (Thanks(("U2",), DEED, tag="x" * 31), "tag", Refusal(Problem.TOO_LONG, {"length": "31", "limit": "30"})),
        (Thanks(("U2",), DEED, link="a.b/c"), "link", Refusal(Problem.LINK_UNREADABLE)),
        (Thanks(("U2",), DEED, link="https://a.b|<!channel>"), "link", Refusal(Problem.LINK_UNREADABLE)),
        (Thanks(("U2",), DEED, link="javascript:alert(1)"), "link", Refusal(Problem.LINK_UNREADABLE)),
    ],
)
def test_each_field_says_what_to_change(thanks: Thanks, field: str, trouble: Refusal) -> None:
    assert check_thanks("U1", thanks) == {field: trouble}


def test_naming_somebody_twice_is_no_crowd() -> None:
    assert check_thanks("U1", Thanks(("U2",) * 6, DEED)) == {}


def test_all_fields_are_checked_at_once() -> None:
    found = check_thanks("U1", Thanks((), "", "x" * 999, "x" * 99, "x"))

    assert set(found) == {"people", "deed", "effect", "tag", "link"}


def test_where_the_company_has_a_list_of_values_only_those_may_be_named() -> None:
    assert check_value("patience", ["patience", "candour"]) is None
    assert check_value(None, ["patience"]) is None
    assert check_value("speed", []) is None
    assert check_value("speed", ["patience", "candour"]) == Refusal(
        Problem.NOT_A_VALUE, {"typed": "speed", "values": "patience candour"}
    )


@pytest.mark.parametrize(
    ("places", "first", "values"),
    [
        (Places(), PRIVATELY, ()),
        (Places("C1", ("C2",), {"C1": ("a",), "C2": ("b", "a")}), "C1", ("a", "b")),
        (Places("", ("C2",), {"C2": ()}), "C2", ()),
        (Places("", ("C2", "C3"), {"C2": ("b",), "C3": ()}), PRIVATELY, ()),
    ],
)
def test_the_nearest_place_comes_first_and_values_are_offered_where_all_have_some(
    places: Places, first: str, values: tuple[str, ...]
) -> None:
    assert (places.first, places.all_values) == (first, values)


@given(st.lists(st.integers(0, 90), max_size=60))
def test_no_hour_has_more_than_three_messages_with_thanks(gaps: list[int]) -> None:
    now, posts = MONDAY_8, [MONDAY_8][:0]
    for gap in gaps:
        now += timedelta(minutes=gap)
        recent = [at for at in posts if at > now - timedelta(hours=1)]
        if not any(at > now for at in recent):
            at = post_at(recent, now)
            assert now <= at <= now + timedelta(hours=1)
            posts.append(at)

    for first, fourth in zip(posts, posts[3:], strict=False):
        assert fourth - first >= timedelta(hours=1)


def test_a_message_takes_as_many_thanks_as_fit() -> None:
    short, long = Thanks(("U1",), "x" * 20), Thanks(("U1",), "&" * 300, "&" * 200)

    assert has_room([short] * (MOST_TOGETHER - 1), short)
    assert not has_room([short] * MOST_TOGETHER, short)
    assert has_room([long], long)
    assert not has_room([long] * 3, long)


def test_few_are_one_or_two_in_the_last_six() -> None:
    one, two, three = (frozenset({name}) for name in ("U1", "U2", "U3"))

    assert few_people([one] * 5) is None
    assert few_people([one] * 6) == 1
    assert few_people([one, two, one, two, one, two]) == 2
    assert few_people([one, two, three, one, one, one]) is None
    assert few_people([one, two, one, two, one, two, three]) == 2


def test_whom_the_words_mention_is_read_from_them() -> None:
    assert mentioned(Thanks(("U1",), "asked <@U2> and <@U3>", "so <@U2> knew <#C1>")) == {"U2", "U3"}
