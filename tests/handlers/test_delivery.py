"""What people press when they are asked whether a message arrived."""

import pytest

from bot.blocks.ids import DeliveryId
from tests.handlers.edge import LEARNING, Edge
from tests.handlers.test_taps import doubtful_prompt, number_of_prompt, state_of_prompt


def press(edge: Edge, who: str, action_id: str, value: object) -> str:
    edge.send(edge.click(who, action_id, str(value)))
    (answer,) = edge.answers()
    return str(answer["text"])


def test_a_facilitator_has_a_prompt_posted_again(edge: Edge) -> None:
    doubtful_prompt(edge)

    said = press(edge, "U0AMARA", DeliveryId.AGAIN, number_of_prompt(edge))

    assert said == f"*On its way to <#{LEARNING}> again.*"
    assert state_of_prompt(edge) == "queued"
    assert press(edge, "U0AMARA", DeliveryId.AGAIN, number_of_prompt(edge)) == (
        "*Thanks for looking.* There's nothing more to do."
    )


def test_a_facilitator_says_that_a_prompt_is_there(edge: Edge) -> None:
    doubtful_prompt(edge)

    said = press(edge, "U0AMARA", DeliveryId.ARRIVED, number_of_prompt(edge))

    assert said == "*Thanks for looking.* There's nothing more to do."
    assert state_of_prompt(edge) == "sent"


@pytest.mark.parametrize("action_id", [DeliveryId.AGAIN, DeliveryId.ARRIVED])
def test_nobody_else_can_and_no_other_number_is_taken(edge: Edge, action_id: str) -> None:
    doubtful_prompt(edge)

    for who, value in (("U0LEE", number_of_prompt(edge)), ("U0AMARA", "x"), ("U0AMARA", "9" * 30), ("U0AMARA", 987)):
        assert press(edge, who, action_id, value).startswith("That is over already, so nothing changed.")

    assert state_of_prompt(edge) == "unconfirmed"
