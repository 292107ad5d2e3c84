"""Problems over the whole value space: files that the loader may accept, as a strategy."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from grader.values import DTYPES, Array, Value, item_size
from grader.values.yaml_literal import literal

_SPECIAL = [0, -1, 2**63, 0.0, -0.0, 5e-324, 1e308, math.inf, -math.inf]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-300, 300)
    | st.floats(-100, 100)
    | st.sampled_from([*_SPECIAL, math.nan])
    | st.sampled_from([400, 5000]).map(lambda digits: -(10**digits))
    | st.complex_numbers(max_magnitude=1e300)
    | st.sampled_from([complex(math.nan, math.inf), 1e308 + 1e308j])
    | st.text("ab \n\"'#:\x00\x7f\u2028é\U0001f600", max_size=5)
)
SHAPES = st.sampled_from([(), (0,), (1,), (3,), (2, 2), (2, 0), (1, 2, 2)])


@st.composite
def arrays(draw: st.DrawFn) -> Array:
    dtype = draw(st.sampled_from(sorted(DTYPES)))
    shape = draw(SHAPES)
    count = math.prod(shape)
    if dtype.startswith("float") and draw(st.booleans()):
        number = draw(st.sampled_from([math.nan, math.inf, -math.inf, 1.5]))
        return Array(dtype, shape, struct.pack(f"<{count}{DTYPES[dtype]}", *[number] * count))
    size = count * item_size(dtype)
    data = draw(st.binary(min_size=size, max_size=size))
    return Array(dtype, shape, bytes(each & 1 for each in data) if dtype == "bool" else data)


HASHABLE = SCALARS | st.tuples(SCALARS, SCALARS)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS | arrays(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(arrays(), max_size=2)
        | st.lists(inner, max_size=3).map(tuple)
        | st.sets(HASHABLE, max_size=3)
        | st.dictionaries(HASHABLE, inner, max_size=2)
    ),
    max_leaves=6,
)

# A signature, and the names of its parameters.
SIGNATURES = [
    ("()", []),
    ("(x)", ["x"]),
    ("(x, y)", ["x", "y"]),
    ("(x, y=None)", ["x", "y"]),
    ("(x=3)", ["x"]),
    ("(x=(1, 2), *, y=[0.5])", ["x", "y"]),
    ("(x, /, y=-1)", ["x", "y"]),
    ("(*xs)", ["xs"]),
    ("(x, **options)", ["x", "options"]),
]
# The body of the reference; {all} is a list of its arguments.
BODIES = [
    "return {all}",
    "return {all}",
    "return {all}[0] if {all} else 1.0",
    "return sum(float(a) for a in np.ravel(np.asarray({all}, dtype=object)))",
    "return float(np.sum(np.asarray({all}[0], dtype=float))) if {all} else 0",
    "return [abs(a) + 1 if isinstance(a, (int, float)) else a for a in {all}]",
    "return repr({all})",
    "return len(str(type({all}[-1])))",
    "return {{frozenset({{1, 2}}), frozenset()}}",
    "return {{(1, frozenset({{2.5}})): [frozenset({{'a'}})]}}",
    "return 10 ** 5000 if len({all}) < 5 else 0",
    "return float('nan')",
    "return [float('inf'), -0.0, 1e308 * 10]",
    "return np.array([[1 + 2j, np.nan]], dtype=np.complex64)",
    "return [np.zeros((0, 3)), np.array(5, dtype=np.uint8)]",
    "return (n for n in {all})",
    "return object()",
    "return [lambda: 1]",
    "a = []; a.append(a); return a",
    "return bytes(3)",
    "return np.datetime64('2020-01-01')",
    "return np.array(['a', None], dtype=object)",
    "return 'x' * 10 ** 7",
    "return complex(1e308, 1e308)",
    "return [1e200, 1e-200, 10 ** 400]",
    "raise ValueError('\\ud800 \\x1b[31m')",
    "raise SystemExit",
    "while True: pass",
    "import random; return random.random()",
    "{all}.append(1); print({all}); return {all}",
    "return 1 / 0",
]
CONSTRAINTS = [
    "number",
    "integer, 0 <= x <= 255",
    "number or inf or nan",
    "text or null",
    "list[N] of number",
    "list[N >= 1] of list[T_i] of integer",
    "array[N, K] of number",
    "list[S] of array[N] of number, x > -1",
    "tuple[2] of number",
    "dict of text to list[N] of number",
    "list[N] of (number or null or text)",
    "tuple(number, text)",
]
RELATIONS = ["x >= 0", "abs(x) <= 1000", "sorted(x)", "distinct(x)", "symmetric(x)", "sum(x) < 9"]
CHECKING = [
    "",
    ", checker: exact",
    ", checker: same_kind",
    ", decimals: 2",
    ", tolerance: {atol: 1}",
]
STATEMENTS = [
    "Do it.",
    ">>> f(\n1\n",
    ">>>f(1)\n1\n",
    ">>> f()\n{...}\n",
    "$\\frac{1}$ and [a](b.md) ![](x.png)",
    "$$\n\\begin{bmatrix} 1 & 2 \\\\ 3 & 4\n$$\n\n| a | b |\n|---|---|\n| 1 |",
    ">>> x = 1\n>>> f(x)\n{[1]: 2}\n",
]


@dataclass(frozen=True)
class OddProblem:
    """The files of a problem, by their paths in a bank."""

    files: dict[str, str]

    def write(self, folder: Path) -> None:
        for path, text in self.files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8", "replace")


def _written(draw: st.DrawFn) -> str:
    """Return a value in YAML; of those that YAML cannot represent, another one."""
    value: Value = draw(VALUES)
    try:
        return literal(value)
    except ValueError:
        return "[1.5, 2.5]"


@st.composite
def odd_problems(draw: st.DrawFn) -> OddProblem:
    signature, names = draw(st.sampled_from(SIGNATURES))
    all_args = "[" + ", ".join(f"*{name}" if name == "xs" else name for name in names) + "]"
    body = draw(st.sampled_from(BODIES)).format(all=all_args)
    constrained = [name for name in names if draw(st.booleans())] if draw(st.booleans()) else []
    args = "".join(f"  {name}: {draw(st.sampled_from(CONSTRAINTS))}\n" for name in constrained)
    where = draw(st.sampled_from(RELATIONS)) if "x" in constrained and draw(st.booleans()) else ""
    spec = (
        "---\ntitle: Odd\ndifficulty: easy\ncategory: Test\nfunction: f\n"
        "limits: {cpu_s: 0.2, wall_s: 2, output_kib: 64}\n"
        + (f"args:\n{args}" if args else "")
        + (f"where:\n  - {where}\n" if where else "")
        + f"---\n{draw(st.sampled_from(STATEMENTS))}\n"
    )

    def case(name: str, expected: str) -> str:
        given = ", ".join(f"{each}: {_written(draw)}" for each in names)
        checking = draw(st.sampled_from(CHECKING))
        return f"  - {{name: {name}, args: {{{given}}}{expected}{checking}}}\n"

    count = draw(st.integers(1, 2))
    public = "".join(case(f"c{i}", f", expected: {_written(draw)}") for i in range(count))
    hidden = "".join(case(f"h{i}", "") for i in range(draw(st.integers(0, 2))))
    source = f"import numpy as np\n\n\ndef f{signature}:\n    {body}\n"
    files = {
        "problems/odd/spec.md": spec,
        "problems/odd/starter.py": f"def f{signature}: ...\n",
        "problems/odd/cases.yaml": f"cases:\n{public}",
        "solutions/odd/reference.py": source,
    }
    if hidden:
        files["solutions/odd/cases.yaml"] = f"cases:\n{hidden}"
    if draw(st.booleans()):
        files["solutions/odd/right/same.py"] = source
    if draw(st.booleans()):
        other = draw(st.sampled_from(BODIES)).format(all=all_args)
        files["solutions/odd/wrong/other.py"] = source.replace(body, other)
        files["solutions/odd/wrong.yaml"] = (
            "misconceptions:\n  - {slug: other, hint: What does it do to its argument?}\n"
        )
    return OddProblem(files)
