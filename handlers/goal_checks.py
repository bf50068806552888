"""Listeners for check-ins on goals: how it goes, a line of one's own, and help for who is stuck."""

from bot.blocks import goal_checks as blocks
from bot.blocks.ids import GoalCheckId, GoalId
from bot.clock import Clock
from bot.domain.errors import Problem, UserError
from bot.domain.goals import CheckRef, Progress
from bot.services.goals.goal_checks import GoalCheckService
from handlers.listeners import Listeners
from handlers.payloads import Click, Submission, day_in, id_in
from handlers.replies import InPlace, OpenForm, Private, Reply


class GoalCheckHandlers:
    """One question a week; the answer takes its place."""

    def __init__(self, checks: GoalCheckService, clock: Clock) -> None:
        self._checks = checks
        self._clock = clock

    @property
    def listeners(self) -> Listeners:
        """Return the answers, the buttons that follow them, and the two forms."""
        return Listeners(
            clicks={
                GoalId.CHECK: self.answer,
                GoalCheckId.LINE: self.open_line,
                GoalCheckId.ASK_BUDDY: self.ask_buddy,
                GoalCheckId.ASK_CHANNEL: self.ask_channel,
            },
            forms={GoalCheckId.LINE_FORM: self.keep_line, GoalCheckId.HELP_FORM: self.ask},
        )

    def answer(self, click: Click) -> Reply:
        """Store how a goal goes."""
        ref, said = _ref(click.value)
        if said not in list(Progress):
            raise UserError(Problem.GONE)
        answered, also = self._checks.answer(click.who, ref, Progress(said), self._clock.now())
        return InPlace(blocks.answered_reply(answered, also))

    def open_line(self, click: Click) -> Reply:
        """Open the form for a line."""
        ref, _ = _ref(click.value)
        return OpenForm(blocks.line_form(self._checks.current(click.who, ref, self._clock.now())))

    def keep_line(self, form: Submission) -> Reply:
        """Keep a line with the answer."""
        ref, _ = _ref(form.metadata)
        return Private(blocks.line_kept(self._checks.keep_line(form.who, ref, form.text("line"), self._clock.now())))

    def ask_buddy(self, click: Click) -> Reply:
        """Open the form for a question to whom the person meets in this round."""
        ref, _ = _ref(click.value)
        answered = self._checks.current(click.who, ref, self._clock.now())
        if not answered.help.buddies:
            raise UserError(Problem.GONE)
        return OpenForm(blocks.help_form(answered, ""))

    def ask_channel(self, click: Click) -> Reply:
        """Open the form for a question to a channel; with more than one to choose from, ask which."""
        ref, chosen = _ref(click.value)
        answered = self._checks.current(click.who, ref, self._clock.now())
        places = answered.help.channels
        if chosen in places or len(places) == 1:
            return OpenForm(blocks.help_form(answered, chosen if chosen in places else places[0]))
        if not places:
            raise UserError(Problem.GONE)
        return Private(blocks.which_channel(answered))

    def ask(self, form: Submission) -> Reply:
        """Have the question posted."""
        ref, channel_id = _ref(form.metadata)
        self._checks.ask_for_help(form.who, ref, channel_id, form.text("question"), self._clock.now())
        return Private(blocks.asked_reply(channel_id))


def _ref(value: str) -> tuple[CheckRef, str]:
    """Read a check-in and what follows it; raises UserError for anything else."""
    goal_id, day, rest = (*value.split(":", 2), "", "")[:3]
    return CheckRef(id_in(goal_id), day_in(day)), rest
