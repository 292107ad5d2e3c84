"""Values that pass between the grader and a submission: a closed set of plain types.

These are numbers, strings, bytes, None, lists, tuples, dicts, sets, and NumPy arrays of numbers or
booleans. In the grader's own process an array is an `Array`: raw elements with a dtype and a shape,
so that NumPy never runs on untrusted data. Anything else that a submission returns becomes an
`Unsupported`, which only describes it.

`encode` and `decode` convert values to bytes and back, `show` to text for readers, `source` to
Python, `yaml_literal` to YAML.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import TypeAlias, overload

from grader.values.dataclasses import dataclass

Scalar: TypeAlias = "bool | int | float | complex | str | bytes | None"
Container: TypeAlias = (
    "list[Value] | tuple[Value, ...] | dict[Value, Value] | set[Value] | frozenset[Value]"
)
Value: TypeAlias = "Scalar | Container | Array | Unsupported"

# dtype name: the struct format of one element. A complex element is two of its floats.
DTYPES = {
    "bool": "?",
    "int8": "b",
    "int16": "h",
    "int32": "i",
    "int64": "q",
    "uint8": "B",
    "uint16": "H",
    "uint32": "I",
    "uint64": "Q",
    "float16": "e",
    "float32": "f",
    "float64": "d",
    "complex64": "f",
    "complex128": "d",
}


def item_size(dtype: str) -> int:
    """Return the size of one element, in bytes."""
    size = struct.calcsize("=" + DTYPES[dtype])
    return 2 * size if dtype.startswith("complex") else size


@dataclass(frozen=True)
class Array:
    """A NumPy array as data: elements in C order, little-endian.

    Attributes:
        library: "torch", if an argument shall be a tensor; an answer never has one
    """

    dtype: str
    shape: tuple[int, ...]
    data: bytes
    library: str = ""

    def flat(self) -> list[Value]:
        """Return the elements in C order."""
        count = len(self.data) // item_size(self.dtype)
        if self.dtype.startswith("complex"):
            parts = struct.unpack(f"<{2 * count}{DTYPES[self.dtype]}", self.data)
            return [complex(re, im) for re, im in zip(parts[::2], parts[1::2], strict=True)]
        return list(struct.unpack(f"<{count}{DTYPES[self.dtype]}", self.data))

    def nested(self) -> Value:
        """Return the elements as nested lists, like `ndarray.tolist`.

        Not for an untrusted array, unless its shape is the expected one: with an axis of a million
        and sixty of length 1, a megabyte becomes four gigabytes of lists. See `items`.
        """
        values = self.flat()
        if not self.shape:
            return values[0]
        for axis in range(len(self.shape) - 1, 0, -1):
            length = self.shape[axis]
            starts = range(math.prod(self.shape[:axis]))
            values = [values[i * length : (i + 1) * length] for i in starts]
        return values

    def items(self) -> Sequence[Value]:
        """Return the items along the first axis, each of which is made when it is accessed."""
        return _Items(self)


class _Items(Sequence[Value]):
    """The items of an array along its first axis, which are arrays if it has more axes."""

    def __init__(self, array: Array) -> None:
        self._array = array
        self._length = array.shape[0]

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> Value: ...
    @overload
    def __getitem__(self, index: slice) -> list[Value]: ...
    def __getitem__(self, index: int | slice) -> Value:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(self._length))]
        if not 0 <= index < self._length:
            raise IndexError(index)
        array = self._array
        size = len(array.data) // self._length
        data = array.data[index * size : (index + 1) * size]
        item = Array(array.dtype, array.shape[1:], data)
        return item if item.shape else item.flat()[0]


def parts_of(value: Value) -> Iterator[Value]:
    """Yield a value, and everything in it, from left to right; an array is one part."""
    waiting: list[Iterator[Value]] = [iter((value,))]
    while waiting:
        for part in waiting[-1]:
            yield part
            match part:
                case list() | tuple() | set() | frozenset():
                    waiting.append(iter(part))
                    break
                case dict():
                    waiting.append(chain.from_iterable(part.items()))
                    break
        else:
            waiting.pop()


def contains_unsupported(value: Value) -> bool:
    """Return whether a value, or anything in it, is outside the closed set."""
    match value:
        case Unsupported():
            return True
        case list() | tuple() | set() | frozenset():
            return any(map(contains_unsupported, value))
        case dict():
            return any(map(contains_unsupported, (*value.keys(), *value.values())))
        case _:
            return False


def libraries_of(value: Value) -> set[str]:
    """Return the libraries whose tensors are in a value."""
    return {part.library for part in parts_of(value) if isinstance(part, Array)} - {""}


def as_arrays(value: Value) -> Value:
    """Return a value with arrays in place of tensors, as a submission's process hands them over."""
    match value:
        case Array():
            return replace(value, library="")
        case list():
            return [as_arrays(each) for each in value]
        case tuple():
            return tuple(map(as_arrays, value))
        case dict():
            return {key: as_arrays(each) for key, each in value.items()}
        case _:
            return value


@dataclass(frozen=True)
class Unsupported:
    """An answer outside the closed set.

    Attributes:
        description: a phrase like "an object of type Foo"
    """

    description: str


@dataclass(frozen=True)
class Generator(Unsupported):
    """A new random generator with a seed: an argument that a submission gets, and no answer.

    In the grader's own process it is an `Unsupported`, which agrees with nothing.

    Attributes:
        library: "numpy" for a `numpy.random.Generator`, "random" for a `random.Random`
    """

    library: str = "numpy"
    seed: int = 0

    @classmethod
    def of(cls, library: str, seed: int) -> Generator:
        """Return the generator, described as Python makes it."""
        return cls(f"{_MAKERS[library]}({seed})", library, seed)


_MAKERS = {"numpy": "numpy.random.default_rng", "random": "random.Random"}
MAX_SEED = 2**32 - 1


@dataclass(frozen=True)
class Ref(Unsupported):
    """An argument that only a submission's process has: the result of an earlier step.

    Its description is the name of the result.
    """


@dataclass(frozen=True)
class Code(Unsupported):
    """An argument that is a function: Python source, which a submission's process evaluates.

    Its description is the source, an expression like `lambda x: x * x`.

    Attributes:
        imports: lines of Python that it needs before it
        label: of the argument, for messages
        calls: how often it may be called; None without a limit
    """

    imports: tuple[str, ...] = ()
    label: str = ""
    calls: int | None = None

    @property
    def is_name(self) -> bool:
        """Whether it is the name of a given function, and not written out."""
        return self.description.replace(".", "").isidentifier()
