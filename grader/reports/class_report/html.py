"""The class report: one page for the instructor that shows what became of an assignment.

Every table stands in the page as a reader without JavaScript needs it. A script of ours, which the
Content-Security-Policy knows by its hash, makes tables sort and filter; no other can run. What
students wrote is escaped as in `html`. The same figures give the same bytes.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from typing import TextIO
from urllib.parse import urlsplit

from markupsafe import Markup

from grader.model.course import Outcome, ProblemStatistics, SubmissionSet
from grader.model.judgement import Verdict
from grader.reports.class_report.charts import pass_rates, score_histogram
from grader.reports.judgement.html import environment

Link = Callable[[str, str], str]


@dataclass(frozen=True)
class _Row:
    """What a student got, problem by problem; nothing where nothing was handed in."""

    id: str
    name: str
    outcomes: Sequence[Outcome | None]


def write(
    title: str,
    submissions: SubmissionSet,
    problems: Sequence[ProblemStatistics],
    out: TextIO,
    *,
    link: Link = lambda student, problem: "",
) -> None:
    """Write the page, to be saved as UTF-8.

    Args:
        title: of the assignment
        submissions: who is in the class, and what could not be placed
        problems: their figures, in the order to show them
        link: the address of a student's page for a problem; empty if there is none
    """
    templates = environment()
    script, _, _ = templates.loader.get_source(templates, "class.js")  # type: ignore[union-attr]
    names = {student.id: student.name or student.id for student in submissions.students}
    page = templates.get_template("class.html")
    out.write(
        page.render(
            title=title,
            submissions=submissions,
            problems=problems,
            rows=_rows(submissions, problems),
            script=Markup(script),
            script_hash=base64.b64encode(sha256(script.encode()).digest()).decode(),
            name_of=lambda student: names.get(student, student),
            href=lambda student, problem: _address(link(student, problem)),
            score_histogram=score_histogram,
            pass_rates=pass_rates,
            student_heads=["Student", "Name", *(f"#{each.problem}" for each in problems)],
            accepted=_accepted,
            percent=_percent,
            lateness=_lateness,
        )
    )


def _rows(submissions: SubmissionSet, problems: Sequence[ProblemStatistics]) -> list[_Row]:
    """Everybody of the roster, and whoever else handed something in."""
    names: Mapping[str, str] = {student.id: student.name for student in submissions.students}
    ids = {*names, *(student for problem in problems for student in problem.outcomes)}
    return [
        _Row(id, names.get(id, ""), [problem.outcomes.get(id) for problem in problems])
        for id in sorted(ids)
    ]


def _accepted(figures: ProblemStatistics) -> int:
    return dict(figures.verdicts).get(Verdict.ACCEPTED, 0)


def _percent(part: Fraction | int, whole: Fraction | int = 1) -> str:
    """The share in whole per cent, which are 0 and 100 for nobody and everybody alone."""
    if not whole:
        return "–"
    exact = 100 * Fraction(part) / whole
    if 0 < exact < 1:
        return "< 1 %"
    if 99 < exact < 100:
        return "> 99 %"
    return f"{round(exact)} %"


def _lateness(minutes: int) -> str:
    """Two units at most: "2 d 3 h", "1 h 5 min"."""
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {rest} min" if hours else f"{rest} min"


def _address(url: str) -> str:
    """The address, if following it can do nothing but show a page.

    It may be made of a student's name, and a name may begin with "javascript:".
    """
    try:
        scheme = urlsplit(url).scheme
    except ValueError:  # as of "//[", which is no address of anything
        return ""
    return url if scheme in ("", "https", "http", "file") else ""
