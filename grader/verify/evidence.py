"""Evidence for the checks: a problem, its files, and the runs of all its known solutions.

Everything is computed once, when a check first needs it. The reference is run in several ways;
correct solutions and the starter are judged like submissions; misconceptions and mutants, of which
there are hundreds, share child processes and get less time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from grader.bank.locate import Bank
from grader.bank.partial_fields import RawPartial
from grader.bank.raw import RawExcuse
from grader.judging.answer_key import AnswerKey
from grader.judging.audience import Audience, judge_for
from grader.judging.changes import has_raised
from grader.judging.generating import with_generated
from grader.judging.judge import judge, overall_verdict
from grader.judging.results import questions, results
from grader.judging.speed import limits_of, tier_limits
from grader.model.entry_point import Declaration, Program, Script, find_declarations
from grader.model.judgement import CaseResult, Judgement, Run, RunStatus, Verdict
from grader.model.problem import Case, Limits, Problem, Submission
from grader.model.python_source import parse_python
from grader.model.script import Step
from grader.sandbox.host import Sandbox
from grader.values import contains_unsupported
from grader.values.dataclasses import dataclass
from grader.values.encode import encode
from grader.verify.author_files import AuthorFiles
from grader.verify.distances import measure_result
from grader.verify.knife_edges import find_knife_edges
from grader.verify.mutation import Mutant, make_mutants

# Limits of the reference. After a case that exceeds them, the remaining ones get short limits.
_PATIENT_WALL_S, _PATIENT_CPU_S = 60.0, 30.0
# The CPU limit of a mutant: far more than the reference needs, but short, as some never end.
_MIN_CPU_S, _TIMES_REFERENCE = 0.2, 50


@dataclass(frozen=True)
class PartialSolution:
    """A known solution that gets some of the points: what it must get, and its judgement."""

    spec: RawPartial
    source: bytes
    judgement: Judgement


@dataclass(frozen=True)
class WrongSolution:
    """A misconception or a mutant, and its result in each case."""

    name: str
    results: tuple[CaseResult, ...]

    @cached_property
    def distances(self) -> Sequence[float]:
        """The distance of each answer from the right one, in units of the tolerance."""
        return [measure_result(each) for each in self.results]

    @property
    def is_rejected(self) -> bool:
        return any(each.verdict is not Verdict.ACCEPTED for each in self.results)


class Evidence:
    """A problem, and the runs of its known solutions.

    Args:
        sandboxes: two with different hash seeds

    Raises:
        SpecError: with every error in the problem's files
    """

    def __init__(self, bank: Bank, slug: str, sandboxes: tuple[Sandbox, Sandbox]) -> None:
        self.bank = bank
        self.slug = slug
        self.files = AuthorFiles(bank.folder(slug), bank.solutions_of(slug))
        self._sandbox, self._other = sandboxes
        self.loaded = with_generated(bank.load(slug), self._sandbox)

    def declarations(self, source: bytes) -> dict[str, Declaration]:
        """Return the declarations of the entry point in a source, by name."""
        try:
            found = find_declarations(parse_python(source))
        except SyntaxError:
            return {}
        names = self.loaded.entry_point.names
        return {name: each for name, each in found.items() if name in names}

    def generated_again(self) -> Problem:
        """Return the problem with all generated arguments made again, with another hash seed."""
        return with_generated(self.loaded, self._other, is_fresh=True)

    # The reference -------------------------------------------------------------------------------

    @property
    def scripts(self) -> list[Script]:
        return [case.script for case in self.loaded.cases]

    @cached_property
    def reference_runs(self) -> list[Run]:
        """Runs of the reference in one child, in the order of the cases; [] without a reference."""
        return self._reference(self.scripts, self._sandbox)

    @cached_property
    def reference_alone(self) -> list[Run]:
        """Runs of the reference, each case in a new child."""
        return self._alone(self._sandbox)

    @cached_property
    def reference_again(self) -> list[Run]:
        """Runs of the reference, each case in a new child, for the second time."""
        return self._alone(self._sandbox)

    @cached_property
    def reference_reversed(self) -> list[Run]:
        """Runs of the reference in one child, last case first, but listed in the usual order."""
        return self._reference(self.scripts[::-1], self._sandbox)[::-1]

    @cached_property
    def reference_with_another_seed(self) -> list[Run]:
        """Runs of the reference, each case in a new child, with another hash seed."""
        return self._alone(self._other)

    @property
    def is_sound(self) -> bool:
        """Whether there is a reference that answers every case; if not, few checks apply."""
        runs = self.reference_runs
        return bool(runs) and all(map(is_answer, self.loaded.cases, runs))

    def _alone(self, sandbox: Sandbox) -> list[Run]:
        return [run for each in self.scripts for run in self._reference([each], sandbox)]

    def _reference(self, scripts: Sequence[Script], sandbox: Sandbox) -> list[Run]:
        source = self.loaded.reference
        return self.run(source, scripts, sandbox) if source is not None else []

    def run(
        self,
        source: bytes,
        scripts: Sequence[Script],
        sandbox: Sandbox | None = None,
        function: str | None = None,
    ) -> list[Run]:
        """Return the run of a source in each script, with generous time limits.

        Args:
            function: the only function to call, in place of the entry point
        """
        limits = replace(
            self.loaded.widest_limits, wall_s=_PATIENT_WALL_S, cpu_s=_PATIENT_CPU_S, patience=1
        )
        program = self.loaded.program(source)
        if function is not None:
            program = replace(program, names=(function,))
        return (sandbox or self._sandbox).run(program, scripts, limits)

    def run_trusted(
        self, programs: Sequence[Program], scripts: Sequence[Script]
    ) -> list[list[Run]]:
        """Return the runs of scripts in each of several wrong programs."""
        return self._sandbox.run_trusted(programs, scripts, self.short_limits)

    def run_with_given(self, program: Program, case: Case) -> Run:
        """Return the run of a case with right answers supplied for its `given` functions."""
        return self.key.run_with_given(program, self._sandbox, case)

    # Other solutions; only for a sound reference --------------------------------------------------

    @cached_property
    def key(self) -> AnswerKey:
        return AnswerKey(self.loaded, self._sandbox)

    @property
    def problem(self) -> Problem:
        """The problem with the expected answer of every case."""
        return self.key.problem

    @property
    def cases(self) -> tuple[Case, ...]:
        return self.problem.cases

    def judge(self, source: bytes, name: str) -> Judgement:
        return judge(self.key, Submission(source, name), self._sandbox)

    @cached_property
    def starter(self) -> Judgement:
        return self.judge(self.loaded.starter, "starter.py")

    @cached_property
    def accepted(self) -> dict[str, Judgement]:
        """Judgements of the correct solutions, by file.

        The reference is one of them: an answer given as `expected` may contradict it.
        """
        assert self.loaded.reference is not None
        sources = {"reference.py": self.loaded.reference}
        sources |= {f"right/{name}.py": source for name, source in self.loaded.accepted.items()}
        return {name: self.judge(source, name) for name, source in sources.items()}

    @cached_property
    def misconceptions(self) -> list[WrongSolution]:
        return self._wrong(self.key.wrong)

    def judgement_of(self, wrong: WrongSolution) -> Judgement:
        """Return the judgement that a submission with the results of a wrong solution gets."""
        return replace(self.starter, results=wrong.results, verdict=overall_verdict(wrong.results))

    @cached_property
    def mutants_by_name(self) -> dict[str, Mutant]:
        """The mutants of the reference, by name: the location and the code after the change."""
        try:
            found = make_mutants(self.loaded.reference or b"", self.loaded.starter)
        except SyntaxError:  # its first line may declare another encoding than UTF-8
            found = []
        return {f"{each.line}:{each.column} {each.after}": each for each in found}

    @property
    def short_limits(self) -> Limits:
        """Limits of wrong solutions, some of which never end."""
        slowest = max((run.cpu_s for run in self.reference_runs), default=0.0)
        cpu_s = max(_MIN_CPU_S, _TIMES_REFERENCE * slowest)
        return replace(self.loaded.widest_limits, cpu_s=cpu_s, wall_s=5 * cpu_s)

    @cached_property
    def mutants(self) -> list[WrongSolution]:
        sources = {name: each.source for name, each in self.mutants_by_name.items()}
        return self._wrong(self.key.table(sources, self.short_limits))

    @cached_property
    def partial(self) -> list[PartialSolution]:
        """The partial solutions, judged like submissions, with hints and all hidden details."""
        found = []
        for spec in self.files.partial:
            path = Path(self.files.solutions or "", "partial", f"{spec.slug}.py")
            if path.is_file():  # a check reports a missing file
                source = path.read_bytes()
                submission = Submission(source, f"partial/{path.name}")
                judgement = judge_for(Audience.INSTRUCTOR, self.key, submission, self._sandbox)
                found.append(PartialSolution(spec, source, judgement))
        return found

    def run_longer(
        self, partial: PartialSolution, indices: Sequence[int], factor: float
    ) -> list[Run]:
        """Return the runs of a partial solution in some cases, with more processor time."""
        runs = []
        for index in indices:
            limits = limits_of(self.problem, self.cases[index])
            longer = tier_limits(limits, factor * limits.cpu_s)
            program = self.problem.program(partial.source)
            runs += self._sandbox.run(program, [self.cases[index].script], longer)
        return runs

    def excuse_of(self, name: str) -> RawExcuse | None:
        """Return the author's reason why no case need reject a mutant, if there is one."""
        mutant = self.mutants_by_name[name]
        changed = (mutant.before, mutant.after)
        excuses = self.files.excuses
        return next((each for each in excuses if (each.before, each.after) == changed), None)

    @cached_property
    def knife_edges(self) -> frozenset[str]:
        """The names of the cases whose answer flips if an argument moves by a rounding error."""
        rows = (self.reference_runs, self.reference_alone, self.reference_again)
        answers = [[*map(answer_bytes, row)] for row in (*rows, self.reference_reversed)]
        if any(row != answers[0] for row in answers):  # reported by checks of the reference
            return frozenset()

        def run(cases: Sequence[Case]) -> list[Run]:
            return self._reference([case.script for case in cases], self._sandbox)

        return find_knife_edges(self.cases, self.reference_runs, run)

    def _wrong(self, table: Mapping[str, Sequence[Run]]) -> list[WrongSolution]:
        cases, referee = self.cases, self.key.referee
        referee.prepare(
            each
            for runs in table.values()
            for case, run in zip(cases, runs, strict=True)
            for each in questions(case, run)
        )
        return [
            WrongSolution(name, tuple(results(cases, runs, referee)))
            for name, runs in table.items()
        ]

    @cached_property
    def wrong(self) -> list[WrongSolution]:
        """The misconceptions and mutants that the cases must reject."""
        excused = {name for name in self.mutants_by_name if self.excuse_of(name)}
        return self.misconceptions + [each for each in self.mutants if each.name not in excused]


def is_answer(case: Case, run: Run) -> bool:
    """Return whether all steps of a case gave what is asked for, and it can be compared."""
    return all(map(is_answer_of, case.steps, run.of_each(case.steps)))


def is_answer_of(step: Step, run: Run) -> bool:
    """Return whether a step gave what is asked for, and it can be compared."""
    if step.raises is not None:
        return has_raised(step, run)
    if run.status is not RunStatus.RETURNED:
        return False
    return not (step.is_asked and contains_unsupported(run.value))


def answer_bytes(run: Run) -> bytes:
    """Return bytes that are equal for equal answers, to the last bit."""
    return b"".join(each.status.value.encode() + encode(each.value) for each in run.steps or (run,))
