"""Which mistakes students make: programs with the same wrong answers, or a known misconception.

The clusters are those of the class report (`course.statistics`), of the last program of each
student who has not solved the problem, run or submitted. Clusters that match the same misconception
are one mistake, and a misconception is named even if only one student has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from grader.course.statistics import compute_statistics
from grader.model.class_statistics import CaseStatistics
from grader.model.course import Outcome
from grader.model.judgement import Verdict
from grader.values.dataclasses import dataclass


@dataclass(frozen=True)
class Mistake:
    """A mistake in a problem.

    Attributes:
        key: identifies it among those of the problem
        misconceptions: slugs of the misconceptions that explain the answers; empty if none does
        students: ids of those who make it
        example: id of the attempt whose program represents it
    """

    problem: str
    key: str
    misconceptions: tuple[str, ...]
    students: tuple[str, ...]
    verdict: Verdict
    example: str

    @property
    def name(self) -> str:
        """A name for the staff."""
        words = " or ".join(self.misconceptions).replace("-", " ").replace("+", " and ")
        return words or f"the same wrong answers ({self.key[:8]})"


@dataclass(frozen=True)
class Findings:
    """What the last programs of students for a problem have in common.

    Attributes:
        mistakes: the most frequent first
        cases: those that somebody fails, the most frequent first
        verdicts: of the programs, with their numbers
        programs: how many were judged
    """

    mistakes: Sequence[Mistake] = ()
    cases: Sequence[CaseStatistics] = ()
    verdicts: Sequence[tuple[Verdict, int]] = ()
    programs: int = 0
    by_student: Mapping[str, Mistake] = field(default_factory=dict)


def mistake_key(outcome: Outcome) -> str:
    """Return what identifies the mistake in an outcome; empty if it is right, or no cluster."""
    if outcome.verdict in (Verdict.ACCEPTED, Verdict.JUDGE_ERROR):
        return ""
    return " or ".join(outcome.misconceptions) or outcome.answers_fingerprint


def find_mistakes(problem: str, outcomes: Iterable[Outcome]) -> Findings:
    """Return what programs for a problem have in common.

    Args:
        outcomes: one for each student; the locator of its attempt is the attempt's id
    """
    statistics = compute_statistics(problem, outcomes)
    clustered = {id for each in statistics.clusters for id in each.students}
    groups: dict[str, list[str]] = {}
    for student, outcome in statistics.outcomes.items():
        key = mistake_key(outcome)
        if key and (student in clustered or outcome.misconceptions):
            groups.setdefault(key, []).append(student)
    mistakes = [
        _mistake(problem, key, [statistics.outcomes[id] for id in students])
        for key, students in groups.items()
    ]
    mistakes.sort(key=lambda each: (-len(each.students), each.name))
    failed = [each for each in statistics.cases if each.passed < each.attempted]
    return Findings(
        mistakes,
        sorted(failed, key=lambda each: each.passed - each.attempted),
        statistics.verdicts,
        len(statistics.outcomes),
        {student: each for each in mistakes for student in each.students},
    )


def _mistake(problem: str, key: str, outcomes: Sequence[Outcome]) -> Mistake:
    first = outcomes[0]
    students = tuple(each.attempt.student for each in outcomes)
    example = min(outcomes, key=lambda each: (-len(each.cases), each.attempt.student))
    return Mistake(
        *(problem, key, first.misconceptions, students, first.verdict),
        example=example.attempt.locator,
    )
