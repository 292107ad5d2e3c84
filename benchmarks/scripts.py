"""Time to judge a class in 10 cases of 5 steps, compared with a function in 50 cases of one call.

Both do the same work on the same arguments, and are judged in turn, round after round, either as
often first as second. The ratio is the median of those of the rounds.

Usage: python benchmarks/scripts.py [ROUNDS]
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from grader.bank.load import load_problem
from grader.judging.answer_key import AnswerKey
from grader.judging.judge import judge
from grader.model.judgement import Verdict
from grader.model.problem import Submission
from grader.sandbox.fork_server import ForkServer
from grader.sandbox.host import Sandbox

CASES, STEPS = 10, 5
IN_A_ROW = 5
BOUND = 1.5

CLASS = b"""\
class Momentum:
    def __init__(self, rate: float) -> None:
        self.rate, self.speed, self.steps = rate, 0.0, 0

    def step(self, values: list[float]) -> list[float]:
        self.steps += 1
        self.speed = 0.5 * self.speed + self.rate
        return [x - self.speed * x for x in values]
"""
FUNCTION = b"""\
def step(rate: float, values: list[float]) -> list[float]:
    speed = 0.5 * 0.0 + rate
    return [x - speed * x for x in values]
"""
VALUES = "[1.0, 2.0, 4.0]"
EXPECTED = {0.5: "[0.5, 1.0, 2.0]", 0.75: "[0.25, 0.5, 1.0]", 0.875: "[0.125, 0.25, 0.5]"}


def script() -> str:
    """Return the steps of a case of the class."""
    lines = ["- {new: Momentum, args: {rate: 0.5}, as: it}"]
    for expected in EXPECTED.values():
        lines.append(f"- {{call: it.step, args: {{values: {VALUES}}}, expected: {expected}}}")
    lines.append("- {get: it.steps, expected: 3}")
    assert len(lines) == STEPS
    return "".join(f"      {line}\n" for line in lines)


def key_of(folder: Path, entry: str, source: bytes, cases: str, sandbox: Sandbox) -> AnswerKey:
    """Write a problem into a folder and return its answer key."""
    folder.mkdir()
    front = f"---\ntitle: A step\ndifficulty: easy\ncategory: Test\n{entry}\n---\n"
    (folder / "spec.md").write_text(front)
    (folder / "starter.py").write_bytes(source)
    (folder / "cases.yaml").write_text(f"cases:\n{cases}")
    return AnswerKey(load_problem(str(folder)), sandbox)


def timed(work: Callable[[], None]) -> float:
    """Return the seconds that the work takes, on average."""
    begin = time.perf_counter()
    for _ in range(IN_A_ROW):
        work()
    return (time.perf_counter() - begin) / IN_A_ROW


def main(rounds: int) -> None:
    """Run the rounds and print medians and the ratio."""
    call = f"args: {{rate: 0.5, values: {VALUES}}}, expected: {EXPECTED[0.5]}"
    calls = "".join(f"  - {{name: c{number}, {call}}}\n" for number in range(CASES * STEPS))
    scripts = "".join(f"  - name: c{number}\n    steps:\n{script()}" for number in range(CASES))
    with tempfile.TemporaryDirectory() as name, Sandbox(ForkServer(), "strict") as sandbox:
        class_key = key_of(Path(name, "of-class"), "class: Momentum", CLASS, scripts, sandbox)
        call_key = key_of(Path(name, "of-calls"), "function: step", FUNCTION, calls, sandbox)

        def judged(key: AnswerKey, source: bytes) -> None:
            judgement = judge(key, Submission(source, "me.py"), sandbox)
            assert judgement.verdict is Verdict.ACCEPTED

        work: list[Callable[[], None]] = [
            lambda: judged(call_key, FUNCTION),
            lambda: judged(class_key, CLASS),
        ]
        times: list[list[float]] = [[], []]
        for turn in range(-1, rounds):
            for index in (0, 1) if turn % 2 else (1, 0):
                took = timed(work[index])
                if turn >= 0:
                    times[index].append(took)
    ratio = median(of_class / of_calls for of_calls, of_class in zip(*times, strict=True))
    print(
        f"medians of {rounds} rounds of {IN_A_ROW} judgements on {os.cpu_count()} cores, load"
        f" {', '.join(f'{each:.1f}' for each in os.getloadavg())}"
    )
    print(f"a function, {CASES * STEPS} cases of one call  {1000 * median(times[0]):7.2f} ms")
    print(f"a class, {CASES} cases of {STEPS} steps       {1000 * median(times[1]):7.2f} ms")
    print(f"ratio {ratio:.2f}; bound {BOUND}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 200)
