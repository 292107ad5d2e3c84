"""Compare a number with the expected one, within a tolerance."""

from __future__ import annotations

import cmath
import math
import struct

from grader.model.checker import Mismatch, Tolerance


def number_mismatch(
    got: complex, expected: complex, tolerance: Tolerance, where: str
) -> Mismatch | None:
    """Return the mismatch of two numbers, or None if the answer is within tolerance."""
    if got == expected:
        return None
    if isinstance(expected, int):  # no tolerance applies
        return Mismatch(not_finite(got, expected), where, got, expected)
    try:
        if is_close(got, expected, tolerance):
            return None
        error = float(abs(got - expected))
        allowed = tolerance.allowed(expected)
    except OverflowError:  # an integer too large for a float
        error, allowed = math.inf, 0.0
    if not math.isfinite(error):
        return Mismatch(not_finite(got, expected), where, got, expected)
    return Mismatch("", where, got, expected, error, allowed)


def not_finite(got: complex, expected: complex) -> str:
    """Return why an answer that is not finite was rejected; "" if its value is merely wrong."""
    # An integer is finite, and may be too large for a float.
    if isinstance(got, int) or not (isinstance(expected, int) or cmath.isfinite(expected)):
        return ""
    wanted = "integer" if isinstance(expected, int) else "number"
    if cmath.isnan(got):
        article = "an" if wanted == "integer" else "a"
        return f"returned NaN where {article} {wanted} is expected"
    if cmath.isinf(got):
        return f"returned infinity where a finite {wanted} is expected"
    return ""


def is_close(answer: complex, expected: complex, tolerance: Tolerance) -> bool:
    """Return whether a number is within tolerance of the expected one.

    Complex numbers are close if the absolute value of their difference is within tolerance. If the
    expected one is not finite, the real and imaginary parts are compared separately.
    """
    if isinstance(expected, complex) or isinstance(answer, complex):
        answer, expected = complex(answer), complex(expected)
        if not (math.isfinite(expected.real) and math.isfinite(expected.imag)):
            return is_close(answer.real, expected.real, tolerance) and is_close(
                answer.imag, expected.imag, tolerance
            )
    elif math.isnan(expected):
        return math.isnan(answer)
    elif math.isinf(expected):
        return answer == expected  # rtol * inf is inf and would accept any answer
    # An infinite answer must be excluded: rtol * expected may overflow, and inf <= inf is true.
    if not cmath.isfinite(answer):
        return False
    try:
        error, allowed = abs(answer - expected), tolerance.allowed(expected)
        return error <= allowed or error - allowed <= _rounding(answer, expected, allowed)
    except OverflowError:
        if not isinstance(expected, complex):  # an integer beyond any float
            raise
        # The modulus of a number is beyond any float; that of a quarter is not.
        small = Tolerance(tolerance.rtol, tolerance.atol / 4)
        return is_close(answer / 4, expected / 4, small)


_MAX_ULPS = 4
_MAX_SHARE = 1 / 8  # of the tolerance


def _rounding(answer: complex, expected: complex, allowed: float) -> float:
    """Return the part of the difference that may come from storing decimals as floats.

    0.4 and 0.3 differ by more than 0.1 once they are floats, although the tolerance is inclusive.
    Without a tolerance, nothing is added; and a tolerance of a few units in the last place is
    widened by an eighth at most.
    """
    larger = max(abs(answer), abs(expected))
    rounding = _MAX_ULPS * math.ulp(larger)
    if _is_single(answer):  # 0.12 computed in single precision is 0.11999999731779099
        rounding += larger * _SINGLE_EPSILON
    return min(rounding, allowed * _MAX_SHARE)


_SINGLE = struct.Struct("<f")
_SINGLE_EPSILON = 2.0**-24  # largest relative error of rounding to single precision


def _is_single(number: complex) -> bool:
    """Return whether a number has no more digits than single precision can hold."""
    if isinstance(number, int):
        return False
    try:
        return all(
            _SINGLE.unpack(_SINGLE.pack(part))[0] == part for part in (number.real, number.imag)
        )
    except OverflowError:
        return False
