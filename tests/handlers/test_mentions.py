"""Messages to the bot, in a channel, a thread or a direct message: the same words, and a private answer."""

import pytest
from slack_sdk.errors import SlackApiError

from bot.domain.identity import Profile
from tests.handlers.edge import BOT, DESIGN, LEARNING, NOW, TEAM, Edge, Json

ROOT = "1700000000.000100"


def heard(edge: Edge) -> list[tuple[str, Json]]:
    """What was called since the last look, with its method."""
    found = [(method, given) for method, given in edge.slack.calls if method.startswith("chat.")]
    edge.slack.calls.clear()
    return found


def test_a_mention_in_a_thread_is_answered_there_and_to_whoever_asked_alone(edge: Edge) -> None:
    edge.send(edge.event(edge.mention("U0LEE", f"<@{BOT}> want reading a balance sheet", thread_ts=ROOT)))

    ((method, given),) = heard(edge)
    assert method == "chat.postEphemeral"
    assert (given["channel"], given["user"], given["thread_ts"]) == (LEARNING, "U0LEE", ROOT)
    assert given["text"].startswith("*Saved: you want to learn “reading a balance sheet”.*")


def test_a_mention_in_a_channel_means_that_channel(edge: Edge) -> None:
    edge.send(edge.event(edge.mention("U0LEE", f"<@{BOT}> join")))

    ((method, given),) = heard(edge)
    assert (method, given["channel"], "thread_ts" in given) == ("chat.postEphemeral", LEARNING, False)
    assert given["text"].startswith("*You're in.")
    assert edge.services.members.channels_of(edge.actor("U0LEE")) == (LEARNING,)


@pytest.mark.parametrize(
    "text",
    [
        "leave it to <@{bot}>",
        "<@U0ANA> and <@{bot}> leave all",
        "thanks <@{bot}>, I am in",
        "&gt; <@{bot}> leave",
        "`<@{bot}> leave`",
    ],
)
def test_a_mention_on_the_way_does_nothing_and_shows_the_hub(edge: Edge, text: str) -> None:
    edge.services.members.join(edge.actor("U0LEE"), LEARNING, Profile("U0LEE", "Europe/Berlin"), NOW)

    assert edge.say(edge.event(edge.mention("U0LEE", text.format(bot=BOT)))).startswith("*I help colleagues learn")

    assert edge.services.members.channels_of(edge.actor("U0LEE")) == (LEARNING,)


def test_a_mention_is_answered_once_however_it_arrives(edge: Edge) -> None:
    mention = edge.mention("U0LEE", f"<@{BOT}> join")

    for event_id in ("Ev-a", "Ev-a", "Ev-b"):
        edge.send(edge.event(mention, event_id))

    assert len(heard(edge)) == 1


@pytest.mark.parametrize("more", [{"bot_id": "B1"}, {"user": ""}])
def test_an_app_that_mentions_the_bot_gets_no_answer(edge: Edge, more: Json) -> None:
    edge.send(edge.event({**edge.mention("U0LEE", f"<@{BOT}> join"), **more}))

    assert heard(edge) == []


@pytest.mark.parametrize("home", [{"user_team": "T0AWAY"}, {"source_team": "T0AWAY"}])
def test_somebody_of_another_company_in_a_shared_channel_takes_no_part(edge: Edge, home: Json) -> None:
    text = edge.say(edge.event({**edge.mention("U0STRANGER", f"<@{BOT}> join"), **home}))

    assert text == "This is for members of this workspace; guests and bots take no part."
    assert edge.services.members.channels_of(edge.actor("U0STRANGER")) == ()


def test_a_colleague_in_a_shared_channel_takes_part(edge: Edge) -> None:
    mention = edge.mention("U0LEE", f"<@{BOT}> join", user_team=TEAM)

    assert edge.say(edge.event(mention)).startswith("*You're in.")


def test_a_mention_that_fails_is_owned_up_to_in_the_thread(edge: Edge) -> None:
    edge.people.broken = RuntimeError("no")

    edge.send(edge.event(edge.mention("U0LEE", f"<@{BOT}> pause 2w", thread_ts=ROOT)))

    ((_, given),) = heard(edge)
    assert given["thread_ts"] == ROOT
    assert given["text"].startswith("That didn't work, and it's on my side.")


def test_where_a_form_is_needed_its_button_stands_in_the_thread(edge: Edge) -> None:
    edge.send(edge.event(edge.mention("U0LEE", f"<@{BOT}> goal run a retro on my own", thread_ts=ROOT)))

    ((_, given),) = heard(edge)
    assert given["text"].startswith("*A goal needs a short form.*")
    button = given["blocks"][-1]["elements"][0]
    pressed = edge.click("U0LEE", button["action_id"], button["value"])
    edge.send({**pressed, "container": {"type": "message", "message_ts": "1700000001.0", "thread_ts": ROOT}})
    (view,) = edge.answers()
    assert view["blocks"][0]["element"]["initial_value"] == "run a retro on my own"


@pytest.mark.parametrize(
    ("container", "thread"),
    [
        ({"message_ts": "1700000001.000100", "thread_ts": ROOT}, ROOT),
        # A prompt that has answers carries the thread which it began, and stands in the channel.
        ({"message_ts": ROOT, "thread_ts": ROOT}, None),
        ({"message_ts": ROOT}, None),
    ],
)
def test_a_press_is_answered_where_its_message_stands(edge: Edge, container: Json, thread: str | None) -> None:
    edge.send({**edge.click("U0LEE", "help.show"), "container": {"type": "message", **container}})

    (answer,) = edge.answers()
    assert answer.get("thread_ts") == thread


def test_what_cannot_be_shown_in_the_channel_is_said_directly(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_given: object) -> None:
        raise SlackApiError("no", {"error": "user_not_in_channel"})  # type: ignore[no-untyped-call]  # so in the SDK

    monkeypatch.setattr("slack_sdk.WebClient.chat_postEphemeral", refuse)

    edge.send(edge.event(edge.mention("U0LEE", f"<@{BOT}> help", DESIGN, thread_ts=ROOT)))

    ((method, given),) = heard(edge)
    assert (method, given["channel"], "thread_ts" in given) == ("chat.postMessage", "U0LEE", False)


@pytest.mark.parametrize("text", ["<@{bot}> help", "<@{bot}>: help", "help"])
def test_a_direct_message_may_name_the_bot_or_not(edge: Edge, text: str) -> None:
    message = edge.direct_message("U0LEE", text.format(bot=BOT))

    assert edge.say(edge.event(message)).startswith("*I help colleagues learn from each other.*\n`/learn join`")
