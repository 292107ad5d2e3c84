"""The steps of a case that is more than one call, from what a test did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from grader.importers.arguments import bind
from grader.importers.outcomes import NotImported
from grader.importers.trace import Event, Given, Link, Trace, links_in
from grader.model.checker import DEFAULT_TOLERANCE, Tolerance
from grader.model.entry_point import Class, Declaration
from grader.model.signature import Function
from grader.values import Code, Ref, Value, contains_unsupported
from grader.values.dataclasses import dataclass
from grader.values.show import show
from grader.values.yaml_literal import literal

_MAX_STEPS = 1000


@dataclass(frozen=True)
class Expectation:
    """What is expected of a step.

    Attributes:
        checker: name of its function in checker.py; empty if the result is compared
        raises: the exceptions of which one is expected in place of a value, each with a text that
            is in its message
    """

    value: Value = None
    tolerance: Tolerance = DEFAULT_TOLERANCE
    checker: str = ""
    raises: Mapping[str, str] = field(default_factory=dict)

    def lines(self) -> Iterator[str]:
        """Yield the keys that say what is expected, as YAML."""
        if self.raises:
            texts: dict[Value, Value] = {name: text for name, text in self.raises.items() if text}
            names = ", ".join(self.raises)
            is_one = len(self.raises) == 1
            yield f"raises: {literal(texts) if texts else names if is_one else f'[{names}]'}"
            return
        yield f"expected: {literal(self.value)}"
        tolerance = self.tolerance
        if self.checker:
            yield f"checker: {{python: {self.checker}}}"
        elif tolerance.decimals is not None:
            yield f"decimals: {tolerance.decimals}"
        elif tolerance != DEFAULT_TOLERANCE:
            yield f"tolerance: {{rtol: {tolerance.rtol:g}, atol: {tolerance.atol:g}}}"


@dataclass(frozen=True)
class ImportedStep:
    """A step to be written.

    Attributes:
        action: call new get set repr operator
        args: by name, or a list; may contain links
        name: of the result, if a later step needs it
    """

    action: str
    target: str
    args: Any = None
    name: str = ""
    expectation: Expectation | None = None

    def lines(self, names: Mapping[int, str]) -> Iterator[str]:
        """Yield the keys of the step as YAML."""
        yield f"{self.action}: {self.target}"
        if self.action == "set":
            yield f"value: {with_links(self.args, names)}"
        elif self.args:
            yield f"args: {with_links(self.args, names)}"
        if self.expectation is not None:
            yield from self.expectation.lines()
        if self.name:
            yield f"as: {self.name}"


def code_of(name: str, given: Mapping[str, Code]) -> Code:
    """Return a function that a test passes as an argument of a case.

    Raises:
        NotImported: if it needs what students write
    """
    if "." in name:  # of a library
        return Code(name)
    if name not in given:
        raise NotImported("an argument is a function that needs what students write")
    return given[name]


def with_links(value: Any, names: Mapping[int, str]) -> str:
    """Return a value as YAML, with `!ref NAME` for results of earlier steps."""
    return literal(_named(value, names))


def _named(value: Any, names: Mapping[int, str]) -> Value:
    match value:
        case Link(event, ()):
            return Ref(names[event])
        case list() | tuple():
            return type(value)(_named(each, names) for each in value)
        case dict():
            return {key: _named(each, names) for key, each in value.items()}
    found: Value = value
    return found


@dataclass
class Script:
    """Builds the steps of a test.

    Attributes:
        trace: what the test did
        declared: the functions and classes of the stub
        given: the functions that the test passes, by the names that the recording gives them
        names: of results that are used later, by the number of the event
    """

    trace: Trace
    declared: Mapping[str, Declaration]
    given: Mapping[str, Code] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)

    def steps(
        self, expected: Mapping[Link, Expectation], shown: Mapping[Link, int]
    ) -> list[ImportedStep]:
        """Return the steps.

        Args:
            expected: of results, and of elements of results
            shown: objects whose text is expected, with the number of events before

        Raises:
            NotImported: if one cannot be written
        """
        events = self.trace.events
        self._name_results(expected, shown)
        found: list[ImportedStep] = []
        for index, event in enumerate(events):
            found += self._printed(index, expected, shown)
            if not self._is_needed(index, event, expected):
                continue
            own = None if Link(index) in shown else expected.get(Link(index))
            found.append(self._step(index, event, own))
            for link, expectation in expected.items():
                if link.event == index and link.path:
                    found += self._element(link, expectation)
        found += self._printed(len(events), expected, shown)
        if len(found) > _MAX_STEPS:
            raise NotImported(f"the test makes {len(found)} steps, more than {_MAX_STEPS}")
        return found

    def _is_needed(self, index: int, event: Event, expected: Mapping[Link, Expectation]) -> bool:
        if event.kind == "call" and event.target not in self.declared:
            return False  # the stub does not ask for it: its result is data
        is_used = index in self.names or any(each.event == index for each in expected)
        return event.kind not in ("get", "operator") or is_used

    def _name_results(
        self, expected: Mapping[Link, Expectation], shown: Mapping[Link, int]
    ) -> None:
        used = {link.event for link in expected if link.path} | {link.event for link in shown}
        for event in self.trace.events:
            used |= {link.event for link in self._links(event)}
        for index in sorted(used):
            event = self.trace.events[index]
            name = event.target.lower() if event.kind == "new" else "result"
            if name in {*self.names.values(), *self.declared} or not name.isidentifier():
                name = f"{name}_{index + 1}"
            self.names[index] = name

    def _links(self, event: Event) -> Iterator[Link]:
        if event.owner is not None:
            yield event.owner
        for value in (*event.args, *event.kwargs.values()):
            links = links_in(self.frozen(value))
            yield from (each for each in links if isinstance(each, Link))

    def frozen(self, value: Any) -> Any:
        """Return an argument with data in place of the results of earlier calls that are data."""
        match value:
            case Link(index, path) as link:
                event = self.trace.events[index]
                is_kept = event.kind != "call" or event.target in self.declared
                return link if path == () and is_kept else self.frozen(self.trace.result_of(link))
            case Given(name):
                return code_of(name, self.given)
            case list() | tuple():
                return type(value)(self.frozen(each) for each in value)
            case dict():
                return {key: self.frozen(each) for key, each in value.items()}
        if contains_unsupported(value):
            raise NotImported(f"an argument is {show(value)}, which is not data")
        return value

    def _step(self, index: int, event: Event, expectation: Expectation | None) -> ImportedStep:
        name = self.names.get(index, "")
        args = [self.frozen(each) for each in event.args]
        owner = self._owner(event)
        match event.kind:
            case "new" if event.target not in self.declared:
                raise NotImported(f"the stub does not define {event.target}, which the test calls")
            case "call" | "new":
                given = self._arguments(self._function(event), args, event)
                return ImportedStep(event.kind, event.target, given, name, expectation)
            case "method":
                target = f"{owner}.{event.target}" if event.target else owner
                given = self._arguments(self._method(event), args, event)
                return ImportedStep("call", target, given, name, expectation)
            case "get":
                return ImportedStep("get", f"{owner}.{event.target}", None, name, expectation)
            case "set":
                return ImportedStep("set", f"{owner}.{event.target}", args[0])
            case "operator":
                return ImportedStep("operator", event.target, args, name, expectation)
        raise NotImported(f"the test does {event.kind}")

    def _owner(self, event: Event) -> str:
        if event.owner is None:
            return ""
        if event.owner.path:
            raise NotImported("the test uses an object that is an element of a result")
        return self.names[event.owner.event]

    def _function(self, event: Event) -> Function | None:
        """Return the function or the constructor that an event calls, if the stub declares it."""
        match self.declared[event.target].part:
            case Class(constructor=constructor):
                return constructor
            case Function() as function:
                return function

    def _method(self, event: Event) -> Function | None:
        """Return the method that an event calls, if the class of its owner declares it."""
        assert event.owner is not None
        declared = self.declared.get(self.trace.events[event.owner.event].target)
        if declared is None or not isinstance(declared.part, Class):
            return None
        return declared.part.methods.get(event.target)

    def _arguments(self, function: Function | None, args: list[Any], event: Event) -> Any:
        """Return arguments as a list, or by name if some are."""
        named = {name: self.frozen(each) for name, each in event.kwargs.items()}
        if not named:
            return args
        if function is not None:
            return bind(function, args, named)
        if args:
            text = f"the stub does not say how {event.target} takes {len(args)} arguments"
            raise NotImported(text)
        return named

    def _element(self, link: Link, expectation: Expectation) -> Iterator[ImportedStep]:
        """Yield the step that takes an element of a result."""
        if len(link.path) > 1:
            raise NotImported("the test prints an element of an element")
        args = [Link(link.event), link.path[0]]
        yield ImportedStep("operator", "getitem", args, expectation=expectation)

    def _printed(
        self, position: int, expected: Mapping[Link, Expectation], shown: Mapping[Link, int]
    ) -> Iterator[ImportedStep]:
        """Yield the steps for objects that are printed before an event."""
        for link, number in shown.items():
            if number == position:
                name = self.names[link.event]
                yield ImportedStep("repr", name, expectation=expected[link])
