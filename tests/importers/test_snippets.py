"""What a test prints, and how precisely."""

from __future__ import annotations

import pytest

from grader.importers.snippets import Unprintable, printed_values, read_snippet

DECIMALS: dict[str, tuple[str, int | None]] = {
    "none": ("print(f(1))", None),
    "round": ("print(round(f(1), 3))", 3),
    "to an integer": ("print(round(f(1)))", 0),
    "numpy": ("print(np.round(f(1), 2))", 2),
    "method": ("print(f(1).round(4))", 4),
    "converted": ("print(np.round(f(1), 5).tolist())", 5),
    "the fewest of two": ("print(np.round(np.round(f(1), 4), 2))", 2),
    "the fewest of two, inside": ("print(np.round(np.round(f(1), 2), 4))", 2),
    "each element": ("print([round(x, 4) for x in f(1)])", 4),
    "each element by a method": ("print([x.round(3) for x in f(1)])", 3),
    "format": ("print(f'{f(1):.1f}')", 1),
    "in a list": ("print([round(f(1)[0], 4), 0])", 4),
    "a name": ("y = round(f(1), 3)\nprint(y)", None),
}


@pytest.mark.parametrize("source, decimals", DECIMALS.values(), ids=DECIMALS)
def test_decimals(source: str, decimals: int | None) -> None:
    (hole,) = read_snippet(source, ["f"]).holes
    assert hole.decimals == decimals


PRINTED: dict[str, tuple[str, str, list[object]]] = {
    "labels": ("print('a:', x)\nprint('b:', y)", "a: [1, 2]\nb: 3", [[1, 2], 3]),
    "format": ("print(f'mu={x:.2f}, s={y:.2f}')", "mu=0.50, s=2.00", [0.5, 2.0]),
    "with a comma": ("print(x, y)", "0, 2.5", [0, 2.5]),
    "lists with spaces": ("print(x, y)", "[1 2] [3 4]", [[1, 2], [3, 4]]),
    "texts with spaces in brackets": (
        "print(x, y)",
        "P(a=1, b=2) P(a=3)",
        ["P(a=1, b=2)", "P(a=3)"],
    ),
    "a tuple for two": ("print(x, y)", "([1], 2)", [[1], 2]),
    "words": ("print(x)", "hello there", ["hello there"]),
}


@pytest.mark.parametrize("source, text, values", PRINTED.values(), ids=PRINTED)
def test_printed_values(source: str, text: str, values: list[object]) -> None:
    assert [value for _, value in printed_values(read_snippet(source, ["f"]), text)] == values


def test_another_number_of_values_is_refused() -> None:
    with pytest.raises(Unprintable, match="the test prints 2 values"):
        printed_values(read_snippet("print(x, y)", ["f"]), "1")
