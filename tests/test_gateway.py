"""Slack's answers, over a real connection."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk import WebClient

from bot.blocks.block_kit import Message
from bot.clients import reading_client
from bot.config import read_settings
from bot.domain.identity import NO_END, Profile
from bot.domain.messages import Posted
from bot.gateway import Identity, Quiet, SlackGateway, profile_of
from bot.slack_errors import (
    AppRefusedError,
    BlocksRefusedError,
    CannotReachError,
    ChannelClosedError,
    LimitedError,
    MetadataRefusedError,
    OperatorNeededError,
    OutcomeUnknownError,
    PersonTroubleError,
    SlackTrouble,
    SwitchedOffError,
    TryLaterError,
    TurnedAwayError,
    WorkspaceDeadError,
)
from tests.effort import effort, longer
from tests.tiny_slack import HALF, RESET, Answer, Json, TinySlack, refusal

MESSAGE = Message("Hello", ())
# Source: Envoy's router; it says so as well when it had passed the request on.
CUT_BEHIND_ENVOY = "upstream connect error or disconnect/reset before headers. reset reason: connection termination"
# Each of them may stand for a message that was posted.
UNREADABLE = {
    "nothing": Answer(""),
    "null": Answer("null"),
    "a list": Answer("[]"),
    "a full list": Answer("[1]"),
    "a number": Answer("17"),
    "a number without end": Answer("9" * 5_000),
    "brackets without end": Answer("[" * 100_000),
    "no UTF-8": Answer(b"\xff\xfe\x00"),
    "no UTF-8, with a status": Answer(b"\xff\xfe\x00", 502),
    "a charset nobody knows": Answer({"ok": True}, headers={"Content-Type": "application/json; charset=klingon"}),
    "something packed": Answer(b"\x1f\x8b\x00", headers={"Content-Type": "application/gzip"}),
    "a yes without what was asked for": Answer({"ok": True}),
    "a no without a reason": Answer({"ok": False}),
    "a list, with a status": Answer("[1]", 500),
    "a yes that says nothing": Answer(
        {
            "ok": True,
            "channel": None,
            "ts": None,
            "message_ts": None,
            "team_id": None,
            "user_id": None,
            "messages": None,
        }
    ),
    "a yes that says something else": Answer(
        {
            "ok": True,
            "channel": 5,
            "ts": 1.5,
            "message_ts": 1.5,
            "team_id": 7,
            "user_id": "UBOT",
            "messages": 3,
        }
    ),
}


@pytest.fixture
def slack() -> Iterator[TinySlack]:
    server = TinySlack()
    yield server
    server.stop()


@pytest.mark.parametrize(
    ("answer", "trouble", "error"),
    [
        (Answer({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "7"}), LimitedError, "ratelimited"),
        (refusal("team_added_to_org"), TryLaterError, "team_added_to_org"),
        (Answer({"ok": False, "error": "service_unavailable"}, 503), TryLaterError, "service_unavailable"),
        (refusal("service_unavailable"), TryLaterError, "service_unavailable"),
        (Answer("<html>busy</html>", 503), TurnedAwayError, "Received a response in a non-JSON format"),
        (Answer(CUT_BEHIND_ENVOY, 503), OutcomeUnknownError, "Received a response in a non-JSON format"),
        (refusal("request_timeout"), OutcomeUnknownError, "request_timeout"),
        (refusal("internal_error"), OutcomeUnknownError, "internal_error"),
        (refusal("fatal_error"), OutcomeUnknownError, "fatal_error"),
        (Answer("<html>oops</html>", 502), OutcomeUnknownError, "Received a response in a non-JSON format"),
        (Answer("<html>fine</html>"), OutcomeUnknownError, "Received a response in a non-JSON format"),
        (RESET, OutcomeUnknownError, "RemoteDisconnected"),
        (HALF, OutcomeUnknownError, "IncompleteRead"),
        (refusal("invalid_auth"), WorkspaceDeadError, "invalid_auth"),
        (refusal("account_inactive"), WorkspaceDeadError, "account_inactive"),
        (refusal("token_revoked"), WorkspaceDeadError, "token_revoked"),
        (refusal("missing_scope", needed="mpim:write"), SwitchedOffError, "missing_scope mpim:write"),
        (refusal("ekm_access_denied"), WorkspaceDeadError, "ekm_access_denied"),
        (refusal("accesslimited"), WorkspaceDeadError, "accesslimited"),
        (refusal("two_factor_setup_required"), WorkspaceDeadError, "two_factor_setup_required"),
        (refusal("team_access_not_granted"), WorkspaceDeadError, "team_access_not_granted"),
        (refusal("no_permission"), SwitchedOffError, "no_permission"),
        (refusal("access_denied"), SwitchedOffError, "access_denied"),
        (refusal("message_limit_exceeded"), SwitchedOffError, "message_limit_exceeded"),
        (refusal("no_text"), OperatorNeededError, "no_text"),
        (refusal("msg_too_long"), BlocksRefusedError, "msg_too_long"),
        (refusal("metadata_too_large"), MetadataRefusedError, "metadata_too_large"),
        (refusal("invalid_metadata_schema"), MetadataRefusedError, "invalid_metadata_schema"),
        (refusal("invalid_blocks"), BlocksRefusedError, "invalid_blocks"),
        (refusal("channel_not_found"), ChannelClosedError, "channel_not_found"),
        (refusal("is_archived"), ChannelClosedError, "is_archived"),
        (refusal("not_in_channel"), ChannelClosedError, "not_in_channel"),
        (refusal("user_disabled"), PersonTroubleError, "user_disabled"),
        (refusal("app_access_restricted"), AppRefusedError, "app_access_restricted"),
        (refusal("restricted_action"), CannotReachError, "restricted_action"),
        (refusal("message_not_found"), CannotReachError, "message_not_found"),
        (refusal("something_new"), CannotReachError, "something_new"),
        (refusal("external_channel_migrating"), TryLaterError, "external_channel_migrating"),
        (Answer({"error": "forbidden"}, 403), OutcomeUnknownError, "forbidden"),
        (Answer({"ok": False, "error": "bad_request"}, 400), OutcomeUnknownError, "bad_request"),
        (Answer({"ok": False, "error": "invalid_auth"}, 401), OutcomeUnknownError, "invalid_auth"),
        (Answer({"message": "gone"}, 410), OutcomeUnknownError, "status 410"),
        (Answer({"ok": False, "error": 5}), OutcomeUnknownError, "a refusal without a reason"),
        (Answer({"ok": False, "error": ["channel_not_found"]}), OutcomeUnknownError, "a refusal without a reason"),
    ],
)
def test_each_answer_of_slack_becomes_one_kind_of_trouble(
    slack: TinySlack, answer: Answer, trouble: type[SlackTrouble], error: str
) -> None:
    slack.plan("chat.postMessage", answer)

    with pytest.raises(SlackTrouble) as caught:
        slack.gateway().post("C1", MESSAGE, "key")

    assert type(caught.value) is trouble
    assert caught.value.error.startswith(error)
    assert len(slack.calls) == 1


@pytest.mark.parametrize("answer", UNREADABLE.values(), ids=UNREADABLE)
def test_an_answer_that_cannot_be_read_leaves_open_what_was_done(slack: TinySlack, answer: Answer) -> None:
    slack.plan("chat.postMessage", answer)
    slack.plan("chat.postEphemeral", answer)

    with pytest.raises(OutcomeUnknownError) as caught:
        slack.gateway().post("C1", MESSAGE, "key")
    assert caught.value.method == "chat.postMessage"
    with pytest.raises(OutcomeUnknownError):
        slack.gateway().post_for_one("C1", "UA", MESSAGE)


@pytest.mark.parametrize(
    "answer", [RESET, HALF, refusal("internal_error"), Answer("<html>oops</html>", 502), *UNREADABLE.values()]
)
@pytest.mark.parametrize(
    ("method", "ask"),
    [
        ("auth.test", lambda gateway: gateway.identify()),
        ("conversations.open", lambda gateway: gateway.open_conversation(["UA"])),
        ("conversations.history", lambda gateway: gateway.find_message("UA", "key")),
    ],
)
def test_what_can_be_asked_for_again_without_harm_is_tried_later(
    slack: TinySlack, answer: Answer, method: str, ask: Callable[[SlackGateway], object]
) -> None:
    slack.plan(method, answer)

    with pytest.raises(TryLaterError) as caught:
        ask(slack.gateway())

    assert caught.value.method == method


@pytest.mark.parametrize("answer", [RESET, HALF, refusal("internal_error"), Answer("<html>oops</html>", 502)])
@pytest.mark.parametrize(
    ("method", "ask"),
    [
        ("chat.update", lambda gateway: gateway.edit(Posted("C1", "1.0"), MESSAGE)),
        ("chat.delete", lambda gateway: gateway.remove(Posted("C1", "1.0"))),
        ("files.delete", lambda gateway: gateway.take_back("C1", "F1")),
        ("dnd.teamInfo", lambda gateway: gateway.find_quiet(["UA"])),
    ],
)
def test_what_changes_nothing_when_it_is_done_twice_is_tried_later(
    slack: TinySlack, answer: Answer, method: str, ask: Callable[[SlackGateway], object]
) -> None:
    slack.plan(method, answer)

    with pytest.raises(TryLaterError) as caught:
        ask(slack.gateway())

    assert caught.value.method == method


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "30"}, 30),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, 5),
        ({}, 5),
        ({"Retry-After": "0"}, 1),
        ({"Retry-After": "9" * 14}, 3_600),
    ],
)
def test_a_wait_is_as_long_as_slack_says(slack: TinySlack, headers: dict[str, str], seconds: float) -> None:
    slack.plan("chat.postMessage", Answer({"ok": False, "error": "ratelimited"}, 429, headers))

    with pytest.raises(TryLaterError) as caught:
        slack.gateway().post("C1", MESSAGE, "key")

    assert caught.value.seconds == seconds


@pytest.mark.parametrize("error", ["team_added_to_org", "org_login_required"])
def test_a_workspace_that_moves_is_left_alone_for_minutes(slack: TinySlack, error: str) -> None:
    slack.plan("chat.postMessage", refusal(error))

    with pytest.raises(TryLaterError) as caught:
        slack.gateway().post("C1", MESSAGE, "key")

    assert (caught.value.seconds, caught.value.method) == (120, "")


def refused_address() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/"


@pytest.mark.parametrize("address", [refused_address(), "http://nowhere.invalid/"], ids=["refused", "no such name"])
def test_what_never_reached_slack_is_tried_later(address: str) -> None:
    gateway = SlackGateway(WebClient(token="xoxb-test", base_url=address, timeout=5, retry_handlers=[]))

    with pytest.raises(TryLaterError, match="no connection"):
        gateway.post("C1", MESSAGE, "key")


def test_a_post_carries_its_key_and_unfurls_nothing(slack: TinySlack) -> None:
    posted = slack.gateway().post("C1", MESSAGE, "kudos:1", thread_ts="5.0")

    (given,) = slack.asked("chat.postMessage")
    assert posted == Posted("C1", "1.000")
    assert given["metadata"] == {"event_type": "peerloop_message", "event_payload": {"key": "kudos:1"}}
    assert (given["thread_ts"], given["text"], given["unfurl_links"], given["unfurl_media"]) == (
        *("5.0", "Hello", False, False),
    )


def test_people_are_written_to_in_their_own_conversation(slack: TinySlack) -> None:
    assert slack.gateway().open_conversation(["UA", "UB"]) == "GUA,UB"
    assert slack.asked("conversations.open") == [{"users": "UA,UB"}]


def test_a_message_is_found_by_its_key(slack: TinySlack) -> None:
    def said(ts: str, **more: object) -> Json:
        return {"ts": ts, "text": "hi", **more}

    def named(key: str) -> Json:
        return {"event_type": "peerloop_message", "event_payload": {"key": key}}

    slack.histories["DUA"] = [
        said("5.0", user="UA"),
        said("4.0", metadata=named("note:1"), user="UA"),
        said("3.0", metadata=named("note:2"), bot_id="B1"),
        said("2.0", metadata=named("note:1"), bot_id="B1"),
    ]
    gateway = slack.gateway()

    assert gateway.find_message("UA", "note:1") == Posted("DUA", "2.0")
    assert gateway.find_message("UA", "note:3") is None
    assert gateway.find_message("UB", "note:1") is None
    assert slack.asked("conversations.history")[0] == {
        "channel": "DUA",
        "limit": "100",
        "include_all_metadata": "1",
    }


def test_the_bot_learns_who_it_is(slack: TinySlack) -> None:
    slack.plan("auth.test", Answer({"ok": True, "team_id": "T1", "user_id": "UBOT", "enterprise_id": "E1"}))

    assert slack.gateway().identify() == Identity("T1", "UBOT", "")


def test_a_token_of_a_whole_organization_is_refused(slack: TinySlack) -> None:
    slack.plan("auth.test", Answer({"ok": True, "team_id": "E1", "user_id": "UBOT", "is_enterprise_install": True}))

    with pytest.raises(OperatorNeededError, match="installed for an organization"):
        slack.gateway().identify()


def test_a_list_is_read_to_its_last_page(slack: TinySlack) -> None:
    slack.plan(
        "conversations.members",
        Answer({"ok": True, "members": ["UA", "UB"], "response_metadata": {"next_cursor": "more"}}),
        Answer({"ok": True, "members": ["UC"], "response_metadata": {"next_cursor": ""}}),
    )

    assert slack.gateway().has_member("C1", "UC")
    assert [given.get("cursor") for given in slack.asked("conversations.members")] == [None, "more"]


ODD_PAGES: list[Json] = [
    {},
    {"members": None},
    {"members": 5},
    {"members": {"UA": 1}},
    {"members": [], "response_metadata": "x"},
    {"members": [], "response_metadata": {"next_cursor": {"a": 1}}},
]


@pytest.mark.parametrize("page", [*ODD_PAGES, {"members": ["UA", None]}, {"members": [{"id": "UA"}]}])
def test_an_odd_page_of_members_says_of_nobody_that_they_are_not_there(slack: TinySlack, page: Json) -> None:
    slack.plan("conversations.members", *[Answer({"ok": True, **page})] * 3)
    gateway = slack.gateway()

    with pytest.raises(TryLaterError):
        gateway.list_members("C1", "")
    assert gateway.has_member("C1", "UZ")
    assert gateway.zones_in("C1") == []


@pytest.mark.parametrize("page", ODD_PAGES)
def test_an_odd_page_of_accounts_is_no_end_of_their_list(slack: TinySlack, page: Json) -> None:
    slack.plan("users.list", Answer({"ok": True, **page}))

    with pytest.raises(TryLaterError):
        slack.gateway().list_accounts("")


def test_a_list_that_leads_to_the_same_page_again_ends(slack: TinySlack) -> None:
    more = {"response_metadata": {"next_cursor": "more"}}
    slack.plan("conversations.members", *[Answer({"ok": True, "members": ["UA"], **more})] * 3)
    slack.plan("users.list", Answer({"ok": True, "members": [], **more}))
    gateway = slack.gateway()

    with pytest.raises(CannotReachError):
        gateway.list_members("C1", "more")
    with pytest.raises(CannotReachError):
        gateway.list_accounts("more")
    assert gateway.has_member("C1", "UZ")
    assert len(slack.asked("conversations.members")) == 3


@pytest.mark.parametrize(
    ("answer", "profile"),
    [
        (Answer({"ok": True, "user": {"id": "UA", "tz": "Asia/Tokyo"}}), Profile("UA", "Asia/Tokyo")),
        (refusal("user_not_found"), None),
        (refusal("users_not_found"), None),
        *((refusal(error), Profile("UA", None)) for error in ("user_not_visible", "method_deprecated", "some_new_one")),
        (refusal("missing_scope"), Profile("UA", None)),
        (refusal("fatal_error"), Profile("UA", None)),
        (RESET, Profile("UA", None)),
    ],
)
def test_an_account_that_cannot_be_asked_for_is_taken_for_a_person(
    slack: TinySlack, answer: Answer, profile: Profile | None
) -> None:
    slack.plan("users.info", answer)

    assert slack.gateway().find_profile("UA") == profile


@pytest.mark.parametrize(
    ("answer", "is_colleague"),
    [
        (Answer({"ok": True, "user": {"id": "UA", "team_id": "T1"}}), True),
        (Answer({"ok": True, "user": {"id": "UA", "team_id": "T2", "enterprise_user": {"teams": ["T1"]}}}), True),
        (Answer({"ok": True, "user": {"id": "UA", "team_id": "T2"}}), False),
        (refusal("user_not_found"), False),
        (refusal("fatal_error"), False),
        (RESET, False),
    ],
)
def test_a_person_whom_slack_cannot_be_asked_about_is_no_colleague(
    slack: TinySlack,
    answer: Answer,
    is_colleague: bool,  # noqa: FBT001 - a case
) -> None:
    gateway = slack.gateway()
    gateway.identify()
    slack.plan("users.info", answer)

    assert gateway.is_colleague("UA") is is_colleague


@pytest.mark.parametrize(
    ("user", "takes_part"),
    [
        ({}, True),
        ({"team_id": "T1", "tz": None}, True),
        ({"team_id": "T2"}, False),
        # An account of an organization has its home in one of its workspaces, and may be in others as well.
        ({"team_id": "T2", "enterprise_user": {"id": "UA", "teams": ["T1", "T2"]}}, True),
        ({"team_id": "E1", "enterprise_user": {"id": "UA", "teams": ["T1"]}}, True),
        ({"team_id": "T2", "enterprise_user": {"id": "UA", "teams": ["T2", "T3"]}}, False),
        ({"team_id": "T2", "enterprise_user": {"id": "UA", "teams": None}}, False),
        ({"team_id": "T2", "enterprise_user": None}, False),
        ({"team_id": "T2", "is_restricted": True, "enterprise_user": {"teams": ["T1"]}}, False),
        ({"is_bot": True}, False),
        ({"is_workflow_bot": True}, False),
        ({"deleted": True}, False),
        ({"is_invited_user": True}, False),
        ({"is_restricted": True}, False),
        ({"is_ultra_restricted": True}, False),
        ({"is_stranger": True}, False),
        ({"id": "USLACKBOT"}, False),
    ],
)
def test_who_may_take_part(user: dict[str, object], takes_part: bool) -> None:  # noqa: FBT001 - a case
    assert profile_of({"id": "UA", **user}, "T1").can_take_part is takes_part


@pytest.mark.parametrize(
    ("text", "emoji", "expires", "until"),
    [
        ("Vacationing", ":palm_tree:", 0, NO_END),
        ("Urlaub", ":palm_tree:", 1_800_000_000, datetime(2027, 1, 15, 8, tzinfo=UTC)),
        ("Out sick", ":face_with_thermometer:", 0, NO_END),
        ("OOO until Monday", "", 0, NO_END),
        ("on parental leave", ":baby:", 0, NO_END),
        ("Working remotely", ":house_with_garden:", 0, None),
        ("In a meeting", ":spiral_calendar_pad:", 1_800_000_000, None),
        ("Holiday planning", ":calendar:", 0, None),
        ("", "", 0, None),
        (None, None, None, None),
    ],
)
def test_a_status_is_read_for_being_away_only(
    text: str | None, emoji: str | None, expires: int | None, until: datetime | None
) -> None:
    status = {"status_text": text, "status_emoji": emoji, "status_expiration": expires}

    assert profile_of({"id": "UA", "profile": status}, "T1").away_until == until
    assert profile_of({"id": "UA", "profile": None}, "T1").away_until is None


# In milliseconds, in the year 10000, as a text, and as no number at all.
@pytest.mark.parametrize(
    ("expires", "until"),
    [
        (1_732_000_000_000, NO_END),
        (253_402_300_800, NO_END),
        (10**40, NO_END),
        (-5, NO_END),
        ("soon", NO_END),
        ([], NO_END),
        ("1800000000.0", datetime(2027, 1, 15, 8, tzinfo=UTC)),
        (2_841_800_400, datetime(2060, 1, 20, 5, tzinfo=UTC)),
    ],
)
def test_an_end_of_a_status_that_no_calendar_has_is_none(expires: object, until: datetime) -> None:
    status = {"status_emoji": ":palm_tree:", "status_expiration": expires}

    assert profile_of({"id": "UA", "profile": status}, "T1").away_until == until


def test_an_account_that_cannot_be_read_hides_no_other(slack: TinySlack, caplog: pytest.LogCaptureFixture) -> None:
    odd = [7, {}, {"id": None}, {"id": "a name"}, {"id": "UX", "profile": ["?"]}, {"id": "UY", "locale": 4}]
    slack.plan("users.list", Answer({"ok": True, "members": [{"id": "UA"}, *odd, {"id": "UB"}]}))

    page = slack.gateway().list_accounts("")

    assert [profile.user_id for profile in page.rows] == ["UA", "UB"]
    assert "account UX is left out" in caplog.text
    assert "account UY is left out" in caplog.text
    assert caplog.text.count("account without an id is left out") == 4
    assert "a name" not in caplog.text


def test_accounts_are_asked_for_by_the_thousand_and_members_by_the_safe_page(slack: TinySlack) -> None:
    more = {"response_metadata": {"next_cursor": "more"}}
    slack.plan("users.list", Answer({"ok": True, "members": [{"id": "UA"}], **more}))
    slack.plan("conversations.members", Answer({"ok": True, "members": ["UA"], **more}))
    gateway = slack.gateway()

    cursors = [
        *(gateway.list_accounts("").cursor, gateway.list_members("C1", "").cursor),
        gateway.list_accounts("more").cursor,
    ]

    assert cursors == ["more", "more", ""]
    assert [(given["limit"], given.get("cursor")) for given in slack.asked("users.list")] == [
        ("1000", None),
        ("1000", "more"),
    ]
    assert slack.asked("conversations.members") == [{"channel": "C1", "limit": "200"}]


def reading(slack: TinySlack) -> WebClient:
    """The client that the bot reads lists with."""
    settings = read_settings({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "SLACK_API_URL": slack.url})
    return reading_client(settings, "xoxb-1", lambda _seconds: False)


def test_a_list_is_asked_for_again_when_slack_fails_and_a_post_is_not(slack: TinySlack) -> None:
    gateway = SlackGateway(WebClient(token="xoxb-1", base_url=slack.url, retry_handlers=[]), reading(slack))
    slack.plan("users.list", RESET, Answer("oops", 503), Answer({"ok": True, "members": [{"id": "UA"}]}))
    slack.plan("chat.postMessage", Answer("oops", 500))

    assert len(gateway.list_accounts("").rows) == 1
    with pytest.raises(OutcomeUnknownError):
        gateway.post("C1", MESSAGE, "a-key")

    assert len(slack.asked("users.list")) == 3
    assert len(slack.asked("chat.postMessage")) == 1


def test_a_list_that_was_asked_for_too_often_is_asked_for_again_after_the_wait_that_slack_names(
    slack: TinySlack,
) -> None:
    pauses: list[float] = []
    settings = read_settings({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "SLACK_API_URL": slack.url})

    def pause(seconds: float) -> bool:
        pauses.append(seconds)
        # At the third time the process is asked to end.
        return len(pauses) == 3

    client = reading_client(settings, "xoxb-1", pause)
    gateway = SlackGateway(WebClient(token="xoxb-1", base_url=slack.url, retry_handlers=[]), client)
    limited = Answer({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "30"})
    slack.plan("users.list", limited, limited, Answer({"ok": True, "members": [{"id": "UA"}]}), limited)

    assert len(gateway.list_accounts("").rows) == 1
    with pytest.raises(TryLaterError):
        gateway.list_accounts("")

    assert pauses == [30, 30, 30]
    assert len(slack.asked("users.list")) == 4


def test_a_wait_of_an_hour_is_not_held_open_in_the_library(slack: TinySlack) -> None:
    gateway = SlackGateway(WebClient(token="xoxb-1", base_url=slack.url, retry_handlers=[]), reading(slack))
    slack.plan("users.list", Answer({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "3000"}))

    with pytest.raises(TryLaterError) as trouble:
        gateway.list_accounts("")

    assert (trouble.value.seconds, trouble.value.method) == (3000, "users.list")
    assert len(slack.asked("users.list")) == 1


def test_the_zones_of_a_channel_are_those_of_a_few_and_one_silence_is_enough(slack: TinySlack) -> None:
    people = [f"U{number}" for number in range(30)]
    slack.plan("conversations.members", *[Answer({"ok": True, "members": people})] * 2)
    accounts = [Answer({"ok": True, "user": {"id": one, "tz": "Asia/Tokyo"}}) for one in people]
    slack.plan("users.info", *accounts, accounts[0], Answer("oops", 500))

    assert slack.gateway().zones_in("C1") == ["Asia/Tokyo"] * 30
    assert slack.gateway().zones_in("C1") == []
    assert len(slack.asked("users.info")) == 32
    assert slack.asked("conversations.members") == [{"channel": "C1", "limit": "30"}] * 2


def test_do_not_disturb_is_asked_for_many_at_once(slack: TinySlack) -> None:
    told = {
        "UA": {"dnd_enabled": True, "next_dnd_start_ts": 1_800_000_000, "next_dnd_end_ts": 1_800_003_600},
        "UB": {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1},
        "UD": {"dnd_enabled": True, "next_dnd_start_ts": 1_800_000_000_000, "next_dnd_end_ts": None},
        "UE": {"dnd_enabled": True},
    }
    slack.plan("dnd.teamInfo", Answer({"ok": True, "users": told}))

    start = datetime(2027, 1, 15, 8, tzinfo=UTC)

    assert slack.gateway().find_quiet(["UA", "UB", "UC"]) == {"UA": Quiet(start, start + timedelta(hours=1))}
    assert slack.asked("dnd.teamInfo") == [{"users": "UA,UB,UC"}]


@pytest.fixture
def dripping() -> Iterator[str]:
    """The address of a server that begins to answer at once, and ends only when the test does."""
    listener, is_over = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def drip() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while not is_over.wait(0.2):
                connection.sendall(b"1\r\n \r\n")
            connection.sendall(b"2\r\n{}\r\n0\r\n\r\n")

    thread = threading.Thread(target=drip)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/api/"
    is_over.set()
    thread.join()
    listener.close()


@pytest.mark.slow
def test_an_answer_that_comes_in_pieces_without_end_is_given_up(dripping: str) -> None:
    gateway = SlackGateway(WebClient(token="xoxb-test", base_url=dripping, timeout=1, retry_handlers=[]))

    with pytest.raises(OutcomeUnknownError) as trouble:
        gateway.post("C1", MESSAGE, "key")

    assert trouble.value.error == "TimeoutError"


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
_FIELDS = [
    *("id", "team_id", "deleted", "is_bot", "is_invited_user", "is_restricted", "is_stranger", "tz", "locale"),
    *("enterprise_user", "profile", "is_workflow_bot", "name"),
]
_STATUS = st.dictionaries(
    st.sampled_from(["status_text", "status_emoji", "status_expiration", "display_name"]), _ANYTHING
)
_ODD = _ANYTHING | st.dictionaries(st.sampled_from(_FIELDS), _ANYTHING | _STATUS).map(
    lambda told: {"id": "UODD", **told}
)


@longer
def test_accounts_of_any_kind_keep_no_other_from_being_read(slack: TinySlack) -> None:
    gateway = slack.gateway()

    @settings(max_examples=effort(60, 1_500), deadline=None, database=None)
    @given(odd=st.lists(_ODD, max_size=4))
    def try_out(odd: list[Any]) -> None:
        slack.plan("users.list", Answer({"ok": True, "members": [*odd, {"id": "UA", "tz": "Asia/Tokyo"}]}))

        *others, last = gateway.list_accounts("").rows

        assert last == Profile(user_id="UA", zone="Asia/Tokyo")
        # What is read can also be stored.
        for one in others:
            assert re.fullmatch("[A-Z0-9]+", one.user_id)
            assert isinstance(one.zone, str | None)
            assert isinstance(one.language, str | None)
            assert {type(one.is_person), type(one.is_active), type(one.is_guest)} == {bool}

    try_out()
