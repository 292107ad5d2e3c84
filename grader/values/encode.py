"""Convert values to bytes, in the submission's process: objects of any type, which are alive.

The result is only as trustworthy as that process. `wire_format` describes the bytes.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from grader.values import DTYPES, Array, Code, Generator, Unsupported, item_size
from grader.values.convert import DoesNotFit, Unconvertible, convert, describe, is_sparse_dict
from grader.values.wire_format import COMPLEX, DOUBLE, MAX_DEPTH, SIZE, TooLarge, is_countable


def encode(value: object, max_bytes: int = sys.maxsize) -> bytes:
    """Return the value as bytes; objects outside the closed set become `Unsupported`.

    Raises:
        TooLarge: if the result is longer than `max_bytes`
    """
    out = bytearray()
    try:
        _encode(value, out, max_bytes, 0)
    except _TooDeep:
        del out[:]
        description = f"a container nested more than {MAX_DEPTH} deep (does it contain itself?)"
        _encode(Unsupported(description), out, max_bytes, 0)
    _check_room(out, 0, max_bytes)
    return bytes(out)


class _TooDeep(Exception):
    pass


def _encode(value: Any, out: bytearray, max_bytes: int, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise _TooDeep
    _check_room(out, 0, max_bytes)
    kind = type(value)
    if kind is list and value and all(type(item) is float for item in value):
        _check_room(out, 8 * len(value), max_bytes)
        out += b"v" + SIZE.pack(len(value)) + struct.pack(f"<{len(value)}d", *value)
    elif kind in _WRITERS:
        _WRITERS[kind](value, out, max_bytes, depth)
    elif (base := _numpy_base(kind)) is not None:
        _encode_numpy(value, base, out, max_bytes, depth)
    elif is_sparse_dict(kind):
        _encode_converted(value, out, max_bytes, depth)
    else:
        for base in kind.__mro__:  # a subclass is encoded as its base type
            if base in _WRITERS:
                _WRITERS[base](value, out, max_bytes, depth)
                return
        _encode_converted(value, out, max_bytes, depth)


def _encode_converted(value: object, out: bytearray, max_bytes: int, depth: int) -> None:
    """Encode an object of another type, such as a tensor, as the plain value that it is."""
    try:
        # An item takes at least one byte.
        plain = convert(value, max_items=max_bytes - len(out))
    except Unconvertible:
        _encode_text(b"?", describe(value), out, max_bytes)
    except DoesNotFit:
        raise TooLarge from None
    else:
        _encode(plain, out, max_bytes, depth + 1)


def _check_room(out: bytearray, more: int, max_bytes: int) -> None:
    if len(out) + more > max_bytes:
        raise TooLarge


def _encode_int(value: int, out: bytearray, max_bytes: int, depth: int) -> None:
    size = int.bit_length(value) // 8 + 1
    _check_room(out, size, max_bytes)
    out += b"i" + SIZE.pack(size) + int.to_bytes(value, size, "little", signed=True)


def _encode_text(tag: bytes, text: str, out: bytearray, max_bytes: int) -> None:
    _check_room(out, str.__len__(text), max_bytes)
    data = str.encode(text, "utf-8", "surrogatepass")
    out += tag + SIZE.pack(len(data)) + data


def _encode_bytes(value: Any, out: bytearray, max_bytes: int, depth: int) -> None:
    view = memoryview(value)  # bytes(value) would call methods of a subclass
    _check_room(out, view.nbytes, max_bytes)
    out += b"b" + SIZE.pack(view.nbytes) + view


_Writer = Callable[[Any, bytearray, int, int], None]


def _sequence(tag: bytes, base: Any, encode_item: _Writer = _encode) -> _Writer:
    def write(value: Any, out: bytearray, max_bytes: int, depth: int) -> None:
        # Methods of the base type, not len() and iter(): a subclass may override those.
        _check_room(out, base.__len__(value), max_bytes)
        items = list(base.__iter__(value))
        out += tag + SIZE.pack(len(items))
        for item in items:
            encode_item(item, out, max_bytes, depth + 1)

    return write


def _encode_key(value: Any, out: bytearray, max_bytes: int, depth: int) -> None:
    """Encode a key of a dict or an element of a set, which has a hash also when it is decoded.

    Some objects have a hash, but are encoded as a list, a set or a dict, such as a range.
    """
    start = len(out)
    if tuple in type(value).__mro__:
        if depth > MAX_DEPTH:
            raise _TooDeep
        _encode_tuple_in_key(value, out, max_bytes, depth)
        return
    _encode(value, out, max_bytes, depth)
    if out[start] in b"lvem":
        del out[start:]
        what = describe(value).partition(" (")[0]
        text = f"{what} as a key or an element of a set (use tuple(...) of it)"
        _encode_text(b"?", text, out, max_bytes)


_encode_tuple_in_key = _sequence(b"t", tuple, _encode_key)


def _encode_range(value: range, out: bytearray, max_bytes: int, depth: int) -> None:
    # Checked before the list is made, which might fill the memory; len() overflows if it is long.
    count = (value[-1] - value[0]) // value.step + 1 if value else 0
    _check_room(out, count, max_bytes)
    _encode(list(value), out, max_bytes, depth)


def _set(tag: bytes, base: Any) -> _Writer:
    def write(value: Any, out: bytearray, max_bytes: int, depth: int) -> None:
        # The order of a set of strings differs between processes; a digest must not.
        _check_room(out, base.__len__(value), max_bytes)
        items = list(base.__iter__(value))
        out += tag + SIZE.pack(len(items))
        cuts = [len(out)]
        for item in items:
            _encode_key(item, out, max_bytes, depth + 1)
            cuts.append(len(out))
        out[cuts[0] :] = b"".join(sorted(out[start:end] for start, end in pairwise(cuts)))

    return write


def _encode_dict(value: dict[Any, Any], out: bytearray, max_bytes: int, depth: int) -> None:
    _check_room(out, 2 * dict.__len__(value), max_bytes)
    items = list(dict.items(value))
    out += b"m" + SIZE.pack(len(items))
    for key, item in items:
        _encode_key(key, out, max_bytes, depth + 1)
        _encode(item, out, max_bytes, depth + 1)


def _encode_view(value: Any, out: bytearray, max_bytes: int, depth: int) -> None:
    _encode(list(value), out, max_bytes, depth)


def _encode_unsupported(value: Unsupported, out: bytearray, max_bytes: int, depth: int) -> None:
    _encode_text(b"?", value.description, out, max_bytes)


def _encode_generator(value: Generator, out: bytearray, max_bytes: int, depth: int) -> None:
    out += b"g" + value.library[:1].encode("ascii") + SIZE.pack(value.seed)


def _encode_code(value: Code, out: bytearray, max_bytes: int, depth: int) -> None:
    out += b"f"
    fields = (value.description, value.imports, value.label, value.calls)
    _encode(fields, out, max_bytes, depth + 1)


def _encode_array(value: Array, out: bytearray, max_bytes: int, depth: int) -> None:
    _check_room(out, len(value.data), max_bytes)
    name = value.dtype.encode()
    out += b"k" if value.library else b""
    out += b"a" + SIZE.pack(len(name)) + name + bytes([len(value.shape)])
    out += b"".join(SIZE.pack(length) for length in value.shape) + value.data


_WRITERS: dict[Any, _Writer] = {
    type(None): lambda value, out, max_bytes, depth: out.extend(b"N"),
    bool: lambda value, out, max_bytes, depth: out.extend(b"T" if value else b"F"),
    int: _encode_int,
    float: lambda value, out, max_bytes, depth: out.extend(b"d" + DOUBLE.pack(value)),
    complex: lambda value, out, max_bytes, depth: out.extend(
        b"c" + COMPLEX.pack(complex.__complex__(value).real, complex.__complex__(value).imag)
    ),
    str: lambda value, out, max_bytes, depth: _encode_text(b"s", value, out, max_bytes),
    bytes: _encode_bytes,
    bytearray: _encode_bytes,
    list: _sequence(b"l", list),
    tuple: _sequence(b"t", tuple),
    range: _encode_range,
    dict: _encode_dict,
    type({}.keys()): _encode_view,
    type({}.values()): _encode_view,
    type({}.items()): _encode_view,
    set: _set(b"e", set),
    frozenset: _set(b"z", frozenset),
    Array: _encode_array,
    Unsupported: _encode_unsupported,
    Generator: _encode_generator,
    Code: _encode_code,
}


def _numpy_base(kind: type) -> type | None:
    """Return np.generic or np.ndarray if it is a base of the type, else None."""
    numpy = sys.modules.get("numpy")
    bases: tuple[type, ...] = (numpy.generic, numpy.ndarray) if numpy else ()
    return next((base for base in kind.__mro__ if base in bases), None)


def _encode_numpy(value: Any, base: Any, out: bytearray, max_bytes: int, depth: int) -> None:
    numpy = sys.modules["numpy"]
    array = numpy.asarray(value) if base is numpy.generic else value
    array = base.view(array, numpy.ndarray) if base is numpy.ndarray else array
    # Search all bases: numpy.ma.masked, which looks like 0.0, has a class of its own.
    masked = any(each.__name__ == "MaskedArray" for each in type(value).__mro__)
    name = "float64" if array.dtype.kind == "f" and array.dtype.itemsize > 8 else array.dtype.name
    if array.dtype.kind == "c" and array.dtype.itemsize > 16:
        name = "complex128"
    if masked and numpy.any(value.mask):
        _encode_text(b"?", "a masked array with masked elements", out, max_bytes)
    elif name in DTYPES and array.ndim == 0:
        with numpy.errstate(over="ignore"):  # a longdouble may exceed the range of a float
            number = array.astype(name).item()
        _encode(number, out, max_bytes, depth)
    elif name in DTYPES and is_countable(array.shape):
        _check_room(out, array.size * item_size(name), max_bytes)
        little = numpy.dtype(name).newbyteorder("<")
        with numpy.errstate(over="ignore"):
            data = numpy.ascontiguousarray(array, dtype=little).tobytes()
        _encode_array(Array(name, array.shape, data), out, max_bytes, depth)
    elif array.dtype.kind in "USTO":  # strings and objects
        _check_room(out, array.size, max_bytes)
        # One level deeper: the object in an array without axes may be that array.
        _encode(array.tolist(), out, max_bytes, depth + 1)
    elif name in DTYPES:
        _encode_text(b"?", f"an empty array of shape {array.shape}", out, max_bytes)
    else:
        _encode_text(b"?", f"a NumPy value of dtype {name}", out, max_bytes)
