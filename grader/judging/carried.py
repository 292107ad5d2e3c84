"""Credit after an error: what a failed case earns once some functions get the right answers.

A case that calls several functions can list some of them as `given`: it "gives" them. If it fails,
it is run once more, and these functions answer as the reference does. A student who gets one
function wrong can thus earn the points of another. A step that calls a given function earns what it
earned in the first run.

A submission can find out which run is the second one, and answer differently in it. So the second
run counts only if the submission was given an answer in it. A step whose answer has few possible
values can still be guessed twice; `verify` warns about such steps.

What a second run reveals is bounded in four ways:

- Only answers are sent, never code, and only in reply to a question, which is the arguments of a
  call. The submission's process is never sent a table of answers. Questions are answered from the
  calls that the reference makes in this very case, and from the written answers of its steps;
  calls in other cases are not used.
- Each of these runs has a child process of its own, which is ended after the case, and all come
  after the first runs of all cases. What a submission learns in one cannot be used in another. If
  the practice page has to make the judgement again, the first runs stay as they are (see
  `public_first`).
- Nothing that such a run prints, raises or returns is shown: only the points that it adds, and the
  names of the given functions (`CaseResult.given`).
- The expected answers of steps that earn points are compared in the grader's process, as always.
  `verify` warns if one of them is also an answer that is sent.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from grader.checkers.numbers import number_mismatch
from grader.checkers.sequences import items_of, unpacked
from grader.judging.referee import Referee
from grader.judging.results import result
from grader.model.checker import Tolerance
from grader.model.judgement import Run, RunStatus, Verdict
from grader.model.problem import Case, Problem
from grader.model.signature import Function, ParameterKind
from grader.values import Array, Value, contains_unsupported
from grader.values.dataclasses import dataclass
from grader.values.decode import decode
from grader.values.encode import encode
from grader.values.syntax import parse_literal

RECORDED = "recorded"  # in `Call.watches`, makes a run contain the recorded calls of functions
# Arguments may differ from those of the reference by rounding, but not by the step of a difference
# quotient. Of several known calls that agree, the nearest counts.
_TOLERANCE = Tolerance(rtol=1e-7, atol=1e-12)
_MAX_COMPARED = 500_000  # elements of arguments, for the questions of one run
MAY_BE_BETTER = (
    Verdict.WRONG_ANSWER,
    Verdict.RUN_TIME_ERROR,
    Verdict.TIME_LIMIT,
    Verdict.MEMORY_LIMIT,
    Verdict.OUTPUT_LIMIT,
)

_NOTHING_GIVEN = Run(RunStatus.SKIPPED, error="it did not ask for an answer that is known")

Named = dict[str, Value]  # arguments by name


@dataclass(frozen=True)
class GivenCall:
    """A call of a given function whose answer is known."""

    name: str
    args: Named
    answer: Value

    @property
    def encoded(self) -> bytes:
        return encode([self.name, self.args, self.answer])


def given_calls(problem: Problem, case: Case, run: Run | None) -> tuple[GivenCall, ...]:
    """Return the different calls whose answers are known, of the functions that a case gives.

    Args:
        run: of the reference, with the calls that it makes; None if there is no reference
    """
    functions = _functions(problem, case)
    found: dict[bytes, GivenCall] = {}
    for call in (*_written(case, functions), *_recorded(case, functions, run)):
        if not contains_unsupported((call.answer, *call.args.values())):
            found.setdefault(encode([call.name, call.args]), call)
    return tuple(found.values())


def _functions(problem: Problem, case: Case) -> Mapping[str, Function]:
    return {each.name: each for each in problem.entry_point.functions if each.name in case.given}


def _written(case: Case, functions: Mapping[str, Function]) -> Iterator[GivenCall]:
    """Yield the calls of steps whose answer is known."""
    for step in case.steps:
        if case.gives(step) and step.has_expected and step.function is not None:
            call = step.call()
            args = _named(functions[step.target], call.args, call.kwargs)
            if args is not None:
                yield GivenCall(step.target, args, step.expected)


def _recorded(
    case: Case, functions: Mapping[str, Function], run: Run | None
) -> Iterator[GivenCall]:
    for each in run.of_each(case.steps) if run is not None else ():
        for call in each.recorded:
            match decode(call):
                case [bytes(question), answer]:
                    known = _read(decode(question), functions)
                    if known is not None:
                        yield GivenCall(*known, answer)


def _read(question: Value, functions: Mapping[str, Function]) -> tuple[str, Named] | None:
    """Return the name and the arguments that a question is about; None if it is invalid."""
    match question:
        case [str(name), list(args), dict(kwargs)] if name in functions:
            by_name = {key: each for key, each in kwargs.items() if isinstance(key, str)}
            named = _named(functions[name], args, by_name)
            return (name, named) if named is not None else None
    return None


def _named(function: Function, args: Sequence[Value], kwargs: Mapping[str, Value]) -> Named | None:
    """Return the arguments of a call by name; None if they do not fit the parameters.

    Omitted arguments are included if their default is a literal.
    """
    found: Named = {}
    for name, value in zip(function.names_by_position(len(args)), args, strict=False):
        if function.is_variadic(name):
            earlier = found.get(name, [])
            found[name] = [*(earlier if isinstance(earlier, list) else ()), value]
        else:
            found[name] = value
    if len(function.names_by_position(len(args))) < len(args) or found.keys() & kwargs.keys():
        return None
    found |= kwargs
    for each in function.parameters:
        if each.name not in found and each.kind is not ParameterKind.KEYWORDS and each.default:
            try:
                found[each.name] = parse_literal(each.default)
            except (ValueError, SyntaxError):
                continue
    return found


class Giver:
    """Answers the questions of one run.

    Args:
        calls: those whose answers are known

    Attributes:
        has_answered: whether it has answered a question
    """

    def __init__(self, problem: Problem, case: Case, calls: Sequence[GivenCall]) -> None:
        self._functions = _functions(problem, case)
        self._calls = calls
        self._left = _MAX_COMPARED
        self.has_answered = False

    def give(self, question: Value) -> Value:
        """Return the answer in a list; None if it is not known."""
        read = _read(question, self._functions)
        if read is None:
            return None
        name, args = read
        nearest, least = None, math.inf
        for call in self._calls:
            if call.name == name and call.args.keys() == args.keys():
                distance = self._largest((args[key], call.args[key]) for key in args)
                if distance < least:
                    nearest, least = call, distance
                if distance == 0:
                    break
        if nearest is None:
            return None
        self.has_answered = True
        return [nearest.answer]

    def _distance(self, got: Value, known: Value) -> float:
        """Return the distance of arguments, in units of the tolerance; infinite if above 1.

        Unlike that of a checker, it stops at the first difference: a submission chooses what is
        compared, and how often.
        """
        self._left -= 1
        if self._left < 0:
            return math.inf
        if isinstance(known, dict):
            if not isinstance(got, dict) or got.keys() != known.keys():
                return math.inf
            return self._largest((got[key], known[key]) for key in known)
        if (items := items_of(known)) is not None:
            others = items_of(got)
            if others is None or len(others) != len(items):
                return math.inf
            return self._largest(zip(unpacked(got, others), unpacked(known, items), strict=True))
        return _distance_of_elements(_element(got), _element(known))

    def _largest(self, pairs: Iterable[tuple[Value, Value]]) -> float:
        largest = 0.0
        for got, known in pairs:
            largest = max(largest, self._distance(got, known))
            if largest == math.inf:
                break
        return largest


def _element(value: Value) -> Value:
    """Return the number in a zero-dimensional array, or the value itself."""
    return value.flat()[0] if isinstance(value, Array) and not value.shape else value


def _distance_of_elements(got: Value, known: Value) -> float:
    """Return the distance of two values that are not containers; infinite if above 1."""
    if isinstance(got, bool) is isinstance(known, bool) and got == known:
        return 0.0
    if not isinstance(got, int | float | complex) or isinstance(got, bool):
        return math.inf
    if not isinstance(known, float | complex):
        return math.inf
    if got != got and known != known:  # both are NaN
        return 0.0
    try:
        if number_mismatch(got, known, _TOLERANCE, "") is None:
            return abs(got - known) / _TOLERANCE.allowed(known)
    except OverflowError:  # the modulus of a complex number that no float can hold
        pass
    return math.inf


def rerun_failed(
    problem: Problem,
    runs: Sequence[Run],
    known: Mapping[str, Sequence[GivenCall]],
    referee: Referee,
    run: Callable[[Case, Giver], Run],
) -> list[Run]:
    """Return the runs; failed cases also have, in `given`, a second run with right answers.

    It does not count if no answer was given in it, as it then is just another attempt.

    Args:
        known: the calls with known answers of the functions that cases give, by the name of the
            case; the other cases are not run again
        run: runs a case in a new child, in which the functions that it gives ask for answers

    Raises:
        SandboxError: if the sandbox fails
    """
    found, wasted = list(runs), 0
    for index, (case, first) in enumerate(zip(problem.cases, runs, strict=False)):
        if case.name not in known or wasted >= problem.limits.patience:
            continue
        if result(case, first, referee).verdict not in MAY_BE_BETTER:
            continue
        giver = Giver(problem, case, known[case.name])
        again = run(case, giver)
        wasted += again.status is RunStatus.TIMED_OUT
        if not giver.has_answered:
            again = _NOTHING_GIVEN
        steps = tuple(map(_without_texts, again.steps))
        found[index] = replace(first, given=replace(_without_texts(again), steps=steps))
    return found


def _without_texts(run: Run) -> Run:
    """Return a run without what nobody may see."""
    return replace(run, stdout="", traceback="", line=0, place="")
