"""Times on the pages of a course: all in one zone, which each page names once.

It is the zone of the course's first assignment that has one. For somebody alone there is none:
times are in UTC, and scripts show them as the device does.
"""

from __future__ import annotations

from contextvars import ContextVar
from datetime import UTC, datetime, tzinfo

from starlette.types import ASGIApp, Receive, Scope, Send

from grader.submissions.times import in_utc

# The zone of times, while a request is answered; None for somebody alone.
ZONE: ContextVar[tzinfo | None] = ContextVar("zone", default=None)


class InZone:
    """Wraps an application, whose pages have the times of a zone.

    Args:
        zone: None for times in UTC, which scripts change to those of the device
    """

    def __init__(self, app: ASGIApp, zone: tzinfo | None) -> None:
        self._app = app
        self._zone = zone

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request in the zone."""
        token = ZONE.set(self._zone)
        try:
            await self._app(scope, receive, send)
        finally:
            ZONE.reset(token)


def zone_name() -> str:
    """Return the name of the zone of all times, such as Europe/Berlin; empty if there is none."""
    zone = ZONE.get()
    return str(zone) if zone is not None else ""


def minute_text(at: datetime) -> str:
    """Return a time to the minute."""
    return _text(at, "%Y-%m-%d %H:%M")


def second_text(at: datetime) -> str:
    """Return a time to the second."""
    return _text(at, "%Y-%m-%d %H:%M:%S")


def _text(at: datetime, form: str) -> str:
    zone = ZONE.get()
    local = in_utc(at).astimezone(zone or UTC)
    is_twice = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
    # The page names the zone. Of an hour that clocks show twice, its short name says which.
    return f"{local:{form}}" + (f" {local.tzname()}" if zone is None or is_twice else "")
