"""The driver: people who read, type, run and submit, and a ledger of what they were told."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import httpx2 as httpx

from grader import load_bank
from grader.model.problem import Problem
from grader.site.records.book import Book
from grader.site.records.notes import digest_of
from practice.server import BASE, ROOT

PROBLEMS = ("dr-grpo", "gae", "grpo", "ipo-loss", "pass-at-k", "ppo-clip-objective")
NDJSON = {"accept": "application/x-ndjson"}
LOOP = "while True:\n        pass\n    "
EVERY_S = {"page": 60.0, "draft": 5.0, "run": 30.0, "submit": 120.0}


@dataclass
class Ledger:
    """What the server has acknowledged, and how long everything took.

    Attributes:
        receipts: person, and digest of the text, by the id of the attempt
        rights: whether the text is right, by the id of the attempt, of those of which that is known
        drafts: the last text that was saved, by person and problem
        verdicts: the last verdict told, by the id of the attempt
        loops: ids of the attempts that never end by themselves
    """

    receipts: dict[str, tuple[str, str]] = field(default_factory=dict)
    rights: dict[str, bool] = field(default_factory=dict)
    drafts: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    verdicts: dict[str, str] = field(default_factory=dict)
    times: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    loops: set[str] = field(default_factory=set)
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
            else:
                verdict = attempt.outcome.verdict.value
                if self.verdicts.get(id, verdict) != verdict:
                    wrong.append(f"{id} was told another verdict")
                is_right = verdict == "accepted"
                if self.rights.get(id, is_right) != is_right:
                    wrong.append(f"{id} should be right: {self.rights[id]}, and is {verdict}")
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
    """Programs, each unlike all others: 25 % right, 60 % wrong in a known way, 2 % loops."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._problems = bank()

    def problem(self) -> str:
        """Return a problem that somebody works at."""
        return self._random.choice(PROBLEMS)

    def make(self, slug: str) -> tuple[str, str]:
        """Return a program and its kind: right, wrong, raises, broken or loop."""
        share = self._random.random()
        bounds = {"right": 0.25, "wrong": 0.85, "raises": 0.93, "broken": 0.98, "loop": 1.0}
        kind = next(kind for kind, bound in bounds.items() if share < bound)
        return self.of(kind, slug), kind

    def of(self, kind: str, slug: str) -> str:
        """Return a program of a kind."""
        problem = self._problems[slug]
        right = (problem.reference or b"").decode()
        mark = f"\n# {secrets.token_hex(8)}\n"
        match kind:
            case "wrong":
                known = problem.misconceptions[:12]
                return self._random.choice(known).source.decode() + mark
            case "raises":
                return right.replace("return ", "return 1 / 0 + ", 1) + mark
            case "broken":
                return right + "\ndef broken(:\n" + mark
            case "loop":
                return right.replace("    return ", f"    {LOOP}return ", 1) + mark
        return right + mark


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
    client: httpx.AsyncClient,
    ledger: Ledger,
    who: str,
    slug: str,
    verb: str,
    text: str,
    kind: str,
) -> str:
    """Run or submit as the page does; return the id of the attempt."""
    id = secrets.token_urlsafe(12)
    data = {"source": text, "id": id}
    headers = NDJSON | {"x-person": who}
    since, is_first, loops = time.perf_counter(), True, kind == "loop"
    address = f"{BASE}/p/{slug}/{verb}"
    async with client.stream("POST", address, data=data, headers=headers) as reply:
        if reply.status_code != 200:
            ledger.refused += verb == "submit"
            ledger.errors.append(f"{verb}: {reply.status_code}")
            return id
        async for line in lines_of(reply):
            match line["type"]:
                case "receipt":
                    ledger.receipts[id] = who, digest_of(text.encode())
                    if loops:
                        ledger.loops.add(id)
                    if kind in ("right", "wrong"):  # what is broken below it may cost nothing
                        ledger.rights[id] = kind == "right"
                    ledger.note("receipt", since)
                case "case" if is_first and verb == "run" and not loops:
                    is_first = False
                    ledger.note("first case of a run", since)
                case "done":
                    ledger.verdicts[id] = line["verdict"]
                    ledger.note("loop" if loops else "last verdict", since)
                    if line["verdict"] == "judge_error":
                        ledger.errors.append(f"judge error of a text of the kind {kind}")
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
    # Also for the first time: with another distribution, people would act more often for a while.
    due = {
        what: time.monotonic() + dice.expovariate(1.0) * each / pace
        for what, each in EVERY_S.items()
    }
    while True:
        what = min(due, key=lambda each: due[each])
        if due[what] >= until:
            return
        await asyncio.sleep(max(0.0, due[what] - time.monotonic()))
        due[what] = time.monotonic() + dice.expovariate(1.0) * EVERY_S[what] / pace
        try:
            match what:
                case "page":
                    await read(client, ledger, who, slug)
                case "draft":
                    await save(client, ledger, who, slug, texts.make(slug)[0])
                case _:
                    await send(client, ledger, who, slug, what, *texts.make(slug))
        except httpx.HTTPError as error:
            ledger.times.setdefault("cut off", []).append(0.0)
            if not isinstance(error, httpx.TransportError):
                ledger.errors.append(type(error).__name__)
            await asyncio.sleep(0.2)


def new_client() -> httpx.AsyncClient:
    """Return a client that waits."""
    limits = httpx.Limits(max_connections=4000, max_keepalive_connections=1500)
    return httpx.AsyncClient(timeout=300, limits=limits)


async def load(people: int, seconds: float, pace: float, ledger: Ledger | None = None) -> Ledger:
    """Let people work; return the ledger when all has been answered."""
    ledger = ledger if ledger is not None else Ledger()
    async with new_client() as shared:
        until = time.monotonic() + seconds
        names = [f"p{number}" for number in range(people)]
        await asyncio.gather(*(work(shared, ledger, who, until, pace) for who in names))
    return ledger


async def finish(ledger: Ledger, patience_s: float = 300.0) -> float:
    """Ask for each attempt until it has a verdict; return the seconds that took."""
    since = time.perf_counter()
    async with new_client() as shared:
        for id in [id for id in ledger.receipts if id not in ledger.verdicts]:
            headers = NDJSON | {"x-person": ledger.receipts[id][0]}
            while time.perf_counter() - since < patience_s:
                with contextlib.suppress(httpx.TransportError):
                    reply = await shared.get(f"{BASE}/a/{id}", headers=headers)
                    if reply.status_code == 200 and '"done"' in reply.text:
                        break
                await asyncio.sleep(0.1)
    return time.perf_counter() - since
