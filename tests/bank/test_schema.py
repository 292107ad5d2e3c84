"""The forms of an author's files, and the JSON Schemas that tell editors about them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from grader.bank.case_fields import CASES
from grader.bank.checker_fields import CHECKER, EXAMPLES
from grader.bank.raw import RawTolerance
from grader.bank.schema import SCHEMAS, SPEC, WRONG, schema_text
from grader.checkers import CHECKERS, CLOSE, with_strict_integers
from grader.checkers.form import OfDtype, ShapeOnly
from grader.checkers.norm import Norm
from grader.checkers.python import PythonChecker
from grader.checkers.span import SameSpan, Vectors
from grader.checkers.unordered import Unordered
from grader.checkers.up_to import Freedom, UpToFactor, UpToLabels
from grader.errors import SpecError
from grader.model.checker import Checker, Tolerance
from grader.model.problem import Limits, Paper
from grader.values import Array, Value
from grader.yaml_reader.literals import AnyValue
from grader.yaml_reader.nodes import Node, parse
from tests._support.bank import DATA, ROOT

FOLDER = ROOT / "grader" / "schemas"


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema_text(name)))


def front_matter(text: str) -> str:
    return text.split("---\n")[1]


def plain(value: Value) -> Any:
    """The value as an editor sees it, which knows neither tags nor arrays."""
    match value:
        case dict():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(item) for item in value]
        case Array():
            return value.nested()
        case complex():
            return str(value)
    return value


def as_an_editor_sees_it(text: str) -> Any:
    return plain(AnyValue().read(parse(text, "f.yaml")))


# The schema files --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schema_file_is_up_to_date(name: str) -> None:
    path = FOLDER / f"{name}.schema.json"
    assert path.read_text(encoding="utf-8") == schema_text(name), "run `make schemas`"


def test_every_schema_file_has_a_declaration() -> None:
    forms = {f"{name}.schema.json" for name in SCHEMAS}
    others = {"assignment.schema.json", "course.schema.json", "judgement-2.schema.json"}
    assert {path.name for path in FOLDER.iterdir()} == forms | others


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_valid_and_describes_every_key(name: str) -> None:
    schema = json.loads(schema_text(name))
    Draft202012Validator.check_schema(schema)

    def undescribed(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            for key, field in part.get("properties", {}).items():
                if not field.get("description"):
                    yield key
            for inner in part.values():
                yield from undescribed(inner)

    assert list(undescribed(schema)) == []


def files(name: str) -> list[Path]:
    pattern = {"spec": "problems/*/spec.md"} | {
        name: f"*/*/{name}.yaml" for name in SCHEMAS if name != "spec"
    }
    banks = (ROOT, DATA / "bank", DATA / "credit")
    found = [path for bank in banks for path in bank.glob(pattern[name])]
    return [path for path in found if path.relative_to(ROOT).parts[0] != "build"]


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_files_of_the_bank_are_valid(name: str) -> None:
    assert len(files(name)) > {"mutants": 2, "partial": 0}.get(name, 5)
    for path in files(name):
        text = path.read_text(encoding="utf-8")
        data = as_an_editor_sees_it(front_matter(text) if name == "spec" else text)
        assert [str(error) for error in validator(name).iter_errors(data)] == [], path


# Form and schema agree ---------------------------------------------------------------------------

SPEC_TEXT = """\
title: Softmax
difficulty: easy
category: Machine learning
function: softmax
tolerance: {rtol: 1e-4, atol: 1e-9}
limits: {wall_s: 5, cpu_s: 0.5, memory_mib: 512, output_kib: 1024, time: 20 x reference}
preload: [numpy, os.path]
paper: {title: A paper, url: "https://example.org/paper"}
integers: strict
groups:
  correct: {points: 6, hint: Try 0., credit: per case}
  fast: {points: 0.5, requires: correct, time: 30 x reference, bonus: true}
  huge: {requires: [correct, fast], credit: all or nothing}
"""
CASES_TEXT = """\
cases:
  - name: two-numbers
    args: {x: [0.0, 0.0], n: !tuple [1, 2]}
    expected: !float32 [0.5, 0.5]
    checker: close
    tolerance: {rtol: 1e-3}
    points: 1/3
    explanation: Both are equal.
    remark: no
  - name: no-numbers
    args: {}
    expected:
    decimals: 4
    bonus: true
    group: fast
    limits: {cpu_s: 3, wall_s: 9, memory_mib: 16, output_kib: 1}
  - name: many-numbers
    generate: {function: batch, seed: 3, n: !tuple [40_000, 2]}
"""
WRONG_TEXT = """\
misconceptions:
  - slug: no-maximum
    hint: What about large numbers?
    edits:
      - find: x - max(x)
        replace: ""
  - slug: in-a-file
    hint: no
"""
MUTANTS_TEXT = """\
excused:
  - before: "y = np.clip(x, low, high)"
    after: "y = np.clip(low, x, high)"
    reason: The middle of the three is the same.
"""
PARTIAL_TEXT = """\
partial:
  - {slug: loop, verdict: time limit, points: 13/2, hint: How many steps}
  - {slug: half, verdict: wrong answer, points: 3}
"""
TEXTS = {
    "spec": SPEC_TEXT,
    "cases": CASES_TEXT,
    "wrong": WRONG_TEXT,
    "mutants": MUTANTS_TEXT,
    "partial": PARTIAL_TEXT,
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_valid_file_is_accepted(name: str) -> None:
    SCHEMAS[name].read(parse(TEXTS[name], "f.yaml"))
    assert list(validator(name).iter_errors(as_an_editor_sees_it(TEXTS[name]))) == []


REFUSED: dict[str, tuple[str, str, str, str]] = {
    "spec, key misspelt": (
        "spec",
        "category:",
        "categroy:",
        "3:1: a spec has no key 'categroy'; did you mean 'category'?",
    ),
    "spec, no title": (
        "spec",
        "title: Softmax\n",
        "",
        "1:1: a spec needs the key 'title': title of the problem",
    ),
    "spec, an empty title": (
        "spec",
        "title: Softmax",
        'title: ""',
        "1:8: expected a text, found an empty one",
    ),
    "spec, a title without a text": (
        "spec",
        "title: Softmax",
        "title:",
        "1:7: expected a text, found an empty one",
    ),
    "spec, no function": (
        "spec",
        "function: softmax\n",
        "",
        "1:1: a spec needs the key 'function', 'functions' or 'class': name of the function that"
        " students write, as in starter.py",
    ),
    "spec, an unknown difficulty": (
        "spec",
        "easy",
        "hrad",
        "2:13: 'hrad' is not known; did you mean 'hard'?",
    ),
    "spec, an invalid name of a function": (
        "spec",
        "function: softmax",
        "function: soft-max",
        "4:11: expected the name of a function, found 'soft-max'",
    ),
    "spec, tolerance misspelt": (
        "spec",
        "{rtol:",
        "{rtoll:",
        "5:13: a tolerance has no key 'rtoll'; did you mean 'rtol'?",
    ),
    "spec, negative tolerance": (
        "spec",
        "rtol: 1e-4",
        "rtol: -1e-4",
        "5:19: expected a number at least 0, found '-1e-4'",
    ),
    "spec, tolerance without key": (
        "spec",
        "{rtol: 1e-4, atol: 1e-9}",
        "1e-4",
        "5:12: expected keys and values, found '1e-4'",
    ),
    "spec, a tolerance that is a text": (
        "spec",
        "atol: 1e-9",
        "atol: tiny",
        "5:31: expected a number, like 1e-6, found 'tiny'",
    ),
    "spec, no time": (
        "spec",
        "wall_s: 5",
        "wall_s: 0",
        "6:18: expected a number greater than 0, found '0'",
    ),
    "spec, no memory": (
        "spec",
        "512",
        "1",
        "6:45: expected a whole number from 16 to 2147483648, found '1'",
    ),
    "spec, half a MiB": (
        "spec",
        "512",
        "512.5",
        "6:45: expected a whole number, found '512.5'",
    ),
    "spec, a time that is not a multiple": (
        "spec",
        "20 x reference",
        "20 s",
        "6:74: expected a multiple, like 20 x reference, found '20 s'",
    ),
    "spec, modules that are not a list": (
        "spec",
        "[numpy, os.path]",
        "numpy",
        "7:10: expected a list, found 'numpy'",
    ),
    "spec, an invalid name of a module": (
        "spec",
        "[numpy, os.path]",
        "[numpy, os-path]",
        "7:18: expected the name of a module, found 'os-path'",
    ),
    "spec, an invalid address": (
        "spec",
        '"https://example.org/paper"',
        "example.org",
        "8:30: expected an address that begins with https://, found 'example.org'",
    ),
    "spec, a paper without address": (
        "spec",
        ', url: "https://example.org/paper"',
        "",
        "8:8: a paper needs the key 'url': address of the paper",
    ),
    "cases, key misspelt": (
        "cases",
        "    points:",
        "    point:",
        "7:5: a case has no key 'point'; did you mean 'points'?",
    ),
    "cases, no name": (
        "cases",
        "name: no-numbers\n    args",
        "args",
        "10:5: a case needs the key 'name': unique name of the case, which students see",
    ),
    "cases, no arguments": (
        "cases",
        "    args: {}\n",
        "",
        "10:5: a case needs the key 'args', 'steps' or 'generate': arguments of the call, by name",
    ),
    "cases, a name of two words": (
        "cases",
        "two-numbers",
        "two numbers",
        "2:11: expected a name: letters and digits, joined by hyphens, found 'two numbers'",
    ),
    "cases, arguments in a list": (
        "cases",
        "args: {}",
        "args: [1, 2]",
        "11:11: expected keys and values, found a list",
    ),
    "cases, an unknown checker": (
        "cases",
        "checker: close",
        "checker: same-kind",
        "5:14: 'same-kind' is not known; did you mean 'same_kind'?",
    ),
    "spec, integers of another kind": (
        "spec",
        "integers: strict",
        "integers: whole",
        "9:11: 'whole' is not known; known: strict",
    ),
    "cases, negative points": (
        "cases",
        "1/3",
        "-1",
        "7:13: expected a number of points, like 2, 0.5 or 1/3, found '-1'",
    ),
    "cases, points that are a text": (
        "cases",
        "1/3",
        "many",
        "7:13: expected a number of points, like 2, 0.5 or 1/3, found 'many'",
    ),
    "cases, too many decimals": (
        "cases",
        "decimals: 4",
        "decimals: 16",
        "13:15: expected a whole number from 0 to 15, found '16'",
    ),
    "cases, none": (
        "cases",
        CASES_TEXT,
        "cases: []\n",
        "1:8: expected 1 or more items, found 0",
    ),
    "cases, a mapping": (
        "cases",
        CASES_TEXT,
        "cases: {name: a, args: {}}\n",
        "1:8: expected a list, found a mapping",
    ),
    "cases, without the key": (
        "cases",
        CASES_TEXT,
        "- name: a\n",
        "1:1: expected keys and values, found a list",
    ),
    "spec, no group": (
        "spec",
        SPEC_TEXT[SPEC_TEXT.index("groups:") :],
        "groups: {}\n",
        "10:9: expected a group, like {correct: {points: 6}}, found {}",
    ),
    "spec, a group with a space": (
        "spec",
        "fast:",
        "fast one:",
        "12:3: expected a name: letters and digits, joined by hyphens, found 'fast one'",
    ),
    "spec, a group that requires nothing": (
        "spec",
        "requires: correct",
        "requires: []",
        "12:33: expected 1 or more items, found 0",
    ),
    "spec, an unknown credit": (
        "spec",
        "all or nothing",
        "all",
        "13:45: 'all' is not known; known: per case, all or nothing",
    ),
    "spec, a time in seconds": (
        "spec",
        "30 x reference",
        "3 s",
        "12:48: expected a multiple, like 20 x reference, found '3 s'",
    ),
    "cases, points of no key": (
        "cases",
        "points: 1/3",
        "points: {}",
        "7:13: expected points for a key, like {w1: 2, b1: 1}",
    ),
    "cases, points of a key that are negative": (
        "cases",
        "points: 1/3",
        "points: {w1: 1, b1: -1}",
        "7:25: expected a number of points, like 2, 0.5 or 1/3, found '-1'",
    ),
    "cases, a time in the limits of a case": (
        "cases",
        "cpu_s: 3",
        "time: 20 x reference",
        "16:14: `limits` of a case has no key 'time'; known: wall_s, cpu_s, memory_mib, output_kib",
    ),
    "cases, a generator without a function": (
        "cases",
        "function: batch, ",
        "",
        "18:15: expected the `function` that makes the arguments, like {function: batch}",
    ),
    "cases, a generator that is a text": (
        "cases",
        "{function: batch, seed: 3, n: !tuple [40_000, 2]}",
        "batch",
        "18:15: expected keys and values, found 'batch'",
    ),
    "cases, arguments that are written and made": (
        "cases",
        "generate: {",
        "args: {}\n    generate: {",
        "19:5: expected one of 'args', 'steps' or 'generate', found 'args' and 'generate'; keep"
        " one",
    ),
    "cases, no memory": (
        "cases",
        "memory_mib: 16",
        "memory_mib: 1",
        "16:47: expected a whole number from 16 to 2147483648, found '1'",
    ),
    "partial, an unknown verdict": (
        "partial",
        "time limit",
        "too slow",
        "2:27: 'too slow' is not known; known: accepted, wrong answer, run-time error, time limit, "
        "memory limit, output limit, invalid submission",
    ),
    "partial, no points": (
        "partial",
        ", points: 3",
        "",
        "3:5: a partial solution needs the key 'points': points that it must get, exactly",
    ),
    "wrong, no hint": (
        "wrong",
        "    hint: What about large numbers?\n",
        "",
        "2:5: a misconception needs the key 'hint': hint for students whose answers match it",
    ),
    "wrong, key misspelt": (
        "wrong",
        "edits:",
        "edit:",
        "4:5: a misconception has no key 'edit'; did you mean 'edits'?",
    ),
    "wrong, no edits": (
        "wrong",
        '\n      - find: x - max(x)\n        replace: ""',
        " []",
        "4:12: expected 1 or more items, found 0",
    ),
    "wrong, no replacement": (
        "wrong",
        '\n        replace: ""',
        "",
        "5:9: an edit needs the key 'replace': replacement of this text",
    ),
    "wrong, an edit that is a text": (
        "wrong",
        'find: x - max(x)\n        replace: ""',
        "x - max(x)",
        "5:9: expected keys and values, found 'x - max(x)'",
    ),
}


@pytest.mark.parametrize("name, find, replace, said", REFUSED.values(), ids=REFUSED)
def test_an_invalid_file_is_refused(name: str, find: str, replace: str, said: str) -> None:
    text = TEXTS[name].replace(find, replace)
    assert text != TEXTS[name]
    with pytest.raises(SpecError) as caught:
        SCHEMAS[name].read(parse(text, "f.yaml"))
    assert str(caught.value) == f"f.yaml:{said}"
    assert list(validator(name).iter_errors(as_an_editor_sees_it(text))) != []


# What the forms make -----------------------------------------------------------------------------


def node() -> Node:
    return parse("{}", "f.yaml")


def test_a_spec_is_read() -> None:
    spec = SPEC.read(parse(SPEC_TEXT, "f.yaml"))
    assert (spec.title, spec.difficulty, spec.function) == ("Softmax", "easy", "softmax")
    assert spec.tolerance is not None and (spec.tolerance.rtol, spec.tolerance.atol) == (1e-4, 1e-9)
    assert spec.limits.limits == Limits(wall_s=5.0, cpu_s=0.5, memory_mib=512, output_kib=1024)
    assert spec.limits.times_reference == 20.0 and spec.preload == ("numpy", "os.path")
    assert spec.paper == Paper("A paper", "https://example.org/paper")


def test_limits_that_are_left_out_are_the_default() -> None:
    text = SPEC_TEXT.replace(
        "{wall_s: 5, cpu_s: 0.5, memory_mib: 512, output_kib: 1024, time: 20 x reference}",
        "{cpu_s: 2}",
    )
    limits = SPEC.read(parse(text, "f.yaml")).limits
    assert limits.limits == Limits(cpu_s=2.0) and limits.times_reference is None


def test_cases_are_read() -> None:
    full, bare, made = CASES.read(parse(CASES_TEXT, "f.yaml"))
    (call,), (other,) = full.steps, bare.steps
    assert [(key and key.text, value) for key, value in call.args] == [
        ("x", [0.0, 0.0]),
        ("n", (1, 2)),
    ]
    assert made.generate is not None and made.generate.function == "batch"
    assert [key.text for key, _ in made.generate.args] == ["seed", "n"]
    assert full.points == Fraction(1, 3) and full.remark == "no" and call.decimals is None
    assert bare.points is None and other.decimals == 4 and other.checker is CLOSE
    # An answer of None is written; one that is not written is something else.
    assert other.expected is None and other.has_expected
    unwritten = CASES_TEXT.replace("    expected:\n", "")
    assert not CASES.read(parse(unwritten, "f.yaml"))[1].steps[0].has_expected


def test_misconceptions_are_read() -> None:
    edited, in_a_file = WRONG.read(parse(WRONG_TEXT, "f.yaml"))
    assert [(edit.find, edit.replace) for edit in edited.edits] == [("x - max(x)", "")]
    assert in_a_file.edits == () and in_a_file.hint == "no"


def test_every_checker_can_be_named() -> None:
    for checker in CHECKERS:
        text = CASES_TEXT.replace("checker: close", f"checker: {checker}")
        assert CASES.read(parse(text, "f.yaml"))[0].steps[0].checker is CHECKERS[checker]


WITH_PARAMETERS: dict[str, Checker] = {
    "{unordered: true}": Unordered(),
    "{unordered: {depth: 2, duplicates: false}}": Unordered(2, duplicates=False),
    "{up_to: sign}": UpToFactor(Freedom.SIGN),
    "{up_to: sign, axis: 1}": UpToFactor(Freedom.SIGN, 1),
    "{axis: 0, up_to: scale}": UpToFactor(Freedom.SCALE, 0),
    "{up_to: labels}": UpToLabels(),
    "{same_span: columns}": SameSpan(Vectors.COLUMNS),
    "{norm: 2}": Norm(2),
    "{norm: inf}": Norm(math.inf),
    "{shape: only}": ShapeOnly(),
    "{dtype: float32}": OfDtype("float32"),
    "{python: is_right}": PythonChecker("is_right"),
}


@pytest.mark.parametrize("written, checker", WITH_PARAMETERS.items(), ids=WITH_PARAMETERS)
def test_a_checker_may_have_parameters(written: str, checker: Checker) -> None:
    text = CASES_TEXT.replace("checker: close", f"checker: {written}")
    assert CASES.read(parse(text, "f.yaml"))[0].steps[0].checker == checker
    if "inf" not in written:  # which an editor reads as a text
        validator("cases").validate(as_an_editor_sees_it(text))


WRONG_CHECKERS = {
    "near": "1:10: 'near' is not known; known: close, same_kind, exact",
    "unordered": "1:10: the checker 'unordered' has a parameter; write it with its parameter, like "
    "{unordered: true}",
    "{}": "1:10: expected a checker, like {unordered: true}, found {}",
    "{exact: true}": "1:11: there is no checker with the key 'exact'; write it without braces: "
    "checker: exact",
    "{unordere: true}": "1:11: there is no checker with the key 'unordere'; did you mean "
    "'unordered'?",
    "{unordered: false}": "1:22: expected true, or parameters like {depth: 1}; for a fixed order, "
    "remove it",
    "{unordered: {depth: 0}}": "1:30: expected a whole number from 1 to 4, found '0'",
    "{unordered: {dept: 1}}": "1:23: unordered has no key 'dept'; did you mean 'depth'?",
    "{unordered: true, axis: 0}": "1:28: a checker `unordered` has no key 'axis'",
    "{up_to: size}": "1:18: 'size' is not known; known: sign, scale, labels",
    "{up_to: sign, axis: row}": "1:30: expected a whole number, found 'row'",
    "{up_to: labels, axis: 0}": "1:26: `up_to: labels` has no axis; remove it",
    "{same_span: lines}": "1:22: 'lines' is not known; known: rows, columns",
    "{norm: 3}": "1:17: expected the norm 1, 2 or inf, found '3'",
    "{shape: true}": "1:18: 'true' is not known",
    "{dtype: float31}": "1:18: 'float31' is not known; did you mean 'float32'?",
    "{python: is-right}": "1:19: expected the name of a function, found 'is-right'",
    "[exact]": "1:10: expected a text, found a list",
}


@pytest.mark.parametrize("written, text", WRONG_CHECKERS.items(), ids=WRONG_CHECKERS)
def test_a_wrong_checker_is_reported_where_it_is_wrong(written: str, text: str) -> None:
    node = parse(f"checker: {written}", "f.yaml").get("checker")
    assert node is not None
    with pytest.raises(SpecError) as error:
        CHECKER.read(node)
    (found,) = error.value.diagnostics
    assert f"{found.at.line}:{found.at.column}: {found.text}".startswith(text)
    if any(each in written for each in ("labels", "0.4", ".nan")):  # beyond the schema
        return
    invalid = as_an_editor_sees_it(CASES_TEXT.replace("checker: close", f"checker: {written}"))
    assert not validator("cases").is_valid(invalid)


POINTS = {"1": 1, "0": 0, "0.1": Fraction(1, 10), "1/3": Fraction(1, 3), "'2/6'": Fraction(1, 3)}


@pytest.mark.parametrize("text, points", POINTS.items(), ids=POINTS)
def test_points_are_exact(text: str, points: Fraction) -> None:
    case, *_ = CASES.read(parse(CASES_TEXT.replace("1/3", text), "f.yaml"))
    assert isinstance(case.points, Fraction) and case.points == points


def test_three_thirds_and_ten_tenths_are_whole() -> None:
    third, *_ = CASES.read(parse(CASES_TEXT, "f.yaml"))
    tenth, *_ = CASES.read(parse(CASES_TEXT.replace("1/3", "0.1"), "f.yaml"))
    assert sum([third.points] * 3) == 1 and sum([tenth.points] * 10) == 1


BASE = Tolerance(rtol=0.5, atol=0.25)
OVER = {
    "nothing": ({}, BASE),
    "rtol alone": ({"rtol": 0.125}, Tolerance(0.125, 0.25)),
    "atol alone": ({"atol": 0.125}, Tolerance(0.5, 0.125)),
    "both": ({"rtol": 0.125, "atol": 1.0}, Tolerance(0.125, 1.0)),
    "zero is not left out": ({"rtol": 0.0, "atol": 0.0}, Tolerance(0.0, 0.0)),
}


@pytest.mark.parametrize("given, tolerance", OVER.values(), ids=OVER)
def test_what_a_tolerance_leaves_out_is_inherited(
    given: dict[str, float], tolerance: Tolerance
) -> None:
    assert RawTolerance(node(), **given).over(BASE) == tolerance


WRITTEN_CHECKERS = (
    *EXAMPLES.values(),
    *CHECKERS,
    "{unordered: {depth: 2, duplicates: false}}",
    "{unordered: {depth: 3}}",
    "{up_to: scale, axis: 1}",
    "{up_to: labels}",
    "{norm: inf}",
    "{frequencies: [0.25, 0.75], false_reject: 1e-05}",
    "{mean: -1.5, sd: 2.0}",
)


@pytest.mark.parametrize("text", WRITTEN_CHECKERS)
def test_checkers_are_written_as_they_are_read(text: str) -> None:
    checker = CHECKER.read(parse(text, "cases.yaml"))
    assert CHECKER.read(parse(checker.yaml, "cases.yaml")) == checker
    assert CHECKER.read(parse(with_strict_integers(checker).yaml, "cases.yaml")) == checker
