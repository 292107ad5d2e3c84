"""Checks of the reference solution, which answers every case without a written `expected`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import chain

from grader.judging.changes import AFTER, changed_arguments, find_mismatch_after
from grader.judging.output import OF_OUTPUT
from grader.judging.results import step_result
from grader.model.checker import Mismatch, Tolerance
from grader.model.entry_point import Action
from grader.model.judgement import Run, RunStatus
from grader.model.problem import Case
from grader.model.script import Step
from grader.model.verification import Finding, error, warning
from grader.reports.differences import sentence
from grader.values import Value
from grader.values.excerpt import excerpt, first_difference
from grader.values.show import printable, show
from grader.verify.checks.solutions import pairs_of_functions
from grader.verify.distances import measure_step
from grader.verify.evidence import Evidence, answer_bytes, is_answer_of
from grader.verify.leaves import Leaf, leaves

# The part of the tolerance that a rounded `expected` may use up.
_MAX_SHARE = 0.1
_WIDTH = 160  # characters of a line


def answers_every_case(evidence: Evidence) -> Iterator[Finding]:
    """There is a reference, and it answers every case."""
    if evidence.loaded.reference is None:
        text = "there is no reference solution, so few checks can be made"
        yield error(evidence.files.spec, text, f"write solutions/{evidence.slug}/reference.py")
    for case, whole in zip(evidence.loaded.cases, evidence.reference_runs, strict=False):
        for label, step, run in judged_steps(case, whole):
            if is_answer_of(step, run):
                continue
            why = printable(run.problem_error)
            advice = f"the case is at {step.at}"
            if step.raises is not None:
                did = "it returns" if run.status is RunStatus.RETURNED else "it raises"
                why = f"{did} {_show(run)} where {step.raises} is expected"
            elif run.status is RunStatus.RETURNED:
                why = f"it returns {show(run.value)}, which cannot be compared"
                if run.error:
                    why = f"it returns {show(run.value)}: {run.error}"
                elif case.is_script:
                    advice += "; ask for attributes of an object with `get`"
            text = f"the reference does not answer {label}: {why}"
            at = evidence.files.at("reference.py", hidden=True, line=run.line or 1)
            if run.is_by_problem:
                at = evidence.files.at("driver.py", line=run.line) if run.line else case.at
            yield error(at, text, advice)
            break  # later steps fail because of this one


def judged_steps(case: Case, whole: Run) -> Iterator[tuple[str, Step, Run]]:
    """Yield each step of a case with its label in messages, and its run."""
    for number, (step, run) in enumerate(
        zip(case.steps, whole.of_each(case.steps), strict=True), 1
    ):
        label = f"case {case.name!r}"
        if case.is_script:
            label = f"step {number} of {label}, {step.label}"
        yield label, step, run


def is_deterministic(evidence: Evidence) -> Iterator[Finding]:
    """The reference gives the same answer in two processes."""
    when, advice = "when it is run again", "remove what is random, or use a fixed seed"
    yield from _differing(evidence, evidence.reference_again, when, advice)


def ignores_hash_seed(evidence: Evidence) -> Iterator[Finding]:
    """The answer does not depend on the order of a set of strings."""
    when = "with another hash seed"
    advice = "sort the elements of a set before using them"
    if _repeats(evidence):
        yield from _differing(evidence, evidence.reference_with_another_seed, when, advice)


def is_stateless(evidence: Evidence) -> Iterator[Finding]:
    """The answer does not depend on earlier calls."""
    when = "when the cases are run in another order"
    advice = "compute everything from the arguments; do not change globals or mutable defaults"
    if _repeats(evidence):
        yield from _differing(evidence, evidence.reference_reversed, when, advice)


def _repeats(evidence: Evidence) -> bool:
    """Whether the answers are deterministic, so that other differences have other causes."""
    pairs = zip(evidence.reference_alone, evidence.reference_again, strict=True)
    return all(_same(first, second) for first, second in pairs)


def _differing(evidence: Evidence, again: list[Run], when: str, advice: str) -> Iterator[Finding]:
    triples = zip(evidence.loaded.cases, evidence.reference_alone, again, strict=True)
    differing = [each for each in triples if not _same(each[1], each[2])]
    if differing:
        case, first, second = differing[0]
        text = (
            f"in {_of(len(differing), evidence)} the reference answers differently {when}: in case"
            f" {case.name!r} first {_show(_first(first, second))}, then"
            f" {_show(_first(second, first))}"
        )
        yield error(evidence.files.reference, text, advice)


def _of(count: int, evidence: Evidence) -> str:
    return f"{count} of {len(evidence.loaded.cases)} cases"


def _same(first: Run, second: Run) -> bool:
    """Whether two runs gave the same answer, to the last bit."""
    return answer_bytes(first) == answer_bytes(second)


def _first(run: Run, other: Run) -> Run:
    """Return the first step of a run that differs from that of another."""
    pairs = zip(run.steps or (run,), other.steps or (other,), strict=False)
    return next((one for one, two in pairs if not _same(one, two)), run)


def _show(run: Run) -> str:
    return show(run.value) if run.status is RunStatus.RETURNED else printable(run.error)


def leaves_arguments_unchanged(evidence: Evidence) -> Iterator[Finding]:
    """The reference does not change its arguments."""
    cases = evidence.loaded.cases
    scripts = [tuple(replace(call, watches=(AFTER,)) for call in case.script) for case in cases]
    runs = evidence.run(evidence.loaded.reference or b"", scripts)
    changed: dict[str, list[str]] = {}
    for case, whole in zip(cases, runs, strict=True):
        for step, run in zip(case.steps, whole.of_each(case.steps), strict=True):
            names = changed_arguments(step.call(), run, step.function)
            if step.is_pure or step.action is Action.SET:
                continue  # reported as a case that the reference fails; nothing is called
            changed.setdefault(case.name, []).extend(set(names) - set(step.after))
    changed = {name: names for name, names in changed.items() if names}
    if changed:
        found = ", ".join(dict.fromkeys(chain.from_iterable(changed.values())))
        text = f"in {_of(len(changed), evidence)} the reference changes its arguments: {found}"
        first, (name, *_) = next(iter(changed.items()))
        advice = (
            f"change a copy instead; see case {first!r}. If the change is what the exercise asks"
            f" for, state it in each case: `after: {{{name}: …}}`"
        )
        yield error(evidence.files.reference, text, advice)


def matches_starter(evidence: Evidence) -> Iterator[Finding]:
    """The reference's functions have the starter's parameters, with the same defaults."""
    declared = evidence.declarations(evidence.loaded.reference or b"")
    for own, starter, line in pairs_of_functions(evidence, declared):
        if own.signature != starter.signature:
            of = "" if evidence.loaded.entry_point.function else f" of {starter.name}"
            text = (
                f"the reference has the parameters {own.signature}{of}, the starter has"
                f" {starter.signature}"
            )
            at = evidence.files.at("reference.py", hidden=True, line=line)
            yield error(at, text, "make them equal: cases are called with the starter's parameters")


def agrees_with_expected(evidence: Evidence) -> Iterator[Finding]:
    """The reference agrees with every written `expected`, within a tenth of the tolerance."""
    referee = evidence.key.referee
    for case, whole in zip(evidence.loaded.cases, evidence.reference_runs, strict=True):
        runs = whole.of_each(case.steps)
        for number, (label, step, run) in enumerate(judged_steps(case, whole)):
            if mismatch := find_mismatch_after(step, run):
                text = f"the reference does not fulfil `after` of {label}"
                if mismatch.where.endswith(OF_OUTPUT):
                    text = f"the reference does not fulfil `prints` of {label}"
                elif not mismatch.where:
                    text = f"the reference does not fulfil `unchanged` in {label}"
                advice = "one of the two is wrong: compute the case by hand"
                yield error(step.at, f"{text}: {sentence(mismatch)}", advice)
                continue
            if not step.has_expected:
                continue
            mismatch = step_result(case, number, runs, referee).mismatch
            if mismatch is not None:
                advice = "one of the two is wrong: compute the case by hand"
                yield error(step.at, disagreement(label, step, run.value, mismatch), advice)
            elif not step.checker.uses_tolerance or step.tolerance.decimals is not None:
                continue
            elif measure_step(step, run) > _MAX_SHARE:
                advice = "write more digits: the missing ones use up a part of the tolerance"
                if all(map(_is_exact, leaves(step.expected))):
                    advice = "the reference is inexact: compute it with more precision"
                tolerance = step.tolerance
                narrow = Tolerance(_MAX_SHARE * tolerance.rtol, _MAX_SHARE * tolerance.atol)
                mismatch = step.checker.compare(run.value, step.expected, narrow) or Mismatch()
                yield warning(step.at, disagreement(label, step, run.value, mismatch), advice)


def _is_exact(number: Leaf) -> bool:
    """Return whether a number as it is written is exactly what a float holds: 0.5, not 0.3."""
    if not isinstance(number, float) or not math.isfinite(number):
        return True
    return Fraction(repr(number)) == Fraction(number)


def disagreement(label: str, step: Step, answer: Value, mismatch: Mismatch) -> str:
    """Return that an `expected` differs from the reference's answer, with both below each other.

    Of long values, only the part around the first difference is shown.

    Args:
        label: of the step: "case 'one'"
    """
    expected, computed = _lines_that_differ(step.expected, answer, mismatch)
    first = first_difference(expected, computed)
    where = f" at {mismatch.where}" if mismatch.where else ""
    return (
        f"the `expected` of {label} differs from the reference's answer{where}:\n"
        f"    expected   {expected}\n"
        f"    reference  {computed}\n"
        f"               {' ' * first}^ first difference"
    )


def _lines_that_differ(expected: Value, answer: Value, mismatch: Mismatch) -> tuple[str, str]:
    """Return the first line of each excerpt that differs; without one, the elements that differ."""
    excerpts = (
        [
            "".join(each.text for each in line)
            for line in excerpt(one, other, mismatch.places, _WIDTH)
        ]
        for one, other in ((expected, answer), (answer, expected))
    )
    pairs = zip(*excerpts, strict=False)
    elements = show(mismatch.expected, _WIDTH), show(mismatch.got, _WIDTH)
    return next(((one, other) for one, other in pairs if one != other), elements)
