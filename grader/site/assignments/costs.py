"""What the next submit of a person costs, in sentences, for the page of a problem.

Everything is computed by the functions that `grader batch` grades with.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import assert_never

from grader.course.lateness import measure_lateness
from grader.course.programs import number_programs
from grader.model.assignment import CountingAttempt, Penalty, PenaltyUnit
from grader.model.course import Attempt
from grader.model.judgement import points_number
from grader.reports.grades import duration_words
from grader.site.assignments.terms import Terms
from grader.site.times import minute_text
from grader.submissions.times import in_utc
from grader.values.dataclasses import dataclass

_COUNTS = {
    CountingAttempt.LAST: "the last counts",
    CountingAttempt.BEST: "the best counts",
    CountingAttempt.FIRST: "the first counts",
}
_AFTER = "A new one is kept, but does not count."


@dataclass(frozen=True)
class Cost:
    """What the next submit costs.

    Attributes:
        due: the due date, in words; empty if there is none
        left_s: seconds until then; negative when it has passed
        sentences: about the time and the attempts
        counts: whether the next submit can count
    """

    due: str
    left_s: float
    sentences: tuple[str, ...]
    counts: bool = True


def cost_of(
    terms: Terms, earlier: Sequence[Attempt], at: datetime, has_slip_days: bool = False
) -> Cost:
    """Return what a submit of a new program would cost.

    Args:
        earlier: submits of the person at the problem, in their order
        has_slip_days: whether the course has them
    """
    late, counts_in_time = _lateness(terms, at, has_slip_days)
    attempts, counts_by_number = _attempts(terms, earlier)
    due = minute_text(terms.due) if terms.due is not None else ""
    left = (in_utc(terms.due) - in_utc(at)).total_seconds() if terms.due is not None else 0.0
    return Cost(due, left, (*late, *attempts), counts_in_time and counts_by_number)


def left_words(seconds: float) -> str:
    """Return the time that is left in its two largest units."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    return duration_words(minutes) if minutes >= 60 else f"{minutes} min {rest} s"


def _lateness(terms: Terms, at: datetime, has_slip_days: bool) -> tuple[list[str], bool]:
    """Return what time costs now, and whether a submit counts at all."""
    assignment, due = terms.assignment, terms.due
    if due is None or in_utc(at) <= in_utc(due):
        return [], True
    attempt = Attempt(terms.person.id, terms.part.problem, "", submitted_at=at)
    found = measure_lateness(attempt, due, assignment.late, assignment.zone)
    if found.cutoff is not None:
        return [f"Too late: submissions counted until {minute_text(found.cutoff)}. {_AFTER}"], False
    late = duration_words(-(-found.time // timedelta(minutes=1)))
    if not found.days:
        grace = assignment.late.grace_minutes
        within = f", within the {grace} min of grace" if grace else ""
        return [f"{late} late{within}: nothing is deducted."], True
    policy = assignment.late
    if not policy.per_day.amount:
        return [f"{late} late: nothing is deducted."], True
    off = _penalty_words(policy.per_day, policy.most, found.days)
    unless = ", unless slip days pay for it" if has_slip_days else ""
    return [f"{_days(found.days)} late: {off}{unless}."], True


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _attempts(terms: Terms, earlier: Sequence[Attempt]) -> tuple[list[str], bool]:
    """Return what the number of the next attempt costs, and whether it counts."""
    policy, which = terms.assignment.attempts, _COUNTS[terms.assignment.counts]
    number = max(number_programs(earlier), default=0) + 1
    if policy.is_over(number):
        used = "The only attempt" if policy.most == 1 else f"All {policy.most} attempts"
        counts = "counts is" if policy.most == 1 else "count are"
        return [f"{used} that {counts} used; {which}. {_AFTER}"], False
    of = f" of {policy.most}" if policy.most is not None else ""
    sentences = [f"Attempt {number}{of}; {which}."]
    paid = number - policy.free
    if policy.per_attempt.amount and paid > 0:
        off = _penalty_words(policy.per_attempt, policy.max_penalty, paid)
        sentences.append(f"For the number of attempts, {off}.")
    if policy.is_needed and earlier:
        sentences.append("The same program again is not another attempt.")
    return sentences, True


def _penalty_words(penalty: Penalty, most: Penalty | None, times: int) -> str:
    """Return what a penalty takes off that counts several times."""
    amount = times * penalty.amount
    if most is not None and most.unit is penalty.unit:
        amount = min(amount, most.amount)
    unit = penalty.unit
    if unit is not PenaltyUnit.POINTS:
        amount = min(amount, Fraction(1))
    words = _amount_words(Penalty(amount, unit))
    if most is not None and most.unit is not penalty.unit:
        words = f"{words}, at most {_amount_words(most)}"
    return f"{words} {'is' if amount == 1 and unit is PenaltyUnit.POINTS else 'are'} deducted"


def _amount_words(penalty: Penalty) -> str:
    match penalty.unit:
        case PenaltyUnit.SCORE:
            return f"{points_number(100 * penalty.amount)} % of the points"
        case PenaltyUnit.MAXIMUM:
            return f"{points_number(100 * penalty.amount)} % of the maximum"
        case PenaltyUnit.POINTS:
            number = points_number(penalty.amount)
            return f"{number} {'point' if number == 1 else 'points'}"
    assert_never(penalty.unit)
