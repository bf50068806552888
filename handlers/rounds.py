"""Listeners for introductions and check-ins: one tap each, or the same words typed."""

from bot.blocks import check_ins as check_in_blocks
from bot.blocks import rounds as blocks
from bot.blocks.ids import RoundId
from bot.blocks.language import spoken
from bot.blocks.names import CommandNames
from bot.clock import Clock
from bot.domain.commands import plain
from bot.domain.errors import Problem, UserError
from bot.domain.guides import Guide, GuideLibrary
from bot.domain.identity import Actor
from bot.domain.rounds import GroupCard, Met, Standing
from bot.services.rounds.check_ins import CheckInService
from bot.services.rounds.rounds import RoundService
from handlers.listeners import Listeners, about_one
from handlers.payloads import Click, Command, channel_in, id_in
from handlers.replies import OpenForm, Private, Reply


class RoundHandlers:
    """What people do about the group they were introduced in."""

    def __init__(
        self,
        rounds: RoundService,
        check_ins: CheckInService,
        guides: GuideLibrary,
        names: CommandNames,
        clock: Clock,
    ) -> None:
        self._rounds = rounds
        self._check_ins = check_ins
        self._guides = guides
        self._names = names
        self._clock = clock

    @property
    def listeners(self) -> Listeners:
        """Return the buttons and the words of introductions."""
        return Listeners(
            clicks={
                RoundId.BOOKED: about_one(self._booked),
                RoundId.GUIDE: self.open_guide,
                RoundId.CANNOT: about_one(self._cannot),
                RoundId.SWAP: about_one(self._swap),
                RoundId.MORE: self.more,
                RoundId.AGAIN: self.try_again,
                RoundId.PREVIEW: lambda click: self._preview(click.who, click.value),
                RoundId.START: lambda click: self._start(click.who, click.value),
                RoundId.LEAVE_OUT: lambda click: self._leave_out(click.who, click.value),
            },
            words={
                "buddy": lambda command, _rest: self.buddy(command),
                "booked": lambda command, _rest: self.booked(command),
                "met": lambda command, _rest: self.met(command),
                "skip": lambda command, _rest: self.skip(command),
                "swap": lambda command, _rest: self.swap(command),
                "round": self.round,
            },
        )

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
        return self._cannot(command.who, self._current(command.who, in_round=True))

    def swap(self, command: Command) -> Reply:
        """Look for another partner."""
        return self._swap(command.who, self._current(command.who, in_round=True))

    def round(self, command: Command, rest: str) -> Reply:
        """Let a facilitator see, start or leave out a round of this channel, or of the one named."""
        channel_id = channel_in(rest) or command.channel_id
        if not channel_id:
            raise UserError(Problem.NO_COMMUNITY_HERE)
        words = plain(rest).casefold().split()
        acts = {"preview": self._preview, "start": self._start, "skip": self._leave_out}
        act = next((acts[word] for word in words if word in acts), self._status)
        return act(command.who, channel_id)

    def try_again(self, click: Click) -> Reply:
        """Look once more for somebody for a person without a group."""
        return Private(blocks.looking_reply(self._rounds.try_again(click.who, id_in(click.value), self._clock.now())))

    def _preview(self, who: Actor, channel_id: str) -> Reply:
        return Private(blocks.preview_reply(self._rounds.preview(who, channel_id, self._clock.now()), self._names))

    def _start(self, who: Actor, channel_id: str) -> Reply:
        return Private(blocks.status_reply(self._rounds.start_now(who, channel_id, self._clock.now())))

    def _leave_out(self, who: Actor, channel_id: str) -> Reply:
        return Private(blocks.status_reply(self._rounds.skip_next(who, channel_id, self._clock.now())))

    def _status(self, who: Actor, channel_id: str) -> Reply:
        return Private(blocks.status_reply(self._rounds.status(who, channel_id, self._clock.now())))

    def open_guide(self, click: Click) -> Reply:
        """Open the group's conversation guide, with its alternatives."""
        card = self._rounds.of_group(click.who, id_in(click.value), self._clock.now())
        guides = [guide for guide_id in card.guide_ids if (guide := self._guide(guide_id))]
        if not guides:
            raise UserError(Problem.GONE)
        return OpenForm(blocks.guide_view(guides[0], guides[1:]))

    def more(self, click: Click) -> Reply:
        """Do what was chosen in the menu of lesser choices."""
        what, _, group = click.value.partition(":")
        act = self._swap if what == RoundId.SWAP else self._cannot
        return act(click.who, id_in(group))

    def _booked(self, who: Actor, group_id: int) -> Reply:
        self._rounds.booked(who, group_id, self._clock.now())
        return Private(blocks.booked_reply())

    def _cannot(self, who: Actor, group_id: int) -> Reply:
        return Private(blocks.out_reply(self._rounds.cannot(who, group_id, self._clock.now())))

    def _swap(self, who: Actor, group_id: int) -> Reply:
        return Private(blocks.looking_reply(self._rounds.swap(who, group_id, self._clock.now())))

    def _current(self, who: Actor, *, in_round: bool = False) -> int:
        card: GroupCard = self._rounds.current(who, self._clock.now(), in_round=in_round)
        if card.group_id is None or card.standing is Standing.OUT:
            raise UserError(Problem.NO_GROUP)
        return card.group_id

    def _guide(self, guide_id: str) -> Guide | None:
        return self._guides.in_language(spoken()).guides.get(guide_id)
