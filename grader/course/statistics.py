"""Figures of a class: what became of each problem, from the outcomes that count.

Counts and points are exact. Whatever is listed has an order of its own, so that the same class
gives the same report, in whichever order it was judged.
"""

from __future__ import annotations

import json
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import floor
from typing import TypeVar

from grader.model.course import CaseStatistics, Cluster, NearCopies, Outcome, ProblemStatistics
from grader.model.judgement import Verdict

_BINS = 10  # and one for those who have all points
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
    """The figures of one problem.

    Args:
        outcomes: one of each student: the attempt that counts
        starter: the digest of what everybody begins from
        near_copies: what `similarity.near_copies` found
        late: minutes, by student
    """
    by_student = {each.attempt.student: each for each in sorted(outcomes, key=_student)}
    every = list(by_student.values())
    scores = [each.score for each in every] or [Fraction(0)]
    shares = [_share(each) for each in every]
    return ProblemStatistics(
        problem=problem,
        max_score=max((each.max_score for each in every), default=Fraction(0)),
        bins=_bins(shares),
        mean=_mean(scores),
        median=statistics.median(scores),
        facility=_mean(shares) if shares else Fraction(1),
        cases=_cases(every),
        verdicts=_verdicts(every),
        misconceptions=_by_frequency(slug for each in every for slug in each.misconceptions),
        clusters=_clusters(every),
        slowest=_slowest(every),
        identical=_identical(every, starter),
        unchanged=sum(each.digest == starter for each in every),
        near_copies=tuple(near_copies),
        late=_most_first((late or {}).items()),
        outcomes=by_student,
    )


def stub(cluster: Cluster, source: str) -> str:
    """What to paste to make a cluster a misconception: an entry of wrong.yaml, and its program.

    The hint is left to the author, who alone can tell what the students thought. The program goes
    below it as it was handed in.
    """
    slug = f"cluster-{cluster.answers_fingerprint[:8]}"
    students = f"{len(cluster.students)} students"
    hint = f"TODO: what would have {students} find out what they got wrong?"
    return (
        f"# 1. A better name than {slug}, and a hint, in solutions/{cluster.example.problem}/"
        f"wrong.yaml, below `misconceptions:`\n"
        f"  - slug: {slug}\n"
        f"    hint: {json.dumps(hint)}\n"
        f"\n"
        f"# 2. The program, in solutions/{cluster.example.problem}/wrong/{slug}.py; take out what"
        f" tells whose it is\n"
        f"{source.rstrip()}\n"
    )


# Scores ------------------------------------------------------------------------------------------


def _student(outcome: Outcome) -> str:
    return outcome.attempt.student


def _share(outcome: Outcome) -> Fraction:
    """Of the points there are; where there are none, nobody has lost any."""
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
    tried = [each for each in outcomes if name in each.cases]
    right = [each.verdicts.get(name) is Verdict.ACCEPTED for each in tried]
    others = [float(each.score - each.cases[name]) for each in tried]
    return CaseStatistics(name, sum(right), len(right), _correlation(right, others))


def _correlation(right: Sequence[bool], others: Sequence[float]) -> float | None:
    # To ask `statistics` is not enough: of equal numbers it may find a tiny variance.
    if len(set(right)) < 2 or len(set(others)) < 2:
        return None
    return statistics.correlation(right, others)


# Groups ------------------------------------------------------------------------------------------


def _verdicts(outcomes: Sequence[Outcome]) -> tuple[tuple[Verdict, int], ...]:
    counts = Counter(each.verdict for each in outcomes)
    return tuple((verdict, counts[verdict]) for verdict in Verdict if counts[verdict])


def _by_frequency(names: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return _most_first(Counter(names).items())


def _most_first(pairs: Iterable[tuple[str, Number]]) -> tuple[tuple[str, Number], ...]:
    return tuple(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))


def _clusters(outcomes: Sequence[Outcome]) -> tuple[Cluster, ...]:
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for each in outcomes:
        if each.answers_fingerprint and each.verdict is not Verdict.ACCEPTED:
            groups[each.answers_fingerprint].append(each)
    clusters = [_cluster(group) for group in groups.values() if len(group) > 1]
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
    return _most_first((_student(each), each.cpu_s) for each in outcomes)[:_SLOWEST]


def _identical(outcomes: Sequence[Outcome], starter: str) -> tuple[tuple[str, ...], ...]:
    groups: dict[str, list[str]] = defaultdict(list)
    for each in outcomes:
        if each.digest != starter:
            groups[each.digest].append(_student(each))
    shared = (tuple(group) for group in groups.values() if len(group) > 1)
    return tuple(sorted(shared, key=lambda group: (-len(group), group)))
