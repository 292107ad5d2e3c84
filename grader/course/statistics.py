"""Statistics of a class for each problem, from the outcomes that count.

Counts and points are exact. Every list has an order of its own, so that the same class gives the
same report in whatever order it was judged.
"""

from __future__ import annotations

import json
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import floor
from typing import TypeVar

from grader.model.class_statistics import (
    CaseStatistics,
    Cluster,
    NearCopies,
    ProblemStatistics,
    TotalStatistics,
)
from grader.model.course import Outcome
from grader.model.gradebook import Gradebook
from grader.model.judgement import Verdict

_BINS = 10  # and one more for those with all points
_SLOWEST = 10

Number = TypeVar("Number", int, float)


def compute_statistics(
    problem: str,
    outcomes: Iterable[Outcome],
    *,
    starter: str = "",
    near_copies: Sequence[NearCopies] = (),
    late: Mapping[str, int] | None = None,
) -> ProblemStatistics:
    """Return the statistics of one problem.

    Args:
        outcomes: of the attempt that counts, for each student
        starter: digest of the starter
        near_copies: from `similarity.find_near_copies`
        late: minutes, by student
    """
    by_student = {each.attempt.student: each for each in sorted(outcomes, key=_student)}
    every = list(by_student.values())
    scores = [each.score for each in every] or [Fraction(0)]
    shares = [_share(each) for each in every]
    return ProblemStatistics(
        problem=problem,
        max_score=max((each.max_score for each in every), default=Fraction(0)),
        bins=_bins([min(share, Fraction(1)) for share in shares]),
        mean=_mean(scores),
        median=statistics.median(scores),
        facility=_mean(shares) if shares else Fraction(1),
        cases=_cases(every),
        verdicts=_verdicts(every),
        misconceptions=_by_frequency(slug for each in every for slug in each.misconceptions),
        clusters=_clusters(every),
        slowest=_slowest(every),
        identical=_identical(every, starter),
        unchanged=sum(each.attempt.digest == starter for each in every),
        near_copies=tuple(near_copies),
        late=_largest_first((late or {}).items()),
        outcomes=by_student,
    )


def compute_total_statistics(gradebook: Gradebook) -> TotalStatistics:
    """Return the statistics of the totals of students with a submission or a score by hand.

    Those who are excused do not count.
    """
    present = [
        row
        for row in gradebook.rows
        if not row.is_excused
        and not (row.is_missing and all(part.adjustment is None for part in row.parts))
    ]
    totals = [row.total for row in present if row.total is not None]
    max_points = gradebook.max_points()
    return TotalStatistics(
        graded=len(totals),
        not_graded=len(present) - len(totals),
        mean=_mean(totals or [Fraction(0)]),
        median=statistics.median(totals or [Fraction(0)]),
        max_points=max_points,
        # A score that has a bonus, or was given by hand, may be above the maximum.
        bins=_bins([min(total / max_points, Fraction(1)) for total in totals if max_points]),
    )


def misconception_stub(cluster: Cluster, source: str) -> str:
    """Return a template for a misconception: an entry of wrong.yaml, and a program of the cluster.

    The author completes the hint, because only a person can tell what the students thought.

    Args:
        source: of the cluster's example, which is copied as it was submitted
    """
    slug = f"cluster-{cluster.answers_fingerprint[:8]}"
    solutions = f"solutions/{cluster.example.problem}"
    hint = f"TODO: a question that helps these {len(cluster.students)} students find their mistake"
    return (
        f"# 1. Add this to {solutions}/wrong.yaml, below `misconceptions:`, with a better name\n"
        f"#    than {slug} and with a hint.\n"
        f"  - slug: {slug}\n"
        f"    hint: {json.dumps(hint)}\n"
        f"\n"
        f"# 2. Save this program as {solutions}/wrong/{slug}.py, without anything that identifies\n"
        f"#    the student.\n"
        f"{source.rstrip()}\n"
    )


# Scores ------------------------------------------------------------------------------------------


def _student(outcome: Outcome) -> str:
    return outcome.attempt.student


def _share(outcome: Outcome) -> Fraction:
    """Return the share of the points reached; 1 if the problem has no points."""
    return outcome.score / outcome.max_score if outcome.max_score else Fraction(1)


def _mean(numbers: Sequence[Fraction]) -> Fraction:
    return sum(numbers, Fraction(0)) / len(numbers)


def _bins(shares: Sequence[Fraction]) -> tuple[int, ...]:
    counts = Counter(floor(_BINS * share) for share in shares)
    return tuple(counts[number] for number in range(_BINS + 1))


# Cases -------------------------------------------------------------------------------------------


def _cases(outcomes: Sequence[Outcome]) -> tuple[CaseStatistics, ...]:
    names = dict.fromkeys(name for each in outcomes for name in each.cases)
    return tuple(_case(name, outcomes) for name in names)


def _case(name: str, outcomes: Sequence[Outcome]) -> CaseStatistics:
    attempted = [each for each in outcomes if name in each.cases]
    passed = [each.verdicts[name] is Verdict.ACCEPTED for each in attempted]
    others = [float(each.score - each.cases[name]) for each in attempted]
    return CaseStatistics(name, sum(passed), len(passed), _correlation(passed, others))


def _correlation(passed: Sequence[bool], others: Sequence[float]) -> float | None:
    # `statistics` may find a tiny variance in equal numbers.
    if len(set(passed)) < 2 or len(set(others)) < 2:
        return None
    return statistics.correlation(passed, others)


# Groups ------------------------------------------------------------------------------------------


def _verdicts(outcomes: Sequence[Outcome]) -> tuple[tuple[Verdict, int], ...]:
    counts = Counter(each.verdict for each in outcomes)
    return tuple((verdict, counts[verdict]) for verdict in Verdict if counts[verdict])


def _by_frequency(names: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return _largest_first(Counter(names).items())


def _largest_first(pairs: Iterable[tuple[str, Number]]) -> tuple[tuple[str, Number], ...]:
    return tuple(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))


def _clusters(outcomes: Sequence[Outcome]) -> tuple[Cluster, ...]:
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for each in outcomes:
        if each.answers_fingerprint and each.verdict is not Verdict.ACCEPTED:
            groups[each.answers_fingerprint].append(each)
    clusters = [_cluster(group) for group in groups.values() if _has_several_teams(group)]
    return tuple(sorted(clusters, key=lambda each: (-len(each.students), each.students)))


def _cluster(group: Sequence[Outcome]) -> Cluster:
    first = group[0]
    return Cluster(
        answers_fingerprint=first.answers_fingerprint,
        students=tuple(map(_student, group)),
        example=first.attempt,
        verdict=first.verdict,
        misconceptions=first.misconceptions,
        share=_share(first),
    )


def _slowest(outcomes: Sequence[Outcome]) -> tuple[tuple[str, float], ...]:
    return _largest_first((_student(each), each.cpu_s) for each in outcomes)[:_SLOWEST]


def _identical(outcomes: Sequence[Outcome], starter: str) -> tuple[tuple[str, ...], ...]:
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for each in outcomes:
        if each.attempt.digest != starter:
            groups[each.attempt.digest].append(each)
    shared = (tuple(map(_student, each)) for each in groups.values() if _has_several_teams(each))
    return tuple(sorted(shared, key=lambda group: (-len(group), group)))


def _has_several_teams(outcomes: Iterable[Outcome]) -> bool:
    """Return whether they are of several teams, or of students who submitted without one."""
    attempts = (each.attempt for each in outcomes)
    return len({frozenset(each.team or (each.student,)) for each in attempts}) > 1
