"""Event loops of asyncio that wait without sockets, which the strict sandbox does not permit.

In both tiers, these loops run coroutines, wait and use threads, but have no connections, signals or
processes.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Coroutine
from typing import Any

_MAX_WAIT_S = 0.01  # until the loop looks for what other threads have finished


def use_loops_without_sockets() -> None:
    """Let `asyncio.run` and `asyncio.new_event_loop` make such loops."""
    import asyncio  # most programs do not need it

    class Waiting:
        def select(self, timeout: float | None) -> list[object]:
            time.sleep(_MAX_WAIT_S if timeout is None else min(timeout, _MAX_WAIT_S))
            return []

        def close(self) -> None:
            pass

    class Loop(asyncio.BaseEventLoop):
        _selector = Waiting()

        def _process_events(self, event_list: object) -> None:
            pass

        def _write_to_self(self) -> None:
            pass

    class Policy(asyncio.DefaultEventLoopPolicy):
        _loop_factory = Loop

    with warnings.catch_warnings():  # policies are deprecated in Python 3.14
        warnings.simplefilter("ignore")
        asyncio.set_event_loop_policy(Policy())


def run_coroutine(coroutine: Coroutine[Any, Any, object]) -> object:
    """Run a coroutine of a cell to its end, and return its value."""
    import asyncio

    use_loops_without_sockets()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    return loop.run_until_complete(coroutine)
