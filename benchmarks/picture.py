"""The measured figures as one picture, in SVG, so that no drawing library is needed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from benchmarks.seasons import Season

_WIDTH, _HEIGHT = 1000, 420
_LEFT, _TOP, _ACROSS, _DOWN = 70, 60, 380, 280
_SECOND = 520
_COLOURS = {"ideal": "#767676", "peerloop": "#0b6e4f", "exact": "#2f5fb3", "greedy": "#b3661a", "shuffle": "#a02c4e"}
# The bars of seconds: people and the most seconds allowed.
_BARS = ((1_000, 0.5), (10_000, 3.0), (100_000, 60.0))

Point = tuple[float, float]


def draw(figures: Sequence[Mapping[str, float | int | None]], seasons: Sequence[Season]) -> str:
    """Return the picture: seconds by people on the left, repeats over sixty rounds on the right."""
    times = [(float(row["people"] or 0), float(row["seconds"] or 0)) for row in figures]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img"',
        'font-family="system-ui, sans-serif" font-size="13" fill="#1d1c1d">',
        "<title>Seconds for a round by people, and repeats over sixty rounds by way of pairing</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        *_seconds(times),
        *_repeats(seasons),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _seconds(times: Sequence[Point]) -> list[str]:
    def at(people: float, seconds: float) -> Point:
        across = math.log10(people / 4) / math.log10(100_000 / 4)
        up = (math.log10(max(seconds, 0.001)) + 3) / 5
        return _LEFT + across * _ACROSS, _TOP + _DOWN - up * _DOWN

    parts = [_text(_LEFT, 30, "Seconds for one round", bold=True)]
    for exponent in range(-3, 3):
        _, y = at(4, 10.0**exponent)
        parts += [_line((_LEFT, y), (_LEFT + _ACROSS, y)), _text(_LEFT - 8, y + 4, f"{10.0**exponent:g}", anchor="end")]
    for people in (10, 100, 1_000, 10_000, 100_000):
        x, y = at(people, 0.001)
        parts.append(_text(x, y + 20, f"{people:,}", anchor="middle"))
    parts.append(_text(_LEFT + _ACROSS / 2, _TOP + _DOWN + 42, "people", anchor="middle"))
    for people, limit in _BARS:
        x, y = at(people, limit)
        parts += [_line((x - 14, y), (x + 14, y), "#a02c4e", 3), _text(x - 18, y + 4, "limit", anchor="end")]
    return parts + _curve([at(*point) for point in times], _COLOURS["peerloop"])


def _repeats(seasons: Sequence[Season]) -> list[str]:
    most = max(value for season in seasons for value in season.repeats.values())

    def at(place: int, repeats: float) -> Point:
        return (
            _SECOND + 40 + place * (_ACROSS - 60) / max(1, len(seasons) - 1),
            _TOP + _DOWN - math.sqrt(repeats / max(1, most)) * _DOWN,
        )

    parts = [_text(_SECOND, 30, "Pairs that meet again in 60 rounds", bold=True)]
    for share in (0, 0.04, 0.16, 0.36, 0.64, 1):
        _, y = at(0, most * share)
        parts += [
            _line((_SECOND + 20, y), (_SECOND + _ACROSS, y)),
            _text(_SECOND + 14, y + 4, f"{most * share:.0f}", anchor="end"),
        ]
    for place, season in enumerate(seasons):
        x, y = at(place, 0)
        parts.append(_text(x, y + 20, str(season.people), anchor="middle"))
    parts.append(_text(_SECOND + _ACROSS / 2, _TOP + _DOWN + 42, "people", anchor="middle"))
    for number, (way, colour) in enumerate(_COLOURS.items()):
        line = [at(place, season.repeats[way]) for place, season in enumerate(seasons)]
        parts += _curve(line, colour, dashed=way == "ideal")
        x = _SECOND + 20 + 78 * number
        parts += [_line((x, 46), (x + 16, 46), colour, 3), _text(x + 20, 50, way)]
    return parts


def _curve(points: Sequence[Point], colour: str, *, dashed: bool = False) -> list[str]:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dash = ' stroke-dasharray="6 4"' if dashed else ""
    dots = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points]
    return [f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>', *dots]


def _line(start: Point, end: Point, colour: str = "#e4e4e4", width: int = 1) -> str:
    return (
        f'<line x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}" '
        f'stroke="{colour}" stroke-width="{width}"/>'
    )


def _text(x: float, y: float, words: str, *, anchor: str = "start", bold: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{weight}>{words}</text>'
