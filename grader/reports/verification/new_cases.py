"""New cases as YAML with comments, to be pasted into a file of cases."""

from __future__ import annotations

from typing import TextIO

from grader.model.script import functions_in
from grader.model.verification import Hardening, NewCase
from grader.values.show import printable
from grader.values.yaml_literal import literal


def write(found: Hardening, out: TextIO) -> None:
    """Write the cases, and the survivors that no case was found for.

    An answer that YAML cannot represent is left out: the reference computes it.
    """
    if not found.cases and not found.survivors:
        out.write("# the cases reject every misconception and every mutant already\n")
    for number, case in enumerate(found.cases, start=1):
        out.write("\n".join(_lines(case, number)) + "\n")
    for name in found.survivors:
        out.write(f"# found no input that rejects {printable(name)}\n")


def _lines(case: NewCase, number: int) -> list[str]:
    lines = [f"  # rejects {printable(name)}" for name in case.rejects]
    lines += [f"  - name: new-{number}", "    args:"]
    lines += [f"      {name}: {literal(value)}" for name, value in case.args.items()]
    limits = {code.calls for each in case.args.values() for code in functions_in(each)}
    lines += [f"    calls: {each}" for each in limits if each is not None]
    lines += [f"    group: {case.group}"] if case.group else []
    try:
        return [*lines, f"    expected: {literal(case.expected)}"]
    except ValueError as error:
        return [*lines, f"    # the reference answers: {printable(str(error))}"]
