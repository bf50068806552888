"""What the app says it will do and when; the workspace itself cannot know."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

MOST = 50


@dataclass(frozen=True, order=True)
class Planned:
    """Something that the app will do at a moment, aware UTC; `what` is mrkdwn."""

    at: datetime
    what: str


class Agenda:
    """The app's plans as it told them last; a restart forgets them, and the app tells them again.

    Args:
        changed: called when the app tells other plans.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._planned: list[Planned] = []

    def tell(self, items: Iterable[Mapping[str, str]]) -> None:
        """Take the app's plans in place of those before: {at: ISO 8601 with a zone, what: mrkdwn}.

        Raises LookupError, TypeError, ValueError.
        """
        self._planned = sorted(Planned(_moment(str(one["at"])), str(one["what"])) for one in items)[:MOST]
        self._changed()

    def forget(self) -> None:
        """Forget the plans."""
        self._planned = []

    def after(self, moment: datetime) -> list[Planned]:
        """List what is planned for later than a moment, soonest first."""
        return [one for one in self._planned if one.at > moment]


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return moment.astimezone(UTC)
