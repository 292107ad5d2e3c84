"""Whether the server works: `/healthz`, `/readyz` and `/metrics`.

- `/healthz` says that the process answers.
- `/readyz` says that work can be done: the book is written to, a program is judged, and the disk
  has room. 503 and words if not. What only needs attention, such as a backup that failed, is in the
  words, and does not take the page from a class. Everybody may ask; the answer is a few seconds old
  at most, so that asking often costs nothing.
- `/metrics` has counts and durations for Prometheus, and nothing of any person. It needs the token
  in the file metrics.token of the book's folder: behind a proxy everybody comes from the same
  address, so none is trusted.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Iterator
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from grader.site.desk import Desk, desk_of
from grader.site.queue.judges import JUDGEMENTS
from grader.site.server.connections import Phase
from grader.site.server.metrics import MEDIA_TYPE, counted, gauge
from grader.site.server.operation import TOKEN
from grader.site.server.readiness import free_bytes

_STARTED = time.time()


async def _health(request: Request) -> Response:
    """`GET /healthz`."""
    return PlainTextResponse("ok\n")


async def _ready(request: Request) -> Response:
    """`GET /readyz`."""
    found = await desk_of(request).readiness.findings()
    is_ready = all(each.is_good or not each.is_fatal for each in found)
    text = "".join(f"{each}\n" for each in found)
    return PlainTextResponse(text, 200 if is_ready else 503)


async def _metrics(request: Request) -> Response:
    """`GET /metrics`."""
    desk = desk_of(request)
    given = request.headers.get("authorization", "").partition(" ")[2].strip()
    token = desk.operation.token
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        text = f"expected `Authorization: Bearer` and the content of {TOKEN} of the book\n"
        return PlainTextResponse(text, 401, {"www-authenticate": "Bearer"})
    lines = [*desk.operation.metrics.lines(), *_measured(desk)]
    return PlainTextResponse("".join(f"{each}\n" for each in lines), media_type=MEDIA_TYPE)


def _measured(desk: Desk) -> Iterator[str]:
    waiting = desk.lanes.lengths()
    yield from gauge("grader_waiting", "Attempts that wait to be judged.", waiting, "lane")
    crowd, backups = desk.operation.crowd, desk.operation.backups
    if crowd is not None:
        counts = {phase.value: crowd.count(phase) for phase in Phase}
        yield from gauge("grader_connections", "Open connections.", counts, "phase")
        help = "Connections that were closed: slow or greedy ones, and some to make room."
        yield from counted("grader_connections_ended_total", help, dict(crowd.ended), "reason")
    folder = desk.book.path.parent
    names = (desk.book.path.name, f"{desk.book.path.name}-wal", JUDGEMENTS)
    sizes = {name: size_of(folder / name) for name in names}
    yield from gauge("grader_file_bytes", "Size of the files that are kept.", sizes, "file")
    yield from gauge("grader_disk_free_bytes", "Free space on their disk.", free_bytes(folder))
    if backups is not None:
        made_at = backups.state.made_at
        seconds = made_at.timestamp() if made_at else 0
        yield from gauge("grader_backup_made_seconds", "When the last backup was made.", seconds)
        failed = float(bool(backups.state.error))
        yield from gauge("grader_backup_failed", "Whether the last backup failed.", failed)
    yield from gauge("process_start_time_seconds", "When the server was started.", _STARTED)


def size_of(path: Path) -> int:
    """Return the size of a file; 0 if there is none."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


ROUTES = [Route("/healthz", _health), Route("/readyz", _ready), Route("/metrics", _metrics)]
