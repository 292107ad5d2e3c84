"""Frozen dataclasses that are quick to define, since a command defines more than a hundred of them.

For each class, the standard library compiles the text of six methods, which takes about half a
millisecond. Here, only `__init__` is compiled, and the others are closures, which saves `grader
grade` a quarter of its processor time. For a type checker, the decorator is the standard one.
"""

from __future__ import annotations

import dataclasses
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass as dataclass
else:

    def dataclass(cls: type | None = None, /, **options: Any) -> Any:
        """Do what the standard decorator does, and quickly if `frozen` is the only option.

        The fields of such a class are ordinary arguments of `__init__`; none is declared with
        `init`, `kw_only` or `hash`. The class must not inherit from one with other options, nor the
        reverse. The standard library refuses this if those options include `frozen`; otherwise the
        class is defined without an error.
        """
        if options != {"frozen": True}:
            return dataclasses.dataclass(cls, **options)
        return _frozen if cls is None else _frozen(cls)


_Class = TypeVar("_Class")


class _Factory:
    """The default of an argument whose value is made by a `default_factory`."""

    def __repr__(self) -> str:
        return "<factory>"


_FACTORY = _Factory()


def _frozen(cls: type[_Class]) -> type[_Class]:
    # A class with `__eq__` alone has `__hash__ = None`.
    own = {name for name, value in vars(cls).items() if value is not None}
    assert not own & {"__setattr__", "__delattr__"}, f"{cls} could not be frozen"
    made = dataclasses.dataclass(init=False, eq=False, repr=False)(cls)
    fields = dataclasses.fields(made)  # type: ignore[arg-type]
    methods = [
        _init(made, fields),
        *_comparing([each.name for each in fields if each.compare]),
        _repr([each.name for each in fields if each.repr]),
        *_refusing(made, frozenset(each.name for each in fields)),
    ]
    for method in methods:
        if method.__name__ not in own:
            method.__qualname__ = f"{made.__qualname__}.{method.__name__}"
            setattr(made, method.__name__, method)
    return made


def _init(cls: type, fields: tuple[dataclasses.Field[Any], ...]) -> Callable[..., None]:
    arguments, body = ["self"], []
    names: dict[str, Any] = {
        "__name__": cls.__module__,
        "__set": object.__setattr__,
        "__FACTORY": _FACTORY,
    }
    for each in fields:
        is_ordinary = each.init and not each.kw_only and each.hash is None
        assert is_ordinary, f"{cls}: {each.name} is not an ordinary field"
        name, value = each.name, each.name
        if each.default is not dataclasses.MISSING:
            names[f"__default_{name}"] = each.default
            arguments.append(f"{name}=__default_{name}")
        elif each.default_factory is not dataclasses.MISSING:
            names[f"__make_{name}"] = each.default_factory
            arguments.append(f"{name}=__FACTORY")
            value = f"__make_{name}() if {name} is __FACTORY else {name}"
        else:
            arguments.append(name)
        body.append(f"  __set(self, {name!r}, {value})")
    if hasattr(cls, "__post_init__"):
        body.append("  self.__post_init__()")
    exec(f"def __init__({', '.join(arguments)}):\n" + "\n".join(body or ["  pass"]), names)
    init: Callable[..., None] = names["__init__"]
    init.__annotations__ = {each.name: each.type for each in fields} | {"return": None}
    return init


def _comparing(names: list[str]) -> tuple[Callable[..., Any], Callable[..., int]]:
    # Compare tuples, even of one value, as CPython did before 3.13: in a tuple, any object is equal
    # to itself, even a NaN.
    get: Callable[[object], object] = (
        attrgetter(*names)
        if len(names) > 1
        else lambda self: tuple(getattr(self, name) for name in names)
    )

    def __eq__(self: object, other: object) -> Any:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return get(self) == get(other)

    # By this file name, pytest recognises the `__eq__` of a dataclass, and shows which fields
    # differ.
    __eq__.__code__ = __eq__.__code__.replace(co_filename="<string>")

    def __hash__(self: object) -> int:
        return hash(get(self))

    return __eq__, __hash__


def _repr(names: list[str]) -> Callable[[object], str]:
    @recursive_repr("...")
    def __repr__(self: object) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{type(self).__qualname__}({shown})"

    return __repr__


def _refusing(cls: Any, names: frozenset[str]) -> tuple[Callable[..., None], Callable[..., None]]:
    def __setattr__(self: object, name: str, value: object) -> None:
        if type(self) is cls or name in names:
            raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")
        super(cls, self).__setattr__(name, value)

    def __delattr__(self: object, name: str) -> None:
        if type(self) is cls or name in names:
            raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
        super(cls, self).__delattr__(name)

    return __setattr__, __delattr__
