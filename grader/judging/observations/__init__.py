"""Observations about wrong answers that no known misconception explains.

An observation is a function whose docstring is its rule; it returns a sentence for the student, or
None. Those in ANSWERS examine the answers at hand, and must hold in every case with a wrong answer,
and in at least two; so must those in EFFECTS, about output, exceptions and changed arguments. Those
in RUNS run the submission again, in at most seven child processes, and are tried, until one holds,
only if the others find nothing. If the answers are always the same, nothing else is said.

A sentence describes what the wrong answers have in common, but never an answer: a factor or an
offset is named only if it is a small whole number or the length of an argument. So students may
read it even if it is about hidden cases, and `judging.redact.for_student` keeps it. All sentences
are fixed; a submission can leak a bit by provoking one of them, as it can by its verdicts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.checkers import Elementwise
from grader.judging.observations import again, arrangement, effects, lengths, numbers
from grader.judging.observations.again import Again
from grader.judging.observations.answers import MIN_CASES, Answers
from grader.model.judgement import CaseResult, Judgement, RunStatus, Verdict
from grader.sandbox.host import Sandbox

ANSWERS: tuple[Callable[[Answers], str | None], ...] = (
    numbers.sign,
    numbers.factor,
    numbers.length,
    numbers.offset,
    numbers.rounded,
    numbers.rounded_early,
    arrangement.arrangement,
)
EFFECTS: tuple[Callable[[Answers], str | None], ...] = (
    effects.returned_text,
    effects.other_stream,
    effects.layout,
    effects.returned_change,
    effects.returned_exception,
)
FAILURES: tuple[Callable[[Answers], str | None], ...] = (lengths.no_array, lengths.ragged)
# Times the limit of a call. A program that takes longer for all calls is not run again, which would
# keep a class waiting for up to four times as long.
_MAX_CALLS_S = 3
RUNS: tuple[Callable[[Sequence[CaseResult], Again], str | None], ...] = (
    again.returned,
    again.state,
    again.arguments,
)


def observe(judgement: Judgement, sandbox: Sandbox | None) -> tuple[str, ...]:
    """Return observations about the answers; if there are none, about new runs in the sandbox."""
    results = judgement.results
    if constant := numbers.constant(results):
        return (constant,)
    answers = Answers(
        right=[each for each in results if each.verdict is Verdict.ACCEPTED],
        wrong=[each for each in results if each.verdict is Verdict.WRONG_ANSWER],
        raised=[each for each in results if each.run.status is RunStatus.RAISED],
    )
    # Elsewhere the expected answer is only one of those that are right.
    compared = all(isinstance(each.step.checker, Elementwise) for each in answers.wrong)
    rules = list(FAILURES)
    if len(answers.wrong) >= MIN_CASES:
        has_values = compared and all(map(effects.is_about_value, answers.wrong))
        rules = [*(ANSWERS if has_values else ()), *EFFECTS, *FAILURES]
    found = tuple(text for rule in rules if (text := rule(answers)))
    spent_s = sum(each.run.wall_s for each in results)
    is_slow = spent_s > _MAX_CALLS_S * judgement.problem.limits.wall_s
    if found or sandbox is None or not answers.wrong or is_slow:
        return found
    submission = Again(judgement.problem, judgement.submission, sandbox)
    text = next(filter(None, (rule(results, submission) for rule in RUNS)), None)
    return (text,) if text else ()
