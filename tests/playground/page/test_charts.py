"""Charts: what stands where, and the figures beside them."""

import re

import pytest

from playground.page.charts import HEIGHT, TOP, draw, figure

SERIES = {
    "type": "bar",
    "series": [
        {"name": "in", "data": [{"label": "Sep", "value": 12}, {"label": "Oct", "value": 19}]},
        {"name": "met", "data": [{"label": "Sep", "value": 6}, {"label": "Oct", "value": 0}]},
    ],
    "axis_config": {"categories": ["Sep", "Oct"]},
}


def test_a_bar_is_as_high_as_its_value() -> None:
    chart = draw(SERIES)

    heights = [
        float(base) - float(end)
        for base, end in (re.findall(r"M[\d.]+ ([\d.]+)V([\d.]+)", shape.path)[0] for shape in chart.shapes)
    ]

    assert heights[0] == pytest.approx(2 * heights[2], abs=0.2)
    assert heights[1] == pytest.approx(heights[0] * 19 / 12, abs=0.2)
    assert heights[3] == 0
    assert [shape.label for shape in chart.shapes][:2] == ["in, Sep: 12", "in, Oct: 19"]


def test_the_axis_goes_in_round_steps_from_nothing_to_above_the_highest() -> None:
    chart = draw(SERIES)

    assert [tick.text for tick in chart.up] == ["0", "5", "10", "15", "20"]
    assert chart.up[-1].at == TOP
    assert chart.up[0].at < HEIGHT


def test_values_below_nothing_have_their_place() -> None:
    chart = draw(
        {"type": "area", "series": [{"name": "x", "data": [{"label": "a", "value": -3}, {"label": "b", "value": 4}]}]}
    )

    assert [tick.text for tick in chart.up] == ["-4", "-2", "0", "2", "4"]
    assert [shape.kind for shape in chart.shapes] == ["veil", "line"]


def test_a_line_has_one_corner_for_each_category() -> None:
    chart = draw(SERIES | {"type": "line"})

    assert [len(re.findall(r"[ML]", shape.path)) for shape in chart.shapes] == [2, 2]
    assert chart.header == ("", "in", "met")
    assert chart.rows == (("Sep", "12", "6"), ("Oct", "19", "0"))


def test_a_pie_is_whole() -> None:
    chart = draw({"type": "pie", "segments": [{"label": "used", "value": 3}, {"label": "not yet", "value": 1}]})

    assert chart.legend == ("used · 75 %", "not yet · 25 %")
    # The last slice ends where the first begins.
    assert "L110.00 10.00A" in chart.shapes[0].path
    assert chart.shapes[-1].path.endswith(" 1 110.00 10.00Z")


@pytest.mark.parametrize("value", [0, 1])
def test_one_value_alone_is_drawn(value: int) -> None:
    chart = draw({"type": "bar", "series": [{"name": "x", "data": [{"label": "a", "value": value}]}]})

    assert len(chart.shapes) == 1
    assert "nan" not in chart.shapes[0].path


@pytest.mark.parametrize(("value", "text"), [(1200, "1,200"), (0.5, "0.5"), (2.25, "2.25"), (3.0, "3")])
def test_figures_have_no_needless_digits(value: float, text: str) -> None:
    assert figure(value) == text


@pytest.mark.parametrize(
    "chart", [{"type": "pie", "segments": [{"label": "a", "value": 0}]}, {"type": "radar", "series": []}, {}]
)
def test_what_is_no_chart_is_not_drawn(chart: dict[str, object]) -> None:
    with pytest.raises((ArithmeticError, LookupError, TypeError, ValueError)):
        draw(chart)
