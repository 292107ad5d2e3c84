"""Write values as YAML on one line, to be pasted into a file of cases."""

from __future__ import annotations

import json
import math
from typing import assert_never

from grader.values import Array, Code, Generator, Ref, Unsupported, Value
from grader.values.show import show

_LARGE = 10**1000  # Python does not read, or write, more than 4300 digits
_MAX_KEY = 100  # YAML allows 1024 characters


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
            return repr(value) if abs(value) < _LARGE else hex(value)
        case float():
            return _float(value)
        case complex():
            return f"!complex {value.real!r}{value.imag:+}j"
        case str():
            return _text(value)
        case list():
            return f"[{_items(value)}]"
        case tuple():
            return f"!tuple [{_items(value)}]"
        case set():
            return f"!set [{', '.join(sorted(map(literal, value)))}]"
        case dict():
            return (
                "{"
                + ", ".join(f"{_key(key)}: {literal(item)}" for key, item in value.items())
                + "}"
            )
        case Array():
            if 0 in value.shape[:-1]:  # nested lists would not show the lengths of other axes
                raise ValueError(f"expected a value that YAML can represent, found {show(value)}")
            items = literal(value.nested())
            if value.library:
                return f"!tensor {{{value.dtype}: {items}}}"
            return f"!{value.dtype} {items}"
        case Generator():
            return f"!{'rng' if value.library == 'numpy' else 'random'} {value.seed}"
        case Code():
            return f"!function {value.description}" if value.is_name else _python(value)
        case Ref():
            return f"!ref {value.description}"
        case frozenset() | bytes() | Unsupported():
            raise ValueError(f"expected a value that YAML can represent, found {show(value)}")
        case _:
            assert_never(value)


def _python(value: Code) -> str:
    return f"!python {_text(value.description)}"


def _key(key: Value) -> str:
    """Return the key of a dict, after a question mark if it is long or has a tag."""
    text = literal(key)
    return text if len(text) < _MAX_KEY and not text.startswith("!") else f"? {text} "


def _text(value: str) -> str:
    """Return a text in double quotes, with escapes for what YAML does not allow or would change."""
    if not value.isprintable() and any("\ud800" <= char <= "\udfff" for char in value):
        raise ValueError("expected a value that YAML can represent, found half a surrogate pair")
    quoted = json.dumps(value, ensure_ascii=False)
    return "".join(char if char.isprintable() else f"\\U{ord(char):08X}" for char in quoted)


def _float(value: float) -> str:
    if math.isnan(value):
        return ".nan"
    if math.isinf(value):
        return ".inf" if value > 0 else "-.inf"
    return repr(value)


def _items(values: list[Value] | tuple[Value, ...]) -> str:
    return ", ".join(map(literal, values))
