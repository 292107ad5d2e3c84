"""What happens to the disk and the clock: full, locked, cut off in the middle, set back."""

from __future__ import annotations

import asyncio
import contextlib
import random
import shutil
import subprocess
import sys
from pathlib import Path

from grader.site.records.book import Book
from practice.people import Ledger, Texts, finish, load, new_client, save, send
from practice.server import BASE, Server
from practice.table import note, row

_LOCK_S = 8.0  # longer than the writer's patience
_CUTS = 100
_LOCKED = """
import sqlite3, sys, time
book = sqlite3.connect(sys.argv[1], isolation_level=None)
book.execute("BEGIN IMMEDIATE")
print(flush=True)
time.sleep(float(sys.argv[2]))
"""
# Sets the clock of a process back as many seconds as a file says; the machine has one for all.
_CLOCK = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static long back(void) {
    long seconds = 0;
    const char *path = getenv("CLOCK_BACK");
    FILE *file = path ? fopen(path, "r") : NULL;
    if (file) { if (fscanf(file, "%ld", &seconds) != 1) seconds = 0; fclose(file); }
    return seconds;
}
int clock_gettime(clockid_t id, struct timespec *at) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(id, at);
    if (id == CLOCK_REALTIME) at->tv_sec -= back();
    return result;
}
int gettimeofday(struct timeval *at, void *zone) {
    static int (*real)(struct timeval *, void *);
    if (!real) real = dlsym(RTLD_NEXT, "gettimeofday");
    int result = real(at, zone);
    at->tv_sec -= back();
    return result;
}
time_t time(time_t *at) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at) *at = now.tv_sec;
    return now.tv_sec;
}
"""


def measure_full(folder: Path) -> None:
    """The disk is full: nothing is acknowledged that is not kept, and all goes on with room."""
    disk = folder / "disk"
    disk.mkdir(parents=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk], capture_output=True
    )
    if mounted.returncode:
        row("4.3", "disk full", "not measured: only root may mount a tmpfs")
        return
    try:
        _measure_full(disk)
    finally:
        subprocess.run(["umount", "-l", disk], check=False)


def _measure_full(disk: Path) -> None:
    server = Server(disk / "book")
    ballast = disk / "ballast"

    async def scene() -> tuple[Ledger, Ledger]:
        full, after = Ledger(), Ledger()
        async with new_client() as shared:
            texts = Texts(1)
            await send(shared, full, "p", "gae", "submit", texts.of("right", "gae"), "right")
            _fill(ballast)
            for number in range(40):
                text = texts.of("right", "gae") + "#" * 20_000
                await send(shared, full, f"p{number}", "gae", "submit", text, "right")
                await save(shared, full, f"p{number}", "gae", text)
            page = await shared.get(f"{BASE}/p/gae", headers={"x-person": "p"})
            full.errors += [] if page.status_code == 200 else [f"page: {page.status_code}"]
            ballast.unlink()
            await send(shared, after, "q", "gae", "submit", texts.of("right", "gae"), "right")
            await save(shared, after, "q", "gae", "after")
        await finish(full)
        return full, after

    full, after = asyncio.run(scene())
    _, error = server.end()
    wrong = full.check(disk / "book") + after.check(disk / "book")
    others = [each for each in full.errors if not each.endswith("507")]
    refused = len(full.errors) - len(others)
    row(
        "4.3",
        f"disk full: {refused} refused in words, {len(full.receipts)} kept",
        f"{len(wrong)} lost, {len(others) + len(after.errors)} others, "
        f"{error.count('Traceback')} tracebacks",
        "> 0 refused, 0, 0, 0",
        bool(refused) and not (wrong or others or after.errors or "Traceback" in error),
    )
    for text in [*wrong[:3], *dict.fromkeys([*others, *after.errors]), error[:400]]:
        if text:
            note(text)


def _fill(path: Path) -> None:
    """Write to a file until the disk is full."""
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


def measure_locked(folder: Path, people: int, pace: float) -> None:
    """Another program locks the book for longer than the server waits."""
    server = Server(folder)

    async def scene() -> tuple[Ledger, Ledger]:
        ledger, after = Ledger(), Ledger()
        working = asyncio.create_task(load(people, _LOCK_S + 6, pace, ledger))
        await asyncio.sleep(2.0)
        words = [sys.executable, "-c", _LOCKED, str(folder / "book.sqlite"), str(_LOCK_S)]
        other = await asyncio.create_subprocess_exec(*words, stdout=subprocess.PIPE)
        await working
        await other.wait()
        await load(people, 5.0, pace, after)
        await finish(ledger)
        return ledger, after

    ledger, after = asyncio.run(scene())
    _, error = server.end()
    wrong = ledger.check(folder) + after.check(folder)
    others = [each for each in ledger.errors if not each.endswith("507")]
    row(
        "4.3",
        f"book locked for {_LOCK_S:g} s: {len(ledger.errors)} refused in words",
        f"{len(wrong)} lost, {len(others) + len(after.errors)} others",
        "0, 0",
        not (wrong or others or after.errors),
    )
    for text in [*wrong[:3], *dict.fromkeys([*others, *after.errors]), error[:400]]:
        if text:
            note(text)


def measure_clock(folder: Path, people: int, pace: float) -> None:
    """The clock is set back by an hour under load."""
    compiler = shutil.which("cc")
    folder.mkdir(parents=True, exist_ok=True)
    source, library, back = folder / "clock.c", folder / "clock.so", folder / "back"
    source.write_text(_CLOCK)
    back.write_text("0")
    if (
        compiler is None
        or subprocess.run(
            [compiler, "-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"]
        ).returncode
    ):
        row("4.3", "clock set back", "not measured: there is no C compiler")
        return
    server = Server(folder / "book", {"LD_PRELOAD": str(library), "CLOCK_BACK": str(back)})

    async def scene() -> Ledger:
        ledger = Ledger()
        working = asyncio.create_task(load(people, 20.0, pace, ledger))
        await asyncio.sleep(8.0)
        back.write_text("3600")
        await working
        await finish(ledger)
        return ledger

    ledger = asyncio.run(scene())
    _, error = server.end()
    wrong = ledger.check(folder / "book")
    book = Book(folder / "book")
    times = sorted(book.attempt(id).received_at for id in ledger.receipts)  # type: ignore[union-attr]
    book.close()
    span = f"{times[0][11:19]} to {times[-1][11:19]}"
    row(
        "4.3",
        f"clock set back by 1 h: received from {span}",
        f"{len(wrong)} lost, {len(ledger.errors)} errors",
        "0, 0",
        not wrong and not ledger.errors,
    )
    for text in [*wrong[:3], *dict.fromkeys(ledger.errors), error[:400]]:
        if text:
            note(text)


def measure_journal(folder: Path, people: int, pace: float) -> None:
    """After a power cut the journal ends anywhere: the book opens, and has whole attempts."""
    server = Server(folder)
    ledger = Ledger()

    async def scene() -> None:
        working = asyncio.create_task(load(people, 1e9, 5 * pace, ledger))
        while len(ledger.receipts) < 100:
            await asyncio.sleep(0.1)
        server.process.kill()
        await asyncio.sleep(0.5)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)

    asyncio.run(scene())
    server.process.wait()
    whole = (folder / "book.sqlite-wal").read_bytes()
    dice, broken, kept = random.Random(13), [], []
    for number in range(_CUTS):
        cut = folder.with_name(f"{folder.name}-cut")
        cut.mkdir()
        shutil.copy(folder / "book.sqlite", cut)
        end = len(whole) if number == 0 else dice.randrange(len(whole))
        (cut / "book.sqlite-wal").write_bytes(whole[:end])
        try:
            kept.append(_attempts_of(cut))
        except Exception as error:
            broken.append(f"cut at {end}: {type(error).__name__}: {error}")
        shutil.rmtree(cut)
    lost = len(ledger.receipts.keys() - kept[0]) if kept else len(ledger.receipts)
    row(
        "4.3",
        f"journal of {len(whole) >> 10} KiB cut at {_CUTS} places",
        f"{len(broken)} unreadable, {lost} of {len(ledger.receipts)} lost uncut",
        "0, 0",
        not broken and not lost,
    )
    for text in broken[:3]:
        note(text)


def _attempts_of(folder: Path) -> set[str]:
    """Return the ids of the attempts in a book, each of which has its text."""
    book = Book(folder)
    try:
        (check,) = book.read("PRAGMA integrity_check")
        assert check[0] == "ok", check[0]
        rows = book.read("SELECT id, digest FROM attempt")
        for each in rows:
            book.source(each["digest"])
        return {each["id"] for each in rows}
    finally:
        book.close()
