"""More than 3,000 characters are not read: the answer keeps the beginning and says what to do, and nothing is done."""

from collections.abc import Callable

import pytest

from bot.blocks.ids import NoteId, TopicId
from bot.domain.identity import Profile
from handlers.payloads import MOST_TYPED, click_from, shortcut_from, submission_from, trimmed
from tests.handlers.edge import BOT, LEARNING, NOW, Edge, Json

LEE = "U0LEE"
WAYS: dict[str, Callable[[Edge, str], Json]] = {
    "a command": lambda edge, text: edge.command(LEE, "/learn", text),
    "a direct message": lambda edge, text: edge.event(edge.direct_message(LEE, text)),
    "a direct message with the bot's name": lambda edge, text: edge.event(
        edge.direct_message(LEE, f"<@{BOT}> {text}"[: len(text)])
    ),
    "a mention": lambda edge, text: edge.event(edge.mention(LEE, f"<@{BOT}> {text}"[: len(text)])),
}


def telling(length: int, beginning: str = "til I learned to listen") -> str:
    """A text of so many characters with a beginning that means something."""
    return f"{beginning} {'and more ' * (length // 9)}"[: length - 1] + "."


def kept(edge: Edge) -> int:
    return edge.services.notes.newest(edge.actor(LEE)).total


@pytest.mark.parametrize("length", [MOST_TYPED + 1, 12_000, 39_000])
@pytest.mark.parametrize("way", WAYS)
def test_a_long_text_is_answered_with_its_beginning_and_what_to_do(edge: Edge, way: str, length: int) -> None:
    said = edge.say(WAYS[way](edge, telling(length)))

    sentence, typed = said.split("\n", 1)
    assert sentence == (
        f"That's {length} characters, and I read up to 3000 at a time, so nothing changed. "
        "Could you send me just the part that matters?"
    )
    assert typed.startswith("What you typed: ")
    assert "til I learned to listen and more and more" in typed
    assert typed.endswith("\u2026")
    assert kept(edge) == 0


@pytest.mark.parametrize("command", ["/goal", "/kudos"])
def test_the_other_commands_read_no_more(edge: Edge, command: str) -> None:
    assert edge.say(edge.command(LEE, command, telling(5_000))).startswith("That's 5000 characters")


def test_a_long_text_leaves_nothing_by_its_first_word(edge: Edge) -> None:
    edge.services.members.join(edge.actor(LEE), LEARNING, Profile(LEE, "Europe/Berlin"), NOW)

    for way in WAYS.values():
        assert "so nothing changed" in edge.say(way(edge, telling(4_000, "leave")))

    assert edge.services.members.channels_of(edge.actor(LEE)) == (LEARNING,)


def test_three_thousand_characters_are_read(edge: Edge) -> None:
    for way in WAYS.values():
        edge.send(way(edge, telling(MOST_TYPED)))

        (answer,) = edge.answers()
        assert "so nothing changed" not in str(answer)


def test_what_slack_escapes_counts_as_it_was_typed(edge: Edge) -> None:
    assert "characters, and I read" not in edge.say(edge.command(LEE, "/learn", "&amp;" * MOST_TYPED))
    assert "3001 characters, and I read" in edge.say(edge.command(LEE, "/learn", "&lt;" * (MOST_TYPED + 1)))


def test_spaces_around_a_text_are_none_of_it(edge: Edge) -> None:
    around = " \u200b" * 10_000

    edge.send(edge.command(LEE, "/learn", f"{around}til I learned to listen{around}"))

    assert kept(edge) == 1


def test_a_long_post_that_names_the_bot_on_the_way_shows_the_hub(edge: Edge) -> None:
    post = edge.mention(LEE, f"{telling(9_000)} <@{BOT}> helps.")

    assert edge.say(edge.event(post)).startswith("*I help colleagues learn")


def test_it_is_answered_once_however_often_it_arrives(edge: Edge) -> None:
    message = edge.direct_message(LEE, telling(9_000))
    for event_id in ("Ev-a", "Ev-b"):
        edge.send(edge.event(message, event_id))

    assert len(edge.answers()) == 1


@pytest.mark.parametrize("shortcut", [NoteId.SHORTCUT, TopicId.OFFER_SHORTCUT])
def test_the_longest_message_fills_a_form_with_its_beginning(edge: Edge, shortcut: str) -> None:
    edge.send(edge.shortcut(LEE, shortcut, {"text": telling(40_000)}))

    (view,) = edge.answers()
    assert "til I learned to listen" in str(view["blocks"])


def test_fields_buttons_and_messages_are_read_up_to_the_same_length(edge: Edge) -> None:
    long = "x" * 40_000
    field = {"state": {"values": {"title": {"value": {"value": long}}}}, "id": "V1", "private_metadata": long}
    form = submission_from({"user": {"id": LEE}, "view": field}, edge.tenant)

    assert len(form.text("title")) == len(form.metadata) == MOST_TYPED
    assert len(click_from(edge.click(LEE, "goal.new", long), edge.tenant).value) == MOST_TYPED
    assert len(shortcut_from(edge.shortcut(LEE, NoteId.SHORTCUT, {"text": long}), edge.tenant).text) == MOST_TYPED


def test_every_space_of_unicode_is_taken_off_the_ends() -> None:
    spaces = "".join(sign for sign in map(chr, range(0x110000)) if sign.isspace())

    assert trimmed(f"{spaces}a b{spaces[::-1]}") == "a b"
