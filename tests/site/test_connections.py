"""Slow, silent and greedy connections: all end, and none keeps others out."""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from grader.site.server.connections import Crowd, Patience, Phase, allow_many_files, connections
from tests._support.bank import PATIENCE_S
from tests._support.waiting import until

BRIEF = Patience(opening_s=0.2, body_s=0.2, idle_s=0.2, reading_s=0.2)
LONG = Patience(*[10 * PATIENCE_S] * 4)
HEAD = b"GET / HTTP/1.1\r\nhost: here\r\n"
LARGE = bytes(32 << 20)  # more than the system keeps for a reader who does not read


HALTED = threading.Event()


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Read the request, and say `ok`; on `/large`, say much; on `/halt`, halt the whole server.

    It has been halted for longer than anybody's patience then, by its clock.
    """
    if scope["path"] == "/halt":
        HALTED.wait(PATIENCE_S)
        loop = asyncio.get_running_loop()
        loop.time = lambda: time.monotonic() + 2 * LONG.opening_s  # type: ignore[method-assign]
    while (await receive()).get("more_body"):
        pass
    body = LARGE if scope["path"] == "/large" else b"ok"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for start in range(0, len(body), 1 << 20):
        part = body[start : start + (1 << 20)]
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


class Served:
    """A server with its address and its crowd."""

    def __init__(self, port: int, crowd: Crowd) -> None:
        self.address, self.crowd = ("127.0.0.1", port), crowd
        self._opened: list[socket.socket] = []

    def connect(self, sent: bytes = b"") -> socket.socket:
        """Connect, and send something."""
        opened = socket.create_connection(self.address, PATIENCE_S)
        self._opened.append(opened)
        opened.sendall(sent)
        return opened

    def get(self) -> bytes:
        """Return the reply to an ordinary request."""
        with self.connect(HEAD + b"connection: close\r\n\r\n") as asking:
            return b"".join(iter(lambda: asking.recv(1 << 16), b""))

    def close(self) -> None:
        for each in self._opened:
            each.close()


@contextmanager
def served(patience: Patience, max_connections: int = 1000) -> Iterator[Served]:
    crowd = Crowd(max_connections, time.monotonic)
    protocol = connections(crowd, patience)
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    config = uvicorn.Config(
        app, loop="asyncio", http=protocol, log_config=None, lifespan="off", ws="none"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    found = Served(listener.getsockname()[1], crowd)
    try:
        yield found
    finally:
        found.close()
        server.should_exit = True
        thread.join()


def is_ended(connection: socket.socket) -> bool:
    """Wait until the server has closed a connection."""
    with suppress(ConnectionError):
        while connection.recv(1 << 20):
            pass
    return True


SLOW = {
    "nothing": b"",
    "half of the headers": HEAD,
    "no end of the body": b"POST / HTTP/1.1\r\nhost: here\r\ncontent-length: 9\r\n\r\n1",
    "no end of the chunks": b"POST / HTTP/1.1\r\nhost: here\r\ntransfer-encoding: chunked\r\n\r\n",
    "nothing more": HEAD + b"\r\n",
    "half of the next": HEAD + b"\r\n" + HEAD,
}


@pytest.mark.parametrize("sent", SLOW.values(), ids=SLOW)
def test_who_sends_nothing_more_is_disconnected(sent: bytes) -> None:
    with served(BRIEF) as server:
        assert is_ended(server.connect(sent))
        until(lambda: not len(server.crowd))


def test_a_byte_now_and_then_gains_no_time() -> None:
    with served(BRIEF) as server:
        slow = server.connect(HEAD)
        with pytest.raises(OSError):  # the connection is closed while it goes on to send
            for number in count():
                slow.sendall(b"x-%d: 1\r\n" % number)
                time.sleep(0.01)
        assert server.crowd.ended["opening"] == 1


def test_who_has_sent_in_time_is_served_by_a_server_that_was_halted() -> None:
    HALTED.clear()
    with served(LONG) as server:
        half = server.connect(HEAD)
        until(lambda: server.crowd.count(Phase.OPENING))
        server.connect(HEAD.replace(b" / ", b" /halt ") + b"\r\n")
        until(lambda: server.crowd.count(Phase.SERVED))
        half.sendall(b"connection: close\r\n\r\n")
        HALTED.set()  # by its clock too late, but the server could not know
        assert half.recv(1 << 16).startswith(b"HTTP/1.1 200")


def test_who_does_not_read_is_disconnected() -> None:
    with served(BRIEF) as server:
        greedy = server.connect(HEAD.replace(b" / ", b" /large ") + b"\r\n")
        until(lambda: server.crowd.ended["reading"])
        received = 0
        with suppress(ConnectionError):
            while part := greedy.recv(1 << 20):
                received += len(part)
        assert received < len(LARGE)


def test_who_reads_gets_all() -> None:
    with served(LONG) as server:
        asking = server.connect(HEAD.replace(b" / ", b" /large ") + b"connection: close\r\n\r\n")
        received = 0
        while part := asking.recv(1 << 20):
            received += len(part)
        assert received > len(LARGE) and not server.crowd.ended


CHUNKED = (
    b"POST / HTTP/1.1\r\nhost: here\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n"
)


def chunks(size: int, number: int) -> bytes:
    return (b"%x\r\n%s\r\n" % (size, bytes(size))) * number + b"0\r\n\r\n"


@pytest.mark.parametrize("size, number", [(1, 900), (300, 2000), (100_000, 20)])
def test_a_body_in_ordinary_chunks_is_read(size: int, number: int) -> None:
    with served(LONG) as server:
        sending = server.connect(CHUNKED + chunks(size, number))
        reply = b"".join(iter(lambda: sending.recv(1 << 16), b""))
        assert reply.startswith(b"HTTP/1.1 200") and not server.crowd.ended


def test_who_sends_many_chunks_of_a_byte_is_disconnected() -> None:
    with served(LONG) as server:
        with suppress(ConnectionError):  # while it goes on to send
            server.connect(CHUNKED + chunks(1, 1500))
        until(lambda: server.crowd.ended["chunks"])
        assert server.get().endswith(b"ok\r\n0\r\n\r\n")


def test_chunks_are_counted_for_each_request() -> None:
    with served(LONG) as server:
        sending = server.connect()
        for _ in range(3):
            sending.sendall(CHUNKED.replace(b"connection: close\r\n", b"") + chunks(1, 900))
            reply = b""
            while not reply.endswith(b"0\r\n\r\n"):
                reply += sending.recv(1 << 16)
            assert reply.startswith(b"HTTP/1.1 200")
        assert not server.crowd.ended


@pytest.mark.parametrize("sent", list(SLOW.values())[:3], ids=list(SLOW)[:3])
def test_many_slow_connections_leave_room_for_others(sent: bytes) -> None:
    with served(LONG, max_connections=100) as server:
        for _ in range(400):
            server.connect(sent)
        for _ in range(3):
            assert server.get().endswith(b"ok\r\n0\r\n\r\n")
        assert len(server.crowd) <= 100
        assert server.crowd.ended["room"] >= 300


class Stranger:
    """A connection that only says whether it was closed."""

    is_ended = False

    def end(self, reason: str) -> None:
        self.is_ended = True


def test_who_makes_room() -> None:
    clock = [0.0]
    crowd = Crowd(4, lambda: clock[0])
    slow, body, idle, served = members = [Stranger() for _ in range(4)]
    for each in members:
        assert crowd.enter(each)
    crowd.move(body, Phase.BODY)
    crowd.move(idle, Phase.IDLE)
    crowd.move(served, Phase.SERVED)

    def gone() -> list[Stranger]:
        crowd.enter(newcomer := Stranger())
        crowd.move(newcomer, Phase.SERVED)
        return [each for each in members if each.is_ended]

    assert gone() == [idle]  # what has just been opened may be about to send its request
    clock[0] = 2
    crowd.enter(newcomer := Stranger())  # in place of the slow one
    assert slow.is_ended and not body.is_ended
    assert gone() == [slow, body, idle] and not newcomer.is_ended
    crowd.move(newcomer, Phase.SERVED)
    assert not crowd.enter(Stranger()) and not served.is_ended


@pytest.mark.skipif(sys.platform == "win32", reason="has no such limit")
def test_the_limit_of_open_files_is_raised_as_far_as_possible() -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (1000, before[1]))
        connections_allowed = allow_many_files()
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        assert soft > 1000 and hard == before[1] and 0 < connections_allowed < soft
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
