"""Mutants: the edits of each operator, and that every mutant is a different program."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from grader.verify.mutation import Mutant, make_mutants
from grader.verify.mutation.operators import OPERATORS
from tests._support.bank import ROOT

# An operator, a line, and the lines that the operator makes of it.
LINES: list[tuple[str, str, set[str]]] = [
    ("arithmetic", "return a + b", {"return a - b"}),
    ("arithmetic", "return a - b", {"return a + b"}),
    ("arithmetic", "return a * b", {"return a / b"}),
    ("arithmetic", "return a / b", {"return a * b"}),
    ("arithmetic", "return a ** b", {"return a * b"}),
    ("arithmetic", "return a // b", {"return a / b"}),
    ("arithmetic", "return a % b", {"return a // b"}),
    ("arithmetic", "return a @ b", {"return a * b"}),
    ("arithmetic", "return a - -b", {"return a + -b"}),
    ("arithmetic", "return (a) - (b)", {"return (a) + (b)"}),
    ("arithmetic", "a += b", {"a -= b", "a = b"}),
    ("arithmetic", "a **= b", {"a *= b", "a = b"}),
    ("comparison", "return a < b", {"return a <= b", "return a >= b"}),
    ("comparison", "return a <= b", {"return a < b", "return a > b"}),
    ("comparison", "return a > b", {"return a >= b", "return a <= b"}),
    ("comparison", "return a >= b", {"return a > b", "return a < b"}),
    ("comparison", "return a == b", {"return a != b"}),
    ("comparison", "return a != b", {"return a == b"}),
    (
        "comparison",
        "return 0 <= a < b",
        {
            "return 0 < a < b",
            "return 0 > a < b",
            "return 0 <= a <= b",
            "return 0 <= a >= b",
        },
    ),
    ("comparison", "return a is b", set()),
    ("condition", "return a and b", {"return a or b"}),
    ("condition", "return a or b or c", {"return a and b or c", "return a or b and c"}),
    ("condition", "return not a", {"return a"}),
    ("condition", "return b if a else c", {"return b if True else c", "return b if False else c"}),
    (
        "condition",
        "return [x for x in a if x]",
        {"return [x for x in a if True]", "return [x for x in a if False]"},
    ),
    ("constant", "return 3", {"return 4", "return (2)"}),
    ("constant", "return True", {"return False"}),
    ("constant", "return False", {"return True"}),
    ("constant", "return 1e-8", {"return 0.0", "return 1e-05"}),
    ("constant", "return 0.5", {"return 1.5", "return (0.25)"}),
    ("constant", "return 0.0", {"return 1.0", "return (-1.0)"}),
    ("constant", "return 'text'", set()),
    ("constant", "return None", set()),
    ("function", "return min(a, b)", {"return max(a, b)"}),
    ("function", "return np.argmax(a)", {"return np.argmin(a)"}),
    ("function", "return np.mean(a)", {"return np.sum(a)"}),
    ("function", "return a.std()", {"return a.var()"}),
    ("function", "return sum(a)", {"return (lambda xs: sum(xs) / len(xs))(list(a))"}),
    ("function", "return a.sum(axis=b)", {"return a.mean(axis=b)"}),
    ("function", "return math.exp(a)", {"return math.expm1(a)", "return (a)"}),
    ("function", "return abs(a - b)", {"return (a - b)"}),
    ("function", "return sorted(a)", set()),
    ("axis", "return f(a, axis=1)", {"return f(a, axis=None)"}),
    ("axis", "return f(a, axis=-1)", {"return f(a, axis=None)", "return f(a, axis=0)"}),
    ("axis", "return f(a, ddof=1)", {"return f(a, ddof=0)"}),
    ("axis", "return f(a, keepdims=True)", {"return f(a, keepdims=0)"}),
    ("statement", "a = b", {"pass"}),
    ("statement", "a += b", {"pass"}),
    ("statement", "a.sort()", {"pass"}),
    ("statement", "return a", set()),
    ("off by one", "return range(a)", {"return range((a) - 1)", "return range(1, a)"}),
    ("off by one", "return range(a, b)", {"return range(a, (b) - 1)"}),
    ("off by one", "return enumerate(a)", {"return enumerate(a, 1)"}),
    (
        "off by one",
        "return [x for x in a]",
        {"return [x for x in list(a)[1:]]", "return [x for x in list(a)[:-1]]"},
    ),
    ("order", "return f(a, b)", {"return f(b, a)"}),
    ("order", "return f(a, b, c)", {"return f(b, a, c)"}),
    ("order", "return max(a, b)", set()),
    ("order", "return a - b", {"return b - a"}),
    ("order", "return (a + b) / (c)", {"return (c) / (a + b)"}),
    ("order", "return a ** b", {"return b ** a"}),
    ("order", "return a * b", set()),
    ("sign", "return a", {"return -(a)"}),
    ("sign", "return 0.0", set()),
    ("off by one", "a = enumerate(b, start=1)", set()),
    ("sign", "a = -b", {"a = (b)"}),
    ("sign", "a = math.exp(b + c)", {"a = math.exp(-(b + c))"}),
]

# Several lines: a slip, the lines, and each line that it changes, before and after.
BLOCKS: dict[str, tuple[str, str, list[tuple[int, str, str]]]] = {
    "a branch": (
        "condition",
        "if a:\n    b()\nelif c:\n    d()",
        [
            (1, "if a:", "if True:"),
            (1, "if a:", "if False:"),
            (3, "elif c:", "elif True:"),
            (3, "elif c:", "elif False:"),
        ],
    ),
    "a guard": (
        "statement",
        "def f(a):\n    if a:\n        return 0\n    return a",
        [(3, "return 0", "pass")],
    ),
    "a loop that goes on": (
        "statement",
        "for x in a:\n    if x:\n        continue\n    b(x)",
        [(3, "continue", "pass"), (3, "continue", "break"), (4, "b(x)", "pass")],
    ),
    "a loop that ends": ("statement", "while a:\n    break", [(2, "break", "pass")]),
    "the rounds of a loop": (
        "off by one",
        "for x in a:\n    b(x)",
        [(1, "for x in a:", f"for x in list(a){part}:") for part in ("[1:]", "[:-1]")],
    ),
    "an expression of two lines": (
        "arithmetic",
        "x = (a\n    + b\n    * c)",
        [(2, "+ b", "- b"), (3, "* c)", "/ c)")],
    ),
    "a call of three lines": (
        "order",
        "f(\n    a,\n    b,\n)",
        [(2, "a, b,", "b, a,")],
    ),
    "a statement of two lines": ("statement", "x = f(\n    a)", [(1, "x = f( a)", "pass")]),
    "lines that end as in Windows": (
        "constant",
        "a = b\r\nc = True\r\n",
        [(2, "c = True", "c = False")],
    ),
    "letters of two bytes": (
        "arithmetic",
        "größe = 'äöü' * μ; tiefe = größe + 'é'",
        [
            (1, "größe = 'äöü' * μ; tiefe = größe + 'é'", after)
            for after in (
                "größe = 'äöü' / μ; tiefe = größe + 'é'",
                "größe = 'äöü' * μ; tiefe = größe - 'é'",
            )
        ],
    ),
}

IDLE = {
    "a docstring": 'def f(a):\n    """Not 1 + 1."""\n    raise a',
    "a text for a comment": "def f(a):\n    'min(1, 2)'\n    raise a",
    "annotations": "def f(a: list[3], b: int | None) -> 1 + 2: ...",
    "an annotation in a body": "def f(a):\n    b: list[-1]\n    raise a",
    "a decorator": "@cache(1, 2)\ndef f(a): ...",
    "whether zip is strict": "assert zip(a, strict=True)",
    "an import": "from math import exp, log",
    "an if that only raises": "if a < 1 or not b:\n    raise c",
    "a print": "print('a')",
    "a fixed seed": "np.random.seed(s)",
}


def mutate(operator: str, source: str) -> list[Mutant]:
    return [each for each in make_mutants(source.encode()) if each.operator == operator]


@pytest.mark.parametrize(
    "operator, line, after", LINES, ids=[f"{s}: {line}" for s, line, _ in LINES]
)
def test_mutants_of_a_line(operator: str, line: str, after: set[str]) -> None:
    found = mutate(operator, f"def f():\n    {line}\n")
    assert {mutant.after for mutant in found} == after
    assert len(found) == len(after)
    assert {mutant.before for mutant in found} <= {line}


@pytest.mark.parametrize("operator, source, changes", BLOCKS.values(), ids=BLOCKS)
def test_mutants_of_several_lines(
    operator: str, source: str, changes: list[tuple[int, str, str]]
) -> None:
    found = mutate(operator, source)
    assert [(mutant.line, mutant.before, mutant.after) for mutant in found] == changes


@pytest.mark.parametrize("source", IDLE.values(), ids=IDLE)
def test_code_without_effect_is_not_mutated(source: str) -> None:
    assert [mutant.after for mutant in make_mutants(source.encode())] == []


STARTER = b"def f(x, n=2):\n    total = 0.0\n    raise NotImplementedError\n"
GIVEN = b"def f(x, n=2):\n    total = 0.0\n    return round(total + x, n)\n"
ROUNDED = {
    "return round(x, 2)": ["return round(x, (1))"],
    "x = round(x, 3)": ["x = round(x, (2))"],
    "x = np.round(x, decimals=3)": ["x = np.round(x, decimals=(2))"],
    "x = x.round(3)": ["x = x.round((2))"],
    "return np.round(x, decimals=3)": ["return np.round(x, decimals=(2))"],
    "return x.round(1)": ["return x.round((0))"],
    "return floor(x, 1)": ["return floor(x, 2)", "return floor(x, (0))"],
}


def test_lines_of_the_starter_are_not_mutated() -> None:
    assert {mutant.line for mutant in make_mutants(GIVEN)} == {1, 2, 3}
    assert {mutant.line for mutant in make_mutants(GIVEN, STARTER)} == {3}


def test_short_and_long_statements_of_the_starter_are_not_mutated() -> None:
    """A statement on several lines is, if the starter has not all that an edit changes."""
    given = b"n = 1\nm = max(\n    1 + 2,\n    3 + 4,\n)\n"
    assert {each.line for each in make_mutants(given)} == {1, 2, 3, 4}
    starter = b"n = 1\nm = max(\n        1 + 2,\n    3 + 4,\n)\n"
    assert make_mutants(given, starter) == []
    partly = starter.replace(b"3 + 4", b"...")
    assert {each.line for each in make_mutants(given, partly)} == {2, 4}


@pytest.mark.parametrize("line, after", ROUNDED.items(), ids=ROUNDED)
def test_rounding_to_more_decimals_is_not_a_mistake(line: str, after: list[str]) -> None:
    found = mutate("constant", f"def f():\n    {line}\n")
    assert [mutant.after for mutant in found] == after
    assert [mutant.is_rounding for mutant in found] == ["round" in line] * len(after)


ROUNDS_A_VARIABLE = {
    "x = round(x, 3)": 0,
    "x = np.round(x, decimals=3)": 0,
    "x = x.round(3)": 0,
    "x = round(x)": 1,  # to an integer
    "x = round(y, 3)": 1,
    "x = floor(x, 3)": 1,
}


@pytest.mark.parametrize("line, mutants", ROUNDS_A_VARIABLE.items(), ids=ROUNDS_A_VARIABLE)
def test_leaving_out_a_rounding_is_not_a_mistake(line: str, mutants: int) -> None:
    assert len(mutate("statement", f"def f(x):\n    {line}\n")) == mutants


def test_every_operator_has_a_line() -> None:
    names = {operator.__name__.replace("_", " ") for operator in OPERATORS}
    assert {operator for operator, _, after in LINES if after} == names


def test_a_column_counts_from_one_in_bytes() -> None:
    (mutant,) = mutate("arithmetic", "größe = 'ä' * μ")
    assert (mutant.line, mutant.column) == (1, 1 + len("größe = 'ä' ".encode()))


def test_a_mutant_is_one_edit() -> None:
    (mutant,) = mutate("comparison", "# a == b, says it\nreturned = a == b  # really\n")
    assert mutant.source == b"# a == b, says it\nreturned = a != b  # really\n"


def test_invalid_python_has_no_mutants() -> None:
    with pytest.raises(SyntaxError):
        make_mutants(b"return (")


# What `grader verify` makes mutants of, and a long program. The other right solutions, of which
# there are a hundred and fifty, are made of the same statements.
PROGRAMS = [
    *sorted(ROOT.glob("solutions/*/reference.py")),
    Path(make_mutants.__code__.co_filename),
]


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: "-".join(path.parts[-3:]))
def test_every_mutant_is_a_different_program(path: Path) -> None:
    source = path.read_bytes()
    found = make_mutants(source)
    dumps = [ast.dump(ast.parse(mutant.source)) for mutant in found]
    assert len(found) >= 10  # the shortest program of the bank has as many
    assert len({*dumps, ast.dump(ast.parse(source))}) == len(found) + 1
    for mutant in found:
        compile(mutant.source, "mutant", "exec")
    assert make_mutants(source) == found
