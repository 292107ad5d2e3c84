"""Printed texts as values."""

from __future__ import annotations

import pytest

from grader.importers.texts import NotAValue, count_decimals, read_text

VALUES: dict[str, tuple[str, object]] = {
    "list": ("[14, 25, 49]", [14, 25, 49]),
    "spaces around": (" -1\n", -1),
    "texts": ("[('a', 1.5)]", [("a", 1.5)]),
    "dict of NumPy's scalars": ("{'mean': np.float64(3.0), 'n': 2}", {"mean": 3.0, "n": 2}),
    "arrays in a tuple": ("(array([1., 2.]), 0.5)", ([1.0, 2.0], 0.5)),
    "arrays without a tuple": ("array([1.]), array([2.])", ([1.0], [2.0])),
    "dtype": ("array([1, 2], dtype=int32)", [1, 2]),
    "complex": ("[1+2j, 1-2j]", [1 + 2j, 1 - 2j]),
    "rows": ("[[ 1.  0.]\n [ 0. -1.]]", [[1.0, 0.0], [0.0, -1.0]]),
    "rows with commas": ("[[ 1.,  2.],\n [ 3., 4. ],]", [[1.0, 2.0], [3.0, 4.0]]),
    "a row broken in two": ("[1 2\n 3]", [1, 2, 3]),
    "mixed commas": ("[[ 1.5, -2] [0.25, 3 ]]", [[1.5, -2], [0.25, 3]]),
    "truth values": ("[ True False]", [True, False]),
    "several": ("[0.5 1],0.25", ([0.5, 1], 0.25)),
    "infinity": ("[-inf, inf]", [float("-inf"), float("inf")]),
    "infinity in a row": ("[-inf  1.e-05]", [float("-inf"), 1e-5]),
    "a leading point": ("[.705, 0]", [0.705, 0]),
    "empty": ("[]", []),
}


@pytest.mark.parametrize("text, value", VALUES.values(), ids=VALUES)
def test_read_text(text: str, value: object) -> None:
    found = read_text(text)
    assert found == value
    assert repr(found) == repr(value)  # with the same types


def test_nan_is_read() -> None:
    assert repr(read_text("[nan, 1.]")) == repr(read_text("[nan 1.]")) == "[nan, 1.0]"


NO_VALUES = {
    "words": "hello <UNK>",
    "left out by NumPy": "[1 2 ... 9]",
    "not closed": "[1, 2",
    "closed twice": "[1]]",
    "a name": "[x]",
    "a call": "open('/etc/passwd')",
    "a list as a key": "{[1]: 2}",
    "deep": "[" * 500 + "]" * 500,
    "long": "1 " * 200_000,
    "empty": "",
}


@pytest.mark.parametrize("text", NO_VALUES.values(), ids=NO_VALUES)
def test_other_texts_are_no_values(text: str) -> None:
    with pytest.raises(NotAValue):
        read_text(text)


@pytest.mark.parametrize(
    "text, decimals", [("[1.25, 3.]", 2), ("1e-05 0.5", 1), ("12", 0), ("x1.234", 0)]
)
def test_count_decimals(text: str, decimals: int) -> None:
    assert count_decimals(text) == decimals
