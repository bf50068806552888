"""Files that people are given."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class File:
    """A file with what it is called and, for those who cannot see it, what it shows."""

    name: str
    title: str
    description: str
    content: bytes
