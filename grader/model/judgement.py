"""Runs (what happened), verdicts (what is concluded) and judgements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from enum import Enum
from fractions import Fraction
from functools import lru_cache

from grader.model.checker import Mismatch
from grader.model.credit import Group
from grader.model.problem import Case, Problem, Submission
from grader.model.script import Step
from grader.values import Value
from grader.values.dataclasses import dataclass

# Runs -------------------------------------------------------------------------------------------


class RunStatus(Enum):
    """How a call ended."""

    RETURNED = "returned"
    RAISED = "raised"
    NOT_LOADED = "not loaded"
    TIMED_OUT = "timed out"
    OUT_OF_MEMORY = "out of memory"
    TOO_MUCH_OUTPUT = "too much output"
    CRASHED = "crashed"
    GARBLED = "garbled"
    NOT_RUN = "not run"
    SKIPPED = "skipped"  # a step that an earlier one made impossible


@dataclass(frozen=True)
class Run:
    """The facts about one case of a submission; `Verdict` concludes from them.

    Time and memory are measured from outside, never by the submission's process.

    Attributes:
        value: the returned value, if the call returned
        error: a sentence, or the name and text of the exception if the call raised one
        line: line of the submission that raised the exception; 0 if not known
        place: what the student calls that line, such as "cell 3, line 2"; empty if not known
        stdout: text printed to stdout and stderr, cut to a readable length
        kinds: names of the classes of the exception, if the call raised one
        after: the arguments after the call, by position and by name, if they were watched
        printed: what the call printed to stdout, if that was watched
        recorded: the calls of functions that were recorded, if they were watched: of each its
            question, see `sandbox.given`, and its answer
        steps: the runs of the steps, if the case has several; the other attributes then are those
            of the first that did not return, or of the last
        is_by_problem: whether the exception came from code of the problem, such as its driver; then
            line and place are there, until `judging.problem_failures` has found out whose mistake
            it is
        given: of a case that failed, the run with right answers of the functions that it gives
    """

    status: RunStatus
    value: Value = None
    error: str = ""
    line: int = 0
    place: str = ""
    traceback: str = ""
    stdout: str = ""
    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_mib: float = 0.0
    kinds: tuple[str, ...] = ()
    after: tuple[Sequence[Value], Mapping[str, Value]] | None = None
    printed: str | None = None
    recorded: tuple[bytes, ...] = ()
    is_by_problem: bool = False
    steps: tuple[Run, ...] = ()
    given: Run | None = None

    @property
    def problem_error(self) -> str:
        """The error, after the place in code of the problem that it came from, if it did."""
        return f"{self.place}: {self.error}" if self.is_by_problem and self.place else self.error

    @classmethod
    def of_steps(cls, runs: Sequence[Run]) -> Run:
        """Return the run of a case of several steps from those of its steps."""
        first = next((run for run in runs if run.status is not RunStatus.RETURNED), runs[-1])
        return replace(
            first,
            stdout="".join(run.stdout for run in runs),
            wall_s=sum(run.wall_s for run in runs),
            cpu_s=sum(run.cpu_s for run in runs),
            peak_mib=max(run.peak_mib for run in runs),
            steps=tuple(runs),
        )

    def of_each(self, steps: Sequence[Step]) -> tuple[Run, ...]:
        """Return the run of each step; all are the same if the case was not begun."""
        return self.steps if len(self.steps) == len(steps) else (self,) * len(steps)


# Verdicts ----------------------------------------------------------------------------------------


class Verdict(Enum):
    """Result of a case or of a submission, by the names that the ICPC uses."""

    ACCEPTED = "accepted"
    WRONG_ANSWER = "wrong_answer"
    RUN_TIME_ERROR = "run_time_error"
    TIME_LIMIT = "time_limit"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    INVALID_SUBMISSION = "invalid_submission"
    JUDGE_ERROR = "judge_error"

    @property
    def label(self) -> str:
        """The name for readers, like "wrong answer"."""
        return self.value.replace("_", " ").replace("run time", "run-time")

    @property
    def short(self) -> str:
        """The abbreviation for tables, like "WA"."""
        return _SHORT[self]


_SHORT = {
    Verdict.ACCEPTED: "AC",
    Verdict.WRONG_ANSWER: "WA",
    Verdict.RUN_TIME_ERROR: "RTE",
    Verdict.TIME_LIMIT: "TLE",
    Verdict.MEMORY_LIMIT: "MLE",
    Verdict.OUTPUT_LIMIT: "OLE",
    Verdict.INVALID_SUBMISSION: "CE",
    Verdict.JUDGE_ERROR: "JE",
}


@dataclass(frozen=True)
class StepResult:
    """The result of one step of a case.

    Attributes:
        share: of the points that it earns
    """

    step: Step
    run: Run
    verdict: Verdict
    share: Fraction = Fraction(0)
    mismatch: Mismatch | None = None


@dataclass(frozen=True)
class CaseResult:
    """The result of one case.

    Attributes:
        run: of the case; its value, error and line are those of the step that decided
        mismatch: of the step that decided
        steps: the results of the steps, if the case has several and they may be shown
        given: the functions whose right answers were given to it, so that it earned more points
    """

    case: Case
    run: Run
    verdict: Verdict
    points: Fraction
    mismatch: Mismatch | None = None
    steps: tuple[StepResult, ...] = ()
    given: tuple[str, ...] = ()

    @property
    def number(self) -> int:
        """The number of the step that decided, from 1: the first that failed, else the last."""
        if self.verdict is Verdict.ACCEPTED:
            return len(self.case.steps)
        numbered = enumerate(self.steps, 1)
        return next((n for n, each in numbered if each.verdict is self.verdict), 1)

    @property
    def step(self) -> Step:
        """The step that decided."""
        return self.case.steps[self.number - 1]


@dataclass(frozen=True)
class GroupResult:
    """The result of a group of cases.

    Attributes:
        results: of its cases
        missing: the required groups that are not passed, so that this one earns nothing
    """

    group: Group
    results: tuple[CaseResult, ...]
    missing: tuple[str, ...] = ()

    @property
    def points(self) -> Fraction:
        return sum((each.points for each in self.results), Fraction(0))

    @property
    def max_points(self) -> Fraction:
        """What it can earn, as a bonus or not."""
        return sum((each.case.points for each in self.results), Fraction(0))

    @property
    def is_passed(self) -> bool:
        """Whether all of its cases are accepted."""
        return is_passed(self.group.name, self.results)

    @property
    def hint(self) -> str:
        """The hint, if only this group is missing; of one about speed, if nothing else is wrong."""
        failed = {each.verdict for each in self.results} - {Verdict.ACCEPTED}
        is_wrong = self.group.times_reference is not None and failed != {Verdict.TIME_LIMIT}
        if self.missing or not failed or is_wrong or Verdict.JUDGE_ERROR in failed:
            return ""
        return self.group.hint


@dataclass(frozen=True)
class Diagnosis:
    """A misconception, or two or three combined, whose answers are the submission's.

    Of a submission without wrong answers it says that a misconception is too slow in the same
    cases, which are then counted.

    Attributes:
        slugs: of the misconceptions
        hints: of the misconceptions, in the same order
        explained: number of the submission's wrong answers that it gives as well
        wrong_answers: number of the submission's wrong answers
    """

    slugs: tuple[str, ...]
    hints: tuple[str, ...]
    explained: int
    wrong_answers: int

    @property
    def slug(self) -> str:
        """The name of the diagnosis; "one+other" if it combines several."""
        return "+".join(self.slugs)

    @property
    def hint(self) -> str:
        """The hint; if it combines several, all of them, numbered."""
        if len(self.hints) == 1:
            return self.hints[0]
        numbered = (f"({number}) {hint}" for number, hint in enumerate(self.hints, 1))
        number = "Two" if len(self.hints) == 2 else "Three"
        return f"{number} things at once: " + " ".join(numbered)

    @property
    def is_partial(self) -> bool:
        """Whether some of the wrong answers have another cause."""
        return self.explained < self.wrong_answers


@dataclass(frozen=True)
class Protection:
    """Protection against the submission: the sandbox's tier, and its layers."""

    tier: str
    layers: tuple[str, ...]


@dataclass(frozen=True)
class Judgement:
    """Everything known about one submission. Every report is written from this alone.

    Attributes:
        key_digest: of everything but the submission that the judgement depends on
        misconceptions: those that explain the wrong answers, likeliest first
        observations: sentences about wrong answers that no misconception explains; students may
            read them, even if they concern hidden cases (see `judging.observations`)
        versions: of Python, NumPy and the grader, by name
        notes: sentences about the submission apart from its answers, such as which lines failed
            when it was imported
    """

    problem: Problem
    submission: Submission
    results: tuple[CaseResult, ...]
    verdict: Verdict
    protection: Protection
    key_digest: str
    misconceptions: tuple[Diagnosis, ...] = ()
    observations: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def score(self) -> Fraction:
        return sum((result.points for result in self.results), Fraction(0))

    @property
    def max_score(self) -> Fraction:
        return sum((result.case.max_points for result in self.results), Fraction(0))

    @property
    def groups(self) -> tuple[GroupResult, ...]:
        """The results of the groups that have cases."""
        found = (_group_result(group, self.results) for group in self.problem.groups)
        return tuple(each for each in found if each.results)


def _group_result(group: Group, results: Sequence[CaseResult]) -> GroupResult:
    missing = tuple(name for name in group.requires if not is_passed(name, results))
    own = tuple(each for each in results if each.case.group == group.name)
    return GroupResult(group, own, missing)


def is_passed(group: str, results: Sequence[CaseResult]) -> bool:
    """Return whether all cases of a group are accepted, of those that have results."""
    own = (each for each in results if each.case.group == group)
    return all(each.verdict is Verdict.ACCEPTED for each in own)


@lru_cache  # a class shares a few of them, and a fraction takes long to round
def points_number(points: Fraction) -> int | float:
    """Return points as every report shows them: whole, or rounded half to even to two decimals.

    Points are rounded only here; all sums before it are exact.
    """
    rounded = round(points, 2)
    return int(rounded) if rounded.denominator == 1 else float(rounded)
