"""A lesson in a browser: the staff and students at the same time, on pages that stay open."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests._support.five_mistakes import (
    MISTAKES,
    RIGHT,
    SLUG,
    STUDENTS,
    hint,
    program,
    write_course,
)
from tests._support.lesson import Lesson
from tests._support.practice import (
    UNREACHABLE,
    barriers,
    judged,
    open_problem,
    watched,
    write,
)

NAMES = list(MISTAKES)
# Remembers when a page had all of some texts for the first time, by the clock of this machine.
SEEN_AT = """
(texts) => {
  const look = () => {
    const shown = document.body.innerText
    const { dataset } = document.documentElement
    if (!dataset.seenAt && texts.every((each) => shown.includes(each))) dataset.seenAt = Date.now()
  }
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true })
  look()
}
"""


def open_board(context: BrowserContext, lesson: Lesson, query: str = "") -> Page:
    """Open the board, and wait until it is live."""
    page = context.new_page()
    page.goto(f"{lesson.origin}/class{query}")
    page.locator("main[data-ready]").wait_for()
    return page


def look_out(page: Page, texts: Sequence[str]) -> None:
    page.evaluate(SEEN_AT, texts)


def seconds_until_seen(page: Page, since: str | float) -> float:
    """Wait until a page has what it looks out for; return how long that took."""
    page.locator("html[data-seen-at]").wait_for()
    begun = datetime.fromisoformat(since).timestamp() if isinstance(since, str) else since
    return float(page.evaluate("document.documentElement.dataset.seenAt")) / 1000 - begun


def test_the_board_names_five_mistakes_of_twenty_students(browser: Browser, lesson: Lesson) -> None:
    """How long it takes after the last submit is printed, as it depends on the machine."""
    with (
        watched(browser, lesson, person="rivera") as staff,
        watched(browser, lesson, person="s01") as first,
        watched(browser, lesson, person="s02") as second,
    ):
        board = open_board(staff, lesson)
        expect(board.locator("tr", has_text="Student 01")).to_contain_text("untouched")
        pages = [open_problem(each, lesson, SLUG) for each in (first, second)]
        look_out(board, [f"3 students: {each.replace('-', ' ')}" for each in NAMES])
        for number, page in enumerate(pages, 1):
            write(page, program(NAMES[number % 5], f"by {number}"))
            page.get_by_role("button", name="Submit").click()

        def send(number: int) -> dict[str, Any]:
            source = program(NAMES[number % 5], f"by {number}")
            if number > 15:
                source = f"{RIGHT}# by {number}\n"
            receipt: dict[str, Any] = lesson.send(f"s{number:02}", source, SLUG)[0]
            return receipt

        with ThreadPoolExecutor(STUDENTS) as pool:
            receipts = list(pool.map(send, range(3, STUDENTS + 1)))
        for page in pages:
            judged(page, "wrong answer")
        took = seconds_until_seen(board, max(each["received_at"] for each in receipts))
        print(f"the board names the five mistakes {took:.2f} s after the last submit")
        for each in NAMES:
            expect(board.locator(f"#on-{SLUG}")).to_contain_text(hint(each))
        expect(board.locator("tr", has_text="Student 16")).to_contain_text("solved")
        expect(board.locator("#summary")).to_contain_text("5 of 20")

        # A note to those who make one of the mistakes, who see it on their open pages.
        mistake = NAMES[1]
        look_out(pages[0], ["What is the number of values?"])
        board.get_by_role("link", name=f"who make the mistake {mistake.replace('-', ' ')}").click()
        board.get_by_label("The note").fill("What is the number of values?")
        sent_at = float(board.evaluate("Date.now()")) / 1000
        board.get_by_role("button", name="Send to 3 students").click()
        expect(board.locator(".sent")).to_contain_text("to 3 students; dismissed by 0")
        took = seconds_until_seen(pages[0], sent_at)
        print(f"a note reaches an open page {took:.2f} s after it was sent")
        expect(pages[0].locator("#news-live")).to_contain_text("What is the number of values?")
        pages[0].get_by_role("button", name="Dismiss").click()
        expect(pages[0].locator(".news-item")).to_have_count(0)
        pages[0].reload()
        pages[0].locator("main[data-ready]").wait_for()
        expect(pages[0].locator(".news-item")).to_have_count(0)
        expect(pages[1].locator(".news-item")).to_have_count(0)


def test_focus_and_what_is_unfolded_stay(browser: Browser, lesson: Lesson) -> None:
    lesson.send("s01", program("sum"), SLUG)
    with watched(browser, lesson, person="rivera") as context:
        board = open_board(context, lesson)
        board.locator(f"#on-{SLUG} summary", has_text="Who").click()
        link = board.locator(f"#on-{SLUG} details[open] a").first
        link.focus()
        lesson.send("s02", program("sum", "again"), SLUG)
        expect(board.locator(f"#on-{SLUG}")).to_contain_text("2 students: sum")
        expect(board.locator(f"#on-{SLUG} details[open]")).to_have_count(1)
        expect(board.locator(f"#on-{SLUG} details[open] a").first).to_be_focused()


def test_a_board_can_be_paused(browser: Browser, lesson: Lesson) -> None:
    with watched(browser, lesson, person="rivera") as context:
        board, other = open_board(context, lesson), open_board(context, lesson)
        board.get_by_role("button", name="Pause").click()
        lesson.send("s01", RIGHT, SLUG)
        expect(other.locator("tr", has_text="Student 01")).to_contain_text("solved")
        expect(board.locator("tr", has_text="Student 01")).to_contain_text("untouched")
        board.get_by_role("button", name="Pause").click()
        expect(board.locator("tr", has_text="Student 01")).to_contain_text("solved")


def test_a_board_goes_on_after_the_server_was_started_again(
    browser: Browser, lesson: Lesson
) -> None:
    with watched(browser, lesson, person="rivera", allowed=[UNREACHABLE]) as context:
        board = open_board(context, lesson)
        expect(board.locator("#liveness")).to_have_text("Live.")
        lesson.kill()
        expect(board.locator("#liveness")).to_contain_text("Not live since")
        lesson.start()
        expect(board.locator("#liveness")).to_have_text("Live.")
        lesson.send("s01", RIGHT, SLUG)
        expect(board.locator("tr", has_text="Student 01")).to_contain_text("solved")


def test_a_board_without_a_stream_asks_again(browser: Browser, lesson: Lesson) -> None:
    with watched(browser, lesson, person="rivera", allowed=[UNREACHABLE]) as context:
        page = context.new_page()
        page.route("**/class/stream*", lambda route: route.abort())
        page.clock.install()
        page.goto(f"{lesson.origin}/class")
        expect(page.locator("#liveness")).to_contain_text("asking every 10 seconds")
        lesson.send("s01", RIGHT, SLUG)
        page.clock.run_for(10_500)
        expect(page.locator("tr", has_text="Student 01")).to_contain_text("solved")


def test_a_board_without_scripts_shows_itself_again(browser: Browser, lesson: Lesson) -> None:
    lesson.send("s01", program("sum"), SLUG)
    with watched(browser, lesson, person="rivera", java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{lesson.origin}/class")
        expect(page.locator("meta[http-equiv=refresh]")).to_have_attribute("content", "10")
        expect(page.locator(f"#on-{SLUG}")).to_contain_text(hint("sum"))
        page.get_by_role("link", name="Stop showing it again").click()
        expect(page.locator("meta[http-equiv=refresh]")).to_have_count(0)
        page.get_by_role("link", name="Write a note to this student").click()
        page.get_by_label("The note").fill("Look again.")
        page.get_by_role("button", name="Send to 1 student").click()
        expect(page.locator(".sent")).to_contain_text("Look again.")
    with watched(browser, lesson, person="s01", java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{lesson.origin}/p/{SLUG}")
        expect(page.locator(".news-item")).to_contain_text("Look again.")
        page.get_by_role("button", name="Dismiss").click()
        expect(page.locator(".news-item")).to_have_count(0)


LOOKS: dict[str, tuple[dict[str, Any], Sequence[str]]] = {
    "light": ({"color_scheme": "light"}, ()),
    "dark": ({"color_scheme": "dark"}, ("color-contrast",)),
    "forced": ({"forced_colors": "active"}, ("color-contrast",)),
    "phone": (
        {"viewport": {"width": 360, "height": 640}, "has_touch": True, "is_mobile": True},
        ("scrollable-region-focusable", "meta-viewport"),
    ),
}


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A lesson with something of everything."""
    lesson = Lesson(tmp_path_factory.mktemp("taught"), write_course)
    for number in range(3):
        lesson.send("s01", program("sum", str(number)), SLUG)
    lesson.send("s02", program("sum"), SLUG, "run")
    lesson.send("s03", RIGHT, SLUG)
    lesson.send("s04", "def mean(values):\n    return 17.0\n", SLUG)
    yield lesson
    lesson.close()


@pytest.mark.parametrize("options, rules", LOOKS.values(), ids=LOOKS)
def test_no_page_of_the_staff_has_barriers(
    browser: Browser, taught: Lesson, options: dict[str, Any], rules: Sequence[str]
) -> None:
    with watched(browser, taught, person="rivera", **options) as context:
        page = context.new_page()
        address = f"{taught.origin}/class"
        page.goto(f"{address}/s01/{SLUG}")
        page.get_by_role("button", name="Compare").click()
        texts = page.url
        page.goto(f"{address}/s01/{SLUG}")
        page.get_by_role("link", name="Submit").first.click()
        for each in (
            address,
            f"{address}?projector",
            f"{address}/s01/{SLUG}",
            texts,
            page.url,
            f"{address}/note?to=all",
        ):
            page.goto(each)
            for details in page.locator("details").all():
                details.evaluate("each => { each.open = true }")
            assert barriers(page, *rules) == [], each
            width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert width <= 0, f"{each} is {width} px too wide"


def test_a_page_with_news_has_no_barriers(browser: Browser, taught: Lesson) -> None:
    with watched(browser, taught, person="rivera") as context:
        page = context.new_page()
        page.goto(f"{taught.origin}/class/note?to=person&person=s05&problem={SLUG}")
        page.get_by_label("The note").fill("Begin with the examples.")
        page.get_by_role("button", name="Send").click()
    for options, rules in LOOKS.values():
        with watched(browser, taught, person="s05", **options) as context:
            page = open_problem(context, taught, SLUG)
            expect(page.locator(".news-item")).to_have_count(1)
            assert barriers(page, *rules) == []


def test_the_board_by_keyboard_alone(browser: Browser, taught: Lesson) -> None:
    with watched(browser, taught, person="rivera") as context:
        board = open_board(context, taught)
        link = board.get_by_role("link", name="who make the mistake sum")
        for _ in range(60):
            board.keyboard.press("Tab")
            if link.evaluate("each => each === document.activeElement"):
                break
        board.keyboard.press("Enter")
        board.get_by_label("The note").wait_for()
        expect(board.locator("main")).to_contain_text(hint("sum"))


def test_printed_it_is_the_table_and_the_mistakes(browser: Browser, taught: Lesson) -> None:
    with watched(browser, taught, person="rivera") as context:
        board = open_board(context, taught)
        board.emulate_media(media="print")
        expect(board.get_by_role("button", name="Pause")).to_be_hidden()
        expect(board.locator("table.class")).to_be_visible()
        expect(board.locator(f"#on-{SLUG}")).to_be_visible()
