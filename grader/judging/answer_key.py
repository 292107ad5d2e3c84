"""The answer key: the answers of the known solutions of a problem to each of its cases.

Judging needs those of the reference, and diagnosis those of the misconceptions. Known solutions run
in the sandbox: the reference like a submission, and the misconceptions in turn, in children that
they share (`Sandbox.run_trusted`). A key is kept in memory and not on disk, where a submission
might reach it; running the reference takes no longer than reading a file.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from itertools import combinations
from typing import TypeVar

from grader.bank.edits import combine_edits
from grader.errors import spec_error
from grader.judging.allowance import max_objects
from grader.judging.carried import RECORDED, GivenCall, Giver, given_calls, rerun_failed
from grader.judging.generating import with_generated
from grader.judging.key_digest import digest_of, parts_of_answers, parts_of_runs
from grader.judging.known_answers import FirstAnswers, KnownAnswers, Slugs
from grader.judging.problem_failures import attribute_failures, is_conclusive
from grader.judging.public_first import Kept, count_public, parts
from grader.judging.referee import Referee
from grader.judging.reference_answers import answer_case, needs_answer
from grader.judging.repeats import repeat_draws
from grader.judging.speed import (
    Watch,
    by_limits,
    limits_by_reference,
    limits_of,
    patient_problem,
    repeat_slow_calls,
    run_by_limits,
    with_measured_limits,
)
from grader.model.entry_point import Program, Script
from grader.model.judgement import Run
from grader.model.problem import Case, Limits, Misconception, Problem, Submission
from grader.sandbox.budget import Budget
from grader.sandbox.host import Sandbox
from grader.sandbox.patience import short_limits

_ROOM_KIB = 2048  # output allowed in addition, for the recorded calls of a step

Name = TypeVar("Name", bound=Hashable)


class AnswerKey:
    """The answers of a problem's known solutions.

    Attributes:
        problem: the problem, every case of which has its expected answer, unless the author's
            checker needs none
        given_calls: the known calls of the functions that each case gives, by the name of the case;
            see `carried`
        referee: says whether answers are right
        digest: of everything that a judgement depends on, except the submission, the sandbox's
            tier and the version of the grader
    """

    def __init__(self, problem: Problem, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.referee = Referee(sandbox, problem.given_modules)
        problem = with_generated(problem, sandbox)
        self._declared = problem
        self._reference_runs: dict[int, Run] = {}  # by index of the case; see `_reference_run`
        sandbox.hide(problem.private)
        self.problem = with_measured_limits(self._answered(problem), sandbox)
        self.given_calls = self._find_given_calls()

    @cached_property
    def digest(self) -> str:
        return digest_of([*self._parts_of_runs, *parts_of_answers(self.problem)])

    @cached_property
    def inputs_digest(self) -> str:
        """The part of `digest` that a run depends on, as a digest of its own.

        What only verdicts and points depend on, such as expected answers, is not in it.
        """
        return digest_of(self._parts_of_runs)

    @property
    def _parts_of_runs(self) -> list[str]:
        return parts_of_runs(self.problem, self._declared, self.given_calls)

    @cached_property
    def singles(self) -> KnownAnswers:
        """The answers of each misconception, keyed by a tuple of its one slug."""
        return KnownAnswers(self, [(each.slug,) for each in self.problem.misconceptions])

    @cached_property
    def pairs(self) -> KnownAnswers:
        """The answers of each pair of misconceptions whose edits can be combined, by slugs."""
        pairs = combinations(self._misconceptions, 2)
        return KnownAnswers(self, [pair for pair in pairs if self.combined(pair) is not None])

    @cached_property
    def triples(self) -> KnownAnswers:
        """The answers of three misconceptions at once, by their slugs; computed when asked for."""
        return KnownAnswers(self, [])

    def combined(self, slugs: Slugs) -> bytes | None:
        """Return the program with all these misconceptions, or None if they cannot be combined."""
        chosen = [self._misconceptions[slug] for slug in slugs]
        if len(chosen) == 1:
            return chosen[0].source
        return combine_edits(self.problem.reference or b"", chosen)

    @cached_property
    def _misconceptions(self) -> dict[str, Misconception]:
        return {each.slug: each for each in self.problem.misconceptions}

    @cached_property
    def wrong(self) -> dict[str, list[Run]]:
        """The runs of each misconception in all cases, by its slug."""
        return {slug: runs for (slug,), runs in self.singles.all().items()}

    @cached_property
    def _scripts(self) -> list[Script]:
        return [case.script for case in self.problem.cases]

    @cached_property
    def public(self) -> AnswerKey:
        """The key of the public cases alone; this one if no case is hidden."""
        has_hidden = any(case.hidden for case in self.problem.cases)
        return _PublicKey(self) if has_hidden else self

    def warm(self) -> None:
        """Run all misconceptions and pairs now, so that the first wrong submission need not wait.

        Raises:
            SandboxError: if the sandbox fails
        """
        if self.problem.misconceptions:
            _ = self._reference_s, self.singles.all(), self.pairs.all()

    def size_of_case(self, case: int) -> int:
        """Return the size of the arguments of the case with this index, in bytes."""
        return sum(len(call.message) for call in self._scripts[case])

    def runs(
        self,
        submission: Submission,
        sandbox: Sandbox,
        watch: Watch | None = None,
        note: Callable[[tuple[str, ...]], None] | None = None,
        kept: Kept | None = None,
    ) -> list[Run]:
        """Return the runs of a submission, one for each case.

        Args:
            watch: called after each case with the runs made so far
            note: called once with what the student should know about the import
            kept: holds the runs of an earlier turn, and receives those to use in the next one; see
                `public_first`

        Raises:
            SandboxError: if the sandbox fails
        """
        problem = self.problem
        program = problem.program_of(submission)
        public = count_public(problem)
        kept = kept or Kept()
        sections, found = parts(problem), list[Run]()

        def note_import(notes: tuple[str, ...]) -> None:
            if kept.runs is None:
                kept.notes = notes
                if note is not None:
                    note(notes)
            if not public:
                kept.keep([])

        def show(runs: Sequence[Run]) -> None:
            if len(sections) == 1 and len(runs) == public:
                kept.keep(runs)  # before the first hidden case is called
            if watch is not None:
                watch(kept.combined([*found, *runs]))

        def run(limits: Limits, cases: Sequence[int], watch: Watch | None = None) -> list[Run]:
            scripts = [self._scripts[index] for index in cases]
            get_short_limits = partial(self._short_limits, limits, cases[0])
            # Only the first import has notes.
            noted = note_import if cases[0] == 0 else None
            return sandbox.run(
                program, scripts, limits, watch, get_short_limits, noted, self._max_objects
            )

        def again(cases: Sequence[Case]) -> list[Run]:
            scripts = [case.script for case in cases]
            limits = limits_of(problem, cases[0])
            return sandbox.run(program, scripts, limits, max_objects=self._max_objects)

        if kept.runs is not None and note is not None:
            note(kept.notes)
        for part in sections:
            if kept.runs is not None and kept.has(part.stop):
                for index in part:
                    found.append(kept.runs[index])
                    show([])
                continue
            runs = run_by_limits(problem, part, run, show)
            runs = kept.combined([*found, *runs])[part.start :]
            runs = repeat_slow_calls(problem, part, runs, sandbox, run)
            found += repeat_draws(problem.cases[part.start : part.stop], runs, self.referee, again)
            kept.keep(found)
        runs = attribute_failures(problem.cases, found, self._reference_run)
        if not self.given_calls:
            return runs
        carried = partial(self.run_with_given, program, sandbox)
        return rerun_failed(problem, runs, self.given_calls, self.referee, carried)

    def _reference_run(self, case: int) -> Run | None:
        """Return the reference's run of the case with this index; None without a reference.

        A run that other processes may have disturbed is made once more. If that may apply to the
        second one, too, it is returned but not remembered.
        """
        problem = self.problem
        if problem.reference is None:
            return None
        if case in self._reference_runs:
            return self._reference_runs[case]
        program, script = problem.program(problem.reference), self._scripts[case]
        limits = limits_of(problem, problem.cases[case])
        for _ in range(2):
            (run,) = self._sandbox.run(program, [script], limits)
            if is_conclusive(problem.cases[case], run):
                self._reference_runs[case] = run
                break
        return run

    def run_with_given(
        self, program: Program, sandbox: Sandbox, case: Case, giver: Giver | None = None
    ) -> Run:
        """Return the run of a case with right answers supplied for the functions that it gives.

        Args:
            giver: supplies them; by default a new one

        Raises:
            SandboxError: if the sandbox fails
        """
        giver = giver or Giver(self.problem, case, self.given_calls[case.name])
        return sandbox.run(
            replace(program, given_functions=case.given),
            [case.script],
            limits_of(self.problem, case),
            max_objects=self._max_objects,
            give=giver.give,
        )[0]

    @cached_property
    def _max_objects(self) -> int:
        return max_objects(self.problem.cases)

    def _short_limits(self, limits: Limits, case: int) -> Limits:
        """Return the limits of calls that are stopped early: a multiple of the reference's time.

        Args:
            case: index of one of the cases that are run together
        """
        own = limits_of(self.problem, self.problem.cases[case])
        return short_limits(limits, *self._reference_s.get(own, (0.0, 0.0)))

    @cached_property
    def _reference_s(self) -> Mapping[Limits, tuple[float, float]]:
        """The reference's longest wall and CPU seconds for a case, by the limits of the cases."""
        problem, (runs, _) = self.problem, self._timed_reference
        parts = by_limits(problem, range(len(runs)))
        return {
            limits: (
                max(runs[index].wall_s for index in indices),
                max(runs[index].cpu_s for index in indices),
            )
            for limits, indices in parts.items()
        }

    @property
    def reference_s(self) -> tuple[float, float]:
        """Wall and CPU seconds that the reference takes for all cases; 0 without a reference."""
        used = self._timed_reference[1]
        return used.used_wall_s, used.used_cpu_s

    @cached_property
    def _timed_reference(self) -> tuple[list[Run], Budget]:
        """The runs of the reference in all cases, and the time they took with the import."""
        used = Budget()
        if self.problem.reference is None:
            return [], used
        return self._run_reference(self.problem, self._sandbox.within(used)), used

    def table(
        self,
        sources: Mapping[Name, bytes],
        limits: Limits | None = None,
        cases: Collection[int] | None = None,
    ) -> dict[Name, list[Run]]:
        """Return the runs of trusted sources in each case, by name.

        Args:
            limits: limits of a call, by default those of its case
            cases: indices of the cases to run, by default all

        Raises:
            SandboxError: if the sandbox fails
        """
        problem = self.problem
        programs = [problem.program(each) for each in sources.values()]
        chosen = range(len(problem.cases)) if cases is None else cases
        parts = by_limits(problem, list(chosen)) if limits is None else {limits: list(chosen)}
        found: list[dict[int, Run]] = [{} for _ in programs]
        for each, indices in parts.items():
            scripts = [self._scripts[index] for index in indices]
            table = self._sandbox.run_trusted(programs, scripts, each)
            for row, runs in zip(found, table, strict=True):
                row.update(zip(indices, runs, strict=True))
        rows = [[row[index] for index in chosen] for row in found]
        return dict(zip(sources, rows, strict=True))

    def _find_given_calls(self) -> Mapping[str, tuple[GivenCall, ...]]:
        """Return the known calls of the functions that each case gives; omit cases without any."""
        problem = self.problem
        cases = [case for case in problem.cases if case.given]
        runs: Sequence[Run | None] = [None] * len(cases)
        if cases and problem.reference is not None:
            names = tuple(dict.fromkeys(name for case in cases for name in case.given))
            program = replace(problem.program(problem.reference), records=names)
            scripts = [
                tuple(replace(call, watches=(*call.watches, RECORDED)) for call in case.script)
                for case in cases
            ]
            widest = problem.widest_limits
            limits = replace(widest, output_kib=_ROOM_KIB + widest.output_kib)
            runs = self._sandbox.run(program, scripts, limits)
        pairs = zip(cases, runs, strict=True)
        found = {case.name: given_calls(problem, case, run) for case, run in pairs}
        return {name: calls for name, calls in found.items() if calls}

    def _answered(self, problem: Problem) -> Problem:
        """Return the problem with expected answers and limits taken from the reference.

        Raises:
            SpecError: if a case lacks `expected` and there is no reference, or the reference fails
            SandboxError: if the sandbox fails
        """
        timed = problem.times_reference is not None and problem.reference is not None
        wanted = [case for case in problem.cases if timed or needs_answer(case)]
        if not wanted:
            return problem
        if problem.reference is None:
            name = wanted[0].name
            lacking = f"case {name!r} lacks `expected`, and the problem has no reference"
            raise spec_error(wanted[0].at, f"{lacking}; add one of them")
        patient = patient_problem(problem, wanted, timed)
        runs = self._run_reference(patient, self._sandbox)
        answers = {
            case.name: answer_case(case, run) for case, run in zip(wanted, runs, strict=True)
        }
        cases = tuple(answers.get(case.name, case) for case in problem.cases)
        return replace(problem, cases=cases, limits=limits_by_reference(problem, runs))

    def _run_reference(self, problem: Problem, sandbox: Sandbox) -> list[Run]:
        """Return the runs of the reference in the cases of a problem, which must have one."""
        program = problem.program(problem.reference or b"")

        def run(limits: Limits, indices: Sequence[int], _: object) -> list[Run]:
            scripts = [problem.cases[index].script for index in indices]
            return sandbox.run(program, scripts, limits)

        # In parts, as submissions are: their time is compared with the reference's.
        return [each for part in parts(problem) for each in run_by_limits(problem, part, run)]


class _PublicKey(AnswerKey):
    """The key of the public cases alone, made from the key of all cases; public cases come first.

    Programs that were run for the whole key are not run again.
    """

    def __init__(self, whole: AnswerKey) -> None:
        self._whole = whole
        # Cached properties are about all cases, so they are not copied; the rest is shared.
        for name, value in list(vars(whole).items()):  # a copy: another thread may cache one
            if not isinstance(getattr(AnswerKey, name, None), cached_property):
                setattr(self, name, value)
        public = tuple(case for case in whole.problem.cases if not case.hidden)
        self.problem = replace(whole.problem, cases=public)
        names = {case.name for case in public}
        self.given_calls = {
            name: calls for name, calls in whole.given_calls.items() if name in names
        }

    @cached_property
    def singles(self) -> KnownAnswers:
        return FirstAnswers(self, self._whole.singles)

    @cached_property
    def pairs(self) -> KnownAnswers:
        return FirstAnswers(self, self._whole.pairs)

    @cached_property
    def triples(self) -> KnownAnswers:
        return FirstAnswers(self, self._whole.triples)

    @cached_property
    def _reference_s(self) -> Mapping[Limits, tuple[float, float]]:
        return self._whole._reference_s

    @cached_property
    def _timed_reference(self) -> tuple[list[Run], Budget]:
        return self._whole._timed_reference
