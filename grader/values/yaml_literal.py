"""Write values as YAML on one line, to be pasted into a file of cases."""

from __future__ import annotations

import json
import math
from typing import assert_never

from grader.values import Array, Unsupported, Value


def literal(value: Value) -> str:
    """Return the YAML that `yaml_reader` reads as this value.

    Raises:
        ValueError: if no YAML represents it
    """
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return repr(value)
        case float():
            return _float(value)
        case complex():
            return f"!complex {value.real!r}{value.imag:+}j"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case list():
            return f"[{_items(value)}]"
        case tuple():
            return f"!tuple [{_items(value)}]"
        case set():
            return f"!set [{_items(sorted(value, key=repr))}]"
        case dict():
            pairs = (f"{literal(key)}: {literal(item)}" for key, item in value.items())
            return "{" + ", ".join(pairs) + "}"
        case Array():
            return f"!{value.dtype} {literal(value.nested())}"
        case frozenset() | bytes() | Unsupported():
            raise ValueError(f"expected a value that YAML can represent, found {value!r}")
        case _:
            assert_never(value)


def _float(value: float) -> str:
    if math.isnan(value):
        return ".nan"
    if math.isinf(value):
        return ".inf" if value > 0 else "-.inf"
    return repr(value)


def _items(values: list[Value] | tuple[Value, ...]) -> str:
    return ", ".join(map(literal, values))
