"""Time to grade a class of many small problems, and to grade it again when nothing has changed.

Each student submits one of the problems, so that hardly anything is judged and what is measured is
the rest: loading problems, assigning files, and writing what each student has for each problem.

Usage: python benchmarks/many_problems.py [PROBLEMS [STUDENTS]]     by default 136 and 1615
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from batch import QUICKLY

BOUND_S = 3.0  # of the second run
PATTERN = r"(?P<problem>[^/]+)/(?P<student>[^/]+)\.py"
SPEC = "---\ntitle: Sum {0}\ndifficulty: easy\ncategory: Sums\nfunction: sum_{0}\n---\nThe sum.\n"
CASES = "cases:\n  - {{name: one, args: {{a: 1, b: 2}}, expected: {0}}}\n"


def write(folder: Path, problems: int, students: int) -> None:
    """Write a bank, an assignment of all its problems, and the submissions."""
    for number in range(problems):
        source = f"def sum_{number}(a, b):\n    return a + b + {number}\n"
        files = {
            f"bank/problems/sum-{number}/spec.md": SPEC.format(number),
            f"bank/problems/sum-{number}/starter.py": f"def sum_{number}(a, b):\n    pass\n",
            f"bank/problems/sum-{number}/cases.yaml": CASES.format(3 + number),
            f"bank/solutions/sum-{number}/reference.py": source,
        }
        for student in range(number, students, problems):
            files[f"in/sum-{number}/s{student}.py"] = f"{source}# {student}\n"
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, "utf-8")
    parts = "".join(f"  - {{problem: sum-{number}, points: 1}}\n" for number in range(problems))
    (folder / "all.yaml").write_text(f"title: All\nproblems:\n{parts}", "utf-8")


def main(problems: int, students: int) -> None:
    """Grade the class twice, and print times and the size of the gradebook."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, problems, students)
        words = ["batch", "all.yaml", "in", "--out", "out", "--bank", "bank", *QUICKLY]
        command = [sys.executable, "-m", "grader", *words, "--pattern", PATTERN]
        print(f"{students} submissions to {problems} problems, load {os.getloadavg()[0]:.1f}")
        for run in ("first run", "second run, nothing to judge"):
            begin, before = time.perf_counter(), os.times()
            subprocess.run(command, cwd=folder, capture_output=True, check=True)
            spent, after = time.perf_counter() - begin, os.times()
            cpu = after[2] + after[3] - before[2] - before[3]
            bound = f"   bound {BOUND_S:g}" if run.startswith("second") else ""
            print(f"{run:<48}{spent:8.2f} s   processor {cpu:.2f} s{bound}")
        size = (folder / "out" / "grades.json").stat().st_size / (1 << 20)
        print(f"{'grades.json':<48}{size:8.2f} MiB")


if __name__ == "__main__":
    given = list(map(int, sys.argv[1:]))
    main(*given, *(136, 1615)[len(given) :])
