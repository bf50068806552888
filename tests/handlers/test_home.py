"""App Home is drawn when it is opened and after every act of its owner, wherever that was."""

import json
from typing import Any

import pytest

from bot.blocks.ids import PromptId
from bot.domain.identity import Profile
from bot.domain.offers import TopicForm, TopicKind
from storage.prompts import PromptPost
from tests.handlers.edge import LEARNING, NOW, PEOPLE, TEAM, Edge

Json = dict[str, Any]
WHO = "U0LEE"


def text_of(home: Json) -> str:
    return json.dumps(home, ensure_ascii=False)


def drawn(edge: Edge, body: Json) -> str:
    """The one Home that was drawn after a payload; empty when none was."""
    assert edge.send(body).status == 200
    homes = edge.homes()
    assert len(homes) <= 1
    return text_of(homes[0]) if homes else ""


def opened(edge: Edge, who: str = WHO) -> str:
    return drawn(edge, edge.event({"type": "app_home_opened", "user": who, "tab": "home"}))


def test_a_first_home_has_three_cards_and_the_ways_out(edge: Edge) -> None:
    home = opened(edge)

    for card in ("Meet someone", "Set a goal", "Offer something small"):
        assert card in home
    assert "Thanks you received" not in home
    for way in ("Pause", "Settings", "What I store about you", "Help"):
        assert f'"{way}"' in home


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("join", "next introductions|introductions start"),
        ("teach pivot tables in 15 min", "I can show \u201cpivot tables\u201d in 15 minutes"),
        ("want reading a balance sheet", "I want to learn \u201creading a balance sheet\u201d"),
        ("pause 2w", "You are paused"),
    ],
)
def test_what_is_typed_stands_in_home_at_once(edge: Edge, typed: str, shown: str) -> None:
    edge.send(edge.command(WHO, "/learn", "teach slides"))
    edge.homes()

    home = drawn(edge, edge.command(WHO, "/learn", typed))

    assert any(one in home for one in shown.split("|"))


def test_what_is_written_to_the_bot_stands_in_home_at_once(edge: Edge) -> None:
    home = drawn(edge, edge.event(edge.direct_message(WHO, "teach pivot tables")))

    assert "pivot tables" in home


def test_a_button_under_a_message_draws_home_anew(edge: Edge) -> None:
    edge.send(edge.command(WHO, "/learn", "teach pivot tables"))
    edge.homes()

    home = drawn(edge, edge.click(WHO, "topic.undo:1", "1"))

    assert "pivot tables" not in home
    assert "Meet someone" in home


def test_a_form_that_only_opens_and_a_refusal_draw_nothing(edge: Edge) -> None:
    assert drawn(edge, edge.command(WHO, "/goal", "run a retro on my own")) == ""
    assert drawn(edge, edge.command(WHO, "/learn", "join <#C0GENERAL|general>")) == ""


def test_a_tap_under_a_prompt_draws_nothing_since_home_shows_nothing_of_it(edge: Edge) -> None:
    with edge.database.write() as session:
        session.add(
            PromptPost(workspace=TEAM, community_id=1, prompt_id="tools-01", cycle=1, due_at=NOW, posted_on=NOW.date())
        )

    assert drawn(edge, edge.click(WHO, f"{PromptId.TAP}:did", "1:did")) == ""


def test_a_facilitator_sees_how_the_community_stands_and_nobody_else_does(edge: Edge) -> None:
    assert f"You look after <#{LEARNING}>" in opened(edge, "U0AMARA")
    assert "You look after" not in opened(edge, WHO)


def test_the_round_button_of_home_shows_the_round(edge: Edge) -> None:
    edge.send(edge.click("U0AMARA", "hub.run", f"round {LEARNING}"))

    (answer,) = edge.answers()
    assert "No round in" in answer["text"]


def test_the_button_for_all_thanks_opens_a_page_with_ones_own(edge: Edge) -> None:
    edge.send(edge.click(WHO, "kudos.received"))

    (page,) = edge.answers()
    assert page["title"]["text"] == "Thanks you received"
    assert "Nothing here any more." in text_of(page)


def agree(edge: Edge, *askers: str) -> None:
    """Let each of these people ask to meet the reader, who says yes."""
    offered = edge.services.offers.save(
        edge.actor(WHO), TopicForm(TopicKind.OFFER, "pivot tables"), Profile(WHO, "Europe/Berlin"), NOW
    )
    for asker in askers:
        request = edge.services.requests.ask(
            edge.actor(asker), offered.card.topic_id, Profile(asker, "Europe/Berlin"), NOW
        )
        edge.services.requests.answer(edge.actor(WHO), request.request_id, NOW, agrees=True)


@pytest.mark.parametrize(("number", "rest"), [(2, ""), (5, ""), (6, "and 1 more introduction"), (7, "and 2 more")])
def test_home_and_the_hub_show_all_introductions_and_say_how_many_more_there_are(
    edge: Edge, number: int, rest: str
) -> None:
    askers = [one for one in PEOPLE if one != WHO][:number]
    agree(edge, *askers)

    home, hub = opened(edge), edge.say(edge.command(WHO, "/learn", ""))

    for shown in (home, hub):
        assert sum(f"<@{one}>" in shown for one in askers) == min(number, 5)
        assert rest in shown
        assert ("more intro" in shown) == bool(rest)
