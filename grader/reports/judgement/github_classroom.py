"""The result of a runner, as the autograding reporter of GitHub Classroom reads it.

    {"version": 1, "status": "pass", "max_score": 2, "tests": [{"name": …, "score": …}, …]}

as Base64 on one line. The grade is the sum of the tests' scores; the table the reporter prints
counts tests instead, so that the two differ where cases are worth different points. The reporter is
picky, and what it gets wrong it gets silently wrong:

- `tests` is never missing and never empty, and each of them has a number for its score;
- a status is one of three words, and only full points are a "pass";
- no grade is sent where `max_score` is 0, as it is here where the grader failed: nobody is to lose
  a point for it;
- what the reporter prints is a log of GitHub's (see `github_text`);
- it gets the document in an environment variable, which holds 128 KiB on Linux.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from fractions import Fraction
from typing import Any, TextIO

from grader.model.judgement import CaseResult, Judgement, Verdict, points_number
from grader.reports.github_text import case_name, line, whose
from grader.reports.messages import message

_MAX_BYTES = 100_000


def write(judgements: Iterable[Judgement], out: TextIO) -> None:
    """Write the document as one line of Base64, and nothing else."""
    result = document(judgements)
    encoded = _encoded(result)
    if len(encoded) > _MAX_BYTES:
        brief = [test | {"message": None} for test in result["tests"]]
        encoded = _encoded(result | {"tests": brief})
    out.write(encoded + "\n")


def document(judgements: Iterable[Judgement]) -> dict[str, Any]:
    """The result in the types of JSON."""
    verdicts: set[Verdict] = set()
    tests: list[dict[str, Any]] = []
    score, most = Fraction(0), Fraction(0)
    for judgement in judgements:
        verdicts.add(judgement.verdict)
        most += judgement.max_score
        for result in judgement.results:
            before, score = score, score + result.points
            # Not each by itself: three thirds are 0.33, 0.34 and 0.33, which the reporter adds up.
            points = points_number(round(score, 2) - round(before, 2))
            tests.append(_test(judgement, result, points))
    if Verdict.JUDGE_ERROR in verdicts or not tests:
        status, most = "error", Fraction(0)
    else:
        status = "pass" if verdicts == {Verdict.ACCEPTED} else "fail"
    return {
        "version": 1,
        "status": status,
        "max_score": points_number(most),
        "tests": tests or [_NOTHING],
    }


# What a test holds, and the one test of a result that would have none.
_NOTHING = {
    "name": "nothing",
    "status": "error",
    "score": 0,
    "message": "there was nothing to judge",
    "test_code": "",
    "filename": "",
    "line_no": 0,
    "duration": 0,
}


def _test(judgement: Judgement, result: CaseResult, points: int | float) -> dict[str, Any]:
    return _NOTHING | {
        "name": line(f"{whose(judgement)}: {case_name(result)}"),
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
        case _:
            return "fail"


def _encoded(result: dict[str, Any]) -> str:
    text = json.dumps(result, ensure_ascii=False, allow_nan=False)
    return base64.b64encode(text.encode()).decode()
