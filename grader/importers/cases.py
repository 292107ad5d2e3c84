"""The cases of a test that has been run.

The published text is what an answer must be. The solution is asked too: where it contradicts the
text, one of them is wrong, and the case is quarantined with both values.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from grader.importers.agreement import joined, widest
from grader.importers.arguments import bind, check_size, is_strange
from grader.importers.drivers import PASSED, driver_text
from grader.importers.imported import ImportedCase
from grader.importers.outcomes import NotImported
from grader.importers.steps import Expectation, Script, code_of
from grader.importers.trace import Event, Given, Link, links_in
from grader.importers.values_of_tests import Fill, TestValues
from grader.model.signature import Function
from grader.values import Value, contains_unsupported
from grader.values.show import show


class CaseMaker(TestValues):
    """Makes the cases of one test."""

    def cases(self) -> list[ImportedCase]:
        """Return one case, or one for each call if the test expects several whole answers.

        Raises:
            NotImported: if the test cannot be expressed, or contradicts the solution
        """
        trace, fills, name = self._trace, self._checked_fills(), self._name
        if any(self._listed(printed) for _, printed in fills):
            return [self._script(name, fills)]
        groups = self._groups(fills)
        functions = {trace.events[each].target for each in groups}
        if not self._is_function() or len(functions) > 1 or self._is_chained():
            return [self._script(name, fills)]
        cases = []
        for number, (event, own_fills) in enumerate(groups.items(), 1):
            own = name if len(groups) == 1 else f"{name}-{number}"
            cases.append(self._case(own, trace.events[event], own_fills))
        return cases

    def driven(self, imports: str) -> ImportedCase:
        """Return a case whose driver runs the test.

        Args:
            imports: of the solution

        Raises:
            NotImported: if the test expects nothing, or contradicts the solution
        """
        fills = [fill for fill, _ in self._checked_fills() if fill.given is None]
        if not self._trace.events:
            raise NotImported("the test calls nothing that students write")
        tolerances = [self._tolerance(each) for each in fills]
        values = [each.expected for each in fills]
        expected: Value = values[0] if len(values) == 1 else values or PASSED
        text, names = driver_text(self._draft.snippet.source, self._declared, imports)
        return ImportedCase(
            self._name,
            self._draft.test.number,
            {"test": text},
            Expectation(expected, widest(tolerances)),
            seed=self._seed if any(each.draws for each in self._trace.events) else None,
            uses=names,
            is_driven=True,
        )

    # A call --------------------------------------------------------------------------------------

    def _is_function(self) -> bool:
        """Return whether the test only calls functions."""
        return {each.kind for each in self._trace.events} == {"call"}

    def _is_chained(self) -> bool:
        """Return whether a function gets what another one that students write has returned."""
        events = self._trace.events
        return any(
            events[link.event].target not in (event.target, *self._unasked)
            for event in events
            for link in links_in([*event.args, *event.kwargs.values()])
            if isinstance(link, Link)
        )

    @property
    def _unasked(self) -> set[str]:
        """The functions that only the solution has."""
        return {each.target for each in self._trace.events} - set(self._declared)

    def _case(self, name: str, event: Event, fills: list[Fill]) -> ImportedCase:
        """Return a case that is one call."""
        if event.target not in self._declared:
            raise NotImported(f"the stub does not define {event.target}, which the test calls")
        seed = self._seed if event.draws else None
        args = self._arguments(event)
        case = ImportedCase(name, self._draft.test.number, args, seed=seed, uses=(event.target,))
        if event.raised:
            return replace(case, expectation=self._raised(event, [each for each, _ in fills]))
        if not self._is_whole(event, fills):
            source = self._checker(case.function_name(), event, fills)
            expectation = Expectation(checker=case.function_name())
            return replace(case, expectation=expectation, checker=source)
        whole = joined([each for each, _ in fills])
        return replace(case, expectation=Expectation(whole.expected, self._tolerance(whole)))

    def _arguments(self, event: Event) -> dict[str, Value]:
        declared = self._declared[event.target].part
        function = declared if isinstance(declared, Function) else Function(event.target)
        args = bind(function, self._frozen(event.args), self._frozen(event.kwargs))
        for name, value in args.items():
            if is_strange(value):
                raise NotImported(f"the argument {name} is {show(value)}, which is not data")
        check_size(args)
        return args

    def _frozen(self, value: Any) -> Any:
        """Return arguments with data in place of results of earlier calls."""
        match value:
            case Link() as link:
                return self._frozen(self._trace.result_of(link))
            case Given(name):
                return code_of(name, self._draft.given)
            case list() | tuple():
                return type(value)(self._frozen(each) for each in value)
            case dict():
                return {key: self._frozen(each) for key, each in value.items()}
        return value

    # Several steps -------------------------------------------------------------------------------

    def _script(self, name: str, fills: list[Fill]) -> ImportedCase:
        """Return a case of several steps."""
        trace = self._trace
        case = ImportedCase(name, self._draft.test.number)
        expected, shown = self._direct(fills)
        computed: dict[int, list[Fill]] = {}
        for fill, printed in fills:
            if printed.link is None and not self._listed(printed):
                computed.setdefault(self._answer_of(printed), []).append((fill, printed))
        checkers = []
        for number, (event, own) in enumerate(computed.items(), 1):
            own += [each for each in fills if each[1].link and each[1].link.event == event]
            own.sort(key=fills.index)
            function = case.function_name(number if len(computed) > 1 else 0)
            checkers.append(self._checker(function, trace.events[event], own))
            expected = {link: each for link, each in expected.items() if link.event != event}
            answer = trace.events[event].result
            shown_answer = None if contains_unsupported(answer) else answer
            expected[Link(event)] = Expectation(shown_answer, checker=function)
        for index, event_ in enumerate(trace.events):
            if event_.raised:
                own_fills = [each for each, one in fills if one.link and one.link.event == index]
                expected[Link(index)] = self._raised(event_, own_fills)
        script = Script(trace, self._declared, self._draft.given)
        steps = script.steps(expected, shown)
        arguments = [step.args for step in steps]
        check_size(arguments)
        made = [event.target for event in trace.events if event.kind in ("call", "new")]
        return replace(
            case,
            steps=tuple(steps),
            results=script.names,
            uses=tuple(dict.fromkeys(each for each in made if each in self._declared)),
            seed=self._seed if any(each.draws for each in trace.events) else None,
            checker="\n\n".join(checkers),
        )

    def _direct(self, fills: list[Fill]) -> tuple[dict[Link, Expectation], dict[Link, int]]:
        """Return what is expected of results, and the objects whose text is expected."""
        expected: dict[Link, Expectation] = {}
        shown: dict[Link, int] = {}
        for fill, printed in fills:
            link = printed.link
            if listed := self._listed(printed):
                expected |= self._each(listed, fill)
            elif link is None or self._trace.events[link.event].raised:
                continue
            elif isinstance(self._trace.events[link.event].result, Link):
                shown[link] = printed.position
                expected[link] = Expectation(fill.text)
            else:
                expected[link] = Expectation(fill.expected, self._tolerance(fill))
        return expected, shown
