"""Run tests in the sandbox with the published solution, and return what they call and print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from grader.importers import recorder
from grader.importers.snippets import Snippet
from grader.model.entry_point import Call, Program
from grader.model.judgement import Run, RunStatus
from grader.model.problem import Limits
from grader.sandbox.host import Sandbox
from grader.values import Value
from grader.values.dataclasses import dataclass

_LIMITS = Limits(wall_s=60.0, cpu_s=30.0, memory_mib=1024, output_kib=16 * 1024)
_SEEDS = (1, 2)  # if the values of a test depend on the seed, the test sets none of its own
_MARK, _GIVEN = "\0ref", "\0given"


@dataclass(frozen=True)
class Link:
    """A result of an earlier event, or a part of it."""

    event: int
    path: tuple[int | str, ...] = ()


@dataclass(frozen=True)
class Given:
    """A function that students do not write, and that the test passes as an argument."""

    name: str


@dataclass(frozen=True)
class Event:
    """A call of what students write, or an access to an object that it made.

    Attributes:
        kind: call new method set get operator
        target: the name of the function, class, operator, method or attribute
        owner: the object whose method or attribute it is
        args: by position; a `Link` in place of a result of an earlier event, and a `Given` in
            place of a function of the test
        result: as data, or, if it is an object, a `Link` to this event
        draws: whether it draws random numbers
        raised: the names of the exceptions that the test catches, if it raised one of them
        site: number of the place in the test
    """

    kind: str
    target: str
    owner: Link | None
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    result: Any
    draws: bool = False
    raised: tuple[str, ...] = ()
    site: int = 0


@dataclass(frozen=True)
class Printed:
    """A value that is printed or asserted: what fills a hole of the test.

    Attributes:
        site: number of the hole in the test
        link: the result of an event that the value is; None if it is not one
        start: how many events there were when its evaluation began
        position: how many events there were when its evaluation had ended
        before: the fixed text that was printed since the hole before
        wanted: what an assertion compares it with, alone in a list; empty if it is printed
    """

    site: int
    link: Link | None
    value: Value
    start: int = 0
    position: int = 0
    before: str = ""
    wanted: Sequence[Value] = ()


@dataclass(frozen=True)
class Trace:
    """The calls and printed values of a test that has been run.

    Attributes:
        tail: the fixed text that was printed after the last hole
        error: why it ended early; empty if it did not
        is_random: whether another run, with another seed, printed something else
        cpu_s: time of the whole test in seconds
    """

    events: tuple[Event, ...] = ()
    printed: tuple[Printed, ...] = ()
    tail: str = ""
    error: str = ""
    is_random: bool = False
    cpu_s: float = 0.0

    def result_of(self, link: Link) -> Any:
        """Return a result, or a part of one."""
        found = self.events[link.event].result
        for each in link.path:
            found = found[each]
        return found


def run_tests(
    sandbox: Sandbox, solution: str, snippets: Sequence[Snippet], names: Sequence[str]
) -> list[Trace]:
    """Return the traces of some tests, each of which loads the solution again.

    Raises:
        SandboxError: if the sandbox fails
    """
    program = Program(recorder.SOURCE.encode(), (recorder.FUNCTION,))
    calls = [
        (Call([solution, each.source, list(names), seed], {}),)
        for each in snippets
        for seed in _SEEDS
    ]
    runs = sandbox.run(program, calls, _LIMITS) if calls else []
    pairs = zip(runs[::2], runs[1::2], strict=True)
    return [_trace(first, second) for first, second in pairs]


def _trace(first: Run, second: Run) -> Trace:
    if first.status is not RunStatus.RETURNED:
        why = first.error or first.status.value
        return Trace(error=f"the solution does not answer: {why}")
    try:
        return _read(first, second)
    except (ValueError, TypeError, AttributeError, KeyError, IndexError):
        return Trace(error="the solution disturbs the record of the test")


def _read(first: Run, second: Run) -> Trace:
    events, holes, tail, error = _parts(first.value)
    return Trace(
        tuple(_event(each) for each in events),
        tuple(
            Printed(site, None if event is None else Link(event, tuple(path)), *more)
            for site, event, path, *more in holes
        ),
        tail,
        error,
        second.status is not RunStatus.RETURNED or repr(holes) != repr(_parts(second.value)[1]),
        first.cpu_s,
    )


def _parts(value: Any) -> tuple[list[Any], list[Any], str, str]:
    events, holes, tail, error = value
    return events, holes, tail, error


def _event(raw: Any) -> Event:
    kind, target, args, kwargs, result, draws, raised, site = raw
    owner = None
    if isinstance(target, list):
        index, path, target = target
        owner = Link(index, tuple(path))
    return Event(
        kind,
        target,
        owner,
        tuple(_linked(each) for each in args),
        {name: _linked(each) for name, each in kwargs.items()},
        _linked(result),
        draws,
        tuple(raised),
        site,
    )


def _linked(value: Any) -> Any:
    match value:
        case (mark, event, path) if mark == _MARK:
            return Link(event, tuple(path))
        case (mark, name) if mark == _GIVEN:
            return Given(name)
        case list() | tuple():
            return type(value)(_linked(each) for each in value)
        case dict():
            return {key: _linked(each) for key, each in value.items()}
    return value


def links_in(value: Any) -> Iterator[Link | Given]:
    """Yield the results of earlier events and the functions of the test in an argument."""
    match value:
        case Link() | Given():
            yield value
        case list() | tuple():
            for each in value:
                yield from links_in(each)
        case dict():
            for each in value.values():
                yield from links_in(each)
