"""What it means when Slack does not do what was asked: Slack's words, and ours."""

from typing import Final

from slack_sdk.web import SlackResponse

# Where Slack says that it is asked too often, and not for how long.
_RETRY_SECONDS: Final = 5.0
_SHORTEST_SECONDS: Final = 1.0
_LONGEST_SECONDS: Final = 3_600.0
_MOVING_SECONDS: Final = 120.0

# Source: slack-facts 9.
_LIMITED: Final = frozenset({"ratelimited", "rate_limited"})
_BUSY: Final = "service_unavailable"
# A workspace that moves into an organization takes minutes for it.
_MOVING: Final = frozenset({"team_added_to_org", "org_login_required"})
# So does one shared channel that moves to another workspace.
_MOVING_CHANNEL: Final = "external_channel_migrating"
# Slack says of the first two that a part of the work may have been done, and of the third that the request was cut.
_UNKNOWN: Final = frozenset({"internal_error", "fatal_error", "request_timeout"})
_DEAD: Final = frozenset(
    {
        "account_inactive",
        "token_revoked",
        "invalid_auth",
        "not_authed",
        "token_expired",
        # The token is fine, but an administrator lets the app do nothing at all here.
        "accesslimited",
        "ekm_access_denied",
        "team_access_not_granted",
        "two_factor_setup_required",
    }
)
_BLOCKS: Final = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long", "too_many_attachments"}
)
_METADATA: Final = "metadata"
_OFF: Final = frozenset(
    {
        "missing_scope",
        "not_allowed_token_type",
        "no_permission",
        "access_denied",
        "messages_tab_disabled",
        "message_limit_exceeded",
        "not_enabled",
    }
)
_FIX: Final = frozenset({"invalid_arguments", "no_text"})
# The account is no longer there, or may not be written to.
_PERSON: Final = frozenset(
    {
        "user_disabled",
        "user_not_found",
        "users_not_found",
        "user_not_visible",
        "user_is_restricted",
        "ura_max_channels",
        "cannot_dm_bot",
        "invalid_user_combination",
    }
)
_REFUSES_APP: Final = "app_access_restricted"
# Source: slack-facts 7; administrators may allow no files, or only some.
_NO_FILES: Final = frozenset(
    {
        "file_type_not_allowed",
        "file_upload_size_restricted",
        "file_uploads_disabled",
        "file_uploads_except_images_disabled",
        "storage_limit_reached",
    }
)
_NO_CHANNEL: Final = frozenset({"channel_not_found", "not_in_channel", "is_archived", "is_inactive"})
_TOO_MANY: Final = 429
# To do one of these once more says something twice; whatever else was asked for can be asked for again.
_SAYING: Final = frozenset({"chat.postMessage", "chat.postEphemeral", "files.completeUploadExternal"})
# Source: slack-facts 10: Slack's own errors come with the status 200, and its troubles with 429 or one from 500 on.
_OTHERS_ERRORS: Final = range(300, 500)
_SERVER_ERROR: Final = 500
_UNAVAILABLE: Final = 503
# Envoy, which stands in front of Slack, answers 503 as well when it has passed a request on and the connection broke.
_PASSED_ON: Final = "reset"


class SlackTrouble(Exception):  # noqa: N818 - it is trouble, not always an error
    """Slack did not do what was asked; `error` is Slack's word for it."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class TryLaterError(SlackTrouble):
    """Slack has not done it and may do it later.

    Args:
        error: Slack's word for it.
        method: What failed and must not be asked for meanwhile; empty for everything.
        seconds: For how long to wait at least, by the machine's clock.
    """

    def __init__(self, error: str, method: str, seconds: float = 0.0) -> None:
        super().__init__(error)
        self.method = method
        self.seconds = seconds


class LimitedError(TryLaterError):
    """The method was asked for too often; `seconds` is how long Slack wants to be left alone with it."""


class TurnedAwayError(TryLaterError):
    """A server in front of Slack says that it did not let the request through, which is very likely and not certain."""


class OutcomeUnknownError(SlackTrouble):
    """Nobody knows whether Slack did it.

    Args:
        error: Slack's word for it, or what went wrong on the way.
        method: What was asked for.
    """

    def __init__(self, error: str, method: str) -> None:
        super().__init__(error)
        self.method = method


class CannotReachError(SlackTrouble):
    """This channel or these people cannot be written to; others can."""


class ChannelClosedError(CannotReachError):
    """The channel is gone, archived, or the bot is not in it."""


class PersonTroubleError(CannotReachError):
    """One of these people cannot be written to: the account is gone, or it is a guest's."""


class AppRefusedError(CannotReachError):
    """This person may not use the app."""


class WorkspaceDeadError(SlackTrouble):
    """Nothing can be done in this workspace: the token works no more, or the app may do nothing there."""


class OperatorNeededError(SlackTrouble):
    """Something about the app's installation or code has to be put right first."""


class SwitchedOffError(OperatorNeededError):
    """The app may not do this at all: a scope or a switch is missing, for every message alike."""


class FilesRefusedError(CannotReachError):
    """Files cannot be handed over in this workspace; words can."""


class BlocksRefusedError(OperatorNeededError):
    """Slack does not take the blocks of a message, or its length; its plain text may pass."""


class MetadataRefusedError(OperatorNeededError):
    """Slack does not take what a message carries to be recognised by; without it the message may pass."""


def trouble_of(method: str, response: SlackResponse) -> SlackTrouble:
    """Tell what an answer means in which Slack refuses a method, or in which a server in between speaks."""
    told = response.get("error")
    error = told if isinstance(told, str) else ""
    passing = _passing(method, error, response)
    if passing is not None:
        return passing
    status = response.status_code
    if status in _OTHERS_ERRORS:
        # A proxy or a firewall says so, whatever word it has for it; of what Slack did it knows nothing.
        return unknown_outcome(method, _word(error) or f"status {status}")
    if status >= _SERVER_ERROR or error in _UNKNOWN or _is_no_word(error):
        return unknown_outcome(method, _word(error) or "a refusal without a reason")
    needed = response.get("needed")
    return _kind_of(error)(f"{error} {needed}" if needed else error)


def _passing(method: str, error: str, response: SlackResponse) -> TryLaterError | None:
    """Return what it means that Slack has not done something and may do it later; None for any other answer."""
    retry_after = response.headers.get("Retry-After")
    if response.status_code == _TOO_MANY or error in _LIMITED:
        return LimitedError(_word(error) or "ratelimited", method, seconds_to_wait(retry_after))
    if error == _BUSY:
        return TryLaterError(error, method, seconds_to_wait(retry_after, 0.0))
    if error == _MOVING_CHANNEL:
        return TryLaterError(error, method)
    if error in _MOVING:
        return TryLaterError(error, "", _MOVING_SECONDS)
    if response.status_code == _UNAVAILABLE and _is_no_word(error) and _PASSED_ON not in error:
        return TurnedAwayError(_word(error), method, seconds_to_wait(retry_after, 0.0))
    return None


def unknown_outcome(method: str, error: str) -> SlackTrouble:
    """Return what it means that nobody knows whether Slack did something: to ask again, where that changes nothing."""
    if method in _SAYING:
        return OutcomeUnknownError(error, method)
    return TryLaterError(error, method)


def _is_no_word(error: str) -> bool:
    """Tell whether an error is none of Slack's: it gave none, or another server's page stands in its place."""
    return not error or " " in error


def seconds_to_wait(retry_after: str | None, otherwise: float = _RETRY_SECONDS) -> float:
    """Return how long Slack wants to be left alone, by its `Retry-After`, from a second to an hour."""
    digits = retry_after or ""
    if not digits.isdecimal():
        return otherwise
    # A server in between may say anything; asking again at once, or never, helps nobody.
    return min(max(float(digits), _SHORTEST_SECONDS), _LONGEST_SECONDS)


def _kind_of(error: str) -> type[SlackTrouble]:
    """Return what an error means that nobody can wait out; one that is not known concerns this message alone."""
    kinds: dict[type[SlackTrouble], frozenset[str]] = {
        WorkspaceDeadError: _DEAD,
        SwitchedOffError: _OFF,
        FilesRefusedError: _NO_FILES,
        BlocksRefusedError: _BLOCKS,
        OperatorNeededError: _FIX,
        ChannelClosedError: _NO_CHANNEL,
        PersonTroubleError: _PERSON,
        AppRefusedError: frozenset({_REFUSES_APP}),
    }
    if _METADATA in error:
        return MetadataRefusedError
    return next((kind for kind, errors in kinds.items() if error in errors), CannotReachError)


def _word(error: str) -> str:
    """Shorten what is no word of Slack's, such as the page of a server in between."""
    return error[:40]
