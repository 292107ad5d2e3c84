"""A problem folder is loaded whole, or all that is wrong with it is told with its place."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest

from grader.bank.load import load_problem, read_spec
from grader.checkers import CLOSE, EXACT, STRICT_INTEGERS
from grader.errors import Location, SpecError
from grader.model.checker import Tolerance
from grader.model.entry_point import EntryPoint
from grader.model.problem import Limits, Paper, Problem
from grader.model.signature import Parameter
from tests._support.bank import DATA

BROKEN = sorted((DATA / "broken").glob("*.txt"))

SPEC = "problems/softmax/spec.md"
STARTER = "problems/softmax/starter.py"
CASES = "problems/softmax/cases.yaml"
REFERENCE = "solutions/softmax/reference.py"
LOOPS = "solutions/softmax/right/loops.py"
HIDDEN = "solutions/softmax/cases.yaml"
WRONG = "solutions/softmax/wrong.yaml"
WRONG_FILE = "solutions/softmax/wrong/one-alone.py"

GOOD = {
    SPEC: """\
---
title: Softmax
difficulty: easy
category: Machine learning
function: softmax
tolerance: {rtol: 0.5, atol: 0.25}
limits: {cpu_s: 2}
paper: {title: A paper, url: "https://example.org"}
---
The exponentials $e^{x_i}$, divided by their sum.

---

A rule above this line is part of the statement.
""",
    STARTER: """\
def softmax(x: list[float], scale: float = 1.0) -> list[float]:
    pass
""",
    CASES: """\
cases:
  - name: two-numbers
    args: {x: [0.0, 0.0]}
    expected: [0.5, 0.5]
    explanation: Both are equal.
  - name: one-number
    args:
      x: [3.0]
      scale: 2.0
    expected: [1.0]
    tolerance: {rtol: 0.125}
    points: 1/3
""",
    REFERENCE: '''\
"""Reference solution."""

import math


def softmax(x: list[float], scale: float = 1.0) -> list[float]:
    exps = [math.exp(scale * each) for each in x]
    total = sum(exps)
    return [each / total for each in exps]
''',
    LOOPS: "def softmax(x, scale=1.0):\n    return [1.0 for each in x]\n",
    HIDDEN: """\
cases:
  - name: secret
    args: {x: [1.0, 2.0]}
    decimals: 4
    points: 0.1
  - name: none
    args: {x: []}
    expected:
    checker: exact
""",
    WRONG: """\
misconceptions:
  - slug: no-scale
    hint: What is the scale for?
    edits:
      - find: scale * each
        replace: each
  - slug: one-alone
    hint: Do they add up to 1?
""",
    WRONG_FILE: "def softmax(x, scale=1.0):\n    return [1.0]\n",
}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test in a folder of its own: paths are told as they are written from here."""
    monkeypatch.chdir(tmp_path)


def write(files: dict[str, str]) -> None:
    for path, text in files.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(text.encode("utf-8"))


def load() -> Problem:
    return load_problem("problems/softmax", "solutions/softmax")


def diagnostics() -> list[str]:
    with pytest.raises(SpecError) as caught:
        load()
    return str(caught.value).splitlines()


# Valid problems ----------------------------------------------------------------------------------


def test_a_valid_problem_is_loaded() -> None:
    write(GOOD)
    problem = load()
    assert (problem.slug, problem.title, problem.difficulty) == ("softmax", "Softmax", "easy")
    assert problem.category == "Machine learning"
    assert problem.entry_point == EntryPoint.of_function(
        "softmax", (Parameter("x"), Parameter("scale", "1.0"))
    )
    assert problem.limits == Limits(cpu_s=2.0)
    assert problem.paper == Paper("A paper", "https://example.org")
    assert problem.statement.startswith(
        "The exponentials $e^{x_i}$, divided by their sum.\n\n---\n"
    )
    assert problem.starter == GOOD[STARTER].encode()
    assert problem.reference == GOOD[REFERENCE].encode()
    assert problem.accepted == {"loops": GOOD[LOOPS].encode()}


def test_cases_are_loaded() -> None:
    write(GOOD)
    two, one, secret, none = load().cases
    assert [case.name for case in (two, one, secret, none)] == [
        *("two-numbers", "one-number", "secret", "none")
    ]
    assert [case.hidden for case in (two, one, secret, none)] == [False, False, True, True]
    assert two.step.args == {"x": [0.0, 0.0]} and two.explanation == "Both are equal."
    assert list(one.step.args.items()) == [("x", [3.0]), ("scale", 2.0)]
    assert one.at == Location(CASES, 6, 5)
    # The tolerance is the problem's, or the case's own, or half a unit of a decimal.
    assert two.step.tolerance == Tolerance(0.5, 0.25)
    assert one.step.tolerance == Tolerance(0.125, 0.25)
    assert secret.step.tolerance == Tolerance(0.0, 0.00005, decimals=4)
    # An expected None is an answer; left out, the reference answers.
    assert none.step.has_expected and none.step.expected is None and none.step.checker == EXACT
    assert not secret.step.has_expected
    assert load().max_score == 2 + Fraction(1, 3) + Fraction(1, 10)


def test_misconceptions_are_loaded() -> None:
    write(GOOD)
    no_scale, one_alone = load().misconceptions
    assert no_scale.source == GOOD[REFERENCE].replace("scale * each", "each").encode()
    assert (no_scale.slug, no_scale.hint) == ("no-scale", "What is the scale for?")
    assert one_alone.source == GOOD[WRONG_FILE].encode()


def test_a_problem_without_solutions() -> None:
    write({path: text for path, text in GOOD.items() if path.startswith("problems")})
    problem = load_problem("problems/softmax")
    assert [case.name for case in problem.cases] == ["two-numbers", "one-number"]
    assert problem.reference is None and problem.accepted == {} and problem.misconceptions == ()


def test_a_reference_alone_suffices_as_solutions() -> None:
    write({path: text for path, text in GOOD.items() if path not in (HIDDEN, WRONG, LOOPS)})
    problem = load()
    assert len(problem.cases) == 2 and problem.accepted == {} and problem.misconceptions == ()


def test_a_problem_may_insist_on_integers() -> None:
    plain = [case.step.checker for case in load_written(GOOD[SPEC]).cases]
    assert plain[0] == CLOSE and EXACT in plain
    strict = load_written(GOOD[SPEC].replace("limits:", "integers: strict\nlimits:"))
    assert [each.step.checker for each in strict.cases] == [
        STRICT_INTEGERS if checker == CLOSE else checker for checker in plain
    ]


def load_written(spec: str) -> Problem:
    write(GOOD | {SPEC: spec})
    return load()


def test_the_default_tolerance() -> None:
    write(GOOD | {SPEC: GOOD[SPEC].replace("tolerance: {rtol: 0.5, atol: 0.25}\n", "")})
    two, one, _, _ = load().cases
    assert two.step.tolerance == Tolerance() == Tolerance(1e-4, 1e-9)
    assert one.step.tolerance == Tolerance(0.125, 1e-9)


SPELT = {
    "a byte order mark": lambda text: "\ufeff" + text,
    "the line ends of Windows": lambda text: text.replace("\n", "\r\n"),
    "both": lambda text: "\ufeff" + text.replace("\n", "\r\n"),
    "no line end at the end": lambda text: text.rstrip("\n"),
}


@pytest.mark.parametrize("spell", SPELT.values(), ids=SPELT)
def test_byte_order_marks_and_crlf_are_accepted(spell: object) -> None:
    assert callable(spell)
    of_two_lines = '{find: "sum(exps)\\n    return", replace: "1\\n    return"}'
    edits = f"replace: each\n      - {of_two_lines}"
    good = GOOD | {WRONG: GOOD[WRONG].replace("replace: each", edits)}
    write(good)
    plain = load()
    write({path: spell(text) for path, text in good.items()})
    spelt = load()
    assert spelt.cases == plain.cases
    assert spelt.statement.rstrip() == plain.statement.rstrip()
    assert "\r" not in spelt.statement and spelt.entry_point == plain.entry_point
    same = [(each.slug, each.source.strip()) for each in plain.misconceptions[:1]]
    assert [(each.slug, each.source.strip()) for each in spelt.misconceptions[:1]] == same


def test_blank_lines_before_the_statement_are_dropped() -> None:
    write(GOOD | {SPEC: GOOD[SPEC].replace("---\nThe", "---\n\n\nThe")})
    assert load().statement.startswith("The exponentials")


def test_read_spec_reads_only_the_front_matter() -> None:
    write({SPEC: GOOD[SPEC]})
    assert read_spec("problems/softmax").title == "Softmax"
    write({SPEC: GOOD[SPEC].replace("easy", "simple")})
    with pytest.raises(SpecError, match=f"^{SPEC}:3:13: 'simple' is not known"):
        read_spec("problems/softmax")


# Invalid problems --------------------------------------------------------------------------------

FRONT = (
    f"{SPEC}:1:1: the file must begin with front matter: YAML between two lines of three hyphens"
)
ONCE = "in the reference; it must occur exactly once"
COPY = f"{ONCE}; copy it from there, with its indentation"

# A file, a text in it, its replacement, and the errors that are reported.
MISTAKES: dict[str, tuple[str, str, str, list[str]]] = {
    "no front matter": (SPEC, "---\ntitle", "title", [FRONT]),
    "front matter that does not begin the file": (SPEC, "---\ntitle", "\n---\ntitle", [FRONT]),
    "nothing in the front matter": (
        SPEC,
        GOOD[SPEC],
        "---\n---\nStatement.\n",
        [f"{SPEC}:2:1: expected keys and values, found nothing"],
    ),
    "front matter that is not valid YAML": (
        SPEC,
        "title: Softmax",
        "title: Softmax: the function",
        [
            f"{SPEC}:2:15: not valid YAML: mapping values are not allowed in this context; "
            "quote a text that contains a colon and a space, or indent this line like those above"
            " it"
        ],
    ),
    "an unknown difficulty in the front matter": (
        SPEC,
        "difficulty: easy",
        "difficulty: simple",
        [f"{SPEC}:3:13: 'simple' is not known; known: easy, medium, hard"],
    ),
    "a tolerance that is negative and one that is NaN": (
        SPEC,
        "{rtol: 0.5, atol: 0.25}",
        "{rtol: -0.5, atol: .nan}",
        [
            f"{SPEC}:6:19: expected a number at least 0, found '-0.5'",
            f"{SPEC}:6:31: expected a finite number at least 0, found '.nan'",
        ],
    ),
    "a function that is defined nowhere": (
        SPEC,
        "function: softmax",
        "function: soft_max",
        [
            f"{STARTER}:1:1: the function 'soft_max' that spec.md names is not defined here"
            " with `def`; did you mean 'softmax'?",
            f"{REFERENCE}:1:1: the function 'soft_max' that spec.md names is not defined here"
            " with `def`; did you mean 'softmax'?",
        ],
    ),
    "no function": (
        SPEC,
        "function: softmax\n",
        "",
        [
            f"{SPEC}:2:1: a spec needs the key 'function', 'functions' or 'class': name of the"
            " function that students write, as in starter.py"
        ],
    ),
    "an invalid name of a function": (
        SPEC,
        "function: softmax",
        "function: soft max",
        [f"{SPEC}:5:11: expected the name of a function, found 'soft max'"],
    ),
    "a starter that lacks the function": (
        STARTER,
        "def softmax",
        "def solve",
        [
            f"{STARTER}:1:1: the function 'softmax' that spec.md names is not defined here"
            " with `def`; known: solve"
        ],
    ),
    "a starter with the function inside a class": (
        STARTER,
        GOOD[STARTER],
        "class Solution:\n    def softmax(self, x):\n        pass\n",
        [
            f"{STARTER}:1:1: the function 'softmax' that spec.md names is not defined here"
            " with `def`"
        ],
    ),
    "a starter that is not valid Python": (
        STARTER,
        "    pass",
        "    return (",
        [f"{STARTER}:2:12: not valid Python: '(' was never closed"],
    ),
    "a starter without indentation": (
        STARTER,
        "    pass",
        "pass",
        [
            f"{STARTER}:2:1: not valid Python: expected an indented block after function "
            "definition on line 1"
        ],
    ),
    "a starter with many brackets": (
        STARTER,
        "scale: float = 1.0",
        f"scale=1.0, much={'[' * 199}{']' * 199}",
        [f"{STARTER}:1:192: not valid Python: nested more than 150 levels deep"],
    ),
    "a starter with more brackets than Python reads": (
        STARTER,
        "    pass",
        "    return " + "(" * 50_000,
        [f"{STARTER}:2:212: not valid Python: too many nested parentheses"],
    ),
    "a starter with many signs": (
        STARTER,
        "    pass",
        "    return " + "-" * 100_000 + "1",
        [f"{STARTER}:1:1: not valid Python: nested too deeply"],
    ),
    "a starter with a null byte": (
        STARTER,
        "    pass",
        "    pass\0",
        [f"{STARTER}:2:9: found a null byte; remove it"],
    ),
    "a number for any number of arguments": (
        STARTER,
        "scale: float = 1.0",
        "*scale: float",
        [f"{CASES}:9:7: in case 'one-number', *scale expects a list of arguments"],
    ),
    "a reference that lacks the function": (
        REFERENCE,
        "def softmax",
        "def soft_max",
        [
            f"{REFERENCE}:1:1: the function 'softmax' that spec.md names is not defined here"
            " with `def`; did you mean 'soft_max'?"
        ],
    ),
    "a reference that is not valid Python": (
        REFERENCE,
        "for each in x]",
        "for each in x)",
        [
            f"{REFERENCE}:7:49: not valid Python: closing parenthesis ')' does not match "
            "opening parenthesis '['"
        ],
    ),
    "an argument without a parameter": (
        CASES,
        "scale: 2.0",
        "scael: 2.0",
        [f"{CASES}:9:7: the function has no parameter 'scael'; did you mean 'scale'?"],
    ),
    "an argument that resembles no parameter": (
        HIDDEN,
        "{x: []}",
        "{x: [], temperature: 1}",
        [f"{HIDDEN}:7:19: the function has no parameter 'temperature'; known: x, scale"],
    ),
    "an argument missing": (
        CASES,
        "      x: [3.0]\n",
        "",
        [f"{CASES}:8:7: case 'one-number' needs the argument 'x'"],
    ),
    "a misspelt required argument is reported once": (
        CASES,
        "{x: [0.0, 0.0]}",
        "{X: [0.0, 0.0]}",
        [f"{CASES}:3:12: the function has no parameter 'X'; did you mean 'x'?"],
    ),
    "an argument twice": (
        CASES,
        "      scale: 2.0",
        "      x: [2.0]",
        [f"{CASES}:9:7: duplicate key 'x' (first used on line 8); keep one"],
    ),
    "two public cases with the same name": (
        CASES,
        "one-number",
        "two-numbers",
        [
            f"{CASES}:6:11: duplicate case name 'two-numbers' (first used at {CASES}:2:11); "
            "choose another"
        ],
    ),
    "a hidden case with the name of a public one": (
        HIDDEN,
        "secret",
        "one-number",
        [
            f"{HIDDEN}:2:11: duplicate case name 'one-number' (first used at {CASES}:6:11); "
            "choose another"
        ],
    ),
    "a public case without an answer": (
        CASES,
        "    expected: [1.0]\n",
        "",
        [
            f"{CASES}:6:5: case 'one-number' needs `expected`, the answer that students see;"
            " `grader fill` writes it"
        ],
    ),
    "a misspelt public answer is reported once": (
        CASES,
        "expected: [1.0]",
        "expect: [1.0]",
        [f"{CASES}:10:5: a case has no key 'expect'; did you mean 'expected'?"],
    ),
    "a case without a name or an answer": (
        CASES,
        "  - name: one-number\n    args:",
        "  - args:",
        [f"{CASES}:6:5: a case needs the key 'name': unique name of the case, which students see"],
    ),
    "a case that is a text": (
        CASES,
        "  - name: one-number\n",
        "  - two\n  - name: one-number\n",
        [f"{CASES}:6:5: expected keys and values, found 'two'"],
    ),
    "decimals and a tolerance": (
        HIDDEN,
        "decimals: 4",
        "decimals: 4\n    tolerance: {rtol: 0.1}",
        [f"{HIDDEN}:5:16: expected `decimals` or `tolerance`, found both; keep one"],
    ),
    "a tolerance of a case that is negative": (
        CASES,
        "{rtol: 0.125}",
        "{rtol: -0.125}",
        [f"{CASES}:11:23: expected a number at least 0, found '-0.125'"],
    ),
    "a ragged array": (
        HIDDEN,
        "[1.0, 2.0]",
        "!float64 [[1.0], [2.0, 3.0]]",
        [
            f"{HIDDEN}:3:32: this row is of shape (2,), the first is of shape (1,); "
            "give all rows of an array the same shape"
        ],
    ),
    "an answer that contains itself": (
        CASES,
        "expected: [1.0]",
        "expected: &me [*me]",
        [f"{CASES}:10:15: an alias in this value refers to the value itself; write the value out"],
    ),
    "the key above all cases misspelt": (
        CASES,
        "cases:",
        "caes:",
        [f"{CASES}:1:1: a file of cases has no key 'caes'; did you mean 'cases'?"],
    ),
    "no public cases": (
        CASES,
        GOOD[CASES],
        "# to be written\n",
        [f"{CASES}:1:1: expected keys and values, found nothing"],
    ),
    "a text to find that does not occur": (
        WRONG,
        "find: scale * each",
        "find: each * scale",
        [f"{WRONG}:5:15: the text to find does not occur {COPY}"],
    ),
    "a text to find that occurs four times": (
        WRONG,
        "find: scale * each",
        "find: each",
        [f"{WRONG}:5:15: the text to find occurs 4 times {ONCE}"],
    ),
    "two texts to find, both wrong": (
        WRONG,
        "replace: each",
        "replace: each\n      - {find: nowhere, replace: x}\n      - {find: exps, replace: y}",
        [
            f"{WRONG}:7:16: the text to find does not occur {COPY}",
            f"{WRONG}:8:16: the text to find occurs 3 times {ONCE}",
        ],
    ),
    "an edit that breaks the syntax": (
        WRONG,
        "replace: each",
        "replace: scale *",
        [
            f"{WRONG}:5:7: with these edits, line 7 of the reference is 'exps = [math.exp(scale *) "
            "for each in x]', which is not valid Python: invalid syntax"
        ],
    ),
    "a misconception without edits or file": (
        WRONG,
        "slug: one-alone",
        "slug: all-alone",
        [
            f"{WRONG}:7:5: misconception 'all-alone' needs `edits`, or the file "
            "solutions/softmax/wrong/all-alone.py"
        ],
    ),
    "two misconceptions with the same name": (
        WRONG,
        "one-alone",
        "no-scale",
        [
            f"{WRONG}:7:5: misconception 'no-scale' needs `edits`, or the file "
            "solutions/softmax/wrong/no-scale.py",
            f"{WRONG}:7:11: duplicate misconception name 'no-scale' (first used at "
            f"{WRONG}:2:11); choose another",
        ],
    ),
    "a misconception without a hint": (
        WRONG,
        "    hint: What is the scale for?\n",
        "",
        [
            f"{WRONG}:2:5: a misconception needs the key 'hint': hint for students whose answers "
            "match it"
        ],
    ),
    "a name that leaves the folder": (
        WRONG,
        "slug: one-alone",
        "slug: ../../secret",
        [
            f"{WRONG}:7:11: expected a name: letters and digits, joined by hyphens, "
            "found '../../secret'",
        ],
    ),
}


@pytest.mark.parametrize("path, find, replace, said", MISTAKES.values(), ids=MISTAKES)
def test_an_error_is_reported_at_its_location(
    path: str, find: str, replace: str, said: list[str]
) -> None:
    assert GOOD[path].count(find) == 1
    write(GOOD | {path: GOOD[path].replace(find, replace)})
    assert diagnostics() == said


NOT_THERE = {
    SPEC: "there is no such file; `grader new` shows what a problem consists of",
    STARTER: "there is no such file; `grader new` shows what a problem consists of",
    CASES: "there is no such file; `grader new` shows what a problem consists of",
    REFERENCE: "there is no such file; `grader new` shows what a problem consists of",
}


@pytest.mark.parametrize("path, said", NOT_THERE.items(), ids=NOT_THERE)
def test_a_missing_file_is_reported(path: str, said: str) -> None:
    write({each: text for each, text in GOOD.items() if each != path})
    assert diagnostics() == [f"{path}:1:1: {said}"]


def test_all_missing_files_are_reported_at_once() -> None:
    Path("solutions/softmax").mkdir(parents=True)
    assert diagnostics() == [f"{path}:1:1: {said}" for path, said in sorted(NOT_THERE.items())]


@pytest.mark.parametrize("path", [SPEC, STARTER, CASES, REFERENCE, HIDDEN, WRONG])
def test_a_file_that_is_not_utf_8_is_reported(path: str) -> None:
    write(GOOD)
    Path(path).write_bytes("# Grüße\n".encode() + b"# caf\xe9\n" + GOOD[path].encode())
    assert diagnostics() == [f"{path}:2:6: the byte 0xe9 is not UTF-8; save the file as UTF-8"]


def test_a_folder_instead_of_a_file_is_reported() -> None:
    write({path: text for path, text in GOOD.items() if path != LOOPS})
    Path(LOOPS).mkdir(parents=True)
    assert diagnostics() == [f"{LOOPS}:1:1: cannot be read: Is a directory"]


def test_a_file_outside_this_folder_is_reported_with_its_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(GOOD | {STARTER: "pass\n"})
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    with pytest.raises(SpecError, match=re.escape(f"{tmp_path / STARTER}:1:1: the function")):
        load_problem(str(tmp_path / "problems" / "softmax"))


@pytest.mark.parametrize("path", BROKEN, ids=[path.stem for path in BROKEN])
def test_all_errors_are_reported_at_once(path: Path) -> None:
    """Each file in `broken/` is a problem, followed by the errors that are reported for it."""
    parts = re.split(r"^==> (.*) <==\n", path.read_text(encoding="utf-8"), flags=re.M)[1:]
    files = {
        name: text.strip("\n") + "\n" for name, text in zip(parts[::2], parts[1::2], strict=True)
    }
    said = files.pop("diagnostics").splitlines()
    write(files)
    assert diagnostics() == said
