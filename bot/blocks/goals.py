"""What is said about goals: to their owner, and to others only what the owner lets them know."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.blocks.block_kit import (
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
    option,
    person,
    quote,
    section,
    select,
)
from bot.blocks.ids import GoalId, TopicId
from bot.blocks.language import N_, _, ngettext
from bot.blocks.names import CommandNames
from bot.domain.goals import (
    CHECK_WEEKS,
    GUESSED_WEEKS,
    MAX_TITLE,
    WEEKS_AHEAD,
    CheckRef,
    GoalCard,
    GoalForm,
    GoalQuestion,
    OthersGoal,
    Progress,
    Visibility,
    WitnessSays,
    is_target,
)

_PICKS: Final[Mapping[str, str]] = {
    "show": N_("I show it to someone"),
    "alone": N_("I do it alone once"),
    "teach": N_("I teach it"),
}
_WHO: Final[Mapping[Visibility, str]] = {
    Visibility.ME: N_("Only me"),
    Visibility.WITNESS: N_("Me and my witness"),
    Visibility.COMMUNITY: N_("My community: the channels I take part in"),
}
_EVERY: Final[Mapping[int, str]] = {2: N_("Every two weeks"), 4: N_("Once a month"), 0: N_("Never")}


PROGRESS: Final[Mapping[Progress, str]] = {
    Progress.MOVED: N_("Moved"),
    Progress.STUCK: N_("Stuck"),
    Progress.CHANGED: N_("Changed"),
    Progress.DONE: N_("Done"),
    Progress.LATER: N_("Not now"),
}


def evidence_of(typed: str, picked: str) -> str:
    """Return how a goal will show: what was typed, else what the chosen suggestion says."""
    return typed or (_(_PICKS[picked]) if picked in _PICKS else "")


def goal_form(filled: GoalForm, note: Block | None = None, goal_id: int | None = None) -> Block:
    """Build the form that sets a goal, or changes the one of an id, with what is known filled in.

    `note` says at the top what had better be changed in what was typed.
    """
    title = filled.title
    return form(
        GoalId.FORM,
        _("Set a goal") if goal_id is None else _("Change a goal"),
        [
            *([note] if note else [target_hint()] if is_target(title) else ()),
            field(
                "title",
                _("What do you want to be able to do?"),
                line_input(title, multiline=len(title) > MAX_TITLE or "\n" in title),
                hint=_("Run a retro on my own."),
            ),
            field(
                "evidence",
                _("How will you or others see it?"),
                line_input(filled.evidence),
                hint=_("The team keeps one change from it. Or pick one:"),
                optional=True,
            ),
            field("evidence_pick", _("Or simply"), _radio(_PICKS, None), optional=True),
            *_day_fields(filled),
            field(
                "plan",
                _("Likeliest obstacle, and then?"),
                line_input(filled.plan),
                hint=_("When Thursday's planning ends, I will ask to host the next."),
                optional=True,
            ),
            field(
                "why",
                _("Why does it matter to you?"),
                line_input(filled.why),
                hint=_("Always private."),
                optional=True,
            ),
            *_people_fields(filled),
            field("check_weeks", _("Check in with me"), _menu(_EVERY, CHECK_WEEKS, filled.check_weeks)),
        ],
        submit=_("Set it") if goal_id is None else _("Save"),
        metadata="" if goal_id is None else str(goal_id),
    )


def _day_fields(filled: GoalForm) -> list[Block]:
    weeks = {str(one): ngettext("In {count} week", "In {count} weeks", one).format(count=one) for one in WEEKS_AHEAD}
    # A day that is known already is not second to a guess.
    guess = None if filled.due_on else str(filled.weeks or GUESSED_WEEKS)
    picker: Block = {"type": "datepicker"}
    if filled.due_on:
        picker["initial_date"] = filled.due_on.isoformat()
    return [
        field("weeks", _("By when?"), _radio(weeks, guess), optional=True),
        field("due_on", _("Or by a day of your own"), picker, hint=_("It goes before the weeks above."), optional=True),
    ]


def _people_fields(filled: GoalForm) -> list[Block]:
    chosen = {"type": "users_select"} | ({"initial_user": filled.witness} if filled.witness else {})
    return [
        field("visibility", _("Who may know?"), _radio(_WHO, filled.visibility)),
        field(
            "witness",
            _("Witness"),
            chosen,
            hint=_("Someone who doesn't assess your work. I ask them first and tell them what it is after a yes."),
            optional=True,
        ),
    ]


def _radio(words: Mapping[str, str] | Mapping[Visibility, str], chosen: str | None) -> Block:
    options = {value: option(_(text), value) for value, text in words.items()}
    element: Block = {"type": "radio_buttons", "options": list(options.values())}
    if chosen is not None:
        element["initial_option"] = options[chosen]
    return element


def _menu(words: Mapping[int, str], order: Sequence[int], chosen: int) -> Block:
    return select([option(_(words[value]), str(value)) for value in order], order.index(chosen))


def target_hint() -> Block:
    """Ask softly for what somebody would have to be able to do, where a goal sounds like a result."""
    return context(_("That's a result. What would you need to *be able to do* to get there?"))


def form_offer(text: str) -> Message:
    """Offer the form as a button, where no form can be opened at once; the text is kept in it."""
    return message(
        section(
            _("*A goal needs a short form.* What you typed is in it already.")
            if text
            else _("*A goal needs a short form.*")
        ),
        actions(button(_("Set a goal"), GoalId.NEW, text[:VALUE_LIMIT], primary=True)),
    )


def goal_set_reply(goal: GoalCard, names: CommandNames) -> Message:
    """Confirm a new goal, or how it reads now; a result is asked about, and never refused."""
    title, day = escape(one_line(goal.title)), day_with_year(goal.due_on)
    if goal.visibility is Visibility.ME:
        first = _("*Set, and private: {title}*, by {day}.").format(title=title, day=day)
    elif goal.visibility is Visibility.WITNESS:
        first = _("*Set: {title}*, by {day}. Your witness may know it.").format(title=title, day=day)
    else:
        first = _("*Set: {title}*, by {day}. Your community may read it.").format(title=title, day=day)
    lines = [first]
    if goal.plan:
        lines.append(quote(goal.plan))
    if goal.witness_says is WitnessSays.ASKED:
        lines.append(
            _("I ask {person} first, and say what it is only after a yes.").format(person=person(goal.witness))
        )
    return message(
        section("\n".join(lines)),
        *([target_hint()] if is_target(goal.title) else ()),
        actions(button(_("Change it"), GoalId.EDIT, goal.goal_id)),
        context(_set_note(goal, names)),
    )


def _set_note(goal: GoalCard, names: CommandNames) -> str:
    if goal.visibility is Visibility.ME:
        return _("`{learn} goals` lists yours. Nobody else can read them.").format(learn=names.learn)
    return _("`{learn} goals` lists yours. Why it matters to you stays private.").format(learn=names.learn)


def goals_reply(goals: Sequence[GoalCard], names: CommandNames, shared: Sequence[OthersGoal] = ()) -> Message:
    """List a person's open goals with what can be done about each, and what others here share."""
    if goals:
        blocks = [section(_("*Your goals* (only you see this list)"))]
        for goal in goals:
            blocks += goal_blocks(goal)
    else:
        blocks = [
            section(
                _("*No goal is open.* For example: `{goal} run a retro on my own by end of January`").format(
                    goal=names.goal
                )
            ),
            actions(button(_("Set a goal"), GoalId.NEW, primary=True)),
        ]
    if shared:
        blocks.append(section("\n".join([_("*What others here want to be able to do*"), *map(_shared_line, shared)])))
    return message(*blocks)


def _shared_line(goal: OthersGoal) -> str:
    return _("{person}: {title}, by {day}").format(
        person=person(goal.owner), title=escape(one_line(goal.title)), day=day_with_year(goal.due_on)
    )


def goal_blocks(goal: GoalCard) -> list[Block]:
    """Show one open goal with its buttons."""
    parts = [
        _("{number}. *{title}*").format(number=goal.number, title=escape(one_line(goal.title))),
        _("by {day}").format(day=day_with_year(goal.due_on)),
        *_who_knows(goal),
    ]
    plan = f"\n{quote(goal.plan)}" if goal.plan else ""
    return [
        section(" \u00b7 ".join(parts) + plan),
        actions(
            button(_("Done"), GoalId.DONE, goal.goal_id, variant=goal.goal_id),
            button(_("Change"), GoalId.EDIT, goal.goal_id, variant=goal.goal_id),
            button(_("Drop"), GoalId.DROP, goal.goal_id, variant=goal.goal_id),
        ),
    ]


def _who_knows(goal: GoalCard) -> list[str]:
    parts = []
    if goal.visibility is Visibility.COMMUNITY:
        parts.append(_("your community may read it"))
    who = person(goal.witness)
    match goal.witness_says:
        case WitnessSays.ASKED:
            parts.append(_("{person} is asked to be your witness").format(person=who))
        case WitnessSays.YES:
            parts.append(_("witness {person}").format(person=who))
        case WitnessSays.NO:
            parts.append(_("{person} would rather not be your witness").format(person=who))
        case WitnessSays.NOTHING:
            pass
    return parts


def goal_question(question: GoalQuestion) -> list[Block]:
    """Write M8: ask how a goal goes, with one tap for each answer."""
    ref = ref_value(question.ref)
    first = _("*Your goal: {title}*, by {day}").format(
        title=escape(one_line(question.title)), day=day_with_year(question.due_on)
    )
    plan = f"\n{quote(question.plan)}" if question.plan else ""
    return [
        section(first + plan),
        actions(*(button(_(text), GoalId.CHECK, f"{ref}:{one}", variant=one) for one, text in PROGRESS.items())),
    ]


def ref_value(ref: CheckRef) -> str:
    """Write a check-in as what a button or a form carries."""
    return f"{ref.goal_id}:{ref.asked_on.isoformat()}"


def which_goal(goals: Sequence[GoalCard], *, done: bool) -> Message:
    """Ask which of several open goals is meant."""
    action, word = (GoalId.DONE, _("Done")) if done else (GoalId.DROP, _("Drop"))
    return message(
        section(_("*Which goal?*")),
        *(
            section(
                f"{goal.number}. {escape(one_line(goal.title))}",
                button(word, action, goal.goal_id, variant=goal.goal_id),
            )
            for goal in goals
        ),
    )


def done_reply(goal: GoalCard) -> Message:
    """Answer that a goal is reached."""
    return message(*done_blocks(goal))


def done_blocks(goal: GoalCard) -> list[Block]:
    """Write M9: a goal is reached, and may be passed on."""
    pass_on = [button(_("Offer it to others"), TopicId.OFFER, one_line(goal.title), primary=True)]
    if goal.witness_says is WitnessSays.YES:
        pass_on.append(button(_("Tell my witness"), GoalId.TELL_WITNESS, goal.goal_id))
    return [
        section(_done(goal)),
        *_line_blocks(goal, _("*What made it work?* One line, for you alone."), _("Write one line")),
        section(_("People remember best what they pass on.")),
        actions(
            *pass_on, button(_("That's all"), GoalId.ENOUGH, goal.goal_id), button(_("Undo"), GoalId.UNDO, goal.goal_id)
        ),
    ]


def dropped_reply(goal: GoalCard) -> Message:
    """End a goal with the same dignity: what was learned from trying counts."""
    return message(
        section(_("*Dropped: {title}.* That's fine.").format(title=escape(one_line(goal.title)))),
        *_line_blocks(goal, _("*Keep a line on what you learned from trying?* For you alone."), _("Write one line")),
        actions(button(_("That's all"), GoalId.ENOUGH, goal.goal_id), button(_("Undo"), GoalId.UNDO, goal.goal_id)),
    )


def ended_reply(goal: GoalCard) -> Message:
    """Leave it at that: a goal is done or dropped, and the line that was kept."""
    first = _done(goal) if goal.is_done else _("*Dropped: {title}.*").format(title=escape(one_line(goal.title)))
    return message(section(first), *([context(_kept(goal))] if goal.line else ()))


def _done(goal: GoalCard) -> str:
    return _("*Done: {title}.* You set it on {day}.").format(
        title=escape(one_line(goal.title)), day=day_with_year(goal.set_on)
    )


def _kept(goal: GoalCard) -> str:
    return _("Kept, for you alone: {line}").format(line=quote(goal.line))


def _line_blocks(goal: GoalCard, question: str, word: str) -> list[Block]:
    if goal.line:
        return [context(_kept(goal))]
    return [section(question, button(word, GoalId.LINE, goal.goal_id))]


def line_form(goal: GoalCard) -> Block:
    """Build the form for the line that is kept with a goal that ended; nobody else reads it."""
    if goal.is_done:
        question, hint = _("What made it work?"), _("I asked to host before I felt ready.")
    else:
        question, hint = _("What did you learn from trying?"), _("Half an hour a week was too little for it.")
    return form(
        GoalId.LINE_FORM,
        _("A line for yourself"),
        [field("line", question, line_input(goal.line, multiline=True), hint=hint, optional=True)],
        submit=_("Keep it"),
        metadata=str(goal.goal_id),
    )


def reopened_reply(goal: GoalCard) -> Message:
    """Confirm that a goal is open again."""
    return message(section(_("*Open again.*")), *goal_blocks(goal))
