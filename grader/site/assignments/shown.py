"""What is left of an attempt and its judgement where an assignment shows less than everything.

The method `shown` of a desk decides how much that is. Each page, stream and file that says
something about a judgement applies it here, so that an exam whose results are withheld leaks by
none of them. What is withheld is not waited for either: the time until a judgement would say
something about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from grader.judging.redact import without_hints
from grader.model.judgement import CaseResult, Judgement
from grader.model.problem import Problem
from grader.reports.judgement.html import template_variables
from grader.site.assignments.terms import Level, Shown
from grader.site.fragments import case_message, done_message
from grader.site.pages import render
from grader.site.records.notes import Attempt, Standing

WITHHELD = (
    "It is kept and will be judged. Results are shown when your instructor has released them."
)


def shown_case(
    problem: Problem, result: CaseResult, shown: Shown, is_open: bool = False
) -> dict[str, Any] | None:
    """Return the line of the stream about a case; None if it is not shown."""
    if shown.level in (Level.NOTHING, Level.VERDICT):
        return None
    return case_message(problem, result, is_open)


def shown_done(judgement: Judgement, kind: str, shown: Shown) -> dict[str, Any]:
    """Return the last line of the stream.

    Args:
        kind: "run" or "submit"
    """
    match shown.level:
        case Level.NOTHING:
            return withheld_done()
        case Level.VERDICT:
            html = render("verdict_only.html", judgement=judgement)
            # The sentence with counts of cases and hints is for those who see them.
            label = judgement.verdict.label
            words = f"{label[0].upper()}{label[1:]}."
            return {**done_message(judgement, kind), "html": html, "spoken": words}
        case Level.CASES | Level.ALL:
            return done_message(as_shown(judgement, shown), kind, shown.names_points)


def withheld_done() -> dict[str, Any]:
    """Return the last line of the stream about an attempt whose result is withheld."""
    html = render("withheld.html", text=WITHHELD)
    points = {"points": None, "max_points": None}
    return {"type": "done", "verdict": "withheld", **points, "html": html, "spoken": WITHHELD}


def shown_results(
    judgement: Judgement, kind: str, shown: Shown, opens_first: bool = False
) -> list[dict[str, Any]]:
    """Return all lines of the stream about a judgement.

    Args:
        opens_first: whether the details of the first failed case are unfolded
    """
    judgement = as_shown(judgement, shown)
    first = template_variables(judgement)["first_failed"] if opens_first else None
    cases = [
        shown_case(judgement.problem, each, shown, is_open=each is first)
        for each in judgement.results
    ]
    return [*filter(None, cases), shown_done(judgement, kind, shown)]


def as_shown(judgement: Judgement, shown: Shown) -> Judgement:
    """Return the judgement without hints, if none are shown."""
    return judgement if shown.hints else without_hints(judgement)


def concealed(attempt: Attempt, shown: Shown) -> Attempt:
    """Return the attempt without its outcome, if that is withheld."""
    return replace(attempt, outcome=None) if shown.level is Level.NOTHING else attempt


def concealed_standings(
    standings: Mapping[str, Standing], withheld: frozenset[str]
) -> Mapping[str, Standing]:
    """Return what a person has done, without how it ended where that is withheld.

    Args:
        withheld: slugs of the problems of which nothing is shown
    """
    return {
        slug: Standing(each.saved_at, each.submits) if slug in withheld else each
        for slug, each in standings.items()
    }
