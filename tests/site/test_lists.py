"""The list of problems: a path with states, filters, and progress over time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.bank.locate import Heading
from grader.bank.progress import Progress
from grader.site.lists import State, chart_of, rows_of
from grader.site.records.notes import Standing
from tests._support.bank import ROOT
from tests._support.site import Site, classroom_site, site

FIRST = Heading("first", "The first", "easy", "Tests", "f")
SECOND = Heading("second", "The second", "easy", "Tests", "g", after=("first",))
THIRD = Heading("third", "The third", "hard", "Tests", "h", after=("second", "gone"))
ALL = [FIRST, SECOND, THIRD]
DAY = "2026-11-2{}T20:00:00.000Z"


def test_states_are_those_of_the_page_and_of_the_commands() -> None:
    standings = {
        "first": Standing(DAY.format(1), submits=3, best=1.0, solved_at=DAY.format(2)),
        "second": Standing(DAY.format(3)),
    }
    progress = {"first": Progress(4, 1.0, DAY.format(1), DAY.format(1))}
    rows = rows_of(ALL, standings, progress)
    assert [row.state for row in rows] == [State.SOLVED, State.BEGUN, State.UNTOUCHED]
    assert rows[0].solved_at == DAY.format(1) and rows[0].submits == 4
    assert [row.is_next for row in rows] == [False, True, False]
    assert rows[2].after == ["The second"]  # and not what the bank does not have


def test_nothing_done_yet() -> None:
    rows = rows_of(ALL, {}, {})
    assert {row.state for row in rows} == {State.UNTOUCHED} and rows[0].is_next


def test_progress_over_time() -> None:
    assert chart_of([DAY.format(1), DAY.format(1)], 3) is None
    chart = chart_of([DAY.format(5), DAY.format(1), DAY.format(1)], 4)
    assert chart is not None
    assert chart.days == [("2026-11-21", 2), ("2026-11-25", 3)]
    assert chart.points == "0,120 0,120 0,60 600,60 600,30"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("book"), ROOT) as running:
        yield running


@pytest.mark.parametrize(
    "query, shown, others",
    [
        ("q=clip+value", "Clipped value loss", "IPO loss"),
        ("difficulty=hard", "ORPO loss", "IPO loss"),
        ("tag=KL", "Per-token KL reward", "IPO loss"),
        ("state=untouched", "IPO loss", "Show all problems"),
        ("q=%3Ci%3E", "None of the", "<i>"),
        ("state=solved", "None of the", "IPO loss"),
    ],
)
def test_filters(page: Site, query: str, shown: str, others: str) -> None:
    text = page.client.get(f"/?{query}").text
    assert shown in text and others not in text


def test_a_draft_begins_a_problem(page: Site) -> None:
    page.save("x = 1", 0, "pass-at-k")
    assert "Unbiased pass@k" in page.client.get("/?state=begun").text


def test_export_is_empty_at_first(tmp_path: Path) -> None:
    with site(tmp_path) as page:
        content = page.client.get("/export.zip").content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == []


def test_the_course_is_named_before_and_after_signing_in(tmp_path: Path) -> None:
    with classroom_site(tmp_path) as room:
        kicker = '<p class="kicker">Means</p>'
        assert kicker in room.stranger().get("/code").text
        assert kicker in room.as_("ada").client.get("/").text
