"""The bar charts of the class report, as SVG elements in the style of the page.

Colours and font come from the style sheet of the page, so that a chart follows its light or dark
scheme. The figures are also in the chart's description, for readers who cannot see it. The same
figures give the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from markupsafe import Markup

from grader.model.class_statistics import CaseStatistics
from grader.reports.judgement.html import environment
from grader.values.dataclasses import dataclass

# All lengths are in units of the view box, which is as wide as a phone: a unit is about a pixel.
WIDTH = 380
_PLOT_HEIGHT = 170
_BAR_WIDTH = 27
_TRACK = 326  # length of the bar of a case that everybody passes
_ROW = 40  # a case: its name and a bar below it
_MAX_LABEL = 52  # characters


@dataclass(frozen=True)
class Bar:
    """A bar with what it is for and what it shows. `x` and `y` are its upper left corner."""

    x: float
    y: float
    width: float
    height: float
    label: str
    value: str


def score_histogram(bins: Sequence[int], id: str) -> Markup:
    """Return a chart of the students by the share of points they reached.

    Args:
        bins: students by tenths of the points; the last bin is those with all points
        id: of the chart, unique in the page
    """
    labels = [f"{10 * number}" for number in range(len(bins) - 1)]
    step = WIDTH / len(bins)
    tallest = max(*bins, 1)
    bars = []
    for number, (count, label) in enumerate(zip(bins, [*labels, "all"], strict=True)):
        height = round(_PLOT_HEIGHT * count / tallest, 1)
        x = round((number + 0.5) * step - _BAR_WIDTH / 2, 1)
        bars.append(Bar(x, 20 + _PLOT_HEIGHT - height, _BAR_WIDTH, height, label, f"{count or ''}"))
    parts = [f"{label} % and more: {count}" for label, count in zip(labels, bins, strict=False)]
    return _render(
        "scores",
        id,
        bars,
        title="Students by the share of points they reached",
        description=", ".join([*parts, f"all points: {bins[-1]}"]),
        height=20 + _PLOT_HEIGHT + 44,
    )


def pass_rates(cases: Sequence[CaseStatistics], id: str) -> Markup:
    """Return a chart of the share of submissions that pass each case.

    Args:
        id: of the chart, unique in the page
    """
    rates = [percent(case.facility) for case in cases]
    bars = [
        Bar(0, _ROW * row + 24, round(_TRACK * float(case.facility), 1), 10, _cut(case.name), rate)
        for row, (case, rate) in enumerate(zip(cases, rates, strict=True))
    ]
    return _render(
        "rates",
        id,
        bars,
        title="Share of submissions that pass each case",
        description=", ".join(
            f"{case.name}: {rate}" for case, rate in zip(cases, rates, strict=True)
        ),
        height=_ROW * len(cases),
    )


def percent(part: Fraction | int, whole: Fraction | int = 1) -> str:
    """Return the share in per cent; 0 % and 100 % mean exactly none and all."""
    if not whole:
        return "–"
    exact = 100 * Fraction(part) / whole
    if 0 < exact < 1:
        return "< 1 %"
    if 99 < exact < 100:
        return "> 99 %"
    return f"{round(exact)} %"


def _render(
    kind: str, id: str, bars: Sequence[Bar], *, title: str, description: str, height: int
) -> Markup:
    svg = (
        environment()
        .get_template("chart.svg")
        .render(
            kind=kind,
            id=id,
            bars=bars,
            title=title,
            description=description,
            width=WIDTH,
            height=height,
            baseline=20 + _PLOT_HEIGHT,
            track=_TRACK,
        )
    )
    return Markup(svg)


def _cut(label: str) -> str:
    return label if len(label) <= _MAX_LABEL else label[: _MAX_LABEL - 1] + "…"
