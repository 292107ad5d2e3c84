"""The class report: one page that shows an instructor the results of an assignment.

The page is complete without JavaScript. A script makes its tables sort and filter; the page's
Content-Security-Policy contains the hash of that script, and no other can run. Texts of students
are escaped as in `reports.judgement.html`. The same statistics give the same bytes.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from types import MappingProxyType
from typing import TextIO
from urllib.parse import urlsplit

from markupsafe import Markup

from grader.model.course import Outcome, ProblemStatistics, SubmissionSet
from grader.model.judgement import Verdict
from grader.reports.class_report.charts import pass_rates, percent, score_histogram
from grader.reports.grades import duration_words
from grader.reports.judgement.html import environment

Link = Callable[[str, str], str]


@dataclass(frozen=True)
class _Row:
    """A student's outcome in each problem; None where nothing was submitted."""

    id: str
    name: str
    outcomes: Sequence[Outcome | None]


def write(
    title: str,
    submissions: SubmissionSet,
    problems: Sequence[ProblemStatistics],
    out: TextIO,
    open_questions: Sequence[str] = (),
    totals: Mapping[str, Fraction | None] = MappingProxyType({}),
    *,
    link: Link = lambda student, problem: "",
) -> None:
    """Write the page, to be saved as UTF-8.

    Args:
        title: of the assignment
        problems: in the order to show them
        open_questions: a sentence for each file that cannot be judged, and each student without a
            grade
        totals: of the students, by id, as the gradebook has them
        link: returns the address of a student's page for a problem; empty if there is none
    """
    templates = environment()
    script, _, _ = templates.loader.get_source(templates, "class.js")  # type: ignore[union-attr]
    names = {student.id: student.name or student.id for student in submissions.students}
    page = templates.get_template("class.html")
    out.write(
        page.render(
            title=title,
            submissions=submissions,
            open_questions=open_questions,
            problems=problems,
            rows=_rows(submissions, problems),
            script=Markup(script),
            script_hash=base64.b64encode(sha256(script.encode()).digest()).decode(),
            name_of=lambda student: names.get(student, student),
            href=lambda student, problem: _safe_address(link(student, problem)),
            score_histogram=score_histogram,
            pass_rates=pass_rates,
            totals=totals,
            student_heads=[
                "Student",
                "Name",
                *(f"#{each.problem}" for each in problems),
                *(["#Total"] if totals else []),
            ],
            accepted=_accepted,
            percent=percent,
            lateness=duration_words,
        )
    )


def _rows(submissions: SubmissionSet, problems: Sequence[ProblemStatistics]) -> list[_Row]:
    """Return the roster and all others who submitted something."""
    names: Mapping[str, str] = {student.id: student.name for student in submissions.students}
    ids = {*names, *(student for problem in problems for student in problem.outcomes)}
    return [
        _Row(id, names.get(id, ""), [problem.outcomes.get(id) for problem in problems])
        for id in sorted(ids)
    ]


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
