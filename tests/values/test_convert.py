"""Answers of other libraries' types: what becomes a plain value, and what is only described."""

from __future__ import annotations

import array
import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import importlib
import itertools
import types
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.checkers import CLOSE
from grader.model.checker import Tolerance
from grader.values import Unsupported, Value
from grader.values.decode import decode
from grader.values.encode import encode
from grader.values.wire_format import TooLarge


def received(made: object, max_bytes: int = 10_000) -> Value:
    return decode(encode(made, max_bytes))


class Tensor:
    """Like those of PyTorch, tinygrad and JAX."""

    def __init__(self, data: Any) -> None:
        self.data = np.asarray(data)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self.data

    def __float__(self) -> float:
        raise AssertionError("a tensor is an array first")

    __index__ = __float__

    def __len__(self) -> int:
        return len(self.data)


class Attached(Tensor):
    """A tensor that is part of a computation: only a detached one becomes an array."""

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise RuntimeError("Can't call numpy() on Tensor that requires grad.")

    def detach(self) -> Tensor:
        return Tensor(self.data)


class OnDevice(Attached):
    def cpu(self) -> Tensor:
        return Tensor(self.data)

    def detach(self) -> OnDevice:
        return self


class OfUnknownType(Attached):
    """A tensor of a type that NumPy does not have, such as bfloat16."""

    def detach(self) -> OfUnknownType:
        return self

    def cpu(self) -> OfUnknownType:
        return self

    def tolist(self) -> list[float]:
        made: list[float] = self.data.tolist()
        return made


class Sparse:
    """Like SciPy's matrices, which have no `__array__`."""

    def __init__(self, rows: int, columns: int) -> None:
        self.shape = rows, columns
        self.made = 0

    def toarray(self) -> Any:
        self.made += 1
        return np.eye(*self.shape)


class DictOfKeys(dict[Any, Any]):
    """Like SciPy's `dok_matrix`."""

    shape = (2, 2)

    def toarray(self) -> Any:
        return np.eye(2)


class Sqrt2:
    """Like SymPy's numbers, which are not registered as such."""

    def __float__(self) -> float:
        return 2**0.5


class ArrayOfSymPy:
    """Like SymPy's arrays, whose `tolist` fails if they have no axes."""

    free_symbols: frozenset[object] = frozenset()

    def __init__(self, shape: tuple[int, ...], length: int = 1) -> None:
        self.shape = shape
        self.length = length

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, key: tuple[()]) -> int:
        assert key == ()
        return 3

    def tolist(self) -> list[list[int]]:
        assert self.shape == (1, 2)
        return [[1, 2]]


ArrayOfSymPy.__module__ = "sympy.tensor.array.ndim_array"
ArrayOfSymPy.__qualname__ = "NDimArray"


class Imaginary:
    def __float__(self) -> float:
        raise TypeError("Cannot convert complex to float")

    def __complex__(self) -> complex:
        return 2j


class Whole:
    def __index__(self) -> int:
        return 7

    def __float__(self) -> float:
        raise AssertionError("a whole number is an integer")


class Image:
    __array_interface__ = np.ones((2, 2), "uint8").__array_interface__
    kept = np.ones((2, 2), "uint8")

    def __init__(self) -> None:
        self.__array_interface__ = self.kept.__array_interface__


PLAIN: dict[str, tuple[Callable[[], object], Value]] = {
    "a tensor": (lambda: Tensor([[1.0, 2.0], [3.0, 4.0]]), [[1.0, 2.0], [3.0, 4.0]]),
    "a tensor without axes": (lambda: Tensor(2.5), 2.5),
    "a tensor of integers": (lambda: Tensor([1, 2]), [1, 2]),
    "tensors in a list": (lambda: [Tensor(1.0), Tensor([2.0])], [1.0, [2.0]]),
    "a tensor of a computation": (lambda: OnDevice([1.0, 2.0]), [1.0, 2.0]),
    "a tensor of a type that NumPy lacks": (lambda: OfUnknownType([1.0, 2.0]), [1.0, 2.0]),
    "an image": (Image, [[1, 1], [1, 1]]),
    "a sparse matrix": (lambda: Sparse(2, 2), [[1.0, 0.0], [0.0, 1.0]]),
    "a sparse matrix that is a dict": (DictOfKeys, [[1.0, 0.0], [0.0, 1.0]]),
    "a fraction": (lambda: fractions.Fraction(1, 4), 0.25),
    "a whole fraction": (lambda: fractions.Fraction(4), 4),
    "a fraction in an array": (lambda: np.array([fractions.Fraction(1, 2)]), [0.5]),
    "a decimal": (lambda: decimal.Decimal("0.25"), 0.25),
    "a whole decimal": (lambda: decimal.Decimal(4), 4),
    "a decimal that is not a number": (lambda: decimal.Decimal("NaN"), float("nan")),
    "a decimal infinity": (lambda: decimal.Decimal("-Infinity"), float("-inf")),
    "a number of a computer algebra": (Sqrt2, 2**0.5),
    "a complex one": (Imaginary, 2j),
    "a whole one": (Whole, 7),
    "an array of a computer algebra": (lambda: ArrayOfSymPy((1, 2)), [[1, 2]]),
    "an array of a computer algebra without axes": (lambda: ArrayOfSymPy(()), 3),
    "a deque": (lambda: collections.deque([0, 1, 4]), [0, 1, 4]),
    "an array of the standard library": (lambda: array.array("d", [0, 0.5]), [0.0, 0.5]),
    "a memoryview": (lambda: memoryview(b"\0\1\4"), [0, 1, 4]),
    "a list of a user's class": (lambda: collections.UserList([1, [2]]), [1, [2]]),
    "a dict of a user's class": (lambda: collections.UserDict(a=1), {"a": 1}),
    "a text of a user's class": (lambda: collections.UserString("a"), "a"),
    "a chain of dicts": (lambda: collections.ChainMap({"a": 1}, {"b": 2}), {"a": 1, "b": 2}),
    "a read-only dict": (lambda: types.MappingProxyType({"a": 1}), {"a": 1}),
    "the items of a dict": (lambda: {"a": 1}.items(), [("a", 1)]),
}


@pytest.mark.parametrize("make, expected", PLAIN.values(), ids=PLAIN)
def test_an_answer_counts_as_what_it_plainly_is(
    make: Callable[[], object], expected: Value
) -> None:
    assert CLOSE.compare(received(make()), expected, Tolerance(0.0, 0.0)) is None
    assert CLOSE.compare(received({"a": [make()]}), {"a": [expected]}, Tolerance(0.0, 0.0)) is None


class Colour(enum.Enum):
    RED = 1


@dataclasses.dataclass
class Point:
    x: int = 0


class Symbol:
    free_symbols = frozenset("x")

    def __float__(self) -> float:
        raise TypeError("Cannot convert expression to float")


class NAType:
    """Like the missing value of pandas."""


DESCRIBED: dict[str, tuple[Callable[[], object], str]] = {
    "map": (lambda: map(abs, [1]), "an iterator of type map (wrap it in list(...))"),
    "zip": (lambda: zip([1], [2], strict=True), "an iterator of type zip (wrap it in list(...))"),
    "filter": (lambda: filter(None, [1]), "an iterator of type filter (wrap it in list(...))"),
    "reversed": (
        lambda: reversed([1]),
        "an iterator of type list_reverseiterator (wrap it in list(...))",
    ),
    "enumerate": (
        lambda: enumerate([1]),
        "an iterator of type enumerate (wrap it in list(...))",
    ),
    "itertools": (itertools.count, "an iterator of type count (wrap it in list(...))"),
    "a member of an enumeration": (
        lambda: Colour.RED,
        "a member of the enumeration Colour (return its .value)",
    ),
    "a dataclass": (Point, "an object of type Point (return dataclasses.astuple(...) of it)"),
    "a symbol": (
        Symbol,
        "an object of type Symbol (return numbers: its .subs(...) replaces symbols by values)",
    ),
    "a missing value": (
        NAType,
        "a missing value of pandas (return float('nan') or None)",
    ),
    "a date": (
        lambda: datetime.date(2024, 1, 1),
        "an object of type date (return its text, str(...) of it)",
    ),
    "a duration": (
        lambda: datetime.timedelta(1),
        "an object of type timedelta (return its .total_seconds())",
    ),
    "a module": (
        lambda: itertools,
        "a module (return one of its values or the result of one of its functions)",
    ),
    "a tensor that cannot be converted": (lambda: Attached([1.0]), "an object of type Attached"),
    "a decimal beyond a float": (
        lambda: decimal.Decimal("1E+100000"),
        "an object of type Decimal",
    ),
}


@pytest.mark.parametrize("make, description", DESCRIBED.values(), ids=DESCRIBED)
def test_what_stays_refused_is_described_with_advice(
    make: Callable[[], object], description: str
) -> None:
    assert received(make()) == Unsupported(description)


def test_iterators_are_not_consumed() -> None:
    """The submission may still need it in the next call, and it may never end."""
    endless = itertools.count()
    received(endless)
    assert next(endless) == 0


def test_a_sparse_matrix_is_not_made_dense_if_that_would_be_too_large() -> None:
    matrix = Sparse(10**9, 10**9)
    with pytest.raises(TooLarge):
        received(matrix)
    assert matrix.made == 0


@pytest.mark.parametrize("made", [collections.deque([0] * 9), array.array("b", [0] * 9)])
def test_containers_are_measured_before_they_are_copied(made: object) -> None:
    with pytest.raises(TooLarge):
        received(made, max_bytes=8)


class Endless:
    """Turns into another one of its kind again and again."""

    def __complex__(self) -> complex:
        raise ValueError

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        made = np.empty(1, object)
        made[0] = Endless()
        return made


def test_conversions_that_never_end_are_too_deep() -> None:
    value = received(Endless())
    assert value == Unsupported("a container nested more than 64 deep (does it contain itself?)")


class OutOfMemory:
    def __float__(self) -> float:
        raise MemoryError


def test_a_conversion_may_run_out_of_memory() -> None:
    with pytest.raises(MemoryError):
        received(OutOfMemory())


LIBRARIES: dict[str, tuple[str, Callable[[Any], object], Value]] = {
    "a Series": ("pandas", lambda pd: pd.Series([1.0, 2.0]), [1.0, 2.0]),
    "a Series of texts": ("pandas", lambda pd: pd.Series(["a", "b"]), ["a", "b"]),
    "a Series of integers that may be missing": (
        "pandas",
        lambda pd: pd.Series([1, 2], dtype="Int64"),
        [1, 2],
    ),
    "an Index": ("pandas", lambda pd: pd.DataFrame({"a": [1], "b": [2]}).columns, ["a", "b"]),
    "a DataFrame": (
        "pandas",
        lambda pd: pd.DataFrame({"a": [1, 2], "b": [3, 4]}),
        [[1, 3], [2, 4]],
    ),
    "a csr_matrix": ("scipy.sparse", lambda sp: sp.eye(2).tocsr(), [[1.0, 0.0], [0.0, 1.0]]),
    "a dok_matrix": ("scipy.sparse", lambda sp: sp.eye(2).todok(), [[1.0, 0.0], [0.0, 1.0]]),
    "a rational of SymPy": ("sympy", lambda sympy: sympy.Rational(1, 2), 0.5),
    "an integer of SymPy": ("sympy", lambda sympy: sympy.Integer(2), 2),
    "a root of SymPy": ("sympy", lambda sympy: sympy.sqrt(2), 2**0.5),
    "a truth value of SymPy": ("sympy", lambda sympy: sympy.true, True),
    "an array of SymPy": ("sympy", lambda sympy: sympy.Array([[1, 2]]), [[1, 2]]),
    "an array of SymPy without axes": ("sympy", lambda sympy: sympy.Array(5), 5),
    "a tuple of SymPy": ("sympy", lambda sympy: sympy.Tuple(1, 2), (1, 2)),
    "a dict of SymPy": ("sympy", lambda sympy: sympy.Dict({1: 2}), {1: 2}),
    "a set of SymPy": ("sympy", lambda sympy: sympy.FiniteSet(1, 2), {1, 2}),
    "a matrix of SymPy": ("sympy", lambda sympy: sympy.Matrix([[1, 2]]), [[1, 2]]),
    "a tensor of PyTorch": (
        "torch",
        lambda torch: torch.tensor([1.0, 2.0], requires_grad=True),
        [1.0, 2.0],
    ),
    "an array of JAX": ("jax.numpy", lambda jnp: jnp.ones(2), [1.0, 1.0]),
    "an image of Pillow": ("PIL.Image", lambda image: image.new("L", (2, 1)), [[0, 0]]),
}


@pytest.mark.parametrize("library, make, expected", LIBRARIES.values(), ids=LIBRARIES)
def test_real_libraries(library: str, make: Callable[[Any], object], expected: Value) -> None:
    try:
        module = importlib.import_module(library)
    except ImportError:
        pytest.skip(f"{library} is not installed")
    assert CLOSE.compare(received(make(module)), expected, Tolerance(1e-12, 0.0)) is None
