"""It is known which arguments a call changed, to the last bit and however they are passed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.checkers import CLOSE
from grader.errors import Location
from grader.judging.changes import AFTER, changed_arguments
from grader.model.entry_point import find_declarations
from grader.model.python_source import parse_python
from grader.model.script import Step
from grader.model.signature import Function
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
    "a key that is put back": ("(a)", "a['k'] = a.pop('k')", {"a": {"k": 1.0, "n": 2.0}}, []),
    "a key that is put back, further in": (
        "(a)",
        "a[0]['k'] = a[0].pop('k')",
        {"a": [{"k": [{"i": 1.0}], "n": 2.0}]},
        [],
    ),
    "the value of a key that is put back": (
        "(a)",
        "a['k'] = a.pop('k') + 1",
        {"a": {"k": 1.0, "n": 2.0}},
        ["a"],
    ),
    "a key of another type": ("(a)", "a[1.0] = a.pop(1)", {"a": {1: 2.0, 3: 4.0}}, ["a"]),
    "a call that fails": ("(a)", "a.pop(); raise ValueError", {"a": [1.0]}, []),
    "a call of itself": ("(a)", "return f(a[1:]) if a else 0", {"a": [1.0, 2.0]}, []),
}


@pytest.mark.parametrize("signature, body, args, names", CALLS.values(), ids=CALLS)
def test_what_a_call_changed_is_known(
    signature: str, body: str, args: dict[str, Value], names: list[str], sandbox: Sandbox
) -> None:
    source = f"def f{signature}:\n    {body}\n"
    function = find_declarations(parse_python(source))["f"].part
    assert isinstance(function, Function)
    problem = small_problem(source, [1.0])
    step = Step(args, Location("cases.yaml"), CLOSE, function=function)
    call = replace(step.call(), watches=(AFTER,))
    (run,) = sandbox.run(problem.program(source.encode()), [(call,)], problem.limits)
    assert changed_arguments(call, run, function) == names
    # If nothing else is asked, arguments that are as they were sent do not come back.
    call = replace(call, watches=(AFTER, "printed"))
    (run,) = sandbox.run(problem.program(source.encode()), [(call,)], problem.limits)
    assert changed_arguments(call, run, function) == names
