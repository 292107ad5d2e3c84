"""Judges attempts in three lanes, so that a program that never ends delays nobody else's.

A trial starts in the quick lane. A program that needs much more time than the reference is dropped
there, and judged from the beginning in the medium lane, with more time. One that needs even more is
judged in the slow lane, with no other limits than a problem has anywhere. The quick
and the slow lane have a place for each core, the medium lane has one; what is judged in the medium
and the slow lane leaves the cores to the quick lane and to the pages. Where that is not possible,
the slow lane has one place.

A person whose last program for a problem ran out of time starts in the slow lane; a place of the
quick lane that has nothing to do tries what waits there and was not tried yet, and one of the slow
lane judges what waits for the medium lane.

An attempt is on the disk before it comes here, so nothing is lost with this process: what has no
outcome is judged when the server starts again. The threads here do nothing but judge; pages are
made by others.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import TypeVar, assert_never

from grader.errors import GraderError, NeedsMoreTime, SandboxError, describe_failure
from grader.model.effort import Effort, TimeGiven
from grader.site.queue.background import Background
from grader.site.queue.lane import Lane
from grader.site.queue.trials import Job, Later, Message, Priority, Trial, Turn
from grader.site.records.writer import BookError

T = TypeVar("T")

_LOG = logging.getLogger(__name__)
_TOLD_S = 1.0  # a wait that is longer is told, and as often
_MAX_ORDERED = 300  # trials of a lane that are ordered whenever one is added
_QUICK_S, _MEDIUM_S, _SLOW_S = 0.05, 0.5, 3.0  # a turn, before there was any
_QUICK = Effort(TimeGiven.LITTLE)
_MEDIUM = Effort(TimeGiven.SOME, low_priority=True)
_SLOW = Effort(TimeGiven.ALL, low_priority=True)
STOPPING = (
    "the server is stopping; what you sent is kept, and it is judged when the server starts again"
)


class Lanes:
    """What waits to be judged, and the threads that judge it.

    To be used within the loop that serves, but for `stop`.

    Args:
        threads: how many places the quick lane has
        warm: prepares a problem
        yields: whether programs of low priority delay no others; else there is one slow place
    """

    def __init__(self, threads: int, warm: Callable[[str], None], yields: bool = False) -> None:
        self.background = Background(warm)
        self._loop = asyncio.get_running_loop()
        self._trials: dict[str, Trial] = {}
        self._condition = threading.Condition()
        self._is_stopping = False
        self._is_ticking = False
        self._ran_out_of_time: set[tuple[str, str]] = set()  # person and problem
        self._quick = Lane(threads, _QUICK_S, _QUICK)
        self._medium = Lane(1, _MEDIUM_S, _MEDIUM)
        self._slow = Lane(threads if yields else 1, _SLOW_S, _SLOW)
        self._lanes = {"quick": self._quick, "medium": self._medium, "slow": self._slow}
        self._threads = [
            threading.Thread(target=self._work, args=(lane,), name=f"{name}-{number}", daemon=True)
            for name, lane in self._lanes.items()
            for number in range(lane.places)
        ]
        for each in self._threads:
            each.start()

    @property
    def is_stopping(self) -> bool:
        return self._is_stopping

    # What is judged ------------------------------------------------------------------------------

    def find(self, key: str) -> Trial | None:
        """Return what is waiting or being judged under a key."""
        return self._trials.get(key)

    def lengths(self) -> dict[str, int]:
        """Return how many wait, by lane."""
        with self._condition:
            return {name: len(lane) for name, lane in self._lanes.items()}

    def add(
        self,
        key: str,
        person: str,
        topic: tuple[str, str, str],
        priority: Priority,
        job: Job,
        first: Iterable[Message] = (),
        wait_s: float = 0.0,
    ) -> Trial:
        """Let something be judged; return the trial that is under way, if there is one.

        Args:
            topic: person, problem and kind
            job: does it, in another thread, and says how it goes
            first: what is said before
            wait_s: how long it has to wait before it is its turn
        """
        found = self._trials.get(key)
        if found is not None:
            return found
        trial = Trial(key, person, topic, priority, job, list(first))
        self._trials[key] = trial
        lane = self._lane_of(trial)
        if wait_s:
            self._loop.call_later(wait_s, self._queue, trial, lane)
        else:
            self._queue(trial, lane)
        return trial

    def in_loop(self, work: Callable[[], T]) -> T:
        """Do something in the loop, from another thread; return its result."""
        future: Future[T] = Future()

        def do() -> None:
            try:
                future.set_result(work())
            except BaseException as error:
                future.set_exception(error)

        self._loop.call_soon_threadsafe(do)
        return future.result()

    def warm(self, names: Iterable[str], is_next: bool = False) -> None:
        """Prepare problems in the background; see `Background.warm`."""
        self.background.warm(names, is_next)

    def slow(self) -> list[tuple[str, str, str]]:
        """Return person, problem and kind of each trial of the slow lane that has not ended."""
        trials = list(self._trials.values())
        return [each.topic for each in trials if self._lane_of(each) is self._slow]

    def _lane_of(self, trial: Trial) -> Lane:
        """Return the lane where a trial has its next turn."""
        if trial.topic[:2] in self._ran_out_of_time:
            return self._slow
        match trial.dropped:
            case None:
                return self._quick
            case TimeGiven.LITTLE:
                return self._medium
            case TimeGiven.SOME | TimeGiven.ALL:
                return self._slow
            case _:
                assert_never(trial.dropped)

    # What is said --------------------------------------------------------------------------------

    def _queue(self, trial: Trial, lane: Lane) -> None:
        with self._condition:
            lane.add(trial)
            # Others are told within a second. To order thousands that come at once, as at the
            # start, would take a minute.
            is_told = trial.priority is not Priority.AGAIN and len(lane) <= _MAX_ORDERED
            place = lane.order().index(trial) + 1 if is_told else 0
            self._condition.notify_all()
        if is_told:
            self._tell_place(lane, trial, place)
        if not self._is_ticking:
            self._is_ticking = True
            self._loop.call_later(_TOLD_S, self._tick)

    def _tick(self) -> None:
        """Tell places once more, as long as anything waits."""
        with self._condition:
            waiting = [(lane, lane.order()) for lane in self._lanes.values()]
        for lane, trials in waiting:
            for place, trial in enumerate(trials, start=1):
                self._tell_place(lane, trial, place)
        self._is_ticking = any(trials for _, trials in waiting) and not self._is_stopping
        if self._is_ticking:
            self._loop.call_later(_TOLD_S, self._tick)

    def _tell_place(self, lane: Lane, trial: Trial, place: int) -> None:
        seconds = lane.wait_s(place)
        has_waited = time.monotonic() - trial.queued_at >= _TOLD_S
        if seconds > _TOLD_S or has_waited or trial.told:
            self._tell(trial, (place, max(1, round(seconds))))

    def _tell(self, trial: Trial, told: tuple[int, int]) -> None:
        if told != trial.told:
            trial.told = told
            self._say(trial, {"type": "waiting", "place": told[0], "seconds": told[1]})

    def _say(self, trial: Trial, message: Message) -> None:
        trial.say(message)
        if trial.is_done:
            self._trials.pop(trial.key, None)

    def _from_thread(self, action: Callable[..., object], *args: object) -> None:
        """Do something in the loop, from a thread that judges, unless the server stops."""
        # A sandbox that was closed says nothing about code.
        if not self._is_stopping and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(action, *args)

    # The threads ---------------------------------------------------------------------------------

    def _work(self, lane: Lane) -> None:
        while (trial := self._next(lane)) is not None:
            since = time.monotonic()
            self._judge(trial, lane)
            with self._condition:
                lane.end(time.monotonic() - since)

    def _next(self, lane: Lane) -> Trial | None:
        """Wait for the next trial; None if there will be none."""
        with self._condition:
            while not self._is_stopping:
                trial = lane.take()
                if trial is None and lane is self._quick and self._slow.is_full:
                    trial = self._slow.take(untried=True)
                if trial is None and lane is self._slow:
                    trial = self._medium.take()
                if trial is not None:
                    lane.begin()
                    self._condition.notify_all()  # this lane may be full now
                    return trial
                self._condition.wait()
        return None

    def _judge(self, trial: Trial, lane: Lane) -> None:
        def say(message: Message) -> None:
            self._from_thread(self._say, trial, message)

        if trial.told:
            self._from_thread(self._tell, trial, (0, 0))
        turn = Turn(say, lane.effort, trial.retries)
        try:
            trial.job(turn)
        except NeedsMoreTime:
            trial.dropped = lane.effort.time
            self._from_thread(self._queue, trial, self._lane_of(trial))
            return
        except Later as later:
            trial.retries += 1
            self._from_thread(self._loop.call_later, later.seconds, self._queue, trial, lane)
            return
        except (BookError, GraderError) as error:
            say({"type": "failed", "message": _reason(error)})
        except Exception as error:
            _LOG.error("an attempt cannot be judged: %s", describe_failure(error))
            say({"type": "failed", "message": _reason(error)})
        if turn.ran_out_of_time:
            self._ran_out_of_time.add(trial.topic[:2])
        else:
            self._ran_out_of_time.discard(trial.topic[:2])
        say({"type": "failed", "message": _NOTHING})  # unless the job has said its last word

    # The end -------------------------------------------------------------------------------------

    def stop(self) -> None:
        """End all trials, whose readers are told, and all threads. May be called from anywhere."""
        with self._condition:
            if self._is_stopping:
                return
            self._is_stopping = True
            self._condition.notify_all()
        self.background.stop()
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._end_trials)

    def _end_trials(self) -> None:
        for trial in list(self._trials.values()):
            self._say(trial, {"type": "failed", "message": STOPPING, "stopping": True})

    def join(self) -> None:
        """Wait a moment for the threads, which end when the sandboxes do."""
        deadline = time.monotonic() + 1.0
        for each in self._threads:
            each.join(max(0.0, deadline - time.monotonic()))
        self.background.join(1.0)


_NOTHING = "an internal error in the grader, not in your code: nothing was judged; send it again"


def _reason(error: Exception) -> str:
    """Return what is shown to a student, who must not see what a message may quote."""
    match error:
        case BookError():
            return str(error)
        case SandboxError():
            return _NOTHING
        case GraderError():
            return "the problem's files have errors; tell the person who gave you the problem"
        case _:
            return _NOTHING
