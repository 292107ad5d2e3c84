"""The class report: one page that shows an instructor the results of an assignment.

The page is complete without JavaScript. A script makes its tables sort and filter; the page's
Content-Security-Policy contains the hash of that script, and no other can run. Texts of students
are escaped as in `reports.judgement.html`. The same statistics give the same bytes.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from hashlib import sha256
from types import MappingProxyType
from typing import TextIO
from urllib.parse import urlsplit

from markupsafe import Markup

from grader.model.class_statistics import ProblemStatistics, TotalStatistics
from grader.model.course import SubmissionSet
from grader.model.gradebook import Gradebook
from grader.model.judgement import Verdict, points_number
from grader.reports.class_report.charts import pass_rates, percent, score_histogram
from grader.reports.grades import duration_words
from grader.reports.judgement.html import environment
from grader.values.dataclasses import dataclass

Link = Callable[[str, str], str]
_FEW = 30  # statistics on fewer students are marked


@dataclass(frozen=True)
class _Cell:
    """A student's points for a problem, or in total.

    Attributes:
        points: as a text; "–" if nothing was submitted, or it is not graded
        verdict: its abbreviation
        page: address of the student's page
    """

    points: str
    verdict: str = ""
    page: str = ""


@dataclass(frozen=True)
class _Row:
    """A student's results."""

    id: str
    name: str
    page: str
    cells: Sequence[_Cell]


@dataclass(frozen=True)
class _ByHand:
    """A score by hand, beside the points that were computed."""

    student: str
    problem: str
    points: str
    computed: str
    reason: str


def write(
    title: str,
    submissions: SubmissionSet,
    problems: Sequence[ProblemStatistics],
    out: TextIO,
    open_questions: Sequence[str] = (),
    *,
    gradebook: Gradebook | None = None,
    totals: TotalStatistics | None = None,
    titles: Mapping[str, str] = MappingProxyType({}),
    link: Link = lambda student, problem: "",
) -> None:
    """Write the page, to be saved as UTF-8.

    Args:
        title: of the assignment
        problems: in the order to show them
        open_questions: a sentence for each file that cannot be judged, and each student whose work
            is unknown
        gradebook: whose points and totals the list of students shows
        totals: their statistics
        titles: of the problems, by their slugs
        link: returns the address of a student's page for a problem, or of all grades if the problem
            is empty; empty if there is none
    """
    templates = environment()
    script, _, _ = templates.loader.get_source(templates, "class.js")  # type: ignore[union-attr]
    names = {student.id: student.name or student.id for student in submissions.students}

    def title_of(problem: str) -> str:
        return titles.get(problem, problem)

    def href(student: str, problem: str = "") -> str:
        return _safe_address(link(student, problem))

    heads = ["Student", "Name", *(f"#{title_of(each.problem)}" for each in problems)]
    page = templates.get_template("class.html")
    out.write(
        page.render(
            title=title,
            submissions=submissions,
            open_questions=open_questions,
            problems=problems,
            rows=_rows(submissions, problems, gradebook, href),
            script=Markup(script),
            script_hash=base64.b64encode(sha256(script.encode()).digest()).decode(),
            name_of=lambda student: names.get(student, student),
            title_of=title_of,
            href=href,
            with_misconception=_with_misconception,
            score_histogram=score_histogram,
            pass_rates=pass_rates,
            totals=totals,
            by_hand=_scores_by_hand(gradebook),
            few=_FEW,
            student_heads=[*heads, *(["#Total"] if gradebook is not None else [])],
            accepted=_accepted,
            percent=percent,
            lateness=duration_words,
        )
    )


def _rows(
    submissions: SubmissionSet,
    problems: Sequence[ProblemStatistics],
    gradebook: Gradebook | None,
    href: Link,
) -> list[_Row]:
    """Return the roster and all others who submitted something."""
    names: Mapping[str, str] = {student.id: student.name for student in submissions.students}
    grades = {row.student.id: row for row in gradebook.rows} if gradebook is not None else {}
    ids = {*names, *grades, *(student for problem in problems for student in problem.outcomes)}

    def cells(id: str) -> Iterator[_Cell]:
        row = grades.get(id)
        graded = {each.part.problem: each for each in row.parts} if row is not None else {}
        for problem in problems:
            outcome, grade = problem.outcomes.get(id), graded.get(problem.problem)
            points = outcome.score if outcome is not None else None
            if grade is not None:
                # Nothing was submitted: "–" is easier to see than 0.
                points = None if grade.is_absent else grade.points
            verdict = outcome.verdict.short if outcome is not None else ""
            page = href(id, problem.problem) if points is not None or verdict else ""
            yield _Cell(_points(points), verdict, page)
        if row is not None:
            yield _Cell(_points(row.total))
        elif grades:
            yield _Cell(_points(None))

    return [_Row(id, names.get(id, ""), href(id, ""), list(cells(id))) for id in sorted(ids)]


def _scores_by_hand(gradebook: Gradebook | None) -> list[_ByHand]:
    rows = gradebook.rows if gradebook is not None else ()
    return [
        _ByHand(
            row.student.id,
            grade.part.problem,
            _points(grade.adjustment.points),
            _points(replace(grade, adjustment=None).points),
            grade.adjustment.reason,
        )
        for row in rows
        for grade in row.parts
        if grade.adjustment is not None
    ]


def _points(points: Fraction | None) -> str:
    return "–" if points is None else str(points_number(points))


def _with_misconception(statistics: ProblemStatistics, slug: str) -> list[str]:
    """Return the students whose answers match a misconception."""
    outcomes = statistics.outcomes.items()
    return [student for student, outcome in outcomes if slug in outcome.misconceptions]


def _accepted(statistics: ProblemStatistics) -> int:
    return dict(statistics.verdicts).get(Verdict.ACCEPTED, 0)


def _safe_address(url: str) -> str:
    """Return the address if following it only shows a page, and an empty text otherwise.

    It may contain a student's name, and a name may begin with "javascript:".
    """
    try:
        scheme = urlsplit(url).scheme
    except ValueError:  # "//[", for instance, is not an address
        return ""
    return url if scheme in ("", "https", "http", "file") else ""
