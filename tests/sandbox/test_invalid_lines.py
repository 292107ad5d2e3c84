"""What is left of a file that is not valid Python, in this process, so that it can be measured."""

from __future__ import annotations

import re
from types import CodeType

import pytest

from grader.sandbox.invalid_lines import (
    MAX_LEFT_OUT,
    NotValid,
    leave_out,
    names_in,
    without_indentation,
)

NEEDED = re.compile(rb"[ \t]*def[ \t]+f\b")
F = "def f(x):\n    return x + 1\n"


def compiled(source: bytes) -> CodeType:
    return compile(source, "me.py", "exec")


def left(text: str, needed: re.Pattern[bytes] | None = NEEDED) -> tuple[str, list[int]]:
    """Return what is left of a source, and the first lines of what is left out."""
    source = text.encode()
    try:
        compiled(source)
    except SyntaxError as error:
        kept, code, found = leave_out(source, error, compiled, needed)
        exec(code, names := {"__name__": "me"})
        assert needed is None or names["f"](1) == 2  # type: ignore[operator]
        return kept.decode(), [line for line, _ in found]
    raise AssertionError("the source is valid")


LEFT: dict[str, tuple[str, str, list[int]]] = {
    "a magic above": (f"%matplotlib inline\n{F}", f"\n{F}\n", [1]),
    "prose below": (f"{F}This is my answer.\n", f"{F}\n\n", [3]),
    "fences around": (f"```python\n{F}```\n", f"\n{F}\n\n", [1, 4]),
    "a print of Python 2": (f"{F}print f(1)\n", f"{F}\n\n", [3]),
    "an unfinished function": (f"{F}def g(x):\n", f"{F}\n\n", [3]),
    "an unfinished function and its block": (
        f"def g(x):\n    if x:\n    return x\n\n{F}",
        f"\n\n\n\n{F}\n",
        [1],
    ),
    "a decorator with what it decorates": (
        f"@staticmethod\ndef g(:\n    pass\n{F}",
        f"\n\n\n{F}\n",
        [1],
    ),
    "line ends of Windows": (f"%magic\n{F}".replace("\n", "\r\n"), f"\n{F}\n", [1]),
    "the function has no definition": (
        "!pip install x\nfrom functools import partial\nf = partial(int.__add__, 1)\n",
        "\nfrom functools import partial\nf = partial(int.__add__, 1)\n\n",
        [1],
    ),
    "the function is imported": (
        "!pip install x\nfrom math import ceil as f\n_f, f = f, lambda x: x + 1\n",
        "\nfrom math import ceil as f\n_f, f = f, lambda x: x + 1\n\n",
        [1],
    ),
    "all indented": ("    def f(x):\n        return x + 1\n", f"{F}\n", []),
}


@pytest.mark.parametrize("text, kept, lines", LEFT.values(), ids=LEFT)
def test_what_is_not_valid_is_left_out(text: str, kept: str, lines: list[int]) -> None:
    assert left(text) == (kept, lines)


def test_a_module_needs_no_function() -> None:
    assert left("%magic\nx = 1\n", None) == ("\nx = 1\n\n", [1])


NOT_VALID = {
    "the function itself": "def f(x:\n    return x\n",
    "its result at the margin": "def f(x):\n    y = x + 1\nreturn y\n",
    "nothing is left": "%magic\n",
    "a byte order mark before the function": "x = 1\n\ufeffdef f(x):\n    return x + 1\n",
    "a no-break space in the function": "x = 1\ndef\u00a0f(x):\n    return x + 1\n",
    "another language": "#include <math.h>\nint f(int x) {\n    return x + 1;\n}\n",
    "too much": f"{F}" + "a b\n" * (MAX_LEFT_OUT + 1),
}


@pytest.mark.parametrize("text", NOT_VALID.values(), ids=NOT_VALID)
def test_what_is_not_worth_running(text: str) -> None:
    with pytest.raises(NotValid):
        left(text)


def test_nothing_is_left_out_of_a_module_of_nothing_else() -> None:
    with pytest.raises(NotValid):
        left("%magic\n", None)


def test_an_error_about_the_file_leaves_nothing_out() -> None:
    source = f"# coding: nonsense\n{F}".encode()
    with pytest.raises(SyntaxError) as caught:
        compiled(source)
    assert not caught.value.lineno
    with pytest.raises(NotValid):
        leave_out(source, caught.value, compiled, NEEDED)


def test_indentation_is_that_of_the_first_statement() -> None:
    source = b"# a comment\n  x = 1\n  if x:\n      y = 2\nz = 3\n"
    assert without_indentation(source) == b"# a comment\nx = 1\nif x:\n    y = 2\nz = 3\n"
    assert without_indentation(b"x = 1\n  y\n") == b"x = 1\n  y\n"


@pytest.mark.parametrize(
    "line, names",
    [
        ("def f(x):", ["f"]),
        ("async  def g():", ["g"]),
        ("class A:", ["A"]),
        ("total = 1", ["total"]),
        ("total", []),
    ],
)
def test_the_name_that_a_line_defines(line: str, names: list[str]) -> None:
    assert names_in(line) == names
