"""Generate inputs: random variations of an author's cases that meet the constraints.

Numbers are moved to their bounds, to the ends of small dtypes, to 0, to each other, far away or
slightly; truth values are drawn at random; lists of the same size grow and shrink together; an
optional argument is omitted, or taken from another case or its default. Lists that must be sorted
are sorted, and matrices that must be symmetric made so. Inputs that violate a constraint are
discarded. The same seed generates the same inputs.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from grader.bank.constraints.check import find_violations, matching_option
from grader.model.constraints import Constraints, ElementKind, Property, Range
from grader.model.problem import Problem
from grader.values import Array, Value, contains_unsupported
from grader.values.decode import decode
from grader.values.encode import encode
from grader.values.syntax import parse_literal
from grader.verify.leaves import Leaf, as_float, ends_of, leaves, with_leaves
from grader.verify.resize import remove_or_double

Args = dict[str, Value]

_MAX_STEPS = 3  # variations of one input
_TRIES = 20  # to find a valid one
_MAX_SIMPLER = 300  # simpler inputs to try at a time


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
        driver = problem.driver if problem.cases[0].step.is_driven else None
        self._function = driver.function if driver is not None else problem.entry_point.function
        self._parameters = problem.entry_point.parameters
        if driver is not None:
            self._parameters = driver.function.parameters
        written = (case for case in problem.cases if case.generation is None)
        calls = (case.step for case in written if not case.is_script)
        self._pool = [each.args for each in calls if each.is_driven is (driver is not None)]
        self._ranges = _ranges(problem.constraints)
        self._defaults = {each.name: _default(each.default) for each in self._parameters}

    def inputs(self, count: int) -> list[Args]:
        """Return up to `count` different valid inputs; fewer if they are hard to find."""
        found: dict[bytes, Args] = {}
        for _ in range(count * _TRIES):
            if len(found) == count or not self._pool:
                break
            args = self.varied(dict(self._rng.choice(self._pool)))
            if self._is_valid(args):
                found[encode(args)] = args
        return list(found.values())

    def varied(self, args: Args) -> Args:
        """Return arguments with one variation or several, which may violate constraints."""
        args = _copy(args)
        for _ in range(self._rng.randint(1, _MAX_STEPS)):
            self._vary(args)
        _mend(args, self._constraints)
        return args

    def _is_valid(self, args: Args) -> bool:
        function = self._function
        misuse = function.find_misuse(args) if function is not None else {}
        return not misuse and not find_violations(self._constraints, args)

    def learn(self, args: Args) -> None:
        """Add an input to those that are varied."""
        self._pool.append(args)

    def simpler(self, args: Args) -> list[Args]:
        """Return valid inputs one step simpler than this one, the simplest first."""
        steps = [*_shorter(args, self._constraints), *self._without_defaults(args)]
        steps += islice(_rounder(args), _MAX_SIMPLER)
        return [each for each in steps if self._is_valid(each)]

    def _vary(self, args: Args) -> None:
        step = self._rng.choice((self._one_number, self._one_number, self._all_numbers))
        other = self._rng.choice((self._resize, self._optional))
        (step if self._rng.random() < 2 / 3 else other)(args)

    def _one_number(self, args: Args) -> None:
        numbers = {name: leaves(value) for name, value in args.items()}
        places = [(name, i) for name, found in numbers.items() for i in range(len(found))]
        if places:
            name, index = self._rng.choice(places)
            changed = [*numbers[name]]
            changed[index] = self._number(name, changed[index], changed, ends_of(args[name]))
            args[name] = with_leaves(args[name], changed)

    def _all_numbers(self, args: Args) -> None:
        """Change all numbers of one argument, by the same method."""
        if not args:
            return
        name = self._rng.choice(list(args))
        found, ends = leaves(args[name]), ends_of(args[name])
        method = self._rng.choice(("scaled", "equal", "new"))
        factor = self._rng.choice((-1.0, 0.001, 0.1, 10.0))
        changed: list[Leaf] = []
        for old in found:
            new = self._number(name, old, found, ends)
            if method == "scaled":
                new = old * factor + 0.0 if isinstance(old, float | complex) else old
            elif method == "equal":
                new = changed[0] if changed else new
            changed.append(new)
        args[name] = with_leaves(args[name], changed)

    def _number(self, name: str, old: Leaf, others: list[Leaf], ends: tuple[int, ...] = ()) -> Leaf:
        """Return a new value for one of several numbers; `ends` are the bounds of a small dtype."""
        if isinstance(old, bool):
            return self._rng.random() < 1 / 2
        if isinstance(old, complex):
            others_or_simple = [0j, 1 + 0j, 1j, -old, old.conjugate(), old * 10, old + 1]
            return self._rng.choice([*others_or_simple, self._rng.choice(others)])
        allowed = self._ranges.get(name, Range())
        choices: list[Leaf] = [0, 1, -1, old + 1, old - 1, self._rng.choice(others)]
        if not (allowed.whole or isinstance(old, int)):
            spread = self._rng.choice((0.01, 1.0, 10.0))
            choices += [
                _rounded(self._rng.gauss(old, spread), 3),
                round(self._rng.uniform(-2, 2), 2),
                old * 10,
                0.0 - old,
                1e-6,
                self._rng.choice((-1000.0, 1000.0)),
            ]
        choices += [end for end in (allowed.lower, allowed.upper) if math.isfinite(end)]
        inner = (end for end in ends if allowed.lower <= end <= allowed.upper)
        choices += [end for end in inner if end not in choices]
        if allowed.may_be_inf:
            choices += [math.inf, -math.inf]
        if allowed.may_be_nan:
            choices.append(math.nan)
        new = self._rng.choice(choices)
        return as_float(new) if isinstance(old, float) and isinstance(new, int) else new

    def _resize(self, args: Args) -> None:
        """Add or remove one element, in all lists that share a size."""
        names = sorted(self._constraints.sizes)
        if names:
            name, where = self._rng.choice(names), self._rng.random()
            resized = _resized(args, self._constraints, name, where, self._rng.random() < 1 / 2)
            args.clear()
            args.update(resized)

    def _optional(self, args: Args) -> None:
        optional = [each.name for each in self._parameters if not each.is_required]
        if not optional:
            return
        name = self._rng.choice(optional)
        given = [each[name] for each in self._pool if name in each] or self._defaults.get(name, [])
        if name in args:
            del args[name]
        elif given:
            args[name] = self._rng.choice(given)

    def _without_defaults(self, args: Args) -> Iterator[Args]:
        for each in self._parameters:
            if not each.is_required and each.name in args:
                yield {name: value for name, value in args.items() if name != each.name}


def _copy(args: Mapping[str, Value]) -> Args:
    copied: Any = decode(encode(dict(args)))
    return copied  # type: ignore[no-any-return]


def _default(source: str) -> list[Value]:
    """Return the default value of a parameter in a list, which is empty unless it is a literal."""
    try:
        value = decode(encode(parse_literal(source)))
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return []
    return [] if contains_unsupported(value) else [value]


def _ranges(constraints: Constraints) -> dict[str, Range]:
    """Return the range of the numbers in each argument; of several, the first."""
    found: dict[str, Range] = {}
    for name, constraint in constraints.args.items():
        for part in constraint.parts():
            if part.kind in (ElementKind.NUMBER, ElementKind.INTEGER):
                found.setdefault(name, part.range)
    return found


def _rounded(number: float, digits: int) -> float:
    return round(number, digits) if math.isfinite(number) else number


# Constraints -------------------------------------------------------------------------------------


def _mend(args: Args, constraints: Constraints) -> None:
    """Sort what must be sorted, and make symmetric what must be symmetric."""
    for relation in constraints.where:
        for condition in (each for chain in relation.alternatives for each in chain):
            if not isinstance(condition, Property) or condition.argument.name not in args:
                continue
            name = condition.argument.name
            value, found = args[name], leaves(args[name])
            lengths = _innermost_lengths(value, condition.argument.depth)
            if not found or sum(lengths) != len(found):
                continue
            if condition.name == "sorted" and not any(isinstance(x, complex) for x in found):
                args[name] = with_leaves(value, _sorted_in_groups(found, lengths))
            elif condition.name == "symmetric" and len({*lengths}) == 1:
                args[name] = with_leaves(value, _mirrored(found, lengths[0]))


def _innermost_lengths(value: Value, depth: int) -> list[int]:
    """Return the lengths of the lists that are `depth` levels down, or of an array's last axis."""
    if isinstance(value, Array):
        length = value.shape[-1] if value.shape else 0
        return [length] * (math.prod(value.shape[:-1]) if len(value.shape) == depth else 0)
    if not isinstance(value, list | tuple):
        return []
    if depth == 1:
        return [len(value)]
    return [length for each in value for length in _innermost_lengths(each, depth - 1)]


def _sorted_in_groups(found: list[Leaf], lengths: list[int]) -> list[Leaf]:
    out: list[Leaf] = []
    rest = iter(found)
    for length in lengths:
        group: list[Any] = list(islice(rest, length))
        out += sorted(group)
    return out


def _mirrored(found: list[Leaf], size: int) -> list[Leaf]:
    """Return the elements of square matrices with their upper halves copied to the lower ones."""
    out = list(found)
    for start in range(0, len(out) - size * size + 1, max(size * size, 1)):
        for i in range(size):
            for j in range(i):
                out[start + i * size + j] = out[start + j * size + i]
    return out


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
        if name not in args:
            continue
        matching = matching_option(constraint, args[name])
        for depth, each in enumerate(matching.sizes):
            if each.name == size:
                resized[name] = remove_or_double(resized[name], depth, each.per, where, grow)
    return resized


def _rounder(args: Args) -> Iterator[Args]:
    """Yield the input with one number replaced by one with fewer digits."""
    for name, value in args.items():
        found = leaves(value)
        for index, old in enumerate(found):
            for new in _shorter_numbers(old):
                yield {**args, name: with_leaves(value, [*found[:index], new, *found[index + 1 :]])}


def _shorter_numbers(old: Leaf) -> Iterator[Leaf]:
    if isinstance(old, bool | complex):
        return
    if isinstance(old, int):
        yield from (new for new in (0, 1) if abs(new) < abs(old))
        return
    candidates = [0.0, 1.0]
    if math.isfinite(old):
        candidates += [float(round(old)), round(old, 1), round(old, 2)]
    for new in dict.fromkeys(candidates):
        # Adding 0.0 turns a negative zero into a positive one.
        shorter = new + 0.0
        if len(repr(shorter)) < len(repr(old)) or shorter == 0 != old:
            yield shorter
