"""One judgement as the results.json of PrairieLearn's external graders.

The score is a share from 0 to 1 of what the question is worth there; the points of each case are
ours. Where we failed ourselves, nothing is gradable: that costs nobody an attempt. PrairieLearn
takes no more than a megabyte, so texts have a bound that shrinks as cases grow in number.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TextIO

from grader.model.judgement import CaseResult, Judgement, Verdict, points_number
from grader.reports.judgement.json import write_json
from grader.reports.messages import headline, hints, message
from grader.values.show import printable

_MAX_TEXT = 2000  # characters of one text
# Characters of all messages, and of all that was printed. One takes up to 12 bytes in JSON.
_MAX_TEXTS = 30_000


def write(judgements: Iterable[Judgement], out: TextIO) -> None:
    """Write the document of one judgement, and nothing else."""
    (judgement,) = judgements
    write_json(document(judgement), out)


def document(judgement: Judgement) -> dict[str, Any]:
    """The judgement in the types of JSON."""
    results = judgement.results
    room = min(_MAX_TEXT, _MAX_TEXTS // max(1, len(results)))
    accepted = judgement.verdict is Verdict.ACCEPTED
    share = judgement.score / judgement.max_score if judgement.max_score else accepted
    return {
        "gradable": judgement.verdict is not Verdict.JUDGE_ERROR,
        "score": float(share),
        "message": headline(judgement),
        "output": printable("\n".join([*hints(judgement), *judgement.observations])),
        "tests": [_test(result, room) for result in results],
    }


def _test(result: CaseResult, room: int) -> dict[str, Any]:
    return {
        "name": result.case.name,
        "points": points_number(result.points),
        "max_points": points_number(result.case.points),
        "message": printable(f"{result.verdict.label}\n{message(result)}".strip(), room),
        "output": printable(result.run.stdout, room),
    }
