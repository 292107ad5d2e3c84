"""One judgement as Exercism's results.json, version 3 of its test runner interface.

Exercism has no points: a test has the status pass, fail or error, and so has each case here. The
status `error` of the whole means that no case was run; `message` then says why.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TextIO, assert_never

from grader.model.judgement import CaseResult, Judgement, Verdict
from grader.model.problem import Problem
from grader.reports.judgement.json import write_json
from grader.reports.messages import details, message, notes
from grader.values.show import printable

_MAX_OUTPUT = 500  # characters, by the specification
_CUT = "\n… (only the first 500 characters are shown)"


def write(judgements: Iterable[Judgement], out: TextIO) -> None:
    """Write the document of one judgement."""
    (judgement,) = judgements
    write_json(document(judgement), out)


def document(judgement: Judgement) -> dict[str, Any]:
    """Return the judgement as JSON types."""
    results = judgement.results
    untried = judgement.verdict in (Verdict.INVALID_SUBMISSION, Verdict.JUDGE_ERROR)
    first = next((each for each in results if each.verdict is judgement.verdict), None)
    passed = judgement.verdict is Verdict.ACCEPTED
    return {
        "version": 3,
        "status": "error" if untried else "pass" if passed else "fail",
        "message": message(first) if untried and first is not None else None,
        "tests": _with_notes(
            [_test(judgement.problem, result) for result in results], notes(judgement)
        ),
    }


def _with_notes(tests: list[dict[str, Any]], notes: list[str]) -> list[dict[str, Any]]:
    """Return the tests with the notes before the output of the first, the only place for them."""
    if tests and notes:
        tests[0]["output"] = _output("\n".join([*notes, tests[0].get("output", "")]))
    return tests


def _test(problem: Problem, result: CaseResult) -> dict[str, Any]:
    test = {"name": result.case.name, "status": _status(result.verdict)}
    if not result.case.is_redacted:
        test["test_code"] = result.case.source
    if why := details(result):
        test["message"] = why
    if result.run.stdout:
        test["output"] = _output(result.run.stdout)
    return test


def _status(verdict: Verdict) -> str:
    match verdict:
        case Verdict.ACCEPTED:
            return "pass"
        case Verdict.WRONG_ANSWER:
            return "fail"
        case (
            Verdict.RUN_TIME_ERROR
            | Verdict.TIME_LIMIT
            | Verdict.MEMORY_LIMIT
            | Verdict.OUTPUT_LIMIT
            | Verdict.INVALID_SUBMISSION
            | Verdict.JUDGE_ERROR
        ):
            return "error"
        case unknown:
            assert_never(unknown)


def _output(stdout: str) -> str:
    if len(stdout) <= _MAX_OUTPUT:
        return printable(stdout)
    return printable(stdout[: _MAX_OUTPUT - len(_CUT)]) + _CUT
