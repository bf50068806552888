"""What is said of messages that came too late, and of those that nobody knows to have arrived."""

from typing import Final

from bot.blocks.kit import Message, actions, button, channel, context, message, people, section
from bot.blocks.language import N_, _
from bot.domain.messages import INTRODUCTIONS, RULES, Concerned, MessageKind, Undelivered

POST_AGAIN: Final = "delivery.again"
ARRIVED: Final = "delivery.arrived"

_INTRODUCTION: Final = N_("my introduction")
_NAMES: Final = {
    MessageKind.INTRODUCTION: _INTRODUCTION,
    MessageKind.REQUEST_INTRODUCTION: _INTRODUCTION,
    MessageKind.COMMUNITY_INTRO: N_("my message about the community"),
    MessageKind.COMMUNITY_INVITATION: N_("the invitation you shared"),
    MessageKind.PROMPT: N_("this week's prompt"),
    MessageKind.PROMPT_FOLLOW_UP: N_("my line under this week's prompt"),
    MessageKind.ROUND_SKIPPED: N_("my line about this week's introductions"),
    MessageKind.KUDOS: N_("your message of thanks"),
    MessageKind.NOTE_SHARED: N_("your note"),
    MessageKind.USE_SHARED: N_("your line about what you used"),
    MessageKind.TAKEAWAY_SHARED: N_("the line you wanted to share"),
    MessageKind.GOAL_HELP: N_("your question"),
}
_asking = {kind for kind, rule in RULES.items() if rule.asks is not Concerned.NOBODY}
assert set(_NAMES) == _asking  # noqa: S101 - a kind without a name must not start


def asked_message(one: Undelivered) -> Message:
    """Ask somebody whether a message arrived, and offer to post it again."""
    why = _("Slack didn't answer when I sent it, so I can't tell.")
    return message(
        section(f"{_question(one)} {why}"),
        actions(
            button(_("It's there"), ARRIVED, one.message_id),
            button(_("Post it again"), POST_AGAIN, one.message_id),
        ),
    )


def _question(one: Undelivered) -> str:
    if one.kind in INTRODUCTIONS:
        return _("*Did my introduction of you and {people} reach you?* It's a group message.").format(
            people=people(one.people)
        )
    what = _(_NAMES[one.kind])
    if one.channel_id:
        return _("*Can you see {what} in {channel}?*").format(what=what, channel=channel(one.channel_id))
    return _("*Can you see {what} in your group message with {people}?*").format(what=what, people=people(one.people))


def again_reply(one: Undelivered) -> Message:
    """Confirm that a message is posted once more."""
    if one.channel_id:
        return message(section(_("*On its way to {channel} again.*").format(channel=channel(one.channel_id))))
    return message(section(_("*On its way to you and {people} again.*").format(people=people(one.people))))


def settled_reply() -> Message:
    """Say that there is nothing more to do about a message."""
    return message(section(_("*Thanks for looking.* There's nothing more to do.")))


def too_late_message(one: Undelivered) -> Message:
    """Tell somebody that a message could not be delivered in time."""
    if one.kind in INTRODUCTIONS:
        return message(
            section(_("*I couldn't introduce you to {people} in time,* I'm sorry.").format(people=people(one.people))),
            context(_("You're in for the next round.")),
        )
    what = _(_NAMES[one.kind])
    where = channel(one.channel_id) if one.channel_id else people(one.people)
    return message(
        section(_("*I couldn't deliver {what} to {where} in time,* I'm sorry.").format(what=what, where=where)),
        context(_("It would come too late now, so I leave it out.")),
    )
