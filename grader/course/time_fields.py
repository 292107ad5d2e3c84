"""Fields of an assignment about times: a date and time, a time zone, a duration.

Every time has a zone, because a time of day alone is ambiguous. A time that clocks skip or show
twice, because daylight saving begins or ends, is an error.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from grader.errors import nearest, spec_error
from grader.submissions.times import in_utc
from grader.values.dataclasses import dataclass
from grader.yaml_reader.fields import Text
from grader.yaml_reader.nodes import JsonSchema, Node


@dataclass(frozen=True)
class Time:
    """A date and time, in the zone that it names or else in `zone`."""

    zone: tzinfo | None = None

    def read(self, node: Node) -> datetime:
        """See `fields.Kind`."""
        found = re.fullmatch(_TIME_PARTS, _TIME.read(node))
        assert found is not None
        day, clock, offset, name = found.groups()
        try:
            time = datetime.fromisoformat(f"{day}T{clock}{offset or ''}")
        except ValueError as error:
            raise spec_error(node.at, f"{node.label} is not a valid time: {error}") from None
        zone = _zone_named(node, name) if name else time.tzinfo or self.zone
        if zone is None:
            advice = "add one, such as Europe/Berlin or +01:00, or add the key `timezone`"
            raise spec_error(node.at, f"{node.label} has no time zone; {advice}")
        return _in_zone(node, time.replace(tzinfo=None), zone)

    def schema(self) -> JsonSchema:
        """See `fields.Kind`."""
        return _TIME.schema()


_TIME_PARTS = (
    r"(20[0-9]{2}-[0-9]{2}-[0-9]{2})[ T]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)"
    r"(?: ?(Z|[+-][0-9]{2}:[0-9]{2})| ([A-Za-z][A-Za-z0-9_+/-]*))?"
)
_TIME = Text(_TIME_PARTS, "a time, like 2026-11-30 23:59 Europe/Berlin")


def _in_zone(node: Node, clock: datetime, zone: tzinfo) -> datetime:
    time = clock.replace(tzinfo=zone)
    if in_utc(time).astimezone(zone).replace(tzinfo=None) != clock:
        message = f"the clocks of {zone} skip {clock:%H:%M} on that day"
        raise spec_error(node.at, f"{message}; write another time")
    if time.utcoffset() != time.replace(fold=1).utcoffset():
        message = f"the clocks of {zone} show {clock:%H:%M} twice on that day"
        offsets = f"{time:%z} or {time.replace(fold=1):%z}"
        advice = re.sub(r"(\d\d)(\d\d)", r"\1:\2", offsets)
        raise spec_error(node.at, f"{message}; add {advice} to the time")
    return time


@dataclass(frozen=True)
class Zone:
    """A time zone by its name: `Europe/Berlin`."""

    def read(self, node: Node) -> tzinfo:
        """See `fields.Kind`."""
        return _zone_named(node, Text().read(node))

    def schema(self) -> JsonSchema:
        """See `fields.Kind`."""
        return Text().schema()


def _zone_named(node: Node, name: str) -> tzinfo:
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # "Europe" alone is a folder
        zones = sorted(available_timezones())
    message = f"there is no time zone {name!r}"
    if not zones:  # Windows has none
        raise spec_error(node.at, f"{message} on this computer; install the package tzdata")
    near = nearest(name, zones)
    advice = f"did you mean {near!r}?" if near else "write a name such as Europe/Berlin"
    raise spec_error(node.at, f"{message}; {advice}")


@dataclass(frozen=True)
class Minutes:
    """A duration: `15 min` or `2 h`."""

    def read(self, node: Node) -> int:
        """Return the minutes; see `fields.Kind`."""
        number, unit = _MINUTES.read(node).split()
        return int(number) * (60 if unit == "h" else 1)

    def schema(self) -> JsonSchema:
        """See `fields.Kind`."""
        return _MINUTES.schema()


_MINUTES = Text(r"[0-9]{1,5} (min|h)", "a duration, like 15 min or 2 h")
