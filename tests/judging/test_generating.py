"""Arguments that a function of the author makes: kept, checked, and the same each time."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import grader as api
from grader.bank.load import load_problem
from grader.bank.locate import Bank, find_bank
from grader.errors import SpecError
from grader.judging import generating
from grader.judging.answer_key import AnswerKey
from grader.judging.generating import with_generated
from grader.judging.judge import judge
from grader.judging.recent import Recent
from grader.model.entry_point import Program, Script
from grader.model.judgement import Verdict
from grader.model.problem import Problem, Submission
from grader.reports.problem_text import problem_markdown
from grader.sandbox.host import Sandbox
from tests._support.bank import DATA

BANK: Bank = find_bank(str(DATA / "credit"))


@pytest.fixture
def problem() -> Problem:
    return BANK.load("spread")


def test_arguments_are_made(problem: Problem, sandbox: Sandbox) -> None:
    found = {case.name: case for case in with_generated(problem, sandbox).cases}
    hundred, many = found["hundred"].args["values"], found["many"].args["values"]
    assert isinstance(hundred, list) and hundred[:2] == [0.0, 4.0] and len(hundred) == 100
    assert isinstance(many, list) and len({*map(repr, many)}) == 20_000
    assert found["two"].args == {"values": [-1.5, 2.0]}
    assert found["many"].source == "spread(**normal(seed=3, n=20000))"


def test_a_submission_gets_them(problem: Problem, sandbox: Sandbox) -> None:
    source = b"def spread(values):\n    return len(values)\n"
    judgement = judge(AnswerKey(problem, sandbox), Submission(source, "me.py"), sandbox)
    hundred = judgement.results[1]
    assert (hundred.verdict, hundred.run.value) == (Verdict.WRONG_ANSWER, 100)


def test_students_read_how_they_are_made(problem: Problem) -> None:
    """Without running anything."""
    assert "spread(**uniform(seed=1, n=100, below=4.0))\n# 4.0" in problem_markdown(problem)


def test_a_check_in_a_notebook_makes_them() -> None:
    def spread(values: list[float]) -> float:
        return max(values) - min(values)

    check = api.check("spread", spread, str(DATA / "credit"))
    assert [each.verdict for each in check.judgement.results] == [Verdict.ACCEPTED] * 2


class _Counting(Sandbox):
    """A sandbox that counts the programs it runs."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.__dict__.update(vars(sandbox))
        self.names: list[tuple[str, ...]] = []

    def run(self, program: Program, scripts: Sequence[Script], *more: Any, **named: Any) -> Any:
        self.names.append(program.names)
        return super().run(program, scripts, *more, **named)


def test_they_are_kept(problem: Problem, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generating, "_kept", Recent(64))
    counting = _Counting(sandbox)
    first = with_generated(problem, counting)
    assert [case.args for case in with_generated(problem, counting).cases] == [
        case.args for case in first.cases
    ]
    assert counting.names == [("uniform",), ("normal",)]
    cases = [
        replace(case, generation=case.generation and replace(case.generation, source=b"#\n" + SAME))
        for case in problem.cases
    ]
    with_generated(replace(problem, cases=(cases[1],)), counting)
    assert counting.names[2:] == [("uniform",)]  # another source
    with_generated(problem, counting, is_fresh=True)
    assert counting.names[3:] == [("uniform",), ("normal",)]


SAME = (DATA / "credit" / "problems" / "spread" / "generate.py").read_bytes()

# The body of the generator, and the message.
FAILING = {
    "an exception": (
        "return {'values': [1 / (n - n)]}",
        "fails: ZeroDivisionError: division by zero (…generate.py:2), in case 'hundred'",
    ),
    "no end": (
        "while True: pass",
        "fails: it used more than 0.3 s of processor time (is there a loop that never ends?), in",
    ),
    "an end of the process": ("import os; os._exit(3)", "fails: …"),
    "no dict": ("return [1.0, 2.0]", "returns a list where a dict of arguments by name is"),
    "no names": ("return {1: [1.0]}", "returns a dict where a dict of arguments by name is"),
    "another argument": (
        "return {'values': [1.0], 'valuse': 1}",
        "gives the argument 'valuse', which spread does not have; did you mean 'values'?",
    ),
    "a missing argument": ("return {}", "does not give the argument 'values' of spread"),
    "no value": (
        "return {'values': print}",
        "gives a 'values' that no file could have: a function",
    ),
    "others each time": (
        "import os; return {'values': [float(os.urandom(1)[0] + i * 1000) for i in range(50)]}",
        "gives another 'values' each time; draw from a generator that `seed` makes, and keep",
    ),
    "a state that it keeps": (
        "calls.append(1); return {'values': [len(calls)]}",
        "gives another 'values' each time; draw",
    ),
    "other names each time": (
        "calls.append(1); return {'values': [1], **({} if calls[1:] else {'x': 1})}",
        "gives other arguments each time; draw",
    ),
}


@pytest.mark.parametrize("body, said", FAILING.values(), ids=FAILING)
def test_a_generator_that_fails_is_reported(
    body: str, said: str, problem: Problem, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generating, "LIMITS", replace(generating.LIMITS, cpu_s=0.3))
    source = f"def uniform(seed, n, below=1.0, calls=[]):\n    {body}\n".encode()
    case = problem.cases[1]
    assert case.generation is not None
    case = replace(case, generation=replace(case.generation, source=source))
    with pytest.raises(SpecError) as caught:
        AnswerKey(replace(problem, cases=(case,)), sandbox)
    where = r".*problems/spread/cases\.yaml:7:15: "
    text = f"the generator uniform(seed=1, n=100, below=4.0) {said}"
    expected = ".*".join(re.escape(part) for part in text.split("…"))
    assert re.match(where + expected, str(caught.value)), str(caught.value)


def test_the_seed_is_that_of_random_and_numpy_too(problem: Problem, sandbox: Sandbox) -> None:
    source = (
        b"import random, numpy\n"
        b"def uniform(seed, n, below):\n"
        b"    return {'values': [random.random(), float(numpy.random.rand())]}\n"
    )
    case = problem.cases[1]
    assert case.generation is not None
    made = []
    for seed in (1, 1, 2):
        args = {**case.generation.args, "seed": seed}
        generation = replace(case.generation, source=source, args=args)
        chosen = replace(problem, cases=(replace(case, generation=generation),))
        made.append(with_generated(chosen, sandbox, is_fresh=True).cases[0].args)
    assert made[0] == made[1] != made[2]


def test_public_cases_need_a_public_generator(tmp_path: Path) -> None:
    shutil.copytree(DATA / "credit", tmp_path / "bank")
    (tmp_path / "bank/problems/spread/generate.py").unlink()
    cases = tmp_path / "bank/problems/spread/cases.yaml"
    cases.write_text(cases.read_text().replace("uniform", "normal"))
    with pytest.raises(SpecError) as caught:
        find_bank(str(tmp_path / "bank")).load("spread")
    assert re.search(
        r"cases\.yaml:7:26: the generator 'normal' of a public case must be in \S+generate\.py: "
        r"students do not have \S+solutions/spread/generate\.py",
        str(caught.value),
    )
    with pytest.raises(SpecError, match=r"there is no file \S+generate\.py; write the generator"):
        load_problem(str(tmp_path / "bank/problems/spread"))
