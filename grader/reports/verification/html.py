"""Verification reports as a page in one file: the findings, then the strength of each case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from grader.model.verification import Finding, Level, VerificationReport
from grader.reports.judgement.html import environment
from grader.reports.verification.text import (
    accepted_margin,
    rejected_margin,
    state,
    summary,
    tally_in_words,
    times,
)


def write(reports: Sequence[VerificationReport], out: TextIO) -> None:
    """Write the page, to be saved as UTF-8. The same findings give the same bytes."""
    page = environment().get_template("verification.html")
    out.write(
        page.render(
            reports=reports,
            summary=summary(reports),
            Level=Level,
            findings_of=_findings_of,
            state=state,
            accepted_margin=accepted_margin,
            rejected_margin=rejected_margin,
            tally=tally_in_words,
            times=times,
        )
    )


def _findings_of(report: VerificationReport, *levels: Level) -> list[Finding]:
    """Return the findings of these levels, those of the first one first."""
    return [each for level in levels for each in report.findings if each.level is level]
