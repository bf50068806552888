"""Settings: every variable of the environment with its meaning, unit and default, read once."""

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from io import StringIO
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from dotenv.parser import parse_stream
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from bot.addresses import is_loopback, keeps_secrets, split_address
from bot.domain.privacy import BACKUP_DAYS

# 32 bytes in URL-safe Base64.
_AFTER_PREFIX: Final = re.compile(r"[A-Za-z0-9-]+")
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{43}=")
# What must be set for `run`, and what is in for it where it is not needed.
SECRETS: Final = {"SLACK_BOT_TOKEN": "xoxb-not-needed-here", "SLACK_APP_TOKEN": "xapp-not-needed-here"}
_COMMAND: Final = re.compile(r"/[a-z0-9_-]{1,31}")
_PREFIX: Final = "PEERLOOP_"
# From so much likeness on a name is taken for another one, misspelled.
_ALIKE: Final = 0.8
# As hosting services write it; SQLAlchemy knows the long form alone.
_SHORT: Final = "postgres://"


class SettingsError(Exception):
    """A setting is missing or cannot work; the sentences say what to set."""


def _command_name(value: str) -> str:
    if not _COMMAND.fullmatch(value):
        raise ValueError("must be a slash and 1 to 31 small letters, digits, - or _, such as /learn")
    return value


def _slack_address(value: str) -> str:
    parts = split_address(value)
    if parts is None or parts.scheme not in {"http", "https"}:
        raise ValueError("must be an address such as https://slack.com/api/")
    if not keeps_secrets(value):
        raise ValueError(
            "must begin with https://, since the tokens are sent there; only an address of this machine, such as that "
            "of a local workspace, may begin with http://"
        )
    return value.rstrip("/") + "/"


def _loopback_address(value: str) -> str:
    if not value:
        return value
    parts = split_address(value)
    if parts is None or parts.scheme != "http" or not is_loopback(parts.hostname or ""):
        raise ValueError(
            "must be an http address of this machine, such as http://127.0.0.1:3970/clock; "
            "the server of the clock moves the bot's time"
        )
    return value


def check_database_address(value: str) -> str:
    """Return a database's address in its long form; raises ValueError when Peerloop cannot work with its kind."""
    if value.lower().startswith(_SHORT):
        value = f"postgresql://{value[len(_SHORT) :]}"
    try:
        url = make_url(value)
        kind = f"{url.get_backend_name()}+{url.get_driver_name()}"
    except (ArgumentError, NoSuchModuleError, ValueError):
        # The words of these errors hold parts of the address.
        url, kind = make_url("none://"), ""
    # A database in memory would forget everybody at the next start. What stands behind a file's name could make one
    # too, or is passed over.
    name = url.database or ""
    is_no_file = kind == "sqlite+pysqlite" and (name in {"", ":memory:"} or name.startswith("file:") or bool(url.query))
    if is_no_file or kind not in {"sqlite+pysqlite", "postgresql+psycopg"}:
        raise ValueError(
            "must be an SQLite address such as sqlite:///peerloop.db, or a PostgreSQL address such as "
            "postgresql+psycopg://peerloop@localhost/peerloop"
        )
    return value


def shown_address(address: str) -> str:
    """Return a database's address without the passwords in it."""
    url = make_url(address)
    hidden = {name: "***" for name in url.query if "password" in name.lower()}
    return url.update_query_dict(hidden).render_as_string(hide_password=True)


def _token(prefix: str) -> AfterValidator:
    def check(value: SecretStr) -> SecretStr:
        token = value.get_secret_value()
        if not token.startswith(prefix):
            raise ValueError(f"must start with {prefix}")
        # It goes into a header of every call; what a careless paste adds would fail there, and be logged.
        if not _AFTER_PREFIX.fullmatch(token.removeprefix(prefix)):
            raise ValueError(f"must be letters, digits and hyphens after {prefix}")
        return value

    return AfterValidator(check)


def _split(keys: SecretStr) -> tuple[str, ...]:
    return tuple(key.strip() for key in keys.get_secret_value().split(",") if key.strip())


def _is_key(text: str) -> bool:
    # Read strictly: the decoder passes over signs that are none of its alphabet.
    return bool(_KEY.fullmatch(text))


def _keys(value: SecretStr) -> SecretStr:
    if not all(_is_key(key) for key in _split(value)):
        raise ValueError("must be keys as `peerloop key` makes them, separated by commas")
    return value


def _in_capitals(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


class Settings(BaseSettings):
    """Everything an operator can set; frozen once read.

    The names of the variables are the aliases; descriptions go to `peerloop settings` and the README.
    """

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", validate_default=True, case_sensitive=True, env_file_encoding="utf-8-sig"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what `read_settings` gathered, and look nowhere else."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)

    slack_bot_token: Annotated[SecretStr, _token("xoxb-")] = Field(
        alias="SLACK_BOT_TOKEN",
        description="The app's bot token (xoxb-), from OAuth & Permissions after installing it.",
    )
    slack_app_token: Annotated[SecretStr, _token("xapp-")] = Field(
        alias="SLACK_APP_TOKEN",
        description="An app-level token (xapp-) with connections:write, from Basic Information.",
    )
    slack_api_url: Annotated[str, AfterValidator(_slack_address)] = Field(
        default="https://slack.com/api/",
        alias="SLACK_API_URL",
        description="Which Slack to talk to; the Web API and Socket Mode both follow it. http only for this machine.",
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
            "For how many days copies of the database are kept; "
            "people who are erased are told when the last one runs out."
        ),
    )
    heartbeat_seconds: float = Field(
        default=1.0,
        ge=0.1,
        le=60,
        alias="PEERLOOP_HEARTBEAT_SECONDS",
        description="How often the bot looks for what is due or waits to be sent, in seconds of the machine.",
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_in_capitals)] = Field(
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


def read_settings(
    environment: Mapping[str, str], file: Path | None = None, needed: Collection[str] = tuple(SECRETS)
) -> Settings:
    """Build the settings from the variables of an environment; empty ones count as not set.

    Args:
        environment: The variables; they win over the lines of the file.
        file: A file such as `.env`, which need not be there.
        needed: Which of the secrets must be set.

    Raises:
        SettingsError: Something is missing or cannot work, with one sentence for each; no value is in it.
    """
    in_file = read_file(file) if file is not None else {}
    given = {name: value.strip() for name, value in {**in_file, **environment}.items() if value.strip()}
    sentences = _misspelled(in_file, environment, given)
    ours = {name: value for name, value in given.items() if name in _names()}
    # Such a sign comes along when something is pasted, and is not seen.
    unseen = {name for name, value in ours.items() if not value.isprintable()}
    sentences += [f"{name} must be one line without invisible characters." for name in sorted(unseen)]
    stand_ins = {name: value for name, value in SECRETS.items() if name in unseen or name not in needed}
    # Whatever is wrong with one setting is told once.
    values: dict[str, Any] = {**stand_ins, **{name: value for name, value in ours.items() if name not in unseen}}
    try:
        settings = Settings(**values)
    except ValidationError as error:
        sentences += _sentences(error)
    else:
        if not sentences:
            return settings
    raise SettingsError("\n".join(sentences))


def read_file(path: Path) -> dict[str, str]:
    """Return the lines of a file such as `.env`, as names and values; none when it is not there.

    Raises:
        SettingsError: It cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError:
        text = "\0"
    except OSError as error:
        raise SettingsError(
            f"The file {path} cannot be read ({error.strerror}). It has to be a file that the user may read who runs "
            "Peerloop."
        ) from None
    if "\0" in text:
        raise SettingsError(f"The file {path} is not in UTF-8, as Windows writes some. Save it as UTF-8.")
    odd = next((one.original.line for one in parse_stream(StringIO(text)) if one.error), None)
    if odd is not None:
        # It would be passed over, and what it says would not hold.
        raise SettingsError(
            f"Line {odd} of the file {path} is none of the form NAME=value, or its quotation is not closed."
        )
    lines = DotEnvSettingsSource(Settings, env_file=path).env_vars
    return {name: value for name, value in lines.items() if value is not None}


def _names() -> list[str]:
    return [str(field.alias) for field in Settings.model_fields.values()]


def _misspelled(in_file: Mapping[str, str], environment: Mapping[str, str], given: Mapping[str, str]) -> list[str]:
    """Return a sentence for each name that is no setting, and was meant as one.

    In the environment there are names of other programs too, so there a name has to be close to a setting that is
    not set. In the file a name that begins like Peerloop's own is always meant as one.
    """
    names = _names()
    sentences = []
    for name in sorted({*in_file, *environment} - set(names)):
        capitals = name.upper()
        is_ours = name in in_file and capitals.startswith(_PREFIX)
        near = get_close_matches(capitals, names, n=1, cutoff=0.0 if is_ours else _ALIKE)
        if near and (is_ours or near[0] not in given):
            sentences.append(f"{_printable(name)} is no setting. Did you mean {near[0]}?")
    return sentences


def _printable(name: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in name)


def _sentences(error: ValidationError) -> list[str]:
    sentences = []
    for problem in error.errors(include_url=False, include_input=False, include_context=False):
        name = str(problem["loc"][0]) if problem["loc"] else ""
        reason = problem["msg"].removeprefix("Value error, ").replace("Input should", "must")
        if problem["type"] == "missing":
            sentences.append(f"Set {name}. {_field(name).description}")
        else:
            reason = reason if reason.startswith(("must", _PREFIX)) else "must be a number that makes sense"
            sentences.append(f"{name} {reason}.".strip())
    return sentences


def describe_settings() -> list[tuple[str, str, str]]:
    """List every variable with its default, in words where there is none, and its meaning."""
    rows = []
    for field in Settings.model_fields.values():
        default = "none, it must be set" if field.is_required() else str(field.default) or "none"
        rows.append((field.alias or "", default, field.description or ""))
    return rows


def _field(alias: str) -> FieldInfo:
    return next(field for field in Settings.model_fields.values() if field.alias == alias)
