"""Verification reports as one JSON document, for programs.

`format` is raised whenever a key is removed or changes its meaning; keys may be added. A number
that is not finite is null.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, TextIO

from grader.model.verification import CaseStrength, Finding, VerificationReport

FORMAT = 2


def write(reports: Sequence[VerificationReport], out: TextIO) -> None:
    """Write the document."""
    document = {"format": FORMAT, "problems": [_problem(each) for each in reports]}
    json.dump(document, out, indent=2, allow_nan=False)
    out.write("\n")


def _problem(report: VerificationReport) -> dict[str, Any]:
    return {
        "problem": report.slug,
        "is_valid": report.is_valid,
        "findings": [_finding(each) for each in report.findings],
        "misconceptions": asdict(report.misconceptions),
        "mutants": asdict(report.mutants),
        "accepted_solutions": report.accepted_solutions,
        "time_factor": _finite(report.time_factor),
        "memory_factor": _finite(report.memory_factor),
        "cases": [_case(each) for each in report.cases],
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


def _case(case: CaseStrength) -> dict[str, Any]:
    return {
        "name": case.name,
        "hidden": case.hidden,
        "rejects": case.rejects,
        "alone": list(case.alone),
        "accepted_distance": _finite(case.accepted_distance),
        "rejected_distance": _finite(case.rejected_distance),
        "false_reject": case.false_reject,
        "false_accept": case.false_accept,
    }


def _finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None
