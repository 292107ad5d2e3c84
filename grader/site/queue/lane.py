"""A lane: trials that wait for one of a few places, and the order in which they get it.

Submits come before runs. Those of each kind are judged in rounds, in which each person has one, in
the order in which they came: a person who sends ten programs gets one turn for each turn of the
others, and nobody waits longer for having been served before the others came. When none of a kind
waits, everybody begins in the same round.
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
        if not any(each.priority is trial.priority for each in self._waiting):
            self._forget_senders(trial.priority)
        rival = self._rival(trial)
        if rival is not None:
            is_new = trial.lane is not self
            trial.place = rival.place = rival.place if is_new else min(rival.place, trial.place)
            min(rival, trial, key=lambda each: each.sent).priority = Priority.OUTDATED
        elif trial.lane is not self:
            trial.place = self._next_place(trial)
        trial.lane = self
        trial.queued_at = time.monotonic()
        self._waiting.append(trial)

    def _rival(self, trial: Trial) -> Trial | None:
        """Return the run of the same topic that waits, if the trial is a run too."""
        if trial.priority is not Priority.RUN:
            return None
        runs = (each for each in self._waiting if each.priority is Priority.RUN)
        return next((each for each in runs if each.topic == trial.topic), None)

    def _next_place(self, trial: Trial) -> tuple[int, int]:
        """Return the place of a trial that comes to this lane: its round, and a number in it."""
        sender = trial.priority, trial.person
        current = self._round.get(trial.priority, 0)
        self._rounds[sender] = max(current, self._rounds.get(sender, -1) + 1)
        self._count += 1
        return self._rounds[sender], self._count

    def _forget_senders(self, priority: Priority) -> None:
        """Let everybody begin in the current round."""
        for sender in [each for each in self._rounds if each[0] is priority]:
            del self._rounds[sender]

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
            self._round[trial.priority] = max(self._round.get(trial.priority, 0), trial.place[0])
        return trial

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


def _turn(trial: Trial) -> tuple[Priority, tuple[int, int]]:
    return trial.priority, trial.place
