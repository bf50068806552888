"""What is said at a round's end: did you meet, and what the answers lead to."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.blocks.block_kit import (
    Block,
    Message,
    actions,
    button,
    context,
    field,
    form,
    line_input,
    message,
    more,
    option,
    people,
    person,
    quote,
    section,
    you_and,
)
from bot.blocks.goals import goal_question
from bot.blocks.ids import CheckInId, KudosId
from bot.blocks.kind_words import KindWords
from bot.blocks.kudos import Pending, encode
from bot.blocks.language import N_, _, ngettext
from bot.blocks.notes import use_question
from bot.domain.kudos import Thanks
from bot.domain.messages import MessageKind
from bot.domain.rounds import Answered, CheckInQuestion, Met, Share, StillAsked, Worth, WouldHelp

_WORTH: Final = {
    Worth.USE: N_("Yes, I can use it"),
    Worth.NICE: N_("Nice to know"),
    Worth.NOT_REALLY: N_("Not really"),
}
_WAS_WORTH: Final = {
    Worth.USE: N_("Worth the time? Yes, I can use it"),
    Worth.NICE: N_("Worth the time? Nice to know"),
    Worth.NOT_REALLY: N_("Worth the time? Not really"),
}
_HELP: Final = {
    WouldHelp.ANOTHER_TIME: N_("Another time"),
    WouldHelp.ANOTHER_PARTNER: N_("Another partner"),
    WouldHelp.SHORTER: N_("A shorter format"),
    WouldHelp.PAUSE: N_("Pause me for 2 weeks"),
}
_HELPS: Final = {
    WouldHelp.ANOTHER_TIME: N_("Noted: another time. It is only ever counted."),
    WouldHelp.ANOTHER_PARTNER: N_("Noted: another partner. It is only ever counted."),
    WouldHelp.SHORTER: N_("Noted: a shorter format. It is only ever counted."),
    WouldHelp.PAUSE: N_("Noted: a pause of 2 weeks. It is only ever counted."),
}


def note_message(asked: StillAsked, deferred: Sequence[Message] = ()) -> Message:
    """Write M7 and M8: the weekly note with the check-in of each round that ends this week, and of a goal.

    `folded` are messages that had no room of their own this week.
    """
    return message(*asked_blocks(asked), *(block for one in deferred for block in one.blocks))


def met_reply(answered: Answered) -> Message:
    """Go on after an answer; takes the question's place and leaves those about other groups where they were."""
    if answered.met is Met.YES:
        blocks = _after_yes(answered)
    elif answered.met is Met.BOOKED:
        blocks = [
            section(_("*Good. When is it?* I'll ask once more, three working days after, and never again.")),
            actions({"type": "datepicker", "action_id": f"{CheckInId.MEETS_ON}:{answered.group_id}"}),
        ]
    elif answered.met is Met.SKIP:
        blocks = [section(_("Skipped. That's fine."))]
    else:
        blocks = [
            section(_("*That happens. What would help?*")),
            actions(
                *(
                    button(_(text), CheckInId.WOULD_HELP, f"{answered.group_id}:{what}", variant=what)
                    for what, text in _HELP.items()
                )
            ),
        ]
    return message(*blocks, *asked_blocks(answered.also))


def booked_for_reply(also: StillAsked) -> Message:
    """Confirm the day of a meeting that is still to come."""
    return message(section(_("*Noted.* I'll ask once more after that day.")), *asked_blocks(also))


def help_reply(what: WouldHelp, also: StillAsked) -> Message:
    """Answer what would have helped."""
    return message(section(_(_HELPS[what])), *asked_blocks(also))


def takeaway_form(answered: Answered) -> Block:
    """Build the form for one line somebody takes away; private unless they choose otherwise."""
    share = ngettext("Share it with my partner", "Share it with my partners", len(answered.others))
    choices = [option(_("Keep it private"), Share.PRIVATE), option(share, Share.PARTNER)]
    if answered.channel_id:
        choices.append(option(_("Share it in the channel, with my name"), Share.CHANNEL))
    return form(
        CheckInId.TAKEAWAY_FORM,
        _("One thing I take away"),
        [
            field(
                "takeaway",
                _("One thing I take away"),
                line_input(multiline=True),
                hint=_("A sentence to your later self: what you will try, and where."),
            ),
            field(
                "share",
                _("Who may read it?"),
                {"type": "radio_buttons", "options": choices, "initial_option": choices[0]},
            ),
        ],
        submit=_("Keep it"),
        metadata=str(answered.group_id),
    )


def takeaway_message(who: str, text: str) -> Message:
    """Share a takeaway where its author said so."""
    return message(section(_("*{person} takes away:* {line}").format(person=person(who), line=quote(text))))


def takeaway_kept(text: str, share: Share) -> Message:
    """Confirm a takeaway to its author."""
    where = {
        Share.PRIVATE: _("Only you can see it."),
        Share.PARTNER: _("Your partner can read it too."),
        Share.CHANNEL: _("It is on its way to the channel, with your name."),
    }[share]
    return message(section(_("*Kept:* {line}").format(line=quote(text))), context(where))


def asked_blocks(asked: StillAsked) -> list[Block]:
    """Ask everything that a person is still asked: about people, then a goal, last what they learned."""
    blocks = [block for question in asked.met for block in _question(question)]
    blocks += goal_question(asked.goal) if asked.goal else []
    return blocks + (use_question(asked.used) if asked.used else [])


def _question(question: CheckInQuestion) -> list[Block]:
    group_id = question.group_id
    return [
        section(_("*Did {people} meet?*").format(people=you_and(question.others, _("you")))),
        {
            **actions(
                button(_("Yes"), CheckInId.MET, f"{group_id}:{Met.YES}", variant=Met.YES, primary=True),
                button(_("Booked for later"), CheckInId.MET, f"{group_id}:{Met.BOOKED}", variant=Met.BOOKED),
                button(_("No"), CheckInId.MET, f"{group_id}:{Met.NO}", variant=Met.NO),
                more(CheckInId.MORE, [(_("Skip the question"), f"{group_id}:{Met.SKIP}")]),
            ),
            "block_id": f"check_in:{group_id}",
        },
    ]


def _after_yes(answered: Answered) -> list[Block]:
    group_id = answered.group_id
    blocks: list[Block] = [section(_("*Good.* All of this is optional:"))]
    if answered.worth is None:
        blocks.append(section(_("*Was it worth the time?*")))
        blocks.append(
            actions(
                *(
                    button(_(text), CheckInId.WORTH, f"{group_id}:{worth}", variant=worth)
                    for worth, text in _WORTH.items()
                )
            )
        )
    else:
        blocks.append(context(_(_WAS_WORTH[answered.worth])))
    if answered.first_time is None:
        is_pair = len(answered.others) == 1
        first_time = _("*First time you two talked?*") if is_pair else _("*First time all of you talked?*")
        blocks.append(section(first_time))
        blocks.append(
            actions(
                button(_("Yes"), CheckInId.FIRST_TIME, f"{group_id}:yes", variant="yes"),
                button(_("No"), CheckInId.FIRST_TIME, f"{group_id}:no", variant="no"),
            )
        )
    if answered.takeaway:
        blocks.append(context(_("You take away: {line}").format(line=quote(answered.takeaway))))
    thanks = Pending(Thanks(answered.others, ""), here=answered.channel_id)
    last = [button(_("Say thanks"), KudosId.GIVE, encode(thanks))]
    if not answered.takeaway:
        last.insert(0, button(_("One thing I take away"), CheckInId.TAKEAWAY, group_id, primary=True))
    blocks.append(section(_("*Thank {people} for something precise?*").format(people=people(answered.others))))
    blocks.append(actions(*last))
    return blocks


KIND_WORDS: Final[Mapping[MessageKind, KindWords]] = {
    MessageKind.WEEKLY_NOTE: KindWords(
        why=N_("the weekly note, since there was something to ask you"),
        plural=N_("weekly notes"),
        upcoming=("somebody is asked: did you meet?", "people are asked: did you meet?"),
    ),
    MessageKind.MET_LATER: KindWords(
        why=N_("the day you had booked was over"),
        upcoming=("somebody is asked once more", "people are asked once more"),
    ),
    MessageKind.TAKEAWAY_SHARED: KindWords(
        name=N_("the line you wanted to share"), upcoming=("a takeaway is passed on", "takeaways are passed on")
    ),
}
