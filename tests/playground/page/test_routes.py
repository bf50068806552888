"""The page's addresses without a browser."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from playground.delivery.faults import FAULTS
from playground.manifest import manifest_from
from playground.page import routes
from playground.people.visit import visit_from
from playground.state.store import Store
from playground.workspace import Workspace
from tests.playground.page.tea_app import MANIFEST


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    workspace = Workspace(Store(tmp_path / "workspace.db"), manifest_from(MANIFEST))
    yield workspace
    workspace.close()


class PageClient:
    """Asks the page of a workspace without a server."""

    def __init__(self, workspace: Workspace) -> None:
        self._app = Starlette(routes=routes(workspace))

    def get(self, path: str) -> httpx.Response:
        return asyncio.run(self._ask("GET", path, None))

    def post(self, path: str, data: dict[str, str]) -> httpx.Response:
        return asyncio.run(self._ask("POST", path, data))

    async def _ask(self, method: str, path: str, data: dict[str, str] | None) -> httpx.Response:
        transport = httpx.ASGITransport(self._app)
        async with httpx.AsyncClient(transport=transport, base_url="http://page.test") as client:
            return await client.request(method, path, data=data)


def open_page(workspace: Workspace) -> PageClient:
    return PageClient(workspace)


def test_the_first_visit_is_the_apps_own(tmp_path: Path) -> None:
    steps = [{"title": "Pour", "text": "Have *tea*\n<script>", "seen": ["tea"]}]
    visit = visit_from({"title": "A cup", "visitor": "amara", "steps": steps})
    own = Workspace(Store(tmp_path / "own.db"), manifest_from(MANIFEST), visit=visit)

    text = open_page(own).get("/").text
    own.close()

    assert "A cup" in text
    assert "Have <i>tea</i>" in text
    assert "&lt;script&gt;" in text


def test_without_one_the_page_says_what_to_try(workspace: Workspace) -> None:
    text = open_page(workspace).get("/").text

    assert "Try this" in text
    assert "Colleagues answer by themselves" not in text


@pytest.mark.parametrize("query", ["", "?as=nobody&c=nowhere", "?c=app&tab=sideways", "?thread=1.2&record=1"])
def test_an_address_that_means_nothing_shows_the_nearest_place(workspace: Workspace, query: str) -> None:
    answer = open_page(workspace).get(f"/{query}")

    assert answer.status_code == 200
    assert '<select id="act-as"' in answer.text


def test_nothing_of_the_page_may_come_from_elsewhere(workspace: Workspace) -> None:
    client = open_page(workspace)
    answer = client.get("/")

    assert answer.headers["content-security-policy"].startswith("default-src 'self'")
    for name in ("page.js", "page.css", "icon.svg", "vendor/htmx.min.js"):
        assert client.get(f"/_page/static/{name}").status_code == 200
    assert "http://" not in answer.text
    assert "https://" not in answer.text


def test_a_refused_act_is_told_in_a_sentence(workspace: Workspace) -> None:
    answer = open_page(workspace).post("/_page/clock", data={"as": "U0AMARA", "to": "2001-01-01T00:00"})

    assert answer.status_code == 200
    assert "only moves forwards" in answer.text


@pytest.mark.parametrize(
    ("name", "sent"), [("clock", {"by": "soon"}), ("clock", {"to": "x"}), ("act", {}), ("react", {})]
)
def test_a_form_that_makes_no_sense_does_not_break_the_page(
    workspace: Workspace, name: str, sent: dict[str, str]
) -> None:
    answer = open_page(workspace).post(f"/_page/{name}", data={"as": "U0AMARA", **sent})

    assert answer.status_code == 200
    assert "The page sent something it should not have." in answer.text


def test_every_fault_can_be_chosen_at_the_page(workspace: Workspace) -> None:
    text = open_page(workspace).get("/?as=U0AMARA&c=C0GENERAL&record=1").text

    assert all(f'<option value="{what}">' in text for what in FAULTS)


def test_a_fault_that_makes_no_sense_is_refused_in_words(workspace: Workspace) -> None:
    text = open_page(workspace).post("/_page/fault", {"as": "U0AMARA", "what": "error"}).text

    assert "Say the &#39;error&#39; too" in text
    assert workspace.faults.shown() == []
