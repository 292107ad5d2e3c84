"""Where the jobs of a batch are done: in threads of this process, or on a Dask cluster.

Threads are enough on one machine: the work is in child processes. A cluster's workers need the same
version of this package and of the submissions' libraries; each keeps its own sandbox.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any, NamedTuple

from grader import DISTRIBUTION
from grader.course.batch import close_sandboxes
from grader.errors import UsageError


class Workers(NamedTuple):
    """An executor, and how many jobs it can do at once."""

    executor: Executor
    at_once: int


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _own_cores(count: int) -> Iterator[int]:
    """A core for each thread; none if there are not as many."""
    if not hasattr(os, "sched_getaffinity") or count != cores():
        return iter(())
    return iter(sorted(os.sched_getaffinity(0)))


def _keep_to(own_cores: Iterator[int]) -> None:
    """Have this thread, and all processes it starts, run on the next of the cores alone."""
    with suppress(StopIteration, OSError):  # a container may forbid it
        os.sched_setaffinity(0, {next(own_cores)})


@contextmanager
def threads(count: int | None = None) -> Iterator[Workers]:
    """So many threads; as many as there are cores, if it is not said.

    If there is one for each core, each keeps to its own, with its sandbox: they do not lose time
    by waking one another across cores, and a submission that starts threads takes no more than
    its share.
    """
    count = count or cores()
    executor = ThreadPoolExecutor(count, initializer=_keep_to, initargs=(_own_cores(count),))
    try:
        yield Workers(executor, count)
    finally:
        executor.shutdown(cancel_futures=True)
        close_sandboxes()


@contextmanager
def dask(address: str | None = None, count: int | None = None) -> Iterator[Workers]:
    """The workers of a cluster; of one on this machine, if no scheduler is named.

    Args:
        address: of the scheduler: tcp://host:8786
        count: how many workers to start on this machine

    Raises:
        UsageError: if Dask is not installed, or the scheduler does not answer
    """
    try:
        distributed: Any = import_module("distributed")
    except ImportError:
        message = f"Dask is not installed: pip install '{DISTRIBUTION}[dask]'"
        raise UsageError(message) from None
    try:
        cluster = None
        if address is None:
            cluster = distributed.LocalCluster(n_workers=count or cores(), threads_per_worker=1)
        client = distributed.Client(address or cluster)
    except (OSError, ValueError) as error:
        raise UsageError(f"the scheduler {address} does not answer: {error}") from None
    try:
        yield Workers(client.get_executor(pure=False), max(sum(client.ncores().values()), 1))
    finally:
        client.close()
        if cluster is not None:
            cluster.close()
