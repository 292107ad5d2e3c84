"""Steps of a script in a child: resolves their references, and keeps results for later steps.

The child only calls functions and returns results. The host decides, from the bytes, whether a
result is right.
"""

from __future__ import annotations

import builtins
import operator
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from grader.sandbox.streams import streams
from grader.values import Code, Unsupported

# Built-in functions that a step may apply like an operator.
BUILTINS = ("abs", "bool", "float", "hash", "int", "iter", "len", "list", "next", "str", "tuple")
OPERATORS: Mapping[str, Callable[..., Any]] = {
    **{name: getattr(operator, name) for name in operator.__all__},
    **{name: getattr(builtins, name) for name in BUILTINS},
}


class NoResult(Exception):
    """A step needs a result that an earlier one did not give."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class NotDefined(Exception):
    """A step needs a function or class that the submission does not define."""

    def __init__(self, description: Mapping[str, object]) -> None:
        super().__init__(str(description["error"]))
        self.description = description


class ProblemFailed(Exception):
    """Code of the problem failed, and no code of the submission.

    Attributes:
        description: of the failure, as `texts.explain` returns it
    """

    def __init__(self, description: Mapping[str, object]) -> None:
        super().__init__(str(description["error"]))
        self.description = {**description, "by_problem": True}


class TooManyCalls(Exception):
    """A function among the arguments was called more often than its step allows."""


def _set_seed(seed: int) -> None:
    import random  # it does something after each fork, so the server must not load it

    random.seed(seed)
    if "numpy" in sys.modules:  # else the submission cannot draw from it either
        sys.modules["numpy"].random.seed(seed)


def _look_like(wrapper: Any, function: Callable[..., Any]) -> None:
    """Give a wrapper the name, the attributes and the signature of its function.

    It must not have `__wrapped__`, by which libraries would call the function itself.
    """
    import functools
    import inspect

    functools.update_wrapper(wrapper, function)
    del wrapper.__wrapped__
    with suppress(TypeError, ValueError):  # not every built-in function has a signature
        wrapper.__signature__ = inspect.signature(function)


class Steps:
    """The functions or the class of a submission, and the results of the script that runs.

    Args:
        defined: what the submission defines, by name
        missing: descriptions of why it does not define the others
        driver: the function of the problem's driver, if there is one, or why it cannot be loaded
    """

    def __init__(
        self,
        defined: Mapping[str, Any],
        missing: Mapping[str, Mapping[str, object]],
        driver: Callable[..., Any] | ProblemFailed | None = None,
    ) -> None:
        self._driver = driver
        self._defined = defined
        self._missing = missing
        self._results: dict[str, Any] = {}
        self._exceeded = ""
        self.printed = ""  # by the last call whose output was asked for

    def prepare(
        self, args: list[Any], kwargs: dict[str, Any], how: Mapping[str, Any]
    ) -> tuple[Callable[..., Any], list[Any], dict[str, Any]]:
        """Return what a step calls, and the arguments, with results of earlier steps in them.

        Raises:
            NoResult: if an earlier step did not give a result that it needs
            NotDefined: if the submission does not define what it needs
            ProblemFailed: if the problem's driver, or a function among the arguments, fails
            Exception: whatever the submission raises, such as an AttributeError
        """
        if how.get("begins"):
            self._results.clear()
        if "seed" in how:
            _set_seed(how["seed"])
        target: str = how.get("target", "")
        self._exceeded = ""
        if how.get("refers"):
            args = [self._resolve(each) for each in args]
            kwargs = {name: self._resolve(each) for name, each in kwargs.items()}
        if how.get("is_driven"):
            if isinstance(self._driver, ProblemFailed):
                raise self._driver
            assert self._driver is not None
            return self._driver, args, kwargs
        match how.get("action", "call"):
            case "get":
                return self._get, [target], {}
            case "set":
                owner, _, name = target.rpartition(".")
                return setattr, [self._get(owner), name, *args], {}
            case "repr":
                return repr, args, kwargs
            case "operator":
                return OPERATORS[target], args, kwargs
        function = self._get(target)
        if not callable(function):
            noun = "a method" if "." in target else "a function"
            raise TypeError(f"{target} has the type {type(function).__name__} and is not {noun}")
        return function, args, kwargs

    def perform(
        self,
        function: Callable[..., Any],
        args: list[Any],
        kwargs: dict[str, Any],
        how: Mapping[str, Any],
        max_chars: int,
    ) -> Any:
        """Make a call; return what the host gets.

        Args:
            max_chars: of what the call prints, if that is asked for
        """
        if "printed" in how.get("watches", ()) or "stdin" in how:
            standard = streams()
            standard.begin(how.get("stdin", ""), max_chars)
            try:
                value = self._call(function, args, kwargs)
            finally:
                self.printed = standard.end()
        else:
            value = self._call(function, args, kwargs)
        if name := how.get("keep"):
            self._results[name] = value
        return None if how.get("is_silent") else value

    def _call(self, function: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Return the result of a call.

        Raises:
            TooManyCalls: if it called an argument too often, also if the submission hides that
            Exception: whatever else the submission raises
        """
        try:
            value = function(*args, **kwargs)
        except TooManyCalls:  # with the line of the submission
            raise
        except BaseException:
            if self._exceeded:
                raise TooManyCalls(self._exceeded) from None
            raise
        if self._exceeded:
            raise TooManyCalls(self._exceeded)
        return value

    def _get(self, path: str) -> Any:
        name, *attributes = path.split(".")
        if name in self._results:
            found = self._results[name]
        elif name in self._defined:
            found = self._defined[name]
        elif name in self._missing:
            raise NotDefined(self._missing[name])
        elif name:
            raise NoResult(name)
        else:
            found = next(iter(self._defined.values()))
        for attribute in attributes:
            found = getattr(found, attribute)
        return found

    def _resolve(self, value: Any) -> Any:
        """Return a value with results in place of their names, and functions for their source."""
        match value:
            case Code():
                return self._made(value)
            case Unsupported():
                return self._get(value.description)
            case list():
                return [self._resolve(each) for each in value]
            case tuple() | set() | frozenset():
                return type(value)(self._resolve(each) for each in value)
            case dict():
                return {self._resolve(key): self._resolve(each) for key, each in value.items()}
            case _:
                return value

    def _made(self, code: Code) -> Callable[..., Any]:
        """Return the function that source describes.

        Raises:
            ProblemFailed: if it cannot be made
        """
        namespace: dict[str, Any] = {}
        try:
            for line in code.imports:
                exec(line, namespace)
            function: Callable[..., Any] = eval(code.description, namespace)
            if not callable(function):
                raise TypeError(f"it has the type {type(function).__name__} and is not a function")
        except BaseException as error:
            why = f"{type(error).__name__}: {error}"
            why = f"the problem cannot make its argument {code.label}: {why}"
            raise ProblemFailed({"error": why, "line": 0, "place": "", "traceback": ""}) from None
        return function if code.calls is None else self._limited(function, code.label, code.calls)

    def _limited(self, function: Callable[..., Any], label: str, calls: int) -> Callable[..., Any]:
        left = calls

        def limited(*args: Any, **kwargs: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                times = "once" if calls == 1 else f"{calls} times"
                self._exceeded = f"{label} was called more than {times}, which is not allowed here"
                raise TooManyCalls(self._exceeded)
            return function(*args, **kwargs)

        _look_like(limited, function)
        return limited
