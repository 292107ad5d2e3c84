"""The charts of the class report: what they draw and say, and how a browser shows them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser

from grader.model.class_statistics import CaseStatistics
from grader.reports.class_report.charts import WIDTH, pass_rates, score_histogram
from tests._support.browser import open_page
from tests._support.classes import a_class, page_of

BINS = [3, 0, 0, 0, 0, 6, 0, 0, 0, 0, 12]
CASES = [CaseStatistics("a<b & $x$", 1, 3), CaseStatistics("b" * 90, 299, 300)]
CHARTS = {
    "scores": score_histogram(BINS, "c"),
    "no scores": score_histogram([0] * 11, "c"),
    "cases": pass_rates(CASES, "c"),
    "no submissions": pass_rates([CaseStatistics("a", 0, 0)], "c"),
}


def bars(chart: str) -> list[dict[str, str]]:
    found = ElementTree.fromstring(chart).iter("rect")
    return [each.attrib for each in found if each.get("class") == "chart-bar"]


def texts(chart: str, kind: str) -> list[str]:
    found = ElementTree.fromstring(chart).iter("text")
    return [each.text or "" for each in found if each.get("class") == kind]


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)
def test_chart_has_a_title_and_a_description(chart: str) -> None:
    svg = ElementTree.fromstring(chart)
    title, description = svg[:2]
    assert (title.tag, description.tag, svg.get("role")) == ("title", "desc", "img")
    assert title.text and svg.get("aria-labelledby") == title.get("id") == "c-title"
    assert description.text and svg.get("aria-describedby") == description.get("id")


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)
def test_chart_leaves_its_colours_to_the_style_sheet(chart: str) -> None:
    for element in ElementTree.fromstring(chart).iter():
        assert not {"fill", "stroke", "style", "font-family"} & set(element.attrib)


def test_heights_are_proportional_to_counts() -> None:
    found = bars(CHARTS["scores"])
    assert [float(each["height"]) for each in found] == [42.5, 85, 170]
    assert {float(each["y"]) + float(each["height"]) for each in found} == {190}  # on the axis
    assert texts(CHARTS["scores"], "chart-value") == ["3", "6", "12"]
    assert texts(CHARTS["scores"], "chart-tick") == [*map(str, range(0, 100, 10)), "all"]
    assert bars(CHARTS["no scores"]) == []


def test_widths_are_proportional_to_pass_rates() -> None:
    third, nearly_all = (float(each["width"]) for each in bars(CHARTS["cases"]))
    assert (third, nearly_all) == (108.7, 324.9)
    assert texts(CHARTS["cases"], "chart-rate") == ["33 %", "> 99 %"]


def test_long_names_are_cut() -> None:
    first, second = ElementTree.fromstring(CHARTS["cases"]).findall("text")[::2]
    assert first.text == "a<b & $x$"
    assert second.text == "b" * 51 + "…"


def test_description_gives_the_figures() -> None:
    assert "0 % and more: 3" in CHARTS["scores"] and "all points: 12" in CHARTS["scores"]
    assert "a&lt;b &amp; $x$: 33 %" in CHARTS["cases"]


# In a browser ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pages") / "class.html"
    path.write_text(page_of(*a_class(48)), encoding="utf-8")
    return path


def test_chart_follows_the_scheme_of_the_page(browser: Browser, file: Path) -> None:
    colours = {}
    for scheme in ("light", "dark"):
        with open_page(browser, file, color_scheme=scheme) as page:
            fill = "element => getComputedStyle(element).fill"
            bar = page.locator(".chart-bar").first.evaluate(fill)
            text = page.locator(".chart-tick").first.evaluate(fill)
            ink = page.locator("body").evaluate("element => getComputedStyle(element).color")
            assert text == ink
            colours[scheme] = (bar, text)
    assert colours["light"][0] != colours["dark"][0]


@pytest.mark.parametrize("width", [1280, 360])
def test_texts_do_not_overlap_or_leave_the_chart(browser: Browser, file: Path, width: int) -> None:
    viewport = {"width": width, "height": 800}
    with open_page(browser, file, viewport=viewport) as page:
        for chart in page.locator(".chart").all():
            outer = chart.bounding_box()
            assert outer is not None and outer["width"] > 0.8 * min(width, WIDTH)
            boxes = [box for each in chart.locator("text").all() if (box := each.bounding_box())]
            for box in boxes:
                assert outer["x"] - 1 <= box["x"]
                assert box["x"] + box["width"] <= outer["x"] + outer["width"] + 1
            for one, other in pairwise(boxes):
                apart = (
                    one["x"] + one["width"] <= other["x"]
                    or other["x"] + other["width"] <= one["x"]
                    or one["y"] + one["height"] <= other["y"] + 1
                    or other["y"] + other["height"] <= one["y"] + 1
                )
                assert apart, (one, other)
