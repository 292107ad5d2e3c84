"""When many send at once: a deadline (P6), a stampede (P7), and programs that loop (P8)."""

from __future__ import annotations

import asyncio
import random
import time
from pathlib import Path
from statistics import median

import httpx2 as httpx

from practice.load import faults
from practice.people import PROBLEMS, Ledger, Texts, finish, load, new_client, send
from practice.server import Server, warm
from practice.table import note, quantiles, row, shares, times_row

_LOOPING = 30  # people
_LOOP_EVERY_S = 30.0


async def _submit_at(
    shared: httpx.AsyncClient, ledger: Ledger, who: str, at_s: float, kind: str | None = None
) -> None:
    """Submit some seconds from now."""
    texts = Texts(sum(who.encode()) + int(1000 * at_s))
    slug = texts.problem()
    text, made = (texts.of(kind, slug), kind) if kind else texts.make(slug)
    await asyncio.sleep(at_s)
    await send(shared, ledger, who, slug, "submit", text, made)


async def _submits(ledger: Ledger, at_s: list[float]) -> None:
    async with new_client() as shared:
        names = [f"p{number}" for number in range(len(at_s))]
        await asyncio.gather(
            *(_submit_at(shared, ledger, who, at) for who, at in zip(names, at_s, strict=True))
        )


def measure_deadline(folder: Path, people: int) -> None:
    """P6: everybody submits within a minute, a third of them in the last five seconds."""
    server = Server(folder)
    warm(server, PROBLEMS)
    dice = random.Random(6)
    late = people // 3
    at_s = [dice.uniform(0, 55) for _ in range(people - late)]
    at_s += [dice.uniform(55, 60) for _ in range(late)]
    ledger = Ledger()
    with shares(server.pid):
        asyncio.run(_submits(ledger, at_s))
    asyncio.run(finish(ledger))
    server.end()
    times_row("P6", "deadline: receipt", ledger.times["receipt"], (None, None, 250))
    times_row("", "verdict, loops left out", ledger.times["last verdict"], (None, 1500, 3000))
    faults(ledger, ledger.check(folder), part="")


def measure_stampede(folder: Path, people: int) -> None:
    """P7: everybody submits within a second."""
    server = Server(folder)
    warm(server, PROBLEMS)
    dice = random.Random(7)
    ledger = Ledger()
    with shares(server.pid):
        asyncio.run(_submits(ledger, [dice.random() for _ in range(people)]))
    asyncio.run(finish(ledger))
    server.end()
    times_row("P7", "stampede: receipt", ledger.times["receipt"], (None, None, 1500))
    times = ledger.times["last verdict"]
    row("", "last verdict, loops left out", f"{max(times):.1f} s", "6 s", max(times) <= 6)
    found = max(times) / median(times)
    row("", "longest wait / median", f"{found:.1f}", "3", found <= 3)
    loops = ledger.times.get("loop", [0.0])
    note(f"{len(loops)} loops, answered within {max(loops):.0f} s")
    faults(ledger, ledger.check(folder), part="")


async def _loop_on(shared: httpx.AsyncClient, ledger: Ledger, who: str, until: float) -> None:
    """Send one loop after another, each when the one before has been answered."""
    dice = random.Random(who)
    await asyncio.sleep(dice.uniform(0, _LOOP_EVERY_S))
    while time.monotonic() < until:
        since = time.monotonic()
        texts = Texts(sum(who.encode()))
        slug = texts.problem()
        await send(shared, ledger, who, slug, "run", texts.of("loop", slug), "loop")
        await asyncio.sleep(max(0.0, _LOOP_EVERY_S - (time.monotonic() - since)))


def measure_loops(folder: Path, people: int, seconds: float, pace: float) -> None:
    """P8: a tenth of all people send loops, every 30 s and then all at once."""
    looping = max(1, people * _LOOPING // 300)
    server = Server(folder)
    warm(server, PROBLEMS)
    quiet = asyncio.run(load(people - looping, seconds, pace))
    ledger, loops = Ledger(), Ledger()

    async def scene() -> None:
        async with new_client() as shared:
            until = time.monotonic() + seconds
            each = (_loop_on(shared, loops, f"loop{n}", until) for n in range(looping))
            await asyncio.gather(load(people - looping, seconds, pace, ledger), *each)

    with shares(server.pid):
        asyncio.run(scene())
    before, after = (quantiles(each.times["last verdict"]) for each in (quiet, ledger))
    limits = tuple(2 * each for each in before)
    times_row("P8", "others, without loops", quiet.times["last verdict"], (None, None, None))
    times_row("", f"others, beside {looping} who loop", ledger.times["last verdict"], limits)
    _answered(loops)

    burst, others = Ledger(), Ledger()

    async def at_once() -> None:
        async with new_client() as shared:
            each = (_submit_at(shared, burst, f"loop{n}", 1.0, "loop") for n in range(looping))
            await asyncio.gather(load(people - looping, 30.0, pace, others), *each)

    asyncio.run(at_once())
    times_row("", "others, when all loop at once", others.times["last verdict"], (None, 1e3, 2.5e3))
    _answered(burst)
    for each in (quiet, ledger, loops, burst, others):
        asyncio.run(finish(each))
    server.end()
    note(f"P4 of the others grew from {before[1]:.0f} to {after[1]:.0f} ms (p95)")
    for each in (quiet, ledger, loops, burst, others):
        wrong = each.check(folder)
        if wrong or each.errors:
            faults(each, wrong, part="")


def _answered(loops: Ledger) -> None:
    times = loops.times.get("loop", [0.0])
    holds = max(times) <= 120 and len(times) == len(loops.receipts)
    row(
        "",
        f"{len(times)} of {len(loops.receipts)} loops answered",
        f"{max(times):.0f} s",
        "120 s",
        holds,
    )
