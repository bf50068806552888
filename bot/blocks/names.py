"""The names of the slash commands, which every workspace may choose for itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CommandNames:
    """What people type; Slack does not keep two apps' commands apart, so the names are settings."""

    learn: str = "/learn"
    goal: str = "/goal"
    kudos: str = "/kudos"
