"""The arguments of a call in a test, by the names of the parameters of the stub."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from grader.checkers.sequences import count_elements
from grader.importers.outcomes import NotImported
from grader.model.signature import Function, ParameterKind
from grader.values import Array, Code, contains_unsupported

_MAX_NUMBERS = 20_000  # in the arguments of a case


def bind(
    function: Function, by_position: Sequence[Any], by_name: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the arguments of a call by the names of the parameters.

    Raises:
        NotImported: if the function has no such parameters
    """
    args: dict[str, Any] = {}
    rest, named = list(by_position), dict(by_name)
    for each in function.parameters:
        is_by_position = each.kind in (ParameterKind.POSITIONAL_ONLY, ParameterKind.PLAIN)
        if each.kind is ParameterKind.VARIADIC:
            args[each.name], rest = rest, []
        elif each.kind is ParameterKind.KEYWORDS:
            args[each.name], named = named, {}
        elif rest and is_by_position:
            args[each.name] = rest.pop(0)
        elif each.name in named and each.kind is not ParameterKind.POSITIONAL_ONLY:
            args[each.name] = named.pop(each.name)
        elif each.is_required:
            raise NotImported(f"the test gives no argument {each.name}, which the stub has")
    if rest or named:
        found = f"the argument {min(named)}" if named else f"{len(by_position)} arguments"
        raise NotImported(f"the test gives {found}, and the stub has {function.signature}")
    return args


def is_strange(value: Any) -> bool:
    """Return whether an argument, or anything in it, is neither data nor a function."""
    match value:
        case Code():
            return False
        case list() | tuple():
            return any(map(is_strange, value))
        case dict():
            return any(map(is_strange, value.values()))
    return contains_unsupported(value)


def check_size(arguments: object) -> None:
    """Check that arguments are small enough for a file that people read.

    Raises:
        NotImported: if they have more than `_MAX_NUMBERS` numbers
    """
    if _count_numbers(arguments) > _MAX_NUMBERS:
        raise NotImported(f"the arguments have more than {_MAX_NUMBERS} numbers")


def _count_numbers(value: object) -> int:
    match value:
        case Array():
            return count_elements(value)
        case list() | tuple() | set() | frozenset():
            return sum(map(_count_numbers, value))
        case dict():
            return sum(map(_count_numbers, value.values()))
        case _:
            return 1
