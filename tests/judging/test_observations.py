"""What fits no known mistake is described: each rule where it holds, and where it nearly does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from grader.errors import SandboxError
from grader.judging.answer_key import AnswerKey
from grader.judging.audience import Audience, conclude_for
from grader.judging.diagnosis import diagnose
from grader.judging.judge import judge
from grader.judging.redact import for_student
from grader.model.checker import Tolerance
from grader.model.entry_point import Program
from grader.model.judgement import Judgement, Run, Verdict
from grader.model.prints import Prints
from grader.model.problem import Submission
from grader.sandbox.fork_server import start_fork_server
from grader.sandbox.host import Sandbox
from grader.submissions.source import make_submission
from grader.values import Value
from tests._support.small_problems import LISTS, MEAN, diagnosed, small_problem
from tests._support.submissions import notebook

NESTED: list[Value] = [
    [[1.0, 2.5], [4.0, 0.5]],
    [[3.0], [7.5]],
    [[3.0, 4.5, 9.25], [1.0]],
    [[1.5], [0.125, 2.0, 7.0]],
    [[8.0, 1.0], [2.0, 2.0, 2.25], [1.0, 1.0]],
]
TOTAL = "def f(x):\n    return float(sum(map(sum, x)))\n"
AVERAGE = "def f(x):\n    return sum(map(sum, x)) / sum(map(len, x))\n"
TABLE = "def f(x):\n    return [[v * k + k * k for v in x] for k in (1, 2)]\n"
TWICE = "def f(x):\n    return [2.0 * v for v in x]\n"
THIRDS = "def f(x):\n    return sum(v / 3 for v in x)\n"
PAIR = "def f(x):\n    return min(x) - 1.5, sum(x)\n"
AS_CUBE = "import numpy; a = numpy.arange(24.0).reshape(2, 3, 4) * len(x)"
CUBE = f"def f(x): {AS_CUBE}; return a"
AS_TABLE = "rows = [[v * k + k * k for v in x] for k in (1, 2)]"
SHORTEST = "n = min(map(len, x)); wrong = float(sum(sum(row[:n]) ** 1.01 for row in x))"

SIGN = "Every wrong answer has the right size and the wrong sign."
FACTOR = "Every wrong answer is off by the same factor."
OFFSET = "Every wrong answer is off by the same amount, whatever the arguments are."
ROUNDED = "Your answers are rounded to {}: return them at full precision."
TRANSPOSE = "Every wrong answer is the transpose of the right one: its rows should be columns."
RAGGED = (
    "Your answers are right where the lists within an argument have the same length, and wrong"
    " where the lengths differ."
)
STATE = (
    "Your function answers right in a fresh process, and wrong after other calls. What does it"
    " keep from one call to the next: a global variable, or a default argument that it changes?"
)
CONSTANT = (
    "Your function always returns the same number, whatever its arguments are: is the result"
    " computed from them, and not overwritten?"
)
NAN = (
    "Your function always returns nan, which is not a number: look for a division of 0 by 0,"
    " inf - inf, or the logarithm of a negative number."
)
CHANGED = "Your function changes its argument x, and then needs it as it was. Work on a copy."
EARLY = (
    "Your answers have 1 decimal, and the wrong ones are off by one unit of the last. Is a number"
    " rounded before the end, or cut off? Compute, and return, at full precision."
)
LAST_DECIMAL = (
    "Every wrong answer is off by one unit of its last decimal. Is a number rounded before the end,"
    " or cut off? Round the result only."
)
NESTED_IN_ANOTHER_WAY = (
    "Every wrong answer has the right numbers in the right order, but nested in another way:"
    " compare its shape with the one that is asked for."
)
REORDERED = "Every wrong answer has the right numbers in another order."
REVERSED = "Every wrong answer has the right numbers in reverse order."
BOTH = "Every wrong answer has the right numbers in reverse order, and nested in another way."
EXCHANGED = "Every wrong answer has its two parts exchanged."
PARTS = "Every wrong answer has the right parts in another order."
AXES = "Every wrong answer is the right one with its axes {} exchanged, counted from 0."
OTHER_AXES = "Every wrong answer is the right one with its axes in another order."
MATRICES = (
    "Every wrong answer is right, except that matrices in it are transposed: their rows should be"
    " columns."
)
ADVICE = "Work on one list at a time, or pad them and leave the padding out of the result."
NO_ARRAY = (
    "Where an exception is raised, the lists in x differ in length, and NumPy cannot make one array"
    f" of them. {ADVICE}"
)
RAGGED_TOO = (
    "Your answers are right where the lists within an argument have the same length; where the"
    f" lengths differ, {{}}. {ADVICE}"
)
M = "m = sum(x) / len(x)"
S = "s = float(sum(map(sum, x)))"

# reference, arguments, the body of a submission, what is to be seen in it
SEEN: dict[str, tuple[str, list[Value], str, str]] = {
    "sign": (MEAN, LISTS, f"{M}; return -m", SIGN),
    "sign, of lists": (TWICE, LISTS, "return [-2.0 * v for v in x]", SIGN),
    "sign, of an array": (TWICE, LISTS, "import numpy; return numpy.array(x) * -2", SIGN),
    "not always the sign": (MEAN, LISTS, f"{M}; return -m if len(x) < 4 else m + 1", ""),
    "not the sign of all elements": (
        TWICE,
        LISTS,
        "return [-2 * x[0]] + [v * v for v in x[1:]]",
        "",
    ),
    "a factor": (MEAN, LISTS, f"{M}; return 3 * m", "Every wrong answer is 3 times the right one."),
    "a factor and the sign": (
        MEAN,
        LISTS,
        f"{M}; return -2 * m",
        "Every wrong answer is -2 times the right one.",
    ),
    "a fraction": (
        MEAN,
        LISTS,
        f"{M}; return m / 4",
        "Every wrong answer is the right one divided by 4.",
    ),
    "a factor that is not named": (MEAN, LISTS, f"{M}; return m * 1.3752", FACTOR),
    "a factor too large to be named": (MEAN, LISTS, f"{M}; return m * 8128", FACTOR),
    "a factor that is nearly simple": (MEAN, LISTS, f"{M}; return m * 3.002", FACTOR),
    "a factor near -1": (MEAN, LISTS, f"{M}; return m * -1.05", FACTOR),
    "nearly a factor": (MEAN, LISTS, f"{M}; return 3 * m + 0.01", ""),
    "a factor, but in one case": (MEAN, LISTS, f"{M}; return 3 * m if len(x) < 4 else 2 * m", ""),
    "a factor in a single case": (MEAN, LISTS, f"{M}; return 3 * m if len(x) > 3 else m", ""),
    "any factor fits what is always the same": ("def f(x): return 1.5", LISTS, "return 4.5", ""),
    "a factor of nothing": (MEAN, LISTS, "return 0.0", CONSTANT),
    "a length": (
        MEAN,
        LISTS,
        "return sum(x)",
        "Every wrong answer is the right one times the length of x.",
    ),
    "divided by a length": (
        MEAN,
        LISTS,
        f"{M}; return m / len(x)",
        "Every wrong answer is the right one divided by the length of x.",
    ),
    "a total length": (
        AVERAGE,
        NESTED,
        f"{S}; return s",
        "Every wrong answer is the right one times the number of all elements in x.",
    ),
    "the longest": (
        TOTAL,
        NESTED,
        f"{S}; return s / max(map(len, x))",
        "Every wrong answer is the right one divided by the length of the longest list in x.",
    ),
    "nearly a length": (MEAN, LISTS, f"{M}; return m * (len(x) + 0.02)", ""),
    "a length that is always the same": (
        MEAN,
        [LISTS[0], [4.0, 7.0]],
        "return sum(x)",
        "Every wrong answer is 2 times the right one.",
    ),
    "an offset": (MEAN, LISTS, f"{M}; return m + 2", "Every wrong answer is too large by 2."),
    "a negative offset": (
        MEAN,
        LISTS,
        f"{M}; return m - 1",
        "Every wrong answer is too small by 1.",
    ),
    "an offset that is not named": (MEAN, LISTS, f"{M}; return m + 0.3725", OFFSET),
    "an offset too large to be named": (MEAN, LISTS, f"{M}; return m - 8128", OFFSET),
    "nearly an offset": (MEAN, LISTS, f"{M}; return m + 2 + 0.03 * len(x)", ""),
    "no offset but a constant": (MEAN, LISTS, "return 5.0", CONSTANT),
    "rounded": (MEAN, LISTS, f"{M}; return round(m, 1)", ROUNDED.format("1 decimal")),
    "rounded to whole numbers": (
        MEAN,
        LISTS,
        f"{M}; return round(m)",
        ROUNDED.format("whole numbers"),
    ),
    "cut off instead": (MEAN, LISTS, f"{M}; return int(m * 10) / 10", EARLY),
    "rounded early": (THIRDS, LISTS, "return sum(round(v / 3, 1) for v in x)", EARLY),
    "rounded to a half": (MEAN, LISTS, f"{M}; return round(2 * m) / 2", ""),
    "rounded early, and more than a unit off": (
        THIRDS,
        LISTS,
        "return round(sum(round(v / 3, 1) for v in x) + 0.3 * len(x), 1)",
        "",
    ),
    "a unit off, but of numbers that have few decimals": (
        "def f(x): return [round(v, 1) for v in x]",
        LISTS,
        "return [round(v, 1) + (0.1 if i else 0.0) for i, v in enumerate(x)]",
        "",
    ),
    "a unit off, of small numbers": (
        "def f(x): return sum(x) / 100",
        LISTS,
        "return round(round(sum(x) / 100, 1) + 0.1, 1)",
        "",
    ),
    "in reverse order": (TWICE, LISTS, "return [2.0 * v for v in x[::-1]]", REVERSED),
    "in another order": (TWICE, LISTS, "return [2.0 * v for v in x[1:] + x[:1]]", REORDERED),
    "in another order, as an array": (
        TWICE,
        LISTS,
        "import numpy; return 2 * numpy.roll(x, 1)",
        REORDERED,
    ),
    "in another order, and one more": (
        TWICE,
        LISTS,
        "return [2.0 * v for v in x[1:]] + [3.0 * x[0]]",
        "",
    ),
    "zeros and ones in another order": (
        "def f(x): return [float(v > 2) for v in x]",
        LISTS,
        "return [float(v > 2) for v in x[::-1]]",
        "",
    ),
    "in another order in a single case": (
        TWICE,
        LISTS,
        "return [2.0 * v for v in (x[::-1] if len(x) == 3 else x)]",
        "",
    ),
    "nested": (TWICE, LISTS, "return [[2.0 * v] for v in x]", NESTED_IN_ANOTHER_WAY),
    "nested array": (
        TWICE,
        LISTS,
        "import numpy; return 2 * numpy.array(x)[None]",
        NESTED_IN_ANOTHER_WAY,
    ),
    "large integers as floats": (
        "def f(x): return sum(x) * 3 * 10 ** 18 + len(x)",
        [[1, 2], [3], [4, 5, 6]],
        "return float(sum(x) * 3 * 10 ** 18 + len(x))",
        "",
    ),
    "a number in a list": (MEAN, LISTS, f"{M}; return [m]", NESTED_IN_ANOTHER_WAY),
    "not nested, but flat": (
        TABLE,
        LISTS,
        f"{AS_TABLE}; return sum(rows, [])",
        NESTED_IN_ANOTHER_WAY,
    ),
    "nested, and one more": (TWICE, LISTS, "return [[2.0 * v + len(x)] for v in x]", ""),
    "nested, and in another order": (TWICE, LISTS, "return [[2.0 * v] for v in x[::-1]]", BOTH),
    "the same number in a list": ("def f(x): return 1.5", LISTS, "return [1.5]", ""),
    "two parts": (PAIR, LISTS, "return sum(x), min(x) - 1.5", EXCHANGED),
    "two parts, as an array": (
        PAIR,
        LISTS,
        "import numpy; return numpy.array([sum(x), min(x) - 1.5])",
        EXCHANGED,
    ),
    "two parts, of different types": (
        "def f(x): return x, len(x) > 2",
        LISTS,
        "return len(x) > 2, x",
        EXCHANGED,
    ),
    "two parts of a dict": (
        "def f(x): return {'low': min(x) - 1.5, 'total': sum(x)}",
        LISTS,
        "return {'total': min(x) - 1.5, 'low': sum(x)}",
        EXCHANGED,
    ),
    "three parts": (
        "def f(x): return sum(x), len(x), [v * v for v in x]",
        LISTS,
        "return len(x), [v * v for v in x], sum(x)",
        PARTS,
    ),
    "two parts, one of them wrong": (PAIR, LISTS, "return sum(x) + 1, min(x) - 1.5", ""),
    "two parts, not always": (
        PAIR,
        LISTS,
        "a, b = min(x) - 1.5, sum(x); return (b, a) if len(x) > 2 else (a, b * b)",
        "",
    ),
    "the same two parts always": (
        "def f(x): return (0.0, 1.0)",
        LISTS,
        "return (1.0, 0.0)",
        "",
    ),
    "axes": (CUBE, LISTS, f"{AS_CUBE}; return numpy.swapaxes(a, 1, 2)", AXES.format("1 and 2")),
    "the batch and the rows": (
        CUBE,
        LISTS,
        f"{AS_CUBE}; return numpy.swapaxes(a, 0, 1).tolist()",
        AXES.format("0 and 1"),
    ),
    "the batch last": (CUBE, LISTS, f"{AS_CUBE}; return numpy.moveaxis(a, 0, 2)", OTHER_AXES),
    "axes, and a number": (
        CUBE,
        LISTS,
        f"{AS_CUBE}; a[0, 0, 0] += 1; return numpy.swapaxes(a, 1, 2)",
        "",
    ),
    "a matrix in a tuple": (
        f"def f(x): {AS_TABLE}; return rows, sum(x)",
        LISTS,
        f"{AS_TABLE}; return [list(row) for row in zip(*rows)], sum(x)",
        MATRICES,
    ),
    "a batch of matrices of different shapes": (
        f"def f(x): {AS_TABLE}; return [rows, [[7.0, 8.0, 9.0 + len(x)]]]",
        LISTS,
        f"import numpy; {AS_TABLE}; "
        "return [numpy.array(rows).T, numpy.array([[7.0, 8.0, 9.0 + len(x)]]).T]",
        MATRICES,
    ),
    "a matrix in a tuple, and a wrong number": (
        f"def f(x): {AS_TABLE}; return rows, sum(x)",
        LISTS,
        f"{AS_TABLE}; return [list(row) for row in zip(*rows)], sum(x) + 1",
        "",
    ),
    "too many numbers": (
        "def f(x): return [float(i) * len(x) for i in range(10001)]",
        LISTS,
        "return [float(i) * len(x) for i in range(10000, -1, -1)]",
        "",
    ),
    "integers, of which floats have the first digits only": (
        "def f(x): return 10 ** 18 + 7 * len(x)",
        LISTS,
        "return 10 ** 18 + 7 * len(x) + 1 + len(x) % 2",
        "",
    ),
    "large integers, all too large by the same number": (
        "def f(x): return 10 ** 18 + 7 * len(x)",
        LISTS,
        "return 10 ** 18 + 7 * len(x) + 1",
        "Every wrong answer is too large by 1.",
    ),
    "large integers, a little too large": (
        "def f(x): return 10 ** 6 * len(x)",
        LISTS,
        "return 10 ** 6 * len(x) + len(x) ** 2 + 1",
        "",
    ),
    "integers in lists, a little too large": (
        "def f(x): return [10 ** 6 * len(x), 3 * 10 ** 9]",
        LISTS,
        "return [10 ** 6 * len(x) + len(x) ** 2 + 1, 3 * 10 ** 9]",
        "",
    ),
    "large integers in another order, but for the last digit": (
        "def f(x): return [10 ** 17 + i + 100 * len(x) for i in range(4)]",
        LISTS,
        "return [10 ** 17 + 2 * i + 100 * len(x) for i in range(3, -1, -1)]",
        "",
    ),
    "large integers in another order": (
        "def f(x): return [10 ** 17 + i + 100 * len(x) for i in range(4)]",
        LISTS,
        "return [10 ** 17 + i + 100 * len(x) for i in range(3, -1, -1)]",
        REVERSED,
    ),
    "a factor of integers": (
        "def f(x): return 10 ** 18 + len(x)",
        LISTS,
        "return 3 * (10 ** 18 + len(x))",
        "Every wrong answer is 3 times the right one.",
    ),
    "nearly a factor of integers": (
        "def f(x): return 10 ** 18 + len(x)",
        LISTS,
        "return 3 * (10 ** 18 + len(x)) + len(x) % 2",
        "",
    ),
    "a factor of integers that is not named": (
        "def f(x): return 1000 * len(x)",
        LISTS,
        "return 1001 * len(x)",
        FACTOR,
    ),
    "integers divided, and rounded down": (
        "def f(x): return 10 ** 6 + 7 * len(x)",
        LISTS,
        "return (10 ** 6 + 7 * len(x)) // len(x)",
        "Every wrong answer is the right one divided by the length of x.",
    ),
    "small integers that a division happens to give": (
        "def f(x): return 5 + len(x)",
        LISTS,
        "return (5 + len(x)) // len(x)",
        "",
    ),
    "the sign of integers": (
        "def f(x): return 10 ** 18 + len(x)",
        LISTS,
        "return -(10 ** 18) - len(x)",
        SIGN,
    ),
    "nearly the sign of integers": (
        "def f(x): return 10 ** 18 + len(x)",
        LISTS,
        "return -(10 ** 18) - 2 * len(x)",
        "",
    ),
    "an integer that is right, and a number that is rounded": (
        f"def f(x): {M}; return (10 ** 18 + len(x), m)",
        LISTS,
        f"{M}; return (10 ** 18 + len(x), round(m, 1))",
        ROUNDED.format("1 decimal"),
    ),
    "an integer that is wrong, and a number that is rounded": (
        f"def f(x): {M}; return (10 ** 18 + len(x), m)",
        LISTS,
        f"{M}; return (10 ** 18 + len(x) ** 2 + 3, round(m, 1))",
        "",
    ),
    "integers whose differences are beyond a float": (
        "def f(x): return 10 ** 308 + len(x)",
        LISTS,
        "return -(10 ** 308) - len(x)",
        SIGN,
    ),
    "an offset of numbers, and not of large integers": (
        "def f(x): return (1.0 * sum(x), 10 ** 18 + 1024 * len(x))",
        LISTS,
        "return (1.0 * sum(x) + 0.5, 10 ** 18 + 1024 * len(x) + len(x) ** 2)",
        "",
    ),
    "an offset of numbers, and of large integers that are right": (
        "def f(x): return (1.0 * sum(x), 10 ** 18 + 1024 * len(x))",
        LISTS,
        "return (1.0 * sum(x) + 0.5, 10 ** 18 + 1024 * len(x))",
        "",
    ),
    "a factor of numbers and integers": (
        "def f(x): return (10.1 * sum(x), len(x))",
        LISTS,
        "return (10.1 * sum(x) * 25, len(x) * 25)",
        FACTOR,
    ),
    "a factor of numbers and zeros": (
        "def f(x): return (10.1 * sum(x), 0)",
        LISTS,
        "return (10.1 * sum(x) * 25, 0)",
        FACTOR,
    ),
    "an offset of numbers and integers": (
        "def f(x): return (10.1 * sum(x), len(x))",
        LISTS,
        "return (10.1 * sum(x) + 33, len(x) + 33)",
        OFFSET,
    ),
    "rounded up": (MEAN, LISTS, f"import math; {M}; return math.ceil(m)", ""),
    "transposed": (TABLE, LISTS, f"{AS_TABLE}; return list(zip(*rows))", TRANSPOSE),
    "transposed array": (
        TABLE,
        LISTS,
        f"import numpy; {AS_TABLE}; return numpy.array(rows).T",
        TRANSPOSE,
    ),
    "transposed and more": (
        TABLE,
        LISTS,
        f"{AS_TABLE}; rows[0][0] += 1; return list(zip(*rows))",
        "",
    ),
    "ragged": (
        TOTAL,
        NESTED,
        f"{S}; {SHORTEST}; return s if n == max(map(len, x)) else wrong",
        RAGGED,
    ),
    "ragged, and another": (
        TOTAL,
        NESTED,
        f"{S}; {SHORTEST}; return s if x[0] == [3.0] else wrong",
        "",
    ),
    "ragged, and an equal one": (
        TOTAL,
        [*NESTED, [[2.0, 7.0]]],
        f"{S}; {SHORTEST}; return s if n == max(map(len, x)) and len(x) > 1 else wrong",
        "",
    ),
    "not all that are ragged": (
        TOTAL,
        NESTED,
        f"{S}; {SHORTEST}; return s if n == max(map(len, x)) or len(x) > 2 else wrong",
        "",
    ),
    "state": (MEAN, LISTS, "kept.extend(x); return sum(kept) / len(kept)", STATE),
    "state, and a first case that is wrong alone": (
        MEAN,
        LISTS,
        "kept.extend(x); return sum(kept) / len(kept) + (len(x) == 2)",
        STATE,
    ),
    "state and another mistake": (MEAN, LISTS, "kept.extend(x); return sum(kept) / 1.5", ""),
    "a changed argument": (MEAN, LISTS, "x.append(7.0 / len(x)); return sum(x) / len(x)", CHANGED),
    "a changed alias": (
        MEAN,
        LISTS,
        "y = x; y[0] = 99.0 + len(y); return sum(x) / len(x)",
        CHANGED,
    ),
    "an argument that a helper changes": (
        MEAN,
        LISTS,
        "(lambda v: v.append(7.0 / len(v)))(x); return sum(x) / len(x)",
        CHANGED,
    ),
    "an argument that is changed, and not the reason": (
        MEAN,
        LISTS,
        "m = sum(x) / len(x); x[:] = [v - m for v in x]; return m * m + len(x)",
        "",
    ),
    "an argument that is changed and read, and another mistake": (
        MEAN,
        LISTS,
        "x.append(7.0 / len(x)); return sum(x) / len(x) ** 2",
        "",
    ),
    "a changed copy": (MEAN, LISTS, "x = x + [7.0 / len(x)]; return sum(x) / len(x)", ""),
    "no number": (MEAN, LISTS, "return float('nan')", NAN),
    "infinite": (MEAN, LISTS, "return float('inf')", CONSTANT),
    "a factor beyond a float": (
        "def f(x): return 1e-300 * len(x)",
        LISTS,
        "return 1e300 * len(x) * len(x)",
        "",
    ),
    "always the same, and half a unit off at most": (
        "def f(x): return 1.0 + len(x) / 10",
        LISTS,
        "return 1.0",
        CONSTANT,
    ),
    "the same in lists": (TWICE, LISTS, "return [0.0 for v in x]", CONSTANT),
    "the same in arrays": (TWICE, LISTS, "import numpy; return numpy.zeros(len(x))", CONSTANT),
    "the same in dicts": (
        "def f(x): return {'sum': sum(x), 'parts': (len(x), max(x))}",
        LISTS,
        "return {'sum': 0.0, 'parts': (0, 0.0)}",
        CONSTANT,
    ),
    "the same, which is right in a case": (MEAN, LISTS, "return 1.75", CONSTANT),
    "the same but for a case": (MEAN, LISTS, "return 0.0 if len(x) > 1 else 1.0", ""),
    "the same but for a number": (TWICE, LISTS, "return [0.0 for v in x[1:]] + [1.0]", ""),
    "the same number of two kinds": (MEAN, LISTS, "return 0.0 if len(x) > 1 else 0", CONSTANT),
    "the same in two answers": (MEAN, LISTS[:2], "return 0.0", ""),
    "beyond a float": (MEAN, LISTS, "return 10 ** 400 + len(x)", ""),
    "none": (MEAN, LISTS, "return None", ""),
    "a truth value among numbers": (
        "def f(x): return [float(len(x)), -1.0]",
        LISTS,
        "return [-float(len(x)), True]",
        "",
    ),
    "an infinite number among others": (
        "def f(x): return [float(len(x)), float('inf')]",
        LISTS,
        "return [-float(len(x)), -float('inf')]",
        "",
    ),
    "the right number of another kind": (
        "def f(x): return len(x)",
        LISTS,
        "return len(x) + 0j",
        "",
    ),
    "truth values": (MEAN, LISTS, "return True", ""),
    "a text": (MEAN, LISTS, "return str(x)", ""),
    "other shapes": (MEAN, LISTS, "return [[x]]", ""),
    "empty": (TWICE, LISTS, "return []", ""),
}


@pytest.mark.parametrize("reference, arguments, body, says", SEEN.values(), ids=SEEN)
def test_observation(
    reference: str, arguments: list[Value], body: str, says: str, sandbox: Sandbox
) -> None:
    source = f"kept = []\ndef f(x):\n    {body}\n"
    judgement = diagnosed(small_problem(reference, arguments), source, sandbox)
    assert judgement.verdict is Verdict.WRONG_ANSWER and judgement.misconceptions == ()
    assert judgement.observations == ((says,) if says else ())


def test_a_changed_argument_is_noticed_in_a_notebook(sandbox: Sandbox) -> None:
    key = AnswerKey(small_problem(MEAN, LISTS), sandbox)
    cells = ["raise ValueError", "def f(x): x.append(7.0 / len(x)); return sum(x) / len(x)"]
    submission = make_submission(notebook(*cells), "", "me.ipynb")
    judgement = diagnose(judge(key, submission, sandbox), key, sandbox)
    assert judgement.verdict is Verdict.WRONG_ANSWER and judgement.observations == (CHANGED,)


def test_a_forbidden_change_is_not_said_to_make_answers_wrong(sandbox: Sandbox) -> None:
    """The message of each case names it already, and the function does not need the argument."""
    problem = small_problem(MEAN, LISTS)
    cases = tuple(
        replace(case, steps=(replace(case.step, is_pure=True),)) for case in problem.cases
    )
    source = "def f(x):\n    m = sum(x) / len(x)\n    x.append(m)\n    return m\n"
    judgement = diagnosed(replace(problem, cases=cases), source, sandbox)
    assert judgement.verdict is Verdict.WRONG_ANSWER and judgement.observations == ()


NUMBERS: list[list[Value]] = [[1.0, 2.5], [4.0], [3.0, 4.5, 9.25]]
RETURNS_TEXT = "Your function returns the text that it should print."
NOT_RUN = "A call of your function only makes a {}, and runs none of its lines: {}."
OTHER_STREAM = (
    "Your function writes the text that it should print to the error stream: use print without"
    " file=, and in place of logging."
)
PRINTED = {
    "returned": ("return f'{len(x)}'", RETURNS_TEXT),
    "returned with a line break": ("return f'{len(x)}\\n'", RETURNS_TEXT),
    "returned in a list": ("return [str(len(x))]", RETURNS_TEXT),
    "returned, and something printed": ("print('length'); return str(len(x))", ""),
    "another text returned": ("return str(x)", ""),
    "nothing returned": ("pass", ""),
    "right in a case": ("return print(1) if len(x) == 1 else str(len(x))", RETURNS_TEXT),
    "wrong in one case": ("return str(1) if len(x) == 1 else print(len(x))", ""),
    "a generator": ("print(len(x)); yield", NOT_RUN.format("generator", "remove the yield")),
    "a generator expression": ("return (print(v) for v in x)", ""),
    "a coroutine": (
        "async def g(): print(len(x))\n    return g()",
        NOT_RUN.format("coroutine", "write def in place of async def"),
    ),
    "an asynchronous generator": (
        "async def g(): yield print(len(x))\n    return g()",
        NOT_RUN.replace("a {}", "an {}").format(
            "asynchronous generator", "write def, and remove the yield"
        ),
    ),
    "a generator in one case": ("return g(x) if len(x) > 1 else None", ""),
    "written to the error stream": ("import sys; print(len(x), file=sys.stderr)", OTHER_STREAM),
    "logged": ("import logging; logging.warning(len(x))", OTHER_STREAM),
    "something else on the error stream": ("import sys; print(x, file=sys.stderr)", ""),
}


@pytest.mark.parametrize("body, says", PRINTED.values(), ids=PRINTED)
def test_a_text_that_is_returned_is_noticed_where_no_result_is_asked_for(
    body: str, says: str, sandbox: Sandbox
) -> None:
    problem = small_problem("def f(x): print(len(x))", [*NUMBERS])
    cases = tuple(
        case.with_step(is_asked=False, prints=Prints(f"{len(value)}\n"))
        for case, value in zip(problem.cases, NUMBERS, strict=True)
    )
    source = f"def f(x):\n    {body}\ndef g(x): yield print(len(x))\n"
    judgement = diagnosed(replace(problem, cases=cases), source, sandbox)
    assert judgement.observations == ((says,) if says else ())


RETURNS_CHANGE = (
    "Your function returns what x should become, and leaves x as it was. Change the argument itself"
    ", element by element or with an operator such as +=."
)


@pytest.mark.parametrize(
    "body, says",
    [
        ("return x[::-1]", RETURNS_CHANGE),
        ("x.append(0.0); return x[-2::-1]", ""),
        ("return x[::-1] + [1.0]", ""),
    ],
)
def test_a_change_that_is_returned_is_noticed_where_no_result_is_asked_for(
    body: str, says: str, sandbox: Sandbox
) -> None:
    lists = [each for each in NUMBERS if len(each) > 1]
    problem = small_problem("def f(x): x.reverse()", [*lists])
    cases = tuple(
        case.with_step(is_asked=False, after={"x": value[::-1]})
        for case, value in zip(problem.cases, lists, strict=True)
    )
    source = f"def f(x):\n    {body}\n"
    judgement = diagnosed(replace(problem, cases=cases), source, sandbox)
    assert judgement.observations == ((says,) if says else ())


@pytest.mark.parametrize("body", ["raise ValueError('no')", "__import__('os')._exit(0)"])
def test_nothing_is_said_of_arguments_if_no_answer_is_wrong(body: str, sandbox: Sandbox) -> None:
    source = f"def f(x):\n    {body}\n"
    judgement = diagnosed(small_problem(MEAN, LISTS), source, sandbox)
    assert judgement.verdict is not Verdict.WRONG_ANSWER and judgement.observations == ()


FAILED = {
    "an array of lists of different lengths": (
        "import numpy; return float(numpy.array(x).sum())",
        NO_ARRAY,
    ),
    "an array where they are not": ("import numpy; return numpy.array([[1.0], [1.0, 2.0]])", ""),
    "an array, and another exception": (
        "import numpy; a = numpy.array(x); return a.sum() + 1 // (len(x) - 2)",
        "",
    ),
    "another exception where they differ": (
        "return sum(a + b for a, b in zip(*x, strict=True))",
        RAGGED_TOO.format("an exception is raised"),
    ),
    "wrong or failing where they differ": (
        "n = len(x[0]); return sum(row[i] for row in x for i in range(n))",
        RAGGED_TOO.format("your function fails"),
    ),
    "also where they are equal": ("return sum(x[0]) + (sum(x[1]) if len(x[0]) > 1 else x[9])", ""),
    "always": ("raise ValueError(x)", ""),
}


@pytest.mark.parametrize("body, says", FAILED.values(), ids=FAILED)
def test_observation_of_failures(body: str, says: str, sandbox: Sandbox) -> None:
    judgement = diagnosed(small_problem(TOTAL, NESTED), f"def f(x):\n    {body}\n", sandbox)
    assert Verdict.RUN_TIME_ERROR in {each.verdict for each in judgement.results}
    assert judgement.observations == ((says,) if says else ())


TO_TWO_DECIMALS = {
    "rounded early": ("return round(sum(round(v / 3, 2) for v in x), 2)", LAST_DECIMAL),
    "cut off": ("return int(sum(v / 3 for v in x) * 100) / 100", LAST_DECIMAL),
    "three units off": ("return round(sum(v / 3 for v in x) + 0.01 * len(x) ** 2 + 0.02, 2)", ""),
    "not rounded": ("return sum(v / 3 for v in x) + 0.008", OFFSET),
}


@pytest.mark.parametrize("body, says", TO_TWO_DECIMALS.values(), ids=TO_TWO_DECIMALS)
def test_observation_of_decimals(body: str, says: str, sandbox: Sandbox) -> None:
    arguments: list[Value] = [[1.0, 1.0, 1.0], [4.0, 1.0], [7.0, 4.0, 1.0], [2.627], [3.0]]
    tolerance = Tolerance.of_decimals(2)
    problem = small_problem(THIRDS, arguments, tolerance=tolerance)
    judgement = diagnosed(problem, f"def f(x):\n    {body}\n", sandbox)
    assert judgement.verdict is Verdict.WRONG_ANSWER
    assert judgement.observations == ((says,) if says else ())


def test_large_numbers_with_a_decimal_are_not_taken_for_whole_ones(sandbox: Sandbox) -> None:
    reference = "def f(x): return 10.0 ** 9 * len(x) + 0.75 * sum(x)"
    problem = small_problem(reference, LISTS, tolerance=Tolerance(rtol=0.0, atol=1e-3))
    source = f"{reference} + 0.26 * (-1) ** len(x)\n"
    judgement = diagnosed(problem, source, sandbox)
    assert judgement.verdict is Verdict.WRONG_ANSWER and judgement.observations == ()


def judged_with_state(sandbox: Sandbox) -> tuple[AnswerKey, Judgement]:
    """Return a key, and the judgement of a function that keeps the lists of earlier calls."""
    key = AnswerKey(small_problem(MEAN, LISTS), sandbox)
    source = b"kept = []\ndef f(x): kept.extend(x); return sum(kept) / len(kept)"
    return key, judge(key, Submission(source, "me.py"), sandbox)


def test_without_a_sandbox_nothing_is_run_again(sandbox: Sandbox) -> None:
    key, judgement = judged_with_state(sandbox)
    assert diagnose(judgement, key).observations == ()
    assert diagnose(judgement, key, sandbox).observations == (STATE,)


class Counting(Sandbox):
    """Counts how often it is asked to run something, and may be broken."""

    asked = 0
    broken = False

    def run(self, *words: Any, **options: Any) -> list[Run]:
        self.asked += 1
        if self.broken:
            raise SandboxError("the fork server has ended")
        return super().run(*words, **options)


def test_observations_start_few_children_and_never_fail() -> None:
    """However many cases are wrong."""
    body = "kept.append(len(kept)); x.append(kept[-1] + 1); return len(kept) + sum(x) / len(x)"
    source = f"kept = []\ndef f(x): {body}\n"
    sandbox = Counting(start_fork_server())
    with sandbox:
        key = AnswerKey(small_problem(MEAN, [*LISTS, *LISTS]), sandbox)
        judgement = judge(key, Submission(source.encode(), "me.py"), sandbox)
        sandbox.asked = 0
        assert diagnose(judgement, key, sandbox).observations == ()
        assert sandbox.asked == 3  # a fresh process, one that watches the argument, one that copies
        sandbox.broken = True
        assert conclude_for(Audience.INSTRUCTOR, judgement, key, sandbox) == judgement


class Lucky(Sandbox):
    """Runs another program than the submission, once it is told to."""

    instead: Program | None = None

    def run(self, program: Program, *words: Any, **options: Any) -> list[Run]:
        return super().run(self.instead or program, *words, **options)


def test_answers_that_differ_from_run_to_run_are_not_taken_for_state() -> None:
    """As of a function that draws random numbers, and is right in every further run by chance."""
    sandbox = Lucky(start_fork_server())
    with sandbox:
        key, judgement = judged_with_state(sandbox)
        assert diagnose(judgement, key, sandbox).observations == (STATE,)
        sandbox.instead = key.problem.program(MEAN.encode())
        assert diagnose(judgement, key, sandbox).observations == ()


def test_a_slow_program_is_not_run_again() -> None:
    sandbox = Counting(start_fork_server())
    with sandbox:
        key, judgement = judged_with_state(sandbox)
        each_s = 3 * key.problem.limits.wall_s / len(key.problem.cases)
        for wall_s, observations in ((each_s * 0.99, (STATE,)), (each_s * 1.01, ())):
            slow = [
                replace(each, run=replace(each.run, wall_s=wall_s)) for each in judgement.results
            ]
            sandbox.asked = 0
            found = diagnose(replace(judgement, results=tuple(slow)), key, sandbox)
            assert found.observations == observations
            assert bool(sandbox.asked) is bool(observations)


def test_an_observation_reveals_no_answer_of_a_hidden_case(sandbox: Sandbox) -> None:
    """All cases here are hidden: what is said of them must not depend on their numbers."""
    for body in ("-m", "3 * m", "m + 0.3725", "m * 8128", "m - 8128"):
        source = f"def f(x):\n    {M}\n    return {body}\n"
        judgement = for_student(diagnosed(small_problem(MEAN, LISTS), source, sandbox))
        assert len(judgement.observations) == 1
        told = " ".join(judgement.observations)
        assert not any(secret in told for secret in ("1.75", "5.58", "4.28", "8128", "0.37"))
