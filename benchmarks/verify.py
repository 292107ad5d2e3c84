"""Time of `grader verify` for the whole bank, and of running its wrong solutions.

All on one core: this process and its children are bound to the first one. The time of one mutant
with all cases is compared with the fork and exit of a process with NumPy loaded.

Usage: python benchmarks/verify.py [ROUNDS]
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from statistics import median

from sandbox import Forker, timed

from grader.bank.locate import find_bank
from grader.sandbox.fork_server import ForkServer
from grader.sandbox.host import Sandbox
from grader.verify import verify
from grader.verify.evidence import Evidence

ROOT = Path(__file__).resolve().parent.parent
BOUND_MS = 5.0


def main(rounds: int) -> None:
    """Run the rounds and print medians."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    bank = find_bank(str(ROOT))
    forker = Forker([], b"", "")
    command = [sys.executable, "-m", "grader", "verify", "--bank", str(ROOT)]
    known: list[Evidence] = []

    def as_a_process() -> None:
        subprocess.run(command, capture_output=True, check=True)

    with Sandbox(ForkServer()) as sandbox, sandbox.with_another_hash_seed() as other:
        both = sandbox, other

        def without_start_up() -> None:
            for slug in bank.slugs():
                verify(bank, slug, both)

        def wrong_solutions() -> None:
            for each in known:
                assert each.mutants and each.misconceptions

        whole, inside, tables, forks = [], [], [], []
        for _ in range(rounds):
            whole.append(timed(as_a_process))
            inside.append(timed(without_start_up))
            known = [Evidence(bank, slug, both) for slug in bank.slugs()]
            # This computes the answers, which are not part of the time.
            assert all(each.cases for each in known)
            tables.append(timed(wrong_solutions))
            forks.append(timed(lambda: forker.fork(b"b"), 20))
    count = sum(len(each.mutants) + len(each.misconceptions) for each in known)
    each_ms, fork_ms = 1000 * median(tables) / count, 1000 * median(forks)
    print(f"the whole bank on one core: medians of {rounds} rounds")
    print(f"{'grader verify, as a process':<48}{median(whole):8.2f} s")
    print(f"{'the same without start-up':<48}{median(inside):8.2f} s")
    print(f"{f'{count} mutants and misconceptions':<48}{median(tables):8.2f} s")
    print(f"{'one of them, all cases':<48}{each_ms:8.2f} ms   bound {BOUND_MS:g}")
    print(f"{'a fork and exit':<48}{fork_ms:8.2f} ms   ratio {each_ms / fork_ms:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 5)
