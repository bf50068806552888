"""Listeners for introductions and check-ins: one tap each, or the same words typed."""

import re

from slack_bolt import App

from bot.blocks import check_ins as check_in_blocks
from bot.blocks import rounds as blocks
from bot.clock import Clock
from bot.domain.guides import Guide, GuideLibrary
from bot.domain.identity import Actor
from bot.domain.rounds import GroupCard, Met, Standing
from bot.errors import Problem, UserError
from bot.services.check_ins import CheckInService
from bot.services.rounds import RoundService
from handlers.guard import Guard
from handlers.replies import OpenForm, Private, Reply
from handlers.requests import Click, Command


class RoundHandlers:
    """What people do about the group they were introduced in."""

    def __init__(self, rounds: RoundService, check_ins: CheckInService, guides: GuideLibrary, clock: Clock) -> None:
        self._rounds = rounds
        self._check_ins = check_ins
        self._guides = guides
        self._clock = clock

    def register(self, app: App, guard: Guard) -> None:
        """Listen to the buttons of introductions."""
        app.action(blocks.BOOKED)(guard.click(lambda click: self._booked(click.who, _number(click.value))))
        app.action(blocks.GUIDE)(guard.click(self.open_guide))
        app.action(blocks.CANNOT)(guard.click(lambda click: self._cannot(click.who, _number(click.value))))
        app.action(blocks.SWAP)(guard.click(lambda click: self._swap(click.who, _number(click.value))))
        app.action(re.compile(rf"{re.escape(blocks.MORE)}(:.*)?$"))(guard.click(self.more))

    def buddy(self, command: Command) -> Reply:
        """Show the current introduction."""
        card = self._rounds.current(command.who, self._clock.now())
        guide = self._guide(card.guide_ids[0]) if card.guide_ids else None
        return Private(blocks.group_reply(card, guide))

    def booked(self, command: Command) -> Reply:
        """Note that the current group has found a time."""
        return self._booked(command.who, self._current(command.who))

    def met(self, command: Command) -> Reply:
        """Note that the current group has met."""
        group_id = self._current(command.who)
        answered = self._check_ins.answer(command.who, group_id, Met.YES, self._clock.now())
        return Private(check_in_blocks.met_reply(answered))

    def skip(self, command: Command) -> Reply:
        """Leave this round out."""
        return self._cannot(command.who, self._current(command.who))

    def swap(self, command: Command) -> Reply:
        """Look for another partner."""
        return self._swap(command.who, self._current(command.who))

    def open_guide(self, click: Click) -> Reply:
        """Open the group's conversation guide, with its alternatives."""
        card = self._rounds.of_group(click.who, _number(click.value))
        guides = [guide for guide_id in card.guide_ids if (guide := self._guide(guide_id))]
        if not guides:
            raise UserError(Problem.GONE)
        return OpenForm(blocks.guide_view(guides[0], guides[1:]))

    def more(self, click: Click) -> Reply:
        """Do what was chosen in the menu of lesser choices."""
        what, _, group = click.value.partition(":")
        act = self._swap if what == blocks.SWAP else self._cannot
        return act(click.who, _number(group))

    def _booked(self, who: Actor, group_id: int) -> Reply:
        self._rounds.booked(who, group_id, self._clock.now())
        return Private(blocks.booked_reply())

    def _cannot(self, who: Actor, group_id: int) -> Reply:
        self._rounds.cannot(who, group_id, self._clock.now())
        return Private(blocks.out_reply())

    def _swap(self, who: Actor, group_id: int) -> Reply:
        return Private(blocks.looking_reply(self._rounds.swap(who, group_id, self._clock.now())))

    def _current(self, who: Actor) -> int:
        card: GroupCard = self._rounds.current(who, self._clock.now())
        if card.group_id is None or card.standing is Standing.OUT:
            raise UserError(Problem.NO_GROUP)
        return card.group_id

    def _guide(self, guide_id: str) -> Guide | None:
        return self._guides.guides.get(guide_id)


def _number(value: str) -> int:
    """Read the id a button carries; one that is no number can only be forged or broken."""
    if not value.isdecimal():
        raise UserError(Problem.GONE)
    return int(value)
