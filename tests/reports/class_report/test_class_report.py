"""The class report: its figures, who is alike, and what a reader's browser makes of the page."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from shutil import copytree
from time import process_time
from typing import Any
from xml.etree import ElementTree

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page

from grader.bank.load import load_problem
from grader.course.similarity import find_near_copies
from grader.course.statistics import compute_statistics, misconception_stub
from grader.model.course import (
    Attempt,
    CaseStatistics,
    Outcome,
    ProblemStatistics,
    Student,
    SubmissionSet,
)
from grader.model.judgement import Verdict
from grader.reports.class_report import html as class_html
from grader.reports.class_report.charts import pass_rates, score_histogram
from tests._support.bank import BANK, SLUGS, load
from tests._support.browser import chromium, open_page

# Figures -----------------------------------------------------------------------------------------


def outcome(student: str, right: str, **changes: Any) -> Outcome:
    """What came of a student who is right where there is a 1; each case is worth a point."""
    points = {name: Fraction(int(digit)) for name, digit in zip("abcdefghij", right, strict=False)}
    verdicts = {
        name: Verdict.ACCEPTED if each else Verdict.WRONG_ANSWER for name, each in points.items()
    }
    plain = Outcome(
        attempt=Attempt(student, "mean", f"{student}.py", digest=student),
        verdict=Verdict.ACCEPTED if "0" not in right else Verdict.WRONG_ANSWER,
        score=sum(points.values(), Fraction(0)),
        max_score=Fraction(len(right)),
        cases=points,
        verdicts=verdicts,
        answers_fingerprint=right,
    )
    return replace(plain, **changes)


def attempt(student: str, digest: str) -> Attempt:
    return Attempt(student, "mean", f"{student}.py", digest=digest)


FOUR = [outcome("s1", "111"), outcome("s2", "110"), outcome("s3", "100"), outcome("s4", "000")]


def figures(*outcomes: Outcome, **given: Any) -> ProblemStatistics:
    return compute_statistics("mean", outcomes, **given)


def test_scores() -> None:
    found = figures(*FOUR)
    assert (found.mean, found.median) == (Fraction(3, 2), Fraction(3, 2))
    assert (found.max_score, found.facility) == (Fraction(3), Fraction(1, 2))
    assert found.verdicts == ((Verdict.ACCEPTED, 1), (Verdict.WRONG_ANSWER, 3))


BINS = {
    "nothing": ("0000000000", 0),
    "a tenth": ("1000000000", 1),
    "a third": ("100", 3),
    "seven tenths, which as floats are less": ("1111111000", 7),
    "all but one": ("1111111110", 9),
    "all": ("1111111111", 10),
}


@pytest.mark.parametrize("right, place", BINS.values(), ids=BINS)
def test_bins(right: str, place: int) -> None:
    assert figures(outcome("s", right)).bins == tuple(int(each == place) for each in range(11))


def test_cases() -> None:
    """The correlations by hand: of a, (1, 1, 1, 0) with (2, 1, 0, 0) is .75 / √(.75 · 2.75)."""
    found = figures(*FOUR).cases
    assert [(each.name, each.passed, each.attempted) for each in found] == [
        ("a", 3, 4),
        ("b", 2, 4),
        ("c", 1, 4),
    ]
    by_hand = [0.75 / (0.75 * 2.75) ** 0.5, 0.5**0.5, 0.75 / (0.75 * 2.75) ** 0.5]
    assert [each.discrimination for each in found] == pytest.approx(by_hand)


NOTHING_TO_TELL = {
    "one student": ["10"],
    "all pass it": ["11", "10"],
    "the others are the same": ["11", "01"],
}


@pytest.mark.parametrize("rights", NOTHING_TO_TELL.values(), ids=NOTHING_TO_TELL)
def test_no_discrimination_without_variance(rights: list[str]) -> None:
    found = figures(*(outcome(f"s{i}", right) for i, right in enumerate(rights)))
    assert found.cases[0].discrimination is None


def test_misconceptions_are_counted_single_and_in_pairs() -> None:
    misconceptions: list[tuple[str, ...]] = [("x",), ("y", "x"), ("x+y",), ("y",), ()]
    found = figures(
        *(outcome(f"s{i}", "0", misconceptions=each) for i, each in enumerate(misconceptions))
    )
    assert found.misconceptions == (("x", 2), ("y", 2), ("x+y", 1))


def test_clusters_are_of_wrong_submissions_that_answer_the_same() -> None:
    many = [outcome("d", "10"), outcome("c", "10"), outcome("b", "01"), outcome("a", "01")]
    many += [outcome("e", "01"), outcome("f", "00"), outcome("g", "11"), outcome("h", "11")]
    found = figures(*many).clusters
    assert [each.students for each in found] == [("a", "b", "e"), ("c", "d")]
    assert [each.share for each in found] == [Fraction(1, 2)] * 2
    assert found[1].example.locator == "c.py"


def test_identical_files_without_the_starter() -> None:
    same = [
        outcome(name, "0", attempt=attempt(name, digest))
        for name, digest in zip("abcdef", "xyxssy", strict=True)
    ]
    found = figures(*same, starter="s")
    assert (found.identical, found.unchanged) == ((("a", "c"), ("b", "f")), 2)


def test_slowest_and_latest_come_first() -> None:
    found = figures(
        *(outcome(f"s{i:02}", "1", cpu_s=i % 11) for i in range(12)),
        late={"a": 5, "c": 90, "b": 90},
    )
    assert found.slowest[:2] == (("s10", 10), ("s09", 9))
    assert len(found.slowest) == 10
    assert found.late == (("b", 90), ("c", 90), ("a", 5))


def test_the_order_of_judging_does_not_matter() -> None:
    assert figures(*FOUR) == figures(*reversed(FOUR))
    assert list(figures(*reversed(FOUR)).outcomes) == ["s1", "s2", "s3", "s4"]


def test_nobody() -> None:
    found = figures()
    assert (found.mean, found.facility) == (Fraction(0), Fraction(1))
    assert (found.cases, sum(found.bins)) == ((), 0)


def test_a_stub_becomes_a_misconception(tmp_path: Path) -> None:
    """What is pasted where it says is loaded as it was handed in."""
    source = "def f(x):\n    return '# 2. \\n'  # é\n"
    (cluster,) = figures(*FOUR, outcome("s5", "000")).clusters
    entry, program = re.split(r"# 2\. Save this.*\n#.*\n", misconception_stub(cluster, source))
    slug = re.findall(r"slug: (\S+)", entry)[0]
    folder = copytree(BANK.folder("dr-grpo"), tmp_path / "dr-grpo")
    solutions = copytree(str(BANK.solutions_of("dr-grpo")), tmp_path / "solutions")
    (solutions / "wrong").mkdir()
    (solutions / "wrong.yaml").write_text("misconceptions:\n" + entry, encoding="utf-8")
    (solutions / "wrong" / f"{slug}.py").write_text(program, encoding="utf-8")
    (known,) = load_problem(str(folder), str(solutions)).misconceptions
    assert known.source.decode() == source
    assert "2 students" in known.hint
    assert "s4" not in entry  # who they are is nobody's business


# Near copies -------------------------------------------------------------------------------------

PROBLEM = load("dr-grpo")
RIGHT = {name: source.decode() for name, source in PROBLEM.accepted.items()}
ORIGINAL = RIGHT["loops"]
TWO_FUNCTIONS = "".join(
    f"def {name}(values, weights):\n    total = {start}\n    for value, weight in zip(values,"
    f" weights):\n        if weight {sign} {start}:\n            total {step}= value * weight\n"
    f"    return total / max(len(values), 1), {sort}(weights)\n\n\n"
    for name, start, sign, step, sort in [
        ("first", "0.5", ">", "+", "sorted"),
        ("second", "1.0", "<=", "-", "tuple"),
        ("third", "2.0", "!=", "*", "sum"),
    ]
)


def renamed(source: str) -> str:
    ours = ("total", "rewards", "advantage", "ratio", "new", "old", "group_size", "value", "weight")
    return re.sub(rf"\b({'|'.join(ours)})\b", r"my_\1", source)


def turned_round(source: str) -> str:
    return "\n".join(reversed(re.split(r"(?m)^(?=def )", source)))


DISGUISES: dict[str, tuple[str, Callable[[str], str]]] = {
    "renamed variables": (ORIGINAL, renamed),
    "other comments": (ORIGINAL, lambda source: re.sub(r"\n(?=    )", "  # so\n", source)),
    "other layout": (ORIGINAL, lambda source: source.replace("    ", "\t").replace("\n", "\n\n")),
    "other line ends": (ORIGINAL, lambda source: source.replace("\n", "\r\n")),
    "functions in another order": (TWO_FUNCTIONS, turned_round),
    "a function more": (
        ORIGINAL,
        lambda source: source + "\n\ndef more(a):\n    return a[0] + 1\n",
    ),
}


def copies(*pair: str, starter: bytes = PROBLEM.starter) -> list[tuple[str, ...]]:
    """Who is found alike in a class of the right solutions and these."""
    sources = {name: each.encode() for name, each in RIGHT.items() if each != ORIGINAL}
    sources |= {f"copy-{number}": each.encode() for number, each in enumerate(pair)}
    return [each.students for each in find_near_copies(sources.items(), starter)]


@pytest.mark.parametrize("original, disguise", DISGUISES.values(), ids=DISGUISES)
def test_a_disguised_copy_is_found(original: str, disguise: Callable[[str], str]) -> None:
    assert disguise(original) != original
    assert copies(original, disguise(original)) == [("copy-0", "copy-1")]


@pytest.mark.parametrize("slug", SLUGS)
def test_independent_solutions_are_no_copies(slug: str) -> None:
    problem = load(slug)
    assert problem.reference is not None
    sources = {**problem.accepted, "reference": problem.reference}
    assert find_near_copies(sources.items(), problem.starter) == ()


def test_what_the_starter_has_is_no_copy() -> None:
    both = [TWO_FUNCTIONS + each for each in ("x = 1\n", "def y(z):\n    return z\n")]
    assert copies(*both) == [("copy-0", "copy-1")]
    assert copies(*both, starter=TWO_FUNCTIONS.encode()) == []


def test_the_usual_way_to_write_it_is_no_copy() -> None:
    """Six of a class have written it so, and five may."""
    similar = [f"{ORIGINAL}\nx{'x' * number} = 1\n" for number in range(6)]
    assert len(copies(*similar[:5])) == 1
    assert copies(*similar) == []


def test_what_is_short_is_no_copy() -> None:
    """There is one way to write it, and it is about as long as a fingerprint."""
    mean = "def mean(values):\n    return math.fsum(values) / max(len(values), 1)\n"
    assert copies(mean, renamed(mean) + "# mine\n", starter=b"") == []


def test_the_same_file_is_not_told_of_twice() -> None:
    assert copies(ORIGINAL, ORIGINAL) == []


SLOW = {
    "blanks": b"match" + b" " * 90_000 + b"x",
    "at signs": (b"@" * 499 + b"\n") * 2_000,
    "parentheses": b"(" * 1_000_000,
    "not text": bytes(range(256)) * 4_000,
}


@pytest.mark.parametrize("source", SLOW.values(), ids=SLOW)
def test_a_strange_source_is_read_in_time(source: bytes) -> None:
    began = process_time()
    find_near_copies([("a", source), ("b", source + b"1")])
    assert process_time() - began < 5


# The page ----------------------------------------------------------------------------------------


def a_class(size: int, problems: int = 1) -> tuple[SubmissionSet, list[ProblemStatistics]]:
    """A class in which about half are right; every seventh is late, and every ninth has copied."""
    names = [f"student-{number:05}" for number in range(size)]
    missing = Student("nobody", "Who Is Missing")
    present = (Student(name, f"First{i % 83} Last{i}") for i, name in enumerate(names))
    found = []
    for place in range(problems):
        outcomes = [
            outcome(
                name,
                "1111" if i % 2 else f"{i * 7 % 16:04b}",
                attempt=Attempt(
                    name, f"mean-{place}", f"{name}.py", digest=str(i if i % 9 else i % 81)
                ),
                misconceptions=("no-clip",) if i % 4 == 0 else (),
                cpu_s=i % 101 / 1000,
            )
            for i, name in enumerate(names)
        ]
        late = {name: i for i, name in enumerate(names) if i % 7 == 1}
        copies_found = find_near_copies(
            [(names[0], ORIGINAL.encode()), (names[1], renamed(ORIGINAL).encode())]
        )
        found.append(
            compute_statistics(f"mean-{place}", outcomes, late=late, near_copies=copies_found)
        )
    return SubmissionSet((), (missing, *present), (missing,), ("x.zip!y.py: whose is it?",)), found


def page_of(
    submissions: SubmissionSet, problems: list[ProblemStatistics], title: str = "Week 3"
) -> str:
    out = io.StringIO()
    address = "students/{}/{}.html".format
    class_html.write(title, submissions, problems, out, link=address)
    return out.getvalue()


class Elements(HTMLParser):
    """The elements of a page with their attributes, which of them are not closed, and its text."""

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


def test_the_page_is_well_formed() -> None:
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


def test_what_the_page_says() -> None:
    text = re.sub(r"\s+", " ", Elements(page_of(*a_class(40))).text)
    for said in (
        "41 students, 1 of them without any submission; 1 problem.",
        "no clip",
        "x.zip!y.py: whose is it?",
        "nobodyWho Is Missing–",
        "student-00001First1 Last1 4 AC",
    ):
        assert said in text


HOSTILE = (
    "</script></style></title><script>alert(1)</script><img src=x onerror=alert(1)>\"'&amp;$x$"
)


def hostile(text: str) -> str:
    """A page with the text wherever somebody may write one."""
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


def test_no_text_becomes_markup() -> None:
    elements = Elements(hostile(HOSTILE))
    assert [tag for tag, _ in elements.tags].count("script") == 1
    assert not [tag for tag, _ in elements.tags if tag in ("img", "iframe", "object")]
    assert not [name for _, attrs in elements.tags for name in attrs if name.startswith("on")]
    assert elements.text.count("alert(1)") > 10  # it is shown, as text


@pytest.mark.parametrize("character", ["\u202e", "\x1b", "\0", "\r", "\ud800", "\x9b"])
def test_no_text_disturbs_the_page(character: str) -> None:
    page = hostile(f"a{character}b")
    assert character not in page
    page.encode("utf-8")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//[alert(1)"])
def test_an_address_that_does_not_show_a_page_is_no_link(address: str) -> None:
    out = io.StringIO()
    class_html.write("x", *a_class(3), out, link=lambda student, problem: address)
    assert "alert" not in out.getvalue()


def test_the_same_class_gives_the_same_bytes() -> None:
    assert page_of(*a_class(30)) == page_of(*a_class(30))


def test_a_class_of_thousands_is_a_page_of_a_few_megabytes() -> None:
    began = process_time()
    assert len(page_of(*a_class(5000))) < 2_000_000
    assert process_time() - began < 20


# Charts ------------------------------------------------------------------------------------------

CHARTS = {
    "scores": score_histogram([3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12], "c"),
    "no scores": score_histogram([0] * 11, "c"),
    "cases": pass_rates([CaseStatistics("a<b & $x$", 1, 3), CaseStatistics("b" * 90, 3, 3)], "c"),
}


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)
def test_a_chart_has_letters_a_title_and_the_colours_of_the_page(chart: str) -> None:
    drawn = ElementTree.fromstring(chart)
    assert drawn.get("role") == "img"
    assert [each.tag for each in drawn[:2]] == ["title", "desc"]
    assert drawn[1].text
    assert drawn.findall(".//text")
    assert not re.search(r"#0[0-9a-f]{5}|font-family|<style|DOCTYPE|\d{4}-\d\d-\d\d", chart)
    assert "var(--ink)" in chart


def test_a_chart_says_its_figures() -> None:
    assert "0 % and more: 3" in CHARTS["scores"]
    assert "all points: 12" in CHARTS["scores"]
    assert "a&lt;b &amp; $x$: 33 %" in CHARTS["cases"]


# In a browser ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


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
def test_axe_finds_nothing(
    browser: Browser, file: Path, viewport: dict[str, int], scheme: str
) -> None:
    with open_page(browser, file, viewport=viewport, color_scheme=scheme) as page:
        page.evaluate(OPEN_ALL)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]


def column(page: Page, number: int) -> list[str]:
    """What stands in a column of the table of students, top to bottom, of the rows that show."""
    rows = page.get_by_role("table", name="Students", exact=True).locator("tbody tr:visible")
    return rows.locator(f":nth-child({number})").all_inner_texts()


def test_a_table_sorts_by_a_click_and_by_the_keyboard(browser: Browser, file: Path) -> None:
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


def test_a_table_is_filtered(browser: Browser, file: Path) -> None:
    with open_page(browser, file) as page:
        box = page.locator("details .filter input")
        box.fill("LAST4")
        assert column(page, 2) == [f"First{n} Last{n}" for n in (4, 40, 41, 42, 43, 44, 45, 46, 47)]
        assert page.locator("details .filter").get_by_role("status").inner_text() == "9 of 49"
        box.fill("")
        assert len(column(page, 2)) == 49


def test_without_javascript(browser: Browser, file: Path) -> None:
    with open_page(browser, file, java_script_enabled=False) as page:
        assert page.get_by_role("button").count() == 0
        assert page.get_by_role("searchbox").count() == 0
        # Then there is no button in a table by which the keyboard could reach it, and scroll it.
        assert page.locator(".wide:not([tabindex='0'][aria-label])").count() == 0
        clusters = page.get_by_role("table", name="Clusters of mean-0")
        assert not clusters.get_by_role("link").first.is_visible()
        clusters.locator("summary").first.click()
        assert clusters.get_by_role("link").first.is_visible()
        assert page.get_by_role("img", name="How many of a hundred").first.is_visible()


def test_no_script_but_ours_runs_and_nothing_is_asked_for(browser: Browser, tmp_path: Path) -> None:
    """Even if a text were markup, the policy would stop it: here one is put in on purpose."""
    page_file = tmp_path / "class.html"
    page = page_of(*a_class(20)).replace(
        "</main>", "<script>document.title = 'owned'</script></main>"
    )
    page_file.write_text(page, encoding="utf-8")
    asked: list[str] = []
    context = browser.new_context()
    opened = context.new_page()
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(page_file.as_uri())
    assert opened.title() == "Week 3: class report"
    assert opened.get_by_role("button").count() > 0
    assert [url for url in asked if not url.startswith("data:")] == [page_file.as_uri()]
    context.close()
