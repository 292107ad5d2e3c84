"""Sources per second that a running `Grader` scores, from one thread and from two.

Every source is a different correct solution with all cases; the time is compared with the fork and
exit of a process with NumPy loaded.

Usage: python benchmarks/scoring.py [ROUNDS]
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from sandbox import Forker, timed

from grader import Grader, Verdict

ROOT = Path(__file__).resolve().parent.parent
PROBLEM = "dr-grpo"
CALLS = 200


def main(rounds: int) -> None:
    """Run the rounds and print medians."""
    forker = Forker([], b"", "")
    with Grader(ROOT / "problems", ROOT / "solutions", sandbox="strict") as grader:
        problem = grader.problem(PROBLEM)
        source = problem.accepted["loops"].decode()

        def score(number: int) -> None:
            judgement = grader.score(PROBLEM, f"{source}# {number}\n")
            assert judgement.verdict is Verdict.ACCEPTED

        seconds: dict[int, list[float]] = {1: [], 2: []}
        ratios: dict[int, list[float]] = {1: [], 2: []}
        for number in range(rounds + 1):  # the first one warms up
            for threads in seconds:
                with ThreadPoolExecutor(threads) as pool:
                    begin = time.perf_counter()
                    list(pool.map(score, range(CALLS)))
                    each = (time.perf_counter() - begin) / CALLS
                time.sleep(0.05)
                floor = timed(lambda: forker.fork(b"b"), 100)
                if number:
                    seconds[threads].append(each)
                    ratios[threads].append(each / floor)
    print(f"Grader.score: correct solutions with {len(problem.cases)} cases, {rounds} rounds")
    for threads, each_s in seconds.items():
        name = f"calls per second from {threads} thread{'s' if threads > 1 else ''}"
        ratio = median(ratios[threads])
        print(
            f"{name:<48}{1 / median(each_s):8.0f}      ratio of a call to a fork and exit: "
            f"{ratio:.2f}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 5)
