"""The refusals of Slack's Web API."""

from playground.store import Json


class ApiError(Exception):
    """A call is refused with one of Slack's error codes; `more` is put beside it in the answer."""

    def __init__(self, code: str, **more: object) -> None:
        super().__init__(code)
        self.code = code
        self.more: Json = dict(more)


def invalid_arguments(*messages: str) -> ApiError:
    """Refuse arguments, saying why the way Slack does."""
    return ApiError("invalid_arguments", response_metadata={"messages": [f"[ERROR] {m}" for m in messages]})
