"""Frozen dataclasses: as those of the standard library, whatever is done with them."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import math
import pickle
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import pytest

from grader.values.dataclasses import dataclass

NAN = math.nan


def classes(frozen: Callable[[type], type]) -> dict[str, type]:
    """Return classes defined with a decorator."""

    @frozen
    class Point:
        """A point."""

        x: float
        y: float = 0.0

        @cached_property
        def length(self) -> float:
            return math.hypot(self.x, self.y)

    @frozen
    class Named(Point):
        name: str = ""
        tags: Mapping[str, int] = dataclasses.field(default_factory=dict)
        place: int = dataclasses.field(default=0, compare=False)
        secret: str = dataclasses.field(default="?", repr=False)

    @frozen
    class One:
        value: object

    @frozen
    class Nothing:
        pass

    @frozen
    class Own:
        value: int

        def __repr__(self) -> str:
            return "own"

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Own) and self.value % 10 == other.value % 10

    @frozen
    class Hashed:
        value: int

        def __hash__(self) -> int:
            return 7

    @frozen
    class Checked:
        value: int

        def __post_init__(self) -> None:
            if self.value < 0:
                raise ValueError("negative")

    class Extended(Point):
        pass

    return {
        each.__name__: each for each in (Point, Named, One, Nothing, Own, Hashed, Checked, Extended)
    }


STANDARD = classes(dataclasses.dataclass(frozen=True))
QUICK = classes(dataclass(frozen=True))

Classes = Mapping[str, Any]


def outcome(work: Callable[[Classes], object], of: Classes) -> object:
    """Return the value of what is done with the classes, or its error."""
    try:
        return work(of)
    except Exception as error:
        return type(error), str(error)


def contained(of: Classes) -> str:
    items: list[object] = []
    items.append(of["One"](items))
    return repr(items[0])


def assigned(name: str, attribute: str) -> Callable[[Classes], object]:
    def assign(of: Classes) -> object:
        made = of[name](1)
        setattr(made, attribute, 2)
        return vars(made)

    return assign


def deleted(name: str, attribute: str) -> Callable[[Classes], object]:
    def delete(of: Classes) -> object:
        made = of[name](1)
        delattr(made, attribute)
        return vars(made)

    return delete


def matched(of: Classes) -> object:
    point = of["Point"]
    match of["Point"](1, 2):
        case point(x, y):
            return x, y
    return None


DONE: dict[str, Callable[[Classes], object]] = {
    "text": lambda of: [repr(of["Named"](1, 2, "a", {"b": 1}, 3, "c")), repr(of["Nothing"]())],
    "text of one that contains itself": contained,
    "text of its own": lambda of: repr(of["Own"](1)),
    "by name": lambda of: repr(of["Named"](name="a", x=2)),
    "too few": lambda of: of["Point"](),
    "too many": lambda of: of["Point"](1, 2, 3),
    "an unknown name": lambda of: of["Point"](1, z=3),
    "equal": lambda of: [
        of["Point"](1) == of["Point"](1, 0),
        of["Point"](1) == of["Point"](2),
        of["Point"](1) == of["Named"](1),
        of["Point"](1) == (1, 0.0),
        of["Named"](1, place=1) == of["Named"](1, place=2),
        of["Named"](1, secret="a") == of["Named"](1, secret="b"),
        of["Nothing"]() == of["Nothing"](),
        of["Extended"](1) == of["Point"](1),
    ],
    "equal in a way of its own": lambda of: of["Own"](1) == of["Own"](11),
    "hashed": lambda of: [
        hash(of["Point"](1, 2)),
        hash(of["One"]("a")),
        hash(of["Nothing"]()),
        hash(of["Own"](3)),
        hash(of["Hashed"](3)),
        len({of["Point"](1), of["Point"](1, 0), of["Point"](2)}),
    ],
    "not to be hashed": lambda of: hash(of["One"]([])),
    "assigned": assigned("Point", "x"),
    "another name assigned": assigned("Point", "z"),
    "a field of the base assigned": assigned("Named", "x"),
    "a field of a class that extends it assigned": assigned("Extended", "x"),
    "another name of a class that extends it assigned": assigned("Extended", "z"),
    "deleted": deleted("Point", "x"),
    "a field of a class that extends it deleted": deleted("Extended", "x"),
    "another name of a class that extends it deleted": deleted("Extended", "z"),
    "computed once": lambda of: (of["Point"](3, 4).length, vars(of["Point"](3, 4))),
    "replaced": lambda of: repr(dataclasses.replace(of["Named"](1), y=5, name="b")),
    "replaced by an unknown name": lambda of: dataclasses.replace(of["Point"](1), z=5),
    "a factory of each": lambda of: of["Named"](1).tags is of["Named"](1).tags,
    "checked": lambda of: of["Checked"](-1),
    "matched": matched,
    "as a dict": lambda of: dataclasses.asdict(of["Named"](1, tags={"a": 1})),
    "as a tuple": lambda of: dataclasses.astuple(of["Named"](1, tags={"a": 1})),
    "fields": lambda of: [(each.name, each.type) for each in dataclasses.fields(of["Named"])],
    "copied": lambda of: [repr(way(of["Named"](1))) for way in (copy.copy, copy.deepcopy)],
    "parameters": lambda of: [
        (each.name, repr(each.default))
        for each in inspect.signature(of["Named"]).parameters.values()
    ],
    "names": lambda of: [
        of["Point"].__init__.__qualname__.rpartition(".<locals>.")[2],
        of["Point"].__doc__,
        of["Point"].__module__,
    ],
}


@pytest.mark.parametrize("work", DONE.values(), ids=DONE)
def test_it_is_as_that_of_the_standard_library(work: Callable[[Classes], object]) -> None:
    assert outcome(work, QUICK) == outcome(work, STANDARD)


@dataclass(frozen=True)
class Kept:
    """Has a name by which it can be pickled."""

    value: int
    items: Mapping[str, int] = dataclasses.field(default_factory=dict)


def test_it_can_be_pickled() -> None:
    assert pickle.loads(pickle.dumps(Kept(1, {"a": 2}))) == Kept(1, {"a": 2})


def test_other_options_are_those_of_the_standard_library() -> None:
    @dataclass
    class Open:
        value: int

    @dataclass(frozen=True, slots=True)
    class Slotted:
        value: int

    made = Open(1)
    made.value = 2
    assert repr(made).endswith("Open(value=2)")
    assert not hasattr(Slotted(1), "__dict__") and Slotted(1) == Slotted(1)


def test_a_value_is_equal_to_itself_even_if_it_is_not_a_number() -> None:
    """In the standard library this depends on the version."""
    one, point = QUICK["One"], QUICK["Point"]
    assert one(NAN) == one(NAN) and point(NAN, 1) == point(NAN, 1)
    assert one(NAN) != one(float("nan"))


def test_pytest_shows_which_fields_differ() -> None:
    with pytest.raises(AssertionError, match=r"Differing attributes:\n.*\['items'\]"):
        assert Kept(1, {"a": 2}) == Kept(1, {"a": 3})


def annotated(field: Any) -> type:
    return dataclass(frozen=True)(type("Odd", (), {"__annotations__": {"odd": int}, "odd": field}))


ODD = {
    "no argument": dataclasses.field(default=0, init=False),
    "by name alone": dataclasses.field(kw_only=True),
    "not in the hash": dataclasses.field(hash=False),
}


@pytest.mark.parametrize("field", ODD.values(), ids=ODD)
def test_what_it_does_not_support_is_refused(field: Any) -> None:
    with pytest.raises(AssertionError, match="odd is not an ordinary field"):
        annotated(field)


def test_a_class_that_can_be_changed_is_refused() -> None:
    with pytest.raises(AssertionError, match="could not be frozen"):

        @dataclass(frozen=True)
        class Odd:
            def __setattr__(self, name: str, value: object) -> None: ...
