"""What the app says it will do, and the clock's way there."""

from datetime import datetime, timedelta

import httpx
import pytest

from playground.client import WorkspaceClient


def tell(workspace: WorkspaceClient, *items: object) -> httpx.Response:
    return httpx.put(f"{workspace.base_url}agenda", json={"items": items}, trust_env=False)


def test_what_is_over_is_not_shown_and_the_rest_stands_by_time(workspace: WorkspaceClient) -> None:
    now = workspace.now()
    later, sooner, over = (
        {"at": (now + timedelta(hours=hours)).isoformat(), "what": f"in {hours}"} for hours in (5, 2, -1)
    )

    tell(workspace, later, sooner, over)

    assert [one["what"] for one in workspace.agenda()] == ["in 2", "in 5"]


def test_what_is_told_takes_the_place_of_what_was_told(workspace: WorkspaceClient) -> None:
    at = (workspace.now() + timedelta(days=1)).isoformat()

    tell(workspace, {"at": at, "what": "one"})
    tell(workspace, {"at": at, "what": "two"})

    assert [one["what"] for one in workspace.agenda()] == ["two"]


def test_the_clock_goes_exactly_there_and_then_it_is_over(workspace: WorkspaceClient) -> None:
    at = workspace.now() + timedelta(days=1)
    tell(workspace, {"at": at.isoformat(), "what": "one"})

    workspace.move_clock(to=datetime.fromisoformat(workspace.agenda()[0]["at"]))

    assert workspace.now() >= at
    assert workspace.agenda() == []


@pytest.mark.parametrize("item", [{}, {"at": "soon", "what": "x"}, {"at": "2030-01-01T09:00:00", "what": "x"}, 7])
def test_what_is_no_agenda_is_refused_and_changes_nothing(workspace: WorkspaceClient, item: object) -> None:
    tell(workspace, {"at": (workspace.now() + timedelta(days=1)).isoformat(), "what": "one"})

    answer = tell(workspace, item)

    assert answer.status_code == 400
    assert answer.json()["error"].startswith("That is no agenda")
    assert [one["what"] for one in workspace.agenda()] == ["one"]


def test_starting_over_forgets_it(workspace: WorkspaceClient) -> None:
    tell(workspace, {"at": (workspace.now() + timedelta(days=1)).isoformat(), "what": "one"})

    workspace.reset()

    assert workspace.agenda() == []
