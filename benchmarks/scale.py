"""What a very large class costs the process that grades it: memory, store, exports, report.

Classes of two sizes, the second five times as large, are graded by `grader batch` with two workers,
threads or a local cluster. These judge each program once, and then take 1 ms for every copy of it
that differs in its last line alone, so that what is measured is everything but judging. Times are
those of the processor; each should grow as the class does, and memory less than that.

Usage: python benchmarks/scale.py [STUDENTS [threads|dask]]     such as 100000; by default 5000
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from make_class import PROBLEM, write_class

from grader.course import batch, output, store, worker
from grader.course.lms import download
from grader.course.worker import Job
from grader.model.judgement import Judgement

ROOT = Path(__file__).resolve().parent.parent
BOUND_S = 60.0  # of each export and of the class report, for 100,000
JUDGE_S = 0.001
TITLE = "Homework (1)"
# Functions of which the time is taken, by what they do.
PHASES: dict[str, tuple[Any, str]] = {
    "gradebooks": (output, "write_gradebooks"),
    "a file of Canvas": (download.Download, "fill"),
    "class report": (output, "write_class_report"),
}

_judged: dict[bytes, Judgement] = {}
_run_job = worker.run_job


def judge_from_memory(job: Job) -> Judgement:
    """Judge a program, or take 1 ms if the same was judged but for the last line."""
    program, _, _ = job.submission.source.rpartition(b"# by ")
    program = program or job.submission.source
    if program not in _judged:
        _judged[program] = _run_job(job)
    time.sleep(JUDGE_S)
    return replace(_judged[program], submission=job.submission)


def measure(folder: str, executor: str) -> None:
    """Grade a class in this process, and print the figures as JSON."""
    from grader.__main__ import main

    begin, on_clock = time.process_time(), time.perf_counter()
    figures: dict[str, float] = {}

    def timed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            start = time.process_time()
            try:
                return function(*args, **kwargs)
            finally:
                figures[name] = time.process_time() - start
                figures[f"memory: {name}"] = _peak_mib()

        return call

    def stamp(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            figures[name] = time.process_time() - begin
            figures[f"memory: {name}"] = _peak_mib()
            return function(*args, **kwargs)

        return call

    for name, (owner, attribute) in PHASES.items():
        setattr(owner, attribute, timed(name, getattr(owner, attribute)))
    # What comes before judging, and before its results are read.
    batch.Batch.run = stamp("intake", batch.Batch.run)  # type: ignore[method-assign]
    store.Store.outcomes = stamp("judging", store.Store.outcomes)  # type: ignore[method-assign]
    batch.run_job = judge_from_memory  # type: ignore[attr-defined]
    canvas = ["--canvas", f"{folder}/canvas.csv", "--column", TITLE]
    words = ["batch", PROBLEM, f"{folder}/in", "--out", f"{folder}/out", "--no-pages", *canvas]
    roster = ["--roster", f"{folder}/canvas.csv", "--workers", "2", "--bank", str(ROOT)]
    sys.argv = ["grader", *words, *roster, "--executor", executor]
    try:
        main()
    finally:
        figures["judging"] -= figures["intake"]
        figures["all"] = time.process_time() - begin
        figures["all, on the clock"] = time.perf_counter() - on_clock
        print("\n" + json.dumps(figures))


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def graded(students: int, executor: str) -> dict[str, float]:
    """Return the figures of a class."""
    with tempfile.TemporaryDirectory() as folder:
        kinds = write_class(Path(folder, "in"), students)
        with open(Path(folder, "canvas.csv"), "w", encoding="utf-8") as file:
            file.write(f"Student,ID,SIS Login ID,Section,{TITLE}\n")
            for number, student in enumerate(kinds, 1000):
                file.write(f'"Last{number}, First{number % 83}",{number},{student},A,\n')
        code = f"from scale import measure; measure({folder!r}, {executor!r})"
        command = [sys.executable, "-c", code]
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}  # for the workers
        done = subprocess.run(
            command, env=environment, capture_output=True, encoding="utf-8", check=False
        )
        if done.returncode:
            raise SystemExit(done.stdout + done.stderr)
        figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        out = Path(folder, "out")
        figures["store"] = (out / "store.sqlite").stat().st_size / (1 << 20)
        figures["class.html"] = (out / "class.html").stat().st_size / (1 << 20)
        return figures


def main(students: int, executor: str) -> None:
    """Grade both classes and print their figures."""
    sizes = students // 5, students
    small, large = (graded(size, executor) for size in sizes)
    print(f"graded with {executor}, load {os.getloadavg()[0]:.1f}")
    print(f"{'classes of':<40}{sizes[0]:>10}{sizes[1]:>10}{'ratio':>8}   bound for 100,000")
    for name, figure in large.items():
        is_size = name in ("store", "class.html") or name.startswith("memory")
        bound = f"{BOUND_S:g} s" if name in PHASES else ""
        unit = "MiB" if is_size else "s"
        print(
            f"{f'{name} ({unit})':<40}{small[name]:10.1f}{figure:10.1f}"
            f"{figure / max(small[name], 1e-9):8.1f}   {bound}"
        )


if __name__ == "__main__":
    given = sys.argv[1:]
    main(int(given[0]) if given else 5000, given[1] if given[1:] else "threads")
