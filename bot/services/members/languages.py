"""In which language somebody wants to be spoken to."""

from bot.domain.identity import Actor
from storage import members
from storage.database import Database


class LanguageService:
    """Each person's language."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, who: Actor) -> str | None:
        """Return the code of a person's language, or None when the bot has not met the account."""
        with self._database.read() as session:
            return members.find_language(session, who.workspace, who.user_id)
