"""The practice page at work: people who type, run and submit, and what happens when it is killed.

A driver in this process plays 50 people against a real server on the same machine: each saves a
draft every 5 s, runs every 30 s and submits every 2 min (`--pace` makes all that many times as
fast). Of the texts 25 % are right, 60 % wrong in a known way, 8 % raise, 5 % are not Python and 2 %
loop; each differs from all others. A ledger notes every receipt and every text that was
acknowledged, and at the end the book must agree with it.

Usage: python benchmarks/site.py [--seconds 60] [--people 50] [--pace 1] [--kills 40] [PART ...]

The parts are load (P1 to P5, P10), killed (P11), forks (P12), stop (P13), start (P14), bytes (P15),
grade (P16) and same (P20); by default all.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gzip
import json
import os
import random
import re
import resource
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import httpx2 as httpx
from starlette.requests import Request

from grader import Grader, load_bank
from grader.bank.locate import find_bank
from grader.model.problem import Problem
from grader.sandbox.limits import available_cores
from grader.site.addresses import local_address
from grader.site.app import Settings
from grader.site.book import Book
from grader.site.judges import Judges
from grader.site.listeners import on_port
from grader.site.notes import digest_of
from grader.site.rates import Rate, Rates
from grader.site.running import run

ROOT = Path(__file__).resolve().parent.parent
PORT = 8397
BASE = f"http://127.0.0.1:{PORT}"
PROBLEMS = ("dr-grpo", "gae", "grpo", "ipo-loss", "pass-at-k", "ppo-clip-objective")
NDJSON = {"accept": "application/x-ndjson"}
LOOP = "while True:\n        pass\n    "
_NICE = 5
DRAFT_S, RUN_S, SUBMIT_S, PAGE_S = 5.0, 30.0, 120.0, 60.0


# The server --------------------------------------------------------------------------------------


class ByHeader:
    """Lets in whom a header names: the driver plays many people."""

    def person(self, request: Request) -> str | None:
        """Return the person that the header names."""
        return request.headers.get("x-person")


def serve(folder: Path) -> None:
    """Serve the bank of this checkout, with its book in a folder."""
    with contextlib.suppress(OSError):
        os.nice(-_NICE)  # the driver is nice, and not the server; only root may take that back
    here = find_bank(str(ROOT))
    with on_port(PORT) as listener:
        book = Book(folder)
        grader = Grader(here.problems, here.solutions, sandbox="strict", ready=available_cores())
        settings = Settings(
            bank=here,
            book=book,
            judges=Judges(grader, folder),
            door=ByHeader(),
            address=local_address(PORT),
            threads=available_cores(),
            is_warmed=False,  # `warm` does what is needed, before anything is measured
            rates=Rates(*[Rate(1e6, 1_000_000)] * 3),
        )
        run(settings, listener)


class Server:
    """A server process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--serve", str(folder)],
            stderr=subprocess.PIPE,
            env={**os.environ, "GRADER_PROGRESS": "", "PYTHONPATH": str(ROOT)},
        )
        while True:
            with contextlib.suppress(httpx.HTTPError):
                httpx.get(f"{BASE}/healthz")
                break
            if self.process.poll() is not None:
                raise SystemExit(f"the server ended: {self.process.communicate()[1].decode()}")
            time.sleep(0.01)
        self.ready_s = time.perf_counter() - self.started

    def end(self, how: signal.Signals) -> tuple[float, str]:
        """Send a signal; return the seconds until the end, and what was printed."""
        since = time.perf_counter()
        self.process.send_signal(how)
        _, error = self.process.communicate(timeout=60)
        return time.perf_counter() - since, error.decode()


def processes_below(pid: int) -> list[int]:
    """Return a process and all below it."""
    parents: dict[int, list[int]] = {}
    for each in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = each.read_text().rpartition(")")[2].split()
            parents.setdefault(int(fields[1]), []).append(int(each.parent.name))
    found, new = [], [pid]
    while new:
        found += new
        new = [child for parent in new for child in parents.get(parent, [])]
    return found


def memory_mib(pid: int) -> float:
    """Return the memory of a process that it does not share, in MiB; 0 if it has ended."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


# The people --------------------------------------------------------------------------------------


@dataclass
class Ledger:
    """What the server has acknowledged, and how long everything took.

    Attributes:
        receipts: person, and digest of the text, by the id of the attempt
        drafts: the last text that was saved, by person and problem
        verdicts: the last verdict told, by the id of the attempt
    """

    receipts: dict[str, tuple[str, str]] = field(default_factory=dict)
    drafts: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    verdicts: dict[str, str] = field(default_factory=dict)
    times: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    refused: int = 0

    def note(self, what: str, since: float) -> None:
        """Note how long something took."""
        self.times.setdefault(what, []).append(time.perf_counter() - since)

    def check(self, folder: Path) -> list[str]:
        """Return how the book differs from the ledger."""
        book = Book(folder)
        wrong = []
        for id, (_, digest) in self.receipts.items():
            attempt = book.attempt(id)
            if attempt is None:
                wrong.append(f"{id} is lost")
            elif attempt.digest != digest or digest_of(book.source(digest)) != digest:
                wrong.append(f"{id} has another text")
            elif attempt.outcome is None:
                wrong.append(f"{id} has no outcome")
            elif self.verdicts.get(id, attempt.outcome.verdict.value) != (
                attempt.outcome.verdict.value
            ):
                wrong.append(f"{id} was told another verdict")
        for (person, slug), (revision, digest) in self.drafts.items():
            draft = book.draft(person, slug)
            if draft is None or draft.revision < revision:
                wrong.append(f"a draft of {person} is lost")
            elif draft.revision == revision and draft.digest != digest:
                wrong.append(f"a draft of {person} has another text")
        book.close()
        return wrong


@cache
def bank() -> Mapping[str, Problem]:
    """Return the problems, loaded once."""
    return load_bank(ROOT)


class Texts:
    """Programs, each unlike all others."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._problems = bank()

    def problem(self) -> str:
        """Return a problem that somebody works at."""
        return self._random.choice(PROBLEMS)

    def make(self, slug: str) -> tuple[str, bool]:
        """Return a program, and whether it loops."""
        problem = self._problems[slug]
        right = (problem.reference or b"").decode()
        share = self._random.random()
        mark = f"\n# {secrets.token_hex(8)}\n"
        if share < 0.25:
            return right + mark, False
        if share < 0.85:
            known = problem.misconceptions[:12]
            return self._random.choice(known).source.decode() + mark, False
        if share < 0.93:
            return right.replace("return ", "return 1 / 0 + ", 1) + mark, False
        if share < 0.98:
            return right + "\ndef broken(:\n" + mark, False
        return right.replace("    return ", f"    {LOOP}return ", 1) + mark, True


async def save(client: httpx.AsyncClient, ledger: Ledger, who: str, slug: str, text: str) -> None:
    """Save a draft as the page does."""
    revision, _ = ledger.drafts.get((who, slug), (0, ""))
    headers = {"if-match": f'"{revision}"', "x-person": who}
    since = time.perf_counter()
    reply = await client.put(f"{BASE}/p/{slug}/draft", content=text.encode(), headers=headers)
    if reply.status_code == 409:  # saved before the server was killed, and not acknowledged
        revision = reply.json()["revision"]
        ledger.drafts[who, slug] = revision, reply.json()["digest"]
        return
    if reply.status_code != 200:
        ledger.errors.append(f"draft: {reply.status_code}")
        return
    ledger.note("draft", since)
    ledger.drafts[who, slug] = reply.json()["revision"], reply.json()["digest"]


async def lines_of(reply: httpx.Response) -> AsyncIterator[dict[str, Any]]:
    """Yield the lines of a stream."""
    async for line in reply.aiter_lines():
        if line:
            yield json.loads(line)


async def send(
    client: httpx.AsyncClient, ledger: Ledger, who: str, slug: str, kind: str, texts: Texts
) -> str:
    """Run or submit as the page does; return the id of the attempt."""
    text, loops = texts.make(slug)
    id = secrets.token_urlsafe(12)
    headers = NDJSON | {"x-person": who}
    data = {"source": text, "id": id}
    since = time.perf_counter()
    is_first = True
    async with client.stream(
        "POST", f"{BASE}/p/{slug}/{kind}", data=data, headers=headers
    ) as reply:
        if reply.status_code != 200:
            ledger.refused += 1
            ledger.errors.append(f"{kind}: {reply.status_code}")
            return id
        async for line in lines_of(reply):
            match line["type"]:
                case "receipt":
                    ledger.receipts[id] = who, digest_of(text.encode())
                    ledger.note("receipt", since)
                case "case" if is_first and kind == "run" and not loops:
                    is_first = False
                    ledger.note("first case of a run", since)
                case "done":
                    ledger.verdicts[id] = line["verdict"]
                    ledger.note("loop" if loops else "last verdict", since)
                    if line["verdict"] == "judge_error":
                        ledger.errors.append("judge error")
                case "failed":
                    if not line.get("stopping"):
                        ledger.errors.append(line["message"])
    return id


async def read(client: httpx.AsyncClient, ledger: Ledger, who: str, slug: str) -> None:
    """Open the page of a problem."""
    since = time.perf_counter()
    reply = await client.get(f"{BASE}/p/{slug}", headers={"x-person": who})
    if reply.status_code != 200:
        ledger.errors.append(f"page: {reply.status_code}")
    ledger.note("page", since)


async def work(
    client: httpx.AsyncClient, ledger: Ledger, who: str, until: float, pace: float
) -> None:
    """Play one person until a time; what the server does not take is tried again later."""
    texts = Texts(sum(who.encode()))
    slug = texts.problem()
    dice = random.Random(who)
    every = {"page": PAGE_S, "draft": DRAFT_S, "run": RUN_S, "submit": SUBMIT_S}
    due = {what: time.monotonic() + dice.random() * each / pace for what, each in every.items()}
    while True:
        what = min(due, key=lambda each: due[each])
        if due[what] >= until:
            return
        await asyncio.sleep(max(0.0, due[what] - time.monotonic()))
        due[what] = time.monotonic() + dice.expovariate(1.0) * every[what] / pace
        try:
            match what:
                case "page":
                    await read(client, ledger, who, slug)
                case "draft":
                    await save(client, ledger, who, slug, texts.make(slug)[0])
                case _:
                    await send(client, ledger, who, slug, what, texts)
        except httpx.HTTPError as error:
            ledger.times.setdefault("cut off", []).append(0.0)
            if not isinstance(error, httpx.TransportError):
                ledger.errors.append(type(error).__name__)
            await asyncio.sleep(0.2)


def client() -> httpx.AsyncClient:
    """Return a client that waits."""
    limits = httpx.Limits(max_connections=1000, max_keepalive_connections=200)
    return httpx.AsyncClient(timeout=120, limits=limits)


async def load(people: int, seconds: float, pace: float) -> Ledger:
    """Let people work; return the ledger when all has been answered."""
    ledger = Ledger()
    async with client() as shared:
        until = time.monotonic() + seconds
        names = [f"p{number}" for number in range(people)]
        await asyncio.gather(*(work(shared, ledger, who, until, pace) for who in names))
    return ledger


async def finish(ledger: Ledger, patience_s: float = 120.0) -> float:
    """Ask for each attempt until it has a verdict; return the seconds that took."""
    since = time.perf_counter()
    async with client() as shared:
        for id in [id for id in ledger.receipts if id not in ledger.verdicts]:
            headers = NDJSON | {"x-person": ledger.receipts[id][0]}
            while time.perf_counter() - since < patience_s:
                with contextlib.suppress(httpx.TransportError):
                    reply = await shared.get(f"{BASE}/a/{id}", headers=headers)
                    if reply.status_code == 200 and '"done"' in reply.text:
                        break
                await asyncio.sleep(0.1)
    return time.perf_counter() - since


# The parts ---------------------------------------------------------------------------------------


def row(part: str, what: str, found: str, demand: str, holds: bool | None = None) -> None:
    """Print a figure beside what is demanded."""
    mark = {True: "holds", False: "MISSED", None: ""}[holds]
    print(f"{part:<4}{what:<42}{found:<34}{demand:<30}{mark}", flush=True)


def quantiles(times: Sequence[float]) -> tuple[float, float, float]:
    """Return the median and the 95th and 99th percentile, in milliseconds."""
    found = sorted(times) or [float("nan")]
    return tuple(  # type: ignore[return-value]
        1000 * found[min(len(found) - 1, int(share * len(found)))] for share in (0.5, 0.95, 0.99)
    )


def measure_load(folder: Path, people: int, seconds: float, pace: float) -> None:
    """P1 to P5 and P10: people at work."""
    server = Server(folder)
    warm(server)
    before, own = sum(map(memory_mib, [server.process.pid])), time.process_time()
    began = time.perf_counter()
    ledger = asyncio.run(load(people, seconds, pace))
    share = (time.process_time() - own) / (time.perf_counter() - began)
    asyncio.run(finish(ledger))
    pids = processes_below(server.process.pid)
    memory, together = memory_mib(server.process.pid), sum(map(memory_mib, pids))
    seconds_to_end, error = server.end(signal.SIGTERM)
    wrong = ledger.check(folder)
    counts = {what: len(times) for what, times in ledger.times.items()}
    print(f"{people} people for {seconds:g} s at {pace:g} times the pace: {counts}")
    print(f"the driver took {100 * share:.0f} % of a core, on the same {available_cores()} cores")
    demands = {
        "P1": ("page", (20, 80, 200)),
        "P2": ("draft", (15, 50, 150)),
        "P3": ("first case of a run", (80, 300, None)),
        "P4": ("last verdict", (120, 400, 1000)),
    }
    for part, (what, limits) in demands.items():
        found = quantiles(ledger.times.get(what, ()))
        pairs = [(each, limit) for each, limit in zip(found, limits, strict=True) if limit]
        row(
            part,
            f"{what}, p50 / p95 / p99",
            " / ".join(f"{each:.0f}" for each in found) + " ms",
            " / ".join(str(limit or "-") for limit in limits),
            all(each <= limit for each, limit in pairs),
        )
    disk = quantiles(syncs(folder))
    row(
        "",
        "the disk alone: write and fsync",
        " / ".join(f"{each:.0f}" for each in disk) + " ms",
        "",
    )
    faults = (len(ledger.errors), ledger.refused, len(wrong))
    row(
        "P5",
        "errors, refused, lost or doubled",
        " / ".join(map(str, faults)),
        "0 / 0 / 0",
        not any(faults),
    )
    for text in [*ledger.errors[:3], *wrong[:3], error[:300]]:
        if text:
            print(f"    {text}")
    row(
        "P10",
        "server / all together",
        f"{memory:.0f} / {together:.0f} MiB",
        "300 / 700",
        memory <= 300 and together <= 700,
    )
    row("", "server before the load", f"{before:.0f} MiB", "")
    row("", "end by SIGTERM", f"{seconds_to_end:.1f} s", "3 s", seconds_to_end <= 3)


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


def warm(server: Server) -> None:
    """Open each problem once, and wait until the first wrong answer to it is cheap."""
    with httpx.Client(timeout=120) as one:
        for slug in PROBLEMS:
            one.get(f"{BASE}/p/{slug}", headers={"x-person": "first"})
            wrong = bank()[slug].misconceptions[0].source.decode()
            data = {"source": f"{wrong}# {secrets.token_hex(4)}\n"}
            one.post(f"{BASE}/p/{slug}/run", data=data, headers=NDJSON | {"x-person": "first"})
    time.sleep(5)  # what the pages have asked for is prepared in the background


def measure_killed(folder: Path, people: int, kills: int, pace: float) -> None:
    """P11: the server is killed again and again under load."""

    async def scene() -> tuple[Ledger, float]:
        ledger = Ledger()
        slowest = 0.0
        server = Server(folder)
        dice = random.Random(11)
        async with client() as shared:
            until = time.monotonic() + 1e9
            names = [f"p{number}" for number in range(people)]
            tasks = [asyncio.create_task(work(shared, ledger, who, until, pace)) for who in names]
            for _ in range(kills):
                await asyncio.sleep(dice.uniform(0.5, 3.0))
                server.process.kill()
                await asyncio.to_thread(server.process.communicate)
                known = dict(ledger.receipts)
                since = time.perf_counter()
                server = await asyncio.to_thread(Server, folder)
                slowest = max(slowest, await _judged(shared, known, since))
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await finish(ledger)
        await asyncio.to_thread(server.end, signal.SIGTERM)
        return ledger, slowest

    ledger, slowest = asyncio.run(scene())
    wrong = ledger.check(folder)
    row(
        "P11",
        f"{kills} x kill -9: {len(ledger.receipts)} receipts",
        f"{len(wrong)} lost, slowest {slowest:.1f} s",
        "0 lost, 10 s after the restart",
        not wrong and slowest <= 10,
    )
    for text in [*wrong[:3], *dict.fromkeys(ledger.errors[:3])]:
        print(f"    {text}")


async def _judged(
    shared: httpx.AsyncClient, known: dict[str, tuple[str, str]], since: float
) -> float:
    """Return the seconds until the last receipts before a restart have their verdicts."""
    for id, (who, _) in list(known.items())[-20:]:
        headers = NDJSON | {"x-person": who}
        with contextlib.suppress(httpx.TransportError):
            await shared.get(f"{BASE}/a/{id}", headers=headers)
    return time.perf_counter() - since


def measure_forks(folder: Path, people: int, kills: int, pace: float) -> None:
    """P12: fork servers are killed under load, and no student sees it."""
    server = Server(folder)
    warm(server)

    async def scene() -> tuple[Ledger, int]:
        ledger, killed = Ledger(), 0
        async with client() as shared:
            until = time.monotonic() + 1e9
            tasks = [
                asyncio.create_task(work(shared, ledger, f"p{n}", until, pace))
                for n in range(people)
            ]
            while killed < kills:
                await asyncio.sleep(0.2)
                for pid in processes_below(server.process.pid)[1:]:
                    with contextlib.suppress(OSError):
                        if b"grader.sandbox.server" in Path(f"/proc/{pid}/cmdline").read_bytes():
                            os.kill(pid, signal.SIGKILL)
                            killed += 1
                            break
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await finish(ledger)
        return ledger, killed

    ledger, killed = asyncio.run(scene())
    server.end(signal.SIGTERM)
    seen = sum(verdict == "judge_error" for verdict in ledger.verdicts.values())
    wrong = ledger.check(folder)
    row(
        "P12",
        f"{killed} fork servers killed",
        f"{seen} of {len(ledger.verdicts)} saw it, {len(wrong)} lost",
        "0, 0",
        not seen and not wrong,
    )


def measure_stop(folder: Path) -> None:
    """P13: SIGTERM while 50 streams are open."""
    server = Server(folder)
    looping = f"def gae(rewards, values, gamma, lam, bootstrap):\n    {LOOP}return 0\n"

    async def scene() -> tuple[int, int]:
        async with client() as shared:

            async def one(number: int) -> str:
                headers = NDJSON | {"x-person": f"p{number}"}
                data = {"source": f"{looping}# {number}\n", "id": f"stopped-{number}"}
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
            tasks = [asyncio.create_task(one(number)) for number in range(50)]
            while len(waiting) < 50:
                await asyncio.sleep(0.01)
            server.process.send_signal(signal.SIGTERM)
            found = await asyncio.gather(*tasks)
            return len(waiting), found.count("stopping")

    receipts, told = asyncio.run(scene())
    since = time.perf_counter()
    _, error = server.process.communicate(timeout=60)
    seconds = time.perf_counter() - since
    book = Book(folder)
    kept = sum(book.attempt(f"stopped-{number}") is not None for number in range(50))
    book.close()
    row(
        "P13",
        f"SIGTERM, {receipts} streams open: {told} told",
        f"{seconds:.1f} s, {kept} kept, {error.count(b'Traceback')} tracebacks",
        "3 s, 50, 0",
        seconds <= 3 and kept == 50 and b"Traceback" not in error,
    )


def measure_start(folder: Path) -> None:
    """P14: from the start to the first page, the first verdict, and warm keys."""
    server = Server(folder)
    with httpx.Client(timeout=120) as one:
        headers = {"x-person": "first"}
        one.get(f"{BASE}/", headers=headers)
        first_page = time.perf_counter() - server.started
        right = (bank()["gae"].reference or b"").decode()
        one.post(f"{BASE}/p/gae/run", data={"source": right}, headers=NDJSON | headers)
        first_verdict = time.perf_counter() - server.started
    server.end(signal.SIGTERM)
    row("P14", "start to first page", f"{first_page:.2f} s", "1 s", first_page <= 1)
    row("", "start to first verdict", f"{first_verdict:.2f} s", "2 s", first_verdict <= 2)
    with Grader(ROOT / "problems", ROOT / "solutions") as grader:
        names = grader.names
        grader.warm(names[:1])
        since = time.perf_counter()
        grader.warm(names[1:])
        each = (time.perf_counter() - since) / len(names[1:])
    row("", "a problem's keys warm", f"{each:.2f} s", "1 s", each <= 1)


def measure_bytes(folder: Path) -> None:
    """P15: what a first visit loads, compressed."""
    server = Server(folder)
    sizes = {"HTML": 0, "CSS": 0, "script": 0}
    with httpx.Client(timeout=120) as one:
        page = one.get(f"{BASE}/p/dr-grpo", headers={"x-person": "first"}).text
        sizes["HTML"] = len(gzip.compress(page.encode(), 6))
        version = re.findall(r"/static/(\w+)/", page)[0]
        folder_of_files = ROOT / "grader" / "site" / "static"
        for file in folder_of_files.iterdir():
            if file.suffix in (".css", ".js"):
                kind = "CSS" if file.suffix == ".css" else "script"
                content = one.get(f"{BASE}/static/{version}/{file.name}").content
                sizes[kind] += len(gzip.compress(content, 9))
    server.end(signal.SIGTERM)
    for (kind, size), limit in zip(sizes.items(), (40, 12, 175), strict=True):
        kib = size / 1024
        row(
            "P15" if kind == "HTML" else "",
            f"{kind}, gz",
            f"{kib:.1f} KB",
            f"{limit} KB",
            kib <= limit,
        )


def measure_grade(folder: Path) -> None:
    """P16: `grader grade` loads nothing of the page."""
    code = (
        "import sys; sys.argv = ['grader', 'grade', 'gae', sys.argv[1]]\n"
        "from grader.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "names = ('grader.site', 'starlette', 'uvicorn', 'h11', 'anyio')\n"
        "print([name for name in sys.modules if name.startswith(names)], file=sys.stderr)"
    )
    path = folder / "gae.py"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bank()["gae"].reference or b"")
    environment = {**os.environ, "GRADER_PROGRESS": "", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code, path], capture_output=True, env=environment, cwd=ROOT
    )
    found = done.stderr.decode().strip().splitlines()[-1]
    row("P16", "modules of the page that grade loads", found, "[]", found == "[]")


def measure_same(folder: Path) -> None:
    """P20: the same programs by command, batch and page."""
    slug = "gae"
    problem = bank()[slug]
    programs = [
        problem.reference or b"",
        b"def gae(:\n",
        *(m.source for m in problem.misconceptions),
    ]
    server = Server(folder / "book")
    different = 0
    submissions = folder / "class"
    submissions.mkdir(parents=True)
    environment = {**os.environ, "GRADER_PROGRESS": "", "PYTHONPATH": str(ROOT)}
    with httpx.Client(timeout=120) as one:
        for number, program in enumerate(programs):
            (submissions / f"s{number:03}.py").write_bytes(program)
            id = f"same-{number:05}"
            data = {"source": program.decode(), "id": id}
            headers = NDJSON | {"x-person": "first"}
            one.post(f"{BASE}/p/{slug}/submit", data=data, headers=headers)
    server.end(signal.SIGTERM)
    command = [sys.executable, "-m", "grader"]
    subprocess.run(
        [*command, "batch", slug, submissions, "--out", folder / "graded", "--bank", ROOT],
        capture_output=True,
        env=environment,
        check=True,
    )
    by_page = _cases(folder / "book" / "judgements.sqlite")
    by_batch = _cases(folder / "graded" / "store.sqlite")
    known = [[each[:2] for each in json.loads(row[0])] for row in by_page]
    for number in range(len(programs)):
        path = submissions / f"s{number:03}.py"
        done = subprocess.run(
            [*command, "grade", slug, path, "--json", "--reveal", "--bank", ROOT],
            capture_output=True,
            env=environment,
        )
        judged = json.loads(done.stdout)
        cases = [[each["name"], each["verdict"]] for each in judged["cases"]]
        different += cases not in known
    same = by_page == by_batch and not different
    row("P20", f"{len(programs)} programs by page, batch, grade", f"{different} differ", "0", same)


def _cases(path: Path) -> set[tuple[str, ...]]:
    """Return the stored judgements, but for times."""
    rows = sqlite3.connect(path).execute(
        "SELECT cases, misconceptions, observations, verdict, score, answers_fingerprint, notes"
        " FROM judgement"
    )
    return {tuple(map(str, row)) for row in rows}


def main() -> None:
    """Measure the parts that were asked for."""
    parser = argparse.ArgumentParser(description="Measure the practice page.")
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--pace", type=float, default=1)
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("parts", nargs="*")
    options = parser.parse_args()
    if options.serve:
        serve(options.serve)
        return
    os.nice(_NICE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    people, pace, kills = options.people, options.pace, options.kills
    parts = {
        "start": lambda folder: measure_start(folder),
        "bytes": lambda folder: measure_bytes(folder),
        "grade": lambda folder: measure_grade(folder),
        "same": lambda folder: measure_same(folder),
        "stop": lambda folder: measure_stop(folder),
        "load": lambda folder: measure_load(folder, people, options.seconds, pace),
        "killed": lambda folder: measure_killed(folder, people, kills, 4 * pace),
        "forks": lambda folder: measure_forks(folder, people, 2 * kills, 4 * pace),
    }
    for name in options.parts or parts:
        folder = Path(tempfile.mkdtemp(prefix="grader-site-"))
        try:
            parts[name](folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
