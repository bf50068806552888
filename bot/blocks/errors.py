"""What is said when something cannot be done: what happened, what to do now, and the words kept."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from bot.blocks.block_kit import (
    Block,
    Message,
    actions,
    button,
    channel,
    day_picker,
    day_with_year,
    escape,
    given_back,
    long_day,
    message,
    one_line,
    people,
    person,
    section,
)
from bot.blocks.ids import CommunityId, GoalId, InvitationId, MemberId, SettingsId
from bot.blocks.language import N_, _, written_day
from bot.blocks.names import CommandNames
from bot.blocks.suggestions import pass_on_button
from bot.domain.errors import Problem, Refusal


def error_reply(trouble: Refusal | None, kept: str, names: CommandNames, reference: str = "") -> Message:
    """Answer what cannot be done; None stands for trouble on the bot's own side."""
    blocks: list[Block] = [section(apology(reference) if trouble is None else _sentence(trouble, names))]
    if kept.strip():
        blocks += given_back(_("What you typed: {words}"), kept)
    if trouble is not None:
        blocks += _next_step(trouble, kept)
    return message(*blocks)


def field_error(trouble: Refusal, names: CommandNames) -> str:
    """Say in one line what is wrong with a form's field; Slack shows no markup there, not even names."""
    if trouble.problem in _IN_FORMS:
        return _(_IN_FORMS[trouble.problem])
    sentence = _sentence(trouble, names).replace("*", "").replace("`", "")
    return sentence.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def form_note(trouble: Refusal, names: CommandNames) -> Block:
    """Say at the top of a form why it opened instead of doing at once what was typed."""
    return section(_sentence(trouble, names))


def apology(reference: str) -> str:
    """Own up to trouble on the bot's side."""
    return _(
        "That didn't work, and it's on my side. Please try again in a few minutes; "
        "if it fails again, tell the person who runs me this number: {reference}."
    ).format(reference=reference)


def other_workspace() -> str:
    """Answer somebody of another workspace, who can see the bot's messages in a shared channel."""
    return _("I work in another workspace, so nothing changed here.")


def _sentence(trouble: Refusal, names: CommandNames) -> str:
    special = _SPECIAL.get(trouble.problem)
    if special is not None:
        return special(trouble.details, names)
    return _(_PLAIN[trouble.problem]).format(learn=names.learn, goal=names.goal, kudos=names.kudos)


_PLAIN: Final = {
    Problem.NO_COMMUNITY_HERE: N_("That works in a channel, where I can see which community you mean. Type it there."),
    Problem.WHICH_COMMUNITY: N_("*Which one?* You take part in more than one community."),
    Problem.CANNOT_TAKE_PART: N_("This is for members of this workspace; guests and bots take no part."),
    Problem.PURPOSE_SHORT: N_("A few more words, so that people know what this channel is for."),
    Problem.TOO_MANY_VALUES: N_("Twenty values are the most a list can offer. Which ones matter here?"),
    Problem.DAY_MISSING: N_("By when? A rough day is enough."),
    Problem.NO_GROUP: N_("You're in no introduction at the moment. `{learn} join` in a community puts you in."),
    Problem.NOT_YOURS: N_("That belongs to somebody else, so I left it as it is."),
    Problem.GONE: N_("That is over already, so nothing changed. `{learn}` shows what is current."),
    Problem.MET_ALREADY: N_(
        "You have met already, as one of you said, so nothing changed. `{learn} pause` keeps you out of the next round."
    ),
    Problem.NOBODY_NAMED: N_("Whom would you like to thank? Pick them from the list."),
    Problem.GROUP_NAMED: N_("Thanks to a group thanks nobody. Name up to five people."),
    Problem.YOURSELF: N_("Thanks are for others. To keep something for yourself, there is `{learn} til`."),
    Problem.CROWD: N_("Thanks to a crowd thanks nobody. Choose up to five, or write in the channel."),
    Problem.DEED_SHORT: N_("What exactly did they do? One detail is enough."),
    Problem.ENOUGH_TODAY: N_(
        "That's five thanks today, the most I take from one person. Tomorrow there are five more."
    ),
    Problem.LINK_UNREADABLE: N_("I couldn't read that as an address. It begins with https:// and has no spaces."),
    Problem.OWN_THANKS: N_("These thanks are yours already; *Me too* is for others."),
    Problem.TOO_LATE_TO_UNDO: N_(
        "Ten minutes are over, so it stays as it is. Those thanked can take it down at any time."
    ),
    Problem.TITLE_SHORT: N_("A few more words, so that you'll still know in a month."),
    Problem.EVIDENCE_SHORT: N_("How will it show? Pick one of the three below if nothing comes to mind."),
    Problem.TOO_MANY_GOALS: N_("You have three goals open. Finish or drop one first?"),
    Problem.NO_SUCH_GOAL: N_(
        "I find no open goal like that among yours. `{learn} goals` lists them with their numbers."
    ),
    Problem.NO_GOALS: N_("No goal of yours is open. `{goal}` sets one."),
    Problem.QUESTION_SHORT: N_("A few more words, so that others know what you are stuck on."),
    Problem.WITNESS_MISSING: N_("Whom shall I ask? Pick a person, or choose *only me* above."),
    Problem.WITNESS_OF_NOTHING: N_(
        "You chose *only me* above. Choose *me and my witness* there, or take this person out."
    ),
    Problem.WITNESS_YOURSELF: N_("That's you. Choose somebody else, or nobody."),
    Problem.WITNESS_MANAGER: N_("Choose someone who doesn't assess your work."),
    Problem.WITNESS_UNFIT: N_(
        "That account can't be a witness: guests, apps and deactivated accounts don't take part."
    ),
    Problem.WITNESS_REFUSES: N_("This person would rather not be asked. Choose somebody else, or nobody."),
    Problem.NOTE_SHORT: N_("A few more words, so that you'll still know in three weeks."),
    Problem.NOTE_UNDO_OVER: N_("The ten minutes for that are over. `{learn} notes` changes or deletes it."),
    Problem.TAKEAWAY_EMPTY: N_("One line is enough, and it stays yours."),
    Problem.TOPIC_SHORT: N_("A few more words, so that others know what it is."),
    Problem.TOO_MANY_TOPICS: N_("Twenty of these are open. `{learn} topics` shows them; take one back first?"),
    Problem.TOO_MANY_REQUESTS: N_("I'm asking three people for you already. Once one has answered, I can ask another."),
    Problem.UNDO_OVER: N_("The ten minutes for that are over. `{learn} topics` changes it or takes it back."),
    Problem.OWN_MANAGER: N_("That's you. Leave it empty if nobody manages you."),
    Problem.NO_DAYS: N_("Choose at least one day. For a while without me there is `{learn} pause`."),
    Problem.NOTE_OFF_DAY: N_(
        "That's none of the days above, and I write on those only. Choose one of them, or no note."
    ),
    Problem.NOT_WITH_YOURSELF: N_("That's you, and I never introduce you to yourself."),
    Problem.LIST_FULL: N_("Twenty people are on your private list, the most it holds. `{learn} notwith` shows it."),
    Problem.SUGGESTION_SHORT: N_("A few more words, so that they know what you mean."),
    Problem.ENOUGH_SUGGESTIONS: N_(
        "That's three suggestions today, the most I pass on from one person. Tomorrow there are three more."
    ),
    Problem.NO_KEY: N_(
        "I can't keep private lists here yet: the person who runs me has to set a key for them first "
        "(PEERLOOP_KEYS). I have stored nothing. Meanwhile `{learn} swap` gets you another partner, without a reason."
    ),
    Problem.LIST_LOCKED: N_(
        "I can't open your private list right now, and introduce you to nobody until I can. The person who runs me "
        "has to give me its key again (PEERLOOP_KEYS). Nobody on it is lost."
    ),
}


# The same where neither a person nor a channel can be named.
_IN_FORMS: Final[Mapping[Problem, str]] = {
    Problem.NOT_A_COMMUNITY: N_("That channel is no learning community any more, so nothing was sent."),
    Problem.NOT_FACILITATOR: N_("Only those who look after this channel change it."),
    Problem.NOT_IN_CHANNEL: N_("You aren't in that channel yet. Come in, then press again."),
    Problem.BOT_NOT_IN_CHANNEL: N_("I'm not in that channel any more. Invite me with /invite, then press again."),
    Problem.NOT_RECOGNIZED: N_("I couldn't find one of them as a person here. Pick them from the list."),
    Problem.ASKED_LATELY: N_("You asked the same person not long ago, and I ask once in eight weeks."),
    Problem.CANNOT_RECEIVE: N_("One of them can't take part: guests, apps and deactivated accounts don't."),
}


def _not_a_community(details: Mapping[str, str], names: CommandNames) -> str:
    here, there = details.get("here"), details.get("channel")
    if here and there:
        return _(
            "This channel isn't a learning community yet. I can be useful in {channel}, or you can start one here."
        ).format(channel=channel(there))
    if here:
        return _("This channel isn't a learning community yet. You can start one here.")
    if there:
        return _("I don't know which community you mean. I can be useful in {channel}.").format(channel=channel(there))
    return _("There is no learning community yet. `{learn} setup` in a channel starts one.").format(learn=names.learn)


def _no_such_channel(details: Mapping[str, str], _names: CommandNames) -> str:
    return _("I couldn't find *{typed}* as a channel. Pick it from the list that Slack shows after #.").format(
        typed=_short(details["typed"])
    )


def _not_facilitator(details: Mapping[str, str], names: CommandNames) -> str:
    if not details["people"]:
        return _(
            "Nobody looks after {channel} at the moment. The first person to type `{learn} setup` there will."
        ).format(channel=channel(details["channel"]), learn=names.learn)
    return _("Only those who look after {channel} change it: {people}. Shall I pass on what you suggest?").format(
        channel=channel(details["channel"]), people=people(details["people"].split())
    )


def _not_recognized(details: Mapping[str, str], _names: CommandNames) -> str:
    return _("I couldn't find *{person}* as a person here. Pick them from the list.").format(
        person=_short(details["person"])
    )


def _asked_lately(details: Mapping[str, str], _names: CommandNames) -> str:
    return _("You asked {person} not long ago, and I ask the same person once in eight weeks.").format(
        person=person(details["person"])
    )


def _cannot_receive(details: Mapping[str, str], _names: CommandNames) -> str:
    return _("{person} can't take part: guests, apps and deactivated accounts don't.").format(
        person=person(details["person"])
    )


def _not_a_value(details: Mapping[str, str], _names: CommandNames) -> str:
    values = ", ".join(f"#{escape(value)}" for value in details["values"].split())
    return _("*#{typed}* is none of the values here. Choose one of these, or none: {values}.").format(
        typed=_short(details["typed"]), values=values
    )


def _unreadable(details: Mapping[str, str], _names: CommandNames) -> str:
    return _("I couldn't read *{typed}* as a day. Try `until Friday`, `2w` or `2026-12-14`.").format(
        typed=_short(details["typed"])
    )


def _ambiguous(details: Mapping[str, str], _names: CommandNames) -> str:
    one, other = (day_with_year(date.fromisoformat(details[name])) for name in ("one", "other"))
    return _("*{typed}* can be {one} or {other}. Which day?").format(
        typed=_short(details["typed"]), one=one, other=other
    )


def _impossible(details: Mapping[str, str], _names: CommandNames) -> str:
    last = date.fromisoformat(details["last"])
    # The last day of February depends on the year.
    pattern = _("LLLL y") if last.month == 2 else _("LLLL")  # noqa: PLR2004 - February
    if last.day == 31:  # noqa: PLR2004 - English has a word of its own for it
        text = _("I read *{typed}* as a date but {month} ends on the 31st. Which day?")
    else:
        text = _("I read *{typed}* as a date but {month} ends on the {day}th. Which day?")
    return text.format(typed=_short(details["typed"]), month=written_day(last, pattern), day=last.day)


def _past(details: Mapping[str, str], _names: CommandNames) -> str:
    return _("That day is gone. The next one is {day}.").format(day=long_day(date.fromisoformat(details["next"])))


def _too_far(details: Mapping[str, str], _names: CommandNames) -> str:
    return _("That's too far away. The last day I can take is {day}.").format(
        day=day_with_year(date.fromisoformat(details["last"]))
    )


def _too_long(details: Mapping[str, str], _names: CommandNames) -> str:
    return _("That's {length} characters; it works best under {limit}. Shorten it a little?").format(
        length=details["length"], limit=details["limit"]
    )


def _message_too_long(details: Mapping[str, str], _names: CommandNames) -> str:
    return _(
        "That's {length} characters, and I read up to {limit} at a time, so nothing changed. "
        "Could you send me just the part that matters?"
    ).format(length=details["length"], limit=details["limit"])


def _hours_backwards(details: Mapping[str, str], _names: CommandNames) -> str:
    return _(
        "That's before they begin: from {start} to {end}. Choose a later time here, or an earlier one above."
    ).format(start=details["start"], end=details["end"])


def _hours_short(details: Mapping[str, str], _names: CommandNames) -> str:
    return _("From {start} to {end} is less than an hour, and an introduction needs at least that.").format(
        start=details["start"], end=details["end"]
    )


def _note_off_hours(details: Mapping[str, str], _names: CommandNames) -> str:
    return _("That's outside your hours, {start} to {end}. Choose a time between them.").format(
        start=details["start"], end=details["end"]
    )


def _not_in_channel(details: Mapping[str, str], _names: CommandNames) -> str:
    return _("You aren't in {channel} yet. Come in, then try again there.").format(channel=channel(details["channel"]))


def _round_runs(details: Mapping[str, str], _names: CommandNames) -> str:
    return _(
        "This week's introductions in {channel} are out already, and nobody is introduced twice in a week. "
        "I start the next on its Monday."
    ).format(channel=channel(details["channel"]))


def _too_few(details: Mapping[str, str], _names: CommandNames) -> str:
    return _(
        "A round in {channel} needs four people and there aren't enough yet. I'll wait and start by myself."
    ).format(channel=channel(details["channel"]))


def _invited_today(details: Mapping[str, str], _names: CommandNames) -> str:
    return _("The invitation was shared in {channel} today already. Tomorrow it can be shared again.").format(
        channel=channel(details["channel"])
    )


def _paused(details: Mapping[str, str], _names: CommandNames) -> str:
    first = _("*You're paused, so I can't introduce you to anyone.*")
    if details["until"]:
        first = _("*You're paused until {day}, so I can't introduce you to anyone.*").format(
            day=long_day(date.fromisoformat(details["until"]))
        )
    return " ".join([first, _("Come back first, then press again.")])


def _other_not_now(details: Mapping[str, str], _names: CommandNames) -> str:
    return _("*I can't introduce you to {person} just now.* Press again later; there's time until {day}.").format(
        person=person(details["person"]), day=long_day(date.fromisoformat(details["until"]))
    )


def _bot_not_in_channel(details: Mapping[str, str], _names: CommandNames) -> str:
    return _("I'm not in {channel}. Invite me with `/invite`, then try again.").format(
        channel=channel(details["channel"])
    )


_SPECIAL: Final[Mapping[Problem, Callable[[Mapping[str, str], CommandNames], str]]] = {
    Problem.NOT_A_COMMUNITY: _not_a_community,
    Problem.NO_SUCH_CHANNEL: _no_such_channel,
    Problem.NOT_FACILITATOR: _not_facilitator,
    Problem.NOT_IN_CHANNEL: _not_in_channel,
    Problem.BOT_NOT_IN_CHANNEL: _bot_not_in_channel,
    Problem.NOT_RECOGNIZED: _not_recognized,
    Problem.CANNOT_RECEIVE: _cannot_receive,
    Problem.NOT_A_VALUE: _not_a_value,
    Problem.ASKED_LATELY: _asked_lately,
    Problem.PAUSED: _paused,
    Problem.OTHER_NOT_NOW: _other_not_now,
    Problem.DAY_UNREADABLE: _unreadable,
    Problem.DAY_AMBIGUOUS: _ambiguous,
    Problem.DAY_IMPOSSIBLE: _impossible,
    Problem.DAY_PAST: _past,
    Problem.DAY_TOO_FAR: _too_far,
    Problem.TOO_LONG: _too_long,
    Problem.MESSAGE_TOO_LONG: _message_too_long,
    Problem.HOURS_BACKWARDS: _hours_backwards,
    Problem.HOURS_SHORT: _hours_short,
    Problem.NOTE_OFF_HOURS: _note_off_hours,
    Problem.ROUND_RUNS: _round_runs,
    Problem.TOO_FEW: _too_few,
    Problem.INVITED_TODAY: _invited_today,
}


# What a button that uses another community says and does; a button cannot show a channel's name, the sentence does.
_USE: Final = {
    "join": (N_("Count me in there"), CommunityId.JOIN),
    "about": (N_("What it is about"), CommunityId.ABOUT),
}

# The button after what is said about a problem, where it is always the same.
_ONE_STEP: Final = {
    Problem.TOO_MANY_GOALS: (N_("Show my goals"), GoalId.LIST),
    Problem.NO_SUCH_GOAL: (N_("Show my goals"), GoalId.LIST),
    Problem.NO_GOALS: (N_("Set a goal"), GoalId.NEW),
    Problem.PAUSED: (N_("I'm back"), MemberId.RESUME),
    # Thanks open their form for this; here somebody typed whom they would rather not meet.
    Problem.NOT_RECOGNIZED: (N_("Choose a person"), SettingsId.NOT_WITH),
}


def _next_step(trouble: Refusal, kept: str) -> list[Block]:
    """Offer the next step; what was typed goes along where a form can take it."""
    if step := _ONE_STEP.get(trouble.problem):
        text, action_id = step
        return [actions(button(_(text), action_id))]
    match trouble.problem:
        case Problem.NOT_A_COMMUNITY | Problem.WHICH_COMMUNITY:
            return _other_places(trouble.details)
        case Problem.NOT_FACILITATOR | Problem.TOO_FEW:
            return _ask_others(trouble, kept)
        case Problem.DAY_AMBIGUOUS:
            days = [date.fromisoformat(trouble.details[name]) for name in ("one", "other")]
            return [actions(*(button(day_with_year(day), MemberId.PAUSE, day, variant=day) for day in sorted(days)))]
        case Problem.DAY_UNREADABLE | Problem.DAY_IMPOSSIBLE | Problem.DAY_PAST | Problem.DAY_TOO_FAR if kept:
            # Only a pause is typed as a day; everything else has a calendar of its own.
            return [actions(day_picker(MemberId.PAUSE, variant="day"))]
        case _:
            return []


def _ask_others(trouble: Refusal, kept: str) -> list[Block]:
    """Offer to tell others: those who may do it, if there are any, or those who are missing."""
    channel_id = trouble.details["channel"]
    if trouble.problem is Problem.TOO_FEW:
        return [actions(button(_("Share the invitation"), InvitationId.SHARE, channel_id))]
    return [pass_on_button(channel_id, kept)] if trouble.details["people"] else []


def _other_places(details: Mapping[str, str]) -> list[Block]:
    label, action_id = _USE.get(details.get("wanted", ""), ("", ""))
    text = _(label) if label else ""
    carried = details.get("carried", "")
    if places := details.get("channels", "").split():
        return [
            section(channel(place), button(text, action_id, f"{place} {carried}".strip(), variant=place))
            for place in places[:20]
        ]
    buttons = []
    if text and (there := details.get("channel")):
        buttons.append(button(text, action_id, f"{there} {carried}".strip(), variant=there, primary=True))
    if here := details.get("here"):
        buttons.append(button(_("Start one here"), CommunityId.SET_UP, here, primary=not buttons))
    return [actions(*buttons)] if buttons else []


def _short(typed: str) -> str:
    return escape(one_line(typed.replace("*", ""), 40))
