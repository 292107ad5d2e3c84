"""Judges attempts: what waits, what is being judged, and who follows it.

An attempt is on the disk before it comes here, so nothing is lost with this process: what has no
outcome is judged when the server starts again. A `Trial` collects what is said about an
attempt while it is judged, for any number of readers, each of which may come late.

The threads here do nothing but judge; pages are made by others. Of what waits, submits come before
runs, and those of each person after those of who has been served less lately.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, TypeVar

from grader.errors import GraderError, describe_failure
from grader.site.writer import BookError

Message = Mapping[str, Any]  # a line of the stream, before it is JSON
Say = Callable[[Message], None]
Job = Callable[[Say], None]
T = TypeVar("T")

_LOG = logging.getLogger(__name__)
_TOLD_S = 1.0  # a wait that is longer is told
STOPPING = (
    "the server is stopping; what you sent is kept, and it is judged when the server starts again"
)


class Priority(IntEnum):
    """What is judged first."""

    SUBMIT = 0
    RUN = 1
    OUTDATED = 2  # a run whose person has sent a newer one
    AGAIN = 3  # nobody waits for it


@dataclass(eq=False)
class Trial:
    """Something that is judged, and what has been said about it so far.

    Attributes:
        key: identifies it; an attempt's id
        topic: person, problem and kind; a newer run outdates those of the same topic
        messages: what was said, oldest first; the last one ends it
    """

    key: str
    person: str
    topic: tuple[str, ...]
    priority: Priority
    job: Job
    messages: list[Message] = field(default_factory=list)
    is_done: bool = False
    number: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)


class Lanes:
    """What waits to be judged, and the threads that judge it.

    To be used within the loop that serves, but for `stop`.

    Args:
        threads: how many there are
        warm: prepares a problem
    """

    def __init__(self, threads: int, warm: Callable[[str], None]) -> None:
        self._prepare = warm
        self._loop = asyncio.get_running_loop()
        self._waiting: list[Trial] = []
        self._trials: dict[str, Trial] = {}
        self._served: dict[str, float] = {}
        self._condition = threading.Condition()
        self._is_stopping = False
        self._count = 0
        self._mean_s = 0.1
        self._threads = [
            threading.Thread(target=self._work, name=f"judge-{number}", daemon=True)
            for number in range(threads)
        ]
        for each in self._threads:
            each.start()
        self._to_warm: list[str] = []
        self._warmer = threading.Thread(target=self._warm, name="warmer", daemon=True)
        self._warmer.start()

    @property
    def is_stopping(self) -> bool:
        return self._is_stopping

    # What is judged ------------------------------------------------------------------------------

    def find(self, key: str) -> Trial | None:
        """Return what is waiting or being judged under a key."""
        return self._trials.get(key)

    def add(
        self,
        key: str,
        person: str,
        topic: tuple[str, ...],
        priority: Priority,
        job: Job,
        first: Iterable[Message] = (),
        wait_s: float = 0.0,
    ) -> Trial:
        """Let something be judged; return the trial that is under way, if there is one.

        Args:
            job: does it, in another thread, and says how it goes
            first: what is said before
            wait_s: how long it has to wait before it is its turn
        """
        found = self._trials.get(key)
        if found is not None:
            return found
        trial = Trial(key, person, topic, priority, job, list(first))
        self._trials[key] = trial
        if wait_s:
            self._loop.call_later(wait_s, self._queue, trial)
        else:
            self._queue(trial)
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

    def pause(self, seconds: float) -> None:
        """Wait in a thread, but not longer than this server runs."""
        with self._condition:
            self._condition.wait_for(lambda: self._is_stopping, seconds)

    def _queue(self, trial: Trial) -> None:
        with self._condition:
            self._count += 1
            trial.number = self._count
            for each in self._waiting:
                if each.topic == trial.topic and each.priority is Priority.RUN:
                    each.priority = Priority.OUTDATED
            place = sum(each.priority <= trial.priority for each in self._waiting)
            self._waiting.append(trial)
            self._condition.notify_all()
        wait_s = place * self._mean_s / max(1, len(self._threads))
        if wait_s > _TOLD_S:
            self._say(trial, {"type": "waiting", "place": place + 1, "seconds": round(wait_s)})

    async def follow(self, trial: Trial) -> AsyncIterator[Message]:
        """Yield what is said about a trial, from the beginning to its end."""
        said = 0
        while True:
            while said < len(trial.messages):
                yield trial.messages[said]
                said += 1
            if trial.is_done:
                return
            trial.changed = asyncio.Event() if trial.changed.is_set() else trial.changed
            await trial.changed.wait()

    def _say(self, trial: Trial, message: Message) -> None:
        if trial.is_done:
            return
        trial.messages.append(message)
        if message["type"] in ("done", "failed"):
            trial.is_done = True
            self._trials.pop(trial.key, None)
        trial.changed.set()

    def _say_from_thread(self, trial: Trial, message: Message) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._say, trial, message)

    # The threads ---------------------------------------------------------------------------------

    def _work(self) -> None:
        while (trial := self._next()) is not None:
            since = time.monotonic()

            def say(message: Message, trial: Trial = trial) -> None:
                if not self._is_stopping:  # a sandbox that was closed says nothing about code
                    self._say_from_thread(trial, message)

            try:
                trial.job(say)
            except (BookError, GraderError) as error:
                say({"type": "failed", "message": _reason(error)})
            except Exception as error:
                _LOG.error("an attempt cannot be judged: %s", describe_failure(error))
                say({"type": "failed", "message": _reason(error)})
            say({"type": "failed", "message": _NOTHING})  # unless the job has said its last word
            self._mean_s += 0.1 * (time.monotonic() - since - self._mean_s)

    def _next(self) -> Trial | None:
        """Wait for the next trial; None if there will be none."""
        with self._condition:
            while not self._waiting and not self._is_stopping:
                self._condition.wait()
            if self._is_stopping:
                return None
            trial = min(self._waiting, key=self._turn)
            self._waiting.remove(trial)
            self._served[trial.person] = time.monotonic()
            return trial

    def _turn(self, trial: Trial) -> tuple[Priority, float, int]:
        return trial.priority, self._served.get(trial.person, 0.0), trial.number

    # Warm keys -----------------------------------------------------------------------------------

    def warm(self, names: Iterable[str], is_next: bool = False) -> None:
        """Prepare problems in the background, at half speed, so that judging comes first.

        Args:
            is_next: whether these come before others
        """
        with self._condition:
            new = [name for name in names if is_next or name not in self._to_warm]
            kept = [name for name in self._to_warm if name not in new]
            self._to_warm = new + kept if is_next else kept + new
            self._condition.notify_all()

    def _warm(self) -> None:
        done: set[str] = set()
        while True:
            with self._condition:
                while not self._to_warm and not self._is_stopping:
                    self._condition.wait()
                if self._is_stopping:
                    return
                name = self._to_warm.pop(0)
            if name in done:
                continue
            done.add(name)
            since = time.monotonic()
            try:
                self._prepare(name)
            except GraderError as error:
                if not self._is_stopping:
                    _LOG.warning("%s cannot be prepared: %s", name, _reason(error))
            self.pause(time.monotonic() - since)

    # The end -------------------------------------------------------------------------------------

    def stop(self) -> None:
        """End all trials, whose readers are told, and all threads. May be called from anywhere."""
        with self._condition:
            if self._is_stopping:
                return
            self._is_stopping = True
            self._condition.notify_all()
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._end_trials)

    def _end_trials(self) -> None:
        for trial in list(self._trials.values()):
            self._say(trial, {"type": "failed", "message": STOPPING, "stopping": True})

    def join(self) -> None:
        """Wait a moment for the threads, which end when the sandboxes do."""
        for each in (*self._threads, self._warmer):
            each.join(timeout=1.0)


_NOTHING = "an internal error in the grader, not in your code: nothing was judged; send it again"


def _reason(error: Exception) -> str:
    """Return what is shown to a student, who must not see what a message may quote."""
    match error:
        case BookError():
            return str(error)
        case GraderError():
            return "the problem's files have errors; tell the person who gave you the problem"
        case _:
            return _NOTHING
