"""Listeners for goals: set, list, done, drop; only ever one's own."""

import re

from slack_bolt import App

from bot.blocks import goals as blocks
from bot.blocks.errors import form_note
from bot.blocks.names import CommandNames
from bot.clock import Clock
from bot.domain.commands import parse_goal, parse_number, plain
from bot.domain.goals import GUESSED_TIME, MAX_TITLE, GoalForm, check_length
from bot.domain.identity import Actor
from bot.errors import Problem, UserError
from bot.services.directory import Directory, profile_or_unknown
from bot.services.goals import GoalService
from handlers.guard import Guard
from handlers.replies import OpenForm, Private, Reply
from handlers.requests import Click, Command, Shortcut, Submission


class GoalHandlers:
    """What somebody wants to be able to do."""

    def __init__(self, goals: GoalService, directory: Directory, names: CommandNames, clock: Clock) -> None:
        self._goals = goals
        self._directory = directory
        self._names = names
        self._clock = clock

    def register(self, app: App, guard: Guard) -> None:
        """Listen to the buttons and the form of goals."""
        app.action(blocks.NEW_GOAL)(guard.click(self.new_goal))
        app.action(blocks.LIST)(guard.click(lambda click: self._list(click.who)))
        app.action(re.compile(rf"{re.escape(blocks.DONE)}(:.*)?$"))(
            guard.click(lambda click: self._done(click.who, _number(click.value)))
        )
        app.action(re.compile(rf"{re.escape(blocks.DROP)}(:.*)?$"))(
            guard.click(lambda click: self._drop(click.who, _number(click.value)))
        )
        app.shortcut(blocks.GOAL_SHORTCUT)(guard.shortcut(self.from_anywhere))
        app.view(blocks.GOAL_FORM)(guard.form(self.set_goal))

    def open_form(self, command: Command, rest: str) -> Reply:
        """Open the form with the typed words in it; where no form can open, offer its button."""
        self._goals.check_room(command.who)
        typed = plain(rest).strip()
        if not command.can_open_form:
            return Private(blocks.form_offer(typed))
        return self._form(command.who, typed)

    def new_goal(self, click: Click) -> Reply:
        """Open the form with what the button carries."""
        self._goals.check_room(click.who)
        return self._form(click.who, click.value)

    def from_anywhere(self, shortcut: Shortcut) -> Reply:
        """Open the empty form."""
        self._goals.check_room(shortcut.who)
        return self._form(shortcut.who, "")

    def set_goal(self, form: Submission) -> Reply:
        """Store a goal."""
        goal = self._goals.set(
            form.who,
            GoalForm(
                title=form.text("title"),
                evidence=form.text("evidence"),
                due_on=form.day("due_on"),
                plan=form.text("plan"),
                why=form.text("why"),
            ),
            profile_or_unknown(self._directory, form.who.user_id),
            self._clock.now(),
        )
        return Private(blocks.goal_set_reply(goal, self._names))

    def list(self, command: Command) -> Reply:
        """Show the person's own goals."""
        return self._list(command.who)

    def done(self, command: Command, rest: str) -> Reply:
        """Finish the goal of a number, or the only one; else ask which."""
        goal_id = self._chosen(command.who, rest)
        if goal_id is None:
            return Private(blocks.which_goal(self._goals.open(command.who), done=True))
        return self._done(command.who, goal_id)

    def drop(self, command: Command, rest: str) -> Reply:
        """End the goal of a number, or the only one; else ask which."""
        goal_id = self._chosen(command.who, rest)
        if goal_id is None:
            return Private(blocks.which_goal(self._goals.open(command.who), done=False))
        return self._drop(command.who, goal_id)

    def _list(self, who: Actor) -> Reply:
        return Private(blocks.goals_reply(self._goals.open(who), self._names))

    def _done(self, who: Actor, goal_id: int) -> Reply:
        return Private(blocks.done_reply(self._goals.done(who, goal_id, self._clock.now())))

    def _drop(self, who: Actor, goal_id: int) -> Reply:
        return Private(blocks.dropped_reply(self._goals.drop(who, goal_id, self._clock.now())))

    def _chosen(self, who: Actor, rest: str) -> int | None:
        goals = self._goals.open(who)
        if not goals:
            raise UserError(Problem.NO_GOALS)
        if not rest.strip():
            return goals[0].goal_id if len(goals) == 1 else None
        number = parse_number(rest)
        for goal in goals:
            if goal.number == number:
                return goal.goal_id
        raise UserError(Problem.NO_SUCH_GOAL, kept=plain(rest))

    def _form(self, who: Actor, typed: str) -> Reply:
        today = self._goals.today(who, self._clock.now())
        goal, due_on = parse_goal(typed, today)
        too_long = check_length(goal, 0, MAX_TITLE, Problem.TITLE_SHORT)
        note = form_note(too_long, self._names) if too_long else None
        return OpenForm(blocks.goal_form(goal, due_on or today + GUESSED_TIME, note))


def _number(value: str) -> int:
    if not value.isdecimal():
        raise UserError(Problem.NO_SUCH_GOAL)
    return int(value)
