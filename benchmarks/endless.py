"""What endless submissions cost a class.

A class is graded by `grader batch` without any, and with a few that are endless in every case. Each
of these may use the limit of a call in as many cases as the problem has patience, and after that a
short limit in each case; the sum of these limits is printed beside what one takes.

Usage: python benchmarks/endless.py [ROUNDS [STUDENTS [PERCENT]]]
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from statistics import median

from batch import PROBLEM, ROOT
from mixed_class import graded

from grader.bank.locate import find_bank
from grader.sandbox.patience import short_limits

ENDLESS = b"def compute_dr_grpo_objective(*args):\n    while True:\n        pass\n"


def main(rounds: int, count: int, percent: int) -> None:
    """Run the rounds and print medians."""
    problem = find_bank(str(ROOT)).load(PROBLEM)
    solutions = [*problem.accepted.values(), *(each.source for each in problem.misconceptions)]
    endless = count * percent // 100
    without_s, with_s = [], []
    with tempfile.TemporaryDirectory() as folder:
        without, mixed = Path(folder, "without"), Path(folder, "with")
        for students, replaced in (without, 0), (mixed, endless):
            students.mkdir()
            for number in range(count):
                is_endless = replaced and number % (count // replaced) == 0
                source = ENDLESS if is_endless else solutions[number % len(solutions)]
                (students / f"s{number:05}.py").write_bytes(source + b"# %d\n" % number)
        for _ in range(rounds):
            without_s.append(count * graded(without, count))
            with_s.append(count * graded(mixed, count))
    cores = len(os.sched_getaffinity(0))
    each_s = (median(with_s) - median(without_s)) * cores / endless
    ratio = median(a / b for a, b in zip(with_s, without_s, strict=True))
    limits = problem.limits
    patient = min(limits.patience, len(problem.cases))
    granted_s = patient * limits.cpu_s
    granted_s += (len(problem.cases) - patient) * short_limits(limits).cpu_s
    print(f"classes of {count}, medians of {rounds} rounds on {cores} cores")
    print(f"{'without endless submissions':<48}{median(without_s):8.1f} s")
    print(f"{f'with {endless} of them':<48}{median(with_s):8.1f} s   ratio {ratio:.2f}")
    print(f"{'an endless one':<48}{each_s:8.1f} s of one core, granted {granted_s:.1f}")


if __name__ == "__main__":
    given = list(map(int, sys.argv[1:]))
    main(*given, *(1, 1000, 2)[len(given) :])
