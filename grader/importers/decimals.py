"""How precise the published answers are, by what is rounded where."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import replace

from grader.importers.texts import count_decimals
from grader.model.checker import DEFAULT_TOLERANCE, Tolerance
from grader.model.python_source import parse_python
from grader.values.dataclasses import dataclass

_MAX_DECIMALS = 12
ROUNDINGS = {"round", "around", "round_"}  # of Python and NumPy


@dataclass(frozen=True)
class Decimals:
    """The decimals that a question names, and those that its cases have.

    Attributes:
        reference: of the roundings in the solution
        starter: of the roundings in the stub
        cases: of the cases; None for a tolerance
    """

    reference: tuple[int, ...] = ()
    starter: tuple[int, ...] = ()
    cases: tuple[int | None, ...] = ()

    def options(self, shown: int) -> list[int]:
        """Return the decimals that an answer may have, the best ones first.

        A student who keeps the rounding of the stub must be right. A solution may round several
        things; the answers are those that have as many decimals as the text shows.
        """
        if self.starter:
            return [min(self.starter)]
        return sorted(self.reference, key=lambda each: (each > shown, -each))

    def used(self, cases: Iterable[int | None]) -> Decimals:
        """Return these with the decimals of the cases."""
        return replace(self, cases=tuple(cases))

    @property
    def disagreement(self) -> str:
        """Where the sources disagree; empty if they do not."""
        if self.starter and self.reference and set(self.starter) != set(self.reference):
            stub, solution = _list(self.starter), _list(self.reference)
            return f"the stub rounds to {stub} decimals, the solution to {solution}"
        found = sorted({each for each in self.cases if each is not None})
        if len(found) > 1:
            return f"the tests show {_list(found)} decimals"
        declared = {*self.starter, *self.reference}
        if declared and found and found[0] not in declared:
            return f"the code rounds to {_list(sorted(declared))} decimals, the tests to {found[0]}"
        return ""


def declared_decimals(reference: str, starter: str) -> Decimals:
    """Return the decimals to which a solution and a stub round."""
    return Decimals(_roundings(reference), _roundings(starter))


def choose_tolerance(
    given: int | None, declared: Decimals, text: str, fits: Callable[[Tolerance], bool]
) -> Tolerance | None:
    """Return the tolerance of a case, or None if text and solution agree by none.

    The rounding in the test decides, else that of the code, else the usual tolerance if text and
    solution agree by it, else the decimals that the text shows.

    Args:
        given: to which the test rounds
        fits: whether text and solution agree by a tolerance
    """
    shown = count_decimals(text)
    named = [given] if given is not None else declared.options(shown)
    options = [Tolerance.of_decimals(each) for each in named if 0 <= each <= _MAX_DECIMALS]
    if given is None:
        options.append(DEFAULT_TOLERANCE)
    if 0 < shown <= _MAX_DECIMALS:
        options.append(Tolerance.of_decimals(shown))
    return next((each for each in options if fits(each)), None)


def _roundings(source: str) -> tuple[int, ...]:
    found = set()
    for node in ast.walk(parse_python(source)):
        match node:
            case ast.Call(func=function, args=[*_, ast.Constant(value=int(places))]):
                name = getattr(function, "attr", getattr(function, "id", ""))
                if name in ROUNDINGS and 0 < places <= _MAX_DECIMALS:
                    found.add(places)
            case ast.keyword(arg="decimals" | "ndigits", value=ast.Constant(value=int(places))):
                found.add(places)
    return tuple(sorted(found))


def _list(numbers: Iterable[int]) -> str:
    return " and ".join(map(str, numbers))
