"""Sentences for students about a case or a judgement. All reports use these."""

from __future__ import annotations

from typing import assert_never

from grader.model.checker import Mismatch
from grader.model.judgement import CaseResult, Judgement, Run, RunStatus, Verdict, points_number
from grader.values import Unsupported
from grader.values.show import printable, shape, show


def message(result: CaseResult) -> str:
    """Return why the case was not accepted and where to look, as plain text; "" if it was.

    Hides nothing itself: `judging.redact.for_student` has removed from the result of a hidden case
    what a student must not see.
    """
    match result.verdict:
        case Verdict.ACCEPTED:
            return ""
        case Verdict.WRONG_ANSWER:
            if result.mismatch is None:
                return _error(result.run)
            return _mismatch(result.mismatch, hidden=result.case.hidden)
        case Verdict.JUDGE_ERROR:
            return f"internal error in the grader, not in your code: {result.run.error}"
        case (
            Verdict.RUN_TIME_ERROR
            | Verdict.TIME_LIMIT
            | Verdict.MEMORY_LIMIT
            | Verdict.OUTPUT_LIMIT
            | Verdict.INVALID_SUBMISSION
        ):
            return _error(result.run)
        case unknown:
            assert_never(unknown)


def headline(judgement: Judgement) -> str:
    """Return the judgement in a line: "wrong answer, 3 of 12 points"."""
    score, max_score = points_number(judgement.score), points_number(judgement.max_score)
    return f"{judgement.verdict.label}, {score} of {max_score} points"


def _error(run: Run) -> str:
    text = printable(run.error)
    return f"{text} (line {run.line})" if run.line else text


def _mismatch(mismatch: Mismatch, hidden: bool) -> str:
    if hidden and mismatch.expected is None and mismatch.got is None:
        return mismatch.why or "the answer differs from the expected one by more than the tolerance"
    if mismatch.got is None and mismatch.why:
        where = f" (at {mismatch.where})" if mismatch.where else ""
        return f"{mismatch.why}{where} Expected {show(mismatch.expected)}"
    parts = [_why(mismatch)] if mismatch.why else []
    if mismatch.where:
        parts.append(f"at {mismatch.where}")
    if mismatch.got is not None or mismatch.expected is not None:
        # A description of an object gives advice, and is bounded where it is made.
        got = show(mismatch.got, 200 if isinstance(mismatch.got, Unsupported) else 72)
        parts.append(f"got {got}, expected {show(mismatch.expected)}")
    text = ": ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)
    if mismatch.error is not None and mismatch.allowed is not None:
        text += f" ({_excess(mismatch.error, mismatch.allowed)})"
    if mismatch.off:
        text += f"; {mismatch.off} elements differ"
    return text


def _excess(error: float, allowed: float) -> str:
    """Return by how much a number is off, with as many digits as it takes to see the excess."""
    if not allowed:
        return f"off by {error:.2g}; no difference is allowed"
    for digits in range(2, 18):
        off, most = f"{error:.{digits}g}", f"{allowed:.{digits}g}"
        if float(off) > float(most):
            return f"off by {off}; at most {most} is allowed"
    return "more than the tolerance allows"


def _why(mismatch: Mismatch) -> str:
    """Return the reason, with shapes in place of "a list", which would not help."""
    got, expected = shape(mismatch.got), shape(mismatch.expected)
    if mismatch.why.startswith("returned ") and got is not None and expected is None:
        _, wanted = mismatch.why.split(" where ", 1)
        return f"returned shape {got} where {wanted}"
    if mismatch.why.startswith("the shape") and got is not None and expected is not None:
        return f"returned shape {got} where shape {expected} is expected"
    return mismatch.why


def hints(judgement: Judgement) -> list[str]:
    """Return the hints of the most likely misconceptions, each once."""
    best = [
        known for known in judgement.misconceptions if known.of == judgement.misconceptions[0].of
    ]
    return list(dict.fromkeys(known.hint for known in best))


def first_error(judgement: Judgement) -> str:
    """Return why the file could not be loaded; "" if it could."""
    first = judgement.results[0].run if judgement.results else None
    if first is not None and first.status is RunStatus.NOT_LOADED:
        return _error(first)
    return ""
