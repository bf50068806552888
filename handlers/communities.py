"""Listeners for communities: set up, about, and what happens to the channel."""

from bot.blocks import communities as blocks
from bot.blocks.ids import CommunityId
from bot.blocks.language import spoken
from bot.blocks.names import CommandNames
from bot.clock import Clock
from bot.domain.cadence import DAYS_IN_WEEK
from bot.domain.communities import AGAIN_AFTER, GROUP_SIZES, ROUND_WEEKS, Meeting, Rhythm, SetUp, read_values
from bot.domain.errors import Problem, UserError
from bot.domain.identity import Actor, Room
from bot.domain.languages import LANGUAGES
from bot.services.communities.communities import CommunityService
from bot.services.members.members import MemberService
from bot.services.operation.directory import Directory, profile_or_unknown
from handlers.listeners import Listeners
from handlers.payloads import Click, Command, Event, Submission, channel_in
from handlers.replies import OpenForm, Private, Reply


class CommunityHandlers:
    """Switching channels on, and following what becomes of them."""

    def __init__(
        self,
        communities: CommunityService,
        members: MemberService,
        directory: Directory,
        names: CommandNames,
        clock: Clock,
        bot_user_id: str,
    ) -> None:
        self._communities = communities
        self._members = members
        self._directory = directory
        self._names = names
        self._clock = clock
        self._bot_user_id = bot_user_id

    @property
    def listeners(self) -> Listeners:
        """Return the buttons, the form and the words of communities, and the events of channels."""
        return Listeners(
            clicks={CommunityId.ABOUT: self.show_about, CommunityId.SET_UP: self.set_up_clicked},
            forms={CommunityId.FORM: self.set_up},
            events={
                "member_joined_channel": self.came,
                "member_left_channel": self.left,
                "channel_archive": self.archived,
                "group_archive": self.archived,
                "channel_unarchive": self.unarchived,
                "group_unarchive": self.unarchived,
                "channel_id_changed": self.moved,
            },
            words={"about": self.about, "setup": self.open_set_up},
        )

    def about(self, command: Command, rest: str) -> Reply:
        """Show the card of this channel's community, or of the channel that was named."""
        channel_id = channel_in(rest) or command.channel_id
        known = self._communities.known_to(command.who)
        is_elsewhere = channel_id != command.channel_id and channel_id in self._communities.channels(command.who.tenant)
        if is_elsewhere and not self._directory.has_member(channel_id, command.who.user_id):
            raise UserError(Problem.NOT_IN_CHANNEL, channel=channel_id)
        if not channel_id and len(known) > 1:
            return Private(blocks.which_to_show(known))
        return self._about(command.who, channel_id or next(iter(known), ""))

    def show_about(self, click: Click) -> Reply:
        """Show the card of the community whose button was pressed."""
        return self._about(click.who, click.value)

    def open_set_up(self, command: Command, rest: str) -> Reply:
        """Open the form that switches this channel, or the one named, on or changes it."""
        channel_id = channel_in(rest) or command.channel_id
        if not channel_id:
            raise UserError(Problem.NO_COMMUNITY_HERE)
        if not command.can_open_form:
            return Private(blocks.invited_message(channel_id, self._names))
        return self._set_up_form(command.who, channel_id)

    def set_up_clicked(self, click: Click) -> Reply:
        """Open the form for the channel the button names, or the one it stands in."""
        return self._set_up_form(click.who, click.value or click.channel_id)

    def set_up(self, form: Submission) -> Reply:
        """Switch a channel on, or change its community."""
        channel_id = form.metadata
        room = self._room(channel_id)
        now = self._clock.now()
        profile = profile_or_unknown(self._directory, form.who.user_id)
        chosen = form.people("facilitators")
        done = self._communities.set_up(
            form.who,
            channel_id,
            SetUp(
                purpose=form.text("purpose"),
                rhythm=Rhythm(
                    prompt_weekday=form.number("prompt_weekday", range(DAYS_IN_WEEK), Rhythm().prompt_weekday),
                    prompt_at=form.time_of_day("prompt_at"),
                    round_weeks=form.number("round_weeks", ROUND_WEEKS, Rhythm().round_weeks),
                ),
                facilitators=chosen,
                meeting=Meeting(
                    group_size=form.number("group_size", GROUP_SIZES, Meeting().group_size),
                    # None, which is a choice too, means: not before everybody has met.
                    again_after=form.number("again_after", filter(None, AGAIN_AFTER), None),
                ),
                language=_language(form.choice("language")),
                values=read_values(form.text("values")),
                thanks_here=form.choice("thanks") != "private",
            ),
            profile,
            [found for one in chosen if one != form.who.user_id and (found := self._directory.find_profile(one))],
            now,
            is_private=room.is_private,
        )
        return Private(blocks.set_up_reply(channel_id, is_new=done.is_new), channel_id)

    def _about(self, who: Actor, channel_id: str) -> Reply:
        try:
            card = self._communities.about(who, channel_id, self._clock.now())
        except UserError as refusal:
            raise refusal.adding(wanted="about") from None
        return Private(blocks.card_message(card, self._names))

    def _set_up_form(self, who: Actor, channel_id: str) -> Reply:
        card = self._communities.check_may_set_up(who, channel_id, self._clock.now())
        # Where the bot is not, it could post nothing; better to know before anything is typed.
        self._room(channel_id)
        return OpenForm(blocks.set_up_form(channel_id, card, who.user_id))

    def _room(self, channel_id: str) -> Room:
        room = self._directory.find_room(channel_id)
        if room is None:
            raise UserError(Problem.BOT_NOT_IN_CHANNEL, channel=channel_id)
        return room

    def came(self, event: Event) -> Reply:
        """Greet the person who invited the bot, and show newcomers what a community's channel is."""
        channel_id, user_id = str(event.body["channel"]), str(event.body["user"])
        if user_id != self._bot_user_id:
            # A shared channel has people of other companies, of whom nothing is stored.
            if event.body.get("team") in {None, event.tenant.key} or self._directory.is_colleague(user_id):
                self._communities.person_came(event.tenant, channel_id, user_id, self._clock.now())
            return None
        inviter = str(event.body.get("inviter") or "")
        # The same invitation can arrive under several event ids; when it happened stays the same.
        act = Actor(event.tenant, inviter, f"invited:{channel_id}:{event.body.get('event_ts') or event.event_id}")
        invited = self._communities.invited(act, channel_id, self._clock.now())
        if not inviter or not invited.is_new:
            return None
        if invited.is_community:
            return Private(blocks.awake_message(channel_id), channel_id, reader=inviter)
        return Private(blocks.invited_message(channel_id, self._names), channel_id, reader=inviter)

    def left(self, event: Event) -> None:
        """Take note that somebody, perhaps the bot itself, left a channel."""
        channel_id, user_id = str(event.body["channel"]), str(event.body["user"])
        if user_id == self._bot_user_id:
            self._communities.fall_asleep(event.tenant, channel_id, self._clock.now())
        else:
            self._members.left_channel(event.tenant, channel_id, user_id, self._clock.now())

    def archived(self, event: Event) -> None:
        """Let the community of an archived channel sleep."""
        self._communities.fall_asleep(event.tenant, str(event.body["channel"]), self._clock.now())

    def unarchived(self, event: Event) -> None:
        """Let the community of a channel that is back go on."""
        self._communities.wake_up(event.tenant, str(event.body["channel"]), self._clock.now())

    def moved(self, event: Event) -> None:
        """Follow a channel to its new id."""
        body = event.body
        self._communities.channel_moved(event.tenant, str(body["old_channel_id"]), str(body["new_channel_id"]))


def _language(chosen: str) -> str:
    """Read which language the channel speaks; anything but a choice means that of the person who sets it up."""
    return chosen if chosen in LANGUAGES else spoken()
