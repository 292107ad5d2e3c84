"""The page of the class report: its content, hostile texts, and how a browser shows it."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from time import process_time

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page

from grader.course.statistics import compute_statistics
from grader.model.assignment import Adjustment
from grader.model.course import Student, SubmissionSet
from grader.reports.class_report import html as class_html
from tests._support.browser import open_page
from tests._support.classes import a_class, outcome, page_of
from tests._support.gradebooks import CLASS, SMALL, make


class Elements(HTMLParser):
    """The elements of a page with their attributes, those that are not closed, and its text."""

    VOID = ("meta", "link", "input", "br", "wbr")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.text += data


def test_page_is_well_formed() -> None:
    elements = Elements(page_of(*a_class(40, problems=2)))
    assert elements.open == []
    ids = [attrs["id"] for _, attrs in elements.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    named = [
        attrs[name] or ""
        for _, attrs in elements.tags
        for name in ("aria-labelledby", "aria-describedby")
        if name in attrs
    ]
    links = [(attrs.get("href") or "") for tag, attrs in elements.tags if tag == "a"]
    assert {*named, *(link[1:] for link in links if link.startswith("#"))} <= set(ids)
    assert "students/student-00000/mean-1.html" in links


def test_page_contains_the_class() -> None:
    text = re.sub(r"\s+", " ", Elements(page_of(*a_class(40))).text)
    for part in (
        "41 students, 1 of them without a submission; 1 problem.",
        "no clip",
        "x.zip!y.py: not in the roster",
        "nobodyWho Is Missing –",
        "student-00001First1 Last1 4 AC",
    ):
        assert part in text


HOSTILE = (
    "</script></style></title><script>alert(1)</script><img src=x onerror=alert(1)>\"'&amp;$x$"
)


def hostile(text: str) -> str:
    """Return a page with the text in every place that anybody can write."""
    many = [outcome(text, "0"), outcome(f"{text}2", "0"), outcome("=1+1", "1")]
    many = [
        replace(each, attempt=replace(each.attempt, digest="x"), misconceptions=(text,))
        for each in many
    ]
    cases = [
        replace(each, cases={text: each.score}, verdicts={text: each.verdict}) for each in many
    ]
    found = compute_statistics(text, cases, late={text: 1})
    roster = (Student(text, text), Student(f"{text}2", text))
    return page_of(SubmissionSet((), roster, (), (text,)), [found], title=text)


def test_text_never_becomes_markup() -> None:
    elements = Elements(hostile(HOSTILE))
    assert [tag for tag, _ in elements.tags].count("script") == 1
    assert not [tag for tag, _ in elements.tags if tag in ("img", "iframe", "object")]
    assert not [name for _, attrs in elements.tags for name in attrs if name.startswith("on")]
    assert elements.text.count("alert(1)") > 10  # it is shown, as text


@pytest.mark.parametrize("character", ["\u202e", "\x1b", "\0", "\r", "\ud800", "\x9b"])
def test_text_never_disturbs_the_page(character: str) -> None:
    page = hostile(f"a{character}b")
    assert character not in page
    page.encode("utf-8")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//[alert(1)"])
def test_unsafe_address_is_not_a_link(address: str) -> None:
    out = io.StringIO()
    class_html.write("x", *a_class(3), out, link=lambda student, problem: address)
    assert "alert" not in out.getvalue()


def test_same_class_gives_the_same_bytes() -> None:
    assert page_of(*a_class(30)) == page_of(*a_class(30))


def test_class_of_thousands_is_a_page_of_two_megabytes() -> None:
    began = process_time()
    assert len(page_of(*a_class(5000))) < 2_000_000
    assert process_time() - began < 20


# In a browser ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pages") / "class.html"
    path.write_text(page_of(*a_class(48, problems=2)), encoding="utf-8")
    return path


DESK = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 640}
OPEN_ALL = "document.querySelectorAll('details').forEach(details => details.open = true)"


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_is_accessible(
    browser: Browser, file: Path, viewport: dict[str, int], scheme: str
) -> None:
    with open_page(browser, file, viewport=viewport, color_scheme=scheme) as page:
        page.evaluate(OPEN_ALL)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]


def column(page: Page, number: int) -> list[str]:
    """Return a column of the table of students, top to bottom, of the visible rows."""
    rows = page.get_by_role("table", name="Students", exact=True).locator("tbody tr:visible")
    return rows.locator(f":nth-child({number})").all_inner_texts()


def test_table_sorts_by_mouse_and_keyboard(browser: Browser, file: Path) -> None:
    with open_page(browser, file) as page:
        table = page.get_by_role("table", name="Students", exact=True)
        head = table.get_by_role("columnheader", name="mean-0")
        head.get_by_role("button").click()
        scores = [text.split()[0] for text in column(page, 3)]
        expected = sorted(scores, key="–01234".index, reverse=True)
        assert (scores[0], scores[-1], scores) == ("4", "–", expected)
        assert head.get_attribute("aria-sort") == "descending"
        table.get_by_role("button", name="Name").focus()
        page.keyboard.press("Enter")
        names = column(page, 2)
        assert names[:3] == ["First0 Last0", "First1 Last1", "First2 Last2"]
        assert head.get_attribute("aria-sort") is None
        page.keyboard.press("Enter")
        assert column(page, 2) == names[::-1]


def test_table_is_filtered(browser: Browser, file: Path) -> None:
    with open_page(browser, file) as page:
        box = page.locator("details .filter input")
        box.fill("LAST4")
        assert column(page, 2) == [f"First{n} Last{n}" for n in (4, 40, 41, 42, 43, 44, 45, 46, 47)]
        assert page.locator("details .filter").get_by_role("status").inner_text() == "9 of 49"
        box.fill("")
        assert len(column(page, 2)) == 49


@pytest.mark.parametrize("students, boxes", [(19, 0), (20, 1)])
def test_tables_have_a_filter_from_twenty_rows_on(
    browser: Browser, tmp_path: Path, students: int, boxes: int
) -> None:
    page_file = tmp_path / "class.html"
    submissions, problems = a_class(students - 1)  # and one who submitted nothing
    page_file.write_text(page_of(submissions, problems), encoding="utf-8")
    with open_page(browser, page_file) as page:
        assert page.get_by_role("searchbox").count() == boxes


@pytest.mark.parametrize("students, is_marked", [(29, True), (30, False)])
def test_statistics_on_few_students_are_marked(students: int, is_marked: bool) -> None:
    text = page_of(*a_class(students))
    assert (f"n = {students}: read with care." in text) is is_marked


def test_misconceptions_have_the_names_behind_them_and_problems_their_titles() -> None:
    submissions, problems = a_class(9)
    out = io.StringIO()
    class_html.write("x", submissions, problems, out, titles={"mean-0": "The mean"})
    text = re.sub(r"\s+", " ", Elements(out.getvalue()).text)
    # Every fourth of nine students: 0, 4 and 8.
    names = "3 students First0 Last0 First4 Last4 First8 Last8 33 %"
    assert f"no clip {names}" in text and "mean-0" not in text


def test_scores_by_hand_have_the_computed_ones_and_the_reason() -> None:
    adjustments = {
        "101": {"p": Adjustment(Fraction(19, 2), "regrade of <b>3 December</b>")},
        "s3": {"q": Adjustment(Fraction(1), "")},
    }
    assignment = replace(SMALL, adjustments=adjustments)
    book = make(assignment, [("101", "p", [(None, Fraction(1, 2))])], CLASS)
    statistics = [compute_statistics(problem, []) for problem in ("p", "q")]
    out = io.StringIO()
    submissions = SubmissionSet((), tuple(CLASS))
    class_html.write("x", submissions, statistics, out, gradebook=book, titles={"p": "Part P"})
    text = re.sub(r"\s+", " ", Elements(out.getvalue()).text)
    assert "Jane Doe Part P 9.5 5 regrade of <b>3 December</b> Kim Lee q 1 0 –" in text
    out = io.StringIO()
    class_html.write("x", submissions, statistics, out, gradebook=make(SMALL, [], CLASS))
    assert "by hand" not in Elements(out.getvalue()).text.lower()


def test_page_is_complete_without_javascript(browser: Browser, file: Path) -> None:
    with open_page(browser, file, java_script_enabled=False) as page:
        assert page.get_by_role("button").count() == 0
        assert page.get_by_role("searchbox").count() == 0
        # Without buttons, the keyboard reaches a table, to scroll it, by the box around it.
        assert page.locator(".wide:not([tabindex='0'][aria-label])").count() == 0
        clusters = page.get_by_role("table", name="Clusters of mean-0")
        assert not clusters.get_by_role("link").first.is_visible()
        clusters.locator("summary").first.click()
        assert clusters.get_by_role("link").first.is_visible()
        assert page.get_by_role("img", name="Share of submissions").first.is_visible()


def test_no_other_script_runs_and_nothing_is_requested(browser: Browser, tmp_path: Path) -> None:
    """Even if a text became markup, the policy would stop it; here markup is added on purpose."""
    page_file = tmp_path / "class.html"
    page = page_of(*a_class(20)).replace(
        "</main>", "<script>document.title = 'owned'</script></main>"
    )
    page_file.write_text(page, encoding="utf-8")
    requested: list[str] = []
    context = browser.new_context()
    opened = context.new_page()
    opened.on("request", lambda request: requested.append(request.url))
    opened.goto(page_file.as_uri())
    assert opened.title() == "Week 3: class report"
    assert opened.get_by_role("button").count() > 0
    assert [url for url in requested if not url.startswith("data:")] == [page_file.as_uri()]
    context.close()
