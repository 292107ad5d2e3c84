"""A lane: trials that wait for one of a few places, and the order in which they get it.

Submits come before runs. Those of each kind are judged in rounds, in which each person has one, in
the order in which they came: a person who sends ten programs gets one turn for each turn of the
others, and nobody waits longer for having been served before the others came. The rounds of a kind
begin again when none of it waits.
"""

from __future__ import annotations

import time

from grader.model.effort import FULL, Effort
from grader.site.queue.trials import Priority, Trial

_WEIGHT = 0.1  # of the newest turn in the mean


class Lane:
    """What waits for some places. Not safe from threads: `Lanes` has a lock.

    Args:
        places: how many trials are judged at once
        mean_s: how long a turn is expected to take, before there was any
        effort: how much is spent on a turn
    """

    def __init__(self, places: int, mean_s: float, effort: Effort = FULL) -> None:
        self.places = places
        self.effort = effort
        self._mean_s = mean_s
        self._waiting: list[Trial] = []
        self._judging = 0
        self._count = 0
        self._round: dict[Priority, int] = {}  # of the last one that was taken
        self._rounds: dict[tuple[Priority, str], int] = {}  # of the last one that each person sent

    @property
    def is_full(self) -> bool:
        """Whether each place judges a trial."""
        return self._judging >= self.places

    def __len__(self) -> int:
        """Return how many trials wait."""
        return len(self._waiting)

    def add(self, trial: Trial) -> None:
        """Let a trial wait; of two runs of the same topic, the one that was sent first is outdated.

        A run takes the place of the one that it outdates, and a trial that comes back its own one.
        """
        is_first = not any(each.priority is trial.priority for each in self._waiting)
        if is_first:
            self._begin_rounds(trial.priority)
        if is_first or trial.lane is not self:
            trial.lane = self
            self._count += 1
            trial.number = self._count
            sender = trial.priority, trial.person
            current = self._round.get(trial.priority, 0)
            trial.round = max(current, self._rounds.get(sender, -1) + 1)
            self._rounds[sender] = trial.round
        trial.queued_at = time.monotonic()
        for each in self._waiting:
            if each.topic == trial.topic and each.priority is trial.priority is Priority.RUN:
                older, newer = sorted((each, trial), key=lambda run: run.sent)
                older.priority = Priority.OUTDATED
                places = (older.round, older.number), (newer.round, newer.number)
                newer.round, newer.number = min(places)
                self._rounds[Priority.RUN, trial.person] -= 1  # it has one turn less to come
        self._waiting.append(trial)

    def take(self, *, untried: bool = False) -> Trial | None:
        """Return the trial whose turn it is, which does not wait any more; None if there is none.

        Args:
            untried: whether to leave those that were tried already; this turn is an extra one,
                before those of the round
        """
        waiting = [each for each in self._waiting if not (untried and each.dropped is not None)]
        if not waiting:
            return None
        trial = min(waiting, key=_turn)
        self._waiting.remove(trial)
        if not untried:
            self._round[trial.priority] = max(self._round.get(trial.priority, 0), trial.round)
        return trial

    def _begin_rounds(self, priority: Priority) -> None:
        self._round.pop(priority, None)
        for sender in [each for each in self._rounds if each[0] is priority]:
            del self._rounds[sender]

    def order(self) -> list[Trial]:
        """Return what waits, in the order in which it gets its turn if nothing is added."""
        return sorted(self._waiting, key=_turn)

    def wait_s(self, place: int) -> float:
        """Return the seconds until the turn of the trial at a place, which counts from 1."""
        return place * self._mean_s / self.places

    def begin(self) -> None:
        """Note that a place has begun a turn."""
        self._judging += 1

    def end(self, seconds: float) -> None:
        """Note that a turn has ended, and how long it took."""
        self._judging -= 1
        self._mean_s += _WEIGHT * (seconds - self._mean_s)


def _turn(trial: Trial) -> tuple[Priority, int, int]:
    return trial.priority, trial.round, trial.number
