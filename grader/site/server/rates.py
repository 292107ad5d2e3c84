"""How often a person may do something: a bucket of tokens for each, which fills with time."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from grader.values.dataclasses import dataclass


@dataclass(frozen=True)
class Rate:
    """A rate.

    Attributes:
        per_s: how many per second on average
        burst: how many at once
    """

    per_s: float
    burst: int


@dataclass(frozen=True)
class Rates:
    """How often a person may save a draft, run and submit, and how many bytes these texts may have.

    Every text may stay in the book: without a limit of bytes, one person could fill the disk.

    Attributes:
        changes: how often a person may put away news, and make codes for devices
    """

    drafts: Rate = Rate(per_s=2, burst=20)
    runs: Rate = Rate(per_s=20 / 60, burst=6)
    submits: Rate = Rate(per_s=6 / 60, burst=3)
    texts: Rate = Rate(per_s=64 << 10, burst=32 << 20)
    changes: Rate = Rate(per_s=1, burst=20)


DEFAULT_RATES = Rates()

_MAX_BUCKETS = 10_000


class Buckets:
    """The tokens that each person has left.

    Args:
        clock: returns seconds
    """

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, person: str, may_owe_s: float = 0.0, count: int = 1) -> float:
        """Take tokens; return 0, or the seconds until all of them are there.

        Args:
            may_owe_s: tokens are also taken if they will be there within this number of seconds;
                the next request then waits longer
            count: number of tokens; not more than the burst
        """
        now = self._clock()
        tokens, at = self._left.pop(person, (float(self._rate.burst), now))
        tokens = min(self._rate.burst, tokens + (now - at) * self._rate.per_s) - count
        # Nobody waits because of how floats are rounded.
        wait_s = -tokens / self._rate.per_s if tokens < -1e-9 else 0.0
        if wait_s > may_owe_s:
            tokens += count
        self._left[person] = tokens, now
        if len(self._left) > _MAX_BUCKETS:
            self._left.popitem(last=False)
        return wait_s
