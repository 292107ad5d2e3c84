"""A class as another system hands it over, graded without running anything.

What a submission is worth is written in it: `RIGHT` gets all points, and any other program 2 of 15.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC
from fractions import Fraction
from pathlib import Path

from grader.course.assignment import load_assignment
from grader.course.given_extensions import with_extensions_of_roster
from grader.course.gradebook import build_gradebook, students_of
from grader.course.lateness import describe_unknown_times
from grader.course.lms.fill import Filled
from grader.course.output import describe_unmatched
from grader.course.overrides import check_overrides
from grader.model.assignment import MissingWork
from grader.model.course import Outcome, SubmissionSet
from grader.model.gradebook import Gradebook
from grader.model.judgement import Verdict, points_number
from grader.submissions import SourceSpool, collect_submissions
from grader.submissions.roster import read_roster
from tests._support.submissions import SOFTMAX, Files, archive, folder

RIGHT = b"def softmax(x):\n    return x  # right\n"
WRONG = b"def softmax(x):\n    return x\n"
ASSIGNMENT = "title: HW\nproblems:\n  - {problem: softmax, points: 15}\n"
LATE = ASSIGNMENT + "timezone: Europe/Berlin\ndue: 2026-11-30 23:59\nlate: {per_day: 10%}\n"


@dataclass(frozen=True)
class Graded:
    """What an instructor gets."""

    collected: SubmissionSet
    book: Gradebook
    notes: list[str]

    @property
    def points(self) -> dict[str, float | None]:
        """The total of each student, None if not graded."""
        return {
            row.student.id: None if row.total is None else float(points_number(row.total))
            for row in self.book.rows
        }

    def note_of(self, id: str) -> str:
        """The notes on a student's only part."""
        (row,) = [row for row in self.book.rows if row.student.id == id]
        return "; ".join(row.parts[0].notes)

    def filled(self, fill: Callable[[str, Gradebook], Filled], text: str, column: int) -> list[str]:
        """The cells of a column of a table that was filled in."""
        import csv

        table = fill(text, self.book).text
        dialect = ";" if table.count(";") > table.count(",") else ","
        return [row[column] for row in csv.reader(table.splitlines()[1:], delimiter=dialect)]


def grade_class(
    tmp_path: Path,
    files: Files,
    roster: str = "",
    assignment: str = ASSIGNMENT,
    missing: str = "certain",
    packed: bool = False,
    pattern: str | None = None,
    starter: bytes = b"",
) -> Graded:
    """Collect and grade a class, in the steps of `grader batch`."""
    (tmp_path / "hw.yaml").write_text(assignment, "utf-8")
    (tmp_path / "roster.csv").write_text(roster, "utf-8")
    work = replace(load_assignment(str(tmp_path / "hw.yaml")), missing=MissingWork(missing))
    at = tmp_path / ("in.zip" if packed else "in")
    path = archive(at, files) if packed else folder(at, files)
    path.mkdir(exist_ok=True) if not packed else None
    extended: list[str] = []
    if roster:
        listed = read_roster(str(tmp_path / "roster.csv"))
        work, extended = with_extensions_of_roster(work, listed)
    with SourceSpool() as sources:
        collected = collect_submissions(
            str(path),
            [_Problem(starter)],
            roster=str(tmp_path / "roster.csv") if roster else None,
            pattern=pattern,
            sources=sources,
            zone=work.zone or UTC,
            teams=work.teams,
            places=work.places,
        )
        notes = check_overrides(work, students_of(collected), collected, is_complete=bool(roster))
        outcomes = [
            _outcome(attempt, sources.submission(attempt).source) for attempt in collected.attempts
        ]
    book = build_gradebook(work, collected, outcomes, {})
    notes += [
        *extended,
        *describe_unknown_times(work, collected),
        *describe_unmatched(collected, book),
    ]
    return Graded(collected, book, notes)


class _Problem:
    """A heading with a starter, as a problem has one."""

    slug = SOFTMAX.slug
    entry_point = SOFTMAX.entry_point

    def __init__(self, starter: bytes) -> None:
        self.starter = starter


def _outcome(attempt: object, source: bytes) -> Outcome:
    from grader.model.course import Attempt

    assert isinstance(attempt, Attempt)
    share = Fraction(15) if b"# right" in source else Fraction(2)
    score = Fraction(0) if attempt.flaw else share
    verdict = Verdict.ACCEPTED if score == 15 else Verdict.WRONG_ANSWER
    cases: Mapping[str, Fraction] = {"a": score}
    return Outcome(attempt, verdict, score, Fraction(15), cases, {"a": verdict})
