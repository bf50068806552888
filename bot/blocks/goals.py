"""What is said about goals; only ever to their owner."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from bot.blocks.kit import (
    VALUE_LIMIT,
    Block,
    Message,
    actions,
    button,
    context,
    day_with_year,
    escape,
    field,
    form,
    line_input,
    message,
    one_line,
    quote,
    section,
)
from bot.blocks.names import CommandNames
from bot.domain.goals import MAX_TITLE, GoalCard

NEW_GOAL: Final = "goal.new"
DONE: Final = "goal.done"
DROP: Final = "goal.drop"
LIST: Final = "goal.list"
GOAL_FORM: Final = "goal.form"
GOAL_SHORTCUT: Final = "goal.shortcut"


def goal_form(title: str, due_on: date, note: Block | None = None) -> Block:
    """Build the form that sets a goal, with what was typed and a guessed day filled in.

    `note` says at the top what had better be changed in what was typed.
    """
    return form(
        GOAL_FORM,
        "Set a goal",
        [
            *([note] if note else ()),
            field(
                "title",
                "What do you want to be able to do?",
                line_input(title, multiline=len(title) > MAX_TITLE or "\n" in title),
                hint="Run a retro on my own.",
            ),
            field(
                "evidence",
                "How will you or others see it?",
                line_input(),
                hint="I show it to someone. I do it alone once. I teach it.",
            ),
            field("due_on", "By when?", {"type": "datepicker", "initial_date": due_on.isoformat()}),
            field(
                "plan",
                "Likeliest obstacle, and then?",
                line_input(),
                hint="When Thursday's planning ends, I will ask to host the next.",
                optional=True,
            ),
            field("why", "Why does it matter to you?", line_input(), hint="Always private.", optional=True),
        ],
        submit="Set it",
    )


def form_offer(text: str) -> Message:
    """Offer the form as a button, where no form can be opened at once; the text is kept in it."""
    return message(
        section(
            "*A goal needs a short form.* What you typed is in it already." if text else "*A goal needs a short form.*"
        ),
        actions(button("Set a goal", NEW_GOAL, text[:VALUE_LIMIT], primary=True)),
    )


def goal_set_reply(goal: GoalCard, names: CommandNames) -> Message:
    """Confirm a new goal."""
    lines = [f"*Set, and private: {escape(one_line(goal.title))}*, by {day_with_year(goal.due_on)}."]
    if goal.plan:
        lines.append(quote(goal.plan))
    return message(
        section("\n".join(lines)),
        context(f"`{names.learn} goals` lists yours. Nobody else can read them."),
    )


def goals_reply(goals: Sequence[GoalCard], names: CommandNames) -> Message:
    """List a person's open goals, each with its two ways to end."""
    if not goals:
        return message(
            section(f"*No goal is open.* For example: `{names.goal} run a retro on my own by end of January`"),
            actions(button("Set a goal", NEW_GOAL, primary=True)),
        )
    blocks = [section("*Your goals* (only you see this)")]
    for goal in goals:
        blocks += goal_blocks(goal)
    return message(*blocks)


def goal_blocks(goal: GoalCard) -> list[Block]:
    """Show one open goal with its buttons."""
    plan = f"\n{quote(goal.plan)}" if goal.plan else ""
    return [
        section(f"{goal.number}. *{escape(one_line(goal.title))}* \u00b7 by {day_with_year(goal.due_on)}{plan}"),
        actions(
            button("Done", DONE, goal.goal_id, variant=goal.goal_id),
            button("Drop", DROP, goal.goal_id, variant=goal.goal_id),
        ),
    ]


def which_goal(goals: Sequence[GoalCard], *, done: bool) -> Message:
    """Ask which of several open goals is meant."""
    action, word = (DONE, "Done") if done else (DROP, "Drop")
    return message(
        section("*Which one?*"),
        *(
            section(
                f"{goal.number}. {escape(one_line(goal.title))}",
                button(word, action, goal.goal_id, variant=goal.goal_id),
            )
            for goal in goals
        ),
    )


def done_reply(goal: GoalCard) -> Message:
    """Write M9: a goal is reached."""
    return message(
        section(f"*Done: {escape(one_line(goal.title))}.* You set it on {day_with_year(goal.set_on)}."),
        section("People remember best what they pass on. Who could you show it to?"),
    )


def dropped_reply(goal: GoalCard) -> Message:
    """End a goal without guilt."""
    return message(section(f"*Dropped: {escape(one_line(goal.title))}.* What you learned from trying stays yours."))
