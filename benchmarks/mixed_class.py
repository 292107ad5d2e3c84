"""What a mixed class costs per submission, beside a class of correct solutions.

Each is graded by `grader batch` as a process of its own, from the first import to the gradebook,
in turn. Of the mixed class (see `make_class`) one in a hundred is endless, and is granted its limit
of processor time: what that alone takes on all cores is printed too.

Usage: python benchmarks/mixed_class.py [ROUNDS [STUDENTS]]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from batch import PROBLEM, QUICKLY, ROOT
from make_class import write_class

from grader.bank.locate import find_bank

BOUND = 2.4  # 6 ms, where a correct one takes 2.5 ms


def graded(students: Path, count: int) -> float:
    """Return the seconds per submission that grading a folder takes."""
    with tempfile.TemporaryDirectory() as out:
        words = ["batch", PROBLEM, str(students), "--out", out, *QUICKLY, "--bank", str(ROOT)]
        begin = time.perf_counter()
        command = [sys.executable, "-m", "grader", *words]
        subprocess.run(command, capture_output=True, check=True)
        return (time.perf_counter() - begin) / count


def main(rounds: int, count: int) -> None:
    """Run the rounds and print medians, and the load of the machine."""
    problem = find_bank(str(ROOT)).load(PROBLEM)
    cores = len(os.sched_getaffinity(0))
    right_s, mixed_s = [], []
    with tempfile.TemporaryDirectory() as folder:
        right, mixed = Path(folder, "right"), Path(folder, "mixed")
        right.mkdir()
        solutions = list(problem.accepted.values())
        for number in range(count):
            source = solutions[number % len(solutions)]
            (right / f"s{number}.py").write_bytes(source + b"# %d\n" % number)
        sorts = list(write_class(mixed, count).values())
        granted = sorts.count("endless") * problem.limits.cpu_s / cores / count
        for _ in range(rounds):
            right_s.append(graded(right, count))
            mixed_s.append(graded(mixed, count))
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"classes of {count}, medians of {rounds} rounds on {cores} cores, load {load}")
    print(f"{'':<48}{'ms':>8}{'ratio':>8}{'bound':>8}")
    rest_s = [each - granted for each in mixed_s]
    rows = {
        "a correct submission": (right_s, ""),
        "one of a mixed class": (mixed_s, f"{BOUND:8.1f}"),
        "the same, without what endless ones are granted": (rest_s, ""),
    }
    for name, (own, bound) in rows.items():
        ratio = median(a / b for a, b in zip(own, right_s, strict=True))
        print(f"{name:<48}{1000 * median(own):8.2f}{ratio:8.2f}{bound}")


if __name__ == "__main__":
    given = list(map(int, sys.argv[1:]))
    main(*given, *(3, 5000)[len(given) :])
