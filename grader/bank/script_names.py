"""The names that the steps of a case use: what students write, and the results of earlier steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from keyword import iskeyword

from grader.bank.raw import RawStep
from grader.errors import Location, did_you_mean
from grader.model.entry_point import Action, Class, Declaration, EntryPoint
from grader.model.signature import Function
from grader.sandbox.steps import OPERATORS
from grader.yaml_reader.nodes import Node


class ScriptNames:
    """The names that are known so far in one case.

    Args:
        declared: what the starter declares, by name
        later: the names that the steps give their results, in order; empty for no name
        add: reports what is wrong, and where
    """

    def __init__(
        self,
        entry_point: EntryPoint,
        declared: Mapping[str, Declaration],
        later: Sequence[str],
        add: Callable[[Location, str], None],
    ) -> None:
        self._entry_point = entry_point
        self._declared = declared
        self._later = later
        self._add = add
        self._results: dict[str, Class | None] = {}  # each with its class, if that is known
        self._unknown: set[str] = set()  # names that were reported

    @property
    def known(self) -> list[str]:
        """The names that a step may use."""
        return [*self._entry_point.names, *self._results]

    def name_result(self, raw: RawStep) -> None:
        """Note the result of a step under its name."""
        if raw.name in self._entry_point.names:
            text = f"{raw.name} is the name of what students write; choose another for a result"
            self._add(value_of(raw, "as"), text)
        elif iskeyword(raw.name):
            text = f"{raw.name} is a keyword of Python; choose another name for a result"
            self._add(value_of(raw, "as"), text)
        self._results[raw.name] = self._class_of_result(raw)

    def _class_of_result(self, raw: RawStep) -> Class | None:
        if raw.action is Action.NEW:
            return self.declared_class(raw.target)
        function = self._declared_function(raw.target) if raw.action is Action.CALL else None
        return self.declared_class(function.result) if function is not None else None

    def declared_class(self, name: str) -> Class | None:
        """Return a class that the starter declares; None if it does not."""
        found = self._declared.get(name)
        return found.part if found is not None and isinstance(found.part, Class) else None

    def _declared_function(self, target: str) -> Function | None:
        """Return the function or method that a target names, if the starter declares it."""
        first, _, rest = target.partition(".")
        owner = self._results.get(first)
        if not rest and first in self._entry_point.names:
            found = self._declared.get(first)
            return found.part if found is not None and isinstance(found.part, Function) else None
        if owner is None and first in self._entry_point.names:
            owner = self.declared_class(first)
        return owner.methods.get(rest) if owner is not None else None

    def check_known(self, name: str, at: Location, label: str) -> bool:
        """Report a name that neither the submission nor an earlier step defines."""
        known = self.known
        if name in known:
            return True
        if name in self._unknown:  # one renamed result is one mistake, however often it is used
            return False
        self._unknown.add(name)
        if name in self._later:
            step = self._later.index(name) + 1
            text = f"{label} uses {name}, which only step {step} gives; change the order"
            self._add(at, text)
        else:
            text = f"{label} uses {name}, which is neither what students write nor a result"
            self._add(at, text + did_you_mean(name, known))
        return False

    def function_of(self, raw: RawStep, label: str) -> Function | None:
        """Return the function of a step, if its parameters are known; report an unknown target."""
        at, target = value_of(raw, raw.action.value), raw.target
        first, _, rest = target.partition(".")
        match raw.action:
            case Action.NEW:
                return self._constructor(target, at, label)
            case Action.OPERATOR:
                if target not in OPERATORS:
                    known = did_you_mean(target, list(OPERATORS))
                    self._add(at, f"{label} has an unknown operator {target!r}{known}")
                return None
            case Action.GET | Action.SET | Action.REPR:
                self.check_known(first, at, label)
                return None
            case Action.CALL:
                pass
        if not self.check_known(first, at, label):
            return None
        if not rest:
            if first in self._results or self._declared_function(first) is not None:
                return self._declared_function(first)
            self._add(at, f"{first} is a class; write `new: {first}` to make an object of it")
            return None
        return self._method(first, rest, at)

    def _constructor(self, name: str, at: Location, label: str) -> Function | None:
        found = self.declared_class(name)
        if found is not None and name in self._entry_point.names:
            return found.constructor
        known = [each for each in self._entry_point.names if self.declared_class(each) is not None]
        if name in self._entry_point.names:
            self._add(at, f"{name} is a function; write `call: {name}`")
        elif known:
            text = f"{label} makes an object of {name}, which spec.md does not name"
            self._add(at, text + did_you_mean(name, known))
        else:
            text = f"{label} makes an object of {name}; for that, spec.md must name a `class`"
            self._add(at, text)
        return None

    def _method(self, first: str, rest: str, at: Location) -> Function | None:
        owner = self._results.get(first)
        if first not in self._results:
            owner = self.declared_class(first)
        if owner is None or "." in rest:
            return None
        if rest not in owner.methods and not owner.is_open:
            known = did_you_mean(rest, list(owner.methods))
            text = f"the class {owner.name} has no method {rest!r} in starter.py"
            self._add(at, text + (known or "; it has none"))
        return owner.methods.get(rest)


def value_of(raw: RawStep, key: str) -> Location:
    """Return where a key of a step has its value, or where the step is if it has no such key."""
    node: Node | None = raw.node.get(key)
    return node.at if node is not None else raw.node.at
