"""What is killed, ended or stopped: the server (P11, P13), fork servers (P12), all for a while."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import time
from pathlib import Path

import httpx2 as httpx

from grader.site.records.book import Book
from practice.load import faults
from practice.people import (
    LOOP,
    NDJSON,
    PROBLEMS,
    Ledger,
    finish,
    lines_of,
    load,
    new_client,
    work,
)
from practice.server import BASE, Server, processes_below, warm
from practice.table import note, row

_LOOPING = f"def gae(rewards, values, gamma, lam, bootstrap):\n    {LOOP}return 0\n"
_STREAMS = 50


def measure_killed(folder: Path, people: int, kills: int, pace: float) -> None:
    """P11: the server is killed again and again under load."""

    async def scene() -> tuple[Ledger, float, float]:
        ledger = Ledger()
        slowest = 0.0
        server = Server(folder)
        dice = random.Random(11)
        async with new_client() as shared:
            until = time.monotonic() + 1e9
            names = [f"p{number}" for number in range(people)]
            tasks = [asyncio.create_task(work(shared, ledger, who, until, pace)) for who in names]
            for _ in range(kills):
                await asyncio.sleep(dice.uniform(0.5, 3.0))
                server.process.kill()
                await asyncio.to_thread(server.process.wait)
                known = {id: got for id, got in ledger.receipts.items() if id not in ledger.loops}
                server = await asyncio.to_thread(Server, folder)
                since = time.perf_counter()
                slowest = max(slowest, await _judged(shared, known, since))
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        at_end = await finish(ledger)
        await asyncio.to_thread(server.end)
        return ledger, slowest, at_end

    ledger, slowest, at_end = asyncio.run(scene())
    wrong = ledger.check(folder)
    row(
        "P11",
        f"{kills} x kill -9: {len(ledger.receipts)} receipts, {len(ledger.drafts)} drafts",
        f"{len(wrong)} lost, slowest {slowest:.1f} s",
        "0 lost, 10 s after restart",
        not wrong and slowest <= 10,
    )
    note(f"{len(ledger.loops)} loops, answered {at_end:.0f} s after the last restart at the latest")
    for text in [*wrong[:5], *dict.fromkeys(ledger.errors)]:
        note(text)


async def _judged(
    shared: httpx.AsyncClient, known: dict[str, tuple[str, str]], since: float
) -> float:
    """Return the seconds until the last receipts before a restart have their verdicts.

    Loops are left out: each takes the seconds that it may take, and is begun again at each restart.
    """
    for id, (who, _) in list(known.items())[-20:]:
        headers = NDJSON | {"x-person": who}
        with contextlib.suppress(httpx.TransportError):
            await shared.get(f"{BASE}/a/{id}", headers=headers)
    return time.perf_counter() - since


def measure_forks(folder: Path, people: int, kills: int, pace: float) -> None:
    """P12: fork servers are killed under load, and no student sees it."""
    server = Server(folder)
    warm(server, PROBLEMS)

    async def scene() -> tuple[Ledger, int]:
        ledger, killed = Ledger(), 0
        dice = random.Random(12)
        async with new_client() as shared:
            until = time.monotonic() + 1e9
            names = [f"p{number}" for number in range(people)]
            tasks = [asyncio.create_task(work(shared, ledger, who, until, pace)) for who in names]
            while killed < kills:
                await asyncio.sleep(0.2)
                servers = _fork_servers(server.pid)
                if servers:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(dice.choice(servers), signal.SIGKILL)
                        killed += 1
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await finish(ledger)
        return ledger, killed

    ledger, killed = asyncio.run(scene())
    server.end()
    seen = sum("judge error" in each for each in ledger.errors)
    wrong = ledger.check(folder)
    row(
        "P12",
        f"{killed} fork servers killed, 5 a second",
        f"{seen} of {len(ledger.verdicts)} saw it, {len(wrong)} lost",
        "0, 0",
        not seen and not wrong,
    )
    for text in [*wrong[:5], *dict.fromkeys(ledger.errors)]:
        note(text)


def _fork_servers(pid: int) -> list[int]:
    """Return the fork servers of a server: those whose parent is not one, too, unless it forked it.

    Children that run submissions have the same command line, and no children of their own.
    """
    found = []
    for each in processes_below(pid)[1:]:
        with contextlib.suppress(OSError):
            is_server = b"grader.sandbox.server" in Path(f"/proc/{each}/cmdline").read_bytes()
            own = Path(f"/proc/{each}/task/{each}/children").read_text().split()
            if is_server and own:
                found.append(each)
    return found


def measure_stop(folder: Path) -> None:
    """P13: SIGTERM while 50 streams are open."""
    server = Server(folder)

    async def scene() -> tuple[int, int]:
        async with new_client() as shared:

            async def one(number: int) -> str:
                headers = NDJSON | {"x-person": f"p{number}"}
                data = {"source": f"{_LOOPING}# {number}\n", "id": f"stopped-{number}"}
                last = ""
                async with shared.stream(
                    "POST", f"{BASE}/p/gae/submit", data=data, headers=headers
                ) as reply:
                    async for line in lines_of(reply):
                        last = "stopping" if line.get("stopping") else line["type"]
                        if last == "receipt":
                            waiting.append(number)
                return last

            waiting: list[int] = []
            tasks = [asyncio.create_task(one(number)) for number in range(_STREAMS)]
            while len(waiting) < _STREAMS:
                await asyncio.sleep(0.01)
            server.process.send_signal(signal.SIGTERM)
            found = await asyncio.gather(*tasks)
            return len(waiting), found.count("stopping")

    receipts, told = asyncio.run(scene())
    since = time.perf_counter()
    server.process.wait(timeout=60)
    seconds, error = time.perf_counter() - since, server.printed()
    book = Book(folder)
    kept = sum(book.attempt(f"stopped-{number}") is not None for number in range(_STREAMS))
    book.close()
    row(
        "P13",
        f"SIGTERM, {receipts} streams open: {told} told",
        f"{seconds:.1f} s, {kept} kept, {error.count('Traceback')} tracebacks",
        "3 s, 50, 0",
        seconds <= 3 and kept == _STREAMS and told == _STREAMS and "Traceback" not in error,
    )


def measure_pause(folder: Path, people: int, pace: float) -> None:
    """The server and all its processes stand still for five seconds under load, three times."""
    server = Server(folder)
    warm(server, PROBLEMS)

    async def scene() -> Ledger:
        ledger = Ledger()
        working = asyncio.create_task(load(people, 30.0, pace, ledger))
        for _ in range(3):
            await asyncio.sleep(4.0)
            stopped = processes_below(server.pid)
            for how in (signal.SIGSTOP, signal.SIGCONT):
                for pid in stopped:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, how)
                if how is signal.SIGSTOP:
                    await asyncio.sleep(5.0)
        await working
        await finish(ledger)
        return ledger

    ledger = asyncio.run(scene())
    _, error = server.end()
    wrong = ledger.check(folder)
    row(
        "4.3",
        f"SIGSTOP for 5 s, 3 times: {len(ledger.receipts)} receipts",
        f"{len(wrong)} lost or misjudged, {len(ledger.errors)} errors",
        "0, 0",
        not wrong and not ledger.errors,
    )
    faults(ledger, wrong, error, part="")
