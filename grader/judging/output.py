"""Whether a call printed what it must print: by lines, by tokens, or exactly."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import NamedTuple, assert_never

from grader.checkers.numbers import number_mismatch
from grader.model.checker import Mismatch, Tolerance
from grader.model.prints import OutputRule, Prints

OF_OUTPUT = " of the output"  # ends the place of a mismatch that is about what a call printed
# A number with decimals, also in front of a unit as in 1.5kg; another one, unless it begins a word
# like 2nd; its sign, a word, or a sign of punctuation. Blanks are matched as well, since to look
# for a token at each of a million blanks takes long.
_TOKEN = re.compile(
    r"(?P<number>[0-9]+\.[0-9]+(?:[eE][-+]?[0-9]+)?"
    r"|(?:[0-9]+\.?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?(?!\w)|(?:nan|inf)(?!\w))"
    r"|(?P<sign>[-+])|\w+|[^\w\s]|(?P<blanks>\s+)"
)
_MAX_DIGITS = 400  # of a number; longer ones are compared as texts

Token = str | int | float


class _Number(NamedTuple):
    """A number as it is written."""

    sign: str
    digits: str


def find_mismatch_of_output(
    prints: Prints, printed: str | None, tolerance: Tolerance
) -> Mismatch | None:
    """Return the first difference of what a call printed; None if there is none.

    Args:
        printed: None if it is not known
        tolerance: of numbers, if tokens are compared
    """
    if printed is None:
        return Mismatch(why="the output is not known", where=OF_OUTPUT)
    match prints.rule:
        case OutputRule.LINES:
            lines = zip_longest(_lines(printed), _lines(prints.text))
            return _first_difference("line", lines, tolerance)
        case OutputRule.TOKENS:
            tokens = _paired(_tokens(printed), _tokens(prints.text))
            return _first_difference("token", tokens, tolerance)
        case OutputRule.EXACT:
            got, wanted = (io.StringIO(text, newline="\n") for text in (printed, prints.text))
            return _first_difference("line", zip_longest(got, wanted), tolerance)
        case _:
            assert_never(prints.rule)


def is_same_output(prints: Prints, one: str | None, other: str | None, by: Tolerance) -> bool:
    """Return whether two outputs, either of which may be wrong, are the same by a rule."""
    if one is None or other is None:
        return one is other
    return find_mismatch_of_output(Prints(other, prints.rule), one, by) is None


def normal_lines(text: str) -> str:
    """Return an output as it is compared by lines."""
    return "\n".join(_lines(text))


def _lines(text: str) -> Iterator[str]:
    """Yield lines without the blanks at their ends, and without empty lines at the end."""
    lines = io.StringIO(text.rstrip(), newline="\n")
    return (line.rstrip() for line in lines)


def _tokens(text: str) -> Iterator[str | _Number]:
    """Yield numbers, words and punctuation; a sign belongs to the number behind it, as in (-2)."""
    sign, sign_ends, before = "", -1, -1  # a sign that may belong to a number; ends of it, a word
    for token in _TOKEN.finditer(text):
        if token["blanks"] is not None:
            continue
        is_short = token["number"] is not None and len(token.group()) <= _MAX_DIGITS
        if sign and not (is_short and sign_ends == token.start()):
            yield sign
            sign = ""
        if is_short:
            yield _Number(sign, token.group())
            sign = ""
        elif token["sign"] is not None and before < token.start():
            sign, sign_ends = token.group(), token.end()
        else:
            yield token.group()
        if token["number"] is not None or token.group()[0].isalnum():
            before = token.end()
    if sign:
        yield sign


def _paired(
    got: Iterator[str | _Number], wanted: Iterator[str | _Number]
) -> Iterator[tuple[Token | None, Token | None]]:
    """Yield the tokens of two outputs side by side; None if one has no more.

    The sign of a number is a token of its own where the other output has only a sign: 5 -3 is 5 - 3
    with another blank.
    """
    one, other = next(got, None), next(wanted, None)
    while one is not None or other is not None:
        if isinstance(one, _Number) and one.sign and one.sign == other:
            yield one.sign, one.sign
            one, other = _Number("", one.digits), next(wanted, None)
        elif isinstance(other, _Number) and other.sign and other.sign == one:
            yield other.sign, other.sign
            one, other = next(got, None), _Number("", other.digits)
        else:
            yield _value(one), _value(other)
            one, other = next(got, None), next(wanted, None)


def _value(token: str | _Number | None) -> Token | None:
    return _number(token.sign + token.digits) if isinstance(token, _Number) else token


def _number(text: str) -> int | float:
    return int(text) if text.lstrip("+-").isdigit() else float(text)


def _first_difference(
    unit: str, pairs: Iterable[tuple[Token | None, Token | None]], tolerance: Tolerance
) -> Mismatch | None:
    """Return the first difference; what is behind it is not read, as there may be much of it."""
    for number, (one, other) in enumerate(pairs, 1):
        where = f"{unit} {number}{OF_OUTPUT}"
        if other is None:
            return Mismatch(where=where, remark="nothing more is expected", got=one)
        if one is None:
            return Mismatch(where=where, remark=f"{other!r} is missing", got="")
        if one == other and isinstance(one, str) is isinstance(other, str):
            continue
        if isinstance(one, str) or isinstance(other, str):
            return Mismatch(where=where, got=one, expected=other)
        if one != one and other != other:  # both are NaN
            continue
        if mismatch := number_mismatch(one, other, tolerance, where):
            return mismatch
    return None
