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
        size: The option that says how large the company is, for growth; empty where it does not grow.
        sizes: The sizes at which growth is measured.
        small: What the module is given instead to find out that it runs.
    """

    name: str
    module: str
    company: str
    arguments: tuple[str, ...] = ()
    goals: Mapping[str, float] = field(default_factory=dict)
    size: str = ""
    sizes: tuple[int, ...] = ()
    small: tuple[str, ...] = ()

    @property
    def command(self) -> tuple[str, ...]:
        """Return what follows `python -m`."""
        return (f"benchmarks.{self.module}", *self.arguments, "--json")


_GROWING: Final = (1_000, 2_000, 10_000, 20_000)

BENCHMARKS: Final = (
    Benchmark(
        "start",
        "start",
        "the bot with a community of 1,000 participants",
        ("--runs", "3"),
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
        "10,000 people who offer and want something, after some rounds",
        ("--people", "10000"),
        size="--people",
        sizes=_GROWING,
        small=("--people", "20"),
    ),
    Benchmark(
        "round",
        "round_start",
        "10,000 people who offer and want something, in their first round",
        ("--people", "10000", "--skilled"),
        {"longest_lock_ms": 500, "refused": 0},
        "--people",
        _GROWING,
        ("--people", "20", "--skilled"),
    ),
    Benchmark(
        "round-in-two",
        "round_start",
        "1,000 people, each of them in two communities",
        ("--people", "1000", "--skilled", "--twice"),
        {"longest_lock_ms": 500, "refused": 0},
        "--people",
        _GROWING,
        ("--people", "20", "--skilled", "--twice"),
    ),
)
