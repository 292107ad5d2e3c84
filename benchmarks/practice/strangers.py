"""Connections that nobody ought to wait for: readers who go, bodies without end, slow ones."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from pathlib import Path

from grader.site.records.notes import digest_of
from practice.load import faults
from practice.people import NDJSON, Ledger, Texts, finish, load, new_client
from practice.server import BASE, PORT, Server, warm
from practice.table import note, row, times_row

_GONE, _ENDLESS, _SLOW = 50, 20, 2000


def measure_gone(folder: Path) -> None:
    """Readers go as soon as they have their receipts; all is judged."""
    server = Server(folder)

    async def scene() -> Ledger:
        ledger = Ledger()
        async with new_client() as shared:

            async def one(number: int) -> None:
                kind = ("right", "wrong", "raises")[number % 3]
                text = Texts(number).of(kind, "gae")
                id = secrets.token_urlsafe(12)
                headers = NDJSON | {"x-person": f"p{number}"}
                data = {"source": text, "id": id}
                async with shared.stream(
                    "POST", f"{BASE}/p/gae/submit", data=data, headers=headers
                ) as reply:
                    async for line in reply.aiter_lines():
                        assert '"receipt"' in line
                        break
                ledger.receipts[id] = f"p{number}", digest_of(text.encode())
                if kind != "raises":
                    ledger.rights[id] = kind == "right"

            await asyncio.gather(*(one(number) for number in range(_GONE)))
        await asyncio.sleep(0)
        return ledger

    ledger = asyncio.run(scene())
    seconds = asyncio.run(finish(ledger))
    _, error = server.end()
    wrong = ledger.check(folder)
    row(
        "4.3",
        f"{_GONE} clients gone after their receipts",
        f"{len(wrong)} lost, judged within {seconds:.1f} s, {error.count('Traceback')} tracebacks",
        "0, 0 tracebacks",
        not wrong and "Traceback" not in error,
    )


def measure_endless(folder: Path, people: int, pace: float) -> None:
    """Bodies that never end, fast and slow, while people work."""
    server = Server(folder)
    warm(server, ("gae",))

    async def body(is_fast: bool) -> tuple[float, int]:
        """Send a body until the server ends it; return the seconds, and the bytes it took."""
        since, sent = time.monotonic(), 0
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
        head = (
            f"PUT /p/gae/draft HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\nx-person: endless\r\n"
            'If-Match: "0"\r\nTransfer-Encoding: chunked\r\n\r\n'
        )
        answer = asyncio.ensure_future(reader.read(100))
        chunk = bytes(65536) if is_fast else b"x"
        with contextlib.suppress(OSError):
            writer.write(head.encode())
            while not answer.done() and time.monotonic() - since < 120:
                writer.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
                await asyncio.wait_for(writer.drain(), 120)
                sent += len(chunk)
                await asyncio.wait([answer], timeout=0 if is_fast else 0.5)
        writer.close()
        answer.cancel()
        return time.monotonic() - since, sent

    async def scene() -> tuple[Ledger, list[tuple[float, int]]]:
        ledger = Ledger()
        bodies = [asyncio.create_task(body(number % 2 == 0)) for number in range(_ENDLESS)]
        await load(people, 30.0, pace, ledger)
        return ledger, await asyncio.gather(*bodies)

    ledger, ended = asyncio.run(scene())
    asyncio.run(finish(ledger))
    memory, _ = server.memory_mib()
    _, error = server.end()
    slowest, most = max(each[0] for each in ended), max(each[1] for each in ended)
    row(
        "4.3",
        f"{_ENDLESS} bodies without end, half of them slow",
        f"ended after {slowest:.0f} s, {most / 2**20:.1f} MiB; {memory:.0f} MiB",
        "all within 60 s, 300 MiB",
        slowest <= 60 and memory <= 300,
    )
    times_row("", "pages meanwhile", ledger.times.get("page", ()), (20, 80, 200))
    faults(ledger, ledger.check(folder), error, part="")


def measure_slow(folder: Path, people: int, pace: float) -> None:
    """2,000 connections that send a byte now and then, while people work."""
    server = Server(folder)
    warm(server, ("gae",))

    async def slow(until: float) -> bool:
        """Keep a connection as long as the server lets it; return whether it was ended."""
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
            head = f"GET /p/gae HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\nx-slow: "
            writer.write(head.encode())
            ended = asyncio.ensure_future(reader.read(100))
            while time.monotonic() < until and not ended.done():
                writer.write(b"x")
                await writer.drain()
                await asyncio.wait([ended], timeout=2.0)
            is_ended = ended.done()
            ended.cancel()
            writer.close()
            return is_ended
        except OSError:
            return True

    async def scene() -> tuple[Ledger, int]:
        ledger = Ledger()
        until = time.monotonic() + 40
        connections = [asyncio.create_task(slow(until)) for _ in range(_SLOW)]
        await asyncio.sleep(2.0)
        await load(people, 30.0, pace, ledger)
        found = await asyncio.gather(*connections)
        return ledger, sum(found)

    ledger, ended = asyncio.run(scene())
    asyncio.run(finish(ledger))
    memory, _ = server.memory_mib()
    _, error = server.end()
    row(
        "4.3",
        f"{_SLOW} slow connections",
        f"{ended} were ended, {memory:.0f} MiB",
        "all",
        ended == _SLOW,
    )
    times_row("", "pages meanwhile", ledger.times.get("page", ()), (20, 80, 200))
    times_row("", "drafts meanwhile", ledger.times.get("draft", ()), (15, 50, 150))
    faults(ledger, ledger.check(folder), error, part="")
    note("the driver holds them, so its own share is larger here")
