"""What is said at a round's end: did you meet, and what the answers lead to."""

from collections.abc import Sequence
from typing import Final

from bot.blocks.kit import (
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
from bot.blocks.kudos import GIVE
from bot.domain.rounds import Answered, CheckInQuestion, Met, Share, Worth, WouldHelp

MET: Final = "check_in.met"
MET_MORE: Final = "check_in.more"
MEETS_ON: Final = "check_in.meets_on"
WORTH: Final = "check_in.worth"
FIRST_TIME: Final = "check_in.first_time"
WOULD_HELP: Final = "check_in.would_help"
TAKEAWAY: Final = "check_in.takeaway"
TAKEAWAY_FORM: Final = "check_in.takeaway_form"

_WORTH: Final = {Worth.USE: "Yes, I can use it", Worth.NICE: "Nice to know", Worth.NOT_REALLY: "Not really"}
_HELP: Final = {
    WouldHelp.ANOTHER_TIME: "Another time",
    WouldHelp.ANOTHER_PARTNER: "Another partner",
    WouldHelp.SHORTER: "A shorter format",
    WouldHelp.PAUSE: "Pause me for 2 weeks",
}


def note_message(questions: Sequence[CheckInQuestion], folded: Sequence[Message] = ()) -> Message:
    """Write M7: the weekly note with the check-in of each round that ends this week.

    `folded` are messages that had no room of their own this week.
    """
    return message(*_questions(questions), *(block for one in folded for block in one.blocks))


def met_reply(answered: Answered) -> Message:
    """Go on after an answer; takes the question's place and leaves those about other groups where they were."""
    if answered.met is Met.YES:
        blocks = _after_yes(answered)
    elif answered.met is Met.BOOKED:
        blocks = [
            section("*Good. When is it?* I'll ask once more, three working days after, and never again."),
            actions({"type": "datepicker", "action_id": f"{MEETS_ON}:{answered.group_id}"}),
        ]
    elif answered.met is Met.SKIP:
        blocks = [section("Skipped. That's fine.")]
    else:
        blocks = [
            section("*That happens. What would help?*"),
            actions(
                *(button(text, WOULD_HELP, f"{answered.group_id}:{what}", variant=what) for what, text in _HELP.items())
            ),
        ]
    return message(*blocks, *_questions(answered.also))


def booked_for_reply(also: Sequence[CheckInQuestion]) -> Message:
    """Confirm the day of a meeting that is still to come."""
    return message(section("*Noted.* I'll ask once more after that day."), *_questions(also))


def help_reply(what: WouldHelp, also: Sequence[CheckInQuestion]) -> Message:
    """Answer what would have helped."""
    return message(section(f"Noted: {_HELP[what].lower()}. It is only ever counted."), *_questions(also))


def takeaway_form(group_id: int, others: Sequence[str]) -> Block:
    """Build the form for one line somebody takes away; private unless they choose otherwise."""
    names = "my partner" if len(others) == 1 else "my partners"
    choices = [
        option("Keep it private", Share.PRIVATE),
        option(f"Share it with {names}", Share.PARTNER),
        option("Share it in the channel, with my name", Share.CHANNEL),
    ]
    return form(
        TAKEAWAY_FORM,
        "One thing I take away",
        [
            field(
                "takeaway",
                "One thing I take away",
                line_input(multiline=True),
                hint="A sentence to your later self: what you will try, and where.",
            ),
            field(
                "share",
                "Who may read it?",
                {"type": "radio_buttons", "options": choices, "initial_option": choices[0]},
            ),
        ],
        submit="Keep it",
        metadata=str(group_id),
    )


def takeaway_message(who: str, text: str) -> Message:
    """Share a takeaway where its author said so."""
    return message(section(f"*{person(who)} takes away:* {quote(text)}"))


def takeaway_kept(text: str, share: Share) -> Message:
    """Confirm a takeaway to its author."""
    where = {
        Share.PRIVATE: "Only you can see it.",
        Share.PARTNER: "Your partner can read it too.",
        Share.CHANNEL: "It is on its way to the channel, with your name.",
    }[share]
    return message(section(f"*Kept:* {quote(text)}"), context(where))


def _questions(questions: Sequence[CheckInQuestion]) -> list[Block]:
    return [block for question in questions for block in _question(question)]


def _question(question: CheckInQuestion) -> list[Block]:
    group_id = question.group_id
    return [
        section(f"*Did {you_and(question.others, 'you')} meet?*"),
        {
            **actions(
                button("Yes", MET, f"{group_id}:{Met.YES}", variant=Met.YES, primary=True),
                button("Booked for later", MET, f"{group_id}:{Met.BOOKED}", variant=Met.BOOKED),
                button("No", MET, f"{group_id}:{Met.NO}", variant=Met.NO),
                more(MET_MORE, [("Skip the question", f"{group_id}:{Met.SKIP}")]),
            ),
            "block_id": f"check_in:{group_id}",
        },
    ]


def _after_yes(answered: Answered) -> list[Block]:
    group_id = answered.group_id
    blocks: list[Block] = [section("*Good.* All of this is optional:")]
    if answered.worth is None:
        blocks.append(section("*Was it worth the time?*"))
        blocks.append(
            actions(*(button(text, WORTH, f"{group_id}:{worth}", variant=worth) for worth, text in _WORTH.items()))
        )
    else:
        blocks.append(context(f"Worth the time? {_WORTH[answered.worth]}"))
    if answered.first_time is None:
        pair = "you two" if len(answered.others) == 1 else "all of you"
        blocks.append(section(f"*First time {pair} talked?*"))
        blocks.append(
            actions(
                button("Yes", FIRST_TIME, f"{group_id}:yes", variant="yes"),
                button("No", FIRST_TIME, f"{group_id}:no", variant="no"),
            )
        )
    if answered.takeaway:
        blocks.append(context(f"You take away: {quote(answered.takeaway)}"))
    others = " ".join(answered.others)
    last = [button("Say thanks", GIVE, f"{answered.channel_id} {others}")]
    if not answered.takeaway:
        last.insert(0, button("One thing I take away", TAKEAWAY, group_id, primary=True))
    blocks.append(section(f"*Thank {people(answered.others)} for something precise?*"))
    blocks.append(actions(*last))
    return blocks
