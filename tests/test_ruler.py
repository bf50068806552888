"""The product's functions and files stay short, typed and specific about what they catch."""

from tests.ruler import PACKAGES, measure

LONGEST_FUNCTION = 80
LONGEST_FILE = 400
# Files that may be longer, each with its reason.
LONG_FILES = {
    "bot/app.py": "the one place where everything is put together",
    "bot/blocks/kudos.py": "every screen of one topic",
    "bot/gateway.py": "every call of Slack's that the bot starts by itself",
    "storage/outbox/outbox.py": "one table, and every query on it",
    "playground/workspace.py": "puts the local workspace together",
}


def test_functions_are_short() -> None:
    found = measure(*PACKAGES)

    assert found.median_function <= 6
    assert found.share_long <= 0.007
    assert [one.name for one in found.functions if one.lines > LONGEST_FUNCTION] == []


def test_listeners_do_little() -> None:
    found = measure("handlers")

    assert found.median_listener <= 4
    assert [one.name for one in found.functions if one.is_listener and one.lines > 40] == []


def test_files_are_short_or_have_a_reason() -> None:
    long = {module.name for module in measure(*PACKAGES).modules if module.lines > LONGEST_FILE}

    assert long == set(LONG_FILES)


def test_every_function_is_typed_and_few_catch_everything() -> None:
    found = measure(*PACKAGES)

    assert found.share_typed == 1
    assert found.broad_excepts_per_thousand < 0.6
