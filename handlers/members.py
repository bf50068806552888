"""Listeners for taking part: join, leave, pause, resume, and Slack's word on accounts."""

from bot.blocks import communities as community_blocks
from bot.blocks import members as blocks
from bot.blocks.ids import CommunityId, MemberId
from bot.blocks.names import CommandNames
from bot.clock import Clock
from bot.domain.cadence import known_zone, local_day
from bot.domain.commands import is_open_end, parse_pause, plain
from bot.domain.errors import Problem, UserError
from bot.domain.goals import LONGEST_PAUSE_DAYS
from bot.domain.identity import Actor
from bot.gateway import profile_of
from bot.services.communities.communities import CommunityService
from bot.services.goals.goals import GoalService
from bot.services.members.members import MemberService
from bot.services.operation.directory import Directory, profile_or_unknown
from handlers.listeners import Listeners
from handlers.payloads import Click, Command, Event, channel_in
from handlers.replies import InPlace, Private, Reply

OPEN_END = "open"
ASK = "ask"
EVERYTHING = frozenset({"all", "everything", "everywhere", "alle", "alles", "überall"})


class MemberHandlers:
    """Everything here is the person's own act about themselves."""

    def __init__(
        self,
        members: MemberService,
        communities: CommunityService,
        goals: GoalService,
        directory: Directory,
        names: CommandNames,
        clock: Clock,
    ) -> None:
        self._members = members
        self._communities = communities
        self._goals = goals
        self._directory = directory
        self._names = names
        self._clock = clock

    @property
    def listeners(self) -> Listeners:
        """Return the buttons, the words, and changes of accounts."""
        return Listeners(
            clicks={
                CommunityId.JOIN: lambda click: self._join(click.who, click.value, click.channel_id),
                CommunityId.NOT_NOW: lambda click: self._decline(click, for_good=False),
                CommunityId.NEVER: lambda click: self._decline(click, for_good=True),
                MemberId.LEAVE: self.leave_clicked,
                MemberId.PAUSE: self.pause_clicked,
                MemberId.REST: self._rest,
                MemberId.MOVE_GOALS: self._move_goals,
                MemberId.RESUME: lambda click: self._resume(click.who),
            },
            events={"user_change": self.account_changed},
            words={
                "join": self.join,
                "leave": self.leave,
                "pause": self.pause,
                "resume": lambda command, _rest: self._resume(command.who),
            },
        )

    def join(self, command: Command, rest: str) -> Reply:
        """Let somebody into the introductions of this channel, the one named, or the only one there is."""
        channel_id = channel_in(rest) or command.channel_id
        known = self._communities.known_to(command.who)
        if not channel_id and len(known) > 1:
            return Private(community_blocks.which_to_join(known))
        return self._join(command.who, channel_id or next(iter(known), ""), command.channel_id)

    def leave(self, command: Command, rest: str) -> Reply:
        """Take somebody out: of the channel named, of this one, of the only one they are in, or of all."""
        if plain(rest).strip().casefold() in EVERYTHING:
            return self._leave(command.who, None)
        own = self._members.channels_of(command.who)
        named = channel_in(rest)
        if named and named not in own:
            return Private(blocks.left_reply((), own))
        channel_id = named or command.channel_id
        if channel_id in own:
            return self._leave(command.who, channel_id)
        if len(own) > 1:
            return Private(blocks.which_to_leave(own))
        return self._leave(command.who, None)

    def leave_clicked(self, click: Click) -> Reply:
        """Take somebody out of the channel the button names."""
        return self._leave(click.who, None if click.value == "all" else click.value)

    def pause(self, command: Command, rest: str) -> Reply:
        """Pause for a span or until a day; without either, ask."""
        if not rest.strip():
            return Private(blocks.pause_choices())
        return self._pause(command.who, plain(rest))

    def pause_clicked(self, click: Click) -> Reply:
        """Pause for what the button says."""
        return Private(blocks.pause_choices()) if click.value == ASK else self._pause(click.who, click.value)

    def account_changed(self, event: Event) -> None:
        """Take over what Slack says of a changed account."""
        profile = profile_of(dict(event.body["user"]), event.tenant.key)
        self._members.account_changed(event.tenant, [profile], self._clock.now())

    def _join(self, who: Actor, channel_id: str, typed_in: str) -> Reply:
        # A person who types or taps in the channel itself is in it; others have to come in first.
        is_elsewhere = channel_id != typed_in and channel_id in self._communities.channels(who.tenant)
        if is_elsewhere and not self._directory.has_member(channel_id, who.user_id):
            raise UserError(Problem.NOT_IN_CHANNEL, channel=channel_id)
        profile = self._directory.find_profile(who.user_id)
        if profile is None:
            raise UserError(Problem.CANNOT_TAKE_PART)
        try:
            joined = self._members.join(who, channel_id, profile, self._clock.now())
        except UserError as refusal:
            raise refusal.adding(wanted="join") from None
        return Private(
            blocks.joined_reply(
                joined.channel_id,
                joined.first_on,
                self._names,
                is_new=joined.is_new,
                is_paused=joined.is_paused,
                is_looking=joined.is_looking,
            )
        )

    def _rest(self, click: Click) -> Reply:
        said, _, channel_id = click.value.partition(" ")
        self._members.rest(click.who, channel_id, self._clock.now(), is_out=said == "out")
        return Private(blocks.rests_reply(self._names, is_out=said == "out"))

    def _decline(self, click: Click, *, for_good: bool) -> Reply:
        is_noted = self._members.decline(click.who, click.value, self._clock.now(), for_good=for_good)
        return Private(
            community_blocks.declined_reply(click.value, self._names, was_in=not is_noted, for_good=for_good)
        )

    def _leave(self, who: Actor, channel_id: str | None) -> Reply:
        return Private(blocks.left_reply(self._members.leave(who, channel_id, self._clock.now()).channel_ids))

    def _pause(self, who: Actor, typed: str) -> Reply:
        now = self._clock.now()
        profile = profile_or_unknown(self._directory, who.user_id)
        today = local_day(now, known_zone(profile.zone, "UTC"))
        until = None if typed == OPEN_END else parse_pause(typed, today)
        if until is None and typed != OPEN_END and not is_open_end(typed):
            return Private(blocks.pause_choices())
        until = self._members.pause(who, until, profile, now)
        # Without an end nobody knows by how much.
        goal_days = (until - today).days if until is not None and self._goals.has_open(who) else 0
        return Private(blocks.paused_reply(until, self._names, goal_days))

    def _move_goals(self, click: Click) -> Reply:
        days = int(click.value) if click.value in map(str, range(LONGEST_PAUSE_DAYS + 1)) else 0
        return InPlace(blocks.moved_reply(self._goals.move_along(click.who, days, self._clock.now()), days))

    def _resume(self, who: Actor) -> Reply:
        return Private(blocks.resumed_reply(was_paused=self._members.resume(who)))
