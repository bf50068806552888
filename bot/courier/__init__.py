"""From the outbox to Slack: claim, ask the rules again, make the words, send, record."""

from bot.courier.courier import Courier
from bot.courier.library import Library

__all__ = ["Courier", "Library"]
