"""Loads a course, its assignments over a term, from a file `course.yaml`.

    title: Numerical Methods
    slip_days: {total: 5, most: 2}       # or just 5
    drop_lowest: 1
    assignments:
      - {assignment: hw1.yaml, graded: hw1}
      - {assignment: hw2.yaml, graded: hw2, weight: 2}
    staff:                               # for `grader serve`
      - {id: rivera, name: Rosa Rivera}
      - {id: okafor, role: assistant, sections: [A]}

Paths are relative to the file. `graded` is the output folder of `grader batch`, whose grades.json
is all that is read of an assignment; see `graded_assignment`.
"""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

from grader.course.assignment import read_text
from grader.errors import Diagnostics, spec_error
from grader.model.assignment import SlipDays
from grader.model.term import StaffMember, StaffRole, Term, TermAssignment
from grader.values.dataclasses import dataclass
from grader.yaml_reader.fields import Field, ListOf, Points, Record, Text, Whole
from grader.yaml_reader.nodes import JsonSchema, Node, parse, report_duplicates

_MAX_DAYS = 365


@dataclass(frozen=True)
class SlipDaysField:
    """Slip days: a number, or a mapping with a maximum for each assignment."""

    def read(self, node: Node) -> SlipDays:
        """See `fields.Kind`."""
        if not node.is_mapping:
            return SlipDays(_DAYS.read(node))
        return _SLIP_DAYS.read(node)

    def schema(self) -> JsonSchema:
        """See `fields.Kind`."""
        return {"anyOf": [_DAYS.schema(), _SLIP_DAYS.schema()]}


def _slip_days(node: Node, total: int, most: int | None = None) -> SlipDays:
    if most is not None and most > total:
        raise spec_error(node.at, f"`most` is {most}, more than the {total} of `total`")
    return SlipDays(total, most)


_DAYS = Whole(1, _MAX_DAYS)
_SLIP_DAYS = Record(
    "slip days",
    _slip_days,
    {
        "total": Field(_DAYS, "days of each student in the course", required=True),
        "most": Field(_DAYS, "maximum for one assignment; as many as are left by default"),
    },
)


@dataclass(frozen=True)
class RawTermAssignment:
    """An assignment of the course, as written."""

    node: Node
    assignment: str
    graded: str
    weight: Fraction | None = None


@dataclass(frozen=True)
class RawStaffMember:
    """Somebody who teaches the course, as written."""

    node: Node
    id: str
    name: str = ""
    role: str = StaffRole.INSTRUCTOR.value
    sections: tuple[str, ...] = ()


@dataclass(frozen=True)
class RawTerm:
    """A course, as written."""

    node: Node
    title: str
    assignments: tuple[RawTermAssignment, ...]
    slip_days: SlipDays | None = None
    drop_lowest: int = 0
    staff: tuple[RawStaffMember, ...] = ()


def make_term_record() -> Record[RawTerm]:
    """Return the fields of the file."""
    assignment = Record(
        "an assignment of a course",
        RawTermAssignment,
        {
            "assignment": Field(Text(), "its file, from this file's folder", required=True),
            "graded": Field(
                Text(),
                "the output folder of `grader batch`, from this file's folder",
                required=True,
            ),
            "weight": Field(
                Points(), "its weight in the total of the course; its maximum points by default"
            ),
        },
    )
    member = Record(
        "somebody who teaches a course",
        RawStaffMember,
        {
            "id": Field(Text(), "login or e-mail address, which no student has", required=True),
            "name": Field(Text(), "name, as others see it; the id by default"),
            "role": Field(
                Text(one_of=tuple(each.value for each in StaffRole)),
                "an assistant sees students and helps them; an instructor, the default, may also"
                " make changes that affect grades",
            ),
            "sections": Field(
                ListOf(Text(), min_items=1), "sections of an assistant; all by default"
            ),
        },
    )
    return Record(
        "a course",
        RawTerm,
        {
            "title": Field(Text(), "title of the course", required=True),
            "slip_days": Field(
                SlipDaysField(),
                "days by which each student may be late without penalty, over all assignments;"
                " none by default",
            ),
            "drop_lowest": Field(
                Whole(0, 1000),
                "how many assignments of each student, those with the lowest share of their"
                " points, do not count; none by default",
            ),
            "assignments": Field(
                ListOf(assignment, min_items=1),
                "assignments, in the order in which they are due",
                required=True,
            ),
            "staff": Field(
                ListOf(member, min_items=1),
                "the people who teach the course, for `grader serve`; without it, the person who"
                " starts the server",
            ),
        },
    )


# Keys whose values differ between assignments; a noun for the value, and advice if two are equal.
_UNIQUE = (
    ("assignment", "assignment", "keep one"),
    ("graded", "folder", "each assignment needs its own"),
)


def load_term(path: str) -> Term:
    """Return the course in a file.

    Raises:
        SpecError: with all errors in the file
        UsageError: if the file cannot be read
    """
    raw = make_term_record().read(parse(read_text(path), path))
    diagnostics = Diagnostics()
    for key, noun, advice in _UNIQUE:
        nodes = [node for each in raw.assignments if (node := each.node.get(key)) is not None]
        report_duplicates(nodes, noun, diagnostics, advice, same=os.path.normpath)
    for each in raw.assignments:
        if each.weight == 0:
            diagnostics.add(each.node.at, "the weight is 0; leave the assignment out instead")
    weights = {each.weight is None for each in raw.assignments}
    if len(weights) > 1:
        without = next(each for each in raw.assignments if each.weight is None)
        diagnostics.add(
            without.node.at, "other assignments have a `weight` and this one has none; add one"
        )
    if raw.drop_lowest >= len(raw.assignments):
        node = raw.node.get("drop_lowest") or raw.node
        diagnostics.add(node.at, f"drop fewer assignments: the course has {len(raw.assignments)}")
    ids = [node for each in raw.staff if (node := each.node.get("id")) is not None]
    report_duplicates(ids, "member of staff", diagnostics, "keep one", same=str.casefold)
    for member in raw.staff:
        at = member.node.get("sections")
        if at is not None and member.role == StaffRole.INSTRUCTOR.value:
            diagnostics.add(
                at.at, "an instructor sees all sections; leave them out, or write `role: assistant`"
            )
    diagnostics.raise_any()
    folder = Path(path).parent
    assignments = tuple(
        TermAssignment(
            str(folder / each.assignment),
            str(folder / each.graded),
            each.weight,
            str((each.node.get("assignment") or each.node).at),
        )
        for each in raw.assignments
    )
    staff = tuple(
        StaffMember(each.id, each.name, StaffRole(each.role), each.sections) for each in raw.staff
    )
    return Term(path, raw.title, assignments, raw.slip_days, raw.drop_lowest, staff)
