"""What the processes of the bot leave behind for the operator: that they live, and what failed."""

from datetime import datetime, timedelta
from typing import Final

from storage import processes
from storage.database import Database
from storage.outbox import clock_jumps

SIGN_OF_LIFE: Final = timedelta(seconds=10)
FORGOTTEN_AFTER: Final = timedelta(hours=1)
# In the place of a workspace's key: signs of life keep nobody waiting but each other.
_PROCESSES: Final = "processes"


class ProcessService:
    """Keeps signs of life and the last errors."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def alive(self, workspace: str, name: str, kind: str, now: datetime) -> None:
        """Keep the sign of life of a process with a workspace's token, and forget those that are silent for an hour."""
        with self._database.write(_PROCESSES) as session:
            processes.forget_silent(session, now - FORGOTTEN_AFTER, now + FORGOTTEN_AFTER)
            processes.note_alive(session, workspace, name, kind, now)

    def jumped(self, name: str, by: timedelta, now: datetime) -> None:
        """Keep that the clock of a process's machine jumped, forward or back."""
        with self._database.write(_PROCESSES) as session:
            processes.note_jump(session, name, round(by.total_seconds()), now)

    def set_back(self, workspace: str, by: timedelta, now: datetime) -> None:
        """Put right what would wait for as long as the machine's clock was set back; `now` is by that clock."""
        with self._database.write(workspace) as session:
            clock_jumps.set_back(session, workspace, by, now)

    def ended(self, name: str) -> None:
        """Forget a process that ends."""
        with self._database.write(_PROCESSES) as session:
            processes.forget_process(session, name)

    def failed(self, workspace: str, work: str, error: str, now: datetime) -> None:
        """Keep what failed in a workspace, as the name of the work and a word for the error."""
        with self._database.write(workspace) as session:
            processes.note_error(session, workspace, work, error, now)
