"""Pair elements in any order within a tolerance, in a bounded number of steps.

Equal elements, found by hash, are paired first. If some are left, elements are grouped by the
parts that must be equal (strings, booleans, the number of numbers), and each group is sorted by one
of its numbers, so that an element is compared only with those near it. Within a tolerance an
element may agree with several, and taking the first that fits could use up the only partner of
another:

- If each element has one number, an expected element agrees with the numbers in an interval, apart
  from rounding and from types that must be equal. Pairing in the order of the upper ends of these
  intervals, each with the smallest free number that agrees, then leaves few unpaired that could be
  paired, or none.
- This pairing is enlarged by augmenting paths (Kuhn's algorithm) until it is a maximum one.

The answer is untrusted, and the worst case is cubic, so steps are counted.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from grader.checkers.elements import AT_NO_LEVEL, AnyOrder, Element, Real, group_elements
from grader.checkers.matching import key_identity
from grader.model.checker import Tolerance
from grader.values import Value
from grader.values.dataclasses import dataclass
from grader.values.encode import encode

# Steps allowed for all pairings in one comparison, and more for each object of an expected set.
_MIN_STEPS = 100_000
_STEPS_PER_OBJECT = 50

Agree = Callable[[Value, Value], bool]


class TooManySteps(Exception):
    """The sets cannot be paired within the steps allowed."""


@dataclass
class Steps:
    """Counts the steps of the pairings in one comparison: comparing an object is one step."""

    taken: int = 0
    allowed: int = _MIN_STEPS

    def take(self, steps: int) -> None:
        """Count steps.

        Raises:
            TooManySteps: if they are more than allowed
        """
        self.taken += steps
        if self.taken > self.allowed:
            raise TooManySteps

    def allow_for(self, expected: Iterable[Iterable[Element]]) -> None:
        """Allow more steps for expected elements, which are trusted."""
        self.allowed += _STEPS_PER_OBJECT * sum(each.size for group in expected for each in group)


@dataclass(frozen=True)
class Unpaired:
    """The elements without a partner, in order; both are empty if everything is paired."""

    expected: Sequence[Value] = ()
    got: Sequence[Value] = ()


def find_unpaired(
    got: Sequence[Value],
    expected: Sequence[Value],
    agree: Agree,
    tolerance: Tolerance,
    steps: Steps,
    is_nested: bool = False,
    order: AnyOrder = AT_NO_LEVEL,
) -> Unpaired:
    """Return the elements without a partner in a maximum pairing of agreeing elements.

    Args:
        agree: whether an element of `got` agrees with one of `expected`
        is_nested: whether these are elements of other elements, for which steps are allowed already
        order: the levels inside the elements at which order does not matter

    Raises:
        TooManySteps: if the pairing takes too many
    """
    twin_of = _find_twins(got, expected, agree)
    if len(twin_of) == len(expected) == len(got):
        return Unpaired()
    wanted, found = (
        group_elements(expected, tolerance, order),
        group_elements(got, tolerance, order),
    )
    if not is_nested:
        steps.allow_for(wanted.values())
    partners: dict[int, int] = {}  # index into expected: index into got
    for name, group in wanted.items():
        twins = {each.index: twin_of[each.index] for each in group if each.index in twin_of}
        if len(twins) == len(group) or name not in found:
            partners.update(twins)
        else:
            partners.update(_Group(group, found[name], agree, steps).pair(twins))
    taken = set(partners.values())
    return Unpaired(
        [want for index, want in enumerate(expected) if index not in partners],
        [item for index, item in enumerate(got) if index not in taken],
    )


def find_unmatched(
    got: Sequence[Value],
    expected: Sequence[Value],
    agree: Agree,
    tolerance: Tolerance,
    steps: Steps,
    is_nested: bool = False,
    order: AnyOrder = AT_NO_LEVEL,
) -> Unpaired:
    """Return the elements that agree with no element of the other side.

    Unlike in a pairing, several elements may agree with the same one.

    Args:
        agree, is_nested, order: see `find_unpaired`

    Raises:
        TooManySteps: if the comparison takes too many
    """
    first_got, first_wanted = _find_copies(got), _find_copies(expected)
    twins: dict[object, list[int]] = defaultdict(list)
    for item in dict.fromkeys(first_got):
        twins[key_identity(got[item])].append(item)
    matched, covered = set[int](), set[int]()
    for want in dict.fromkeys(first_wanted):
        for item in twins.get(key_identity(expected[want]), ()):
            if agree(got[item], expected[want]):
                matched.add(want)
                covered.add(item)
    if matched.issuperset(first_wanted) and covered.issuperset(first_got):
        return Unpaired()
    wanted, found = (
        group_elements(expected, tolerance, order),
        group_elements(got, tolerance, order),
    )
    if not is_nested:
        steps.allow_for(wanted.values())
    for name, group in wanted.items():
        # Copies of an element agree with the same elements.
        wants = [each for each in group if first_wanted[each.index] == each.index]
        items = [each for each in found.get(name, []) if first_got[each.index] == each.index]
        _Group(wants, items, agree, steps).match(matched, covered)
    return Unpaired(
        [want for want, first in zip(expected, first_wanted, strict=True) if first not in matched],
        [item for item, first in zip(got, first_got, strict=True) if first not in covered],
    )


def _find_copies(values: Sequence[Value]) -> list[int]:
    """Return for each value the index of the first with the same value and the same types.

    Types can decide: 1 and 1.0 are equal, but a float may be rejected where an integer is expected.
    """
    first: dict[bytes, int] = {}
    return [first.setdefault(encode(value), index) for index, value in enumerate(values)]


def _find_twins(got: Sequence[Value], expected: Sequence[Value], agree: Agree) -> dict[int, int]:
    """Map indices of expected elements to indices of equal elements of `got`, each used once."""
    free: dict[object, list[int]] = defaultdict(list)
    for index in reversed(range(len(got))):
        free[key_identity(got[index])].append(index)
    twin_of: dict[int, int] = {}
    for index, want in enumerate(expected):
        twins = free.get(key_identity(want))
        if twins and agree(got[twins[-1]], want):
            twin_of[index] = twins.pop()
    return twin_of


# Pairing a group ---------------------------------------------------------------------------------


class _Group:
    """Elements that agree in everything except, possibly, their numbers."""

    def __init__(
        self, expected: list[Element], got: list[Element], agree: Agree, steps: Steps
    ) -> None:
        self._axis = axis = _most_varied(expected)
        self._agree = agree
        self._steps = steps
        self._expected = {each.index: each for each in expected}
        self._got = sorted(got, key=lambda each: each.numbers[axis]) if expected[0].numbers else got
        if expected[0].numbers:
            line = [each.numbers[axis] for each in self._got]
            self._windows = {each.index: _window(each, axis, line) for each in expected}
        else:
            self._windows = {each.index: range(len(got)) for each in expected}

    def match(self, matched: set[int], covered: set[int]) -> None:
        """Find the elements that agree with some element of the other side.

        Args:
            matched: indices of expected elements that are known to agree; those found are added
            covered: indices of elements of `got` that are known to agree; those found are added
        """
        uncovered = _Places(len(self._got))
        for place, item in enumerate(self._got):
            if item.index in covered:
                uncovered.remove(place)
        for want, window in self._windows.items():
            for place in uncovered.within(window):
                if self._agrees(place, want):
                    uncovered.remove(place)
                    covered.add(self._got[place].index)
                    matched.add(want)
            if want in matched:
                continue
            candidates = (place for place in window if self._got[place].index in covered)
            if any(self._agrees(place, want) for place in candidates):
                matched.add(want)

    def pair(self, twins: dict[int, int]) -> dict[int, int]:
        """Return a maximum pairing: indices of expected elements, mapped to those of partners.

        Args:
            twins: pairs of equal elements, which are kept together if possible: indices of expected
                elements, mapped to those of elements of `got`
        """
        places = {each.index: place for place, each in enumerate(self._got)}
        partners = self._extend({index: places[twin] for index, twin in twins.items()})
        if twins and len(partners) < len(self._expected):
            partners = max(partners, self._extend({}), key=len)
        while len(partners) < min(len(self._expected), len(self._got)) and self._enlarge(partners):
            pass
        return {want: self._got[place].index for want, place in partners.items()}

    def _agrees(self, place: int, want: int) -> bool:
        got, expected = self._got[place], self._expected[want]
        self._steps.take(got.size + expected.size)
        return self._agree(got.value, expected.value)

    def _extend(self, partners: dict[int, int]) -> dict[int, int]:
        """Pair more elements greedily: by upper ends, each with the first free one that agrees."""
        partners = dict(partners)
        free = _Places(len(self._got))
        for place in partners.values():
            free.remove(place)
        for want in sorted(self._expected, key=self._upper_end):
            if want in partners:
                continue
            for place in free.within(self._windows[want]):
                if self._agrees(place, want):
                    partners[want] = place
                    free.remove(place)
                    break
        return partners

    def _upper_end(self, want: int) -> Real:
        # Not the end of the window, which is wider than the tolerance.
        element = self._expected[want]
        return element.numbers[self._axis] + element.allowed[self._axis] if element.numbers else 0

    def _enlarge(self, partners: dict[int, int]) -> bool:
        """Pair more elements, by changing partners, and return whether any were found.

        If none were, the pairing is a maximum one. In one call, each element of `got` is reached at
        most once, not once for each element without a partner. What a failed search has reached
        leads to no free place, so later searches need not try it. If a search succeeds, the pairing
        changes, and another call tries everything again.
        """
        self._steps.take(len(partners))
        partner_of = {place: want for want, place in partners.items()}
        untried = _Places(len(self._got))
        wanted_by: dict[int, int] = {}

        def make_room(index: int) -> bool:
            # Not recursive: a chain of elements, each making room for the next, may be long.
            waiting = [index]
            for want in waiting:
                for place in untried.within(self._windows[want]):
                    if not self._agrees(place, want):
                        continue
                    untried.remove(place)
                    wanted_by[place] = want
                    if place in partner_of:
                        waiting.append(partner_of[place])
                        continue
                    while want != index:
                        partner_of[place] = want
                        partners[want], place = place, partners[want]
                        want = wanted_by[place]
                    partner_of[place], partners[want] = want, place
                    return True
            return False

        unpaired = [index for index in self._expected if index not in partners]
        return sum(map(make_room, unpaired)) > 0


class _Places:
    """Places on a line, some of which are removed and then passed over."""

    def __init__(self, count: int) -> None:
        # The next place at or after each, in chains that are shortened when followed.
        self._after = list(range(count + 1))

    def remove(self, place: int) -> None:
        self._after[place] = place + 1

    def within(self, window: range) -> Iterator[int]:
        """Yield the places in a window, except those that are removed meanwhile."""
        place = self._next(window.start)
        while place < window.stop:
            yield place
            place = self._next(place + 1)

    def _next(self, place: int) -> int:
        after = self._after
        while after[place] != place:
            after[place] = after[after[place]]
            place = after[place]
        return place


def _most_varied(elements: Sequence[Element]) -> int:
    """Return the index of the number that has the most distinct values among the elements."""
    columns = range(len(elements[0].numbers))
    return max(columns, key=lambda axis: len({each.numbers[axis] for each in elements}), default=0)


def _window(element: Element, axis: int, line: Sequence[Real]) -> range:
    """Return the places on a sorted line where an expected element may have partners."""
    number, allowed = element.numbers[axis], element.allowed[axis]
    if isinstance(number, float):  # an integer has no tolerance, and may be too large for a float
        # Wider than the tolerance: `numbers.is_close` allows for rounding.
        allowed = 1.25 * allowed + 4 * math.ulp(max(abs(number), allowed))
    return range(bisect_left(line, number - allowed), bisect_right(line, number + allowed))
