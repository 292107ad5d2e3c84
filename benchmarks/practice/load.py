"""People at work (P1 to P5), memory (P10), and a ladder of more and more people (P9)."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

from grader.sandbox.limits import available_cores
from practice.people import PROBLEMS, Ledger, finish, load
from practice.server import Server, warm
from practice.table import missed, note, quantiles, row, shares, times_row

LADDER = (50, 100, 300, 600, 800, 1000)
_RATE = {
    "P1": ("page", (20, 80, 200)),
    "P2": ("draft", (15, 50, 150)),
    "P3": ("first case of a run", (80, 300, None)),
    "P4": ("last verdict", (120, 400, 1000)),
}
_SAMPLE_S = 30.0


async def _watched(
    server: Server, ledger: Ledger, people: int, seconds: float, pace: float
) -> list[tuple[float, float, float]]:
    """Let people work; return seconds since the start and memory, from time to time."""
    samples = []
    began = time.monotonic()

    async def sample() -> None:
        while True:
            await asyncio.sleep(min(_SAMPLE_S, seconds / 4))
            own, together = await asyncio.to_thread(server.memory_mib)
            samples.append((time.monotonic() - began, own, together))

    sampling = asyncio.create_task(sample())
    await load(people, seconds, pace, ledger)
    sampling.cancel()
    return samples


def measure_load(folder: Path, people: int, seconds: float, pace: float) -> None:
    """P1 to P5 and P10: people at work."""
    server = Server(folder)
    warm(server, PROBLEMS)
    before, _ = server.memory_mib()
    ledger = Ledger()
    note(f"{people} people for {seconds:g} s at {pace:g} times the pace")
    with shares(server.pid):
        samples = asyncio.run(_watched(server, ledger, people, seconds, pace))
    asyncio.run(finish(ledger))
    memory, together = server.memory_mib()
    _, error = server.end()
    wrong = ledger.check(folder)
    note(str({what: len(times) for what, times in ledger.times.items()}))
    for part, (what, limits) in _RATE.items():
        times_row(part, what, ledger.times.get(what, ()), limits)
    times_row("", "the disk alone: write and fsync", syncs(folder), (None, None, None))
    faults(ledger, wrong, error)
    row(
        "P10",
        f"server / all together; before: {before:.0f}",
        f"{memory:.0f} / {together:.0f} MiB",
        "300 / 700",
        memory <= 300 and together <= 700,
    )
    _print_growth(samples, seconds)


def faults(ledger: Ledger, wrong: list[str], error: str = "", part: str = "P5") -> None:
    """Print what went wrong, of which nothing may."""
    counts = (len(ledger.errors), ledger.refused, len(wrong))
    row(
        part,
        f"errors / refused submits / lost or doubled, of {len(ledger.receipts)}",
        " / ".join(map(str, counts)),
        "0 / 0 / 0",
        not any(counts),
    )
    for text in [*dict.fromkeys(ledger.errors), *wrong[:5], error[:400]][:8]:
        if text:
            note(text)


def _print_growth(samples: list[tuple[float, float, float]], seconds: float) -> None:
    """Print whether the server's memory is flat, after caches have been filled."""
    late = [(at, own) for at, own, _ in samples if at >= seconds / 4]
    half = len(late) // 2
    if not half:
        return
    first = sum(own for _, own in late[:half]) / half
    last = sum(own for _, own in late[half:]) / (len(late) - half)
    is_hour = seconds >= 3600
    row(
        "",
        f"growth in the last three quarters of {seconds / 60:.0f} min",
        f"{100 * (last / first - 1):+.1f} %: {first:.0f} -> {last:.0f} MiB",
        "5 % in an hour" + ("" if is_hour else " (--hour)"),
        abs(last / first - 1) <= 0.05 if is_hour else None,
    )


def measure_ladder(folder: Path, seconds: float, pace: float) -> None:
    """P9: more and more people, until the last verdict takes too long."""
    held = 0
    limits = _RATE["P4"][1]
    for people in LADDER:
        server = Server(folder / str(people))
        warm(server, PROBLEMS)
        with shares(server.pid):
            ledger = asyncio.run(load(people, seconds, pace))
        asyncio.run(finish(ledger))
        server.end()
        times = ledger.times.get("last verdict", ())
        found = times_row("P9", f"{people} people: last verdict", times, (None, None, None))
        drafts = quantiles(ledger.times.get("draft", ()))
        note("drafts: " + " / ".join(f"{each:.0f}" for each in drafts) + " ms")
        faults(ledger, ledger.check(folder / str(people)), part="")
        pairs = zip(found, limits, strict=True)
        if any(each > limit for each, limit in pairs if limit):
            note(f"bends at {people} people on {available_cores()} cores")
            break
        held = people
    row("P9", "P4 holds up to", f"{held} people", "600, no bend before 800", held >= 800)


def syncs(folder: Path) -> list[float]:
    """Return the seconds that each of many small writes takes until the disk has it."""
    times = []
    with (folder / "synced").open("ab", buffering=0) as file:
        for _ in range(100):
            since = time.perf_counter()
            file.write(bytes(4096))
            os.fsync(file.fileno())
            times.append(time.perf_counter() - since)
    return times


def summary() -> None:
    """Print what did not hold."""
    print(f"\n{len(missed)} figures are not as demanded" + (":" if missed else "."))
    for each in missed:
        note(each)
