"""Checks of correct solutions, which are judged like submissions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from grader.checkers.python import PythonChecker
from grader.model.entry_point import Class, Declaration
from grader.model.judgement import Judgement, RunStatus, Verdict
from grader.model.signature import Function, ParameterKind
from grader.model.verification import Finding, error, warning
from grader.reports.messages import message
from grader.verify.evidence import Evidence
from grader.verify.metrics import Room, room_of_memory, room_of_time

_MIN_SOLUTIONS = 2  # in addition to the reference
_FOLDERS = ("right", "wrong", "partial")
_MIN_FACTOR = 4.0  # of a limit over what the slowest or largest correct solution needs


def exist(evidence: Evidence) -> Iterator[Finding]:
    """There are correct solutions in other styles, to measure the tolerance with."""
    count = len(evidence.loaded.accepted)
    if count < _MIN_SOLUTIONS:
        text = f"the number of correct solutions in addition to the reference is {count}"
        advice = (
            f"write {_MIN_SOLUTIONS} or more in solutions/{evidence.slug}/right/, in other styles:"
            " loops, vectorised, float32. They show whether the tolerance accepts correct answers"
        )
        yield warning(evidence.files.spec, text, advice)


def are_accepted(evidence: Evidence) -> Iterator[Finding]:
    """Every correct solution gets full marks."""
    by_reference = evidence.accepted["reference.py"].results
    for name, judgement in evidence.accepted.items():
        for each, reference in zip(judgement.results, by_reference, strict=True):
            # A wrong answer of the reference is reported by `reference.agrees_with_expected`.
            if each.verdict is Verdict.ACCEPTED or reference.verdict is Verdict.WRONG_ANSWER:
                continue
            if each.verdict is Verdict.JUDGE_ERROR and isinstance(each.step.checker, PythonChecker):
                continue  # reported by `checkers.judge_known_answers`
            text = f"the solution {name} is rejected in case {each.case.name!r}"
            at = evidence.files.at(name, hidden=True, line=each.run.line or 1)
            yield error(at, f"{text}: {message(each)}", f"the case is at {each.case.at}")
            if each.run.status is RunStatus.NOT_LOADED:
                break  # the other cases have the same message


def match_starter(evidence: Evidence) -> Iterator[Finding]:
    """Solutions in files, correct or not, have as many parameters and defaults as the starter.

    A missing function is reported by the check that runs the solution.
    """
    folder = Path(evidence.files.solutions or "")
    for path in sorted(path for kind in _FOLDERS for path in folder.glob(f"{kind}/*.py")):
        declared = evidence.declarations(path.read_bytes()) if path.is_file() else {}
        for own, starter, line in pairs_of_functions(evidence, declared):
            if _shape(own) == _shape(starter):
                continue
            of = "" if evidence.loaded.entry_point.function else f"{starter.name} in "
            text = (
                f"the parameters of {of}{path.name} are {own.signature}, the starter has "
                f"{starter.signature}"
            )
            at = evidence.files.at(str(path.relative_to(folder)), hidden=True, line=line)
            yield error(at, text, "use as many parameters and defaults as the starter")


def pairs_of_functions(
    evidence: Evidence, declared: Mapping[str, Declaration]
) -> Iterator[tuple[Function, Function, int]]:
    """Yield the functions that a source declares, each with that of the starter, and its line.

    A function or method that the source does not declare is left out.
    """
    for part in evidence.loaded.entry_point.parts:
        if part.name not in declared:
            continue
        found = declared[part.name]
        match part, found.part:
            case Function(), Function():
                yield found.part, part, found.line
            case Class(), Class():
                if part.constructor is not None and found.part.constructor is not None:
                    yield found.part.constructor, part.constructor, found.line
                for name in part.methods.keys() & found.part.methods.keys():
                    yield found.part.methods[name], part.methods[name], found.line


def _shape(function: Function) -> list[tuple[object, ...]]:
    """Return what a call depends on: kinds, defaults, and the names that arguments are passed by.

    Parameters by position only may be renamed.
    """
    by_name = ParameterKind.KEYWORD_ONLY
    return [
        (each.kind, each.is_required, each.name if each.kind is by_name else "")
        for each in function.parameters
    ]


def fit_limits(evidence: Evidence) -> Iterator[Finding]:
    """Correct solutions need at most a quarter of each limit."""
    judgements: list[Judgement] = list(evidence.accepted.values())
    time, memory = room_of_time(judgements), room_of_memory(judgements)
    if time is not None and time.factor < _MIN_FACTOR:
        yield _near(evidence, "processor time", time, f"{time.limits.cpu_s:.3g} s")
    if memory is not None and memory.factor < _MIN_FACTOR:
        yield _near(evidence, "memory", memory, f"{memory.limits.memory_mib} MiB")


def _near(evidence: Evidence, what: str, room: Room, limit: str) -> Finding:
    """Return the warning that a limit is near to what a correct solution needs."""
    case = room.result.case
    text = f"the limit of {what}, {limit}, is {room.factor:.1f} times what a correct solution needs"
    advice = "raise it: a slower or busier machine would reject correct solutions"
    if case.limits is None:
        return warning(evidence.files.spec, text, advice)
    return warning(case.at, f"{text} in case {case.name!r}", advice)
