"""What is going to happen, in one line each, for the list of a test bench."""

from collections.abc import Sequence
from typing import Final

from bot.blocks.block_kit import channel
from bot.blocks.kinds import WORDS
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
    DueKind.UNFINISHED: "a round that was not stored to its end is taken back, and begun again",
    DueKind.PLACE: "a partner is found for people who have none",
}


def upcoming_line(kind: DueKind | MessageKind, channel_id: str, count: int) -> str:
    """Say what will happen; a number stands in front of several messages."""
    if isinstance(kind, DueKind):
        line = _DONE.get(kind, kind)
        return f"{channel(channel_id)}: {line}" if channel_id else _begun(line)
    one, many = WORDS[kind].upcoming
    return _begun(one) if count == 1 else f"{count} {many}"


def agenda_items(rows: Sequence[tuple[str, DueKind | MessageKind, str, int]]) -> list[dict[str, str]]:
    """Write the list: for each moment as ISO 8601 text, kind, channel and number of messages, one line."""
    return [{"at": at, "what": upcoming_line(kind, channel_id, count)} for at, kind, channel_id, count in rows]


def _begun(line: str) -> str:
    return line[:1].upper() + line[1:]
