"""Due dates, exams and pages of assignments in a browser, whatever the clock of the device says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from grader.site.records.book import Book
from grader.site.records.notes import time_of
from tests._support.lesson import Lesson
from tests._support.practice import (
    RIGHT,
    UNREACHABLE,
    barriers,
    open_problem,
    ready,
    watched,
    write,
)
from tests._support.site import course_in
from tests.site.test_access import LOOKS

HOUR = timedelta(hours=1)


def works() -> dict[str, str]:
    """Return two assignments: one due in an hour, and an exam that ended an hour ago."""
    now = datetime.now(UTC)

    def text(at: datetime) -> str:
        return f"{at:%Y-%m-%d %H:%M:%S} UTC"

    return {
        "hw1": f"title: First\ndue: {text(now + HOUR)}\nattempts: {{most: 3}}\n"
        "problems: [{problem: mean-1, points: 10}]\n",
        "hw2": "title: Midterm\nproblems:\n  - {problem: mean-2, points: 4}\n"
        "  - {problem: mean-3, points: 6}\n"
        f"exam: {{from: {text(now - 3 * HOUR)}, until: {text(now - 2 * HOUR)}}}\n",
    }


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lesson]:
    def write_course(folder: Path) -> None:
        course_in(folder, works())

    lesson = Lesson(tmp_path_factory.mktemp("lesson"), write_course)
    yield lesson
    lesson.close()


def test_the_server_counts_down_and_not_the_device(browser: Browser, lesson: Lesson) -> None:
    with watched(browser, lesson, person="ada") as context:
        page = context.new_page()
        page.clock.install(time=datetime(2019, 1, 1, tzinfo=UTC))  # years behind
        page.goto(f"{lesson.origin}/p/mean-1")
        left = page.locator("[data-left]")
        before = left.inner_text()
        assert before.startswith(("59 min", "1 h 0 min"))
        page.clock.run_for(120_000)  # two minutes pass here, by both of its clocks
        expect(left).not_to_have_text(before)
        assert left.inner_text().startswith(("56 min", "57 min", "58 min", "59 min"))


def test_the_next_attempt_is_numbered_without_a_reload(browser: Browser, lesson: Lesson) -> None:
    with watched(browser, lesson, person="ben") as context:
        page = open_problem(context, lesson, "mean-1")
        cost = page.get_by_role("region", name="Time and attempts")
        expect(cost).to_contain_text("Attempt 1 of 3; the last counts.")
        write(page, RIGHT)
        page.keyboard.press("Control+Shift+Enter")
        expect(cost).to_contain_text("Attempt 2 of 3")


def test_more_time_reaches_an_open_page(browser: Browser, lesson: Lesson) -> None:
    with (
        watched(browser, lesson, person="cai") as context,
        watched(browser, lesson, person="rivera") as staff,
    ):
        page = open_problem(context, lesson, "mean-1")
        left = page.locator("[data-left]")
        expect(left).to_contain_text("min")
        teacher = staff.new_page()
        teacher.goto(f"{lesson.origin}/class/assignments/hw1?person=cai")
        until = datetime.now(UTC) + timedelta(days=3)
        teacher.get_by_label("Until").fill(f"{until:%Y-%m-%dT%H:%M}")
        teacher.get_by_label("Reason").fill("was ill")
        teacher.get_by_role("button", name="Give more time").click()
        expect(teacher.get_by_role("row", name="Cai Lun")).to_contain_text("was ill")
        expect(left).to_contain_text("2 d 23 h")  # without a reload
        teacher.get_by_role("button", name="Take back the extension of Cai Lun").click()
        expect(teacher.get_by_role("row", name="Cai Lun")).to_have_count(0)


def test_an_exam_that_has_ended_can_be_read(browser: Browser, lesson: Lesson) -> None:
    with watched(browser, lesson, person="ada") as context:
        page = context.new_page()
        page.goto(f"{lesson.origin}/p/mean-2")
        expect(page.get_by_text("The exam has ended")).to_be_visible()
        code = page.get_by_role("textbox", name="Your solution to The mean")
        expect(code).not_to_be_editable()
        expect(page.get_by_role("button", name="Submit")).to_have_count(0)


def write_course_with_a_draft(folder: Path) -> None:
    """Write a course whose work was due ten minutes ago, when Ada had a draft."""
    now = datetime.now(UTC)
    due = f"due: {now - timedelta(minutes=10):%Y-%m-%d %H:%M:%S} UTC\n"
    text = f"title: First\n{due}problems: [{{problem: mean-1, points: 10}}]\n"
    course_in(folder, {**works(), "hw1": text})
    book = Book(folder / "book")
    book.save_draft("ada", "mean-1", RIGHT.encode(), None).result()
    saved_at = time_of(now - timedelta(minutes=20))
    book.write(lambda rows: rows.execute("UPDATE draft SET saved_at = ?", (saved_at,))).result()
    book.close()


def test_a_phone_shows_that_a_draft_can_be_handed_in(browser: Browser, tmp_path: Path) -> None:
    lesson = Lesson(tmp_path / "course", write_course_with_a_draft)
    try:
        phone: dict[str, Any] = {"viewport": {"width": 360, "height": 640}}
        with watched(browser, lesson, person="ada", **phone) as context:
            page = context.new_page()
            for path, name in (("/", "Hand it in for The mean"), ("/p/mean-1", "Hand it in")):
                page.goto(lesson.origin + path)
                button = page.get_by_role("button", name=name, exact=True)
                expect(button).to_be_in_viewport()
                assert barriers(page) == []
                assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
            ready(page)
            button.click()
            expect(button).to_have_count(0)
    finally:
        lesson.close()


@pytest.mark.parametrize("options, rules", LOOKS.values(), ids=LOOKS)
def test_no_page_has_barriers(
    browser: Browser, lesson: Lesson, options: dict[str, Any], rules: tuple[str, ...]
) -> None:
    pages = {
        "ada": ("/", "/p/mean-1", "/p/mean-2"),
        "rivera": ("/class/assignments", "/class/assignments/hw1", "/class/assignments/hw2"),
    }
    found: dict[str, list[str]] = {}
    for person, paths in pages.items():
        with watched(browser, lesson, person=person, allowed=[UNREACHABLE], **options) as context:
            page = context.new_page()
            for path in paths:
                page.goto(lesson.origin + path)
                if path == "/p/mean-1":
                    ready(page)
                found[path] = barriers(page, *rules)
                if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                    found[path].append("wider than the window")
    assert {path: each for path, each in found.items() if each} == {}


def test_a_gradebook_without_a_script(browser: Browser, lesson: Lesson) -> None:
    lesson.send("dia", RIGHT, "mean-1")
    with watched(browser, lesson, person="rivera", java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{lesson.origin}/class/assignments/hw1")
        page.get_by_role("button", name="Make the gradebook").click()
        file = page.get_by_role("link", name="grades.csv")
        expect(file).to_be_visible()  # the page looks again by itself
        with page.expect_download() as loaded:
            file.click()
        assert '"dia"' in loaded.value.path().read_text("utf-8")


def test_a_page_that_looks_again_keeps_what_is_typed(browser: Browser, lesson: Lesson) -> None:
    """While a gradebook is made, as this page claims, which has the script of such a page."""
    path = "/class/assignments/hw1"
    loads: list[str] = []

    def make(route: Route) -> None:
        reply = route.fetch()
        loads.append(route.request.url)
        (common,) = re.findall(r'<script type="module" src="\S+/common.js"></script>', reply.text())
        reload = common.replace("common.js", "reload.js").replace("><", ' data-seconds="3"><')
        route.fulfill(response=reply, body=reply.text().replace(common, common + reload))

    with watched(browser, lesson, person="rivera") as context:
        page = context.new_page()
        page.clock.install()
        page.route(lesson.origin + path, make)
        page.goto(lesson.origin + path)
        with page.expect_event("load"):
            page.clock.run_for(3_000)
        page.get_by_label("Reason").fill("ill")
        page.get_by_label("Reason").blur()
        page.clock.run_for(30_000)
        page.evaluate("fetch('/healthz').then((reply) => reply.text())")  # a reload would end it
        assert page.get_by_label("Reason").input_value() == "ill"
        assert len(loads) == 2
