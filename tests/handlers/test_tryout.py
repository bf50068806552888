"""The tryout shows one person what people get, and leaves no trace."""

import pytest

from bot.blocks.tryout import STEPS
from tests.factories import contents
from tests.handlers.edge import Edge

WHO = "U0JONAS"


def test_five_taps_show_everything_to_one_person_and_store_nothing(edge: Edge) -> None:
    before = contents(edge.database)
    texts = []
    value = STEPS[0]
    for _ in STEPS:
        edge.send(edge.click(WHO, "community.try:next", value))
        (answer,) = edge.answers()
        texts.append(answer["text"])
        assert answer.get("replace_original") is (value != STEPS[0])
        buttons = [one for block in answer["blocks"] if block["type"] == "actions" for one in block["elements"]]
        assert {one["action_id"].partition(":")[0] for one in buttons} <= {"community.try"}
        value = buttons[0]["value"] if buttons else ""

    assert value == ""
    for said, text in zip(("1 of 4", "2 of 4", "3 of 4", "4 of 4", "That was all of it"), texts, strict=True):
        assert said in text
    assert f"<@{WHO}>" in texts[1]
    assert contents(edge.database) == before


@pytest.mark.parametrize("value", ["", "nonsense", "end"])
def test_any_other_button_ends_the_tryout(edge: Edge, value: str) -> None:
    edge.send(edge.click(WHO, "community.try:stop", value))

    (answer,) = edge.answers()
    assert "Nobody else saw it" in answer["text"]


def test_not_now_and_no_thanks_are_taken_and_taken_out_of_home(edge: Edge) -> None:
    edge.send(edge.click(WHO, "community.not_now", "C0LEARNING"))

    (home,) = edge.homes()
    assert "Not now" not in str(home)

    edge.send(edge.click(WHO, "community.never", selected_option={"value": "C0LEARNING"}, type="overflow"))
    (answer,) = edge.answers()
    assert "won't ask again" in answer["text"]


def test_a_pause_offers_to_move_goals_along_where_there_are_some(edge: Edge) -> None:
    edge.send(edge.command(WHO, "/learn", "pause 2w"))
    (answer,) = edge.answers()

    assert "Move my goals along" not in str(answer)
