"""Journeys of people who sign in and out in a browser, and of what they were writing meanwhile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from grader.site.access.links import LinkKind, Links
from grader.site.access.sessions import Sessions
from grader.site.records.book import Book
from tests._support.lesson import Lesson
from tests._support.practice import (
    RIGHT,
    UNREACHABLE,
    WRONG,
    Practice,
    barriers,
    judged,
    open_problem,
    ready,
    saved,
    text_of,
    watched,
    write,
)
from tests.site.test_access import LOOKS, PHONE

KEPT = """async () => {
    const base = await new Promise((done, failed) => {
        const request = indexedDB.open("grader")
        request.onsuccess = () => done(request.result)
        request.onerror = failed
    })
    const read = (store) => new Promise((done) => {
        base.transaction(store).objectStore(store).getAll().onsuccess = (e) => done(e.target.result)
    })
    const stores = [...base.objectStoreNames]
    const found = await Promise.all(stores.map(read))
    base.close()
    return found.flat().map((each) => each.text ?? each.fields.source)
}"""


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lesson]:
    running = Lesson(tmp_path_factory.mktemp("lesson"))
    yield running
    running.close()


@contextmanager
def opened(lesson: Lesson) -> Iterator[tuple[Book, Sessions]]:
    """The book, beside the server."""
    book = Book(lesson.folder / "book")
    try:
        yield book, Sessions(book)
    finally:
        book.close()


def link_for(lesson: Lesson, person: str) -> str:
    with opened(lesson) as (book, sessions):
        (link,) = Links(book, sessions).make([person], LinkKind.LINK).result()
    return f"{lesson.origin}/in/{link.token}"


def end_sessions(lesson: Lesson, person: str) -> None:
    with opened(lesson) as (_, sessions):
        sessions.end_all(person).result()


def draft_of(lesson: Lesson, person: str, slug: str) -> str | None:
    with opened(lesson) as (book, _):
        draft = book.draft(person, slug)
        return book.source(draft.digest).decode() if draft is not None else None


def submits_of(lesson: Lesson, person: str, slug: str) -> list[str]:
    with opened(lesson) as (book, _):
        return [book.source(each.digest).decode() for each in book.attempts(person, slug)]


@contextmanager
def stranger(
    browser: Browser, lesson: Practice, *allowed: str, **options: Any
) -> Iterator[BrowserContext]:
    """A watched window in which nobody is signed in."""
    with watched(browser, lesson, person="fay", allowed=allowed, **options) as context:
        context.clear_cookies()
        yield context


# Signing in --------------------------------------------------------------------------------------


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_link_leads_to_the_problems(browser: Browser, lesson: Lesson, has_scripts: bool) -> None:
    with stranger(browser, lesson, UNREACHABLE, java_script_enabled=has_scripts) as context:
        page, address = context.new_page(), link_for(lesson, "ada")
        page.goto(f"{lesson.origin}/p/mean-1")
        expect(page.locator("h1")).to_have_text("Not signed in")
        page.goto(address)
        expect(page.locator("h1")).to_contain_text("Ada Lovelace")
        page.get_by_role("button", name="Sign in").dblclick()
        expect(page.get_by_role("heading", name="Problems")).to_be_visible()
        page.goto(address)  # a bookmark
        expect(page.get_by_role("heading", name="Problems")).to_be_visible()


def test_a_code_signs_in_a_phone_and_goes_on_where_it_was(browser: Browser, lesson: Lesson) -> None:
    with watched(browser, lesson, person="ben") as context:
        page = context.new_page()
        page.goto(f"{lesson.origin}/me")
        page.get_by_role("link", name="Add a device").click()
        page.get_by_role("button", name="Make a code").click()
        digits = page.locator(".digits").inner_text()
        with stranger(browser, lesson, UNREACHABLE, **PHONE) as other:
            phone = other.new_page()
            phone.goto(f"{lesson.origin}/p/mean-2")
            phone.get_by_label("Your id").fill("Ben")
            for typed in ("000000" if digits != "000 000" else "000001", digits):
                phone.get_by_label("Code").fill(typed)
                phone.get_by_role("button", name="Sign in").tap()
            expect(phone.get_by_role("heading", name="The mean")).to_be_visible()
            assert phone.url == f"{lesson.origin}/p/mean-2"
        page.goto(f"{lesson.origin}/me")
        expect(page.locator(".devices li")).to_have_count(2)
        page.locator(".devices").get_by_role("button", name="Sign out").click()
        expect(page.locator(".devices li")).to_have_count(1)


# Signed out meanwhile ----------------------------------------------------------------------------


def sign_in_by_link(page: Page, lesson: Lesson) -> None:
    page.get_by_label("Your link").fill(link_for(lesson, "cai"))
    page.locator("#again").get_by_role("button", name="Sign in").click()


def sign_in_by_code(page: Page, lesson: Lesson) -> None:
    with opened(lesson) as (_, sessions):
        cookie = sessions.begin("cai", "another device").result()
    name = f"grader-{lesson.port}"
    origin = {"Cookie": f"{name}={cookie}", "Origin": lesson.origin}
    assert page.context.browser is not None
    other = page.context.browser.new_context()
    made = other.request.post(f"{lesson.origin}/me/device", headers=origin).text()
    other.close()
    found = re.search(r'class="digits">([\d ]+)<', made)
    assert found is not None
    page.get_by_label("Your link").fill(found[1])
    page.keyboard.press("Enter")


def sign_in_elsewhere(page: Page, lesson: Lesson) -> None:
    other = page.context.new_page()
    other.goto(link_for(lesson, "cai"))
    other.get_by_role("button", name="Sign in").click()
    expect(other.get_by_role("heading", name="Problems")).to_be_visible()


WAYS = {"a link": sign_in_by_link, "a code": sign_in_by_code, "elsewhere": sign_in_elsewhere}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_who_is_signed_out_while_typing_loses_nothing(
    browser: Browser, lesson: Lesson, way: Any
) -> None:
    with watched(browser, lesson, person="cai", allowed=[UNREACHABLE]) as context:
        page = open_problem(context, lesson, "mean-1")
        text = f"{RIGHT}# {way.__name__}\n"
        end_sessions(lesson, "cai")
        write(page, text)
        dialog = page.get_by_role("dialog", name="You are signed out")
        expect(dialog).to_be_visible()
        page.keyboard.type("return x ")  # meant for the editor; it presses no button
        expect(dialog).to_be_visible()
        dialog.get_by_role("button", name="Later").click()
        page.keyboard.press("Control+Shift+Enter")
        expect(page.locator("#results")).to_contain_text("is kept on this device and sent")
        page.locator("#bar").get_by_role("button", name="Sign in").click()
        way(page, lesson)
        expect(dialog).to_be_hidden()
        judged(page, "accepted")
        saved(page)
        assert text_of(page) == text == draft_of(lesson, "cai", "mean-1")
        assert submits_of(lesson, "cai", "mean-1").count(text) == 1


def test_behind_a_proxy_one_signs_in_again_in_a_new_window(
    browser: Browser, tmp_path: Path
) -> None:
    words = ("--trust-header", "X-Remote-User", "--proxy", "127.0.0.1")
    lesson = Lesson(tmp_path, more=words)
    named = {"X-Remote-User": "cai"}
    try:
        with watched(
            browser, lesson, person="cai", allowed=[UNREACHABLE], extra_http_headers=named
        ) as context:
            page = open_problem(context, lesson, "mean-1")
            context.set_extra_http_headers({})
            write(page, RIGHT)
            dialog = page.get_by_role("dialog", name="You are signed out")
            expect(dialog).to_be_visible()
            expect(dialog.get_by_role("textbox")).to_have_count(0)
            assert barriers(page) == []
            with context.expect_page() as opened:
                context.set_extra_http_headers(named)
                dialog.get_by_role("link", name="Sign in in a new window").click()
            expect(opened.value.get_by_role("heading", name="Problems")).to_be_visible()
            expect(dialog).to_be_hidden()
            saved(page)
            assert draft_of(lesson, "cai", "mean-1") == RIGHT
    finally:
        lesson.close()


def test_a_text_is_not_kept_as_somebody_elses(browser: Browser, lesson: Lesson) -> None:
    with watched(browser, lesson, person="dia", allowed=[UNREACHABLE]) as context:
        page = open_problem(context, lesson, "mean-2")
        end_sessions(lesson, "dia")
        write(page, WRONG)
        dialog = page.get_by_role("dialog")
        page.get_by_label("Your link").fill(link_for(lesson, "eli"))
        dialog.get_by_role("button", name="Sign in").click()
        expect(dialog).to_contain_text("signs in somebody else")
        other = context.new_page()
        other.goto(link_for(lesson, "eli"))
        other.get_by_role("button", name="Sign in").click()
        expect(other.get_by_role("heading", name="Problems")).to_be_visible()
        with page.expect_response("**/draft") as reply:
            pass
        assert reply.value.status == 401
        expect(page.locator("#bar")).to_contain_text("signed out")
        assert draft_of(lesson, "eli", "mean-2") is None and text_of(page) == WRONG


def test_one_person_alone_signs_in_again_with_the_address(
    browser: Browser, practice: Practice, slug: str
) -> None:
    with watched(browser, practice, allowed=[UNREACHABLE]) as context:
        page = open_problem(context, practice, slug)
        context.clear_cookies()
        write(page, RIGHT)
        page.get_by_label("The address").fill(practice.first_url)
        page.get_by_role("dialog").get_by_role("button", name="Sign in").click()
        saved(page)
        expect(page.locator("#bar")).to_be_hidden()


# Signing out -------------------------------------------------------------------------------------


def leave(page: Page, lesson: Lesson) -> None:
    page.goto(f"{lesson.origin}/me")
    page.get_by_role("button", name="Sign out of this browser").click()


def test_signing_out_leaves_nothing_on_the_device(browser: Browser, lesson: Lesson) -> None:
    with watched(browser, lesson, person="ada", allowed=[UNREACHABLE]) as context:
        page = open_problem(context, lesson, "mean-3")
        page.get_by_text("Settings").click()
        page.get_by_label("Colours").select_option("dark")
        page.route("**/draft", lambda route: route.abort())
        write(page, WRONG)
        expect(page.locator("#status")).to_contain_text("Saving")
        other = context.new_page()
        other.goto(lesson.origin)
        leave(other, lesson)
        expect(other.get_by_role("heading", name="You are signed out")).to_be_visible()
        expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
        assert draft_of(lesson, "ada", "mean-3") == WRONG
        assert other.evaluate("localStorage.length") == 0
        assert other.evaluate("(async () => (await indexedDB.databases()).length)()") == 0
        other.go_back()
        expect(other.locator("h1")).to_have_text("Not signed in")


def test_what_the_server_does_not_have_is_asked_about(browser: Browser, lesson: Lesson) -> None:
    with watched(browser, lesson, person="ben", allowed=[UNREACHABLE]) as context:
        context.route("**/draft", lambda route: route.abort())
        context.route("**/submit", lambda route: route.abort())
        page = open_problem(context, lesson, "mean-3")
        write(page, RIGHT)
        page.keyboard.press("Control+Shift+Enter")
        expect(page.locator("#results")).to_contain_text("is kept on this device and sent")
        leave(page, lesson)
        left = page.locator("#left")
        expect(left).to_contain_text("You are still signed in")
        expect(left.locator("li")).to_have_count(2)
        assert set(page.evaluate(KEPT)) == {RIGHT}
        assert barriers(page) == []
        context.unroute("**/draft")
        context.unroute("**/submit")
        left.get_by_role("button", name="Try again").click()
        expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
        assert draft_of(lesson, "ben", "mean-3") == RIGHT
        assert submits_of(lesson, "ben", "mean-3") == [RIGHT]


def test_what_is_given_up_is_removed(browser: Browser, lesson: Lesson) -> None:
    with watched(browser, lesson, person="eli", allowed=[UNREACHABLE]) as context:
        context.route("**/draft", lambda route: route.abort())
        page = open_problem(context, lesson, "mean-3")
        write(page, WRONG)
        leave(page, lesson)
        page.get_by_role("button", name="Sign out and delete it").click()
        expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
        assert page.evaluate("(async () => (await indexedDB.databases()).length)()") == 0


def test_what_another_person_has_left_stays(browser: Browser, lesson: Lesson) -> None:
    with watched(browser, lesson, person="dia", allowed=[UNREACHABLE]) as context:
        context.route("**/draft", lambda route: route.abort())
        page = open_problem(context, lesson, "mean-3")
        write(page, WRONG)
        expect(page.locator("#status")).to_contain_text("Saving")
        page.close()
        context.clear_cookies()
        lesson.sign_in(context, "fay")
        editing = open_problem(context, lesson, "mean-3")
        assert text_of(editing) != WRONG
        page = context.new_page()
        page.goto(f"{lesson.origin}/me")
        write(editing, RIGHT)
        page.get_by_role("button", name="Sign out of this browser").click()
        page.get_by_role("button", name="Sign out and delete it").click()
        for each in (page, editing):
            expect(each.get_by_role("heading", name="You are signed out")).to_be_visible()
        assert page.evaluate(KEPT) == [WRONG]
        context.unroute("**/draft")
        lesson.sign_in(context, "dia")
        page = open_problem(context, lesson, "mean-3")
        ready(page)
        assert text_of(page) == WRONG
        saved(page)
        assert draft_of(lesson, "dia", "mean-3") == WRONG


def test_signing_out_without_scripts(browser: Browser, lesson: Lesson) -> None:
    with watched(
        browser, lesson, person="eli", allowed=[UNREACHABLE], java_script_enabled=False
    ) as context:
        page = context.new_page()
        leave(page, lesson)
        expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
        page.goto(lesson.origin)
        expect(page.locator("h1")).to_have_text("Not signed in")


# For everybody -----------------------------------------------------------------------------------


@pytest.mark.parametrize("options, rules", LOOKS.values(), ids=LOOKS)
def test_no_page_has_barriers(
    browser: Browser, lesson: Lesson, options: dict[str, Any], rules: tuple[str, ...]
) -> None:
    found: dict[str, list[str]] = {}

    def check(page: Page, name: str) -> None:
        found[name] = barriers(page, *rules)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found[name].append("wider than the window")

    with watched(browser, lesson, person="rivera", allowed=[UNREACHABLE], **options) as context:
        page = context.new_page()
        for path in ("/class/people", "/me", "/me/device"):
            page.goto(f"{lesson.origin}{path}")
            check(page, path)
        page.get_by_role("button", name="Make a code").click()
        page.get_by_text("Or send yourself").click()
        check(page, "a code")
        page.goto(f"{lesson.origin}/class/people")
        page.get_by_role("button", name="New link for Obi").click()
        check(page, "a new link")
        page = open_problem(context, lesson, "mean-1")
        code = page.get_by_role("link", name="Code", exact=True)
        if code.is_visible():
            code.click()  # a phone shows one part at a time
        context.clear_cookies()
        write(page, WRONG)
        expect(page.get_by_role("dialog")).to_be_visible()
        check(page, "signed out meanwhile")
        pages = {
            "a link": link_for(lesson, "fay"),
            "no link": f"{lesson.origin}/in/x",
            "a form for codes": f"{lesson.origin}/code",
            "not signed in": f"{lesson.origin}/p/mean-1",
            "signed out": f"{lesson.origin}/out",
        }
        for name, address in pages.items():
            page.goto(address)
            check(page, name)
    assert {name: each for name, each in found.items() if each} == {}
