"""Attempts on the practice page: receipts, cases one by one, and what is judged again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests._support.site import RIGHT, SUM, Site, site


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("book")) as running:
        yield running


def test_a_run_judges_the_public_cases(page: Site) -> None:
    lines = page.stream("/p/mean/run", source=SUM, id="run-of-a-sum")
    assert [each["type"] for each in lines] == ["receipt", "case", "case", "done"]
    assert [each["name"] for each in lines[1:3]] == ["three", "one"]
    assert lines[0]["attempt"] == "run-of-a-sum"
    assert (lines[-1]["points"], lines[-1]["max_points"]) == (1, 2)
    assert "What do you divide by?" in lines[-1]["html"]


def test_a_submit_judges_all_cases(page: Site) -> None:
    lines = page.stream("/p/mean/submit", source=RIGHT, id="submit-right")
    assert [each["name"] for each in lines if each["type"] == "case"] == ["three", "one", "secret"]
    assert lines[-1]["verdict"] == "accepted" and lines[-1]["points"] == 4
