"""What is printed before a reply belongs to that call, however late its pipe is read."""

from __future__ import annotations

import fcntl
import os
import queue
import socket
import sys
import time

import pytest

from grader.model.judgement import RunStatus
from grader.model.problem import Limits
from grader.sandbox import frames
from grader.sandbox.channel import Channel, Ended
from grader.sandbox.forked import Forked
from grader.sandbox.process import Printed
from grader.sandbox.spawned import Event, Spawned

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="pipes as Linux has them")


def spawned(events: list[tuple[str, bytes]]) -> Spawned:
    """Return the host side of a child whose streams were read in a given order."""

    class Process(Spawned):
        def __init__(self) -> None:
            self.received, self.printed = bytearray(), Printed()
            self.is_open, self._held, self._streams, self.threads = True, None, 2, 0
            self._events: queue.Queue[Event] = queue.Queue()

        def _has_output(self) -> bool:
            return False

        def cpu_s(self) -> float:
            return 0.0

        def waited_s(self) -> float:
            return 0.0

        def look(self) -> None:
            """Count no threads."""

    process = Process()
    for name, data in events:
        stream = process.received if name == "reply" else process.printed
        process._events.put((stream, data))
    return process


@pytest.mark.parametrize("before", [0, 1, 14, 15, 16, 17, 40])
@pytest.mark.parametrize("late", [0, 1, 16, 18])
def test_output_that_is_read_after_the_reply(before: int, late: int) -> None:
    """The thread that reads the reply may be ahead by all that a queue and a pipe hold."""
    events = [("printed", b"x")] * before + [("reply", b"r")] + [("printed", b"y")] * late
    process = spawned(events)
    while not process.received:
        process.wait(0)
    assert process.printed.length == before + late


@pytest.mark.parametrize("chunks", [2, 20, 40])
def test_output_that_is_read_between_the_pieces_of_a_reply(chunks: int) -> None:
    process = spawned([("reply", b"r"), ("printed", b"x"), ("printed", b"y")] * chunks)
    while len(process.received) < chunks:
        process.wait(0)
    assert process.printed.length == 2 * chunks


def test_the_end_of_a_reply_is_not_forgotten_at_the_end() -> None:
    process = spawned([("reply", b"r"), ("reply", b""), ("printed", b"x"), ("printed", b"")])
    process.wait(0)
    assert process.is_open
    process.wait(0)
    assert not process.is_open and process.printed.length == 1 and process._streams == 0


@pytest.mark.parametrize("look_s", [0.0, 60.0], ids=["looks", "does not look"])
@pytest.mark.parametrize("before, in_time", [(0, True), (1, True), (20, True), (40, False)])
def test_a_reply_in_time_that_is_read_after_the_deadline(
    before: int, in_time: bool, look_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be in the queue behind output, but not behind output without end.

    On a slow machine, the host looks at the child meanwhile.
    """
    monkeypatch.setattr("grader.sandbox.channel._LOOK_INTERVAL_S", look_s)
    reply = frames.frame(frames.RETURNED, bytes(frames.TOKEN), b"value")
    process = spawned([("printed", b"x")] * before + [("reply", reply)])
    channel = Channel(process, False, None)
    if in_time:
        assert channel.receive_within(Limits(wall_s=0.0), 100).endswith(b"value")
        assert process.printed.length == before
        return
    with pytest.raises(Ended) as ended:
        channel.receive_within(Limits(wall_s=0.0), 100)
    assert ended.value.status is RunStatus.TIMED_OUT


class NoServer:
    """A server that is asked nothing."""

    def ask(self, pid: int) -> int | None:
        return None

    def kill(self, pid: int) -> None:
        """Do nothing."""

    def remind(self, pid: int) -> None:
        """Do nothing."""


@pytest.mark.parametrize("size", [1 << 16, 5 << 16, (1 << 20) - 4096])
def test_a_pipe_that_holds_more_than_one_read(size: int) -> None:
    """Where pages of memory have 64 KiB, a pipe holds 1 MiB."""
    ours, theirs = socket.socketpair()
    printed, printing = os.pipe()
    fcntl.fcntl(printing, fcntl.F_SETPIPE_SZ, 1 << 20)
    os.set_blocking(printed, False)
    process = Forked(NoServer(), os.getpid(), ours, printed)
    try:
        assert os.write(printing, bytes(size)) == size
        theirs.send(b"reply")
        end = time.monotonic() + 60
        while not process.received and time.monotonic() < end:
            process.wait(1)
        assert process.received == b"reply" and process.printed.length == size
    finally:
        process.end()
        theirs.close()
        os.close(printing)


def test_a_reply_to_a_call_that_did_not_fit_into_the_channel() -> None:
    """The child gets its end, prints and replies while the host is about to read the channel."""
    ours, theirs = socket.socketpair()
    printed, printing = os.pipe()
    os.set_blocking(printed, False)

    class Prompt(Forked):
        """A child that prints and replies as soon as it has got all of a call."""

        has_replied = False

        def _push(self) -> None:
            super()._push()
            if not self._outgoing and not self.has_replied:
                self.has_replied = True
                os.write(printing, b"line")
                theirs.send(b"reply")

    process = Prompt(NoServer(), os.getpid(), ours, printed)
    try:
        process.send(bytes(1 << 22))
        assert not process.has_replied
        while not process.received:
            if not process.has_replied:
                theirs.recv(1 << 20)
            process.wait(0)
        assert process.received == b"reply" and process.printed.length == 4
    finally:
        process.end()
        theirs.close()
        os.close(printing)
