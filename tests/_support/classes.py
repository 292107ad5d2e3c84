"""Outcomes and statistics of a class, made without judging anything."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from fractions import Fraction
from typing import Any

from grader.course.similarity import find_near_copies
from grader.course.statistics import compute_statistics
from grader.model.class_statistics import ProblemStatistics
from grader.model.course import Attempt, Outcome, Student, SubmissionSet
from grader.model.judgement import Verdict
from grader.reports.class_report import html as class_html
from tests._support.bank import load

ORIGINAL = load("dr-grpo").accepted["loops"].decode()


def outcome(student: str, right: str, **changes: Any) -> Outcome:
    """Return the outcome of a student who passes the cases with a 1; each case has one point."""
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


def renamed(source: str) -> str:
    names = (
        "total",
        "rewards",
        "advantage",
        "ratio",
        "new",
        "old",
        "group_size",
        "value",
        "weight",
    )
    return re.sub(rf"\b({'|'.join(names)})\b", r"my_\1", source)


def a_class(size: int, problems: int = 1) -> tuple[SubmissionSet, list[ProblemStatistics]]:
    """Return a class: about half are accepted, every seventh is late, every ninth has copied."""
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
    return SubmissionSet(
        (), (missing, *present), (missing,), ("x.zip!y.py: not in the roster",)
    ), found


def page_of(
    submissions: SubmissionSet, problems: list[ProblemStatistics], title: str = "Week 3"
) -> str:
    out = io.StringIO()
    address = "students/{}/{}.html".format
    class_html.write(title, submissions, problems, out, link=address)
    return out.getvalue()
