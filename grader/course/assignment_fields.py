"""The fields of an assignment file, declared once: how each is read, and what it is for."""

from __future__ import annotations

from datetime import datetime, tzinfo
from fractions import Fraction

from grader.course.attempt_fields import RawAttempts, make_attempts_record
from grader.course.by_student import ByName, Comments, Members, Problems, RawScores, Scores
from grader.course.exam_fields import RawExam, make_exam_record
from grader.course.late_fields import RawLate, make_late_record
from grader.course.time_fields import Time, Zone
from grader.model.assignment import CountingAttempt
from grader.model.practice import AtDue, Feedback
from grader.values.dataclasses import dataclass
from grader.yaml_reader.fields import Field, ListOf, Points, Record, Text, Whole
from grader.yaml_reader.nodes import JsonSchema, Node


@dataclass(frozen=True)
class RawPart:
    """A problem of the assignment, as written."""

    node: Node
    problem: str
    points: Fraction
    due: datetime | None = None


@dataclass(frozen=True)
class RawAssignment:
    """An assignment, as written."""

    node: Node
    title: str
    problems: tuple[RawPart, ...]
    timezone: tzinfo | None = None
    due: datetime | None = None
    counts: str = CountingAttempt.LAST.value
    late: RawLate | None = None
    extensions: tuple[tuple[Node, datetime], ...] = ()
    teams: tuple[tuple[Node, tuple[Node, ...]], ...] = ()
    adjust: tuple[tuple[Node, RawScores], ...] = ()
    excused: tuple[tuple[Node, tuple[Node, ...]], ...] = ()
    comments: tuple[tuple[Node, tuple[tuple[Node | None, str], ...]], ...] = ()
    course: Node | None = None
    attempts: RawAttempts | None = None
    opens: datetime | None = None
    at_due: str = AtDue.OFFER.value
    feedback: str = Feedback.CASES.value
    exam: RawExam | None = None
    hints_after: int = 0


@dataclass(frozen=True)
class PathField:
    """A path, from the folder of the file."""

    def read(self, node: Node) -> Node:
        """See `fields.Kind`."""
        Text().read(node)
        return node

    def schema(self) -> JsonSchema:
        """See `fields.Kind`."""
        return Text().schema()


def make_assignment_record(
    zone: tzinfo | None = None, known: tuple[str, ...] = (), bank: str = ""
) -> Record[RawAssignment]:
    """Return the fields of the file.

    Args:
        zone: of times without one
        known: names of the existing problems; without them, any name is accepted
        bank: where they are, for messages
    """
    time = Time(zone)
    part = Record(
        "a problem of an assignment",
        RawPart,
        {
            "problem": Field(
                Text(one_of=known, one_of_where=bank), "name of the problem", required=True
            ),
            "points": Field(Points(), "points of all its cases together", required=True),
            "due": Field(time, "due date of this problem, if it differs"),
        },
    )
    return Record(
        "an assignment",
        RawAssignment,
        {
            "title": Field(Text(), "title of the assignment", required=True),
            "timezone": Field(Zone(), "time zone of times without one, like Europe/Berlin"),
            "due": Field(time, "due date, like 2026-11-30 23:59; without it, no attempt is late"),
            "counts": Field(
                Text(one_of=tuple(each.value for each in CountingAttempt)),
                "attempt that counts; last by default",
            ),
            "attempts": Field(
                make_attempts_record(),
                "how many attempts count and what they cost; without it, all count and none costs"
                " anything",
            ),
            "late": Field(
                make_late_record(zone), "late policy; without it, lateness costs nothing"
            ),
            "problems": Field(
                ListOf(part, min_items=1), "problems with their points", required=True
            ),
            "extensions": Field(
                ByName(time), "due dates of individual students or teams, by any id or name"
            ),
            "teams": Field(
                ByName(Members()),
                "ids or names of the students who submit together, by the team's name",
            ),
            "adjust": Field(
                ByName(Scores()),
                "scores by hand, by any id or name: points of problems, and the reason as `why`",
            ),
            "excused": Field(
                ByName(Problems()),
                "students who need not submit: the problems, or `all`, by any id or name",
            ),
            "comments": Field(
                ByName(Comments()),
                "comments for students, by any id or name: a text, or texts by problem",
            ),
            "course": Field(
                PathField(), "the file of the course, from this file's folder, for slip days"
            ),
            "opens": Field(
                time, "time from which the practice page shows it; without it, it always does"
            ),
            "at_due": Field(
                Text(one_of=tuple(each.value for each in AtDue)),
                "what happens on the practice page to a draft that is not submitted at the due"
                " date: for an hour, or for `grace` if that is longer, the student may submit it as"
                " it was (`offer`, by default), it is submitted (`submit`), or `nothing`",
            ),
            "feedback": Field(
                Text(one_of=tuple(each.value for each in Feedback)),
                "what the practice page shows of a submission: the `verdict` and the points, the"
                " `cases` without hidden details (by default), or `all after due`: also hidden"
                " details, once nobody has time left",
            ),
            "hints_after": Field(
                Whole(0, 1000),
                "the practice page shows hints for a problem from the submission with this number"
                " on, where the same program again does not count; 0, the default, shows them at"
                " once",
            ),
            "exam": Field(
                make_exam_record(zone),
                "makes it an exam on the practice page: its start and end, the students, and what"
                " is shown before the results are released",
            ),
        },
    )
