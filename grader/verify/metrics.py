"""How strong each case is, and how far answers are from the tolerance."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

from grader.judging.speed import limits_of
from grader.model.judgement import CaseResult, Judgement, Run, Verdict
from grader.model.problem import Case, Limits
from grader.model.verification import CaseStrength, Finding, Tally, VerificationReport
from grader.values.dataclasses import dataclass
from grader.verify.distances import measure_result
from grader.verify.draws import measure_error_rates
from grader.verify.evidence import Evidence, WrongSolution


def build_report(evidence: Evidence, findings: Iterable[Finding]) -> VerificationReport:
    """Return the report on a problem: its findings, and the metrics if its reference is sound."""
    if not evidence.is_sound:
        return VerificationReport(evidence.slug, tuple(findings))
    excused = sum(evidence.excuse_of(name) is not None for name in evidence.mutants_by_name)
    judgements = list(evidence.accepted.values())
    return VerificationReport(
        slug=evidence.slug,
        findings=tuple(findings),
        cases=tuple(_measure_cases(evidence)),
        misconceptions=_tally(evidence.misconceptions),
        mutants=_tally(evidence.mutants, excused),
        accepted_solutions=len(judgements),
        time_factor=_factor(room_of_time(judgements)),
        memory_factor=_factor(room_of_memory(judgements)),
    )


def find_rejecting_cases(wrong: WrongSolution) -> list[str]:
    """Return the names of the cases that reject a wrong solution."""
    return [each.case.name for each in wrong.results if each.verdict is not Verdict.ACCEPTED]


def find_clearest_case(wrong: WrongSolution) -> tuple[Case, float]:
    """Return the case where a wrong solution's answer is furthest off, and its distance."""
    distances = wrong.distances
    largest = max(distances)
    return wrong.results[distances.index(largest)].case, largest


def find_worst_accepted(evidence: Evidence) -> list[tuple[str, float]]:
    """Return for each case the correct solution with the largest distance, and the distance."""
    out = []
    for index in range(len(evidence.cases)):
        distances = {
            name: measure_result(judgement.results[index])
            for name, judgement in evidence.accepted.items()
        }
        out.append(max(distances.items(), key=lambda item: item[1]))
    return out


@dataclass(frozen=True)
class Room:
    """What a limit leaves to the call of a correct solution that comes nearest to it.

    Attributes:
        factor: the limit over what the call needed
    """

    factor: float
    limits: Limits
    result: CaseResult


def room_of_time(judgements: Sequence[Judgement]) -> Room | None:
    """Return what the limit of processor time leaves; None if no time is known."""
    return _room(judgements, lambda run: run.cpu_s, lambda limits: limits.cpu_s)


def room_of_memory(judgements: Sequence[Judgement]) -> Room | None:
    """Return what the limit of memory leaves; None if no memory is known."""
    return _room(judgements, lambda run: run.peak_mib, lambda limits: limits.memory_mib)


def _factor(room: Room | None) -> float | None:
    return room.factor if room is not None else None


def _room(
    judgements: Sequence[Judgement],
    need: Callable[[Run], float],
    limit: Callable[[Limits], float],
) -> Room | None:
    found = [
        Room(limit(limits) / need(result.run), limits, result)
        for judgement in judgements
        for result in judgement.results
        if need(result.run)
        for limits in [limits_of(judgement.problem, result.case)]
    ]
    return min(found, key=lambda each: each.factor, default=None)


def _tally(wrong: Sequence[WrongSolution], excused: int = 0) -> Tally:
    public = [
        any(each.verdict is not Verdict.ACCEPTED for each in one.results if not each.case.hidden)
        for one in wrong
    ]
    return Tally(len(wrong), sum(one.is_rejected for one in wrong), sum(public), excused)


def _measure_cases(evidence: Evidence) -> list[CaseStrength]:
    rejecting = {wrong.name: find_rejecting_cases(wrong) for wrong in evidence.wrong}
    weakest: dict[str, float] = {}
    for wrong in evidence.wrong:
        case, distance = find_clearest_case(wrong)
        if distance > 1:
            weakest[case.name] = min(distance, weakest.get(case.name, math.inf))
    measured = []
    rates = measure_error_rates(evidence)
    for case, (_, distance) in zip(evidence.cases, find_worst_accepted(evidence), strict=True):
        measured.append(
            CaseStrength(
                name=case.name,
                hidden=case.hidden,
                rejects=sum(case.name in names for names in rejecting.values()),
                alone=tuple(name for name, names in rejecting.items() if names == [case.name]),
                accepted_distance=distance,
                rejected_distance=weakest.get(case.name),
                false_reject=rates[case.name].false_reject if case.name in rates else None,
                false_accept=rates[case.name].false_accept if case.name in rates else None,
            )
        )
    return measured
