"""Time and memory to grade a class.

The time is that of one submission, a correct solution with ten cases, at two workers; every
submission is a different program. It is compared with the fork and exit of a process with NumPy
loaded, measured in the same round. Memory is the peak of a process that grades and exports a class.

Usage: python benchmarks/batch.py [ROUNDS]
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median

from make_class import write_class
from sandbox import Forker, timed

from grader.bank.locate import find_bank
from grader.course.batch import Batch
from grader.course.executors import thread_workers
from grader.course.store import Store
from grader.judging.answer_key import AnswerKey
from grader.model.course import Attempt
from grader.model.problem import Submission
from grader.sandbox.fork_server import start_fork_server
from grader.sandbox.host import Sandbox

ROOT = Path(__file__).resolve().parent.parent
PROBLEM = "dr-grpo"
CASES, WORKERS, SUBMISSIONS = 10, 2, 400
QUICKLY = ("--no-pages", "--no-class-report")
BOUND, BOUND_MIB = 3.0, 10.0

# Grades a class as `grader batch` does, and prints its peak memory in MiB.
MEASURED = """
import resource, sys
sys.argv[0] = "grader"
from grader.__main__ import main
try:
    main()
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def main(rounds: int) -> None:
    """Run the rounds and print medians."""
    bank = find_bank(str(ROOT))
    problem = bank.load(PROBLEM)
    problem = replace(problem, cases=problem.cases[:CASES])
    source = problem.accepted["loops"]
    attempts = [
        Attempt(f"s{number}", PROBLEM, str(number), digest=f"{number:064x}")
        for number in range(SUBMISSIONS)
    ]
    forker = Forker([], b"", "")
    each_s, floors, ratios = [], [], []
    with (
        Sandbox(start_fork_server(), "strict") as sandbox,
        tempfile.TemporaryDirectory() as folder,
        thread_workers(WORKERS) as pool,
    ):
        key = AnswerKey(problem, sandbox)
        for number in range(rounds + 1):  # the first one warms up
            with Store(Path(folder, f"store-{number}")) as store:

                def read(attempt: Attempt) -> Submission:
                    return Submission(source + f"# {attempt.locator}\n".encode(), attempt.locator)

                batch = Batch({PROBLEM: key}, store, sandbox.protection, read)
                begin = time.perf_counter()
                last = list(batch.run(attempts, pool.executor, pool.in_flight))[-1]
                spent = (time.perf_counter() - begin) / SUBMISSIONS
                assert last.judged == SUBMISSIONS, last
            time.sleep(0.05)
            floor = timed(lambda: forker.fork(b"b"), 100)
            if number:
                each_s.append(spent)
                floors.append(floor)
                ratios.append(spent / floor)
    print(f"correct solutions with {CASES} cases: medians of {rounds} rounds at {WORKERS} workers")
    print(f"{'a submission':<48}{1000 * median(each_s):8.2f} ms   bound {BOUND}")
    print(f"{'a fork and exit':<48}{1000 * median(floors):8.2f} ms   ratio {median(ratios):.2f}")
    print(f"{'submissions per second and core':<48}{1 / median(each_s) / WORKERS:8.0f}")


def print_memory(sizes: tuple[int, ...] = (500, 5000)) -> None:
    """Print the parent's peak memory for classes of several sizes."""
    peaks = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            write_class(Path(folder, "in"), size)
            words = ["batch", PROBLEM, f"{folder}/in", "--out", f"{folder}/out", *QUICKLY]
            begin = time.perf_counter()
            done = subprocess.run(
                [sys.executable, "-c", MEASURED, *words, "--bank", str(ROOT)],
                capture_output=True,
                encoding="utf-8",
            )
            spent = time.perf_counter() - begin
            peaks.append(float(done.stdout.split()[-1]))
            print(f"{f'a class of {size}':<48}{peaks[-1]:8.1f} MiB   {spent:.1f} s")
    print(f"{'difference':<48}{peaks[-1] - peaks[0]:8.1f} MiB   bound {BOUND_MIB:g}")


def print_endless() -> None:
    """Print how long a class takes with and without an endless submission."""
    bank = find_bank(str(ROOT))
    right = bank.load(PROBLEM).accepted["loops"]
    endless = b"def compute_dr_grpo_objective(*args):\n    while True: pass\n"
    for name, first in (("300 correct solutions", b""), ("the same and an endless one", endless)):
        with tempfile.TemporaryDirectory() as folder:
            students = Path(folder, "in")
            students.mkdir()
            if first:
                (students / "a.py").write_bytes(first)
            for number in range(300):
                (students / f"s{number}.py").write_bytes(right + b"# %d\n" % number)
            words = ["batch", PROBLEM, str(students), "--out", f"{folder}/out", *QUICKLY]
            command = [sys.executable, "-m", "grader", *words, "--bank", str(ROOT)]
            process = subprocess.Popen(
                command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            print(
                f"{name:<48}{_until_judged(Path(folder, 'out'), 300):8.1f} s until 300 are graded"
            )
            process.kill()
            process.wait()


def _until_judged(out: Path, count: int) -> float:
    import sqlite3

    begin = time.perf_counter()
    while True:
        time.sleep(0.02)
        try:
            with sqlite3.connect(f"file:{out / 'store.sqlite'}?mode=ro", uri=True) as store:
                accepted = "SELECT count(*) FROM judgement WHERE verdict = 'accepted'"
                if store.execute(accepted).fetchone()[0] >= count:
                    return time.perf_counter() - begin
        except sqlite3.OperationalError:  # the store does not exist yet
            pass


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 9)
    print_endless()
    print_memory()
