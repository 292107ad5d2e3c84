"""A witness returns which arguments a call changed, to the last bit and however they are passed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.judging.witness import WITNESS, changed_arguments, witness_source
from grader.model.entry_point import EntryPoint, find_declarations
from grader.model.python_source import parse_python
from grader.sandbox.host import Sandbox
from grader.values import Value
from tests._support.small_problems import small_problem

# signature and body of a function, the arguments, and the names of those that it changes
CALLS: dict[str, tuple[str, str, dict[str, Value], list[str]]] = {
    "nothing": ("(a, b)", "a = a + b", {"a": [1.0], "b": [2.0]}, []),
    "both": ("(a, b)", "b.pop(); a.pop()", {"a": [1.0], "b": [2.0]}, ["a", "b"]),
    "by name": ("(a, *, b)", "b.sort()", {"a": [2.0], "b": [2.0, 1.0]}, ["b"]),
    "one of any number": ("(*a)", "a[1].pop()", {"a": [[1.0], [2.0]]}, ["a"]),
    "in a dict of keywords": ("(**a)", "a['k'].pop()", {"a": {"k": [1.0]}}, ["k"]),
    "the type only": ("(a)", "a[0] = int(a[0])", {"a": [1.0]}, ["a"]),
    "the sign of zero only": ("(a)", "a[0] = -a[0]", {"a": [0.0]}, ["a"]),
    "what is not a number": ("(a)", "a[0] += 1", {"a": [float("nan")]}, []),
    "a call that fails": ("(a)", "a.pop(); raise ValueError", {"a": [1.0]}, []),
    "a call of itself": ("(a)", "return f(a[1:]) if a else 0", {"a": [1.0, 2.0]}, []),
}


@pytest.mark.parametrize("signature, body, args, names", CALLS.values(), ids=CALLS)
def test_a_witness_names_what_a_call_changed(
    signature: str, body: str, args: dict[str, Value], names: list[str], sandbox: Sandbox
) -> None:
    source = f"def f{signature}:\n    {body}\n"
    entry_point: EntryPoint = find_declarations(parse_python(source))["f"].entry_point
    problem = replace(small_problem(source, [1.0]), entry_point=entry_point)
    program = problem.program(source.encode() + witness_source(entry_point))
    call = entry_point.call(args)
    (run,) = sandbox.run(replace(program, function=WITNESS), [call], problem.limits)
    assert changed_arguments(entry_point, call, run) == names
