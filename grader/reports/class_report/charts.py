"""Charts as SVG, to stand in a page: figures where people would rather look than read.

Drawn by matplotlib, which knows nothing of style sheets: it draws in two colours that stand for
those of the page, and they are exchanged in the text it writes. Letters stay letters, in the font
of the page. What a chart shows must also stand in a table or in its description, for those who
cannot see it. The same figures give the same bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from grader.model.course import CaseStatistics
from grader.values.show import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDTH = 380  # in pixels, of which a telephone has 330
_PER_INCH = 72  # so that a point is a pixel
_ROW = 38  # for a case: its name, and a bar below it
_MAX_NAME = 52  # characters of a case's name
_INK, _SOFT, _BARS = "#010101", "#020202", "#030303"  # stand for:
_COLOURS = {_INK: "var(--ink)", _SOFT: "var(--soft)", _BARS: "var(--accent)"}
_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "grader",
    "font.size": 12.5,
    "text.parse_math": False,  # or a name with dollars would be a formula, or an error
    "text.color": _INK,
    "xtick.labelcolor": _INK,
    "ytick.labelcolor": _INK,
    "axes.labelcolor": _SOFT,
    "axes.edgecolor": _SOFT,
}


def score_histogram(bins: Sequence[int], name: str) -> Markup:
    """How many got each tenth of the points, and last how many all of them.

    Args:
        name: of the chart, its own in the page
    """
    places = range(len(bins))
    tenths = [f"{10 * place}" for place in places[:-1]]

    def draw(axes: Axes) -> None:
        bars = axes.bar(places, bins, width=0.82, color=_BARS, clip_on=False)
        # No label at a bar that is not there.
        axes.bar_label(bars, [str(count or "") for count in bins], padding=3, fontsize=12)
        axes.set_xticks(places, [*tenths, "all"])
        axes.set_yticks([])
        axes.set_ylim(0, max(*bins, 1))
        axes.set_xlabel("per cent of the points, and up to the next")
        axes.spines["bottom"].set_visible(True)

    words = [f"{tenth} % and more: {count}" for tenth, count in zip(tenths, bins, strict=False)]
    title = "How many students got which share of the points"
    description = ", ".join([*words, f"all points: {bins[-1]}"])
    return _svg(draw, 250, _Margins(8, 8, 24, 48), name, title, description)


def pass_rates(cases: Sequence[CaseStatistics], name: str) -> Markup:
    """How many of a hundred pass each case."""
    rows = range(len(cases))
    rates = [100 * case.passed / case.attempted for case in cases]
    names = [printable(case.name) for case in cases]

    def draw(axes: Axes) -> None:
        whole = [100] * len(cases)
        axes.barh(rows, whole, height=0.26, color=_SOFT, alpha=0.16, clip_on=False)
        axes.barh(rows, rates, height=0.26, color=_BARS, clip_on=False)
        for row, rate in enumerate(rates):
            axes.text(0, row - 0.22, _short(names[row]), va="baseline")
            axes.text(116, row, f"{rate:.0f} %", va="center_baseline", ha="right")
        axes.set_yticks([])
        axes.set_xticks([])
        axes.set_xlim(0, 100)
        axes.set_ylim(len(cases) - 0.5, -0.5)

    title = "How many of a hundred pass each case"
    words = (f"{each}: {rate:.0f} %" for each, rate in zip(names, rates, strict=True))
    height = _ROW * len(cases) + 8
    return _svg(draw, height, _Margins(1, 53, 4, 4), name, title, ", ".join(words))


@dataclass(frozen=True)
class _Margins:
    """What is left free around the bars, in pixels."""

    left: int
    right: int
    top: int
    bottom: int


def _svg(
    draw: Callable[[Axes], None],
    height: int,
    margins: _Margins,
    name: str,
    title: str,
    description: str,
) -> Markup:
    """What is drawn, as an element of a page."""
    # It takes half a second to load: only who writes a chart waits for it.
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    out = io.StringIO()
    with rc_context(_STYLE):
        figure = Figure(figsize=(_WIDTH / _PER_INCH, height / _PER_INCH), dpi=_PER_INCH)
        FigureCanvasSVG(figure)
        wide, high = _WIDTH - margins.left - margins.right, height - margins.top - margins.bottom
        box = (margins.left / _WIDTH, margins.bottom / height, wide / _WIDTH, high / height)
        axes = figure.add_axes(box)
        figure.patch.set_visible(False)
        axes.patch.set_visible(False)
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0)
        draw(axes)
        figure.savefig(out, format="svg")
    drawn = out.getvalue()
    # What is before the drawing is a declaration, the time of writing, and a style that would be
    # the whole page's.
    drawing = drawn[drawn.index("</defs>") + len("</defs>") : drawn.rindex("</svg>")]
    return Markup(
        f'<svg class="chart" viewBox="0 0 {_WIDTH} {height}" role="img"'
        f' aria-labelledby="{escape(name)}-title" aria-describedby="{escape(name)}-description">\n'
        f'<title id="{escape(name)}-title">{escape(title)}</title>\n'
        f'<desc id="{escape(name)}-description">{escape(description)}</desc>'
        f"{_for_a_page(drawing)}</svg>"
    )


def _for_a_page(drawing: str) -> str:
    """With the colours and the font of the page, and without ids that another chart has too."""
    for ours, theirs in _COLOURS.items():
        drawing = drawing.replace(f": {ours}", f": {theirs}")
    drawing = re.sub(r'<g id="[^"]*"', "<g", drawing)
    return re.sub(r"(<text style=\"[^\"]*)font-family: [^;\"]*; ", r"\1", drawing)


def _short(name: str) -> str:
    return name if len(name) <= _MAX_NAME else name[: _MAX_NAME - 1] + "…"
