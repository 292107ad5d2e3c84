"""A question as a problem: its cases, how precise they are, and what was left out and why.

The published text is what an answer must be. The solution is asked too: where it contradicts the
text, one of them is wrong, and the case is quarantined with both values.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from grader.checkers import CLOSE
from grader.checkers.compare import holds_inexact
from grader.importers.decimals import Decimals, choose_tolerance, declared_decimals
from grader.importers.own_checkers import write_function
from grader.importers.questions import Question, Test
from grader.importers.repairs import Repaired, repair_solution, repair_starter, repair_test
from grader.importers.snippets import Snippet, Unprintable, printed_values, read_snippet
from grader.importers.steps import Expectation, ImportedStep, NotSteps, Script, signatures_of
from grader.importers.trace import Event, Link, Printed, Trace, run_tests
from grader.model.checker import DEFAULT_TOLERANCE, Tolerance
from grader.model.entry_point import Class, Declaration, find_declarations
from grader.model.python_source import parse_python
from grader.model.signature import Function, Parameter
from grader.sandbox.host import Sandbox
from grader.values import Array, Value, contains_unsupported
from grader.values.show import show

_MAX_NUMBERS = 20_000  # in the arguments of a case
_HALF = Tolerance(rtol=1e-3, atol=1e-6)  # of float16, which NumPy prints with few digits
_SHOWN = 300  # characters of a value in a report


class Outcome(Enum):
    """What became of a test."""

    IMPORTED = "imported"
    QUARANTINED = "quarantined"  # its text and the solution contradict each other
    LEFT_OUT = "left out"


@dataclass(frozen=True)
class TestResult:
    """What became of a test, and why.

    Attributes:
        text: the published answer of a quarantined test
        reference: the answer of the solution, as text
    """

    number: int
    outcome: Outcome
    reason: str = ""
    repairs: tuple[str, ...] = ()
    text: str = ""
    reference: str = ""


@dataclass(frozen=True)
class ImportedCase:
    """A case to be written.

    Attributes:
        checker: source of the function named like the case that judges its answers; empty if they
            are compared with `expected`
        steps: its steps, if it is more than one call; then it has no `args` and `expected`
        results: the names of results in steps, by the number of the event
        uses: the functions and classes that students write and the case calls, and given ones
        test: number of the test it is made of
        seed: that the test sets, if the call draws random numbers
    """

    name: str
    test: int
    args: Mapping[str, Value] = field(default_factory=dict)
    expected: Value = None
    tolerance: Tolerance = DEFAULT_TOLERANCE
    seed: int | None = None
    checker: str = ""
    steps: tuple[ImportedStep, ...] = ()
    results: Mapping[int, str] = field(default_factory=dict)
    uses: tuple[str, ...] = ()

    @property
    def checker_name(self) -> str:
        """The name of its function in checker.py."""
        return self.name.replace("-", "_")


@dataclass(frozen=True)
class ImportedProblem:
    """A question with what can be written of it.

    Attributes:
        entry: the functions or the class that students write, by the key of spec.md
        reason: why the whole question was left out
        slow: whether a test takes the solution so long that the usual limits are too short
    """

    question: Question
    starter: str = ""
    reference: str = ""
    entry: tuple[str, tuple[str, ...]] = ("function", ())
    cases: tuple[ImportedCase, ...] = ()
    tests: tuple[TestResult, ...] = ()
    repairs: tuple[str, ...] = ()
    decimals: Decimals = field(default_factory=Decimals)
    reason: str = ""
    slow: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether every test became a case."""
        outcomes = [test.outcome for test in self.tests]
        return bool(outcomes) and all(each is Outcome.IMPORTED for each in outcomes)


class _LeftOut(Exception):
    """A test cannot be expressed; the text says why."""


class _Contradiction(Exception):
    """The text of a test and the solution contradict each other."""

    def __init__(self, reason: str, text: str, reference: str) -> None:
        super().__init__(reason)
        self.text, self.reference = text, reference


def convert(question: Question, sandbox: Sandbox, instead: str = "") -> ImportedProblem:
    """Return a question as a problem.

    Args:
        instead: an accepted solution, for a question whose own is not valid Python

    Raises:
        SandboxError: if the sandbox fails
    """
    solution = repair_solution(question.solution)
    repairs = [f"solution: {each}" for each in solution.repairs]
    if solution.error and instead:
        repairs.append(f"solution: {solution.error}; an accepted submission is used instead")
        solution = repair_solution(instead)
    starter = repair_starter(question.starter, solution.source)
    repairs += [f"stub: {each}" for each in starter.repairs]
    for file, each in (("solution", solution), ("stub", starter)):
        if each.error:
            return left_out(question, f"the {file} is {each.error}", tuple(repairs))
    given = _given(starter.source, solution.source)
    reference = solution.source
    if given:
        reference = f"{starter.source.rstrip()}\n\n\n{reference}"
        repairs.append(f"solution: {', '.join(given)} taken from the stub")
    return _Converter(question, starter.source, reference, tuple(repairs)).convert(sandbox)


def left_out(question: Question, reason: str, repairs: tuple[str, ...] = ()) -> ImportedProblem:
    """Return a question of which nothing is imported, for one reason."""
    tests = tuple(TestResult(each.number, Outcome.LEFT_OUT, reason) for each in question.tests)
    return ImportedProblem(question, tests=tests, repairs=repairs, reason=reason)


def _given(starter: str, solution: str) -> list[str]:
    """Return what only the stub defines and the solution uses."""
    tree = parse_python(solution)
    missing = set(_defined(starter)) - set(_defined(solution))
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return sorted(missing & used)


def _defined(source: str) -> list[str]:
    kinds = (ast.FunctionDef, ast.ClassDef)
    return [node.name for node in parse_python(source).body if isinstance(node, kinds)]


@dataclass(frozen=True)
class _Draft:
    """A test that has been run."""

    test: Test
    snippet: Snippet
    trace: Trace
    repairs: tuple[str, ...]


class _Converter:
    def __init__(
        self, question: Question, starter: str, reference: str, repairs: tuple[str, ...]
    ) -> None:
        self._question = question
        self._starter = starter
        self._reference = reference
        self._repairs = repairs
        self._names = _defined(reference)
        tree = parse_python(starter)
        self._declared = find_declarations(tree)
        self._signatures = signatures_of(tree)
        self._results: dict[int, TestResult] = {}
        self._given: dict[str, str] = {}  # source of functions of the tests, by name

    def convert(self, sandbox: Sandbox) -> ImportedProblem:
        drafts = self._run(sandbox)
        function = self._function(drafts)
        decimals = declared_decimals(self._reference, self._starter)
        cases: list[ImportedCase] = []
        for draft in drafts:
            number = draft.test.number
            try:
                maker = _CaseMaker(draft, function, self._declared, decimals, self._signatures)
                maker.given = self._given_names(draft)
                cases += maker.cases()
                result = TestResult(number, Outcome.IMPORTED, repairs=draft.repairs)
            except (_LeftOut, NotSteps) as reason:
                result = TestResult(number, Outcome.LEFT_OUT, str(reason), draft.repairs)
            except _Contradiction as reason:
                result = TestResult(
                    number,
                    Outcome.QUARANTINED,
                    str(reason),
                    draft.repairs,
                    reason.text,
                    reason.reference,
                )
            self._results[number] = result
        tests = tuple(self._results[test.number] for test in self._question.tests)
        used = {name for case in cases for name in case.uses}
        given = "".join(self._given[name] for name in self._given if name in used)
        if given:
            given = f"\n\n# Given: the cases pass these functions as arguments.\n{given}"
        return ImportedProblem(
            self._question,
            self._starter.rstrip() + "\n" + given,
            self._reference.rstrip() + "\n" + given,
            self._entry(cases),
            tuple(cases),
            tests,
            self._repairs,
            decimals.used(case.tolerance.decimals for case in cases),
            "" if cases else next((each.reason for each in tests if each.reason), "no test"),
            slow=any(draft.trace.cpu_s > 0.25 for draft in drafts),
        )

    def _run(self, sandbox: Sandbox) -> list[_Draft]:
        """Return the tests that can be read, with what they do."""
        readable: list[tuple[Test, Repaired, Snippet]] = []
        for test in self._question.tests:
            source = repair_test(test.snippet, self._reference)
            if source.error:
                self._leave_out(test, f"the test is {source.error}")
                continue
            snippet = read_snippet(source.source, self._names)
            readable.append((test, source, snippet))
        traces = run_tests(sandbox, self._reference, [each[2] for each in readable], self._names)
        drafts = []
        for (test, source, snippet), trace in zip(readable, traces, strict=True):
            if trace.error:
                self._leave_out(test, _explained(trace.error))
            else:
                drafts.append(_Draft(test, snippet, trace, source.repairs))
        return drafts

    def _entry(self, cases: Sequence[ImportedCase]) -> tuple[str, tuple[str, ...]]:
        """Return what students write for these cases."""
        names = tuple(dict.fromkeys(name for case in cases for name in case.uses))
        if any(self._is_class(name) for name in names):
            return "class", names
        return ("function" if len(names) == 1 else "functions"), names

    def _is_class(self, name: str) -> bool:
        return name in self._declared and isinstance(self._declared[name].part, Class)

    def _given_names(self, draft: _Draft) -> dict[str, str]:
        """Return the names that functions of a test get, which other tests may define otherwise."""
        names: dict[str, str] = {}
        for node in parse_python(draft.test.snippet).body:
            if not isinstance(node, ast.FunctionDef):
                continue
            old = node.name
            for name in (old, f"{old}_{draft.test.number}"):
                node.name = name
                source = f"\n\n{ast.unparse(node)}\n"
                if name not in self._names and self._given.setdefault(name, source) == source:
                    names[old] = name
                    break
        return names

    def _leave_out(self, test: Test, reason: str) -> None:
        self._results[test.number] = TestResult(test.number, Outcome.LEFT_OUT, reason)

    def _function(self, drafts: Sequence[_Draft]) -> str:
        """Return the function whose results the tests print; the last one if none is linked."""
        for draft in drafts:
            events = draft.trace.events
            linked = [events[each.link.event] for each in draft.trace.printed if each.link]
            for event in linked or events[-1:]:
                if event.kind == "call":
                    return event.target
        return ""


def _explained(error: str) -> str:
    if "No module named" in error:
        return f"{error.partition(': ')[2]}: install it where the grader runs, and import again"
    return error


class _CaseMaker:
    """Makes the cases of one test of a function."""

    def __init__(
        self,
        draft: _Draft,
        function: str,
        declared: Mapping[str, Declaration],
        decimals: Decimals,
        signatures: Mapping[str, list[str]],
    ) -> None:
        self._draft = draft
        self._trace = draft.trace
        self._function = function
        self._declared = declared
        self._decimals = decimals
        self._signatures = signatures
        self.given: Mapping[str, str] = {}

    def cases(self) -> list[ImportedCase]:
        trace = self._trace
        if trace.is_random:
            raise _LeftOut("the test prints something else in each run: it draws without a seed")
        if not trace.printed:
            raise _LeftOut("the test prints nothing that depends on what students write")
        try:
            parts = printed_values(self._draft.snippet, self._draft.test.text)
        except Unprintable as reason:
            raise _Contradiction(str(reason), self._draft.test.text, self._shown()) from None
        name = f"test-{self._draft.test.number}"
        if not self._is_function() or self._is_listed():
            return [self._script(name, parts)]
        if self._function not in self._declared:
            raise _LeftOut(f"the stub does not define {self._function}, which the test calls")
        if self._is_computed():
            return [self._judged(name, parts)]
        groups = self._groups(parts)
        cases = []
        for number, (event, holes) in enumerate(groups, 1):
            own = name if len(groups) == 1 else f"{name}-{number}"
            cases.append(self._case(own, self._trace.events[event], holes))
        return cases

    def _is_function(self) -> bool:
        """Return whether only results of one function matter."""
        events = self._trace.events
        linked = {events[each.link.event].target for each in self._trace.printed if each.link}
        is_data = "Given(" not in repr([(each.args, each.kwargs) for each in events])
        kinds = {each.kind for each in events}
        return is_data and kinds == {"call"} and linked <= {self._function}

    def _is_listed(self) -> bool:
        """Return whether a list of answers is printed: `print([f(x) for _ in range(5)])`."""
        return any(self._listed(each) for each in self._trace.printed)

    def _listed(self, printed: Printed) -> list[int]:
        """Return the calls whose results are the elements of a printed list; none if it is none."""
        value = printed.value
        if printed.link is not None or not isinstance(value, list) or len(value) < 2:
            return []
        numbers = list(range(printed.position - len(value), printed.position))
        events = [self._trace.events[each] for each in numbers if each >= 0]
        is_same = [repr(each.result) for each in events] == [repr(each) for each in value]
        return numbers if is_same and {each.kind for each in events} <= {"call", "method"} else []

    def _script(self, name: str, parts: list[tuple[str, Value]]) -> ImportedCase:
        """Return a case of several steps."""
        trace = self._trace
        expected: dict[Link, Expectation] = {}
        shown: dict[Link, int] = {}
        computed: list[tuple[Printed, _Filled]] = []
        filled_holes = list(self._filled(parts))
        target = self._target([each for _, each in filled_holes])
        for filled, printed in filled_holes:
            link = printed.link
            if listed := self._listed(printed):
                expected |= self._each(listed, filled)
            elif link is None or link.event == target:
                computed.append((printed, filled))
            elif isinstance(trace.events[link.event].result, Link):
                shown[link] = printed.position
                expected[link] = Expectation(filled.text)
            else:
                expected[link] = Expectation(filled.expected, self._tolerance(filled))
        case = ImportedCase(name, self._draft.test.number)
        if target is not None:
            wanted = [(each.site, fill.expected, self._tolerance(fill)) for each, fill in computed]
            site = trace.events[target].site
            others = {event.site for event in trace.events} - {site}
            own = (case.checker_name, self._draft.snippet.source, site, others, wanted)
            case = replace(case, checker=write_function(*own))
            value = trace.events[target].result
            expected[Link(target)] = Expectation(value, checker=case.checker_name)
        script = Script(trace, self._declared, self._signatures, self.given)
        steps = script.steps(expected, shown)
        if count_numbers([step.args for step in steps]) > _MAX_NUMBERS:
            raise _LeftOut(f"the arguments have more than {_MAX_NUMBERS} numbers")
        called = [event.target for event in trace.events if event.kind in ("call", "new")]
        text = repr([step.args for step in steps])
        given = [each for each in self.given.values() if f"Given(name={each!r})" in text]
        uses = (*dict.fromkeys(each for each in called if each in self._declared), *given)
        seed = self._draft.snippet.seed if any(each.draws for each in trace.events) else None
        return replace(case, steps=tuple(steps), results=script.names, uses=uses, seed=seed)

    def _filled(self, parts: list[tuple[str, Value]]) -> Iterator[tuple[_Filled, Printed]]:
        """Yield what fills each hole."""
        if len(self._trace.printed) != len(parts):
            raise _LeftOut("the test prints in a loop or a branch")
        for hole, printed, (text, value) in zip(
            self._draft.snippet.holes, self._trace.printed, parts, strict=True
        ):
            link = printed.link or Link(0)
            yield _Filled(link, text, value, printed.value, hole.decimals), printed

    def _each(self, numbers: list[int], filled: _Filled) -> dict[Link, Expectation]:
        """Return what is expected of each of several calls, whose results are printed as a list."""
        tolerance = self._tolerance(filled)
        values = filled.expected
        assert isinstance(values, list | tuple)  # it has agreed with a list
        return {
            Link(number): Expectation(
                value, tolerance if holds_inexact(value) else DEFAULT_TOLERANCE
            )
            for number, value in zip(numbers, values, strict=True)
        }

    def _target(self, holes: list[Printed]) -> int | None:
        """Return the number of the only call with data as result, if a printed value is computed.

        None if no value that is printed is computed.
        """
        events = self._trace.events
        computed = [each for each in holes if each.link is None and not self._listed(each)]
        position = min((each.position for each in computed), default=None)
        if position is None:
            return None
        answers = [
            index
            for index, event in enumerate(events)
            if event.kind in ("call", "method")
            and event.result is not None
            and not isinstance(event.result, Link)
        ]
        if len(answers) != 1 or answers[0] >= position:
            raise _LeftOut("the test computes what it prints from several answers")
        return answers[0]

    def _is_computed(self) -> bool:
        """Return whether the test prints something else than whole answers."""
        links = [each.link for each in self._trace.printed]
        if None in links:
            return True
        paths: dict[int, list[tuple[int | str, ...]]] = {}
        for link in links:
            if link is not None:
                paths.setdefault(link.event, []).append(link.path)
        return any(
            found != [()] and found != _parts_of(self._trace.events[event].result)
            for event, found in paths.items()
        )

    def _judged(self, name: str, parts: list[tuple[str, Value]]) -> ImportedCase:
        """Return a case whose answers are judged by the test itself."""
        snippet = self._draft.snippet
        events = [each for each in self._trace.events if each.target == self._function]
        if snippet.calls != 1 or not snippet.is_straight or len(events) != 1:
            raise _LeftOut("the test computes what it prints from several answers")
        wanted = [
            (printed.site, filled.expected, self._tolerance(filled))
            for filled, printed in self._filled(parts)
        ]
        args = self._arguments(events[0])
        case = ImportedCase(name, self._draft.test.number, args, uses=(self._function,))
        others = {each.site for each in self._trace.events} - {events[0].site}
        own = (case.checker_name, snippet.source, events[0].site, others, wanted)
        source = write_function(*own)
        return replace(case, checker=source)

    def _shown(self) -> str:
        return "\n".join(show(each.value, _SHOWN) for each in self._trace.printed)

    def _groups(self, parts: list[tuple[str, Value]]) -> list[tuple[int, list[_Filled]]]:
        """Return the calls whose results are printed, each with what is printed of it."""
        pairs = zip(self._draft.snippet.holes, parts, strict=True)
        holes = {hole.site: (hole, part) for hole, part in pairs}
        groups: dict[int, list[_Filled]] = {}
        for printed in self._trace.printed:
            hole, (text, value) = holes[printed.site]
            assert printed.link is not None  # else the test computes something: see `_judged`
            filled = _Filled(printed.link, text, value, printed.value, hole.decimals)
            groups.setdefault(printed.link.event, []).append(filled)
        return list(groups.items())

    def _case(self, name: str, event: Event, holes: list[_Filled]) -> ImportedCase:
        if event.target != self._function:
            raise _LeftOut(f"the test prints results of {event.target} and {self._function}")
        whole = _whole(holes)
        args = self._arguments(event)
        tolerance = self._tolerance(whole)
        seed = self._draft.snippet.seed if event.draws else None
        return ImportedCase(
            name,
            self._draft.test.number,
            args,
            whole.expected,
            tolerance,
            seed,
            uses=(self._function,),
        )

    def _tolerance(self, whole: _Filled) -> Tolerance:
        """Return the tolerance by which a text and the solution agree."""
        tolerance = choose_tolerance(whole.decimals, self._decimals, whole.text, whole.fits)
        if tolerance is None and holds_half(whole.answer) and whole.fits(_HALF):
            tolerance = _HALF
        if tolerance is None:
            text, reference = self._draft.test.text[:_SHOWN], show(whole.answer, _SHOWN)
            raise _Contradiction("the text is not what the solution answers", text, reference)
        return tolerance if holds_inexact(whole.expected) else DEFAULT_TOLERANCE

    def _arguments(self, event: Event) -> dict[str, Value]:
        parameters = self._parameters()
        args = bind(parameters, self._frozen(event.args), self._frozen(event.kwargs))
        for name, value in args.items():
            if contains_unsupported(value):
                raise _LeftOut(f"the argument {name} is {show(value)}, which is not data")
        if sum(map(count_numbers, args.values())) > _MAX_NUMBERS:
            raise _LeftOut(f"the arguments have more than {_MAX_NUMBERS} numbers")
        return args

    def _parameters(self) -> tuple[Parameter, ...]:
        part = self._declared[self._function].part
        return part.parameters if isinstance(part, Function) else ()

    def _frozen(self, value: Any) -> Any:
        """Return arguments with data in place of results of earlier calls."""
        match value:
            case Link(index, path):
                found = self._trace.events[index].result
                for each in path:
                    found = found[each]
                return self._frozen(found)
            case list() | tuple():
                return type(value)(self._frozen(each) for each in value)
            case dict():
                return {key: self._frozen(each) for key, each in value.items()}
        return value


@dataclass(frozen=True)
class _Filled:
    """A hole of a test: the text that fills it, the value of the text, and the solution's value."""

    link: Link
    text: str
    value: Value
    answer: Value
    decimals: int | None

    @property
    def expected(self) -> Value:
        """The value of the text; the text itself if the solution answers a text."""
        if isinstance(self.answer, str):
            return self.text
        return with_kinds_of(self.value, self.answer)

    def fits(self, tolerance: Tolerance) -> bool:
        """Return whether the text and the solution agree."""
        return CLOSE.compare(self.answer, self.expected, tolerance) is None


def _whole(holes: list[_Filled]) -> _Filled:
    """Return what is printed of an answer as one."""
    if len(holes) == 1 and holes[0].link.path == ():
        return holes[0]
    decimals = [hole.decimals for hole in holes if hole.decimals is not None]
    return _Filled(
        replace(holes[0].link, path=()),
        " ".join(hole.text for hole in holes),
        tuple(hole.expected for hole in holes),
        tuple(hole.answer for hole in holes),
        min(decimals, default=None),
    )


def _parts_of(result: Value) -> list[tuple[int | str, ...]]:
    """Return the places of the elements of an answer."""
    return [(each,) for each in range(len(result))] if isinstance(result, tuple | list) else []


def bind(
    parameters: Sequence[Any], by_position: Sequence[Value], by_name: Mapping[str, Value]
) -> dict[str, Value]:
    """Return the arguments of a call by the names of the parameters.

    Raises:
        _LeftOut: if the stub has no such parameters
    """
    args: dict[str, Value] = {}
    names = [each.name for each in parameters if str(each)[0] != "*"]
    rest = list(by_position)
    for each in parameters:
        match str(each)[: len(str(each)) - len(str(each).lstrip("*"))]:
            case "*":
                args[each.name], rest = rest, []
            case "**":
                args[each.name] = {k: v for k, v in by_name.items() if k not in names}
            case _ if rest:
                args[each.name] = rest.pop(0)
            case _ if each.name in by_name:
                args[each.name] = by_name[each.name]
            case _ if each.is_required:
                raise _LeftOut(f"the test gives no argument {each.name}, which the stub has")
    unknown = [
        name
        for name in by_name
        if name not in names and not any("**" in str(e) for e in parameters)
    ]
    if rest or unknown:
        found = f"the argument {unknown[0]}" if unknown else f"{len(by_position)} arguments"
        raise _LeftOut(
            f"the test gives {found}, and the stub has ({', '.join(map(str, parameters))})"
        )
    return args


def count_numbers(value: Value) -> int:
    """Return the number of elements in a value."""
    match value:
        case Array():
            return len(value.data)
        case list() | tuple() | set() | frozenset():
            return sum(map(count_numbers, value))
        case dict():
            return sum(map(count_numbers, value.values()))
        case _:
            return 1


def holds_half(value: Value) -> bool:
    """Return whether a value has an array of half precision in it."""
    match value:
        case Array():
            return value.dtype == "float16"
        case list() | tuple():
            return any(map(holds_half, value))
        case _:
            return False


def with_kinds_of(value: Value, answer: Value) -> Value:
    """Return a value with a float in place of each integer where the answer has a float."""
    if isinstance(answer, Array):
        answer = answer.nested() if 0 not in answer.shape else []
    match value:
        case int() if isinstance(answer, float) and not isinstance(value, bool):
            return float(value)
        case list() | tuple() if isinstance(answer, list | tuple) and len(value) == len(answer):
            both = zip(value, answer, strict=True)
            items = [with_kinds_of(each, other) for each, other in both]
            return items if isinstance(value, list) else tuple(items)
        case dict() if isinstance(answer, dict):
            return {key: with_kinds_of(each, answer.get(key)) for key, each in value.items()}
    return value
