"""Which arguments a call changed, to the last bit and however they are passed."""

from __future__ import annotations

from collections.abc import Iterator

from grader.model.entry_point import Call
from grader.model.judgement import Run, RunStatus
from grader.model.signature import Function
from grader.values import Value, contains_unsupported
from grader.values.codec import encode

AFTER = "after"  # what `Call.watches` must have, so that a run knows the arguments afterwards


def arguments_after(call: Call, run: Run, function: Function | None) -> dict[str, Value]:
    """Return the arguments of a call as they are after it, by name; {} if they are not known.

    An argument without a name has its number, from 1; the arguments of a parameter `*args` are
    left out.
    """
    if run.after is None:
        return {}
    args, kwargs = run.after
    return dict(_named(args, function, len(call.args))) | dict(kwargs)


def changed_arguments(call: Call, run: Run, function: Function | None) -> list[str]:
    """Return the names of the arguments that a call changed, in order.

    Results of earlier steps are left out, as nothing is known of them before the call, and random
    generators, as they are made to be drawn from.

    Args:
        run: with the arguments after the call; if it failed, nothing is known
    """
    if run.after is None or run.status is not RunStatus.RETURNED:
        return []
    args, kwargs = run.after
    names = [name for name, _ in _named(call.args, function, len(call.args), variadic=True)]
    pairs = [*zip(names, args, call.args, strict=False)]
    pairs += [(name, kwargs.get(name), before) for name, before in call.kwargs.items()]
    changed = (
        name
        for name, after, before in pairs
        if not contains_unsupported(before) and encode(after) != encode(before)
    )
    return list(dict.fromkeys(changed))


def _named(
    args: object, function: Function | None, count: int, variadic: bool = False
) -> Iterator[tuple[str, Value]]:
    values = list(args) if isinstance(args, list | tuple) else []
    names = [str(number) for number in range(1, count + 1)]
    if function is not None:
        names = function.names_by_position(count)
    for name, value in zip(names, values, strict=False):
        if variadic or names.count(name) == 1:
            yield name, value
