"""Run the application until a signal ends it, without dropping a request that has been sent."""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from contextlib import suppress
from types import FrameType

import uvicorn

from grader.site.app import Settings, application
from grader.site.server.arenas import use_few_arenas
from grader.site.server.connections import Crowd, Phase, allow_many_files, connections
from grader.site.server.logs import set_up

_SWITCH_S = 0.0005
_GRACE_S = 2  # for pages that are being sent when the server ends
_ARRIVAL_S = 1.0  # for the request of a connection that was accepted just before
_BACKLOG = 2048
_ACCEPTED_AT_ONCE = 256  # each has a descriptor before it is known whether there is room for it


def new_crowd() -> Crowd:
    """Return an empty crowd, as large as the limit of open files allows, which is raised for it."""
    return Crowd(allow_many_files(), time.monotonic)


class _Server(uvicorn.Server):
    """A server that tells its streams when it ends."""

    def __init__(self, config: uvicorn.Config, settings: Settings, crowd: Crowd) -> None:
        super().__init__(config)
        self._settings, self._crowd = settings, crowd

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for each in sockets or ():  # asyncio uses one number for both
            each.listen(_BACKLOG)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop accepting, wait for requests that are about to arrive, and end.

        A proxy sends a request as soon as it is connected, and does not repeat one that changes
        something. Who connects later waits for the next server, if somebody else has the socket.
        """
        for server in self.servers:
            server.close()
        until = time.monotonic() + _ARRIVAL_S
        await asyncio.sleep(0.02)  # for what has been accepted and is not in the crowd yet
        while self._crowd.count(Phase.OPENING) and time.monotonic() < until:
            await asyncio.sleep(0.01)
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        for lanes in self._settings.stopping:
            lanes.stop()
        super().handle_exit(sig, frame)
        # uvicorn raises the signal again at the end; Ctrl-C is how this command is meant to end.
        self._captured_signals.clear()


def run(settings: Settings, listener: socket.socket) -> None:
    """Serve an application until a signal ends it.

    Raises:
        UsageError: as `application`
    """
    crowd = settings.operation.crowd
    if crowd is None:  # an empty one is false
        crowd = new_crowd()
    set_up(settings.operation.logs_json)
    use_few_arenas()
    # A thread that looks for hints computes for many milliseconds. Whenever a page or the writer
    # needs the interpreter meanwhile, it would wait 5 ms for it, several times for each draft.
    sys.setswitchinterval(_SWITCH_S)
    config = uvicorn.Config(
        application(settings),
        http=connections(crowd),
        backlog=_ACCEPTED_AT_ONCE,
        log_config=None,
        log_level="error",  # its warnings are of strangers who send what is not HTTP
        access_log=False,  # addresses have the secret
        proxy_headers=False,  # or anybody on this machine could say who they are by a header
        timeout_graceful_shutdown=_GRACE_S,
        timeout_keep_alive=75,  # or a page that saves now and then meets a closing connection
        server_header=False,
        lifespan="on",
        ws="none",
    )
    with suppress(KeyboardInterrupt):
        _Server(config, settings, crowd).run(sockets=[listener])
