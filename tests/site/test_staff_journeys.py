"""The pages for those who teach, on a phone: what each of them looks like and leads to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests._support.lesson import Lesson
from tests._support.practice import watched
from tests._support.site import course_in
from tests.site.test_terms_journeys import works

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}}

# What is wrong with the cells of all tables: without a heading before it, or over one another.
CELLS = """() => [...document.querySelectorAll("table")].flatMap(table => {
  const heads = [...table.tHead.rows[0].cells].map(each => each.textContent)
  return [...table.tBodies[0].rows].flatMap(row => {
    const cells = [...row.cells].filter(each => each.textContent)
    const wrong = cells.filter(each => each.matches("td:not(:has(button))")).filter(each => {
      const own = heads.slice(each.cellIndex, each.cellIndex + each.colSpan)
      const shown = getComputedStyle(each, "::before").content
      return !own.includes(each.dataset.label) || ["none", "normal"].includes(shown)
    })
    const boxes = cells.map(each => {
      const range = document.createRange()
      range.selectNodeContents(each)
      return [each, range.getBoundingClientRect()]
    })
    const over = boxes.filter(([each, box], i) => boxes.some(([, other], j) => i < j
      && box.left < other.right - 1 && other.left < box.right - 1
      && box.top < other.bottom - 1 && other.top < box.bottom - 1))
    return [...wrong.map(each => "no heading: " + each.textContent.trim()),
      ...over.map(([each]) => "under another: " + each.textContent.trim())]
  })
})"""


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lesson]:
    lesson = Lesson(tmp_path_factory.mktemp("lesson"), lambda folder: course_in(folder, works()))
    yield lesson
    lesson.close()


def test_on_a_phone_each_cell_has_its_heading(browser: Browser, lesson: Lesson) -> None:
    with watched(browser, lesson, person="rivera", **PHONE) as context:
        page = context.new_page()
        page.goto(f"{lesson.origin}/class/assignments/hw1?person=cai")
        page.get_by_label("Until").fill("2099-12-02T23:59")
        page.get_by_label("Reason").fill("was ill")
        page.get_by_role("button", name="Give more time").click()
        expect(page.locator("table")).to_contain_text("was ill")
        found = {"hw1": page.evaluate(CELLS)}
        for path in ("assignments", "correction"):
            page.goto(f"{lesson.origin}/class/{path}")
            expect(page.locator("tbody tr")).not_to_have_count(0)
            found[path] = page.evaluate(CELLS)
        assert {path: each for path, each in found.items() if each} == {}
