"""How often statistical checkers err: the probabilities that `verify` prints instead of margins."""

from __future__ import annotations

from collections.abc import Mapping

from grader.checkers.draws import Statistical
from grader.judging.repeats import REPEATS, is_drawn, reseeded
from grader.judging.results import results
from grader.model.judgement import Verdict
from grader.values.dataclasses import dataclass
from grader.verify.evidence import Evidence

SEEDS = 30  # with which each misconception is tried


@dataclass(frozen=True)
class ErrorRates:
    """How often a case is wrong about draws.

    Attributes:
        false_reject: probability that a right solution is rejected, with all repeats
        false_accept: of the misconception that passes most often, the share of judgements in which
            it does, estimated from SEEDS seeds
    """

    false_reject: float
    false_accept: float


def measure_error_rates(evidence: Evidence) -> Mapping[str, ErrorRates]:
    """Return the error rates of the cases with draws that a statistical checker judges, by name.

    Raises:
        SandboxError: if the sandbox fails
    """
    found = {}
    programs = [evidence.problem.program(each.source) for each in evidence.loaded.misconceptions]
    for case in evidence.cases:
        checker = case.step.checker
        if not isinstance(checker, Statistical) or not is_drawn(case):
            continue
        scripts = [reseeded(case, turn).script for turn in range(SEEDS)]
        passing = 0
        for runs in evidence.run_trusted(programs, scripts):
            judged = results([case] * len(runs), runs, evidence.key.referee)
            passing = max(passing, sum(each.verdict is Verdict.ACCEPTED for each in judged))
        calls_each = 1 + REPEATS
        found[case.name] = ErrorRates(
            checker.false_reject**calls_each, 1 - (1 - passing / SEEDS) ** calls_each
        )
    return found
