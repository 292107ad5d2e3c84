"""One judgement as the results.json of PrairieLearn's external graders.

The score is a fraction from 0 to 1 of the question's points in PrairieLearn; the points of cases
are the grader's own. After an internal error the document is not gradable, and the student keeps
the attempt. PrairieLearn accepts at most a megabyte, so the limit on texts depends on the number of
cases.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, TextIO

from grader.model.judgement import CaseResult, Judgement, Verdict, points_number
from grader.reports.judgement.json import write_json
from grader.reports.messages import advice, details, headline
from grader.values.show import printable

_MAX_TEXT = 2000  # characters of one text
# Characters of all messages, and of all printed output; each takes up to 12 bytes in JSON.
_MAX_TEXTS = 30_000


def write(judgements: Iterable[Judgement], out: TextIO) -> None:
    """Write the document of one judgement."""
    (judgement,) = judgements
    write_json(document(judgement), out)


def document(judgement: Judgement) -> dict[str, Any]:
    """Return the judgement as JSON types."""
    results = judgement.results
    room = min(_MAX_TEXT, _MAX_TEXTS // max(1, len(results)))
    accepted = judgement.verdict is Verdict.ACCEPTED
    share = judgement.score / judgement.max_score if judgement.max_score else accepted
    # PrairieLearn reads a score from 0 to 1; the message has the points of a bonus.
    share = min(share, Fraction(1))
    return {
        "gradable": judgement.verdict is not Verdict.JUDGE_ERROR,
        "score": float(share),
        "message": headline(judgement),
        "output": printable("\n".join([text for _, text in advice(judgement)])),
        "tests": [_test(result, room) for result in results],
    }


def _test(result: CaseResult, room: int) -> dict[str, Any]:
    return {
        "name": result.case.name,
        "points": points_number(result.points),
        "max_points": points_number(result.case.points),
        "message": printable(f"{result.verdict.label}\n{details(result)}".strip(), room),
        "output": printable(result.run.stdout, room),
    }
