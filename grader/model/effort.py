"""How much of a machine is spent on judging a source."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class TimeGiven(IntEnum):
    """The time that a source is given in all cases together."""

    #: A source that needs much more than the reference is given up.
    LITTLE = 0
    #: A source that needs far more than the reference is given up.
    SOME = 1
    #: As much as the limits of the problem allow.
    ALL = 2


class Effort(NamedTuple):
    """How much of a machine is spent on judging a source.

    Attributes:
        time: after which it is given up, so that others need not wait for it
        low_priority: whether it leaves the cores to other processes, where `Grader.yields`; the
            time for which it waits for one is not counted
    """

    time: TimeGiven = TimeGiven.ALL
    low_priority: bool = False


FULL = Effort()
