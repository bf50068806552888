"""The command `peerloop`, and any other command, run as an operator runs it."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.__main__ import main
from bot.config import describe_settings
from tests.docs.pages import ROOT

BIN = Path(sys.executable).parent
# Generous: a busy machine is no reason to fail.
SECONDS = 120


@dataclass(frozen=True)
class Told:
    """What a command wrote, and the status it ended with."""

    returncode: int
    stdout: str
    stderr: str


def environment(**more: str) -> dict[str, str]:
    """The environment without settings of the person who runs the tests."""
    ours = {name for name, _, _ in describe_settings()}
    kept = {name: value for name, value in os.environ.items() if name not in ours and not name.startswith("MAKE")}
    return kept | {"PYTHONPATH": str(ROOT)} | more


def run(*command: str | Path, cwd: Path, **more: str) -> Told:
    """Run a command as a process of its own."""
    ended = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment(**more),
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
        stdin=subprocess.DEVNULL,
    )
    return Told(ended.returncode, ended.stdout, ended.stderr)


def peerloop(*words: str, cwd: Path, **more: str) -> Told:
    """Run `peerloop` in this process: for words that do something and end, a process each would be mostly imports."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(cwd)
        for name in set(os.environ) - set(environment()):
            patch.delenv(name)
        for name, value in more.items():
            patch.setenv(name, value)
        ended = CliRunner().invoke(main, words, prog_name="peerloop")
    if ended.exception is not None and not isinstance(ended.exception, SystemExit):
        raise ended.exception
    return Told(ended.exit_code, ended.stdout, ended.stderr)
