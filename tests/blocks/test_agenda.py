"""The lines of what will happen."""

import pytest

from bot.blocks.agenda import agenda_items, upcoming_line
from bot.domain.messages import MessageKind
from bot.domain.schedule import DueKind


@pytest.mark.parametrize(
    ("kind", "channel_id", "count", "line"),
    [
        (DueKind.ROUND, "C1", 1, "<#C1>: a round of introductions is made up, if four are in"),
        (DueKind.PAUSE_OVER, "", 1, "Somebody's pause ends"),
        (MessageKind.INTRODUCTION, "", 1, "An introduction"),
        (MessageKind.WEEKLY_NOTE, "", 12, "12 people are asked: did you meet?"),
        (MessageKind.EXPORT_REMOVED, "", 1, "The file of an export is taken back"),
        (MessageKind.KUDOS, "", 2, "2 thanks that wait for room in their channel"),
        (MessageKind.GOAL_HELP, "", 1, "A message"),
        (MessageKind.GOAL_HELP, "", 2, "2 messages"),
    ],
)
def test_a_line_says_what_happens_where_and_how_often(
    kind: DueKind | MessageKind, channel_id: str, count: int, line: str
) -> None:
    assert upcoming_line(kind, channel_id, count) == line


def test_each_moment_has_its_line() -> None:
    at = "2026-11-30T07:00:00+00:00"

    items = agenda_items([(at, DueKind.PROMPT, "C1", 1)])

    assert items == [{"at": at, "what": "<#C1>: the weekly prompt"}]
