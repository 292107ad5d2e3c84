"""Remove or double one element of the lists of a size, in a value that may contain arrays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from grader.values import Array, Value
from grader.verify.leaves import pack


def remove_or_double(value: Value, depth: int, per: int, where: float, grow: bool) -> Value:
    """Return the value with one element removed or doubled in its lists `depth` levels down.

    Args:
        per: the number of outer lists that choose one of their elements, and change only that
        where: which element, from 0 for the first to almost 1 for the last
    """
    if isinstance(value, Array):
        nested = remove_or_double(value.nested(), depth, per, where, grow)
        return _as_array(nested, value, depth)
    if not isinstance(value, list | tuple) or not value:
        return value
    index = int(where * len(value))
    changed = list(value)
    if depth == 0:
        changed[index : index + 1] = [value[index]] * (2 if grow else 0)
    else:
        for i in [index] if per > 0 else range(len(value)):
            changed[i] = remove_or_double(value[i], depth - 1, max(per - 1, 0), where, grow)
    return tuple(changed) if isinstance(value, tuple) else changed


def _as_array(nested: Value, before: Array, axis: int) -> Value:
    """Return nested lists as an array whose length along one axis may differ from before."""
    flat: list[Any] = []

    def visit(item: Value) -> int:
        if not isinstance(item, list):
            flat.append(item)
            return 0
        for each in item:
            visit(each)
        return len(item)

    lengths: list[int] = []
    part: Value = nested
    while isinstance(part, list):
        lengths.append(len(part))
        part = part[0] if part else None
    # Below an axis of length 0 nothing can be seen: those axes have not changed.
    shape = (*lengths, *before.shape[len(lengths) :])
    visit(nested)
    count = 1
    for length in shape:
        count *= length
    if count != len(flat) or len(shape) != len(before.shape):  # rows of different lengths
        return before
    return replace(before, shape=shape, data=pack(before.dtype, flat))
