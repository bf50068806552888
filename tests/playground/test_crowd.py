"""Colleagues who answer by themselves, and how far a newcomer has come; without an app that is connected."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from playground.manifest import manifest_from
from playground.messages.posts import Draft
from playground.people.crowd import EVERY
from playground.people.visit import Visit, VisitError, read_visit, visit_from
from playground.state.state import BOT_USER_ID, Message
from playground.state.store import Json, Store
from playground.workspace import Workspace
from tests.playground.conftest import MANIFEST

LEARNING = "C0LEARNING"
BUTTONS: list[Json] = [
    {
        "type": "actions",
        "block_id": "b",
        "elements": [
            {"type": "button", "action_id": "join", "text": {"type": "plain_text", "text": "Count me in · 3"}},
            {"type": "button", "action_id": "no", "text": {"type": "plain_text", "text": "Not me"}},
        ],
    }
]
STEPS = [
    {"title": "Ask", "text": "Ask", "seen": ["Tea?"]},
    {"title": "Drink", "text": "Drink", "seen": ["Poured", "Sugar"]},
]


def visit_with(**habit: object) -> Visit:
    whole = {"sees": "Count me in", "share": 1, "within": "1s", **habit}
    return visit_from({"title": "Tea", "visitor": "amara", "steps": STEPS, "habits": [whole]})


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[[Visit], Workspace]]:
    made: list[Workspace] = []

    def workspace(visit: Visit) -> Workspace:
        made.append(Workspace(Store(tmp_path / f"{len(made)}.db"), manifest_from(MANIFEST), visit=visit))
        made[-1].clock.freeze(frozen=True)
        return made[-1]

    yield workspace
    for one in made:
        one.close()


def offer(workspace: Workspace, text: str = "Tea?", reader: str | None = None) -> Message:
    return workspace.posts.post(BOT_USER_ID, LEARNING, Draft(text, BUTTONS), reader=reader)


def said(workspace: Workspace) -> list[tuple[str, str]]:
    return [(one.user, one.text) for one in workspace.state.messages[LEARNING] if one.user != BOT_USER_ID]


def pass_by(workspace: Workspace) -> None:
    """Let two seconds of the workspace's clock pass."""
    workspace.clock.move_by(timedelta(seconds=2))


def play(*scenes: Callable[[], object]) -> None:
    """Run what happens, then let the colleagues look twice."""

    async def run() -> None:
        for scene in scenes:
            scene()
        await asyncio.sleep(2.5 * EVERY)

    asyncio.run(run())


def test_nobody_does_anything_until_they_may(make: Callable[[Visit], Workspace]) -> None:
    workspace = make(visit_with(say=["Yes!"]))

    play(lambda: offer(workspace), lambda: pass_by(workspace))

    assert said(workspace) == []
    assert not workspace.crowd.answers


def test_they_answer_what_was_said_before_and_what_is_said_after(make: Callable[[Visit], Workspace]) -> None:
    workspace = make(visit_with(say=["Yes!"]))

    def scenes() -> None:
        offer(workspace, "Before")
        workspace.crowd.begin()
        offer(workspace, "After")
        pass_by(workspace)

    play(scenes)

    # 25 people, twice; the guest, the deactivated person and the app itself keep out of it.
    assert len(said(workspace)) == 50
    assert len(set(said(workspace))) == 25


def test_they_take_their_time_by_the_workspaces_clock(make: Callable[[Visit], Workspace]) -> None:
    workspace = make(visit_with(say=["Yes!"], within="3h"))

    play(workspace.crowd.begin, lambda: offer(workspace))

    assert len(said(workspace)) < 10


def test_a_share_of_them_answers_and_the_same_ones_each_time(make: Callable[[Visit], Workspace]) -> None:
    both = []
    for _ in range(2):
        workspace = make(visit_with(say=["Yes!", "Gladly."], share=0.5))
        offer(workspace)
        play(workspace.crowd.begin, partial(pass_by, workspace))
        both.append(sorted(said(workspace)))

    assert both[0] == both[1]
    assert 5 <= len(both[0]) <= 20
    assert {text for _, text in both[0]} == {"Yes!", "Gladly."}


def test_nobody_repeats_what_another_said_while_there_is_more_to_say(make: Callable[[Visit], Workspace]) -> None:
    texts = [f"Line {number}" for number in range(25)]
    workspace = make(visit_with(say=texts))

    play(workspace.crowd.begin, lambda: offer(workspace), lambda: pass_by(workspace))

    assert sorted(text for _, text in said(workspace)) == sorted(texts)


def test_whoever_is_acted_as_or_shown_waits(make: Callable[[Visit], Workspace]) -> None:
    workspace = make(visit_with(say=["Yes!"]))
    workspace.crowd.act_as("U0AMARA")
    for person in ("U0TOMASZ", "U0MEI", "U0LEE"):
        workspace.crowd.watch(person)

    play(workspace.crowd.begin, lambda: offer(workspace), lambda: pass_by(workspace))

    people = {who for who, _ in said(workspace)}
    assert people.isdisjoint({"U0AMARA", "U0MEI", "U0LEE"})
    assert "U0TOMASZ" in people


def test_only_its_reader_answers_what_only_one_can_read(make: Callable[[Visit], Workspace]) -> None:
    workspace = make(visit_with(say=["Yes!"]))

    def scenes() -> None:
        workspace.crowd.begin()
        offer(workspace, reader="U0LEE")
        pass_by(workspace)

    play(scenes)

    assert said(workspace) == [("U0LEE", "Yes!")]


def test_an_answer_may_stand_in_the_thread(make: Callable[[Visit], Workspace]) -> None:
    workspace = make(visit_with(say=["Yes!"], in_thread=True))
    root = []

    def scenes() -> None:
        workspace.crowd.begin()
        root.append(offer(workspace, reader=None))
        pass_by(workspace)

    play(scenes)

    assert len(workspace.state.replies(LEARNING, root[0].ts)) == 25


def test_a_command_names_whom_the_message_names(make: Callable[[Visit], Workspace]) -> None:
    workspace = make(visit_with(type=["/invite {other}"], where="learning"))

    def scenes() -> None:
        workspace.crowd.begin()
        offer(workspace, "<@U0LEE> and <@U0VERA>, tea?", reader="U0LEE")
        pass_by(workspace)

    play(scenes)

    assert "U0VERA" in workspace.state.conversations[LEARNING].members


def test_a_message_that_is_gone_is_not_answered(make: Callable[[Visit], Workspace]) -> None:
    workspace = make(visit_with(press="Count me in"))

    def scenes() -> None:
        workspace.crowd.begin()
        workspace.posts.delete(offer(workspace))
        pass_by(workspace)

    play(scenes)

    assert workspace.record_entries() == []
    assert workspace.crowd.answers


def test_once_stopped_they_do_nothing_more(make: Callable[[Visit], Workspace]) -> None:
    workspace = make(visit_with(say=["Yes!"]))

    def scenes() -> None:
        workspace.crowd.begin()
        offer(workspace)
        workspace.crowd.stop()
        pass_by(workspace)

    play(scenes)

    assert said(workspace) == []


def tell(workspace: Workspace, text: str, reader: str | None = None) -> None:
    workspace.posts.post(BOT_USER_ID, LEARNING, Draft(text), reader=reader)


def test_a_step_is_done_when_all_its_words_stand_there_and_stays_done(make: Callable[[Visit], Workspace]) -> None:
    workspace = make(visit_with())
    assert workspace.newcomer.steps_done() == 0

    first = offer(workspace)
    assert workspace.newcomer.steps_done() == 1
    workspace.posts.delete(first)
    tell(workspace, "Poured")
    assert workspace.newcomer.steps_done() == 1
    tell(workspace, "Sugar")

    assert workspace.newcomer.steps_done() == 2


def test_what_only_one_person_is_shown_is_no_step(make: Callable[[Visit], Workspace]) -> None:
    workspace = make(visit_with())

    tell(workspace, "Tea? Poured, Sugar", reader="U0AMARA")
    assert workspace.newcomer.steps_done() == 0
    tell(workspace, "Tea?")
    tell(workspace, "Poured, Sugar", reader="U0LEE")

    assert workspace.newcomer.steps_done() == 1


def test_a_step_waits_for_those_before_it(make: Callable[[Visit], Workspace]) -> None:
    workspace = make(visit_with())

    tell(workspace, "Poured, Sugar")
    assert workspace.newcomer.steps_done() == 0
    tell(workspace, "Tea?")

    assert workspace.newcomer.steps_done() == 2


@pytest.mark.parametrize(
    "text",
    ["nothing", "title: x", "{title: x, visitor: amara, steps: [{title: y}]}", ": :", "[]"],
)
def test_a_file_that_is_no_visit_is_refused_with_a_sentence(text: str, tmp_path: Path) -> None:
    path = tmp_path / "visit.yml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(VisitError, match="is no visit"):
        read_visit(path)


def test_a_span_needs_its_unit() -> None:
    with pytest.raises(ValueError, match="is no span"):
        visit_with(within="20")
