"""The practice page at work: people who type, run and submit, and faults while they do.

A driver in this process plays many people against a real server on the same machine: each saves a
draft every 5 s, runs every 30 s, submits every 2 min and reloads every minute (`--pace` makes all
that many times as fast). Of the texts 25 % are right, 60 % wrong in a known way, 8 % raise, 5 % are
not Python and 2 % loop; each differs from all others. A ledger notes every receipt and every text
that was acknowledged; at the end the book must agree with it, and right texts, and no others, must
be accepted. The driver is nice, and its share of the machine is printed.

Usage: python benchmarks/site.py [--people 300] [--seconds 60] [--pace 1] [--kills 40] [--hour]
           [PART ...]

Parts, by default all, and about how long each takes with the default options:

    start     P14       40 s    first page, first verdict, warm keys
    bytes     P15        3 s    a first visit, compressed
    grade     P16        1 s    `grader grade` loads nothing of the page
    pages     P17, P18   3 min  in a real browser: axe, CSP, origins, console; without a script
    newcomer  P19        1 min  pip install to the first verdict
    same      P20       20 s    the same judgement by command, batch and page
    load      P1-5, P10  2 min  people at work; an hour of it with --hour
    deadline  P6         2 min  a submit of everybody within a minute
    stampede  P7         1 min  a submit of everybody within a second
    loops     P8         6 min  a tenth send loops, every 30 s and all at once
    ladder    P9         9 min  50, 100, 300, 600, 800, 1,000 people, until it bends
    killed    P11        4 min  kill -9 of the server under load
    forks     P12        2 min  kill -9 of fork servers under load
    stop      P13        3 s    SIGTERM with 50 open streams
    pause     4.3        1 min  SIGSTOP for 5 s
    full      4.3        5 s    a full disk
    locked    4.3       30 s    the book locked by another program
    clock     4.3       30 s    the clock set back
    journal   4.3       20 s    the journal cut at random bytes
    gone      4.3        5 s    readers who go
    endless   4.3        1 min  bodies without end
    slow      4.3        1 min  2,000 slow connections

Run it on a machine that does nothing else: every figure but P5, P11 to P13, P15 to P18 and P20 says
as much about what else runs.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from practice import disks, fixed, killed, load, peaks, server, strangers
from practice.table import note

from grader.sandbox.limits import available_cores

_FILES = 16_384


def main() -> None:
    """Measure the parts that were asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--pace", type=float, default=1)
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--hour", action="store_true", help="let the load last an hour")
    parser.add_argument("parts", nargs="*", metavar="PART")
    options = parser.parse_args()
    if options.serve:
        server.serve(options.serve)
        return
    os.nice(server.NICE)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    files = _FILES if hard == resource.RLIM_INFINITY else min(hard, _FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    people, pace, kills = options.people, options.pace, options.kills
    seconds = 3600.0 if options.hour else options.seconds
    few = max(10, people // 6)  # for faults, so that what fails is not the load
    parts: dict[str, Callable[[Path], None]] = {
        "start": fixed.measure_start,
        "bytes": fixed.measure_bytes,
        "grade": fixed.measure_grade,
        "pages": fixed.measure_pages,
        "newcomer": fixed.measure_newcomer,
        "same": fixed.measure_same,
        "load": lambda folder: load.measure_load(folder, people, seconds, pace),
        "deadline": lambda folder: peaks.measure_deadline(folder, people),
        "stampede": lambda folder: peaks.measure_stampede(folder, people),
        "loops": lambda folder: peaks.measure_loops(
            folder, people, max(options.seconds, 120), pace
        ),
        "ladder": lambda folder: load.measure_ladder(folder, options.seconds, pace),
        "killed": lambda folder: killed.measure_killed(folder, few, kills, 4 * pace),
        "forks": lambda folder: killed.measure_forks(folder, few, 5 * kills // 2, 4 * pace),
        "stop": killed.measure_stop,
        "pause": lambda folder: killed.measure_pause(folder, few, 4 * pace),
        "full": disks.measure_full,
        "locked": lambda folder: disks.measure_locked(folder, few, 4 * pace),
        "clock": lambda folder: disks.measure_clock(folder, few, 4 * pace),
        "journal": lambda folder: disks.measure_journal(folder, few, 4 * pace),
        "gone": strangers.measure_gone,
        "endless": lambda folder: strangers.measure_endless(folder, few, 4 * pace),
        "slow": lambda folder: strangers.measure_slow(folder, few, 4 * pace),
    }
    unknown = set(options.parts) - set(parts)
    if unknown:
        parser.error(f"there is no part {', '.join(unknown)}; choose from {', '.join(parts)}")
    print(f"{available_cores()} cores, load {os.getloadavg()[0]:.1f} at the start")
    for name in options.parts or parts:
        folder = Path(tempfile.mkdtemp(prefix="grader-site-"))
        since = time.perf_counter()
        try:
            parts[name](folder / name)
        finally:
            server.kill_all()
            shutil.rmtree(folder, ignore_errors=True)
        note(f"({name}: {time.perf_counter() - since:.0f} s)")
    load.summary()


if __name__ == "__main__":
    main()
