"""Kills the grading of a class repeatedly, and checks that nothing is lost or done twice.

A class of mixed submissions is graded on the command line, killed with SIGKILL at random moments
and resumed each time; and graded again without interruption. The exports must be equal bytes.

Usage: python benchmarks/killed.py [STUDENTS [KILLS]]
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from make_class import PROBLEM, write_class

from grader.course.store import Store

ROOT = Path(__file__).resolve().parent.parent
EXPORTS = ("grades.csv", "cases.csv", "grades.json")
QUICKLY = ("--no-pages", "--no-class-report")


def main(students: int, kills: int) -> None:
    """Run both and compare."""
    rng = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        class_, out, whole_out = (Path(folder, name) for name in ("in", "out", "whole"))
        write_class(class_, students)
        begin = time.perf_counter()
        _command(class_, whole_out).wait()
        whole = time.perf_counter() - begin
        killed = 0
        while killed < kills:
            process = _command(class_, out)
            time.sleep(rng.uniform(0.3, 1.6 * whole / kills))
            if process.poll() is not None:  # it has finished
                break
            process.kill()
            process.wait()
            killed += 1
        _command(class_, out).wait()
        same = all((out / name).read_bytes() == (whole_out / name).read_bytes() for name in EXPORTS)
        with Store(out / "store.sqlite") as one, Store(whole_out / "store.sqlite") as other:
            times = one.times_run(), other.times_run()
    print(f"a class of {students}: {whole:.1f} s without interruption; killed {killed} times")
    print(f"exports are {'equal' if same else 'DIFFERENT'}")
    print(f"programs run: {times[0]}, without interruption {times[1]}")
    if not same or times[0] != times[1] or killed < kills:
        raise SystemExit(1)


def _command(class_: Path, out: Path) -> subprocess.Popen[bytes]:
    words = ["batch", PROBLEM, str(class_), "--out", str(out), *QUICKLY, "--bank", str(ROOT)]
    command = [sys.executable, "-m", "grader", *words]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:])) if sys.argv[1:] else main(2000, 20)
