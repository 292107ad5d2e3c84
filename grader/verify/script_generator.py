"""Generate scripts: random variations of an author's cases of several steps.

A step is dropped, with those that need its result, or done once more; and the arguments of calls
vary like those of problems of one function (`input_generator`). What is expected of the steps is
left to the reference. The same seed generates the same scripts.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from grader.bank.constraints.check import find_violations
from grader.checkers.draws import Statistical
from grader.model.entry_point import Action
from grader.model.problem import Case, Problem
from grader.model.script import Step, references
from grader.verify.input_generator import Args, InputGenerator

_MAX_VARIATIONS = 3  # of one script
_TRIES = 20  # to find another one
_MAX_MORE_STEPS = 4  # than the author's script has


class ScriptGenerator:
    """Generates scripts of a problem.

    Args:
        problem: with the cases to begin from
        seed: of the random numbers
    """

    def __init__(self, problem: Problem, seed: int) -> None:
        self._problem = problem
        self._names = set(problem.entry_point.names)
        self._values = InputGenerator(problem, seed)
        self._rng = random.Random(seed)
        self._pool = [_without_answers(each) for each in problem.cases if _may_vary(each)]
        lengths = [len(each.steps) for each in self._pool]
        self._max_steps = max(lengths, default=0) + _MAX_MORE_STEPS

    def cases(self, count: int) -> list[Case]:
        """Return up to `count` different scripts; fewer if they are hard to find."""
        found: dict[bytes, Case] = {}
        for _ in range(count * _TRIES):
            if len(found) == count or not self._pool:
                break
            case: Case | None = self._rng.choice(self._pool)
            for _ in range(self._rng.randint(1, _MAX_VARIATIONS)):
                case = self._vary(case) if case is not None else None
            if case is not None:
                found[b"".join(call.message for call in case.script)] = case
        return list(found.values())

    def learn(self, case: Case) -> None:
        """Add a script to those that are varied."""
        self._pool.append(_without_answers(case))

    def simpler(self, case: Case) -> list[Case]:
        """Return valid scripts one step simpler than this one, the simplest first."""
        case = _without_answers(case)
        numbers = range(len(case.steps))
        shorter = (self._without(case, number) for number in reversed(numbers))
        found = [each for each in shorter if each is not None]
        for number in numbers:
            step = case.steps[number]
            for args in self._values.simpler(dict(step.known_args)) if _has_values(step) else ():
                changed = self._with_args(case, number, {**step.args, **args})
                found += [changed] if changed is not None else []
        return found

    def _vary(self, case: Case) -> Case | None:
        number = self._rng.randrange(len(case.steps))
        match self._rng.choice(("values", "values", "repeat", "drop")):
            case "values":
                return self._other_values(case)
            case "repeat":
                return self._repeated(case, number)
            case _:
                return self._without(case, number)

    def _other_values(self, case: Case) -> Case | None:
        numbers = [number for number, step in enumerate(case.steps) if _has_values(step)]
        if not numbers:
            return None
        number = self._rng.choice(numbers)
        step = case.steps[number]
        args = self._values.varied(dict(step.known_args))
        return self._with_args(case, number, {**step.args, **args})

    def _with_args(self, case: Case, number: int, args: Args) -> Case | None:
        """Return a case with other arguments of a step; None if they are not valid."""
        step = case.steps[number]
        assert step.function is not None
        allowed = {each.name for each in step.function.parameters}
        changed = replace(step, args={name: args[name] for name in args if name in allowed})
        if step.function.find_misuse(changed.args):
            return None
        if find_violations(self._problem.constraints, changed.known_args):
            return None
        return case.with_step(number, args=changed.args)

    def _repeated(self, case: Case, number: int) -> Case | None:
        """Return a case that does a step once more, at once or later."""
        step = case.steps[number]
        if step.action is Action.NEW or len(case.steps) >= self._max_steps:
            return None
        place = self._rng.randint(number + 1, len(case.steps))
        return replace(case, steps=(*case.steps[:place], step, *case.steps[place:]))

    def _without(self, case: Case, number: int) -> Case | None:
        """Return a case without a step, and without those that need its result; None if empty."""
        steps = list(self._possible([*case.steps[:number], *case.steps[number + 1 :]]))
        return replace(case, steps=tuple(steps)) if any(map(_is_judged, steps)) else None

    def _possible(self, steps: Sequence[Step]) -> Iterator[Step]:
        """Yield the steps that have all results that they need."""
        known = set(self._names)
        for step in steps:
            if _needs(step) <= known:
                yield step
                known |= {step.name}


def _needs(step: Step) -> set[str]:
    """Return the names that a step refers to."""
    found = {
        each.description.partition(".")[0]
        for value in step.all_args.values()
        for each in references(value)
    }
    if step.action is not Action.OPERATOR and step.target:
        found.add(step.target.partition(".")[0])
    return found


def _is_judged(step: Step) -> bool:
    return step.is_judged


def _has_values(step: Step) -> bool:
    return step.function is not None and not step.listed and bool(step.known_args)


def _may_vary(case: Case) -> bool:
    """Return whether the reference alone can say what is right in variations of a case."""
    return case.generation is None and not any(
        step.others or step.is_driven or isinstance(step.checker, Statistical)
        for step in case.steps
    )


def _without_answers(case: Case) -> Case:
    """Return a hidden case without points of its steps and without the answers of the reference."""
    bare = case.with_steps(
        lambda step: replace(step, expected=None, has_expected=False, points=None)
    )
    return replace(bare, points=Fraction(1), hidden=True, given=())
