"""Grade the example submissions and a small class, and write their reports: `make demo`.

Usage: python examples/demo.py FOLDER
"""

from __future__ import annotations

import csv
import os
import random
import subprocess
import sys
from html import escape
from pathlib import Path

from grader.bank.locate import find_bank

ROOT = Path(__file__).resolve().parent.parent
SUBMISSIONS = ROOT / "examples" / "submissions"
ROSTER = ROOT / "examples" / "roster.csv"
HOMEWORK = ROOT / "examples" / "homework.yaml"

_INDEX = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Example reports</title>
<style>
:root {{ color-scheme: light dark; font: 1.05rem/1.6 system-ui, sans-serif }}
main {{ max-width: 42rem; margin: 3rem auto; padding: 0 1rem }}
</style>
<main>
<h1>Example reports</h1>
{lists}
</main>
</html>
"""


def main(folder: Path) -> None:
    """Grade every example on the command line, and print the outcome."""
    lists = []
    for problem in sorted(path for path in SUBMISSIONS.iterdir() if path.is_dir()):
        items = []
        print(problem.name)
        for path in sorted(problem.glob("*.py")):
            report = folder / problem.name / f"{path.stem}.html"
            report.parent.mkdir(parents=True, exist_ok=True)
            outcome = grade(problem.name, path, report)
            print(f"  {path.stem:<30} {outcome}", flush=True)
            link = f'<a href="{problem.name}/{path.stem}.html">{escape(path.stem)}</a>'
            items.append(f"<li>{link}: {escape(outcome)}</li>")
        lists.append(f"<h2>{escape(problem.name)}</h2>\n<ul>\n{chr(10).join(items)}\n</ul>")
    index = folder / "index.html"
    index.write_text(_INDEX.format(lists="\n".join(lists)), encoding="utf-8")
    print(f"\nThe reports: {os.path.relpath(index)}")
    grade_class(folder / "class")


def grade(problem: str, path: Path, report: Path) -> str:
    """Return the last line that `grader grade` prints: the verdict and the score."""
    command = ["grade", problem, path, "--report", report, "--bank", ROOT]
    done = subprocess.run(
        [sys.executable, "-m", "grader", *map(str, command)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    if done.returncode not in (0, 1):  # an error, not a verdict
        raise SystemExit(done.returncode)
    return done.stdout.splitlines()[-1]


def grade_class(folder: Path) -> None:
    """Grade a homework of all students but one, with correct solutions and known mistakes."""
    submissions = folder / "submissions"
    bank = find_bank(str(ROOT))
    rng = random.Random(3)
    with ROSTER.open(encoding="utf-8") as file:
        students = [row["id"] for row in csv.DictReader(file)][:-1]
    for slug in ("dr-grpo", "grpo"):
        problem = bank.load(slug)
        correct = list(problem.accepted.values())
        wrong = [known.source for known in problem.misconceptions[:8]]
        for student in students:
            path = submissions / student / f"{slug}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            source = rng.choice(correct if rng.random() < 0.6 else wrong)
            path.write_bytes(source + f"# {student}\n".encode())
    print(f"\nA class of {len(students) + 1} students; one submitted nothing", flush=True)
    command = ["batch", HOMEWORK, submissions, "--roster", ROSTER, "--out", folder, "--bank", ROOT]
    words = [sys.executable, "-m", "grader", *map(str, command)]
    subprocess.run(words, cwd=Path.cwd(), check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())
