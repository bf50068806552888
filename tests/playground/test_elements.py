from typing import Any

import pytest

from playground.messages.elements import choice, field_errors, find_element, plain_text, state_values, with_ids
from playground.state.state import WorkspaceError

Json = dict[str, Any]
OPTIONS = [{"text": {"type": "plain_text", "text": word}, "value": word.lower()} for word in ("One", "Two")]


def field(element: Json, **more: object) -> Json:
    block = {"type": "input", "block_id": "b", "label": {"type": "plain_text", "text": "L"}}
    return {**block, "element": {"action_id": "a", **element}, **more}


@pytest.mark.parametrize(
    ("element", "simple", "key", "held"),
    [
        ({"type": "plain_text_input"}, "hi", "value", "hi"),
        ({"type": "plain_text_input"}, "", "value", None),
        ({"type": "number_input"}, 7, "value", "7"),
        ({"type": "static_select", "options": OPTIONS}, "two", "selected_option", OPTIONS[1]),
        ({"type": "static_select", "options": OPTIONS}, None, "selected_option", None),
        (
            {"type": "static_select", "option_groups": [{"options": OPTIONS}]},
            "one",
            "selected_option",
            OPTIONS[0],
        ),
        ({"type": "checkboxes", "options": OPTIONS}, ["one"], "selected_options", [OPTIONS[0]]),
        ({"type": "multi_users_select"}, ["U1", "U2"], "selected_users", ["U1", "U2"]),
        ({"type": "users_select"}, "U1", "selected_user", "U1"),
        ({"type": "datepicker"}, "2026-11-24", "selected_date", "2026-11-24"),
        ({"type": "timepicker"}, "", "selected_time", None),
        ({"type": "datetimepicker"}, 1795500000, "selected_date_time", 1795500000),
    ],
)
def test_a_simple_value_becomes_slacks_state(element: Json, simple: object, key: str, held: object) -> None:
    assert choice(element, simple) == {"type": element["type"], key: held}


def test_an_option_that_is_not_there_is_refused() -> None:
    with pytest.raises(WorkspaceError, match="no option 'three'"):
        choice({"type": "radio_buttons", "options": OPTIONS, "action_id": "a"}, "three")


def test_given_goes_before_kept_and_kept_before_preset() -> None:
    blocks = [field({"type": "plain_text_input", "initial_value": "preset"})]
    kept = state_values(blocks, {}, {"b": {"a": "kept"}})

    texts = [
        state_values(blocks, before, given)["b"]["a"]["value"]
        for before, given in (({}, {}), (kept, {}), (kept, {"b": {"a": "given"}}))
    ]

    assert texts == ["preset", "kept", "given"]


def test_a_field_that_is_not_there_is_refused() -> None:
    with pytest.raises(WorkspaceError, match="no field 'x' in block 'b'"):
        state_values([field({"type": "plain_text_input"})], {}, {"b": {"x": "1"}})


@pytest.mark.parametrize(
    ("block", "simple", "part"),
    [
        (field({"type": "plain_text_input"}), "", "complete"),
        (field({"type": "plain_text_input"}, optional=True), "", None),
        (field({"type": "plain_text_input", "max_length": 3}), "four", "at most 3"),
        (field({"type": "plain_text_input", "min_length": 3}), "no", "at least 3"),
        (field({"type": "number_input"}), "many", "number"),
        (field({"type": "checkboxes", "options": OPTIONS}), [], "complete"),
    ],
)
def test_slacks_own_form_checks_fields(block: Json, simple: object, part: str | None) -> None:
    errors = field_errors([block], state_values([block], {}, {"b": {"a": simple}}))

    assert (part is None) == (errors == {})
    assert part is None or part in errors["b"]


def test_missing_ids_are_made_up_and_given_ones_kept() -> None:
    button = {"type": "button", "text": {"type": "plain_text", "text": "Go"}}
    blocks = [{"type": "actions", "elements": [button]}, field({"type": "plain_text_input"})]
    numbers = iter("123")

    named = with_ids(blocks, lambda prefix: prefix + next(numbers))

    assert (named[0]["block_id"], named[0]["elements"][0]["action_id"]) == ("b1", "a2")
    assert (named[1]["block_id"], named[1]["element"]["action_id"]) == ("b", "a")
    assert "block_id" not in blocks[0]
    assert find_element(named, "a2", None) == ("b1", named[0]["elements"][0])
    assert plain_text(named[:1]) == "Go"
