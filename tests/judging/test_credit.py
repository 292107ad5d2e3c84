"""Groups of cases, bonuses, points for keys of a dict, and limits of cases."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from grader.bank.locate import Bank, find_bank
from grader.course.assignment import load_work
from grader.errors import SpecError
from grader.judging import speed
from grader.judging.answer_key import AnswerKey
from grader.judging.audience import Audience, judge_for
from grader.judging.credit import share_of_keys
from grader.judging.judge import judgement_with
from grader.judging.referee import Referee
from grader.judging.results import result
from grader.model.credit import KeyPoints
from grader.model.entry_point import Program, Script
from grader.model.judgement import CaseResult, Judgement, Run, RunStatus, Verdict
from grader.model.prints import Prints
from grader.model.problem import Limits, Submission
from grader.reports.judgement.formats import FORMATS, Report
from grader.reports.judgement.json import document
from grader.reports.messages import advice, hints, message
from grader.sandbox.host import Sandbox
from grader.values import Value
from tests._support.bank import DATA

BANK: Bank = find_bank(str(DATA / "credit"))
RIGHT = (BANK.load("pairs").reference or b"").decode()
SLOW = (DATA / "credit/solutions/pairs/partial/loop.py").read_text()
NO_FLOATS = "Which of your numbers are floats?"
NO_LOOPS = "How many steps does your program take for ten times as many things?"


@pytest.fixture(scope="module")
def key(sandbox: Sandbox) -> AnswerKey:
    return AnswerKey(BANK.load("pairs"), sandbox)


def judged(
    key: AnswerKey, sandbox: Sandbox, source: str, audience: Audience = Audience.STUDENT
) -> Judgement:
    return judge_for(audience, key, Submission(source.encode(), "me.py"), sandbox)


def edited(*edits: tuple[str, str]) -> str:
    source = RIGHT
    for find, instead in edits:
        assert find in source
        source = source.replace(find, instead)
    return source


# A submission; points of the cases five, seven, one, many, huge-power and huge-odd; hints.
EARNED: dict[str, tuple[str, str, list[str]]] = {
    "all, and the bonus above the maximum": (RIGHT, "3 1 2 4 1 1", []),
    "one key of two": (edited(("(n - 2) // 6", "(n - 2) // 3")), "1 0 2 0 0 0", []),
    "the other key, with another one missing": (
        edited(('"pairs": n * (n - 1) // 2, ', "")),
        "2 0 1 0 0 0",
        [],
    ),
    "no dict": ("def pairs(n): return [1, 2]", "0 0 0 0 0 0", []),
    "right, but too slow": (SLOW, "3 1 2 0 0 0", [NO_LOOPS]),
    "right where numbers are small": (
        edited(("// 2", "/ 2"), ("// 6", "/ 6")),
        "3 1 2 4 0 0",
        [NO_FLOATS],
    ),
    "half of a group that is all or nothing": (
        edited(("    return", "    n += n > 10**6 and n % 2 == 0\n    return")),
        "3 1 2 4 0 0",
        [NO_FLOATS],
    ),
    "fast, but a wrong answer in what that requires": (
        edited(("    return", "    n += n == 7\n    return")),
        "3 0 2 0 0 0",
        [],
    ),
    "a wrong answer is not a slow one": (
        edited(("    return", "    n += n > 10**5\n    return")),
        "3 1 2 0 0 0",
        [],
    ),
}


@pytest.mark.parametrize("source, points, hinted", EARNED.values(), ids=EARNED)
def test_points(
    key: AnswerKey, sandbox: Sandbox, source: str, points: str, hinted: list[str]
) -> None:
    judgement = judged(key, sandbox, source)
    assert " ".join(str(each.points) for each in judgement.results) == points
    assert judgement.score == sum(map(int, points.split()))
    assert judgement.max_score == 10 == key.problem.max_score
    assert hints(judgement) == hinted


def test_a_slow_solution_is_told_what_each_group_earned(key: AnswerKey, sandbox: Sandbox) -> None:
    judgement = judged(key, sandbox, SLOW)
    assert advice(judgement) == [
        ("Group", "correct: 6 of 6 points"),
        ("Group", "fast: 0 of 4 points"),
        (
            "Group",
            "huge: 0 of 2 bonus points, which count only if all cases of fast are accepted",
        ),
        ("Hint", NO_LOOPS),
    ]
    assert judgement.results[3].verdict is Verdict.TIME_LIMIT
    error = judgement.results[3].run.error
    assert error.endswith("; 'fast' allows 20 times what the reference takes")


@pytest.mark.parametrize("format", sorted(FORMATS.keys() - {"exercism", "github-classroom"}))
def test_every_format_with_hints_has_those_of_groups(
    key: AnswerKey, sandbox: Sandbox, format: str, slow: Judgement
) -> None:
    out = io.StringIO()
    Report(format, "-").writer()([slow], out)
    plain = out.getvalue().replace("\\", "")
    assert NO_LOOPS.split(" for ")[0] in plain
    assert "of fast are accepted" in plain or json.loads(out.getvalue())["groups"]


@pytest.fixture(scope="module")
def slow(key: AnswerKey, sandbox: Sandbox) -> Judgement:
    return judged(key, sandbox, SLOW)


@pytest.mark.parametrize("triples, points", [(10, 3), (9, 1)])
def test_keys_earn_nothing_beside_a_wrong_output(
    triples: int, points: int, sandbox: Sandbox
) -> None:
    """Also if the answer has another key, which is wrong and costs none of the points of keys."""
    case = BANK.load("pairs").cases[0].with_step(prints=Prints("ten"))
    answer: Value = {"pairs": 10, "triples": triples, "more": 0}
    for printed, earned in ("ten", points), ("nine", 0):
        run = Run(RunStatus.RETURNED, value=answer, printed=printed)
        found = result(case, run, Referee(sandbox))
        assert found.verdict is Verdict.WRONG_ANSWER and found.points == earned
        assert "3 elements" in message(found)


POINTS: KeyPoints = {1: Fraction(3), 0: Fraction(1)}
SHARES: dict[str, tuple[Value, Fraction]] = {
    "one right key": ({1: 5.0, 0: 9.0}, Fraction(3, 4)),
    "an equal float as a key": ({1.0: 5.0}, Fraction(3, 4)),
    "truth values as keys": ({True: 5.0, False: 7.0}, Fraction(0)),
}


@pytest.mark.parametrize("answer, share", SHARES.values(), ids=SHARES)
def test_a_key_earns_its_points_only_if_the_checker_knows_it(
    answer: Value, share: Fraction
) -> None:
    step = replace(BANK.load("pairs").cases[0].steps[0], expected={1: 5.0, 0: 7.0})
    assert share_of_keys(replace(step, key_points=POINTS), answer) == share


def test_json_has_the_groups(slow: Judgement) -> None:
    found = document(slow)
    assert found["groups"][1] == {
        "name": "fast",
        "passed": False,
        "points": 0,
        "max_points": 4,
        "bonus": False,
        "missing": [],
        "hint": NO_LOOPS,
    }
    assert [(each.get("group"), each.get("bonus")) for each in found["cases"][3:5]] == [
        ("fast", None),
        ("huge", True),
    ]


def test_points_so_far_are_never_more_than_in_the_end(key: AnswerKey, sandbox: Sandbox) -> None:
    """Of a group that requires another one, or is all or nothing, before all cases are known."""
    so_far: list[CaseResult] = []
    wrong = edited(("    return", "    n += n == 10**24 + 1\n    return"))
    submission = Submission(wrong.encode(), "me.py")
    judge_for(Audience.STUDENT, key, submission, sandbox, watch=so_far.append)
    assert [each.case.name for each in so_far] == [case.name for case in key.problem.cases]
    scores = [judgement_with(key, submission, so_far[:n]).score for n in range(7)]
    assert scores == [0, 3, 4, 6, 10, 10, 10]


# Time --------------------------------------------------------------------------------------------


class _Noisy(Sandbox):
    """A sandbox that measures too long a time, as often as it is told."""

    def __init__(self, sandbox: Sandbox, times: int) -> None:
        self.__dict__.update(vars(sandbox))
        self.left = times
        self.limits: list[Limits] = []

    def run(
        self, program: Program, scripts: Sequence[Script], limits: Limits, *more: Any, **named: Any
    ) -> list[Run]:
        runs = super().run(program, scripts, limits, *more, **named)
        if program.source != RIGHT.encode() and limits.cpu_s == speed.FLOOR_CPU_S and self.left:
            self.left -= 1
            self.limits.append(limits)
            return [Run(RunStatus.TIMED_OUT, error="it took long") for _ in runs]
        return runs


@pytest.mark.parametrize("times, points", [(1, 4), (2, 0)])
def test_a_call_that_takes_too_long_is_made_again(
    key: AnswerKey, sandbox: Sandbox, times: int, points: int
) -> None:
    """The machine was busy once: the second measurement counts."""
    noisy = _Noisy(sandbox, times)
    judgement = judged(key, noisy, RIGHT + "# mine\n")
    assert judgement.results[3].case.name == "many"
    assert judgement.results[3].points == points
    assert noisy.left == 0


def runs_of(*cpu_s: float) -> list[Run]:
    return [Run(RunStatus.RETURNED, cpu_s=each, wall_s=9.0) for each in cpu_s]


def test_the_limit_is_a_multiple_of_the_slowest_case_at_its_best(sandbox: Sandbox) -> None:
    problem = BANK.load("pairs")
    measured = _Measured(sandbox, [runs_of(0.5, 0.25), runs_of(0.125, 0.5)])  # two cases
    assert speed.measure(problem, measured, [0, 1]) == 0.25
    assert speed.tier_limits(Limits(), 0.25) == replace(Limits(), cpu_s=0.25)
    assert speed.tier_limits(Limits(), 4.0) == replace(Limits(), cpu_s=4.0, wall_s=80.0)
    floor = speed.FLOOR_CPU_S
    assert speed.tier_limits(Limits(), 0.001) == replace(Limits(), cpu_s=floor)


def test_without_a_processor_clock_the_wall_time_counts(sandbox: Sandbox) -> None:
    measured = _Measured(sandbox, [runs_of(0.0), runs_of(0.0)])
    assert speed.measure(BANK.load("pairs"), measured, [0]) == 9.0


class _Measured(Sandbox):
    """A sandbox that reports these runs, one row after the other."""

    def __init__(self, sandbox: Sandbox, table: list[list[Run]]) -> None:
        self.__dict__.update(vars(sandbox))
        self.table = table

    def run(self, program: Program, scripts: Sequence[Script], *more: Any) -> list[Run]:
        runs = self.table.pop(0)
        assert len(scripts) == len(runs)
        return runs


def test_time_outs_in_one_group_do_not_shorten_the_others(sandbox: Sandbox) -> None:
    problem = BANK.load("pairs")
    cases = sorted(problem.cases, key=lambda case: case.name != "many")
    impatient = replace(problem.limits, patience=1)
    key = AnswerKey(replace(problem, cases=tuple(cases[:3]), limits=impatient), sandbox)
    # Longer than calls that are stopped early may take, and within the limit of a call.
    source = (
        f"import time\n{SLOW}\nslow = pairs\n"
        "def pairs(n):\n"
        "    end = time.process_time() + 0.3 * (n == 7)\n"
        "    while time.process_time() < end: pass\n"
        "    return slow(n)\n"
    )
    judgement = judged(key, sandbox, source)
    verdicts = {each.case.name: each.verdict for each in judgement.results}
    assert verdicts["seven"] is Verdict.ACCEPTED and verdicts["many"] is Verdict.TIME_LIMIT


def test_cases_have_limits_of_their_own(key: AnswerKey) -> None:
    found = {case.name: case.limits for case in key.problem.cases}
    assert found["five"] is None
    assert found["huge-odd"] == replace(Limits(), cpu_s=0.1)
    assert key.problem.widest_limits == Limits()
    large = replace(key.problem.cases[0], limits=Limits(cpu_s=0.5, memory_mib=900))
    widest = replace(key.problem, cases=(large, *key.problem.cases)).widest_limits
    assert widest == Limits(cpu_s=1.0, memory_mib=900)


# Classes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("points, said", [("6", ""), ("6.01", "expected at most 6 for 'pairs'")])
def test_a_score_by_hand_may_have_the_bonus(tmp_path: Path, points: str, said: str) -> None:
    """Twelve of ten points are six of five."""
    path = tmp_path / "hw.yaml"
    path.write_text(
        "title: H\nproblems: [{problem: pairs, points: 5}]\n"
        f"adjust: {{s1: {{pairs: {points}, why: a bonus}}}}\n"
    )
    if said:
        with pytest.raises(SpecError, match=f"{said} with its bonus, found 6.01"):
            load_work(str(path), BANK)
    else:
        assignment, _ = load_work(str(path), BANK)
        assert assignment.adjustments["s1"]["pairs"].points == 6


# What cannot be -----------------------------------------------------------------------------------


def changed(tmp_path: Path, file: str, find: str, instead: str) -> Bank:
    """Return a copy of the bank with a text in a file replaced."""
    shutil.copytree(DATA / "credit", tmp_path / "bank")
    path = tmp_path / "bank" / file
    text = path.read_text()
    assert find in text
    path.write_text(text.replace(find, instead))
    return find_bank(str(tmp_path / "bank"))


def test_something_must_be_in_the_maximum(tmp_path: Path) -> None:
    bank = changed(tmp_path, "problems/pairs/spec.md", "requires: correct\n", "bonus: true\n")
    spec = Path(bank.problems, "pairs", "spec.md")
    spec.write_text(spec.read_text().replace("{points: 6}", "{points: 6, bonus: true}"))
    with pytest.raises(SpecError, match="every case is a bonus, so that the maximum is 0"):
        bank.load("pairs")


def test_the_reference_must_have_the_keys_that_earn_points(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    hidden = "solutions/pairs/cases.yaml"
    bank = changed(tmp_path, hidden, "{pairs: 1, triples: 1}", "{pairs: 1, quads: 1}")
    problem = bank.load("pairs")
    with pytest.raises(SpecError, match=r"cases.yaml:2:5: in case 'one', .* no key 'quads'"):
        AnswerKey(problem, sandbox)


def test_students_without_hidden_cases_may_have_none_in_a_group(sandbox: Sandbox) -> None:
    problem = BANK.load("pairs", with_solutions=False)
    judgement = judged(AnswerKey(problem, sandbox), sandbox, RIGHT)
    assert [each.group.name for each in judgement.groups] == ["correct"]
    assert judgement.score == judgement.max_score == 6


def test_a_group_without_points_has_those_of_its_cases(tmp_path: Path) -> None:
    bank = changed(tmp_path, "problems/pairs/spec.md", "{points: 6}", "{credit: per case}")
    cases = bank.load("pairs").cases
    assert [case.points for case in cases if case.group == "correct"] == [3, 1, 2]
    bank = changed(tmp_path / "six", "problems/pairs/spec.md", "{points: 6}", "{points: 2}")
    cases = bank.load("pairs").cases
    assert [case.points for case in cases if case.group == "correct"] == [
        1,
        Fraction(1, 3),
        Fraction(2, 3),
    ]
