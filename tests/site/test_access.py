"""The practice page for everybody: without scripts, by keyboard, on a phone, in all colours."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests._support.practice import (
    RIGHT,
    UNREACHABLE,
    WRONG,
    Practice,
    barriers,
    digest,
    judged,
    on_server,
    open_problem,
    ready,
    saved,
    show_code,
    text_of,
    watched,
    write,
)

PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 640},
    "has_touch": True,
    "is_mobile": True,
}


def pages(page: Page, practice: Practice, slug: str) -> dict[str, str]:
    """Return the addresses of all kinds of pages, by their names."""
    problem = f"{practice.origin}/p/{slug}"
    page.goto(f"{problem}/history")
    attempt = page.locator('a[href^="/a/"]').first.get_attribute("href")
    page.get_by_role("button", name="Compare").click()
    return {
        "list": practice.origin,
        "me": f"{practice.origin}/me",
        "problem": problem,
        "history": f"{problem}/history",
        "two texts": page.url,
        "attempt": f"{practice.origin}{attempt}",
        "unknown": f"{practice.origin}/p/unknown",
    }


# Which rules of axe: all once, and where colours or size differ those that depend on them.
LOOKS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "light": ({"color_scheme": "light"}, ()),
    "dark": ({"color_scheme": "dark"}, ("color-contrast",)),
    "forced": ({"forced_colors": "active"}, ("color-contrast",)),
    "phone": (PHONE, ("scrollable-region-focusable", "meta-viewport")),
}


@pytest.mark.parametrize("options, rules", LOOKS.values(), ids=LOOKS)
def test_no_page_has_barriers(
    browser: Browser,
    practice: Practice,
    slug: str,
    options: dict[str, Any],
    rules: tuple[str, ...],
) -> None:
    found: dict[str, list[str]] = {}
    with watched(browser, practice, allowed=[UNREACHABLE], **options) as context:
        page = open_problem(context, practice, slug)
        write(page, WRONG)
        page.keyboard.press("Control+Shift+Enter")
        judged(page, "wrong answer")
        found["results"] = barriers(page, *rules)
        show_code(page)
        page.get_by_text("Settings").click()
        page.get_by_text("Your own arguments").click()
        found["code"] = barriers(page, *rules)
        for name, address in pages(page, practice, slug).items():
            page.goto(address)
            if name == "problem":
                ready(page)
            found[name] = barriers(page, *rules)
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found[name].append("wider than the window")
    assert {name: each for name, each in found.items() if each} == {}


def test_messages_about_two_texts_have_no_barriers(
    browser: Browser, practice: Practice, slug: str
) -> None:
    with watched(browser, practice, allowed=[UNREACHABLE], **PHONE) as context:
        page = open_problem(context, practice, slug)
        context.request.put(
            f"{practice.origin}/p/{slug}/draft",
            data=RIGHT,
            headers={"If-Match": '"0"', "Origin": practice.origin},
        )
        write(page, WRONG)
        page.get_by_role("button", name="side by side").click()
        assert barriers(page) == []
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_without_a_script(browser: Browser, practice: Practice, slug: str) -> None:
    with watched(browser, practice, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(practice.origin)
        page.locator(f'a[href="/p/{slug}"]').first.click()
        code = page.get_by_role("textbox", name="Your solution to The mean")
        code.fill(WRONG)
        page.get_by_role("button", name="Run").click()
        judged(page, "wrong answer")  # the page looks again by itself
        expect(page.locator("#results")).to_contain_text("What do you divide by?")
        page.get_by_role("link", name="Back to the problem").click()
        assert on_server(context, practice, slug) == digest(WRONG)
        code.fill(RIGHT)
        page.get_by_text("Your own arguments").click()
        page.locator("#arguments").fill("mean([1.5, 2.5])")
        page.get_by_role("button", name="Try").click()
        expect(page.locator("#results")).to_contain_text("2.0")
        page.get_by_role("button", name="Submit").click()
        judged(page, "accepted")
        page.get_by_role("link", name="History").click()
        page.get_by_role("radio", name="From Run").check()
        page.get_by_role("button", name="Compare").click()
        expect(page.locator("h1")).to_contain_text("From Run")
        page.get_by_role("button", name="Continue with").first.click()
        expect(code).to_have_value(WRONG)


def test_on_a_phone(browser: Browser, practice: Practice, slug: str) -> None:
    with watched(browser, practice, **PHONE) as context:
        page = open_problem(context, practice, slug)
        statement, code = page.locator("#statement"), page.locator("#editor")
        expect(statement).to_be_visible()
        expect(code).to_be_hidden()
        page.get_by_role("link", name="Code").tap()
        expect(statement).to_be_hidden()
        page.locator(".cm-content").tap()
        page.keyboard.press("Control+a")
        page.keyboard.insert_text("def mean(values):\nreturn sum(values) / len(values)")
        keys = page.get_by_role("toolbar", name="Keys")
        keys.get_by_role("button", name="Indent").tap()
        assert text_of(page) == "def mean(values):\n    return sum(values) / len(values)"
        keys.get_by_role("button", name="Undo").tap()
        keys.get_by_role("button", name="Redo").tap()
        keys.get_by_role("button", name="Type _").tap()
        assert text_of(page).endswith("len(values)_")
        page.keyboard.press("Backspace")
        page.get_by_role("button", name="Run", exact=True).tap()
        judged(page, "accepted")
        expect(page.locator("#results .outcome")).to_be_in_viewport(ratio=0.9)
        expect(code).to_be_hidden()
        expect(page.get_by_role("link", name="Results")).to_have_attribute("aria-current", "true")
        page.get_by_role("link", name="Problem", exact=True).tap()
        expect(statement).to_be_visible()
        small = "each => parseFloat(getComputedStyle(each).fontSize)"
        for field in page.locator("textarea, select, .cm-scroller").all():
            assert field.evaluate(small) >= 16  # or the phone zooms in


def test_the_panes_are_resized(browser: Browser, practice: Practice, slug: str) -> None:
    with watched(browser, practice) as context:
        page = open_problem(context, practice, slug)
        height = page.get_by_role("separator", name="Height of the code")
        height.press("Home")
        height.press("ArrowDown")
        expect(height).to_have_attribute("aria-valuenow", "25")

        def boxes() -> tuple[float, float]:
            box, line = page.locator(".cm-editor").bounding_box(), height.bounding_box()
            assert box and line
            return box["height"], line["y"] + line["height"] / 2

        low, y = boxes()
        assert low == pytest.approx(0.25 * 720, abs=2)
        page.mouse.move(900, y)
        page.mouse.down()
        page.mouse.move(900, y + 180)
        page.mouse.up()
        assert boxes()[0] == pytest.approx(low + 180, abs=12)
        page.reload()
        ready(page)
        assert boxes()[0] == pytest.approx(low + 180, abs=12)
        height.press("Enter")  # as it was
        expect(page.locator("html")).not_to_have_attribute("data-height", "")


def test_by_keyboard_alone(browser: Browser, practice: Practice, slug: str) -> None:
    with watched(browser, practice) as context:
        page = open_problem(context, practice, slug)
        press = page.keyboard.press
        editor = page.get_by_role("textbox", name="Your solution to The mean")
        expect(editor).to_have_count(1)
        press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        for _ in range(30):
            press("Tab")
            if page.evaluate("document.activeElement.id") == "splitter":
                press("End")
                press("ArrowLeft")
                splitter = page.get_by_role("separator", name="Width of the statement")
                expect(splitter).to_have_attribute("aria-valuenow", "70")
            if page.evaluate("document.activeElement.classList.contains('cm-content')"):
                break
        expect(editor).to_be_focused()
        press("Tab")  # nothing was typed, so it leaves
        expect(editor).not_to_be_focused()
        press("Shift+Tab")
        expect(editor).to_be_focused()
        press("Control+a")
        page.keyboard.type("def mean(values):\nreturn 1")
        press("Tab")
        press("Shift+Tab")
        assert text_of(page) == "def mean(values):\n    return 1"
        press("Home")
        press("Tab")
        assert text_of(page) == "def mean(values):\n        return 1"
        press("Escape")
        press("Tab")
        expect(editor).not_to_be_focused()
        press("Control+Enter")
        judged(page, "wrong answer")
        press("F6")
        expect(page.locator(".case h3").first).to_be_focused()
        press("F6")
        expect(editor).to_be_focused()


def test_the_text_field_works_if_the_editor_cannot_be_loaded(
    browser: Browser, practice: Practice, slug: str
) -> None:
    with watched(browser, practice, allowed=[UNREACHABLE]) as context:
        context.route("**/codemirror.js", lambda route: route.abort())
        page = open_problem(context, practice, slug)
        page.get_by_role("textbox", name="Your solution to The mean").fill(RIGHT)
        saved(page)
        page.keyboard.press("Control+Enter")
        judged(page, "accepted")


def test_settings_are_kept(browser: Browser, practice: Practice, slug: str) -> None:
    with watched(browser, practice, color_scheme="light") as context:
        page = open_problem(context, practice, slug)
        page.get_by_text("Settings").click()
        page.get_by_label("Colours").select_option("dark")
        page.get_by_label("Font size of the code").select_option("20")
        page.get_by_label("Plain text editor").check()
        plain = page.get_by_role("textbox", name="Your solution to The mean")
        plain.fill(WRONG)
        saved(page)
        page.reload()
        ready(page)
        expect(plain).to_have_value(WRONG)
        assert plain.evaluate("each => [each.id, getComputedStyle(each).fontSize]") == [
            "source",
            "20px",
        ]
        plain.press("Tab")
        expect(plain).not_to_be_focused()
        page.goto(practice.origin)
        expect(page.locator("html")).to_have_css("color-scheme", "dark")


def test_code_grows_with_all_other_text(browser: Browser, practice: Practice, slug: str) -> None:
    """As for those who have set a larger text in the browser, with a size chosen here or none."""
    sizes = []
    with watched(browser, practice) as context:
        for standard in (16, 32):
            page = open_problem(context, practice, slug)
            session = context.new_cdp_session(page)
            session.send("Page.setFontSizes", {"fontSizes": {"standard": standard}})
            page.reload()
            ready(page)
            show_code(page)
            code = page.locator(".cm-content")
            size = "each => parseFloat(getComputedStyle(each).fontSize)"
            normal = code.evaluate(size)
            page.get_by_text("Settings").click()
            page.get_by_label("Font size of the code").select_option("20")
            sizes.append((normal, code.evaluate(size)))
            page.get_by_label("Font size of the code").select_option("")
            assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    # Twice as large, a window of 1280 pixels has the layout of small screens, and 16 for 15.
    assert sizes == [(15, 20), (2 * 16, 2 * 20)]


def test_names_are_suggested_only_on_request(
    browser: Browser, practice: Practice, slug: str
) -> None:
    with watched(browser, practice) as context:
        page = open_problem(context, practice, slug)
        suggestions = page.locator(".cm-tooltip-autocomplete")
        write(page, "average = 3\n")
        page.keyboard.type("aver")
        expect(page.locator("#source")).to_have_value("average = 3\naver")
        expect(suggestions).to_have_count(0)
        page.get_by_text("Settings").click()
        page.get_by_label("Suggest names").check()
        page.locator(".cm-content").click()
        page.keyboard.press("Control+End")
        page.keyboard.type("a")
        expect(suggestions).to_contain_text("average")
        suggestions.get_by_text("average").click()
        expect(page.locator("#source")).to_have_value("average = 3\naverage")


def test_words_that_are_being_composed_are_saved(
    browser: Browser, practice: Practice, slug: str
) -> None:
    """Keyboards of phones and of East Asia compose words; what they hold is text like any other."""
    with watched(browser, practice) as context:
        page = open_problem(context, practice, slug)
        page.locator(".cm-content").click()
        page.keyboard.press("Control+End")
        session = context.new_cdp_session(page)
        half = {"text": "# たし", "selectionStart": 4, "selectionEnd": 4}
        session.send("Input.imeSetComposition", half)
        session.send("Input.insertText", {"text": "# 足し"})
        page.keyboard.type("!")
        assert text_of(page).endswith("# 足し!")
        saved(page)
        assert on_server(context, practice, slug) == digest(text_of(page))
