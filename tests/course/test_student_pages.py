"""The pages of students: in points of the assignment, with dates, lateness and the total."""

from __future__ import annotations

import csv
import html
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from fnmatch import fnmatchcase
from fractions import Fraction
from io import StringIO
from pathlib import Path
from typing import NamedTuple, cast
from urllib.parse import unquote

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser

from grader.course.output_folder import OutputFolder
from grader.course.stored_judgements import JudgementLoader
from grader.course.student_pages import Pages, page_paths
from grader.model.assignment import Adjustment, Assignment, Part
from grader.model.course import Attempt, Delivery
from grader.model.gradebook import PartGrade
from grader.reports.class_report import student_page
from grader.reports.grades import ShownGrade, ShownTotal, duration_words, shown_grade
from tests._support.bank import PATIENCE_S, TEST_BANK
from tests._support.browser import open_page
from tests._support.gradebooks import BERLIN, DUE, FULL, after, make

RIGHT = "def mean(values):\n    return sum(values) / len(values)\n"
ONE_OF_FOUR = "def mean(values):\n    return sum(values)\n"
HALF = "def half(values):\n    return sum(values) / 2\n"
HOMEWORK = """title: Homework 3
timezone: Europe/Berlin
due: 2026-11-30 23:59
late: {per_day: 10%}
problems:
  - {problem: mean, points: 10}
  - {problem: half, points: 5, due: 2026-12-07 23:59}
extensions: {ben: 2026-12-02 23:59}
adjust: {cyd: {half: 2.5, why: oral exam}}
excused: {ben: [half]}
comments: {ben: See me., cyd: {mean: Well <b>done</b>.}}
"""
ROSTER = "id,name\nann,Ann Ash\nben,Ben Birch\ncyd,Cyd Cedar\ndot,Dot Dogwood\n"
LAYOUT = r"(?P<student>\w+?)_(?P<timestamp>[0-9-]{19})_(?P<file>.+)"
FILES = {
    # `mean` has cases of 1, 1 and 2 points. Of 10 points they are worth 2.5, 2.5 and 5.
    "ann_2026-11-29-12-00-00_mean.py": RIGHT,
    "ann_2026-12-01-12-00-00_half.py": HALF,
    "ben_2026-12-04-01-04-00_mean.py": ONE_OF_FOUR,  # 1 d 1 h 5 min late: two days, 20 % of 2.5
    "cyd_2026-12-01-00-59-00_mean.py": RIGHT,  # 1 h late: 10 % of 10
}


def words(path: Path) -> str:
    """Return the text of a page without its styles."""
    text = re.sub(r"<style>.*?</style>", "", path.read_text("utf-8"), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", text)).split())


def second_problem(bank: Path) -> None:
    """Add the problem `half`, whose two cases have 1 and 2 points."""
    for folder in ("problems", "solutions"):
        shutil.copytree(bank / folder / "mean", bank / folder / "half")
    shutil.rmtree(bank / "solutions" / "half")
    spec = bank / "problems" / "half" / "spec.md"
    spec.write_text(
        spec.read_text().replace("function: mean", "function: half").replace("The mean\n", "Half\n")
    )
    (bank / "problems" / "half" / "starter.py").write_text("def half(values):\n    ...\n")
    (bank / "problems" / "half" / "cases.yaml").write_text(
        "cases:\n"
        "  - {name: one, args: {values: [1.0]}, expected: 0.5, explanation: a half}\n"
        "  - {name: two, args: {values: [2.0]}, expected: 1.5, points: 2, explanation: odd}\n"
    )


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of a class of four with two problems."""
    here = tmp_path_factory.mktemp("class")
    shutil.copytree(TEST_BANK, here / "bank")
    second_problem(here / "bank")
    (here / "in").mkdir()
    for name, source in FILES.items():
        (here / "in" / name).write_text(source)
    (here / "hw.yaml").write_text(HOMEWORK)
    (here / "roster.csv").write_text(ROSTER)
    words = ("hw.yaml", "in", "--out", "out", "--roster", "roster.csv", "--pattern", LAYOUT)
    later = ("--as-of", "2027-01-01 12:00", "--bank", "bank")
    command = [sys.executable, "-m", "grader", "batch", *words, *later]
    subprocess.run(command, cwd=here, check=True, timeout=PATIENCE_S, capture_output=True)
    return here / "out"


class Page(NamedTuple):
    """Texts that are on a page, and texts that are not."""

    on_it: tuple[str, ...]
    not_on_it: tuple[str, ...] = ()


PAGES = {
    "ann.html": Page(
        (
            "Homework 3 Grades of Ann Ash Total 11.67 of 15 points",
            "The mean 10 of 10 points Due 2026-11-30 23:59 CET; submitted 2026-11-29 12:00 CET",
            "Half 1.67 of 5 points Due 2026-12-07 23:59 CET; submitted 2026-12-01 12:00 CET",
            "On time.",
        ),
    ),
    "mean/ann.html": Page(
        (
            "Homework 3 · Tests",
            "accepted 10 of 10 points",
            "Total Homework 3: 11.67 of 15 points",
            "2.5 / 2.5",
            "5 / 5",
        ),
        ("of 4 points",),
    ),
    "half/ann.html": Page(("wrong answer 1.67 of 5 points", "1.67 / 1.67", "0 / 3.33")),
    "ben.html": Page(
        (
            "Total 3 of 15 points Comment: See me.",  # 2 of 10, and the other 5 in proportion
            "The mean 2 of 10 points Due 2026-12-02 23:59 CET; submitted 2026-12-04 01:04 CET",
            "1 d 1 h late: 0.5 of 2.5 points deducted.",
            "Half excused (worth 5 points) Due 2026-12-07 23:59 CET You are excused:",
        )
    ),
    "mean/ben.html": Page(
        ("wrong answer 2 of 10 points", "1 d 1 h late: 0.5 of 2.5 points deducted.")
    ),
    "cyd.html": Page(
        (
            "Total 11.5 of 15 points",
            "The mean 9 of 10 points",
            "1 h 0 min late: 1 of 10 points deducted. Comment: Well <b>done</b>.",
            "Half 2.5 of 5 points Due 2026-12-07 23:59 CET Points given by hand: oral exam",
        )
    ),
    "mean/cyd.html": Page(("accepted 9 of 10 points", "Comment: Well <b>done</b>.")),
    "dot.html": Page(
        ("Grades of Dot Dogwood Total 0 of 15 points", "The mean 0 of 10 points"), ("Ann", "late")
    ),
}


@pytest.mark.parametrize("name", PAGES)
def test_pages_have_points_of_the_assignment(graded: Path, name: str) -> None:
    text = words(graded / "students" / name)
    for each in PAGES[name].on_it:
        assert each in text
    for each in PAGES[name].not_on_it:
        assert each not in text


def test_pages_have_the_numbers_of_the_gradebook(graded: Path) -> None:
    with (graded / "grades.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["total"] for row in rows] == ["11.67", "3", "11.5", "0"]
    for row in rows:
        text = words(graded / "students" / f"{row['id']}.html")
        assert f"Total {row['total']} of 15 points" in text
        assert f"The mean {row['mean']} of 10 points" in text
        half = row["half"]
        of = " (worth 5 points)" if half == "excused" else " of 5 points"
        assert f"Half {half}{of}" in text


def test_class_report_has_the_numbers_of_the_gradebook(graded: Path) -> None:
    text = words(graded / "class.html")
    for part in (
        "Totals The points of the gradebook, of those who submitted something or have a score by"
        " hand, and are not excused.",
        # 35/3, 3 and 23/2; dot submitted nothing
        "Graded3 Not graded0 Mean8.72 of 15 Median11.5 of 15",
        "n = 3: read with care.",
        "Student Name The mean Half Total",
        "annAnn Ash 10 AC 1.67 WA 11.67",
        "benBen Birch 2 WA – 3",
        "cydCyd Cedar 9 AC 2.5 11.5",
        "dotDot Dogwood – – 0",
        "Misconception Students Share sum 1 student Ben Birch 33 %",
    ):
        assert part in text, part
    assert 'href="students/dot.html"' in (graded / "class.html").read_text("utf-8")


def test_links_between_pages_lead_somewhere(graded: Path) -> None:
    pages = [*(graded / "students").rglob("*.html"), graded / "class.html"]
    assert len(pages) == 9
    for page in pages:
        links = re.findall(r'<a[^>]* href="([^"#][^"]*\.html)"', page.read_text("utf-8"))
        assert links or page.name == "dot.html"
        assert all((page.parent / link).is_file() for link in links)


# One grade ---------------------------------------------------------------------------------------

MEAN = Part("mean", Fraction(10))
NOBODY = PartGrade(MEAN)
SENT = PartGrade(MEAN, Attempt("ann", "mean", "ann.py", submitted_at=DUE), raw=Fraction(8))
LATE = replace(SENT, minutes_late=16)
SECRET = ("not graded: ann.py may be of Ann Ash or Anna Ash",)
GRADES: dict[str, tuple[PartGrade, str, tuple[str, ...]]] = {
    "on time": (SENT, "8", ("On time.",)),
    "late, with a deduction": (
        replace(LATE, deduction=Fraction(4, 5)),
        "7.2",
        ("16 min late: 0.8 of 8 points deducted.",),
    ),
    "late, within grace": (LATE, "8", ("16 min late, without deduction.",)),
    "not judged": (
        replace(LATE, raw=None, notes=SECRET),
        "not graded",
        ("16 min late.", "It could not be judged; you lose no points."),
    ),
    "nothing": (
        replace(NOBODY, raw=Fraction(0), delivery=Delivery.MISSING),
        "0",
        ("Nothing was submitted.",),
    ),
    "nothing, without a zero": (
        replace(NOBODY, delivery=Delivery.MISSING),
        "not graded",
        ("Nothing was submitted.",),
    ),
    "unreadable": (
        replace(NOBODY, delivery=Delivery.UNREADABLE, notes=SECRET),
        "not graded",
        ("Something was handed in, but it cannot be read.",),
    ),
    "uncertain": (
        replace(NOBODY, delivery=Delivery.UNCERTAIN, notes=SECRET),
        "not graded",
        ("It is not certain which submission is yours; your instructor decides.",),
    ),
    "given by hand": (
        replace(LATE, deduction=FULL, adjustment=Adjustment(Fraction(9), "oral exam")),
        "9",
        ("16 min late.", "Points given by hand: oral exam"),
    ),
    "excused": (
        replace(LATE, is_excused=True),
        "excused",
        ("16 min late.", "You are excused: the other problems count more instead."),
    ),
    "at an unknown time": (
        replace(SENT, attempt=Attempt("ann", "mean", "ann.py")),
        "8",
        ("The time of submission is not known; it counts as on time.",),
    ),
    "late by an unknown time": (
        replace(SENT, attempt=Attempt("ann", "mean", "ann.py", is_late=True)),
        "8",
        ("Late, but it is not known by how much: nothing is deducted.",),
    ),
}


@pytest.mark.parametrize("grade, points, remarks", GRADES.values(), ids=GRADES)
def test_grade_is_explained_without_names(
    grade: PartGrade, points: str, remarks: tuple[str, ...]
) -> None:
    shown = shown_grade(grade, "The mean", DUE, BERLIN)
    is_number = points[0].isdigit()
    of = " of 10 points" if is_number else " (worth 10 points)"
    assert (shown.points, shown.of, shown.remarks) == (points, of, remarks)
    assert "Anna" not in repr(shown)


def test_times_are_those_of_the_zone_of_the_assignment() -> None:
    grade = replace(SENT, attempt=replace(SENT.attempt, submitted_at=after(minutes=1)))  # type: ignore[type-var]
    shown = shown_grade(grade, "The mean", DUE, BERLIN)
    assert (shown.due, shown.submitted) == ("2026-11-30 23:59 CET", "2026-12-01 00:00 CET")
    assert shown_grade(grade, "", None, None).submitted == "2026-11-30 23:00 UTC"
    assert shown_grade(grade, "", None, None).remarks == ()


@pytest.mark.parametrize(
    "time, text",
    [
        (timedelta(minutes=59), "59 min"),
        (timedelta(minutes=60), "1 h 0 min"),
        (timedelta(days=2, hours=3, minutes=59), "2 d 3 h"),
    ],
)
def test_duration_has_two_units(time: timedelta, text: str) -> None:
    assert duration_words(time // timedelta(minutes=1)) == text


# The page of a student ---------------------------------------------------------------------------


def page_of(*grades: ShownGrade, student: str = "Ann", title: str = "Homework") -> str:
    out = StringIO()
    student_page.write(student, ShownTotal(title, "9", " of 10 points"), grades, [title], out)
    return out.getvalue()


def test_many_problems_without_a_submission_are_one_line(tmp_path: Path) -> None:
    parts = [Part(f"p{number}", Fraction(1)) for number in range(7)]
    for count, listed in ((5, 6), (6, 1)):
        book = make(
            Assignment("H", tuple(parts[: count + 1])), [("ann", "p0", [(None, Fraction(1))])]
        )
        titles = {part.problem: part.problem.upper() for part in parts}
        out = OutputFolder(tmp_path, is_older=False)
        Pages(book, cast("JudgementLoader", None), titles).write_grades(out, book.rows[0])
        page = (tmp_path / "students" / "ann.html").read_text()
        assert page.count("<li>") == listed
    assert "Nothing was submitted for 6 of 7 problems" in page and "P1, P2, P3, P4, P5, P6" in page


SIMILAR = {
    "ids that differ in case": (("Ann", "ann"), ("Ann-*.html", "ann-*.html")),
    "three of them, and another": (
        ("ANN", "Ann", "ann", "Bob"),
        ("ANN-*.html", "Ann-*.html", "ann-*.html", "Bob.html"),
    ),
    "ids that differ otherwise": (("S1", "ann.lee", "s2"), ("S1.html", "ann.lee.html", "s2.html")),
    "accents in two encodings": (("é", "e\u0301"), ("%C3%A9.html", "e%CC%81.html")),
    "letters with two capitals": (("straße", "STRASSE"), ("stra%C3%9Fe.html", "STRASSE.html")),
}


@pytest.mark.parametrize("ids, names", SIMILAR.values(), ids=SIMILAR)
def test_students_never_share_a_page(
    ids: tuple[str, ...], names: tuple[str, ...], tmp_path: Path
) -> None:
    """Not even on a system that takes small and capital letters in names of files for equal."""
    parts = [Part("p", Fraction(1))]
    book = make(Assignment("H", tuple(parts)), [(id, "p", [(None, Fraction(1))]) for id in ids])
    out = OutputFolder(tmp_path, is_older=False)
    pages = Pages(book, cast("JudgementLoader", None), {})
    for row in book.rows:
        pages.write_grades(out, row)
    written = {path.name for path in (tmp_path / "students").iterdir()}
    assert len({name.casefold() for name in written}) == len(ids)
    assert all(any(fnmatchcase(each, name) for each in written) for name in names)
    attempts = [Attempt(id, "p", "a.py") for id in ids]
    planned = page_paths(ids, attempts)
    assert {f"students/{name}" for name in written} < set(planned)
    assert len({path.casefold() for path in planned}) == 2 * len(ids)


def test_links_lead_to_pages_of_ids_that_differ_in_case(tmp_path: Path) -> None:
    shutil.copytree(TEST_BANK, tmp_path / "bank")
    (tmp_path / "in").mkdir()
    for name, source in {"Ann": RIGHT, "ann": ONE_OF_FOUR}.items():
        (tmp_path / "in" / f"{name}.py").write_text(source)
    command = [sys.executable, "-m", "grader", "batch", "mean", "in", "--out", "out"]
    subprocess.run(
        [*command, "--bank", "bank"],
        cwd=tmp_path,
        check=True,
        timeout=PATIENCE_S,
        capture_output=True,
    )
    pages = [*(tmp_path / "out" / "students").rglob("*.html"), tmp_path / "out" / "class.html"]
    assert len(pages) == len({str(page).casefold() for page in pages}) == 5
    for page in pages:
        links = re.findall(r'<a[^>]* href="([^"#][^"]*\.html)"', page.read_text("utf-8"))
        assert links and all((page.parent / unquote(link)).is_file() for link in links)
    assert [words(page).count("Grades of ann") for page in sorted(pages[:-1])].count(1) == 1


HOSTILE = "</style></title><script>alert(1)</script>\"'\u202e"


def test_text_never_becomes_markup() -> None:
    grades = [
        ShownGrade(HOSTILE, "1", "2", HOSTILE, HOSTILE, (HOSTILE,), page=each)
        for each in ("", "a.html")
    ]
    page = page_of(*grades, student=HOSTILE, title=HOSTILE)
    assert "<script" not in page and "\u202e" not in page
    assert page.count("&lt;script&gt;") >= 10


DESK: Mapping[str, int] = {"width": 1280, "height": 900}
PHONE: Mapping[str, int] = {"width": 360, "height": 640}


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["students/ben.html", "students/mean/ben.html", "class.html"])
def test_page_is_accessible(
    browser: Browser, graded: Path, name: str, viewport: Mapping[str, int], scheme: str
) -> None:
    file = graded / name
    with open_page(browser, file, viewport=viewport, color_scheme=scheme) as page:
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]
