"""The key `late` of an assignment: what lateness costs, and when it is too late.

    late: {grace: 15 min, per_day: 10%, most: 50%, until: 7 days}

A share is of the points reached unless it says `of the maximum`; a penalty in points is taken off
each problem that is late.
"""

from __future__ import annotations

import re
from datetime import datetime, tzinfo
from fractions import Fraction
from typing import NamedTuple

from grader.course.time_fields import Minutes, Time
from grader.errors import Diagnostics, spec_error
from grader.model.assignment import Cutoff, LatePolicy, Penalty, PenaltyUnit
from grader.model.judgement import points_number
from grader.submissions.times import in_utc
from grader.values.dataclasses import dataclass
from grader.yaml_reader.fields import Field, Record, Text
from grader.yaml_reader.nodes import JsonSchema, Node

_PARTS = r"([0-9]{1,6}(?:\.[0-9]{1,6})?)(?:%( of the (?:score|maximum))?| points?)"
_PENALTY = Text(_PARTS, "a penalty, like 10%, 10% of the maximum, or 2 points")
_DURATION = Text(r"[0-9]{1,5} (min|h|days?)", "a time, or a duration like 7 days, 36 h or 30 min")


class RawPenalty(NamedTuple):
    """A penalty, as written.

    Attributes:
        is_bare: whether it is a share and does not say of what
    """

    node: Node
    penalty: Penalty
    is_bare: bool


@dataclass(frozen=True)
class PenaltyField:
    """A penalty: `10%`, `10% of the maximum` or `2 points`."""

    def read(self, node: Node) -> RawPenalty:
        """See `fields.Kind`."""
        text = _PENALTY.read(node)
        found = re.fullmatch(_PARTS, text)
        assert found is not None
        amount, share_of = Fraction(found[1]), found[2] or ""
        if "%" not in text:
            return RawPenalty(node, Penalty(amount, PenaltyUnit.POINTS), False)
        if amount > 100:
            raise spec_error(node.at, f"{node.label} is more than 100%")
        unit = PenaltyUnit(share_of.strip()) if share_of else PenaltyUnit.SCORE
        return RawPenalty(node, Penalty(amount / 100, unit), not share_of)

    def schema(self) -> JsonSchema:
        """See `fields.Kind`."""
        return _PENALTY.schema()


@dataclass(frozen=True)
class CutoffField:
    """A cut-off: a time, or a duration after the due date."""

    zone: tzinfo | None = None

    def read(self, node: Node) -> tuple[Node, Cutoff]:
        """See `fields.Kind`."""
        if re.match(r"20[0-9]{2}-", node.text or ""):
            return node, Cutoff(at=Time(self.zone).read(node))
        number, unit = _DURATION.read(node).split()
        if unit.startswith("day"):
            return node, Cutoff(days=int(number))
        return node, Cutoff(minutes=Minutes().read(node))

    def schema(self) -> JsonSchema:
        """See `fields.Kind`."""
        return {"anyOf": [Time(self.zone).schema(), _DURATION.schema()]}


@dataclass(frozen=True)
class RawLate:
    """A late policy, as written."""

    node: Node
    grace: int = 0
    per_day: RawPenalty | None = None
    most: RawPenalty | None = None
    until: tuple[Node, Cutoff] | None = None


def make_late_record(zone: tzinfo | None) -> Record[RawLate]:
    """Return the fields of a late policy.

    Args:
        zone: of times without one
    """
    return Record(
        "a late policy",
        RawLate,
        {
            "grace": Field(
                Minutes(), "lateness without penalty, like 15 min or 1 h; none by default"
            ),
            "per_day": Field(
                PenaltyField(),
                "penalty for each day begun: a share of the points reached (`10%`) or of what the"
                " problem is worth (`10% of the maximum`), or `2 points` off each problem that is"
                " late; none by default",
            ),
            "most": Field(
                PenaltyField(), "maximum penalty, in the same way; the points reached by default"
            ),
            "until": Field(
                CutoffField(zone),
                "cut-off, after which nothing counts: a time, or a duration after the due date,"
                " like `7 days`; none by default",
            ),
        },
    )


def make_late_policy(raw: RawLate, dues: list[datetime], diagnostics: Diagnostics) -> LatePolicy:
    """Return the policy; report what contradicts itself or could be read in two ways.

    Args:
        dues: the due dates of the assignment and its problems
    """
    per_day, most = raw.per_day, raw.most
    check_limit("most", most, "per_day", per_day, diagnostics)
    if raw.until is not None:
        _check_cutoff(*raw.until, raw.grace, dues, diagnostics)
    return LatePolicy(
        grace_minutes=raw.grace,
        per_day=per_day.penalty if per_day is not None else Penalty(Fraction(0)),
        most=most.penalty if most is not None else None,
        until=raw.until[1] if raw.until is not None else None,
    )


def check_limit(
    name: str,
    most: RawPenalty | None,
    limited: str,
    penalty: RawPenalty | None,
    diagnostics: Diagnostics,
) -> None:
    """Report a largest penalty that limits nothing, or could be read in two ways.

    Args:
        name: the key of the largest penalty
        limited: the key of the penalty that it limits
    """
    if most is None:
        return
    if penalty is None:
        diagnostics.add(most.node.at, f"`{name}` limits `{limited}`, which is missing; add it")
    elif most.is_bare and not penalty.is_bare and penalty.penalty.unit is not PenaltyUnit.SCORE:
        share = f"{points_number(100 * most.penalty.amount)}%"
        diagnostics.add(
            most.node.at,
            f"`{limited}` is not a share of the points reached, so {most.node.label} could mean"
            f" two things; write `{share} of the maximum` or `{share} of the score`",
        )


def _check_cutoff(
    node: Node, until: Cutoff, grace: int, dues: list[datetime], diagnostics: Diagnostics
) -> None:
    if not dues:
        diagnostics.add(node.at, "a cut-off needs a due date; add the key `due`")
    elif until.at is not None:
        early = [due for due in dues if in_utc(until.at) < in_utc(due)]
        if early:
            diagnostics.add(
                node.at,
                f"the cut-off is before the due date {early[0]:%Y-%m-%d %H:%M}; write a later time",
            )
    elif not until.days and until.minutes < grace:
        diagnostics.add(
            node.at, "the cut-off is within the time of `grace`; write a longer duration"
        )
