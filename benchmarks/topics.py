"""What looking for a topic costs where many are offered: App Home, find, the list, and saving an offer.

Each person offers one thing and wants another, out of the shipped vocabulary, and some said a sentence along. The
person who looks wants two topics.
"""

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import yaml
from sqlalchemy import Engine, event

from benchmarks.clicks import postgresql
from bot.domain.identity import Actor, Profile, Tenant
from bot.domain.offers import TopicForm, TopicKind
from bot.library import load_thesaurus
from bot.services.offers.offers import OfferService
from bot.services.offers.search import Finder
from bot.services.overview.home import HomeService
from storage.bulk import insert_rows
from storage.database import Database
from storage.members import Person
from storage.offers import Topic
from storage.privacy.vault import Vault

NOW: Final = datetime(2026, 11, 30, 9, tzinfo=UTC)
TENANT: Final = Tenant("T0LOCAL1")
READER: Final = "U0"
CONTENT: Final = Path(__file__).parents[1] / "bot" / "content" / "topics.yaml"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--offers", type=int, default=5_000)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    result: dict[str, Any] = {"offers": wanted.offers}
    with tempfile.TemporaryDirectory() as name:
        measured = measure(f"sqlite:///{Path(name) / 'peerloop.db'}", wanted.offers, wanted.runs)
        result |= {f"sqlite_{key}": value for key, value in measured.items()}
        with postgresql(Path(name)) as url:
            measured = measure(url, wanted.offers, wanted.runs)
            result |= {f"postgresql_{key}": value for key, value in measured.items()}
    if wanted.json:
        print(json.dumps(result))
    else:
        for key, value in result.items():
            print(f"{key:32} {value}")


def measure(url: str, offers: int, runs: int) -> dict[str, float]:
    """Return the median milliseconds and the statements of each piece of work."""
    database = Database(url)
    database.migrate()
    thesaurus, vault = load_thesaurus(), Vault()
    fill(database, offers)
    finder = Finder(thesaurus, vault)
    service, home = OfferService(database, finder), HomeService(database, finder)
    who = Actor(TENANT, READER, "act")
    profile = Profile(READER, zone="Europe/Berlin")
    for topic in ("Excel", "SQL joins"):
        service.save(who, TopicForm(TopicKind.WANT, topic), profile, NOW)
    numbers = iter(range(1_000_000))

    def save() -> None:
        card = service.save(who, TopicForm(TopicKind.OFFER, f"Excel {next(numbers)}"), profile, NOW).card
        service.remove(who, card.topic_id)

    work: dict[str, Callable[[], object]] = {
        "home": lambda: home.overview(who, NOW),
        "find": lambda: service.find(who, "pivot tables", NOW),
        "topics": lambda: service.overview(who, NOW),
        "save_and_remove": save,
    }
    result: dict[str, float] = {}
    for name, act in work.items():
        result |= {f"{name}_{key}": value for key, value in timed(act, runs).items()}
    database.close()
    return result


def timed(act: Callable[[], object], runs: int) -> dict[str, float]:
    """Return the median milliseconds of an act and its statements; the first run warms up."""
    act()
    count = 0

    def note(*_: object) -> None:
        nonlocal count
        count += 1

    event.listen(Engine, "before_cursor_execute", note)
    seconds = []
    for _ in range(runs):
        began = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - began)
    event.remove(Engine, "before_cursor_execute", note)
    return {"ms": round(statistics.median(seconds) * 1_000, 1), "statements": count / runs}


def fill(database: Database, offers: int) -> None:
    """Store people, each with one offer and one want."""
    chance = random.Random(offers)  # noqa: S311 - a seeded draw, no secret
    thesaurus = load_thesaurus()
    names = [name for line in yaml.safe_load(CONTENT.read_text(encoding="utf-8"))["same"] for name in line]
    rows = []
    for number in range(offers):
        for kind in TopicKind:
            topic = " ".join(chance.sample(names, chance.randint(1, 2)))[:60]
            sentence = f"With {chance.choice(names)}, in half an hour" if chance.randrange(3) == 0 else ""
            rows.append(
                {
                    "workspace": TENANT.key,
                    "user_id": f"U{number + 1}",
                    "kind": kind,
                    "topic": topic,
                    "key": thesaurus.key(topic),
                    "stems": thesaurus.stems_of(topic, sentence),
                    "sentence": sentence,
                    "said_at": NOW,
                }
            )
    people = [
        {"workspace": TENANT.key, "user_id": f"U{number}", "zone": "Europe/Berlin"} for number in range(offers + 1)
    ]
    with database.write(TENANT.key) as session:
        insert_rows(session, Person, people)
        insert_rows(session, Topic, rows)


if __name__ == "__main__":
    main()
