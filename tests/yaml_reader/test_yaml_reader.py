"""YAML is read as authors expect, and errors are reported at their location."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from grader.errors import SpecError
from grader.values import DTYPES, Array, Value
from grader.yaml_reader.fields import (
    Field,
    Kind,
    ListOf,
    Number,
    Points,
    Record,
    Text,
    Truth,
    Whole,
)
from grader.yaml_reader.literals import AnyMapping, AnyValue
from grader.yaml_reader.nodes import Node, parse
from tests.values.test_values import written

nan, inf = math.nan, math.inf


def value_of(text: str) -> Node:
    """The node behind `key: `, from column 6 of line 1 on."""
    node = parse(f"key: {text}\n", "f.yaml").get("key")
    assert node is not None
    return node


def read(kind: Kind[Any], text: str) -> Any:
    return kind.read(value_of(text))


def diagnostics(kind: Kind[Any], node: Node) -> list[str]:
    with pytest.raises(SpecError) as caught:
        kind.read(node)
    return str(caught.value).splitlines()


# Any value ---------------------------------------------------------------------------------------

SCALARS: dict[str, Value] = {
    "1": 1,
    "-7": -7,
    "+7": 7,
    "010": 10,
    "-010": -10,
    "08": 8,
    "1_000_000": 1000000,
    "0x1F": 31,
    "-0x10": -16,
    "0o17": 15,
    "0b101": 5,
    "9" * 3000: 10**3000 - 1,
    "1.5": 1.5,
    "1e-6": 1e-6,
    "1E5": 1e5,
    "1e5": 1e5,
    "-1.5e-3": -0.0015,
    "5.": 5.0,
    ".5": 0.5,
    "+.5": 0.5,
    "1_000.5": 1000.5,
    "-0.0": -0.0,
    "1e-400": 0.0,
    "1." + "0" * 2000: 1.0,
    "1" * 20000 + "x": "1" * 20000 + "x",
    ".nan": nan,
    ".NaN": nan,
    ".NAN": nan,
    "nan": nan,
    "NaN": nan,
    "-nan": nan,
    ".inf": inf,
    ".Inf": inf,
    "+.INF": inf,
    "-.inf": -inf,
    "inf": inf,
    "-inf": -inf,
    "true": True,
    "True": True,
    "FALSE": False,
    "null": None,
    "~": None,
    "": None,
    "None": None,
    "no": "no",
    "yes": "yes",
    "on": "on",
    "off": "off",
    "y": "y",
    "NO": "NO",
    "1:30": "1:30",
    "12:30:45": "12:30:45",
    "2024-01-01": "2024-01-01",
    "1.2.3": "1.2.3",
    "1 2": "1 2",
    "1e": "1e",
    "e5": "e5",
    "0x": "0x",
    "0xfg": "0xfg",
    "1,000": "1,000",
    "1__0": "1__0",
    "Infinity": "Infinity",
    "٣": "٣",
    "=": "=",
    "<<": "<<",
    "a:b": "a:b",
    '"1"': "1",
    "'no'": "no",
    '"null"': "null",
    '""': "",
    "'.nan'": ".nan",
    r'"a\tb\u00e9"': "a\tbé",
    "|\n  1": "1\n",
    ">-\n  true": "true",
}


@pytest.mark.parametrize("text, value", SCALARS.items(), ids=[text[:20] for text in SCALARS])
def test_plain_scalars_are_read_by_their_form(text: str, value: Value) -> None:
    assert written(read(AnyValue(), text)) == written(value)


def array(dtype: str, lengths: tuple[int, ...], *elements: complex) -> Array:
    return Array(dtype, lengths, np.array(elements, dtype).tobytes())


TAGGED: dict[str, Value] = {
    "[1, [2.0, no], {a: ~}]": [1, [2.0, "no"], {"a": None}],
    "!complex 1+2j": 1 + 2j,
    "!complex 1 - 2j": 1 - 2j,
    "!complex 3": 3 + 0j,
    "!complex '2.5j'": 2.5j,
    "!complex nan+infj": complex(nan, inf),
    "!tuple [1, [2, 3]]": (1, [2, 3]),
    "!tuple []": (),
    "!tuple [!tuple [1], !complex 1j]": ((1,), 1j),
    "!set [1, a, !tuple [2]]": {1, "a", (2,)},
    "!set []": set(),
    "!float32 [[1, 2.5], [-3, .inf]]": array("float32", (2, 2), 1, 2.5, -3, inf),
    "!float64 [.nan, 1e-6]": array("float64", (2,), nan, 1e-6),
    "!float16 2": array("float16", (), 2),
    "!float64 []": array("float64", (0,)),
    "!float64 [[], []]": array("float64", (2, 0)),
    "!int8 [-128, 127]": array("int8", (2,), -128, 127),
    "!uint64 [18446744073709551615]": Array("uint64", (1,), b"\xff" * 8),
    "!bool [true, false, yes, no]": array("bool", (4,), 1, 0, 1, 0),
    "!complex64 [1+2j, 3, 1j]": array("complex64", (3,), 1 + 2j, 3, 1j),
    "!complex128 [[1]]": array("complex128", (1, 1), 1),
    "{1: a, '1': b, 1.5: c, 2: d}": {1: "a", "1": "b", 1.5: "c", 2: "d"},
    "{~: 1, .inf: 2}": {None: 1, inf: 2},
    "{? !tuple [1, 2] : 3, ? !complex 1j : 4}": {(1, 2): 3, 1j: 4},
    "\n  ? !tuple [1, 2]\n  : 3": {(1, 2): 3},
    "[&a [1], *a]": [[1], [1]],
    "!float32 [&r [1, 2], *r]": array("float32", (2, 2), 1, 2, 1, 2),
}


@pytest.mark.parametrize("text, value", TAGGED.items(), ids=TAGGED)
def test_tagged_values_are_read(text: str, value: Value) -> None:
    assert written(read(AnyValue(), text)) == written(value)


@pytest.mark.parametrize("dtype", DTYPES)
def test_arrays_of_every_dtype_are_read(dtype: str) -> None:
    words = ("true", "false") if dtype == "bool" else ("1", "0")
    assert read(AnyValue(), f"!{dtype} [[{words[0]}, {words[1]}]]") == array(dtype, (1, 2), 1, 0)


TAGS = (
    "complex, tuple, set, ref, tensor, function, python, rng, random, bool, int8, int16, int32,"
    " int64, uint8, uint16, uint32, uint64, float16, float32, float64, complex64, complex128"
)
OF_YAML = "YAML's own tags, with two !, are not supported; quote a text, and use !tuple and !set"
ROWS = "; give all rows of an array the same shape"

REFUSED_VALUES: dict[str, list[str]] = {
    "!flaot32 [1]": ["1:6: unknown tag !flaot32; did you mean 'float32'?"],
    "!xyz 1": [f"1:6: unknown tag !xyz; known: {TAGS}"],
    "!!str 5": [f"1:6: {OF_YAML}"],
    "!!python/object/apply:os.system [ls]": [f"1:6: {OF_YAML}"],
    "1e400": ["1:6: 1e400 is too large for a float; write .inf for infinity"],
    "9" * 9999: ["1:6: 9999 digits are too many for an integer"],
    "!complex 1+2i": ["1:6: expected a complex number, like !complex 1+2j, found '1+2i'"],
    "!complex [1, 2]": ["1:6: expected a complex number, like !complex 1+2j, found a list"],
    "!complex": ["1:6: expected a complex number, like !complex 1+2j, found nothing"],
    "!tuple 1": ["1:6: expected a list, found '1'"],
    "!tuple [!foo 1, !bar 2]": [
        f"1:14: unknown tag !foo; known: {TAGS}",
        f"1:22: unknown tag !bar; known: {TAGS}",
    ],
    "!set [1, [2]]": ["1:15: a set cannot hold a list; use !tuple for a list"],
    "!set [!float32 [1]]": ["1:12: a set cannot hold an array; use !tuple for a list"],
    "!set [!tuple [[1]]]": ["1:12: a set cannot hold a tuple; use !tuple for a list"],
    "!float32 [1, x, 2, y]": [
        "1:19: 'x' does not fit into an array of float32",
        "1:25: 'y' does not fit into an array of float32",
    ],
    "!float32 [1, '2']": ["1:19: the text '2' does not fit into an array of float32"],
    "!float32 [true]": ["1:16: 'true' does not fit into an array of float32"],
    "!float16 [70000]": ["1:16: '70000' does not fit into an array of float16"],
    "!int8 [127, 128]": ["1:18: '128' does not fit into an array of int8"],
    "!int8 [1.0]": ["1:13: '1.0' does not fit into an array of int8"],
    "!uint8 [-1]": ["1:14: '-1' does not fit into an array of uint8"],
    "!bool [1]": ["1:13: expected true or false, found '1'"],
    "!complex64 [1+2i]": ["1:18: expected a complex number, like !complex 1+2j, found '1+2i'"],
    "!complex64 [1e99]": ["1:18: '1e99' does not fit into an array of complex64"],
    "!float32 {a: 1}": ["1:6: a mapping does not fit into an array of float32"],
    "!float32 [[1, 2], [3]]": [
        "1:24: this row is of shape (1,), the first is of shape (2,)" + ROWS
    ],
    "!float32 [[1], 2]": ["1:21: this row is a single element, the first is of shape (1,)" + ROWS],
    "{1: a, 1.0: b}": ["1:13: '1.0' is the same key as '1' on line 1; keep one"],
    "{true: a, 1: b}": ["1:16: '1' is the same key as 'true' on line 1; keep one"],
    "{a: 1, 'a': 2}": ["1:13: the text 'a' is the same key as 'a' on line 1; keep one"],
    "{a: 1, a: !foo 2}": ["1:13: 'a' is the same key as 'a' on line 1; keep one"],
    "{[1]: 2}": ["1:7: a list cannot be the key of a dict; use ? !tuple [1, 2]"],
    "{{a: 1}: 2}": ["1:7: a mapping cannot be the key of a dict; use ? !tuple [1, 2]"],
    "{a: 1e999, b: 1e999}": [
        "1:10: 1e999 is too large for a float; write .inf for infinity",
        "1:20: 1e999 is too large for a float; write .inf for infinity",
    ],
}


@pytest.mark.parametrize(
    "text, said", REFUSED_VALUES.items(), ids=[text[:20] for text in REFUSED_VALUES]
)
def test_invalid_values_are_reported(text: str, said: list[str]) -> None:
    assert diagnostics(AnyValue(), value_of(text)) == [f"f.yaml:{each}" for each in said]


# What is no YAML ---------------------------------------------------------------------------------


def no_yaml(place: str, what: str, advice: str) -> str:
    return f"{place}: not valid YAML: {what}; {advice}"


NO_YAML: dict[str, tuple[str, str]] = {
    "nothing": ("", "1:1: expected keys and values, found nothing"),
    "a comment alone": ("# soon\n", "1:1: expected keys and values, found nothing"),
    "a list that is not closed": (
        "a:\n  b: [1, 2\n  c: 3\n",
        no_yaml(
            "3:4",
            "while parsing a flow sequence, did not find expected ',' or ']' (begun on line 2)",
            "is a comma or a bracket missing?",
        ),
    ),
    "a brace too many": (
        "a: [1, 2}\n",
        no_yaml(
            "1:9",
            "while parsing a flow sequence, did not find expected ',' or ']'",
            "is a comma or a bracket missing?",
        ),
    ),
    "a brace right after a tag": (
        "a: {b: !reference}\n",
        no_yaml(
            "1:18",
            "while scanning a tag, did not find expected whitespace or line break",
            "write a space after a word that begins with !",
        ),
    ),
    "a quote that is not closed": (
        "a: 1\nb: 'x\nc: 3\n",
        no_yaml(
            "2:4",
            "while scanning a quoted scalar, found unexpected end of stream",
            "is a closing quote missing?",
        ),
    ),
    "a colon in a text": (
        "title: Dr. GRPO: the objective\n",
        no_yaml(
            "1:16",
            "mapping values are not allowed in this context",
            "quote a text that contains a colon and a space, or indent this line like those above"
            " it",
        ),
    ),
    "a backslash in double quotes": (
        'a: "\\alpha \\gamma"\n',
        no_yaml(
            "1:12",
            "while parsing a quoted scalar, found unknown escape character",
            "in double quotes write \\\\ for a backslash, or use single quotes",
        ),
    ),
    "a tab": (
        "a:\n\t- 1\n",
        no_yaml(
            "2:1",
            "while scanning for the next token, found character that cannot start any token",
            "quote a text that begins like this; indent with spaces",
        ),
    ),
    "a text that begins with a backtick": (
        "a: `mean` is needed\n",
        no_yaml(
            "1:4",
            "while scanning for the next token, found character that cannot start any token",
            "quote a text that begins like this; indent with spaces",
        ),
    ),
    "a text that begins with an asterisk": (
        "a: 1\nb: *bold*\n",
        no_yaml(
            "2:4",
            "while scanning an alias, did not find expected alphabetic or numeric character",
            "quote a text that begins with * or &",
        ),
    ),
    "an alias of nothing": (
        "a: 1\nb: *bold\n",
        no_yaml("2:4", "found undefined alias", "quote a text that begins with *"),
    ),
    "a key moved out": (
        "a:\n  b: 1\n c: 2\n",
        no_yaml(
            "3:2",
            "while parsing a block mapping, did not find expected key (begun on line 1)",
            "is this line indented like those above it?",
        ),
    ),
    "a key without a colon": (
        "a: 1\nb\nc: 3\n",
        no_yaml(
            "2:1", "while scanning a simple key, could not find expected ':'", "is a colon missing?"
        ),
    ),
    "two documents": (
        "a: 1\n---\nb: 2\n",
        no_yaml(
            "2:1",
            "expected a single document in the stream, but found another document "
            "(begun on line 1)",
            "remove the line of three hyphens",
        ),
    ),
    "a control character": (
        "a: 1\nb: é\x07\n",
        "2:5: the character U+0007 is not allowed here; remove it",
    ),
    "a list in itself": (
        "a: 1\nb: &x [1, *x]\n",
        "2:4: an alias in this value refers to the value itself; write the value out",
    ),
    "a mapping in itself": (
        "a: &x\n  b: {c: *x}\n",
        "1:4: an alias in this value refers to the value itself; write the value out",
    ),
    "a list that is its own key": (
        "a: &x {? [*x] : 1}\n",
        "1:4: an alias in this value refers to the value itself; write the value out",
    ),
    "aliases of aliases": (
        "a: &l0 [1]\n"
        + "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 9)),
        "7:5: with its aliases written out, this has more than 1,000,000 values; write fewer",
    ),
    "aliases that are deep together": (
        "a: &x " + "[" * 40 + "]" * 40 + "\nb: " + "[" * 30 + "*x" + "]" * 30 + "\n",
        "1:4: nested more than 64 levels deep",
    ),
    "brackets that never end": (
        "[" * 100_000,
        "1:1001: not valid YAML: while increasing flow level, exceeded maximum nesting depth",
    ),
    "65 lists": ("[" * 66 + "]" * 66, "1:66: nested more than 64 levels deep"),
}


@pytest.mark.parametrize("text, said", NO_YAML.values(), ids=NO_YAML)
def test_invalid_yaml_is_reported(text: str, said: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse(text, "f.yaml")
    assert str(caught.value) == f"f.yaml:{said}"


@pytest.mark.parametrize("text, said", NO_YAML.values(), ids=NO_YAML)
def test_lines_are_counted_from_the_start_of_the_file(text: str, said: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse(text, "f.md", first_line=11)
    line, rest = said.split(":", 1)
    assert str(caught.value).startswith(f"f.md:{int(line) + 10}:{rest.split(' (')[0]}")


def test_an_alias_that_does_not_contain_itself_is_read() -> None:
    node = parse("a: &x [1]\nb: [*x, *x]\nc: {d: *x}\n", "f.yaml")
    assert AnyValue().read(node) == {"a": [1], "b": [[1], [1]], "c": {"d": [1]}}


def test_columns_count_characters_not_bytes() -> None:
    node = parse("é: [ü, 🎲, x: !foo 1]\n", "f.yaml")
    assert diagnostics(AnyValue(), node)[0].startswith("f.yaml:1:14: unknown tag !foo")


# The kinds ---------------------------------------------------------------------------------------

SLUG = Text(r"[a-z]+(-[a-z]+)*", "a name: letters, joined by hyphens")
SORT = Text(one_of=("easy", "medium", "hard"))

ACCEPTED: dict[str, tuple[Kind[Any], str, object]] = {
    "a text": (Text(), "Hello", "Hello"),
    "a text that looks like a truth value": (Text(), "no", "no"),
    "a text that looks like a number": (Text(), "010", "010"),
    "a text that looks like a float": (Text(), "1e-6", "1e-6"),
    "a text that looks like a time": (Text(), "1:30", "1:30"),
    "a text in quotes": (Text(), "' a '", " a "),
    "a text of lines": (Text(), "|\n  a\n  b", "a\nb\n"),
    "an empty text that may be": (Text(may_be_empty=True), '""', ""),
    "a text of a pattern": (SLUG, "a-b", "a-b"),
    "one of three texts": (SORT, "easy", "easy"),
    "true": (Truth(), "true", True),
    "yes": (Truth(), "yes", True),
    "On": (Truth(), "On", True),
    "no": (Truth(), "no", False),
    "OFF": (Truth(), "OFF", False),
    "a number": (Number(), "1e-6", 1e-6),
    "a whole number as a float": (Number(), "2", 2.0),
    "zero": (Number(), "0", 0.0),
    "a negative number that may be": (Number(minimum=-1), "-0.5", -0.5),
    "a whole number": (Whole(), "16", 16),
    "the least whole number": (Whole(minimum=16), "16", 16),
    "the greatest whole number": (Whole(maximum=15), "15", 15),
    "a whole number with a zero before it": (Whole(), "016", 16),
    "a point": (Points(), "1", Fraction(1)),
    "no point": (Points(), "0", Fraction(0)),
    "a third of a point": (Points(), "1/3", Fraction(1, 3)),
    "a third in quotes": (Points(), "'1/3'", Fraction(1, 3)),
    "a tenth": (Points(), "0.1", Fraction(1, 10)),
    "two and a half": (Points(), "2.50", Fraction(5, 2)),
    "a list": (ListOf(Whole()), "[1, 2]", (1, 2)),
    "an empty list": (ListOf(Whole()), "[]", ()),
}


@pytest.mark.parametrize("kind, text, value", ACCEPTED.values(), ids=ACCEPTED)
def test_a_kind_accepts_valid_nodes(kind: Kind[Any], text: str, value: object) -> None:
    found = read(kind, text)
    assert found == value and type(found) is type(value)


TRUTH = "expected true or false, found "
NUMBER = "expected a number, like 1e-6, found "
POINTS = "expected a number of points, like 2, 0.5 or 1/3, found "
NAME = "expected a name: letters, joined by hyphens, found "

REFUSED: dict[str, tuple[Kind[Any], str, str]] = {
    "a list for a text": (Text(), "[a]", "expected a text, found a list"),
    "a mapping for a text": (Text(), "{a: 1}", "expected a text, found a mapping"),
    "nothing for a text": (Text(), "", "expected a text, found an empty one"),
    "an empty text": (Text(), '""', "expected a text, found an empty one"),
    "blanks for a text": (Text(), '" "', "expected a text, found an empty one"),
    "a text not of the pattern": (SLUG, "a b", NAME + "'a b'"),
    "a pattern must hold to the end": (SLUG, '"a\\n"', NAME + r"the text 'a\n'"),
    "a long text not of the pattern": (SLUG, "a " * 99 + "a", NAME + f"'{'a ' * 35}…"),
    "nearly one of three": (SORT, "Medium", "'Medium' is not known; did you mean 'medium'?"),
    "none of three": (SORT, "42", "'42' is not known; known: easy, medium, hard"),
    "a number for a truth value": (Truth(), "1", TRUTH + "'1'"),
    "a text for a truth value": (Truth(), "'true'", TRUTH + "the text 'true'"),
    "a text for a number": (Number(), "small", NUMBER + "'small'"),
    "a number in quotes": (Number(), "'1'", NUMBER + "the text '1'"),
    "a truth value for a number": (Number(), "true", NUMBER + "'true'"),
    "nothing for a number": (Number(), "", NUMBER + "nothing"),
    "a complex number": (Number(), "!complex 1", NUMBER + "'1'"),
    "nan": (Number(), ".nan", "expected a finite number at least 0, found '.nan'"),
    "infinity": (Number(), ".inf", "expected a finite number at least 0, found '.inf'"),
    "an integer that no float can hold": (
        Number(),
        "9" * 400,
        f"expected a finite number at least 0, found '{'9' * 70}…",
    ),
    "a negative number": (Number(), "-1e-6", "expected a number at least 0, found '-1e-6'"),
    "zero where it is too small": (
        Number(above=True),
        "0",
        "expected a number greater than 0, found '0'",
    ),
    "a float for a whole number": (
        Whole(),
        "10.0",
        "expected a whole number, found '10.0'",
    ),
    "too few": (
        Whole(minimum=16),
        "15",
        "expected a whole number from 16 to 2147483648, found '15'",
    ),
    "too many": (Whole(maximum=15), "16", "expected a whole number from 0 to 15, found '16'"),
    "far too many": (
        Whole(maximum=15),
        "9" * 3000,
        f"expected a whole number from 0 to 15, found '{'9' * 70}…",
    ),
    "fewer than none": (Whole(), "-1", "expected a whole number from 0 to 2147483648, found '-1'"),
    "negative points": (Points(), "-1", POINTS + "'-1'"),
    "a point divided by zero": (Points(), "1/0", POINTS + "'1/0'"),
    "points with an exponent": (Points(), "1e1", POINTS + "'1e1'"),
    "points without end": (Points(), "1" * 7, POINTS + "'1111111'"),
    "points that are no number": (Points(), "nan", POINTS + "'nan'"),
    "a list of points": (Points(), "[1]", POINTS + "a list"),
    "a text for a list": (ListOf(Text()), "a", "expected a list, found 'a'"),
    "a mapping for a list": (ListOf(Text()), "{a: 1}", "expected a list, found a mapping"),
    "a list that is too short": (
        ListOf(Text(), min_items=1),
        "[]",
        "expected 1 or more items, found 0",
    ),
    "a list for a mapping": (
        AnyMapping(),
        "[1]",
        "expected keys and values, found a list",
    ),
}


@pytest.mark.parametrize("kind, text, said", REFUSED.values(), ids=REFUSED)
def test_a_kind_rejects_invalid_nodes(kind: Kind[Any], text: str, said: str) -> None:
    column = 6 if text else 5  # an empty value begins at the colon
    assert diagnostics(kind, value_of(text)) == [f"f.yaml:1:{column}: {said}"]


def test_the_schema_of_a_truth_value() -> None:
    assert Truth().schema() == {"type": "boolean"}


# Records -----------------------------------------------------------------------------------------


def made(node: Node, **found: Any) -> Mapping[str, Any]:
    return found


THING = Record(
    "a thing",
    made,
    {
        "name": Field(SLUG, "what it is called", required=True),
        "size": Field(Number(), "how large it is", required=True),
        "parts": Field(ListOf(Text()), "what it is made of"),
        "values": Field(AnyMapping(), "whatever"),
    },
)


def test_a_record_passes_its_keys_on() -> None:
    node = parse("size: 2\nname: a\n", "f.yaml")
    assert THING.read(node) == {"size": 2.0, "name": "a"}


RECORDS: dict[str, tuple[str, list[str]]] = {
    "a key misspelt": (
        "name: a\nsize: 1\nparst: [b]\n",
        ["3:1: a thing has no key 'parst'; did you mean 'parts'?"],
    ),
    "a key like no other": (
        "name: a\nsize: 1\ncolour: red\n",
        ["3:1: a thing has no key 'colour'; known: name, size, parts, values"],
    ),
    "a required key misspelt is not missing too": (
        "name: a\nSize: 1\n",
        ["2:1: a thing has no key 'Size'; did you mean 'size'?"],
    ),
    "a key missing": ("name: a\n", ["1:1: a thing needs the key 'size': how large it is"]),
    "a key twice": (
        "name: a\nsize: 1\nname: b\n",
        ["3:1: duplicate key 'name' (first used on line 1); keep one"],
    ),
    "a key that is a list": (
        "name: a\nsize: 1\n? [x]\n: 2\n",
        ["3:3: expected a text as a key, found a list"],
    ),
    "an argument twice": (
        "name: a\nsize: 1\nvalues:\n  x: 1\n  x: 2\n",
        ["5:3: duplicate key 'x' (first used on line 4); keep one"],
    ),
    "no mapping": ("- name: a\n", ["1:1: expected keys and values, found a list"]),
    "everything at once, in order": (
        "parts: [a, [b], {c: d}]\nsiz: 1\nname: A B\ncolour: 1\nvalues: {x: 1e999, y: !foo 1}\n",
        [
            "1:12: expected a text, found a list",
            "1:17: expected a text, found a mapping",
            "2:1: a thing has no key 'siz'; did you mean 'size'?",
            "3:7: expected a name: letters, joined by hyphens, found 'A B'",
            "4:1: a thing has no key 'colour'; known: name, size, parts, values",
            "5:13: 1e999 is too large for a float; write .inf for infinity",
            f"5:23: unknown tag !foo; known: {TAGS}",
        ],
    ),
}


@pytest.mark.parametrize("text, said", RECORDS.values(), ids=RECORDS)
def test_errors_in_a_record_are_reported(text: str, said: list[str]) -> None:
    node = parse(text, "f.yaml")
    assert diagnostics(THING, node) == [f"f.yaml:{each}" for each in said]
