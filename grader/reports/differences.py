"""Sentences about the difference between an answer and the expected value, by its kind."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import islice

from grader.model.checker import (
    ELEMENT_MISSING,
    EXTRA_KEY,
    KEY_MISSING,
    NOT_IN_SET,
    TOO_FEW,
    Mismatch,
)
from grader.model.judgement import CaseResult, RunStatus, StepResult
from grader.values import Array, Unsupported, Value
from grader.values.dataclasses import dataclass
from grader.values.excerpt import Line, around, character, excerpt, first_difference, is_matrix
from grader.values.show import plural, shape, show

_WIDTH = 72
_MAX_DESCRIPTION = 200  # characters of the description of an object, which may contain advice
_ANOTHER = "the value of the answer is different from the expected one"
_MAX_GLANCE = 10  # characters of texts whose difference is plain to see
_MAX_ALIKE = 1000  # texts searched for one that looks alike, and characters of each
_MAX_SEARCHED = 100_000  # characters in total; the wanted text counts in each comparison
_UNSEEN = {"Mn", "Cf", "Cc", "Zs", "Zl", "Zp"}  # marks, invisible characters and spaces
_FLOATS_HOLD_INTEGERS = 2**53
_MAX_WRITTEN = 10**4000  # Python refuses to write an integer of more than 4300 digits


def sentence(mismatch: Mismatch, hidden: bool = False) -> str:
    """Return what differs, and where, on one line.

    Args:
        hidden: whether the values may have been removed, so that nothing is known of them
    """
    got, expected = mismatch.got, mismatch.expected
    if hidden and got is None and expected is None:
        return mismatch.why or _ANOTHER
    text = _at(mismatch.where) + _difference(mismatch)
    return text + (f"; {mismatch.off} elements differ" if mismatch.off else "")


def _difference(mismatch: Mismatch) -> str:
    got, expected, why = mismatch.got, mismatch.expected, mismatch.why
    if mismatch.remark:
        return f"{mismatch.remark}: got {show(got)}"
    if got is None and why.startswith("returned None"):
        return f"{why} Expected {show(expected)}"
    if isinstance(got, Unsupported) or isinstance(expected, Unsupported):
        return _described(mismatch)
    if why.startswith(("the shape", "the length", "the number")):
        return _size(mismatch)
    if why == KEY_MISSING and isinstance(expected, list):
        text = f"the key {_one(expected)} is missing: got the keys {_listed(got)}"
        return text + _look_alike(got, expected[0])
    if why == EXTRA_KEY and isinstance(got, list):
        return f"the key {_one(got)} is not expected; the expected keys are {_listed(expected)}"
    if why == NOT_IN_SET:
        text = f"the element {show(expected)} of the set is missing: got {show(got)}"
        return text + _look_alike(got, expected)
    if why.startswith("an element ") and mismatch.inner is not None:
        return _element(mismatch, mismatch.inner)
    if not why and isinstance(got, str) and isinstance(expected, str):
        return _texts(got, expected)
    if not why and isinstance(got, bytes) and isinstance(expected, bytes):
        return _bytes(got, expected)
    if (
        not why
        and isinstance(got, int)
        and isinstance(expected, int)
        and show(got) == show(expected)
    ):
        return _long_integers(got, expected)
    text = f"got {show(got)}, expected {show(expected)}"
    if why:
        text = f"{_kinds(why, got, expected)}: {text}"
    if isinstance(expected, dict) and isinstance(got, Array):
        text += "; if it is a Series, return its .to_dict()"
    if _is_rounded(got, expected):
        text += "; a float keeps about 16 digits, so compute with integers,"
        text += " for example with // instead of /"
    if mismatch.error is not None and mismatch.allowed is not None:
        text += f" ({_excess(mismatch.error, mismatch.allowed)})"
    return text


def _element(mismatch: Mismatch, element: Mismatch) -> str:
    """Return which element is missing, or one too many, in a sequence whose order is ignored."""
    is_lacking = mismatch.why.endswith((ELEMENT_MISSING, TOO_FEW))
    shown = show(element.expected if is_lacking else element.got)
    text = mismatch.why.replace("an element", f"the element {shown}")
    text += f": got {show(mismatch.got)}, expected {show(mismatch.expected)} in any order"
    return text + _look_alike(mismatch.got, element.expected) if is_lacking else text


def _described(mismatch: Mismatch) -> str:
    """Return what differs if a value has only a description: it is of another type, or was cut."""
    got, expected = (
        show(each, _MAX_DESCRIPTION if isinstance(each, Unsupported) else _WIDTH)
        for each in (mismatch.got, mismatch.expected)
    )
    text = f"got {got}, expected {expected}"
    kinds = _kinds(mismatch.why, mismatch.got, mismatch.expected)
    return f"{kinds}: {text}" if kinds else text


def _at(where: str) -> str:
    return f"at {where}: " if where else ""


def _kinds(why: str, got: Value, expected: Value) -> str:
    """Return the reason; for numbers, with the shape in place of "a list" or "an array"."""
    if not (isinstance(got, Array) or (_is_numeric(got) and _is_numeric(expected))):
        return why
    found, wanted = shape(got), shape(expected)
    if why.startswith("returned ") and found is not None and wanted is None:
        return f"returned shape {found} where {why.split(' where ', 1)[1]}" if found else why
    return why


def _is_rounded(got: Value, expected: Value) -> bool:
    """Return whether a float, so large that it may be rounded, was returned for an integer."""
    is_integer = isinstance(expected, int) and not isinstance(expected, bool)
    return is_integer and isinstance(got, float) and abs(got) >= _FLOATS_HOLD_INTEGERS


def _long_integers(got: int, expected: int) -> str:
    """Return where two integers differ that are too long to be shown."""
    if max(abs(got), abs(expected)) > _MAX_WRITTEN:
        return f"got {show(got)}, expected another one, off by {show(abs(got - expected))}"
    found, wanted = str(got), str(expected)
    at = first_difference(found, wanted)
    shown = (around(each, at).replace("'", "") for each in (found, wanted))
    text = "the integers differ at character {}: got {}, expected {}".format(at + 1, *shown)
    sizes = f" ({len(found)} characters where {len(wanted)} are expected)"
    return text + (sizes if len(found) != len(wanted) else "")


def _excess(error: float, allowed: float) -> str:
    """Return by how much a number is off, with as many digits as it takes to see the excess."""
    if not allowed:
        return f"off by {error:.2g}; no difference is allowed"
    for digits in range(2, 18):
        off, most = f"{error:.{digits}g}", f"{allowed:.{digits}g}"
        if float(off) > float(most):
            return f"off by {off}; at most {most} is allowed"
    return "more than the tolerance allows"


# Sizes -------------------------------------------------------------------------------------------


def _size(mismatch: Mismatch) -> str:
    """Return how the sizes of two containers differ, and where the first difference is."""
    got, expected = mismatch.got, mismatch.expected
    shapes = shape(got), shape(expected)
    if None not in shapes and _has_axes(got, expected):
        text = f"returned shape {shapes[0]} where shape {shapes[1]} is expected"
        return f"{text}: got {show(got)}, expected {show(expected)}"
    found, wanted = _length(got), _length(expected)
    values = f": got {show(got)}, expected {show(expected)}"
    if found == wanted:
        if mismatch.inner is not None:
            return f"the first difference is {sentence(mismatch.inner)}"
        return mismatch.why + values
    text = f"{plural(found, 'element')} where {wanted} {'is' if wanted == 1 else 'are'} expected"
    if mismatch.why.startswith("the number") or not found or not wanted:
        return text + values
    if mismatch.inner is not None:
        return f"{text}; the first difference is {sentence(mismatch.inner)}"
    longer, what = (expected, "missing") if found < wanted else (got, "too many")
    rest = list(_items(longer))[min(found, wanted) :]
    both = min(found, wanted)
    right = "the first one is right" if both == 1 else f"the first {both} are right"
    return f"{text}; {right}, {what}: {_listed(rest)}"


def _has_axes(got: Value, expected: Value) -> bool:
    """Return whether readers think of the values as arrays: lists of texts have no shape."""
    if isinstance(got, Array) or isinstance(expected, Array):
        return True
    depth = max(len(shape(got) or ()), len(shape(expected) or ()))
    return depth > 1 and _is_numeric(got) and _is_numeric(expected)


def _is_numeric(value: Value) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_is_numeric, value))
    return isinstance(value, int | float | complex | Array)


def _length(value: Value) -> int:
    return len(value) if isinstance(value, list | tuple | set | frozenset) else len(_items(value))


def _items(value: Value) -> Sequence[Value]:
    if isinstance(value, Array):
        return value.items() if value.shape else ()
    return value if isinstance(value, list | tuple) else ()


def _one(items: Value) -> str:
    return show(_items(items)[0]) if _items(items) else "?"


def _listed(items: Value) -> str:
    shown = show(list(_items(items)))
    return shown[1:-1] if shown.endswith("]") and len(shown) > 2 else "none"


# Texts -------------------------------------------------------------------------------------------


def _texts(got: str, expected: str) -> str:
    if max(len(got), len(expected)) <= _MAX_GLANCE and _is_plain(got) and _is_plain(expected):
        return f"got {got!r}, expected {expected!r}"
    at = first_difference(got, expected)
    values = f"got {around(got, at)}, expected {around(expected, at)}"
    return f"{_first_difference(got, expected, at)}: {values}"


def _first_difference(got: str, expected: str, at: int) -> str:
    if at == len(got):
        return f"the text ends too early, before {_character(expected, at, got)}"
    if at == len(expected):
        return f"the text continues after its expected end, with {_character(got, at, expected)}"
    found, wanted = _character(got, at, expected), _character(expected, at, got)
    text = f"differ at character {at + 1}: {found} where {wanted} is expected"
    return f"the texts {text}{_only(got, expected)}"


def _look_alike(found: Value, wanted: Value) -> str:
    """Return how a text among others differs from one that looks like it; "" if there is none."""
    if isinstance(wanted, str) and isinstance(found, list | tuple | set | frozenset):
        searched = 0
        for other in sorted(each for each in islice(found, _MAX_ALIKE) if isinstance(each, str)):
            if other == wanted or max(len(other), len(wanted)) > _MAX_ALIKE:
                continue
            searched += len(other) + len(wanted)
            if searched > _MAX_SEARCHED:
                break
            if _looks_like(other, wanted):
                at = first_difference(other, wanted)
                return f"; one looks like it, but {_first_difference(other, wanted, at)}"
    return ""


def _looks_like(one: str, other: str) -> bool:
    if _is_plain(one) and _is_plain(other):
        return False
    pairs = [pair for pair in zip(one, other, strict=False) if pair[0] != pair[1]]
    # Letters of other alphabets, and other punctuation, in place of what is on a keyboard.
    if len(one) == len(other) and all(a.isascii() != b.isascii() for a, b in pairs):
        return True
    return _bare(one) == _bare(other)


def _bare(text: str) -> str:
    """Return a text without what is easily overlooked: accents, spaces, case, letter variants."""
    # Letter by letter: the time for a text is quadratic in the number of accents on one letter.
    parts = (part for letter in text for part in unicodedata.normalize("NFKD", letter))
    return "".join(c for c in parts if unicodedata.category(c) not in _UNSEEN).casefold()


def _is_plain(text: str) -> bool:
    """Return whether a text consists of visible ASCII characters, without spaces."""
    return text.isascii() and text.isprintable() and " " not in text


def _character(text: str, at: int, other: str) -> str:
    pair = text[at : at + 2] + other[at : at + 2]
    return character(text, at, with_code=not pair.isascii())


def _only(got: str, expected: str) -> str:
    """Return the only respect in which two texts differ; "" if there are several."""
    if got.casefold() == expected.casefold():
        return " (they differ in upper and lower case only)"
    if "".join(got.split()) == "".join(expected.split()):
        return " (they differ in white space only)"
    if max(len(got), len(expected)) > _MAX_ALIKE:
        return ""  # `normalize` takes minutes for an answer of many accents on one letter
    forms = (unicodedata.normalize("NFC", text) for text in (got, expected))
    return " (they look the same)" if len(set(forms)) == 1 else ""


def _bytes(got: bytes, expected: bytes) -> str:
    at = next(
        (i for i, (one, other) in enumerate(zip(got, expected, strict=False)) if one != other),
        min(len(got), len(expected)),
    )
    first = max(0, at - 16)
    shown = (show(each[first:]) for each in (got, expected))
    return "the bytes differ at [{}]: got {}, expected {}".format(at, *shown)


# Both values, side by side -----------------------------------------------------------------------


@dataclass(frozen=True)
class Comparison:
    """Excerpts of an answer and of the expected value, with what differs marked."""

    got: Sequence[Line]
    expected: Sequence[Line]

    def text(self) -> str:
        """Return both as plain text, with an asterisk before each element that differs."""
        lines = ["got:", *map(_plain, self.got), "expected:", *map(_plain, self.expected)]
        return "\n".join(lines)


def comparison(result: CaseResult | StepResult, width: int) -> Comparison | None:
    """Return excerpts of an answer and of the expected value; None if one is missing.

    Args:
        result: of a step, or of a case; for a case, the step that decided its verdict is shown
    """
    if result.run.status is not RunStatus.RETURNED or not result.step.has_expected:
        return None
    got, expected = result.run.value, result.step.expected
    places = frozenset(result.mismatch.places) if result.mismatch else frozenset()
    return Comparison(excerpt(got, expected, places, width), excerpt(expected, got, places, width))


def matrices(result: CaseResult) -> str:
    """Return both values in rows, if they are matrices that differ in some elements; else ""."""
    mismatch = result.mismatch
    if mismatch is None or not mismatch.off or not is_matrix(result.step.expected):
        return ""
    both = comparison(result, _WIDTH)
    return both.text() if both is not None and is_matrix(result.run.value) else ""


def _plain(line: Line) -> str:
    return "  " + "".join(f"*{each.text}" if each.differs else each.text for each in line)
