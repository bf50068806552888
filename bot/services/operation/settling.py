"""What an operator has dealt with: failed and unconfirmed messages that nobody has to look at any more."""

from collections.abc import Collection

from storage.database import Database
from storage.outbox import sending


class SettlingService:
    """Takes messages off the list of those that somebody has to look at."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def settle(self, keys: Collection[str]) -> int:
        """Note that somebody has dealt with the messages of these keys, or with all; return how many there were."""
        with self._database.write() as session:
            return sending.settle(session, keys)
