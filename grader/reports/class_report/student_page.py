"""The page with all grades of one student in an assignment, which the student may read.

It leads to the pages of the submissions, and is escaped and protected like them; see
`reports.judgement.html`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from grader.reports.ci_logs import escape_markup_for_ci_log
from grader.reports.grades import ShownGrade, ShownTotal
from grader.reports.judgement.html import environment


def write(
    student: str,
    total: ShownTotal,
    grades: Sequence[ShownGrade],
    absent: Sequence[str],
    out: TextIO,
) -> None:
    """Write the page, to be saved as UTF-8.

    Args:
        student: the name to show
        grades: in the order of the assignment
        absent: titles of other problems, for which nothing was submitted
    """
    page = environment().get_template("student.html")
    text = page.render(student=student, total=total, grades=grades, absent=absent)
    out.write(escape_markup_for_ci_log(text))
