"""A page that looks and works like a small Slack, on which one acts as anybody."""

from playground.page.routes import routes

__all__ = ["routes"]
