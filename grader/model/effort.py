"""How much of a machine is spent on judging a source."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class TimeGiven(IntEnum):
    """The time that a source is given in all cases together."""

    LITTLE = 0  # a source that needs much more than the reference is given up
    SOME = 1  # one that needs very much more is given up
    ALL = 2  # as much as the limits of the problem allow


class Effort(NamedTuple):
    """How much of a machine is spent on judging a source.

    Attributes:
        time: after which it is given up, so that others need not wait for it
        low_priority: whether it leaves the cores to other processes; the time that it waits for
            one is not counted
    """

    time: TimeGiven = TimeGiven.ALL
    low_priority: bool = False


FULL = Effort()
