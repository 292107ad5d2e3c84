"""What an author writes in YAML means what it looks like, or is complained of where it stands."""

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
def test_a_scalar_means_what_it_looks_like(text: str, value: Value) -> None:
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
def test_a_value_that_plain_yaml_has_no_word_for(text: str, value: Value) -> None:
    assert written(read(AnyValue(), text)) == written(value)


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_dtype_can_be_written(dtype: str) -> None:
    words = ("true", "false") if dtype == "bool" else ("1", "0")
    assert read(AnyValue(), f"!{dtype} [[{words[0]}, {words[1]}]]") == array(dtype, (1, 2), 1, 0)


TAGS = (
    "complex, tuple, set, bool, int8, int16, int32, int64, uint8, uint16, uint32, uint64, "
    "float16, float32, float64, complex64, complex128"
)
OF_YAML = (
    "the tags of YAML itself, with two !, are not used here; put a text in quotes, and see !tuple "
    "and !set"
)
ROWS = "; the rows of an array have one length"

REFUSED_VALUES: dict[str, list[str]] = {
    "!flaot32 [1]": ["1:6: there is no tag !flaot32; did you mean 'float32'?"],
    "!xyz 1": [f"1:6: there is no tag !xyz; known: {TAGS}"],
    "!!str 5": [f"1:6: {OF_YAML}"],
    "!!python/object/apply:os.system [ls]": [f"1:6: {OF_YAML}"],
    "1e400": ["1:6: 1e400 is more than a float can hold; infinity is .inf"],
    "9" * 9999: ["1:6: an integer of 9999 digits is too long"],
    "!complex 1+2i": ["1:6: '1+2i' is not complex, like !complex 1+2j"],
    "!complex [1, 2]": ["1:6: a list is not complex, like !complex 1+2j"],
    "!complex": ["1:6: nothing is not complex, like !complex 1+2j"],
    "!tuple 1": ["1:6: '1' stands where a list is expected"],
    "!tuple [!foo 1, !bar 2]": [
        f"1:14: there is no tag !foo; known: {TAGS}",
        f"1:22: there is no tag !bar; known: {TAGS}",
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
    "!bool [1]": ["1:13: '1' stands where true or false is expected"],
    "!complex64 [1+2i]": ["1:18: '1+2i' is not complex, like !complex 1+2j"],
    "!complex64 [1e99]": ["1:18: '1e99' does not fit into an array of complex64"],
    "!float32 {a: 1}": ["1:6: a mapping does not fit into an array of float32"],
    "!float32 [[1, 2], [3]]": [
        "1:24: this row is of shape (1,), the first is of shape (2,)" + ROWS
    ],
    "!float32 [[1], 2]": ["1:21: this row is a single element, the first is of shape (1,)" + ROWS],
    "{1: a, 1.0: b}": ["1:13: '1.0' is the same key as '1' in line 1; keep one"],
    "{true: a, 1: b}": ["1:16: '1' is the same key as 'true' in line 1; keep one"],
    "{a: 1, 'a': 2}": ["1:13: the text 'a' is the same key as 'a' in line 1; keep one"],
    "{a: 1, a: !foo 2}": ["1:13: 'a' is the same key as 'a' in line 1; keep one"],
    "{[1]: 2}": ["1:7: a list cannot be the key of a dict; use ? !tuple [1, 2]"],
    "{{a: 1}: 2}": ["1:7: a mapping cannot be the key of a dict; use ? !tuple [1, 2]"],
    "{a: 1e999, b: 1e999}": [
        "1:10: 1e999 is more than a float can hold; infinity is .inf",
        "1:20: 1e999 is more than a float can hold; infinity is .inf",
    ],
}


@pytest.mark.parametrize(
    "text, said", REFUSED_VALUES.items(), ids=[text[:20] for text in REFUSED_VALUES]
)
def test_a_value_that_makes_no_sense(text: str, said: list[str]) -> None:
    assert diagnostics(AnyValue(), value_of(text)) == [f"f.yaml:{each}" for each in said]


# What is no YAML ---------------------------------------------------------------------------------


def no_yaml(place: str, what: str, advice: str) -> str:
    return f"{place}: this is not YAML: {what}; {advice}"


NO_YAML: dict[str, tuple[str, str]] = {
    "nothing": ("", "1:1: this is empty; keys and values belong here"),
    "a comment alone": ("# soon\n", "1:1: this is empty; keys and values belong here"),
    "a list that is not closed": (
        "a:\n  b: [1, 2\n  c: 3\n",
        no_yaml(
            "3:4",
            "while parsing a flow sequence, did not find expected ',' or ']' (begun in line 2)",
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
            "a text with a colon and a space in it needs quotes",
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
            "a text that begins so needs quotes; indentation must be spaces",
        ),
    ),
    "a text that begins with a backtick": (
        "a: `mean` is needed\n",
        no_yaml(
            "1:4",
            "while scanning for the next token, found character that cannot start any token",
            "a text that begins so needs quotes; indentation must be spaces",
        ),
    ),
    "a text that begins with an asterisk": (
        "a: 1\nb: *bold*\n",
        no_yaml(
            "2:4",
            "while scanning an alias, did not find expected alphabetic or numeric character",
            "a text that begins with * or & needs quotes",
        ),
    ),
    "an alias of nothing": (
        "a: 1\nb: *bold\n",
        no_yaml("2:4", "found undefined alias", "a text that begins with * needs quotes"),
    ),
    "a key moved out": (
        "a:\n  b: 1\n c: 2\n",
        no_yaml(
            "3:2",
            "while parsing a block mapping, did not find expected key (begun in line 1)",
            "is this line indented as those above it?",
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
            "(begun in line 1)",
            "leave out the line of three hyphens",
        ),
    ),
    "a control character": (
        "a: 1\nb: é\x07\n",
        "2:5: the character U+0007 must not stand here; take it out",
    ),
    "a list in itself": (
        "a: 1\nb: &x [1, *x]\n",
        "2:4: an alias in this value refers to the value itself; write it out",
    ),
    "a mapping in itself": (
        "a: &x\n  b: {c: *x}\n",
        "1:4: an alias in this value refers to the value itself; write it out",
    ),
    "a list that is its own key": (
        "a: &x {? [*x] : 1}\n",
        "1:4: an alias in this value refers to the value itself; write it out",
    ),
    "65 lists": ("[" * 66 + "]" * 66, "1:66: this is nested more than 64 deep"),
}


@pytest.mark.parametrize("text, said", NO_YAML.values(), ids=NO_YAML)
def test_what_is_no_yaml(text: str, said: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse(text, "f.yaml")
    assert str(caught.value) == f"f.yaml:{said}"


@pytest.mark.parametrize("text, said", NO_YAML.values(), ids=NO_YAML)
def test_lines_count_from_the_first_of_the_file(text: str, said: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse(text, "f.md", first_line=11)
    line, rest = said.split(":", 1)
    assert str(caught.value).startswith(f"f.md:{int(line) + 10}:{rest.split(' (')[0]}")


def test_an_alias_that_contains_nothing_of_itself_is_fine() -> None:
    node = parse("a: &x [1]\nb: [*x, *x]\nc: {d: *x}\n", "f.yaml")
    assert AnyValue().read(node) == {"a": [1], "b": [[1], [1]], "c": {"d": [1]}}


def test_places_count_letters_not_bytes() -> None:
    node = parse("é: [ü, 🎲, x: !foo 1]\n", "f.yaml")
    assert diagnostics(AnyValue(), node)[0].startswith("f.yaml:1:14: there is no tag !foo")


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
    "a negative number that may be": (Number(least=-1), "-0.5", -0.5),
    "a whole number": (Whole(), "16", 16),
    "the least whole number": (Whole(least=16), "16", 16),
    "the greatest whole number": (Whole(most=15), "15", 15),
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
def test_what_a_kind_accepts(kind: Kind[Any], text: str, value: object) -> None:
    found = read(kind, text)
    assert found == value and type(found) is type(value)


TRUTH = " stands where true or false is expected"
NUMBER = " stands where a number is expected, like 1e-6"
POINTS = " is no number of points, like 2, 0.5 or 1/3"
NAME = " is not a name: letters, joined by hyphens"

REFUSED: dict[str, tuple[Kind[Any], str, str]] = {
    "a list for a text": (Text(), "[a]", "a list stands where a text is expected"),
    "a mapping for a text": (Text(), "{a: 1}", "a mapping stands where a text is expected"),
    "nothing for a text": (Text(), "", "this is empty; a text is expected"),
    "an empty text": (Text(), '""', "this is empty; a text is expected"),
    "blanks for a text": (Text(), '" "', "this is empty; a text is expected"),
    "a text not of the pattern": (SLUG, "a b", "'a b'" + NAME),
    "a pattern must hold to the end": (SLUG, '"a\\n"', r"the text 'a\n'" + NAME),
    "a long text not of the pattern": (SLUG, "a " * 99 + "a", f"'{'a ' * 35}…" + NAME),
    "nearly one of three": (SORT, "Medium", "'Medium' is not known; did you mean 'medium'?"),
    "none of three": (SORT, "42", "'42' is not known; known: easy, medium, hard"),
    "a number for a truth value": (Truth(), "1", "'1'" + TRUTH),
    "a text for a truth value": (Truth(), "'true'", "the text 'true'" + TRUTH),
    "a text for a number": (Number(), "small", "'small'" + NUMBER),
    "a number in quotes": (Number(), "'1'", "the text '1'" + NUMBER),
    "a truth value for a number": (Number(), "true", "'true'" + NUMBER),
    "nothing for a number": (Number(), "", "nothing" + NUMBER),
    "a complex number": (Number(), "!complex 1", "'1'" + NUMBER),
    "nan": (Number(), ".nan", "'.nan' is no finite number; it must be at least 0"),
    "infinity": (Number(), ".inf", "'.inf' is no finite number; it must be at least 0"),
    "an integer that no float can hold": (
        Number(),
        "9" * 400,
        f"'{'9' * 70}… is no finite number; it must be at least 0",
    ),
    "a negative number": (Number(), "-1e-6", "'-1e-6' is too small; it must be at least 0"),
    "zero where it is too small": (
        Number(above=True),
        "0",
        "'0' is too small; it must be greater than 0",
    ),
    "a float for a whole number": (
        Whole(),
        "10.0",
        "'10.0' stands where a whole number is expected",
    ),
    "too few": (Whole(least=16), "15", "'15' is not between 16 and 2147483648"),
    "too many": (Whole(most=15), "16", "'16' is not between 0 and 15"),
    "far too many": (Whole(most=15), "9" * 3000, f"'{'9' * 70}… is not between 0 and 15"),
    "fewer than none": (Whole(), "-1", "'-1' is not between 0 and 2147483648"),
    "negative points": (Points(), "-1", "'-1'" + POINTS),
    "a point divided by zero": (Points(), "1/0", "'1/0'" + POINTS),
    "points with an exponent": (Points(), "1e1", "'1e1'" + POINTS),
    "points without end": (Points(), "1" * 7, "'1111111'" + POINTS),
    "points that are no number": (Points(), "nan", "'nan'" + POINTS),
    "a list of points": (Points(), "[1]", "a list" + POINTS),
    "a text for a list": (ListOf(Text()), "a", "'a' stands where a list is expected"),
    "a mapping for a list": (ListOf(Text()), "{a: 1}", "a mapping stands where a list is expected"),
    "a list that is too short": (
        ListOf(Text(), least=1),
        "[]",
        "the list is too short; it needs 1 at least",
    ),
    "a list for a mapping": (
        AnyMapping(),
        "[1]",
        "a list stands where keys and values are expected",
    ),
}


@pytest.mark.parametrize("kind, text, said", REFUSED.values(), ids=REFUSED)
def test_what_a_kind_refuses(kind: Kind[Any], text: str, said: str) -> None:
    column = 6 if text else 5  # nothing stands right behind the colon
    assert diagnostics(kind, value_of(text)) == [f"f.yaml:1:{column}: {said}"]


def test_what_an_editor_is_told_of_a_truth_value() -> None:
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


def test_a_record_hands_over_what_is_there() -> None:
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
        ["3:1: the key 'name' stands here and in line 1; keep one"],
    ),
    "a key that is a list": (
        "name: a\nsize: 1\n? [x]\n: 2\n",
        ["3:3: a list is used as a key; a key is a text"],
    ),
    "an argument twice": (
        "name: a\nsize: 1\nvalues:\n  x: 1\n  x: 2\n",
        ["5:3: the key 'x' stands here and in line 4; keep one"],
    ),
    "no mapping": ("- name: a\n", ["1:1: a list stands where keys and values are expected"]),
    "everything at once, in order": (
        "parts: [a, [b], {c: d}]\nsiz: 1\nname: A B\ncolour: 1\nvalues: {x: 1e999, y: !foo 1}\n",
        [
            "1:12: a list stands where a text is expected",
            "1:17: a mapping stands where a text is expected",
            "2:1: a thing has no key 'siz'; did you mean 'size'?",
            "3:7: 'A B' is not a name: letters, joined by hyphens",
            "4:1: a thing has no key 'colour'; known: name, size, parts, values",
            "5:13: 1e999 is more than a float can hold; infinity is .inf",
            f"5:23: there is no tag !foo; known: {TAGS}",
        ],
    ),
}


@pytest.mark.parametrize("text, said", RECORDS.values(), ids=RECORDS)
def test_what_is_wrong_with_a_record(text: str, said: list[str]) -> None:
    node = parse(text, "f.yaml")
    assert diagnostics(THING, node) == [f"f.yaml:{each}" for each in said]
