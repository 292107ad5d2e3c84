"""What the checks look at: a problem, and what everything that is known of it does in each case.

Each figure is found out when a check first asks for it, and once. The reference is run in several
ways; right solutions and the starter are judged as submissions are; misconceptions and mutants, of
which there are hundreds, share children and get just enough time.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from grader.bank.locate import Bank
from grader.bank.schema import MUTANTS, RawExcuse
from grader.errors import Location
from grader.judging.answer_key import AnswerKey
from grader.judging.judge import judge, overall, result
from grader.model.entry_point import Call, Declaration, find_declarations
from grader.model.judgement import CaseResult, Judgement, Run, RunStatus, Verdict
from grader.model.problem import Case, Problem, Submission
from grader.sandbox.host import Sandbox
from grader.values import Value
from grader.verify.mutation import Mutant, mutants
from grader.yaml_reader.nodes import Node, parse

# How far from the tolerance answers are to be, on either side: another machine rounds otherwise.
FACTOR = 10.0

# What a mutant may take: some never end. Much more than any reference needs.
_MIN_CPU_S, _TIMES_REFERENCE = 0.2, 50


@dataclass(frozen=True)
class Wrong:
    """A misconception or a mutant, and what came of each case."""

    name: str
    results: tuple[CaseResult, ...]

    def distances(self) -> list[float]:
        """How far each answer is from the right one, in units of the tolerance."""
        return [distance_of(each) for each in self.results]

    @property
    def is_refused(self) -> bool:
        return any(each.verdict is not Verdict.ACCEPTED for each in self.results)


class Evidence:
    """A problem, and what is known of it.

    Args:
        sandboxes: two whose children hash differently

    Raises:
        SpecError: with all that keeps the problem from being loaded
    """

    def __init__(self, bank: Bank, slug: str, sandboxes: tuple[Sandbox, Sandbox]) -> None:
        self.bank = bank
        self.slug = slug
        self.folder = bank.folder(slug)
        self.solutions = bank.solutions_of(slug)
        self.loaded = bank.load(slug)
        self._sandbox, self._other = sandboxes

    # Places --------------------------------------------------------------------------------------

    @property
    def spec(self) -> Location:
        return self.at("spec.md")

    @property
    def reference(self) -> Location:
        return self.at("reference.py", hidden=True)

    def at(self, name: str, hidden: bool = False, line: int = 1, column: int = 1) -> Location:
        """A place in a file of the problem, or of its solutions."""
        folder = self.solutions if hidden and self.solutions else self.folder
        return Location(os.path.relpath(os.path.join(folder, name)), line, column)

    def at_misconception(self, slug: str) -> Location:
        return self._slugs.get(slug, self.at("wrong.yaml", hidden=True))

    @cached_property
    def _slugs(self) -> dict[str, Location]:
        nodes = self.listed("wrong.yaml", "misconceptions", hidden=True)
        slugs = [slug for node in nodes if (slug := node.get("slug")) is not None]
        return {slug.text or "": slug.at for slug in slugs}

    def listed(self, name: str, key: str, hidden: bool) -> list[Node]:
        """The entries of a list in a YAML file; none if there is no such file."""
        root = self._yaml(name, hidden)
        listed = root.get(key) if root is not None else None
        return listed.items() if listed is not None else []

    def _yaml(self, name: str, hidden: bool) -> Node | None:
        folder = self.solutions if hidden else self.folder
        path = Path(folder or "", name)
        if folder is None or not path.exists():
            return None
        return parse(path.read_text("utf-8"), os.path.relpath(path))

    def declaration(self, source: bytes) -> Declaration | None:
        """Return how a source declares the entry point; None if it does not."""
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError):
            return None
        return find_declarations(tree).get(self.loaded.entry_point.function)

    # The reference -------------------------------------------------------------------------------

    @property
    def calls(self) -> list[Call]:
        return [self.loaded.entry_point.call(case.args) for case in self.loaded.cases]

    @cached_property
    def reference_runs(self) -> list[Run]:
        """The reference, all cases in turn in one child; empty without a reference."""
        return self._reference(self.calls, self._sandbox)

    @cached_property
    def reference_alone(self) -> list[Run]:
        """The reference, each case in a fresh child."""
        return self._alone(self._sandbox)

    @cached_property
    def reference_again(self) -> list[Run]:
        """The same once more."""
        return self._alone(self._sandbox)

    @cached_property
    def reference_backwards(self) -> list[Run]:
        """The reference, in one child, the last case first; told in the order of the cases."""
        return self._reference(self.calls[::-1], self._sandbox)[::-1]

    @cached_property
    def reference_with_another_seed(self) -> list[Run]:
        """The same where the hashes of texts are others."""
        return self._alone(self._other)

    @property
    def is_sound(self) -> bool:
        """Whether there is a reference that answers every case: else little else can be asked."""
        runs = self.reference_runs
        return bool(runs) and all(run.status is RunStatus.RETURNED for run in runs)

    def _alone(self, sandbox: Sandbox) -> list[Run]:
        return [run for call in self.calls for run in self._reference([call], sandbox)]

    def _reference(self, calls: Sequence[Call], sandbox: Sandbox) -> list[Run]:
        source = self.loaded.reference
        return self.run(source, calls, sandbox) if source is not None else []

    def run(
        self,
        source: bytes,
        calls: Sequence[Call],
        sandbox: Sandbox | None = None,
        function: str | None = None,
    ) -> list[Run]:
        """What calls of some source do, with ample time."""
        limits = replace(self.loaded.limits, wall_s=60.0, cpu_s=30.0)
        program = self.loaded.program(source)
        if function is not None:
            program = replace(program, function=function)
        return (sandbox or self._sandbox).run(program, calls, limits)

    # What others do. Only for a sound reference. -------------------------------------------------

    @cached_property
    def key(self) -> AnswerKey:
        return AnswerKey(self.loaded, self._sandbox)

    @property
    def problem(self) -> Problem:
        """The problem, every case with its expected answer."""
        return self.key.problem

    @property
    def cases(self) -> tuple[Case, ...]:
        return self.problem.cases

    def judged(self, source: bytes, name: str) -> Judgement:
        return judge(self.key, Submission(source, name), self._sandbox)

    @cached_property
    def starter(self) -> Judgement:
        return self.judged(self.loaded.starter, "starter.py")

    @cached_property
    def right(self) -> dict[str, Judgement]:
        """The right solutions, by name, and the reference, which may not be what is written."""
        assert self.loaded.reference is not None
        sources = {"reference.py": self.loaded.reference}
        sources |= {f"right/{name}.py": source for name, source in self.loaded.right.items()}
        return {name: self.judged(source, name) for name, source in sources.items()}

    @cached_property
    def misconceptions(self) -> list[Wrong]:
        return self._wrong(self.key.wrong)

    def judgement_of(self, wrong: Wrong) -> Judgement:
        """The judgement of a submission that does as this does."""
        return replace(self.starter, results=wrong.results, verdict=overall(wrong.results))

    @cached_property
    def all_mutants(self) -> dict[str, Mutant]:
        """The mutants of the reference, by a name that says where and what."""
        found = mutants(self.loaded.reference or b"")
        return {f"{each.line}:{each.column} {each.after}": each for each in found}

    @cached_property
    def mutants(self) -> list[Wrong]:
        slowest = max((run.cpu_s for run in self.reference_runs), default=0.0)
        cpu_s = max(_MIN_CPU_S, _TIMES_REFERENCE * slowest)
        limits = replace(self.loaded.limits, cpu_s=cpu_s, wall_s=5 * cpu_s)
        sources = {name: each.source for name, each in self.all_mutants.items()}
        return self._wrong(self.key.table(sources, limits))

    @cached_property
    def excuses(self) -> list[RawExcuse]:
        """The mutants that the author says do nothing wrong, with the reason."""
        root = self._yaml("mutants.yaml", hidden=True)
        return list(MUTANTS.read(root)) if root is not None else []

    def excuse_of(self, name: str) -> RawExcuse | None:
        mutant = self.all_mutants[name]
        changed = (mutant.before, mutant.after)
        return next((each for each in self.excuses if (each.before, each.after) == changed), None)

    def _wrong(self, table: Mapping[str, Sequence[Run]]) -> list[Wrong]:
        return [Wrong(name, tuple(map(result, self.cases, runs))) for name, runs in table.items()]

    @cached_property
    def wrong(self) -> list[Wrong]:
        """Misconceptions and mutants that are to be refused."""
        excused = {name for name in self.all_mutants if self.excuse_of(name)}
        return self.misconceptions + [each for each in self.mutants if each.name not in excused]


def distance_of(each: CaseResult) -> float:
    """Return how far an answer is from the right one, in units of the tolerance.

    It is infinite if there is no answer, or if something other than its numbers is wrong.
    """
    if each.run.status is not RunStatus.RETURNED:
        return float("inf")
    return apart(each.run.value, each.case)


def apart(value: Value, case: Case) -> float:
    """How far a value is from a case's right answer, in units of its tolerance."""
    return case.checker.distance(value, case.expected, case.tolerance)
