"""An error in a function that a case gives costs no points of the others, and reveals nothing."""

from __future__ import annotations

import html
import io
import math
import struct
from base64 import b64decode
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from grader.bank.load import load_problem
from grader.bank.locate import find_bank
from grader.course.serialization import runs_from_json, runs_to_json
from grader.judging.answer_key import AnswerKey
from grader.judging.audience import Audience
from grader.judging.carried import GivenCall, Giver
from grader.judging.credit import with_group_credit
from grader.judging.judge import judgement_of
from grader.model.credit import Credit, Group
from grader.model.judgement import Judgement, Protection, RunStatus
from grader.reports.judgement import terminal
from grader.reports.judgement.formats import FORMATS, Report
from grader.sandbox.host import Sandbox
from grader.values import Array, Unsupported, Value
from tests._support.bank import DATA
from tests._support.scripts import SCRIPTS, changed, judged, lines

_WORDS = 'words = [word.strip(".,!") for word in (text.lower() if lower else text).split()]'
_CREDIT = "with a correct tokenise:"

# edits of the reference, and verdict, points and end of the message of each case
JUDGED: dict[str, tuple[list[tuple[str, str]], list[str]]] = {
    "a wrong function": (
        [(_WORDS, "words = text.lower().split()")],
        [
            "WA 0/1 2 of 2 elements differ",
            f"WA 3/3 {_CREDIT} 3 of 3 points",
            "WA 4/5 2 of 2 elements differ",
            "WA 0/1 3 of 3 elements differ",
            f"WA 2/2 {_CREDIT} 2 of 2 points",
        ],
    ),
    "two wrong functions": (
        [(_WORDS, "words = text.lower().split()"), ("-item[1]", "item[1]")],
        [
            "WA 0/1 2 of 2 elements differ",
            "WA 0/3 4 of 4 elements differ",
            "WA 4/5 2 of 2 elements differ",
            "WA 0/1 3 of 3 elements differ",
            "WA 0/2 2 of 2 elements differ",
        ],
    ),
    "another wrong function": (
        [("-item[1]", "item[1]")],
        [
            "AC 1/1",
            "WA 0/3 4 of 4 elements differ",
            "AC 5/5",
            "AC 1/1",
            "WA 0/2 2 of 2 elements differ",
        ],
    ),
    "a function that is missing": (
        [("def tokenise", "def tokenize")],
        [
            "RTE 0/1 found: tokenize",
            f"RTE 3/3 {_CREDIT} 3 of 3 points",
            f"RTE 4/5 {_CREDIT} 4 of 5 points",
            "RTE 0/1 found: tokenize",
            f"RTE 2/2 {_CREDIT} 2 of 2 points",
        ],
    ),
    "a function that ends the process": (
        [(_WORDS, "import os; os._exit(1)")],
        [
            "RTE 0/1 as after a call of os._exit",
            f"RTE 3/3 {_CREDIT} 3 of 3 points",
            f"RTE 4/5 {_CREDIT} 4 of 5 points",
            "RTE 0/1 as after a call of os._exit",
            f"RTE 2/2 {_CREDIT} 2 of 2 points",
        ],
    ),
    "arguments by name, and a default written out": (
        [(_WORDS, "words = []"), ("tokenise(text))", "tokenise(lower=True, text=text))")],
        [
            "WA 0/1 got [], expected ['one', 'two']",
            f"WA 3/3 {_CREDIT} 3 of 3 points",
            f"WA 4/5 {_CREDIT} 4 of 5 points",
            "WA 0/1 got [], expected ['zebra', 'quagga', 'okapi']",
            f"WA 2/2 {_CREDIT} 2 of 2 points",
        ],
    ),
    "other calls than the reference's": (
        [
            (_WORDS, "words = []"),
            (
                "for text in texts for word in tokenise(text)",
                "for word in tokenise(' '.join(texts))",
            ),
        ],
        [
            "WA 0/1 got [], expected ['one', 'two']",
            "WA 0/3 2 of 2 elements differ",
            f"WA 4/5 {_CREDIT} 4 of 5 points",
            "WA 0/1 got [], expected ['zebra', 'quagga', 'okapi']",
            "WA 0/2 got the keys none",
        ],
    ),
}


@pytest.mark.parametrize("edits, said", JUDGED.values(), ids=JUDGED)
def test_a_case_is_judged_again_with_right_answers(
    edits: list[tuple[str, str]], said: list[str], sandbox: Sandbox
) -> None:
    found = lines(judged("vocabulary", changed("vocabulary", *edits), sandbox))
    assert len(found) == len(said)
    for line, expected in zip(found, said, strict=True):
        start, _, end = expected.partition(" ")
        points, _, end = end.partition(" ")
        assert line.startswith(f"{start} {points}") and line.endswith(end), (line, expected)


def _written(name: str, judgement: Judgement) -> str:
    Report(name, "-").writer()([judgement], out := io.StringIO())
    text = html.unescape(out.getvalue())
    return b64decode(text).decode() if name == "github-classroom" else text


def test_students_read_what_they_earn_in_every_report(sandbox: Sandbox) -> None:
    source = changed("vocabulary", (_WORDS, "words = []"))
    judgement = judged("vocabulary", source, sandbox, Audience.STUDENT)
    terminal.write(judgement, text := io.StringIO())
    assert text.getvalue().count(_CREDIT) == 3
    for name in FORMATS:
        assert f"{_CREDIT} 3 of 3 points" in _written(name, judgement), name


def test_nothing_that_is_given_in_a_hidden_case_is_shown(sandbox: Sandbox) -> None:
    """The submission prints and returns all that it was ever given, in every case."""
    source = (DATA / "scripts" / "hostile" / "keeps_given_answers.py").read_text("utf-8")
    judgement = judged("vocabulary", source, sandbox, Audience.STUDENT)
    assert [each.run.given for each in judgement.results] == [None] * 5
    for name in FORMATS:
        text = _written(name, judgement).lower()
        assert "quagga" not in text and "okapi" not in text, name


def test_each_run_has_a_child_of_its_own_after_all_first_runs(sandbox: Sandbox) -> None:
    """Else what is given in one case could be used in another."""
    source = """\
seen = []

def tokenise(text, lower=True):
    seen.append(text)
    return [str(len(seen))]

def vocabulary(texts, size=3):
    return {str(seen): tokenise(texts[0])}

def rate(text, unit):
    return [float(len(seen))] * len(tokenise(text, lower=False))
"""
    results = judged("vocabulary", source, sandbox).results
    values = [each.run.given.value for each in results if each.run.given is not None]
    assert values == [
        {"[]": ["to", "be", "or", "not", "to", "be"]},
        [0.0, 0.0],
        {"[]": ["zebra", "quagga", "okapi"]},
    ]
    first = [each.value for each in results[2].run.steps]
    assert first == [["3"], [3.0]], "the first runs know nothing of the others"


def test_students_without_the_solutions_earn_by_written_answers_alone(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    (tmp_path / "problems").symlink_to(DATA / "scripts" / "problems")
    bank = find_bank(str(tmp_path))
    source = changed("vocabulary", (_WORDS, "words = []"), ("lower=False", "lower=True"))
    found = lines(judged("vocabulary", source, sandbox, bank=bank))
    assert [line[:6] for line in found] == ["WA 0/1", "WA 0/3", "WA 4/5"]


def test_a_stored_judgement_keeps_its_points(sandbox: Sandbox) -> None:
    key = AnswerKey(SCRIPTS.load("vocabulary"), sandbox)
    source = changed("vocabulary", (_WORDS, "words = []"))
    judgement = judged("vocabulary", source, sandbox)
    runs = runs_from_json(runs_to_json([each.run for each in judgement.results]))
    again = judgement_of(key, judgement.submission, runs, Protection("none", ()))
    assert lines(again) == lines(judgement)


def test_a_group_without_points_has_no_credit(sandbox: Sandbox) -> None:
    """A case that fails is not passed, with whatever answers it earns points."""
    judgement = judged("vocabulary", changed("vocabulary", (_WORDS, "words = []")), sandbox)
    cases = tuple(replace(case, group="all") for case in judgement.problem.cases)
    problem = replace(judgement.problem, cases=cases, groups=(Group("all", credit=Credit.ALL),))
    pairs = zip(cases, judgement.results, strict=True)
    results = with_group_credit(problem, [replace(each, case=case) for case, each in pairs])
    assert {(each.points, each.given) for each in results} == {(Fraction(0), ())}


def test_the_answer_key_depends_on_what_is_given(sandbox: Sandbox, tmp_path: Path) -> None:
    folder = DATA / "scripts" / "problems" / "vocabulary"
    solutions = tmp_path / "vocabulary"
    solutions.mkdir()
    digests = set()
    for edit in (
        ("-item[1]", "-item[1] "),
        ("return [word for", "return [f'{word}' for"),
        ("if word]", "if word] or [0]"),
    ):
        (solutions / "reference.py").write_text(changed("vocabulary", edit))
        digests.add(AnswerKey(load_problem(str(folder), str(solutions)), sandbox).inputs_digest)
    (solutions / "reference.py").write_text(changed("vocabulary", ('".,!"', '".,"')))
    digests.add(AnswerKey(load_problem(str(folder), str(solutions)), sandbox).inputs_digest)
    assert len(digests) == 2


# known arguments with their answers, a question, and the answer to it


_HALF = struct.pack("<d", 0.5)
_HUGE = complex(1.7e308, 1.7e308)


def _giver(known: list[tuple[Value, Value]]) -> Giver:
    problem = SCRIPTS.load("vocabulary")
    case = problem.cases[1]
    calls = [GivenCall("tokenise", {"text": args, "lower": True}, each) for args, each in known]
    return Giver(problem, case, calls)


QUESTIONS: dict[str, tuple[list[tuple[Value, Value]], Value, Value]] = {
    "the same": ([("a", 1)], ["tokenise", ["a"], {}], [1]),
    "None as an answer": ([("a", None)], ["tokenise", ["a"], {}], [None]),
    "rounded": ([([0.3], 1)], ["tokenise", [[0.1 + 0.2]], {}], [1]),
    "a tuple for a list": ([([0.3], 1)], ["tokenise", [(0.3,)], {}], [1]),
    "the nearest": ([(1.0, 1), (1.0 + 1e-8, 2)], ["tokenise", [1.0 + 1e-8], {}], [2]),
    "too far away": ([(1.0, 1)], ["tokenise", [1.0 + 1e-6], {}], None),
    "a number without axes": ([(0.5, 1)], ["tokenise", [Array("float64", (), _HALF)], {}], [1]),
    "an integer for a float": ([(2.0, 1)], ["tokenise", [2], {}], [1]),
    "a float for an integer": ([(2, 1)], ["tokenise", [2.0], {}], [1]),
    "a truth value for a number": ([(1.0, 1)], ["tokenise", [True], {}], None),
    "a huge number": ([(1.0, 1)], ["tokenise", [10**400], {}], None),
    "a huge modulus": ([(_HUGE, 1)], ["tokenise", [_HUGE * (1 + 1e-9)], {}], [1]),
    "far from a huge modulus": ([(_HUGE, 1)], ["tokenise", [-_HUGE], {}], None),
    "not a number": ([([math.nan], 1)], ["tokenise", [[math.nan]], {}], [1]),
    "a longer list": ([([1], 1)], ["tokenise", [[1, 2]], {}], None),
    "a dict": ([({1: 0.5}, 1)], ["tokenise", [{1: 0.5 + 1e-12}], {}], [1]),
    "other keys": ([({1: 0.5}, 1)], ["tokenise", [{2: 0.5}], {}], None),
    "another text": ([("a", 1)], ["tokenise", ["b"], {}], None),
    "another default": ([("a", 1)], ["tokenise", ["a", False], {}], None),
    "by name": ([("a", 1)], ["tokenise", [], {"lower": True, "text": "a"}], [1]),
    "twice": ([("a", 1)], ["tokenise", ["a"], {"text": "a"}], None),
    "too many arguments": ([("a", 1)], ["tokenise", ["a", True, 1], {}], None),
    "no arguments": ([("a", 1)], ["tokenise", [], {}], None),
    "another function": ([("a", 1)], ["rate", ["a"], {}], None),
    "an object": ([("a", 1)], ["tokenise", [Unsupported("an object")], {}], None),
    "no question": ([("a", 1)], ["tokenise"], None),
    "names that are no texts": ([("a", 1)], ["tokenise", ["a"], {1: 2}], [1]),
    "nothing": ([("a", 1)], None, None),
}


@pytest.mark.parametrize("known, question, answer", QUESTIONS.values(), ids=QUESTIONS)
def test_a_question_is_answered(
    known: list[tuple[Value, Value]], question: Value, answer: Value
) -> None:
    assert _giver(known).give(question) == answer


def test_answering_questions_is_bounded() -> None:
    giver = _giver([([float(n)] * 1000, n) for n in range(100)])
    question: Value = ["tokenise", [[99.0] * 1000], {}]
    answers = [giver.give(question) for _ in range(1000)]
    assert answers[0] == [99] and answers[-1] is None


def test_a_submission_that_was_never_loaded_is_not_run_again(sandbox: Sandbox) -> None:
    results = judged("vocabulary", "def tokenise(:\n", sandbox).results
    assert {each.run.status for each in results} == {RunStatus.NOT_LOADED}
    assert {each.run.given for each in results} == {None}
