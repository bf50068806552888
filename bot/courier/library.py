"""What the words of messages are made from besides the database."""

from dataclasses import dataclass, field

from bot.blocks.names import CommandNames
from bot.domain.guides import GuideLibrary
from bot.domain.privacy import BACKUP_DAYS
from bot.domain.prompts import PromptLibrary
from bot.domain.topics import Thesaurus
from storage.privacy.vault import Vault


@dataclass(frozen=True, slots=True)
class Library:
    """What words are made from besides the database.

    Args:
        names: The names of the commands.
        prompts: The prompts to post.
        guides: The conversation guides.
        thesaurus: Knows which words mean the same.
        vault: Opens a person's own private list, for the file with everything about them.
        backup_days: For how long the operator keeps copies of the database.
    """

    names: CommandNames
    prompts: PromptLibrary
    guides: GuideLibrary
    thesaurus: Thesaurus
    vault: Vault = field(default_factory=Vault)
    backup_days: int = BACKUP_DAYS
