"""New cases as YAML, ready to be pasted into a file of cases; what else there is to say, as
comments."""

from __future__ import annotations

from typing import TextIO

from grader.model.verification import Hardening, NewCase
from grader.values.show import printable
from grader.values.yaml_literal import literal


def write(found: Hardening, out: TextIO) -> None:
    """Write the cases, and what none was found for."""
    if not found.cases and not found.left:
        out.write("# every misconception and every mutant is refused already\n")
    for number, case in enumerate(found.cases, start=1):
        out.write("\n".join(_lines(case, number)) + "\n")
    for name in found.left:
        out.write(f"# no input was found that refuses {printable(name)}\n")


def _lines(case: NewCase, number: int) -> list[str]:
    lines = [f"  # refuses {printable(name)}" for name in case.refuses]
    lines += [f"  - name: new-{number}", "    args:"]
    lines += [f"      {name}: {literal(value)}" for name, value in case.args.items()]
    return [*lines, f"    expected: {literal(case.expected)}"]
