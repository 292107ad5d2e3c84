"""How strong each case is, and how far answers are from the tolerance."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from grader.model.judgement import Judgement, Verdict
from grader.model.problem import Case, Limits
from grader.model.verification import CaseStrength, Finding, Tally, VerificationReport
from grader.verify.draws import measure_error_rates
from grader.verify.evidence import Evidence, WrongSolution, measure_result


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
        time_factor=time_factor(judgements, evidence.problem.limits),
        memory_factor=memory_factor(judgements, evidence.problem.limits),
    )


def find_rejecting_cases(wrong: WrongSolution) -> list[str]:
    """Return the names of the cases that reject a wrong solution."""
    return [each.case.name for each in wrong.results if each.verdict is not Verdict.ACCEPTED]


def find_clearest_case(wrong: WrongSolution) -> tuple[Case, float]:
    """Return the case where a wrong solution's answer is furthest off, and its distance."""
    distances = wrong.distances()
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


def time_factor(judgements: Sequence[Judgement], limits: Limits) -> float | None:
    """Return the limit of processor time over the slowest call's; None if that is not known."""
    slowest = max((each.run.cpu_s for one in judgements for each in one.results), default=0.0)
    return limits.cpu_s / slowest if slowest else None


def memory_factor(judgements: Sequence[Judgement], limits: Limits) -> float | None:
    """Return the limit of memory over the largest call's; None if that is not known."""
    largest = max((each.run.peak_mib for one in judgements for each in one.results), default=0.0)
    return limits.memory_mib / largest if largest else None


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
