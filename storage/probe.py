"""Whether a database can be written right now, found out without leaving anything in it."""

import tempfile
from pathlib import Path
from typing import Final

from sqlalchemy import make_url, text

from storage.database import Database
from storage.diagnosis import Cause, diagnose, sentence_for

# With less room than this, writing fails soon.
ROOM_BYTES: Final = 1 << 20
# In the place of a workspace's key, so that no workspace is kept waiting.
_PROBE: Final = "probe"


class _BackError(Exception):
    """Nothing of the probe is to stay."""


def why_not_written(database: Database) -> str:
    """Return a sentence on why the database cannot be written; empty when it can."""
    try:
        _write(database)
    except _BackError:
        return _why_no_room(database)
    except Exception as error:
        diagnosis = diagnose(error)
        if diagnosis is None:
            raise
        return diagnosis.sentence
    raise AssertionError("a probe is always taken back")


def _write(database: Database) -> None:
    with database.write(_PROBE) as session:
        connection = session.connection()
        if connection.dialect.name == "postgresql":
            # Room on the disk is taken at once, and given back with the transaction.
            connection.execute(text("create temporary table peerloop_probe (room text) on commit drop"))
            connection.execute(text("insert into peerloop_probe select md5(n::text) from generate_series(1, 16000) n"))
            if connection.execute(text("show default_transaction_read_only")).scalar_one() == "on":
                connection.execute(text("create table peerloop_probe_too (room text)"))
        raise _BackError


def _why_no_room(database: Database) -> str:
    url = make_url(database.url)
    if url.get_backend_name() != "sqlite":
        return ""
    try:
        # SQLite writes beside the file first. What it would write is only known when it commits.
        with tempfile.TemporaryFile(dir=Path(url.database or "").resolve().parent) as file:
            file.write(bytes(ROOM_BYTES))
            file.flush()
    except PermissionError:
        return sentence_for(Cause.READ_ONLY)
    except OSError:
        return sentence_for(Cause.FULL)
    return ""
