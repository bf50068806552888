"""What is removed by itself once nobody needs it any more."""

from datetime import datetime, timedelta
from typing import Final

from bot.domain.cadence import Daily, decode_cadence
from bot.domain.identity import Tenant
from bot.domain.schedule import MESSAGES_KEPT_FOR, TIDY_AT, DueKind
from storage import due, outbox
from storage.database import Database
from storage.due import Due

AT_ONCE: Final = 5_000
_SOON: Final = timedelta(minutes=1)


class TidyService:
    """Removes old messages every night."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def plan(self, tenant: Tenant, now: datetime) -> None:
        """Plan the nightly tidying, if it is not planned yet."""
        cadence = Daily(TIDY_AT, "UTC")
        with self._database.write(tenant.key) as session:
            if due.find_due(session, tenant.key, DueKind.TIDY, "") is None:
                due.set_due(session, tenant.key, DueKind.TIDY, "", cadence.next_after(now), cadence.encode())

    def tidy(self, row: Due, now: datetime) -> None:
        """Handle the nightly tidying; what is left over after five thousand messages has its turn a minute later.

        Others wait while it writes, so it takes little at a time.
        """
        with self._database.write(row.workspace) as session:
            count = outbox.forget_old(session, row.workspace, now - MESSAGES_KEPT_FOR, AT_ONCE)
            next_at = decode_cadence(row.cadence or "").next_after(max(now, row.due_at))
            due.advance(session, row, now + _SOON if count == AT_ONCE else next_at)
