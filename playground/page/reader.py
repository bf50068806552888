"""Who reads a text: names, time zone and the present moment, as the words on the page depend on them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

# So many people can stand in the page's lists; more are fetched by the page's script.
FEW = 100


@dataclass(frozen=True)
class Reader:
    """The person who looks at the page.

    `now` is aware; `people` and `channels` map ids to the names shown, channels without `#`. Those who are
    `gone` keep their name but cannot be chosen.
    """

    me: str
    zone: ZoneInfo
    now: datetime
    people: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()

    def local(self, at: datetime) -> datetime:
        """Return the same moment in the reader's time zone."""
        return at.astimezone(self.zone)

    @property
    def knows_few(self) -> bool:
        """Tell whether everybody can stand in a list."""
        return len(self.people) <= FEW
