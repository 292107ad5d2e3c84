"""What a case expects in place of an answer, or beside it: exceptions, arguments after the call."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest

from grader.bank.locate import find_bank
from grader.checkers import CLOSE, agree
from grader.checkers.any_of import AnyOf
from grader.judging.audience import Audience
from grader.model.checker import Mismatch, Tolerance
from grader.model.judgement import Judgement, RunStatus
from grader.model.raises import Raises
from grader.model.verification import Level
from grader.reports.judgement import html, terminal
from grader.reports.judgement import json as json_report
from grader.reports.problem_text import problem_markdown
from grader.sandbox.host import Sandbox
from grader.verify import verify
from tests._support.bank import DATA
from tests._support.scripts import SCRIPTS, changed, judged, lines

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
            "RTE 0/1 the process exited with code 1, as by os._exit",
            "AC 2/2",
            "RTE 0/1 the process exited with code 1, as by os._exit",
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


def test_a_hidden_case_does_not_say_which_argument_is_wrong(sandbox: Sandbox) -> None:
    for edit in [
        ("x /= x.sum()", "x[:] = float('nan')"),
        ("    x /=", "    log.append(1)\n    x /="),
    ]:
        source = changed("normalise", edit)
        result = judged("normalise", source, sandbox, Audience.STUDENT).results[2]
        assert result.mismatch == Mismatch() and result.run.after is None
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


def test_a_hidden_case_does_not_say_what_must_be_printed(sandbox: Sandbox) -> None:
    source = changed("printer", ("print(f", "str(f"))
    hidden = judged("printer", source, sandbox, Audience.STUDENT).results[1]
    assert hidden.mismatch == Mismatch() and "n =" not in repr(hidden)


def test_the_text_of_a_problem_says_what_is_expected(sandbox: Sandbox) -> None:
    wrong = judged("pair", changed("pair", ("return [0, 1]", "return [1, 1]")), sandbox)
    html.write([wrong], page := io.StringIO())
    assert "or <code>[1, 0]</code>" in page.getvalue()
    assert "# prints: n = 0\n# prints: n = 1\n" in problem_markdown(SCRIPTS.load("printer"))
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
