"""Witnesses: asked first, told what the goal is after a yes, and free to say no."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.blocks.names import CommandNames
from bot.courier.decisions import Drop, Post, Verdict
from bot.courier.library import Library
from bot.courier.render import render
from bot.domain.errors import FormError, Problem, UserError
from bot.domain.goals import GoalForm, Visibility, WitnessSays
from bot.domain.guides import GuideLibrary
from bot.domain.messages import MessageKind
from bot.domain.prompts import PromptLibrary
from bot.domain.settings import PersonSettings
from bot.domain.topics import Thesaurus
from bot.services.goals.goals import GoalService
from bot.services.goals.witnesses import WitnessService
from bot.services.members.settings import SettingsService
from storage.database import Database
from storage.goals import Goal
from tests.factories import MONDAY_8, actor, contents, keys, messages, profile, rows

FORM = GoalForm(
    "Run a retro on my own", "The team keeps one change", date(2027, 1, 4), visibility=Visibility.WITNESS, witness="UW"
)
LATER = MONDAY_8 + timedelta(hours=1)
TOLD_AFTER_A_YES = "retro"


@pytest.fixture
def said(database: Database, library: PromptLibrary, guides: GuideLibrary, thesaurus: Thesaurus) -> "Said":
    return Said(database, Library(CommandNames(), library, guides, thesaurus))


class Said:
    """What the newest message of a kind would say if it was sent now."""

    def __init__(self, database: Database, library: Library) -> None:
        self._database = database
        self._library = library

    def __call__(self, kind: MessageKind) -> str:
        verdict = self.verdict(kind)
        assert isinstance(verdict, Post), verdict
        return verdict.message.text

    def verdict(self, kind: MessageKind) -> Verdict:
        row = messages(self._database, kind)[-1]
        with self._database.read() as session:
            return render(session, row, self._library, LATER)


def ask(goals: GoalService) -> int:
    return goals.set(actor("UA"), FORM, profile("UA"), MONDAY_8, profile("UW")).goal_id


def test_a_witness_is_asked_without_hearing_what_the_goal_is(
    database: Database, goals: GoalService, said: Said
) -> None:
    ask(goals)

    (row,) = messages(database)
    assert (row.kind, row.people) == (MessageKind.WITNESS_ASKED, "UW")
    # Nobody is asked at eight in the morning.
    assert row.not_before == datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
    assert "<@UA> asks" in said(MessageKind.WITNESS_ASKED)
    assert TOLD_AFTER_A_YES not in said(MessageKind.WITNESS_ASKED)


def test_a_yes_tells_the_goal_and_its_owner_hears_of_it_once(
    database: Database, goals: GoalService, witnesses: WitnessService, said: Said
) -> None:
    goal_id = ask(goals)

    for _ in range(2):
        assert witnesses.agree(actor("UW"), goal_id, LATER).title == FORM.title

    assert goals.get(actor("UA"), goal_id).witness_says is WitnessSays.YES
    assert len(messages(database, MessageKind.WITNESS_SAYS)) == 1
    assert said(MessageKind.WITNESS_SAYS).startswith("*<@UW> is your witness*")


@pytest.mark.parametrize("has_agreed", [False, True])
def test_a_no_is_taken_before_a_yes_and_a_step_back_after_it(
    goals: GoalService, witnesses: WitnessService, said: Said, *, has_agreed: bool
) -> None:
    goal_id = ask(goals)
    if has_agreed:
        witnesses.agree(actor("UW"), goal_id, LATER)

    no = witnesses.step_back if has_agreed else witnesses.decline
    assert no(actor("UW"), goal_id, LATER).owner == "UA"

    card = goals.get(actor("UA"), goal_id)
    assert card.witness_says is WitnessSays.NO
    # A person who said no is not proposed again.
    assert card.form.witness == ""
    assert "would rather not" in said(MessageKind.WITNESS_SAYS)


@pytest.mark.parametrize("stranger", ["UA", "UX"])
def test_nobody_but_the_one_asked_can_answer(
    database: Database, goals: GoalService, witnesses: WitnessService, stranger: str
) -> None:
    goal_id = ask(goals)
    before = contents(database)

    for answer in (witnesses.agree, witnesses.decline, witnesses.step_back):
        with pytest.raises(UserError) as refusal:
            answer(actor(stranger), goal_id, LATER)
        assert refusal.value.trouble.problem == Problem.GONE
    assert contents(database) == before


def test_the_witness_hears_of_the_end_only_if_the_owner_wants_it(
    database: Database, goals: GoalService, witnesses: WitnessService, said: Said
) -> None:
    goal_id = ask(goals)
    witnesses.agree(actor("UW"), goal_id, LATER)
    with pytest.raises(UserError):
        witnesses.tell(actor("UA"), goal_id, LATER)
    goals.done(actor("UA"), goal_id, LATER)
    assert messages(database, MessageKind.WITNESS_TOLD) == []
    for stranger in ("UW", "UX"):
        with pytest.raises(UserError):
            witnesses.tell(actor(stranger), goal_id, LATER)

    for _ in range(2):
        assert witnesses.tell(actor("UA"), goal_id, LATER) == "UW"

    assert len(messages(database, MessageKind.WITNESS_TOLD)) == 1
    assert TOLD_AFTER_A_YES in said(MessageKind.WITNESS_TOLD)
    goals.reopen(actor("UA"), goal_id, LATER)
    assert isinstance(said.verdict(MessageKind.WITNESS_TOLD), Drop)


@pytest.mark.parametrize(
    ("form", "witness", "problem"),
    [
        (FORM, profile("UW", is_guest=True), Problem.WITNESS_UNFIT),
        (FORM, profile("UW", is_active=False), Problem.WITNESS_UNFIT),
        (FORM, None, Problem.WITNESS_UNFIT),
        (replace(FORM, witness="UA"), profile("UA"), Problem.WITNESS_YOURSELF),
        (replace(FORM, witness="UM"), profile("UM"), Problem.WITNESS_MANAGER),
        (replace(FORM, witness="UR"), profile("UR"), Problem.WITNESS_REFUSES),
        (replace(FORM, witness=""), None, Problem.WITNESS_MISSING),
        (replace(FORM, visibility=Visibility.ME), profile("UW"), Problem.WITNESS_OF_NOTHING),
    ],
)
def test_not_everybody_can_be_asked(
    database: Database,
    goals: GoalService,
    own: SettingsService,
    form: GoalForm,
    witness: object,
    problem: Problem,
) -> None:
    own.change(actor("UA"), PersonSettings(manager="UM"), profile("UA"), MONDAY_8)
    own.change(actor("UR"), PersonSettings(witness_ok=False), profile("UR"), MONDAY_8)
    before = contents(database)

    with pytest.raises(FormError) as refusal:
        goals.set(actor("UA"), form, profile("UA"), MONDAY_8, witness)  # type: ignore[arg-type]  # a Profile or None

    assert {field: trouble.problem for field, trouble in refusal.value.troubles.items()} == {"witness": problem}
    assert contents(database) == before


def test_whoever_refuses_before_the_question_is_sent_is_not_asked(
    goals: GoalService, own: SettingsService, said: Said
) -> None:
    ask(goals)
    own.change(actor("UW"), PersonSettings(witness_ok=False), profile("UW"), LATER)

    assert isinstance(said.verdict(MessageKind.WITNESS_ASKED), Drop)


def test_whoever_avoids_the_owner_is_never_asked_and_the_owner_never_learns_it(
    database: Database, goals: GoalService, own: SettingsService
) -> None:
    own.set_blocked(actor("UW"), ("UA",), MONDAY_8)

    goal_id = ask(goals)

    assert messages(database) == []
    assert goals.get(actor("UA"), goal_id).witness_says is WitnessSays.ASKED


def test_another_witness_takes_the_place_of_the_first(
    database: Database, goals: GoalService, witnesses: WitnessService, said: Said
) -> None:
    goal_id = ask(goals)
    witnesses.agree(actor("UW"), goal_id, LATER)

    # What stays as it was asks nobody again.
    same = replace(FORM, title="Run two retros on my own")
    assert goals.change(actor("UA"), goal_id, same, profile("UA"), LATER).witness_says is WitnessSays.YES
    goals.change(actor("UA"), goal_id, replace(FORM, witness="UV"), profile("UA"), LATER, profile("UV"))

    assert keys(database, MessageKind.WITNESS_ASKED) == [
        f"witness-asked:{goal_id}:UW:2026-11-23",
        f"witness-asked:{goal_id}:UV:2026-11-23",
    ]
    assert isinstance(said.verdict(MessageKind.WITNESS_SAYS), Drop)
    with pytest.raises(UserError):
        witnesses.agree(actor("UW"), goal_id, LATER)
    goals.change(actor("UA"), goal_id, replace(FORM, visibility=Visibility.ME, witness=""), profile("UA"), LATER)
    assert [(goal.witness, goal.witness_says) for goal in rows(database, Goal)] == [("", "")]
    assert isinstance(said.verdict(MessageKind.WITNESS_ASKED), Drop)
