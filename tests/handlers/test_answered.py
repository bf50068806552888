"""Whatever is typed, after a command, to the bot directly or with its name in a thread, is answered, and harmlessly."""

import re
from itertools import cycle, islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.commands import COMMANDS
from tests.blocks.limits import troubles
from tests.domain.commands.test_inputs import IN_A_CHANNEL, SECTIONS
from tests.effort import effort, longer
from tests.handlers.edge import BOT, GENERAL, LEARNING, Edge
from tests.handlers.lived_in import MEMBERS, live_in

WAYS = ("/learn", "/goal", "/kudos", "a direct message", "a thread")
PIECES = (
    *(
        "<@U0ANA|ana>",
        "<@U0TOMASZ>",
        f"<@{BOT}>",
        "@nobody",
        "<!channel>",
        "<!subteam^S0OPS|@ops>",
        "<#C0DESIGN|design>",
    ),
    *("#patience", "until", "by", "in", "15 min", "2w", "31/11", "5/3", "Friday", "end of January", "1", "0", "-1"),
    *("&amp;", "&lt;b&gt;", "<https://a.b|c>", "`", "```", "\u201c", "\u201d", "'", ":", ",", "\u00a0", "\n", "\u200b"),
    *("\U0001f389", "\u202e", "\ud83d", "\0", "<", ">", "|", "{", "%s", "x" * 400, "\u0645\u0631\u062d\u0628\u0627"),
)
WORDS = st.sampled_from([*COMMANDS, "gaol", "please", "", "house"])


@pytest.fixture(scope="module")
def lived_in(shared_edge: Edge) -> Edge:
    live_in(shared_edge)
    return shared_edge


def check_answered(edge: Edge, who: str, way: str, text: str, channel: str = LEARNING) -> None:
    """Say it in one of the ways and see one answer, which nobody would rather not have got."""
    if way == "a direct message":
        body = edge.event(edge.direct_message(who, text))
    elif way == "a thread":
        named = text if f"<@{BOT}" in text else f"<@{BOT}> {text}"
        body = edge.event(edge.mention(who, named, channel, thread_ts="1700000000.000100"))
    else:
        body = edge.command(who, way, text, channel)
    edge.slack.calls.clear()

    assert edge.send(body).status == 200
    (answer,) = edge.answers()
    assert troubles(answer) == [], (way, text)
    assert not re.search(r"<!(?!date\^\d+\^\{date)", str(answer["blocks"]))
    # Owned up to trouble, and kept the text; but there was none.
    assert "on my side" not in str(answer), (way, text)


@longer
@pytest.mark.parametrize("section", SECTIONS)
def test_every_line_of_the_table_is_answered(lived_in: Edge, section: str) -> None:
    lines = SECTIONS[section]
    ways = cycle(("a thread",) if lines is IN_A_CHANNEL else ("/learn", "a direct message", "a thread"))
    every = zip(lines, ways, cycle((*MEMBERS, "U0LEE")), cycle((LEARNING, GENERAL)))
    for text, way, who, channel in islice(every, 0, None, effort(4, 1)):
        check_answered(lived_in, who, way, text, channel)


@longer
@settings(max_examples=effort(30, 100), deadline=None)
@given(
    st.sampled_from(WAYS),
    st.sampled_from([*MEMBERS, "U0LEE", "U0VERA", "U0NOBODY"]),
    WORDS,
    st.lists(st.sampled_from(PIECES) | st.text(max_size=20), max_size=6),
)
def test_nothing_that_can_be_typed_is_met_with_silence_or_an_error(
    lived_in: Edge, way: str, who: str, word: str, pieces: list[str]
) -> None:
    check_answered(lived_in, who, way, " ".join([word, *pieces]))
