"""Every field of every form, filled with what should not get through: escaped, limited, refused kindly, and kept."""

import json
import re
from collections.abc import Iterator

import pytest

from bot.blocks.ids import CheckInId, GoalId, SuggestionId, UseId
from tests.blocks.every import Json
from tests.blocks.limits import troubles
from tests.effort import effort, longer
from tests.handlers.edge import Edge
from tests.handlers.lived_in import OWNER, as_it_happened, entries, forms, live_in

FORMS = forms()
FIELDS = sorted(
    {
        (callback_id, block["block_id"])
        for callback_id, views in FORMS.items()
        for view in views
        for block in view["blocks"]
        if block["type"] == "input" and block["element"]["type"] == "plain_text_input"
    }
)
# What brings everything that somebody typed back before their eyes.
LOOKS = ("", "goals", "topics", "about", "notes")
HOSTILE = {
    "a call of the channel": "<!channel> <!here> <!everyone> @channel wake up, all of you",
    "a group and somebody": "<!subteam^S0OPS|@ops> and <@U0AMARA> and <#C0DESIGN>, come here",
    "a link that lies": "<https://evil.example|https://bank.example> is the page to open",
    "markup": "*bold* _italic_ ~gone~ `code` ```block``` > quote \u2022 and & < >",
    "a broken end": "an end that opens <!channel and <@U0AMARA never closes &lt;!here&gt;",
    "a date of its own": "<!date^1^{date}^https://evil.example|soon> it will be",
    "half a character and a zero": "half \ud83d of it \0 and the rest of the words",
    "a formula": "=cmd|' /C calc'!A0 is what I would like to be able to do",
    "right to left": "\u202eright\u202c \u0645\u0631\u062d\u0628\u0627 to everybody \u2067left\u2069",
}
NOTHING = {"spaces": "   ", "wide spaces": "\u00a0\u2003\u3000", "nothing to see": "\u200b\u200d\u2060\ufeff" * 6}
# A line is added to the goal that has ended; more than three cannot be open, so the first is changed.
ABOUT: dict[str, str] = {GoalId.LINE_FORM: "2", GoalId.FORM: "1"}
# What the first two are about is over in this workspace, and as much was suggested as may be in a day: they are
# refused whatever is typed.
OVER = {CheckInId.TAKEAWAY_FORM, UseId.LINE_FORM, SuggestionId.FORM}
TOO_LONG = "y& " * 1000


@pytest.fixture(scope="module")
def lived_in(shared_edge: Edge) -> Edge:
    live_in(shared_edge)
    return shared_edge


def send(edge: Edge, callback_id: str, field: str, typed: str) -> dict[str, str]:
    """Send the form with this in one field; return the sentences at its fields, and checks what is shown."""
    sample = next(one for one in FORMS[callback_id] if field in {block.get("block_id") for block in one["blocks"]})
    view = json.loads(as_it_happened(json.dumps(sample), edge))
    view["private_metadata"] = ABOUT.get(callback_id, view.get("private_metadata", ""))
    edge.slack.calls.clear()

    response = edge.send(edge.form(OWNER, view, **entries(view) | {field: {"value": typed}}))

    assert response.status == 200
    body = json.loads(response.body or "{}")
    shown = [*edge.answers(), *([body["view"]] if "view" in body else [])]
    for one in shown:
        check_harmless(one)
    errors: dict[str, str] = body.get("errors", {})
    fields = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
    assert set(errors) <= fields
    assert errors or shown, "a form that is taken is answered"
    assert "on my side" not in f"{errors}{shown}"
    for sentence in errors.values():
        assert 1 <= len(sentence) <= 300
    return errors


def check_harmless(shown: Json) -> None:
    """Nothing in it is live but mentions of people and channels and the bot's own dates, and Slack takes it."""
    assert troubles(shown) == []
    for text in marked(shown["blocks"]):
        assert not re.search(r"<(?!@[UW][A-Z0-9]+>|#[CG][A-Z0-9]+>|!date\^\d{10}\^)", text), text
        assert not re.search(r"[\u202a-\u202e\u2066-\u2069\0]", text), text


def marked(part: object) -> Iterator[str]:
    """Every text in which Slack looks for markup."""
    if isinstance(part, dict):
        if part.get("type") == "mrkdwn":
            yield str(part["text"])
        for inner in part.values():
            yield from marked(inner)
    elif isinstance(part, list | tuple):
        for inner in part:
            yield from marked(inner)


def check_home(edge: Edge) -> None:
    """App Home shows what was typed, and is redrawn after every form that is taken."""
    edge.slack.calls.clear()
    assert edge.send(edge.event({"type": "app_home_opened", "user": OWNER, "tab": "home"})).status == 200
    (home,) = edge.homes()
    check_harmless(home)


def look_around(edge: Edge) -> None:
    """Look at everything that shows what somebody typed."""
    edge.slack.calls.clear()
    for word in LOOKS:
        assert edge.send(edge.command(OWNER, "/learn", word)).status == 200
    answers = edge.answers()
    assert len(answers) == len(LOOKS)
    for one in answers:
        check_harmless(one)


@longer
@pytest.mark.parametrize(("callback_id", "field"), FIELDS)
def test_no_text_gets_out_of_its_place(lived_in: Edge, callback_id: str, field: str) -> None:
    # Each text in some field, or each in every field.
    for typed in [*HOSTILE.values()][FIELDS.index((callback_id, field)) % effort(6, 1) :: effort(6, 1)]:
        send(lived_in, callback_id, field, typed)
        check_home(lived_in)
    look_around(lived_in)


# A list of values is as long as its words are many; how many there may be is a rule of its own.
@pytest.mark.parametrize(("callback_id", "field"), [one for one in FIELDS if one[1] != "values"])
def test_what_is_too_long_is_refused_at_its_field(lived_in: Edge, callback_id: str, field: str) -> None:
    errors = send(lived_in, callback_id, field, TOO_LONG)

    assert set(errors) == {field}
    assert f"{len(TOO_LONG.strip())} characters" in errors[field] or field == "link"


@pytest.mark.parametrize(("callback_id", "field"), FIELDS)
def test_a_field_that_is_needed_is_not_filled_by_nothing(lived_in: Edge, callback_id: str, field: str) -> None:
    block = next(b for view in FORMS[callback_id] for b in view["blocks"] if b.get("block_id") == field)
    # Slack lets it be empty, since there are three answers to choose from below it.
    is_needed = not block.get("optional", False) or (callback_id, field) == (GoalId.FORM, "evidence")

    for typed in NOTHING.values():
        assert set(send(lived_in, callback_id, field, typed)) == ({field} if is_needed else set()), typed


@pytest.mark.parametrize(("callback_id", "field"), [one for one in FIELDS if one[0] not in OVER])
def test_what_is_fine_is_taken(lived_in: Edge, callback_id: str, field: str) -> None:
    typed = "https://a.example/b" if field == "link" else "" if field == "tag" else "Run a retro on my own, twice"

    assert send(lived_in, callback_id, field, typed) == {}
