"""Triggers, the stack of three, hashes and ids of views."""

import time
from collections.abc import Callable

import pytest
from slack_sdk.errors import SlackApiError

from playground.client import WorkspaceClient
from tests.playground.demo_app import FORM, DemoApp

AMARA, GENERAL = "U0AMARA", "C0GENERAL"
NewTrigger = Callable[[], str]


@pytest.fixture
def new_trigger(app: DemoApp, workspace: WorkspaceClient) -> NewTrigger:
    """What the app gets with a shortcut, which it only acknowledges."""

    def trigger() -> str:
        workspace.shortcut(AMARA, "ask")
        return str(app.interactions("shortcut")[-1]["trigger_id"])

    return trigger


def refused(error: str, call: Callable[[], object]) -> None:
    with pytest.raises(SlackApiError) as refusal:
        call()
    assert refusal.value.response["error"] == error


def test_a_trigger_opens_one_view_within_three_seconds(app: DemoApp, new_trigger: NewTrigger) -> None:
    in_time, late, used = new_trigger(), new_trigger(), new_trigger()
    app.client.views_open(trigger_id=used, view=FORM)
    time.sleep(2.0)
    assert app.client.views_open(trigger_id=in_time, view=FORM)["ok"]
    time.sleep(1.2)

    refused("expired_trigger_id", lambda: app.client.views_open(trigger_id=late, view=FORM))
    refused("exchanged_trigger_id", lambda: app.client.views_open(trigger_id=used, view=FORM))
    refused("invalid_trigger_id", lambda: app.client.views_open(trigger_id="1.2.3", view=FORM))


def test_a_refused_view_leaves_its_trigger_good(app: DemoApp, new_trigger: NewTrigger) -> None:
    trigger = new_trigger()
    bad = {**FORM, "title": {"type": "plain_text", "text": "x" * 25}}

    refused("invalid_arguments", lambda: app.client.views_open(trigger_id=trigger, view=bad))

    assert app.client.views_open(trigger_id=trigger, view=FORM)["ok"]


def test_three_views_stand_on_each_other_and_no_fourth(
    app: DemoApp, workspace: WorkspaceClient, new_trigger: NewTrigger
) -> None:
    root = app.client.views_open(trigger_id=new_trigger(), view=FORM)["view"]
    for _ in range(2):
        assert app.client.views_push(trigger_id=new_trigger(), view=FORM)["view"]["root_view_id"] == root["id"]

    refused("push_limit_reached", lambda: app.client.views_push(trigger_id=new_trigger(), view=FORM))
    assert len(workspace.views(AMARA)) == 3


def test_stacks_are_per_person(app: DemoApp, workspace: WorkspaceClient, new_trigger: NewTrigger) -> None:
    app.client.views_open(trigger_id=new_trigger(), view=FORM)
    workspace.shortcut("U0TOMASZ", "ask")
    trigger = app.interactions("shortcut")[-1]["trigger_id"]
    app.client.views_open(trigger_id=trigger, view=FORM)

    workspace.close_view("U0TOMASZ", workspace.views("U0TOMASZ")[-1]["id"])

    assert len(workspace.views(AMARA)) == 1


def test_hashes_and_external_ids(app: DemoApp, workspace: WorkspaceClient, new_trigger: NewTrigger) -> None:
    view = {**FORM, "external_id": "one"}
    first = app.client.views_open(trigger_id=new_trigger(), view=view)["view"]
    second = app.client.views_update(external_id="one", hash=first["hash"], view=view)["view"]

    update = app.client.views_update
    refused("hash_conflict", lambda: update(view_id=first["id"], hash=first["hash"], view=view))
    assert update(view_id=first["id"], hash=second["hash"], view=view)["ok"]
    refused("duplicate_external_id", lambda: app.client.views_push(trigger_id=new_trigger(), view=view))
    workspace.close_view(AMARA, first["id"])
    refused("not_found", lambda: update(view_id=first["id"], view=FORM))


def test_clear_on_close_is_told(app: DemoApp, workspace: WorkspaceClient, new_trigger: NewTrigger) -> None:
    app.client.views_open(trigger_id=new_trigger(), view=FORM)
    app.client.views_push(trigger_id=new_trigger(), view={**FORM, "clear_on_close": True})

    workspace.close_view(AMARA, workspace.views(AMARA)[-1]["id"])

    assert workspace.views(AMARA) == []
    workspace.wait_for(lambda: app.interactions("view_closed"))
    assert app.interactions("view_closed")[-1]["is_cleared"]
