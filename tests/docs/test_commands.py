"""Every command of the documentation is run, or at least read by the program it is for."""

import functools
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from bot.__main__ import main
from bot.blocks.names import CommandNames
from bot.config import describe_settings
from bot.manifest import manifest_yaml
from playground.client import RunningWorkspace
from tests.docs.command import BIN, SECONDS, environment, peerloop, run
from tests.docs.pages import ROOT, commands

# The environment is there already; a test must not build it again.
INSTALLED = [word for step in ("run", "try", "dev") for word in ("-o", f".venv/.{step}")]
MAKE = ["make", "-f", str(ROOT / "Makefile"), *INSTALLED, f"BIN={BIN}"]
# Each of these is run for real by a test of this file.
RUN = {
    "--help",
    "key",
    "keys",
    "settle",
    "round",
    "settings",
    "simulate",
    "manifest",
    "migrate",
    "check",
    "move",
    "run",
    "work",
    "try",
}
SHELL = {"cp .env.example .env", "chmod 600 .env"}


@pytest.fixture
def slack(tmp_path: Path) -> Iterator[RunningWorkspace]:
    workspace = RunningWorkspace(ROOT / "manifest.yml", tmp_path / "workspace")
    yield workspace
    assert workspace.stop() == 0


@functools.cache
def make_words() -> list[str]:
    return re.findall(r"^ +make ([a-z-]+) ", run(*MAKE, "help", cwd=ROOT).stdout, re.MULTILINE)


@functools.cache
def help_of(module: str) -> str:
    told = run(sys.executable, "-m", module, "--help", cwd=ROOT)
    assert told.returncode == 0
    return told.stdout


@pytest.mark.parametrize(("page", "command"), sorted(set(commands())))
def test_a_command_of_the_documentation_is_understood(page: str, command: str, tmp_path: Path) -> None:
    del page
    words = shlex.split(command)
    if words[0] == "make":
        assert words[1] in make_words()
        assert run(*MAKE, "--dry-run", *words[1:], cwd=ROOT).returncode == 0
    elif words[0] == ".venv/bin/peerloop":
        assert words[1] in RUN
        if words[1] in main.commands:
            word = main.commands[words[1]]
            assert word.make_context(words[1], words[2:], parent=click.Context(main)) is not None
    elif words[:2] == [".venv/bin/python", "-m"]:
        told = help_of(words[2])
        assert [word for word in words[3:] if word.startswith("--") and word not in told] == []
    elif words[0] in {"export", "unset"}:
        assert {word.partition("=")[0] for word in words[1:]} <= {name for name, _, _ in describe_settings()}
    elif words == [".ci/run"]:
        assert run("bash", "-n", ROOT / ".ci/run", cwd=ROOT).returncode == 0
        assert os.access(ROOT / ".ci/run", os.X_OK)
    else:
        assert command in SHELL
        shutil.copy(ROOT / ".env.example", tmp_path)
        shutil.copy(ROOT / ".env.example", tmp_path / ".env")
        assert run(*words, cwd=tmp_path).returncode == 0


@pytest.mark.parametrize("word", ["run", "work", "try"])
def test_words_that_stay_are_described(word: str, tmp_path: Path) -> None:
    told = peerloop(word, "--help", cwd=tmp_path)

    assert told.returncode == 0
    assert told.stdout.startswith(f"Usage: peerloop {word}")


def test_peerloop_lists_its_words(tmp_path: Path) -> None:
    told = peerloop("--help", cwd=tmp_path)

    assert told.returncode == 0
    assert set(re.findall(r"^  ([a-z]+) ", told.stdout, re.MULTILINE)) == set(main.commands)
    assert set(main.commands) <= RUN


def test_settings_tells_every_setting_and_no_token(tmp_path: Path) -> None:
    told = peerloop("settings", cwd=tmp_path, SLACK_BOT_TOKEN="xoxb-secret")

    assert told.returncode == 0
    assert re.findall("^([A-Z_]+)=", told.stdout, re.MULTILINE) == [name for name, _, _ in describe_settings()]
    assert "secret" not in told.stdout
    assert "Default: none.\n" in told.stdout


def test_key_prints_a_new_key_that_the_settings_take(tmp_path: Path) -> None:
    first, second = (peerloop("key", cwd=tmp_path).stdout.strip() for _ in range(2))

    told = peerloop("settings", cwd=tmp_path, PEERLOOP_KEYS=f"{second},{first}")

    assert first != second
    assert told.returncode == 0
    assert first not in told.stdout
    assert second not in told.stdout


def test_seals_are_renewed_with_the_first_key_and_never_without_one(tmp_path: Path) -> None:
    key = peerloop("key", cwd=tmp_path).stdout.strip()
    assert peerloop("migrate", cwd=tmp_path).returncode == 0

    told = peerloop("keys", "renew", cwd=tmp_path, PEERLOOP_KEYS=key)
    refused = peerloop("keys", "renew", cwd=tmp_path)

    assert (told.returncode, told.stdout) == (0, "Key 1: 0 entries\n")
    assert (refused.returncode, refused.stderr) == (
        2,
        "PEERLOOP_KEYS has no key to seal with. Make one with: peerloop key\n",
    )


def test_replay_of_a_round_that_is_not_there_says_so(tmp_path: Path) -> None:
    peerloop("migrate", cwd=tmp_path)

    told = peerloop("round", "replay", "7", cwd=tmp_path)

    assert (told.returncode, told.stderr) == (2, "There is no round 7.\n")


def test_manifest_prints_the_manifest_with_the_names_that_are_set(tmp_path: Path) -> None:
    told = peerloop("manifest", cwd=tmp_path, PEERLOOP_LEARN_COMMAND="/teach")

    assert told.returncode == 0
    assert told.stdout == manifest_yaml(CommandNames(learn="/teach"))


def test_migrate_makes_the_database_and_may_be_repeated(tmp_path: Path) -> None:
    for _ in range(2):
        told = peerloop("migrate", cwd=tmp_path)
        assert (told.returncode, told.stdout) == (0, "The schema is up to date.\n")

    assert (tmp_path / "peerloop.db").exists()


def test_a_start_without_tokens_says_what_to_set(tmp_path: Path) -> None:
    told = run(BIN / "peerloop", "run", cwd=tmp_path)

    assert told.returncode == 2
    assert [line.split(".")[0] for line in told.stderr.splitlines()] == ["Set SLACK_BOT_TOKEN", "Set SLACK_APP_TOKEN"]


def test_an_install_step_by_step_connects_and_stops(slack: RunningWorkspace, tmp_path: Path) -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    filled = example.replace("SLACK_BOT_TOKEN=\n", "SLACK_BOT_TOKEN=xoxb-local-workspace\n").replace(
        "SLACK_APP_TOKEN=\n", "SLACK_APP_TOKEN=xapp-local-workspace\n"
    )
    # Without the slash at its end, as the contract of the setting allows.
    filled += f"\nSLACK_API_URL={slack.base_url}api\nPEERLOOP_CLOCK_URL={slack.base_url}clock\n"
    (tmp_path / ".env").write_text(filled, encoding="utf-8")

    with subprocess.Popen(
        [BIN / "peerloop", "run"], cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True
    ) as bot:
        try:
            slack.client.wait_until_connected(SECONDS)
            bot.send_signal(signal.SIGTERM)
            _, log = bot.communicate(timeout=SECONDS)
        finally:
            bot.kill()

    assert bot.returncode == 0
    assert "connected to workspace T0LOCAL1" in log
    assert "Traceback" not in log
    assert (tmp_path / "peerloop.db").exists()


@pytest.mark.parametrize(
    "tokens",
    [
        pytest.param({"SLACK_BOT_TOKEN": "xoxb-wrong", "SLACK_APP_TOKEN": "xapp-local-workspace"}, id="bot"),
        pytest.param(
            {"SLACK_BOT_TOKEN": "xoxb-local-workspace", "SLACK_APP_TOKEN": "xapp-wrong"},
            id="app",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_refused_token_ends_the_start_with_a_sentence(
    tokens: dict[str, str], slack: RunningWorkspace, tmp_path: Path
) -> None:
    told = run(BIN / "peerloop", "run", cwd=tmp_path, SLACK_API_URL=f"{slack.base_url}api/", **tokens)

    assert told.returncode == 2
    # The library that opens the socket may log a line before.
    assert told.stderr.splitlines()[-1].startswith("Slack refuses to work with these tokens (invalid_auth).")
    assert "Traceback" not in told.stderr
    assert "wrong" not in told.stderr


def test_a_clock_that_does_not_answer_ends_the_start_with_one_sentence(slack: RunningWorkspace, tmp_path: Path) -> None:
    served = {
        "SLACK_API_URL": f"{slack.base_url}api/",
        "SLACK_BOT_TOKEN": "xoxb-local-workspace",
        "SLACK_APP_TOKEN": "xapp-local-workspace",
        # Answers, but not with a moment.
        "PEERLOOP_CLOCK_URL": f"{slack.base_url}_/people",
    }

    told = run(BIN / "peerloop", "run", cwd=tmp_path, **served)

    assert told.returncode == 2
    assert told.stderr.startswith("PEERLOOP_CLOCK_URL does not tell the time")
    assert len(told.stderr.splitlines()) == 1


@pytest.mark.slow
def test_make_try_says_where_to_look_and_stops(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*MAKE, "--no-print-directory", "try"],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as making:
        assert making.stdout is not None
        assert making.stdout.readline() == "Starting the local workspace ...\n"
        line = making.stdout.readline()
        # As Ctrl-C does: everything that runs in front hears it.
        os.killpg(making.pid, signal.SIGINT)
        making.wait(SECONDS)

    assert re.fullmatch(r"Open http://127\.0\.0\.1:\d+/ in your browser\. Ctrl-C stops everything\.\n", line)
    assert (tmp_path / ".peerloop/peerloop.db").exists()


@pytest.mark.parametrize("word", ["install", "test", "test-rest", "test-all", "check", "lock", "format", "clean"])
def test_make_words_read_well(word: str) -> None:
    assert run(*MAKE, "--dry-run", word, cwd=ROOT).returncode == 0


PALETTE = """

class Palette(Table, table=True):
    workspace: str = Field(primary_key=True)
    owner: str = Field(primary_key=True)
    privacy = Entry(people={"owner": Fate.REMOVED}, told=("owner",))
"""


@pytest.mark.slow
def test_make_migration_writes_what_changed_and_it_can_be_applied(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("bot", "storage"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, copy)
    goals = copy / "storage/goals.py"
    told = goals.read_text(encoding="utf-8")
    more = '    title: str\n    colour: str = Field(default="", sa_column_kwargs={"server_default": ""})\n'
    told = told.replace("    title: str\n", more, 1).replace(
        'codes=("visibility", ', 'codes=("visibility", "colour", ', 1
    )
    goals.write_text(told + PALETTE, encoding="utf-8")
    make = ["make", *INSTALLED, f"BIN={BIN}", "migration"]

    unnamed = run(*make, cwd=copy, PYTHONPATH=str(copy))
    made = run(*make, "NAME=Goals get a colour", cwd=copy, PYTHONPATH=str(copy))
    applied = run(sys.executable, "-m", "bot", "migrate", cwd=copy, PYTHONPATH=str(copy))

    assert unnamed.returncode == 2
    assert made.returncode == 0, made.stderr
    newest = max((copy / "storage/migrations/versions").glob("*.py"))
    assert newest.name.endswith("_goals_get_a_colour.py")
    steps = newest.read_text(encoding="utf-8")
    # This and nothing else: the migrations that are there make exactly the tables of the code.
    assert re.findall(r"(?:op|batch_op)\.(\w+)", steps) == ["create_table", "batch_alter_table", "add_column"]
    assert 'sa.Column("colour", sa.String()' in steps
    assert applied.stdout == "The schema is up to date.\n"
