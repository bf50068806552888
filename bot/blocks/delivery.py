"""What is said of messages that do not come any more, and of those that nobody knows to have arrived."""

from bot.blocks.block_kit import Message, actions, button, channel, context, message, people, section
from bot.blocks.ids import DeliveryId
from bot.blocks.kinds import WORDS
from bot.blocks.language import _
from bot.blocks.names import CommandNames
from bot.domain.messages import INTRODUCTIONS, RULES, Came, Undelivered


def asked_message(one: Undelivered) -> Message:
    """Ask somebody whether a message arrived, and offer to post it again."""
    why = _("Slack didn't answer when I sent it, so I can't tell.")
    return message(
        section(f"{_question(one)} {why}"),
        actions(
            button(_("It's there"), DeliveryId.ARRIVED, one.message_id),
            button(_("Post it again"), DeliveryId.AGAIN, one.message_id),
        ),
        context(_("If it is there already, posting it again makes it stand there twice.")),
    )


def _question(one: Undelivered) -> str:
    if one.kind in INTRODUCTIONS:
        return _("*Did my introduction of you and {people} reach you?* It's a group message.").format(
            people=people(one.people)
        )
    what = _(WORDS[one.kind].name)
    if one.channel_id:
        return _("*Can you see {what} in {channel}?*").format(what=what, channel=channel(one.channel_id))
    return _("*Can you see {what} in your group message with {people}?*").format(what=what, people=people(one.people))


def again_reply(one: Undelivered) -> Message:
    """Confirm that a message is posted once more, or tell that it was given up."""
    if one.is_given_up:
        return message(section(_given_up(one)))
    if one.channel_id:
        return message(section(_("*On its way to {channel} again.*").format(channel=channel(one.channel_id))))
    return message(section(_("*On its way to you and {people} again.*").format(people=people(one.people))))


def _given_up(one: Undelivered) -> str:
    if one.kind in INTRODUCTIONS:
        return _(
            "*I can't introduce you to {people} any more.* "
            "Something changed meanwhile, or Slack didn't take my message."
        ).format(people=people(one.people))
    return _("*I can't post {what} any more.* Something changed meanwhile, or Slack didn't take it.").format(
        what=_(WORDS[one.kind].name)
    )


def settled_reply() -> Message:
    """Say that there is nothing more to do about a message."""
    return message(section(_("*Thanks for looking.* There's nothing more to do.")))


def not_delivered_message(one: Undelivered) -> Message:
    """Tell somebody that a message does not come any more: too late, or Slack does not take it."""
    if one.kind in INTRODUCTIONS:
        return message(
            section(_("*I couldn't introduce you to {people} in time,* I'm sorry.").format(people=people(one.people))),
            context(_("You're in for the next round.")),
        )
    what, where = _(WORDS[one.kind].name), _place(one)
    if one.is_place_unknown:
        return message(
            section(_("*I can't tell whether {what} is in {where}.*").format(what=what, where=where)),
            context(
                _(
                    "Slack didn't answer when I posted it, so I can't take it out. "
                    "If it's there, the people who run your workspace can delete it."
                )
            ),
        )
    if RULES[one.kind].removes:
        return message(
            section(_("*I couldn't take {what} out of {where},* I'm sorry.").format(what=what, where=where)),
            context(_("Slack doesn't let me. The people who run your workspace can delete it there.")),
        )
    if one.is_late:
        return message(
            section(_("*I couldn't deliver {what} to {where} in time,* I'm sorry.").format(what=what, where=where)),
            context(_("It would come too late now, so I leave it out.")),
        )
    return message(
        section(_("*I couldn't deliver {what} to {where},* I'm sorry.").format(what=what, where=where)),
        context(_("It doesn't get there just now, so I don't try again.")),
    )


def never_known_message(one: Undelivered) -> Message:
    """Tell somebody that a message may not have arrived, and that it is too late to post it again."""
    what, where = _(WORDS[one.kind].name), _place(one)
    return message(
        section(_("*I can't tell whether {what} to {where} arrived,* I'm sorry.").format(what=what, where=where)),
        context(_("Slack didn't answer when I sent it, and now it would come too late.")),
    )


def _place(one: Undelivered) -> str:
    return channel(one.channel_id) if one.channel_id else people(one.people)


def answer_lost_message(came: Came, reference: str, names: CommandNames) -> Message:
    """Tell somebody what came of what they did, when Slack may have kept the answer from them.

    True whatever they did, and also for who has read the answer after all.
    """
    first = _("*Slack had trouble when I answered you, and my answer may be missing.*")
    if came is Came.DONE:
        then = _("What you asked for is done. `{learn}` shows how things are.")
    elif came is Came.REFUSED:
        then = _("What you asked for couldn't be done that way. Ask once more, and I'll say why.")
    else:
        then = _(
            "Something failed on my side. Please try again; "
            "if it fails again, tell the person who runs me this number: {reference}."
        )
    return message(section(f"{first} {then.format(learn=names.learn, reference=reference)}"))
