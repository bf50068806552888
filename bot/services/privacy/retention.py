"""What is removed by itself once nobody needs it any more: every night, as the README says for how long."""

from datetime import datetime, timedelta
from typing import Final

from bot.domain.cadence import Daily, decode_cadence
from bot.domain.identity import Tenant
from bot.domain.schedule import (
    ANSWERS_KEPT_FOR,
    ERASURES_KEPT_FOR,
    GONE_KEPT_FOR,
    INPUTS_KEPT_FOR,
    MESSAGES_KEPT_FOR,
    TIDY_AT,
    DueKind,
)
from storage import due, members
from storage.database import Database
from storage.due import Due
from storage.outbox import outbox
from storage.privacy import ageing, erasures
from storage.rounds import rounds

AT_ONCE: Final = 5_000
_SOON: Final = timedelta(minutes=1)
# An erasure whose traces could not be removed at once is followed by a few nights that try again.
_SCRUBBED_AFTER: Final = timedelta(days=3)


class TidyService:
    """Removes old messages, answers and inputs of rounds every night, and people who are gone for long."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def plan(self, tenant: Tenant, now: datetime) -> None:
        """Plan the nightly tidying, if it is not planned yet."""
        cadence = Daily(TIDY_AT, "UTC")
        with self._database.write(tenant.key) as session:
            if due.find_due(session, tenant.key, DueKind.TIDY, "") is None:
                due.set_due(session, tenant.key, DueKind.TIDY, "", cadence.next_after(now), cadence.encode())

    def tidy(self, row: Due, now: datetime) -> None:
        """Handle the nightly tidying; what is left over after five thousand rows has its turn a minute later.

        Others wait while it writes, so it takes little at a time.
        """
        with self._database.write(row.workspace) as session:
            count = max(
                outbox.forget_old(session, row.workspace, now - MESSAGES_KEPT_FOR, AT_ONCE),
                ageing.age(session, row.workspace, now - ANSWERS_KEPT_FOR, AT_ONCE),
            )
            rounds.forget_inputs(session, row.workspace, now - INPUTS_KEPT_FOR)
            for user_id in members.list_gone_before(session, row.workspace, now - GONE_KEPT_FOR):
                due.set_due(session, row.workspace, DueKind.ERASE, user_id, now)
            was_erased = erasures.has_erased_since(session, row.workspace, now - _SCRUBBED_AFTER)
            erasures.forget_erasures(session, row.workspace, now - ERASURES_KEPT_FOR)
            next_at = decode_cadence(row.cadence or "").next_after(max(now, row.due_at))
            due.advance(session, row, now + _SOON if count == AT_ONCE else next_at)
        if was_erased:
            self._database.scrub()
