"""Programs of low priority leave the cores to others, and lose no time by it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from grader.errors import NeedsMoreTime
from grader.model.entry_point import Call, Program
from grader.model.judgement import RunStatus
from grader.model.problem import Limits
from grader.sandbox import channel, frames, priority
from grader.sandbox.budget import Budget
from grader.sandbox.channel import Channel, Ended
from grader.sandbox.fork_server import ForkServer
from grader.sandbox.host import Sandbox
from grader.sandbox.session import Session
from grader.values.encode import encode
from tests._support.bank import PATIENCE_S
from tests._support.quiet_child import QuietChild

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="there are no fork servers")
GROUPING = Path("/proc/sys/kernel/sched_autogroup_enabled")
LIMITS = Limits(wall_s=PATIENCE_S, cpu_s=PATIENCE_S)
# Of a child: its niceness, and whether it is in the session of its server.
ABOUT = b"import os\ndef about():\n    return [os.nice(0), os.getsid(0) == os.getppid()]\n"


def _about(sandbox: Sandbox) -> object:
    (run,) = sandbox.run(Program(ABOUT, ("about",)), [(Call([], {}),)], LIMITS)
    assert run.status is RunStatus.RETURNED, run.error
    return run.value


@pytest.mark.parametrize("low", [False, True], ids=["ordinary", "low"])
def test_children_have_the_priority_of_their_server(low: bool) -> None:
    here = os.nice(0)
    with Sandbox(ForkServer(low_priority=low), "basic") as sandbox:
        expected = [min(here + priority._NICE, 19), True] if low else [here, False]
        assert _about(sandbox) == expected
        assert sandbox._server is not None
        sandbox._servers.replace(sandbox._server)
        assert _about(sandbox) == expected
        with sandbox.with_another_hash_seed() as other:
            assert _about(other) == expected


def test_a_server_of_low_priority_lowers_that_of_its_session() -> None:
    """Or it would count only within the session, where Linux groups processes by it."""
    if not GROUPING.exists() or GROUPING.read_text().strip() != "1":
        pytest.skip("the kernel does not group processes by session")
    with Sandbox(ForkServer(low_priority=True), "basic") as sandbox:
        assert sandbox._server is not None and sandbox._server.missing() == ""
        with open(f"/proc/{sandbox._server._process.pid}/autogroup") as file:
            assert file.read().split()[-1] == str(priority._NICE)


class Starved(QuietChild):
    """A child that waits for a core for a share of the time, which passes while the host waits.

    Args:
        replies_s: how long after each message it has replied to it
    """

    def __init__(self, share: float, replies_s: float = 1e9) -> None:
        super().__init__()
        self.now = 100.0
        self._share = share
        self._replies_s, self._replies_at = replies_s, 1e9
        self.reply = b""

    def monotonic(self) -> float:
        return self.now

    def send(self, data: bytes) -> None:
        self._replies_at = self.now + self._replies_s

    def wait(self, seconds: float) -> None:
        self.now += max(seconds, 1e-4)
        if self.now >= self._replies_at:
            self._replies_at = 1e9
            self.received += self.reply

    def waited_s(self) -> float:
        return self._share * (self.now - 100.0)


@pytest.mark.parametrize("is_strict", [False, True], ids=["basic", "strict"])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.75])
def test_waiting_for_a_core_does_not_count(
    share: float, is_strict: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = Starved(share)
    monkeypatch.setattr(channel, "time", child)
    with pytest.raises(Ended, match="no answer within 1 s") as ended:
        Channel(child, is_strict, None).receive(Limits(wall_s=1.0), 1)
    assert ended.value.status is RunStatus.TIMED_OUT
    grace_s = channel._SLICE_S if share else 0.0  # for a wait that is not counted yet
    assert child.now - 100.0 == pytest.approx((1.0 + grace_s) / (1 - share), abs=0.02)


def test_processes_of_a_program_do_not_extend_its_time_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    child = Starved(1.0)
    monkeypatch.setattr(channel, "time", child)
    with pytest.raises(Ended):
        Channel(child, False, None).receive(Limits(wall_s=1.0), 1)
    assert child.now - 100.0 == pytest.approx(5.0, abs=0.02)


def test_waiting_for_a_core_uses_up_no_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    child = Starved(0.9, replies_s=5.0)
    monkeypatch.setattr(channel, "time", child)
    child.reply = frames.frame(b"x" * frames.TOKEN, frames.RETURNED, b"")
    own = Channel(child, True, Budget(wall_s=1.0))
    for _ in range(2):  # 0.5 s each
        own.send(frames.CALL, b"")
        assert own.receive(Limits(wall_s=100.0), 100)
    own.send(frames.CALL, b"")
    with pytest.raises(NeedsMoreTime):
        own.receive(Limits(wall_s=100.0), 100)


def test_waiting_for_a_core_does_not_count_in_a_call_with_questions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Asking(Starved):
        token = b""

        def send(self, data: bytes) -> None:
            super().send(data)
            if self.reply:  # it has been asked
                self.reply = frames.frame(self.token, frames.RETURNED, encode(1))
            else:
                self.token = data[frames.HEADER + 1 :][: frames.TOKEN]
                self.reply = frames.frame(self.token, frames.ASK, encode(["f", [1], {}]))

    child = Asking(0.9, replies_s=2.0)
    monkeypatch.setattr(channel, "time", child)
    limits = Limits(wall_s=1.0)
    session = Session(child, limits, limits, is_strict=True, give=lambda question: [1])
    (run,) = session.run([(Call([], {}),)], None)
    assert (run.status, run.value) == (RunStatus.RETURNED, 1), run.error


def test_waiting_for_a_core_is_that_of_the_kernel() -> None:
    def read() -> float:
        return int(Path("/proc/self/schedstat").read_text().split()[1]) / 1e9

    if not priority.is_waiting_measured():
        pytest.skip("the kernel does not report it")
    before = read()
    found = priority.waited_s(os.getpid())
    assert before - 1e-9 <= found <= read() + 1e-9 and read() > 0.0
    assert priority.waited_s(2**22 + 1) == 0.0  # there is no such process
