"""Connections that keep nobody else out: slow ones are closed in time, idle ones make room.

uvicorn waits for ever for the rest of a request that has begun, and for a reader who does not read.
Here a connection has a time for whatever is expected of its other end:

    OPENING   the line and headers of a request, from the first byte to the last
    BODY      the rest of a request; the guard refuses it in words a little earlier
    IDLE      the next request
    reading   taking what is sent: if too much waits, some of it has to be read in time

While a reply is being made, nothing is expected. When there are too many connections, those that
wait for their other end make room: first what has been opening for a second, then idle ones, then
unfinished requests, of each the oldest. A browser sends a request as soon as it is connected, so a
new connection takes the place of a slow one however many slow ones there are. Addresses play no
part: a room full of students, or a proxy with all of them behind it, has one.

A connection that sends a body in many chunks of a few bytes is closed: reading each takes as long
as reading thousands of bytes, and meanwhile nobody is answered.
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter, OrderedDict
from collections.abc import Callable
from enum import Enum
from typing import Any, Protocol

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from grader.values.dataclasses import dataclass

_RESERVED_FILES = 600  # for databases, sandboxes, and connections that were only just accepted
_MIN_CONNECTIONS = 50
_MAX_CONNECTIONS = 8192
_MIN_CHUNK_BYTES = 256  # of a body in chunks, on average
_FREE_CHUNKS = 1000  # which may be smaller
_OPENING_GRACE_S = 1.0  # a request that began just now is about to be complete
_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"retry-after: 5\r\nconnection: close\r\n\r\n"
    b"The server has as many connections as it can serve. Try again in a few seconds.\n"
)


@dataclass(frozen=True)
class Patience:
    """How long a connection may let the server wait, in seconds."""

    opening_s: float = 15.0
    body_s: float = 35.0
    idle_s: float = 80.0
    reading_s: float = 30.0


class Phase(Enum):
    """What is expected of the other end of a connection."""

    OPENING = "opening"
    BODY = "body"
    IDLE = "idle"
    SERVED = "served"  # nothing: a reply is being made


class Member(Protocol):
    """A connection, as a crowd knows it."""

    def end(self, reason: str) -> None:
        """Close it at once."""
        ...


class Crowd:
    """All connections, by their phases; each phase in the order in which they came to it.

    Args:
        max_connections: how many there may be
        clock: returns seconds

    Attributes:
        ended: how many were closed by the server, by reason
    """

    def __init__(self, max_connections: int, clock: Callable[[], float]) -> None:
        self._max = max_connections
        self._clock = clock
        self._phases: dict[Phase, OrderedDict[Member, float]] = {
            phase: OrderedDict() for phase in Phase
        }
        self._phase_of: dict[Member, Phase] = {}
        self.ended: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._phase_of)

    def enter(self, member: Member) -> bool:
        """Add a new connection, for which another may have to go; return whether it may stay."""
        if len(self) >= self._max and not self._make_room():
            return False
        self.move(member, Phase.OPENING)
        return True

    def move(self, member: Member, phase: Phase) -> None:
        """Note that a connection has come to a phase."""
        self.leave(member)
        self._phases[phase][member] = self._clock()
        self._phase_of[member] = phase

    def leave(self, member: Member) -> None:
        """Forget a connection."""
        phase = self._phase_of.pop(member, None)
        if phase is not None:
            del self._phases[phase][member]

    def count(self, phase: Phase) -> int:
        """Return how many connections are in a phase."""
        return len(self._phases[phase])

    def _make_room(self) -> bool:
        opening, idle = self._oldest(Phase.OPENING), self._oldest(Phase.IDLE)
        unfinished = [each for each in (opening, self._oldest(Phase.BODY)) if each]
        if opening and self._clock() - opening[0] >= _OPENING_GRACE_S:
            _, member = opening
        elif idle:
            _, member = idle
        elif unfinished:
            _, member = min(unfinished, key=lambda each: each[0])
        else:
            return False
        self.leave(member)
        member.end("room")
        return True

    def _oldest(self, phase: Phase) -> tuple[float, Member] | None:
        """Return since when the oldest connection of a phase is in it, and the connection."""
        for member, since in self._phases[phase].items():
            return since, member
        return None


class _Parser(h11.Connection):
    """Reads requests, and stops at a body in too many chunks.

    Attributes:
        is_stopped: whether it has stopped
    """

    is_stopped = False
    _chunks = 0
    _bytes = 0

    def next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        """Return the next part of a request."""
        event = super().next_event()
        if isinstance(event, h11.Request):
            self._chunks = self._bytes = 0
        elif isinstance(event, h11.Data):
            self._chunks += event.chunk_start
            self._bytes += len(event.data)
            if self._bytes < (self._chunks - _FREE_CHUNKS) * _MIN_CHUNK_BYTES:
                self.is_stopped = True
                return h11.NEED_DATA
        return event


class Connection(H11Protocol):
    """A connection of uvicorn with a time for each phase.

    `connections` makes a class of it for one server.
    """

    crowd: Crowd
    patience: Patience

    _phase: Phase | None = None
    _timer: asyncio.TimerHandle | None = None
    _reading_timer: asyncio.TimerHandle | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        size = self.config.h11_max_incomplete_event_size
        self.conn: _Parser = _Parser(h11.SERVER) if size is None else _Parser(h11.SERVER, size)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin, or refuse the connection if there is no room."""
        super().connection_made(transport)
        if self.crowd.enter(self):
            self._come_to(Phase.OPENING)
        else:
            self.crowd.ended["full"] += 1
            transport.write(_FULL)
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        for timer in (self._timer, self._reading_timer):
            if timer is not None:
                timer.cancel()
        self.crowd.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        super().data_received(data)
        if self.conn.is_stopped:
            self.end("chunks")
        self._note_phase()

    def on_response_complete(self) -> None:
        """Go on to the next request."""
        super().on_response_complete()
        self._note_phase()

    def pause_writing(self) -> None:
        """Expect the other end to read."""
        super().pause_writing()
        self._reading_timer = self.loop.call_later(self.patience.reading_s, self.end, "reading")

    def resume_writing(self) -> None:
        """Note that the other end has read."""
        super().resume_writing()
        if self._reading_timer is not None:
            self._reading_timer.cancel()
            self._reading_timer = None

    def end(self, reason: str) -> None:
        """Close it at once, with all that was not sent yet."""
        if self.transport is not None:
            self.crowd.ended[reason] += 1
            self.transport.abort()

    def _note_phase(self) -> None:
        if self.transport.is_closing():  # uvicorn waits until all of it has been read
            self._come_to(Phase.IDLE)
        elif self.conn.their_state is h11.IDLE:
            has_begun = bool(self.conn.trailing_data[0]) or self._phase is Phase.OPENING
            self._come_to(Phase.OPENING if has_begun else Phase.IDLE)
        elif self.conn.their_state is h11.SEND_BODY:
            self._come_to(Phase.BODY)
        else:
            self._come_to(Phase.SERVED)

    def _come_to(self, phase: Phase) -> None:
        """Start the time of a phase, unless it has been started."""
        if phase is self._phase:
            return
        self._phase = phase
        self.crowd.move(self, phase)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        match phase:
            case Phase.OPENING:
                seconds = self.patience.opening_s
            case Phase.BODY:
                seconds = self.patience.body_s
            case Phase.IDLE:
                seconds = self.patience.idle_s
            case Phase.SERVED:
                return
        self._timer = self.loop.call_later(seconds, self.end, phase.value)


def connections(crowd: Crowd, patience: Patience | None = None) -> type[asyncio.Protocol]:
    """Return the class of a server's connections, for `uvicorn.Config(http=...)`."""
    members = {"crowd": crowd, "patience": patience or Patience()}
    return type("ServedConnection", (Connection,), members)


def allow_many_files() -> int:
    """Let this process open as many files as it may; return how many connections that allows."""
    if sys.platform == "win32":  # its limit is of another kind
        return _MAX_CONNECTIONS
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MAX_CONNECTIONS + _RESERVED_FILES
    allowed = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    else:
        allowed = wanted if soft == resource.RLIM_INFINITY else soft
    return max(_MIN_CONNECTIONS, min(_MAX_CONNECTIONS, allowed - _RESERVED_FILES))
