"""Grade the example submissions and a small class, and write their reports: `make demo`.

Usage: python examples/demo.py FOLDER
"""

from __future__ import annotations

import csv
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

from grader.bank.locate import find_bank
from grader.model.judgement import Verdict
from grader.reports.judgement.html import environment

ROOT = Path(__file__).resolve().parent.parent
SUBMISSIONS = ROOT / "examples" / "submissions"
ROSTER = ROOT / "examples" / "roster.csv"
HOMEWORK = ROOT / "examples" / "homework.yaml"

PAGE = ROOT / "examples" / "demo.html"


def main(folder: Path) -> None:
    """Grade every example on the command line, and print the outcome."""
    bank = find_bank(str(ROOT))
    problems: list[dict[str, Any]] = []
    for examples in sorted(path for path in SUBMISSIONS.iterdir() if path.is_dir()):
        problem = bank.load(examples.name, with_solutions=False)
        print(problem.title)
        submissions = []
        for path in sorted(examples.glob("*.py")):
            outcome = grade(problem.slug, path, folder / problem.slug / f"{path.stem}.html")
            print(f"  {path.stem:<30} {outcome['label']}, {outcome['score']} points", flush=True)
            submissions.append(outcome)
        about = f"{problem.difficulty} · {problem.category}"
        problems.append(
            {
                "slug": problem.slug,
                "title": problem.title,
                "about": about,
                "submissions": submissions,
            }
        )
    count = sum(len(each["submissions"]) for each in problems)
    template = environment().from_string(PAGE.read_text("utf-8"))
    index = folder / "index.html"
    index.write_text(template.render(problems=problems, count=count), encoding="utf-8")
    print(f"\nThe reports: {os.path.relpath(index)}")
    grade_class(folder / "class")


def grade(problem: str, path: Path, report: Path) -> dict[str, Any]:
    """Grade a file as a student does, write its report, and return the outcome."""
    report.parent.mkdir(parents=True, exist_ok=True)
    command = ["grade", problem, path, "--json", "--report", report, "--bank", ROOT]
    done = subprocess.run(
        [sys.executable, "-m", "grader", *map(str, command)],
        cwd=ROOT,
        env=os.environ | {"GRADER_PROGRESS": ""},  # they are nobody's attempts
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    if done.returncode not in (0, 1):  # an error, not a verdict
        raise SystemExit(done.returncode)
    found: dict[str, Any] = json.loads(done.stdout)
    return {
        "name": path.stem.replace("_", " "),
        "page": f"{problem}/{path.stem}.html",
        "verdict": found["verdict"],
        "label": Verdict(found["verdict"]).label,
        "score": found["score"],
        "max_score": found["max_score"],
    }


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
