"""A question as a problem: its stub, its solution and the cases of its tests."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from grader.importers.agreement import form_of
from grader.importers.cases import CaseMaker
from grader.importers.decimals import declared_decimals
from grader.importers.given import GivenModules, codes_in, defined_names, helpers, imports_of
from grader.importers.imported import ImportedCase, ImportedProblem, left_out
from grader.importers.outcomes import NotImported, Outcome, TestResult
from grader.importers.questions import Question, Test
from grader.importers.repairs import Repaired, repair_solution, repair_starter, repair_test
from grader.importers.snippets import Snippet, find_seed, read_snippet
from grader.importers.trace import run_tests
from grader.importers.values_of_tests import Draft
from grader.model.entry_point import Class, Declaration, find_declarations
from grader.model.python_source import parse_python
from grader.sandbox.host import Sandbox

_SLOW_S = 0.25  # of processor time, for which the usual limits are too short


def convert(question: Question, sandbox: Sandbox, instead: str = "") -> ImportedProblem:
    """Return a question as a problem.

    Args:
        instead: an accepted solution, for a question whose own is not valid Python

    Raises:
        SandboxError: if the sandbox fails
    """
    solution = repair_solution(question.solution)
    repairs = [*question.repairs, *(f"solution: {each}" for each in solution.repairs)]
    if solution.error and instead:
        repairs.append(f"solution: {solution.error}; an accepted submission is used instead")
        solution = repair_solution(instead)
    starter = repair_starter(question.starter, solution.source)
    repairs += [f"stub: {each}" for each in starter.repairs]
    for file, each in (("solution", solution), ("stub", starter)):
        if each.error:
            return left_out(question, f"the {file} is {each.error}", tuple(repairs))
    given = helpers(starter.source, solution.source)
    reference = solution.source
    if given:
        reference = f"{starter.source.rstrip()}\n\n\n{reference}"
        repairs.append(f"solution: {', '.join(given)} taken from the stub")
    return _Converter(question, starter.source, reference, tuple(repairs)).convert(sandbox)


class _Converter:
    def __init__(
        self, question: Question, starter: str, reference: str, repairs: tuple[str, ...]
    ) -> None:
        self._question = question
        self._starter = starter
        self._reference = reference
        self._repairs = repairs
        self._names = sorted(question.asked) or defined_names(reference)
        declared = find_declarations(parse_python(starter))
        asked = question.asked or declared
        self._declared = {name: declared[name] for name in declared if name in asked}
        self._given = GivenModules(reference, self._names)
        self._imports = imports_of(reference)
        self._driven: dict[int, ImportedCase] = {}
        self._results: dict[int, TestResult] = {}

    def convert(self, sandbox: Sandbox) -> ImportedProblem:
        drafts = self._run(sandbox)
        decimals = declared_decimals(self._reference, self._starter)
        seed = find_seed(parse_python(self._starter))
        cases: list[ImportedCase] = []
        forms: set[tuple[str, ...]] = set()
        contradictory: list[Draft] = []
        for draft in drafts:
            maker = CaseMaker(draft, self._declared, decimals, seed)
            found = self._made(draft, maker)
            cases += found
            if found:
                forms |= {form_of(each.value) for each in draft.trace.printed}
            elif self._results[draft.test.number].outcome is Outcome.QUARANTINED:
                contradictory.append(draft)
        for draft in contradictory:
            cases += self._made(draft, CaseMaker(draft, self._declared, decimals, seed, forms))
        cases.sort(key=lambda case: case.test)
        tests = tuple(
            replace(self._results[test.number], name=test.name) for test in self._question.tests
        )
        tested = self._question.tests
        functions = [code for case in cases for code in codes_in(case)]
        return ImportedProblem(
            self._question,
            self._starter,
            self._reference,
            entry_of(cases, self._declared),
            tuple(cases),
            tests,
            self._repairs,
            decimals.used(case.expectation.tolerance.decimals for case in cases),
            "" if cases else next((each.reason for each in tests if each.reason), "no test"),
            groups={group_of(each): each.points for each in tested if each.points is not None},
            given=self._given.files(functions),
            driven=self._driven,
            slow=any(draft.trace.cpu_s > _SLOW_S for draft in drafts),
        )

    def _made(self, draft: Draft, maker: CaseMaker) -> list[ImportedCase]:
        """Return the cases of a test, and note its result."""
        number = draft.test.number
        found: list[ImportedCase] = []
        with suppress(NotImported, SyntaxError, ValueError):  # it may be nested deeper now
            (self._driven[number],) = _of_test([maker.driven(self._imports)], draft.test)
        try:
            found = _of_test(maker.cases(), draft.test)
            repairs = (*draft.repairs, *maker.repairs)
            result = TestResult(number, Outcome.IMPORTED, repairs=repairs)
        except NotImported as why:
            if number in self._driven and why.outcome is Outcome.LEFT_OUT:
                self._results[number] = TestResult(number, Outcome.IMPORTED, repairs=draft.repairs)
                return [self._driven[number]]
            shown = (why.text, why.reference)
            result = TestResult(number, why.outcome, str(why), draft.repairs, *shown)
        self._results[number] = result
        return found

    def _run(self, sandbox: Sandbox) -> list[Draft]:
        """Return the tests that can be read and that the solution answers."""
        readable: list[tuple[Test, Repaired, Snippet]] = []
        for test in self._question.tests:
            if test.reason:
                self._leave_out(test, test.reason)
                continue
            repaired = repair_test(test.snippet, self._reference)
            if repaired.error:
                self._leave_out(test, f"the test is {repaired.error}")
                continue
            try:
                snippet = read_snippet(repaired.source, self._names)
            except ValueError as error:  # of ast.unparse, for texts in f-strings
                self._leave_out(test, f"the test cannot be rewritten: {error}")
                continue
            readable.append((test, repaired, snippet))
        traces = run_tests(sandbox, self._reference, [each[2] for each in readable], self._names)
        drafts = []
        for (test, repaired, snippet), trace in zip(readable, traces, strict=True):
            if trace.error:
                self._leave_out(test, _explained(trace.error))
            else:
                given = self._given.add(repaired.source, snippet.lambdas, test.number)
                drafts.append(Draft(test, snippet, trace, repaired.repairs, given))
        return drafts

    def _leave_out(self, test: Test, reason: str) -> None:
        self._results[test.number] = TestResult(test.number, Outcome.LEFT_OUT, reason)


def entry_of(
    cases: Sequence[ImportedCase], declared: Mapping[str, Declaration]
) -> tuple[str, tuple[str, ...]]:
    """Return what students write for these cases, and the key of spec.md for it.

    A problem asks for functions, or for one class: that which is used first.
    """
    names = tuple(dict.fromkeys(name for case in cases for name in case.uses))
    classes = tuple(name for name in names if _is_class(declared.get(name)))
    if classes:
        return "class", classes[:1]
    return ("function" if len(names) == 1 else "functions"), names


def _is_class(declared: Declaration | None) -> bool:
    return declared is not None and isinstance(declared.part, Class)


def with_cases(problem: ImportedProblem, cases: Sequence[ImportedCase]) -> ImportedProblem:
    """Return a problem with other cases, and the entry point that they use."""
    entry = entry_of(cases, find_declarations(parse_python(problem.starter)))
    return replace(problem, cases=tuple(cases), entry=entry)


def _of_test(cases: list[ImportedCase], test: Test) -> list[ImportedCase]:
    """Return the cases of a test, with what its source says of them."""
    return [replace(case, group=group_of(test), is_hidden=test.is_hidden) for case in cases]


def group_of(test: Test) -> str:
    """Return the group of the cases of a test; empty if it has no points of its own."""
    return re.sub(r"[^A-Za-z0-9]+", "-", test.name).strip("-") if test.points is not None else ""


def _explained(error: str) -> str:
    if "No module named" in error:
        return f"{error.partition(': ')[2]}: install it where the grader runs, and import again"
    if error.startswith("AssertionError"):
        return f"the published solution fails the test: {error}"
    return error
