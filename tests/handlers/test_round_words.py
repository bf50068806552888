"""Offers, wants, settings, private lists and the facilitators' words, as they are typed and clicked."""

from datetime import time, timedelta

import pytest

from bot.blocks import communities, offers, settings
from bot.blocks.ids import RoundId, SettingsId, TopicId
from bot.domain.offers import TopicForm, TopicKind
from bot.domain.settings import PersonSettings
from storage import communities as community_tables
from tests.handlers.edge import LEARNING, Edge

FACILITATOR, MEMBER = "U0AMARA", "U0LEE"


def test_an_offer_typed_in_full_is_saved_and_can_be_taken_back(edge: Edge) -> None:
    told = edge.say(edge.command(MEMBER, "/learn", "teach \u201cpivot &amp; tables\u201d in 15 min"))
    (card,) = edge.services.offers.own(edge.actor(MEMBER), edge.clock.now())

    assert "\u201cpivot &amp; tables\u201d in 15 minutes" in told
    assert (card.topic, card.minutes) == ("pivot & tables", 15)
    removed = edge.say(edge.click(MEMBER, f"{TopicId.REMOVE}:{card.topic_id}", str(card.topic_id)))
    assert removed.startswith("*Taken back:*")
    again = edge.say(edge.click(MEMBER, f"{TopicId.REMOVE}:{card.topic_id}", str(card.topic_id)))
    assert again.startswith("That is over already")


def test_a_word_alone_opens_its_form(edge: Edge) -> None:
    for typed, callback in (
        *(("teach", TopicId.FORM), ("want", TopicId.FORM), ("want ab", TopicId.FORM)),
        *(("settings", SettingsId.FORM), ("notwith", SettingsId.NOT_WITH_FORM)),
    ):
        edge.send(edge.command(MEMBER, "/learn", typed))
        (view,) = edge.answers()
        assert view["callback_id"] == callback, typed


def test_where_no_form_can_open_everything_is_shown_with_its_button(edge: Edge) -> None:
    for typed, said in (
        *(("teach", "Nothing offered"), ("topics", "Nothing offered"), ("settings", "Your settings")),
        *(("notwith", "Nobody is on"), ("want ab", "A few more words")),
    ):
        edge.send(edge.event(edge.direct_message(MEMBER, typed)))
        (answer,) = edge.answers()
        assert said in answer["text"], typed


def test_the_forms_store_what_was_chosen(edge: Edge) -> None:
    edge.send(
        edge.form(
            MEMBER,
            offers.topic_form(TopicForm(TopicKind.OFFER, "")),
            topic={"value": "SQL joins"},
            minutes={"selected_option": {"value": "60"}},
        )
    )
    edge.send(
        edge.form(
            MEMBER,
            settings.settings_form(PersonSettings()),
            team={"value": "Logistics"},
            manager={"selected_user": "U0ANA"},
            pace={"selected_option": {"value": "4"}},
            writing={"selected_option": {"value": "yes"}},
            meets_in={"selected_options": [{"value": "de"}, {"value": "pl"}, {"value": "klingon"}]},
            days={"selected_options": [{"value": "0"}, {"value": "2"}, {"value": "9"}]},
            until={"selected_time": "15:00"},
            note_day={"selected_option": {"value": "none"}},
        )
    )
    edge.send(edge.form(MEMBER, settings.not_with_form(()), people={"selected_users": ["U0SAM"]}))

    (card,) = edge.services.offers.own(edge.actor(MEMBER), edge.clock.now())
    assert (card.topic, card.minutes) == ("SQL joins", 60)
    assert edge.services.settings.of(edge.actor(MEMBER)) == PersonSettings(
        "Logistics",
        "U0ANA",
        4,
        writing_ok=True,
        meets_in=frozenset({"de", "pl"}),
        days=frozenset({0, 2}),
        end=time(15),
        has_note=False,
    )
    assert edge.services.settings.blocked(edge.actor(MEMBER)) == ("U0SAM",)


def test_hours_that_cannot_be_are_answered_at_their_field_and_nothing_is_stored(edge: Edge) -> None:
    form = edge.form(
        MEMBER,
        settings.settings_form(PersonSettings()),
        **{"from": {"selected_time": "15:00"}, "until": {"selected_time": "09:00"}},
    )

    assert "That's before they begin: from 15:00 to 09:00." in edge.send(form).body
    assert edge.services.settings.of(edge.actor(MEMBER)) == PersonSettings()


def test_forged_choices_fall_back_to_what_is_usual(edge: Edge) -> None:
    edge.send(
        edge.form(
            FACILITATOR,
            communities.set_up_form(LEARNING, None, FACILITATOR),
            purpose={"value": "Getting better at planning"},
            group_size={"selected_option": {"value": "99"}},
            again_after={"selected_option": {"value": "-1"}},
        )
    )
    edge.send(edge.form(MEMBER, settings.settings_form(PersonSettings()), pace={"selected_option": {"value": "0"}}))

    with edge.database.read() as session:
        community = community_tables.find_community_of_channel(session, edge.tenant.key, LEARNING)
    assert community is not None
    assert (community.group_size, community.again_after) == (2, None)
    assert edge.services.settings.of(edge.actor(MEMBER)).pace == 1


def test_a_community_is_set_up_with_the_size_and_the_return_that_were_chosen(edge: Edge) -> None:
    edge.send(
        edge.form(
            FACILITATOR,
            communities.set_up_form(LEARNING, None, FACILITATOR),
            purpose={"value": "Getting better at planning"},
            group_size={"selected_option": {"value": "4"}},
            again_after={"selected_option": {"value": "13"}},
        )
    )

    card = edge.services.communities.about(edge.actor(MEMBER), LEARNING, edge.clock.now())
    assert (card.meeting.group_size, card.meeting.again_after) == (4, 13)


def test_a_private_list_is_noted_undone_and_never_named(edge: Edge) -> None:
    noted = edge.say(edge.command(MEMBER, "/learn", "notwith <@U0SAM|sam>"))
    assert noted == "*Noted, and private.* You won't be introduced."
    assert edge.services.settings.blocked(edge.actor(MEMBER)) == ("U0SAM",)

    assert edge.say(edge.click(MEMBER, SettingsId.UNBLOCK, "U0SAM")).startswith("*Undone.*")
    assert edge.services.settings.blocked(edge.actor(MEMBER)) == ()
    assert edge.say(edge.command(MEMBER, "/learn", f"notwith <@{MEMBER}>")).startswith("That's you")
    assert "as a person here" in edge.say(edge.command(MEMBER, "/learn", "notwith sam"))
    assert "as a person here" in edge.say(edge.command(MEMBER, "/learn", "notwith @sam"))


@pytest.mark.parametrize("word", ["", " status", " preview", " start", " skip"])
def test_only_facilitators_get_anything_but_a_refusal_from_round(edge: Edge, word: str) -> None:
    refused = edge.say(edge.command(MEMBER, "/learn", f"round{word}"))
    allowed = edge.say(edge.command(FACILITATOR, "/learn", f"round{word}"))

    assert refused.startswith("Only those who look after")
    assert not allowed.startswith("Only those who look after")


@pytest.mark.parametrize("button", [RoundId.PREVIEW, RoundId.START, RoundId.LEAVE_OUT])
def test_a_forged_button_of_a_facilitator_gains_nothing(edge: Edge, button: str) -> None:
    assert edge.say(edge.click(MEMBER, button, LEARNING)).startswith("Only those who look after")
    assert "isn't a learning community" in edge.say(edge.click(FACILITATOR, button, "C0NOWHERE"))


def test_trying_again_without_a_round_says_that_it_is_over(edge: Edge) -> None:
    for value in ("1", "x", ""):
        assert edge.say(edge.click(MEMBER, RoundId.AGAIN, value)).startswith("That is over already")


def labels(edge: Edge, typed: str) -> tuple[str, list[str]]:
    """The answer to typed words, and the labels of its buttons."""
    edge.send(edge.command(FACILITATOR, "/learn", typed))
    (answer,) = edge.answers()
    return answer["text"], [one["text"]["text"] for one in answer["blocks"][-1]["elements"] if "text" in one]


def test_a_round_that_is_left_out_already_is_said_to_be_so_and_not_offered_again(edge: Edge) -> None:
    _, offered = labels(edge, "round")
    first, after = labels(edge, "round skip")
    again, still = labels(edge, "round skip")
    _, shown = labels(edge, "round")

    assert "Leave it out" in offered
    assert first.startswith(f"*Round 1 in <#{LEARNING}> was left out.*")
    assert again.startswith(
        "*The introductions on Monday 23 November are left out already.* "
        "After that day you can leave out the next ones too."
    )
    assert after == still == shown == ["Preview the next", "Start it now"]


def test_a_round_can_be_left_out_again_when_the_moment_of_the_first_is_over(edge: Edge) -> None:
    labels(edge, "round skip")
    edge.clock.moment += timedelta(days=4)

    _, offered = labels(edge, "round")
    said, _ = labels(edge, "round skip")

    assert "Leave it out" in offered
    assert said.startswith(f"*Round 2 in <#{LEARNING}> was left out.*")
