"""Whatever somebody else sends again of what one person was shown, nothing of that person's changes."""

import pytest

from tests.handlers.edge import Edge
from tests.handlers.lived_in import MEMBERS, as_it_happened, entries, forms, live_in, payloads, rows

Rows = dict[str, set[str]]

STRANGER = "U0PRIYA"
PRESSED, FORMS = payloads(), forms()
# What somebody may do towards others, in their own name: these bring rows in which those others stand.
TOWARDS_OTHERS = {"kudos.post", "kudos.keep", "kudos.me_too", "request.ask", "kudos.form", "kudos.keep_form"}
TOWARDS_OTHERS |= {"request.take_back", "settings.form", "settings.not_with_form", "goal.form"}
# A suggestion names the person who reads it.
TOWARDS_OTHERS |= {"suggestion.send", "suggestion.form"}


@pytest.fixture(scope="module")
def lived_in(shared_edge: Edge) -> Edge:
    """One for all: nothing in these tests may change what the next one looks at."""
    live_in(shared_edge)
    return shared_edge


@pytest.fixture(scope="module")
def untouched(lived_in: Edge) -> Rows:
    """Every row before the stranger did anything."""
    return rows(lived_in)


def check_nothing_changed(untouched: Rows, before: Rows, after: Rows, act: str) -> None:
    """No row of anybody else is gone or different, and no row is new in which one of the others stands."""
    gone = [row for name, found in untouched.items() for row in found - after[name]]
    new = [row for name, found in after.items() for row in found - before[name]]
    assert gone == []
    if act not in TOWARDS_OTHERS:
        assert [row for row in new if any(who in row for who in MEMBERS)] == []


def test_there_is_something_of_everything_to_change(lived_in: Edge) -> None:
    kept = rows(lived_in)
    first = {name for name, found in kept.items() if any("'id': 1," in row for row in found)}

    assert first >= {
        "goal",
        "learningnote",
        "topic",
        "kudos",
        "kudosdraft",
        "request",
        "pair_group",
        "promptpost",
        "community",
    }
    assert all(kept[name] for name in ("goalcheck", "usecheck", "privatelist", "seat", "outboxmessage", "due"))


@pytest.mark.parametrize("action", sorted(PRESSED))
def test_pressed_by_somebody_else_it_changes_nothing_of_anybodys(lived_in: Edge, untouched: Rows, action: str) -> None:
    before = rows(lived_in)
    for action_id, carried in sorted(PRESSED[action]):
        value = as_it_happened(carried, lived_in)
        lived_in.slack.calls.clear()

        body = lived_in.click(STRANGER, as_it_happened(action_id, lived_in), value, selected_date="2026-12-20")

        assert lived_in.send(body).status == 200
        answers = lived_in.answers()
        assert len(answers) == 1, (action_id, value)
        assert "on my side" not in str(answers), (action_id, value)
        check_nothing_changed(untouched, before, rows(lived_in), action)


@pytest.mark.parametrize("callback_id", sorted(FORMS))
def test_sent_by_somebody_else_a_form_changes_nothing_of_anybodys(
    lived_in: Edge, untouched: Rows, callback_id: str
) -> None:
    before = rows(lived_in)
    for view in FORMS[callback_id]:
        metadata = as_it_happened(view.get("private_metadata", ""), lived_in)
        lived_in.slack.calls.clear()

        response = lived_in.send(lived_in.form(STRANGER, {**view, "private_metadata": metadata}, **entries(view)))

        assert response.status == 200
        assert "on my side" not in f"{response.body}{lived_in.answers()}", view
        check_nothing_changed(untouched, before, rows(lived_in), callback_id)
