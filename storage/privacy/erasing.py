"""Takes a person out of every table, as each table says of itself, within the caller's transaction."""

import re
import secrets
from collections import Counter, defaultdict
from typing import Final

from sqlalchemy import Table, delete, select, update
from sqlmodel import Session, SQLModel, col, or_
from sqlmodel import select as select_rows

from bot.domain.identity import NOBODY
from bot.domain.round_inputs import is_in
from storage import private_lists
from storage.outbox.outbox import OutboxMessage, OutboxState
from storage.privacy.inventory import Entry, Fate, list_entries
from storage.privacy.tracing import Trace, has_key, is_same, text_of, trace
from storage.privacy.vault import NoKeyError, Vault, WrongKeyError
from storage.rounds import rounds
from storage.rounds.rounds import Introduced

# Takes the place of somebody in what others wrote.
SOMEBODY: Final = "@\u2026"
_MESSAGES: Final = SQLModel.metadata.tables[str(OutboxMessage.__tablename__)]


def nobody() -> str:
    """Return a name that stands for nobody, and stood for nobody before."""
    return f"{NOBODY}{secrets.token_hex(8)}"


def erase(session: Session, vault: Vault, workspace: str, user_id: str) -> Counter[str]:
    """Take a person out of every table; return how many rows of each table were theirs."""
    _leave_lists(session, vault, workspace, user_id)
    _drop_inputs(session, vault, workspace, user_id)
    _part_introduced(session, workspace, user_id)
    whom = trace(session, workspace, user_id)
    _drop_messages(session, whom)
    whom = trace(session, workspace, user_id)
    alias = nobody()
    found: Counter[str] = Counter()
    # Rows that point to others go before them.
    for table, entry in reversed(list_entries()):
        if "workspace" in table.columns:
            found[table.name] += _erase_from(table, entry, whom)
            _take_out_of_texts(table, entry, whom, alias)
    # What was loaded before shows what it was before.
    session.expire_all()
    return found


def _erase_from(table: Table, entry: Entry, whom: Trace) -> int:
    """Settle the rows of a table that are a person's; return how many were."""
    count = 0
    parts = whom.part_of_theirs(table, entry)
    if parts is not None:
        count += whom.connection.execute(delete(table).where(whom.here(table), parts)).rowcount
    for name, fate in entry.people.items():
        theirs = (whom.here(table), table.columns[name] == whom.user_id)
        if fate is Fate.REMOVED:
            count += whom.connection.execute(delete(table).where(*theirs)).rowcount
        elif fate is Fate.EMPTIED:
            whom.connection.execute(update(table).where(*theirs).values({name: ""}))
        elif fate is Fate.NAMELESS:
            rows = whom.connection.execute(select(table).where(*theirs)).mappings().all()
            for row in (one for one in rows if has_key(table, one)):
                # A name for each, so that nobody can follow somebody from row to row.
                whom.connection.execute(update(table).where(*is_same(table, row)).values({name: nobody()}))
            count += len(rows)
    return count


def _take_out_of_texts(table: Table, entry: Entry, whom: Trace, alias: str) -> None:
    """Take a person out of the texts of a table in which they stand among other things."""
    removed = [name for name, fate in entry.among.items() if fate is Fate.REMOVED]
    for row in list(whom.list_mentioning(table, removed)):
        whom.connection.execute(delete(table).where(*is_same(table, row)))
    # The same name for all of them: a message names another by its key.
    instead = {name: alias for name, fate in entry.among.items() if fate is Fate.NAMELESS}
    instead |= {name: "" for name, fate in entry.among.items() if fate is Fate.EMPTIED}
    instead |= dict.fromkeys(entry.words, SOMEBODY)
    named = whom.mentions
    for row in list(whom.list_mentioning(table, instead)):
        values = {name: _without(named, text_of(row[name]), word) for name, word in instead.items() if row[name]}
        whom.connection.execute(update(table).where(*is_same(table, row)).values(values))


def _without(named: re.Pattern[str], text: str, word: str) -> str:
    """Put a word where somebody is named; out of a list of ids they are taken without one."""
    return named.sub(word, text) if word else " ".join(named.sub("", text).split())


def _leave_lists(session: Session, vault: Vault, workspace: str, user_id: str) -> None:
    """Take a person off everybody's private list."""
    for owner, blocked in private_lists.list_all_blocked(session, vault, workspace).items():
        # What cannot be opened can be read by nobody; the person is taken off it when it is sealed again.
        if blocked is not None and user_id in blocked and owner != user_id:
            private_lists.set_blocked(session, vault, workspace, owner, sorted(blocked - {user_id}))


def _drop_inputs(session: Session, vault: Vault, workspace: str, user_id: str) -> None:
    """Remove what those rounds were worked out from in which a person stands, in whatever part."""
    for row in rounds.list_inputs(session, workspace):
        try:
            is_named = is_in(user_id, row.packed, rounds.secret_of(vault, row))
        except (NoKeyError, WrongKeyError):
            # Nobody can tell any more, and without its lists the round cannot be worked out again.
            is_named = True
        if is_named:
            session.delete(row)


def _part_introduced(session: Session, workspace: str, user_id: str) -> None:
    """Leave the others of a person's groups what they need: that they were introduced to somebody there."""
    query = select_rows(Introduced).where(
        Introduced.workspace == workspace, or_(col(Introduced.user_a) == user_id, col(Introduced.user_b) == user_id)
    )
    names: defaultdict[int, str] = defaultdict(nobody)
    for row in session.exec(query):
        (other,) = {row.user_a, row.user_b} - {user_id}
        row.user_a, row.user_b = sorted((names[row.group_id], other))
        session.add(row)


def _drop_messages(session: Session, whom: Trace) -> None:
    """Remove the messages in which a person is named, but those that others are still to get or count as a ping."""
    for found in list(whom.list_mentioning(_MESSAGES, ("people", "reader", "key", "about"))):
        message = session.get(OutboxMessage, found["id"])
        if message is None:
            # It cannot be read, and so never reaches anybody.
            session.exec(delete(OutboxMessage).where(col(OutboxMessage.id) == found["id"]))
            continue
        addressed = {*message.recipients, message.reader} - {""}
        others = [one for one in message.recipients if one != whom.user_id]
        is_to_come = message.state in {OutboxState.QUEUED, OutboxState.SENDING}
        if addressed == {whom.user_id} or not (is_to_come or message.is_ping):
            session.delete(message)
            continue
        if whom.user_id in addressed and message.state == OutboxState.QUEUED:
            message.state, message.reason = OutboxState.DROPPED, "somebody of them was erased"
        message.people = " ".join(others)
        session.add(message)
