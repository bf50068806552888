"""Slack's payloads in, one service call, one private reply."""

import re

from slack_bolt import Ack, App

from handlers.check_ins import CheckInHandlers
from handlers.commands import CommandHandlers
from handlers.communities import CommunityHandlers
from handlers.delivery import DeliveryHandlers
from handlers.goal_checks import GoalCheckHandlers
from handlers.goals import GoalHandlers
from handlers.guard import Guard
from handlers.home import HomeHandlers
from handlers.invitations import InvitationHandlers
from handlers.kudos import KudosHandlers
from handlers.members import MemberHandlers
from handlers.notes import NoteHandlers
from handlers.offers import OfferHandlers
from handlers.privacy import PrivacyHandlers
from handlers.prompts import PromptHandlers
from handlers.rounds import RoundHandlers
from handlers.settings import SettingsHandlers
from handlers.suggestions import SuggestionHandlers
from handlers.tryout import TryoutHandlers
from handlers.uses import UseHandlers
from handlers.witnesses import WitnessHandlers

Handlers = (
    CommandHandlers
    | CommunityHandlers
    | MemberHandlers
    | PromptHandlers
    | RoundHandlers
    | OfferHandlers
    | SettingsHandlers
    | CheckInHandlers
    | GoalHandlers
    | WitnessHandlers
    | GoalCheckHandlers
    | KudosHandlers
    | NoteHandlers
    | UseHandlers
    | HomeHandlers
    | TryoutHandlers
    | PrivacyHandlers
    | SuggestionHandlers
    | InvitationHandlers
    | DeliveryHandlers
)


def register_handlers(app: App, guard: Guard, *topics: Handlers) -> None:
    """Register every topic's listeners, and last those that answer whatever nobody listens to.

    An event that no listener matches would count as undelivered, and Slack would send it again.
    """
    for topic in topics:
        topic.register(app, guard)
    everything = re.compile(".*")
    app.event(everything)(_ignore)
    app.action(everything)(_acknowledge)
    app.view(everything)(_acknowledge)
    app.view_closed(everything)(_acknowledge)
    app.shortcut(everything)(_acknowledge)


def _ignore() -> None:
    """Leave an event alone; Bolt has acknowledged it."""


def _acknowledge(ack: Ack) -> None:
    """Acknowledge what an older version's message or a link button sent."""
    ack()
