"""Values written in YAML: what a plain or tagged scalar, list or mapping means.

Where any value is allowed (`AnyValue`) a plain scalar is a number if it looks like one in Python or
YAML 1.2, so `1e-6` is a float, `010` is ten and `1:30` a text. Quoted scalars are always texts.
What YAML cannot express is written with a tag:

    .nan  .inf  -.inf  nan  inf  -inf       the floats
    !complex 1+2j                           a complex number
    !tuple [1, 2]      !set [1, 2]          a tuple, a set
    !rng 7             !random 7            a new random generator of NumPy, of Python
    !tensor float32 [[1, 2], [3, 4]]        a tensor of torch
    !tensor {float32: [[1, 2], [3, 4]]}     the same; needed in a list or mapping in brackets
    !float32 [[1, 2], [3, 4]]               an array of that dtype (all of values.DTYPES)
    !function given.rules.square            a function of the given code, of Python or of NumPy
    !python "lambda x: x * x"               a function, as Python source
    !ref tokens                             the result that an earlier step calls tokens
    ? !tuple [1, 2]                         a key of a dict; its value follows after a colon
    : 3
"""

from __future__ import annotations

import ast
import math
import re
import struct
from dataclasses import replace
from typing import Any

import yaml

from grader.errors import Diagnostics, SpecError, did_you_mean, spec_error
from grader.values import DTYPES, MAX_SEED, Array, Code, Generator, Ref, Value
from grader.values.dataclasses import dataclass
from grader.values.show import kind
from grader.values.syntax import parse_expression
from grader.values.wire_format import TORCH
from grader.yaml_reader.nodes import JsonSchema, Node, pairs, parse, read_items

INTEGER = re.compile(r"[-+]?[0-9]+(_[0-9]+)*")
_BASED = re.compile(r"[-+]?0(x[0-9a-fA-F]+|o[0-7]+|b[01]+)")
_FLOAT = re.compile(r"[-+]?([0-9]+(_[0-9]+)*(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
_PATH = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
_SPECIAL = re.compile(r"([-+]?)\.?(inf|nan)", re.IGNORECASE)
_TRUTH = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_GENERATORS = {"rng": "numpy", "random": "random"}
_DTYPE_AND_ITEMS = re.compile(r"(\w+)\s+(\S.*)", re.DOTALL)
_FUNCTIONS = ("function", "python")
_EXPECTED_FUNCTION = 'expected a function as Python source, like !python "lambda x: x * x"'
_ORDINARY = "tag:yaml.org,2002:"


@dataclass(frozen=True)
class AnyMapping:
    """A mapping of any keys to values of any kind: the arguments of a call."""

    def read(self, node: Node) -> tuple[tuple[Node, Value], ...]:
        diagnostics = Diagnostics()
        out: list[tuple[Node, Value]] = []
        for key, value in pairs(node, diagnostics):
            with diagnostics.gather():
                out.append((key, AnyValue().read(value)))
        diagnostics.raise_any()
        return tuple(out)

    def schema(self) -> JsonSchema:
        return {"type": "object"}


@dataclass(frozen=True)
class AnyArguments:
    """The arguments of a call: a mapping from their names, or a list."""

    def read(self, node: Node) -> tuple[tuple[Node | None, Value], ...]:
        if not node.is_list:
            return AnyMapping().read(node)
        return tuple((None, value) for value in read_items(node, AnyValue().read))

    def schema(self) -> JsonSchema:
        return {"type": ["object", "array"]}


@dataclass(frozen=True)
class AnyValue:
    """Any value that can be passed to a submission."""

    def read(self, node: Node) -> Value:
        if node.raw.tag:
            return _tagged(node, node.raw.tag)
        match node.raw:
            case yaml.ScalarNode():
                return _plain(node)
            case yaml.SequenceNode():
                return read_items(node, self.read)
            case _:
                return _dict(node)

    def schema(self) -> JsonSchema:
        return {}


def truth_value(node: Node) -> bool:
    """Return the truth value that a plain scalar spells: true, yes, on, false, no or off.

    Raises:
        SpecError: if the node is not one of these
    """
    if node.is_plain and (node.text or "").lower() in _TRUTH:
        return _TRUTH[(node.text or "").lower()]
    raise spec_error(node.at, f"expected true or false, found {node.label}")


def _plain(node: Node) -> Value:
    text = node.text or ""
    if not node.is_plain:
        return text
    if text in ("", "~", "null", "Null", "NULL", "None"):
        return None
    if text in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return text.lower() == "true"
    if INTEGER.fullmatch(text):
        try:
            return int(text)
        except ValueError:  # Python refuses to read more than some thousand digits
            raise spec_error(node.at, f"{len(text)} digits are too many for an integer") from None
    if _BASED.fullmatch(text):
        return int(text, 0)
    if special := _SPECIAL.fullmatch(text):
        return float(special[1] + special[2])
    if _FLOAT.fullmatch(text):
        number = float(text)
        if math.isinf(number):
            raise spec_error(node.at, f"{text} is too large for a float; write .inf for infinity")
        return number
    return text


def _dict(node: Node) -> Value:
    diagnostics = Diagnostics()
    out: dict[Value, Value] = {}
    first: dict[Value, Node] = {}
    for written, value in node.entries():
        with diagnostics.gather():
            key = AnyValue().read(written)
            if not _is_hashable(key):
                message = f"{written.label} cannot be the key of a dict; use ? !tuple [1, 2]"
                raise spec_error(written.at, message)
            if key in first:
                other = first[key]
                same = f"{written.label} is the same key as {other.label}"
                raise spec_error(written.at, f"{same} on line {other.at.line}; keep one")
            first[key] = written
            out[key] = AnyValue().read(value)
    diagnostics.raise_any()
    return out


def _is_hashable(value: Value) -> bool:
    """Return whether a value can be an element of a set; an array cannot, in NumPy."""
    if isinstance(value, tuple):
        return all(_is_hashable(item) for item in value)
    return not isinstance(value, list | set | dict | Array | Generator | Code)


def _tagged(node: Node, tag: str) -> Value:
    if tag.startswith(_ORDINARY):
        message = "YAML's own tags, with two !, are not supported"
        raise spec_error(node.at, f"{message}; quote a text, and use !tuple and !set")
    tag = tag.removeprefix("!")
    if tag in DTYPES:
        return array(node, tag)
    known = ["complex", "tuple", "set", "ref", "tensor", *_FUNCTIONS, *_GENERATORS, *DTYPES]
    if tag not in known:
        raise spec_error(node.at, f"unknown tag !{tag}{did_you_mean(tag, known)}")
    if tag == "complex":
        try:
            return complex((node.text or "").replace(" ", ""))
        except ValueError:
            raise spec_error(
                node.at, f"expected a complex number, like !complex 1+2j, found {node.label}"
            ) from None
    if tag in _GENERATORS:
        return Generator.of(_GENERATORS[tag], _seed(node, tag))
    if tag == "tensor":
        return _tensor(node)
    if tag in _FUNCTIONS:
        return _function(node, tag)
    if tag == "ref":
        if not _PATH.fullmatch(node.text or ""):
            raise spec_error(
                node.at, f"expected the name of a result, like !ref tokens, found {node.label}"
            )
        return Ref(node.text or "")
    items = tuple(read_items(node, AnyValue().read))
    if tag == "tuple":
        return items
    for written, item in zip(node.items(), items, strict=True):
        if not _is_hashable(item):
            message = f"a set cannot hold {kind(item)}; use !tuple for a list"
            raise spec_error(written.at, message)
    return set(items)


def _tensor(node: Node) -> Array:
    """Return the tensor that a dtype and nested lists of numbers describe."""
    entries = node.entries()
    if len(entries) == 1:
        (key, items) = entries[0]
        dtype = key.text or ""
    else:
        dtype, items = _dtype_and_items(node)
    if dtype not in DTYPES:
        known = did_you_mean(dtype, list(DTYPES))
        raise spec_error(node.at, f"unknown dtype {dtype!r} of a tensor{known}")
    return replace(array(items, dtype), library=TORCH)


def _dtype_and_items(node: Node) -> tuple[str, Node]:
    """Return the parts of a text like float32 [1, 2]."""
    text = f"expected a dtype and numbers, like !tensor float32 [1, 2], found {node.label}"
    match = _DTYPE_AND_ITEMS.fullmatch(node.text or "")
    if match is None:
        raise spec_error(node.at, text)
    before = len("!tensor ") + match.start(2) + (not node.is_plain)
    padding = " " * (node.at.column - 1 + before)
    try:
        return match[1], parse(padding + match[2], node.path, node.at.line)
    except SpecError:
        raise spec_error(node.at, f"{text}; is a bracket missing?") from None


def _function(node: Node, tag: str) -> Code:
    """Return the function that a node describes; `bank.function_arguments` checks its names."""
    text = (node.text or "").strip()
    found = "nothing" if not text and node.text is not None else node.label
    if tag == "function":
        if not _PATH.fullmatch(text):
            text = "expected the name of a function, like !function given.rules.square"
            raise spec_error(node.at, f"{text}, found {found}")
        return Code(text)
    try:
        tree = parse_expression(text)
        text = ast.unparse(tree) if "\n" in text else text
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        why = error.msg if text and isinstance(error, SyntaxError) else f"found {found}"
        raise spec_error(node.at, f"{_EXPECTED_FUNCTION}; {why}") from None
    if not isinstance(tree, ast.Lambda | ast.Name | ast.Attribute | ast.Call):
        raise spec_error(node.at, f"{_EXPECTED_FUNCTION}, found {found}")
    return Code(text)


def _seed(node: Node, tag: str) -> int:
    """Return the seed of a random generator."""
    text = node.text or ""
    if not re.fullmatch(r"[0-9]{1,10}", text) or int(text) > MAX_SEED:
        found = "nothing" if not text and node.text is not None else node.label
        message = f"expected a seed from 0 to {MAX_SEED}, like !{tag} 7, found {found}"
        raise spec_error(node.at, message)
    return int(text)


def array(node: Node, dtype: str) -> Array:
    """Return the array that nested lists of numbers describe.

    Raises:
        SpecError: if rows differ in length, or an element does not fit the dtype
    """
    flat: list[Any] = []
    diagnostics = Diagnostics()

    def visit(inner: Node) -> tuple[int, ...]:
        if not isinstance(inner.raw, yaml.SequenceNode):
            with diagnostics.gather():
                flat.extend(_elements(inner, dtype))
            return ()
        shapes = [visit(item) for item in inner.items()]
        for item, shape in zip(inner.items(), shapes, strict=True):
            if shape != shapes[0]:
                message = f"this row is {_row(shape)}, the first is {_row(shapes[0])}"
                diagnostics.add(item.at, f"{message}; give all rows of an array the same shape")
        return (len(shapes), *(shapes[0] if shapes else ()))

    shape = visit(node)
    diagnostics.raise_any()
    return Array(dtype, shape, struct.pack(f"<{len(flat)}{DTYPES[dtype]}", *flat))


def _row(shape: tuple[int, ...]) -> str:
    return f"of shape {shape}" if shape else "a single element"


def _elements(node: Node, dtype: str) -> tuple[bool | int | float, ...]:
    """Return an element of an array as `struct` packs it: two floats for a complex number."""
    if dtype == "bool":
        return (truth_value(node),)
    value = _tagged(node, "!complex") if dtype.startswith("complex") else _plain(node)
    parts: tuple[Any, ...] = (value,)
    if isinstance(value, complex):
        parts = (value.real, value.imag)
    try:
        if isinstance(value, bool):  # which struct would accept as an integer
            raise OverflowError
        struct.pack(f"<{len(parts)}{DTYPES[dtype]}", *parts)
    except (struct.error, OverflowError):
        raise spec_error(node.at, f"{node.label} does not fit into an array of {dtype}") from None
    return parts
