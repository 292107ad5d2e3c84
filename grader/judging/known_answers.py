"""The answers of known wrong programs: misconceptions, alone or several at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Protocol

from grader.checkers.python import PythonChecker
from grader.judging.referee import Referee
from grader.judging.results import is_wrong_answer, results
from grader.model.judgement import Run, Verdict
from grader.model.problem import Limits, Problem

Slugs = tuple[str, ...]  # of one misconception, or of several at once
_MAX_FAULTS = 3  # of the checker with the same answer, before it is no longer asked about it


class Key(Protocol):
    """What an answer key offers to those who run wrong programs."""

    problem: Problem
    referee: Referee

    def combined(self, slugs: Slugs) -> bytes | None:
        """Return the program with all these misconceptions, or None if they cannot be combined."""
        ...

    def table(
        self,
        sources: Mapping[Slugs, bytes],
        limits: Limits | None = None,
        cases: Collection[int] | None = None,
    ) -> dict[Slugs, list[Run]]:
        """Return the runs of trusted sources in each case, by name."""
        ...


class KnownAnswers:
    """The answers of known wrong programs, which are run only in the cases that are needed.

    Loading hundreds of programs takes longer than calling them once or twice, and the cases that
    are compared first rule out nearly all of them. So they are first run in those cases only, and
    in all cases as soon as others are needed, which for a whole class happens sooner or later.

    Args:
        names: of all programs, each by the slugs of the misconceptions in it
    """

    def __init__(self, key: Key, names: Collection[Slugs]) -> None:
        self._key = key
        self.names = names
        self._first_cases: list[int] | None = None
        self._runs: dict[Slugs, dict[int, Run]] = {}
        self._is_wrong: dict[tuple[Slugs, int], bool] = {}
        self._faults = Counter[tuple[Slugs, int]]()  # of the checker

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
        found = self._is_wrong.get((slugs, case))
        if found is None:  # a class asks again and again
            self._compare(slugs, case)
            found = self._is_wrong.get((slugs, case), False)
        return found

    def forget_faults(self) -> None:
        """Ask the checker again about answers that it could not judge, which do not count as wrong.

        It may have been too slow only because the machine was busy. If it fails each time, it is
        asked once for each of a few diagnoses.
        """
        for each, count in list(self._faults.items()):  # a copy: another thread may add one
            if count < _MAX_FAULTS:
                self._is_wrong.pop(each, None)

    def _compare(self, slugs: Slugs, case: int) -> None:
        """Find out whether a program's answer in a case is wrong; if that takes a child, of all."""
        spec = self._key.problem.cases[case]
        is_asked_together = any(isinstance(step.checker, PythonChecker) for step in spec.steps)
        chosen = list(self._runs) if is_asked_together else [slugs]
        chosen = [name for name in chosen if (name, case) not in self._is_wrong]
        named = [(name, run) for name in chosen if (run := self._runs[name].get(case)) is not None]
        judged = results([spec] * len(named), [run for _, run in named], self._key.referee)
        for (name, _), each in zip(named, judged, strict=True):
            self._is_wrong[name, case] = is_wrong_answer(each)
            if each.verdict is Verdict.JUDGE_ERROR:
                self._faults[name, case] += 1
            else:
                self._faults.pop((name, case), None)

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


class FirstAnswers(KnownAnswers):
    """The answers of known wrong programs in the first cases, taken from those in all."""

    def __init__(self, key: Key, whole: KnownAnswers) -> None:
        super().__init__(key, whole.names)
        self._whole = whole

    def run(self, cases: Collection[int], chosen: Collection[Slugs] | None = None) -> None:
        self._whole.run(cases, chosen)

    def in_case(self, slugs: Slugs, case: int) -> Run:
        return self._whole.in_case(slugs, case)

    def is_wrong(self, slugs: Slugs, case: int) -> bool:
        return self._whole.is_wrong(slugs, case)

    def forget_faults(self) -> None:
        self._whole.forget_faults()
