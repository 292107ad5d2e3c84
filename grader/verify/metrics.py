"""The numbers to the findings: what each case is good for, and how far answers are apart."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from grader.model.judgement import Judgement, Verdict
from grader.model.problem import Case, Limits
from grader.model.verification import CaseFigures, Finding, Tally, VerificationReport
from grader.verify.evidence import Evidence, Wrong, distance_of


def fitness(evidence: Evidence, findings: Iterable[Finding]) -> VerificationReport:
    """All that is found out about a problem."""
    if not evidence.is_sound:
        return VerificationReport(evidence.slug, tuple(findings))
    excused = sum(evidence.excuse_of(name) is not None for name in evidence.all_mutants)
    judgements = list(evidence.right.values())
    return VerificationReport(
        slug=evidence.slug,
        findings=tuple(findings),
        cases=tuple(_figures(evidence)),
        misconceptions=_tally(evidence.misconceptions),
        mutants=_tally(evidence.mutants, excused),
        right=len(judgements),
        time_factor=time_factor(judgements, evidence.problem.limits),
        memory_factor=memory_factor(judgements, evidence.problem.limits),
    )


def killers(wrong: Wrong) -> list[str]:
    """The names of the cases that refuse it."""
    return [each.case.name for each in wrong.results if each.verdict is not Verdict.ACCEPTED]


def clearest(wrong: Wrong) -> tuple[Case, float]:
    """The case that refuses it most clearly, and how far off it is there."""
    distances = wrong.distances()
    most = max(distances)
    return wrong.results[distances.index(most)].case, most


def right_distances(evidence: Evidence) -> list[tuple[str, float]]:
    """For each case the right solution that is furthest from the expected answer, and how far."""
    out = []
    for index in range(len(evidence.cases)):
        offs = {
            name: distance_of(judgement.results[index])
            for name, judgement in evidence.right.items()
        }
        out.append(max(offs.items(), key=lambda item: item[1]))
    return out


def time_factor(judgements: Sequence[Judgement], limits: Limits) -> float | None:
    """How many times the slowest call's processor time the limit is; None if that is not known."""
    slowest = max((each.run.cpu_s for one in judgements for each in one.results), default=0.0)
    return limits.cpu_s / slowest if slowest else None


def memory_factor(judgements: Sequence[Judgement], limits: Limits) -> float | None:
    """How many times the largest call's memory the limit is; None if that is not known."""
    largest = max((each.run.peak_mib for one in judgements for each in one.results), default=0.0)
    return limits.memory_mib / largest if largest else None


def _tally(wrong: Sequence[Wrong], excused: int = 0) -> Tally:
    public = [
        any(each.verdict is not Verdict.ACCEPTED for each in one.results if not each.case.hidden)
        for one in wrong
    ]
    return Tally(len(wrong), sum(one.is_refused for one in wrong), sum(public), excused)


def _figures(evidence: Evidence) -> list[CaseFigures]:
    refusing = {wrong.name: killers(wrong) for wrong in evidence.wrong}
    weakest: dict[str, float] = {}
    for wrong in evidence.wrong:
        case, off = clearest(wrong)
        if off > 1:
            weakest[case.name] = min(off, weakest.get(case.name, math.inf))
    figures = []
    for case, (_, right) in zip(evidence.cases, right_distances(evidence), strict=True):
        figures.append(
            CaseFigures(
                name=case.name,
                hidden=case.hidden,
                kills=sum(case.name in names for names in refusing.values()),
                alone=tuple(name for name, names in refusing.items() if names == [case.name]),
                right=right,
                wrong=weakest.get(case.name),
            )
        )
    return figures
