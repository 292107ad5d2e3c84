"""Whether work can be done: the book is written to, a program is judged, and the disk has room."""

from __future__ import annotations

import asyncio
import logging
import shutil
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

from grader.errors import describe_failure
from grader.site.queue.judges import Judges
from grader.site.records.book import Book
from grader.site.records.notes import now
from grader.site.records.writer import BookError
from grader.site.server.backups import Backups
from grader.values.dataclasses import dataclass

MIN_FREE = 128 << 20  # bytes
_ANSWER_S = 10.0  # what takes longer does not work
_FRESH_S = 5.0
_MOVED_S = 60.0  # of the clock, that nobody need hear of
_PROBE_EVERY_S = 30.0
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Finding:
    """What was found about a part of the server.

    Attributes:
        text: what is wrong, and what to do; or a figure
        is_fatal: whether nobody can work because of it
        public_text: what everybody may read, if that is not `text`, which may name a folder
    """

    name: str
    text: str
    is_good: bool = True
    is_fatal: bool = True
    public_text: str = ""

    def __str__(self) -> str:
        """Return a line for everybody."""
        state = "ok" if self.is_good else "not ok"
        return f"{self.name}: {state}: {self.public_text or self.text}"


class Readiness:
    """Finds out whether work can be done.

    Args:
        backups: those that are made; None for none
    """

    def __init__(self, book: Book, judges: Judges, backups: Backups | None) -> None:
        self._book, self._judges, self._backups = book, judges, backups
        self._lock = asyncio.Lock()
        self._offset_s = offset_s()
        rows = book.read("SELECT max(received_at) AS newest FROM attempt")
        self._newest = str(rows[0]["newest"] or "")
        self._found: list[Finding] = []
        self._looking: asyncio.Future[list[Finding]] | None = None
        self._found_at = -_FRESH_S
        # One thread of its own: a probe that never ends takes no place of pages.
        self._prober = ThreadPoolExecutor(1, "probe")
        self._probe: Future[str] | None = None
        self._probed_at = 0.0

    async def findings(self) -> list[Finding]:
        """Return what was found a few seconds ago, or is found now."""
        if self._lock.locked() and self._found:  # nobody waits with others for what does not work
            return self._found
        async with self._lock:
            if time.monotonic() - self._found_at >= _FRESH_S:
                written, judged = await asyncio.gather(self._written(), self._judged())
                self._found = [written, judged, self._room(), self._clock(), *self._kept()]
                self._found_at = time.monotonic()
            return self._found

    def troubles(self) -> list[Finding]:
        """Return what is not good, in the loop, without waiting for an answer that is missing."""
        if not self._lock.locked():
            self._looking = asyncio.ensure_future(self.findings())
        asked = [each for each in self._found if each.name in ("book", "judging")]
        return [
            each
            for each in (*asked, self._room(), self._clock(), *self._kept())
            if not each.is_good
        ]

    def close(self) -> None:
        """Ask no more."""
        self._prober.shutdown(wait=False, cancel_futures=True)

    async def _written(self) -> Finding:
        since = time.monotonic()
        # Something new each time, or nothing would be written.
        written = asyncio.wrap_future(self._book.note("seen_at", now()))
        try:
            await asyncio.wait_for(written, _ANSWER_S)
        except TimeoutError:
            text = f"nothing was written within {_ANSWER_S:g} s; see whether the disk works"
            return Finding("book", text, is_good=False)
        except BookError as error:
            return Finding("book", str(error), is_good=False)
        return Finding("book", f"written in {1000 * (time.monotonic() - since):.0f} ms")

    async def _judged(self) -> Finding:
        is_old = time.monotonic() - self._probed_at >= _PROBE_EVERY_S
        if self._probe is None or (self._probe.done() and is_old):
            self._probe = self._prober.submit(self._judges.probe)
            self._probed_at = time.monotonic()
        probe = self._probe
        done, _ = await asyncio.wait([asyncio.wrap_future(probe)], timeout=_ANSWER_S)
        if not done:
            seconds = time.monotonic() - self._probed_at
            text = f"a program has been judged for {seconds:.0f} s; restart the server"
            return Finding("judging", text, is_good=False)
        try:
            text = probe.result()
        except Exception as error:
            _LOG.error("a probe cannot be judged: %s", describe_failure(error))
            text = "an internal error, which the log names"
        return Finding("judging", text or "a program was judged", is_good=not text)

    def _room(self) -> Finding:
        free = free_bytes(self._book.path.parent)
        if free < MIN_FREE:
            text = f"only {free >> 20} MiB are free, less than {MIN_FREE >> 20}; make room"
            return Finding("disk", text, is_good=False)
        return Finding("disk", f"{free >> 20} MiB are free")

    def _clock(self) -> Finding:
        at = datetime.now(UTC)
        moved_s = offset_s() - self._offset_s
        if abs(moved_s) > _MOVED_S:
            text = (
                f"it was changed by {moved_s:+.0f} s since the server was started, and determines"
                " what is late; check it, and start the server again"
            )
            return Finding("clock", text, is_good=False, is_fatal=False)
        if self._newest and at < datetime.fromisoformat(self._newest) - timedelta(seconds=_MOVED_S):
            text = f"the book has attempts of {self._newest[:16]}, in the future; set the clock"
            return Finding("clock", text, is_good=False, is_fatal=False)
        return Finding("clock", f"{at:%Y-%m-%d %H:%M:%S} UTC")

    def _kept(self) -> Iterator[Finding]:
        if self._backups is None:
            return
        state = self._backups.state
        # Another process may have made one: `grader book backup`.
        times = [each.at for each in self._backups.earlier()[-1:]]
        if state.made_at is not None:
            times.append(state.made_at)
        made = f"the last is of {max(times):%Y-%m-%d %H:%M} UTC" if times else "none was made yet"
        if not state.error:
            yield Finding("backups", made, is_fatal=False)
            return
        text, public = f"{state.error}; {made}", f"the last try failed, as the log says; {made}"
        yield Finding("backups", text, is_good=False, is_fatal=False, public_text=public)


def offset_s() -> float:
    """Return the clock minus one that nobody can set, and that counts while the machine sleeps."""
    if sys.platform == "linux":
        return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.time() - time.monotonic()


def free_bytes(folder: Path) -> int:
    """Return how much room a disk has for this user; 0 if that cannot be found out."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 0
