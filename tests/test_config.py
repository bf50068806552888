"""Settings: every bad value stops with a sentence that names its variable."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.config import Settings, SettingsError, describe_settings, read_settings, shown_address
from tests.factories import KEY

ROOT = Path(__file__).parents[1]
TOKENS = {"SLACK_BOT_TOKEN": "xoxb-very-secret", "SLACK_APP_TOKEN": "xapp-very-secret"}


def test_two_tokens_are_enough() -> None:
    settings = read_settings(TOKENS)

    assert settings.slack_bot_token.get_secret_value() == "xoxb-very-secret"
    assert (settings.slack_api_url, settings.clock_url, settings.learn_command) == (
        *("https://slack.com/api/", "", "/learn"),
    )


@pytest.mark.parametrize("name", TOKENS)
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_token_is_asked_for(name: str, value: str | None) -> None:
    given = {**TOKENS, name: value}

    with pytest.raises(SettingsError, match=rf"^Set {name}\. .+"):
        read_settings({key: text for key, text in given.items() if text is not None})


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("SLACK_BOT_TOKEN", "xapp-1", "must start with xoxb-"),
        ("SLACK_APP_TOKEN", "xoxb-1", "must start with xapp-"),
        ("SLACK_API_URL", "slack.com/api", "must be an address"),
        ("SLACK_API_URL", "ftp://slack.com/api/", "must be an address"),
        ("SLACK_API_URL", "https:///api/", "must be an address"),
        ("SLACK_API_URL", "http://slack.com/api/", "must begin with https://, since the tokens are sent there"),
        ("SLACK_API_URL", "HTTP://10.0.0.5/api/", "must begin with https://"),
        ("SLACK_API_URL", "http://localhost.example.com/api/", "must begin with https://"),
        ("SLACK_API_URL", "http://127.0.0.1.example.com/api/", "must begin with https://"),
        ("SLACK_API_URL", "http://0.0.0.0/api/", "must begin with https://"),
        ("DATABASE_URL", "peerloop.db", "must be an SQLite address"),
        ("DATABASE_URL", "sqlite:///file::memory:?uri=true", "must be an SQLite address"),
        ("DATABASE_URL", "sqlite:///file:x?mode=memory&uri=true", "must be an SQLite address"),
        ("DATABASE_URL", "sqlite:///x.db?timeout=soon", "must be an SQLite address"),
        ("DATABASE_URL", "mysql://localhost/x", "or a PostgreSQL address such as postgresql+psycopg://"),
        ("DATABASE_URL", "postgresql+psycopg2://localhost/x", "must be an SQLite address"),
        ("PEERLOOP_KEYS", "secret", "must be keys as `peerloop key` makes them"),
        ("PEERLOOP_KEYS", f"{KEY},c2hvcnQ=", "must be keys as `peerloop key` makes them"),
        ("PEERLOOP_CLOCK_URL", "http://example.com/clock", "must be an http address of this machine"),
        ("PEERLOOP_AGENDA_URL", "http://example.com/agenda", "must be an http address of this machine"),
        ("PEERLOOP_LEARN_COMMAND", "learn", "must be a slash"),
        ("PEERLOOP_LEARN_COMMAND", "/Learn", "must be a slash"),
        ("PEERLOOP_GOAL_COMMAND", "/goal it", "must be a slash"),
        ("PEERLOOP_KUDOS_COMMAND", "/" + "x" * 32, "must be a slash"),
        ("PEERLOOP_BACKUP_DAYS", "-1", "greater than or equal to 0"),
        ("PEERLOOP_HEARTBEAT_SECONDS", "often", "must be a valid number"),
        ("PEERLOOP_HEARTBEAT_SECONDS", "0", "greater than or equal to 0.1"),
        ("PEERLOOP_HEARTBEAT_SECONDS", "61", "less than or equal to 60"),
        ("PEERLOOP_HEARTBEAT_SECONDS", "nan", "must be less than or equal to 60"),
        ("PEERLOOP_LOG_LEVEL", "loud", "must be 'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
    ],
)
def test_a_bad_value_is_named_with_what_would_do(name: str, value: str, reason: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        read_settings({**TOKENS, name: value})

    (sentence,) = str(refusal.value).splitlines()
    assert sentence.startswith(f"{name} ")
    assert reason in sentence
    assert "secret" not in sentence


def test_every_setting_has_a_bad_value_above() -> None:
    marks = test_a_bad_value_is_named_with_what_would_do.pytestmark  # type: ignore[attr-defined]  # set by pytest
    tried = {case[0] for mark in marks for case in mark.args[1]}

    assert tried == {name for name, _, _ in describe_settings()}


def test_all_bad_values_are_told_at_once() -> None:
    with pytest.raises(SettingsError) as refusal:
        read_settings({"SLACK_BOT_TOKEN": "x", "PEERLOOP_LOG_LEVEL": "y"})

    names = [line.replace("Set ", "").split()[0].strip(".") for line in str(refusal.value).splitlines()]
    assert names == ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "PEERLOOP_LOG_LEVEL"]


def test_three_commands_have_three_names() -> None:
    with pytest.raises(SettingsError, match=r"PEERLOOP_LEARN_COMMAND, PEERLOOP_GOAL_COMMAND and .* must differ"):
        read_settings({**TOKENS, "PEERLOOP_GOAL_COMMAND": "/learn"})


@pytest.mark.parametrize(
    "address",
    [
        *("http://127.0.0.1:3970/clock", "http://127.9.9.9/clock", "http://localhost:3970/clock"),
        *("http://[::1]:3970/clock", "http://LOCALHOST/clock"),
    ],
)
def test_a_clock_of_this_machine_is_taken(address: str) -> None:
    assert read_settings({**TOKENS, "PEERLOOP_CLOCK_URL": address}).clock_url == address


@pytest.mark.parametrize(
    "address",
    [
        *("http://0.0.0.0:3970/clock", "http://[::]/clock", "http://10.0.0.1/clock", "http://169.254.1.1/clock"),
        *("http://clock.example/clock", "http://localhost.example/clock", "http://myhost/clock"),
        *("https://127.0.0.1/clock", "https://time.example/clock", "file:///etc/passwd", "127.0.0.1:3970"),
        *("http://127.0.0.1@time.example/clock", "http://time.example/127.0.0.1", "http://[::1", "http://127.1/"),
    ],
)
def test_a_clock_of_anybody_else_is_refused(address: str) -> None:
    with pytest.raises(SettingsError, match=r"^PEERLOOP_CLOCK_URL "):
        read_settings({**TOKENS, "PEERLOOP_CLOCK_URL": address})


def test_settings_cannot_be_changed() -> None:
    settings = read_settings(TOKENS)

    with pytest.raises(ValidationError, match="frozen"):
        settings.log_level = "DEBUG"  # type: ignore[misc]  # what is refused


def test_tokens_never_show() -> None:
    settings = read_settings(TOKENS)

    for text in (repr(settings), str(settings), settings.model_dump_json(), str(settings.model_dump())):
        assert "secret" not in text


def peerloop(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    names = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env=names,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_list_of_settings_shows_no_token(tmp_path: Path) -> None:
    done = peerloop(tmp_path, "settings", PEERLOOP_HEARTBEAT_SECONDS="2.5", **TOKENS)

    assert done.returncode == 0
    assert "secret" not in done.stdout + done.stderr
    assert "PEERLOOP_HEARTBEAT_SECONDS=2.5" in done.stdout
    for name in Settings.model_fields.values():
        assert f"{name.alias}=" in done.stdout


def test_a_bad_setting_stops_the_start_with_its_sentence_alone(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SLACK_BOT_TOKEN=xoxb-very-secret\n")

    done = peerloop(tmp_path, "run")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Set SLACK_APP_TOKEN. ")
    assert len(done.stderr.splitlines()) == 1


def test_a_schema_is_made_without_tokens(tmp_path: Path) -> None:
    done = peerloop(tmp_path, "migrate")

    assert (done.returncode, done.stdout) == (0, "The schema is up to date.\n")
    assert (tmp_path / "peerloop.db").exists()


SECRET_WORD = "s3cretw0rd"  # noqa: S105 - it is none
INVISIBLE = ["\u200b", "\u00ad", "\ufeff", "\u2028", "\n", "\r\n", "\t", "\x1b[0m", "\udc80", "\u00a0"]
ENDS = ["…", "—", "'", '"', ";", " #", "%", "\\", "/", "é", "💥", "=", "{}", "${HOME}", "@", ":", "[", "]", "//", " x"]
PIECES = [*INVISIBLE, *ENDS, "x" * 5_000, "0x1f", "-1", "1e999", "nan", "[", "http://[", "http://a:b:c", "null", "None"]


@pytest.mark.parametrize("name", [name for name, _, _ in describe_settings()])
def test_garbage_in_a_setting_is_refused_by_its_name_and_shown_to_nobody(name: str) -> None:
    valid = {
        **TOKENS,
        "PEERLOOP_KEYS": KEY,
        "SLACK_API_URL": "https://slack.com/api/",
        "DATABASE_URL": f"postgresql://peerloop:{SECRET_WORD}@localhost/x",
    }
    start = valid.get(name, "")
    garbage = [f"{SECRET_WORD}{piece}{SECRET_WORD}" for piece in PIECES]
    garbage += [f"{start}{piece}{SECRET_WORD}" for piece in PIECES if start and name != "DATABASE_URL"]
    garbage += [f"postgresql+psycopg://u:{SECRET_WORD}@h:{piece}z/x" for piece in PIECES]
    refused = 0
    for value in garbage:
        try:
            read_settings({**TOKENS, name: value})
        except SettingsError as refusal:
            refused += 1
            (sentence,) = str(refusal).splitlines()
            assert sentence.startswith(f"{name} must ")
            assert sentence.endswith(".")
            assert SECRET_WORD not in sentence

    # What is left is an address of a database with a strange name, or of a web server with a strange path.
    assert refused >= len(garbage) * (0.9 if name not in {"DATABASE_URL", "SLACK_API_URL"} else 0.4)
    assert len(garbage) >= 64


@pytest.mark.parametrize("name", TOKENS)
@pytest.mark.parametrize("more", [*INVISIBLE, "…", "\nxapp-2", "é", " ", "_", "xoxb-1;"])
def test_a_token_with_something_pasted_into_it_is_refused_without_showing_it(name: str, more: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        read_settings({**TOKENS, name: f"{TOKENS[name]}{more}tail"})

    assert str(refusal.value).startswith(f"{name} must be ")
    assert "secret" not in str(refusal.value)
    assert "tail" not in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("PEERLOOP_LEARN_COMAND", "PEERLOOP_LEARN_COMMAND"),
        ("peerloop_log_level", "PEERLOOP_LOG_LEVEL"),
        ("PEERLOOP_KEY", "PEERLOOP_KEYS"),
        ("DATABSE_URL", "DATABASE_URL"),
        ("SLACK_API_URI", "SLACK_API_URL"),
    ],
)
def test_a_misspelled_setting_is_told_with_the_one_that_is_meant(name: str, meant: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        read_settings({**TOKENS, name: "x"})

    assert str(refusal.value) == f"{name} is no setting. Did you mean {meant}?"


def test_names_of_other_programs_are_left_alone(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("HTTPS_PROXY=http://proxy\nCOMPOSE_PROJECT_NAME=peerloop\n")
    others = {
        "PEERLOOP_SERVICE_HOST": "10.0.0.1",
        "PEERLOOP_PORT": "tcp://10.0.0.1:80",
        # Like SLACK_APP_TOKEN, which is set.
        "SLACK_API_TOKEN": "xoxp-1",
        "SLACK_SIGNING_SECRET": "x",
        "HOME": "/root",
    }

    assert read_settings({**TOKENS, **others}, file).learn_command == "/learn"


def test_a_name_in_the_file_that_begins_like_a_setting_has_to_be_one(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("PEERLOOP_COLOUR=green\n")

    with pytest.raises(SettingsError, match=r"^PEERLOOP_COLOUR is no setting\. Did you mean PEERLOOP_\w+\?$"):
        read_settings(TOKENS, file)


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("\ufeffPEERLOOP_LEARN_COMMAND=/a\r\nPEERLOOP_GOAL_COMMAND='/b'\r\nPEERLOOP_KUDOS_COMMAND=\r\n")

    settings = read_settings({**TOKENS, "PEERLOOP_LEARN_COMMAND": "/c"}, file)

    assert (settings.learn_command, settings.goal_command, settings.kudos_command) == ("/c", "/b", "/kudos")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1", "cp1252"])
def test_a_file_in_an_encoding_of_windows_is_told_as_such(encoding: str, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes("# Zugänge\nSLACK_BOT_TOKEN=xoxb-very-secret\n".encode(encoding))

    with pytest.raises(SettingsError) as refusal:
        read_settings({}, file)

    assert str(refusal.value).endswith(".env is not in UTF-8, as Windows writes some. Save it as UTF-8.")


def test_a_file_that_cannot_be_read_is_told_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"cannot be read \(Is a directory\)"):
        read_settings(TOKENS, tmp_path)


@pytest.mark.parametrize("level", ["info", "Debug", "WARNING"])
def test_a_log_level_is_taken_in_any_case(level: str) -> None:
    assert read_settings({**TOKENS, "PEERLOOP_LOG_LEVEL": level}).log_level == level.upper()


def test_the_short_form_of_an_address_is_taken() -> None:
    settings = read_settings({**TOKENS, "DATABASE_URL": "postgres://peerloop:a%40b@db/peerloop?sslmode=require"})

    assert settings.database_url == "postgresql://peerloop:a%40b@db/peerloop?sslmode=require"


def test_no_password_of_an_address_is_shown() -> None:
    shown = shown_address("postgresql://u:one@h/x?password=two&sslpassword=three&sslmode=require")

    assert shown == "postgresql://u:***@h/x?password=%2A%2A%2A&sslmode=require&sslpassword=%2A%2A%2A"


@pytest.mark.parametrize(
    "line", [f'PEERLOOP_KEYS="{SECRET_WORD}', f"PEERLOOP KEYS={SECRET_WORD}", f"SLACK_BOT_TOKEN: {SECRET_WORD}", "'"]
)
def test_a_line_that_would_be_passed_over_is_named_and_not_shown(tmp_path: Path, line: str) -> None:
    file = tmp_path / ".env"
    file.write_text(f"# ours\nDATABASE_URL=sqlite:///x.db\n{line}\n")

    with pytest.raises(SettingsError) as refusal:
        read_settings(TOKENS, file)

    assert str(refusal.value).startswith("Line 3 of the file ")
    assert SECRET_WORD not in str(refusal.value)
