"""What is away is told once, once a minute, and once when it is back."""

import logging

import pytest

from bot.outages import Outage


def test_an_outage_is_told_once_then_once_a_minute_and_once_when_it_is_over(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    now = [0.0]
    outage = Outage("the database", lambda: now[0])

    for second in range(150):
        now[0] = float(second)
        for work in ("time", "send", "sending"):
            outage.failed(work, "No answer.")
    # What still gets through, such as reading from a full disk, does not end it.
    outage.works("look")
    outage.works("time")
    outage.works("send")
    outage.works("sending")
    outage.works("sending")

    assert caplog.messages == [
        "the database is away: No answer.",
        "the database is still away after 60 seconds: No answer.",
        "the database is still away after 120 seconds: No answer.",
        "the database is back after 149 seconds",
    ]


def test_an_outage_that_comes_again_is_told_again(caplog: pytest.LogCaptureFixture) -> None:
    outage = Outage("Slack", lambda: 0.0)

    for _ in range(2):
        outage.failed("socket", "Refused.")
        outage.works("socket")

    assert caplog.messages == ["Slack is away: Refused.", "Slack is back after 0 seconds"] * 2


def test_what_is_done_on_occasion_ends_no_outage_and_keeps_none_open(caplog: pytest.LogCaptureFixture) -> None:
    outage = Outage("the database", lambda: 0.0)
    for work in ("time", "alive"):
        outage.works(work)

    outage.met("Refused.")
    outage.works("time")
    assert caplog.messages == ["the database is away: Refused."]
    outage.works("alive")

    assert caplog.messages[1:] == ["the database is back after 0 seconds"]


def test_what_only_acts_meet_again_and_again_is_told_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    now = [0.0]
    outage = Outage("the database", lambda: now[0])
    outage.works("alive")

    for second in range(120):
        now[0] = float(second)
        outage.met("Locked.")
        outage.works("alive")

    assert caplog.messages == ["the database is away: Locked.", "the database is back after 0 seconds"] * 2


def test_what_the_beats_find_too_is_told_at_once(caplog: pytest.LogCaptureFixture) -> None:
    outage = Outage("the database", lambda: 0.0)
    outage.works("alive")
    outage.met("Locked.")
    outage.works("alive")

    outage.met("Refused.")
    outage.failed("alive", "Refused.")
    outage.works("alive")

    assert caplog.messages == [
        "the database is away: Locked.",
        "the database is back after 0 seconds",
        "the database is away: Refused.",
        "the database is back after 0 seconds",
    ]
