"""Work that nobody waits for, done at half speed, so that judging comes first."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping

from grader.errors import GraderError, describe_failure

_LOG = logging.getLogger(__name__)


class Background:
    """A thread that does one thing after another, each once.

    Args:
        prepare: prepares a problem
    """

    def __init__(self, prepare: Callable[[str], None]) -> None:
        self._prepare = prepare
        self._jobs: dict[str, Callable[[], None]] = {}  # by a name, next one first
        self._done: set[str] = set()
        self._is_stopping = False
        self._condition = threading.Condition()
        self._thread = threading.Thread(target=self._work, name="background", daemon=True)
        self._thread.start()

    def warm(self, names: Iterable[str], is_next: bool = False) -> None:
        """Prepare problems.

        Args:
            is_next: whether these come before everything else
        """

        def job(name: str) -> Callable[[], None]:
            return lambda: self._prepare(name)

        self.add({f"prepare {name}": job(name) for name in names}, is_next)

    def add(self, jobs: Mapping[str, Callable[[], None]], is_next: bool = False) -> None:
        """Do jobs that have not been done under the same name."""
        with self._condition:
            new = {name: job for name, job in jobs.items() if name not in self._done}
            self._jobs = new | self._jobs if is_next else self._jobs | new
            self._condition.notify_all()

    def stop(self) -> None:
        """End after the present job."""
        with self._condition:
            self._is_stopping = True
            self._condition.notify_all()

    def join(self, timeout_s: float) -> None:
        """Wait for the end."""
        self._thread.join(timeout_s)

    def _work(self) -> None:
        while True:
            with self._condition:
                self._condition.wait_for(lambda: self._jobs or self._is_stopping)
                if self._is_stopping:
                    return
                name = next(iter(self._jobs))
                job = self._jobs.pop(name)
                self._done.add(name)
            since = time.monotonic()
            self._do(name, job)
            with self._condition:
                self._condition.wait_for(lambda: self._is_stopping, time.monotonic() - since)

    def _do(self, name: str, job: Callable[[], None]) -> None:
        try:
            job()
        except GraderError:  # its text may quote solutions
            if not self._is_stopping:
                _LOG.warning("failed to %s; `grader verify` lists the errors in its files", name)
        except Exception as error:
            _LOG.warning("failed to %s: %s", name, describe_failure(error))
