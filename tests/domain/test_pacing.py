"""How often Slack may be asked for what."""

import pytest

from bot.domain.pacing import SLACK_PACE, Method, method_of


@pytest.mark.parametrize(
    ("given", "method"),
    [
        ({"channel_id": "C1"}, Method.POST),
        ({"people": 1}, Method.POST),
        ({"people": 2}, Method.OPEN),
        ({"people": 3, "channel_id": "G1"}, Method.POST),
        ({"channel_id": "C1", "reader": "UA"}, Method.POST_FOR_ONE),
        ({"people": 2, "edits": "intro:1"}, Method.EDIT),
    ],
)
def test_each_message_needs_one_method_first(given: dict[str, object], method: Method) -> None:
    nothing = {"people": 0, "channel_id": "", "reader": "", "edits": ""}

    assert method_of(**{**nothing, **given}) is method  # type: ignore[arg-type]  # one table for all columns


def test_a_method_is_closed_when_its_minute_is_used_up() -> None:
    used = {Method.OPEN: 50, Method.POST: 299, Method.EDIT: 49}

    assert SLACK_PACE.allowed(used) == set(Method) - {Method.OPEN}


def test_a_minute_is_never_shorter_than_slacks_and_gives_nearly_all_that_is_allowed() -> None:
    tiers = {Method.OPEN: 50, Method.POST: 300, Method.POST_FOR_ONE: 100, Method.EDIT: 50, Method.REMOVE: 50}

    for method, limit in SLACK_PACE.limits.items():
        assert limit.span.total_seconds() > 60
        assert 0.95 < limit.calls / limit.span.total_seconds() * 60 / tiers[method] <= 1
