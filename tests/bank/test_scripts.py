"""Steps of a case are read, or what is wrong with each is reported at its place."""

from __future__ import annotations

from math import inf
from pathlib import Path
from typing import Any

import pytest

from grader.bank.load import load_problem
from grader.errors import SpecError
from grader.model.entry_point import Action
from grader.values import Ref
from tests._support.scripts import SCRIPTS, case_text, write_problem


def test_steps_are_read() -> None:
    case, hidden = SCRIPTS.load("adam").cases
    new, first, second, get = case.steps
    assert [step.action for step in case.steps] == [
        Action.NEW,
        Action.CALL,
        Action.CALL,
        Action.GET,
    ]
    assert (new.target, new.name, new.args) == ("Adam", "adam", {"lr": 0.5})
    assert [step.is_asked for step in case.steps] == [False, True, True, True]
    assert second.args["params"] == Ref("params") and second.tolerance.atol == 1e-4
    assert first.tolerance.atol == 1e-6, "the tolerance of the case"
    assert (get.target, get.expected) == ("adam.t", 2)
    assert first.function is not None and first.function.name == "step"
    assert hidden.points == 3 and not hidden.has_answers and hidden.has_step_points


def test_a_plain_case_is_the_script_of_one_call() -> None:
    words, bigrams, *hidden = SCRIPTS.load("ngrams").cases
    assert [len(case.steps) for case in (words, bigrams, *hidden)] == [1, 2, 1, 1]
    assert words.step.target == "tokenise" and words.step.is_asked
    assert [case.step.has_expected for case in hidden] == [False, False]
    assert words.source == "tokenise(\n    text='a b',\n)"


def test_a_script_is_shown_as_python() -> None:
    (case,) = SCRIPTS.load("counter").cases
    assert case.source.splitlines() == [
        "one = Counter()",
        "one.add(step=3)",
        "two = one.copy()",
        "two.add(step=4)",
        "both = one + two",
        "repr(both)",
        "one.total",
        "one.total = -1",
        "one.add(step=1)",
        "one.total < two.total",
        "add = one.add",
        "add(5)",
    ]


# steps after `a = Adam(lr=1)`, and how they are shown
SHOWN = {
    "{operator: pow, args: [-2, !ref a], expected: 4}": ["(-2) ** a"],
    "{operator: pow, args: [!ref a, -2], expected: 4}": ["a ** -2"],
    "{operator: pow, args: [-.inf, !ref a], expected: 4}": ["from math import inf", "(-inf) ** a"],
    "{operator: sub, args: [-2, !ref a], expected: 4}": ["-2 - a"],
    '{operator: eq, args: [!python "lambda: 1", !ref a], expected: true}': ["(lambda: 1) == a"],
    '{operator: add, args: [1, !ref a], show: "[0]", expected: 1}': ["(1 + a)[0]"],
    '{operator: add, args: [1, !ref a], as: b, show: "[0]", expected: 1}': ["b = 1 + a", "b[0]"],
    "{operator: neg, args: [!ref a], expected: 1}": ["from operator import neg", "neg(a)"],
    "{operator: len, args: [!ref a], expected: 1}": ["len(a)"],
    "{operator: abs, args: [!ref a], expected: 1}": ["abs(a)"],
    "{call: a.step, args: {x: .nan}, expected: 1}": ["from math import nan", "a.step(x=nan)"],
    '{call: a.step, args: {x: 1}, stdin: "7\\n\\n8", expected: 1}': [
        "# input: 7",
        "# input: ",
        "# input: 8",
        "a.step(x=1)",
    ],
}


@pytest.mark.parametrize("step, shown", SHOWN.items(), ids=SHOWN)
def test_a_step_is_shown_as_it_is_done(step: str, shown: list[str], tmp_path: Path) -> None:
    new = "- {new: Adam, args: {lr: 1}, as: a}"
    (case,) = load_problem(str(write_problem(tmp_path, f"{new}\n- {step}"))).cases
    lines = case.source.splitlines()
    lines.remove("a = Adam(lr=1)")
    assert lines == shown


class Recorder:
    """Records which operator is applied to it, and with what."""

    def __init__(self, lr: int) -> None: ...

    def __rpow__(self, other: object) -> list[object]:
        return ["pow", other]

    def __rsub__(self, other: object) -> list[object]:
        return ["sub", other]

    def __radd__(self, other: object) -> list[object]:
        return ["add", other]

    def __neg__(self) -> list[object]:
        return ["neg"]

    def step(self, x: object, n: int = 1) -> object:
        return x


# steps, and what they give
DONE: dict[str, object] = {
    "{operator: pow, args: [-2, !ref a], expected: 4}": ["pow", -2],
    "{operator: pow, args: [-.inf, !ref a], expected: 4}": ["pow", -inf],
    "{operator: sub, args: [-2, !ref a], expected: 4}": ["sub", -2],
    '{operator: add, args: [1, !ref a], show: "[1]", expected: 1}': 1,
    "{operator: neg, args: [!ref a], expected: 1}": ["neg"],
    '{call: a.step, args: {x: [.inf]}, stdin: "7\\n8", show: "[0]", expected: 1}': inf,
}


@pytest.mark.parametrize("step, result", DONE.items(), ids=DONE)
def test_a_pasted_step_does_the_same(step: str, result: object, tmp_path: Path) -> None:
    new = "- {new: Adam, args: {lr: 1}, as: a}"
    (case,) = load_problem(str(write_problem(tmp_path, f"{new}\n- {step}"))).cases
    names: dict[str, Any] = {"Adam": Recorder}
    *before, last = case.source.splitlines()
    exec("\n".join(before), names)
    assert eval(last, names) == result


def test_long_input_is_shown_in_part(tmp_path: Path) -> None:
    text = f"{'a' * 1000}\\n" + "b\\n" * 200
    step = f'- {{call: a.step, args: {{x: 1}}, stdin: "{text}", expected: 1}}'
    new = "- {new: Adam, args: {lr: 1}, as: a}"
    (case,) = load_problem(str(write_problem(tmp_path, f"{new}\n{step}"))).cases
    lines = case.step.input_lines
    assert len(lines[0]) < 520 and lines[0].endswith("a…") and lines[1] == "# input: b"
    assert len(lines) == 101 and lines[-1] == "# input: … 101 more lines"


# steps of a class with `__init__(self, lr)`, `step(self, x, n=1)` and `copy(self) -> "Adam"`, and
# what is said about them: line and column within the steps, and the text
WRONG: dict[str, tuple[str, str]] = {
    "an unknown name": (
        "- {call: addam.step, args: {x: 1}, expected: 1}",
        "1:10: step 1 of case 'one' uses addam, which is neither what students write nor a"
        " result; did you mean 'Adam'?",
    ),
    "a result before it exists": (
        "- {call: adam.step, args: {x: 1}, expected: 1}\n- {new: Adam, args: {lr: 1}, as: adam}",
        "1:10: step 1 of case 'one' uses adam, which only step 2 gives; change the order",
    ),
    "an argument before it exists": (
        "- {new: Adam, args: {lr: !ref x}, as: adam}\n"
        "- {call: adam.step, args: {x: 1}, expected: 1, as: x}",
        "1:3: step 1 of case 'one' uses x, which only step 2 gives; change the order",
    ),
    "a checker without anything to compare": (
        "- {new: Adam, args: {lr: 1}, as: adam}\n"
        "- {call: adam.step, args: {x: 1}, checker: exact}\n- {get: adam.t, expected: 1}",
        "2:44: step 2 of case 'one' has a checker, but nothing is expected; add `expected`",
    ),
    "a reference deep in an argument": (
        "- {new: Adam, args: {lr: [{a: !tuple [!ref nothing]}]}, as: adam}\n"
        "- {get: adam.t, expected: 1}",
        "1:3: step 1 of case 'one' uses nothing, which is neither what students write nor a"
        " result; known: Adam",
    ),
    "no such method": (
        "- {new: Adam, args: {lr: 1}, as: adam}\n- {call: adam.stpe, args: {x: 1}, expected: 1}",
        "2:10: the class Adam has no method 'stpe' in starter.py; did you mean 'step'?",
    ),
    "no such method of a result": (
        "- {new: Adam, args: {lr: 1}, as: a}\n- {call: a.copy, as: b}\n- {call: b.t, expected: 1}",
        "3:10: the class Adam has no method 't' in starter.py; known: step, copy",
    ),
    "the constructor without its argument": (
        "- {new: Adam, as: adam}\n- {get: adam.t, expected: 1}",
        "1:3: step 1 of case 'one' needs the argument 'lr' of Adam",
    ),
    "an unknown parameter": (
        "- {new: Adam, args: {lr: 1}, as: a}\n- {call: a.step, args: {y: 1, x: 1}, expected: 1}",
        "2:25: step has no parameter 'y'; known: x, n",
    ),
    "too many in a list": (
        "- {new: Adam, args: [1, 2], as: a}\n- {get: a.t, expected: 1}",
        "1:3: step 1 of case 'one' gives 2 arguments, and Adam has 1",
    ),
    "too few in a list": (
        "- {new: Adam, args: [], as: a}\n- {get: a.t, expected: 1}",
        "1:3: step 1 of case 'one' needs the argument 'lr' of Adam",
    ),
    "an object of another class": (
        "- {new: Sgd, as: a}\n- {get: a.t, expected: 1}",
        "1:9: step 1 of case 'one' makes an object of Sgd, which spec.md does not name;"
        " known: Adam",
    ),
    "a class that is called": (
        "- {call: Adam, args: {lr: 1}, as: a}\n- {get: a.t, expected: 1}",
        "1:10: Adam is a class; write `new: Adam` to make an object of it",
    ),
    "the name of the class for a result": (
        "- {new: Adam, args: {lr: 1}, as: Adam}\n- {get: Adam.t, expected: 1}",
        "1:34: Adam is the name of what students write; choose another for a result",
    ),
    "an unknown operator": (
        "- {new: Adam, args: {lr: 1}, as: a}\n- {operator: ad, args: [!ref a, 1], expected: 1}",
        "2:14: step 2 of case 'one' has an unknown operator 'ad'; did you mean 'add'?",
    ),
    "an operator with names": (
        "- {new: Adam, args: {lr: 1}, as: a}\n- {operator: neg, args: {a: !ref a}, expected: 1}",
        "2:3: step 2 of case 'one' needs its `args` as a list, in order",
    ),
    "set without a value": (
        "- {new: Adam, args: {lr: 1}, as: a}\n- {set: a.lr}\n- {get: a.lr, expected: 1}",
        "2:3: step 2 of case 'one' needs `value`",
    ),
    "a value without set": (
        "- {new: Adam, args: {lr: 1}, value: 1, as: a}\n- {get: a.lr, expected: 1}",
        "1:3: step 1 of case 'one' has `value` without `set`",
    ),
    "arguments of get": (
        "- {new: Adam, args: {lr: 1}, as: a}\n- {get: a.lr, args: [1], expected: 1}",
        "2:3: step 2 of case 'one' has `args`, but `get` takes none",
    ),
    "an assignment with an answer": (
        "- {new: Adam, args: {lr: 1}, as: a}\n- {set: a.lr, value: 1, expected: 1}",
        "2:3: step 2 of case 'one' assigns, which has no result to expect",
    ),
    "no expectation": (
        "- {new: Adam, args: {lr: 1}, as: a}",
        "0:0: no step of case 'one' has an expectation; give one `expected`",
    ),
    "no action": (
        "- {args: {lr: 1}, expected: 1}",
        "1:3: a step needs the key 'call', 'new', 'get', 'set', 'repr' or 'operator': function or"
        " method to call: `tokenise`, or `adam.step` for the result named adam",
    ),
    "two actions": (
        "- {new: Adam, call: f, args: {lr: 1}, expected: 1}",
        "1:15: expected one of 'call', 'new', 'get', 'set', 'repr' or 'operator', found 'new' and"
        " 'call'; keep one",
    ),
    "an unknown key": (
        "- {new: Adam, args: {lr: 1}, expect: 1}",
        "1:30: a step has no key 'expect'; did you mean 'expected'?",
    ),
    "an expected reference": (
        "- {new: Adam, args: {lr: 1}, as: a}\n- {get: a.lr, expected: !ref a}",
        "2:3: in step 2 of case 'one', `expected` refers to a result; write it out",
    ),
    "the reference in a public case": (
        "- {new: Adam, args: {lr: 1}, as: a}\n- {get: a.lr, expected: !reference }",
        "2:25: students have no reference; write the answer out, or let `grader fill` do it",
    ),
    "something after !reference": (
        "- {new: Adam, args: {lr: 1}, as: a}\n- {get: a.lr, expected: !reference 3}",
        "2:25: expected nothing after !reference, found '3'",
    ),
    "a reference without a name": (
        "- {new: Adam, args: {lr: !ref 3}, as: a}\n- {get: a.lr, expected: 1}",
        "1:26: expected the name of a result, like !ref tokens, found '3'",
    ),
    "too many steps": (
        "- {new: Adam, args: {lr: 1}, as: a}\n" + "- {get: a.lr, expected: 1}\n" * 10_000,
        "1001:3: expected at most 1000 steps, found 10001; use several cases",
    ),
    "tolerance and decimals": (
        "- {new: Adam, args: {lr: 1}, as: a}\n"
        "- {get: a.lr, expected: 1, decimals: 2, tolerance: {atol: 1}}",
        "2:52: expected `decimals` or `tolerance`, found both; keep one",
    ),
    "an unknown exception": (
        "- {new: Adam, args: {lr: 1}, raises: ValeuError}",
        "1:38: step 1 of case 'one' expects an unknown exception 'ValeuError'; did you mean"
        " 'ValueError'? An exception of your own must be declared in starter.py",
    ),
    "a tag as an exception": (
        "- {new: Adam, args: {lr: 1}, raises: !reference }",
        "1:38: expected the name of an exception, like ValueError, found the tag !reference; tags"
        " are not possible here; quote a text that begins with !",
    ),
    "a tag as an output": (
        "- {new: Adam, args: {lr: 1}, prints: !reference }",
        "1:38: expected a text, found the tag !reference; tags are not possible here; quote a text"
        " that begins with !",
    ),
    "an exception of another module": (
        "- {new: Adam, args: {lr: 1}, raises: {ValueError: no, zzz.Zzz: no}}",
        "1:55: step 1 of case 'one' expects an unknown exception 'zzz.Zzz'; name one of Python's,"
        " or a class that starter.py declares",
    ),
    "a class that is not an exception": (
        "- {new: Adam, args: {lr: 1}, raises: Adam}",
        "1:38: step 1 of case 'one' expects Adam, which is not an exception in starter.py; derive"
        " the class from one",
    ),
    "the text of nothing": (
        "- {repr: nothing, expected: x}",
        "1:10: step 1 of case 'one' uses nothing, which is neither what students write nor a"
        " result; known: Adam",
    ),
    "a keyword for a result": (
        "- {new: Adam, args: {lr: 1}, as: class}\n- {get: class.lr, expected: 1}",
        "1:34: class is a keyword of Python; choose another name for a result",
    ),
    "an argument after an assignment": (
        "- {new: Adam, args: {lr: 1}, as: a}\n- {set: a.lr, value: 1, after: {value: 1}}",
        "2:32: step 2 of case 'one' has `after`, but `set` has no arguments to look at",
    ),
    "no steps": ("[]", "1:1: expected 1 or more items, found 0"),
    "steps that are no list": ("{new: Adam}", "1:1: expected a list, found a mapping"),
    "no exception": (
        "- {new: Adam, args: {lr: 1}, raises: []}",
        "1:38: expected an exception, like [ValueError, TypeError], found []",
    ),
    "no name of an exception": (
        "- {new: Adam, args: {lr: 1}, raises: 3}",
        "1:38: expected the name of an exception, like ValueError, found '3'",
    ),
    "an answer and an exception": (
        "- {new: Adam, args: {lr: 1}, expected: 1, raises: ValueError}",
        "1:51: step 1 of case 'one' has `expected` and `raises`; keep one",
    ),
    "a name for an exception": (
        "- {new: Adam, args: {lr: 1}, as: adam, raises: ValueError}",
        "1:48: step 1 of case 'one' raises an exception, so `as` has nothing to name",
    ),
    "an exception of an assignment that is compared": (
        "- {new: Adam, args: {lr: 1}, checker: exact, raises: ValueError}",
        "1:39: step 1 of case 'one' has `checker` and `raises`; keep one",
    ),
    "an argument after the call that is not given": (
        "- {new: Adam, args: {lr: [1]}, after: {rl: [2]}}",
        "1:40: step 1 of case 'one' has no argument 'rl' to look at after the call; known: lr",
    ),
    "a result after the call": (
        "- {new: Adam, args: {lr: [1]}, after: {lr: !ref x}}",
        "1:40: in step 1 of case 'one', `after` needs a value; write it out",
    ),
    "an argument after an exception": (
        "- {new: Adam, args: {lr: [1]}, after: {lr: [2]}, raises: ValueError}",
        "1:58: step 1 of case 'one' has `after` and `raises`; keep one",
    ),
    "answers of two kinds": (
        "- {new: Adam, args: {lr: 1}, as: a}\n- {get: a.lr, any_of: [1, b]}",
        "2:23: in step 2 of case 'one', `any_of` has an integer first, and a string as answer 2;"
        " write answers of one kind",
    ),
    "None and a list": (
        "- {new: Adam, args: {lr: 1}, as: a}\n- {get: a.lr, any_of: [null, [1]]}",
        "2:23: in step 2 of case 'one', `any_of` has None first, and a list as answer 2; write"
        " answers of one kind",
    ),
    "a boolean and a number": (
        "- {new: Adam, args: {lr: 1}, as: a}\n- {get: a.lr, any_of: [true, 1]}",
        "2:23: in step 2 of case 'one', `any_of` has a boolean first, and an integer as answer 2;"
        " write answers of one kind",
    ),
    "generators as answers": (
        "- {new: Adam, args: {lr: 1}, as: a}\n- {get: a.lr, any_of: [!rng 1, !rng 2]}",
        "2:23: in step 2 of case 'one', `any_of` needs values; write them out",
    ),
    "results as answers": (
        "- {new: Adam, args: {lr: 1}, as: a}\n- {get: a.lr, any_of: [!ref a, 2]}",
        "2:23: in step 2 of case 'one', `any_of` needs values; write them out",
    ),
    "one answer of several": (
        "- {new: Adam, args: {lr: 1}, as: a}\n- {get: a.lr, any_of: [1]}",
        "2:23: expected 2 or more items, found 1",
    ),
    "answers and an answer": (
        "- {new: Adam, args: {lr: 1}, as: a}\n- {get: a.lr, expected: 1, any_of: [1, 2]}",
        "2:36: expected `expected` or `any_of`, found both; keep one",
    ),
    "an output before an exception": (
        "- {new: Adam, args: {lr: [1]}, prints: a, raises: ValueError}",
        "1:51: step 1 of case 'one' has `prints` and `raises`; keep one",
    ),
    "a part that is not in brackets": (
        "- {new: Adam, args: {lr: 1}, as: a}\n- {get: a.lr, expected: 1, show: w1}",
        "2:34: expected indices or keys in brackets, like [0][1] or ['w1'], found 'w1'",
    ),
    "a part of nothing": (
        "- {new: Adam, args: {lr: 1}, as: a, show: '[0]'}\n- {get: a.lr, expected: 1}",
        "1:43: step 1 of case 'one' has `show`, and no `expected` to compare that part with",
    ),
    "a part of an exception": (
        "- {new: Adam, args: {lr: 1}, show: '[0]', raises: ValueError}",
        "1:36: step 1 of case 'one' has `show` and `raises`; keep one",
    ),
    "an unknown rule of outputs": (
        "- {new: Adam, args: {lr: 1}, prints: {exact: a, words: a}}",
        "1:49: an output has no key 'words'; known: lines, tokens, exact",
    ),
    "two rules of outputs": (
        "- {new: Adam, args: {lr: 1}, prints: {tokens: a, exact: a}}",
        "1:50: expected one of 'lines', 'tokens' or 'exact', found 'tokens' and 'exact'; keep one",
    ),
    "no rule of outputs": (
        "- {new: Adam, args: {lr: 1}, prints: {}}",
        "1:38: an output needs the key 'lines', 'tokens' or 'exact': lines to print; blanks at"
        " their ends do not count",
    ),
    "a checker that does not apply": (
        "- {new: Adam, args: {lr: 1}, as: a}\n"
        "- {get: a.lr, expected: 1, checker: {unordered: yes}}",
        "2:25: the checker `unordered` does not apply: expected a list or another sequence,"
        " found an integer",
    ),
}


def test_right_answers_may_be_numbers_or_sequences_of_any_kind(tmp_path: Path) -> None:
    steps = "- {new: Adam, args: {lr: 1}, as: a}\n- {get: a.lr, any_of: [1, 1.5, !complex 1j]}\n"
    folder = write_problem(tmp_path, steps + "- {get: a.t, any_of: [[1], !tuple [2], !int64 [3]]}")
    (case,) = load_problem(str(folder)).cases
    assert [len(step.others) for step in case.steps] == [0, 2, 2]


@pytest.mark.parametrize("steps, said", WRONG.values(), ids=WRONG)
def test_a_wrong_step_is_reported_at_its_place(
    steps: str, said: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = write_problem(tmp_path_factory.mktemp("bank"), steps)
    with pytest.raises(SpecError) as caught:
        load_problem(str(folder))
    line, column, text = said.split(":", 2)
    first, margin = case_text(steps)[1:]
    found = [(each.at.line, each.at.column, each.text) for each in caught.value.diagnostics]
    place = (2, 5) if line == "0" else (first + int(line) - 1, margin + int(column))
    assert (*place, text.removeprefix(" ")) in found
    assert len(found) == 1


# what spec.md and starter.py say, with a case, and what is reported
KINDS: dict[str, tuple[str, str, str, str]] = {
    "a class named as a function": (
        "function: Adam",
        "class Adam:\n    def step(self, x): ...",
        "{name: one, args: {x: 1}, expected: 1}",
        "starter.py:1:1: Adam is a class; write `class: Adam` in spec.md, not `function`",
    ),
    "a function named as a class": (
        "class: step",
        "def step(x): ...",
        "{name: one, args: {x: 1}, expected: 1}",
        "starter.py:1:1: step is a function; write `function: step` in spec.md, not `class`",
    ),
    "one of several is missing": (
        "functions: [f, g]",
        "def f(x): ...",
        "{name: one, call: f, args: {x: 1}, expected: 1}",
        "starter.py:1:1: the function 'g' that spec.md names is not defined here"
        " with `def`; known: f",
    ),
    "a case that does not say which": (
        "functions: [f, g]",
        "def f(x): ...\ndef g(x): ...",
        "{name: one, args: {x: 1}, expected: 1}",
        "cases.yaml:2:5: case 'one' is for the functions f and g; name the one to call with"
        " `call`, or give it `steps`",
    ),
    "a call of a class": (
        "class: Adam",
        "class Adam:\n    def step(self, x): ...",
        "{name: one, args: {x: 1}, expected: 1}",
        "cases.yaml:2:5: case 'one' is for the class Adam; give it `steps`",
    ),
    "function and class": (
        "function: f\nclass: Adam",
        "def f(x): ...",
        "{name: one, args: {x: 1}, expected: 1}",
        "spec.md:6:1: expected one of 'function', 'functions' or 'class', found 'function' and"
        " 'class'; keep one",
    ),
    "points twice": (
        "function: f",
        "def f(x): ...",
        "{name: one, points: 3, steps: [{call: f, args: {x: 1}, expected: 1, points: 2}]}",
        "cases.yaml:2:5: expected the points of the case or those of its steps, found both; keep"
        " one",
    ),
    "args and steps": (
        "function: f",
        "def f(x): ...",
        "{name: one, args: {x: 1}, steps: [{call: f, args: {x: 1}, expected: 1}]}",
        "cases.yaml:2:31: expected one of 'args', 'steps' or 'generate', found 'args' and 'steps';"
        " keep one",
    ),
    "a given function that is unknown": (
        "functions: [f, g]",
        "def f(x): ...\ndef g(x): ...",
        "{name: one, call: f, args: {x: 1}, expected: 1, given: [h]}",
        "cases.yaml:2:61: case 'one' gives 'h', which is not a function of spec.md; known: f, g",
    ),
    "a given class": (
        "class: Adam",
        "class Adam:\n    def step(self, x): ...",
        "{name: one, steps: [{new: Adam, as: a}, {get: a.t, expected: 1}], given: [Adam]}",
        "cases.yaml:2:79: case 'one' gives 'Adam', which is not a function of spec.md; it names"
        " none",
    ),
    "a given function that is judged alone": (
        "functions: [f, g]",
        "def f(x): ...\ndef g(x): ...",
        "{name: one, call: f, args: {x: 1}, expected: 1, given: [f]}",
        "cases.yaml:2:60: case 'one' gives every function that it judges; give fewer",
    ),
    "a given function that is judged without points": (
        "functions: [f, g]",
        "def f(x): ...\ndef g(x): ...",
        "{name: one, steps: [{call: f, args: {x: 1}, expected: 1}, {call: g, args: {x: 1}, "
        "expected: 1}], given: [f]}",
        "cases.yaml:2:109: case 'one' judges step 1, which calls a given function; give each step"
        " `points`, to state what the others earn",
    ),
    "a reference in a plain case": (
        "function: f",
        "def f(x): ...",
        "{name: one, args: {x: !ref y}, expected: 1}",
        "cases.yaml:2:5: case 'one' uses y, which is neither what students write nor a result;"
        " known: f",
    ),
}


@pytest.mark.parametrize("spec, starter, case, said", KINDS.values(), ids=KINDS)
def test_a_case_that_does_not_fit_the_entry_point_is_reported(
    spec: str, starter: str, case: str, said: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = write_problem(
        tmp_path_factory.mktemp("bank"), spec=spec, starter=starter, cases=f"cases:\n  - {case}\n"
    )
    with pytest.raises(SpecError) as caught:
        load_problem(str(folder))
    assert said in [str(each).partition("problems/one/")[2] for each in caught.value.diagnostics]


def test_a_result_of_another_name_is_reported_once(tmp_path: Path) -> None:
    """It was renamed where it is made; the steps that use it have no mistake of their own."""
    steps = """\
- {new: Adam, args: {lr: 0.5}, as: optimiser}
- {call: adam.step, args: {x: 1.0}, expected: 0.5}
- {call: adam.step, args: {x: 2.0}, expected: 0.5}
- {call: adam.copy, as: other}
- {call: other.step, args: {x: !ref adam}, expected: 0.5}
"""
    with pytest.raises(SpecError) as raised:
        load_problem(str(write_problem(tmp_path, steps)))
    (only,) = raised.value.diagnostics
    assert only.at.line == case_text(steps)[1] + 1
    assert "uses adam, which is neither what students write nor a result" in only.text
