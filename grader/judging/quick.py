"""The time in which nearly all programs are judged.

A program that needs much more than the reference, such as a loop that never ends, can be dropped
after this time and judged elsewhere under the limits of its problem, where it delays nobody. Its
judgement does not depend on that: it is made from the beginning.
"""

from __future__ import annotations

from grader.judging.answer_key import AnswerKey
from grader.sandbox.budget import Budget

_TIMES_REFERENCE, _WALL_S, _CPU_S = 3.0, 0.6, 0.15


def quick_budget(key: AnswerKey) -> Budget:
    """Return the time of a submission in all cases of a key: three times the reference's and more.

    Raises:
        SandboxError: if the sandbox fails
    """
    wall_s, cpu_s = key.reference_s
    return Budget(_WALL_S + _TIMES_REFERENCE * wall_s, _CPU_S + _TIMES_REFERENCE * cpu_s)
