"""Drivers: the problem's function uses a submission, which can forge no more than a value."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.bank.load import load_problem
from grader.errors import SpecError
from grader.integrations.ipython import check
from grader.judging.answer_key import AnswerKey
from grader.judging.audience import Audience, judge_for
from grader.judging.judge import judge
from grader.judging.own_case import try_case
from grader.model.entry_point import Program
from grader.model.judgement import Judgement, Run, RunStatus, Verdict
from grader.model.problem import Driver, Problem, Submission
from grader.reports.messages import advice
from grader.reports.problem_text import problem_markdown, statement_markdown
from grader.sandbox.fork_server import start_fork_server
from grader.sandbox.host import Sandbox
from grader.verify.input_generator import InputGenerator
from tests._support.bank import DATA
from tests._support.given import GIVEN
from tests._support.scripts import lines, write_problem

QUEUE = GIVEN.load("queue")
REFERENCE = (QUEUE.reference or b"").decode()


def judged(source: str, sandbox: Sandbox, problem: Problem = QUEUE) -> Judgement:
    return judge(AnswerKey(problem, sandbox), Submission(source.encode(), "me.py"), sandbox)


def with_driver(*edits: tuple[str, str]) -> Problem:
    assert QUEUE.driver is not None
    source = QUEUE.driver.source.decode()
    for find, other in edits:
        assert find in source
        source = source.replace(find, other)
    return replace(QUEUE, driver=Driver(source.encode(), QUEUE.driver.function))


def test_cases_of_one_call_are_driven_and_steps_are_not(sandbox: Sandbox) -> None:
    first, steps, *_ = QUEUE.cases
    assert first.step.is_driven and not any(step.is_driven for step in steps.steps)
    assert first.source == "drive(\n    solution,\n    n=3,\n)" and first.step.label == "drive(…)"
    assert lines(judged(REFERENCE, sandbox)) == ["AC 1/1"] * 4


def test_only_the_class_is_asked_for(sandbox: Sandbox) -> None:
    assert (
        lines(judged("def drive(solution, n, seed=0):\n    return [24, 26, 31]\n", sandbox))
        == ["CE 0/1 the class must be called Queue; found: drive"] * 4
    )


def test_a_driver_that_fails_with_somebodys_own_arguments(sandbox: Sandbox) -> None:
    key, case = AnswerKey(QUEUE, sandbox), QUEUE.cases[0]
    for with_reference in (False, True):
        wrong = Submission(b"class Queue:\n    pass\n", "me.py")
        run = try_case(key, wrong, case, sandbox, with_reference).run
        assert "driver.py, line 10: AttributeError" in run.error and "your code gave" in run.error
        assert run.line == 0  # it would be a line of the submission
    right, odd = Submission(REFERENCE.encode(), "me.py"), case.with_step(args={"n": "x"})
    result = try_case(key, right, odd, sandbox, with_reference=True)
    assert result.verdict is Verdict.RUN_TIME_ERROR and result.run.line == 0
    assert result.run.error.endswith("as an integer; the reference fails there, too")


# Hostile ------------------------------------------------------------------------------------------

_FAKE = "lambda *a, **k: [24, 26, 31]"
FORGED = {
    "it defines drive": f"drive = {_FAKE}\n",
    "it replaces drive where it was called from": (
        "import sys\nclass Queue(Queue):\n    def __init__(self):\n"
        "        sys._getframe(1).f_globals['drive'] = " + _FAKE + "\n        self.heap = []\n"
        "    def take(self):\n        return -1\n"
    ),
    "it replaces the driver in memory": (
        "import gc\nclass Queue(Queue):\n    def take(self):\n"
        "        for each in gc.get_objects():\n"
        "            if getattr(each, '__name__', '') == 'drive' and hasattr(each, '__code__'):\n"
        "                each.__code__ = (" + _FAKE + ").__code__\n"
        "                each.__kwdefaults__ = None\n        return -1\n"
    ),
    "it replaces what the driver imports": (
        "import random\nclass Fake:\n    def __init__(self, seed): pass\n"
        "    def randrange(self, n): return 24\n    def random(self): return 1.0\n"
        "random.Random = Fake\n"
    ),
}
# A forged value is right where it would also have been right if it had been returned.
OF_FORGED = {
    "it defines drive": ["AC", "AC", "AC", "AC"],
    "it replaces drive where it was called from": ["WA", "WA", "WA", "WA"],
    "it replaces the driver in memory": ["WA", "WA", "WA", "WA"],
    "it replaces what the driver imports": ["WA", "AC", "WA", "WA"],
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_driver_is_no_more_than_a_wrong_value(name: str, sandbox: Sandbox) -> None:
    found = [line[:2] for line in lines(judged(f"{REFERENCE}\n\n{FORGED[name]}", sandbox))]
    assert found == OF_FORGED[name]
    assert lines(judged(REFERENCE, sandbox)) == ["AC 1/1"] * 4, "the next one has its own process"


_SPY = """
import gc, sys

seen = []


def look():
    frame = sys._getframe(1)
    while frame is not None:
        seen.extend(map(repr, frame.f_locals.values()))
        frame = frame.f_back
    seen.extend(repr(each) for each in gc.get_objects() if type(each) in (dict, list, tuple, bytes))


class Queue(Queue):
    def __init__(self):
        look()
        words = ''.join(['98765', '4321']), ''.join(['[24, ', '26, 31]'])
        self.found = int(any(word in each for word in words for each in seen))
        self.heap = []

    def take(self):
        return self.found
"""


def test_a_submission_sees_no_argument_of_a_later_case(sandbox: Sandbox) -> None:
    """It looks through all that is in memory; the last case has a seed that is nowhere else."""
    spy = judged(REFERENCE + _SPY, sandbox)
    values = [each.run.value for each in spy.results if not each.case.is_script]
    assert values == [[0] * 3, [0] * 60, [1] * 41], "the last one shows that the look finds it"


def test_a_submission_cannot_blame_the_problem(sandbox: Sandbox) -> None:
    """An exception without a line of its own, as if the driver had failed."""
    source = "\n\nclass Queue(Queue):\n    def take(self):\n        return 'text'\n"
    judgement = judged(REFERENCE + source, sandbox)
    said = (
        "RTE 0/1 the problem's driver.py, line 13: TypeError: can only concatenate str (not"
        ' "int") to str; is what your code gave it, or did to it, of the right kind?'
    )
    assert lines(judgement)[0] == lines(judgement)[2] == lines(judgement)[3] == said
    assert judgement.verdict is Verdict.RUN_TIME_ERROR
    assert all(each.run.line == 0 for each in judgement.results), "the line is in the driver"


# Whose mistake ------------------------------------------------------------------------------------


def test_an_exception_in_the_submission_has_its_line(sandbox: Sandbox) -> None:
    source = REFERENCE.replace("heapq.heappush(self", "heapq.heappush(self.a")
    run = judged(source, sandbox).results[0].run
    assert run.error.startswith("AttributeError: 'Queue' object has no attribute 'a'")
    assert run.line == 9 and "the problem's driver.py, line 10, in drive" in run.traceback


def test_what_the_submission_lacks_is_its_own_mistake(sandbox: Sandbox) -> None:
    said = lines(judged(REFERENCE.replace("def take", "def pop"), sandbox))
    assert said[2] == (
        "RTE 0/1 the problem's driver.py, line 13: AttributeError: 'Queue' object has no attribute"
        " 'take'; is what your code gave it, or did to it, of the right kind?"
    )


FAULTY: dict[str, tuple[tuple[str, str], str]] = {
    "an exception": (("held += 1", "held += '1'"), "line 11: TypeError: unsupported operand"),
    "an import": (("import random", "import randm"), "line 3: ModuleNotFoundError: randm is not"),
    "a name that students do not write": (
        ("solution.Queue()", "solution.Heap()"),
        "line 8: AttributeError: spec.md does not ask students for Heap",
    ),
}


@pytest.mark.parametrize("edit, said", FAULTY.values(), ids=FAULTY)
def test_a_driver_that_fails_with_the_reference_is_an_error_of_the_author(
    edit: tuple[str, str], said: str, sandbox: Sandbox
) -> None:
    problem = with_driver(edit)
    public = replace(problem, cases=problem.cases[:2])
    first, steps = judged(REFERENCE, sandbox, public).results
    assert first.verdict is Verdict.JUDGE_ERROR and steps.verdict is Verdict.ACCEPTED
    assert said in first.run.error and first.run.error.endswith("; the reference fails there, too")
    with pytest.raises(SpecError) as error:
        AnswerKey(problem, sandbox)
    assert "the reference fails case 'many-items': the problem's driver.py, line" in str(
        error.value
    )
    assert said in str(error.value)


DISTURBED = {
    "once": ([RunStatus.TIMED_OUT], ["RTE 0/1", "RTE 0/1"], 1),
    "twice": ([RunStatus.CRASHED, RunStatus.TIMED_OUT], ["JE 0/1", "RTE 0/1"], 1),
    "always": ([RunStatus.OUT_OF_MEMORY] * 4, ["JE 0/1", "JE 0/1"], 0),
}


@pytest.mark.parametrize("statuses, found, remembered", DISTURBED.values(), ids=DISTURBED)
def test_a_reference_that_is_disturbed_does_not_decide(
    statuses: list[RunStatus],
    found: list[str],
    remembered: int,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is run once more, and for the next submission again if that does not help."""
    key = AnswerKey(replace(QUEUE, cases=QUEUE.cases[:1]), sandbox)
    source = f"{REFERENCE}\n\nclass Queue(Queue):\n    def take(self):\n        return 'text'\n"
    left, run = list(statuses), Sandbox.run

    def run_disturbed(self: Sandbox, program: Program, *more: Any, **options: Any) -> list[Run]:
        if program.source == QUEUE.reference and left:
            return [Run(left.pop(0), error="no answer within 5 s")]
        return run(self, program, *more, **options)

    monkeypatch.setattr(Sandbox, "run", run_disturbed)
    said = [lines(judge(key, Submission(source.encode(), "me.py"), sandbox))[0] for _ in range(2)]
    assert [each[: each.index("/1") + 2] for each in said] == found
    assert len(key._reference_runs) == remembered and not left
    for each in said:
        is_known = each.startswith("RTE")
        assert each.endswith(
            "of the right kind?" if is_known else "not known: no answer within 5 s"
        )


def test_without_the_reference_a_student_is_told_where_the_driver_failed(sandbox: Sandbox) -> None:
    problem = with_driver(("held += 1", "held += '1'"))
    public = replace(problem, cases=problem.cases[:2], reference=None)
    first, _ = judged(REFERENCE, sandbox, public).results
    assert first.verdict is Verdict.RUN_TIME_ERROR
    assert "the problem's driver.py, line 11: TypeError" in first.run.error


def test_an_exception_that_a_step_expects_is_no_failure(sandbox: Sandbox, tmp_path: Path) -> None:
    """It comes from a class that the problem gives, in the reference and in submissions."""
    steps = (
        "- {new: Root, as: root}\n"
        "- {call: root.of, args: [-1], raises: {ValueError: positive}}\n"
        "- {call: root.of, args: [4], expected: 2.0}"
    )
    starter = (
        "from given.base import Base\n\nclass Root(Base):\n    def of(self, x):\n"
        "        return super().of(x)\n"
    )
    folder = write_problem(tmp_path, steps, "class: Root", starter)
    (folder / "given").mkdir()
    (folder / "given" / "base.py").write_text(
        "class Base:\n    def of(self, x):\n        if x < 0:\n"
        "            raise ValueError('not positive')\n        return x**0.5\n"
    )
    inherits = b"from given.base import Base\n\nclass Root(Base):\n    pass\n"
    problem = replace(load_problem(str(folder)), reference=inherits)
    assert lines(judged(inherits.decode(), sandbox, problem)) == ["AC 1/1"]
    fails = inherits.replace(b"pass", b"def __abs__(self): pass\n    def __init__(self): pass")
    assert lines(judged(fails.decode(), sandbox, problem)) == ["AC 1/1"]
    other = replace(problem, cases=(problem.cases[0].with_step(1, raises=None),))
    said = lines(judged(inherits.decode(), sandbox, replace(other, reference=None)))
    assert said[0].startswith("RTE 0/1 step 2, root.of(…): given/base.py, line 4: ValueError: not")


# Elsewhere ----------------------------------------------------------------------------------------


def test_misconceptions_are_recognised_through_the_driver(sandbox: Sandbox) -> None:
    key = AnswerKey(QUEUE, sandbox)
    source = (key.combined(("first-in-first-out",)) or b"") + b"\n# mine\n"
    judgement = judge_for(Audience.STUDENT, key, Submission(source, "me.py"), sandbox)
    assert [text for _, text in advice(judgement)] == [
        "Which of two items does your queue give first?"
    ]


def test_it_is_part_of_the_answer_keys_digest(sandbox: Sandbox) -> None:
    other = with_driver(("0.4", "0.40"))
    assert AnswerKey(other, sandbox).inputs_digest != AnswerKey(QUEUE, sandbox).inputs_digest


def test_new_inputs_are_arguments_of_the_driver() -> None:
    inputs = InputGenerator(QUEUE, 1).inputs(20)
    assert inputs and all(each.keys() <= {"n", "seed"} and "n" in each for each in inputs)
    assert any("seed" not in each for each in inputs), "it has a default"


def test_a_page_shows_it() -> None:
    text = problem_markdown(QUEUE)
    assert "## Driver\n\nThe cases call `drive`." in text
    assert 'attributes: `Queue`.\n\n```python\n"""Adds random' in text


def test_reports_and_the_practice_page_show_it_with_the_statement() -> None:
    assert problem_markdown(QUEUE).count("## Driver") == 1
    assert "## Driver" in statement_markdown(QUEUE)
    assert "- `given.graphs`: " in statement_markdown(GIVEN.load("route"))


def test_a_notebook_is_driven(sandbox: Sandbox) -> None:
    names: dict[str, Any] = {}
    exec(REFERENCE, names)
    assert check("queue", names["Queue"], DATA / "given").judgement.verdict is Verdict.ACCEPTED
    exec(REFERENCE.replace("return heapq", "heapq"), names)
    found = check("queue", names["Queue"], DATA / "given").judgement
    assert lines(found)[0].startswith("RTE 0/1 the problem's driver.py, line 13: TypeError")


def test_a_step_can_call_it(sandbox: Sandbox, tmp_path: Path) -> None:
    steps = "- {call: drive, args: {n: 2}, as: two}\n- {call: f, args: {x: !ref two}, expected: 6}"
    folder = write_problem(tmp_path, steps, "function: f", "def f(x): ...\n")
    (folder / "driver.py").write_text(
        "def drive(solution, **args):\n    return solution.f(args['n'])\n"
    )
    source = "def f(x):\n    return x + 2\n"
    assert lines(judged(source, sandbox, load_problem(str(folder)))) == ["AC 1/1"]


_AWAITING = """import asyncio
def drive(solution, x):
    return asyncio.run(solution.f(x))
"""


@pytest.mark.parametrize("tier", ["strict", "basic"])
def test_it_may_run_an_event_loop_where_no_one_else_does(tier: str, tmp_path: Path) -> None:
    cases = "cases:\n  - {name: one, args: {x: 2}, expected: 4}\n"
    folder = write_problem(tmp_path, "", "function: f", "def f(x): ...\n", cases)
    (folder / "driver.py").write_text(_AWAITING)
    with Sandbox(start_fork_server(), tier) as sandbox:
        problem = load_problem(str(folder))
        assert lines(judged("async def f(x):\n    return 2 * x\n", sandbox, problem)) == ["AC 1/1"]


# driver.py, the arguments of a case, and what is reported
INVALID: dict[str, tuple[str, str, str]] = {
    "no drive": (
        "def driv(solution): ...\n",
        "{x: 1}",
        "driver.py:1:1: expected a function drive(solution, …), found none; did you mean 'driv'?",
    ),
    "nothing": (
        "x = 1\n",
        "{x: 1}",
        "driver.py:1:1: expected a function drive(solution, …), found",
    ),
    "a class": ("\nclass drive: ...\n", "{x: 1}", "driver.py:2:1: drive must be a function, with"),
    "no parameter": (
        "def drive(): ...\n",
        "{x: 1}",
        "driver.py:1:1: the first parameter of drive must be solution, by which it gets what",
    ),
    "a keyword as the first": (
        "def drive(*, solution): ...\n",
        "{x: 1}",
        "driver.py:1:1: the first parameter of drive must be solution, by which it gets what",
    ),
    "arguments by position": (
        "def drive(solution, *xs): ...\n",
        "{xs: [1]}",
        "driver.py:1:1: drive gets the arguments of a case by name; *xs takes none by name",
    ),
    "not Python": ("def drive(solution)\n", "{x: 1}", "driver.py:1:20: not valid Python: expected"),
    "an argument that it does not take": (
        "def drive(solution, *, n): ...\n",
        "{m: 1}",
        "cases.yaml:3:12: the function has no parameter 'm'",
    ),
    "a missing argument": (
        "def drive(solution, *, n): ...\n",
        "{}",
        "cases.yaml:3:11: case 'one' needs the argument 'n'",
    ),
    "an argument of what students write": (
        "def drive(solution, *, n): ...\n",
        "{n: 1, x: 1}",
        "cases.yaml:3:18: the function has no parameter 'x'",
    ),
}


@pytest.mark.parametrize("source, args, said", INVALID.values(), ids=INVALID)
def test_an_invalid_driver_is_reported(source: str, args: str, said: str, tmp_path: Path) -> None:
    cases = f"cases:\n  - name: one\n    args: {args}\n    expected: 1\n"
    folder = write_problem(tmp_path, spec="function: f", starter="def f(x): ...\n", cases=cases)
    (folder / "driver.py").write_text(source)
    with pytest.raises(SpecError) as error:
        load_problem(str(folder))
    assert said in str(error.value)


def test_a_list_of_arguments_in_a_step_is_reported(tmp_path: Path) -> None:
    folder = write_problem(
        tmp_path, "- {call: drive, args: [1], expected: 1}", "function: f", "def f(x): ...\n"
    )
    (folder / "driver.py").write_text("def drive(solution, n): ...\n")
    with pytest.raises(SpecError, match="gives the driver a list; name the arguments"):
        load_problem(str(folder))


def test_a_driver_takes_any_argument_if_it_has_two_stars(tmp_path: Path) -> None:
    cases = "cases:\n  - {name: one, args: {a: 1, b: 2}, expected: 1}\n"
    spec = "function: f\nargs: {a: integer}"
    folder = write_problem(tmp_path, spec=spec, starter="def f(x): ...\n", cases=cases)
    (folder / "driver.py").write_text("def drive(solution, **args): ...\n")
    assert load_problem(str(folder)).cases[0].args == {"a": 1, "b": 2}
