"""Geometry of charts: what the `data_visualization` block says, as shapes in a drawing of fixed size.

Source: https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]

WIDTH, HEIGHT = 620, 250
LEFT, RIGHT, TOP, BOTTOM = 46, 8, 12, 30
STEPS = (1, 2, 2.5, 5, 10)
LINES = 4
COLOURS = 6
CENTRE, RADIUS = 110.0, 100.0
# A bar and the gaps beside it.
FILLED = 0.72


@dataclass(frozen=True)
class Shape:
    """One thing to draw: an SVG path, the number of its colour, and what it stands for."""

    path: str
    colour: int
    label: str
    kind: str = "area"


@dataclass(frozen=True)
class Tick:
    """A word at an axis: where it stands and what it says."""

    at: float
    text: str


@dataclass(frozen=True)
class Chart:
    """A chart ready to draw, with its legend and the table of its figures."""

    kind: str
    shapes: tuple[Shape, ...]
    legend: tuple[str, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def draw(chart: Json) -> Chart:
    """Draw a chart; raises KeyError, TypeError, ValueError when it is none that Slack knows."""
    if chart["type"] == "pie":
        return _pie(chart["segments"])
    series = chart["series"]
    names = [str(one["name"]) for one in series]
    categories = [str(one) for one in (chart.get("axis_config") or {}).get("categories") or _labels(series)]
    values = [[_value_at(one, category) for category in categories] for one in series]
    low, high, step = _scale(values)
    scale = _Scale(low, high, len(categories))
    drawers = {"bar": _bars, "line": _lines, "area": _areas}
    return Chart(
        kind=str(chart["type"]),
        shapes=tuple(drawers[str(chart["type"])](scale, names, categories, values)),
        legend=tuple(names),
        across=tuple(Tick(scale.x(number), one) for number, one in enumerate(categories)),
        up=tuple(Tick(scale.y(low + step * n), figure(low + step * n)) for n in range(round((high - low) / step) + 1)),
        header=("", *names),
        rows=tuple((category, *(figure(one[number]) for one in values)) for number, category in enumerate(categories)),
    )


def figure(value: float) -> str:
    """Write a number without needless digits."""
    return f"{value:,.2f}".rstrip("0").rstrip(".") if value % 1 else f"{value:,.0f}"


@dataclass(frozen=True)
class _Scale:
    low: float
    high: float
    places: int

    @property
    def slot(self) -> float:
        return (WIDTH - LEFT - RIGHT) / max(self.places, 1)

    def x(self, number: int) -> float:
        return LEFT + (number + 0.5) * self.slot

    def y(self, value: float) -> float:
        return round(TOP + (self.high - value) / (self.high - self.low) * (HEIGHT - TOP - BOTTOM), 1)


def _labels(series: Sequence[Json]) -> list[str]:
    return [str(point["label"]) for point in series[0]["data"]] if series else []


def _value_at(series: Json, category: str) -> float:
    return next((float(point["value"]) for point in series["data"] if str(point["label"]) == category), 0.0)


def _scale(values: Sequence[Sequence[float]]) -> tuple[float, float, float]:
    """Choose lowest value, highest value and step of the upright axis, in round numbers."""
    flat = [0.0, *(value for one in values for value in one)]
    span = max(flat) - min(flat) or 1.0
    size = 10 ** math.floor(math.log10(span / LINES))
    step = next(size * one for one in STEPS if size * one * LINES >= span)
    return math.floor(min(flat) / step) * step, math.ceil(max(flat) / step) * step or step, step


def _bars(
    scale: _Scale, names: Sequence[str], categories: Sequence[str], values: Sequence[Sequence[float]]
) -> Iterable[Shape]:
    width = scale.slot * FILLED / len(names)
    for number, name in enumerate(names):
        for place, category in enumerate(categories):
            left = scale.x(place) - scale.slot * FILLED / 2 + number * width
            base, end = scale.y(0), scale.y(values[number][place])
            path = f"M{left:.1f} {base}V{end}h{width * 0.92:.1f}V{base}Z"
            yield Shape(path, number % COLOURS, f"{name}, {category}: {figure(values[number][place])}")


def _lines(
    scale: _Scale, names: Sequence[str], categories: Sequence[str], values: Sequence[Sequence[float]]
) -> Iterable[Shape]:
    del categories
    for number, name in enumerate(names):
        yield Shape(_run(scale, values[number]), number % COLOURS, name, kind="line")


def _areas(
    scale: _Scale, names: Sequence[str], categories: Sequence[str], values: Sequence[Sequence[float]]
) -> Iterable[Shape]:
    for number, name in enumerate(names):
        run, base = _run(scale, values[number]), scale.y(0)
        closed = f"{run}L{scale.x(len(categories) - 1):.1f} {base}L{scale.x(0):.1f} {base}Z"
        yield Shape(closed, number % COLOURS, name, kind="veil")
        yield Shape(run, number % COLOURS, name, kind="line")


def _run(scale: _Scale, values: Sequence[float]) -> str:
    return "M" + "L".join(f"{scale.x(place):.1f} {scale.y(value)}" for place, value in enumerate(values))


def _pie(segments: Sequence[Json]) -> Chart:
    total = sum(float(one["value"]) for one in segments)
    shapes, turned = [], 0.0
    rows = []
    for number, one in enumerate(segments):
        share = float(one["value"]) / total
        label, part = str(one["label"]), f"{100 * share:.0f} %"
        shapes.append(Shape(_slice(turned, share), number % COLOURS, f"{label}: {part}"))
        rows.append((label, figure(float(one["value"])), part))
        turned += share
    legend = tuple(f"{row[0]} · {row[2]}" for row in rows)
    return Chart("pie", tuple(shapes), legend, (), (), ("", "Number", "Share"), tuple(rows))


def _slice(begin: float, share: float) -> str:
    # An arc that ends where it begins is nothing; a whole pie stops just before.
    end = begin + min(share, 0.9999)
    far = 1 if share > 0.5 else 0  # noqa: PLR2004 - more than half a pie
    return f"M{CENTRE} {CENTRE}L{_at(begin)}A{RADIUS} {RADIUS} 0 {far} 1 {_at(end)}Z"


def _at(turn: float) -> str:
    angle = 2 * math.pi * (turn - 0.25)
    return f"{CENTRE + RADIUS * math.cos(angle):.2f} {CENTRE + RADIUS * math.sin(angle):.2f}"
