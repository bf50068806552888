"""What is said about introductions: the group message, its guide, and what happens when plans change."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

from bot.blocks.block_kit import (
    Block,
    Message,
    actions,
    button,
    channel,
    context,
    divider,
    escape,
    long_day,
    message,
    moment,
    more,
    people,
    person,
    plain,
    section,
    you_and,
)
from bot.blocks.ids import RoundId
from bot.blocks.kind_words import KindWords
from bot.blocks.language import N_, _, ngettext, speaking
from bot.blocks.names import CommandNames
from bot.blocks.reasons import PAIR, why
from bot.domain.guides import TRIO, Guide
from bot.domain.messages import MessageKind
from bot.domain.results import Coming
from bot.domain.rounds import GroupCard, Introduction, RoundPreview, RoundStatus, Standing

_GROUND_RULES: Final = N_(
    "What is said stays between you unless the speaker agrees. Passing is always fine. "
    "Any place works: in person, on a walk, by phone, on video or in writing."
)


def introduction_message(intro: Introduction, guide: Guide) -> Message:
    """Write M5: who meets whom, why, with which guide, and when all are free.

    The whole message is in the language of the guide.
    """
    with speaking(guide.language):
        why_you = f"{_why_you(len(intro.people))} {why(intro)}"
        return meeting_message(intro.people, why_you, guide, intro.openings, group_buttons(intro.group_id))


def meeting_message(
    ids: Sequence[str], why_you: str, guide: Guide, openings: Sequence[tuple[datetime, datetime]], buttons: Block
) -> Message:
    """Let people meet: who they are, why they, with which guide, when all are free, and what they can press."""
    minutes = sum(step.minutes for step in guide.structure)
    its_guide = _("*Your guide:* *{title}*, {minutes} minutes. Warm-up: \u201c{question}\u201d").format(
        title=escape(guide.title), minutes=minutes, question=escape(guide.icebreaker)
    )
    free = [section(_when_free(len(ids), openings))] if openings else []
    return message(
        section(f"*{_greeting(ids)}*"),
        section(f"{why_you}\n{its_guide}"),
        *free,
        buttons,
        context(
            _(
                "In person, on a walk, by phone, on video or in writing: all count. "
                "_I can't read this conversation. From here it's yours._"
            )
        ),
    )


def _when_free(count: int, openings: Sequence[tuple[datetime, datetime]]) -> str:
    span = _("{start} to {end}")
    spans = "; ".join(
        span.format(start=moment(start, "{date_short_pretty}, {time}"), end=moment(end, "{time}"))
        for start, end in openings
    )
    if count == PAIR:
        return _("*Both free, going by your working hours:* {spans} (shown in your own time)").format(spans=spans)
    return _("*All free, going by your working hours:* {spans} (shown in your own time)").format(spans=spans)


def no_partner_message(channel_id: str, community_id: int, cause: str, names: CommandNames) -> Message:
    """Write M22: nobody was left to be introduced to this time. The cause is one that a person may be told."""
    why_not = {
        "hours": _(
            "Nobody else's working hours overlap with yours by an hour. "
            "If an exchange in writing is fine for you, say so in `{learn} settings`."
        ).format(learn=names.learn),
        "language": _(
            "Nobody who shares a language with you was free. `{learn} settings` holds the languages you can meet in."
        ).format(learn=names.learn),
    }.get(cause, _("Nobody who fits was free."))
    none = _("*No introduction for you in {channel} this time.*").format(channel=channel(channel_id))
    return message(
        section(f"{none} {why_not}"),
        section(_("You're in the next round again, without doing anything. Want someone now?")),
        actions(button(_("Try again today"), RoundId.AGAIN, community_id, primary=True)),
    )


def incomplete_message(channel_id: str, number: int, seated: int, unplaced: Mapping[str, int]) -> Message:
    """Tell a facilitator how many a round left without a group, and why, without names."""
    left = sum(unplaced.values())
    first = ngettext(
        "*Round {number} in {channel}: {left} person is in no group, {seated} are in groups.*",
        "*Round {number} in {channel}: {left} people are in no group, {seated} are in groups.*",
        left,
    ).format(number=number, channel=channel(channel_id), seated=seated, left=left)
    why_not = _("Why: {causes}.").format(causes=_causes(unplaced))
    return message(
        section(f"{first}\n{why_not}"),
        context(_("They were told, without a reason that concerns others, and are in the next round.")),
    )


def preview_reply(preview: RoundPreview, names: CommandNames) -> Message:
    """Show a facilitator what the next round would be; numbers only."""
    first = _("*Round {number} in {channel}, on {day}*").format(
        number=preview.number, channel=channel(preview.channel_id), day=long_day(preview.next_on)
    )
    buttons = _round_buttons(preview.channel_id, can_leave_out=preview.left_out_on is None)
    if not preview.is_enough:
        waits = _("A round needs four people and there aren't enough yet. I'll wait.")
        return message(section(f"{first}\n{waits}"))
    if preview.is_mostly_away:
        waits = _("Away or paused: {number}, so it would wait a week. Starting it now introduces the rest.")
        return message(section(f"{first}\n{waits.format(number=preview.absent)}"), buttons)
    return message(
        section(first),
        section("\n".join(f"\u2022 {line}" for line in _figures(preview))),
        buttons,
        context(
            _("As things stand now, without names. Teams are known from `{learn} settings`.").format(learn=names.learn)
        ),
    )


def _figures(preview: RoundPreview) -> list[str]:
    of = _("{count} of {size}")
    sizes = ", ".join(of.format(count=count, size=size) for size, count in sorted(preview.sizes.items()))
    teams = _("unknown") if preview.cross_team is None else f"{preview.cross_team:.0%}"
    alone = _("Without a group: {number}").format(number=sum(preview.unplaced.values()))
    elsewhere = ngettext(
        "{number} is introduced in another community this week",
        "{number} are introduced in another community this week",
        preview.elsewhere,
    ).format(number=preview.elsewhere)
    return [
        _("People: {available} (away {away}, not their turn {by_pace})").format(
            available=preview.available, away=preview.absent, by_pace=preview.by_pace
        ),
        *([elsewhere] if preview.elsewhere else []),
        _("Groups: {sizes}; across teams: {teams}").format(sizes=sizes or _("none"), teams=teams),
        _("Pairs that meet again: {repeats}, within 8 rounds: {recent}").format(
            repeats=preview.repeats, recent=preview.recent
        ),
        f"{alone} ({_causes(preview.unplaced)})" if preview.unplaced else alone,
    ]


def status_reply(status: RoundStatus) -> Message:
    """Show a facilitator how the round stands, with what can be done about it; numbers only."""
    buttons = _round_buttons(status.channel_id, can_leave_out=status.left_out_on is None)
    if status.is_repeated and status.left_out_on is not None:
        already = _(
            "*The introductions on {day} are left out already.* After that day you can leave out the next ones too."
        ).format(day=long_day(status.left_out_on))
        return message(section(f"{already} {_next(status)}"), buttons)
    return message(section(status_line(status)), buttons)


def status_line(status: RoundStatus) -> str:
    """Say how a round stands; numbers only."""
    where = channel(status.channel_id)
    if status.ends_on is None:
        first = _("*No round in {channel} yet.*").format(channel=where)
    elif status.skipped:
        first = _("*Round {number} in {channel} was left out.*").format(number=status.number, channel=where)
    else:
        title = _("*Round {number} in {channel}, until {day}:*").format(
            number=status.number, channel=where, day=long_day(status.ends_on)
        )
        first = f"{title} {', '.join(_counts(status))}."
        if status.left_out_on is not None:
            left_out = _("The introductions on {day} are left out.").format(day=long_day(status.left_out_on))
            first = f"{first} {left_out}"
    return f"{first} {_next(status)}"


def _next(status: RoundStatus) -> str:
    if status.next_on is None:
        return _("Next: as soon as four people are in.")
    return _("Next: {day}.").format(day=long_day(status.next_on))


def _counts(status: RoundStatus) -> list[str]:
    counts = [
        _("{number} in").format(number=status.seated),
        ngettext("{number} group", "{number} groups", status.groups).format(number=status.groups),
        _("{number} booked").format(number=status.booked),
        _("{number} met").format(number=status.met),
    ]
    if status.looking:
        counts.append(_("{number} looking for somebody").format(number=status.looking))
    return counts


def _round_buttons(channel_id: str, *, can_leave_out: bool) -> Block:
    return actions(
        button(_("Preview the next"), RoundId.PREVIEW, channel_id),
        button(_("Start it now"), RoundId.START, channel_id),
        *([button(_("Leave it out"), RoundId.LEAVE_OUT, channel_id)] if can_leave_out else []),
    )


_CAUSES: Final = {
    "hours": N_("no common hour"),
    "language": N_("no common language"),
    "rules": N_("kept apart by a rule"),
    "taken": N_("all who fit are taken"),
    "alone": N_("nobody else there"),
}


def _causes(unplaced: Mapping[str, int]) -> str:
    return ", ".join(f"{count} \u00d7 {_(_CAUSES[cause])}" for cause, count in sorted(unplaced.items()))


def halfway_message(group_id: int, *, on_request: bool = False) -> Message:
    """Write M6: one line in the middle of a longer round, if nobody tapped anything."""
    return message(
        section(_("*Still time for half an hour this week?*")),
        actions(
            button(_("We've booked it"), RoundId.BOOKED, group_id, primary=True),
            button(_("Open the guide"), RoundId.GUIDE, group_id),
            more(
                RoundId.MORE,
                [(_("Can't make it after all") if on_request else _("Not this round"), f"{RoundId.CANNOT}:{group_id}")],
            ),
        ),
    )


def booked_reply() -> Message:
    """Confirm that a meeting is booked."""
    return message(section(_("*Noted.* I'll be quiet until the check-in on Thursday.")))


def out_reply(card: GroupCard) -> Message:
    """Confirm that a person is out of this round, or does not meet whom they were introduced to on request."""
    if card.is_on_request:
        return message(section(_("*Done. The two of you don't meet this time.* The other gets a neutral line.")))
    return message(section(_("*Done. You're out of this round and in the next one.* The others get a neutral line.")))


def looking_reply(card: GroupCard) -> Message:
    """Tell somebody who looks for another partner what happens now."""
    if card.standing is Standing.SEATED:
        found = _("*Found somebody.* I'm introducing you to {people}.").format(people=people(card.others))
        return message(section(" ".join([found, *coming(card.coming, card.others)])))
    return message(
        section(
            _(
                "*I'm looking.* As soon as somebody else is free in this round I introduce you; "
                "otherwise you're in the next one."
            )
        )
    )


def coming(when: Coming | None, others: Sequence[str]) -> list[str]:
    """Say when the message comes that introduces people who have just asked for it, if it does not come at once.

    `others` are those of them who do not read this.
    """
    if when is None:
        return []
    if any(one not in others for one in when.starts):
        said = _("The message comes {when}, when your working day begins.")
    elif when.starts:
        said = _("The message comes {when}, when {person}'s working day begins.")
    else:
        said = _("The message comes {when}.")
    return [said.format(when=moment(when.at), person=people(when.starts[:1]))]


def partner_out_message(group_id: int, left: str, still_there: Sequence[str], instead: Sequence[str] = ()) -> Message:
    """Tell those who stay that somebody can't make it; no reason, and a way on.

    `still_there` are those who stay with the reader, `instead` those they are introduced to now; without
    either, somebody is looked for.
    """
    first = _("*{person} can't make it this round; nothing to do with you.*").format(person=person(left))
    if still_there:
        still = _("{people} still have each other.").format(people=you_and(still_there))
        return message(section(f"{first} {still}"))
    if instead:
        new = _("I'm introducing you to {people}.").format(people=people(instead))
        return message(section(f"{first} {new}"))
    looking = _("I'm looking for somebody else for you.")
    return message(
        section(f"{first} {looking}"),
        actions(button(_("I'll take a break too"), RoundId.CANNOT, group_id)),
    )


def unreachable_message(group_id: int, unreachable: Sequence[str]) -> Message:
    """Tell somebody that the person they were to meet cannot be reached."""
    if unreachable:
        first = _("*I meant to introduce you to {people}, but can't reach them.*").format(people=people(unreachable))
    else:
        first = _("*I could not open your conversation this round.*")
    return message(section(first), _what_next(group_id))


def round_skipped_message(channel_id: str, why: str, next_on: date) -> Message:
    """Tell a channel that this round does not take place, and when the next one does."""
    if why == "away":
        reason = _("Many are away this week, so introductions wait.")
    elif why == "facilitator":
        reason = _("Those who look after this channel have left the next introductions out.")
    else:
        reason = _("No introductions this week: I was not running on Monday.")
    following = _("Next: {day}.").format(day=long_day(next_on))
    return message(section(f"{reason} {following}"), context(channel(channel_id)))


def round_held_message(channel_id: str, next_on: date | None) -> Message:
    """Tell a channel that the introductions that were left out go out today, and when the next ones do."""
    first = _("The introductions go out after all, in working hours.")
    following = [_("Next: {day}.").format(day=long_day(next_on))] if next_on else []
    return message(section(" ".join([first, *following])), context(channel(channel_id)))


def group_reply(card: GroupCard, guide: Guide | None) -> Message:
    """Show a person the group they are in, with the same choices as in the introduction."""
    if card.standing is Standing.LOOKING:
        return looking_reply(card)
    if card.standing is Standing.OUT or card.group_id is None:
        return message(section(_("*You're out of this round* and in the next one, if you stay in.")))
    if card.standing is Standing.ALONE:
        return message(section(_("*Nobody is left in your group this round.*")), _what_next(card.group_id))
    parts = [f"*{you_and(card.others)}*", _("on request") if card.is_on_request else channel(card.channel_id)]
    if guide:
        parts.append(_("guide: *{title}*").format(title=escape(guide.title)))
    if card.is_on_request:
        ends = _("There is time until {day}. Booked.") if card.booked else _("There is time until {day}.")
    else:
        ends = _("The round ends on {day}. Booked.") if card.booked else _("The round ends on {day}.")
    return message(
        section(
            " \u00b7 ".join(parts)
            + "\n"
            + " ".join([*coming(card.coming, card.others), ends.format(day=long_day(card.ends_on))])
        ),
        group_buttons(card.group_id, on_request=card.is_on_request),
    )


def guide_view(guide: Guide, alternatives: Sequence[Guide]) -> Block:
    """Show a guide in a modal: steps with minutes, openers, the closing commitment, two others."""
    with speaking(guide.language):
        return _guide_view(guide, alternatives)


def _guide_view(guide: Guide, alternatives: Sequence[Guide]) -> Block:
    openers = "\n".join(f"\u2022 {escape(opener)}" for opener in guide.openers)
    its_step = _("{minutes} min \u00b7 {step}")
    steps = "\n".join(its_step.format(minutes=step.minutes, step=escape(step.text)) for step in guide.structure)
    warm_up = _("_Warm-up:_ {question}")
    blocks = [
        section(f"*{escape(guide.title)}*\n{warm_up.format(question=escape(guide.icebreaker))}"),
        section(_("*Openers, pick one*") + f"\n{openers}"),
        section(_("*Half an hour*") + f"\n{steps}"),
        section(_("*Before you part, each completes*") + f"\n{escape(guide.commitment)}"),
        context(_(_GROUND_RULES)),
    ]
    if alternatives:
        blocks.append(divider())
        blocks += [
            section(
                _("*Or:* {title}").format(title=escape(other.title))
                + "\n"
                + warm_up.format(question=escape(other.icebreaker))
            )
            for other in alternatives
        ]
    return {"type": "modal", "title": plain(_("Your guide"), 24), "close": plain(_("Close"), 24), "blocks": blocks}


def _greeting(ids: Sequence[str]) -> str:
    if len(ids) == PAIR:
        return _("{a}, meet {b}. {b}, meet {a}.").format(a=person(ids[0]), b=person(ids[1]))
    return _("{people}, meet each other.").format(people=people(ids))


def _why_you(number: int) -> str:
    if number == PAIR:
        return _("*Why you two:*")
    return _("*Why you three:*") if number == TRIO else _("*Why you all:*")


def group_buttons(group_id: int, *, on_request: bool = False) -> Block:
    """Build what can be done about a meeting; the person who asked for this very person gets no other instead."""
    if on_request:
        ways_out = [(_("Can't make it after all"), f"{RoundId.CANNOT}:{group_id}")]
    else:
        ways_out = [
            (_("Can't this round"), f"{RoundId.CANNOT}:{group_id}"),
            (_("Another partner"), f"{RoundId.SWAP}:{group_id}"),
        ]
    return actions(
        button(_("We've booked it"), RoundId.BOOKED, group_id, primary=True),
        button(_("Open the guide"), RoundId.GUIDE, group_id),
        more(RoundId.MORE, ways_out),
    )


def _what_next(group_id: int) -> Block:
    return actions(
        button(_("Find me someone"), RoundId.SWAP, group_id, primary=True),
        button(_("I'll take a break too"), RoundId.CANNOT, group_id),
    )


KIND_WORDS: Final[Mapping[MessageKind, KindWords]] = {
    MessageKind.INTRODUCTION: KindWords(
        why=N_("an introduction, since you are in"),
        name=N_("my introduction"),
        upcoming=("an introduction", "introductions"),
    ),
    MessageKind.NO_PARTNER: KindWords(why=N_("nobody to introduce you to was free")),
    MessageKind.HALFWAY: KindWords(
        why=N_("the halfway line, since nobody in your group had tapped anything"),
        plural=N_("halfway lines"),
        upcoming=("a line halfway through a round", "lines halfway through a round"),
    ),
    MessageKind.PARTNER_OUT: KindWords(why=N_("somebody in your group can't make it")),
    MessageKind.PARTNER_UNREACHABLE: KindWords(why=N_("somebody you were to meet can't be reached")),
    MessageKind.ROUND_SKIPPED: KindWords(name=N_("my line about this week's introductions")),
    MessageKind.ROUND_HELD: KindWords(name=N_("my line about this week's introductions")),
    MessageKind.ROUND_INCOMPLETE: KindWords(
        why=N_("a round left somebody without a group, and you look after the channel")
    ),
}
