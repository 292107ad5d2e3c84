"""A printed text beside the answer of the solution, and the tolerance by which both agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from grader.checkers import CLOSE
from grader.checkers.compare import holds_inexact
from grader.importers.decimals import Decimals, choose_tolerance
from grader.importers.trace import Link
from grader.model.checker import DEFAULT_TOLERANCE, Tolerance
from grader.values import Array, Value
from grader.values.dataclasses import dataclass

_HALF = Tolerance(rtol=1e-3, atol=1e-6)  # of float16, which NumPy prints with few digits


@dataclass(frozen=True)
class Filled:
    """A hole of a test: the text that fills it, the value of the text, and the solution's value.

    Attributes:
        link: the result, or the part of one, that is printed
        decimals: to which the test rounds it; None if it does not
        given: the tolerance of an assertion; None if it is printed
    """

    link: Link
    text: str
    value: Value
    answer: Value
    decimals: int | None
    given: Tolerance | None = None

    @property
    def expected(self) -> Value:
        """The value of the text; the text itself if the solution answers a text."""
        if isinstance(self.answer, str) and self.given is None:
            return self.text
        return _with_kinds_of(self.value, self.answer)

    def tolerance(self, declared: Decimals) -> Tolerance | None:
        """Return the tolerance by which the text and the solution agree, None if by none."""
        if self.given is not None:
            rounded = None if self.decimals is None else Tolerance.of_decimals(self.decimals)
            options = [rounded, self.given, DEFAULT_TOLERANCE]
            tolerance = next((each for each in options if each and self._fits(each)), None)
        else:
            tolerance = choose_tolerance(self.decimals, declared, self.text, self._fits)
        if tolerance is None and _holds_half(self.answer) and self._fits(_HALF):
            tolerance = _HALF
        is_exact = tolerance is not None and not holds_inexact(self.expected)
        return DEFAULT_TOLERANCE if is_exact else tolerance

    def _fits(self, tolerance: Tolerance) -> bool:
        return CLOSE.compare(self.answer, self.expected, tolerance) is None


def rebracketed(value: Value, answer: Value) -> Value | None:
    """Return the numbers of a text with the brackets of an answer; None if it has other numbers.

    People write published texts, and forget brackets or write them twice.
    """
    texts, answers = list(_leaves(value)), list(_leaves(answer))
    if len(texts) != len(answers) or len(texts) < 2:
        return None
    pairs = zip(texts, answers, strict=True)
    if any(CLOSE.compare(got, text, DEFAULT_TOLERANCE) is not None for text, got in pairs):
        return None
    return _refilled(answer, iter(texts))


def form_of(value: Value) -> tuple[str, ...]:
    """Return the kinds of brackets around the first number of a value, from the outside."""
    if isinstance(value, Array):
        return ("array",) * len(value.shape)
    if isinstance(value, list | tuple) and value:
        return (type(value).__name__, *form_of(value[0]))
    return ()


def _leaves(value: Value) -> Iterator[Value]:
    match value:
        case Array():
            yield from value.flat()
        case list() | tuple():
            for each in value:
                yield from _leaves(each)
        case _:
            yield value


def _refilled(answer: Value, leaves: Iterator[Value]) -> Value:
    if isinstance(answer, Array):
        answer = answer.nested()
    if isinstance(answer, list | tuple):
        items = [_refilled(each, leaves) for each in answer]
        return items if isinstance(answer, list) else tuple(items)
    return next(leaves)


def joined(holes: Sequence[Filled]) -> Filled:
    """Return the parts of an answer that are printed as one."""
    if len(holes) == 1 and holes[0].link.path == ():
        return holes[0]
    decimals = [hole.decimals for hole in holes if hole.decimals is not None]
    given = [hole.given for hole in holes if hole.given is not None]
    return Filled(
        replace(holes[0].link, path=()),
        " ".join(hole.text for hole in holes),
        tuple(hole.expected for hole in holes),
        tuple(hole.answer for hole in holes),
        min(decimals, default=None),
        widest(given) if given else None,
    )


def widest(tolerances: Sequence[Tolerance]) -> Tolerance:
    """Return a tolerance that allows what any of some tolerances does."""
    options = set(tolerances)
    if len(options) < 2:
        return next(iter(options), DEFAULT_TOLERANCE)
    return Tolerance(max(each.rtol for each in options), max(each.atol for each in options))


def _holds_half(value: Value) -> bool:
    """Return whether a value has an array of half precision in it."""
    match value:
        case Array():
            return value.dtype == "float16"
        case list() | tuple():
            return any(map(_holds_half, value))
        case _:
            return False


def _with_kinds_of(value: Value, answer: Value) -> Value:
    """Return a value with a float in place of each integer where the answer has a float."""
    if isinstance(answer, Array):
        answer = answer.nested() if 0 not in answer.shape else []
    match value:
        case int() if isinstance(answer, float) and not isinstance(value, bool):
            return float(value)
        case list() | tuple() if isinstance(answer, list | tuple) and len(value) == len(answer):
            both = zip(value, answer, strict=True)
            items = [_with_kinds_of(each, other) for each, other in both]
            return items if isinstance(value, list) else tuple(items)
        case dict() if isinstance(answer, dict):
            return {key: _with_kinds_of(each, answer.get(key)) for key, each in value.items()}
    return value
