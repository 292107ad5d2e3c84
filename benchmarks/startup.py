"""Time of whole commands, compared with `python -c "import numpy"`.

Machines differ and are noisy, so the ratio counts: the commands are run in turn, round after round,
and each round gives a ratio for each. The bound is the goal.

Usage: python benchmarks/startup.py [ROUNDS]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
GRADER = str(Path(sys.executable).with_name("grader"))
SOLUTION = ROOT / "solutions" / "dr-grpo" / "right" / "loops.py"
WRONG = ROOT / "examples" / "submissions" / "dr-grpo" / "averages_tokens.py"

NUMPY = [sys.executable, "-c", "import numpy"]
COMMANDS: dict[str, tuple[list[str], float | None]] = {
    'python -c "import numpy"': (NUMPY, None),
    "grader --help": ([GRADER, "--help"], 0.6),
    "grader list": ([GRADER, "list"], 0.6),
    "grader grade dr-grpo FILE --json": (
        [GRADER, "grade", "dr-grpo", str(SOLUTION), "--json"],
        2.0,
    ),
    "the same, a wrong answer with its hint": (
        [GRADER, "grade", "dr-grpo", str(WRONG), "--json"],
        2.5,
    ),
}


def seconds(command: list[str]) -> float:
    """Return the wall time of the process, from start to end."""
    # Packages are installed with their bytecode; without it all is compiled at every start.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    begin = time.perf_counter()
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False, env=environment)
    return time.perf_counter() - begin


def main(rounds: int) -> None:
    """Run the rounds and print medians and ratios."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for command, _ in COMMANDS.values():
        seconds(command)  # not measured: the first run compiles its imports
    for _ in range(rounds):
        for name, (command, _) in COMMANDS.items():
            times[name].append(seconds(command))
    base = times['python -c "import numpy"']
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"whole processes: medians of {rounds} rounds on {os.cpu_count()} cores, load {load}")
    print(f"{'':<42}{'ms':>8}{'ratio':>8}{'bound':>8}")
    for name, (_, bound) in COMMANDS.items():
        ratio = median(own / numpy for own, numpy in zip(times[name], base, strict=True))
        limit = f"{bound:8.1f}" if bound is not None else ""
        print(f"{name:<42}{1000 * median(times[name]):8.1f}{ratio:8.2f}{limit}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TMPDIR"] = folder
        main(int(sys.argv[1]) if sys.argv[1:] else 25)
