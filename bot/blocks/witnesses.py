"""What is said between the owner of a goal and the person asked to be its witness."""

from collections.abc import Mapping
from typing import Final

from bot.blocks.block_kit import Message, actions, button, context, day_with_year, message, person, quote, section
from bot.blocks.ids import GoalId, WitnessId
from bot.blocks.kind_words import KindWords
from bot.blocks.language import N_, _
from bot.blocks.names import CommandNames
from bot.domain.goals import OthersGoal
from bot.domain.messages import MessageKind


def asked_message(owner: str, goal_id: int, names: CommandNames) -> Message:
    """Ask somebody to be the witness of a goal, without saying yet what the goal is."""
    return message(
        section(_("*{person} asks: would you be the witness of a goal?*").format(person=person(owner))),
        section(
            _(
                "You would hear what it is, and when it is reached if {person} tells you. "
                "You need do nothing, and a no needs no reason."
            ).format(person=person(owner))
        ),
        actions(
            button(_("Yes"), WitnessId.AGREE, goal_id, primary=True),
            button(_("No, thanks"), WitnessId.DECLINE, goal_id),
        ),
        context(_("`{learn} settings` keeps such questions away.").format(learn=names.learn)),
    )


def agreed_reply(goal: OthersGoal, goal_id: int) -> Message:
    """Tell a witness who said yes what the goal is, with a way to step back."""
    return message(
        section(
            _("*You are the witness.* {person} wants to be able to: {title}, by {day}.").format(
                person=person(goal.owner), title=quote(goal.title), day=day_with_year(goal.due_on)
            )
        ),
        section(_("It will show by this: {evidence}").format(evidence=quote(goal.evidence))),
        actions(button(_("Step back"), WitnessId.STEP_BACK, goal_id)),
    )


def declined_reply(owner: str) -> Message:
    """Take a no, at any time and without a reason."""
    return message(
        section(
            _("*That's fine.* {person} hears that you'd rather not, without a reason.").format(person=person(owner))
        )
    )


def agreed_message(witness: str, goal: OthersGoal) -> Message:
    """Tell an owner that somebody is their witness now."""
    return message(
        section(
            _("*{person} is your witness* for {title}. By myself I tell them nothing more.").format(
                person=person(witness), title=quote(goal.title)
            )
        )
    )


def declined_message(witness: str, goal: OthersGoal, goal_id: int) -> Message:
    """Tell an owner that somebody would rather not be their witness."""
    return message(
        section(
            _("*{person} would rather not be a witness just now*, for {title}. The goal stays as it is.").format(
                person=person(witness), title=quote(goal.title)
            )
        ),
        actions(button(_("Choose somebody else"), GoalId.EDIT, goal_id)),
    )


def told_message(goal: OthersGoal) -> Message:
    """Tell a witness, since the owner wants it, that the goal is reached."""
    return message(
        section(
            _("*{person} reached it:* {title}. You were the witness.").format(
                person=person(goal.owner), title=quote(goal.title)
            )
        )
    )


def told_reply(witness: str) -> Message:
    """Confirm that the witness will hear of it."""
    return message(section(_("*{person} will hear of it.*").format(person=person(witness))))


KIND_WORDS: Final[Mapping[MessageKind, KindWords]] = {
    MessageKind.WITNESS_ASKED: KindWords(
        why=N_("somebody asked whether you would be the witness of a goal"),
        plural=N_("questions to be a witness"),
        name=N_("your question whether they would be your witness"),
        upcoming=("somebody is asked to be a witness", "people are asked to be witnesses"),
    ),
    MessageKind.WITNESS_SAYS: KindWords(why=N_("whom you asked to be the witness of a goal had answered")),
    MessageKind.WITNESS_TOLD: KindWords(
        why=N_("somebody whose witness you are told you of a goal"), name=N_("the news of your goal")
    ),
}
