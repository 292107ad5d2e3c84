"""What the parts print: figures beside what is demanded of them."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

missed: list[str] = []  # what did not hold, for the end


def row(part: str, what: str, found: str, demand: str = "", holds: bool | None = None) -> None:
    """Print a figure beside what is demanded; `holds` is None if nothing is."""
    mark = {True: "pass", False: "FAIL", None: ""}[holds]
    if holds is False:
        missed.append(f"{part} {what}: {found}, demanded {demand}")
    print(f"{part:<5}{what:<46}{found:<36}{demand:<28}{mark}", flush=True)


def note(text: str) -> None:
    """Print a remark below a row."""
    print(f"     {text}", flush=True)


def quantiles(times: Sequence[float]) -> tuple[float, float, float]:
    """Return the median and the 95th and 99th percentile, in milliseconds."""
    found = sorted(times) or [float("nan")]
    p50, p95, p99 = (
        1000 * found[min(len(found) - 1, int(share * len(found)))] for share in (0.5, 0.95, 0.99)
    )
    return p50, p95, p99


def times_row(
    part: str, what: str, times: Sequence[float], limits: Sequence[float | None]
) -> tuple[float, float, float]:
    """Print the percentiles of some times beside their limits in ms, and return them."""
    found = quantiles(times)
    pairs = [(each, limit) for each, limit in zip(found, limits, strict=True) if limit]
    row(
        part,
        f"{what}, p50 / p95 / p99 of {len(times)}",
        " / ".join(f"{each:.0f}" for each in found) + " ms",
        " / ".join("-" if limit is None else f"{limit:g}" for limit in limits),
        all(each <= limit for each, limit in pairs) if pairs else None,
    )
    return found


@contextmanager
def shares(server: int) -> Iterator[None]:
    """Print the processor time of the driver and of a server with its children, in cores."""
    from practice.server import cpu_s, processes_below

    before = {pid: cpu_s(pid) for pid in processes_below(server)}
    own, began = _own_cpu_s(), time.perf_counter()
    yield
    seconds = time.perf_counter() - began
    driver = (_own_cpu_s() - own) / seconds
    served = cpu_s(server) - before.get(server, 0.0)
    note(
        f"cores used in {seconds:.0f} s: driver {driver:.2f}, server's process"
        f" {served / seconds:.2f}; its children are not in it"
    )


def _own_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
