"""How often statistical checkers err: the probabilities that `verify` prints instead of margins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from grader.checkers.draws import Statistical
from grader.judging.referee import Opinion, question
from grader.judging.repeats import REPEATS, is_drawn, reseeded
from grader.model.judgement import RunStatus
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
        if not isinstance(case.checker, Statistical) or not is_drawn(case):
            continue
        tried = [replace(case, args=reseeded(case.args, turn)) for turn in range(SEEDS)]
        calls = [evidence.problem.entry_point.call(each.args) for each in tried]
        passing = 0
        for runs in evidence.run_trusted(programs, calls):
            answers = [run.value for run in runs if run.status is RunStatus.RETURNED]
            rulings = evidence.key.referee.opinions([question(case, each) for each in answers])
            passing = max(passing, sum(each == Opinion() for each in rulings))
        calls_each = 1 + REPEATS
        found[case.name] = ErrorRates(
            case.checker.false_reject**calls_each, 1 - (1 - passing / SEEDS) ** calls_each
        )
    return found
