"""Checks of functions that cases give, so that an error in them costs no points of others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.checkers import CLOSE
from grader.judging.results import result
from grader.model.judgement import Verdict
from grader.model.problem import Case, Submission
from grader.model.script import Step
from grader.model.verification import Finding, error, warning
from grader.reports.messages import message
from grader.values import Value
from grader.values.encode import encode
from grader.values.show import show
from grader.verify.evidence import Evidence

_MIN_SHARING = 3  # answers, before it matters that most of them are the same
_MAX_SHOWN = 60  # characters of such an answer
# What follows the reference, to see what depends on one of its functions.
_BROKEN = """

def {name}(*args, **kwargs):
    raise RuntimeError
"""


def are_called(evidence: Evidence) -> Iterator[Finding]:
    """The reference calls the functions that a case gives."""
    for case in evidence.cases:
        called = {each.name for each in evidence.key.given_calls.get(case.name, ())}
        for name in case.given:
            if name not in called:
                text = (
                    f"case {case.name!r} gives {name}, and the reference has no answer of it there"
                )
                advice = "a step or the reference must call it, with values; or remove it"
                yield warning(case.at, text, advice)


def are_needed(evidence: Evidence) -> Iterator[Finding]:
    """A mistake in a function that a case gives costs points of other steps of the case."""
    for case in evidence.cases:
        called = {each.name for each in evidence.key.given_calls.get(case.name, ())}
        for name in case.given:
            if name in called and _passes_without(evidence, case, name):
                text = f"case {case.name!r} gives {name}, but no other step that is judged uses it"
                advice = f"use its result in such a step, or remove {name} from `given`"
                yield warning(case.at, text, advice)


def _passes_without(evidence: Evidence, case: Case, name: str) -> bool:
    """Return whether all else in a case is accepted if a function of the reference fails."""
    broken = (evidence.loaded.reference or b"") + _BROKEN.format(name=name).encode()
    (run,) = evidence.run(broken, [case.script])
    found = result(case, run, evidence.key.referee)
    if not found.steps:
        return found.verdict is Verdict.ACCEPTED
    return all(
        each.verdict is Verdict.ACCEPTED
        for each in found.steps
        if each.step.is_judged and not case.gives(each.step)
    )


def do_not_give_answers_away(evidence: Evidence) -> Iterator[Finding]:
    """No answer that is given is also the expected answer of a step that earns points."""
    for case in evidence.cases:
        given = evidence.key.given_calls.get(case.name, ())
        for number, step in enumerate(case.steps, 1):
            if case.gives(step) or not step.is_asked:
                continue
            same = next((each for each in given if _agrees(step, each.answer)), None)
            if same is not None:
                where = f"step {number} of case" if case.is_script else "case"
                text = f"the expected answer of {where} {case.name!r} is also one of {same.name}"
                advice = "choose other arguments: a submission could return what it is given"
                yield warning(step.at, f"{text}, which the case gives", advice)


def _agrees(step: Step, answer: Value) -> bool:
    return CLOSE.compare(answer, step.expected, step.tolerance) is None


def are_hard_to_guess(evidence: Evidence) -> Iterator[Finding]:
    """The answers of steps that can be judged twice, because of `given`, have many values."""
    judged: dict[str, list[Step]] = {}
    for case in evidence.cases:
        for step in case.steps if case.name in evidence.key.given_calls else ():
            if step.is_asked and step.has_expected and not case.gives(step):
                name = step.function.name if step.function is not None else step.target
                judged.setdefault(name, []).append(step)
    for name, steps in judged.items():
        often = [step for step in steps if isinstance(step.expected, bool)]
        what = "truth values"
        if not often:
            often = max((_with_same_answer(step, steps) for step in steps), key=len)
            what = show(often[0].expected, _MAX_SHOWN)
            if len(steps) < _MIN_SHARING or 2 * len(often) <= len(steps):
                continue
        count = f"{len(often)} of the {len(steps)} answers of {name}"
        advice = "a submission can guess twice there: let them differ, or remove `given`"
        yield warning(often[0].at, f"in cases with `given`, {count} are {what}", advice)


def _with_same_answer(step: Step, steps: Sequence[Step]) -> list[Step]:
    return [each for each in steps if encode(each.expected) == encode(step.expected)]


def let_correct_solutions_pass(evidence: Evidence) -> Iterator[Finding]:
    """Correct solutions are also accepted with the answers of functions that are given."""
    if not evidence.key.given_calls:
        return
    for name, judgement in evidence.accepted.items():
        source = Submission(judgement.submission.source, name)
        program = evidence.problem.program_of(source)
        for case, first in zip(evidence.cases, judgement.results, strict=True):
            if case.name not in evidence.key.given_calls or first.verdict is not Verdict.ACCEPTED:
                continue
            run = evidence.run_with_given(program, case)
            found = result(case, run, evidence.key.referee)
            if found.verdict is not Verdict.ACCEPTED:
                given = " and ".join(case.given)
                text = f"with the reference's answers of {given}, the solution {name} is rejected"
                advice = f"let both return the same kinds of values; the case is at {case.at}"
                text = f"{text} in case {case.name!r}: {message(found)}"
                yield error(evidence.files.at(name, hidden=True), text, advice)
