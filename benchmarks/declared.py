"""Every measurement, declared once: its command, the company it is of, and what it is to reach."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True)
class Benchmark:
    """One measurement.

    Args:
        name: What `ONLY` takes.
        module: The module of `benchmarks` that measures.
        company: Whom or what the figures are of.
        arguments: What the module is given besides `--json`.
        goals: The most that each figure may be, by its name in the module's JSON.
        least: The least that each figure may be.
        size: The option that says how large the company is, for growth; empty where it does not grow.
        sizes: The sizes at which growth is measured.
        small: What the module is given instead to find out that it runs.
    """

    name: str
    module: str
    company: str
    arguments: tuple[str, ...] = ()
    goals: Mapping[str, float] = field(default_factory=dict)
    least: Mapping[str, float] = field(default_factory=dict)
    size: str = ""
    sizes: tuple[int, ...] = ()
    small: tuple[str, ...] = ()

    @property
    def command(self) -> tuple[str, ...]:
        """Return what follows `python -m`."""
        return (f"benchmarks.{self.module}", *self.arguments, "--json")

    @property
    def wanted(self) -> Mapping[str, str]:
        """Return in words what each figure is to reach."""
        most = {figure: f"at most {number:g}" for figure, number in self.goals.items()}
        return most | {figure: f"at least {number:g}" for figure, number in self.least.items()}


_GROWING: Final = (1_000, 2_000, 10_000, 20_000)
_KINDS: Final = ("sqlite", "postgresql")

BENCHMARKS: Final = (
    Benchmark(
        "start",
        "start",
        "the bot with a community of 1,000 participants",
        ("--runs", "3"),
        {"cpu_seconds_min": 1.2, "resident_mb_max": 90},
        small=("--members", "10", "--runs", "1"),
    ),
    Benchmark(
        "topics",
        "topics",
        "5,000 offers and as many wants",
        size="--offers",
        sizes=(1_000, 2_000, 5_000, 10_000),
        small=("--offers", "50", "--runs", "1"),
    ),
    Benchmark(
        "pairing",
        "pairing",
        "10,000 people who offer and want something, whose rounds before were made by what they want",
        ("--people", "10000", "--history", "lived"),
        {"cpu_seconds": 4, "peak_mb": 150, "known_distance": 0.001},
        size="--people",
        sizes=_GROWING,
        small=("--people", "20", "--history", "lived"),
    ),
    Benchmark(
        "pairing-hot",
        "pairing",
        "the same, where nearly everybody wants one skill that one in a hundred can teach",
        ("--people", "10000", "--history", "lived", "--company", "hot"),
        {"cpu_seconds": 4, "peak_mb": 150, "known_distance": 0.001},
        size="--people",
        sizes=_GROWING,
        small=("--people", "20", "--history", "lived", "--company", "hot"),
    ),
    Benchmark(
        "groups",
        "groups",
        "1,000 people who meet in groups of three",
        goals={"cpu_seconds": 3, "unplaced": 0, "avoidable_pairs": 0},
        least={"share_of_search": 0.95},
        small=("--people", "20", "--searched", "0.1"),
    ),
    Benchmark(
        "round",
        "round_start",
        "10,000 people who offer and want something, in their first round",
        ("--people", "10000", "--skilled"),
        {"longest_lock_ms": 500, "refused": 0},
        size="--people",
        sizes=_GROWING,
        small=("--people", "20", "--skilled"),
    ),
    Benchmark(
        "round-in-two",
        "round_start",
        "1,000 people, each of them in two communities",
        ("--people", "1000", "--skilled", "--twice"),
        {"longest_lock_ms": 500, "refused": 0},
        size="--people",
        sizes=_GROWING,
        small=("--people", "20", "--skilled", "--twice"),
    ),
    Benchmark(
        "swap",
        "swap",
        "10,000 people after 52 rounds, in two communities that overlap",
        ("--people", "10000"),
        {
            f"{kind}_{work}_{what}": most
            for kind in _KINDS
            for work in ("swap", "try_again", "late_joiner", "placing")
            for what, most in (("lock_ms", 50), ("total_ms", 300))
        },
        small=("--people", "300", "--rounds", "4", "--runs", "1"),
    ),
    Benchmark(
        "sending",
        "sending",
        "the introductions of 800 people and as many thanks as groups",
        goals={f"{kind}_{figure}": most for kind in _KINDS for figure, most in (("cpu_ms", 8), ("statements", 10))},
        least={
            f"{kind}_{figure}": least
            for kind in _KINDS
            for figure, least in (("a_second", 100), ("share", 0.98), ("share_1_lost", 0.95), ("share_5_lost", 0.85))
        },
        small=("--groups", "60"),
    ),
)
