"""What the edge may ask Slack about people while somebody waits for an answer."""

from typing import Protocol

from bot.domain.identity import Profile, Room


class Directory(Protocol):
    """Slack's accounts."""

    def find_profile(self, user_id: str) -> Profile | None:
        """Return an account, or None when there is none of that id."""
        ...

    def is_colleague(self, user_id: str) -> bool:
        """Tell whether an account belongs to this workspace."""
        ...

    def find_room(self, channel_id: str) -> Room | None:
        """Return a channel in which the bot is; None for every other."""
        ...

    def has_member(self, channel_id: str, user_id: str) -> bool:
        """Tell whether a person is in a channel."""
        ...

    def zones_in(self, channel_id: str) -> list[str]:
        """Return the IANA zones of some people of a channel."""
        ...


def profile_or_unknown(directory: Directory, user_id: str) -> Profile:
    """Return an account; one that Slack does not know is taken as no person."""
    return directory.find_profile(user_id) or Profile(user_id=user_id, zone=None, is_person=False)
