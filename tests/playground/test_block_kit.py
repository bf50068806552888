"""Every limit and every place of Block Kit: the largest that Slack takes, and one more."""

from typing import Any

import pytest

from playground.block_kit import review_blocks, review_view

Json = dict[str, Any]
MESSAGE, MODAL, HOME = "message", "modal", "home"


def plain(length: int = 4) -> Json:
    return {"type": "plain_text", "text": "x" * length}


def mrkdwn(length: int = 4) -> Json:
    return {"type": "mrkdwn", "text": "x" * length}


def option(text: int = 4, value: int = 4, mark: object = "", **more: object) -> Json:
    return {"text": plain(text), "value": f"{mark}".ljust(value, "v"), **more}


def options(count: int) -> list[Json]:
    return [option(mark=number) for number in range(count)]


def button(**more: object) -> Json:
    return {"type": "button", "text": plain(), **more}


def actions(*elements: Json) -> list[Json]:
    return [{"type": "actions", "elements": list(elements)}]


def section(**more: object) -> list[Json]:
    return [{"type": "section", "text": mrkdwn(), **more}]


def field(element: Json, **more: object) -> list[Json]:
    return [{"type": "input", "label": plain(), "element": element, **more}]


def block(kind: str, **more: object) -> list[Json]:
    return [{"type": kind, **more}]


def context(count: int) -> list[Json]:
    return block("context", elements=[mrkdwn() for _ in range(count)])


def confirm(title: int = 4, text: int = 4, yes: int = 4, no: int = 4) -> list[Json]:
    asked = {"title": plain(title), "text": mrkdwn(text), "confirm": plain(yes), "deny": plain(no)}
    return actions(button(confirm=asked))


def select(**more: object) -> list[Json]:
    return actions({"type": "static_select", "options": options(2), **more})


def overflow(count: int) -> list[Json]:
    return actions({"type": "overflow", "options": options(count)})


def choices(kind: str, count: int) -> list[Json]:
    return actions({"type": kind, "options": options(count)})


def image(**more: object) -> list[Json]:
    return block("image", **{"image_url": "https://example.com/a.png", "alt_text": "A", **more})


def data_table(rows: int = 2, columns: int = 2, **more: object) -> list[Json]:
    row = [{"type": "raw_text", "text": "x"}] * columns
    return block("data_table", **{"caption": "Sessions", "rows": [row] * rows, **more})


def table(rows: int, columns: int) -> list[Json]:
    return block("table", rows=[[{"type": "raw_text", "text": "x"}] * columns] * rows)


def bars(series: int = 1, points: int = 2, title: int = 4, name: int = 4, axis: int = 4) -> list[Json]:
    names = [f"{number}".ljust(name, "c") for number in range(points)]
    return block(
        "data_visualization",
        title="x" * title,
        chart={
            "type": "bar",
            "series": [
                {"name": f"{number}", "data": [{"label": one, "value": 1} for one in names]} for number in range(series)
            ],
            "axis_config": {"categories": names, "x_label": "x" * axis},
        },
    )


def pie(value: float) -> list[Json]:
    segments = [{"label": "A", "value": value}]
    return block("data_visualization", title="Pie", chart={"type": "pie", "segments": segments})


# What is counted, how it is built from a number, the largest number, and where it stands.
LIMITS = [
    ("blocks of a message", lambda n: block("divider") * n, 50, MESSAGE),
    ("blocks of a modal", lambda n: block("divider") * n, 100, MODAL),
    ("blocks of a Home", lambda n: block("divider") * n, 100, HOME),
    ("block id", lambda n: section(block_id="x" * n), 255, MESSAGE),
    ("action id", lambda n: actions(button(action_id="x" * n)), 255, MESSAGE),
    ("section text", lambda n: section(text=mrkdwn(n)), 3000, MESSAGE),
    ("section fields", lambda n: section(fields=[mrkdwn()] * n), 10, MESSAGE),
    ("section field", lambda n: section(fields=[mrkdwn(n)]), 2000, MESSAGE),
    ("header", lambda n: block("header", text=plain(n)), 150, MESSAGE),
    ("context elements", context, 10, MESSAGE),
    ("actions elements", lambda n: actions(*[button() for _ in range(n)]), 25, MESSAGE),
    ("image alt text", lambda n: image(alt_text="x" * n), 2000, MESSAGE),
    ("image address", lambda n: image(image_url="x" * n), 3000, MESSAGE),
    ("image title", lambda n: image(title=plain(n)), 2000, MESSAGE),
    ("input label", lambda n: field({"type": "plain_text_input"}, label=plain(n)), 2000, MODAL),
    ("input hint", lambda n: field({"type": "plain_text_input"}, hint=plain(n)), 2000, MODAL),
    ("button text", lambda n: actions(button(text=plain(n))), 75, MESSAGE),
    ("button value", lambda n: actions(button(value="x" * n)), 2000, MESSAGE),
    ("button address", lambda n: actions(button(url="x" * n)), 3000, MESSAGE),
    ("button accessibility label", lambda n: actions(button(accessibility_label="x" * n)), 75, MESSAGE),
    ("button agent prompt", lambda n: actions(button(agent_prompt="x" * n)), 4000, MESSAGE),
    ("option text", lambda n: select(options=[option(text=n)]), 75, MESSAGE),
    ("option value", lambda n: select(options=[option(value=n)]), 150, MESSAGE),
    ("option description", lambda n: select(options=[option(description=plain(n))]), 75, MESSAGE),
    ("select options", lambda n: select(options=options(n)), 100, MESSAGE),
    (
        "select groups",
        lambda n: actions(
            {"type": "static_select", "option_groups": [{"label": plain(), "options": options(1)}] * n},
        ),
        100,
        MESSAGE,
    ),
    (
        "group label",
        lambda n: actions(
            {"type": "static_select", "option_groups": [{"label": plain(n), "options": options(1)}]},
        ),
        75,
        MESSAGE,
    ),
    ("checkboxes", lambda n: choices("checkboxes", n), 10, MESSAGE),
    ("radio buttons", lambda n: choices("radio_buttons", n), 10, MESSAGE),
    ("overflow options", overflow, 5, MESSAGE),
    ("placeholder", lambda n: select(placeholder=plain(n)), 150, MESSAGE),
    ("confirm title", lambda n: confirm(title=n), 100, MESSAGE),
    ("confirm text", lambda n: confirm(text=n), 300, MESSAGE),
    ("confirm button", lambda n: confirm(yes=n), 30, MESSAGE),
    ("deny button", lambda n: confirm(no=n), 30, MESSAGE),
    ("longest min_length", lambda n: field({"type": "plain_text_input", "min_length": n}), 3000, MODAL),
    ("lines", lambda n: field({"type": "rich_text_input", "min_lines": n}), 100, MODAL),
    ("files", lambda n: field({"type": "file_input", "max_files": n}), 10, MODAL),
    ("markdown", lambda n: block("markdown", text="x" * n), 12_000, MESSAGE),
    ("markdown in all blocks", lambda n: block("markdown", text="x" * (n // 2)) * 2, 12_000, MESSAGE),
    ("tables of a message", lambda n: table(1, 1) * n, 1, MESSAGE),
    ("table rows", lambda n: table(n, 1), 100, MESSAGE),
    ("table cells of a row", lambda n: table(1, n), 20, MESSAGE),
    ("data table rows", lambda n: data_table(rows=n), 101, MESSAGE),
    ("data table columns", lambda n: data_table(columns=n), 20, HOME),
    ("data table page", lambda n: data_table(page_size=n), 100, MESSAGE),
    ("charts of a message", lambda n: bars() * n, 2, MESSAGE),
    ("chart title", lambda n: bars(title=n), 50, MESSAGE),
    ("chart series", lambda n: bars(series=n), 6, MESSAGE),
    ("chart points", lambda n: bars(points=n), 20, MESSAGE),
    ("chart names", lambda n: bars(name=n), 20, MESSAGE),
    ("axis label", lambda n: bars(axis=n), 50, MESSAGE),
    ("alert", lambda n: block("alert", text=mrkdwn(n)), 200, MODAL),
    ("card title", lambda n: block("card", title=mrkdwn(n)), 150, MESSAGE),
    ("card body", lambda n: block("card", body=mrkdwn(n)), 200, MESSAGE),
    ("carousel", lambda n: block("carousel", elements=block("card", title=mrkdwn()) * n), 10, MESSAGE),
    ("container", lambda n: block("container", title=mrkdwn(), child_blocks=block("divider") * n), 10, MESSAGE),
    (
        "context actions",
        lambda n: block("context_actions", elements=[{"type": "icon_button", "icon": "trash", "text": plain()}] * n),
        5,
        MESSAGE,
    ),
]


@pytest.mark.parametrize(("build", "most", "surface"), [row[1:] for row in LIMITS], ids=[row[0] for row in LIMITS])
def test_the_largest_is_taken_and_one_more_is_not(build: Any, most: int, surface: str) -> None:  # noqa: ANN401
    assert review_blocks(build(most), surface) == []
    # Halves of markdown grow together, so two more are one more for each.
    assert review_blocks(build(most + 2 if build(most + 1) == build(most) else most + 1), surface) != []


WRONG = [
    ("an unknown type", block("sparkle"), MESSAGE, "unsupported type: sparkle"),
    ("a type that is no text", [{"type": ["section"]}], MESSAGE, "unsupported type"),
    ("no type", [{"text": "x"}], MESSAGE, "missing required field: type"),
    ("an unknown field", section(colour="red"), MESSAGE, "invalid additional property: colour"),
    ("an empty text", section(text=mrkdwn(0)), MESSAGE, "must be more than 0 characters"),
    ("a section of nothing", block("section"), MESSAGE, "must have one of: text, fields"),
    ("mrkdwn in a header", block("header", text=mrkdwn()), MESSAGE, "unsupported type: mrkdwn"),
    ("mrkdwn on a button", actions(button(text=mrkdwn())), MESSAGE, "unsupported type: mrkdwn"),
    ("no alt text", block("image", image_url="https://a"), MESSAGE, "missing required field: alt_text"),
    ("no picture", block("image", alt_text="A"), MESSAGE, "must have one of: image_url, slack_file"),
    ("no value", select(options=[{"text": plain()}]), MESSAGE, "missing required field: value"),
    ("no options", actions({"type": "static_select"}), MESSAGE, "must have one of: options, option_groups"),
    ("a preset that is no option", select(initial_option=option(mark="z")), MESSAGE, "must be one of the options"),
    ("an unknown style", actions(button(style="blue")), MESSAGE, "must be one of: primary, danger"),
    ("a wrong date", actions({"type": "datepicker", "initial_date": "24.11."}), MESSAGE, "YYYY-MM-DD"),
    ("a wrong time", actions({"type": "timepicker", "initial_time": "9:00"}), MESSAGE, "HH:mm"),
    ("block ids twice", section(block_id="a") + section(block_id="a"), MESSAGE, "must be unique"),
    ("action ids twice in a block", actions(button(action_id="a"), button(action_id="a")), MESSAGE, "must be unique"),
    ("options that are no list", select(options=5, initial_option=option()), MESSAGE, "must be an array"),
    ("groups that hold none", select(options=None, option_groups=[{"options": 5}]), MESSAGE, "must be an array"),
    ("more than most", field({"type": "plain_text_input", "min_length": 9, "max_length": 3}), MODAL, "min_length"),
    ("an uneven data table", data_table(rows=1) + data_table(), MESSAGE, "at least 2 items"),
    ("no caption", data_table(caption=None), MESSAGE, "missing required field: caption"),
    ("a pie of nothing", pie(0), MESSAGE, "greater than 0"),
    ("text that is none", section(text="hello"), MESSAGE, "must provide an object"),
    ("a text input among actions", actions({"type": "plain_text_input"}), MODAL, "unsupported type"),
    ("a response_url without a form", actions({"type": "channels_select", "response_url_enabled": True}), MODAL, "for"),
]


@pytest.mark.parametrize(("blocks", "surface", "message"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_what_is_wrong_is_said(blocks: list[Json], surface: str, message: str) -> None:
    findings = review_blocks(blocks, surface)

    assert message in " ".join(finding.message for finding in findings)
    assert all(finding.pointer.startswith("/blocks") for finding in findings)


CARD = block("card", title=mrkdwn())
PLACES = [
    ("alert", block("alert", text=mrkdwn()), {MODAL}),
    ("card", CARD, {MESSAGE}),
    ("carousel", block("carousel", elements=CARD), {MESSAGE}),
    ("chart", bars(), {MESSAGE, HOME}),
    ("container", block("container", title=mrkdwn(), child_blocks=block("divider")), {MESSAGE}),
    ("data table", data_table(), {MESSAGE, HOME}),
    ("date and time", actions({"type": "datetimepicker"}), {MESSAGE, MODAL}),
    ("divider", block("divider"), {MESSAGE, MODAL, HOME}),
    ("email", field({"type": "email_text_input"}), {MODAL}),
    ("file", field({"type": "file_input"}), {MODAL}),
    ("input", field({"type": "plain_text_input"}), {MESSAGE, MODAL, HOME}),
    ("markdown", block("markdown", text="x"), {MESSAGE}),
    ("number", field({"type": "number_input", "is_decimal_allowed": False}), {MODAL}),
    ("rich text input", field({"type": "rich_text_input"}), {MODAL, HOME}),
    ("table", table(1, 1), {MESSAGE}),
    ("web address", field({"type": "url_text_input"}), {MODAL}),
]


@pytest.mark.parametrize(("blocks", "allowed"), [row[1:] for row in PLACES], ids=[row[0] for row in PLACES])
def test_a_block_stands_on_its_surfaces_only(blocks: list[Json], allowed: set[str]) -> None:
    accepted = {surface for surface in (MESSAGE, MODAL, HOME) if review_blocks(blocks, surface) == []}

    assert accepted == allowed


def view(**more: object) -> Json:
    return {"type": "modal", "title": plain(24), "blocks": block("divider"), **more}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({}, None),
        ({"title": plain(25)}, "less than 25 characters [json-pointer:/view/title/text]"),
        ({"title": None}, "missing required field: title"),
        ({"title": mrkdwn()}, "unsupported type: mrkdwn"),
        ({"submit": plain(24), "close": plain(24)}, None),
        ({"submit": plain(25)}, "/view/submit"),
        ({"close": plain(25)}, "/view/close"),
        ({"private_metadata": "x" * 3000, "callback_id": "x" * 255, "external_id": "x" * 255}, None),
        ({"private_metadata": "x" * 3001}, "/view/private_metadata"),
        ({"callback_id": "x" * 256}, "/view/callback_id"),
        ({"external_id": "x" * 256}, "/view/external_id"),
        ({"blocks": []}, "at least 1 items"),
        ({"blocks": field({"type": "plain_text_input"})}, "missing required field: submit"),
        ({"blocks": field({"type": "plain_text_input"}), "submit": plain()}, None),
        ({"colour": "red"}, "invalid additional property: colour"),
        ({"type": "sheet"}, "must be one of"),
        ({"type": "home"}, "invalid additional property: title"),
    ],
)
def test_the_frame_of_a_view(changed: Json, message: str | None) -> None:
    lines = " ".join(finding.line() for finding in review_view(view(**changed)))

    assert (message is None) == (lines == "")
    assert message is None or message in lines
