"""Event loops of asyncio that wait without sockets, which the strict sandbox does not permit.

In both tiers, these loops run coroutines, wait and use threads, but have no connections, signals or
processes.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Coroutine
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

_MAX_WAIT_S = 0.01  # until the loop looks for what other threads have finished


def offer_loops_without_sockets() -> None:
    """Let asyncio make such loops, as soon as any code of this process has imported it."""
    if "asyncio" in sys.modules:
        use_loops_without_sockets()
    elif not any(isinstance(each, _Finder) for each in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Finder:
    """Finds asyncio, and changes it when it has been loaded."""

    def find_spec(
        self, fullname: str, path: object = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != "asyncio":
            return None
        spec = PathFinder.find_spec(fullname)
        loader: Any = spec.loader if spec is not None else None
        if loader is None:
            return None

        def load(module: ModuleType) -> None:
            del loader.exec_module  # the attribute of this object, which is this function
            loader.exec_module(module)
            if self in sys.meta_path:
                sys.meta_path.remove(self)
            use_loops_without_sockets()

        loader.exec_module = load
        return spec


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
