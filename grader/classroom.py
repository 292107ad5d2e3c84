"""The nouns of a class: who is in it, what they handed in, what is to be made of it.

Nothing here holds the text of a submission: an `Attempt` says where it is, and is read when its
turn comes, so that a class of thousands takes no more memory than a small one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction


@dataclass(frozen=True)
class Student:
    """Somebody on the roster. `ids` are what other systems call them: login, e-mail, number."""

    id: str
    name: str = ""
    ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Attempt:
    """One thing that a student handed in for one problem.

    Attributes:
        student: the id on the roster, or what the file says where there is none
        problem: the problem's name
        place: the file it is in; in an archive, archive and member joined by "!"
        number: 1 for a student's first attempt at the problem, in the order of handing in
        handed_in: when, if that is known; always with a time zone
        notes: what was noticed about it, in words for the student and the instructor
        flaw: why there is nothing to judge; empty if there is
    """

    student: str
    problem: str
    place: str
    number: int = 1
    handed_in: datetime | None = None
    notes: tuple[str, ...] = ()
    flaw: str = ""


@dataclass(frozen=True)
class HandedIn:
    """All that a class handed in, and what could not be placed.

    Attributes:
        attempts: by student, problem and number
        missing: students of the roster without any attempt
        unplaced: what belongs to no student or problem, or to several, in words: never dropped
    """

    attempts: tuple[Attempt, ...]
    students: tuple[Student, ...] = ()
    missing: tuple[Student, ...] = ()
    unplaced: tuple[str, ...] = ()


@dataclass(frozen=True)
class LatePolicy:
    """What being late costs: after `grace_minutes`, `per_day` of the points for each day begun, up
    to `most` of them."""

    grace_minutes: int = 0
    per_day: Fraction = Fraction(0)
    most: Fraction = Fraction(1)


@dataclass(frozen=True)
class Part:
    """A problem of an assignment, and what it weighs in points."""

    problem: str
    points: Fraction
    due: datetime | None = None


@dataclass(frozen=True)
class Assignment:
    """Several problems with one gradebook.

    Attributes:
        counts: which attempt counts: "last", "best" or "first"
        extensions: by student, when it is due for them
    """

    title: str
    parts: tuple[Part, ...]
    due: datetime | None = None
    counts: str = "last"
    late: LatePolicy = LatePolicy()
    extensions: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What came of one attempt, as far as a gradebook needs it: from the store, without its runs.

    Attributes:
        score, max_score: exact; of the problem's own points
        cases: points by the name of each case, in order
        suspects: the slugs of misconceptions that explain it
        alike: digest of all its answers: equal for those that answer everything the same
        cpu_s: processor time of its slowest case
    """

    attempt: Attempt
    digest: str
    verdict: str
    score: Fraction
    max_score: Fraction
    cases: Mapping[str, Fraction]
    verdicts: Mapping[str, str] = field(default_factory=dict)
    suspects: tuple[str, ...] = ()
    alike: str = ""
    cpu_s: float = 0.0
