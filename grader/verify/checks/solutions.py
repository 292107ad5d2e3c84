"""Checks of right solutions and of the starter, judged as submissions are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from grader.model.judgement import CaseResult, Judgement, RunStatus, Verdict
from grader.model.verification import Finding, error, warning
from grader.reports.messages import message
from grader.verify.evidence import Evidence
from grader.verify.metrics import memory_factor, time_factor

_ENOUGH = 2  # right solutions besides the reference
_WELL_INSIDE = 4.0  # how many times what a right solution takes a limit should be


def right_solutions(evidence: Evidence) -> Iterator[Finding]:
    """There are other right solutions than the reference, so that a tolerance can be measured."""
    count = len(evidence.loaded.right)
    if count < _ENOUGH:
        text = f"the number of right solutions besides the reference is {count}"
        advice = (
            f"write {_ENOUGH} or more in solutions/{evidence.slug}/right/, of other styles: loops,"
            " vectorised, float32. Without them nobody knows what the tolerance refuses"
        )
        yield warning(evidence.spec, text, advice)


def right_solutions_pass(evidence: Evidence) -> Iterator[Finding]:
    """Every right solution gets full marks."""
    by_reference = evidence.right["reference.py"].results
    for name, judgement in evidence.right.items():
        for each, reference in zip(judgement.results, by_reference, strict=True):
            # Where the reference answers wrong, `agrees_with_written_answers` says so.
            if each.verdict is Verdict.ACCEPTED or reference.verdict is Verdict.WRONG_ANSWER:
                continue
            text = f"{name}, a right solution, is refused in case {each.case.name!r}"
            at = evidence.at(name, hidden=True, line=each.run.line or 1)
            yield error(at, f"{text}: {message(each)}", f"the case is at {each.case.at}")
            if each.run.status is RunStatus.NOT_LOADED:
                break  # the other cases would say the same


def signatures(evidence: Evidence) -> Iterator[Finding]:
    """Right solutions, and wrong ones that are files, have parameters like the starter's.

    That one has no such function is found where it is run.
    """
    starter, folder = evidence.loaded.entry_point, Path(evidence.solutions or "")
    required = [each.is_required for each in starter.parameters]
    for path in sorted([*folder.glob("right/*.py"), *folder.glob("wrong/*.py")]):
        found = evidence.declaration(path.read_bytes())
        if found is None:
            continue
        at = evidence.at(str(path.relative_to(folder)), hidden=True, line=found.line)
        if [each.is_required for each in found.entry_point.parameters] != required:
            signature = found.entry_point.signature
            text = f"{path.name} has the parameters {signature}, the starter {starter.signature}"
            yield error(at, text, "make it as many, with as many defaults")


def starter(evidence: Evidence) -> Iterator[Finding]:
    """The starter, handed in as it is, gets no case right."""
    passed = [each.case.name for each in evidence.starter.results if _is_accepted(each)]
    if passed:
        text = f"the starter, as it is, is accepted in {', '.join(passed)}"
        advice = "let the stub return nothing, or let the cases ask for more"
        yield error(evidence.at("starter.py"), text, advice)


def limits(evidence: Evidence) -> Iterator[Finding]:
    """The slowest and the largest right solution are well inside the limits."""
    judgements: list[Judgement] = list(evidence.right.values())
    bounds = evidence.problem.limits
    for what, factor, limit in (
        ("processor time", time_factor(judgements, bounds), f"{bounds.cpu_s:g} s"),
        ("memory", memory_factor(judgements, bounds), f"{bounds.memory_mib} MiB"),
    ):
        if factor is not None and factor < _WELL_INSIDE:
            text = (
                f"the limit of {what}, {limit}, is {factor:.1f} times what a right solution takes"
            )
            advice = "raise it: on a slower or busier machine a right answer would be refused"
            yield warning(evidence.spec, text, advice)


def _is_accepted(each: CaseResult) -> bool:
    return each.verdict is Verdict.ACCEPTED
