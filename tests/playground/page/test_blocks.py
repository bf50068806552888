"""Every block and element as HTML, and the way back from a form to Slack's values."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from starlette.datastructures import FormData

from playground.page import forms
from playground.page.blocks import Renderer, Surface, known
from playground.page.reader import Reader

Json = dict[str, Any]

BERLIN = ZoneInfo("Europe/Berlin")
READER = Reader(
    me="U1",
    zone=BERLIN,
    now=datetime(2026, 11, 23, 8, 0, tzinfo=UTC),
    people={"U1": "Amara", "U2": "Lee"},
    channels={"C1": "learning"},
)
HOSTILE = '<script>alert("x")</script>'


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def option(value: str, text: str = HOSTILE) -> Json:
    return {"value": value, "text": plain(text), "description": plain(HOSTILE)}


def render(block: Json, kept: dict[str, list[str]] | None = None, errors: dict[str, str] | None = None) -> str:
    surface = Surface("view", "view-V1", kept or {}, errors or {})
    return str(Renderer(READER, surface).blocks([block]))


def in_actions(element: Json) -> Json:
    return {"type": "actions", "block_id": "b", "elements": [{"action_id": "a", **element}]}


def in_input(element: Json, **more: object) -> Json:
    whole = {"action_id": "a", **element}
    return {"type": "input", "block_id": "b", "label": plain("Label"), "element": whole, **more}


BLOCKS: list[Json] = [
    {"type": "section", "text": mrkdwn(HOSTILE), "fields": [mrkdwn("*f*"), plain(HOSTILE)]},
    {"type": "header", "text": plain(HOSTILE)},
    {"type": "divider"},
    {
        "type": "context",
        "elements": [mrkdwn(HOSTILE), {"type": "image", "image_url": "x", "alt_text": HOSTILE}],
    },
    {
        "type": "image",
        "image_url": "https://elsewhere.example/x.png",
        "alt_text": HOSTILE,
        "title": plain("t"),
    },
    {"type": "markdown", "text": HOSTILE},
    {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": HOSTILE}]}],
    },
    {
        "type": "table",
        "rows": [[{"type": "raw_text", "text": HOSTILE}], [{"type": "raw_number", "value": 1}]],
    },
    {"type": "data_table", "caption": HOSTILE, "rows": [[{"type": "raw_text", "text": HOSTILE}]]},
    {
        "type": "data_visualization",
        "title": HOSTILE,
        "chart": {"type": "pie", "segments": [{"label": HOSTILE, "value": 3}]},
    },
    {"type": "alert", "text": plain(HOSTILE), "level": HOSTILE},
    {"type": "something_new", "text": HOSTILE},
    {"type": "../page", "text": HOSTILE},
    {"type": "section", "fields": "not a list of fields", "text": 7},
]
ELEMENTS: list[Json] = [
    {"type": "button", "text": plain(HOSTILE), "value": HOSTILE},
    {"type": "button", "text": plain(HOSTILE), "url": "javascript:alert(1)"},
    {"type": "static_select", "placeholder": plain(HOSTILE), "options": [option("1"), option(HOSTILE)]},
    {"type": "static_select", "option_groups": [{"label": plain(HOSTILE), "options": [option("1")]}]},
    {"type": "multi_static_select", "options": [option("1")], "initial_options": [option("1")]},
    {"type": "users_select", "initial_user": "U2"},
    {"type": "multi_users_select", "initial_users": ["U1"]},
    {"type": "conversations_select", "filter": {"include": ["public", "im"]}},
    {"type": "multi_conversations_select"},
    {"type": "channels_select"},
    {"type": "multi_channels_select"},
    {"type": "overflow", "options": [option("1"), option("2") | {"url": "https://example.org"}]},
    {"type": "datepicker", "initial_date": "2026-11-30"},
    {"type": "timepicker", "initial_time": "09:30"},
    {"type": "datetimepicker", "initial_date_time": 1795420800},
    {"type": "checkboxes", "options": [option("1"), option("2")], "initial_options": [option("2")]},
    {"type": "radio_buttons", "options": [option("1")]},
    {"type": "plain_text_input", "initial_value": HOSTILE},
    {"type": "plain_text_input", "multiline": True, "initial_value": f"</textarea>{HOSTILE}"},
    {"type": "email_text_input", "initial_value": HOSTILE},
    {"type": "url_text_input"},
    {"type": "number_input", "is_decimal_allowed": True, "min_value": "1", "max_value": "9"},
    {"type": "rich_text_input"},
    {"type": "file_input"},
]


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block["type"])
def test_no_block_lets_hostile_text_through(block: Json) -> None:
    html = render({"block_id": HOSTILE, **block})

    assert "<script" not in html
    assert html.strip()


@pytest.mark.parametrize("element", ELEMENTS, ids=lambda element: element["type"])
def test_no_element_lets_hostile_text_through(element: Json) -> None:
    for block in (in_actions(element), in_input(element, hint=plain(HOSTILE))):
        html = render(block, errors={"b": HOSTILE})

        assert "<script" not in html
        assert "javascript:" not in html


def test_unknown_blocks_are_named_rather_than_dropped() -> None:
    assert "“something_new”" in render({"type": "something_new", "x": 1})
    assert "“../page”" in render({"type": "../page"})
    assert "“hologram”" in render(in_actions({"type": "hologram"}))


def test_a_malformed_block_does_not_take_the_page_with_it() -> None:
    assert "cannot show" in render({"type": "actions", "elements": 5})


def test_every_type_in_use_has_a_template() -> None:
    assert {"section", "header", "divider", "context", "actions", "image", "input"} <= known("blocks")
    assert {element["type"] for element in ELEMENTS} - {"file_input"} <= known("elements")


def test_no_picture_is_fetched_from_elsewhere() -> None:
    html = render({"type": "image", "image_url": "https://elsewhere.example/x.png", "alt_text": "A chart"})

    assert "elsewhere" not in html
    assert 'aria-label="A chart"' in html


def test_an_input_waits_for_submit_unless_it_dispatches() -> None:
    element = {"type": "plain_text_input"}

    assert "hx-post" not in render(in_input(element))
    assert "hx-post" in render(in_input(element, dispatch_action=True))


def test_an_error_stands_at_its_field() -> None:
    html = render(in_input({"type": "plain_text_input"}, hint=plain("Say")), errors={"b": "Too short."})

    assert 'aria-describedby="view-V1-hint-b view-V1-error-b" aria-invalid="true"' in html
    assert "Too short." in html


def test_a_confirm_dialog_comes_with_its_element() -> None:
    ask = {"title": plain("Sure?"), "text": mrkdwn("*Really*"), "confirm": plain("Yes"), "deny": plain("No")}
    html = render(in_actions({"type": "button", "text": plain("Go"), "confirm": ask}))

    assert 'data-confirm="view-V1-confirm-b-a"' in html
    assert '<dialog class="confirm" id="view-V1-confirm-b-a"' in html
    assert "<b>Really</b>" in html


KEPT: list[tuple[Json, Json, list[str]]] = [
    ({"type": "plain_text_input", "initial_value": "old"}, {"value": "new"}, ["new"]),
    ({"type": "plain_text_input", "initial_value": "old"}, {"value": None}, []),
    ({"type": "static_select"}, {"selected_option": option("2")}, ["2"]),
    ({"type": "checkboxes"}, {"selected_options": [option("1"), option("2")]}, ["1", "2"]),
    ({"type": "multi_users_select"}, {"selected_users": ["U1"]}, ["U1"]),
    ({"type": "datetimepicker"}, {"selected_date_time": 1795420800}, ["1795420800"]),
]


@pytest.mark.parametrize(("element", "held", "shown"), KEPT)
def test_what_was_chosen_before_is_shown_again(element: Json, held: Json, shown: list[str]) -> None:
    kept = forms.kept_values({"b": {"a": {"type": element["type"], **held}}})
    whole = {"action_id": "a", **element}
    renderer = Renderer(READER, Surface("view", "v", kept))

    assert renderer.chosen(whole, {"block_id": "b"}, whole.get("initial_value")) == shown


VALUES: list[tuple[str, list[str], object]] = [
    ("plain_text_input", ["a\r\nb"], "a\nb"),
    ("static_select", [""], ""),
    ("multi_static_select", ["", "1", "2"], ["1", "2"]),
    ("checkboxes", [""], []),
    ("datepicker", ["2026-11-30"], "2026-11-30"),
    ("datetimepicker", ["2026-11-23T09:00"], 1795420800),
]


@pytest.mark.parametrize(("kind", "sent", "value"), VALUES)
def test_a_field_becomes_the_value_the_workspace_takes(kind: str, sent: list[str], value: object) -> None:
    name = forms.field_name("b", "a", kind)
    form = FormData([("as", "U1"), *((name, one) for one in sent)])

    assert forms.view_values(forms.typed(form), BERLIN) == {"b": {"a": value}}


@pytest.mark.parametrize(
    ("kind", "sent", "chosen"),
    [
        ("button", [], {}),
        ("button", [("chosen", "v")], {"value": "v"}),
        ("overflow", [("chosen", "later")], {"selected_option": "later"}),
        ("users_select", [("own", "U1")], {"selected_user": "U1"}),
        ("checkboxes", [("own", ""), ("own", "1")], {"selected_options": ["1"]}),
        ("plain_text_input", [("own", "words")], {"value": "words"}),
    ],
)
def test_what_was_chosen_goes_under_the_name_of_slack(kind: str, sent: list[tuple[str, str]], chosen: Json) -> None:
    act = forms.field_name("b", "a", kind)
    form = FormData([(act if name == "own" else name, value) for name, value in sent])

    assert forms.chosen(form, act, BERLIN) == chosen
