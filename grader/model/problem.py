"""Problems and submissions. Read this file first.

A `Problem` has `Case`s, and a case has one or more `Step`s, such as a call of the function. A
`Submission` is a student's solution of a problem. To judge it, the steps of each case are done with
it: the facts are a `Run`, the conclusion is a `Verdict`, and the reason for a wrong answer is a
`Mismatch`. Run, verdict and points of a case are a `CaseResult`; the results of all cases are the
`Judgement`, from which every report is written.

All types of this package are frozen and know nothing of files, processes or output formats.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, replace
from fractions import Fraction
from typing import Any

from grader.errors import Location
from grader.model.checker import DEFAULT_TOLERANCE, Checker, Tolerance
from grader.model.constraints import UNCONSTRAINED, Constraints
from grader.model.credit import Group
from grader.model.entry_point import Action, EntryPoint, Module, Program, Script
from grader.model.generation import Generation
from grader.model.parts import part_text
from grader.model.script import Step
from grader.model.signature import Function, Parameter
from grader.values import Value
from grader.values.dataclasses import dataclass
from grader.values.source import imports

# Limits and source -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Limits:
    """Limits of one call.

    Those of a case may differ from those of its problem.

    Attributes:
        wall_s: wall time in seconds
        cpu_s: CPU time in seconds
        memory_mib: memory in MiB
        output_kib: size of the answer, in KiB
        patience: number of calls that may end at their time limit; the calls left after that are
            stopped early (see `sandbox.patience`)
    """

    wall_s: float = 5.0
    cpu_s: float = 1.0
    memory_mib: int = 512
    output_kib: int = 1024
    patience: int = 3


@dataclass(frozen=True)
class Paper:
    """The paper that a problem is taken from."""

    title: str
    url: str


# Problems ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """What is done with a submission, one step after the other, and how that is judged.

    Not named TestCase: pytest collects imported classes whose names begin with Test.

    Attributes:
        steps: one or more; a problem of one function has cases of one call
        points: of the whole case, if its steps have none
        hidden: whether students must not see its steps and answers
        seed: of `random` and `numpy.random`, set before the first step
        given: functions of which it is run a second time with right answers, if it fails; see
            `judging.carried`
        group: name of its group; empty if it is in none
        is_bonus: whether its points are not part of the maximum
        limits: of its calls, if they are not those of the problem
        generation: what makes its arguments, if they are not written; see `judging.generating`
    """

    name: str
    steps: tuple[Step, ...]
    at: Location
    points: Fraction = Fraction(1)
    hidden: bool = False
    explanation: str = ""
    remark: str = ""
    seed: int | None = None
    given: tuple[str, ...] = ()
    group: str = ""
    is_bonus: bool = False
    limits: Limits | None = None
    generation: Generation | None = None

    @classmethod
    def of_call(
        cls,
        name: str,
        args: Mapping[str, Value],
        at: Location,
        checker: Checker,
        *,
        expected: Value = None,
        has_expected: bool = False,
        tolerance: Tolerance = DEFAULT_TOLERANCE,
        function: Function | None = None,
        **more: Any,
    ) -> Case:
        """Return the case that is one call; `more` are attributes of the case."""
        step = Step(
            args,
            at,
            checker,
            function=function,
            expected=expected,
            has_expected=has_expected,
            tolerance=tolerance,
        )
        return cls(name, (step,), at, **more)

    @property
    def max_points(self) -> Fraction:
        """What it adds to the maximum."""
        return Fraction(0) if self.is_bonus else self.points

    @property
    def step(self) -> Step:
        """The last step, which is the only one of most cases."""
        return self.steps[-1]

    @property
    def args(self) -> Mapping[str, Value]:
        """The arguments of the last step: of the call, if the case is one."""
        return self.step.args

    @property
    def expected(self) -> Value:
        """The expected answer of the last step: of the call, if the case is one."""
        return self.step.expected

    @property
    def is_script(self) -> bool:
        """Whether it has several steps."""
        return len(self.steps) > 1

    @property
    def has_step_points(self) -> bool:
        """Whether each step earns its own points."""
        return any(step.points is not None for step in self.steps)

    def gives(self, step: Step) -> bool:
        """Return whether a step calls a function that the case gives."""
        return step.action is Action.CALL and step.target in self.given

    @property
    def has_answers(self) -> bool:
        """Whether the expected results of all steps are known."""
        return all(step.has_expected for step in self.steps if step.is_asked)

    @property
    def is_redacted(self) -> bool:
        """Whether its steps and answers were removed, as students must not see them."""
        return self.hidden and not self.has_answers

    @property
    def source(self) -> str:
        """What is done, as Python source."""
        return "\n".join([*self.preamble, *map(self.source_of, self.steps)])

    @property
    def preamble(self) -> list[str]:
        """Lines of Python before its steps: imports that these need, and the seed."""
        if self.generation is not None:
            lines = imports(self.generation.args.values())
        else:
            lines = [line for step in self.steps for line in step.imports]
        if self.seed is not None:
            lines += ["import random", "import numpy"]
            lines += [f"random.seed({self.seed})", f"numpy.random.seed({self.seed})"]
        return list(dict.fromkeys(lines))

    def source_of(self, step: Step) -> str:
        """Return one of its steps as Python source, below its input as comments."""
        if self.generation is not None:
            call = f"{step.label[:-3]}(**{self.generation}){part_text(step.show)}"
        else:
            call = step.source(is_short=self.is_script)
        return "\n".join([*step.input_lines, call])

    @property
    def script(self) -> Script:
        """The requests to a submission's process."""
        first = replace(self.steps[0].call(begins=self.is_script), seed=self.seed)
        return (first, *(step.call() for step in self.steps[1:]))

    def with_steps(self, change: Callable[[Step], Step]) -> Case:
        """Return the case with each step changed."""
        return replace(self, steps=tuple(map(change, self.steps)))

    def with_args(self, change: Callable[[Value], Value]) -> Case:
        """Return the case with each argument of each step changed."""
        return self.with_steps(
            lambda step: replace(
                step,
                args={name: change(each) for name, each in step.args.items()},
                listed=tuple(map(change, step.listed)),
            )
        )

    def with_step(self, number: int = -1, **changes: Any) -> Case:
        """Return the case with changed attributes of one step."""
        steps = list(self.steps)
        steps[number] = replace(steps[number], **changes)
        return replace(self, steps=tuple(steps))


@dataclass(frozen=True)
class Edit:
    """A text that occurs once in the reference, and its replacement."""

    find: str
    replace: str


@dataclass(frozen=True)
class Misconception:
    """A known way to solve the problem wrongly: a program, and a hint for students.

    Attributes:
        source: the program
        edits: the edits of the reference that make the program; empty if it is a file of its own
    """

    slug: str
    hint: str
    source: bytes
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True)
class Driver:
    """The author's function that cases call, and that uses what students write.

    Attributes:
        function: with the parameters for the arguments of cases, without `solution`; if one of them
            has `**`, it takes any
    """

    source: bytes
    function: Function


@dataclass(frozen=True)
class Problem:
    """A problem of the bank. Loaded without solutions, it has no reference and no hidden cases.

    Attributes:
        tolerance: of cases that do not set their own
        preload: modules to import before a submission, outside of its time limit
        given_modules: what submissions can import, the package `given` first
        driver: what the cases of one call use, in place of the only function
        times_reference: time limit as a multiple of the reference's time, if that is given
        accepted: sources of other correct solutions, by name
        private: paths that submissions must not read, such as the folders of the bank
        after: slugs of the problems to solve before
        tags: topics
        groups: the groups of cases, each below those that it requires
    """

    slug: str
    title: str
    difficulty: str
    category: str
    entry_point: EntryPoint
    statement: str
    starter: bytes
    cases: tuple[Case, ...]
    constraints: Constraints = UNCONSTRAINED
    tolerance: Tolerance = DEFAULT_TOLERANCE
    limits: Limits = Limits()
    paper: Paper | None = None
    preload: tuple[str, ...] = ()
    given_modules: tuple[Module, ...] = ()
    driver: Driver | None = None
    times_reference: float | None = None
    reference: bytes | None = None
    accepted: Mapping[str, bytes] = field(default_factory=dict)
    misconceptions: tuple[Misconception, ...] = ()
    private: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()

    @property
    def max_score(self) -> Fraction:
        return sum((case.max_points for case in self.cases), Fraction(0))

    @property
    def best_share(self) -> Fraction:
        """The most points that a submission can get, in units of the maximum; 1 without a bonus."""
        most = sum((case.points for case in self.cases), Fraction(0))
        return most / self.max_score if self.max_score else Fraction(1)

    @property
    def widest_limits(self) -> Limits:
        """The limits within which every case of a right solution ends: the largest of each."""
        found = [self.limits, *(case.limits for case in self.cases if case.limits is not None)]
        return Limits(
            **{name: max(vars(each)[name] for each in found) for name in vars(self.limits)}
        )

    def program(self, source: bytes) -> Program:
        """Return the program to run for a source of the problem's author."""
        program = self.entry_point.program(source, self.preload)
        if not self.given_modules and self.driver is None:
            return program
        driver = self.driver.source if self.driver is not None else b""
        return replace(program, given_modules=self.given_modules, driver=driver)

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters that arguments of cases may be for, each name once."""
        of_driver = self.driver.function.parameters if self.driver is not None else ()
        found = {each.name: each for each in (*self.entry_point.parameters, *of_driver)}
        return tuple(found.values())

    def program_of(self, submission: Submission) -> Program:
        """Return the program to run for a submission."""
        program = self.program(submission.source)
        return replace(program, cells=submission.cells, modules=submission.modules)

    def notes_on(self, submission: Submission) -> tuple[str, ...]:
        """Return what the author of a submission should know about files that do not count."""
        given = {each.name: each.source for each in self.given_modules}
        return tuple(
            f"your own {each.file} is not used: it is part of the problem, and changes in it do"
            " not count"
            for each in submission.modules
            if each.name in given and each.source.split() != given[each.name].split()
        )


@dataclass(frozen=True)
class Submission:
    """A submitted program.

    Attributes:
        source: text of the file; of a notebook the code cells, each below a line with its number
        origin: where it was read from, for messages; reports for students show the file's name only
        student: who submitted it; empty for the user's own file
        flaw: why it cannot be run: no file, not text, …; empty if it can
        path: of the file from the root of its repository, for annotations of its lines; empty if
            it is in none and not below the current folder, or is in an archive
        cells: of a notebook, the numbers of the lines in `source` above its cells
        modules: Python files submitted with it, which it may import
        notes: remarks for the student and the instructor, such as why this file was chosen
    """

    source: bytes
    origin: str
    student: str = ""
    flaw: str = ""
    path: str = ""
    cells: tuple[int, ...] = ()
    modules: tuple[Module, ...] = ()
    notes: tuple[str, ...] = ()
