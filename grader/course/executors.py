"""Where the jobs of a batch run: in threads of this process, or on a Dask cluster.

Threads suffice on one machine, because the work is done in child processes. The workers of a
cluster need the same version of this package and of the libraries that submissions use; each has
its own sandbox.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from importlib import import_module
from threading import Event, Thread
from typing import Any

from grader import DISTRIBUTION
from grader.course.batch import MAX_TRIES, WorkersEnded
from grader.course.worker import close_sandboxes
from grader.errors import SandboxError, TooManyProcesses, UsageError
from grader.sandbox.limits import available_cores
from grader.values.dataclasses import dataclass

# Run by each worker that is started here. Ctrl-C at a terminal goes to them too, and would end them
# with a traceback while the batch waits for what they have begun.
_IGNORE_INTERRUPTS = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"


# Workers print a traceback about their own connections when the cluster is closed just as they
# report to the scheduler. What goes wrong with a job is its result.
_ABOVE_ANY_LEVEL = 60  # the highest of `logging` is 50

# Dask keeps messages for its developers, by default a thousand at every end of every connection,
# and each message of a batch contains a whole problem.
_SETTINGS = {
    "distributed.scheduler.allowed-failures": MAX_TRIES - 1,
    "distributed.admin.low-level-log-length": 10,
    # Pages that any user of this machine could read.
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
}

_SAFE_PATH = "PYTHONSAFEPATH"
_RESTART_S = 60.0  # until a worker runs again that was ended
_ENDED = ("failed", "closed")  # states of a worker that will not work again
_MISSED_EVERY_S = 1.0  # how often workers are looked for that do not start again
_COUNTED_EVERY_S = 0.5  # it takes a question to the scheduler


@dataclass(frozen=True)
class Workers:
    """An executor, and the number of jobs it can run at once, now."""

    executor: Executor
    count: Callable[[], int]

    @property
    def at_once(self) -> int:
        """The number of jobs that can run at once, now."""
        return self.count()

    def in_flight(self) -> int:
        """Return how many jobs keep all workers busy."""
        return 2 * self.count()


@contextmanager
def thread_workers(count: int | None = None) -> Iterator[Workers]:
    """Provide worker threads, by default one for each core.

    If there is one for each core, each stays on its core, together with its sandbox. They then lose
    no time by waking each other across cores, and a submission that starts threads takes no more
    than its share.
    """
    executor, count = _start_threads(count or available_cores())
    try:
        yield Workers(executor, partial(int, count))
    except BaseException:
        close_sandboxes()  # ends the jobs that still run: the batch waits for none of them
        raise
    finally:
        executor.shutdown(cancel_futures=True)
        close_sandboxes()


def _start_threads(count: int) -> tuple[ThreadPoolExecutor, int]:
    """Return an executor with running threads, and their number: as many as the system allows.

    Raises:
        TooManyProcesses: if it allows none
    """
    while True:
        executor = ThreadPoolExecutor(count, initializer=_pin, initargs=(_cores_to_pin(count),))
        may_end, started = Event(), 0
        try:
            # A thread is started for each job, as none is idle.
            for started in range(1, count + 1):  # noqa: B007
                executor.submit(may_end.wait)
            return executor, count
        except RuntimeError:  # the last one was not started
            started -= 1
        finally:
            may_end.set()
        executor.shutdown()
        if not started:
            raise TooManyProcesses("the grader cannot start a thread")
        count = started


def _cores_to_pin(count: int) -> Iterator[int]:
    """Return a core for each thread; none if there are more or fewer threads than cores."""
    if not hasattr(os, "sched_getaffinity") or count != available_cores():
        return iter(())
    return iter(sorted(os.sched_getaffinity(0)))


def _pin(cores: Iterator[int]) -> None:
    """Run this thread, and every process it starts, on the next of the cores."""
    with suppress(StopIteration, OSError):  # a container may forbid it
        os.sched_setaffinity(0, {next(cores)})


class _WithoutCancelling(Executor):
    """The executor of a Dask client, but its jobs cannot be cancelled.

    If a future is cancelled just when its job finishes, distributed prints a traceback, and
    waiting for that future never ends.
    """

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def submit(self, job: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()  # one that runs is not cancelled
        inner = self._executor.submit(job, *args, **kwargs)
        inner.add_done_callback(partial(_pass_on, future))
        return future


def _pass_on(future: Future[Any], done: Future[Any]) -> None:
    """Let a future end as another one did."""
    if done.cancelled():
        future.set_exception(SandboxError("the Dask cluster has given up a job"))
    elif (error := done.exception()) and type(error).__name__ == "KilledWorker":
        future.set_exception(WorkersEnded("the workers that were judging it have ended"))
    elif error:
        future.set_exception(error)
    else:
        future.set_result(done.result())


@contextmanager
def dask_workers(address: str | None = None, count: int | None = None) -> Iterator[Workers]:
    """Provide the workers of a Dask cluster.

    A cluster that is started here takes commands from this process alone: other users of the
    machine have no certificate for it.

    Args:
        address: of the scheduler, such as tcp://host:8786; without it a cluster is started here
        count: number of workers to start here

    Raises:
        UsageError: if Dask is not installed, or the scheduler does not answer
    """
    try:
        distributed: Any = import_module("distributed")
        config: Any = import_module("dask.config")
        import_module("cryptography")
    except ImportError:
        message = f"Dask is not installed; run: pip install '{DISTRIBUTION}[dask]'"
        raise UsageError(message) from None
    with ExitStack() as stack:
        stack.enter_context(config.set(_SETTINGS))
        cluster = None
        try:
            if address is None:
                stack.enter_context(_safe_path())
                cluster = distributed.LocalCluster(
                    n_workers=count or available_cores(),
                    threads_per_worker=1,
                    scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
                    security=True,
                    preload=[_IGNORE_INTERRUPTS],
                    silence_logs=_ABOVE_ANY_LEVEL,
                )
                stack.enter_context(cluster)
                stack.enter_context(_kept_up(cluster))
            client = stack.enter_context(distributed.Client(address or cluster))
        except (OSError, ValueError) as error:
            raise UsageError(f"the scheduler {address} does not answer: {error}") from None
        executor = _WithoutCancelling(client.get_executor(pure=False))
        yield Workers(executor, _CountedCores(client).count)
        if cluster is not None:
            # Closing it while a worker that was ended is started again may take for ever.
            with suppress(TimeoutError):
                client.wait_for_workers(len(cluster.worker_spec), timeout=_RESTART_S)


@contextmanager
def _safe_path() -> Iterator[None]:
    """Let the Python processes that are started meanwhile import nothing from the working folder.

    A submission there may have the name of a module, such as pickle.py.
    """
    before = os.environ.get(_SAFE_PATH)
    os.environ[_SAFE_PATH] = "1"
    try:
        yield
    finally:
        del os.environ[_SAFE_PATH]
        if before is not None:
            os.environ[_SAFE_PATH] = before


@contextmanager
def _kept_up(cluster: Any) -> Iterator[None]:
    """Have a cluster replace the workers that it gives up, and those that it could not start again.

    It starts a worker again that was ended; but if that takes long, as on a busy machine, the
    cluster removes the worker, and if it fails, it keeps one that never works. Without any left its
    jobs would wait for ever.
    """
    count, may_end = len(cluster.workers), Event()

    def replace() -> None:
        for name, worker in list(cluster.workers.items()):
            if worker.status.name in _ENDED:
                del cluster.workers[name]
        if len(cluster.workers) < count:
            cluster.scale(count)

    def keep_up() -> None:
        while not may_end.wait(_MISSED_EVERY_S):
            cluster.loop.add_callback(replace)

    thread = Thread(target=keep_up, name="workers of the cluster", daemon=True)
    thread.start()
    try:
        yield
    finally:
        may_end.set()
        thread.join()


class _CountedCores:
    """The cores of a cluster, whose workers come when the cluster has room for them."""

    def __init__(self, client: Any, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._cores = 1
        self._until = 0.0

    def count(self) -> int:
        """Return the number of cores, at least 1, as it was at most a moment ago."""
        now = self._clock()
        if now >= self._until:
            self._cores = max(sum(self._client.ncores().values()), 1)
            self._until = now + _COUNTED_EVERY_S
        return self._cores
