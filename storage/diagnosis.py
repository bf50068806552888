"""What an error of the database means for the operator, in a sentence; never the driver's own words.

Those may hold the address, and so a password. What they say is recognized here, and put in other words.
"""

import re
import sqlite3
import sys
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Final, TypeGuard

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionLeftError

if TYPE_CHECKING:
    import psycopg


class Cause(StrEnum):
    """Why the database cannot be used; programs read the values, so an existing one never changes."""

    NO_HOST = "no_such_host"
    REFUSED = "connection_refused"
    NO_ANSWER = "no_answer"
    NO_SERVER = "no_postgresql"
    LOST = "connection_lost"
    STARTING = "starting_or_stopping"
    TOO_MANY = "too_many_connections"
    PASSWORD = "wrong_password"  # noqa: S105 - the word for a cause
    NO_PASSWORD = "no_password"  # noqa: S105 - the same
    NO_USER = "no_such_user"
    NO_DATABASE = "no_such_database"
    NOT_ADMITTED = "not_admitted"
    TURNED_AWAY = "turned_away"
    NO_ENCRYPTION = "no_encryption"
    NO_CERTIFICATE = "certificate_missing"
    BAD_CERTIFICATE = "certificate_invalid"
    PARAMETER = "bad_parameter"
    READ_ONLY = "read_only"
    FULL = "full"
    LOCKED = "locked"
    TOO_SLOW = "took_too_long"
    NO_RIGHT = "missing_right"
    ENCODING = "bad_encoding"
    NOT_A_DATABASE = "not_a_database"
    CORRUPT = "corrupt"
    NO_FILE = "cannot_open"
    DISK = "disk_trouble"
    FOREIGN = "foreign_tables"
    OTHER = "other"


_SENTENCES: Final[dict[Cause, str]] = {
    Cause.NO_HOST: "The database's host cannot be found. Check the name of the host in DATABASE_URL.",
    Cause.REFUSED: "No database answers there: the connection was refused. Check the host and the port in "
    "DATABASE_URL, and that the database runs.",
    Cause.NO_ANSWER: "The database does not answer in time. Check the host in DATABASE_URL, the network and firewalls.",
    Cause.NO_SERVER: "What answers there is no PostgreSQL. Check the host and the port in DATABASE_URL.",
    Cause.LOST: "The connection to the database broke. Check that the database runs, and the network.",
    Cause.STARTING: "The database is starting or stopping right now. Try again in a moment.",
    Cause.TOO_MANY: "The database takes no more connections. Raise its limit (max_connections, or that of the user or "
    "the database), or run fewer processes.",
    Cause.PASSWORD: "The database refuses the user or the password. Check both in DATABASE_URL; special characters "
    "are written as in any address, such as %40 for @.",
    Cause.NO_PASSWORD: "The database asks for a password. Put it into DATABASE_URL or into the file ~/.pgpass.",
    Cause.NO_USER: "The database knows no such user. Check the user in DATABASE_URL, or create it.",
    Cause.NO_DATABASE: "The server has no such database. Check its name in DATABASE_URL, or create it: "
    "create database peerloop owner peerloop encoding 'UTF8' template template0;",
    Cause.NOT_ADMITTED: "The server does not admit this user to this database from here. Check its pg_hba.conf, and "
    "that the user may log in and has the right CONNECT.",
    Cause.TURNED_AWAY: "The server turns Peerloop away for a reason that is not understood here, such as one in "
    "another language than English. It may have no room for another connection, not know the user, the password or the "
    "database in DATABASE_URL, or not admit them: its log says which.",
    Cause.NO_ENCRYPTION: "The server does not offer the encryption that sslmode in DATABASE_URL asks for. Switch it on "
    "there, or change sslmode.",
    Cause.NO_CERTIFICATE: "A certificate file is missing, unreadable or open to others. Put the root certificate into "
    "~/.postgresql/root.crt, or name it with sslrootcert in DATABASE_URL (sslrootcert=system takes the machine's own); "
    "the same holds for sslcert and sslkey.",
    Cause.BAD_CERTIFICATE: "The certificate of the database's server is not valid here. Check sslrootcert in "
    "DATABASE_URL, that the certificate is still valid, and that it names the host of DATABASE_URL.",
    Cause.PARAMETER: "DATABASE_URL has a parameter after the ? that is misspelled or has no such value. Check it, such "
    "as sslmode=verify-full.",
    Cause.READ_ONLY: "The database can be read but not written. Check the rights of its file and folder, or on "
    "PostgreSQL that it is no standby and that the user may write (default_transaction_read_only).",
    Cause.FULL: "The database's disk is full. Make room on it.",
    Cause.LOCKED: "Another program has locked the database for too long. Find out which one, and end it.",
    Cause.TOO_SLOW: "The database ended what took too long. The machine may be too busy, or a limit of the database's "
    "user too short (statement_timeout, idle_in_transaction_session_timeout, transaction_timeout).",
    Cause.NO_RIGHT: "The database's user lacks a right. Make it the owner of the database, or grant it CREATE: "
    "grant create on database peerloop to peerloop; grant create, usage on schema public to peerloop;",
    Cause.ENCODING: "The database's encoding is not UTF8, and it cannot keep what people write. Make another: "
    "create database peerloop owner peerloop encoding 'UTF8' template template0;",
    Cause.NOT_A_DATABASE: "The file that DATABASE_URL names is no SQLite database. Check the path.",
    Cause.CORRUPT: "The database is damaged. Stop Peerloop and go back to a copy.",
    Cause.NO_FILE: "The SQLite file that DATABASE_URL names cannot be opened. Its folder has to be there and "
    "writable, and the file has to belong to the user that runs Peerloop.",
    Cause.DISK: "The database's disk fails to read or write, or is full. Check the disk.",
    Cause.FOREIGN: "The database that DATABASE_URL names has tables of another program. Give Peerloop its own.",
    Cause.OTHER: "The database cannot do what it was asked for",
}
assert set(_SENTENCES) == set(Cause)  # noqa: S101 - a cause without words must not start

# What is over as soon as a server, a network, a disk or another program lets it be.
_PASSING: Final = frozenset(
    {
        *(Cause.NO_HOST, Cause.REFUSED, Cause.NO_ANSWER, Cause.NO_SERVER, Cause.LOST, Cause.STARTING, Cause.TOO_MANY),
        *(Cause.TURNED_AWAY, Cause.READ_ONLY, Cause.FULL, Cause.LOCKED, Cause.TOO_SLOW, Cause.DISK),
    }
)
# What concerns a statement or the rows that it is about, while others get through.
_IN_PLACES: Final = frozenset({Cause.LOCKED, Cause.TOO_SLOW})

# Source: PostgreSQL's manual, appendix A. A whole code is looked for first, then its class.
_STATES: Final[dict[str, Cause]] = {
    "08": Cause.LOST,
    "25006": Cause.READ_ONLY,
    "25P03": Cause.TOO_SLOW,
    "25P04": Cause.TOO_SLOW,
    "28P01": Cause.PASSWORD,
    "28": Cause.NOT_ADMITTED,
    "3D000": Cause.NO_DATABASE,
    "40": Cause.LOCKED,
    "42501": Cause.NO_RIGHT,
    "42P07": Cause.FOREIGN,
    "42701": Cause.FOREIGN,
    "42710": Cause.FOREIGN,
    "22P05": Cause.ENCODING,
    "22021": Cause.ENCODING,
    "53100": Cause.FULL,
    "53300": Cause.TOO_MANY,
    "55P03": Cause.LOCKED,
    "57014": Cause.TOO_SLOW,
    "57P01": Cause.LOST,
    "57P02": Cause.LOST,
    "57P03": Cause.STARTING,
    "57P04": Cause.NO_DATABASE,
    "57P05": Cause.LOST,
    "58": Cause.DISK,
    "XX001": Cause.CORRUPT,
    "XX002": Cause.CORRUPT,
}

# While connecting there is no code, only the library's words, which it does not translate, or the server's.
_SAID: Final[tuple[tuple[str, Cause], ...]] = (
    (r"failed to resolve host|could not translate host name", Cause.NO_HOST),
    (r"invalid connection option|bad value for|invalid \w+ value|invalid (port|integer)", Cause.PARAMETER),
    (r"unrecognized configuration parameter|invalid value for parameter|invalid URI", Cause.PARAMETER),
    (r"too many connections|connection slots are reserved|too many clients", Cause.TOO_MANY),
    (r"no password supplied", Cause.NO_PASSWORD),
    (r"(password|SASL|SCRAM) authentication failed|incorrect password", Cause.PASSWORD),
    (r'role ".*" does not exist', Cause.NO_USER),
    (r'database ".*" does not exist', Cause.NO_DATABASE),
    (r"not permitted to log in|no pg_hba\.conf entry|permission denied for database", Cause.NOT_ADMITTED),
    (
        r"(Peer|Ident|GSSAPI|LDAP|PAM|certificate|RADIUS) authentication failed|not currently accepting",
        Cause.NOT_ADMITTED,
    ),
    (r"server does not support SSL|does not support GSSAPI", Cause.NO_ENCRYPTION),
    (
        r"(certificate|key) file .*(does not exist|could not|has group)|could not (read|load|open|locate).*(cert|key)",
        (Cause.NO_CERTIFICATE),
    ),
    (
        r"certificate verify failed|does not match host name|certificate .*(expired|revoked)|SSL error",
        (Cause.BAD_CERTIFICATE),
    ),
    (r"starting up|shutting down|in recovery mode|not yet accepting", Cause.STARTING),
    (r"read-only|not in hot standby|in hot standby", Cause.READ_ONLY),
    (r"invalid response|expected authentication request|unsupported frontend|protocol", Cause.NO_SERVER),
    (r"Connection refused|No such file or directory", Cause.REFUSED),
    (r"timeout|timed out|unreachable|No route", Cause.NO_ANSWER),
    (r"server closed the connection|connection is lost|reset by peer|Broken pipe|terminat|is closed|EOF", Cause.LOST),
)

# The library's own part of what it says when a server turned it away.
_ANSWERED: Final = re.compile(r"connection failed: connection to server .* failed: \w+:  ", re.DOTALL)

# Source: sqlite.org/rescode.html; the first byte of a code.
_CODES: Final[dict[int, Cause]] = {
    sqlite3.SQLITE_PERM: Cause.NO_FILE,
    sqlite3.SQLITE_BUSY: Cause.LOCKED,
    sqlite3.SQLITE_LOCKED: Cause.LOCKED,
    sqlite3.SQLITE_READONLY: Cause.READ_ONLY,
    sqlite3.SQLITE_IOERR: Cause.DISK,
    sqlite3.SQLITE_CORRUPT: Cause.CORRUPT,
    sqlite3.SQLITE_FULL: Cause.FULL,
    sqlite3.SQLITE_CANTOPEN: Cause.NO_FILE,
    sqlite3.SQLITE_NOTADB: Cause.NOT_A_DATABASE,
}
_STATE: Final = re.compile(r"[0-9A-Z]{5}")


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What an error of the database means.

    Args:
        cause: A word for programs.
        sentence: The same for people, with what to do about it.
    """

    cause: Cause
    sentence: str

    @property
    def passes(self) -> bool:
        """Tell whether the database may be there again without a change of settings."""
        return self.cause in _PASSING


def diagnose(error: BaseException) -> Diagnosis | None:
    """Tell what an error means when it comes from the database, else None."""
    if isinstance(error, NoConnectionLeftError):
        return _of(Cause.TOO_MANY)
    told = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    if isinstance(told, sqlite3.Error):
        return _of(_cause_on_sqlite(told), told)
    if _is_on_postgresql(told):
        return _of(_cause_on_postgresql(told), told)
    if isinstance(error, SQLAlchemyError):
        return _of(Cause.OTHER, told)
    return None


def passes(error: BaseException) -> bool:
    """Tell whether an error comes from the database, and may be over without a change of settings."""
    diagnosis = diagnose(error)
    return diagnosis is not None and diagnosis.passes


def is_away(error: BaseException) -> bool:
    """Tell whether an error means that nothing can be done in the database at all, for a while."""
    diagnosis = diagnose(error)
    return diagnosis is not None and diagnosis.passes and diagnosis.cause not in _IN_PLACES


def is_full(error: BaseException, *, is_known: bool = False) -> bool:
    """Tell whether an error means that the server has as many connections as it allows.

    `is_known` says that the server has let the same user in a moment ago: then that is also what it means when it
    turns them away in a language that nobody here reads.
    """
    diagnosis = diagnose(error)
    causes = {Cause.TOO_MANY, Cause.TURNED_AWAY} if is_known else {Cause.TOO_MANY}
    return diagnosis is not None and diagnosis.cause in causes


def sentence_for(cause: Cause) -> str:
    """Return the sentence for a cause that was found in another way than by an error."""
    return _of(cause).sentence


def _of(cause: Cause, error: BaseException | None = None) -> Diagnosis:
    sentence = _SENTENCES[cause]
    if cause is Cause.OTHER:
        state = getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None) or ""
        word = f", {state}" if _STATE.fullmatch(state) or state.startswith("SQLITE_") else ""
        sentence = (
            f"{sentence} ({type(error).__name__}{word}). Check DATABASE_URL, and that the database is Peerloop's own."
        )
    return Diagnosis(cause, sentence)


def _cause_on_sqlite(error: sqlite3.Error) -> Cause:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return Cause.OTHER
    primary: int = code & 0xFF
    if primary == sqlite3.SQLITE_ERROR and "already exists" in str(error):
        return Cause.FOREIGN
    return _CODES.get(primary, Cause.OTHER)


def _is_on_postgresql(error: BaseException) -> "TypeGuard[psycopg.Error]":
    # A driver that nobody has loaded raises nothing, and on SQLite nobody has to load it.
    driver = sys.modules.get("psycopg")
    return driver is not None and isinstance(error, driver.Error)


def _cause_on_postgresql(error: "psycopg.Error") -> Cause:
    state = error.sqlstate or ""
    cause = _STATES.get(state) or _STATES.get(state[:2])
    if cause is not None:
        return cause
    if state:
        return Cause.OTHER
    words = str(error)
    for pattern, recognized in _patterns():
        if pattern.search(words):
            return recognized
    from psycopg.errors import ConnectionTimeout  # noqa: PLC0415 - nobody on SQLite has to load it

    if isinstance(error, ConnectionTimeout):
        return Cause.NO_ANSWER
    # The library's own part; what the server answered stands behind it, in its language and without a code.
    return Cause.TURNED_AWAY if _ANSWERED.match(words) else Cause.OTHER


@cache
def _patterns() -> "tuple[tuple[re.Pattern[str], Cause], ...]":
    """Return what a server may say, compiled when it is first needed: most processes never see such an error."""
    return tuple((re.compile(words, re.IGNORECASE), cause) for words, cause in _SAID)
