"""What is found out about problems, as a page in one file: findings first, then the figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from grader.model.verification import Level, VerificationReport
from grader.reports.judgement.html import environment
from grader.reports.verification.text import inside, outside, summary, tally_in_words, times


def write(problems: Sequence[VerificationReport], out: TextIO) -> None:
    """Write the page, to be saved as UTF-8. The same findings give the same bytes."""
    page = environment().get_template("fitness.html")
    out.write(
        page.render(
            problems=problems,
            summary=summary(problems),
            Level=Level,
            inside=inside,
            outside=outside,
            tally=tally_in_words,
            times=times,
        )
    )
