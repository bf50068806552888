"""In which language somebody who acts is answered."""

from typing import Final

from bot.domain.identity import Actor
from bot.domain.languages import ENGLISH
from bot.services.members.languages import LanguageService
from bot.services.operation.directory import Directory

# So many people whom the bot does not store are remembered, since each costs a question to Slack.
MOST_STRANGERS: Final = 1_000


class Languages:
    """Knows the language of everybody: as they set it, or as their account has it.

    Args:
        languages: Knows the people whom the bot has met.
        directory: Is asked about those it has not.
    """

    def __init__(self, languages: LanguageService, directory: Directory) -> None:
        self._languages = languages
        self._directory = directory
        self._strangers: dict[str, str] = {}

    def of(self, who: Actor) -> str:
        """Return the code of a person's language; English when nobody knows it."""
        return self._languages.find(who) or self._of_stranger(who.user_id)

    def _of_stranger(self, user_id: str) -> str:
        if known := self._strangers.get(user_id):
            return known
        profile = self._directory.find_profile(user_id)
        if profile is None or profile.language is None:
            return ENGLISH
        if len(self._strangers) >= MOST_STRANGERS:
            self._strangers.clear()
        self._strangers[user_id] = profile.language
        return profile.language
