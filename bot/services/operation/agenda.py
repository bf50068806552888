"""What will happen next and be seen by people: for a bench whose clock somebody moves."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.domain.messages import MessageKind
from bot.domain.schedule import DueKind
from storage import communities, due
from storage.database import Database
from storage.outbox import outbox

SHOWN: Final = 30
# What the bot looks up for itself is no news to anybody.
QUIET: Final = frozenset({DueKind.PEOPLE, DueKind.ZONE, DueKind.TIDY, DueKind.TOPICS})
OF_A_COMMUNITY: Final = frozenset({DueKind.PROMPT, DueKind.ROUND})


@dataclass(frozen=True, slots=True)
class Upcoming:
    """Something that happens at a moment, aware UTC.

    Args:
        at: That moment.
        kind: What is done or said.
        channel_id: The channel whose community it is about; empty when it is about people.
        count: How many messages go out; 1 for what is done.
    """

    at: datetime
    kind: DueKind | MessageKind
    channel_id: str = ""
    count: int = 1


class AgendaService:
    """Looks ahead in one workspace, and changes nothing."""

    def __init__(self, database: Database, workspace: str) -> None:
        self._database = database
        self._workspace = workspace

    def upcoming(self, after: datetime) -> tuple[Upcoming, ...]:
        """List what happens later than a moment, soonest first; at most sixty."""
        found = []
        with self._database.read() as session:
            for row in due.list_next(session, [self._workspace], after, SHOWN):
                kind = DueKind(row.kind)
                if kind in OF_A_COMMUNITY:
                    community = communities.get_community(session, row.workspace, int(row.subject))
                    found.append(Upcoming(row.due_at, kind, community.channel_id))
                elif kind not in QUIET:
                    found.append(Upcoming(row.due_at, kind))
            for message_kind, at, count in outbox.list_upcoming(session, self._workspace, after, SHOWN):
                found.append(Upcoming(at, MessageKind(message_kind), count=count))
        return tuple(sorted(found, key=lambda one: (one.at, one.kind)))
