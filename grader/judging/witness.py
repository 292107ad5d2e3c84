"""A witness: a function that calls another one, and returns its arguments as they are afterwards.

Its source is placed after that of the function. A submission can tamper with it, so its answers may
only ever decide a hint.
"""

from __future__ import annotations

from grader.model.entry_point import Call, EntryPoint
from grader.model.judgement import Run, RunStatus
from grader.values import Generator
from grader.values.codec import encode

WITNESS = "_witness"

_SOURCE = """

def _witness(*args, **kwargs):
    {function}(*args, **kwargs)
    return list(args), kwargs
"""


def witness_source(entry_point: EntryPoint) -> bytes:
    """Return the source of `WITNESS`, which calls an entry point defined above it."""
    return _SOURCE.format(function=entry_point).encode("ascii")


def changed_arguments(entry_point: EntryPoint, call: Call, run: Run) -> list[str]:
    """Return the names of the arguments that a call changed, in order.

    Args:
        run: of the witness with the arguments of the call; if it failed, nothing is known
    """
    match run.value:
        case (list(args), dict(kwargs)) if run.status is RunStatus.RETURNED:
            names = entry_point.names_by_position(len(call.args))
            pairs = [*zip(names, args, call.args, strict=False)]
            pairs += [(name, kwargs.get(name), before) for name, before in call.kwargs.items()]
            # To draw from a random generator is what it is for.
            changed = (
                name
                for name, after, before in pairs
                if not isinstance(before, Generator) and encode(after) != encode(before)
            )
            return list(dict.fromkeys(changed))
    return []
