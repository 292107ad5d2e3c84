"""The answer key: the answers of the known solutions of a problem to each of its cases.

Judging needs those of the reference, and diagnosis those of the misconceptions. Known solutions run
in the sandbox like submissions, each in a child process of its own. A key is built once per problem
and process. It is not stored on disk, where a submission might reach it; running the reference
takes no longer than reading a file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from itertools import combinations
from typing import TypeVar

from grader.bank.edits import combine_edits
from grader.checkers.python import PythonChecker
from grader.errors import spec_error
from grader.judging.allowance import max_objects
from grader.judging.carried import RECORDED, GivenCall, Giver, given_calls, rerun_failed
from grader.judging.generating import with_generated
from grader.judging.problem_failures import attribute_failures
from grader.judging.referee import Referee
from grader.judging.reference_answers import answer_case, needs_answer
from grader.judging.repeats import repeat_draws
from grader.judging.results import is_wrong_answer, results
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
from grader.values.codec import encode

_ROOM_KIB = 2048  # for the calls of functions that are recorded in a step

Name = TypeVar("Name", bound=Hashable)
Slugs = tuple[str, ...]  # of one misconception, or of several at once


class AnswerKey:
    """The answers of a problem's known solutions.

    Attributes:
        problem: the problem, every case of which has its expected answer, unless the author's
            checker needs none
        given_calls: the calls of functions that cases give, by the name of the case
        referee: says whether answers are right
        digest: of everything but the submission that a judgement depends on
    """

    def __init__(self, problem: Problem, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.referee = Referee(sandbox, problem.given_modules)
        problem = with_generated(problem, sandbox)
        self._declared = problem
        self._reference_runs: dict[int, Run] = {}  # of cases in which the problem's code failed
        sandbox.hide(problem.private)
        self.problem = with_measured_limits(self._answered(problem), sandbox)
        self.given_calls = self._find_given_calls()

    @cached_property
    def digest(self) -> str:
        parts = self._inputs()
        # Only where they are used, so that the digests of other problems stay the same.
        parts += map(repr, self.problem.groups)
        for case in self.problem.cases:
            parts += [str(case.points), str(case.hidden)]
            parts += [f"{case.group} {case.is_bonus}"] if case.group or case.is_bonus else []
            for step in case.steps:
                parts += [repr(step.checker), repr(step.tolerance), str(step.points)]
                parts += [str(step.is_asked), encode(step.expected).hex(), repr(step.raises)]
                parts += [encode(dict(step.after)).hex(), str(step.is_pure), repr(step.prints)]
                parts += [repr(step.key_points)] if step.key_points else []
        return _digest(parts)

    @cached_property
    def inputs_digest(self) -> str:
        """Digest of everything but the submission that a run depends on; answers are not part."""
        return _digest(self._inputs())

    def _inputs(self) -> list[str]:
        problem = self.problem
        parts = [problem.slug, str(problem.entry_point), repr(problem.preload)]
        parts += [f"{each.name}:{each.source.hex()}" for each in problem.given_modules]
        parts += [problem.driver.source.hex()] if problem.driver is not None else []
        # The declared limits: the time that the reference takes differs from run to run.
        parts += [repr(self._declared.limits), repr(problem.times_reference)]
        # Only where they are used, so that the digests of other problems stay the same.
        of_cases = ((each.name, each.limits) for each in self._declared.cases if each.limits)
        parts += map(repr, of_cases)
        times = (each for each in problem.groups if each.times_reference is not None)
        parts += [f"{each.name} {each.times_reference}" for each in times]
        # Not the arguments by name: the parameters decide whether they are passed by name.
        for case, script in zip(problem.cases, self._scripts, strict=True):
            parts += [case.name, *(call.message.hex() for call in script)]
            parts += [repr(call.show) for call in script if call.show]
            parts += [
                *case.given,
                *(each.encoded.hex() for each in self.given_calls.get(case.name, ())),
            ]
        return parts

    @cached_property
    def singles(self) -> KnownAnswers:
        """The answers of each misconception, by the tuple of its slug."""
        return KnownAnswers(self, [(each.slug,) for each in self.problem.misconceptions])

    @cached_property
    def pairs(self) -> KnownAnswers:
        """The answers of each two misconceptions whose edits can be combined, by their slugs."""
        pairs = combinations(self._misconceptions, 2)
        return KnownAnswers(self, [pair for pair in pairs if self.combined(pair) is not None])

    @cached_property
    def triples(self) -> KnownAnswers:
        """The answers of three misconceptions at once, by their slugs; name those you need."""
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
    ) -> list[Run]:
        """Return the runs of a submission, one for each case.

        Args:
            watch: called after each case with the runs made so far
            note: called once with what the student should know about the import

        Raises:
            SandboxError: if the sandbox fails
        """
        problem = self.problem
        program = problem.program_of(submission)

        def run(limits: Limits, cases: Sequence[int], watch: Watch | None = None) -> list[Run]:
            scripts = [self._scripts[index] for index in cases]
            get_short_limits = partial(self._short_limits, limits, cases[0])
            # The first import alone has notes.
            noted = note if cases[0] == 0 else None
            return sandbox.run(
                program, scripts, limits, watch, get_short_limits, noted, self._max_objects
            )

        def again(cases: Sequence[Case]) -> list[Run]:
            scripts = [case.script for case in cases]
            limits = limits_of(problem, cases[0])
            return sandbox.run(program, scripts, limits, max_objects=self._max_objects)

        runs = run_by_limits(problem, run, watch)
        runs = repeat_slow_calls(problem, runs, sandbox, run)
        runs = attribute_failures(self.problem.cases, runs, self._reference_run)
        runs = repeat_draws(problem.cases, runs, self.referee, again)
        if not self.given_calls:
            return runs
        carried = partial(self.run_with_given, program, sandbox)
        return rerun_failed(problem, runs, self.given_calls.keys(), self.referee, carried)

    def _reference_run(self, case: int) -> Run | None:
        """Return the reference's run of the case with this index; None without a reference."""
        problem = self.problem
        if problem.reference is None:
            return None
        if case not in self._reference_runs:
            program, script = problem.program(problem.reference), self._scripts[case]
            limits = limits_of(problem, problem.cases[case])
            (run,) = self._sandbox.run(program, [script], limits)
            self._reference_runs[case] = run
        return self._reference_runs[case]

    def run_with_given(self, program: Program, sandbox: Sandbox, case: Case) -> Run:
        """Return the run of a case with right answers of the functions that it gives.

        Raises:
            SandboxError: if the sandbox fails
        """
        giver = Giver(self.problem, case, self.given_calls[case.name])
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
        """Wall and CPU seconds of the reference's slowest call of the cases with these limits."""
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
        """Return the calls of functions that cases give, where any are known."""
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
            SpecError: if a case without `expected` has no reference, or if the reference fails
            SandboxError: if the sandbox fails
        """
        timed = problem.times_reference is not None and problem.reference is not None
        wanted = [case for case in problem.cases if timed or needs_answer(case)]
        if not wanted:
            return problem
        if problem.reference is None:
            name = wanted[0].name
            message = f"case {name!r} has no `expected` and the problem no reference; add either"
            raise spec_error(wanted[0].at, message)
        patient = patient_problem(problem, wanted, timed)
        runs = self._run_reference(patient, self._sandbox)
        answers = {
            case.name: answer_case(case, run) for case, run in zip(wanted, runs, strict=True)
        }
        cases = tuple(answers.get(case.name, case) for case in problem.cases)
        return replace(problem, cases=cases, limits=limits_by_reference(problem, runs))

    def _run_reference(self, problem: Problem, sandbox: Sandbox) -> list[Run]:
        """Return the runs of the reference, if a problem has one."""
        program = problem.program(problem.reference or b"")

        def run(limits: Limits, indices: Sequence[int], _: object) -> list[Run]:
            scripts = [problem.cases[index].script for index in indices]
            return sandbox.run(program, scripts, limits)

        return run_by_limits(problem, run)


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


class KnownAnswers:
    """The answers of known wrong programs, which are run only in the cases that are needed.

    Loading hundreds of programs takes longer than calling them once or twice, and the cases that
    are compared first rule out nearly all of them. So they are first run in those cases only, and
    in all cases as soon as others are needed, which for a whole class happens sooner or later.

    Args:
        names: of all programs, each by the slugs of the misconceptions in it
    """

    def __init__(self, key: AnswerKey, names: Collection[Slugs]) -> None:
        self._key = key
        self.names = names
        self._first_cases: list[int] | None = None
        self._runs: dict[Slugs, dict[int, Run]] = {}
        self._is_wrong: dict[tuple[Slugs, int], bool] = {}

    def run(self, cases: Collection[int], chosen: Collection[Slugs] | None = None) -> None:
        """Run programs in at least the cases with these indices, unless they were.

        Args:
            chosen: the programs, by default all

        Raises:
            SandboxError: if the sandbox fails
        """
        wanted = sorted(cases)
        if self._first_cases is None:
            self._first_cases = wanted
        missing = [
            slugs
            for slugs in (self.names if chosen is None else chosen)
            if not self._runs.get(slugs, {}).keys() >= set(wanted)
        ]
        if not missing:
            return
        if wanted != self._first_cases:
            wanted = list(range(len(self._key.problem.cases)))
        sources = {slugs: self._key.combined(slugs) or b"" for slugs in missing}
        for slugs, row in self._key.table(sources, cases=wanted).items():
            self._runs.setdefault(slugs, {}).update(zip(wanted, row, strict=True))

    def in_case(self, slugs: Slugs, case: int) -> Run:
        """Return the run of a program in a case that it was run in."""
        return self._runs[slugs][case]

    def is_wrong(self, slugs: Slugs, case: int) -> bool:
        """Return whether a program that was run in a case gave a wrong answer there."""
        if (slugs, case) not in self._is_wrong:  # a class asks again and again
            self._compare(slugs, case)
        return self._is_wrong[slugs, case]

    def _compare(self, slugs: Slugs, case: int) -> None:
        """Find out whether a program's answer in a case is wrong; if that takes a child, of all."""
        spec = self._key.problem.cases[case]
        is_asked_together = any(isinstance(step.checker, PythonChecker) for step in spec.steps)
        chosen = list(self._runs) if is_asked_together else [slugs]
        named = [(name, run) for name in chosen if (run := self._runs[name].get(case)) is not None]
        judged = results([spec] * len(named), [run for _, run in named], self._key.referee)
        for (name, _), each in zip(named, judged, strict=True):
            self._is_wrong[name, case] = is_wrong_answer(each)

    def all(self) -> Mapping[Slugs, list[Run]]:
        """Return the runs of all programs in all cases, by slugs.

        Raises:
            SandboxError: if the sandbox fails
        """
        return self.of(self.names)

    def of(self, chosen: Collection[Slugs]) -> Mapping[Slugs, list[Run]]:
        """Return the runs of the chosen programs in all cases, by slugs.

        Raises:
            SandboxError: if the sandbox fails
        """
        cases = range(len(self._key.problem.cases))
        self.run(cases, chosen)
        return {slugs: [self.in_case(slugs, case) for case in cases] for slugs in chosen}


class _PublicKey(AnswerKey):
    """The key of the public cases, which come first, of a problem that has been answered.

    Nothing is run for it that was run for the whole key.
    """

    def __init__(self, whole: AnswerKey) -> None:
        self._whole = whole
        # What was computed of all cases is computed again; the rest is shared.
        for name, value in vars(whole).items():
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
        return _FirstAnswers(self, self._whole.singles)

    @cached_property
    def pairs(self) -> KnownAnswers:
        return _FirstAnswers(self, self._whole.pairs)

    @cached_property
    def triples(self) -> KnownAnswers:
        return _FirstAnswers(self, self._whole.triples)

    @cached_property
    def _reference_s(self) -> Mapping[Limits, tuple[float, float]]:
        return self._whole._reference_s

    @cached_property
    def _timed_reference(self) -> tuple[list[Run], Budget]:
        return self._whole._timed_reference


class _FirstAnswers(KnownAnswers):
    """The answers of known wrong programs in the first cases, taken from those in all."""

    def __init__(self, key: AnswerKey, whole: KnownAnswers) -> None:
        super().__init__(key, whole.names)
        self._whole = whole

    def run(self, cases: Collection[int], chosen: Collection[Slugs] | None = None) -> None:
        self._whole.run(cases, chosen)

    def in_case(self, slugs: Slugs, case: int) -> Run:
        return self._whole.in_case(slugs, case)

    def is_wrong(self, slugs: Slugs, case: int) -> bool:
        return self._whole.is_wrong(slugs, case)
