import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.blocks.names import CommandNames
from bot.config import describe_settings
from bot.manifest import manifest_yaml
from storage.privacy.inventory import list_entries
from tests.docs.pages import PAGES, ROOT, links, rows, section

FOLDERS = "home|root|Users|work|tmp|mnt"
ONE_MACHINE = re.compile(rf"(?<![\w.<>{{}}-])/(?:{FOLDERS})/\w")
# Put together here, so that this file is not what it looks for.
REGISTRIES = re.compile(
    "|".join(["pypi" + r"\.org", "python" + "hosted", "npm" + r"js\.", "index" + "-url", "dev" + "pi"])
)
LEFT_OUT = {".git", ".venv", ".peerloop", "artifacts", "__pycache__", "requirements", "htmx.min.js"}


def files() -> Iterator[Path]:
    for path in ROOT.rglob("*"):
        inside = path.relative_to(ROOT).parts
        is_ours = not any(part in LEFT_OUT or part.endswith((".egg-info", "_cache")) for part in inside)
        if is_ours and path.is_file() and path.suffix not in {".png", ".db"} and ".hypothesis" not in inside:
            yield path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    inside = [link.partition("#")[0] for link in links(page) if "://" not in link]

    assert [link for link in inside if link and not (page.parent / link).exists()] == []


def test_pages_elsewhere_are_linked_over_https() -> None:
    assert [link for page in PAGES for link in links(page) if "://" in link and not link.startswith("https://")] == []


def test_no_file_names_a_registry_or_a_folder_of_one_machine() -> None:
    found = []
    for path in files():
        text = path.read_text(encoding="utf-8")
        found += [
            f"{path.relative_to(ROOT)}: {hit[0]}" for hit in (ONE_MACHINE.search(text), REGISTRIES.search(text)) if hit
        ]

    assert found == []


def test_the_lock_file_names_no_address() -> None:
    for lock in (ROOT / "requirements").iterdir():
        assert "://" not in lock.read_text(encoding="utf-8")


def test_the_example_lists_every_setting_with_its_default() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    listed = [tuple(re.sub("^# ", "", line).split("=", 1)) for line in lines if re.match("(# )?[A-Z_]+=", line)]

    defaults = [(name, "" if default.startswith("none") else default) for name, default, _ in describe_settings()]

    assert listed == defaults


def test_every_setting_has_its_contract() -> None:
    headings = re.findall("^### (.*)$", (ROOT / "docs/development.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert re.findall("`([A-Z_]+)`", " ".join(headings)) == [name for name, _, _ in describe_settings()]


def test_every_table_and_every_module_of_the_rules_is_in_the_glossary() -> None:
    glossary = ROOT / "docs/glossary.md"
    modules = {path.stem for path in (ROOT / "bot/domain").iterdir() if not path.name.startswith("_")}

    assert {row[0] for row in rows(section(glossary, "The tables"))} == {table.name for table, _ in list_entries()}
    assert {row[0] for row in rows(section(glossary, "The rules"))} == modules


def test_every_entry_of_the_glossary_is_one_line_and_stands_once() -> None:
    glossary = ROOT / "docs/glossary.md"

    words = [row[0] for heading in ("The product", "The code") for row in rows(section(glossary, heading))]

    assert len(words) == len(set(words))


def test_decisions_are_numbered_listed_and_of_one_form() -> None:
    folder = ROOT / "docs/adr"
    pages = sorted(path for path in folder.glob("*.md") if path.name != "README.md")

    assert [path.name[:4] for path in pages] == [f"{number:04d}" for number in range(1, len(pages) + 1)]
    assert sorted(links(folder / "README.md")) == [path.name for path in pages]
    for path in pages:
        text = path.read_text(encoding="utf-8")
        listed = dict(re.findall(r"\((.*?\.md)\) \| (.*) \|", (folder / "README.md").read_text(encoding="utf-8")))
        assert text.startswith(f"# {path.name[:4]}: {listed[path.name]}\n")
        assert re.findall("^## (.*)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]


def test_the_manifest_in_the_repository_is_the_one_that_is_printed() -> None:
    assert (ROOT / "manifest.yml").read_text(encoding="utf-8") == manifest_yaml(CommandNames())


def test_a_test_bench_is_told_every_method_the_bot_calls() -> None:
    gateway = (ROOT / "bot/gateway.py").read_text(encoding="utf-8")
    called = set(re.findall(r'_(?:call|pages)\(\s*"([\w.]+)"', gateway))
    for path in [*(ROOT / "handlers").glob("*.py"), ROOT / "bot/app.py"]:
        called |= {
            method.replace("_", ".", 1)
            for method in re.findall(r"client\.([a-z]+_\w+)\(", path.read_text(encoding="utf-8"))
        }

    told = section(ROOT / "docs/development.md", "How a test bench drives the bot")

    assert {method for method in called if f"`{method}`" not in told} == set()


def test_the_hooks_call_make_words() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    entries = [hook["entry"] for repo in hooks for hook in repo["hooks"]]

    assert entries
    for entry in entries:
        make, word = entry.split()
        assert make == "make"
        assert re.search(f"^{word}:.* ## ", makefile, re.MULTILINE)
