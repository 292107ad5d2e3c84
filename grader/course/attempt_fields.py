"""The key `attempts` of an assignment: how many attempts at a problem count, and what they cost.

    attempts: {most: 10, free: 3, per_attempt: 5%, max_penalty: 50%}

The same program again does not count as a further attempt.
"""

from __future__ import annotations

from fractions import Fraction

from grader.course.late_fields import PenaltyField, RawPenalty, check_limit
from grader.errors import Diagnostics
from grader.model.assignment import AttemptPolicy, Penalty
from grader.values.dataclasses import dataclass
from grader.yaml_reader.fields import Field, Record, Whole
from grader.yaml_reader.nodes import Node

_MAX_ATTEMPTS = 100_000


@dataclass(frozen=True)
class RawAttempts:
    """A policy on attempts, as written."""

    node: Node
    most: int | None = None
    free: int | None = None
    per_attempt: RawPenalty | None = None
    max_penalty: RawPenalty | None = None


def make_attempts_record() -> Record[RawAttempts]:
    """Return the fields of a policy on attempts."""
    number = Whole(1, _MAX_ATTEMPTS)
    return Record(
        "a policy on attempts",
        RawAttempts,
        {
            "most": Field(
                number,
                "how many attempts of a student at a problem count; later ones are judged and do"
                " not count; all by default",
            ),
            "free": Field(number, "how many attempts cost nothing; 1 by default"),
            "per_attempt": Field(
                PenaltyField(),
                "penalty for each attempt after those: a share of the points reached (`5%`) or of"
                " what the problem is worth (`5% of the maximum`), or `1 point`; none by default",
            ),
            "max_penalty": Field(
                PenaltyField(), "maximum penalty, in the same way; the points reached by default"
            ),
        },
    )


def make_attempt_policy(raw: RawAttempts, diagnostics: Diagnostics) -> AttemptPolicy:
    """Return the policy; report what contradicts itself or could be read in two ways."""
    check_limit("max_penalty", raw.max_penalty, "per_attempt", raw.per_attempt, diagnostics)
    free = raw.node.get("free")
    if free is not None and raw.per_attempt is None:
        diagnostics.add(
            free.at, "no attempt costs anything, so `free` has no effect; add `per_attempt`"
        )
    elif free is not None and raw.most is not None and (raw.free or 0) >= raw.most:
        diagnostics.add(
            free.at,
            "no attempt that counts costs anything, so `per_attempt` has no effect; let `free` be"
            f" less than `most`, which is {raw.most}",
        )
    return AttemptPolicy(
        raw.most,
        raw.free or 1,
        raw.per_attempt.penalty if raw.per_attempt is not None else Penalty(Fraction(0)),
        raw.max_penalty.penalty if raw.max_penalty is not None else None,
    )
