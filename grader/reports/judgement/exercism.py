"""One judgement as Exercism's results.json, version 3 of its test runner interface.

Exercism counts no points: a test passes, fails or errs. So do cases here; what they are worth is
not said. `error` as the status of all says that no case was tried at all, and `message` then why.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TextIO

from grader.model.judgement import CaseResult, Judgement, Verdict
from grader.model.problem import Problem
from grader.reports.judgement.json import write_json
from grader.reports.messages import message
from grader.values.show import printable

_MAX_OUTPUT = 500  # characters, by the specification
_CUT = "\n… (only the first 500 characters are shown)"


def write(judgements: Iterable[Judgement], out: TextIO) -> None:
    """Write the document of one judgement, and nothing else."""
    (judgement,) = judgements
    write_json(document(judgement), out)


def document(judgement: Judgement) -> dict[str, Any]:
    """The judgement in the types of JSON."""
    results = judgement.results
    untried = judgement.verdict in (Verdict.INVALID_SUBMISSION, Verdict.JUDGE_ERROR)
    first = next((each for each in results if each.verdict is judgement.verdict), None)
    passed = judgement.verdict is Verdict.ACCEPTED
    return {
        "version": 3,
        "status": "error" if untried else "pass" if passed else "fail",
        "message": message(first) if untried and first is not None else None,
        "tests": [_test(judgement.problem, result) for result in results],
    }


def _test(problem: Problem, result: CaseResult) -> dict[str, Any]:
    test = {"name": result.case.name, "status": _status(result.verdict)}
    if result.case.args or not result.case.hidden:  # else they have been taken out for a student
        test["test_code"] = problem.entry_point.call_text(result.case.args)
    if why := message(result):
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
        case _:
            return "error"


def _output(stdout: str) -> str:
    if len(stdout) <= _MAX_OUTPUT:
        return printable(stdout)
    return printable(stdout[: _MAX_OUTPUT - len(_CUT)]) + _CUT
