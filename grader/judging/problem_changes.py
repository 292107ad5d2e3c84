"""What differs between two versions of a problem, in words.

Of hidden cases students learn their names, points and verdicts, so they may learn that such a case
has changed and in which respect, and no value of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from grader.model.judgement import points_number
from grader.model.problem import Case, Problem
from grader.values.dataclasses import dataclass
from grader.values.encode import encode
from grader.values.show import show

_WIDTH = 60  # characters of a value


@dataclass(frozen=True)
class ProblemChange:
    """One respect in which a problem has changed.

    Attributes:
        what: without any value of a case; a predicate such as "is new", if it is about a case
        case: the name of the case it is about; empty if it is about the problem
        detail: the values before and after, if they are short
        is_hidden: whether the case is hidden
        is_open: whether students may know the detail of a hidden case, too
        is_secret: whether students learn nothing of it, as of a change of the reference
        public, hidden: number of cases of the problem
    """

    what: str
    case: str = ""
    detail: str = ""
    is_hidden: bool = False
    is_open: bool = False
    is_secret: bool = False
    public: int = 0
    hidden: int = 0

    @property
    def text(self) -> str:
        """The change without its values."""
        kind = "hidden case" if self.is_hidden else "case"
        return f"the {kind} {self.case} {self.what}" if self.case else self.what

    @property
    def for_staff(self) -> str:
        """The change with its values."""
        return f"{self.text}{self.detail}"

    @property
    def student_detail(self) -> str:
        """The values before and after, if students may know them."""
        return self.detail if self.is_open or not self.is_hidden else ""

    @property
    def for_student(self) -> str:
        """The change as students may know it; empty if they may not."""
        return "" if self.is_secret else f"{self.text}{self.student_detail}"


def find_changes(old: Problem, new: Problem) -> list[ProblemChange]:
    """Return what has changed, most important first: cases, the statement, everything else."""
    return [*_of_cases(old, new), *_of_problem(old, new)]


def _of_problem(old: Problem, new: Problem) -> Iterator[ProblemChange]:
    for text, get in _SHOWN.items():
        if get(old) != get(new):
            yield ProblemChange(f"{text} changed")
    for text, get in _SECRET.items():
        if get(old) != get(new):
            yield ProblemChange(f"{text} changed", is_secret=True)


_SHOWN: Mapping[str, Callable[[Problem], object]] = {
    "the statement": lambda each: each.statement.strip(),
    "the title": lambda each: (each.title, each.difficulty, each.category, each.paper),
    "the function that you write": lambda each: each.entry_point,
    "the starter code": lambda each: each.starter,
    "the constraints": lambda each: each.constraints,
    # Measured limits differ from run to run.
    "the limits": lambda each: each.times_reference or each.limits,
    "the groups of cases": lambda each: each.groups,
    "the given code": lambda each: (
        [(one.name, one.source) for one in each.given_modules],
        each.preload,
        each.driver.source if each.driver is not None else b"",
    ),
}
_SECRET: Mapping[str, Callable[[Problem], object]] = {
    "the reference": lambda each: each.reference,
    "other correct solutions": lambda each: each.accepted,
    "misconceptions or their hints": lambda each: each.misconceptions,
}


def _of_cases(old: Problem, new: Problem) -> Iterator[ProblemChange]:
    before, after = ({case.name: case for case in each.cases} for each in (old, new))
    for name in dict.fromkeys([*before, *after]):
        if name not in after:
            yield _counted(_change(before[name], "was removed"), old)
        elif name not in before:
            yield _counted(_change(after[name], "is new"), new)
        else:
            yield from (_counted(each, new) for each in _of_case(before[name], after[name]))


def _counted(change: ProblemChange, problem: Problem) -> ProblemChange:
    hidden = sum(case.hidden for case in problem.cases)
    return replace(change, public=len(problem.cases) - hidden, hidden=hidden)


def _of_case(old: Case, new: Case) -> Iterator[ProblemChange]:
    if old.hidden != new.hidden:
        yield _change(new, "is hidden now" if new.hidden else "is public now")
    if _points(old) != _points(new):
        values = [points_number(each.points) for each in (old, new)]
        detail = f": {values[1]} in place of {values[0]}" if values[0] != values[1] else ""
        yield _change(new, "has other points", detail, is_open=True)
    if _inputs(old) != _inputs(new):
        yield _change(new, "has other arguments")
    elif _answers(old) != _answers(new):
        yield _change(new, "has another expected answer", _answer_words(old, new))
    tolerances = [[step.tolerance for step in each.steps] for each in (old, new)]
    if len(tolerances[0]) == len(tolerances[1]) and tolerances[0] != tolerances[1]:
        words = [each.step.tolerance.describe() for each in (old, new)]
        detail = f": {words[1]}, in place of {words[0]}" if words[0] != words[1] else ""
        yield _change(new, "has another tolerance", detail)
    checkers = [[repr(step.checker) for step in each.steps] for each in (old, new)]
    if len(checkers[0]) == len(checkers[1]) and checkers[0] != checkers[1]:
        yield _change(new, "is compared in another way")
    if (old.explanation, old.remark) != (new.explanation, new.remark):
        yield _change(new, "is explained in other words")


def _change(case: Case, what: str, detail: str = "", is_open: bool = False) -> ProblemChange:
    return ProblemChange(what, case.name, detail, case.hidden, is_open)


def _points(case: Case) -> object:
    steps = [(step.points, dict(step.key_points)) for step in case.steps]
    return case.points, case.group, case.is_bonus, steps


def _inputs(case: Case) -> object:
    calls = [(call.message, call.show) for call in case.script]
    return calls, case.given, str(case.generation)


def _answers(case: Case) -> object:
    return [
        (
            step.has_expected,
            step.is_asked,
            encode(step.expected),
            [encode(each) for each in step.others],
            repr(step.raises),
            encode(dict(step.after)),
            step.is_pure,
            repr(step.prints),
        )
        for step in case.steps
    ]


def _answer_words(old: Case, new: Case) -> str:
    if old.is_script or encode(old.expected) == encode(new.expected):
        return ""
    return f": {show(new.expected, _WIDTH)} in place of {show(old.expected, _WIDTH)}"
