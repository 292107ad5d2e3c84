"""The log of a server: sentences for people, or a JSON object a line for programs.

    {"at": "2026-11-26T23:00:00.123Z", "level": "info", "message": "request", "request": "c0ffee…",
     "route": "/p/{slug}/run", "method": "POST", "status": 200, "ms": 41.3}

No line has code, names, ids of persons, addresses that were asked for, or the secret: a route is
the pattern of an address, and messages are written in this program. The id of a request is also in
its reply, as `X-Request-Id`.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime

from grader.site.server.log_writer import LogWriter

REQUESTS = logging.getLogger("grader.requests")
_FIELDS = ("request", "route", "method", "status", "ms")


class JsonLines(logging.Formatter):
    """Writes a record as a JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line. An exception is named without its text, which may quote code."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {
            "at": at.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in _FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = record.exc_info[0].__name__
        return json.dumps(line, ensure_ascii=True)


def set_up(as_json: bool, write: Callable[[bytes], object] | None = None) -> None:
    """Write the log to standard error.

    Args:
        as_json: whether each line is an object; requests are logged only then
        write: writes bytes, in place of standard error
    """
    writer = LogWriter(write)
    writer.setFormatter(JsonLines() if as_json else logging.Formatter("%(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[writer])
    REQUESTS.setLevel(logging.INFO if as_json else logging.WARNING)
