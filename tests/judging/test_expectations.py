"""What a case expects in place of an answer, or beside it: exceptions, arguments after the call."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.bank.load import load_problem
from grader.bank.locate import find_bank
from grader.checkers import CLOSE, agree
from grader.checkers.any_of import AnyOf
from grader.errors import SpecError
from grader.judging import output, results
from grader.judging.answer_key import AnswerKey
from grader.judging.audience import Audience
from grader.judging.judge import judge
from grader.judging.output import OF_OUTPUT, find_mismatch_of_output, is_same_output
from grader.model.checker import Mismatch, Tolerance
from grader.model.judgement import Judgement, RunStatus, Verdict
from grader.model.parts import NoPart, Part, parse_part, take_part
from grader.model.prints import OutputRule, Prints
from grader.model.problem import Submission
from grader.model.raises import Raises
from grader.model.verification import Level
from grader.reports.judgement import html, terminal
from grader.reports.judgement import json as json_report
from grader.reports.problem_text import problem_markdown
from grader.sandbox.host import Sandbox
from grader.values import Array, Value
from grader.verify import verify
from tests._support.bank import DATA
from tests._support.scripts import SCRIPTS, changed, judged, lines, write_problem

_MATRIX = Array("int8", (2, 2), b"\x01\x02\x03\x04")
_EMPTY = 'raise ValueError("no numbers")'

# edits of a reference that raises exceptions; verdict, points and message of each case
RAISED: dict[str, tuple[list[tuple[str, str]], list[str]]] = {
    "a value in place of an exception": (
        [(_EMPTY, "return 3.0")],
        [
            "AC 1/1",
            "WA 0/1 returned 3.0 where a ValueError is expected",
            "AC 2/2",
            "WA 0/1 returned 3.0 where an ArithmeticError or ValueError is expected",
            "AC 1/1",
        ],
    ),
    "nothing in place of an exception": (
        [(_EMPTY, "return None")],
        [
            "AC 1/1",
            "WA 0/1 returned None where a ValueError is expected",
            "AC 2/2",
            "WA 0/1 returned None where an ArithmeticError or ValueError is expected",
            "AC 1/1",
        ],
    ),
    "a class of the submission with the name of the built-in one": (
        [(_EMPTY, 'raise type("ValueError", (Exception,), {})("no numbers")')],
        [
            "AC 1/1",
            "RTE 0/1 raised ValueError: no numbers (line 6) where a ValueError is expected",
            "AC 2/2",
            "RTE 0/1 raised ValueError: no numbers (line 6) where an ArithmeticError or ValueError"
            " is expected",
            "AC 1/1",
        ],
    ),
    "another exception": (
        [(_EMPTY, "pass"), ("min(x) <= 0", "x and min(x) <= 0")],
        [
            "AC 1/1",
            "RTE 0/1 raised ZeroDivisionError: division by zero (line 9) where a ValueError is"
            " expected",
            "AC 2/2",
            "AC 1/1",
            "AC 1/1",
        ],
    ),
    "a subclass": (
        [(_EMPTY, "raise UnicodeError('no')")],
        ["AC 1/1", "AC 1/1", "AC 2/2", "AC 1/1", "AC 1/1"],
    ),
    "a base class": (
        [(_EMPTY, "raise Exception('ValueError')")],
        [
            "AC 1/1",
            "RTE 0/1 raised Exception: ValueError (line 6) where a ValueError is expected",
            "AC 2/2",
            "RTE 0/1 raised Exception: ValueError (line 6) where an ArithmeticError or ValueError"
            " is expected",
            "AC 1/1",
        ],
    ),
    "another message": (
        [("numbers must be positive", "not like this")],
        [
            "AC 1/1",
            "AC 1/1",
            "RTE 1/2 step 1, mean_of(…): raised ValueError: not like this (line 8) where a"
            " ValueError with 'positive' in its message is expected",
            "AC 1/1",
            "AC 1/1",
        ],
    ),
    "an end of the process": (
        [(_EMPTY, "import os; os._exit(1)")],
        [
            "AC 1/1",
            "RTE 0/1 the process exited with code 1, as after a call of os._exit",
            "AC 2/2",
            "RTE 0/1 the process exited with code 1, as after a call of os._exit",
            "AC 1/1",
        ],
    ),
}


@pytest.mark.parametrize("edits, said", RAISED.values(), ids=RAISED)
def test_an_exception_is_expected(
    edits: list[tuple[str, str]], said: list[str], sandbox: Sandbox
) -> None:
    assert lines(judged("mean-of", changed("mean-of", *edits), sandbox)) == said


def test_the_starter_does_not_raise_what_is_expected() -> None:
    """NotImplementedError is a RuntimeError, but only by its name what was asked for."""
    kinds = ("NotImplementedError", "RuntimeError", "Exception")
    for name, accepted in (("RuntimeError", False), ("NotImplementedError", True)):
        assert Raises(((name, ""),)).accepts(kinds, "NotImplementedError") is accepted


_OWN_STARTER = """class NoNumbers(ValueError):
    pass


def mean_of(x):
    raise NotImplementedError
"""
_OWN = "class NoNumbers(ValueError): pass\n"
_OWN_MEAN = """def mean_of(x):
    if not x:
        raise {}
    return sum(x) / len(x)
"""
OF_STARTER = {
    "as it is declared": (_OWN + _OWN_MEAN.format("NoNumbers('none')"), Verdict.ACCEPTED),
    "without a message": (_OWN + _OWN_MEAN.format("NoNumbers"), Verdict.ACCEPTED),
    "a subclass": (
        _OWN + "class None_(NoNumbers): pass\n" + _OWN_MEAN.format("None_()"),
        Verdict.ACCEPTED,
    ),
    "its base class": (_OWN + _OWN_MEAN.format("ValueError"), Verdict.RUN_TIME_ERROR),
    "another class": (
        "class Nothing(ValueError): pass\n" + _OWN_MEAN.format("Nothing"),
        Verdict.RUN_TIME_ERROR,
    ),
}


@pytest.mark.parametrize("source, verdict", OF_STARTER.values(), ids=OF_STARTER)
def test_an_exception_of_the_starter_is_expected(
    source: str, verdict: Verdict, sandbox: Sandbox, tmp_path: Path
) -> None:
    (tmp_path / "spec.md").write_text(
        "---\ntitle: Mean\ndifficulty: easy\ncategory: A\nfunction: mean_of\n---\nThe mean.\n"
    )
    (tmp_path / "starter.py").write_text(_OWN_STARTER)
    (tmp_path / "cases.yaml").write_text(
        "cases:\n  - {name: none, args: {x: []}, raises: NoNumbers}\n"
    )
    key = AnswerKey(load_problem(str(tmp_path)), sandbox)
    assert judge(key, Submission(source.encode(), "me.py"), sandbox).verdict is verdict


def test_a_call_that_does_not_fit_the_parameters_raises_nothing() -> None:
    """Else a function without parameters would have the points of a TypeError."""
    kinds, raises = ("TypeError", "Exception"), Raises((("TypeError", ""),))
    assert raises.accepts(kinds, "TypeError: not a number")
    assert raises.accepts(kinds, "TypeError")
    assert not raises.accepts(kinds, "the function cannot be called with the 1 argument: no")


def _returning(sandbox: Sandbox, audience: Audience = Audience.INSTRUCTOR) -> Judgement:
    return judged("mean-of", changed("mean-of", (_EMPTY, "return 3.0")), sandbox, audience)


def test_reports_say_what_is_expected(sandbox: Sandbox) -> None:
    judgement = _returning(sandbox)
    said = "returned 3.0 where a ValueError is expected"
    page, text = io.StringIO(), io.StringIO()
    html.write([judgement], page)
    terminal.write(judgement, text)
    assert said in page.getvalue() and said in " ".join(text.getvalue().split())
    assert json_report.document(judgement)["cases"][1]["message"] == said
    page = io.StringIO()
    html.write([judged("mean-of", changed("mean-of"), sandbox)], page)
    right = page.getvalue()
    assert "<dt>Raised</dt>" in right and "a ValueError with" in right
    assert "stopped here" not in right


def test_the_reference_must_raise_what_is_expected(sandbox: Sandbox, tmp_path: Path) -> None:
    """The problem of the tests has no errors; one whose reference returns a value has one."""
    with sandbox.with_another_hash_seed() as other:
        found = verify(SCRIPTS, "mean-of", (sandbox, other)).findings
        assert not [each for each in found if each.level is Level.ERROR]
        bank = shutil.copytree(DATA / "scripts", tmp_path / "bank")
        path = bank / "solutions" / "mean-of" / "reference.py"
        path.with_name("wrong.yaml").unlink()  # whose edits are of this reference
        path.write_text(changed("mean-of", (_EMPTY, "return 3.0")))
        found = verify(find_bank(str(bank)), "mean-of", (sandbox, other)).findings
    said = "does not answer case 'none': it returns 3.0 where a ValueError is expected"
    assert f"the reference {said}" in [each.text for each in found if each.level is Level.ERROR]


# edits of a reference that changes its argument in place; verdict, points and message of each case
CHANGED: dict[str, tuple[list[tuple[str, str]], list[str]]] = {
    "nothing is changed": (
        [("x /= x.sum()", "x / x.sum()")],
        [
            "WA 0/1 at x[0] after the call: got 1.0, expected 0.25 (off by 0.75; at most 2.5e-05"
            " is allowed)",
            "WA 0/2 at x[0] after the call: got 2.0, expected 0.5 (off by 1.5; at most 5e-05 is"
            " allowed)",
            "WA 0/1 at x[0] after the call: got 5.0, expected 0.5 (off by 4.5; at most 5e-05 is"
            " allowed)",
        ],
    ),
    "a right argument and an answer": (
        [("x /= x.sum()", "x /= x.sum(); return x")],
        [
            "WA 0/1 returned shape (2,) where None is expected: got array([0.25, 0.75],"
            " dtype=float64), expected None",
            "AC 2/2",
            "WA 0/1 returned shape (2,) where None is expected: got array([0.5, 0.5],"
            " dtype=float64), expected None",
        ],
    ),
    "another argument is changed": (
        [("    x /=", "    log.append(1)\n    x /=")],
        [
            "WA 0/1 the call must not change its argument log: got [1]",
            "WA 0/2 the call must not change its argument log: got [1]",
            "WA 0/1 the call must not change its argument log: got [1]",
        ],
    ),
    "an argument of another name": (
        [("(x, log)", "(y, log)"), ("x /= x.sum()", "y /= y.sum()")],
        ["AC 1/1", "AC 2/2", "AC 1/1"],
    ),
    "an exception after the change": (
        [("x /= x.sum()", "x /= x.sum(); raise KeyError(1)")],
        [
            "RTE 0/1 KeyError: 1 (line 5)",
            "RTE 0/2 KeyError: 1 (line 5)",
            "RTE 0/1 KeyError: 1 (line 5)",
        ],
    ),
}


@pytest.mark.parametrize("edits, said", CHANGED.values(), ids=CHANGED)
def test_an_argument_is_looked_at_after_the_call(
    edits: list[tuple[str, str]], said: list[str], sandbox: Sandbox
) -> None:
    assert lines(judged("normalise", changed("normalise", *edits), sandbox)) == said


# keys of spec.md and of a case that expects x to be [1, 2] after the call; the body of a function
BY_RULE: dict[str, tuple[str, str, str, str]] = {
    "close": ("", "expected: null", "x[:] = [1.0, 2.0]", "AC 1/1"),
    "strict": ("integers: strict", "expected: null", "x[:] = [1, 2]", "AC 1/1"),
    "strict, with a float": (
        "integers: strict",
        "expected: null",
        "x[:] = [1, 2.0]",
        "WA 0/1 at x[1] after the call: returned a float where an integer is expected",
    ),
    "strict, with output in place of an answer": (
        "integers: strict",
        "prints: ''",
        "x[:] = [1.0, 2]",
        "WA 0/1 at x[0] after the call: returned a float where an integer is expected",
    ),
    "strict, with an answer in any order": (
        "integers: strict",
        "expected: [1, 2], checker: {unordered: true}",
        "x[:] = [1.0, 2]; return [2, 1]",
        "WA 0/1 at x[0] after the call: returned a float where an integer is expected",
    ),
    "strict, with several answers": (
        "integers: strict",
        "any_of: [1, 2]",
        "x[:] = [1.0, 2]; return 2",
        "WA 0/1 at x[0] after the call: returned a float where an integer is expected",
    ),
    "an answer in any order": (
        "",
        "expected: [1, 2], checker: {unordered: true}",
        "x[:] = [2, 1]; return [2, 1]",
        "WA 0/1 at x[0] after the call: got 2, expected 1",
    ),
    "exact, with a float": (
        "",
        "expected: null, checker: exact",
        "x[:] = [1, 2.0]",
        "WA 0/1 at x[1] after the call: returned a float where an integer is expected",
    ),
    "the same kind, with a float": (
        "",
        "expected: null, checker: same_kind",
        "x[:] = [1.0, 2]",
        "WA 0/1 at x[0] after the call: returned a float where an integer is expected",
    ),
}


@pytest.mark.parametrize("spec, keys, body, said", BY_RULE.values(), ids=BY_RULE)
def test_an_argument_is_compared_by_the_rule_for_elements(
    spec: str, keys: str, body: str, said: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    case = f"{{name: one, args: {{x: [2, 1]}}, after: {{x: [1, 2]}}, {keys}}}"
    starter = "def f(x): ...\n"
    write_problem(tmp_path, spec=f"function: f\n{spec}", starter=starter, cases=f"cases: [{case}]")
    bank = find_bank(str(tmp_path))
    (line,) = lines(judged("one", f"def f(x):\n    {body}\n", sandbox, bank=bank))
    assert line.startswith(said)


# the body of a function of x that must raise a ValueError and leave x as it is; verdict and message
REFUSING: dict[str, tuple[str, str]] = {
    "left as it is": ("raise ValueError", "AC 1/1"),
    "changed": (
        "x.clear(); raise ValueError",
        "WA 0/1 the call must not change its argument x: got []",
    ),
    "changed, with another exception": (
        "x.clear(); raise KeyError(1)",
        "RTE 0/1 raised KeyError: 1 (line 2) where a ValueError is expected",
    ),
    "changed, without an exception": (
        "x.clear()",
        "WA 0/1 returned None where a ValueError is expected",
    ),
}


@pytest.mark.parametrize("body, said", REFUSING.values(), ids=REFUSING)
def test_a_call_that_raises_what_it_must_leaves_arguments_unchanged(
    body: str, said: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    cases = "cases: [{name: one, args: {x: [2, 1]}, raises: ValueError}]"
    spec, starter = "function: f\nunchanged: true", "def f(x): ...\n"
    write_problem(tmp_path, spec=spec, starter=starter, cases=cases)
    hidden = tmp_path / "solutions" / "one" / "cases.yaml"
    hidden.parent.mkdir(parents=True)
    hidden.write_text(cases.replace("one", "two"))
    hidden.with_name("reference.py").write_text("def f(x):\n    raise ValueError\n")
    bank = find_bank(str(tmp_path))
    source = f"def f(x):\n    {body}\n"
    shown = judged("one", source, sandbox, bank=bank)
    assert lines(shown)[0] == said
    hidden_case = judged("one", source, sandbox, Audience.STUDENT, bank=bank).results[1]
    assert hidden_case.verdict is shown.results[1].verdict
    is_other = hidden_case.verdict is Verdict.RUN_TIME_ERROR
    assert ("Error" in repr(hidden_case)) is is_other
    right = judged("one", "def f(x):\n    raise ValueError\n", sandbox, bank=bank).results[0]
    is_same = results.agree(right.case, shown.results[0].run, right.run)
    assert is_same is (right.verdict is shown.results[0].verdict)


def test_a_hidden_case_does_not_say_which_argument_is_wrong(sandbox: Sandbox) -> None:
    for edit in [
        ("x /= x.sum()", "x[:] = float('nan')"),
        ("    x /=", "    log.append(1)\n    x /="),
    ]:
        source = changed("normalise", edit)
        result = judged("normalise", source, sandbox, Audience.STUDENT).results[2]
        assert result.mismatch == Mismatch(why="an argument after the call is not as expected")
        assert result.run.after is None
        assert not result.step.after and not result.step.is_pure


def test_arguments_that_cannot_be_compared_are_an_error_of_the_grader(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr("grader.judging.results.find_mismatch_after", fail)
    found = lines(judged("normalise", changed("normalise"), sandbox))
    assert all("the arguments cannot be compared: RecursionError" in each for each in found)
    assert {each[:2] for each in found} == {"JE"}


def test_the_reference_must_leave_arguments_as_they_are_expected(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    bank = shutil.copytree(DATA / "scripts", tmp_path / "bank")
    path = bank / "solutions" / "normalise" / "reference.py"
    path.with_name("wrong.yaml").unlink()  # whose edits are of this reference
    with sandbox.with_another_hash_seed() as other:
        found = verify(SCRIPTS, "normalise", (sandbox, other)).findings
        assert not [str(each) for each in found if each.level is Level.ERROR]
        path.write_text(changed("normalise", ("x /= x.sum()", "x /= 2")))
        found = verify(find_bank(str(bank)), "normalise", (sandbox, other)).findings
    said = "the reference does not fulfil `after` of case 'two': at x[0] after the call: got 0.5"
    assert any(each.text.startswith(said) for each in found if each.level is Level.ERROR)


# edits of a reference that may answer in two ways; verdict, points and message of each case
SEVERAL: dict[str, tuple[tuple[str, str], list[str]]] = {
    "the first": (("1e-9", "1e-8"), ["AC 1/1", "AC 1/1"]),
    "another": (("return [0, 1]", "return [1, 0]"), ["AC 1/1", "AC 1/1"]),
    "none of them": (
        ("return [0, 1]", "return [1, 1]"),
        [
            "WA 0/1 at [0]: got 1, expected 0; 1 of 2 elements differ; 1 other answer would be"
            " right, too",
            "WA 0/1 at [0]: got 1, expected 0; 1 of 2 elements differ; 2 other answers would be"
            " right, too",
        ],
    ),
    "a mixture of them": (
        ("return [0, 1]", "return [0, 0]"),
        [
            "WA 0/1 at [1]: got 0, expected 1; 1 of 2 elements differ; 1 other answer would be"
            " right, too",
            "WA 0/1 at [1]: got 0, expected 1; 1 of 2 elements differ; 2 other answers would be"
            " right, too",
        ],
    ),
}


@pytest.mark.parametrize("edit, said", SEVERAL.values(), ids=SEVERAL)
def test_one_of_several_answers_is_enough(
    edit: tuple[str, str], said: list[str], sandbox: Sandbox
) -> None:
    assert lines(judged("pair", changed("pair", edit), sandbox)) == said


def test_a_right_answer_does_not_agree_with_a_wrong_one() -> None:
    """Else a submission that gives another right answer would match a misconception."""
    checker = AnyOf.of(CLOSE, [[1, 0]])
    assert not agree(checker, [1, 0], [5, 5], Tolerance())
    assert checker.distance([1, 0], [0, 1], Tolerance()) == 0
    assert hash(checker) == hash(AnyOf.of(CLOSE, [[1, 0]]))


# edits of a reference that prints; verdict, points and message of each case
PRINTED: dict[str, tuple[tuple[str, str], list[str]]] = {
    "blanks before a line": (("print(f", "print(' ' + f"), ["WA 0/1 at line 1 of the", "WA 0/1"]),
    "blanks at the end": (('print(f"n = {n}', 'print(f"n = {n}  '), ["AC 1/1", "AC 1/1"]),
    "nothing": (("print(f", "str(f"), ["WA 0/1 at line 1 of the output: 'n = 0' is missing", "WA"]),
    "too much": (
        ("range(count)", "range(count + 1)"),
        ["WA 0/1 at line 3 of the output: nothing more is expected: got 'n = 2'", "WA"],
    ),
}


@pytest.mark.parametrize("edit, said", PRINTED.values(), ids=PRINTED)
def test_the_output_is_judged(edit: tuple[str, str], said: list[str], sandbox: Sandbox) -> None:
    found = lines(judged("printer", changed("printer", edit), sandbox))
    assert all(map(str.startswith, found, said)), found


# what is printed, by which rule, and what must be: the place and the elements of the difference
OUTPUTS: dict[str, tuple[OutputRule, str, str, str]] = {
    "blanks between tokens": (OutputRule.TOKENS, "n=3,  m =4\n", "n = 3, m=4", ""),
    "a number within the tolerance": (OutputRule.TOKENS, "0.33333", "0.3333333", ""),
    "a number beyond the tolerance": (OutputRule.TOKENS, "x 0.3", "x 0.33", "token 2: 0.3, 0.33"),
    "a whole float for an integer": (OutputRule.TOKENS, "3.0", "3", ""),
    "another integer": (OutputRule.TOKENS, "100000", "100001", "token 1: 100000, 100001"),
    "a number in a word": (OutputRule.TOKENS, "x2 1.0000001", "x3 1.0", "token 1: 'x2', 'x3'"),
    "a word for a number": (OutputRule.TOKENS, "one", "1", "token 1: 'one', 1"),
    "signs and exponents": (OutputRule.TOKENS, "-1.5e3 +.5 5.", "-1500 0.5 5", ""),
    "a difference": (OutputRule.TOKENS, "3-2 x-1", "3 - 2 x - 1", ""),
    "a sign": (OutputRule.TOKENS, "(-2.0000001)", "( -2.0 )", ""),
    "a sign at the beginning": (OutputRule.TOKENS, "-1e-12", "1e-12", ""),
    "a blank before a sign": (OutputRule.TOKENS, "x = 5 -3", "x = 5 - 3", ""),
    "no blank behind a sign": (OutputRule.TOKENS, "5 - 3, + 2, - 4", "5 -3, +2,-4", ""),
    "no blanks at a sign": (OutputRule.TOKENS, "5-3", "5 -3", ""),
    "signs, and one of a tiny number": (OutputRule.TOKENS, "-1e-12 5 -3", "1e-12 5 - 3", ""),
    "two signs": (OutputRule.TOKENS, "-- 3 1 - -2", "- -3 1--2", ""),
    "another sign": (OutputRule.TOKENS, "5 -3", "5 + 3", "token 2: -3, '+'"),
    "another number behind a sign": (OutputRule.TOKENS, "5 -3", "5 - 4", "token 3: 3, 4"),
    "a sign too many": (OutputRule.TOKENS, "5 -3", "5 3", "token 2: -3, 3"),
    "a sign alone": (OutputRule.TOKENS, "5 -3", "5 -", "token 3: 3, None"),
    "a number with a unit": (OutputRule.TOKENS, "12.50kg 1.5 s -0.5e1m", "12.5kg 1.5s -5.0m", ""),
    "another number with a unit": (OutputRule.TOKENS, "1.6s", "1.5s", "token 1: 1.6, 1.5"),
    "another unit": (OutputRule.TOKENS, "1.5e2ms", "1.5e2s", "token 2: 'ms', 's'"),
    "a number with an e behind it": (OutputRule.TOKENS, "1.5 em", "1.5em", ""),
    "a word of digits and letters": (OutputRule.TOKENS, "02nd", "2nd", "token 1: '02nd', '2nd'"),
    "a number at the end of a sentence": (OutputRule.TOKENS, "is 5.", "is 5", ""),
    "a full stop before a word": (OutputRule.TOKENS, "is 5 . So", "is 5.So", ""),
    "a full stop before 2nd": (OutputRule.TOKENS, "Next. 2nd", "Next.2nd", ""),
    "not a number": (OutputRule.TOKENS, "nan -inf", "nan -inf", ""),
    "a missing token": (OutputRule.TOKENS, "a", "a b", "token 2: '', None"),
    "too many tokens": (OutputRule.TOKENS, "a b", "a", "token 2: 'b', None"),
    "upper case": (OutputRule.TOKENS, "A", "a", "token 1: 'A', 'a'"),
    "a huge number": (OutputRule.TOKENS, "9" * 5000, "9" * 5000, ""),
    "another blank at the end": (OutputRule.EXACT, "a \n", "a\n", "line 1: 'a \\n', 'a\\n'"),
    "no last line break": (OutputRule.EXACT, "a", "a\n", "line 1: 'a', 'a\\n'"),
    "one more line break": (OutputRule.EXACT, "a\n\n", "a\n", "line 2: '\\n', None"),
    "the same": (OutputRule.EXACT, " a\n", " a\n", ""),
    "nothing": (OutputRule.LINES, "\n\n", "", ""),
}


@pytest.mark.parametrize("rule, printed, expected, said", OUTPUTS.values(), ids=OUTPUTS)
def test_outputs_are_compared_by_a_rule(
    rule: OutputRule, printed: str, expected: str, said: str
) -> None:
    mismatch = find_mismatch_of_output(Prints(expected, rule), printed, Tolerance())
    found = ""
    if mismatch is not None:
        assert mismatch.where.endswith(OF_OUTPUT)
        place = mismatch.where.removesuffix(OF_OUTPUT)
        found = f"{place}: {mismatch.got!r}, {mismatch.expected!r}"
    assert found == said
    assert is_same_output(Prints("", rule), printed, printed, Tolerance())


def test_an_output_is_read_to_the_first_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    """A megabyte is compared with what dozens of misconceptions print."""
    read: list[str] = []

    def number(text: str) -> float:
        read.append(text)
        return float(text)

    monkeypatch.setattr(output, "_number", number)
    for wanted in "2", "1":
        tokens = Prints(wanted, OutputRule.TOKENS)
        assert find_mismatch_of_output(tokens, "1 " * 999, Tolerance()) is not None
    assert read == ["1", "2", "1", "1", "1"]
    assert len([*output._TOKEN.finditer(" " * 999)]) == 1
    assert isinstance(output._lines("a\n" * 999), Iterator)


# edits of a reference that prints a mean and a number; verdict and message of each case
REPORTED: dict[str, tuple[tuple[str, str], list[str]]] = {
    "another format": (
        ("mean={sum(x) / len(x)}", "mean =  {sum(x) / len(x):.6f}"),
        ["AC 1/1", "WA 0/1 at line 1 of the output: ", "WA 0/1 at line 1 of the output: "],
    ),
    "another mean": (
        ("/ len(x)", "/ (len(x) + 1)"),
        ["WA 0/1 at token 3 of the output: got 0.25, expected 0.33333333 (off by", "WA", "WA"],
    ),
    "another end": (
        (', n = {len(x)}")', ', n = {len(x)}", end="")'),
        ["AC 1/1", "WA 0/1 at line 1 of the output: the text ends too early", "AC 1/1"],
    ),
}


@pytest.mark.parametrize("edit, said", REPORTED.values(), ids=REPORTED)
def test_the_output_is_judged_by_the_rule_of_its_case(
    edit: tuple[str, str], said: list[str], sandbox: Sandbox
) -> None:
    found = lines(judged("reporter", changed("reporter", edit), sandbox))
    assert all(map(str.startswith, found, said)), found


# Parts of an answer ------------------------------------------------------------------------------

# edits of a reference of which parts are compared; verdict and message of each case
PARTS: dict[str, tuple[tuple[str, str], list[str]]] = {
    "another part is wrong": (('"mean": mean', '"mean": 0'), ["AC 1/1", "AC 1/1", "AC 1/1"]),
    "the part is wrong": (
        ("max(x)]", "3.0]"),
        [
            "WA 0/1 at ['range'][1]: got 3.0, expected 4.0 (off by 1; at most 0.0004 is allowed)",
            "AC 1/1",
            "WA 0/1 at ['range'][1]: got 3.0, expected 7.0 (off by 4; at most 0.0007 is allowed);"
            " 1 of 2 elements differ",
        ],
    ),
    "there is no such part": (
        ('"range": [min(x), max(x)]', '"range": [min(x)]'),
        [
            "WA 0/1 the answer has no part ['range'][1]: got {'mean': 2.5, 'range': [1.0], ",
            "AC 1/1",
            "WA 0/1 at ['range']: 1 element where 2 are expected; the first one is right",
        ],
    ),
    "another part of an array": (
        ("[[each - mean]", "[[each + mean]"),
        [
            "AC 1/1",
            "WA 0/1 step 1, summary(…): at ['deviations'][-1, 0]: got 5.0, expected 0.0 (off by 5;"
            " at most 1e-09 is allowed); 1 other answer would be right, too",
            "AC 1/1",
        ],
    ),
    "a part in another container": (
        ("np.array([[each - mean] for each in x])", "[[each - mean] for each in x]"),
        ["AC 1/1", "WA 0/1 step 1, summary(…): the answer has no part ['deviations'][-1, 0]: got"],
    ),
    "an answer without parts": (
        ('return {"mean": mean,', 'return 3 or {"mean": mean,'),
        ["WA 0/1 the answer has no part ['range'][1]: got 3", "WA 0/1 step 1", "WA 0/1 the answer"],
    ),
    "no answer": (
        ('return {"mean": mean,', 'None and {"mean": mean,'),
        ["WA 0/1 the answer has no part ['range'][1]: got None", "WA 0/1 step 1", "WA 0/1 the"],
    ),
}


@pytest.mark.parametrize("edit, said", PARTS.values(), ids=PARTS)
def test_a_part_of_the_answer_is_compared(
    edit: tuple[str, str], said: list[str], sandbox: Sandbox
) -> None:
    found = lines(judged("summary", changed("summary", edit), sandbox))
    assert all(map(str.startswith, found, said)), found


# a text, and the part that it names
WRITTEN: dict[str, Part | None] = {
    "[0][1]": (0, 1),
    " ['w1'] ": ("w1",),
    "[-1, 0]": ((-1, 0),),
    "[(1, 2)][None]": ((1, 2), None),
    "": None,
    "[0": None,
    "w1": None,
    "[w1]": None,
    "[0].real": None,
    ".T[0]": None,
    "[1:2]": None,
    "[0] + _[1]": None,
    "[[0]]": None,
    "(1)[0]": None,
    "[0]" * 9: None,
}


@pytest.mark.parametrize("text, part", WRITTEN.items(), ids=WRITTEN)
def test_a_part_is_read(text: str, part: Part | None) -> None:
    assert parse_part(text) == part


# a value, a part, and what it is
TAKEN: dict[str, tuple[Value, Part, Value]] = {
    "a list": ([1, [2, 3]], (1, -1), 3),
    "a tuple as a key": ({(1, 2): 3}, ((1, 2),), 3),
    "a text": ("abc", (1,), "b"),
    "an axis": (_MATRIX, (1,), Array("int8", (2,), b"\x03\x04")),
    "an element": (_MATRIX, ((0, -1),), 2),
    "an element by axes": (_MATRIX, (0, 1), 2),
}
NOT_THERE: dict[str, tuple[Value, Part]] = {
    "beyond the end": ([1], (1,)),
    "before the beginning": (_MATRIX, (-3,)),
    "too many axes": (_MATRIX, (0, 0, 0)),
    "an axis of a number": (Array("int8", (), b"\x03"), (0,)),
    "a missing key": ({"a": 1}, ("b",)),
    "a key of a list": ([1], ("a",)),
    "two indices of a list": ([[1]], ((0, 0),)),
    "an index of a number": (1, (0,)),
    "an index of a set": ({1}, (0,)),
    "a key that has no hash": ({1: 2}, (([],),)),
}


@pytest.mark.parametrize("value, part, found", TAKEN.values(), ids=TAKEN)
def test_a_part_is_taken(value: Value, part: Part, found: Value) -> None:
    assert take_part(value, part) == found


@pytest.mark.parametrize("value, part", NOT_THERE.values(), ids=NOT_THERE)
def test_a_part_may_be_missing(value: Value, part: Part) -> None:
    with pytest.raises(NoPart):
        take_part(value, part)


def test_a_part_goes_through_verification_and_reports(sandbox: Sandbox) -> None:
    wrong = judged("summary", changed("summary", ("max(x)]", "3.0]")), sandbox)
    html.write([wrong], page := io.StringIO())
    text = page.getvalue()
    assert "Returned at <code>[&#39;range&#39;][1]</code>" in text
    assert "<mark>3.0</mark>" in text and "deviations&#39;: " not in text
    assert ")['range'][1]\n# 4.0\n" in problem_markdown(SCRIPTS.load("summary"))
    assert "\nall['deviations'][-1, 0]\n# 0.0 or 1.0\n" in problem_markdown(SCRIPTS.load("summary"))
    with sandbox.with_another_hash_seed() as other:
        report = verify(SCRIPTS, "summary", (sandbox, other))
    assert not [str(each) for each in report.findings if each.level is Level.ERROR]
    assert {each.accepted_distance for each in report.cases} == {0.0}
    assert all(each.rejected_distance for each in report.cases)


def test_a_part_that_the_reference_lacks_is_reported(sandbox: Sandbox, tmp_path: Path) -> None:
    bank = shutil.copytree(DATA / "scripts", tmp_path / "bank")
    (bank / "solutions" / "summary" / "reference.py").write_text(
        changed("summary", ('"range"', '"span"'))
    )
    said = "the reference returns {'mean': 6.0, 'span': [5.0, 7.0], "
    with pytest.raises(SpecError, match=re.escape(f"in case 'range', {said}")):
        AnswerKey(find_bank(str(bank)).load("summary"), sandbox)


def test_a_hidden_case_does_not_say_what_must_be_printed(sandbox: Sandbox) -> None:
    source = changed("printer", ("print(f", "str(f"))
    judgement = judged("printer", source, sandbox, Audience.STUDENT)
    hidden = judgement.results[1]
    assert hidden.mismatch == Mismatch(why="the output is not as expected")
    assert "n =" not in repr(hidden)
    html.write([judgement], page := io.StringIO())
    assert page.getvalue().count("# input: ") == page.getvalue().count("# input: 2") == 1


def test_the_text_of_a_problem_says_what_is_expected(sandbox: Sandbox) -> None:
    wrong = judged("pair", changed("pair", ("return [0, 1]", "return [1, 1]")), sandbox)
    html.write([wrong], page := io.StringIO())
    assert "or <code>[1, 0]</code>" in page.getvalue()
    assert (
        "```python\n# input: 2\nshow_numbers(\n    start=0,\n)\n# prints: n = 0\n# prints: n = 1\n"
        in problem_markdown(SCRIPTS.load("printer"))
    )
    assert "# [0, 1] or [1, 0]\n" in problem_markdown(SCRIPTS.load("pair"))
    assert "# x is then array([0.25, 0.75], dtype=float64)\n" in problem_markdown(
        SCRIPTS.load("normalise")
    )
    assert "# raises a ValueError\n" in problem_markdown(SCRIPTS.load("mean-of"))


def test_a_hidden_case_does_not_say_that_an_exception_is_expected(sandbox: Sandbox) -> None:
    right = judged("mean-of", changed("mean-of"), sandbox, Audience.STUDENT).results[3]
    assert (right.run.status, right.run.error) == (RunStatus.RETURNED, "")
    wrong = _returning(sandbox, Audience.STUDENT).results[3]
    assert wrong.case.is_redacted and wrong.step.raises is None
    assert "Error" not in repr(wrong)
