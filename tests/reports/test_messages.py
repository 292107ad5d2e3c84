"""The sentences about an answer that differs from the expected one."""

from __future__ import annotations

import re
import unicodedata
from types import SimpleNamespace
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.checkers import CLOSE
from grader.errors import Location
from grader.judging.results import result
from grader.model.checker import Tolerance
from grader.model.judgement import CaseResult, Run, RunStatus, Verdict
from grader.model.problem import Case
from grader.reports import differences
from grader.reports.messages import details, message
from grader.values import Array, Unsupported, Value
from tests._support.small_problems import REFEREE

DEFAULT = Tolerance()


def said(got: Value, expected: Value, tolerance: Tolerance = DEFAULT) -> str:
    """Return the message about a wrong answer."""
    return message(judged(got, expected, tolerance))


def judged(got: Value, expected: Value, tolerance: Tolerance = DEFAULT) -> CaseResult:
    """Return the result of a case with a wrong answer."""
    case = Case.of_call(
        "a",
        {},
        Location("cases.yaml"),
        CLOSE,
        expected=expected,
        has_expected=True,
        tolerance=tolerance,
    )
    made = result(case, Run(RunStatus.RETURNED, value=got), REFEREE)
    assert made.verdict is Verdict.WRONG_ANSWER
    return made


EXCESS = {
    "clearly off": (7.5, 2.5, Tolerance(), "off by 5; at most 0.00025 is allowed"),
    "by one part in a thousand": (
        1.1001,
        1.0,
        Tolerance(0.0, 0.1),
        "off by 0.1001; at most 0.1 is allowed",
    ),
    "in the sixth digit": (
        0.400000001,
        0.3,
        Tolerance(0.0, 0.1),
        "off by 0.100000001; at most 0.1 is allowed",
    ),
    "without tolerance": (
        0.30000000000000004,
        0.3,
        Tolerance(0.0, 0.0),
        "off by 5.6e-17; no difference is allowed",
    ),
}


@pytest.mark.parametrize("got, expected, tolerance, text", EXCESS.values(), ids=EXCESS)
def test_a_difference_has_the_digits_that_show_the_excess(
    got: float, expected: float, tolerance: Tolerance, text: str
) -> None:
    assert said(got, expected, tolerance).endswith(f"({text})")


@given(st.floats(-1e6, 1e6), st.floats(1e-12, 1e3), st.floats(1.0, 1.001))
def test_a_message_never_contradicts_itself(expected: float, atol: float, excess: float) -> None:
    tolerance = Tolerance(0.0, atol)
    got = expected + atol * excess
    if CLOSE.compare(got, expected, tolerance) is None:
        return
    text = said(got, expected, tolerance)
    found = re.search(r"off by (\S+); at most (\S+) is allowed", text)
    assert found is not None and float(found[1]) > float(found[2])


LONG = "The quick brown fox jumps over the lazy dog while the committee deliberates about it"
SAID: dict[str, tuple[Value, Value, str]] = {
    "a short text": ("o", "l", "got 'o', expected 'l'"),
    "a letter and a mark for one letter": (
        "cafe\u0301",
        "caf\u00e9",
        "the texts differ at character 4: e (U+0065) followed by U+0301 where \u00e9 (U+00E9) is"
        " expected (they look the same): got 'cafe\u0301', expected 'caf\u00e9'",
    ),
    "the reverse": (
        "caf\u00e9",
        "cafe\u0301",
        "the texts differ at character 4: \u00e9 (U+00E9) where e (U+0065) followed by U+0301 is"
        " expected (they look the same): got 'caf\u00e9', expected 'cafe\u0301'",
    ),
    "a letter that looks the same": (
        "\u0410-B",
        "A-B",
        "the texts differ at character 1: \u0410 (U+0410) where A (U+0041) is expected:"
        " got '\u0410-B', expected 'A-B'",
    ),
    "the end of a long text": (
        LONG + ", version 3.",
        LONG + ", version 2.",
        "the texts differ at character 95: '3' where '2' is expected:"
        " got \u2026'er the lazy dog while the committee deliberates about it, version 3.',"
        " expected",
    ),
    "a no-break space": (
        "10\u00a0km",
        "10 km",
        "the texts differ at character 3: a no-break space (U+00A0) where a space (U+0020) is"
        " expected (they differ in white space only): got '10\\xa0km', expected '10 km'",
    ),
    "a line of Windows": (
        "one\r\ntwo",
        "one\ntwo",
        "the texts differ at character 4: a carriage return (U+000D) where a line break (U+000A) is"
        " expected (they differ in white space only): got 'one\\r\\ntwo', expected 'one\\ntwo'",
    ),
    "a line break at the end": (
        "done\n",
        "done",
        "the text continues after its expected end, with a line break (U+000A): got 'done\\n',"
        " expected 'done'",
    ),
    "a text that ends too early": (
        "a text that is cut",
        "a text that is cut off",
        "the text ends too early, before a space (U+0020): got 'a text that is cut', expected"
        " 'a text that is cut off'",
    ),
    "capital letters": (
        "Hello wOrld",
        "Hello World",
        "the texts differ at character 7: 'w' where 'W' is expected (they differ in upper and lower"
        " case only): got 'Hello wOrld', expected 'Hello World'",
    ),
    "a control character": (
        "a very \x1b[31mred text",
        "a very red text",
        "the texts differ at character 8: U+001B where 'r' is expected: got 'a very \\x1b[31mred"
        " text', expected 'a very red text'",
    ),
    "a text in a list": (["a", "x"], ["a", "b"], "at [1]: got 'x', expected 'b'; 1 of 2 elements"),
    "bytes": (b"abcd", b"abxd", "the bytes differ at [2]: got b'abcd', expected b'abxd'"),
    "an integer": (3, 4, "got 3, expected 4"),
    "a whole float for another integer": (3.0, 4, "got 3.0, expected 4"),
    "a float for an integer": (
        2.5,
        2,
        "returned a float where an integer is expected: got 2.5, expected 2",
    ),
    "a float nearest to a large integer": (
        3.600000180000002e22,
        36000001800000020000000,
        "returned a float where an integer is expected: got 3.600000180000002e+22, expected"
        " 36000001800000020000000; a float keeps about 16 digits, so compute with integers, for"
        " example with // instead of /",
    ),
    "a truth value": (True, False, "got True, expected False"),
    "a list that is too short": (
        [1.0, 2.0, 9.0],
        [1.0, 2.0, 3.0, 4.0],
        "3 elements where 4 are expected; the first difference is at [2]: got 9.0, expected 3.0"
        " (off by 6; at most 0.0003 is allowed)",
    ),
    "a list that ends too early": (
        [("l", "o")],
        [("l", "o"), ("o", "w")],
        "1 element where 2 are expected; the first one is right, missing: ('o', 'w')",
    ),
    "a list that goes on": (
        ["a", "b", "c"],
        ["a", "b"],
        "3 elements where 2 are expected; the first 2 are right, too many: 'c'",
    ),
    "an empty list": ([], ["a"], "0 elements where 1 is expected: got [], expected ['a']"),
    "a list for an empty one": ([1], [], "1 element where 0 are expected: got [1], expected []"),
    "a short list inside": (
        {"a": ["x"]},
        {"a": ["x", "y"]},
        "at ['a']: 1 element where 2 are expected; the first one is right, missing: 'y'",
    ),
    "texts of another nesting": (
        ["a", "b"],
        [["a"], ["b"]],
        "the first difference is at [0]: returned a string where a list is expected: got 'a',",
    ),
    "a matrix of another shape": (
        [[1.0, 2.0]],
        [[1.0, 2.0], [3.0, 4.0]],
        "returned shape (1, 2) where shape (2, 2) is expected: got [[1.0, 2.0]], expected",
    ),
    "an array of another length": (
        Array("int8", (2,), b"\1\2"),
        [1, 2, 3],
        "returned shape (2,) where shape (3,) is expected: got array([1, 2], dtype=int8), expected",
    ),
    "a missing key": (
        {"a": 1},
        {"a": 1, "b": 2},
        "the key 'b' is missing: got the keys 'a'; 1 of 2 elements",
    ),
    "a key that looks like the missing one": (
        {"cafe\u0301": 1},
        {"caf\u00e9": 1},
        "the key 'caf\u00e9' is missing: got the keys 'cafe\u0301'; one looks like it, but the"
        " texts differ at character 4: e (U+0065) followed by U+0301 where \u00e9 (U+00E9) is"
        " expected (they look the same); 2 of 2 elements",
    ),
    "a key with a letter of another alphabet": (
        {"n\u043e": 1, "yes": 2},
        {"no": 1, "yes": 2},
        "the key 'no' is missing: got the keys 'n\u043e', 'yes'; one looks like it, but the texts"
        " differ at character 2: \u043e (U+043E) where o (U+006F) is expected; 2 of 3 elements",
    ),
    "a key with a blank behind it": (
        {"name ": 1},
        {"name": 1},
        "the key 'name' is missing: got the keys 'name '; one looks like it, but the text continues"
        " after its expected end, with a space (U+0020); 2 of 2 elements",
    ),
    "a key with accents in another order": (
        {"o\u0302\u0323": 1},
        {"o\u0323\u0302": 1},
        "the key 'o\u0323\u0302' is missing: got the keys 'o\u0302\u0323'; one looks like it, but"
        " the texts differ at character 2: U+0302 COMBINING CIRCUMFLEX ACCENT followed by U+0323"
        " where U+0323 COMBINING DOT BELOW followed by U+0302 is expected (they look the same);"
        " 2 of 2 elements",
    ),
    "another key": (
        {"one thing": 1},
        {"another one": 1},
        "the key 'another one' is missing: got the keys 'one thing'; 2 of 2 elements",
    ),
    "an element of a set that looks like the missing one": (
        {"a \u037e b", "c"},
        {"a ; b", "c"},
        "the element 'a ; b' of the set is missing: got {'a \u037e b', 'c'}; one looks like it,"
        " but the texts differ at character 3: \u037e (U+037E) where ; (U+003B) is expected"
        " (they look the same); 1 of 2 elements",
    ),
    "integers that differ at their beginning": (
        2 * 10**400,
        10**400,
        f"the integers differ at character 1: got 2{'0' * 67}\u2026, expected 1{'0' * 67}\u2026",
    ),
    "integers that differ in the middle": (
        10**400 + 7 * 10**200,
        10**400,
        f"the integers differ at character 201: got \u2026{'0' * 34}7{'0' * 33}\u2026,"
        f" expected \u2026{'0' * 68}\u2026",
    ),
    "integers whose lengths differ by little": (
        10**4000,
        10**4000 - 1,
        f"the integers differ at character 1: got 1{'0' * 67}\u2026, expected {'9' * 68}\u2026"
        " (4001 characters where 4000 are expected)",
    ),
    "integers that are too long to be written": (
        10**5000 + 3,
        10**5000,
        "got an integer of about 5001 digits, expected another one, off by 3",
    ),
    "no keys": ({}, {"a": 1}, "the key 'a' is missing: got the keys none"),
    "a key too many": (
        {"a": 1, "b": 2},
        {"a": 1},
        "the key 'b' is not expected; the expected keys are 'a'; 1 of 2 elements",
    ),
    "an element of a set": (
        {1.0, 9.0},
        {1.0, 2.0},
        "the element 2.0 of the set is missing: got {1.0, 9.0}; 1 of 2 elements",
    ),
    "a smaller set": ({1}, {1, 2}, "1 element where 2 are expected: got {1}, expected {1, 2}"),
    "nothing": (None, [1], "returned None: is a return missing? Expected [1]"),
    "a list for a number": (
        [1.0],
        1.0,
        "returned shape (1,) where a number is expected: got [1.0], expected 1.0",
    ),
    "a list for a text": (
        ["b", "a"],
        "ba",
        "returned a list where a string is expected: got ['b', 'a'], expected 'ba'",
    ),
    "a list for nothing": (
        [1, 2],
        None,
        "returned a list where None is expected: got [1, 2], expected None",
    ),
    "a list for a dict": (
        [{"a": 1}],
        {"a": 1},
        "returned a list where a dict is expected: got [{'a': 1}], expected {'a': 1}",
    ),
    "a tuple of texts for a number": (
        ("b", "a"),
        2.0,
        "returned a tuple where a number is expected: got ('b', 'a'), expected 2.0",
    ),
    "an array for a dict": (
        Array("int8", (1,), b"\1"),
        {"a": 1},
        "returned shape (1,) where a dict is expected: got array([1], dtype=int8), expected"
        " {'a': 1}; if it is a Series, return its .to_dict()",
    ),
    "an iterator": (
        Unsupported("an iterator of type map (wrap it in list(...))"),
        [1],
        "returned an object of another type where a list is expected: got an iterator of type map"
        " (wrap it in list(...)), expected [1]",
    ),
}


@pytest.mark.parametrize("got, expected, text", SAID.values(), ids=SAID)
def test_a_difference_is_described_by_the_kind_of_value(
    got: Value, expected: Value, text: str
) -> None:
    sentence = said(got, expected)
    assert (
        sentence.startswith(text)
        if text.endswith((",", "expected", "elements"))
        else sentence == text
    )
    assert "\n" not in sentence and sentence.isprintable()


ACCENTS = "\u0301\u0316"  # not in the order of Unicode's normal forms
OF_MANY_ACCENTS: dict[str, tuple[Value, Value]] = {
    "a text": ("a" + ACCENTS * 10_000, "abc"),
    "both texts": ("a" + ACCENTS * 10_000, "a" + ACCENTS * 9_999),
    "an element of a list": (["a" + ACCENTS * 10_000], ["abc"]),
    "a key": ({f"{n} {ACCENTS * 450}": 1 for n in range(1000)}, {"1": 1}),
    "a short key for a long one": ({str(n): 1 for n in range(1000)}, {"1" + ACCENTS * 450: 1}),
    "elements of a set": (
        {f"{n} {ACCENTS * 450}" for n in range(1000)},
        set(map(str, range(1000))),
    ),
}


@pytest.mark.parametrize("got, expected", OF_MANY_ACCENTS.values(), ids=OF_MANY_ACCENTS)
def test_normal_forms_of_texts_take_bounded_work(
    got: Value, expected: Value, monkeypatch: pytest.MonkeyPatch
) -> None:
    lengths = []

    def normalize(form: Literal["NFC", "NFKD"], text: str) -> str:
        lengths.append(len(text))
        return unicodedata.normalize(form, text)

    counted = SimpleNamespace(normalize=normalize, category=unicodedata.category)
    monkeypatch.setattr(differences, "unicodedata", counted)
    assert said(got, expected)
    # The time of one is quadratic in the length of its text.
    assert sum(length**2 for length in lengths) <= 200_000


@given(st.text(max_size=200), st.text(max_size=200))
def test_texts_that_differ_never_look_equal(got: str, expected: str) -> None:
    if got == expected:
        return
    text = said(got, expected)
    assert text.isprintable()
    found = re.search(r"got (.*), expected (.*)$", text, re.DOTALL)
    assert found is not None
    assert found[1] != found[2] or "U+" in text


MATRICES: dict[str, tuple[Value, Value, str]] = {
    "one number": (
        [[1.0, 5.0], [3.0, 4.0]],
        [[1.0, 2.0], [3.0, 4.0]],
        """\
got:
  [1.0, *5.0]
  [3.0, 4.0]
expected:
  [1.0, *2.0]
  [3.0, 4.0]""",
    ),
    "columns are aligned": (
        [[1, 100], [20, 3]],
        [[1, 200], [20, 3]],
        """\
got:
  [ 1, *100]
  [20,   3]
expected:
  [ 1, *200]
  [20,   3]""",
    ),
    "a large one is cut around the difference": (
        [[int(row == column == 30) for column in range(40)] for row in range(40)],
        [[0] * 40 for _ in range(40)],
        """\
got:
  \u2026 24 rows above
"""
        + "  [\u2026 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 \u2026]\n" * 6
        + "  [\u2026 0, 0, 0, 0, 0, 0, *1, 0, 0, 0, 0, 0 \u2026]\n"
        + "  [\u2026 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 \u2026]\n" * 5
        + "  \u2026 4 rows below\n",
    ),
    "another shape": ([[1.0, 2.0]], [[1.0], [2.0]], ""),
    "a list of numbers": ([1.0], [2.0], ""),
}


@pytest.mark.parametrize("got, expected, rows", MATRICES.values(), ids=MATRICES)
def test_matrices_that_differ_are_shown_in_rows(got: Value, expected: Value, rows: str) -> None:
    line, _, below = details(judged(got, expected)).partition("\n")
    assert line == said(got, expected)
    assert below.startswith(rows) if rows.endswith("\n") else below == rows
