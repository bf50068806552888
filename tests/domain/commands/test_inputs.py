"""A table of what people type, and what each line means."""

from pathlib import Path

import yaml

from tests.domain.commands.reading import BOT, reading, reading_of_message
from tests.loops import for_each

TABLE = Path(__file__).with_name("inputs.yaml")
SECTIONS: dict[str, dict[str, str]] = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
IN_A_CHANNEL = SECTIONS["a message in a channel"]
LINES = {text: meant for section in SECTIONS.values() if section is not IN_A_CHANNEL for text, meant in section.items()}


@for_each("text", LINES)
def test_a_line_is_read_as_the_table_says(text: str) -> None:
    assert reading(text) == LINES[text]


@for_each("text", IN_A_CHANNEL)
def test_a_message_in_a_channel_is_read_as_the_table_says(text: str) -> None:
    assert f"<@{BOT}" in text
    assert reading_of_message(text) == IN_A_CHANNEL[text]


def test_the_table_is_long_and_says_nothing_twice() -> None:
    rows = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith('  "')]

    assert len(LINES) + len(IN_A_CHANNEL) == len(rows) >= 300
