"""Fork servers that are killed, at any time: what was running is run again, and nothing else."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy
import pytest

from grader.errors import SandboxError
from grader.model.entry_point import Call, Program
from grader.model.judgement import Run
from grader.model.problem import Limits
from grader.sandbox import servers as servers_module
from grader.sandbox.fork_server import ForkServer
from grader.sandbox.forked import Forked
from grader.sandbox.host import Sandbox
from grader.sandbox.limits import ProcessLimits
from grader.sandbox.process import ServerEnded
from tests._support.bank import PATIENCE_S
from tests._support.waiting import until

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no fork")

LIMITS = Limits(wall_s=PATIENCE_S, cpu_s=PATIENCE_S)
IDENTITY = Program(b"def f(x): return x", ("f",))
CALLS = [(Call([number], {}),) for number in range(4)]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(ForkServer()) as sandbox:
        yield sandbox


def kill(sandbox: Sandbox) -> None:
    """Kill the server, and wait for its end."""
    server = sandbox._server
    assert server is not None
    pid = server._process.pid
    os.kill(pid, signal.SIGKILL)
    until(lambda: Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z")


def test_cases_that_were_run_are_not_run_again(sandbox: Sandbox) -> None:
    """Though the server is killed after each."""
    seen: list[int] = []

    def watch(runs: Sequence[Run]) -> None:
        seen.append(len(runs))
        kill(sandbox)

    runs = sandbox.run(IDENTITY, CALLS, LIMITS, watch)
    assert [run.value for run in runs] == [0, 1, 2, 3] and seen == [1, 2, 3, 4]


def test_trusted_programs_are_run_again(sandbox: Sandbox) -> None:
    assert sandbox.run_trusted([IDENTITY], CALLS[:1], LIMITS)[0][0].value == 0
    kill(sandbox)
    table = sandbox.run_trusted([IDENTITY, IDENTITY], CALLS, LIMITS)
    assert [[run.value for run in runs] for runs in table] == [[0, 1, 2, 3]] * 2


def test_servers_that_are_killed_while_they_start_are_started_again(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.run(IDENTITY, CALLS, LIMITS)
    monkeypatch.setattr(servers_module, "_PAUSES_S", (0.0, 0.0, 0.0))
    started: list[int] = []

    def start(self: ForkServer, *words: object, **options: object) -> None:
        original(self, *words, **options)  # type: ignore[arg-type]
        started.append(self._process.pid)
        if len(started) <= 3:
            os.kill(self._process.pid, signal.SIGKILL)

    original = ForkServer.__init__
    monkeypatch.setattr(ForkServer, "__init__", start)
    kill(sandbox)
    assert [run.value for run in sandbox.run(IDENTITY, CALLS, LIMITS)] == [0, 1, 2, 3]
    assert len(started) == 4


def test_a_sandbox_that_is_closed_is_not_started_again(sandbox: Sandbox) -> None:
    sandbox.run(IDENTITY, CALLS, LIMITS)
    failed: list[Exception] = []

    def work() -> None:
        try:
            sandbox.run(Program(b"def f(x):\n    while True: pass", ("f",)), CALLS, LIMITS)
        except SandboxError as error:
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    sandbox.close()
    thread.join(PATIENCE_S)
    assert failed


@pytest.mark.parametrize("tier, times", [("strict", 5), ("basic", 1)])
def test_a_strict_program_is_not_to_blame_for_its_server(
    tier: str, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that may have ended it gets another chance, and no more."""
    fork, left = ForkServer.fork, 0

    def failing(self: ForkServer, limits: ProcessLimits, strict: bool) -> Forked:
        nonlocal left
        left -= 1
        if left >= 0:
            raise ServerEnded("the fork server has ended")
        return fork(self, limits, strict)

    monkeypatch.setattr(ForkServer, "fork", failing)
    with Sandbox(ForkServer(), tier) as sandbox:
        if tier == "strict" and sandbox.missing():
            pytest.skip("this machine has no strict sandbox")
        left = times
        assert [run.value for run in sandbox.run(IDENTITY, CALLS, LIMITS)] == [0, 1, 2, 3]
        left = times + 1
        with pytest.raises(SandboxError):
            sandbox.run(IDENTITY, CALLS, LIMITS)


def test_a_server_that_is_replaced_while_a_child_is_started(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By another thread: no child comes from one that has not hidden and loaded the same."""
    folder = Path(numpy.__file__).parent / "f2py"
    source = f"""
import sys
def f():
    try:
        open({str(folder / "__init__.py")!r}).close()
    except OSError:
        return 'colorsys' in sys.modules, False
    return 'colorsys' in sys.modules, True
"""
    hide, replaced = ForkServer.hide, list[ForkServer]()

    def then_replace(self: ForkServer, paths: Sequence[str]) -> None:
        hide(self, paths)
        if not replaced:
            replaced.append(sandbox._servers.replace(self))

    monkeypatch.setattr(ForkServer, "hide", then_replace)
    sandbox.hide([str(folder)])
    program = Program(source.encode(), ("f",), preload=("colorsys",))
    (run,) = sandbox.run(program, [(Call([], {}),)], LIMITS)
    assert run.value == (True, sandbox.protection.tier != "strict")
    assert sandbox._server is replaced[0]
