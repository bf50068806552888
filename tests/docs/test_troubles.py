"""What an operator can cause ends with one sentence and status 2, whatever the word; no traceback, no secret."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.complaints import complaint_about
from storage.database import Database
from tests.docs.command import BIN, SECONDS, Told, environment, peerloop, run

SECRET = "very-secret-word"  # noqa: S105 - it is none
MOUNT = shutil.which("mount") or ""
WORDS = [("check",), ("check", "--json"), ("migrate",), ("settings",), ("manifest",), ("settle", "--all")]
WORDS += [("round", "replay", "1"), ("move", "--to", "sqlite:///other.db"), ("run",), ("work",)]
TOKENS = {"SLACK_BOT_TOKEN": f"xoxb-{SECRET}", "SLACK_APP_TOKEN": f"xapp-{SECRET}"}


def refused(told: Told, sentence: str, status: int = 2) -> None:
    assert told.returncode == status, told
    assert told.stderr.startswith(sentence)
    assert len(told.stderr.splitlines()) == 1
    assert SECRET not in told.stderr + told.stdout
    assert "Traceback" not in told.stderr


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_a_file_of_settings_in_another_encoding_is_one_sentence_for_every_word(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / ".env").write_bytes(f"SLACK_BOT_TOKEN=xoxb-{SECRET}\n# größer\n".encode("utf-16"))

    refused(peerloop(*words, cwd=tmp_path), "The file .env is not in UTF-8")


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_a_token_with_a_line_break_is_one_sentence_for_every_word(words: tuple[str, ...], tmp_path: Path) -> None:
    told = peerloop(*words, cwd=tmp_path, **{**TOKENS, "SLACK_BOT_TOKEN": f"xoxb-1\nxapp-{SECRET}"})

    refused(told, "SLACK_BOT_TOKEN must be one line without invisible characters.")


@pytest.mark.parametrize("words", [words for words in WORDS if words[0] not in {"settings", "manifest", "run", "work"}])
@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        (f"postgres://u:{SECRET}@nowhere.invalid/x", "The database's host cannot be found."),
        (f"postgresql://u:{SECRET}@127.0.0.1:1/x?sslmod=require", "DATABASE_URL has a parameter after the ?"),
    ],
)
def test_a_database_out_of_reach_is_its_own_sentence_for_every_word(
    words: tuple[str, ...], address: str, sentence: str, tmp_path: Path
) -> None:
    # What is moved to is there; the present database is looked at first.
    (tmp_path / "other.db").touch()

    refused(peerloop(*words, cwd=tmp_path, DATABASE_URL=address), sentence)


def test_check_prints_json_also_when_it_cannot_look(tmp_path: Path) -> None:
    nowhere = peerloop("check", "--json", cwd=tmp_path)
    misspelled = peerloop("check", "--json", cwd=tmp_path, PEERLOOP_LOG_LEVEL="loud")

    for told, word in ((nowhere, "There is no file peerloop.db."), (misspelled, "PEERLOOP_LOG_LEVEL must be")):
        values = json.loads(told.stdout)
        assert (told.returncode, values["fine"], values["reasons"]) == (2, False, ["cannot_look"])
        assert values["cannot_look"].startswith(word)


def test_a_lock_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "peerloop.db.lock").mkdir()

    refused(peerloop("migrate", cwd=tmp_path), "The file peerloop.db.lock cannot be opened (Is a directory).")


def test_a_fault_of_the_program_is_named_by_its_place_and_not_by_its_words() -> None:
    try:
        int(SECRET)
    except ValueError as error:
        complaint = complaint_about(error)

    assert complaint.sentence.startswith(
        "Peerloop has a fault of its own: ValueError in tests/docs/test_troubles.py, line "
    )
    assert SECRET not in complaint.sentence


def test_try_says_when_its_port_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        refused(peerloop("try", "--port", str(port), cwd=tmp_path), f"The port {port} is taken by another program.")


def test_try_says_when_its_folder_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    refused(peerloop("try", "--data", "file/below", cwd=tmp_path), "The folder file/below cannot be written")


def test_try_says_when_a_manifest_is_none(tmp_path: Path) -> None:
    (tmp_path / "manifest.yml").write_text("- a list: [")

    told = peerloop("try", "--app", "true", "--manifest", "manifest.yml", cwd=tmp_path)

    refused(told, "manifest.yml holds no app manifest")


def test_programs_of_the_folder_are_not_run_instead_of_our_own(tmp_path: Path) -> None:
    for name in ("bot.py", "playground.py", "slack_bolt.py"):
        (tmp_path / name).write_text("raise SystemExit('somebody else')")
    for name in ("storage", "handlers"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise SystemExit('somebody else')")

    with subprocess.Popen(
        [BIN / "peerloop", "try"], cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, text=True
    ) as trying:
        assert trying.stdout is not None
        line = trying.stdout.readline()
        trying.terminate()
        trying.wait(SECONDS)

    assert line.startswith("Open http://127.0.0.1:")


@pytest.mark.skipif(os.getuid() != 0 or not MOUNT, reason="only root may mount a small disk")
def test_a_full_disk_is_a_reason_at_once(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run([MOUNT, "-t", "tmpfs", "-o", "size=16m", "tmpfs", disk], check=False).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        address = f"sqlite:///{disk}/peerloop.db"
        peerloop("migrate", cwd=tmp_path, DATABASE_URL=address)
        # As with a bot that runs, the files beside the database are there.
        bot = Database(address)
        with bot.read() as session:
            session.connection().execute(text("select 1"))
        with contextlib.suppress(OSError), (disk / "filler").open("wb", buffering=0) as filler:
            while True:
                filler.write(bytes(4_096))

        told = peerloop("check", "--json", cwd=tmp_path, DATABASE_URL=address)
        bot.close()
    finally:
        subprocess.run([Path(MOUNT).with_name("umount"), "-l", disk], check=True)

    values = json.loads(told.stdout)
    assert (told.returncode, values["reasons"]) == (1, ["nobody_works", "cannot_write"])
    assert values["trouble"]["cannot_write"] == "The database's disk is full. Make room on it."


def test_a_start_with_a_wrong_parameter_is_not_tried_again(tmp_path: Path) -> None:
    told = run(
        BIN / "peerloop", "run", cwd=tmp_path, DATABASE_URL=f"postgres://u:{SECRET}@127.0.0.1/x?sslmod=a", **TOKENS
    )

    refused(told, "DATABASE_URL has a parameter after the ? that is misspelled")
