"""The server that is measured: a real process on this machine, which believes who asks it."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx2 as httpx
from starlette.requests import Request

from grader import Grader
from grader.bank.locate import find_bank
from grader.sandbox.limits import available_cores
from grader.site.app import Settings
from grader.site.queue.judges import Judges
from grader.site.records.book import Book
from grader.site.server.addresses import local_address
from grader.site.server.listeners import on_port
from grader.site.server.rates import Rate, Rates
from grader.site.server.running import run

ROOT = Path(__file__).resolve().parent.parent.parent
PORT = 8397
BASE = f"http://127.0.0.1:{PORT}"
NICE = 5
_started: list[subprocess.Popen[bytes]] = []
_TICK_HZ = os.sysconf("SC_CLK_TCK")


class ByHeader:
    """Lets in the person that a header names: the driver plays many people."""

    def person(self, request: Request) -> str | None:
        """Return the person that the header names."""
        return request.headers.get("x-person")


def serve(folder: Path) -> None:
    """Serve the bank of this checkout, with its book in a folder."""
    with contextlib.suppress(OSError):
        os.nice(-NICE)  # the driver is nice, and not the server; only root may take that back
    here = find_bank(str(ROOT))
    with on_port(PORT) as listener:
        book = Book(folder)
        grader = Grader(here.problems, here.solutions, sandbox="strict", ready=available_cores())
        settings = Settings(
            bank=here,
            book=book,
            judges=Judges(grader, folder),
            authenticator=ByHeader(),
            address=local_address(PORT),
            threads=available_cores(),
            is_warmed=False,  # `warm` does what is needed, before anything is measured
            rates=Rates(*[Rate(1e9, 1_000_000_000)] * 5),
        )
        run(settings, listener)


class Server:
    """A server process.

    Args:
        folder: of the book
        environment: variables in addition to those of this process

    Attributes:
        ready_s: seconds from the start to the first answer
    """

    def __init__(self, folder: Path, environment: dict[str, str] | None = None) -> None:
        self.folder = folder
        _check_free()
        # Not a pipe, which would be full some time.
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115
        self.started = time.perf_counter()
        script = ROOT / "benchmarks" / "site.py"
        self.process = subprocess.Popen(
            [sys.executable, script, "--serve", str(folder)],
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
            env={
                **os.environ,
                "GRADER_PROGRESS": "",
                "PYTHONPATH": str(ROOT),
                **(environment or {}),
            },
        )
        _started.append(self.process)
        while True:
            with contextlib.suppress(httpx.HTTPError):
                httpx.get(f"{BASE}/healthz")
                break
            if self.process.poll() is not None:
                raise SystemExit(f"the server ended: {self.printed()}")
            time.sleep(0.01)
        self.ready_s = time.perf_counter() - self.started

    @property
    def pid(self) -> int:
        return self.process.pid

    def end(self, how: signal.Signals = signal.SIGTERM) -> tuple[float, str]:
        """Send a signal; return the seconds until the end, and what was printed."""
        since = time.perf_counter()
        self.process.send_signal(how)
        self.process.wait(timeout=60)
        return time.perf_counter() - since, self.printed()

    def printed(self) -> str:
        """Return what was printed on standard error."""
        self._errors.seek(0)
        return self._errors.read().decode("utf-8", "replace")

    def memory_mib(self) -> tuple[float, float]:
        """Return the memory of the server alone, and with all processes below it, in MiB."""
        sizes = [memory_mib(pid) for pid in processes_below(self.pid)]
        return sizes[0], sum(sizes)


def _check_free() -> None:
    """End if another server answers at the port: it would be measured in place of the own one."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", PORT), timeout=5):
        raise SystemExit(f"port {PORT} is in use, perhaps by another run of this; end that first")


def kill_all() -> None:
    """Kill the servers that a part has left behind, because it failed."""
    for each in _started:
        if each.poll() is None:
            each.kill()
            each.communicate()
    _started.clear()


def warm(server: Server, problems: tuple[str, ...]) -> None:
    """Open each problem once, and wait until the first wrong answer to it is cheap."""
    from practice.people import NDJSON, bank

    with httpx.Client(timeout=300) as one:
        for _ in range(2):  # the second time, nothing is prepared in the background any more
            for slug in problems:
                one.get(f"{BASE}/p/{slug}", headers={"x-person": "first"})
                for wrong in bank()[slug].misconceptions[:2]:
                    source = f"{wrong.source.decode()}\n# {secrets.token_hex(8)}\n"
                    headers = NDJSON | {"x-person": "first"}
                    one.post(f"{BASE}/p/{slug}/submit", data={"source": source}, headers=headers)
    while True:  # until nothing is prepared in the background any more
        before = _cpu_of_all(server.pid)
        time.sleep(3.0)
        if _cpu_of_all(server.pid) - before < 0.1:
            return


def _cpu_of_all(pid: int) -> float:
    return sum(map(cpu_s, processes_below(pid)))


def processes_below(pid: int) -> list[int]:
    """Return a process and all below it, the process first."""
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


def cpu_s(pid: int) -> float:
    """Return the processor time of a process in seconds; 0 if it has ended."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICK_HZ
    return 0.0
