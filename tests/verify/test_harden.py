"""`grader harden` finds simple, valid cases; `grader new` writes a complete problem."""

from __future__ import annotations

import math
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.bank.constraints.check import find_violations
from grader.bank.load import load_problem
from grader.bank.locate import Bank, find_bank
from grader.bank.scaffold import KINDS, write_problem
from grader.checkers import CLOSE
from grader.errors import Location
from grader.model.entry_point import EntryPoint
from grader.model.problem import Case
from grader.model.verification import Hardening, Level, NewCase
from grader.sandbox.host import Sandbox
from grader.values import Array, Unsupported, Value
from grader.values.encode import encode
from grader.values.yaml_literal import literal
from grader.verify import verify
from grader.verify.evidence import Evidence
from grader.verify.harden import harden
from grader.verify.input_generator import InputGenerator
from grader.yaml_reader.literals import AnyValue
from grader.yaml_reader.nodes import parse
from tests._support.bank import BANK, ROOT, Command, load
from tests._support.scripts import write_problem as write_problem_of_steps

ROUNDS = 30


@pytest.fixture(scope="module")
def public_bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    """The bank without its hidden cases, which accepts some misconceptions."""
    folder = tmp_path_factory.mktemp("public")
    for part in ("problems", "solutions"):
        shutil.copytree(ROOT / part, folder / part)
    for path in folder.glob("solutions/*/cases.yaml"):
        path.unlink()
    return find_bank(str(folder))


ACCEPTED = {
    "dr-grpo": {"epsilon-hard-coded"},
    "grpo": {"epsilon-hard-coded", "beta-hard-coded", "rounded-result"},
    "sequence-level-policy-gradient": {"std-plus-1e-8", "exact-zero-sigma-test"},
}


@pytest.mark.parametrize("slug, accepted", ACCEPTED.items(), ids=ACCEPTED)
def test_new_cases_reject_what_public_cases_accept(
    slug: str, accepted: set[str], public_bank: Bank, sandbox: Sandbox, tmp_path: Path
) -> None:
    evidence = Evidence(public_bank, slug, (sandbox, sandbox))
    found = harden(evidence, sandbox, ROUNDS, seed=0)
    assert found.survivors == ()
    assert {name for case in found.cases for name in case.rejects} >= accepted
    # Pasted into the file of hidden cases, as the output says, they reject every misconception.
    for part in ("problems", "solutions"):
        shutil.copytree(ROOT / part / slug, tmp_path / part / slug)
    pasted = tmp_path / "solutions" / slug / "cases.yaml"
    with pasted.open("w") as out:
        out.write("cases:\n")
        from grader.reports.verification.new_cases import write

        write(found, out)
    report = verify(find_bank(str(tmp_path)), slug, (sandbox, sandbox))
    assert [str(each) for each in report.findings if each.level is Level.ERROR] == []
    assert report.misconceptions.rejected == report.misconceptions.total


def test_the_same_seed_finds_the_same_cases(public_bank: Bank, sandbox: Sandbox) -> None:
    evidence = Evidence(public_bank, "grpo", (sandbox, sandbox))
    first, second = (harden(evidence, sandbox, ROUNDS, seed=3) for _ in range(2))
    assert first == second != harden(evidence, sandbox, ROUNDS, seed=4)


def test_no_two_cases_are_the_same_after_they_were_simplified(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """One solution is wrong above 1 and one below; the simplest number shows both errors."""
    write_problem_of_steps(
        tmp_path,
        spec="function: double\nargs: {x: number}",
        starter="def double(x): ...\n",
        cases="cases:\n  - {name: one, args: {x: 1.0}, expected: 2.0}\n",
    )
    solutions = tmp_path / "solutions/one"
    solutions.mkdir(parents=True)
    (solutions / "reference.py").write_text("def double(x):\n    return x + x\n")
    wrong = [
        f"  - slug: {slug}\n    hint: What is the double of {x}?\n"
        f"    edits: [{{find: x + x, replace: x + x + 9 * ({condition})}}]\n"
        for slug, x, condition in (("high", 2, "x > 1 or x == 0"), ("low", -2, "x < 1"))
    ]
    (solutions / "wrong.yaml").write_text("misconceptions:\n" + "".join(wrong))
    evidence = Evidence(find_bank(str(tmp_path)), "one", (sandbox, sandbox))
    found = harden(evidence, sandbox, rounds=4, seed=3)
    assert {"high", "low"} <= {name for each in found.cases for name in each.rejects}
    inputs = [encode(dict(each.case.args)) for each in found.cases]
    assert len(inputs) == len(set(inputs))


_PAIR = """\
cases:
  - {name: none, args: {n: -1.0}, raises: ValueError}
  - name: one
    args: {n: 1.0}
    expected: [1.0, 2.0]
    checker: CHECKER
    decimals: 3
  - name: two
    args: {n: 2.0}
    expected: [2.0, 4.0]
    checker: CHECKER
    decimals: 3
"""
_PAIR_RIGHT = """\
def pair(n):
    if n < 0:
        raise ValueError(n)
    return [n, n + n]
"""


def _write_pair(bank: Path, checker: str, right: str) -> Path:
    """Write a problem whose only misconception is wrong above 5; return its solutions."""
    write_problem_of_steps(
        bank,
        spec="function: pair\nargs: {n: 'number, -9 <= x <= 9'}",
        starter="def pair(n): ...\n",
        cases=_PAIR.replace("CHECKER", checker),
    )
    (bank / "problems/one/checker.py").write_text(
        "def is_pair(answer, n):\n    return answer in ([n, n + n], [n + n, n])\n"
    )
    solutions = bank / "solutions/one"
    (solutions / "right").mkdir(parents=True)
    (solutions / "reference.py").write_text(_PAIR_RIGHT)
    (solutions / "right/other.py").write_text(right)
    (solutions / "wrong.yaml").write_text(
        "misconceptions:\n  - slug: large\n    hint: And if n is 9?\n"
        "    edits: [{find: 'n + n]', replace: 'n + n + (n > 5)]'}]\n"
    )
    return solutions


@pytest.mark.parametrize("checker", ["{unordered: true}", "{python: is_pair}", "close"])
def test_new_cases_are_judged_like_the_others(
    checker: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    """Also where the first case expects an exception, which other arguments do not raise."""
    solutions = _write_pair(tmp_path, checker, _PAIR_RIGHT)
    found = harden(Evidence(find_bank(str(tmp_path)), "one", (sandbox, sandbox)), sandbox, 4, 0)
    from grader.reports.verification.new_cases import write

    assert "large" not in found.survivors
    with (solutions / "cases.yaml").open("w") as out:
        out.write("cases:\n")
        write(found, out)
    problem = load_problem(str(tmp_path / "problems/one"), str(solutions))
    steps = [case.step for case in problem.cases if case.hidden]
    assert steps and all(step.has_expected and step.raises is None for step in steps)
    (rule,) = {(step.checker.name, step.tolerance) for step in (*steps, problem.cases[1].step)}
    assert rule[1].decimals == 3


def test_all_correct_solutions_agree_on_new_cases(sandbox: Sandbox, tmp_path: Path) -> None:
    """Where one of them answers differently, nobody knows what is right."""
    other = _PAIR_RIGHT.replace("n + n]", "n + n if n < 5 else 11.0]")
    _write_pair(tmp_path, "close", other)
    found = harden(Evidence(find_bank(str(tmp_path)), "one", (sandbox, sandbox)), sandbox, 4, 0)
    assert "large" in found.survivors
    assert found.accepted_solutions == 2


def test_a_reference_that_nothing_confirms_is_pointed_out(sandbox: Sandbox, tmp_path: Path) -> None:
    solutions = _write_pair(tmp_path, "close", _PAIR_RIGHT)
    (solutions / "right/other.py").unlink()
    found = harden(Evidence(find_bank(str(tmp_path)), "one", (sandbox, sandbox)), sandbox, 4, 0)
    from io import StringIO

    from grader.reports.verification.new_cases import write

    write(found, out := StringIO())
    assert "# no other correct solution confirms the answers of the reference" in out.getvalue()


def test_the_command_prints_cases_to_paste(grader: Command, public_bank: Bank) -> None:
    folder = Path(public_bank.problems).parent
    done = grader("harden", "grpo", bank=folder)
    assert done.returncode == 0 and done.stderr == ""
    assert "  # rejects epsilon-hard-coded\n" in done.stdout
    assert "\n  - name: new-1\n    args:\n      rhos: " in done.stdout
    done = grader("harden", "grpo", "--rounds", "0", bank=folder)
    assert done.returncode == 1
    assert "# found no input that rejects epsilon-hard-coded\n" in done.stdout
    done = grader("harden", "grpo")
    assert done.returncode == 0
    assert done.stdout == "# the cases reject every misconception and every mutant already\n"


@pytest.mark.parametrize("slug", BANK.slugs())
def test_generated_inputs_are_valid_and_various(slug: str) -> None:
    problem = load(slug)
    inputs = InputGenerator(problem, seed=1).inputs(200)
    assert len({encode(each) for each in inputs}) == 200
    assert [find_violations(problem.constraints, each) for each in inputs] == [[]] * 200
    for name, constraint in problem.constraints.args.items():
        lengths = {len(each[name]) for each in inputs if constraint.sizes}  # type: ignore[arg-type]
        assert len(lengths) > 3 or not constraint.sizes, "lists grow and shrink"
    optional = {each.name for each in problem.entry_point.parameters if not each.is_required}
    assert all(any(name not in each for each in inputs) for name in optional)


def test_arrays_and_tuples_keep_their_type() -> None:
    problem = load("dr-grpo")
    array = Array("float32", (2, 2), b"\0" * 16)
    args: dict[str, Value] = {"x": array, "y": (1.0, 2.0)}
    case = problem.cases[0].with_step(args=args)
    varied = InputGenerator(
        replace(problem, cases=(case,), entry_point=EntryPoint.of_function("f")), 0
    )
    inputs = varied.inputs(50)
    assert {type(each["x"]) for each in inputs} == {Array}
    assert {(each["x"].dtype, each["x"].shape) for each in inputs} == {("float32", (2, 2))}  # type: ignore[union-attr]
    assert {type(each["y"]) for each in inputs} == {tuple}
    assert len({encode(each["x"]) for each in inputs}) > 5


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False)
    | st.complex_numbers(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(VALUES)
def test_a_written_value_is_read_back(value: Value) -> None:
    assert encode(AnyValue().read(parse(literal(value), "x"))) == encode(value)


WRITTEN: dict[str, tuple[Value, str]] = {
    "nan": (math.nan, ".nan"),
    "infinities": ([math.inf, -math.inf], "[.inf, -.inf]"),
    "an array": (Array("int8", (2, 1), b"\1\2"), "!int8 [[1], [2]]"),
    "a set": ({2, 1}, "!set [1, 2]"),
    "a tiny number": (1e-06, "1e-06"),
}


@pytest.mark.parametrize("value, text", WRITTEN.values(), ids=WRITTEN)
def test_values_as_yaml(value: Value, text: str) -> None:
    assert literal(value) == text
    assert encode(AnyValue().read(parse(text, "x"))) == encode(value)


@pytest.mark.parametrize("value", [b"bytes", frozenset({1}), Unsupported("a thing")])
def test_values_that_yaml_cannot_write(value: Value) -> None:
    with pytest.raises(ValueError, match="expected a value that YAML can represent"):
        literal(value)


def test_names_cannot_break_out_of_a_comment(tmp_path: Path) -> None:
    from io import StringIO

    from grader.reports.verification.new_cases import write

    out = StringIO()
    case = Case.of_call("x", {"x": 1.5}, Location(""), CLOSE, expected=2, has_expected=True)
    new = NewCase(case, ("a\x1b[2J",), "small")
    write(Hardening((new,), ("b\r",), accepted_solutions=2), out)
    assert out.getvalue() == (
        "  # rejects a\ufffd[2J\n  - name: new-1\n    group: small\n    args:\n      x: 1.5\n"
        "    expected: 2\n"
        "# found no input that rejects b\ufffd\n"
    )


# A new problem -----------------------------------------------------------------------------------


def test_a_new_problem_is_complete_except_for_todos(grader: Command, tmp_path: Path) -> None:
    done = grader("new", "power-mean", bank=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "solutions/power-mean/right/loops.py\n" in done.stdout
    assert "`grader verify power-mean` lists what is left to do." in done.stdout
    problem = load_problem(
        str(tmp_path / "problems" / "power-mean"), str(tmp_path / "solutions" / "power-mean")
    )
    assert str(problem.entry_point) == "power_mean"
    done = grader("verify", "power-mean", bank=tmp_path)
    assert done.returncode == 0, done.stdout
    found = [line for line in done.stdout.splitlines() if ": warning: " in line]
    assert len(found) >= 5
    assert all(": warning: unfinished: TODO" in line for line in found)
    assert "correct solutions 3;" in done.stdout
    for path in tmp_path.rglob("*.*"):
        if path.suffix in (".py", ".md", ".yaml"):
            path.write_text(path.read_text("utf-8").replace("TODO", "Done"), "utf-8")
    assert ": warning: " not in grader("verify", "power-mean", bank=tmp_path).stdout


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_problem_of_each_kind_is_clean(kind: str, sandbox: Sandbox, tmp_path: Path) -> None:
    """Its statement has examples at the prompt, of which later ones depend on earlier ones."""
    for path in write_problem(tmp_path, "two-words", kind):
        path.write_text(path.read_text("utf-8").replace("TODO", "Done"), "utf-8")
    report = verify(find_bank(str(tmp_path)), "two-words", (sandbox, sandbox))
    assert [str(each) for each in report.findings if each.level is not Level.NOTE] == []
    names = {
        "function": ("two_words",),
        "functions": ("centre", "spread"),
        "class": ("TwoWords",),
    }
    assert load_problem(str(tmp_path / "problems" / "two-words")).entry_point.names == names[kind]


def test_an_existing_problem_is_not_overwritten(grader: Command, tmp_path: Path) -> None:
    assert grader("new", "mine", bank=tmp_path).returncode == 0
    spec = tmp_path / "problems" / "mine" / "spec.md"
    spec.write_text("mine")
    done = grader("new", "mine", bank=tmp_path)
    assert done.returncode == 2 and done.stderr.startswith("the problem 'mine' exists already: ")
    assert spec.read_text() == "mine"


def test_the_command_asks_for_a_kind(grader: Command, tmp_path: Path) -> None:
    assert grader("new", "3-sum", "--kind", "class", bank=tmp_path).returncode == 0
    assert "\nclass: Solve3Sum\n" in (tmp_path / "problems" / "3-sum" / "spec.md").read_text()


@pytest.mark.parametrize("name", ["../up", "a b", "", "-1", ".hidden", "a/b", "a_b"])
def test_invalid_names_of_problems(name: str, grader: Command, tmp_path: Path) -> None:
    done = grader("new", "--", name, bank=None)
    assert done.returncode == 2 and "is not a valid name of a problem; use letters" in done.stderr
    assert list(tmp_path.iterdir()) == []
