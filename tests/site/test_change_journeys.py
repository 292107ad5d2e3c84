"""Journeys in a browser: a problem is changed while its page is open, alone and in a course."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests._support.lesson import Lesson
from tests._support.practice import (
    WRONG,
    Practice,
    barriers,
    judged,
    open_problem,
    saved,
    text_of,
    watched,
    write,
)
from tests._support.waiting import until

PHONE = {"width": 360, "height": 740}


def test_an_open_page_says_what_has_changed_and_shows_it(
    browser: Browser, practice: Practice, slug: str
) -> None:
    with watched(browser, practice) as context:
        page = open_problem(context, practice, slug)
        write(page, WRONG)
        saved(page)
        page.keyboard.press("Control+Shift+Enter")
        judged(page, "wrong answer")
        cases = practice.bank / "problems" / slug / "cases.yaml"
        text = cases.read_text().replace("expected: 2.5", "expected: 7.5")
        cases.write_text(text.replace("(1 + 2 + 4.5) / 3", "1 + 2 + 4.5"))
        bar = page.locator("#bar")
        expect(bar).to_contain_text("The problem has changed")
        expect(bar).to_contain_text(
            "The case three has another expected answer: 7.5 in place of 2.5"
        )
        bar.get_by_text("Statement and public cases, line by line").click()
        expect(bar.locator("tr.added").first).to_be_visible()
        assert barriers(page) == []
        assert text_of(page) == WRONG
        expect(page.locator("#statement")).to_contain_text("2.5")
        bar.get_by_role("button", name="Show the new version").click()
        expect(bar).to_be_hidden()
        expect(page.locator("#statement")).not_to_contain_text("2.5")
        assert text_of(page) == WRONG
        page.locator(".cm-content").click()
        page.keyboard.press("Control+z")  # the history of the editor is still there
        assert text_of(page) != WRONG
        page.keyboard.press("Control+Shift+z")
        page.reload()
        expect(page.locator("#results")).to_contain_text("Your points changed from 1 to 2")


def test_an_instructor_corrects_a_problem_in_the_lesson(browser: Browser, tmp_path: Path) -> None:
    lesson = Lesson(tmp_path / "course")
    try:
        with (
            watched(browser, lesson, person="ada") as hers,
            watched(browser, lesson, person="rivera", viewport=PHONE) as his,
        ):
            student = open_problem(hers, lesson, "mean-1")
            write(student, WRONG)
            saved(student)
            student.keyboard.press("Control+Shift+Enter")
            judged(student, "wrong answer")
            instructor = his.new_page()
            instructor.goto(f"{lesson.origin}/class/correction")
            assert barriers(instructor) == []
            row = instructor.get_by_role("row").filter(has_text="mean-1")
            expect(row).to_contain_text("as published")
            cases = lesson.folder / "solutions" / "mean-1" / "cases.yaml"
            cases.write_text(cases.read_text().replace("points: 2", "points: 6"))
            instructor.goto(f"{lesson.origin}/class/correction/mean-1")
            until(lambda: "The files differ" in reloaded(instructor))
            instructor.get_by_role("button", name="Preview").click()
            expect(instructor.get_by_role("status")).to_contain_text("Ready to publish")
            expect(instructor.locator("table").first).to_contain_text("Ada Lovelace")
            assert barriers(instructor) == []
            expect(student.locator("#bar")).to_be_hidden()
            instructor.get_by_role("button", name="Publish").click()
            expect(instructor.get_by_role("status")).to_contain_text("The files are the version")
            expect(student.locator("#bar")).to_contain_text("The problem has changed")
            expect(student.locator("#bar")).to_contain_text(
                "The hidden case secret has other points: 6 in place of 2"
            )
            expect(student.locator("#news")).to_contain_text("from 1 of 4 to 1 of 8")
            assert text_of(student) == WRONG
            assert barriers(student) == []
    finally:
        lesson.close()


def test_a_correction_needs_no_script(browser: Browser, tmp_path: Path) -> None:
    lesson = Lesson(tmp_path / "course")
    try:
        with (
            watched(browser, lesson, person="ada", java_script_enabled=False) as hers,
            watched(browser, lesson, person="rivera", java_script_enabled=False) as his,
        ):
            student = hers.new_page()
            student.goto(f"{lesson.origin}/p/mean-1")
            student.locator("#source").fill(WRONG)
            student.get_by_role("button", name="Submit").click()
            cases = lesson.folder / "problems" / "mean-1" / "cases.yaml"
            cases.write_text(
                cases.read_text().replace("expected: 2.5", "expected: 2.5\n    points: 3")
            )
            instructor = his.new_page()
            instructor.goto(f"{lesson.origin}/class/correction/mean-1")
            until(lambda: "The files differ" in reloaded(instructor))
            instructor.get_by_role("button", name="Preview").click()
            # The page asks for itself again as long as the preview is made.
            expect(instructor.get_by_role("button", name="Publish")).to_be_visible()
            instructor.get_by_role("button", name="Publish").click()
            student.goto(f"{lesson.origin}/p/mean-1")
            expect(student.locator("#news")).to_contain_text("the case three has other points")
            expect(student.locator("#results")).to_contain_text("from 1 of 4 to 1 of 6")
            student.get_by_role("link", name="See what has changed").first.click()
            expect(student.locator("main")).to_contain_text("has other points: 3 in place of 1")
    finally:
        lesson.close()


def reloaded(page: Page) -> str:
    """Return the content of a page, loaded again."""
    page.reload()
    return page.content()
