"""Credit: groups of cases that earn points together, and points for the keys of a dict."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from fractions import Fraction

from grader.errors import did_you_mean
from grader.values import Value
from grader.values.dataclasses import dataclass
from grader.values.show import kind, show

KeyPoints = Mapping[Value, Fraction]  # of the keys of an expected dict


class Credit(Enum):
    """How the points of a group depend on its cases."""

    EACH = "per case"
    ALL = "all or nothing"


@dataclass(frozen=True)
class Group:
    """Cases that earn points together.

    Attributes:
        points: of all cases together, in proportion to their own; None for the sum of their own
        requires: names of groups without which this one earns nothing: all their cases must be
            accepted
        is_bonus: whether its points are not part of the maximum
        hint: for students who passed the required groups, but not this one
        times_reference: the processor time of a call, as a multiple of the reference's, if the
            group is about speed
    """

    name: str
    points: Fraction | None = None
    requires: tuple[str, ...] = ()
    credit: Credit = Credit.EACH
    is_bonus: bool = False
    hint: str = ""
    times_reference: float | None = None


def misfit_of_keys(points: KeyPoints, expected: Value) -> str:
    """Return why points for keys do not fit an expected answer; "" if they do."""
    if not isinstance(expected, dict):
        return f"points for keys need a dict as the answer, found {kind(expected)}"
    for key in points:
        if key not in expected:
            known = did_you_mean(str(key), [str(each) for each in expected])
            return f"the expected answer has no key {show(key)}{known}"
    for key in expected:
        if key not in points:
            return f"the key {show(key)} has no points; write 0 if it earns none"
    return ""
