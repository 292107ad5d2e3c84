"""What is found out about problems as one JSON document, for programs.

`format` is raised whenever a key changes its meaning or goes; keys may be added. A number that is
not finite is null.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, TextIO

from grader.model.verification import CaseFigures, Finding, VerificationReport

FORMAT = 1


def write(problems: Sequence[VerificationReport], out: TextIO) -> None:
    """Write the document, and nothing else."""
    document = {"format": FORMAT, "problems": [_problem(each) for each in problems]}
    json.dump(document, out, indent=2, allow_nan=False)
    out.write("\n")


def _problem(fitness: VerificationReport) -> dict[str, Any]:
    return {
        "problem": fitness.slug,
        "is_fit": fitness.is_valid,
        "findings": [_finding(each) for each in fitness.findings],
        "misconceptions": asdict(fitness.misconceptions),
        "mutants": asdict(fitness.mutants),
        "right_solutions": fitness.right,
        "time_factor": _finite(fitness.time_factor),
        "memory_factor": _finite(fitness.memory_factor),
        "cases": [_case(each) for each in fitness.cases],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "level": finding.level.value,
        "file": finding.at.path,
        "line": finding.at.line,
        "column": finding.at.column,
        "text": finding.text,
        "advice": finding.advice,
    }


def _case(case: CaseFigures) -> dict[str, Any]:
    return {
        "name": case.name,
        "hidden": case.hidden,
        "refuses": case.kills,
        "alone": list(case.alone),
        "right_distance": _finite(case.right),
        "wrong_distance": _finite(case.wrong),
    }


def _finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None
