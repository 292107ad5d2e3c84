"""Conversion of objects of other libraries to plain values, in the submission's process.

Answers are often right but of a type that `encode` does not know: a tensor, a Series, a sparse
matrix, a Fraction, a deque. Each is converted to the array, list or number that it is. Libraries
are not imported: an object is recognised by the methods of its type, which is why tensors of any
library work. What is left is described, with advice how to convert it.
"""

from __future__ import annotations

import cmath
import math
import sys
import types
from collections.abc import Callable
from typing import Any

_MAX_NAME = 80
_MAX_DIGITS = 5000  # of a Decimal that becomes an integer


class Unconvertible(Exception):
    """The object is not of a type that can be converted."""


class DoesNotFit(Exception):
    """The result would be larger than allowed."""


def convert(value: Any, max_items: int) -> Any:
    """Return a list, a tuple, a dict, an array or a number in place of an object.

    The code of a library or of the submission runs here, and may do anything that the submission
    itself may do.

    Args:
        max_items: maximum number of elements of a matrix that is stored in less space

    Raises:
        Unconvertible: if it is none of these
        DoesNotFit: if it has more elements
        MemoryError: if there is no memory left
    """
    kind = type(value)
    for recognises, conversion in _CONVERSIONS:
        if not recognises(kind):
            continue
        try:
            converted = conversion(value, max_items)
        except (DoesNotFit, MemoryError):
            raise
        except Exception:  # a library may raise anything, such as for a tensor on another device
            continue
        if type(converted) is not kind:
            return converted
    raise Unconvertible


def describe(value: object) -> str:
    """Return a phrase like "an object of type Foo", with advice how to return it."""
    kind = type(value)
    name = str(type.__dict__["__name__"].__get__(kind))[:_MAX_NAME]
    code = value.gi_code if isinstance(value, types.GeneratorType) else None
    match name:
        case "generator" if code is not None and code.co_name == "<genexpr>":
            return "a generator expression (wrap it in list(...))"
        case "generator":
            return (
                "a generator (is there a yield where a return is meant? Otherwise wrap the call in "
                "list(...))"
            )
        case "async_generator":
            return "an asynchronous generator (write def and return a list)"
        case "coroutine":
            return "a coroutine (write def, not async def)"
        case "function" | "builtin_function_or_method" | "ufunc":
            return "a function (are the parentheses of a call missing?)"
        case "method":
            return (
                "a method (are the parentheses of a call missing? If an attribute is meant, write"
                " @property above its def)"
            )
        case "ellipsis":
            return "an Ellipsis (is the ... of the starter still there?)"
        case "type" | "ABCMeta" | "EnumMeta" | "EnumType":
            return "a class (are the parentheses of a call missing?)"
        case "module":
            return "a module (return one of its values or the result of one of its functions)"
        case "NAType" | "NaTType":
            return "a missing value of pandas (return float('nan') or None)"
    if _is("enum.Enum")(kind):
        return f"a member of the enumeration {name} (return its .value)"
    if _has(kind, "__next__") and _has(kind, "__iter__"):
        return f"an iterator of type {name} (wrap it in list(...))"
    for method, advice in _ADVICE.items():
        if _has(kind, method):
            return f"an object of type {name} (return {advice})"
    return f"an object of type {name}"


# The first method that the type has decides.
_ADVICE = {
    "total_seconds": "its .total_seconds()",
    "isoformat": "its text, str(...) of it",
    "free_symbols": "numbers: its .subs(...) replaces symbols by values",
    "toarray": "its .toarray()",
    "to_numpy": "its .to_numpy()",
    "tolist": "its .tolist()",
    "__dataclass_fields__": "dataclasses.astuple(...) of it",
    "__iter__": "list(...) of it",
}


def _has(kind: type, name: str) -> bool:
    """Return whether objects of a type have a method; attributes of objects are not asked for."""
    return any(name in vars(base) for base in kind.__mro__)


def _is(*names: str) -> Callable[[type], bool]:
    """Recognise types of these names, and types derived from them."""
    return lambda kind: any(
        f"{base.__module__}.{base.__qualname__}" in names for base in kind.__mro__
    )


def _with(*methods: str) -> Callable[[type], bool]:
    return lambda kind: all(_has(kind, method) for method in methods)


# Containers --------------------------------------------------------------------------------------


def _listed(value: Any, max_items: int) -> Any:
    if len(value) > max_items:  # checked before a list is made, which takes more memory
        raise DoesNotFit
    return value.tolist() if hasattr(value, "tolist") else list(value)


def _mapped(value: Any, max_items: int) -> Any:
    return dict(value)


def _tuple(value: Any, max_items: int) -> Any:
    return tuple(value)


def _set(value: Any, max_items: int) -> Any:
    return set(value)


def _text(value: Any, max_items: int) -> Any:
    return str(value)


def _is_array(kind: type) -> bool:
    return "numpy" in sys.modules and (_has(kind, "__array__") or _has(kind, "__array_interface__"))


def _array(value: Any, max_items: int) -> Any:
    numpy = sys.modules["numpy"]
    array = numpy.asarray(value)
    if array.dtype.kind == "O" and array.ndim == 0:  # NumPy has only wrapped it
        raise Unconvertible
    if array.dtype.kind == "V" and array.dtype.names is None:  # such as bfloat16
        array = array.astype("float64")
    return array


def _tensor(value: Any, max_items: int) -> Any:
    """Return a tensor that is part of a computation, or on another device, as an array."""
    return _array(value.detach().cpu(), max_items)


def _tensor_items(value: Any, max_items: int) -> Any:
    return value.detach().tolist()


def _array_of_sympy(value: Any, max_items: int) -> Any:
    """Return an array of SymPy, in which equal elements may be stored once, as a list."""
    if len(value) > max_items:
        raise DoesNotFit
    return value.tolist() if value.shape else value[()]


def is_sparse_dict(kind: type) -> bool:
    """Return whether a type is a matrix, although it is derived from dict, as one of SciPy's is."""
    return dict in kind.__mro__ and _is_sparse(kind)


_DENSE = ("toarray", "todense", "to_dense")


def _is_sparse(kind: type) -> bool:
    return any(_has(kind, method) for method in _DENSE)


def _dense(value: Any, max_items: int) -> Any:
    """Return a sparse matrix as an array, which may be much larger."""
    count = 1
    for length in value.shape:
        count *= int(length)
    if count > max_items:
        raise DoesNotFit
    method = next(method for method in _DENSE if hasattr(value, method))
    return _array(getattr(value, method)(), max_items)


# Numbers -----------------------------------------------------------------------------------------


def _fraction(value: Any, max_items: int) -> Any:
    """Return a whole fraction as an integer, any other as a float."""
    return int(value.numerator) if value.denominator == 1 else _real(value, max_items)


def _decimal(value: Any, max_items: int) -> Any:
    """Return a decimal without a fraction as an integer, any other as a float."""
    exponent = value.as_tuple().exponent
    is_whole = isinstance(exponent, int) and exponent >= 0  # not NaN, not infinity
    is_short = value.adjusted() < _MAX_DIGITS
    return int(value) if is_whole and is_short else _real(value, max_items)


def _real(value: Any, max_items: int) -> Any:
    number = float(value)
    if math.isinf(number) and value != number:  # it is finite, and too large for a float
        raise Unconvertible
    return number


def _complex(value: Any, max_items: int) -> Any:
    number = complex(value)
    if cmath.isinf(number) and value != number:
        raise Unconvertible
    return number


def _integer(value: Any, max_items: int) -> Any:
    return value.__index__()


def _truth(value: Any, max_items: int) -> Any:
    return bool(value)


# Tried in order: a tensor also has the methods of a number.
_CONVERSIONS: tuple[tuple[Callable[[type], bool], Callable[[Any, int], Any]], ...] = (
    (_is("collections.deque", "collections.UserList"), _listed),
    (_is("array.array", "builtins.memoryview"), _listed),
    (_is("collections.UserDict", "collections.ChainMap", "builtins.mappingproxy"), _mapped),
    (_is("collections.UserString"), _text),
    (_is("collections.abc.Sequence"), _listed),
    (_is("collections.abc.Mapping"), _mapped),
    (_is("decimal.Decimal"), _decimal),
    (_is("sympy.logic.boolalg.BooleanAtom"), _truth),
    (_is("sympy.tensor.array.ndim_array.NDimArray"), _array_of_sympy),
    (_is("sympy.core.containers.Tuple"), _tuple),
    (_is("sympy.core.containers.Dict"), _mapped),
    (_is("sympy.sets.sets.FiniteSet"), _set),
    (lambda kind: _is_sparse(kind) and not _is_array(kind), _dense),
    (_with("detach", "cpu"), _tensor),
    (_is_array, _array),
    (_is_sparse, _dense),
    (_with("detach", "tolist"), _tensor_items),
    (_with("__index__"), _integer),
    (_with("numerator", "denominator", "__float__"), _fraction),
    (_with("__float__"), _real),
    (_with("__complex__"), _complex),
)
