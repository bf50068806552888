import re
import tomllib

from bot.config import describe_settings
from bot.domain.commands import COMMANDS
from bot.manifest import SCOPES, SHORTCUTS
from storage.privacy.inventory import list_entries
from tests.docs.pages import README, ROOT, rows, section

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def names(requirements: list[str]) -> list[str]:
    return [re.split(r"[<>=~!\[; ]", one)[0] for one in requirements]


def test_every_dependency_has_its_row_and_its_reason_and_no_row_is_left_over() -> None:
    wanted = names(
        [
            *PROJECT["project"]["dependencies"],
            *PROJECT["project"]["optional-dependencies"]["try"],
            *PROJECT["project"]["optional-dependencies"]["simulate"],
            *PROJECT["dependency-groups"]["install"],
            *(one for one in PROJECT["dependency-groups"]["dev"] if isinstance(one, str)),
        ]
    )

    table = rows(section(README, "Dependencies"))

    assert [package for package, _ in table] == wanted
    assert all(reason for _, reason in table)


def test_the_settings_are_those_of_the_code() -> None:
    assert [tuple(row) for row in rows(section(README, "Settings"))] == describe_settings()


def test_the_scopes_are_those_of_the_manifest() -> None:
    assert dict(rows(section(README, "Permissions"))) == SCOPES


def test_every_table_is_told_and_no_other() -> None:
    told = [row[0] for row in rows(section(README, "What is stored, for how long, and who sees it"))]

    assert sorted(told) == sorted(table.name for table, _ in list_entries())


def test_every_word_of_the_learn_command_is_told() -> None:
    told = section(README, "For members")

    assert [word for word in COMMANDS if f"/learn {word}" not in told and f"`{word}`" not in told] == []


def test_every_shortcut_is_told_and_no_other() -> None:
    places = {"message": "at a message", "global": "from anywhere"}

    told = [tuple(row[:2]) for row in rows(section(README, "For members")) if row[1] in places.values()]

    assert told == [(name, places[kind]) for name, kind, _, _ in SHORTCUTS]


def test_every_make_word_is_told() -> None:
    words = re.findall(r"^([a-z-]+):.* ## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)

    told = [row[0].removeprefix("make ") for row in rows(section(README, "For developers"))]

    assert sorted(told) == sorted(words)


def test_the_picture_is_small() -> None:
    assert (ROOT / "docs/images/local-workspace.png").stat().st_size < 300_000
