"""Constraints: their syntax, the errors in it, and the arguments that violate them."""

from __future__ import annotations

import io
import struct
from dataclasses import replace
from math import inf, nan
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from grader.bank.constraints.check import find_violations
from grader.bank.constraints.expression import ConstraintSyntaxError
from grader.bank.constraints.fields import ARGS, WHERE, read_relations
from grader.bank.constraints.parse import parse_constraint
from grader.bank.constraints.parse_relation import parse_relation
from grader.bank.load import load_problem
from grader.bank.schema import SPEC
from grader.errors import SpecError
from grader.model.constraints import (
    Constraint,
    Constraints,
    ElementKind,
    Entries,
    Fields,
    OneOf,
    Range,
    Size,
)
from grader.model.judgement import Judgement, Protection, Verdict
from grader.model.problem import Submission
from grader.reports.judgement import html
from grader.reports.problem_text import in_words, problem_markdown
from grader.reports.statement import statement_html
from grader.values import Array, Value
from grader.yaml_reader.nodes import parse
from tests._support.bank import SLUGS, load

NUMBER, INTEGER = ElementKind.NUMBER, ElementKind.INTEGER
G, T_i = Size("G"), Size("T_i", per=1)

# Text of a constraint: the parsed noun, and its sentence in the statement.
WRITTEN: dict[str, tuple[Constraint, str]] = {
    "number": (Constraint(NUMBER), "a number"),
    "integer": (Constraint(INTEGER, Range(whole=True)), "an integer"),
    "truth value": (Constraint(ElementKind.TRUTH_VALUE), "a truth value"),
    "text": (Constraint(ElementKind.TEXT), "a text"),
    "number, 0 <= x < 1": (
        Constraint(NUMBER, Range(0, 1, upper_open=True)),
        r"a number, $0 \le x < 1$",
    ),
    "number, 1 >= x": (Constraint(NUMBER, Range(upper=1)), r"a number, $x \le 1$"),
    "number, x > 1e-6 and x != 3 and x != -2.5": (
        Constraint(NUMBER, Range(1e-6, lower_open=True, excluded=(3, -2.5))),
        r"a number, $x > 10^{-6}$ and $x \ne 3$ and $x \ne -2.5$",
    ),
    "number, x > 0 and x >= 0 and x >= -1": (
        Constraint(NUMBER, Range(0, lower_open=True)),
        "a number, $x > 0$",
    ),
    "number, x < 2 and x <= 2 and x <= 3": (
        Constraint(NUMBER, Range(upper=2, upper_open=True)),
        "a number, $x < 2$",
    ),
    "number, x <= 2 and x < 2": (
        Constraint(NUMBER, Range(upper=2, upper_open=True)),
        "a number, $x < 2$",
    ),
    "number or inf": (Constraint(NUMBER, Range(may_be_inf=True)), "a number; `inf` may occur"),
    "number or nan or inf, x >= 0": (
        Constraint(NUMBER, Range(0, may_be_inf=True, may_be_nan=True)),
        r"a number, $x \ge 0$; `inf` and `nan` may occur",
    ),
    "list[3] of integer": (
        Constraint(INTEGER, Range(whole=True), (Size(minimum=3, maximum=3),)),
        "a list of $3$ integers",
    ),
    "list[1 <= K < 8] of text": (
        Constraint(ElementKind.TEXT, sizes=(Size("K", 1, 7),)),
        r"a list of $1 \le K \le 7$ texts",
    ),
    "list[batch > 0] of number": (
        Constraint(NUMBER, sizes=(Size("batch", 1),)),
        r"a list of $\mathrm{batch} \ge 1$ numbers",
    ),
    "list[G >= 1] of list[T_i] of number, x > 0": (
        Constraint(NUMBER, Range(0, lower_open=True), (Size("G", 1), T_i)),
        r"a list of $G \ge 1$ lists of numbers, each with $x > 0$; list $i$ has $T_i$ elements",
    ),
    "list[G] of list[T_i >= 1] of list[U_j] of number": (
        Constraint(NUMBER, sizes=(G, Size("T_i", 1, per=1), Size("U_j", per=2))),
        r"a list of $G$ lists of lists of numbers; list $i$ has $T_i \ge 1$ elements; "
        "list $j$ of list $i$ has $U_{i,j}$ elements",
    ),
    "list[A] of list[B] of list[T_i] of number": (
        Constraint(NUMBER, sizes=(Size("A"), Size("B"), T_i)),
        "a list of $A$ lists of $B$ lists of numbers; each list of list $i$ has $T_i$ elements",
    ),
    "array[N >= 2, 3] of truth value": (
        Constraint(
            ElementKind.TRUTH_VALUE, sizes=(Size("N", 2), Size(minimum=3, maximum=3)), axes=2
        ),
        r"an array of $N \times 3$ truth values; $N \ge 2$",
    ),
    "array[N >= 2] of number": (
        Constraint(NUMBER, sizes=(Size("N", 2),), axes=1),
        r"an array of $N \ge 2$ numbers",
    ),
    "list[G] of array[T_i, 4] of number": (
        Constraint(NUMBER, sizes=(G, T_i, Size(minimum=4, maximum=4)), axes=2),
        r"a list of $G$ arrays of $T_i \times 4$ numbers",
    ),
    "tuple[2] of integer": (
        Constraint(
            INTEGER, Range(whole=True), (Size(minimum=2, maximum=2),), tuples=frozenset({0})
        ),
        "a tuple of $2$ integers",
    ),
    "list[M] of truth value or null": (
        Constraint(
            OneOf(
                (
                    Constraint(ElementKind.TRUTH_VALUE, sizes=(Size("M"),)),
                    Constraint(ElementKind.NONE),
                )
            )
        ),
        "a list of $M$ truth values, or `None`",
    ),
    "list[M] of (integer or null), x > 0": (
        Constraint(
            OneOf(
                (
                    Constraint(INTEGER, Range(0, lower_open=True, whole=True)),
                    Constraint(ElementKind.NONE),
                )
            ),
            sizes=(Size("M"),),
        ),
        "a list of $M$ elements; each element is an integer, $x > 0$, or `None`",
    ),
    "dict of text to number": (
        Constraint(Entries(Size(), Constraint(ElementKind.TEXT), Constraint(NUMBER))),
        "a dict, where each key is a text and each value a number",
    ),
    "list[N] of tuple(integer, text)": (
        Constraint(
            Fields((Constraint(INTEGER, Range(whole=True)), Constraint(ElementKind.TEXT))),
            sizes=(Size("N"),),
        ),
        "a list of $N$ elements; each element is a tuple of 2 elements: an integer, a text",
    ),
    "list[N] of (list[T_i] of number)": (
        Constraint(NUMBER, sizes=(Size("N"), T_i)),
        "a list of $N$ lists of numbers; list $i$ has $T_i$ elements",
    ),
    " list [ G ]  of number ,  x<1 ": (
        Constraint(NUMBER, Range(upper=1, upper_open=True), (G,)),
        "a list of $G$ numbers, each with $x < 1$",
    ),
}


@pytest.mark.parametrize("text", WRITTEN)
def test_a_valid_constraint_is_parsed_and_described(text: str) -> None:
    constraint, words = WRITTEN[text]
    assert parse_constraint(text) == constraint
    assert in_words(constraint) == words
    markup = statement_html(words)
    assert 'class="latex"' not in markup and "$" not in markup
    if text == text.strip():  # YAML takes these spaces away
        assert list(Draft202012Validator(ARGS.schema()).iter_errors({"a": text})) == []


SIZE = "a size is like 3, N, N >= 1, 1 <= N <= 8 or T_i"
BOUND = "a bound is like x > 0, 0 <= x < 1 or x != 0, and several are joined by `and`"
KINDS = "known: number, integer, truth value, text, null, list, tuple, array, dict"

# Text that is not a constraint: the column, and the message.
MALFORMED: dict[str, tuple[int, str]] = {
    "numbr": (1, "'numbr' is not a kind of argument; did you mean 'number'?"),
    "numbers": (1, "'numbers' is not a kind of argument; did you mean 'number'?"),
    "quaternion": (1, f"'quaternion' is not a kind of argument; {KINDS}"),
    "lst[G] of number": (1, "'lst' is not a kind of argument; did you mean 'list'?"),
    "list[G] of": (11, f"expected a kind of argument; {KINDS}"),
    "list[G] of , x > 0": (12, f"expected a kind of argument; {KINDS}"),
    "list of number": (5, "expected a size in brackets, like list[N]"),
    "list[G of number": (5, "expected a size in brackets, like list[N]"),
    "list[G] number": (8, "expected `of`, as in list[N] of number"),
    "list[A, B] of number": (6, "a list has one size; write list[N] of list[K], or array[N, K]"),
    "array[N] of list[K] of number": (
        13,
        "an array cannot contain a list; give the array more sizes, like array[N, K]",
    ),
    "array[N] of text": (13, "an array cannot contain text; use number, integer or truth value"),
    "list[] of number": (6, f"this is not a valid expression; {SIZE}"),
    "list[-1] of number": (6, f"'-1' is not allowed here; {SIZE}"),
    "list[2.5] of number": (6, f"'2.5' is not allowed here; {SIZE}"),
    "list[True] of number": (6, f"'True' is not allowed here; {SIZE}"),
    "array[N, N != 2] of number": (10, f"'N != 2' is not allowed here; {SIZE}"),
    "list[N >= 0.5] of number": (6, f"'N >= 0.5' is not allowed here; {SIZE}"),
    "list[N >= K] of number": (11, f"'K' is not allowed here; {SIZE}"),
    "list[N + 1] of number": (6, f"'N + 1' is not allowed here; {SIZE}"),
    "list[N] of list[T_k] of number": (17, f"'T_k' is not allowed here; {SIZE}"),
    "list[T_i] of number": (
        6,
        "a size that ends in _i must be inside other lists, like list[N] of list[T_i]",
    ),
    "list[N] of list[T_j] of number": (
        17,
        "a size that ends in _j must be inside other lists, like list[N] of list[T_i] of list[T_j]",
    ),
    "list[4 <= N < 4] of number": (6, "no integer is within these bounds; correct one of them"),
    "number 0 <= x": (
        8,
        "expected the end; write bounds after a comma, like number, x > 0",
    ),
    "(number": (8, "expected `)` after what is in parentheses"),
    "tuple(number, text": (19, "expected `)` after the elements of the tuple"),
    "tuple[A, B] of number": (
        7,
        "a tuple has one size; write tuple[N] of tuple[K], or array[N, K]",
    ),
    "dict[N] text to number": (9, "expected `of`, as in dict[N] of text to number"),
    "dict of text": (13, "expected `to` between key and value, as in dict of text to number"),
    "dict of list[N] of text to number": (
        9,
        "a key of a dict cannot be a list, an array or a dict; use a tuple",
    ),
    "number or": (10, f"expected a kind of argument; {KINDS}"),
    "array[N] of (number or null)": (
        13,
        "an array cannot contain '('; give it a kind: number, integer or truth value",
    ),
    "array[N] of null": (13, "an array cannot contain null; use number, integer or truth value"),
    "null, x > 0": (5, "a null cannot have bounds; remove them"),
    "text, x > 0": (5, "a text cannot have bounds; remove them"),
    "truth value, x > 0": (12, "a truth value cannot have bounds; remove them"),
    "integer or nan": (8, "`or inf` and `or nan` belong to number; remove them from integer"),
    "number,": (8, f"this is not a valid expression; {BOUND}"),
    "number, 0 <= y": (9, f"'0 <= y' is not allowed here; {BOUND}"),
    "number, x": (9, f"'x' is not allowed here; {BOUND}"),
    "number, x == 1": (9, f"'x == 1' is not allowed here; {BOUND}"),
    "number, x in 1": (9, f"'x in 1' is not allowed here; {BOUND}"),
    "number, x > 0 or x < -1": (9, f"'x > 0 or x < -1' is not allowed here; {BOUND}"),
    "number, x > 'é' < x": (13, f"\"'é'\" is not allowed here; {BOUND}"),
    "number, x != 1 and x < inf": (24, f"'inf' is not allowed here; {BOUND}"),
    "number, x < 1e999": (13, f"'1e999' is not allowed here; {BOUND}"),
    "number, x > 1 and x <= 1": (9, "no number is within these bounds; correct one of them"),
    "integer, 0 < x < 1": (10, "no integer is within these bounds; correct one of them"),
}


@pytest.mark.parametrize("text", MALFORMED)
def test_an_invalid_constraint_is_refused(text: str) -> None:
    column, message = MALFORMED[text]
    with pytest.raises(ConstraintSyntaxError) as caught:
        parse_constraint(text)
    assert (caught.value.offset + 1, str(caught.value)) == (column, message)
    with pytest.raises(SpecError) as raised:
        ARGS.read(parse(f"a: {text}", "f.yaml"))
    assert str(raised.value) == f"f.yaml:1:{column + 3}: {message}"


# The location of the error for each way to write the text in YAML.
PLACES = {
    "plain": ("a: number, x < y", "f.yaml:1:16"),
    "with more space": ("a:   number,   x < y  # bound", "f.yaml:1:20"),
    "quoted": ("a: 'number, x < y'", "f.yaml:1:17"),
    "quoted, with an escape": ('a: "number, \\x78 < y"', "f.yaml:1:4"),
    "in two lines": ("a:\n  number,\n  x < y", "f.yaml:2:3"),
}


@pytest.mark.parametrize("text, place", PLACES.values(), ids=PLACES)
def test_an_error_has_its_location(text: str, place: str) -> None:
    with pytest.raises(SpecError, match=f"^{place}: 'y' is not allowed here"):
        ARGS.read(parse(text, "f.yaml"))


def test_all_errors_are_reported_at_once() -> None:
    with pytest.raises(SpecError) as caught:
        ARGS.read(parse("a: nmber\nb: number\na: text\nc: [1]\nd:", "f.yaml"))
    assert str(caught.value).splitlines() == [
        "f.yaml:1:4: 'nmber' is not a kind of argument; did you mean 'number'?",
        "f.yaml:3:1: duplicate key 'a' (first used on line 1); keep one",
        "f.yaml:4:4: expected a text, found a list",
        "f.yaml:5:3: expected a text, found an empty one",
    ]


# Values ------------------------------------------------------------------------------------------


def floats(shape: tuple[int, ...], *numbers: float) -> Array:
    return Array("float64", shape, struct.pack(f"<{len(numbers)}d", *numbers))


def of(args: dict[str, str], *where: str) -> Constraints:
    parsed = {name: parse_constraint(text) for name, text in args.items()}
    return Constraints(parsed, tuple(parse_relation(each, parsed) for each in where))


# The constraint of an argument `a`, its value, and the violations, one per line.
VALUES: dict[str, tuple[str, Value, str]] = {
    "a number": ("number", 1.5, ""),
    "an integer is a number": ("number", -3, ""),
    "a truth value is not a number": ("number", True, "a is True but must be a number"),
    "a text for a number": ("number", "1", "a is '1' but must be a number"),
    "None": ("number", None, "a is None but must be a number"),
    "a complex number": ("number", 1j, "a is 1j but must be a number"),
    "a list for a number": ("number", [1], "a is [1] but must be a number"),
    "an array for a number": (
        "number",
        floats((), 1),
        "a is array(1.0, dtype=float64) but must be a number",
    ),
    "nan": ("number", nan, "a is nan but must not be nan"),
    "inf": ("number", -inf, "a is -inf but must be finite"),
    "nan where inf may be": ("number or inf", nan, "a is nan but must not be nan"),
    "inf where nan may be": ("number or nan", inf, "a is inf but must be finite"),
    "inf where it may be": ("number or inf, x > 0", inf, ""),
    "inf out of bounds": ("number or inf, x > 0", -inf, "a is -inf but must be greater than 0"),
    "nan where it may be": ("number or nan, x > 0", nan, ""),
    "an integer": ("integer", 2**70, ""),
    "a float is not an integer": ("integer", 2.0, "a is 2.0 but must be an integer"),
    "a truth value is not an integer": ("integer", False, "a is False but must be an integer"),
    "a truth value": ("truth value", False, ""),
    "an integer is not a truth value": ("truth value", 1, "a is 1 but must be a truth value"),
    "an empty text": ("text", "", ""),
    "bytes are not a text": ("text", b"", "a is b'' but must be a text"),
    "on a closed bound": ("number, 0 <= x <= 1", 0.0, ""),
    "on the other closed bound": ("number, 0 <= x <= 1", 1, ""),
    "below a closed bound": ("number, x >= 0", -1e-9, "a is -1e-09 but must be at least 0"),
    "above a closed bound": ("number, x <= 1", 2, "a is 2 but must be at most 1"),
    "on an open lower bound": ("number, x > 0", 0.0, "a is 0.0 but must be greater than 0"),
    "on an open upper bound": ("number, 0 <= x < 1", 1.0, "a is 1.0 but must be less than 1"),
    "beyond an open bound": ("number, x < 1", 1.5, "a is 1.5 but must be less than 1"),
    "an excluded number": ("number, x != 0", -0.0, "a is -0.0 but must not equal 0"),
    "an integer out of bounds": ("integer, 1 <= x < 9", 9, "a is 9 but must be less than 9"),
    "a list": ("list[N] of number", [1, 2.5], ""),
    "an empty list": ("list[N] of number", [], ""),
    "a tuple for a list": ("list[2] of number", (1, 2), ""),
    "a tuple that is too short": (
        "list[2] of number",
        (1,),
        "a has 1 element but must have 2",
    ),
    "a set is not a list": ("list[N] of number", {1}, "a is {1} but must be a list"),
    "a list is not a tuple": ("tuple[2] of integer", [1, 2], "a is [1, 2] but must be a tuple"),
    "tuples in a list": ("list[M] of tuple[2] of integer", [(1, 2), (2, 3)], ""),
    "a list among tuples": (
        "list[M] of tuple[2] of integer",
        [(1, 2), [2, 3]],
        "a[1] is [2, 3] but must be a tuple",
    ),
    "None where it may be": ("list[M] of truth value or null", None, ""),
    "a value where None may be": ("list[M] of truth value or null", [True], ""),
    "wrong where None may be": (
        "list[M] of truth value or null",
        [True, 1],
        "a[1] is 1 but must be a truth value",
    ),
    "None as an element": ("list[M] of (number or null)", [1, None, 2.5], ""),
    "a text as an element": (
        "list[M] of (number or null)",
        [1, "b"],
        "a[1] is 'b' but must be a number",
    ),
    "one of three": ("integer or text or null", "b", ""),
    "no option fits": (
        "integer or text or list[N] of number",
        1.5,
        "a is 1.5 but must be an integer or a text or a list",
    ),
    "a pair of two types": ("tuple(integer, text)", (1, "b"), ""),
    "a pair of the wrong types": (
        "tuple(integer, text)",
        ("b", "b"),
        "a[0] is 'b' but must be an integer",
    ),
    "three for a pair": ("tuple(integer, text)", (1, "b", 2), "a has 3 elements but must have 2"),
    "a list for a pair": ("tuple(integer, text)", [1, "b"], "a is [1, 'b'] but must be a tuple"),
    "a dict": ("dict[K >= 1] of text to number", {"b": 1.5}, ""),
    "a dict without entries": (
        "dict[K >= 1] of text to number",
        {},
        "a has 0 elements but must have at least 1",
    ),
    "a wrong key": (
        "dict of text to number",
        {1: 2},
        "the key 1 of a is 1 but must be a text",
    ),
    "a wrong value": (
        "dict of text to list[N] of number",
        {"b": [1, "c"]},
        "a['b'][1] is 'c' but must be a number",
    ),
    "sizes in a dict": (
        "dict of text to list[N] of number",
        {"b": [1], "c": [1, 2]},
        "a['c'] has 2 elements but a['b'] has 1; both must be N",
    ),
    "a list for a dict": ("dict of text to number", [1], "a is [1] but must be a dict"),
    "tuples as keys": ("dict of tuple[2] of integer to number", {(1, 2): 0.5}, ""),
    "arrays for an array": (
        "array[N, 2] of number",
        [floats((2,), 1, 2), floats((2,), 3, 4)],
        "",
    ),
    "arrays of two lengths": (
        "array[N, K] of number",
        [floats((2,), 1, 2), floats((1,), 3)],
        "a is [array([1.0, 2.0], dtype=float64), array([3.0], dtype=float64)] but must be an array"
        " with 2 axes",
    ),
    "tuples for an array": ("array[N, 2] of number", ((1, 2), (3, 4)), ""),
    "arrays without axes": ("array[N] of number", [floats((), 1), floats((), 2)], ""),
    "an empty list deeper than the array": (
        "array[N] of number",
        [[]],
        "a is [[]] but must be an array with one axis",
    ),
    "an array is not a list": (
        "list[N] of number",
        floats((1,), 1),
        "a is array([1.0], dtype=float64) but must be a list",
    ),
    "a number for a list": ("list[N] of list[K] of text", [3], "a[0] is 3 but must be a list"),
    "an element": ("list[N] of number, x > 0", [1, 2, 0], "a[2] is 0 but must be greater than 0"),
    "an element deeper": (
        "list[N] of list[T_i] of number",
        [[1], [2, "b"]],
        "a[1][1] is 'b' but must be a number",
    ),
    "exact length": ("list[2] of number", [1, 2], ""),
    "below an exact length": ("list[2] of number", [1], "a has 1 element but must have 2"),
    "above an exact length": ("list[2] of number", [1, 2, 3], "a has 3 elements but must have 2"),
    "too few": ("list[N >= 1] of number", [], "a has 0 elements but must have at least 1"),
    "too many": ("list[N < 3] of number", [1, 2, 3], "a has 3 elements but must have at most 2"),
    "within the bounds of a size": ("list[1 <= N <= 3] of number", [1, 2, 3], ""),
    "a square": ("list[N] of list[N] of number", [[1, 2], [3, 4]], ""),
    "not a square": (
        "list[N] of list[N] of number",
        [[1, 2], [3]],
        "a[1] has 1 element but a has 2; both must be N",
    ),
    "ragged where it may be": ("list[N] of list[T_i] of number", [[1, 2], [], [3]], ""),
    "ragged where it may not be": (
        "list[N] of list[K] of number",
        [[1, 2], [3]],
        "a[1] has 1 element but a[0] has 2; both must be K",
    ),
    "a ragged row too short": (
        "list[N] of list[T_i >= 1] of number",
        [[1, 2], []],
        "a[1] has 0 elements but must have at least 1",
    ),
    "one size for each list": (
        "list[N] of list[K] of list[T_i] of number",
        [[[1], [2]], [[1, 2], [3, 4, 5]]],
        "a[1][1] has 3 elements but a[1][0] has 2; both must be T_i",
    ),
    "one size for each list of each": (
        "list[N] of list[T_i] of list[U_j] of number",
        [[[1], [2, 3]], [[1, 2]]],
        "",
    ),
    "an array": ("array[2, K] of number", floats((2, 1), 1, 2), ""),
    "nested lists for an array": ("array[2, K] of number", [[1], [2]], ""),
    "a ragged array": (
        "array[N, K] of number",
        [[1], [2, 3]],
        "a is [[1], [2, 3]] but must be an array with 2 axes",
    ),
    "an axis missing": (
        "array[N, K] of number",
        [1, 2],
        "a is [1, 2] but must be an array with 2 axes",
    ),
    "an axis too many": (
        "array[N] of number",
        floats((1, 1), 1),
        "a is array([[1.0]], dtype=float64) but must be an array with one axis",
    ),
    "a number for an array": ("array[N] of number", 1, "a is 1 but must be an array with one axis"),
    "an axis too long": (
        "array[N, 2] of number",
        floats((1, 3), 1, 2, 3),
        "a has 3 elements along axis 1 but must have 2",
    ),
    "axes that should be equal": (
        "array[N, N] of number",
        [[1, 2]],
        "a has 2 elements along axis 1 but a has 1 along axis 0; both must be N",
    ),
    "an array without rows": ("array[N, 3] of number", floats((0, 3)), ""),
    "an empty array's row": (
        "array[N, 3] of number",
        floats((0, 2)),
        "a has 2 elements along axis 1 but must have 3",
    ),
    "lists without rows": ("array[N, 3] of number", [], ""),
    "an element of an array": (
        "array[N, 2] of number, x > 0",
        floats((1, 2), 1, -1),
        "a[0][1] is -1.0 but must be greater than 0",
    ),
    "an array of floats is not of integers": (
        "array[N] of integer",
        floats((1,), 1),
        "a[0] is 1.0 but must be an integer",
    ),
    "an array of truth values": ("array[N] of truth value", Array("bool", (1,), b"\1"), ""),
    "arrays in a list": ("list[G] of array[T_i] of number", [floats((1,), 1), [1, 2]], ""),
    "an array in a list": (
        "list[G] of array[K] of number",
        [[1], floats((2,), 1, nan)],
        "a[1] has 2 elements but a[0] has 1; both must be K\na[1][1] is nan but must not be nan",
    ),
}


@pytest.mark.parametrize("text, value, message", VALUES.values(), ids=VALUES)
def test_violations_by_a_value(text: str, value: Value, message: str) -> None:
    assert find_violations(of({"a": text}), {"a": value}) == message.splitlines()


def test_sizes_in_an_option_are_those_of_other_arguments() -> None:
    constraints = of({"mask": "list[N] of truth value or null", "x": "list[N] of number"})
    assert find_violations(constraints, {"mask": None, "x": [1]}) == []
    assert find_violations(constraints, {"mask": [True], "x": [1]}) == []
    assert find_violations(constraints, {"mask": [True, False], "x": [1]}) == [
        "x has 1 element but mask has 2; both must be N"
    ]


GROUP = {
    "new": "list[G >= 1] of list[T_i] of number",
    "old": "list[G] of list[T_i] of number",
    "rewards": "list[G] of number",
    "epsilon": "number, 0 <= x < 1",
}
FINE: dict[str, Value] = {
    "new": [[-1.0, -2.0], []],
    "old": [[-1.5, -2.5], []],
    "rewards": [1, 0],
    "epsilon": 0.5,
}

# Changes to the arguments above, a relation, and the violations, one per line.
RELATIONS: dict[str, tuple[dict[str, Value], str, str]] = {
    "sizes alone": ({}, "", ""),
    "a list too short": (
        {"rewards": [1]},
        "",
        "rewards has 1 element but new has 2; both must be G",
    ),
    "a row too long": (
        {"old": [[-1, -2], [-1]]},
        "",
        "old[1] has 1 element but new[1] has 0; both must be T_i",
    ),
    "everything": (
        {"old": [[-1, "b"], []], "rewards": [], "epsilon": 1.5},
        "old < 0",
        "old[0][1] is 'b' but must be a number\n"
        "rewards has 0 elements but new has 2; both must be G\n"
        "epsilon is 1.5 but must be less than 1",
    ),
    "element by element": ({}, "abs(new - old) <= 0.5", ""),
    "an element off": (
        {"old": [[-1.0, -33], []]},
        "abs(new - old) <= 30",
        "abs(new[0][1] - old[0][1]) is 31.0 but must be at most 30",
    ),
    "a number with a list": (
        {},
        "rewards < epsilon",
        "rewards[0] is 1 but must be less than epsilon, which is 0.5",
    ),
    "a list with lists of lists": (
        {},
        "new >= -rewards",
        "new[0][1] is -2.0 but must be at least -rewards[0], which is -1",
    ),
    "a chain": ({}, "-3 < new - old <= 1", ""),
    "the end of a chain": (
        {},
        "-3 < new - old <= 0.25",
        "new[0][0] - old[0][0] is 0.5 but must be at most 0.25\n"
        "new[0][1] - old[0][1] is 0.5 but must be at most 0.25",
    ),
    "the beginning of a chain": (
        {},
        "1 < epsilon < 2",
        "epsilon is 0.5 but must be greater than 1",
    ),
    "the same violation is reported once": (
        {},
        "2 <= rewards <= 9 - new",
        "rewards[0] is 1 but must be at least 2",
    ),
    "an equation": ({}, "sum(rewards) == 1", ""),
    "an equation that does not hold": (
        {},
        "sum(rewards) == 2",
        "sum(rewards) is 1 but must equal 2",
    ),
    "an inequation": ({}, "rewards != 1", "rewards[0] is 1 but must not equal 1"),
    "the sum of each row": ({}, "sum(new) >= -1", "sum(new[0]) is -3.0 but must be at least -1"),
    "the length of each row": (
        {},
        "rewards >= len(new)",
        "rewards[0] is 1 but must be at least len(new[0]), which is 2",
    ),
    "the length of a list": ({}, "len(rewards) < 2", "len(rewards) is 2 but must be less than 2"),
    "a reduction in the place of a list": (
        {},
        "new - max(new) < 0",
        "new[0][0] - max(new[0]) is 0.0 but must be less than 0",
    ),
    "the minimum of an empty list is not checked": (
        {"new": [[], []], "old": [[], []]},
        "min(new) > 9",
        "",
    ),
    "the smaller of two": (
        {},
        "min(rewards, epsilon) > 0",
        "min(rewards[1], epsilon) is 0 but must be greater than 0",
    ),
    "arithmetic in order": (
        {},
        "2 * (epsilon + 1) / 3 - -epsilon < 1",
        "((2 * (epsilon + 1)) / 3) - (-epsilon) is 1.5 but must be less than 1",
    ),
    "division by zero": (
        {},
        "1 / rewards > 0",
        "1 / rewards[1] > 0 cannot be evaluated: division by zero",
    ),
    "the first of two": ({}, "max(rewards) - min(rewards) >= 1 or epsilon > 0.5", ""),
    "the second of two": ({}, "max(rewards) == min(rewards) or epsilon > 0.25", ""),
    "neither of two": (
        {},
        "max(rewards) == min(rewards) or epsilon > 0.5",
        "max(rewards) is 1 but must equal min(rewards), which is 0; "
        "or epsilon is 0.5 but must be greater than 0.5",
    ),
    "one of two for each element": ({}, "rewards == 0 or rewards == 1", ""),
}


@pytest.mark.parametrize("changes, where, expected", RELATIONS.values(), ids=RELATIONS)
def test_violations_of_a_relation(changes: dict[str, Value], where: str, expected: str) -> None:
    constraints = of(GROUP, *([where] if where else []))
    assert find_violations(constraints, FINE | changes) == expected.splitlines()


def test_relations_accept_arrays_and_lists() -> None:
    constraints = of({"a": "array[N, 2] of number", "b": "list[N] of number"}, "a < b")
    violations = find_violations(constraints, {"a": floats((2, 2), 1, 2, 3, 4), "b": [9, 3.5]})
    assert violations == ["a[1][1] is 4.0 but must be less than b[1], which is 3.5"]


def test_an_omitted_argument_is_not_checked() -> None:
    constraints = of(GROUP, "abs(new - old) <= 0", "epsilon > 9")
    del_old = {name: value for name, value in FINE.items() if name not in ("old", "epsilon")}
    assert find_violations(constraints, del_old) == []
    # The bounds of G, declared for `new`, apply without it too.
    assert find_violations(constraints, {"rewards": []}) == [
        "rewards has 0 elements but must have at least 1"
    ]


def test_a_size_has_the_tightest_bounds_of_all_arguments() -> None:
    some, others = "list[G >= 2] of list[T_i] of text", "array[3, G < 8] of number"
    for args in ({"a": some, "b": others}, {"a": others, "b": some}):
        assert of(args).sizes == {"G": Size("G", 2, 7), "T_i": T_i}


RELATION = (
    "a relation is made of arguments, numbers, + - * /, abs(), min(), max(), sum(), len(), "
    "and < <= > >= == !=, or is sorted(), distinct() or symmetric() of an argument, and several "
    "may be joined by `or`"
)
INVALID_RELATIONS: dict[str, tuple[int, str]] = {
    "new - odl < 1": (7, "'odl' has no constraint in `args`; did you mean 'old'?"),
    "name < 1": (1, "expected a number, found 'name', which is declared as text"),
    "sum(epsilon) < 1": (5, "sum() expects a list, found 'epsilon', which is a single number"),
    "new < other": (1, "'new < other' combines different sizes: [N] and [G][T_i]"),
    "1 + (new - other) < 1": (
        6,
        "'new - other' combines different sizes: [N] and [G][T_i]",
    ),
    "rewards < 1 or other < 2": (
        1,
        "'rewards < 1 or other < 2' combines different sizes: [N] and [G]",
    ),
    "1 < 2": (1, "expected an argument on one side, found none"),
    "epsilon": (1, f"'epsilon' is not allowed here; {RELATION}"),
    "epsilon <": (10, f"this is not a valid expression; {RELATION}"),
    "epsilon < 1 and new < 2": (1, f"'epsilon < 1 and new < 2' is not allowed here; {RELATION}"),
    "epsilon ** 2 < 1": (1, f"'epsilon ** 2' is not allowed here; {RELATION}"),
    "epsilon < 2 * new[0]": (15, f"'new[0]' is not allowed here; {RELATION}"),
    "0 < new.real": (5, f"'new.real' is not allowed here; {RELATION}"),
    "0 < print(new)": (5, f"'print(new)' is not allowed here; {RELATION}"),
    "0 < max(new, key=abs)": (5, f"'max(new, key=abs)' is not allowed here; {RELATION}"),
    "0 < max(new, old, key=abs)": (
        5,
        f"'max(new, old, key=abs)' is not allowed here; {RELATION}",
    ),
    "ψ < odl": (5, "'odl' has no constraint in `args`; did you mean 'old'?"),
    "0 < max(*new)": (9, f"'*new' is not allowed here; {RELATION}"),
    "0 < abs(new, old)": (5, f"'abs(new, old)' is not allowed here; {RELATION}"),
    "0 < sum()": (5, f"'sum()' is not allowed here; {RELATION}"),
    "epsilon < True": (11, f"'True' is not allowed here; {RELATION}"),
    "epsilon is 1": (1, f"'epsilon is 1' is not allowed here; {RELATION}"),
    "(new, old) < epsilon": (1, f"'(new, old)' is not allowed here; {RELATION}"),
}


@pytest.mark.parametrize("text", INVALID_RELATIONS)
def test_an_invalid_relation_is_refused(text: str) -> None:
    column, message = INVALID_RELATIONS[text]
    node = parse(f"- {text}\n- epsilon < 1", "f.yaml")
    args = of(GROUP | {"other": "list[N] of number", "name": "text", "ψ": "number"}).args
    with pytest.raises(SpecError) as caught:
        read_relations(node, args)
    assert str(caught.value) == f"f.yaml:1:{column + 2}: {message}"
    assert len(WHERE.read(node)) == 2


# In a problem ------------------------------------------------------------------------------------

SPEC_TEXT = """\
---
title: Softmax
difficulty: easy
category: Machine learning
function: softmax
args:
  x: list[N >= 1] of number
  scale: number, x > 0
where:
  - scale <= max(x)
---
The statement.
"""
FOLDER = {
    "spec.md": SPEC_TEXT,
    "starter.py": "def softmax(x, scale=1.0, names=None):\n    pass\n",
    # Not checked when it is loaded: it violates the constraint.
    "cases.yaml": "cases:\n  - name: none\n    args: {x: [], scale: -1}\n    expected: []\n",
}


def written(tmp_path: Path, spec: str = SPEC_TEXT) -> str:
    for name, text in (FOLDER | {"spec.md": spec}).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return str(tmp_path)


def test_a_problem_has_constraints(tmp_path: Path) -> None:
    problem = load_problem(written(tmp_path))
    assert problem.constraints == of(
        {"x": "list[N >= 1] of number", "scale": "number, x > 0"}, "scale <= max(x)"
    )
    assert find_violations(problem.constraints, problem.cases[0].step.args) == [
        "x has 0 elements but must have at least 1",
        "scale is -1 but must be greater than 0",
    ]


def test_a_problem_without_constraints(tmp_path: Path) -> None:
    front = SPEC_TEXT[: SPEC_TEXT.index("args:")]
    problem = load_problem(written(tmp_path, f"{front}---\nThe statement.\n"))
    assert problem.constraints == Constraints()
    assert "Constraints" not in problem_markdown(problem)


MISTAKES: dict[str, tuple[str, str, list[str]]] = {
    "an argument the function has not": (
        "  scale: number",
        "  scales: number",
        [
            "7:3: the function has no parameter 'scales'; did you mean 'scale'?",
            "9:5: 'scale' has no constraint in `args`; did you mean 'scales'?",
        ],
    ),
    "a constraint": (
        "x > 0",
        "y > 0",
        [f"7:18: 'y > 0' is not allowed here; {BOUND}"],
    ),
    "a relation": (
        "max(x)",
        "maxi(x)",
        [f"9:14: 'maxi(x)' is not allowed here; {RELATION}"],
    ),
    "relations that are not a list": (
        "\n  - scale <=",
        " scale <=",
        ["8:8: expected a list, found 'scale <= max(x)'"],
    ),
    "an empty relation": (
        "- scale <= max(x)",
        "- ",
        ["9:4: expected a text, found an empty one"],
    ),
    "constraints that are not a mapping": (
        "\n  x: list[N >= 1] of number\n  scale: number, x > 0",
        " all fine",
        ["5:7: expected keys and values, found 'all fine'"],
    ),
    "relations without constraints": (
        "args:\n  x: list[N >= 1] of number\n  scale: number, x > 0\n",
        "",
        ["6:5: 'scale' has no constraint in `args`"],
    ),
}


@pytest.mark.parametrize("find, instead, messages", MISTAKES.values(), ids=MISTAKES)
def test_an_error_in_front_matter_has_its_location(
    find: str, instead: str, messages: list[str], tmp_path: Path
) -> None:
    assert SPEC_TEXT.count(find) == 1
    folder = written(tmp_path, SPEC_TEXT.replace(find, instead))
    with pytest.raises(SpecError) as caught:
        load_problem(folder)
    # The path is relative where the folder is below the current one.
    assert [line.partition("spec.md:")[2] for line in str(caught.value).splitlines()] == [
        f"{int(line.split(':')[0]) + 1}:{line.partition(':')[2]}" for line in messages
    ]


def test_constraints_follow_the_statement(tmp_path: Path) -> None:
    problem = load_problem(written(tmp_path))
    text = problem_markdown(problem)
    assert (
        "The statement.\n\n"
        "## Constraints\n\n"
        "- `x`: a list of $N \\ge 1$ numbers\n"
        "- `scale`: a number, $x > 0$\n\n"
        "Relations between arguments, element by element:\n\n"
        "- `scale <= max(x)`\n\n"
        "## Examples\n"
    ) in text
    protection = Protection("basic", ())
    submission = Submission(b"", "me.py")
    page = io.StringIO()
    html.write([Judgement(problem, submission, (), Verdict.ACCEPTED, protection, "0")], page)
    assert "<h3>Constraints</h3>" in page.getvalue()
    assert "<code>scale &lt;= max(x)</code>" in page.getvalue()
    bare = Judgement(
        replace(problem, constraints=Constraints()),
        submission,
        (),
        Verdict.ACCEPTED,
        protection,
        "0",
    )
    page = io.StringIO()
    html.write([bare], page)
    assert "Constraints" not in page.getvalue()


def test_the_schema_refuses_obvious_errors() -> None:
    schema = Draft202012Validator(SPEC.fields["args"].kind.schema())
    for text in ("nmber", "list of number", "list[N] number", "array[N] of list[K] of number", ""):
        assert list(schema.iter_errors({"a": text})) != []


# In the bank -------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", SLUGS)
def test_every_case_of_the_bank_satisfies_its_constraints(slug: str) -> None:
    problem = load(slug)
    assert any(case.hidden for case in problem.cases)
    violations = {
        case.name: find_violations(problem.constraints, case.step.args) for case in problem.cases
    }
    assert {name: each for name, each in violations.items() if each} == {}


@pytest.mark.parametrize("slug", SLUGS)
def test_every_argument_of_the_bank_has_a_constraint(slug: str) -> None:
    problem = load(slug)
    assert list(problem.constraints.args) == [each.name for each in problem.entry_point.parameters]


# Arguments that no case of a problem may have, and the violation.
INVALID_ARGS: dict[str, tuple[str, dict[str, Value], str]] = {
    "epsilon of one": ("dr-grpo", {"epsilon": 1}, "epsilon is 1 but must be less than 1"),
    "a ratio that overflows": (
        "unbiased-policy-gradient",
        {"log_probs_new": [[0.0], [0.0]], "log_probs_old": [[-31.0], [0.0]], "rewards": [1, 0]},
        "abs(log_probs_new[0][0] - log_probs_old[0][0]) is 31.0 but must be at most 30",
    ),
    "a sequence without tokens": (
        "sequence-level-policy-gradient",
        {"log_probs_new": [[]], "log_probs_old": [[]], "rewards": [1]},
        "log_probs_new[0] has 0 elements but must have at least 1",
    ),
    "rewards all but equal": (
        "sequence-level-policy-gradient",
        {"log_probs_new": [[0], [0]], "log_probs_old": [[0], [0]], "rewards": [0, 5e-7]},
        "max(rewards) is 5e-07 but must equal min(rewards), which is 0; "
        "or max(rewards) - min(rewards) is 5e-07 but must be at least 1e-6",
    ),
    "no response": (
        "grpo",
        {"rhos": [], "A": [], "pi_theta_old": [], "pi_theta_ref": []},
        "rhos has 0 elements but must have at least 1",
    ),
    "a likelihood of zero": (
        "group-policy-optimization",
        {"ratios": [1], "advantages": [1], "pi_current": [1], "pi_ref": [0.0]},
        "pi_ref[0] is 0.0 but must be at least 1e-100",
    ),
}


@pytest.mark.parametrize("slug, args, message", INVALID_ARGS.values(), ids=INVALID_ARGS)
def test_constraints_of_the_bank_refuse(slug: str, args: dict[str, Value], message: str) -> None:
    problem = load(slug)
    assert find_violations(problem.constraints, {**problem.cases[0].step.args, **args}) == [message]
