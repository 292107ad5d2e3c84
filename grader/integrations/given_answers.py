"""Right answers of functions in a notebook, for the second run of a case that gives them.

The notebook's own code calls its functions by their names, so these are replaced in the namespaces
of what is checked while the case runs, as they are in a submission's process, and put back then.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from grader.judging.carried import Giver
from grader.sandbox.given import answered
from grader.values.as_numpy import as_numpy
from grader.values.decode import decode
from grader.values.encode import encode

_ABSENT = object()


@contextmanager
def replaced_functions(
    defined: Mapping[str, Callable[..., Any]],
    missing: Mapping[str, Mapping[str, object]],
    names: Sequence[str],
    giver: Giver,
) -> Iterator[dict[str, Callable[..., Any]]]:
    """Replace functions by ones that answer rightly; yield what is defined then.

    Args:
        defined: what is checked, by name
        missing: descriptions of why others are not, by name
        names: of the functions that the case gives
        giver: knows the right answers
    """

    def ask(question: bytes) -> Any:
        found = giver.give(decode(question))
        return None if found is None else decode(encode(found), as_numpy)

    given = {name: answered(name, defined.get(name), missing.get(name), ask) for name in names}
    namespaces = {id(each): each for value in defined.values() for each in _namespaces(value)}
    before = [
        (namespace, name, namespace.get(name, _ABSENT))
        for namespace in namespaces.values()
        for name in names
    ]
    try:
        for namespace, name, _ in before:
            namespace[name] = given[name]
        yield {**defined, **given}
    finally:
        for namespace, name, value in before:
            if value is _ABSENT:
                namespace.pop(name, None)
            else:
                namespace[name] = value


def _namespaces(function: object) -> Iterator[dict[str, Any]]:
    """Yield the global names of a function, or of the methods of a class."""
    inner: Any = inspect.unwrap(function) if callable(function) else function
    while isinstance(inner, partial):
        inner = inner.func
    members = vars(inner).values() if isinstance(inner, type) else [inner]
    for each in members:
        each = getattr(each, "__func__", each)
        found = getattr(each, "__globals__", None)
        if isinstance(found, dict):
            yield found
