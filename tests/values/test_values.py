"""Values survive being encoded; other objects are described, and invalid bytes are rejected."""

from __future__ import annotations

import enum
import math
import random
import struct
import sys
import tracemalloc
from collections import Counter, OrderedDict, defaultdict, namedtuple
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import islice, pairwise, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.checkers.matching import key_identity
from grader.values import DTYPES, Array, Code, Unsupported, Value, item_size, parts_of
from grader.values.as_numpy import as_numpy
from grader.values.decode import DecodeError, decode
from grader.values.encode import encode
from grader.values.show import kind, listed, plural, printable, shape, show
from grader.values.wire_format import MAX_DEPTH, TooLarge
from grader.values.yaml_literal import literal

nan, inf = math.nan, math.inf

# The shared strategies of all tests of values ----------------------------------------------------

SHAPES = st.lists(st.integers(0, 3), max_size=4).map(tuple)


@st.composite
def arrays(draw: st.DrawFn) -> Array:
    """Arrays of every dtype and shape, of any bytes: NaN, infinities and subnormals among them."""
    dtype, lengths = draw(st.sampled_from(sorted(DTYPES))), draw(SHAPES)
    size = math.prod(lengths) * item_size(dtype)
    return Array(dtype, lengths, draw(st.binary(min_size=size, max_size=size)))


SCALARS: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-(2**2000), 2**2000),
    st.floats(),
    st.complex_numbers(),
    st.text(st.characters()),  # surrogates too
    st.binary(),
)
KEYS: st.SearchStrategy[Value] = st.recursive(
    SCALARS, lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3), max_leaves=4
)
VALUES: st.SearchStrategy[Value] = st.recursive(
    SCALARS | arrays() | KEYS | st.lists(st.floats()),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(KEYS, inner, max_size=4)
        | st.sets(KEYS, max_size=4)
    ),
    max_leaves=12,
)


def written(value: Value) -> str:
    """A value as a text that tells all there is to it: kinds, signs of zero, order of a dict."""
    match value:
        case list() | tuple():
            inside = ", ".join(map(written, value))
        case set() | frozenset():
            inside = ", ".join(sorted(map(written, value)))
        case dict():
            inside = ", ".join(f"{written(key)}: {written(item)}" for key, item in value.items())
        case int():
            inside = hex(value)  # Python does not write out thousands of decimals
        case _:
            inside = repr(value)
    return f"{type(value).__name__}({inside})"


def round_trip(value: object) -> Value:
    return decode(encode(value))


# What passes -------------------------------------------------------------------------------------


@settings(max_examples=300)
@given(VALUES)
def test_a_decoded_value_equals_the_encoded_one(value: Value) -> None:
    assert written(round_trip(value)) == written(value)


SAME: dict[str, Value] = {
    "none": None,
    "true is not 1": True,
    "false is not 0": False,
    "zero": 0,
    "a byte full of bits": 255,
    "a negative power of two": -(2**63),
    "a huge integer": 7**30000,
    "a huge negative integer": -(7**30000),
    "negative zero": -0.0,
    "nan": nan,
    "infinities": [inf, -inf],
    "the smallest float": 5e-324,
    "complex with a nan": complex(nan, -0.0),
    "an empty text": "",
    "a null character": "\0",
    "a lone surrogate": "\ud800",
    "an emoji": "🎲",
    "bytes": b"\0\xff",
    "empty containers": [[], (), {}, set(), frozenset(), ""],
    "floats alone": [1.5, nan, -0.0],
    "floats and integers": [1.5, 1, True],
    "texts in lists in dicts": {"a": [{"b": ["c"]}]},
    "keys of all sorts": {1: 1, 2.5: 2, "a": 3, None: 4, (1, (2,)): 5, b"b": 6, frozenset({7}): 8},
    "a dict in its order": {"b": 1, "a": 2},
    "two nan in a set": {float("nan"), float("nan")},
    "an unsupported object": Unsupported("an object of type Foo"),
}


@pytest.mark.parametrize("value", SAME.values(), ids=SAME)
def test_round_trip(value: Value) -> None:
    assert written(round_trip(value)) == written(value)


def test_a_decoded_value_shares_no_object_with_the_encoded_one() -> None:
    value = [[1], {"a": [2]}]
    copy = round_trip(value)
    value[0].append(3)  # type: ignore[attr-defined]
    assert copy == [[1], {"a": [2]}]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("lengths", [(), (0,), (3,), (2, 3), (2, 0), (0, 2), (1, 1, 6), (1,) * 32])
def test_an_array_of_every_dtype_and_shape(dtype: str, lengths: tuple[int, ...]) -> None:
    elements = [0, 1, 0, 1, 1, 0][: math.prod(lengths)]
    array = np.array(elements).astype(dtype).reshape(lengths)
    passed = round_trip(Array(dtype, lengths, array.tobytes()))
    assert passed == Array(dtype, lengths, array.tobytes())
    assert isinstance(passed, Array)
    assert written(passed.nested()) == written(array.tolist())
    again = as_numpy(passed)
    assert again.dtype == array.dtype and again.shape == lengths and again.dtype.isnative
    assert again.flags.writeable and np.array_equal(again, array)


COSTS = {
    "an integer of a byte": (127, 6),
    "one that does not fit into a byte": (128, 7),
    "a negative integer of a byte": (-127, 6),
    "a list of floats alone": ([1.0] * 100, 805),
    "an array of truth values": (Array("bool", (100,), b"\1" * 100), 114),
}


@pytest.mark.parametrize("value, count", COSTS.values(), ids=COSTS)
def test_encoded_size(value: Value, count: int) -> None:
    assert len(encode(value)) == count


def test_a_set_is_encoded_in_one_order() -> None:
    assert list({0, 2**20}) != list({2**20, 0}), "these sets should differ in their order"
    assert encode({0, 2**20}) == encode({2**20, 0})
    assert encode(frozenset([0, 2**20])) == encode(frozenset([2**20, 0]))


# What NumPy makes --------------------------------------------------------------------------------


def array(dtype: str, lengths: tuple[int, ...], *elements: float) -> Array:
    return Array(dtype, lengths, np.array(elements, dtype).tobytes())


class Sub(np.ndarray[Any, Any]):
    """A subclass that would rather be something else."""

    ndim = size = 0
    shape = (7,)  # type: ignore[override]

    def astype(self, *args: Any, **kwargs: Any) -> Any:
        return np.array(1.0)

    def __iter__(self) -> Iterator[Any]:
        raise AssertionError("nobody asked for this")

    def tolist(self) -> Any:
        return "another"


class LyingScalar(np.float64):
    def astype(self, *args: Any, **kwargs: Any) -> Any:
        return np.array(1.0)

    def item(self, *args: Any) -> Any:
        return 1.0

    def tolist(self) -> Any:
        return 1.0


# NumPy 1 lacks it.
ANY_LENGTH: Any = getattr(getattr(np, "dtypes", None), "StringDType", lambda: "U")()


def cyclic_object_array() -> object:
    array = np.empty((), object)
    array[()] = array
    return array


masked = np.ma.array

NUMPY: dict[str, tuple[object, Value]] = {
    "a float64 scalar is a float": (np.float64(2.5), 2.5),
    "a float32 scalar is a float": (np.float32(2.5), 2.5),
    "a float16 scalar is a float": (np.float16(2.5), 2.5),
    "a nan scalar": (np.float32(nan), nan),
    "an int64 scalar is an integer": (np.int64(-3), -3),
    "a uint8 scalar is an integer": (np.uint8(200), 200),
    "a bool scalar is a truth value": (np.bool_(True), True),
    "a complex64 scalar is complex": (np.complex64(1 + 2j), 1 + 2j),
    "a text scalar is a text": (np.str_("a"), "a"),
    "a bytes scalar is bytes": (np.bytes_(b"a"), b"a"),
    "a 0-d array is its number": (np.array(2.5), 2.5),
    "a 0-d array of integers": (np.array(3), 3),
    "a 0-d array of truth values": (np.array(True), True),
    "a 0-d object array is its object": (np.array({"a": 1}, object), {"a": 1}),
    "a scalar that lies": (LyingScalar(2.5), 2.5),
    "scalars in a list": ([np.float32(0.5), np.int8(1)], [0.5, 1]),
    "scalars as keys": ({np.int64(1): np.float64(2.0)}, {1: 2.0}),
    "a matrix is an array": (
        np.array([[1.0, 2.0]]).view(np.matrix),
        array("float64", (1, 2), 1, 2),
    ),
    "big-endian": (np.array([1, 2], ">i4"), array("int32", (2,), 1, 2)),
    "every second element": (np.arange(6.0)[::2], array("float64", (3,), 0, 2, 4)),
    "transposed": (np.arange(4.0).reshape(2, 2).T, array("float64", (2, 2), 0, 2, 1, 3)),
    "in Fortran's order": (np.array([[1], [2]], "i8", order="F"), array("int64", (2, 1), 1, 2)),
    "a subclass": (np.array([1.0, 2.0]).view(Sub), array("float64", (2,), 1, 2)),
    "arrays in a tuple": ((np.zeros(1), 1), (array("float64", (1,), 0), 1)),
    "no element": (np.zeros((3, 0), "f4"), array("float32", (3, 0))),
    "as many empty rows as may be": (np.zeros((65536, 0)), array("float64", (65536, 0))),
    "texts": (np.array([["a", "bc"]]), [["a", "bc"]]),
    "long texts": (np.array(["abcdefgh"]), ["abcdefgh"]),
    "texts of any length": (np.array([["a", "bc"]], ANY_LENGTH), [["a", "bc"]]),
    "bytes": (np.array([b"a"]), [b"a"]),
    "objects": (np.array([1, "a", None], object), [1, "a", None]),
    "ragged objects": (np.array([[1.0], [2.0, 3.0]], object), [[1.0], [2.0, 3.0]]),
    "a longdouble is a float": (np.longdouble("2.5"), 2.5),
    "a longdouble beyond a float": (np.longdouble("1e4000"), inf),
    "an array of longdouble": (np.array([1, 2], "longdouble"), array("float64", (2,), 1, 2)),
    "a complex longdouble": (np.clongdouble(1 + 2j), 1 + 2j),
    "an array of complex longdouble": (np.array([1], "clongdouble"), array("complex128", (1,), 1)),
    "a masked array without a mask": (masked([1.0, 2.0]), array("float64", (2,), 1, 2)),
    "a masked array": (
        masked([1.0, 2.0], mask=[True, False]),
        Unsupported("a masked array with masked elements"),
    ),
    "a masked element": (
        masked([1.0, 2.0], mask=[True, False])[0],
        Unsupported("a masked array with masked elements"),
    ),
    "a date": (np.datetime64("2024-01-01"), Unsupported("a NumPy value of dtype datetime64[D]")),
    "records": (np.zeros(1, [("a", "f8")]), Unsupported("a NumPy value of dtype void64")),
    "too many empty rows": (
        np.zeros((65537, 0)),
        Unsupported("an empty array of shape (65537, 0)"),
    ),
    "an object array that contains itself": (
        cyclic_object_array(),
        Unsupported("a container nested more than 64 deep (does it contain itself?)"),
    ),
}


@pytest.mark.parametrize("made, value", NUMPY.values(), ids=NUMPY)
def test_numpy_values_are_encoded(made: object, value: Value) -> None:
    with np.errstate(all="raise"):  # as a submission may have asked
        assert written(round_trip(made)) == written(value)


# Subclasses are what they are underneath, whatever they say of themselves ------------------------


class LyingFloat(float):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = float.__hash__

    def __float__(self) -> float:
        return 1.0

    def __repr__(self) -> str:
        return "1.0"


class LyingInt(int):
    def __index__(self) -> int:
        return 1

    def bit_length(self) -> int:
        return 0

    def to_bytes(self, *args: Any, **kwargs: Any) -> bytes:
        return b"\1"


class LyingComplex(complex):
    def __complex__(self) -> complex:
        return 1j

    real = imag = property(lambda self: 1.0)


class LyingText(str):
    def encode(self, *args: Any) -> bytes:
        return b"lie"

    def __len__(self) -> int:
        return 0


class LyingBytes(bytes):
    def __len__(self) -> int:
        return 1

    def __bytes__(self) -> bytes:
        return b"lie"


class LyingByteArray(bytearray):
    def __len__(self) -> int:
        return 1

    def __bytes__(self) -> bytes:
        return b"lie"


class LyingList(list[Any]):
    def __iter__(self) -> Iterator[Any]:
        return iter([1.0])

    def __len__(self) -> int:
        return 1

    def __getitem__(self, index: Any) -> Any:
        return 1.0


class LyingTuple(tuple[Any, ...]):
    def __iter__(self) -> Iterator[Any]:
        return iter([1.0])

    def __len__(self) -> int:
        return 1


class LyingSet(set[Any]):
    def __iter__(self) -> Iterator[Any]:
        return iter([1.0])


class LyingDict(dict[Any, Any]):
    def items(self) -> Any:
        return [("lie", 1)]

    def __iter__(self) -> Iterator[Any]:
        return iter(["lie"])


class Colour(enum.IntEnum):
    RED = 3


class Posing:
    """Says it is a float."""

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return float

    def __float__(self) -> float:
        return 1.0


Point = namedtuple("Point", "x y")

UNDERNEATH: dict[str, tuple[object, Value]] = {
    "a float that equals everything": (LyingFloat(2.5), 2.5),
    "one among other floats": ([1.0, LyingFloat(2.5)], [1.0, 2.5]),
    "an integer": (LyingInt(1000), 1000),
    "an enumerated integer": (Colour.RED, 3),
    "a complex number": (LyingComplex(2, 3), 2 + 3j),
    "a text": (LyingText("truth"), "truth"),
    "bytes": (LyingBytes(b"truth"), b"truth"),
    "a bytearray is bytes": (bytearray(b"truth"), b"truth"),
    "a bytearray that lies": (LyingByteArray(b"truth"), b"truth"),
    "a list": (LyingList([2.0, 3.0]), [2.0, 3.0]),
    "a tuple": (LyingTuple([2.0, 3.0]), (2.0, 3.0)),
    "a named tuple is a tuple": (Point(1, 2), (1, 2)),
    "a set": (LyingSet({2, 3}), {2, 3}),
    "a dict": (LyingDict({"a": 2}), {"a": 2}),
    "a defaultdict is a dict": (defaultdict(list, {"a": [1]}), {"a": [1]}),
    "an ordered dict is a dict": (OrderedDict(b=1, a=2), {"b": 1, "a": 2}),
    "a counter is a dict": (Counter("aab"), {"a": 2, "b": 1}),
    "a range is a list": (range(5, 0, -2), [5, 3, 1]),
    "an empty range": (range(5, 0), []),
    "the keys of a dict are a list": ({"a": 1, "b": 2}.keys(), ["a", "b"]),
    "the values of a dict are a list": ({"a": 1, "b": [2]}.values(), [1, [2]]),
    "an object that poses as a float": (Posing(), 1.0),
}


@pytest.mark.parametrize("made, value", UNDERNEATH.values(), ids=UNDERNEATH)
def test_a_subclass_is_encoded_as_its_base_type(made: object, value: Value) -> None:
    assert written(round_trip(made)) == written(value)


# Objects that are not values are described -------------------------------------------------------


def generator() -> Iterator[int]:
    yield 1


class Anonymous(type):
    @property
    def __name__(cls) -> str:  # type: ignore[override]
        raise AssertionError("a metaclass has no say in this")


class Nameless(metaclass=Anonymous):
    pass


STRANGE: dict[str, tuple[object, str]] = {
    "a generator": (
        generator(),
        "a generator (is there a yield where a return is meant? Otherwise wrap the call in "
        "list(...))",
    ),
    "a generator expression": (
        (letter for letter in "a"),
        "a generator expression (wrap it in list(...))",
    ),
    "a function": (generator, "a function (are the parentheses of a call missing?)"),
    "a lambda": (lambda: 1, "a function (are the parentheses of a call missing?)"),
    "a built-in function": (len, "a function (are the parentheses of a call missing?)"),
    "a built-in method": ("a".join, "a function (are the parentheses of a call missing?)"),
    "a method": (
        random.Random(0).sample,
        "a method (are the parentheses of a call missing? If an attribute is meant, write @property"
        " above its def)",
    ),
    "the three dots of a stub": (..., "an Ellipsis (is the ... of the starter still there?)"),
    "an object": (object(), "an object of type object"),
    "a class": (int, "a class (are the parentheses of a call missing?)"),
    "an iterator": (map(str, [1]), "an iterator of type map (wrap it in list(...))"),
    "of a class with a long name": (type("A" * 5000, (), {})(), f"an object of type {'A' * 80}"),
    "of a class that has no name": (Nameless(), "an object of type Nameless"),
}


@pytest.mark.parametrize("made, what", STRANGE.values(), ids=STRANGE)
def test_an_unsupported_object_is_described(made: object, what: str) -> None:
    assert round_trip(made) == Unsupported(what)
    assert round_trip([1, made]) == [1, Unsupported(what)]


def test_numpy_is_not_imported_for_plain_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "numpy")
    assert round_trip([1.0, object()]) == [1.0, Unsupported("an object of type object")]


def test_an_object_may_be_a_key() -> None:
    assert round_trip({len: 1, "a": 2}) == {Unsupported(STRANGE["a function"][1]): 1, "a": 2}


class Route(list[int]):
    def __hash__(self) -> int:  # type: ignore[override]
        return 0


class Frozen(dict[str, int]):
    def __hash__(self) -> int:  # type: ignore[override]
        return 0


# Objects that have a hash, while the list, set or dict they are encoded as has none.
HASHED: dict[str, object] = {
    "range": range(3),
    "memoryview": memoryview(b"ab"),
    "dict_values": {1: 2}.values(),
    "Route": Route([1, 2]),
    "Frozen": Frozen(a=1),
}


@pytest.mark.parametrize("name", HASHED)
def test_a_key_that_is_encoded_as_a_list_or_a_dict_is_described(name: str) -> None:
    made = HASHED[name]
    what = f"an object of type {name} as a key or an element of a set (use tuple(...) of it)"
    described = Unsupported(what)
    assert round_trip({made: 1, "a": 2}) == {described: 1, "a": 2}
    assert round_trip([{made, 1.0}]) == [{described, 1.0}]
    assert round_trip({(1, (2, made))}) == {(1, (2, described))}
    assert round_trip({frozenset({made}): [made]}) == {
        frozenset({described}): [round_trip(made)],
    }


def test_a_coroutine_is_described() -> None:
    async def answer() -> int:
        return 1

    made = answer()
    assert round_trip(made) == Unsupported("a coroutine (write def, not async def)")
    made.close()


def test_an_asynchronous_generator_is_described() -> None:
    async def answers() -> AsyncIterator[int]:
        yield 1

    described = Unsupported("an asynchronous generator (write def and return a list)")
    assert round_trip(answers()) == described


# How deep, how large -----------------------------------------------------------------------------

TOO_DEEP = Unsupported("a container nested more than 64 deep (does it contain itself?)")


Wrap = Callable[[Any], Value]

WRAPS: dict[str, Wrap] = {
    "lists": lambda inner: [inner],
    "tuples": lambda inner: (inner,),
    "values of dicts": lambda inner: {"a": inner},
    "frozensets": lambda inner: frozenset({inner}),
}


def nested(depth: int, wrap: Wrap = WRAPS["lists"]) -> object:
    value: object = 1
    for _ in range(depth):
        value = wrap(value)
    return value


def cyclic(made: Callable[[list[Any]], object]) -> object:
    inner: list[Any] = []
    inner.append(made(inner))
    return inner


DEEP: dict[str, Callable[[], object]] = {
    "one list deeper than the maximum": lambda: nested(MAX_DEPTH + 1),
    "10,000 lists": lambda: nested(10_000),
    "a key of a dict": lambda: {nested(MAX_DEPTH, WRAPS["tuples"]): 1},
    "a list in itself": lambda: cyclic(lambda inner: inner),
    "a list in a tuple in itself": lambda: cyclic(lambda inner: (1, inner)),
    "a list in a dict in itself": lambda: cyclic(lambda inner: {"a": inner}),
    "ten times in itself": lambda: cyclic(lambda inner: [inner] * 10),
}


@pytest.mark.parametrize("make", DEEP.values(), ids=DEEP)
def test_a_value_nested_too_deeply_is_described(make: Callable[[], object]) -> None:
    assert round_trip(make()) == TOO_DEEP


def test_a_key_of_the_maximum_depth_is_accepted() -> None:
    key = nested(MAX_DEPTH - 1, WRAPS["tuples"])
    assert round_trip({key: 1}) == {key: 1}


@pytest.mark.parametrize("wrap", WRAPS.values(), ids=WRAPS)
def test_the_maximum_depth_is_accepted(wrap: Wrap) -> None:
    assert round_trip(nested(MAX_DEPTH, wrap)) == nested(MAX_DEPTH, wrap)
    assert round_trip(nested(MAX_DEPTH + 1, wrap)) == TOO_DEEP


SIZED: dict[str, object] = {
    **SAME,
    "many floats in a tuple": (1.0,) * 50,
    "many complex numbers": [1j] * 50,
    "many times None": [None] * 50,
    "many texts": ["abc"] * 50,
    "a set of numbers": set(range(50)),
    "a dict of numbers": dict(pairwise(range(50))),
    "a NumPy array": np.zeros(50),
    "an array of texts": np.array(["abc"] * 50),
    "a range": range(50),
    "a function": len,
}


@pytest.mark.parametrize("value", SIZED.values(), ids=SIZED)
def test_the_maximum_size_is_inclusive(value: object) -> None:
    size = len(encode(value))
    assert len(encode(value, size)) == size
    with pytest.raises(TooLarge):
        encode(value, size - 1)


def twice(times: int) -> object:
    value: object = [1]
    for _ in range(times):
        value = [value, value]
    return value


HUGE: dict[str, Callable[[], object]] = {
    "floats": lambda: [1.0] * 1_000_000,
    "a million times None": lambda: (None,) * 1_000_000,
    "a set": lambda: set(range(300_000)),
    "a dict": lambda: dict.fromkeys(range(300_000)),
    "bytes": lambda: b"a" * 10_000_000,
    "a range": lambda: range(10**12),
    "a range that cannot be counted": lambda: range(-(10**30), 10**30, 3),
    "2 to the 50 lists": lambda: twice(50),
    "an array": lambda: np.broadcast_to(np.zeros(1), (10**6, 10**6)),
    "an array of texts": lambda: np.broadcast_to(np.array("a"), (10**6, 10**6)),
    "a text": lambda: "a" * 10_000_000,
}


@pytest.mark.parametrize("make", HUGE.values(), ids=HUGE)
def test_a_huge_value_is_refused_before_it_fills_the_memory(make: Callable[[], object]) -> None:
    value = make()
    tracemalloc.start()
    with pytest.raises(TooLarge):
        encode(value, 1 << 18)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1 << 20


# Garbage -----------------------------------------------------------------------------------------


def size(number: int) -> bytes:
    return struct.pack("<I", number)


def packed_array(dtype: bytes, lengths: list[int], data: bytes) -> bytes:
    axes = bytes([len(lengths)]) + b"".join(map(size, lengths))
    return b"a" + size(len(dtype)) + dtype + axes + data


def one_hash(letter: bytes, count: int, value: bytes = b"") -> bytes:
    """Distinct integers of one hash: looking them up would take the square of their number."""
    numbers = (encode(number * (2**61 - 1)) for number in range(1, count + 1))
    return letter + size(count) + b"".join(number + value for number in numbers)


ODD = b"?" + size(0)  # an object, compared by a method written in Python


def tuples_of_one_hash(length: int, item: bytes = b"N") -> bytes:
    """A thousand distinct tuples of one hash, -1 and -2 having the same, equal up to their ends."""
    ends = (encode(-1), encode(-2))
    tails = islice(product(ends, repeat=10), 1000)
    head = b"t" + size(length + 10) + item * length
    return b"e" + size(1000) + b"".join(head + b"".join(tail) for tail in tails)


GARBAGE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "the bytes end inside"),
    "an unknown tag": (b"x", "expected the tag of a value"),
    "pickle": (b"\x80\x04N.", "expected the tag of a value"),
    "more behind the value": (b"NN", "found 1 more bytes"),
    "half a float": (b"d\0\0\0", "the bytes end inside"),
    "half a size": (b"l\0\0", "the bytes end inside"),
    "a list that ends early": (b"l" + size(2) + b"N", "the bytes end inside"),
    "4 billion items": (b"l" + size(2**32 - 1) + b"N" * 100, "the bytes end inside"),
    "4 billion pairs": (b"m" + size(2**32 - 1) + b"N" * 100, "the bytes end inside"),
    "4 billion floats": (b"v" + size(2**32 - 1) + b"\0" * 80, "the bytes end inside"),
    "4 billion letters": (b"s" + size(2**32 - 1) + b"abc", "the bytes end inside"),
    "4 billion bytes of integer": (b"i" + size(2**32 - 1) + b"abc", "the bytes end inside"),
    "invalid UTF-8": (b"s" + size(2) + b"\xff\xfe", "utf-8"),
    "10,000 lists in one another": ((b"l" + size(1)) * 10_000 + b"N", "nested more than 64 deep"),
    "10,000 tuples in one another": ((b"t" + size(1)) * 10_000 + b"N", "nested more than 64 deep"),
    "a list in a set": (b"e" + size(1) + encode([]), "unhashable"),
    "a dict as a key": (b"m" + size(1) + encode({}) + b"N", "unhashable"),
    "an unknown dtype": (
        packed_array(b"object", [1], b"\0" * 8),
        "dtype, found 'object'",
    ),
    "a dtype that is not text": (packed_array(b"\xff", [1], b"\0" * 8), "ascii"),
    "too few elements": (packed_array(b"float64", [2], b"\0" * 15), "the bytes end inside"),
    "too many elements": (packed_array(b"float64", [2], b"\0" * 17), "found 1 more bytes"),
    "more elements than atoms": (
        packed_array(b"float64", [2**32 - 1] * 20, b""),
        "the bytes end inside",
    ),
    "65 axes": (packed_array(b"int8", [1] * 65, b"\0"), "the shape of an array"),
    "4 billion empty rows": (
        packed_array(b"int8", [2**32 - 1, 0], b""),
        "the shape of an array",
    ),
    "too many empty rows": (
        packed_array(b"int8", [65537, 0], b""),
        "the shape of an array",
    ),
    "a set of one hash": (one_hash(b"e", 1001), "too many keys have the same hash"),
    "a frozenset of one hash": (one_hash(b"z", 5000), "too many keys have the same hash"),
    "a dict of one hash": (one_hash(b"m", 5000, b"N"), "too many keys have the same hash"),
    "a set of long tuples of one hash": (tuples_of_one_hash(980), "too many keys"),
    "a set of tuples of odd objects of one hash": (tuples_of_one_hash(190, ODD), "too many keys"),
    "many small sets of one hash": (
        b"l" + size(200) + 200 * one_hash(b"e", 80),
        "too many keys have the same hash",
    ),
}


@pytest.mark.parametrize("data, reason", GARBAGE.values(), ids=GARBAGE)
def test_garbage_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason):
        decode(data)


@pytest.mark.parametrize("value", SAME.values(), ids=SAME)
def test_truncated_bytes_are_refused(value: Value) -> None:
    data = encode(value)
    for end in {*range(min(len(data), 50)), len(data) - 1}:
        with pytest.raises(DecodeError):
            decode(data[:end])


def test_values_at_the_limits_are_decoded() -> None:
    assert len(decode(one_hash(b"e", 1000))) == 1000  # type: ignore[arg-type]
    one_more = b"e" + size(1001) + one_hash(b"e", 1000)[5:] + encode("another hash")
    assert len(decode(one_more)) == 1001  # type: ignore[arg-type]
    assert decode(packed_array(b"int8", [1] * 64, b"\7")) == Array("int8", (1,) * 64, b"\7")
    assert decode(packed_array(b"int8", [65536, 0], b"")) == Array("int8", (65536, 0), b"")


def test_many_keys_of_few_hashes_still_pass() -> None:
    grid = {(x, y, z) for x in (-1, -2) for y in (-1, -2) for z in (-1, -2)}  # hash(-1) == hash(-2)
    assert round_trip(grid) == grid
    assert round_trip(set(range(5000))) == set(range(5000))


def _refused_or_a_value(data: bytes) -> None:
    try:
        value = decode(data)
    except DecodeError:
        return
    written(value)
    assert len(show(value)) <= 72
    round_trip(value)


PIECES = st.sampled_from(
    [bytes([letter]) for letter in b"NTFidcsblvtmeza?"]
    + [size(0), size(1), size(2), size(3), b"\1", b"\0" * 8, encode(1), encode("a"), encode(nan)]
    + [packed_array(b"int8", [2], b"ab"), packed_array(b"bool", [], b"\2"), size(2**32 - 1)]
)


@settings(max_examples=300)
@given(st.binary() | st.lists(PIECES, max_size=30).map(b"".join))
def test_random_bytes_are_refused_or_a_value(data: bytes) -> None:
    _refused_or_a_value(data)


@settings(max_examples=150)
@given(VALUES, st.integers(0, 2**32))
def test_a_spoilt_encoding_is_refused_or_a_value(value: Value, seed: int) -> None:
    rng = random.Random(seed)
    data = bytearray(encode(value))
    for _ in range(3):
        place = rng.randrange(len(data))
        data[place : place + rng.choice([0, 1, 4])] = rng.choice([b"", b"\xff", b"l", b"\1\0\0\0"])
        data += b"N" * (not data)
    _refused_or_a_value(bytes(data))


# Values as text ----------------------------------------------------------------------------------

SHOWN: dict[str, tuple[Value, str]] = {
    "none": (None, "None"),
    "a truth value": (True, "True"),
    "an integer": (-12, "-12"),
    "an integer of 40 digits": (10**39, "1" + "0" * 39),
    "an integer that just fits": (10**71, "1" + "0" * 71),
    "an integer that just does not": (10**72, "an integer of about 73 digits"),
    "a negative integer that just does not": (-(10**71), "an integer of about 72 digits"),
    "a long integer in a list": ([10**60, 1], "[an integer of about 61 digits, 1]"),
    "a huge integer": (10**5000, "an integer of about 5001 digits"),
    "all digits of a float": (0.1 + 0.2, "0.30000000000000004"),
    "nan and infinities": ([nan, inf, -inf], "[nan, inf, -inf]"),
    "a complex number": (1 + 2j, "(1+2j)"),
    "a text": ("it's", '"it\'s"'),
    "control characters": ("\x1b[31m\r\0", r"'\x1b[31m\r\x00'"),
    "marks that reorder text": ("a\u202eb", r"'a\u202eb'"),
    "surrogates": ("\ud800", r"'\ud800'"),
    "bytes": (b"\xff", r"b'\xff'"),
    "an empty list": ([], "[]"),
    "a list": ([1, [2.0, "a"]], "[1, [2.0, 'a']]"),
    "an empty tuple": ((), "()"),
    "a tuple of one": ((1,), "(1,)"),
    "a tuple": ((1, 2), "(1, 2)"),
    "an empty dict": ({}, "{}"),
    "a dict": ({"a": [1], 2: None}, "{'a': [1], 2: None}"),
    "an empty set": (set(), "set()"),
    "a set, in order": ({"c", "a", "b"}, "{'a', 'b', 'c'}"),
    "a frozenset": (frozenset({1}), "{1}"),
    "an array": (array("float32", (2, 1), 1, 2), "array([[1.0], [2.0]], dtype=float32)"),
    "a 0-d array": (array("int8", (), 3), "array(3, dtype=int8)"),
    "an unsupported object": (Unsupported("an object of type Foo"), "an object of type Foo"),
    "an unsupported object with a name of two lines": (
        Unsupported("a\n  b\x1b\u202e"),
        "a b\ufffd\ufffd",
    ),
    "a long list": (
        list(range(1000)),
        "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, … 983 more]",
    ),
    "long lists in a list": (
        [list(range(100))] * 9,
        "[[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, … 86 more], … 8 more]",
    ),
    "long rows of an array": (
        array("int8", (9, 13), *range(117)),
        "array([[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, … 3 more], … 8 more], dtype=int8)",
    ),
    "a last item that just fits": (["a" * 33, "b" * 31], f"['{'a' * 33}', '{'b' * 31}']"),
    "a last item that just does not": (["a" * 33, "b" * 32], f"['{'a' * 33}', '{'b' * 31}…]"),
    "a long text": ("a" * 1000, f"'{'a' * 70}…"),
    "one long text in a list": (["a" * 99], f"['{'a' * 68}…]"),
    "one long text in a tuple": (("a" * 99,), f"('{'a' * 67}…,)"),
    "one long text in a set": ({"a" * 99}, f"{{'{'a' * 68}…}}"),
    "one long text in a dict": ({1: "a" * 99}, f"{{1: '{'a' * 65}…}}"),
    "a dict that must be cut": ({10**39: 10**39}, f"{{1{'0' * 39}: 1{'0' * 27}…"),
    "a long text in a list": (["a" * 1000, 2], f"['{'a' * 58}…, 2]"),
    "a long dict": (
        {"a" * 30: 1, "b": "c" * 90, "d": 2},
        f"{{'{'a' * 30}': 1, 'b': '{'c' * 16}…, 'd': 2}}",
    ),
    "a dict of many": (
        dict.fromkeys(range(100), "abc"),
        "{0: 'abc', 1: 'abc', 2: 'abc', 3: 'abc', 4: 'abc', 5: 'abc', … 94 more}",
    ),
    "a long set": (
        set(range(100, 200)),
        "{100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, … 88 more}",
    ),
}


@pytest.mark.parametrize("value, text", SHOWN.values(), ids=SHOWN)
def test_show(value: Value, text: str) -> None:
    assert show(value) == text


@settings(max_examples=200)
@given(VALUES, st.integers(10, 100))
def test_shown_values_are_short_and_on_one_line(value: Value, width: int) -> None:
    text = show(value, width)
    assert len(text) <= width and text.isprintable()


PRINTABLE: dict[str, tuple[str, str]] = {
    "letters of all sorts": ("Grüße, 世界 🎲", "Grüße, 世界 🎲"),
    "lines and tabs": ("a\n\tb", "a\n\tb"),
    "an escape sequence": ("\x1b[2Ja", "\ufffd[2Ja"),
    "a carriage return": ("good\rbad", "good\ufffdbad"),
    "a null": ("\0", "\ufffd"),
    "a bell and a backspace": ("\a\b", "\ufffd\ufffd"),
    "right to left override": ("\u202e", "\ufffd"),
    "isolates and marks": ("\u2066\u2069\u200f\u061c", "\ufffd" * 4),
    "a zero-width space": ("a\u200bb", "a\ufffdb"),
    "line separators": ("a\u2028b\x85", "a\ufffdb\ufffd"),
    "a surrogate": ("\udcff", "\ufffd"),
    "too long": ("a" * 2001, "a" * 2000 + "…"),
    "just not too long": ("a" * 2000, "a" * 2000),
}


@pytest.mark.parametrize("text, clean", PRINTABLE.values(), ids=PRINTABLE)
def test_printable(text: str, clean: str) -> None:
    assert printable(text) == clean


@pytest.mark.parametrize(
    "number, text", [(0, "0 cases"), (1, "1 case"), (2, "2 cases"), (1_000, "1000 cases")]
)
def test_plural(number: int, text: str) -> None:
    assert plural(number, "case") == text


def test_list_of_names_ends_with_the_number_of_the_others() -> None:
    names = ["ann", "ben", "cy", "dee"]
    assert listed(names, 4) == "ann, ben, cy, dee"
    assert listed(names, 2) == "ann, ben and 2 more"


KINDS: dict[str, Value] = {
    "None": None,
    "a boolean": True,
    "an integer": 1,
    "a number": 1.0,
    "a complex number": 1j,
    "a string": "a",
    "bytes": b"a",
    "a list": [],
    "a tuple": (),
    "a dict": {},
    "a set": set(),
    "an array": array("int8", (1,), 1),
    "an object of another type": Unsupported("an object of type Secret"),
}


@pytest.mark.parametrize("word, value", KINDS.items(), ids=KINDS)
def test_kind(word: str, value: Value) -> None:
    assert kind(value) == word


def test_a_frozenset_is_a_set() -> None:
    assert kind(frozenset()) == "a set"


OF_SHAPE: dict[str, tuple[Value, tuple[int, ...] | None]] = {
    "a number has none": (1.0, None),
    "a text has none": ("abc", None),
    "a dict has none": ({"a": 1}, None),
    "a list of numbers": ([1, 2, 3], (3,)),
    "an empty list": ([], (0,)),
    "empty rows": ([[], []], (2, 0)),
    "lists of lists": ([[1, 2, 3], [4, 5, 6]], (2, 3)),
    "tuples in a list": ([(1, 2), (3, 4)], (2, 2)),
    "a ragged list has none": ([[1, 2], [3]], None),
    "numbers beside lists have none": ([1, [2]], None),
    "an array": (array("float64", (2, 3), *range(6)), (2, 3)),
    "an empty array": (array("float64", (0, 3)), (0, 3)),
    "a 0-d array": (array("float64", (), 1), ()),
    "arrays in a list": ([array("int8", (2,), 1, 2)] * 3, (3, 2)),
}


@pytest.mark.parametrize("value, expected", OF_SHAPE.values(), ids=OF_SHAPE)
def test_shape(value: Value, expected: tuple[int, ...] | None) -> None:
    assert shape(value) == expected


# Every match lists all members of the union -------------------------------------------------------


@pytest.mark.parametrize("convert", [show, kind, literal, key_identity])
def test_an_object_of_no_listed_type_is_not_converted(convert: Callable[[Any], object]) -> None:
    with pytest.raises(AssertionError, match="unreachable"):
        convert(object())


def test_the_parts_of_a_value_are_in_all_containers_and_from_left_to_right() -> None:
    array, code = Array("float64", (1,), bytes(8)), Code("abs")
    inner: list[Value] = [(1, array), {2: {"a": None}}, frozenset([code]), {(3, code): []}]
    one, two, three, four = inner
    pair, nested = (3, code), {"a": None}
    assert [*parts_of(inner)] == [
        *(inner, one, 1, array, two, 2, nested, "a", None, three, code),
        *(four, pair, 3, code, []),
    ]
    assert [*parts_of("text")] == ["text"]
    deep: Value = 0
    for _ in range(10_000):  # deeper than calls may be nested
        deep = [deep]
    assert sum(1 for _ in parts_of(deep)) == 10_001
