"""Keeps facts in one SQLite file, written through on every change.

A fact is a kind, a key and a JSON body; nothing here knows what it means.
"""

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Json = dict[str, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL,
                                  PRIMARY KEY (kind, key));
CREATE TABLE IF NOT EXISTS uploads (key TEXT PRIMARY KEY, content BLOB NOT NULL);
"""


# Raised whenever the tables or the facts in them change their shape.
FORMAT = 1


class OtherFormatError(Exception):
    """The file was written by another version of the workspace."""


class Store:
    """One file of facts; outside `together` every write is committed before the method returns.

    Args:
        path: the SQLite file; its folder is made when it is missing.
        fresh: forget what the file holds.

    Raises sqlite3.OperationalError when another process has the file, OtherFormatError when it is not ours.
    """

    def __init__(self, path: Path, *, fresh: bool = False) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(path, timeout=1, isolation_level=None, check_same_thread=False)
        # Two workspaces in one file would undo each other's changes: the second one fails here.
        self._database.execute("PRAGMA locking_mode=EXCLUSIVE")
        self._database.execute("PRAGMA journal_mode=WAL")
        # Committed facts survive the death of the process; only a power cut may lose the last ones.
        self._database.execute("PRAGMA synchronous=NORMAL")
        if fresh:
            self._database.executescript("DROP TABLE IF EXISTS facts; DROP TABLE IF EXISTS uploads")
        elif self._is_of_other_format():
            self._database.close()
            raise OtherFormatError(f"{path} was written by another version of the local workspace.")
        self._database.executescript(f"{SCHEMA} PRAGMA user_version={FORMAT};")

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Commit all writes inside at once, also when they end in an exception: none without the others."""
        self._database.execute("BEGIN")
        try:
            yield
        finally:
            self._database.execute("COMMIT")

    def put(self, kind: str, key: str, body: Json) -> None:
        """Write one fact over whatever was there."""
        self._database.execute(
            "INSERT INTO facts VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body",
            (kind, key, json.dumps(body)),
        )

    def drop(self, kind: str, key: str) -> None:
        """Forget one fact; one that is not there is fine."""
        self._database.execute("DELETE FROM facts WHERE kind = ? AND key = ?", (kind, key))

    def all_of(self, kind: str) -> dict[str, Json]:
        """Read every fact of a kind, in the order in which they were first written."""
        rows = self._database.execute("SELECT key, body FROM facts WHERE kind = ? ORDER BY rowid", (kind,))
        return {key: json.loads(body) for key, body in rows}

    def put_upload(self, key: str, content: bytes) -> None:
        """Write the bytes of an uploaded file."""
        self._database.execute("INSERT OR REPLACE INTO uploads VALUES (?, ?)", (key, content))

    def find_upload(self, key: str) -> bytes | None:
        """Read the bytes of an uploaded file, or None."""
        row = self._database.execute("SELECT content FROM uploads WHERE key = ?", (key,)).fetchone()
        return None if row is None else bytes(row[0])

    def clear(self) -> None:
        """Forget everything."""
        self._database.execute("DELETE FROM facts")
        self._database.execute("DELETE FROM uploads")

    def _is_of_other_format(self) -> bool:
        (tables,) = self._database.execute("SELECT count(*) FROM sqlite_master").fetchone()
        (written,) = self._database.execute("PRAGMA user_version").fetchone()
        return bool(tables) and written != FORMAT

    def close(self) -> None:
        """Close the file; the journal is folded into it."""
        self._database.close()
