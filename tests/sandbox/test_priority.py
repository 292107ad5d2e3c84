"""Programs of low priority leave the cores to others, and lose no time by it."""

from __future__ import annotations

import os
import sys

import pytest

from grader.model.entry_point import Call, Program
from grader.model.judgement import RunStatus
from grader.model.problem import Limits
from grader.sandbox import channel, priority
from grader.sandbox.channel import Channel, Ended
from grader.sandbox.fork_server import ForkServer
from grader.sandbox.host import Sandbox
from tests._support.bank import PATIENCE_S
from tests._support.quiet_child import QuietChild

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="there are no fork servers")
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
        expected = [min(here + 10, 19), True] if low else [here, False]
        assert _about(sandbox) == expected
        assert sandbox._server is not None
        sandbox._servers.replace(sandbox._server)
        assert _about(sandbox) == expected
        with sandbox.with_another_hash_seed() as other:
            assert _about(other) == expected


def test_a_server_of_low_priority_lowers_that_of_its_session() -> None:
    with Sandbox(ForkServer(low_priority=True), "basic") as sandbox:
        assert sandbox._server is not None and sandbox._server.missing() == ""
        try:
            with open(f"/proc/{sandbox._server._process.pid}/autogroup") as file:
                group = file.read()
        except OSError:
            pytest.skip("the kernel does not group processes by session")
    assert group.split()[-1] in ("10", "0")  # 0 where grouping is switched off


class Starved(QuietChild):
    """A child that waits for a core for a share of the time, which passes while the host waits."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.now = 100.0
        self._share = share

    def monotonic(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += max(seconds, 1e-4)

    def waited_s(self) -> float:
        return self._share * (self.now - 100.0)


@pytest.mark.parametrize("share, end_s", [(0.0, 1.0), (0.5, 2.0), (0.75, 4.0), (1.0, 5.0)])
def test_waiting_for_a_core_does_not_count(
    share: float, end_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At most four times the limit are granted in addition."""
    child = Starved(share)
    monkeypatch.setattr(channel, "time", child)
    with pytest.raises(Ended, match="no answer within 1 s") as ended:
        Channel(child, True, None).receive(Limits(wall_s=1.0), 1)
    assert ended.value.status is RunStatus.TIMED_OUT
    assert child.now - 100.0 == pytest.approx(end_s, abs=0.01)


def test_waiting_for_a_core_is_that_of_the_kernel() -> None:
    assert priority.waited_s(os.getpid()) >= 0.0
    assert priority.waited_s(2**22 + 1) == 0.0  # there is no such process
