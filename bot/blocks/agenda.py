"""What is going to happen, in one line each, for the list of a test bench."""

from collections.abc import Sequence
from typing import Final

from bot.blocks.kit import channel
from bot.domain.messages import MessageKind
from bot.domain.schedule import DueKind

_DONE: Final = {
    DueKind.PROMPT: "the weekly prompt",
    DueKind.PROMPT_FOLLOW_UP: "a follow-up to the prompt, if somebody tapped",
    DueKind.ROUND: "a round of introductions is made up, if four are in",
    DueKind.PAUSE_OVER: "somebody's pause ends",
    DueKind.GOAL_CHECK: "a goal goes into its owner's weekly note",
    DueKind.USE_CHECK: "what somebody learned goes into their weekly note",
    DueKind.REQUEST_OVER: "a request to be introduced is over, if nobody has answered it",
    DueKind.ERASE: "somebody is erased, as they asked for",
    DueKind.PLACE: "a partner is looked for, for whoever has none",
}
_SAID: Final = {
    MessageKind.INTRODUCTION: ("an introduction", "introductions"),
    MessageKind.HALFWAY: ("a line halfway through a round", "lines halfway through a round"),
    MessageKind.WEEKLY_NOTE: ("somebody is asked: did you meet?", "people are asked: did you meet?"),
    MessageKind.REQUEST: ("somebody is asked: shall I introduce you?", "people are asked: shall I introduce you?"),
    MessageKind.REQUEST_INTRODUCTION: ("an introduction both agreed to", "introductions both agreed to"),
    MessageKind.MET_LATER: ("somebody is asked once more", "people are asked once more"),
    MessageKind.TAKEAWAY_SHARED: ("a takeaway is passed on", "takeaways are passed on"),
    MessageKind.KUDOS: ("thanks that wait for room in their channel", "thanks that wait for room in their channel"),
    MessageKind.WITNESS_ASKED: ("somebody is asked to be a witness", "people are asked to be witnesses"),
    MessageKind.EXPORT_REMOVED: ("the file of an export is taken back", "files of exports are taken back"),
}
_OTHER: Final = ("a message", "messages")


def upcoming_line(kind: DueKind | MessageKind, channel_id: str, count: int) -> str:
    """Say what will happen; a number stands in front of several messages."""
    if isinstance(kind, DueKind):
        line = _DONE.get(kind, kind)
        return f"{channel(channel_id)}: {line}" if channel_id else _begun(line)
    one, many = _SAID.get(kind, _OTHER)
    return _begun(one) if count == 1 else f"{count} {many}"


def agenda_items(rows: Sequence[tuple[str, DueKind | MessageKind, str, int]]) -> list[dict[str, str]]:
    """Write the list: for each moment as ISO 8601 text, kind, channel and number of messages, one line."""
    return [{"at": at, "what": upcoming_line(kind, channel_id, count)} for at, kind, channel_id, count in rows]


def _begun(line: str) -> str:
    return line[:1].upper() + line[1:]
