"""Make the arguments of cases that an author's generator makes.

A generator runs in a sandboxed child, twice: it must return the same arguments both times. They
are plain data, like everything that comes from a child, and are kept in this process by the digest
of the generator and its arguments, for all answer keys.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import partial

from grader.errors import Diagnostic, SpecError, did_you_mean, spec_error
from grader.judging.recent import Recent
from grader.model.entry_point import Call, Program
from grader.model.generation import Generation
from grader.model.judgement import Run, RunStatus
from grader.model.problem import Case, Limits, Problem
from grader.model.signature import Function
from grader.sandbox.host import Sandbox
from grader.values import Value, contains_unsupported
from grader.values.encode import encode
from grader.values.show import kind, printable, show

LIMITS = Limits(wall_s=60.0, cpu_s=20.0, memory_mib=1024, output_kib=1 << 16, patience=1)
_TIMES = 2
_MAX_KEPT = 64
_MAX_TEXT = 300  # characters of what a generator raises

Args = dict[str, Value]
_kept: Recent[bytes, Args] = Recent(_MAX_KEPT)  # by digest


def with_generated(problem: Problem, sandbox: Sandbox, is_fresh: bool = False) -> Problem:
    """Return the problem with the arguments of all cases.

    Args:
        is_fresh: whether to make them again if they are known

    Raises:
        SpecError: if a generator fails, or its arguments do not fit
        SandboxError: if the sandbox fails
    """
    if not any(case.generation for case in problem.cases):
        return problem
    make = partial(_generated, problem, sandbox, is_fresh)
    return replace(problem, cases=tuple(map(make, problem.cases)))


def _generated(problem: Problem, sandbox: Sandbox, is_fresh: bool, case: Case) -> Case:
    generation = case.generation
    if generation is None:
        return case
    digest = _digest(problem, generation)
    args = _kept.get(digest) if not is_fresh else None
    if args is None:
        args = _make(problem, sandbox, case, generation)
        _kept.put(digest, args)
    driver = problem.driver if case.step.is_driven else None
    function = driver.function if driver is not None else case.step.function
    if function is not None:
        _check(function, generation, args)
    return case.with_step(args=dict(args))


def _digest(problem: Problem, generation: Generation) -> bytes:
    parts = [generation.source, generation.function.encode(), encode(dict(generation.args))]
    parts += [repr(problem.preload).encode(), repr(problem.given_modules).encode()]
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).digest()


def _make(problem: Problem, sandbox: Sandbox, case: Case, generation: Generation) -> Args:
    program = Program(
        generation.source,
        (generation.function,),
        problem.preload,
        given_modules=problem.given_modules,
    )
    call = Call((), generation.args, seed=generation.seed)
    runs = sandbox.run(program, [(call,)] * _TIMES, LIMITS)
    first, *others = (_arguments(case, generation, run) for run in runs)
    for other in others:
        if (name := _difference(first, other)) is not None:
            text = (
                f"gives another {name!r} each time" if name else "gives other arguments each time"
            )
            advice = "draw from a generator that `seed` makes, and keep nothing between calls"
            raise _failure(case, generation, f"{text}; {advice}")
    return first


def _arguments(case: Case, generation: Generation, run: Run) -> Args:
    """Return what a generator returned.

    Raises:
        SpecError: if it failed, or did not return arguments by name
    """
    if run.status is not RunStatus.RETURNED:
        line = f" ({generation.file}:{run.line})" if run.line else ""
        raise _failure(case, generation, f"fails: {printable(run.error, _MAX_TEXT)}{line}")
    match run.value:
        case dict(args) if all(isinstance(name, str) for name in args):
            for name, value in args.items():
                if contains_unsupported(value):
                    text = f"gives a {name!r} that no file could have: {show(value)}"
                    raise _failure(case, generation, text)
            return {str(name): value for name, value in args.items()}
    text = f"returns {kind(run.value)} where a dict of arguments by name is expected"
    raise _failure(case, generation, text)


def _difference(args: Args, other: Args) -> str | None:
    """Return the name of an argument that differs, or "" if other ones are given."""
    if args.keys() != other.keys():
        return ""
    return next((name for name in args if encode(args[name]) != encode(other[name])), None)


def _check(function: Function, generation: Generation, args: Args) -> None:
    """Raise a SpecError if generated arguments do not fit the function that is called."""
    parameters = function.parameters
    names = [each.name for each in parameters]
    found = [
        f"gives the argument {name!r}, which {function.name} does not have"
        + did_you_mean(name, names)
        for name in args
        if name not in names
    ]
    found += [
        f"does not give the argument {each.name!r} of {function.name}"
        for each in parameters
        if each.is_required and each.name not in args
    ]
    found += [f"gives wrong arguments: {text}" for text in function.find_misuse(args).values()]
    if found:
        raise SpecError([Diagnostic(generation.at, _text(generation, each)) for each in found])


def _failure(case: Case, generation: Generation, text: str) -> SpecError:
    return spec_error(generation.at, f"{_text(generation, text)}, in case {case.name!r}")


def _text(generation: Generation, text: str) -> str:
    return f"the generator {generation} {text}"
