"""A runner's result for the autograding reporter of GitHub Classroom.

    {"version": 1, "status": "pass", "max_score": 2, "tests": [{"name": …, "score": …}, …]}

as Base64 on one line. The grade is the sum of the tests' scores; the table that the reporter prints
counts tests instead, so the two differ if cases have different points. The reporter does not report
errors in its input, so the document keeps to these rules:

- `tests` is always present and never empty, and every test has a number as its score;
- a status is one of three words, and only full points are a "pass";
- if `max_score` is 0, no grade is sent: it is 0 after an internal error, which must not cost
points;
- the reporter prints to GitHub's log, so all text is escaped (see `github_text`);
- the reporter gets the document in an environment variable, which holds 128 KiB on Linux.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from fractions import Fraction
from typing import Any, TextIO, assert_never

from grader.model.judgement import CaseResult, Judgement, Verdict, points_number
from grader.reports.github_text import case_name, line, title_of
from grader.reports.messages import message, notes

_MAX_BYTES = 100_000


def write(judgements: Iterable[Judgement], out: TextIO) -> None:
    """Write the document as one line of Base64."""
    result = document(judgements)
    encoded = _encoded(result)
    if len(encoded) > _MAX_BYTES:
        brief = [test | {"message": None} for test in result["tests"]]
        encoded = _encoded(result | {"tests": brief})
    out.write(encoded + "\n")


def document(judgements: Iterable[Judgement]) -> dict[str, Any]:
    """Return the result as JSON types."""
    verdicts: set[Verdict] = set()
    tests: list[dict[str, Any]] = []
    score, max_score = Fraction(0), Fraction(0)
    for judgement in judgements:
        verdicts.add(judgement.verdict)
        max_score += judgement.max_score
        for result in judgement.results:
            before, score = score, score + result.points
            # Rounded as differences of sums: three thirds become 0.33, 0.34 and 0.33, which add up
            # to 1.
            points = points_number(round(score, 2) - round(before, 2))
            tests.append(_test(judgement, result, points))
        if judgement.results and (remarks := notes(judgement)):
            # The table has no other place for them than beside the first case.
            first = tests[-len(judgement.results)]
            texts = [*([first["message"]] if first["message"] else []), *remarks]
            first["message"] = line("; ".join(texts))
    if Verdict.JUDGE_ERROR in verdicts or not tests:
        status, max_score = "error", Fraction(0)
    else:
        status = "pass" if verdicts == {Verdict.ACCEPTED} else "fail"
    return {
        "version": 1,
        "status": status,
        "max_score": points_number(max_score),
        "tests": tests or [_NOTHING],
    }


# All keys of a test, and the only test of a result without any.
_NOTHING = {
    "name": "nothing",
    "status": "error",
    "score": 0,
    "message": "there was nothing to grade",
    "test_code": "",
    "filename": "",
    "line_no": 0,
    "duration": 0,
}


def _test(judgement: Judgement, result: CaseResult, points: int | float) -> dict[str, Any]:
    return _NOTHING | {
        "name": line(f"{title_of(judgement)}: {case_name(result)}"),
        "status": _status(result),
        "score": points,
        "message": line(f"{result.verdict.label}: {why}") if (why := message(result)) else None,
        "duration": round(1000 * result.run.wall_s),
    }


def _status(result: CaseResult) -> str:
    match result.verdict:
        case Verdict.ACCEPTED:
            return "pass" if result.points == result.case.points else "fail"
        case Verdict.JUDGE_ERROR:
            return "error"
        case (
            Verdict.WRONG_ANSWER
            | Verdict.RUN_TIME_ERROR
            | Verdict.TIME_LIMIT
            | Verdict.MEMORY_LIMIT
            | Verdict.OUTPUT_LIMIT
            | Verdict.INVALID_SUBMISSION
        ):
            return "fail"
        case unknown:
            assert_never(unknown)


def _encoded(result: dict[str, Any]) -> str:
    text = json.dumps(result, ensure_ascii=False, allow_nan=False)
    return base64.b64encode(text.encode()).decode()
