"""Rules for tables and charts.

Source: https://docs.slack.dev/reference/block-kit/blocks/data-table-block and /data-visualization-block
"""

from itertools import chain

from playground.block_kit.checks import (
    Check,
    Review,
    anything,
    boolean,
    both,
    by_type,
    items,
    number,
    one_of,
    text,
    thing,
    whole,
)
from playground.block_kit.texts import ID, RICH_ELEMENTS

# The documentation says 101 and 6; newer sources 201 and 12. The smaller number is right in both.
MOST_ROWS = 101
MOST_SERIES = 6
MOST_COLUMNS = 20
MOST_CELL_TEXT = 10_000
NAME = text(20)

_BLOCK = {"block_id": ID}
_RAW = {
    "raw_text": thing({"text": text(3000, 0)}),
    "raw_number": thing({"value": number}, {"text": text(3000, 0)}),
}
_CELL = by_type({**_RAW, "rich_text": thing({"elements": RICH_ELEMENTS}, _BLOCK)})


def _rows(value: object) -> list[list[object]]:
    rows = value.get("rows") if isinstance(value, dict) else None
    return [row for row in rows if isinstance(row, list)] if isinstance(rows, list) else []


def _equal_rows(value: object, pointer: str, review: Review) -> None:
    rows = _rows(value)
    for position, row in enumerate(rows):
        if len(row) != len(rows[0]):
            review.note("invalid_value", "rows must have the same number of cells", f"{pointer}/rows/{position}")


def _header_is_raw(value: object, pointer: str, review: Review) -> None:
    for position, cell in enumerate(next(iter(_rows(value)), [])):
        if isinstance(cell, dict) and cell.get("type") not in _RAW:
            message = "header cells must be raw_text or raw_number"
            review.note("unsupported", message, f"{pointer}/rows/0/{position}/type")


def _not_too_much_text(value: object, pointer: str, review: Review) -> None:
    cells = [cell for cell in chain.from_iterable(_rows(value)) if isinstance(cell, dict)]
    if sum(len(cell["text"]) for cell in cells if isinstance(cell.get("text"), str)) > MOST_CELL_TEXT:
        review.note("too_long", f"must be less than {MOST_CELL_TEXT + 1} characters", pointer, MOST_CELL_TEXT)


def _parts_of(chart: dict[str, object], name: str) -> list[dict[str, object]]:
    parts = chart.get(name)
    return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []


def _positive_segments(value: object, pointer: str, review: Review) -> None:
    for position, segment in enumerate(_parts_of(value, "segments") if isinstance(value, dict) else []):
        amount = segment.get("value")
        if isinstance(amount, (int, float)) and amount <= 0:
            review.note("too_small", "must be greater than 0", f"{pointer}/segments/{position}/value", 0)


def _series_fit_categories(value: object, pointer: str, review: Review) -> None:
    """Want series with names of their own and exactly one point for every category."""
    if not isinstance(value, dict):
        return
    axis = value.get("axis_config")
    categories = axis.get("categories") if isinstance(axis, dict) else None
    wanted = sorted(str(one) for one in categories) if isinstance(categories, list) else []
    names = [series.get("name") for series in _parts_of(value, "series")]
    if len(set(map(str, names))) < len(names):
        review.note("duplicate", "series names must be unique", f"{pointer}/series")
    for position, series in enumerate(_parts_of(value, "series")):
        if sorted(str(point.get("label")) for point in _parts_of(series, "data")) != wanted:
            message = "data must have exactly one point for every category"
            review.note("invalid_value", message, f"{pointer}/series/{position}/data")


_POINT = thing({"label": NAME, "value": number})
_AXES = thing({"categories": items(NAME, 20)}, {"x_label": text(50), "y_label": text(50)})
_SERIES = items(thing({"name": NAME, "data": items(_POINT, 20)}), MOST_SERIES)
_LINES = both(_series_fit_categories, thing({"series": _SERIES, "axis_config": _AXES}))
_PIE = both(_positive_segments, thing({"segments": items(_POINT, MOST_SERIES)}))

TABLE: Check = both(
    _not_too_much_text,
    thing(
        {"rows": items(items(_CELL, MOST_COLUMNS), 100)},
        {
            **_BLOCK,
            "column_settings": items(
                thing({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean}), MOST_COLUMNS
            ),
        },
    ),
)
DATA_TABLE: Check = both(
    _equal_rows,
    _header_is_raw,
    thing(
        {"caption": text(2000), "rows": items(items(_CELL, MOST_COLUMNS), MOST_ROWS, 2)},
        {
            **_BLOCK,
            "page_size": whole(1, 100),
            "row_header_column_index": whole(0, MOST_COLUMNS - 1),
            "column_settings": items(anything, MOST_COLUMNS),
        },
    ),
)
DATA_VISUALIZATION: Check = thing(
    {
        "title": text(50),
        "chart": by_type({"pie": _PIE, "bar": _LINES, "area": _LINES, "line": _LINES}),
    },
    _BLOCK,
)
