"""Settings: every bad value stops with a sentence that names its variable."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.config import Settings, SettingsError, describe_settings, read_settings
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
        ("DATABASE_URL", "peerloop.db", "must be an SQLite address"),
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
