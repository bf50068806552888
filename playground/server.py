"""Joins everything into one web application."""

import importlib
import importlib.util
from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from playground.workspace import Workspace


def build_app(workspace: Workspace) -> Starlette:
    """Build the web application: Web API, sockets, control API and, where it exists, the page."""
    return Starlette(routes=list(_page_routes(workspace)))


def _page_routes(workspace: Workspace) -> Sequence[BaseRoute]:
    """Give the page's routes; the protocol works without the page."""
    if importlib.util.find_spec("playground.page") is None:
        return []
    page = importlib.import_module("playground.page")
    if not hasattr(page, "routes"):
        return []
    routes: Sequence[BaseRoute] = page.routes(workspace)
    return routes
