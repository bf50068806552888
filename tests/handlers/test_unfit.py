"""What people type is made fit for every database at the edge, once."""

from datetime import date
from typing import Any

import pytest

from bot.domain.goals import GoalForm
from bot.services.goals.goals import GoalService
from handlers.payloads import click_from, command_from, command_from_message, event_from, submission_from
from storage.database import Database
from tests.factories import MONDAY_8, TENANT, VAULT, actor, profile

HALF = "\ud83d"
TYPED = f" learn\0 S\0QL {HALF} w\u202ee\u2067ll "


def read_command() -> str:
    body = {"team_id": "T1", "user_id": "U1", "trigger_id": "1", "channel_id": "C1", "text": TYPED}
    return command_from(body, TENANT).text


def read_message() -> str:
    event = {"type": "message", "user": "U1", "channel": "D1", "ts": "1.0", "text": TYPED}
    return command_from_message(event_from({"event_id": "E1", "event": event}, TENANT)).text


def read_form() -> str:
    state = {"values": {"title": {"value": {"type": "plain_text_input", "value": TYPED}}}}
    view = {"id": "V1", "state": state, "private_metadata": TYPED}
    form = submission_from({"user": {"id": "U1"}, "view": view}, TENANT)
    assert "\0" not in form.metadata
    return form.text("title")


def read_click() -> str:
    action: dict[str, Any] = {"action_id": "goal.new", "action_ts": "1", "value": TYPED}
    return click_from({"user": {"id": "U1"}, "actions": [action]}, TENANT).value


@pytest.mark.parametrize("read", [read_command, read_message, read_form, read_click])
def test_what_no_database_can_keep_is_taken_out_and_the_rest_stays(read: Any, database: Database) -> None:  # noqa: ANN401 - one of four
    title = read().strip()

    GoalService(database, VAULT).set(actor(), GoalForm(title, "I do it alone", date(2027, 1, 4)), profile(), MONDAY_8)

    assert title == "learn SQL ? well"
    assert [goal.title for goal in GoalService(database, VAULT).open(actor())] == ["learn SQL ? well"]
