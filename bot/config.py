"""Settings: every variable of the environment with its meaning, unit and default, read once."""

import base64
import ipaddress
import re
from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic.fields import FieldInfo
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from bot.domain.privacy import BACKUP_DAYS

KEY_BYTES: Final = 32
_COMMAND: Final = re.compile(r"/[a-z0-9_-]{1,31}")


class SettingsError(Exception):
    """A setting is missing or cannot work; the sentences say what to set."""


def _command_name(value: str) -> str:
    if not _COMMAND.fullmatch(value):
        raise ValueError("must be a slash and 1 to 31 small letters, digits, - or _, such as /learn")
    return value


def _http_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an address such as https://slack.com/api/")
    return value.rstrip("/") + "/"


def _loopback_address(value: str) -> str:
    if not value:
        return value
    parts = urlsplit(value)
    if parts.scheme != "http" or not _is_loopback(parts.hostname or ""):
        raise ValueError(
            "must be an http address of this machine, such as http://127.0.0.1:3970/clock; "
            "whoever serves the clock moves the bot's time"
        )
    return value


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_database_address(value: str) -> str:
    """Give a database's address back; raises ValueError when Peerloop cannot work with one of that kind."""
    try:
        url = make_url(value)
        kind = f"{url.get_backend_name()}+{url.get_driver_name()}"
    except (ArgumentError, NoSuchModuleError):
        url, kind = make_url("none://"), ""
    # A database in memory would forget everybody at the next start.
    is_memory = kind == "sqlite+pysqlite" and url.database in {None, "", ":memory:"}
    if is_memory or kind not in {"sqlite+pysqlite", "postgresql+psycopg"}:
        raise ValueError(
            "must be an SQLite address such as sqlite:///peerloop.db, or a PostgreSQL address such as "
            "postgresql+psycopg://peerloop@localhost/peerloop"
        )
    return value


def _token(prefix: str) -> AfterValidator:
    def check(value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(prefix):
            raise ValueError(f"must start with {prefix}")
        return value

    return AfterValidator(check)


def _split(keys: SecretStr) -> tuple[str, ...]:
    return tuple(key.strip() for key in keys.get_secret_value().split(",") if key.strip())


def _is_key(text: str) -> bool:
    try:
        return len(base64.urlsafe_b64decode(text)) == KEY_BYTES
    except ValueError:
        return False


def _keys(value: SecretStr) -> SecretStr:
    if not all(_is_key(key) for key in _split(value)):
        raise ValueError("must be keys as `peerloop key` makes them, separated by commas")
    return value


class Settings(BaseModel):
    """Everything an operator can set; frozen once read.

    The names of the variables are the aliases; descriptions go to `peerloop settings` and the README.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", validate_default=True)

    slack_bot_token: Annotated[SecretStr, _token("xoxb-")] = Field(
        alias="SLACK_BOT_TOKEN",
        description="The app's bot token (xoxb-), from OAuth & Permissions after installing it.",
    )
    slack_app_token: Annotated[SecretStr, _token("xapp-")] = Field(
        alias="SLACK_APP_TOKEN",
        description="An app-level token (xapp-) with connections:write, from Basic Information.",
    )
    slack_api_url: Annotated[str, AfterValidator(_http_address)] = Field(
        default="https://slack.com/api/",
        alias="SLACK_API_URL",
        description="Which Slack to talk to; the Web API and Socket Mode both follow it.",
    )
    database_url: Annotated[str, AfterValidator(check_database_address)] = Field(
        default="sqlite:///peerloop.db",
        alias="DATABASE_URL",
        description="Where everything is kept: an SQLAlchemy address of an SQLite file or a PostgreSQL database.",
    )
    keys: Annotated[SecretStr, AfterValidator(_keys)] = Field(
        default=SecretStr(""),
        alias="PEERLOOP_KEYS",
        description=(
            "Keys for what is kept unreadable, such as private lists; `peerloop key` makes one. "
            "Several are separated by commas: the first seals, each of them opens."
        ),
    )
    clock_url: Annotated[str, AfterValidator(_loopback_address)] = Field(
        default="",
        alias="PEERLOOP_CLOCK_URL",
        description="A clock to live by instead of the machine's, for test benches; loopback only.",
    )
    agenda_url: Annotated[str, AfterValidator(_loopback_address)] = Field(
        default="",
        alias="PEERLOOP_AGENDA_URL",
        description="Where to tell what will happen next, for test benches; loopback only.",
    )
    learn_command: Annotated[str, AfterValidator(_command_name)] = Field(
        default="/learn",
        alias="PEERLOOP_LEARN_COMMAND",
        description="The name of the main slash command; change it when another app has the same.",
    )
    goal_command: Annotated[str, AfterValidator(_command_name)] = Field(
        default="/goal",
        alias="PEERLOOP_GOAL_COMMAND",
        description="The name of the slash command that sets a goal.",
    )
    kudos_command: Annotated[str, AfterValidator(_command_name)] = Field(
        default="/kudos",
        alias="PEERLOOP_KUDOS_COMMAND",
        description="The name of the slash command that thanks somebody.",
    )
    backup_days: int = Field(
        default=BACKUP_DAYS,
        ge=0,
        le=3_650,
        alias="PEERLOOP_BACKUP_DAYS",
        description=(
            "For how many days copies of the database are kept; whoever is erased is told when the last one runs out."
        ),
    )
    heartbeat_seconds: float = Field(
        default=1.0,
        ge=0.1,
        le=60,
        alias="PEERLOOP_HEARTBEAT_SECONDS",
        description="How often the bot looks for what is due or waits to be sent, in seconds of the machine.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO",
        alias="PEERLOOP_LOG_LEVEL",
        description="How much is logged: DEBUG, INFO, WARNING or ERROR. Never texts or tokens.",
    )

    @property
    def key_list(self) -> tuple[str, ...]:
        """Return the keys, the one that seals first."""
        return _split(self.keys)

    @model_validator(mode="after")
    def _three_different_commands(self) -> Self:
        names = {self.learn_command, self.goal_command, self.kudos_command}
        if len(names) < 3:  # noqa: PLR2004 - three commands
            raise ValueError("PEERLOOP_LEARN_COMMAND, PEERLOOP_GOAL_COMMAND and PEERLOOP_KUDOS_COMMAND must differ")
        return self


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Build the settings from the variables of an environment; empty ones count as not set.

    Raises:
        SettingsError: Something is missing or cannot work, with one sentence for each.
    """
    given = {name: value.strip() for name, value in environment.items() if value.strip()}
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        sentences = []
        for problem in error.errors(include_url=False, include_input=False, include_context=False):
            name = str(problem["loc"][0]) if problem["loc"] else ""
            reason = problem["msg"].removeprefix("Value error, ").replace("Input should", "must")
            if problem["type"] == "missing":
                sentences.append(f"Set {name}. {_field(name).description}")
            else:
                sentences.append(f"{name} {reason}.".strip())
        raise SettingsError("\n".join(sentences)) from None


def describe_settings() -> list[tuple[str, str, str]]:
    """List every variable with its default, in words where there is none, and its meaning."""
    rows = []
    for field in Settings.model_fields.values():
        default = "none, it must be set" if field.is_required() else str(field.default) or "none"
        rows.append((field.alias or "", default, field.description or ""))
    return rows


def _field(alias: str) -> FieldInfo:
    return next(field for field in Settings.model_fields.values() if field.alias == alias)
