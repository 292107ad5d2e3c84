"""New cases as YAML with comments, to be pasted into a file of cases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from grader.model.entry_point import Action
from grader.model.parts import part_text
from grader.model.script import Step, functions_in
from grader.model.verification import Hardening, NewCase
from grader.values import Value
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
    group = [f"    group: {case.group}"] if case.group else []
    if case.steps:
        steps = [f"      - {{{', '.join(_step(step))}}}" for step in case.steps]
        return [*lines, f"  - name: new-{number}", *group, "    steps:", *steps]
    lines += [f"  - name: new-{number}", "    args:"]
    lines += [f"      {name}: {literal(value)}" for name, value in case.args.items()]
    limits = {code.calls for each in case.args.values() for code in functions_in(each)}
    lines += [f"    calls: {each}" for each in limits if each is not None]
    lines += group
    try:
        return [*lines, f"    expected: {literal(case.expected)}"]
    except ValueError as error:
        return [*lines, f"    # the reference answers: {printable(str(error))}"]


def _step(step: Step) -> Iterator[str]:
    """Yield the keys of a step with their values."""
    name = step.target or (step.function.name if step.function is not None else "")
    yield f"{step.action.value}: {name}"
    if step.action is Action.SET:
        yield f"value: {literal(step.args['value'])}"
    elif step.listed and step.action is not Action.REPR:
        yield f"args: {literal(list(step.listed))}"
    elif step.args:
        args = ", ".join(f"{name}: {literal(value)}" for name, value in step.args.items())
        yield f"args: {{{args}}}"
    if step.stdin is not None:
        yield f"stdin: {literal(step.stdin)}"
    if step.name:
        yield f"as: {step.name}"
    if step.show:
        yield f"show: {literal(part_text(step.show))}"
    if step.after:
        yield f"after: {literal(dict[Value, Value](step.after.items()))}"
    if step.prints is not None:
        yield f"prints: {{{step.prints.rule.value}: {literal(step.prints.text)}}}"
    if step.raises is not None:
        texts = dict[Value, Value](step.raises.texts)
        yield f"raises: {literal(texts if all(texts.values()) else list(texts))}"
    if step.is_asked:
        try:
            yield f"expected: {literal(step.expected)}"
        except ValueError:  # no YAML represents it
            yield "expected: !reference "
