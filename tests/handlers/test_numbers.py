"""Ids that no row can have, in every button and form: what carries one is over, and nothing fails because of it."""

import re

import pytest

from bot.blocks.ids import CommunityId, GoalId, SettingsId, TopicId
from bot.domain.communities import Meeting, Rhythm, SetUp
from bot.domain.goals import CHECK_WEEKS
from bot.domain.identity import LARGEST_ID, Profile
from storage.communities import Community
from storage.goals import Goal
from storage.offers import Topic
from tests.factories import rows
from tests.handlers.edge import LEARNING, NOW, Edge, Json
from tests.handlers.lived_in import OWNER, as_it_happened, entries, forms, live_in, payloads
from tests.loops import for_each

NO_IDS = ("", "abc", "-1", "\uff11\uff12", str(LARGEST_ID + 1), "9" * 20)
# Of other versions, or of nobody's.
ODD = ("", "abc", "9" * 20, "[]", '{"people": 7}', "::", "1:2026-13-45")
OVER = "That is over already"
# Longer in the samples than any other number.
ID = re.compile(r"(?<![\w-])\d{10}(?![\w-])")
PRESSED, FORMS = payloads(), forms()
WITH_ID = {
    name: next((one for one in sorted(found) if ID.search(" ".join(one))), None) for name, found in PRESSED.items()
}
FORM_WITH_ID = {
    callback_id: view
    for callback_id, views in FORMS.items()
    for view in views
    if ID.search(view.get("private_metadata", ""))
}


@pytest.fixture(scope="module")
def lived_in(shared_edge: Edge) -> Edge:
    live_in(shared_edge)
    return shared_edge


def carried(sample: str, odd: str, edge: Edge) -> str:
    """What a sample carries, with this in the place of its id."""
    return as_it_happened(ID.sub("ODD", sample), edge).replace("ODD", odd)


def said_at_a_click(edge: Edge, action_id: str, value: str, **chosen: str) -> str:
    edge.slack.calls.clear()
    assert edge.send(edge.click(OWNER, action_id, value, **chosen)).status == 200
    return str(edge.answers())


def said_at_a_form(edge: Edge, view: Json, metadata: str, **typed: Json) -> str:
    edge.slack.calls.clear()
    body = edge.form(OWNER, {**view, "private_metadata": metadata}, **entries(view) | typed)
    response = edge.send(body)
    assert response.status == 200
    return f"{response.body}{edge.answers()}"


def test_the_samples_carry_ids() -> None:
    assert len([one for one in WITH_ID.values() if one]) > 40
    assert len(FORM_WITH_ID) > 7


@for_each("name", sorted(name for name, found in WITH_ID.items() if found))
def test_a_button_with_an_id_that_no_row_can_have_is_over(lived_in: Edge, name: str) -> None:
    sample = WITH_ID[name]
    assert sample is not None
    for odd in NO_IDS:
        action_id, value = (carried(part, odd, lived_in) for part in sample)

        said = said_at_a_click(lived_in, action_id, value, selected_date="2026-12-20")

        assert OVER in said, (odd, said)


@for_each("callback_id", sorted(FORM_WITH_ID))
def test_a_form_with_an_id_that_no_row_can_have_is_over(lived_in: Edge, callback_id: str) -> None:
    view = FORM_WITH_ID[callback_id]
    for odd in NO_IDS:
        # A form without an id is one for something new.
        if not odd and callback_id in {"goal.form", "note.form", "topic.form"}:
            continue

        said = said_at_a_form(lived_in, view, carried(view["private_metadata"], odd, lived_in))

        assert OVER in said, (odd, said)


@pytest.mark.slow
@for_each("name", sorted(PRESSED))
def test_a_button_that_carries_anything_at_all_needs_no_apology(lived_in: Edge, name: str) -> None:
    for odd in ODD:
        said = said_at_a_click(lived_in, name, odd)

        assert "on my side" not in said, (odd, said)


@pytest.mark.slow
@for_each("callback_id", sorted(FORMS))
def test_a_form_that_carries_anything_at_all_needs_no_apology(lived_in: Edge, callback_id: str) -> None:
    for odd in ODD:
        said = said_at_a_form(lived_in, FORMS[callback_id][0], odd)

        assert "on my side" not in said, (odd, said)


@pytest.mark.parametrize("odd", ["", "abc", "-1", "\uff11"])
def test_a_number_that_is_no_choice_of_a_form_counts_as_none(edge: Edge, odd: str) -> None:
    chosen = {"selected_option": {"value": odd}}
    other = SetUp("Getting better at planning", Rhythm(prompt_weekday=3, round_weeks=4), meeting=Meeting(group_size=4))
    amara = Profile("U0AMARA", "Europe/Berlin")
    edge.services.communities.set_up(edge.actor("U0AMARA"), LEARNING, other, amara, (), NOW)
    numbers = {
        CommunityId.FORM: ("prompt_weekday", "round_weeks", "group_size", "again_after"),
        GoalId.FORM: ("weeks", "check_weeks"),
        SettingsId.FORM: ("pace", "note_day"),
    }
    for callback_id, names in numbers.items():
        view = {**FORMS[callback_id][0], "private_metadata": LEARNING if callback_id == CommunityId.FORM else ""}

        response = edge.send(edge.form("U0AMARA", view, **entries(view) | dict.fromkeys(names, chosen)))

        assert not response.body
        assert "on my side" not in str(edge.answers())
    (community,) = rows(edge.database, Community)
    assert (community.prompt_weekday, community.round_weeks, community.group_size) == (1, 1, 2)
    (goal,) = rows(edge.database, Goal)
    assert goal.check_weeks == CHECK_WEEKS[0]


@pytest.mark.parametrize(
    "before",
    [
        "{",
        "7",
        "[]",
        '["R", 15, "", true]',
        '{"a": 1, "b": 2, "c": 3, "d": 4, "e": 5}',
        '["R", [], "", true, "2026-09-30T13:30:00+00:00"]',
        '["R", 7, "", true, "2026-09-30T13:30:00+00:00"]',
        '["R", 15, "", true, "2026-09-30T13:30:00"]',
        '["R", 15, "", true, null]',
    ],
)
def test_an_undo_of_another_version_brings_nothing_back(edge: Edge, before: str) -> None:
    edge.send(edge.command("U0AMARA", "/learn", "teach pivot tables 15"))
    said = rows(edge.database, Topic)
    edge.answers()

    assert edge.say(edge.click("U0AMARA", TopicId.UNDO, f"1 {before}")).startswith(OVER)

    assert rows(edge.database, Topic) == said
