"""That somebody does something, whatever it is."""

from datetime import datetime, timedelta
from typing import Final

from bot.domain.identity import Actor
from storage import acts, members
from storage.database import Database

# Ten buttons pressed in a row are written down once.
NOTED_EVERY: Final = timedelta(minutes=1)


class ActService:
    """When each person whom the bot knows last did something; nobody is shown it but the person, in an export."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, who: Actor, now: datetime) -> None:
        """Note that a person is doing something now, unless the bot has never met them."""
        with self._database.read() as session:
            last = acts.find_last_act(session, who.workspace, who.user_id)
            is_known = members.find_person(session, who.workspace, who.user_id) is not None
        if not is_known or (last is not None and last <= now < last + NOTED_EVERY):
            return
        with self._database.write(who.workspace) as session:
            # A person who was erased a moment ago leaves no trace.
            if members.find_person(session, who.workspace, who.user_id) is not None:
                acts.note_act(session, who.workspace, who.user_id, now)
