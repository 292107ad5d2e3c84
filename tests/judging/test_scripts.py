"""Classes, several functions and scripts of steps are judged step by step."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.bank.load import load_problem
from grader.errors import SpecError
from grader.judging.answer_key import AnswerKey
from grader.judging.audience import Audience
from grader.model.judgement import RunStatus, Verdict
from grader.model.problem import Submission
from grader.reports.messages import message
from grader.sandbox.host import Sandbox
from tests._support.scripts import SCRIPTS, case_text, changed, judged, lines, write_problem

ADAM = changed("adam")


@pytest.mark.parametrize("slug", SCRIPTS.slugs())
def test_the_reference_gets_full_marks(slug: str, sandbox: Sandbox) -> None:
    judgement = judged(slug, changed(slug), sandbox)
    assert judgement.verdict is Verdict.ACCEPTED, lines(judgement)
    assert judgement.score == judgement.max_score


def test_a_seed_holds_for_its_case_alone(sandbox: Sandbox) -> None:
    """A draw of a case is the same whatever was drawn before; another order gives others."""
    twice = changed("dice", ("return int(", "np.random.rand(); return int("))
    assert [line[:2] for line in lines(judged("dice", twice, sandbox))] == ["WA"] * 3
    more = changed("dice", ("< 0.5", "< 0.5 * len(np.random.rand(5)) / 5"))
    assert [line[:2] for line in lines(judged("dice", more, sandbox))] == ["AC"] * 3


# slug, edits of the reference, and verdict, points and message of each case
JUDGED: dict[str, tuple[str, list[tuple[str, str]], list[str]]] = {
    "a wrong answer of a later step": (
        "adam",
        [("self.t += 1", "self.t = 1")],
        [
            "WA 0/1 step 3, adam.step(…): at [0]: got -0.14852…",
            "AC 3/3",
        ],
    ),
    "state that all objects share": (
        "adam",
        [("self.t += 1", "Adam.n = self.t = getattr(Adam, 'n', 0) + 1")],
        ["AC 1/1", "WA 0/3 step 4, two.step(…): at [0]: got 0.8397…"],
    ),
    "a missing attribute": (
        "adam",
        [("self.t", "self.count")],
        [
            "RTE 0/1 step 4, adam.t: AttributeError: 'Adam' object has no attribute 't'",
            "RTE 2/3 step 5, one.t: AttributeError: 'Adam' object has no attribute 't'",
        ],
    ),
    "a number in place of a method": (
        "adam",
        [("        self.t = 0\n", "        self.t = 0\n        self.step = 3\n")],
        [
            "RTE 0/1 step 2, adam.step(…): TypeError: adam.step has the type int and is not a"
            " method",
            "RTE 0/3 step 3, one.step(…): TypeError: one.step has the type int and is not a method",
        ],
    ),
    "a missing method": (
        "adam",
        [("def step", "def update")],
        [
            "RTE 0/1 step 2, adam.step(…): AttributeError: 'Adam' object has no attribute 'step'",
            "RTE 0/3 step 3, one.step(…): AttributeError: 'Adam' object has no attribute 'step'",
        ],
    ),
    "a constructor without the argument": (
        "adam",
        [("lr=0.001", ""), ("self.lr = lr", "self.lr = 0.5")],
        [
            "RTE 0/1 step 1, Adam(…): Adam cannot be called with the 1 argument of this step: too"
            " many positional arguments",
            "RTE 0/3 step 1, Adam(…): Adam cannot be called with the 1 argument of this step: too"
            " many positional arguments",
        ],
    ),
    "a misspelt constructor": (
        "adam",
        [("def __init__", "def _init_")],
        [
            "RTE 0/1 step 1, Adam(…): Adam cannot be called with the 1 argument of this step: too"
            " many positional arguments; rename _init_ to __init__, with two underscores on each"
            " side",
            "RTE 0/3 step 1, Adam(…): Adam cannot be called with the 1 argument of this step: too"
            " many positional arguments; rename _init_ to __init__, with two underscores on each"
            " side",
        ],
    ),
    "renamed parameters": ("adam", [("params", "p"), ("grads", "g")], ["AC 1/1", "AC 3/3"]),
    "an object in place of a value": (
        "adam",
        [("return params", "return [self] or params")],
        [
            "WA 0/1 step 2, adam.step(…): at [0]: returned an object of another type where a"
            " number is expected: …",
            "WA 1/3 step 4, two.step(…): returned shape (1,) where shape (2,) is expected: …",
        ],
    ),
    "no class": (
        "adam",
        [("class Adam", "class Optimiser")],
        [
            "CE 0/1 the class must be called Adam; found: Optimiser",
            "CE 0/3 the class must be called Adam; found: Optimiser",
        ],
    ),
    "one of two functions": (
        "ngrams",
        [("def count_ngrams", "def count")],
        [
            "AC 1/1",
            "RTE 1/3 step 2, count_ngrams(…): the function must be called count_ngrams; found: …",
            "AC 1/1",
            "RTE 0/1 the function must be called count_ngrams; found: …",
        ],
    ),
    "a wrong first function": (
        "ngrams",
        [("text.split()", "text.split(' ')[:2]")],
        [
            "AC 1/1",
            "WA 0/3 step 1, tokenise(…): 2 elements where 3 are expected; …",
            "WA 0/1 1 element where 0 are expected: got [''], expected []",
            "AC 1/1",
        ],
    ),
    "a first function that raises": (
        "ngrams",
        [("text.split()", "text.splt()")],
        [
            "RTE 0/1 AttributeError: …",
            "RTE 0/3 step 1, tokenise(…): AttributeError: …",
            "RTE 0/1 AttributeError: …",
            "AC 1/1",
        ],
    ),
    "a wrong operator": (
        "counter",
        [("both.add(other.total)", "both.add(1)")],
        ["WA 0/1 step 6, repr(both): the texts differ at character 9: …"],
    ),
}


@pytest.mark.parametrize("slug, edits, said", JUDGED.values(), ids=JUDGED)
def test_each_step_is_judged(
    slug: str, edits: list[tuple[str, str]], said: list[str], sandbox: Sandbox
) -> None:
    found = lines(judged(slug, changed(slug, *edits), sandbox))
    assert len(found) == len(said)
    for line, beginning in zip(found, said, strict=True):
        assert line.startswith(beginning[:-1]) if beginning.endswith("…") else line == beginning


def test_a_step_without_its_result_is_skipped_and_the_others_are_not(sandbox: Sandbox) -> None:
    """A result that is missing costs the steps that need it."""
    source = changed(
        "counter", ("def copy(self):\n", "def copy(self):\n        raise ValueError\n")
    )
    (result,) = judged("counter", source, sandbox).results
    statuses = [each.run.status for each in result.steps]
    assert statuses[2] is RunStatus.RAISED
    skipped = [number for number, each in enumerate(statuses, 1) if each is RunStatus.SKIPPED]
    assert skipped == [4, 5, 6, 10]
    assert result.steps[3].run.error == "not run, because an earlier step did not give two"
    assert message(result).startswith("step 3, one.copy(…): ValueError")


def test_a_dead_child_ends_its_script_and_no_other(sandbox: Sandbox) -> None:
    source = changed("ngrams", ("    return text.split()", "    import os\n    os._exit(1)"))
    judgement = judged("ngrams", source, sandbox)
    words, bigrams, _, one_word = judgement.results
    assert words.run.status is RunStatus.CRASHED
    assert [each.run.status for each in bigrams.steps] == [RunStatus.CRASHED, RunStatus.SKIPPED]
    assert bigrams.steps[1].run.error == "not run, because an earlier step ended the process"
    assert one_word.verdict is Verdict.ACCEPTED


def test_a_student_sees_steps_of_public_cases_only(sandbox: Sandbox) -> None:
    source = changed("adam", ("self.t += 1", "self.t += 2"))
    public, hidden = judged("adam", source, sandbox, Audience.STUDENT).results
    assert len(public.steps) == 4 and message(public).startswith("step ")
    assert hidden.steps == () and hidden.run.steps == () and "step" not in message(hidden)
    assert len(hidden.case.steps) == 1 and hidden.case.is_redacted


def test_the_reference_answers_steps_that_ask_for_it(sandbox: Sandbox) -> None:
    key = AnswerKey(SCRIPTS.load("adam"), sandbox)
    *_, asked, t = key.problem.cases[1].steps
    assert asked.has_expected and (t.expected, t.has_expected) == (1, True)


def test_a_known_wrong_solution_is_recognised_by_its_steps(sandbox: Sandbox) -> None:
    """The tests of `agree` by values are those of plain cases; this one is about steps."""
    key = AnswerKey(SCRIPTS.load("adam"), sandbox)
    runs = [
        key.runs(Submission(source.encode(), "me.py"), sandbox)
        for source in (ADAM, ADAM + "\n", changed("adam", ("self.t += 1", "self.t = 1")))
    ]
    from grader.judging.results import agree

    case = key.problem.cases[0]
    assert agree(case, runs[0][0], runs[1][0])
    assert not agree(case, runs[0][0], runs[2][0])


# what the reference of a class does wrong in hidden steps, and what its author reads
HIDDEN: dict[str, tuple[str, str]] = {
    "an object for an answer": (
        "- {call: a.copy, expected: !reference }",
        "in step 2 of case 'one', a.copy(…), the reference returns an object of type Adam, which"
        " cannot be compared; ask for its attributes with `get`",
    ),
    "an object in an answer": (
        "- {call: a.step, args: {x: [!ref a]}, expected: !reference }",
        "in step 2 of case 'one', a.step(…), the reference returns [an object of type Adam], which"
        " cannot be compared; ask for its attributes with `get`",
    ),
    "a missing attribute": (
        "- {get: a.speed, expected: !reference }",
        "the reference fails step 2 of case 'one', a.speed: AttributeError: 'Adam' object has no"
        " attribute 'speed'",
    ),
    "a value in place of a method": (
        "- {get: a.lr, as: lr}\n- {call: lr, args: [1], expected: !reference }",
        "the reference fails step 3 of case 'one', lr(…): TypeError: lr has the type int and is"
        " not a function",
    ),
    "a key that has no hash": (
        "- {call: a.step, args: {x: [1]}, as: x}\n"
        "- {call: a.step, args: {x: {? !ref x : 1}}, expected: !reference }",
        "the reference fails step 3 of case 'one', a.step(…): TypeError: unhashable type: 'list'",
    ),
}
_ADAM = """\
class Adam:
    def __init__(self, lr):
        self.lr = lr
    def step(self, x, n=1):
        return x
    def copy(self):
        return self
"""


@pytest.mark.parametrize("steps, said", HIDDEN.values(), ids=HIDDEN)
def test_what_the_reference_cannot_answer_is_reported(
    steps: str, said: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    steps = "- {new: Adam, args: {lr: 1}, as: a}\n" + steps
    folder = write_problem(tmp_path)
    solutions = tmp_path / "solutions" / "one"
    solutions.mkdir(parents=True)
    public = "- {new: Adam, args: {lr: 1}, as: a}\n- {get: a.lr, expected: 1}"
    (folder / "cases.yaml").write_text(case_text(public)[0].replace("name: one", "name: zero"))
    (solutions / "cases.yaml").write_text(case_text(steps)[0])
    (solutions / "reference.py").write_text(_ADAM)
    problem = load_problem(str(folder), str(solutions))
    with pytest.raises(SpecError) as caught:
        AnswerKey(problem, sandbox)
    assert [each.text for each in caught.value.diagnostics] == [said]
