"""A course of one problem with five known mistakes, and twenty students."""

from __future__ import annotations

from pathlib import Path

from tests._support.bank import copies

SLUG = "mean-1"
STUDENTS = 20
_REFERENCE = "def mean(values):\n    return {}\n"
# Each with the answer of the problem's reference put wrong in one way.
MISTAKES = {
    "sum": "sum(values)",
    "counts-one-more": "sum(values) / (len(values) + 1)",
    "counts-one-less": "sum(values) / max(len(values) - 1, 1)",
    "takes-the-middle": "sorted(values)[len(values) // 2]",
    "takes-the-first": "values[0]",
}
RIGHT = _REFERENCE.format("sum(values) / len(values)")
_COURSE = """\
title: Numerical Methods
staff:
  - {id: rivera, name: Rosa Rivera}
  - {id: okafor, name: Obi Okafor, role: assistant, sections: [A]}
assignments:
  - {assignment: hw1.yaml, graded: hw1}
"""


def program(mistake: str, note: str = "") -> str:
    """Return a program with a mistake, unlike the others by a comment."""
    return _REFERENCE.format(MISTAKES[mistake]) + (f"# {note}\n" if note else "")


def hint(mistake: str) -> str:
    """Return the hint for a mistake."""
    return f"What does your program do: {mistake.replace('-', ' ')}?"


def write_course(folder: Path) -> None:
    """Write the bank, the course and the roster."""
    copies(folder, 1)
    wrong = ["misconceptions:"]
    for slug, answer in MISTAKES.items():
        wrong += [f"  - slug: {slug}", f"    hint: '{hint(slug)}'", "    edits:"]
        wrong += ["      - find: sum(values) / len(values)", f"        replace: {answer}"]
    path = folder / "solutions" / SLUG / "wrong.yaml"
    path.write_text("\n".join(wrong) + "\n", "utf-8")
    (folder / "course.yaml").write_text(_COURSE, "utf-8")
    (folder / "hw1.yaml").write_text(
        f"title: First steps\nproblems: [{{problem: {SLUG}, points: 10}}]\n", "utf-8"
    )
    rows = [
        f"s{number:02},Student {number:02},{'AB'[number % 2]}" for number in range(1, STUDENTS + 1)
    ]
    (folder / "class.csv").write_text("\n".join(["id,name,section", *rows]) + "\n", "utf-8")
