"""What a student learns of a hidden case: one of a few outcomes, in every format."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from typing import Any

import pytest

from grader.bank.locate import find_bank
from grader.checkers import CLOSE
from grader.errors import Location
from grader.judging import redact
from grader.judging.answer_key import AnswerKey
from grader.judging.judge import judge, judgement_of
from grader.judging.redact import for_student
from grader.model.checker import Mismatch, Tolerance
from grader.model.judgement import Judgement, Protection, Run, RunStatus
from grader.model.prints import Prints
from grader.model.problem import Submission
from grader.model.script import Step
from grader.reports.judgement import notebook_check, terminal
from grader.reports.judgement.formats import FORMATS, report_of
from grader.reports.messages import message
from grader.sandbox.host import Sandbox
from grader.values import Value
from tests._support.bank import ROOT, TEST_BANK, load

SUBMISSION = Submission(b"def mean(values):\n    return 0.0\n", "me.py")
MAX_BITS = 5  # of a hidden case, as docs/sandbox.md says


@pytest.fixture(scope="module")
def key(sandbox: Sandbox) -> AnswerKey:
    return AnswerKey(load("mean", find_bank(str(TEST_BANK))), sandbox)


def with_hidden(run: Run, key: AnswerKey) -> Judgement:
    """Return a judgement, as a student may see it, in which the hidden case ran like this."""
    public = Run(RunStatus.RETURNED, value=0.0, wall_s=0.01)
    runs = [run if case.hidden else public for case in key.problem.cases]
    return for_student(judgement_of(key, SUBMISSION, runs, Protection("strict", ())))


def shown(judgement: Judgement) -> dict[str, str]:
    """Return the judgement in every format that a student may get."""
    texts = {"check": notebook_check.text(judgement) + notebook_check.fragment(judgement)}
    for name in FORMATS:
        out = io.StringIO()
        report_of(f"{name}:-").writer()([judgement], out)
        texts[name] = out.getvalue()
    out = io.StringIO()
    terminal.write(judgement, out)
    return texts | {"terminal": out.getvalue()}


def raised(error: str, **more: Any) -> Run:
    return Run(RunStatus.RAISED, error=error, **more)


def returned(value: Value, **more: Any) -> Run:
    return Run(RunStatus.RETURNED, value=value, **more)


def ended(status: RunStatus, error: str = "", **more: Any) -> Run:
    return Run(status, error=error, **more)


UNCALLABLE = "the function cannot be called with the 1 argument of this case"
OTHER_TYPES: list[Value] = ["a", b"", True, [], [1.0], [[2.0]], (), {}, {1: 2}, {3}, 1j]
DIFFERS = "the value of the answer is different from the expected one"
# The reason, and runs in which a submission tries to pass on different information.
ALIKE: dict[str, tuple[str, list[Run]]] = {
    "exceptions that are not named": (
        "it raised an exception",
        [
            raised("OSError: 1"),
            raised("UnicodeWarning"),
            raised("BaseException: x", line=3, traceback="line 3"),
            raised("Told: 8128.125"),
            raised(""),
            raised("KeyError\n: 1"),
            raised("keyerror"),
        ],
    ),
    "exceptions that are named": (
        "it raised KeyError",
        [raised("KeyError: 1"), raised("KeyError"), raised("KeyError: 2", line=9, stdout="x")],
    ),
    "missing argument": (
        f"{UNCALLABLE}: missing a required argument",
        [
            raised(
                "the function cannot be called with the 1 argument of this case: missing a"
                f" required argument: {name!r}"
            )
            for name in ("weights", "secret")
        ],
    ),
    "another text about arguments": (
        UNCALLABLE,
        [raised(f"the function cannot be called{more}") for more in ("", " with 7", ": x")],
    ),
    "time and memory": (
        "",
        [
            returned(4312.3125, wall_s=wall_s, cpu_s=cpu_s, peak_mib=peak_mib)
            for wall_s, cpu_s, peak_mib in ((0.0, 0.0, 0.0), (0.9, 0.0, 7.5), (4.0, 0.8, 500.0))
        ],
    ),
    "printed": ("", [returned(4312.3125, stdout=text) for text in ("", "x", "y" * 900)]),
    "wrong numbers": (DIFFERS, [returned(each) for each in (0, 1.0, -8128.125, 10**400)]),
    "missing answer": ("returned None: is a return missing?", [returned(None)]),
    "types": (
        "the answer, or an element of it, has a different type than expected",
        [returned(each) for each in OTHER_TYPES],
    ),
    "not finite": (
        "returned NaN or infinity where a finite number is expected",
        [returned(each) for each in (math.nan, math.inf, -math.inf)],
    ),
    "exits": (
        "the process crashed, ended by itself, or had too many threads",
        [ended(RunStatus.CRASHED, f"the process exited with code {code}") for code in range(3)],
    ),
    "replies": (
        "its answer cannot be read",
        [ended(RunStatus.GARBLED, f"its answer cannot be read: {why}") for why in "ab"],
    ),
    "sizes": (
        "its answer is too large",
        [ended(RunStatus.TOO_MUCH_OUTPUT, f"its answer of {size} bytes") for size in (1, 2)],
    ),
    "imports": (
        "the file could not be imported again for this case",
        [
            ended(RunStatus.NOT_LOADED, f"ValueError: {number}", line=number, wall_s=float(number))
            for number in (1, 2)
        ],
    ),
}


@pytest.mark.parametrize("reason, runs", ALIKE.values(), ids=ALIKE)
def test_a_hidden_case_has_one_of_a_few_outcomes_in_every_format(
    reason: str, runs: list[Run], key: AnswerKey
) -> None:
    judgements = [with_hidden(run, key) for run in runs]
    assert {message(each.results[-1]) for each in judgements} == {reason}
    first, *others = map(shown, judgements)
    for other in others:
        assert other == first


STEP = Step({}, Location(""), CLOSE)
SEQUENCES: dict[str, tuple[Value, str]] = {
    "numbers": ([1.0, 2.0, 4.0], ""),
    "lengths": ([1.0, 2.0], redact._WRONG_SIZE),
    "shapes": ([[1.0], [2.0], [3.0]], redact._WRONG_SIZE),
    "type of an element": ([1.0, "a", 3.0], redact._WRONG_TYPE),
    "element without a value": ([1.0, None, 3.0], redact._WRONG_NONE),
    "not a sequence": (7.0, redact._WRONG_TYPE),
}


@pytest.mark.parametrize("got, reason", SEQUENCES.values(), ids=SEQUENCES)
def test_the_reason_of_a_wrong_sequence_names_no_size(got: Value, reason: str) -> None:
    mismatch = CLOSE.compare(got, [1.0, 2.0, 3.0], Tolerance())
    assert mismatch is not None and redact._reason_of_mismatch(mismatch, STEP) == reason


PAIRS: list[Value] = [("l", "o"), ("o", "w")]
LENGTH, KEYS = "the number of elements is different", "the keys are different"
CONTAINERS: dict[str, tuple[Value, Value, str]] = {
    "fewer pairs of texts": (PAIRS[:1], PAIRS, LENGTH),
    "longer pairs of texts": ([("l", "o", "w")] * 2, PAIRS, LENGTH),
    "fewer rows of different lengths": ([[1.0]], [[1.0], [2.0, 3.0]], LENGTH),
    "a smaller set": ({1}, {1, 2}, LENGTH),
    "another element in a set": ({1, 3}, {1, 2}, ""),
    "fewer keys": ({"a": 1.0}, {"a": 1.0, "b": 2.0}, KEYS),
    "more keys": ({"a": 1.0, "b": 2.0, "c": 3.0}, {"a": 1.0, "b": 2.0}, KEYS),
    "another key": ({"a": 1.0, "c": 2.0}, {"a": 1.0, "b": 2.0}, KEYS),
    "no key": ({}, {"a": 1.0}, KEYS),
}


@pytest.mark.parametrize("got, expected, reason", CONTAINERS.values(), ids=CONTAINERS)
def test_the_reason_fits_what_is_expected(got: Value, expected: Value, reason: str) -> None:
    mismatch = CLOSE.compare(got, expected, Tolerance())
    assert mismatch is not None and redact._reason_of_mismatch(mismatch, STEP) == reason


CHANGED_X = Mismatch(remark="the call must not change its argument x")
AFTER_X = Mismatch(where="x[0] after the call", got=1.0, expected=2.0)
OUTPUT = Mismatch(where="line 1 of the output", got="1", expected="2")
AFTERWARDS: dict[str, tuple[dict[str, Any], list[Mismatch], str]] = {
    "unchanged arguments": (
        {"is_pure": True},
        [CHANGED_X],
        "the call must not change its arguments",
    ),
    "a changed argument": (
        {"after": {"x": [2.0]}, "is_pure": True},
        [CHANGED_X, AFTER_X],
        "an argument after the call is not as expected",
    ),
    "output": ({"prints": Prints("2")}, [OUTPUT], "the output is not as expected"),
    "both": (
        {"prints": Prints("2"), "is_pure": True},
        [OUTPUT, CHANGED_X],
        "the output, or an argument after the call, is not as expected",
    ),
}


@pytest.mark.parametrize("judged, mismatches, reason", AFTERWARDS.values(), ids=AFTERWARDS)
def test_the_reason_names_what_is_judged_and_not_which_of_it_is_wrong(
    judged: dict[str, Any], mismatches: list[Mismatch], reason: str
) -> None:
    step = replace(STEP, **judged)
    assert {redact._reason_of_mismatch(each, step) for each in mismatches} == {reason}


def test_a_hidden_case_passes_on_at_most_as_many_bits_as_documented() -> None:
    # Of the reasons for another size, and of those for arguments and output, each case has one.
    wrong = {redact._WRONG_NONE, redact._WRONG_TYPE, redact._WRONG_SIZE, redact._WRONG_KEYS}
    reasons = [
        "accepted",
        *wrong,
        redact._NOT_FINITE,
        redact._WRONG_AFTERWARDS,
        "",  # or, in its place, that it is not right
        *(reason for reason, _ in ALIKE.values() if reason.startswith(("the pro", "its", "it "))),
        *redact.NAMED_EXCEPTIONS,
        *redact._UNCALLABLE_REASONS,
        "another reason why it cannot be called",
        "no answer within 1 s",
        "more than 1 s of processor time",
        "more than 512 MiB of memory",
        "the file could not be imported again",
    ]
    assert math.log2(len(set(reasons))) <= MAX_BITS
    assert f"at most {MAX_BITS} bits" in (ROOT / "docs" / "sandbox.md").read_text("utf-8")


TELLS = """
import builtins
import time
NAMES = {names!r}
def mean(values):
    if len(values) == 2:
        bits = int(values[0])
        time.sleep((bits & 7) / 50)
        raise getattr(builtins, NAMES[bits % len(NAMES)])("x" * bits)
    return sum(values) / len(values)
"""


def test_an_exception_and_a_time_pass_nothing_on(key: AnswerKey, sandbox: Sandbox) -> None:
    """The submission is the same, and so the report, although the hidden arguments differ."""
    names = ["OSError", "LookupError", "BufferError", "EOFError", "Warning"]
    submission = Submission(TELLS.format(names=names).encode(), "me.py")
    reports = []
    for secret in (8128.125, 8131.5):
        cases = tuple(
            case.with_step(args={"values": [secret, 1.0]}) if case.hidden else case
            for case in key.problem.cases
        )
        other = AnswerKey(replace(key.problem, cases=cases), sandbox)
        seen = for_student(judge(other, submission, sandbox))
        assert "it raised an exception" in message(seen.results[-1])
        public = [replace(each, run=Run(each.run.status)) for each in seen.results[:-1]]
        reports.append(shown(replace(seen, results=(*public, seen.results[-1]))))
    assert reports[0] == reports[1]
