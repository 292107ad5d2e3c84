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
    "a decorator, and what it decorates some lines below": (
        f"@timer\n\n# timed\nx = = 1\n{F}",
        f"\n\n\n\n{F}\n",
        [1],
    ),
    "a magic in an except clause": (
        f"try:\n    import math\nexcept:\n    %pip install x\n    import y\nz = math\n{F}",
        f"try:\n    import math\nexcept:\n    pass\n    import y\nz = math\n{F}\n",
        [4],
    ),
    "an invalid statement in an except clause": (
        f"try:\n    import math\nexcept:\n    pip install x\n    import y\nz = math\n{F}",
        f"if 1:\n    import math\n\n\n\nz = math\n{F}\n",
        [3, 1],
    ),
    "magics in blocks": (
        f"if 1:\n    !pip install x\n\n    y = 1\nelse:\n\t%a\n\t%%b\nfor z in [y]:\n    %c\n{F}",
        f"if 1:\n    pass\n\n    y = 1\nelse:\n\tpass\n\nfor z in [y]:\n    pass\n{F}\n",
        [2, 6, 9],
    ),
    "a magic of two lines, and others": (
        f"if 1:\n  !pip install \\\n    x y \\\n z\n  !ls\n  y = 1\nz = y\n{F}",
        f"if 1:\n  pass\n\n\n\n  y = 1\nz = y\n{F}\n",
        [2],
    ),
    "a magic in another function": (
        f"def g():\n    %timeit 1\n    return 1\ny = g()\n{F}",
        f"def g():\n    pass\n    return 1\ny = g()\n{F}\n",
        [2],
    ),
    "a remainder on a line of its own": (
        f"def g(x):\n    return x\n    % 3\n{F}",
        f"\n\n\n{F}\n",
        [1],
    ),
    "a magic in brackets": (f"y = [\n    %x\n]\n{F}", f"\n\n\n{F}\n", [2, 1, 3]),
    "an except clause of Python 2 before an else": (
        f"try:\n    import math\nexcept E, e:\n    print e\nelse:\n    pass\n{F}",
        f"if 1:\n    import math\n\n\nelse:\n    pass\n{F}\n",
        [3, 1],
    ),
    "one of two except clauses": (
        f"try:\n    x = 1\nexcept OSError:\n    pass\nexcept E:\n    print 1\n{F}",
        f"try:\n    x = 1\nexcept OSError:\n    pass\n\n\n{F}\n",
        [5],
    ),
    "a finally clause": (
        f"try: x = 1\nfinally:\n    print x\n\n# next\n{F}",
        f"if 1: x = 1\n\n\n\n\n{F}\n",
        [2, 1],
    ),
    "a try without clauses": (
        f"try :\n    import math\n# next\n\n{F}",
        f"if 1 :\n    import math\n# next\n\n{F}\n",
        [1],
    ),
    "a try without clauses at the end": (f"{F}try: x = f(1)", f"{F}if 1: x = f(1)\n", [3]),
    "a try without clauses before another": (
        f"try:\n    x = 1\ntry:\n    y = 1\nexcept E:\n    pass\n{F}",
        f"if 1:\n    x = 1\ntry:\n    y = 1\nexcept E:\n    pass\n{F}\n",
        [1],
    ),
    "a function with a try without clauses": (
        f"def g():\n    try:\n        try:\n            x\n        except E: x\n\n{F}",
        f"\n\n\n\n\n\n{F}\n",
        [1],
    ),
    "the function in a try without clauses": (
        "try:\n    def f(x):\n        return x + 1\nprint 1\n",
        "if 1:\n    def f(x):\n        return x + 1\n\n\n",
        [1, 4],
    ),
    "a function after a form feed": ("%magic\n\fdef f(x):\n    return x + 1\n", f"\n\f{F}\n", [1]),
    "a decorator after a form feed": (f"{F}\f@timer\n\fdef g(:\n  pass\n", f"{F}\n\n\n\n", [3]),
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


ODD_BLANKS = "\v\x1a\x1c\x7f\x85\xa0\u2002\u200b\u2028\u3000\ufeff"


@pytest.mark.parametrize("blank", ODD_BLANKS, ids=map(ascii, ODD_BLANKS))
def test_an_odd_blank_costs_its_statement_alone(blank: str) -> None:
    assert left(f"{F}{blank}\n") == (f"{F}\n\n", [3])
    assert left(f"{F}{blank}\ny = 2\n") == (f"{F}\ny = 2\n\n", [3])
    assert left(f"{F}{blank}y = 2\nz = 3\n") == (f"{F}\nz = 3\n\n", [3])
    assert left(f"{F}{blank}if f:\n  y = 2\nz = 3\n") == (f"{F}\n\nz = 3\n\n", [3])
    assert left(f"import math\n{blank}\n{F}") == (f"import math\n\n{F}\n", [2])
    assert left(f"import math\n{blank}y = 2\n{F}") == (f"import math\n\n{F}\n", [2])
    in_function = f"def f(x):\n    y = x\n{blank}\n    {blank}\n    return y + 1\n"
    assert left(in_function) == ("def f(x):\n    y = x\n\n\n    return y + 1\n\n", [3, 4])


@pytest.mark.parametrize("blank", ODD_BLANKS, ids=map(ascii, ODD_BLANKS))
@pytest.mark.parametrize(
    "text",
    [
        "{}def f(x):\n    return x + 1\n",
        "def{}f(x):\n    return x + 1\n",
        "def f(x):\n{}   y = x\n    return y + 1\n",
        "def f(x):\n    y = x\n{}   y += 1\n\n    return y\n",
        "def f(x):\n    y = x\n{}   if y:\n        y += 1\n    return y\n",
        "def f(x):\n    y = x + 1\n{}   return y\n",
        "def f(x):\n    y = x + 1{}\n    return y\n",
    ],
)
def test_a_function_with_an_odd_blank_before_code_is_not_valid(text: str, blank: str) -> None:
    if (blank, text[:2]) == ("\ufeff", "{}"):
        return  # a byte order mark
    with pytest.raises(NotValid):
        left(text.format(blank))


@pytest.mark.parametrize("text, kept, lines", LEFT.values(), ids=LEFT)
def test_what_is_not_valid_is_left_out(text: str, kept: str, lines: list[int]) -> None:
    assert left(text) == (kept, lines)


def test_a_module_needs_no_function() -> None:
    assert left("%magic\nx = 1\n", None) == ("\nx = 1\n\n", [1])


NOT_VALID = {
    "the function itself": "def f(x:\n    return x\n",
    "the function, with a magic": "def f(x):\n    %timeit 1\n    return x\n",
    "the function, with a try without clauses": "def f(x):\n    try:\n        return x\n\ny = 1\n",
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


INDENTED: dict[str, tuple[str, str, list[int]]] = {
    "all lines up to the margin": (
        f"# a comment\n  x = 1\n  if x:\n      y = 2\n{F}",
        f"# a comment\nx = 1\nif x:\n    y = 2\n{F}\n",
        [],
    ),
    "another line": (f"x = 1\n  y\n{F}", f"\n\n{F}\n", [1]),
    "the first": (f"    import math\n{F}", f"import math\n{F}\n", []),
    "the first two, by more than the function": (
        f"        import math\n        import os\n{F}",
        f"import math\nimport os\n{F}\n",
        [],
    ),
    "the first, by a tab as the function": (
        "\timport math\ndef f(x):\n\treturn x + 1\n",
        "import math\ndef f(x):\n\treturn x + 1\n\n",
        [],
    ),
    "a text": (f"    '''A\ntext'''\n{F}", f"'''A\ntext'''\n{F}\n", []),
    "the definition of the function": (f"    {F}", f"{F}\n", []),
    "the definition, and a magic below": (f"    {F}%magic\n", f"{F}\n\n", [3]),
    "the first, and a magic below": (f"    import math\n%magic\n{F}", f"import math\n\n{F}\n", [2]),
    "all but a text": (
        "    y = '''\ntext'''\n    def f(x):\n        return x + 1\n",
        f"y = '''\ntext'''\n{F}\n",
        [],
    ),
    "all but a text, and a magic below": (
        "    y = '''\ntext'''\n    def f(x):\n        return x + 1\n    %magic\n",
        f"y = '''\ntext'''\n{F}\n\n",
        [5],
    ),
}


@pytest.mark.parametrize("text, kept, lines", INDENTED.values(), ids=INDENTED)
def test_indentation_of_the_first_statement_is_removed(
    text: str, kept: str, lines: list[int]
) -> None:
    assert left(text) == (kept, lines)


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


def test_a_file_with_an_indented_first_line_is_parsed_no_longer_than_another() -> None:
    source = b" x = 1\n" + b"1 +\n" * 9 + b"y = 22\n" * 60_000
    parsed: list[int] = []

    def measured(source: bytes) -> CodeType:
        parsed.append(len(source))
        return compiled(source)

    with pytest.raises(SyntaxError) as caught:
        compiled(source)
    with pytest.raises(NotValid):
        leave_out(source, caught.value, measured, NEEDED)
    assert 0 < sum(parsed) <= 4 << 20


@pytest.mark.parametrize("text", ["f == 3 +", "f: the answer", "f"])
def test_what_defines_nothing_names_nothing(text: str) -> None:
    assert names_in(text) == []
    assert names_in("f: int = 3 +") == ["f"]
