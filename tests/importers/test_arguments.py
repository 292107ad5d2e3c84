"""Arguments of a call by the names of the stub, and their size."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

import pytest

from grader.importers.arguments import bind, check_size
from grader.importers.outcomes import NotImported
from grader.importers.steps import with_links
from grader.importers.trace import Link
from grader.model.signature import Function, function_of
from grader.values import Array, Value


def declared(parameters: str) -> Function:
    (node,) = ast.parse(f"def f({parameters}): pass").body
    assert isinstance(node, ast.FunctionDef)
    return function_of(node)


BOUND: dict[str, tuple[str, Sequence[Value], Mapping[str, Value], dict[str, Value]]] = {
    "by position": ("a, b", [1, 2], {}, {"a": 1, "b": 2}),
    "by name": ("a, b", [1], {"b": 2}, {"a": 1, "b": 2}),
    "a default": ("a, b=0, c=0", [1], {"c": 2}, {"a": 1, "c": 2}),
    "the rest": ("a, *rest", [1, 2, 3], {}, {"a": 1, "rest": [2, 3]}),
    "by name only": ("a, *, b", [1], {"b": 2}, {"a": 1, "b": 2}),
    "other names": ("a, **more", [], {"a": 1, "b": 2}, {"a": 1, "more": {"b": 2}}),
    "a name that is by position": ("a, /, **more", [1], {"a": 2}, {"a": 1, "more": {"a": 2}}),
}


@pytest.mark.parametrize("parameters, by_position, by_name, args", BOUND.values(), ids=BOUND)
def test_arguments_are_bound(
    parameters: str,
    by_position: Sequence[Value],
    by_name: Mapping[str, Value],
    args: dict[str, Value],
) -> None:
    assert bind(declared(parameters), by_position, by_name) == args


REFUSED: dict[str, tuple[str, Sequence[Value], Mapping[str, Value], str]] = {
    "missing": ("a, b", [1], {}, "no argument b, which the stub has"),
    "too many": ("a", [1, 2], {}, r"gives 2 arguments, and the stub has \(a\)"),
    "unknown": ("a", [1], {"b": 2}, r"gives the argument b, and the stub has \(a\)"),
    "twice": ("a, b=0", [1], {"a": 2}, r"gives the argument a, and the stub has \(a, b=0\)"),
    "by name only": ("a, *, b=0", [1, 2], {}, "gives 2 arguments"),
}


@pytest.mark.parametrize("parameters, by_position, by_name, reason", REFUSED.values(), ids=REFUSED)
def test_arguments_that_the_stub_does_not_take(
    parameters: str, by_position: Sequence[Value], by_name: Mapping[str, Value], reason: str
) -> None:
    with pytest.raises(NotImported, match=reason):
        bind(declared(parameters), by_position, by_name)


def numbers(count: int) -> Array:
    return Array("float64", (count,), bytes(8 * count))


def test_numbers_of_arrays_are_counted_and_not_their_bytes() -> None:
    check_size({"x": [numbers(10_000), numbers(9_999)], "y": 1})
    with pytest.raises(NotImported, match="more than 20000 numbers"):
        check_size({"x": [numbers(10_000), numbers(9_999)], "y": [1, 2]})


WRITTEN = {
    "a list": ([Link(0), 1.5], "[!ref adam, 1.5]"),
    "a tuple in a dict": ({"both": (Link(0), Link(0))}, '{"both": !tuple [!ref adam, !ref adam]}'),
    "a dict in a dict": ({"a": {"b": Link(0)}}, '{"a": {"b": !ref adam}}'),
    "a key with a tag": ({(1, 2): [Link(0)]}, "{? !tuple [1, 2] : [!ref adam]}"),
}


@pytest.mark.parametrize("value, text", WRITTEN.values(), ids=WRITTEN)
def test_results_of_earlier_steps_are_written_in_containers_of_each_kind(
    value: Value, text: str
) -> None:
    assert with_links(value, {0: "adam"}) == text
