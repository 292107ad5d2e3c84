"""Time of a strict judgement, compared with an unprotected fork and a bare fork.

All are measured in turn, round after round; each process that forks has NumPy loaded, and nothing
else that is large. A judgement includes everything: sending source and arguments, loading, ten
calls, reading and comparing answers, and verdicts. Each is done several times in a row, so that the
work after a judgement, ending its child and preparing the next, is part of its own time.

Also: the time to apply each layer, and the resources in use after ten thousand judgements.

Usage: python benchmarks/sandbox.py [ROUNDS [JUDGEMENTS]]
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from statistics import median

from grader.bank.locate import find_bank
from grader.judging.answer_key import AnswerKey
from grader.judging.judge import judge
from grader.model.judgement import Verdict
from grader.model.problem import Submission
from grader.sandbox.fork_server import ForkServer
from grader.sandbox.host import Sandbox

ROOT = Path(__file__).resolve().parent.parent
CASES = 10
IN_A_ROW = 20
PAUSE_S = 0.02  # for the last child to end

# A process with NumPy loaded that forks on command: `b` bare, `u` to run the source unprotected.
FORKER = """
import os, sys, pickle
import numpy
calls, source, function = pickle.load(sys.stdin.buffer)
def unprotected():
    module = {}
    exec(compile(source, "submission.py", "exec"), module)
    for args, kwargs in calls:
        module[function](*args, **kwargs)
while command := sys.stdin.buffer.read(1):
    pid = os.fork()
    if pid == 0:
        if command == b"u":
            unprotected()
        os._exit(0)
    os.waitpid(pid, 0)
    os.write(1, b".")
"""


class Forker:
    """The process for comparison."""

    def __init__(self, *job: object) -> None:
        import pickle

        self.process = subprocess.Popen(
            [sys.executable, "-c", FORKER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
        )
        assert self.process.stdin and self.process.stdout
        self.write, self.read = self.process.stdin.write, self.process.stdout.read
        self.write(pickle.dumps(job))

    def fork(self, command: bytes) -> None:
        """Let it fork, and wait until the child has ended."""
        self.write(command)
        self.read(1)


def timed(work: Callable[[], object], times: int = 1) -> float:
    """Return the seconds that the work takes, on average."""
    begin = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - begin) / times


def main(rounds: int) -> None:
    """Run the rounds and print medians and ratios."""
    bank = find_bank(str(ROOT))
    problem = bank.load("dr-grpo")
    problem = replace(problem, cases=problem.cases[:CASES])
    source = problem.accepted["loops"]
    calls = [(call.args, call.kwargs) for case in problem.cases for call in case.script]
    forker = Forker(calls, source, str(problem.entry_point))
    submission = Submission(source, "loops.py")
    with Sandbox(ForkServer(), "strict") as strict, Sandbox(ForkServer(), "basic") as basic:
        key = AnswerKey(problem, strict)

        def judged(sandbox: Sandbox) -> None:
            judgement = judge(key, submission, sandbox)
            assert judgement.verdict is Verdict.ACCEPTED and judgement.score == Fraction(CASES)

        work: dict[str, Callable[[], object]] = {
            "fork and exit": lambda: forker.fork(b"b"),
            "fork, exec the source, ten cases, unprotected": lambda: forker.fork(b"u"),
            "judgement, basic": lambda: judged(basic),
            "judgement, strict": lambda: judged(strict),
        }
        for each in work.values():
            timed(each, IN_A_ROW)
        times: dict[str, list[float]] = {name: [] for name in work}
        for _ in range(rounds):
            for name, each in work.items():
                times[name].append(timed(each, IN_A_ROW))
                time.sleep(PAUSE_S)
    print(
        f"a submission with {CASES} cases, {IN_A_ROW} in a row: medians of {rounds} rounds on"
        f" {os.cpu_count()} cores, load {', '.join(f'{each:.1f}' for each in os.getloadavg())}"
    )
    print(f"{'':<48}{'ms':>8}{'to fork':>9}{'to unprotected':>16}")
    bare, unprotected = list(times.values())[:2]
    for name, own in times.items():
        to_bare, to_unprotected = (
            median(a / b for a, b in zip(own, base, strict=True)) for base in (bare, unprotected)
        )
        print(f"{name:<48}{1000 * median(own):8.2f}{to_bare:9.2f}{to_unprotected:16.2f}")
    print("bounds for the strict judgement: 3.0 to a fork, 1.5 to unprotected")


def print_layers(rounds: int) -> None:
    """Print the time to apply each layer, in a child of this process."""
    import json
    import tempfile

    from grader.sandbox.confine import Confinement
    from grader.sandbox.limits import ProcessLimits

    with tempfile.TemporaryDirectory() as folder:
        confinement = Confinement(folder)
        times_s: dict[str, list[float]] = {}
        for _ in range(rounds):
            reader, writer = os.pipe()
            parent = os.getpid()
            pid = os.fork()
            if pid == 0:
                steps = confinement.steps(
                    ProcessLimits(memory_mib=512, cpu_s=20), parent, strict=True
                )
                spans = {name: timed(step) for name, step in steps}
                os.write(writer, json.dumps(spans).encode())
                os._exit(0)
            os.close(writer)
            os.waitpid(pid, 0)
            for name, span in json.loads(os.read(reader, 4096)).items():
                times_s.setdefault(name, []).append(span)
            os.close(reader)
    print("\nthe layers, in a child that has just been forked")
    for name, own in times_s.items():
        print(f"{name:<48}{1000 * median(own):8.3f}")
    print(f"{'together':<48}{1000 * sum(map(median, times_s.values())):8.3f}")


def print_leaks(count: int) -> None:
    """Print the resources in use after many judgements."""
    bank = find_bank(str(ROOT))
    problem = bank.load("dr-grpo")
    submissions = [
        Submission(source, "x")
        for source in (
            problem.accepted["loops"],
            problem.starter,
            b"import os\ndef compute_dr_grpo_objective(*args): os._exit(1)",
        )
    ]
    with Sandbox(ForkServer(), "strict") as sandbox:
        key = AnswerKey(problem, sandbox)
        print(f"\n{'judgements':<14}{'MiB':>8}{'descriptors':>14}{'processes':>12}{'files':>8}")
        for number in range(count + 1):
            if number in (0, count // 10, count):
                _print_state(number)
            # Mostly correct ones: a program that crashes needs a child for every case.
            which = 0 if number % 50 else number // 50 % 3
            judge(key, submissions[which], sandbox)


def _print_state(number: int) -> None:
    import tempfile

    status = Path("/proc/self/status").read_text()
    resident = int(status.split("VmRSS:")[1].split()[0]) / 1024
    descriptors = len(os.listdir("/proc/self/fd")) - 1
    listing = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
    processes = listing.count("grader.sandbox.server")
    files = len([name for name in os.listdir(tempfile.gettempdir()) if "grader-" in name])
    print(f"{number:<14}{resident:8.1f}{descriptors:14}{processes:12}{files:8}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 50)
    print_layers(200)
    print_leaks(int(sys.argv[2]) if sys.argv[2:] else 10_000)
