"""The time that a program is given, so that one that needs much delays nobody else.

Nearly all programs need about as much time as the reference. One that needs much more, such as a
loop that never ends, can be given up early and judged again behind others, with more time. Its
judgement does not depend on that: it is made from the beginning. Only the public cases keep their
first runs; see `public_first`.
"""

from __future__ import annotations

from typing import NamedTuple

from grader.judging.answer_key import AnswerKey
from grader.model.effort import TimeGiven
from grader.sandbox.budget import Budget


class _Bound(NamedTuple):
    """A bound for all cases together: a multiple of the reference's time, and seconds more."""

    times_reference: float
    wall_s: float
    cpu_s: float


_BOUNDS = {TimeGiven.LITTLE: _Bound(3.0, 0.3, 0.05), TimeGiven.SOME: _Bound(10.0, 2.0, 0.5)}


def budget_of(time: TimeGiven, key: AnswerKey) -> Budget | None:
    """Return the time that a submission has in all cases of a key; None if only limits bound it.

    Raises:
        SandboxError: if the sandbox fails
    """
    if time is TimeGiven.ALL:
        return None
    bound = _BOUNDS[time]
    wall_s, cpu_s = key.reference_s
    return Budget(
        bound.wall_s + bound.times_reference * wall_s, bound.cpu_s + bound.times_reference * cpu_s
    )
