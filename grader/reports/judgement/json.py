"""One judgement as a JSON document, for programs.

`format` is raised whenever a key changes its meaning or goes; keys may be added. What they mean is
said in `grader/schemas/judgement-1.schema.json`. Numbers are always finite, and no text of a
submission's can break out of its string.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, TextIO

from grader.model.judgement import CaseResult, Judgement, points_number
from grader.reports.ci_logs import escape_json_for_ci_log
from grader.reports.messages import message
from grader.values.show import printable

FORMAT = 1


def write(judgements: Iterable[Judgement], out: TextIO) -> None:
    """Write the document of one judgement, and nothing else."""
    (judgement,) = judgements
    write_json(document(judgement), out)


def write_json(document: dict[str, Any], out: TextIO) -> None:
    """Write a document as every format does that is JSON.

    Raises:
        ValueError: if a number in it is not finite, for which JSON has no word
    """
    out.write(escape_json_for_ci_log(json.dumps(document, indent=2, allow_nan=False)) + "\n")


def document(judgement: Judgement) -> dict[str, Any]:
    """The judgement in the types of JSON."""
    return {
        "format": FORMAT,
        "problem": judgement.problem.slug,
        "submission": printable(judgement.submission.origin),
        "student": printable(judgement.submission.student),
        "verdict": judgement.verdict.value,
        "score": points_number(judgement.score),
        "max_score": points_number(judgement.max_score),
        "cases": [_case(result) for result in judgement.results],
        "suspects": [
            {"slug": known.slug, "hint": known.hint, "agrees": known.agrees, "of": known.of}
            for known in judgement.misconceptions
        ],
        "observations": list(judgement.observations),
        "sandbox": {
            "tier": judgement.protection.tier,
            "layers": list(judgement.protection.layers),
        },
        "versions": dict(judgement.versions),
        "key": judgement.key_digest,
    }


def _case(result: CaseResult) -> dict[str, Any]:
    return {
        "name": result.case.name,
        "hidden": result.case.hidden,
        "verdict": result.verdict.value,
        "points": points_number(result.points),
        "max_points": points_number(result.case.points),
        "message": message(result),
        "stdout": printable(result.run.stdout),
        "wall_s": round(result.run.wall_s, 6),
        "cpu_s": round(result.run.cpu_s, 6),
        "peak_mib": round(result.run.peak_mib, 1),
    }
