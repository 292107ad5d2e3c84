"""The cases of a test that has been run.

The published text is what an answer must be. The solution is asked too: where it contradicts the
text, one of them is wrong, and the case is quarantined with both values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from grader.checkers.compare import holds_inexact
from grader.importers.agreement import Filled, joined
from grader.importers.arguments import bind, check_size
from grader.importers.decimals import Decimals
from grader.importers.imported import ImportedCase
from grader.importers.outcomes import Contradiction, NotImported
from grader.importers.own_checkers import write_function
from grader.importers.questions import Test
from grader.importers.snippets import Snippet, Unprintable, printed_values
from grader.importers.steps import Expectation, Script
from grader.importers.trace import Event, Given, Link, Printed, Trace, links_in
from grader.model.checker import DEFAULT_TOLERANCE, Tolerance
from grader.model.entry_point import Declaration
from grader.model.signature import Function
from grader.values import Value, contains_unsupported
from grader.values.show import show

_SHOWN = 300  # characters of a value in a report


@dataclass(frozen=True)
class Draft:
    """A test that has been run.

    Attributes:
        given: the names in the problem of the functions that the test defines
    """

    test: Test
    snippet: Snippet
    trace: Trace
    repairs: tuple[str, ...]
    given: Mapping[str, str]


class CaseMaker:
    """Makes the cases of one test.

    Args:
        function: the name of the function whose results the tests of the question print
        declared: by the stub
        decimals: of the code of the question
    """

    def __init__(
        self,
        draft: Draft,
        function: str,
        declared: Mapping[str, Declaration],
        decimals: Decimals,
    ) -> None:
        self._draft = draft
        self._trace = draft.trace
        self._function = function
        self._declared = declared
        self._decimals = decimals

    def cases(self) -> list[ImportedCase]:
        """Return one case, or one for each call if the test prints several whole answers.

        Raises:
            NotImported: if the test cannot be expressed, or contradicts the solution
        """
        trace = self._trace
        if trace.is_random:
            raise NotImported("the test prints something else in each run: it draws without a seed")
        if not trace.printed:
            raise NotImported("the test prints nothing that depends on what students write")
        try:
            parts = printed_values(self._draft.snippet, self._draft.test.text)
        except Unprintable as reason:
            raise Contradiction(str(reason), self._draft.test.text, self._shown()) from None
        name = f"test-{self._draft.test.number}"
        if not self._is_function() or self._is_listed():
            return [self._script(name, parts)]
        if self._function not in self._declared:
            raise NotImported(f"the stub does not define {self._function}, which the test calls")
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
        arguments = (links_in([*each.args, *each.kwargs.values()]) for each in events)
        is_data = not any(isinstance(link, Given) for links in arguments for link in links)
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
        computed: list[tuple[Filled, Printed]] = []
        filled_holes = list(self._filled(parts))
        target = self._target([each for _, each in filled_holes])
        for filled, printed in filled_holes:
            link = printed.link
            if listed := self._listed(printed):
                expected |= self._each(listed, filled)
            elif link is None or link.event == target:
                computed.append((filled, printed))
            elif isinstance(trace.events[link.event].result, Link):
                shown[link] = printed.position
                expected[link] = Expectation(filled.text)
            else:
                expected[link] = Expectation(filled.expected, self._tolerance(filled))
        case = ImportedCase(name, self._draft.test.number)
        if target is not None:
            answer = trace.events[target]
            case = replace(case, checker=self._checker(case, answer, computed))
            expected[Link(target)] = Expectation(answer.result, checker=case.checker_name)
        script = Script(trace, self._declared, self._draft.given)
        steps = script.steps(expected, shown)
        arguments = [step.args for step in steps]
        check_size(arguments)
        called = [event.target for event in trace.events if event.kind in ("call", "new")]
        passed = {each.name for each in links_in(arguments) if isinstance(each, Given)}
        given = [each for each in self._draft.given.values() if each in passed]
        uses = (*dict.fromkeys(each for each in called if each in self._declared), *given)
        seed = self._draft.snippet.seed if any(each.draws for each in trace.events) else None
        return replace(case, steps=tuple(steps), results=script.names, uses=uses, seed=seed)

    def _filled(self, parts: list[tuple[str, Value]]) -> Iterator[tuple[Filled, Printed]]:
        """Yield what fills each hole."""
        if len(self._trace.printed) != len(parts):
            raise NotImported("the test prints in a loop or a branch")
        for hole, printed, (text, value) in zip(
            self._draft.snippet.holes, self._trace.printed, parts, strict=True
        ):
            link = printed.link or Link(0)
            yield Filled(link, text, value, printed.value, hole.decimals), printed

    def _each(self, numbers: list[int], filled: Filled) -> dict[Link, Expectation]:
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
            raise NotImported("the test computes what it prints from several answers")
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
            raise NotImported("the test computes what it prints from several answers")
        args = self._arguments(events[0])
        case = ImportedCase(name, self._draft.test.number, args, uses=(self._function,))
        return replace(case, checker=self._checker(case, events[0], self._filled(parts)))

    def _checker(
        self, case: ImportedCase, answer: Event, printed: Iterable[tuple[Filled, Printed]]
    ) -> str:
        """Return a function that judges an answer by the values that the test prints of it."""
        wanted = [(each.site, fill.expected, self._tolerance(fill)) for fill, each in printed]
        others = {each.site for each in self._trace.events} - {answer.site}
        source = self._draft.snippet.source
        try:
            return write_function(case.checker_name, source, answer.site, others, wanted)
        except (SyntaxError, ValueError) as error:  # it may be nested one level deeper now
            raise NotImported(f"the test cannot be a checker: {error}") from None

    def _shown(self) -> str:
        return "\n".join(show(each.value, _SHOWN) for each in self._trace.printed)

    def _groups(self, parts: list[tuple[str, Value]]) -> list[tuple[int, list[Filled]]]:
        """Return the calls whose results are printed, each with what is printed of it."""
        pairs = zip(self._draft.snippet.holes, parts, strict=True)
        holes = {hole.site: (hole, part) for hole, part in pairs}
        groups: dict[int, list[Filled]] = {}
        for printed in self._trace.printed:
            hole, (text, value) = holes[printed.site]
            assert printed.link is not None  # else the test computes something: see `_judged`
            filled = Filled(printed.link, text, value, printed.value, hole.decimals)
            groups.setdefault(printed.link.event, []).append(filled)
        return list(groups.items())

    def _case(self, name: str, event: Event, holes: list[Filled]) -> ImportedCase:
        if event.target != self._function:
            raise NotImported(f"the test prints results of {event.target} and {self._function}")
        whole = joined(holes)
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

    def _tolerance(self, whole: Filled) -> Tolerance:
        """Return the tolerance by which a text and the solution agree."""
        tolerance = whole.tolerance(self._decimals)
        if tolerance is None:
            text, reference = self._draft.test.text[:_SHOWN], show(whole.answer, _SHOWN)
            raise Contradiction("the text is not what the solution answers", text, reference)
        return tolerance

    def _arguments(self, event: Event) -> dict[str, Value]:
        declared = self._declared[self._function].part
        function = declared if isinstance(declared, Function) else Function(self._function)
        args = bind(function, self._frozen(event.args), self._frozen(event.kwargs))
        for name, value in args.items():
            if contains_unsupported(value):
                raise NotImported(f"the argument {name} is {show(value)}, which is not data")
        check_size(args)
        return args

    def _frozen(self, value: Any) -> Any:
        """Return arguments with data in place of results of earlier calls."""
        match value:
            case Link() as link:
                return self._frozen(self._trace.result_of(link))
            case list() | tuple():
                return type(value)(self._frozen(each) for each in value)
            case dict():
                return {key: self._frozen(each) for key, each in value.items()}
        return value


def _parts_of(result: Value) -> list[tuple[int | str, ...]]:
    """Return the places of the elements of an answer."""
    return [(each,) for each in range(len(result))] if isinstance(result, tuple | list) else []
