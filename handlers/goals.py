"""Listeners for goals: set, change, list, done, drop, undo, the line kept in the end; only ever one's own."""

from bot.blocks import goals as blocks
from bot.blocks.block_kit import Block
from bot.blocks.errors import form_note
from bot.blocks.ids import GoalId
from bot.blocks.names import CommandNames
from bot.clock import Clock
from bot.domain.commands import parse_goal, parse_number, plain
from bot.domain.errors import Problem, UserError
from bot.domain.goals import CHECK_WEEKS, MAX_TITLE, WEEKS_AHEAD, GoalForm, Visibility, check_length
from bot.domain.identity import Actor
from bot.services.goals.goals import GoalService
from bot.services.operation.directory import Directory, profile_or_unknown
from handlers.listeners import Listeners, about_one
from handlers.payloads import Click, Command, Shortcut, Submission, id_in
from handlers.replies import InPlace, OpenForm, Private, Reply


class GoalHandlers:
    """What somebody wants to be able to do."""

    def __init__(self, goals: GoalService, directory: Directory, names: CommandNames, clock: Clock) -> None:
        self._goals = goals
        self._directory = directory
        self._names = names
        self._clock = clock

    @property
    def listeners(self) -> Listeners:
        """Return the buttons, the forms, the shortcut and the words of goals."""
        return Listeners(
            clicks={
                GoalId.NEW: self.new_goal,
                GoalId.LIST: lambda click: self._list(click.who, click.channel_id),
                GoalId.EDIT: about_one(self._edit),
                GoalId.DONE: about_one(self._done),
                GoalId.DROP: about_one(self._drop),
                GoalId.UNDO: about_one(self._undo),
                GoalId.LINE: about_one(self._line),
                GoalId.ENOUGH: about_one(self._enough),
            },
            forms={GoalId.FORM: self.set_goal, GoalId.LINE_FORM: self.keep_line},
            shortcuts={GoalId.SHORTCUT: self.from_anywhere},
            words={
                "goal": self.open_form,
                "goals": lambda command, _rest: self.list(command),
                "done": self.done,
                "drop": self.drop,
            },
        )

    def open_form(self, command: Command, rest: str) -> Reply:
        """Open the form with the typed words in it; where no form can open, offer its button."""
        self._goals.check_room(command.who)
        typed = plain(rest).strip()
        if not command.can_open_form:
            return Private(blocks.form_offer(typed))
        return OpenForm(self._form(command.who, typed))

    def new_goal(self, click: Click) -> Reply:
        """Open the form with what the button carries."""
        self._goals.check_room(click.who)
        return OpenForm(self._form(click.who, click.value))

    def from_anywhere(self, shortcut: Shortcut) -> Reply:
        """Open the empty form."""
        self._goals.check_room(shortcut.who)
        return OpenForm(self._form(shortcut.who, ""))

    def set_goal(self, form: Submission) -> Reply:
        """Store a new goal, or change the one the form was opened for."""
        typed = _typed(form)
        profile = profile_or_unknown(self._directory, form.who.user_id)
        witness = self._directory.find_profile(typed.witness) if typed.witness else None
        now = self._clock.now()
        if form.metadata:
            goal = self._goals.change(form.who, id_in(form.metadata), typed, profile, now, witness)
        else:
            goal = self._goals.set(form.who, typed, profile, now, witness)
        return Private(blocks.goal_set_reply(goal, self._names))

    def keep_line(self, form: Submission) -> Reply:
        """Keep a line with a goal that ended."""
        return Private(blocks.ended_reply(self._goals.keep_line(form.who, id_in(form.metadata), form.text("line"))))

    def list(self, command: Command) -> Reply:
        """Show the person's own goals, and in a community what others share with it."""
        return self._list(command.who, command.channel_id)

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

    def _list(self, who: Actor, channel_id: str) -> Reply:
        shared = self._goals.shared(who, channel_id) if channel_id else []
        return Private(blocks.goals_reply(self._goals.open(who), self._names, shared))

    def _edit(self, who: Actor, goal_id: int) -> Reply:
        return OpenForm(blocks.goal_form(self._goals.get(who, goal_id).form, goal_id=goal_id))

    def _done(self, who: Actor, goal_id: int) -> Reply:
        return Private(blocks.done_reply(self._goals.done(who, goal_id, self._clock.now())))

    def _drop(self, who: Actor, goal_id: int) -> Reply:
        return Private(blocks.dropped_reply(self._goals.drop(who, goal_id, self._clock.now())))

    def _undo(self, who: Actor, goal_id: int) -> Reply:
        return InPlace(blocks.reopened_reply(self._goals.reopen(who, goal_id, self._clock.now())))

    def _line(self, who: Actor, goal_id: int) -> Reply:
        return OpenForm(blocks.line_form(self._goals.ended(who, goal_id)))

    def _enough(self, who: Actor, goal_id: int) -> Reply:
        return InPlace(blocks.ended_reply(self._goals.ended(who, goal_id)))

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

    def _form(self, who: Actor, typed: str) -> Block:
        goal, due_on = parse_goal(typed, self._goals.today(who, self._clock.now()))
        too_long = check_length(goal, 0, MAX_TITLE, Problem.TITLE_SHORT)
        note = form_note(too_long, self._names) if too_long else None
        return blocks.goal_form(GoalForm(goal, "", due_on), note)


def _typed(form: Submission) -> GoalForm:
    visibility = form.choice("visibility")
    return GoalForm(
        title=form.text("title"),
        evidence=blocks.evidence_of(form.text("evidence"), form.choice("evidence_pick")),
        due_on=form.day("due_on"),
        plan=form.text("plan"),
        why=form.text("why"),
        weeks=form.number("weeks", WEEKS_AHEAD, None),
        visibility=Visibility(visibility) if visibility in list(Visibility) else Visibility.ME,
        witness=form.person("witness"),
        check_weeks=form.number("check_weeks", CHECK_WEEKS, CHECK_WEEKS[0]),
    )
