"""Statistics on a class: of cases, problems and totals, and what submissions have in common."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from grader.model.course import Attempt, Outcome
from grader.model.judgement import Verdict
from grader.values.dataclasses import dataclass


@dataclass(frozen=True)
class CaseStatistics:
    """The results of a class in one case.

    Attributes:
        passed: how many of `attempted` submissions passed
        discrimination: how well the case separates strong from weak submissions, from -1 to 1: the
            correlation of passing it with the points for all other cases; None if either is the
            same for everybody
    """

    name: str
    passed: int
    attempted: int
    discrimination: float | None = None

    @property
    def facility(self) -> Fraction:
        """The share that passes, from 0 to 1; 1 if nobody tried."""
        return Fraction(self.passed, self.attempted) if self.attempted else Fraction(1)


@dataclass(frozen=True)
class Cluster:
    """Submissions with the same wrong answers: they answer every case the same.

    Attributes:
        example: an attempt whose source represents the cluster
        share: of the problem's points
    """

    answers_fingerprint: str
    students: tuple[str, ...]
    example: Attempt
    verdict: Verdict
    misconceptions: tuple[str, ...]
    share: Fraction


@dataclass(frozen=True)
class NearCopies:
    """Submissions that share code few others have: a reason to compare them, not proof.

    Attributes:
        min_share, max_share: the share of code in common, of the least and the most similar pair
            that was found
    """

    students: tuple[str, ...]
    min_share: Fraction
    max_share: Fraction


@dataclass(frozen=True)
class TotalStatistics:
    """The totals of those who submitted something, or have a score by hand, and are not excused.

    Attributes:
        graded: how many have a total
        not_graded: how many have none
        bins: as in `ProblemStatistics`
    """

    graded: int
    not_graded: int
    mean: Fraction
    median: Fraction
    max_points: Fraction
    bins: tuple[int, ...]


@dataclass(frozen=True)
class ProblemStatistics:
    """The results of a class in one problem, from the attempt of each student that counts.

    Attributes:
        bins: students by tenths of the points reached; the last bin is those with all points
        mean, median: of the points
        facility: the facility index: the mean share of the points reached, from 0 to 1
        verdicts: number of submissions by verdict, without zeros
        misconceptions: number of submissions by misconception, largest first; two combined are
            "one+other"
        clusters: largest first
        slowest: students and CPU seconds, slowest first
        identical: students who submitted the same file, largest group first
        unchanged: how many submitted the unchanged starter
        late: students and minutes, latest first
        outcomes: by student
    """

    problem: str
    max_score: Fraction
    bins: tuple[int, ...]
    mean: Fraction
    median: Fraction
    facility: Fraction
    cases: tuple[CaseStatistics, ...]
    verdicts: tuple[tuple[Verdict, int], ...]
    misconceptions: tuple[tuple[str, int], ...]
    clusters: tuple[Cluster, ...]
    slowest: tuple[tuple[str, float], ...]
    identical: tuple[tuple[str, ...], ...]
    unchanged: int
    near_copies: tuple[NearCopies, ...]
    late: tuple[tuple[str, int], ...]
    outcomes: Mapping[str, Outcome]
