"""Every word of the command, over a database that cannot be used: one sentence, soon, and no secret.

The words are those that the command declares, so a new one is tried as soon as it is there.
"""

import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import click
import pytest

from bot.__main__ import main
from storage.diagnosis import Cause, sentence_for
from storage.privacy.vault import new_key
from tests.docs.command import BIN, Told, peerloop, run
from tests.postgres import Server
from tests.storage.test_diagnosis import SECRET, answering, turning_away

# What a word needs besides, where it does not do without.
ARGUMENTS: Final = {
    "settle": ("--all",),
    "move": ("--to", "sqlite:///other.db"),
    "round replay": ("1",),
}
# They look into no database of DATABASE_URL.
WITHOUT: Final = {"settings", "manifest", "key", "try", "simulate"}
# They go on until they are stopped, so a process of their own is the point; what may be over by itself ends with 1.
STAYING: Final = ("run", "work")
TOKENS: Final = {"SLACK_BOT_TOKEN": f"xoxb-{SECRET}", "SLACK_APP_TOKEN": f"xapp-{SECRET}"}
SOON_SECONDS: Final = 10.0
MOUNT: Final = shutil.which("mount") or ""


def words_of(group: click.Group, *before: str) -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from words_of(command, *before, name)
        else:
            yield " ".join((*before, name))


ENDING: Final = sorted({*words_of(main)} - WITHOUT - {*STAYING})


def told_by(word: str, folder: Path, address: str) -> tuple[Told, float]:
    began = time.monotonic()
    (folder / "other.db").touch()
    words = (*word.split(), *ARGUMENTS.get(word, ()))
    told = peerloop(*words, cwd=folder, DATABASE_URL=address, PEERLOOP_KEYS=new_key())
    return told, time.monotonic() - began


def check_one_sentence(told: Told, *allowed: str) -> None:
    everything = told.stdout + told.stderr
    assert SECRET not in everything
    assert "Traceback" not in everything
    assert told.returncode == 2, told
    assert told.stderr.count("\n") == 1, told
    assert told.stderr.strip() in allowed


def test_every_word_is_either_tried_or_needs_no_database() -> None:
    assert {*words_of(main)} >= WITHOUT | {*STAYING}
    assert len(ENDING) >= 6


@pytest.mark.parametrize("word", ENDING)
@pytest.mark.parametrize(
    ("where", "cause"),
    [
        ("peerloop:{secret}@nowhere.invalid/x", Cause.NO_HOST),
        ("peerloop:{secret}@127.0.0.1:1/x", Cause.REFUSED),
        ("peerloop:{secret}@{here}/postgres", Cause.PASSWORD),
        ("{right}@{here}/nowhere", Cause.NO_DATABASE),
        ("peerloop:{secret}@{encrypting}/x?sslmode=verify-full&sslrootcert=/none.crt", Cause.NO_CERTIFICATE),
        ("peerloop:{secret}@{full}/x?sslmode=disable", Cause.TOO_MANY),
        ("peerloop:{secret}@{german}/x?sslmode=disable", Cause.TURNED_AWAY),
    ],
    ids=lambda value: value if isinstance(value, Cause) else "",
)
def test_a_server_that_cannot_be_used_is_one_sentence(
    postgres: Server, tmp_path: Path, word: str, where: str, cause: Cause
) -> None:
    right = f"peerloop:{postgres.password}"
    with (
        answering(b"S") as encrypting,
        answering(turning_away("sorry, too many clients already")) as full,
        answering(turning_away("tut mir leid, schon zu viele Verbindungen")) as german,
    ):
        ports = {"here": postgres.port, "encrypting": encrypting, "full": full, "german": german}
        filled = where.format(secret=SECRET, right=right, **{name: f"127.0.0.1:{port}" for name, port in ports.items()})

        told, _ = told_by(word, tmp_path, f"postgresql+psycopg://{filled}")

    check_one_sentence(told, sentence_for(cause))
    assert postgres.password not in told.stdout + told.stderr


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another program keeps the whole SQLite file to itself."""
    other = sqlite3.connect(path, isolation_level=None)
    # Once there is no log of writes, nobody can even read meanwhile.
    other.execute("pragma journal_mode = delete")
    other.execute("begin exclusive")
    yield
    other.rollback()
    other.close()


@contextmanager
def disk(folder: Path, path: Path, option: str) -> Iterator[None]:
    """The file lies on a small disk of its own, which is remounted with an option or filled up."""
    moved = path.read_bytes()
    if subprocess.run([MOUNT, "-t", "tmpfs", "-o", "size=16m", "tmpfs", folder], check=False).returncode:
        pytest.skip("no disk can be mounted here")
    path.write_bytes(moved)
    try:
        if option:
            subprocess.run([MOUNT, "-o", f"remount,{option}", folder], check=True)
        else:
            with suppress(OSError), (folder / "filler").open("wb", buffering=0) as filler:
                while True:
                    filler.write(bytes(4_096))
        yield
    finally:
        subprocess.run([Path(MOUNT).with_name("umount"), "-l", folder], check=True)


@pytest.mark.slow
@pytest.mark.skipif(os.getuid() != 0 or not MOUNT, reason="only root may mount a small disk")
@pytest.mark.parametrize(
    ("trouble", "causes"),
    [
        ("ro", (Cause.NO_FILE, Cause.READ_ONLY)),
        ("", (Cause.DISK, Cause.FULL)),
        ("locked", (Cause.LOCKED,)),
    ],
    ids=["read-only", "full", "locked"],
)
@pytest.mark.parametrize("word", ENDING)
def test_a_file_that_cannot_be_written_is_one_sentence(
    fresh_file: Path, tmp_path: Path, word: str, trouble: str, causes: tuple[Cause, ...]
) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    path = Path(shutil.copy(fresh_file, folder / "peerloop.db"))

    with locked(path) if trouble == "locked" else disk(folder, path, trouble):
        told, seconds = told_by(word, tmp_path, f"sqlite:///{path}")

    no_lock = (
        f"The file {path}.lock cannot be opened (Read-only file system). Its folder has to be there and writable, "
    )
    no_lock += "and the file has to belong to the user that runs Peerloop."
    check_one_sentence(told, *map(sentence_for, causes), *([no_lock] if trouble == "ro" else []))
    assert seconds < SOON_SECONDS


@pytest.mark.parametrize("word", ENDING)
def test_a_server_that_can_only_be_read_is_one_sentence_where_something_is_to_be_written(
    postgres: Server, fresh_database: str, tmp_path: Path, word: str
) -> None:
    read_only = "?options=-c%20default_transaction_read_only%3Don"
    with postgres.database(like=fresh_database) as url:
        told, _ = told_by(word, tmp_path, url + read_only)

    assert postgres.password not in told.stdout + told.stderr
    assert "Traceback" not in told.stderr
    # What only reads goes on, or finds nothing.
    if word == "check":
        assert (told.returncode, sentence_for(Cause.READ_ONLY) in told.stdout) == (1, True)
    elif word == "settle":
        check_one_sentence(told, sentence_for(Cause.READ_ONLY))
    else:
        assert told.returncode in {0, 2}


@pytest.mark.slow
@pytest.mark.parametrize("word", STAYING)
@pytest.mark.parametrize(
    ("where", "cause", "status"),
    [
        ("nowhere.invalid", Cause.NO_HOST, 1),
        ("127.0.0.1:1", Cause.REFUSED, 1),
        ("{german}", Cause.TURNED_AWAY, 1),
        ("{here}", Cause.PASSWORD, 2),
    ],
)
def test_what_stays_ends_with_1_where_it_may_be_over_by_itself(
    postgres: Server, tmp_path: Path, word: str, where: str, cause: Cause, status: int
) -> None:
    with answering(turning_away("tut mir leid, schon zu viele Verbindungen")) as german:
        place = where.format(german=f"127.0.0.1:{german}", here=f"127.0.0.1:{postgres.port}")
        address = f"postgresql+psycopg://peerloop:{SECRET}@{place}/x?sslmode=disable"

        told = run(BIN / "peerloop", word, cwd=tmp_path, DATABASE_URL=address, **TOKENS)

    assert (told.returncode, told.stderr.strip()) == (status, sentence_for(cause))
    assert told.stdout == ""
