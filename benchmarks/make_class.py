"""Write a class of submissions: correct ones, misconceptions, and some that crash or are hostile.

The same arguments give the same files.

Usage: python benchmarks/make_class.py FOLDER STUDENTS [SEED]
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

from grader.bank.locate import find_bank

ROOT = Path(__file__).resolve().parent.parent
PROBLEM = "dr-grpo"
# Percent of the submissions.
SHARES = {"right": 55, "wrong": 33, "starter": 3, "crashing": 5, "hostile": 3, "endless": 1}
CRASHING = (
    b"def compute_dr_grpo_objective(*args):\n    return args[0][99]\n",
    b"import os\ndef compute_dr_grpo_objective(*args):\n    os._exit(3)\n",
    b"def compute_dr_grpo_objective(*args)\n    return 1\n",
    b"def another_name(*args):\n    return 1.0\n",
    b"",
)
HOSTILE = (
    b"import os\ndef compute_dr_grpo_objective(*args):\n    os.kill(os.getppid(), 9)\n",
    b"import socket\ndef compute_dr_grpo_objective(*args):\n    return socket.socket()\n",
    b"def compute_dr_grpo_objective(*args):\n    return open('/etc/passwd').read()\n",
    b"def compute_dr_grpo_objective(*args):\n    return 'x' * 5_000_000\n",
)
# Endless in one case only, so that a class of thousands is graded in minutes.
ENDLESS = (
    b"def compute_dr_grpo_objective(new, *args):\n    while len(new) == 6:\n        pass\n"
    b"    return 0.0\n"
)


def write_class(folder: Path, students: int, seed: int = 0) -> dict[str, str]:
    """Write the files, named by student, and return the kind of each."""
    bank = find_bank(str(ROOT))
    problem = bank.load(PROBLEM)
    choices = {
        "right": list(problem.accepted.values()),
        "wrong": [known.source for known in problem.misconceptions],
        "starter": [problem.starter],
        "crashing": list(CRASHING),
        "hostile": list(HOSTILE),
        "endless": [ENDLESS],
    }
    rng = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    kinds = {}
    for number in range(students):
        student = f"student-{number:05}"
        kind = rng.choices(list(SHARES), weights=list(SHARES.values()))[0]
        source = rng.choice(choices[kind])
        # Nearly all files are different.
        remark = b"# by %s\n" % student.encode() if source and rng.random() < 0.95 else b""
        (folder / f"{student}.py").write_bytes(source + remark)
        kinds[student] = kind
    return kinds


if __name__ == "__main__":
    kinds = write_class(Path(sys.argv[1]), int(sys.argv[2]), *map(int, sys.argv[3:]))
    print(f"{len(kinds)} submissions in {sys.argv[1]}")
