"""A class is asked for itself, and not through a function that drives it."""

from __future__ import annotations

import pytest

from grader.bank.locate import find_bank
from grader.sandbox.host import Sandbox
from grader.verify.mutation import make_mutants
from tests._support.bank import DATA
from tests._support.scripts import judged, lines

KINDS = find_bank(str(DATA / "kinds"))
_NO_CLASS = "CE 0/1 the class must be called Counter; found: run_counter"

# problem, submission, and verdict, points and message of each case
JUDGED: dict[str, tuple[str, str, list[str]]] = {
    "only the class": ("counter", "submissions/only_the_class.py", ["AC 1/1", "AC 1/1"]),
    "no class at all": ("counter", "submissions/no_class_at_all.py", [_NO_CLASS, _NO_CLASS]),
    "a class with its driver": ("counter", "solutions/driven/reference.py", ["AC 1/1", "AC 1/1"]),
    "the starter": (
        "counter",
        "problems/counter/starter.py",
        [
            "RTE 0/1 step 3, counter.add(…): NotImplementedError (line 4)",
            "RTE 0/1 step 2, counter.add(…): NotImplementedError (line 4)",
        ],
    ),
    "a constructor and a method": (
        "mixed-precision",
        "solutions/mixed-precision/reference.py",
        ["AC 1/1"],
    ),
    "a starter with a constructor": (
        "mixed-precision",
        "problems/mixed-precision/starter.py",
        ["RTE 0/1 step 1, MixedPrecision(…): NotImplementedError (line 3)"],
    ),
}


@pytest.mark.parametrize("slug, file, said", JUDGED.values(), ids=JUDGED)
def test_a_class_is_judged_by_its_steps(
    slug: str, file: str, said: list[str], sandbox: Sandbox
) -> None:
    source = (DATA / "kinds" / file).read_text("utf-8")
    assert lines(judged(slug, source, sandbox, bank=KINDS)) == said


def test_lines_of_the_starter_are_not_mutated() -> None:
    """A driver function in the starter is not written by students: its mutants need no excuse."""
    problem = KINDS.load("driven")
    reference = problem.reference or b""
    driver = reference[reference.index(b"def run_counter") :].decode()
    mutants = make_mutants(reference, problem.starter)
    assert len(mutants) >= 5
    assert all(each.source.decode().endswith(driver) for each in mutants)
    assert not all(each.source.decode().endswith(driver) for each in make_mutants(reference))
