"""The refusals of Slack's Web API."""

from collections.abc import Sequence

from playground.block_kit import Finding
from playground.state.store import Json


class ApiError(Exception):
    """A call is refused with one of Slack's error codes; `more` is put beside it in the answer."""

    def __init__(self, code: str, **more: object) -> None:
        super().__init__(code)
        self.code = code
        self.more: Json = dict(more)


def invalid_arguments(*messages: str) -> ApiError:
    """Refuse arguments, saying why the way Slack does."""
    return ApiError("invalid_arguments", response_metadata={"messages": [f"[ERROR] {m}" for m in messages]})


def invalid_blocks(findings: Sequence[Finding], code: str = "invalid_blocks") -> ApiError:
    """Refuse the blocks of a message, or of its attachments."""
    lines = [finding.line() for finding in findings]
    messages = [f"[ERROR] {line}" for line in lines]
    return ApiError(code, errors=lines, response_metadata={"messages": messages})


def invalid_view(findings: Sequence[Finding]) -> ApiError:
    """Refuse a view."""
    return invalid_arguments(*(finding.line() for finding in findings))
