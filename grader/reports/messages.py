"""What a student is told about a case, in sentences. Every report takes its words from here."""

from __future__ import annotations

from grader.model.checker import Mismatch
from grader.model.judgement import CaseResult, Judgement, Run, RunStatus, Verdict, points_number
from grader.values.show import printable, shape, show


def message(result: CaseResult) -> str:
    """Why the case was not accepted and what to look at, as plain text; empty if it was.

    Says what there is to say: what a hidden case must not tell has been taken out of the result
    before (see `judging.redact.for_student`).
    """
    match result.verdict:
        case Verdict.ACCEPTED:
            return ""
        case Verdict.WRONG_ANSWER if result.mismatch is not None:
            return _mismatch(result.mismatch, hidden=result.case.hidden)
        case Verdict.JUDGE_ERROR:
            return f"the grader failed here, not you: {result.run.error}"
        case _:
            return _error(result.run)


def headline(judgement: Judgement) -> str:
    """The judgement in a line: "wrong answer, 3 of 12 points"."""
    score, most = points_number(judgement.score), points_number(judgement.max_score)
    return f"{judgement.verdict.label}, {score} of {most} points"


def _error(run: Run) -> str:
    text = printable(run.error)
    return f"{text} (line {run.line})" if run.line else text


def _mismatch(mismatch: Mismatch, hidden: bool) -> str:
    if hidden and mismatch.expected is None and mismatch.got is None:
        return mismatch.why or "the answer is not near enough to the expected one"
    if mismatch.got is None and mismatch.why:
        place = f" (at {mismatch.where})" if mismatch.where else ""
        return f"{mismatch.why}{place} Expected {show(mismatch.expected)}"
    parts = [_why(mismatch)] if mismatch.why else []
    if mismatch.where:
        parts.append(f"at {mismatch.where}")
    if mismatch.got is not None or mismatch.expected is not None:
        parts.append(f"got {show(mismatch.got)}, expected {show(mismatch.expected)}")
    text = ": ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)
    if mismatch.error is not None and mismatch.allowed is not None:
        allowed = f"at most {mismatch.allowed:.2g} is allowed" if mismatch.allowed else "exact"
        text += f" (off by {mismatch.error:.2g}; {allowed})"
    if mismatch.off:
        text += f"; {mismatch.off} elements are off"
    return text


def _why(mismatch: Mismatch) -> str:
    """The reason with the shapes put in, which are more telling than "a list"."""
    got, expected = shape(mismatch.got), shape(mismatch.expected)
    if mismatch.why.startswith("returned ") and got is not None and expected is None:
        _, wanted = mismatch.why.split(" where ", 1)
        return f"returned shape {got} where {wanted}"
    if mismatch.why.startswith("the shape") and got is not None and expected is not None:
        return f"returned shape {got} where shape {expected} is expected"
    return mismatch.why


def hints(judgement: Judgement) -> list[str]:
    """What the surest suspects say, each once."""
    best = [
        known for known in judgement.misconceptions if known.of == judgement.misconceptions[0].of
    ]
    return list(dict.fromkeys(known.hint for known in best))


def first_error(judgement: Judgement) -> str:
    """Why the file could not be loaded at all; empty if it could."""
    first = judgement.results[0].run if judgement.results else None
    if first is not None and first.status is RunStatus.NOT_LOADED:
        return _error(first)
    return ""
