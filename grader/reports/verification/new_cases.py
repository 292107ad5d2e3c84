"""New cases as YAML with comments, to be pasted into a file of cases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from grader.model.checker import Tolerance
from grader.model.entry_point import Action
from grader.model.parts import part_text
from grader.model.script import Step, functions_in
from grader.model.verification import Hardening, NewCase
from grader.values import Value
from grader.values.show import printable
from grader.values.yaml_literal import literal

_USUAL_CHECKER = "close"


def write(found: Hardening, out: TextIO) -> None:
    """Write the cases, and the survivors that no case was found for.

    An answer that YAML cannot represent is left out: the reference computes it.
    """
    if not found.cases and not found.survivors:
        out.write("# the cases reject every misconception and every mutant already\n")
    for number, case in enumerate(found.cases, start=1):
        out.write("\n".join(_lines(case, number, found.tolerance)) + "\n")
    if found.cases and found.accepted_solutions == 1:
        text = "no other correct solution confirms the answers of the reference: look them over"
        out.write(f"# {text}\n")
    for name in found.survivors:
        out.write(f"# found no input that rejects {printable(name)}\n")


def _lines(new: NewCase, number: int, usual: Tolerance) -> Iterator[str]:
    case = new.case
    yield from (f"  # rejects {printable(name)}" for name in new.rejects)
    yield f"  - name: new-{number}"
    if new.group:
        yield f"    group: {new.group}"
    if case.seed is not None:
        yield f"    seed: {case.seed}"
    if new.has_steps:
        yield "    steps:"
        for step in case.steps:
            keys = [*_action(step), *_judged(step, usual), *_expected(step)]
            yield f"      - {{{', '.join(keys)}}}"
        return
    step = case.step
    yield "    args:" if step.args else "    args: {}"
    yield from (f"      {name}: {literal(value)}" for name, value in step.args.items())
    yield from (f"    {line}" for line in (*_of_call(step), *_judged(step, usual)))
    if step.is_asked:
        try:
            yield f"    expected: {literal(step.expected)}"
        except ValueError as error:
            yield f"    # the reference answers: {printable(str(error))}"


def _action(step: Step) -> Iterator[str]:
    """Yield the keys of a step that say what is done."""
    name = step.target or (step.function.name if step.function is not None else "")
    yield f"{step.action.value}: {name}"
    if step.action is Action.SET:
        yield f"value: {literal(step.args['value'])}"
    elif step.listed and step.action is not Action.REPR:
        yield f"args: {literal(list(step.listed))}"
    elif step.args:
        args = ", ".join(f"{name}: {literal(value)}" for name, value in step.args.items())
        yield f"args: {{{args}}}"
    yield from _of_call(step)
    if step.name:
        yield f"as: {step.name}"


def _of_call(step: Step) -> Iterator[str]:
    """Yield what a call gets beside its arguments."""
    limits = {code.calls for each in step.all_args.values() for code in functions_in(each)}
    yield from (f"calls: {each}" for each in limits if each is not None)
    if step.stdin is not None:
        yield f"stdin: {literal(step.stdin)}"


def _judged(step: Step, usual: Tolerance) -> Iterator[str]:
    """Yield the keys of a step that say how it is judged, without the expected answer."""
    if step.show:
        yield f"show: {literal(part_text(step.show))}"
    if step.after:
        yield f"after: {literal(dict[Value, Value](step.after.items()))}"
    if step.prints is not None:
        yield f"prints: {{{step.prints.rule.value}: {literal(step.prints.text)}}}"
    if step.raises is not None:
        texts = dict[Value, Value](step.raises.texts)
        yield f"raises: {literal(texts if all(texts.values()) else list(texts))}"
    if not step.is_asked:
        return
    if step.checker.yaml != _USUAL_CHECKER:
        yield f"checker: {step.checker.yaml}"
    if step.tolerance != usual:
        yield step.tolerance.yaml


def _expected(step: Step) -> Iterator[str]:
    if step.is_asked:
        try:
            yield f"expected: {literal(step.expected)}"
        except ValueError:  # no YAML represents it
            yield "expected: !reference "
