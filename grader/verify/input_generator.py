"""Generate inputs: random variations of an author's cases that meet the constraints.

Numbers are moved to their bounds, to 0, to each other, far away or slightly; lists of the same size
grow and shrink together; an optional argument is omitted or taken from another case. Inputs that
violate a constraint are discarded. The same seed generates the same inputs.
"""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from grader.bank.constraints.check import find_violations
from grader.model.problem import Constraints, Problem, Range
from grader.values import DTYPES, Array, Value
from grader.values.codec import decode, encode

Args = dict[str, Value]

_MAX_STEPS = 3  # variations of one input
_TRIES = 20  # to find a valid one


class InputGenerator:
    """Generates inputs of a problem.

    Args:
        problem: with the cases to begin from
        seed: of the random numbers
    """

    def __init__(self, problem: Problem, seed: int) -> None:
        self._problem = problem
        self._constraints = problem.constraints
        self._rng = random.Random(seed)
        self._pool = [case.args for case in problem.cases]

    def inputs(self, count: int) -> list[Args]:
        """Return up to `count` different valid inputs; fewer if they are hard to find."""
        found: dict[bytes, Args] = {}
        for _ in range(count * _TRIES):
            if len(found) == count:
                break
            args = _copy(self._rng.choice(self._pool))
            for _ in range(self._rng.randint(1, _MAX_STEPS)):
                self._vary(args)
            if not find_violations(self._constraints, args):
                found[encode(args)] = args
        return list(found.values())

    def learn(self, args: Args) -> None:
        """Add an input to those that are varied."""
        self._pool.append(args)

    def simpler(self, args: Args) -> list[Args]:
        """Return valid inputs one step simpler than this one, the simplest first."""
        steps = [*_shorter(args, self._constraints), *self._without_defaults(args), *_rounder(args)]
        return [each for each in steps if not find_violations(self._constraints, each)]

    def _vary(self, args: Args) -> None:
        step = self._rng.choice((self._one_number, self._one_number, self._all_numbers))
        other = self._rng.choice((self._resize, self._optional))
        (step if self._rng.random() < 2 / 3 else other)(args)

    def _one_number(self, args: Args) -> None:
        numbers = [(name, path) for name in args for path in _numbers(args[name])]
        if numbers:
            name, path = self._rng.choice(numbers)
            old = _get(args[name], path)
            args[name] = _put(args[name], path, self._number(name, old, args[name]))

    def _all_numbers(self, args: Args) -> None:
        """Change all numbers of one argument, by the same method."""
        name = self._rng.choice(list(args))
        paths = list(_numbers(args[name]))
        method = self._rng.choice(("scaled", "equal", "new"))
        factor = self._rng.choice((-1.0, 0.001, 0.1, 10.0))
        for path in paths:
            old = _get(args[name], path)
            new = self._number(name, old, args[name])
            if method == "scaled":
                new = old * factor + 0.0 if isinstance(old, float) else old
            elif method == "equal":
                new = _get(args[name], paths[0])
            args[name] = _put(args[name], path, new)

    def _number(self, name: str, old: Any, beside: Value) -> int | float:
        constraint = self._constraints.args.get(name)
        allowed = constraint.range if constraint is not None else Range()
        others = [_get(beside, path) for path in _numbers(beside)]
        choices: list[float] = [0, 1, -1, old + 1, old - 1, self._rng.choice(others)]
        if not (allowed.whole or isinstance(old, int)):
            spread = self._rng.choice((0.01, 1.0, 10.0))
            choices += [
                round(self._rng.gauss(float(old), spread), 3),
                round(self._rng.uniform(-2, 2), 2),
                float(old) * 10,
                0.0 - float(old),
                1e-6,
            ]
        choices += [end for end in (allowed.lower, allowed.upper) if math.isfinite(end)]
        return self._rng.choice(choices)

    def _resize(self, args: Args) -> None:
        """Add or remove one element, in all lists that share a size."""
        names = sorted(self._constraints.sizes)
        if names:
            name, where = self._rng.choice(names), self._rng.random()
            resized = _resized(args, self._constraints, name, where, self._rng.random() < 1 / 2)
            args.clear()
            args.update(resized)

    def _optional(self, args: Args) -> None:
        optional = [
            each.name for each in self._problem.entry_point.parameters if not each.is_required
        ]
        if not optional:
            return
        name = self._rng.choice(optional)
        given = [each[name] for each in self._pool if name in each]
        if name in args:
            del args[name]
        elif given:
            args[name] = self._rng.choice(given)

    def _without_defaults(self, args: Args) -> Iterator[Args]:
        for each in self._problem.entry_point.parameters:
            if not each.is_required and each.name in args:
                yield {name: value for name, value in args.items() if name != each.name}


def _copy(args: Mapping[str, Value]) -> Args:
    copied: Any = decode(encode(dict(args)))
    return copied  # type: ignore[no-any-return]


# Sizes -------------------------------------------------------------------------------------------


def _shorter(args: Args, constraints: Constraints) -> Iterator[Args]:
    """Yield the input with one element removed from all lists that share a size."""
    for name in sorted(constraints.sizes):
        for where in (0.99, 0.5, 0.0):
            yield _resized(args, constraints, name, where, grow=False)


def _resized(args: Args, constraints: Constraints, size: str, where: float, grow: bool) -> Args:
    """Return the input with one element removed or doubled in every list of that size.

    Args:
        where: which element, from 0 for the first to almost 1 for the last; if inner lists have
            sizes of their own, also which of them
    """
    resized = dict(args)
    for name, constraint in constraints.args.items():
        for depth, each in enumerate(constraint.sizes):
            if each.name == size and name in args:
                nested = _plain(resized[name])
                resized[name] = _like(args[name], _cut(nested, depth, each.per, where, grow))
    return resized


def _cut(nested: Any, depth: int, per: int, where: float, grow: bool) -> Any:
    if not isinstance(nested, list) or not nested:
        return nested
    index = int(where * len(nested))
    if depth == 0:
        return nested[:index] + [nested[index]] * (2 if grow else 0) + nested[index + 1 :]
    changed = list(nested)
    for i in [index] if per > 0 else range(len(nested)):
        changed[i] = _cut(nested[i], depth - 1, max(per - 1, 0), where, grow)
    return changed


# Numbers and their paths in a value ---------------------------------------------------------------


def _rounder(args: Args) -> Iterator[Args]:
    """Yield the input with one number replaced by one with fewer digits."""
    for name, value in args.items():
        for path in _numbers(value):
            old = _get(value, path)
            for new in dict.fromkeys((0.0, 1.0, round(old), round(old, 1), round(old, 2))):
                # Adding 0.0 turns a negative zero into a positive one.
                shorter = float(new) + 0.0 if isinstance(old, float) else int(new)
                if len(repr(shorter)) < len(repr(old)) or shorter == 0 != old:
                    yield {**args, name: _put(value, path, shorter)}


def _numbers(value: Value) -> Iterator[tuple[int, ...]]:
    """Yield the paths of the numbers in a value."""
    value = _plain(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield ()
    elif isinstance(value, list):
        for index, item in enumerate(value):
            for path in _numbers(item):
                yield (index, *path)


def _get(value: Value, path: Sequence[int]) -> Any:
    found: Any = _plain(value)
    for index in path:
        found = found[index]
    return found


def _put(value: Value, path: Sequence[int], new: float) -> Value:
    """Return the value with another number at a path."""
    return _like(value, _replaced(_plain(value), path, new))


def _replaced(value: Any, path: Sequence[int], new: float) -> Any:
    if not path:
        return new
    changed = list(value)
    changed[path[0]] = _replaced(value[path[0]], path[1:], new)
    return changed


def _plain(value: Value) -> Any:
    """Return arrays and tuples as lists."""
    if isinstance(value, Array):
        return value.nested()
    return list(value) if isinstance(value, tuple) else value


def _like(value: Value, nested: Any) -> Value:
    """Return lists as the type of `value`: an array of the same dtype, or a tuple."""
    if isinstance(value, tuple):
        return tuple(nested)
    if not isinstance(value, Array):
        return nested  # type: ignore[no-any-return]
    whole = value.dtype.startswith(("int", "uint"))
    items = [int(each) if whole else each for each in _flat(nested)]
    data = struct.pack(f"<{len(items)}{DTYPES[value.dtype]}", *items)
    return Array(value.dtype, _shape(nested), data)


def _flat(nested: Any) -> list[Any]:
    if not isinstance(nested, list):
        return [nested]
    return [each for item in nested for each in _flat(item)]


def _shape(nested: Any) -> tuple[int, ...]:
    if not isinstance(nested, list):
        return ()
    return (len(nested), *(_shape(nested[0]) if nested else ()))
