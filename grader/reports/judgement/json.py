"""A judgement as a JSON document, for programs; several as a list of them.

Its keys are described in `grader/schemas/judgement-2.schema.json`. `format` is raised whenever a
key is removed or changes its meaning; keys may be added. Numbers are always finite, and no text of
a submission can break out of its string.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, TextIO

from grader.model.judgement import (
    CaseResult,
    Diagnosis,
    GroupResult,
    Judgement,
    StepResult,
    points_number,
)
from grader.reports.ci_logs import escape_json_for_ci_log
from grader.reports.messages import message, notes, step_message
from grader.values.show import printable

FORMAT = 2


def write(judgements: Iterable[Judgement], out: TextIO) -> None:
    """Write the document of the only judgement, or a list of the documents of several."""
    documents = list(map(document, judgements))
    write_json(documents[0] if len(documents) == 1 else documents, out)


def write_json(document: dict[str, Any] | list[dict[str, Any]], out: TextIO) -> None:
    """Write a document in the way of all formats that are JSON.

    Raises:
        ValueError: if a number in it is not finite, which JSON cannot express
    """
    out.write(escape_json_for_ci_log(json.dumps(document, indent=2, allow_nan=False)) + "\n")


def document(judgement: Judgement) -> dict[str, Any]:
    """Return the judgement as types of JSON.

    What was redacted for a student has no key: a digest of the answer key could be used to guess
    hidden cases, and the name of a misconception often gives the answer away.
    """
    found: dict[str, Any] = {
        "format": FORMAT,
        "problem": judgement.problem.slug,
        "submission": printable(judgement.submission.origin),
        "student": printable(judgement.submission.student),
        "verdict": judgement.verdict.value,
        "score": points_number(judgement.score),
        "max_score": points_number(judgement.max_score),
        "cases": [_case(result) for result in judgement.results],
        "misconceptions": [_diagnosis(each) for each in judgement.misconceptions],
        "observations": list(judgement.observations),
        "notes": notes(judgement),
        "sandbox": {
            "tier": judgement.protection.tier,
            "layers": list(judgement.protection.layers),
        },
        "versions": dict(judgement.versions),
    }
    if judgement.groups:
        found["groups"] = [_group(each) for each in judgement.groups]
    if judgement.key_digest:
        found["key"] = judgement.key_digest
    return found


def _group(result: GroupResult) -> dict[str, Any]:
    return {
        "name": result.group.name,
        "passed": result.is_passed and not result.missing,
        "points": points_number(result.points),
        "max_points": points_number(result.max_points),
        "bonus": result.group.is_bonus,
        "missing": list(result.missing),
        **({"hint": result.hint} if result.hint else {}),
    }


def _diagnosis(diagnosis: Diagnosis) -> dict[str, Any]:
    slug = {"slug": diagnosis.slug} if diagnosis.slugs else {}
    counts = {"agrees": diagnosis.explained, "of": diagnosis.wrong_answers}
    return {**slug, "hint": diagnosis.hint, **counts}


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
        **({"given": list(result.given)} if result.given else {}),
        **({"group": result.case.group} if result.case.group else {}),
        **({"bonus": True} if result.case.is_bonus else {}),
        **({"steps": [_step(each) for each in result.steps]} if result.steps else {}),
    }


def _step(result: StepResult) -> dict[str, Any]:
    return {
        "source": printable(result.step.source()),
        "verdict": result.verdict.value,
        "message": step_message(result),
    }
