"""Host side of the sandbox: run the calls of a program in child processes, and return their runs.

A call that fails does not affect the others: if it times out or crashes, the child is ended and the
remaining calls are made in a new one (see `session`). A program whose calls have wasted much time
gets shorter limits for the rest (see `patience`).
"""

from __future__ import annotations

import math
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from copy import copy
from functools import partial
from typing import TYPE_CHECKING

from grader.errors import OutOfResources, SandboxError, TooManyProcesses, UsageError
from grader.model.entry_point import Program, Script
from grader.model.judgement import Protection, Run
from grader.model.problem import Limits
from grader.sandbox.budget import Budget
from grader.sandbox.imports import ImportPlan
from grader.sandbox.limits import ProcessLimits, are_supported, available_cores
from grader.sandbox.patience import LOADING, Patience
from grader.sandbox.process import Process, Retry
from grader.sandbox.servers import Servers
from grader.sandbox.session import Give, Session
from grader.values.decode import Allowance

if TYPE_CHECKING:
    from grader.sandbox.fork_server import ForkServer

# The layers of each tier, named here because `confine` can be imported on Linux only.
BASIC = ("session", "death-with-parent", "no-capabilities", "rlimits")
STRICT = (*BASIC, "landlock", "seccomp")
SPAWNED = ("session", "rlimits")

_KILLED_PAUSES_S = (0.5, 1.5)  # before a call is made again because the system killed the child
# How often a server may fail during the same case; the key says whether the program runs in the
# strict tier. In that tier, the program cannot have ended its server, so something else did, such
# as a person. In the basic tier, the program may do so each time.
_MAX_FAILURES = {True: 5, False: 1}
_CPU_STEP_S = 60  # the CPU limit of a child is a multiple of this
_MIN_SHARE = 16  # trusted programs that justify another child


class Sandbox:
    """Runs programs in child processes.

    Args:
        server: the fork server to use and to close; without one, every child is spawned
        tier: "strict", "basic", or "best" for the best that this machine supports
    """

    def __init__(self, server: ForkServer | None, tier: str = "best") -> None:
        self._servers = Servers(server)
        self._tier = tier
        self._budget: Budget | None = None
        self._hidden: tuple[str, ...] = ()
        self._retry = Retry()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End the fork server and its children; a `run` in another thread fails with SandboxError.

        Can be repeated. Without a fork server, this ends nothing.
        """
        self._servers.close()

    @property
    def _server(self) -> ForkServer | None:
        return self._servers.current

    @property
    def protection(self) -> Protection:
        """The tier that programs are run in, and its layers.

        Raises:
            UsageError: if this machine does not support the requested tier
        """
        missing = self.missing()
        if self._tier == "strict" and missing:
            raise UsageError(
                f"the strict sandbox is not available: this machine lacks {missing}. Use --sandbox"
                " basic if you trust the submissions, or run the grader on Linux, in a container or"
                " a virtual machine"
            )
        if self._tier != "basic" and not missing:
            return Protection("strict", STRICT)
        if self._server is not None:
            return Protection("basic", BASIC)
        return Protection("basic", SPAWNED if are_supported() else ())

    def hide(self, paths: Sequence[str]) -> None:
        """Make folders unreadable for programs that run from now on in the strict tier.

        Programs cannot read most folders anyway. But a bank, for instance, may be installed like a
        package, and packages are readable.
        """
        self._hidden = tuple(dict.fromkeys([*self._hidden, *map(os.path.abspath, paths)]))

    def settle(self) -> float:
        """Keep submissions from passing on information by access times; see `access_times`.

        Returns:
            the time until which this is ensured, in seconds since the epoch

        Raises:
            SandboxError: if the fork server fails
        """
        if self._server is None or self.protection.tier != "strict":
            return math.inf  # programs can write to files anyway

        def settle() -> float:
            server = self._server
            assert server is not None
            return server.settle()

        return self._servers.run(settle, lambda: 0, 1)

    def missing(self) -> str:
        """Return what this machine lacks for the strict tier; "" if nothing."""
        server = self._server
        if server is None:
            return "a safe fork, which exists on Linux only"
        try:
            return server.missing()
        except OutOfResources:
            raise
        except SandboxError:  # it could not start
            return self._servers.replace(server).missing()

    def with_another_hash_seed(self) -> Sandbox:
        """Return a new sandbox of the same tier, with another seed for the hashes of strings.

        Without a fork server, the seed is the same.
        """
        server = self._server
        another = server.another(server.hash_seed + 1) if server is not None else None
        sandbox = Sandbox(another, self._tier)
        sandbox.hide(self._hidden)
        sandbox._budget = self._budget
        return sandbox

    def within(self, budget: Budget) -> Sandbox:
        """Return a copy whose programs get a budget in addition to the limits of calls.

        It shares the fork server of this one, so do not close it. Its `run` raises `NeedsMoreTime`
        if the budget is used up.
        """
        sandbox = copy(self)
        sandbox._budget = budget
        return sandbox

    def versions(self) -> dict[str, str]:
        """Return the versions of python and numpy in children."""
        if self._server is not None:
            return self._server.versions()
        from importlib.metadata import version

        return {"python": sys.version.split()[0], "numpy": version("numpy")}

    def run(
        self,
        program: Program,
        scripts: Sequence[Script],
        limits: Limits,
        watch: Callable[[Sequence[Run]], None] | None = None,
        get_short_limits: Callable[[], Limits] | None = None,
        note: Callable[[tuple[str, ...]], None] | None = None,
        max_objects: int | None = None,
        give: Give | None = None,
    ) -> list[Run]:
        """Return the run of each script, in order.

        If the fork server fails, it is replaced, and the scripts that are left are run.

        Args:
            note: called before the first call with what the student should know about the import
            watch: called after each script with the runs so far
            get_short_limits: returns the shorter limits that apply once `patience` calls have timed
                out; by default `short_limits`
            max_objects: the most objects that all answers of an untrusted program may consist of
                together; see `values.decode.Allowance`
            give: answers the questions of the functions that `program` is given

        Raises:
            UsageError: if this machine does not support the tier, or a module that the program
                needs in advance (`Program.preload`) cannot be loaded
            SandboxError: if the sandbox fails again and again, or resources run out; in the strict
                tier, never because of what the program does
            NeedsMoreTime: if the program exceeds the budget of this sandbox
        """
        runs: list[Run] = []
        patience = Patience(limits, get_short_limits)
        plan = ImportPlan(program)
        pauses = list(_KILLED_PAUSES_S)
        answers = Allowance(max_objects) if max_objects is not None else None
        strict = self.protection.tier == "strict"

        def run_rest() -> None:
            while len(runs) < len(scripts):
                now = patience.call_limits()
                child = self._child(program, scripts, limits, strict)
                loading = plan.limits(patience.loading_limits())
                session = Session(child, now, loading, strict, answers, give, self._budget)
                try:
                    failed = session.load(plan)
                    patience.note_import(*session.loading_s)
                    if session.ended_by and plan.may_retry(session.part, session.ended_by):
                        continue
                    if note is not None and not runs:
                        note(plan.notes)
                    for run in session.run(scripts[len(runs) :], failed):
                        runs.append(patience.note_call(run))
                        if watch is not None:
                            watch(runs)
                except TooManyProcesses:  # the child was killed, or denied memory
                    if not pauses:
                        raise
                    time.sleep(pauses.pop(0))
                finally:
                    session.close()

        self._servers.run(run_rest, lambda: len(runs), _MAX_FAILURES[strict])
        return runs

    def run_trusted(
        self, programs: Sequence[Program], scripts: Sequence[Script], limits: Limits
    ) -> list[list[Run]]:
        """Return the runs of all scripts in each of several trusted programs that share a child.

        Many times faster than `run`: the child receives all calls at once, and loads one program
        after another. The programs must not interfere with each other. A program that ends the
        child is run again alone; only then are time and memory of its runs measured. If there are
        many programs, they are divided among one child per core.

        Raises:
            SandboxError: if the sandbox fails again and again
        """
        parts = max(1, min(available_cores(), len(programs) // _MIN_SHARE))
        size = math.ceil(len(programs) / parts)
        shares = [
            _Share(self._run_in_turn, programs[start : start + size], scripts, limits)
            for start in range(0, len(programs), size or 1)
        ]
        for share in shares[1:]:
            with suppress(RuntimeError):  # no thread is left: it runs in this one
                share.start()
        return [runs for share in shares for runs in share.table()]

    def _run_in_turn(
        self, programs: Sequence[Program], scripts: Sequence[Script], limits: Limits
    ) -> list[list[Run]]:
        """Return the runs of trusted programs, made by one child as long as none ends it."""
        table: list[list[Run]] = []
        strict = self.protection.tier == "strict"

        def run_rest() -> None:
            while len(table) < len(programs):
                child = self._child(programs[len(table)], scripts, limits, strict)
                session = Session(child, limits, Patience(limits, None).loading_limits())
                runs: list[Run] = []
                try:
                    for runs in session.run_together(programs[len(table) :], scripts):
                        if runs or not scripts:
                            table.append(runs)
                finally:
                    session.close()
                if not runs and scripts:
                    table.append(self.run(programs[len(table)], scripts, limits))

        self._servers.run(run_rest, lambda: len(table), _MAX_FAILURES[strict])
        return table

    def _child(
        self, program: Program, scripts: Sequence[Script], limits: Limits, strict: bool
    ) -> Process:
        cpu_s = LOADING.cpu_s + limits.cpu_s * sum(map(len, scripts))
        # Rounded up in large steps: a spare child forked for fifteen calls then suits a single
        # call, too.
        process_limits = ProcessLimits(
            limits.memory_mib, _CPU_STEP_S * math.ceil(cpu_s / _CPU_STEP_S)
        )
        return self._retry.call(partial(self._start, program, process_limits, strict))

    def _start(self, program: Program, limits: ProcessLimits, strict: bool) -> Process:
        # Read once: another thread may replace a failed server at any time, and the new one would
        # have loaded and hidden nothing.
        server = self._server
        if server is not None:
            server.load(program.preload)
            server.hide(self._hidden)
            return server.fork(limits, strict)
        from grader.sandbox.spawned import Spawned

        return Spawned(limits, program.preload)


class _Share(threading.Thread):
    """A share of many programs, run in a thread of its own if it is started."""

    def __init__(
        self,
        run: Callable[[Sequence[Program], Sequence[Script], Limits], list[list[Run]]],
        programs: Sequence[Program],
        scripts: Sequence[Script],
        limits: Limits,
    ) -> None:
        super().__init__(daemon=True)
        self._work = partial(run, programs, scripts, limits)
        self._table: list[list[Run]] = []
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            self._table = self._work()
        except BaseException as error:
            self._error = error

    def table(self) -> list[list[Run]]:
        """Wait for the runs, or make them if the thread has not been started; return them.

        Raises:
            SandboxError: as `Sandbox.run_trusted`
        """
        if self.ident is None:
            self.run()
        else:
            self.join()
        if self._error is not None:
            raise self._error
        return self._table
