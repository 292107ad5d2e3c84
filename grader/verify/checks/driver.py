"""Checks of the driver of a problem."""

from __future__ import annotations

from collections.abc import Iterator

from grader.model.verification import Finding, warning
from grader.verify.evidence import Evidence


def hands_over_values(evidence: Evidence) -> Iterator[Finding]:
    """The driver returns values, and does not decide itself whether they are right."""
    steps = [step for case in evidence.cases for step in case.steps]
    answers = [step.expected for step in steps if step.is_driven and step.has_expected]
    if answers and all(isinstance(each, bool) for each in answers):
        text = "all answers of the driver are true or false, so it seems to judge the submission"
        advice = (
            "a submission can replace a driver, which runs in its process: return values, and let a"
            " checker judge them"
        )
        yield warning(evidence.files.at("driver.py"), text, advice)
