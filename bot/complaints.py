"""What kept a command from its work, in a sentence for the operator: no traceback, no address, no secret."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.clock import ClockError
from bot.config import SettingsError
from bot.services.operation.seals import SeveralWorkspacesError
from bot.services.rounds.replay import ReplayError
from bot.slack_errors import SlackTrouble, TryLaterError
from storage.database import DatabaseTroubleError, NoFileError, SchemaError
from storage.diagnosis import diagnose
from storage.moving import MoveError
from storage.privacy.vault import NoKeyError, WrongKeyError

ROOT: Final = Path(__file__).parents[1]
# Each of these carries a sentence that was written for the operator.
_OWN_WORDS: Final = (
    SettingsError,
    NoFileError,
    SchemaError,
    DatabaseTroubleError,
    MoveError,
    ReplayError,
    SeveralWorkspacesError,
)


@dataclass(frozen=True, slots=True)
class Complaint:
    """What went wrong.

    Args:
        sentence: What to tell the operator.
        passes: Whether it may be over by itself, so that starting again makes sense.
    """

    sentence: str
    passes: bool = False


def complaint_about(error: BaseException) -> Complaint:
    """Tell what an error means; of one that nobody foresaw, where in the program it arose."""
    diagnosis = diagnose(error)
    if diagnosis is not None:
        return Complaint(diagnosis.sentence, diagnosis.passes)
    if isinstance(error, SlackTrouble):
        return _about_slack(error)
    return Complaint(_own_words(error) or _about_fault(error))


def _own_words(error: BaseException) -> str:
    """Return what was written for the operator, or what the operating system says of a file; else nothing."""
    if isinstance(error, ClockError):
        return f"{str(error).removesuffix('.')}."
    if isinstance(error, NoKeyError):
        return "PEERLOOP_KEYS has no key to seal with. Make one with: peerloop key"
    if isinstance(error, WrongKeyError):
        return (
            "The database holds private entries that none of the keys in PEERLOOP_KEYS opens. "
            "Add the key they were sealed with; it may stand behind a newer one, separated by a comma."
        )
    if isinstance(error, OSError):
        about = f" {error.filename}" if error.filename else ""
        return f"The operating system refuses{about}: {error.strerror or type(error).__name__}."
    return str(error) if isinstance(error, _OWN_WORDS) else ""


def _about_fault(error: BaseException) -> str:
    return f"Peerloop has a fault of its own: {type(error).__name__} in {_place_of(error)}. Please report it."


def _about_slack(trouble: SlackTrouble) -> Complaint:
    if isinstance(trouble, TryLaterError):
        return Complaint(
            f"Slack does not answer ({trouble.error}). "
            "Check SLACK_API_URL, the network, and the proxy if there is one.",
            passes=True,
        )
    return Complaint(
        f"Slack refuses to work with these tokens ({trouble.error}). "
        "Check SLACK_BOT_TOKEN and SLACK_APP_TOKEN, and that the app is installed from the manifest."
    )


def _place_of(error: BaseException) -> str:
    """Return the innermost line of the program itself that an error came through; its words may hold anything."""
    place = "an unknown place"
    at = error.__traceback__
    while at is not None:
        path = Path(at.tb_frame.f_code.co_filename)
        if path.is_relative_to(ROOT) and ".venv" not in path.parts:
            place = f"{path.relative_to(ROOT)}, line {at.tb_lineno}"
        at = at.tb_next
    return place
