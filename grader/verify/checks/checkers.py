"""Checks of the checkers that the problem's author wrote."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from grader.checkers import CLOSE, agree
from grader.checkers.python import PythonChecker
from grader.checkers.sequences import items_of
from grader.errors import Location
from grader.judging.referee import RIGHT, Fault, Question
from grader.model.judgement import CaseResult, Run, RunStatus, Verdict
from grader.model.problem import Case
from grader.model.script import Step
from grader.model.verification import Finding, error, note, warning
from grader.values import Value
from grader.values.show import show
from grader.verify.evidence import Evidence, WrongSolution
from grader.verify.mutation import make_mutants

_MAX_MUTANTS = 300
_HUGE = 10**400  # an integer that is larger than any float
_ANYTHING = "test the type of an answer before using it: a student may return anything"


def judge_known_answers(evidence: Evidence) -> Iterator[Finding]:
    """The author's checker has an opinion on the answers of all known solutions."""
    rows = [(name, judgement.results) for name, judgement in evidence.accepted.items()]
    rows += [("the starter", evidence.starter.results)]
    rows += [(f"the misconception {each.name}", each.results) for each in evidence.misconceptions]
    reported: set[Location] = set()
    for name, results in rows:
        failed = [n for n, each in enumerate(results) if each.verdict is Verdict.JUDGE_ERROR]
        runs = _runs(evidence, name) if failed else ()
        for index in failed:
            case = evidence.cases[index]
            asked = [each for _, each in _own(case, runs[index])]
            for ruling in evidence.key.referee.opinions(asked):
                if isinstance(ruling, Fault) and (at := _location(ruling)) not in reported:
                    reported.add(at)
                    text = f"{ruling.text}, for the answer of {name} in case {case.name!r}"
                    yield error(at, text, _ANYTHING)


def _runs(evidence: Evidence, name: str) -> Sequence[Run]:
    """Return the runs of a known solution in each case, from which a fault has removed answers."""
    prefix = "the misconception "
    if name.startswith(prefix):
        return evidence.key.wrong[name.removeprefix(prefix)]
    loaded = evidence.loaded
    sources = {"reference.py": loaded.reference or b"", "the starter": loaded.starter}
    sources |= {f"right/{each}.py": source for each, source in loaded.accepted.items()}
    return evidence.run(sources[name], evidence.scripts)


def _own(case: Case, run: Run) -> Iterator[tuple[int, Question]]:
    """Yield the numbers of steps that a checker of the author judges, and what it is asked."""
    runs = run.of_each(case.steps)
    for number, (step, each) in enumerate(zip(case.steps, runs, strict=True)):
        if isinstance(step.checker, PythonChecker) and each.status is RunStatus.RETURNED:
            yield number, Question.about(case, number, runs)


def reject_junk(evidence: Evidence) -> Iterator[Finding]:
    """The author's checker rejects None, NaN, texts, wrong lengths and arguments, and never fails.

    An answer that a known solution gives is not junk.
    """
    asked: list[tuple[Case, str, Question]] = []
    for index, case in enumerate(evidence.cases):
        rows = [dict(_own(case, each.results[index].run)) for each in evidence.accepted.values()]
        for number, first in rows[0].items():
            step = case.steps[number]
            right = [row[number].answer for row in rows if number in row]
            for what, answer in _junk(step, first.answer):
                if not any(agree(CLOSE, answer, each, step.tolerance) for each in right):
                    asked.append((case, what, replace(first, answer=answer)))
    rulings = evidence.key.referee.opinions([each for *_, each in asked])
    reported: set[object] = set()
    for (case, what, each), ruling in zip(asked, rulings, strict=True):
        shown = f"{show(each.answer)}, {what}," if what else show(each.answer)
        if isinstance(ruling, Fault):
            at = _location(ruling)
            if at not in reported:
                reported.add(at)
                yield error(at, f"{ruling.text}, for {shown} in case {case.name!r}", _ANYTHING)
        elif ruling.mismatch is None and (each.step.checker, what) not in reported:
            reported.add((each.step.checker, what))
            text = f"the checker `{each.step.checker.name}` accepts {shown} in case {case.name!r}"
            if what:
                yield warning(each.step.at, text, "reject it, or excuse it if it is a right answer")
            else:
                yield error(each.step.at, text, "let the checker look at the whole answer")


def _junk(step: Step, right: Value) -> Iterator[tuple[str, Value]]:
    """Yield answers that can hardly be right; what might be has a description."""
    yield from (("", None), ("", math.nan), ("", ""), ("", "no"))
    yield from (("an empty list", []), ("an empty dict", {}))
    yield "which is larger than any float", _HUGE
    items = items_of(right)
    if items:
        yield "an answer with a huge integer as its last number", _with_last(right, _HUGE)
        listed = list(items)
        yield "an answer without its last element", listed[:-1]
        yield "an answer with its last element twice", [*listed, listed[-1]]
    for name, value in step.args.items():
        yield f"the argument {name}", value


def _with_last(value: Value, last: Value) -> Value:
    """Return a value with another one in place of its last element that is not a sequence."""
    items = list(items_of(value) or ())
    return [*items[:-1], _with_last(items[-1], last)] if items else last


def reject_misconceptions_twice(evidence: Evidence) -> Iterator[Finding]:
    """No small edit of the author's checker lets a misconception pass."""
    checkers = {step.checker for case in evidence.cases for step in case.steps}
    for checker in sorted(filter(_is_own, checkers), key=lambda each: each.name):
        assert isinstance(checker, PythonChecker)
        wrong = [each for each in evidence.misconceptions if _depends_on(each, checker)]
        answered = [
            (known.name, question)
            for known in wrong
            for each in known.results
            for number, question in _own(each.case, each.run)
            if each.case.steps[number].checker == checker
        ]
        if not answered:
            continue
        mutants = make_mutants(checker.source)[:_MAX_MUTANTS]
        mutated = [replace(checker, source=each.source) for each in mutants]
        table = evidence.key.referee.opinions_of(mutated, [each for _, each in answered])
        for mutant, rulings in zip(mutants, table, strict=True):
            rejected = {
                name for (name, _), ruling in zip(answered, rulings, strict=True) if ruling != RIGHT
            }
            passing = [each.name for each in wrong if each.name not in rejected]
            if passing:
                text = (
                    f"this mutant of the checker ({mutant.operator}) accepts the misconception"
                    f" {', '.join(passing)}:\n"
                    f"    - {mutant.before}\n"
                    f"    + {mutant.after}"
                )
                at = Location(checker.file, mutant.line, mutant.column)
                yield note(at, text, "make sure that the line is right: nothing else rejects it")


def _is_own(checker: object) -> bool:
    return isinstance(checker, PythonChecker)


def _depends_on(wrong: WrongSolution, checker: PythonChecker) -> bool:
    """Return whether a checker, and no other, rejects a misconception."""

    failed = any(each.run.status is not RunStatus.RETURNED for each in wrong.results)
    others = (
        verdict
        for each in wrong.results
        for step, verdict in _verdicts(each)
        if step.checker != checker
    )
    return wrong.is_rejected and not failed and all(each is Verdict.ACCEPTED for each in others)


def _verdicts(result: CaseResult) -> Iterator[tuple[Step, Verdict]]:
    if not result.steps:
        yield result.case.step, result.verdict
    for each in result.steps:
        yield each.step, each.verdict


def _location(fault: Fault) -> Location:
    return Location(fault.file, max(fault.line, 1))
