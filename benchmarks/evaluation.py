"""Time to score a model's samples, beside the checker of EvalPlus on the same work.

The work: right samples of one problem with ten cases, two at a time. Both sides are whole programs
from start to exit, `examples/evaluate.py` in the strict sandbox and a pool of EvalPlus's
`untrusted_check`, measured in turn; the median of the ratios of wall times is printed. For a warm
comparison the same is done with ten times the samples, and the times are subtracted.

EvalPlus is not among the tools of this project: without the path of a Python that has it, only the
time of this side is printed.

Usage: python benchmarks/evaluation.py [ROUNDS] [PYTHON_WITH_EVALPLUS]
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from grader import Grader

ROOT = Path(__file__).resolve().parent.parent
PROBLEM, FUNCTION = "dr-grpo", "compute_dr_grpo_objective"
SAMPLES, CASES, WORKERS, BOUND = 50, 10, 2, 1.0

# Reads {"samples": […], "inputs": […], "expected": […]} and checks all samples as EvalPlus does.
EVALPLUS = f"""
import json, sys
from concurrent.futures import ProcessPoolExecutor
from evalplus.eval import untrusted_check

work = json.load(open(sys.argv[1]))

def check(sample):
    times = [0.001] * len(work["inputs"])
    status, _ = untrusted_check(
        "humaneval", sample, work["inputs"], {FUNCTION!r}, work["expected"], 1e-4, times
    )
    return status

if __name__ == "__main__":
    with ProcessPoolExecutor({WORKERS}) as pool:
        found = [future.result() for future in [pool.submit(check, s) for s in work["samples"]]]
    assert found == ["pass"] * len(found), found
"""


def main(rounds: int, python: str) -> None:
    """Measure both sides in turn, and print the medians."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sides = {"grader": _prepare_grader(folder)}
        if python:
            sides["evalplus"] = _prepare_evalplus(folder, python)
        for side, command in sides.items():  # not measured: the first run compiles its imports
            _timed([*command, str(folder / f"{side}-{SAMPLES}.jsonl")])
        times: dict[tuple[str, int], list[float]] = {}
        for _ in range(rounds):
            for count in (SAMPLES, 10 * SAMPLES):
                for side, command in sides.items():
                    took = _timed([*command, str(folder / f"{side}-{count}.jsonl")])
                    times.setdefault((side, count), []).append(took)
    for (side, count), seconds in times.items():
        print(f"{side:<9} {count:>4} samples of {CASES} cases: {median(seconds):6.2f} s")
    if python:
        for count in (SAMPLES, 10 * SAMPLES):
            _print_ratio(f"{count} samples", times["grader", count], times["evalplus", count])
        warm = {side: _differences(times, side) for side in sides}
        _print_ratio("without start-up", warm["grader"], warm["evalplus"])


def _prepare_grader(folder: Path) -> list[str]:
    for part in ("problems", "solutions"):
        shutil.copytree(ROOT / part / PROBLEM, folder / "bank" / part / PROBLEM)
    # As many cases as the other side has: the public ones, and hidden ones up to the number.
    with Grader(ROOT / "problems", ROOT / "solutions") as grader:
        problem = grader.problem(PROBLEM)
    lines = (folder / "bank" / "solutions" / PROBLEM / "cases.yaml").read_text().splitlines(True)
    starts = [number for number, line in enumerate(lines) if line.lstrip().startswith("- name:")]
    public = sum(not case.hidden for case in problem.cases)
    kept = lines[: starts[CASES - public]]
    (folder / "bank" / "solutions" / PROBLEM / "cases.yaml").write_text("".join(kept))
    source = problem.accepted["loops"].decode()
    work = {
        "inputs": [list(case.step.args.values()) for case in problem.cases[:CASES]],
        "expected": [case.step.expected for case in problem.cases[:CASES]],
    }
    for count in (SAMPLES, 10 * SAMPLES):
        samples = [f"{source}# {number}\n" for number in range(count)]
        lines = [json.dumps({"task_id": PROBLEM, "solution": each}) + "\n" for each in samples]
        (folder / f"grader-{count}.jsonl").write_text("".join(lines))
        (folder / f"evalplus-{count}.jsonl").write_text(json.dumps({"samples": samples} | work))
    script = str(ROOT / "examples" / "evaluate.py")
    options = ["--bank", str(folder / "bank"), "--workers", str(WORKERS)]
    return [sys.executable, script, *options]


def _prepare_evalplus(folder: Path, python: str) -> list[str]:
    (folder / "check.py").write_text(EVALPLUS)
    return [python, str(folder / "check.py")]


def _timed(command: list[str]) -> float:
    # Packages are installed with their bytecode; without it all is compiled at every start.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT, env=environment)
    return time.perf_counter() - start


def _differences(times: dict[tuple[str, int], list[float]], side: str) -> list[float]:
    pairs = zip(times[side, SAMPLES], times[side, 10 * SAMPLES], strict=True)
    return [many - few for few, many in pairs]


def _print_ratio(what: str, times: list[float], others: list[float]) -> None:
    ratio = median(one / other for one, other in zip(times, others, strict=True))
    print(f"{what}: {ratio:.2f} of the time of EvalPlus (bound {BOUND})")


if __name__ == "__main__":
    numbers = [word for word in sys.argv[1:] if word.isdigit()]
    pythons = [word for word in sys.argv[1:] if not word.isdigit()]
    main(int(numbers[0]) if numbers else 5, pythons[0] if pythons else "")
