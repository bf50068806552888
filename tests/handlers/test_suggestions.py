"""What follows when somebody may not change a community, and when people are too few for a round."""

import pytest

from bot.blocks.ids import SuggestionId
from bot.domain.messages import MessageKind
from storage.suggestions import Suggestion
from tests.factories import messages, rows
from tests.handlers.edge import DESIGN, LEARNING, Edge, Json
from tests.handlers.test_notes import buttons


def refusal(edge: Edge, typed: str) -> Json:
    edge.send(edge.command("U0LEE", "/learn", typed))
    (answer,) = edge.answers()
    assert f"Only those who look after <#{LEARNING}> change it: <@U0AMARA>." in answer["text"]
    return answer


def click(edge: Edge, answer: Json, label: str) -> Json:
    element = buttons(answer)[label]
    edge.send(edge.click("U0LEE", element["action_id"], element["value"]))
    (after,) = edge.answers()
    return after


@pytest.mark.parametrize("typed", ["setup prompts on Wednesdays, please", "round start two days earlier"])
def test_what_was_typed_is_passed_on_with_one_tap(edge: Edge, typed: str) -> None:
    answer = refusal(edge, typed)
    assert f"What you typed: {typed}" in answer["text"]

    said = click(edge, answer, "Pass on")["text"]

    assert said == f"*On its way to <@U0AMARA>:* \u201c{typed}\u201d"
    assert [(row.author, row.proposal) for row in rows(edge.database, Suggestion)] == [("U0LEE", typed)]
    assert [row.people for row in messages(edge.database, MessageKind.SUGGESTION)] == ["U0AMARA"]


def test_without_words_or_with_too_many_a_form_takes_them(edge: Edge) -> None:
    view = click(edge, refusal(edge, "setup"), "Pass on")
    assert view["callback_id"] == SuggestionId.FORM
    edge.send(edge.form("U0LEE", view, text={"value": "Wednesdays would fit better"}))
    (said,) = edge.answers()
    assert said["text"] == "*On its way to <@U0AMARA>:* \u201cWednesdays would fit better\u201d"

    view = click(edge, refusal(edge, f"setup {'x' * 300}"), "Pass on")
    assert "That's 306 characters" in view["blocks"][0]["text"]["text"]
    response = edge.send(edge.form("U0LEE", view))
    assert "text" in response.body
    assert "That's 306 characters" in str(response.body)
    assert len(rows(edge.database, Suggestion)) == 1


def test_more_than_three_a_day_are_given_back(edge: Edge) -> None:
    for number in range(3):
        click(edge, refusal(edge, f"setup idea {number}"), "Pass on")

    said = click(edge, refusal(edge, "setup one more idea"), "Pass on")["text"]

    assert "That's three suggestions today" in said
    assert "What you typed: setup one more idea" in said


def test_whoever_is_not_in_the_channel_passes_nothing_on(edge: Edge) -> None:
    edge.people.absent.add((LEARNING, "U0LEE"))
    edge.send(edge.click("U0LEE", SuggestionId.SEND, f"{LEARNING} forged words"))
    (answer,) = edge.answers()
    assert "You aren't in" in answer["text"]
    assert "forged words" in answer["text"]

    edge.send(edge.click("U0LEE", SuggestionId.SEND, f"{DESIGN} forged words"))
    (answer,) = edge.answers()
    assert "isn't a learning community" in answer["text"]
    assert rows(edge.database, Suggestion) == []


def test_too_few_people_have_the_invitation_shared_once_a_day(edge: Edge) -> None:
    edge.send(edge.command("U0AMARA", "/learn", "round start"))
    (answer,) = edge.answers()
    assert "needs four people" in answer["text"]
    element = buttons(answer)["Share the invitation"]

    said = []
    for who in ("U0AMARA", "U0AMARA", "U0LEE"):
        edge.send(edge.click(who, element["action_id"], element["value"]))
        said.append(edge.answers()[0]["text"])

    assert said[0] == f"*The invitation is on its way to <#{LEARNING}>,* with your name."
    assert "was shared" in said[1]
    assert "Only those who look after" in said[2]
    assert [row.channel_id for row in messages(edge.database, MessageKind.COMMUNITY_INVITATION)] == [LEARNING]
