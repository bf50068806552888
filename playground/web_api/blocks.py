"""`blocks.validate`: says what is wrong with blocks, a view or a message, without sending them."""

import json

from playground.api_error import ApiError, invalid_arguments
from playground.block_kit import MESSAGE, Finding, review_blocks, review_view
from playground.state.store import Json
from playground.web_api.call import Call, Method

SUBJECTS = ("blocks", "view", "message")
LONGEST = 100_000


def validate(call: Call) -> Json:
    """Look at exactly one of `blocks`, `view` and `message`."""
    given = [name for name in SUBJECTS if call.arguments.get(name) not in (None, "")]
    if len(given) != 1:
        raise invalid_arguments("exactly one of blocks, view and message is needed")
    subject = call.data(given[0])
    if len(json.dumps(subject)) > LONGEST:
        raise invalid_arguments(f"must be less than {LONGEST + 1} characters [json-pointer:/{given[0]}]")
    findings = _review(given[0], subject)
    if findings:
        raise ApiError(f"invalid_{given[0]}", errors=[vars(finding) for finding in findings])
    return {"ok": True}


def _review(name: str, subject: object) -> list[Finding]:
    if name == "view":
        return review_view(subject)
    if name == "blocks":
        return review_blocks(subject, MESSAGE, "/blocks")
    if not isinstance(subject, dict):
        return [Finding("invalid_type", "must provide an object", "/message", "object")]
    return review_blocks(subject.get("blocks") or [], MESSAGE, "/message/blocks")


METHODS = (Method("blocks.validate", validate, token=None),)
