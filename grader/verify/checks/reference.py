"""Checks of the reference solution, which answers every case that has no written answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from grader.judging.judge import result
from grader.model.judgement import Run, RunStatus
from grader.model.problem import Case
from grader.model.verification import Finding, error, warning
from grader.values import Value
from grader.values.codec import encode
from grader.values.show import show
from grader.verify.evidence import Evidence, apart

# A written answer this far off leaves a student little of the tolerance.
_SHARE_OF_TOLERANCE = 0.1
_WIDTH = 160  # characters of an answer


def answers(evidence: Evidence) -> Iterator[Finding]:
    """There is a reference, and it answers every case."""
    if evidence.loaded.reference is None:
        text = "there is no reference solution, so that little can be verified"
        yield error(evidence.spec, text, f"write solutions/{evidence.slug}/reference.py")
    for case, run in zip(evidence.loaded.cases, evidence.reference_runs, strict=False):
        if run.status is not RunStatus.RETURNED:
            text = f"the reference does not answer case {case.name!r}: {run.error}"
            at = evidence.at("reference.py", hidden=True, line=run.line or 1)
            yield error(at, text, f"the case is at {case.at}")


def repeats_itself(evidence: Evidence) -> Iterator[Finding]:
    """The reference gives the same answer twice, each time in a process of its own."""
    when, advice = "when it is asked again", "take out what is random, or fix its seed"
    yield from _differing(evidence, evidence.reference_again, when, advice)


def ignores_hashes(evidence: Evidence) -> Iterator[Finding]:
    """The answer does not hang on the order in which a set of texts happens to be."""
    when = "where the hashes of texts are others"
    advice = "sort what comes out of a set before it is used"
    if _repeats(evidence):
        yield from _differing(evidence, evidence.reference_with_another_seed, when, advice)


def keeps_no_state(evidence: Evidence) -> Iterator[Finding]:
    """The answer does not hang on the calls before it."""
    when = "when the cases come in another order"
    advice = "compute everything from the arguments: no global and no default may remember"
    if _repeats(evidence):
        yield from _differing(evidence, evidence.reference_backwards, when, advice)


def _repeats(evidence: Evidence) -> bool:
    """Whether it is worth asking what else an answer hangs on."""
    pairs = zip(evidence.reference_alone, evidence.reference_again, strict=True)
    return all(_same(first, second) for first, second in pairs)


def _differing(evidence: Evidence, again: list[Run], when: str, advice: str) -> Iterator[Finding]:
    triples = zip(evidence.loaded.cases, evidence.reference_alone, again, strict=True)
    differing = [each for each in triples if not _same(each[1], each[2])]
    if differing:
        case, first, second = differing[0]
        text = (
            f"in {_of(len(differing), evidence)} the reference answers differently {when}: in case"
            f" {case.name!r} first {_told(first)}, then {_told(second)}"
        )
        yield error(evidence.reference, text, advice)


def _of(count: int, evidence: Evidence) -> str:
    return f"{count} of {len(evidence.loaded.cases)} cases"


def _same(first: Run, second: Run) -> bool:
    """Whether two runs gave the very same answer, to the last bit."""
    return (first.status, encode(first.value)) == (second.status, encode(second.value))


def _told(run: Run) -> str:
    return show(run.value) if run.status is RunStatus.RETURNED else run.error


# Runs the reference, and returns what has become of its arguments.
_WITNESS = """

def _witness(*args, **kwargs):
    {function}(*args, **kwargs)
    return [list(args), kwargs]
"""


def leaves_arguments(evidence: Evidence) -> Iterator[Finding]:
    """The reference does not change its arguments."""
    source = evidence.loaded.reference or b""
    source += _WITNESS.format(function=evidence.loaded.entry_point).encode()
    runs = evidence.run(source, evidence.calls, function="_witness")
    changed = [
        case.name
        for case, call, run in zip(evidence.loaded.cases, evidence.calls, runs, strict=True)
        if encode(run.value) != encode([list(call.args), dict(call.kwargs)])
    ]
    if changed:
        text = f"in {_of(len(changed), evidence)} the reference changes its arguments"
        advice = f"work on a copy of what is to be changed; see case {changed[0]!r}"
        yield error(evidence.reference, text, advice)


def signature(evidence: Evidence) -> Iterator[Finding]:
    """The reference's function has the starter's parameters, with the same defaults."""
    starter = evidence.loaded.entry_point.signature
    found = evidence.declaration(evidence.loaded.reference or b"")
    if found is not None and found.entry_point.signature != starter:
        signature = found.entry_point.signature
        text = f"the reference has the parameters {signature}, the starter {starter}"
        at = evidence.at("reference.py", hidden=True, line=found.line)
        yield error(at, text, "make them the same: cases are called by the starter's")


def agrees_with_written_answers(evidence: Evidence) -> Iterator[Finding]:
    """The reference agrees with every written `expected`, and not barely."""
    for case, run in zip(evidence.loaded.cases, evidence.reference_runs, strict=True):
        if not case.has_expected:
            continue
        if result(case, run).mismatch is not None:
            advice = "one of the two is wrong: work the case out by hand"
            yield _disagreement(error, case, run.value, advice)
        elif apart(run.value, case) > _SHARE_OF_TOLERANCE:
            advice = "write more digits: those left out take a part of the student's tolerance"
            yield _disagreement(warning, case, run.value, advice)


def _disagreement(level: Callable[..., Finding], case: Case, answer: Value, advice: str) -> Finding:
    written, computed = show(case.expected, _WIDTH), show(answer, _WIDTH)
    pairs = enumerate(zip(written, computed, strict=False))
    shorter = min(len(written), len(computed))
    first = next((index for index, (a, b) in pairs if a != b), shorter)
    text = (
        f"the expected answer of case {case.name!r} is not the reference's:\n"
        f"    written    {written}\n"
        f"    reference  {computed}\n"
        f"               {' ' * first}^ they differ from here on"
    )
    return level(case.at, text, advice)
