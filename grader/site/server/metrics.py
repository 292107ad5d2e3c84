"""Counts and durations of a server, in the text format of Prometheus.

No label has anything of a person: neither names nor ids, texts or slugs of problems.

Source: https://prometheus.io/docs/instrumenting/exposition_formats/ (text format 0.0.4).
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

MEDIA_TYPE = "text/plain; version=0.0.4"
# Seconds: from a page to the longest that a whole submission may take.
_BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)

Labels = tuple[str, ...]


class Counter:
    """A number for each combination of labels, that only grows.

    Args:
        name: ends in "_total" by convention
        labels: their names
    """

    def __init__(self, name: str, help: str, labels: Sequence[str] = ()) -> None:
        self._name, self._help, self._labels = name, help, tuple(labels)
        self._values: dict[Labels, float] = {} if labels else {(): 0.0}
        self._lock = threading.Lock()

    def add(self, *labels: str, by: float = 1) -> None:
        """Count something."""
        with self._lock:
            self._values[labels] = self._values.get(labels, 0.0) + by

    def lines(self) -> Iterator[str]:
        """Yield the lines of the text format."""
        with self._lock:
            values = dict(self._values)
        yield from _head(self._name, self._help, "counter")
        for labels, value in sorted(values.items()):
            yield _line(self._name, dict(zip(self._labels, labels, strict=True)), value)


class Durations:
    """A histogram of seconds for each combination of labels."""

    def __init__(self, name: str, help: str, labels: Sequence[str] = ()) -> None:
        self._name, self._help, self._labels = name, help, tuple(labels)
        self._counts: dict[Labels, list[int]] = defaultdict(lambda: [0] * (len(_BOUNDS) + 1))
        self._sums: dict[Labels, float] = defaultdict(float)
        self._lock = threading.Lock()

    def add(self, seconds: float, *labels: str) -> None:
        """Count something that took this long."""
        with self._lock:
            self._counts[labels][bisect_left(_BOUNDS, seconds)] += 1
            self._sums[labels] += seconds

    def lines(self) -> Iterator[str]:
        """Yield the lines of the text format."""
        with self._lock:
            counts = {labels: list(each) for labels, each in self._counts.items()}
            sums = dict(self._sums)
        yield from _head(self._name, self._help, "histogram")
        for labels, each in sorted(counts.items()):
            named = dict(zip(self._labels, labels, strict=True))
            total = 0
            for bound, count in zip((*map(str, _BOUNDS), "+Inf"), each, strict=True):
                total += count
                yield _line(f"{self._name}_bucket", {**named, "le": bound}, total)
            yield _line(f"{self._name}_sum", named, sums[labels])
            yield _line(f"{self._name}_count", named, total)


class Metrics:
    """What a server counts."""

    def __init__(self) -> None:
        self.requests = Durations(
            "grader_request_seconds",
            "Time until the reply was complete, streams included.",
            ("route", "method", "status"),
        )
        self.judgements = Durations(
            "grader_judgement_seconds",
            "Time of judging an attempt, or finding its judgement, in its last turn.",
            ("kind", "verdict"),
        )
        self.drafts = Counter("grader_drafts_total", "Drafts that were saved.")
        self.errors = Counter(
            "grader_errors_total",
            "Internal errors, judge errors, and texts that could not be saved.",
            ("what",),
        )

    def judged(self, kind: str, verdict: str, seconds: float) -> None:
        """Count an attempt that was judged."""
        self.judgements.add(seconds, kind, verdict)
        if verdict == "judge_error":
            self.errors.add("judge error")

    def lines(self) -> Iterator[str]:
        """Yield the lines of the text format."""
        for each in (self.requests, self.judgements, self.drafts, self.errors):
            yield from each.lines()


def gauge(name: str, help: str, values: Mapping[str, float] | float, label: str = "") -> list[str]:
    """Return the lines of a number that was just measured.

    Args:
        values: by the value of the label, if there is one
    """
    return _measured(name, help, "gauge", values, label)


def counted(name: str, help: str, values: Mapping[str, float], label: str) -> list[str]:
    """Return the lines of a number that something else counts."""
    return _measured(name, help, "counter", values, label)


def _measured(
    name: str, help: str, kind: str, values: Mapping[str, float] | float, label: str
) -> list[str]:
    found = list(_head(name, help, kind))
    if isinstance(values, Mapping):
        return found + [_line(name, {label: key}, value) for key, value in sorted(values.items())]
    return [*found, _line(name, {}, values)]


def _head(name: str, help: str, kind: str) -> Iterator[str]:
    yield f"# HELP {name} {help}"
    yield f"# TYPE {name} {kind}"


def _line(name: str, labels: Mapping[str, str], value: float) -> str:
    shown = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
    return f"{name}{{{shown}}} {value!r}" if shown else f"{name} {value!r}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
