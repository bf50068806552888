"""What is said about communities: the channel's introduction, its card, its form."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from bot.blocks.block_kit import (
    Block,
    Message,
    actions,
    button,
    channel,
    context,
    escape,
    field,
    form,
    line_input,
    long_day,
    message,
    moment,
    more,
    option,
    people,
    quote,
    section,
    select,
)
from bot.blocks.ids import CommunityId
from bot.blocks.kind_words import KindWords
from bot.blocks.language import N_, _, ngettext, spoken, written_day
from bot.blocks.names import CommandNames
from bot.domain.communities import AGAIN_AFTER, GROUP_SIZES, ROUND_WEEKS, CommunityCard, Meeting, Rhythm
from bot.domain.languages import LANGUAGES
from bot.domain.messages import MessageKind
from bot.domain.schedule import DueKind

FIRST_STEP: Final = "prompt"

_EVERY: Final = {1: N_("Every week"), 2: N_("Every 2 weeks"), 4: N_("Every 4 weeks")}
_HOW_IT_WORKS: Final = {
    2: N_(
        "*How it works:* you say you are in; I introduce you to one colleague, with a guide for half an hour; "
        "on Thursday I ask once whether you met. Leaving takes one tap."
    ),
    3: N_(
        "*How it works:* you say you are in; I introduce you to two colleagues, with a guide for half an hour; "
        "on Thursday I ask once whether you met. Leaving takes one tap."
    ),
    4: N_(
        "*How it works:* you say you are in; I introduce you to three colleagues, with a guide for half an hour; "
        "on Thursday I ask once whether you met. Leaving takes one tap."
    ),
    5: N_(
        "*How it works:* you say you are in; I introduce you to four colleagues, with a guide for half an hour; "
        "on Thursday I ask once whether you met. Leaving takes one tap."
    ),
}
_AGAIN: Final = {
    None: N_("Once everybody has met"),
    8: N_("After 8 rounds"),
    13: N_("After 13 rounds"),
    26: N_("After 26 rounds"),
}
_INTRODUCES: Final = {
    1: N_("Every Monday I introduce people who'd like to meet: half an hour, in working time, with a guide."),
    2: N_("Every second Monday I introduce people who'd like to meet: half an hour, in working time, with a guide."),
    4: N_("Every fourth Monday I introduce people who'd like to meet: half an hour, in working time, with a guide."),
}
_HAPPEN: Final = {
    1: N_("Introductions happen every Monday."),
    2: N_("Introductions happen every second Monday."),
    4: N_("Introductions happen every fourth Monday."),
}
_ON_MONDAY: Final = {
    1: N_("*Introductions:* every week, on Monday."),
    2: N_("*Introductions:* every 2 weeks, on Monday."),
    4: N_("*Introductions:* every 4 weeks, on Monday."),
}
_A_MONDAY: Final = date(2024, 1, 1)


def weekday(number: int) -> str:
    """Name a day of the week; 0 is Monday."""
    return written_day(_A_MONDAY + timedelta(days=number), "EEEE")


def intro_message(card: CommunityCard) -> Message:
    """Write M1: what this channel is now, and that taking part is voluntary."""
    return message(
        *_what_it_is(card),
        actions(
            button(_("Count me in for introductions"), CommunityId.JOIN, card.channel_id, primary=True),
            button(_("How it works"), CommunityId.ABOUT, card.channel_id),
            button(_("What is stored"), CommunityId.STORED),
        ),
        context(f"{_looks_after(card)} {_standing(card)}"),
    )


def intro_for_one_message(card: CommunityCard) -> Message:
    """Write M1 for somebody who came later and reads it alone: they can say no, for now or for good."""
    return message(
        *_what_it_is(card),
        join_choices(card.channel_id),
        context(f"{_looks_after(card)} {_standing(card)}"),
    )


def join_choices(channel_id: str) -> Block:
    """Ask one person whether they want to be introduced; a yes and a no of equal weight, and a smaller no for good."""
    return actions(
        button(_("Count me in"), CommunityId.JOIN, channel_id),
        button(_("Not now"), CommunityId.NOT_NOW, channel_id),
        more(CommunityId.NEVER, [(_("No, thanks"), channel_id)]),
        button(_("How it works"), CommunityId.ABOUT, channel_id, variant="join"),
    )


def declined_reply(channel_id: str, names: CommandNames, *, was_in: bool, for_good: bool) -> Message:
    """Confirm that somebody is not asked to take part any more."""
    where = channel(channel_id)
    if was_in:
        first = _("*You're in {channel} already.* `{learn} leave` there ends it.")
    elif for_good:
        first = _("*That's fine.* I won't ask again. Should you want to some day: `{learn} join` in {channel}.")
    else:
        first = _("*That's fine.* I won't ask for 90 days. Sooner, if you like: `{learn} join` in {channel}.")
    return message(section(first.format(channel=where, learn=names.learn)))


def _what_it_is(card: CommunityCard) -> list[Block]:
    return [
        section(_("*This channel is now a learning community: {purpose}*").format(purpose=quote(card.purpose))),
        section(
            _("Every {weekday} I post one small prompt.").format(weekday=weekday(card.rhythm.prompt_weekday))
            + " "
            + _(_INTRODUCES[card.rhythm.round_weeks])
        ),
        section(
            _(
                "Taking part is voluntary. I don't read what you write; I only know what you tap or type to me. "
                "Nobody, managers included, sees anything about individuals."
            )
        ),
    ]


def stopped_message(channel_id: str, names: CommandNames) -> Message:
    """Tell a facilitator that their community stands still, and how it goes on."""
    return message(
        section(
            _("*{channel} stands still.* The channel was archived, or I was removed from it.").format(
                channel=channel(channel_id)
            )
        ),
        section(
            _(
                "No prompt and no introduction goes out there now. Everything is kept: bring the channel back and "
                "invite me, and it goes on. {learn} about there shows how things stand."
            ).format(learn=names.learn)
        ),
    )


def refused_message(channel_id: str, error: str) -> Message:
    """Tell a facilitator that Slack does not let the bot post in their channel."""
    return message(
        section(
            _("*Slack doesn't let me post in {channel}* (its word for it: {error}).").format(
                channel=channel(channel_id), error=escape(error)
            )
        ),
        section(
            _(
                "Often a setting of the channel says who may post. Allow this app there, or ask the people who "
                "look after Slack. What I could not post is not repeated; the next post tries again."
            )
        ),
    )


# What those who look after a community miss while it fails. Every kind that is about a community has a sentence.
_MISSED_WHILE_FAILING: Final[Mapping[DueKind, str]] = {
    DueKind.ROUND: N_("The next round of introductions hasn't begun, and can't begin before this is mended."),
    DueKind.PROMPT: N_("The prompt of the week hasn't come, and can't come before this is mended."),
    DueKind.PROMPT_FOLLOW_UP: N_("The follow-up to the last prompt hasn't come. Everything else goes on."),
    DueKind.PLACE: N_("People without a partner aren't introduced before the next round. Everything else goes on."),
    DueKind.ZONE: N_("I can't find out which time zone most people are in, so I keep to the one I have."),
}


def failing_message(channel_id: str, kind: DueKind, since: datetime) -> Message:
    """Tell a facilitator what fails in their community, since when, what that means, and whom to tell."""
    return message(
        section(
            _("*Something I do in {channel} fails, since {since}.* {missed}").format(
                channel=channel(channel_id), since=moment(since), missed=_(_MISSED_WHILE_FAILING[kind])
            )
        ),
        section(
            _(
                "Nothing is lost: everything is stored, and I try again at least every 15 minutes. What needs mending "
                "is on my side, not yours. Please tell the person who runs me that {command} shows what fails."
            ).format(command="`peerloop check`")
        ),
    )


def card_message(card: CommunityCard, names: CommandNames) -> Message:
    """Write the card of a community: purpose, rhythm, facilitators, what is recorded."""
    return message(
        section(f"*{channel(card.channel_id)}: {quote(card.purpose)}*"),
        section(
            "\n".join(
                (
                    _prompt_line(card),
                    f"{_(_ON_MONDAY[card.rhythm.round_weeks])} {_start(card)}",
                    _("*Looked after by:* {people}").format(people=people(card.facilitators)),
                )
            )
        ),
        section(_(_HOW_IT_WORKS[card.meeting.group_size])),
        context(
            _(
                "Recorded: taps and what you type to me, nothing of what is said here. {learn} privacy tells all."
            ).format(learn=names.learn)
        ),
        actions(button(_("Count me in for introductions"), CommunityId.JOIN, card.channel_id, primary=True)),
    )


def _prompt_line(card: CommunityCard) -> str:
    line = _("*Prompt:* every {weekday} at {time} ({zone}).").format(
        weekday=weekday(card.rhythm.prompt_weekday), time=f"{card.rhythm.prompt_at:%H:%M}", zone=escape(card.zone)
    )
    if card.next_prompt_on is None:
        return line
    following = _("Next: {day}.").format(day=long_day(card.next_prompt_on))
    return f"{line} {following}"


def invited_message(channel_id: str, names: CommandNames) -> Message:
    """Greet the person who invited the bot: one button to go on."""
    return message(
        section(
            _(
                "*I'm here, and quiet until somebody switches {channel} on.* "
                "It takes one line: what this channel wants to get better at."
            ).format(channel=channel(channel_id))
        ),
        actions(
            button(_("Set this channel up"), CommunityId.SET_UP, channel_id, primary=True),
            button(_("Try it first, for you alone"), CommunityId.TRY, FIRST_STEP),
        ),
        context(_("Or type `{learn} setup` here at any time.").format(learn=names.learn)),
    )


def awake_message(channel_id: str) -> Message:
    """Tell that a community goes on after the bot came back."""
    return message(
        section(
            _("*I'm back in {channel}.* Everything is as it was; prompts and introductions go on.").format(
                channel=channel(channel_id)
            )
        )
    )


def which_to_join(channel_ids: Sequence[str]) -> Message:
    """Ask which of several communities somebody wants to join."""
    return _which(channel_ids, _("Count me in"), CommunityId.JOIN)


def which_to_show(channel_ids: Sequence[str]) -> Message:
    """Ask of which of several communities somebody wants to read."""
    return _which(channel_ids, _("What it is about"), CommunityId.ABOUT)


def _which(channel_ids: Sequence[str], label: str, action_id: str) -> Message:
    return message(
        section(_("*Which one?*")),
        *(
            section(channel(channel_id), button(label, action_id, channel_id, variant=channel_id))
            for channel_id in channel_ids[:20]
        ),
    )


def set_up_reply(channel_id: str, *, is_new: bool) -> Message:
    """Confirm that a community was switched on or changed."""
    if is_new:
        text = _("*{channel} is on.* I've posted what it is about, with a button to join.")
    else:
        text = _("*{channel} is changed.* The new rhythm holds from the next time on.")
    first = actions(button(_("See what people get"), CommunityId.TRY, FIRST_STEP))
    return message(section(text.format(channel=channel(channel_id))), *([first] if is_new else []))


def set_up_form(channel_id: str, card: CommunityCard | None, user_id: str) -> Block:
    """Build the form that switches a community on; only the purpose has to be typed."""
    return form(
        CommunityId.FORM,
        _("Learning community"),
        [
            field(
                "purpose",
                _("What does this channel want to get better at?"),
                line_input(card.purpose if card else ""),
                hint=_("One sentence, such as: Getting better at planning, together."),
            ),
            *_rhythm_fields(card.rhythm if card else Rhythm()),
            *_meeting_fields(card.meeting if card else Meeting()),
            field(
                "language",
                _("Language of this channel"),
                _language_choice(card.language if card else spoken()),
                hint=_("Each person is written to in their own; in the channel all read the same."),
            ),
            field("thanks", _("Thanks"), _thanks_choice(is_here=card.thanks_here if card else True)),
            field(
                "values",
                _("Values that thanks can name"),
                line_input(", ".join(card.values) if card else ""),
                hint=_("Those of your company, such as: patience, curiosity. Empty means: any word."),
                optional=True,
            ),
            _facilitators_field(card.facilitators if card else (user_id,)),
        ],
        submit=_("Switch it on") if card is None else _("Save"),
        metadata=channel_id,
    )


def _rhythm_fields(rhythm: Rhythm) -> list[Block]:
    weekdays = [option(weekday(number), str(number)) for number in range(5)]
    every = [option(_(_EVERY[weeks]), str(weeks)) for weeks in ROUND_WEEKS]
    return [
        field("prompt_weekday", _("Day of the weekly prompt"), select(weekdays, min(rhythm.prompt_weekday, 4))),
        field(
            "prompt_at",
            _("Time of the weekly prompt"),
            {"type": "timepicker", "initial_time": f"{rhythm.prompt_at:%H:%M}"},
            hint=_("In the time zone in which most people of this channel live."),
        ),
        field(
            "round_weeks",
            _("Introductions"),
            select(every, ROUND_WEEKS.index(rhythm.round_weeks)),
            hint=_("On Mondays. Every week starts faster; every 2 weeks lasts longer in most companies."),
        ),
    ]


def _meeting_fields(meeting: Meeting) -> list[Block]:
    sizes = [option(_people(size), str(size)) for size in GROUP_SIZES]
    again = [option(_(_AGAIN[rounds]), "all" if rounds is None else str(rounds)) for rounds in AGAIN_AFTER]
    return [
        field(
            "group_size",
            _("How many meet?"),
            select(sizes, GROUP_SIZES.index(meeting.group_size)),
            hint=_("Somebody left over makes one group larger."),
        ),
        field(
            "again_after",
            _("When may the same people meet again?"),
            select(again, AGAIN_AFTER.index(meeting.again_after)),
            hint=_("Sooner means that good matches come back before everybody has met everybody."),
        ),
    ]


def _facilitators_field(chosen: Sequence[str]) -> Block:
    return field(
        "facilitators",
        _("Who looks after it?"),
        {"type": "multi_users_select", "initial_users": list(chosen), "max_selected_items": 5},
        hint=_("You, and best one more. They can change what stands here."),
    )


def _thanks_choice(*, is_here: bool) -> Block:
    options = [option(_("Posted in this channel"), "here"), option(_("Always in private"), "private")]
    return select(options, int(not is_here))


def _language_choice(chosen: str) -> Block:
    return select([option(name, code) for code, name in LANGUAGES.items()], list(LANGUAGES).index(chosen))


def _people(number: int) -> str:
    return ngettext("{number} person", "{number} people", number).format(number=number)


def _looks_after(card: CommunityCard) -> str:
    text = ngettext("{people} looks after this channel.", "{people} look after this channel.", len(card.facilitators))
    return text.format(people=people(card.facilitators))


def _start(card: CommunityCard) -> str:
    if card.first_round_on is None:
        return _("Introductions start as soon as four people are in.")
    return _("Enough people are in; next introductions on {day}.").format(day=long_day(card.first_round_on))


def _standing(card: CommunityCard) -> str:
    """Say where introductions stand in words that stay true in the channel until they are edited."""
    if card.has_begun and card.first_round_on is not None:
        return _(_HAPPEN[card.rhythm.round_weeks])
    if card.first_round_on is not None:
        return _("Enough people are in; first introductions on {day}.").format(day=long_day(card.first_round_on))
    return _start(card)


KIND_WORDS: Final[Mapping[MessageKind, KindWords]] = {
    MessageKind.COMMUNITY_INTRO: KindWords(name=N_("my message about the community")),
}
