"""When a person last did something, and whether Slack reports the same act once more."""

from datetime import datetime, timedelta
from typing import Final

from bot.domain.identity import Actor
from storage import activity, members, seen
from storage.database import Database

# Ten buttons pressed in a row are written down once.
NOTED_EVERY: Final = timedelta(minutes=1)


class ActivityService:
    """What people did already, and when each person last did something, which only their own export shows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, who: Actor, now: datetime) -> None:
        """Note that a person is doing something now, unless the bot has never met them."""
        with self._database.read() as session:
            last = activity.find_last_act(session, who.workspace, who.user_id)
            is_known = members.find_person(session, who.workspace, who.user_id) is not None
        if not is_known or (last is not None and last <= now < last + NOTED_EVERY):
            return
        with self._database.write(who.workspace) as session:
            # A person who was erased a moment ago leaves no trace.
            if members.find_person(session, who.workspace, who.user_id) is not None:
                activity.note_act(session, who.workspace, who.user_id, now)

    def is_new(self, who: Actor, now: datetime) -> bool:
        """Remember an act that has no other trace, and tell whether it is the first time."""
        with self._database.write(who.workspace) as session:
            return seen.is_first_time(session, who, now)
