"""Checks of cases as they are written, before they are read: names, arguments, answers."""

from __future__ import annotations

from collections.abc import Sequence

from grader.bank.answer_fields import is_left_to_reference
from grader.bank.case_fields import CASE
from grader.errors import Diagnostics, Location, did_you_mean
from grader.model.entry_point import EntryPoint
from grader.model.problem import Driver
from grader.model.signature import Function
from grader.values.show import show
from grader.yaml_reader.nodes import Node, has_key

_EXPECTATIONS = ("expected", "any_of", "raises", "after", "prints")


def check_cases(
    root: Node,
    entry_point: EntryPoint | None,
    driver: Driver | None,
    may_lack_answers: bool,
    names: UniqueNames,
    diagnostics: Diagnostics,
) -> None:
    """Report what is wrong with the cases of a file, apart from their steps.

    Args:
        root: of the file
        may_lack_answers: whether the reference may answer them
        names: of all cases so far
    """
    for node in items_under(root, "cases"):
        names.check(node.get("name"), diagnostics)
        if not node.is_mapping:
            continue
        name, args = node.get("name"), node.get("args")
        label = f"case {show(name.text)}" if name is not None and name.text else "this case"
        function = entry_point.function if entry_point is not None else None
        if driver is not None and node.get("call") is None:
            function = driver.function if not driver.function.takes_any_name else None
        if function is not None and args is not None and args.is_mapping:
            _check_args(args, function, label, diagnostics)
        steps = items_under(node, "steps")
        if not may_lack_answers:
            _check_answers(node, steps, label, diagnostics)
        for each in (node, *steps):
            tolerance = each.get("tolerance")
            if tolerance is not None and each.get("decimals") is not None:
                diagnostics.add(
                    tolerance.at, "expected `decimals` or `tolerance`, found both; keep one"
                )


def _check_answers(node: Node, steps: Sequence[Node], label: str, diagnostics: Diagnostics) -> None:
    """Report expectations of a public case that only the reference can fulfil."""
    checker = node.get("checker")
    is_judged_alone = checker is not None and checker.get("python") is not None
    keys = list(CASE.fields)
    is_answered = any(has_key(node, key, keys) for key in _EXPECTATIONS)
    has_expected = is_judged_alone or is_answered
    if node.get("steps") is None and not has_expected:
        text = f"{label} needs `expected`, the answer that students see; `grader fill` writes it"
        diagnostics.add(node.at, text)
    for each in (node, *steps):
        expected = each.get("expected")
        if expected is not None and is_left_to_reference(expected) and not expected.text:
            text = "students have no reference; write the answer out, or let `grader fill` do it"
            diagnostics.add(expected.at, text)


def _check_args(args: Node, function: Function, label: str, diagnostics: Diagnostics) -> None:
    names = [parameter.name for parameter in function.parameters]
    check_names(args, names, diagnostics)
    for parameter in function.parameters:
        if parameter.is_required and not has_key(args, parameter.name, names):
            diagnostics.add(args.at, f"{label} needs the argument {parameter.name!r}")


def check_names(args: Node, names: Sequence[str], diagnostics: Diagnostics) -> None:
    """Report keys that are not names of parameters."""
    for key, _ in args.entries():
        if key.text is not None and key.text not in names:
            hint = did_you_mean(key.text, names)
            diagnostics.add(key.at, f"the function has no parameter {show(key.text)}{hint}")


class UniqueNames:
    """Report names that are used more than once."""

    def __init__(self, label: str) -> None:
        self.label = label  # the kind of thing named, for messages
        self.first: dict[str, Location] = {}

    def check(self, name: Node | None, diagnostics: Diagnostics) -> None:
        """Note a name; report it if another has it."""
        if name is None or not name.text:
            return
        if name.text in self.first:
            first = f"first used at {self.first[name.text]}"
            message = f"duplicate {self.label} name {show(name.text)} ({first}); choose another"
            diagnostics.add(name.at, message)
        self.first.setdefault(name.text, name.at)


def items_under(root: Node, key: str) -> list[Node]:
    """Return the items of the list under a key, if there is one."""
    value = root.get(key)
    return value.items() if value is not None else []
