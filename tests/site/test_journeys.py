"""Journeys through the practice page in a browser: solving, and never losing what was typed."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests._support.practice import (
    FAILS,
    RIGHT,
    UNREACHABLE,
    WRONG,
    Practice,
    digest,
    judged,
    on_server,
    open_problem,
    ready,
    saved,
    text_of,
    watched,
    write,
)

# Solving ---------------------------------------------------------------------------------------


def test_first_visit_to_first_accepted(browser: Browser, practice: Practice, slug: str) -> None:
    with watched(browser, practice) as context:
        page = context.new_page()
        page.goto(practice.first_url)
        entry = page.locator("li", has=page.locator(f'a[href="/p/{slug}"]'))
        expect(entry).not_to_contain_text("solved")
        entry.get_by_role("link", name="The mean").click()
        ready(page)
        write(page, RIGHT)
        page.keyboard.press("Control+Enter")
        judged(page, "accepted")
        expect(page.locator("#live")).not_to_be_empty()
        page.keyboard.press("Control+Shift+Enter")
        expect(page.locator("#results .case")).to_have_count(3)
        judged(page, "accepted")
        page.get_by_role("link", name="Problems").click()
        expect(entry).to_contain_text("solved")


def test_wrong_answer_hint_and_fix(browser: Browser, practice: Practice, slug: str) -> None:
    with watched(browser, practice) as context:
        page = open_problem(context, practice, slug)
        write(page, WRONG)
        page.get_by_role("button", name="Run", exact=True).click()
        judged(page, "wrong answer")
        expect(page.locator("#results")).to_contain_text("What do you divide by?")
        page.keyboard.press("F6")
        assert page.evaluate("document.activeElement.closest('.case').dataset.name") == "three"
        page.keyboard.press("F6")
        page.keyboard.press("Control+End")
        page.keyboard.press("ArrowUp")
        page.keyboard.press("End")
        page.keyboard.type(" / len(values)")
        page.keyboard.press("Control+Enter")
        judged(page, "accepted")
        page.keyboard.press("Control+z")  # a run leaves the history of the editor
        expect(page.locator("#source")).to_have_value(WRONG)


def test_the_line_that_raised_is_marked(browser: Browser, practice: Practice, slug: str) -> None:
    with watched(browser, practice) as context:
        page = open_problem(context, practice, slug)
        write(page, FAILS)
        page.keyboard.press("Control+Enter")
        judged(page, "run-time error")
        expect(page.locator(".cm-lint-marker-error")).to_have_count(1)
        expect(page.locator(".cm-lintRange-error").first).to_contain_text("return total / values")
        page.get_by_role("link", name="Go to line 3").first.click()
        page.keyboard.type("x")
        assert text_of(page) == FAILS.replace("    return total", "x    return total")
        expect(page.locator("#live")).to_contain_text("error")


def test_own_arguments(browser: Browser, practice: Practice, slug: str) -> None:
    with watched(browser, practice, allowed=[UNREACHABLE]) as context:
        page = open_problem(context, practice, slug)
        write(page, WRONG)
        page.get_by_text("Your own arguments").click()
        page.locator("#arguments").fill("mean([1.5, 2.0])")
        page.keyboard.press("Control+Enter")  # tries, as the cursor is there
        expect(page.locator("#results")).to_contain_text("3.5")
        page.locator("#arguments").fill("mean(1.5, 2.0, 3.0)")
        page.get_by_role("button", name="Try").click()
        expect(page.locator("#results")).not_to_contain_text("3.5")
        expect(page.locator("#results")).to_contain_text("mean")


# Drafts ----------------------------------------------------------------------------------------


def test_a_draft_survives_a_reload_at_any_time(
    browser: Browser, practice: Practice, slug: str
) -> None:
    with watched(browser, practice, allowed=[UNREACHABLE]) as context:
        page = open_problem(context, practice, slug)
        write(page, WRONG)
        page.reload()  # before it can be saved
        ready(page)
        assert text_of(page) == WRONG
        saved(page)
        page.reload()
        ready(page)
        assert text_of(page) == WRONG
        assert on_server(context, practice, slug) == digest(WRONG)


def lose_the_reply(route: Route) -> None:
    """Let the server have the request, and the page no reply."""
    route.fetch()
    route.abort()


def lose_half_of_the_reply(route: Route) -> None:
    route.fetch()
    route.fulfill(status=200, content_type="application/json", body='{"rev')


@pytest.mark.parametrize("lose", [lose_the_reply, lose_half_of_the_reply], ids=["all", "half"])
def test_a_save_without_its_reply_is_not_another_text(
    browser: Browser, practice: Practice, slug: str, lose: Callable[[Route], None]
) -> None:
    with watched(browser, practice, allowed=[UNREACHABLE]) as context:
        page = open_problem(context, practice, slug)
        page.route("**/draft", lose, times=1)
        with page.expect_request("**/draft"):
            write(page, WRONG)
        write(page, RIGHT)
        saved(page)
        expect(page.locator("#bar")).to_be_hidden()
        assert on_server(context, practice, slug) == digest(RIGHT)


def test_windows_of_one_browser_show_one_text(
    browser: Browser, practice: Practice, slug: str
) -> None:
    with watched(browser, practice) as context:
        first = open_problem(context, practice, slug)
        second = open_problem(context, practice, slug)
        for page in (first, second):
            expect(page.locator("#bar")).to_contain_text("another window")
        write(first, RIGHT)
        expect(second.locator("#source")).to_have_value(RIGHT)
        for page, other, word in ((second, first, "# end"), (first, second, "!")):
            page.bring_to_front()
            page.locator(".cm-content").click()
            page.keyboard.press("Control+End")
            page.keyboard.type(word)
            expect(other.locator("#source")).to_have_value(text_of(page))
            saved(page)
        second.close()
        assert on_server(context, practice, slug) == digest(RIGHT + "# end!")
        expect(first.locator("#bar")).not_to_contain_text("Both are kept")


CHOICES = {"mine": ("With mine", WRONG), "the other": ("With the other", RIGHT)}


@pytest.mark.parametrize("button, kept", CHOICES.values(), ids=CHOICES)
def test_texts_of_two_devices_are_both_kept(
    browser: Browser, practice: Practice, slug: str, button: str, kept: str
) -> None:
    with watched(browser, practice, allowed=[UNREACHABLE]) as here:
        page = open_problem(here, practice, slug)
        with watched(browser, practice) as there:
            elsewhere = open_problem(there, practice, slug)
            write(elsewhere, RIGHT)
            saved(elsewhere)
        write(page, WRONG)
        bar = page.locator("#bar")
        expect(bar).to_contain_text("Both are kept")
        for _ in range(2):
            page.reload()  # undecided: it is asked again
            ready(page)
            expect(bar).to_contain_text("Both are kept")
        assert text_of(page) == WRONG
        bar.get_by_role("button", name="side by side").click()
        assert bar.locator("pre").all_text_contents() == [WRONG + "\n", RIGHT + "\n"]
        bar.get_by_role("button", name=button).click()
        expect(page.locator("#source")).to_have_value(kept)
        saved(page)
        assert on_server(here, practice, slug) == digest(kept)
        if kept == RIGHT:
            page.keyboard.press("Control+z")
            expect(page.locator("#source")).to_have_value(WRONG)


def test_a_text_that_nobody_changed_here_follows_the_server(
    browser: Browser, practice: Practice, slug: str
) -> None:
    with watched(browser, practice, allowed=[UNREACHABLE]) as here:
        page = open_problem(here, practice, slug)
        with watched(browser, practice) as there:
            elsewhere = open_problem(there, practice, slug)
            write(elsewhere, RIGHT)
            saved(elsewhere)
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(page.locator("#source")).to_have_value(RIGHT)
        expect(page.locator("#bar")).to_be_hidden()


def test_who_is_signed_out_loses_nothing(browser: Browser, practice: Practice, slug: str) -> None:
    with watched(browser, practice, allowed=[UNREACHABLE]) as context:
        page = open_problem(context, practice, slug)
        context.clear_cookies()
        write(page, RIGHT)
        expect(page.locator("#status")).to_contain_text("Kept on this device")
        expect(page.locator("#bar")).not_to_be_empty()
        context.request.get(practice.first_url)
        saved(page)
        expect(page.locator("#bar")).to_be_hidden()
        assert on_server(context, practice, slug) == digest(RIGHT)


def refuse(route: Route, status: int, message: str) -> None:
    words = json.dumps({"message": message})
    route.fulfill(status=status, content_type="application/json", body=words)


def full(route: Route) -> None:
    """Reply as a server whose disk is full."""
    refuse(route, 507, "The disk is full.")


def slow(route: Route) -> None:
    """Reply as a server to which a request has come too slowly."""
    refuse(route, 408, "The request was not complete in time.")


def test_a_full_disk_is_told_and_the_text_saved_later(
    browser: Browser, practice: Practice, slug: str
) -> None:
    with watched(browser, practice, allowed=[UNREACHABLE]) as context:
        page = open_problem(context, practice, slug)
        page.route("**/draft", full)
        write(page, RIGHT)
        expect(page.locator("#bar")).to_contain_text("The disk is full.")
        page.unroute("**/draft")
        saved(page)
        expect(page.locator("#bar")).to_be_hidden()


PASSING = {
    "a full disk": (full, "The disk is full."),
    "a slow line": (slow, "not complete in time."),
}


@pytest.mark.parametrize("reply, words", PASSING.values(), ids=PASSING)
def test_a_submit_that_cannot_be_kept_now_is_said_and_sent_again(
    reply: Callable[[Route], None], words: str, browser: Browser, practice: Practice, slug: str
) -> None:
    with watched(browser, practice, allowed=[UNREACHABLE]) as context:
        page = open_problem(context, practice, slug)
        page.route("**/submit", reply)
        write(page, RIGHT)
        page.keyboard.press("Control+Shift+Enter")
        expect(page.locator("#results")).to_contain_text(f"{words} Your submission of")
        expect(page.locator("#results")).not_to_contain_text("Received at")
        page.unroute("**/submit")
        judged(page, "accepted")
        assert text_of(page) == RIGHT


def test_ten_minutes_without_the_line_cost_nothing(
    browser: Browser, practice: Practice, slug: str
) -> None:
    with watched(browser, practice, allowed=[UNREACHABLE]) as context:
        page = context.new_page()
        page.clock.install()
        page.goto(f"{practice.origin}/p/{slug}")
        ready(page)
        context.set_offline(True)
        write(page, RIGHT)
        page.clock.run_for(2000)
        bar = page.locator("#bar")
        expect(bar).to_contain_text("No answer from the server since")
        run = page.get_by_role("button", name="Run", exact=True)
        expect(run).to_have_attribute("aria-disabled", "true")
        page.keyboard.press("Control+Shift+Enter")
        expect(page.locator("#results")).to_contain_text("is kept on this device")
        page.clock.run_for("10:00")
        write(page, RIGHT + "# later\n")
        context.set_offline(False)
        page.clock.run_for(20_000)
        judged(page, "accepted")
        expect(bar).to_be_hidden()
        saved(page)
        expect(run).to_have_attribute("aria-disabled", "false")
        assert on_server(context, practice, slug) == digest(RIGHT + "# later\n")


# Attempts --------------------------------------------------------------------------------------


def submits(page: Page, practice: Practice, slug: str) -> int:
    """Return how many submits the server has."""
    history = page.context.request.get(f"{practice.origin}/p/{slug}/history").text()
    return history.count('href="/a/')


def hold_submits(page: Page) -> list[Route]:
    """Keep submits from the server; return those that were kept."""
    held: list[Route] = []
    page.route("**/submit", lambda route: held.append(route))
    return held


def test_a_submit_without_its_reply_is_the_same_submit_again(
    browser: Browser, practice: Practice, slug: str
) -> None:
    with watched(browser, practice, allowed=[UNREACHABLE]) as context:
        page = open_problem(context, practice, slug)
        write(page, RIGHT)

        page.route("**/submit", lose_the_reply, times=1)
        page.keyboard.press("Control+Shift+Enter")
        judged(page, "accepted")
        assert submits(page, practice, slug) == 1


def test_a_reload_at_every_step_of_a_submit(
    browser: Browser, practice: Practice, slug: str
) -> None:
    with watched(browser, practice, allowed=[UNREACHABLE]) as context:
        page = open_problem(context, practice, slug)
        write(page, RIGHT)
        held = hold_submits(page)
        with page.expect_request("**/submit"):
            page.keyboard.press("Control+Shift+Enter")
        assert submits(page, practice, slug) == 0
        with page.expect_request("**/submit"):
            page.reload()  # before the server has it: it is sent by itself
        held[-1].fetch()
        assert submits(page, practice, slug) == 1
        page.unroute("**/submit")
        page.reload()  # before its receipt
        judged(page, "accepted")
        page.reload()  # after the end
        ready(page)
        judged(page, "accepted")
        assert submits(page, practice, slug) == 1


def test_a_second_press_of_submit_is_no_second_attempt(
    browser: Browser, practice: Practice, slug: str
) -> None:
    with watched(browser, practice) as context:
        page = open_problem(context, practice, slug)
        write(page, RIGHT)
        held = hold_submits(page)
        button = page.get_by_role("button", name="Submit")
        with page.expect_request("**/submit"):
            button.dblclick()
        expect(page.locator("#live")).to_contain_text("submitted already")
        assert len(held) == 1
        held[0].continue_()
        judged(page, "accepted")
        assert submits(page, practice, slug) == 1


def test_the_page_says_once_that_it_begins_and_once_how_it_ended(
    browser: Browser, practice: Practice, slug: str
) -> None:
    with watched(browser, practice) as context:
        page = open_problem(context, practice, slug)
        write(page, RIGHT)
        saved(page)
        page.evaluate(
            "() => { window.said = [];"
            " new MutationObserver(() => said.push(document.getElementById('live').textContent))"
            ".observe(document.getElementById('live'), {childList: true}) }"
        )
        page.keyboard.press("Control+Enter")
        judged(page, "accepted")
        said = page.evaluate("said")
        assert said[0] == "Running."
        assert len(said) == 2 and "ccepted" in said[1]
        assert page.evaluate("document.activeElement.className").startswith("cm-content")


# The server is killed; last, since it is started again -------------------------------------------


def test_a_server_killed_while_somebody_types_has_the_text_to_the_byte(
    browser: Browser, practice: Practice, slug: str
) -> None:
    words = "# every byte is there: äöü ß ∑ 𝛼 'quoted' (x)\nnow = [1, 2]\n"
    with watched(browser, practice, allowed=[UNREACHABLE]) as context:
        page = open_problem(context, practice, slug)
        page.locator(".cm-content").click()
        page.keyboard.press("Control+End")
        for index, key in enumerate(words):
            page.keyboard.type(key, delay=80)  # twelve keys a second
            if index in (12, 42):
                practice.kill()
            if index in (24, 50):
                practice.start()
        saved(page)
        assert "𝛼" in text_of(page)
        assert on_server(context, practice, slug) == digest(text_of(page))
