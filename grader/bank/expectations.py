"""What is expected of a step, apart from the answer itself, and whether it can be compared.

The exceptions that it may raise, its arguments afterwards, and the checker of its answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from grader.bank.raw import RawStep
from grader.bank.script_names import ScriptNames, value_of
from grader.checkers import with_strict_integers
from grader.checkers.any_of import AnyOf
from grader.checkers.draws import Statistical
from grader.checkers.python import PythonChecker
from grader.errors import Location, did_you_mean, nearest
from grader.model.checker import Checker
from grader.model.entry_point import Action
from grader.model.raises import KNOWN, Raises
from grader.values import Array, Value, contains_unsupported
from grader.values.dataclasses import dataclass
from grader.values.show import kind, show

_OWN = "An exception of your own must be declared in starter.py"
_ADVICE = "name one of Python's, or a class that starter.py declares"


@dataclass(frozen=True)
class Expectations:
    """Reads what is expected of a step.

    Attributes:
        label: of the step, for messages
        add: reports what is wrong, and where
        is_strict: whether a float is wrong where an integer is expected
    """

    names: ScriptNames
    label: str
    add: Callable[[Location, str], None]
    is_strict: bool = False

    def read_raises(self, raw: RawStep) -> Raises | None:
        """Return the exceptions that a step must raise; report unknown ones."""
        for node, _ in raw.raises:
            name = node.text or ""
            declared = self.names.declared_class(name)
            if name not in KNOWN and declared is not None and not declared.is_open:
                text = f"{self.label} expects {name}, which is not an exception in starter.py"
                self.add(node.at, f"{text}; derive the class from one")
            elif name not in KNOWN and declared is None:
                known = nearest(name, KNOWN)
                advice = f"did you mean {known!r}? {_OWN}" if known else _ADVICE
                self.add(node.at, f"{self.label} expects an unknown exception {name!r}; {advice}")
        texts = tuple((node.text or "", text) for node, text in raw.raises)
        return Raises(texts) if texts else None

    def read_after(self, raw: RawStep, named: Mapping[str, Value]) -> dict[str, Value]:
        """Return what arguments must be after a call; report those that it does not have."""
        found = {key.text or "": value for key, value in raw.after}
        if raw.action in (Action.GET, Action.SET, Action.REPR):
            return found  # reported with other keys that the action does not have
        for key, value in raw.after:
            if key.text not in named:
                known = did_you_mean(key.text or "", list(named)) or "; it has none with a name"
                text = f"{self.label} has no argument {show(key.text)} to look at after the call"
                self.add(key.at, text + known)
            elif contains_unsupported(value):
                self.add(key.at, f"in {self.label}, `after` needs a value; write it out")
        return found

    def read_checker(self, raw: RawStep) -> Checker:
        """Return the checker of a step; report that it cannot compare anything with the answer."""
        if raw.has_expected and not raw.any_of and (why := raw.checker.unsuitable(raw.expected)):
            text = f"the checker `{raw.checker.name}` does not apply: {why}"
            self.add(value_of(raw, "expected"), text)
        checker = with_strict_integers(raw.checker) if self.is_strict else raw.checker
        return self._checker_of_several(raw, checker) if raw.any_of else checker

    def _checker_of_several(self, raw: RawStep, checker: Checker) -> Checker:
        """Return the checker of several right answers; report those that do not fit together."""
        at = value_of(raw, "any_of")
        if isinstance(checker, PythonChecker | Statistical):
            text = f"the checker `{checker.name}` decides alone; remove `any_of`"
            self.add(at, text)
            return checker
        first, *others = raw.any_of
        if any(map(contains_unsupported, raw.any_of)):
            self.add(at, f"in {self.label}, `any_of` needs values; write them out")
            return checker
        for number, each in enumerate(others, 2):
            if _family(each) != _family(first):
                text = f"in {self.label}, `any_of` has {kind(first)} first, and {kind(each)} as"
                self.add(at, f"{text} answer {number}; write answers of one kind")
                return checker
        found = AnyOf.of(checker, others)
        if why := found.unsuitable(first):
            self.add(at, f"the checker `{checker.name}` does not apply: {why}")
        return found


def _family(value: Value) -> str:
    """Return the kind of a value; one for all numbers, and one for all sequences."""
    match value:
        case int() | float() | complex() if not isinstance(value, bool):
            return "a number"
        case list() | tuple() | Array():
            return "a sequence"
    return kind(value)
