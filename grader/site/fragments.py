"""What is said of a judgement on a page: its parts as HTML, and as lines of the stream.

Everything here is given judgements and results that the reader may see.
"""

from __future__ import annotations

from typing import Any

from grader.model.judgement import CaseResult, Judgement, Verdict, points_number
from grader.model.problem import Problem
from grader.reports.judgement.html import template_variables
from grader.reports.messages import group_hints, headline, message
from grader.site.pages import render
from grader.site.ruler import ruler_of
from grader.values.show import plural


def case_message(problem: Problem, result: CaseResult, is_open: bool = False) -> dict[str, Any]:
    """Return the line of the stream about one case.

    Args:
        is_open: whether its details are unfolded
    """
    text = message(result)
    lines = [{"line": result.run.line, "message": text}] if result.run.line and text else []
    return {
        "type": "case",
        "name": result.case.name,
        "verdict": result.verdict.value,
        "html": render("one_case.html", problem=problem, result=result, is_open=is_open),
        "lines": lines,
    }


def done_message(judgement: Judgement, kind: str, names_points: bool = False) -> dict[str, Any]:
    """Return the last line of the stream: the verdict, and the summary to show above the cases.

    Args:
        kind: "run" or "submit"
        names_points: whether to say that the points are not those of an assignment
    """
    return {
        "type": "done",
        "verdict": judgement.verdict.value,
        "points": points_number(judgement.score),
        "max_points": points_number(judgement.max_score),
        "html": summary(judgement, kind, names_points),
        "spoken": spoken(judgement),
    }


def summary(judgement: Judgement, kind: str, names_points: bool = False) -> str:
    """Return the outcome, the ruler, hints and notes, as HTML."""
    return render(
        "summary.html",
        kind=kind,
        names_points=names_points,
        ruler=ruler_of(judgement),
        bars=bars(judgement),
        **template_variables(judgement),
    )


def spoken(judgement: Judgement) -> str:
    """Return the outcome in a sentence, which a screen reader speaks once."""
    failed = sum(each.verdict is not Verdict.ACCEPTED for each in judgement.results)
    if not failed:
        return f"Accepted: {headline(judgement).partition(', ')[2]}."
    text = headline(judgement)
    count = plural(len(judgement.results), "case")
    has_hint = judgement.misconceptions or judgement.observations or group_hints(judgement)
    hint = " There is a hint." if has_hint else ""
    return f"{text[0].upper()}{text[1:]}. {failed} of {count} failed.{hint}"


def bars(judgement: Judgement) -> list[dict[str, Any]]:
    """Return the bar of all cases: position and width of each, in percent, by its points."""
    total = float(sum(each.case.points for each in judgement.results)) or 1.0  # with a bonus
    left = 0.0
    found = []
    for each in judgement.results:
        width = 100 * float(each.case.points) / total
        found.append({"x": left, "width": max(width - 0.5, 0.2), "verdict": each.verdict.value})
        left += width
    return found
