"""The driver of a problem: a function that says what cases do, where steps cannot.

problems/SLUG/driver.py   def drive(solution, *, n): …

A case of one call then gives the arguments of this function, which calls what the student has
written and returns values for the host to judge.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

from grader.errors import Location, did_you_mean, shown_path, spec_error
from grader.model.entry_point import find_declarations
from grader.model.problem import Driver
from grader.model.script import DRIVE
from grader.model.signature import Function, ParameterKind

NAME = "driver.py"
_FIRST = "solution"


def read_driver(folder: str, parse: Callable[[Path], tuple[bytes, ast.Module]]) -> Driver | None:
    """Return the driver in a problem's folder; None if it has none.

    Args:
        parse: returns a file and its syntax tree, or raises a SpecError

    Raises:
        SpecError: if the file does not define such a function
    """
    path = Path(folder, NAME)
    if not path.exists():
        return None
    shown = shown_path(str(path))
    source, tree = parse(path)
    declared = find_declarations(tree)
    found = declared.get(DRIVE)
    if found is None:
        known = did_you_mean(DRIVE, list(declared)) if declared else ""
        text = f"expected a function {DRIVE}({_FIRST}, …), found none{known}"
        raise spec_error(Location(shown), text)
    at = Location(shown, found.line, found.column)
    if not isinstance(found.part, Function):
        raise spec_error(at, f"{DRIVE} must be a function, with {_FIRST} as its first parameter")
    parameters = found.part.parameters
    if not parameters or not parameters[0].takes_position:
        text = f"the first parameter of {DRIVE} must be {_FIRST}, by which it gets what students"
        raise spec_error(at, f"{text} write")
    for each in parameters[1:]:
        if not (each.takes_name or each.kind is ParameterKind.KEYWORDS):
            text = f"{DRIVE} gets the arguments of a case by name; {each} takes none by name"
            raise spec_error(at, text)
    return Driver(source, Function(DRIVE, parameters[1:]))
