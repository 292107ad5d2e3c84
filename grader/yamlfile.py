"""YAML whose every node knows its place, read against a declared form.

A file's form is declared once, of the kinds below: a `Record` of `Field`s, a `ListOf`, a `Text`, a
`Number`, …. A kind reads a node into what the program works with, or complains at its line and
column; and it writes its own JSON Schema, so that an editor knows the form too.

Scalars mean what an author expects. They are read by the kind that is due: `no` is a text where a
text is due and false where a truth value is. Where any value may stand (`AnyValue`) a plain scalar
is a number if it looks like one in Python or YAML 1.2, so `1e-6` is a float, `010` is ten and
`1:30` a text. Quoted scalars are always texts. What YAML has no word for is written with a tag:

    .nan  .inf  -.inf  nan  inf  -inf       the floats
    !complex 1+2j                           a complex number
    !tuple [1, 2]      !set [1, 2]          a tuple, a set
    !float32 [[1, 2], [3, 4]]               an array of that dtype (all of values.DTYPES)
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Generic, Protocol, TypeVar

import yaml

from grader.errors import Complaints, Location, complain, did_you_mean
from grader.values import DTYPES, Array, Value

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
JsonSchema = dict[str, Any]

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C parser is ten times faster

_INTEGER = re.compile(r"[-+]?[0-9]+(_[0-9]+)*")
_BASED = re.compile(r"[-+]?0(x[0-9a-fA-F]+|o[0-7]+|b[01]+)")
_FLOAT = re.compile(r"[-+]?([0-9]+(_[0-9]+)*\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")
_SPECIAL = re.compile(r"([-+]?)\.?(inf|nan)", re.IGNORECASE)
_TRUTH = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_ORDINARY = "tag:yaml.org,2002:"


@dataclass(frozen=True)
class Node:
    """A YAML node and where it stands."""

    raw: yaml.Node
    path: str
    first_line: int = 1  # of the YAML in its file: front matter does not begin at line 1

    @property
    def at(self) -> Location:
        mark = self.raw.start_mark
        return Location(self.path, mark.line + self.first_line, mark.column + 1)

    def inside(self, raw: yaml.Node) -> Node:
        return Node(raw, self.path, self.first_line)

    @property
    def text(self) -> str | None:
        """The text of a scalar as it was written; None for a list or a mapping."""
        return self.raw.value if isinstance(self.raw, yaml.ScalarNode) else None

    @property
    def is_plain(self) -> bool:
        return isinstance(self.raw, yaml.ScalarNode) and not self.raw.style

    @property
    def what(self) -> str:
        """The node in the words of a message."""
        if isinstance(self.raw, yaml.SequenceNode):
            return "a list"
        if isinstance(self.raw, yaml.MappingNode):
            return "a mapping"
        return repr(self.text) if self.text else "nothing"


def parse(text: str, path: str, first_line: int = 1) -> Node:
    """The root node of a YAML text.

    Raises:
        SpecError: if it is not YAML, is empty, or contains itself
    """
    # Compared to safe_load, compose stops before values are made, and keeps the places.
    try:
        raw = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line, mark.column) if mark else (0, 0)
        at = Location(path, line + first_line, column + 1)
        raise complain(at, f"this is not YAML: {error.problem or error.context}") from None
    except yaml.YAMLError as error:
        reason = str(error).splitlines()[0]
        raise complain(Location(path, first_line), f"this is not YAML: {reason}") from None
    if raw is None:
        raise complain(Location(path, first_line), "this is empty; keys and values belong here")
    node = Node(raw, path, first_line)
    _refuse_cycles(node, [])
    return node


def _refuse_cycles(node: Node, above: list[yaml.Node]) -> None:
    if any(node.raw is other for other in above):
        raise complain(node.at, "an alias refers to a node that contains it; write the value out")
    if not isinstance(node.raw, yaml.ScalarNode):
        for child in node.raw.value:
            for part in child if isinstance(child, tuple) else (child,):
                if not isinstance(part, yaml.ScalarNode):
                    _refuse_cycles(node.inside(part), [*above, node.raw])


class Kind(Protocol[T_co]):
    """How one sort of node is read."""

    def read(self, node: Node) -> T_co:
        """The node's content.

        Raises:
            SpecError: with all that is wrong below this node
        """
        ...

    def schema(self) -> JsonSchema:
        """The JSON Schema of what `read` accepts, for editors."""
        ...


@dataclass(frozen=True)
class Text:
    """A text; written without quotes it may look like anything."""

    pattern: str = ""
    like: str = ""  # what the pattern asks for, in words
    one_of: tuple[str, ...] = ()
    may_be_empty: bool = False

    def read(self, node: Node) -> str:
        text = node.text
        if text is None:
            raise complain(node.at, f"{node.what} stands where a text is expected")
        if not text.strip() and not self.may_be_empty:
            raise complain(node.at, "this is empty; a text is expected")
        if self.one_of and text not in self.one_of:
            known = did_you_mean(text, self.one_of)
            raise complain(node.at, f"{text!r} is not one of {', '.join(self.one_of)}{known}")
        if self.pattern and not re.fullmatch(self.pattern, text):
            raise complain(node.at, f"{text!r} is not {self.like}")
        return text

    def schema(self) -> JsonSchema:
        # An editor takes an unquoted `no` for a truth value and `010` for a number; we do not.
        out: JsonSchema = {"type": ["string", "number", "boolean"]}
        if self.one_of:
            out = {"enum": list(self.one_of)}
        if self.pattern:
            out = {"type": "string", "pattern": f"^(?:{self.pattern})$"}
        return out


@dataclass(frozen=True)
class Truth:
    """true or false, which may be written yes and no."""

    def read(self, node: Node) -> bool:
        if node.is_plain and (node.text or "").lower() in _TRUTH:
            return _TRUTH[(node.text or "").lower()]
        raise complain(node.at, f"{node.what} stands where true or false is expected")

    def schema(self) -> JsonSchema:
        return {"type": "boolean"}


@dataclass(frozen=True)
class Number:
    """A finite number, not negative unless `least` says so."""

    least: float = 0.0
    above: bool = False  # whether `least` itself is too small

    def read(self, node: Node) -> float:
        value = AnyValue().read(node) if node.is_plain else None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise complain(node.at, f"{node.what} stands where a number is expected, like 1e-6")
        if not math.isfinite(value):
            raise complain(node.at, f"{node.text} is not a finite number; write one like 1e-6")
        if value < self.least or (self.above and value == self.least):
            bound = f"{'greater than' if self.above else 'at least'} {self.least:g}"
            raise complain(node.at, f"{node.text} is too small; it must be {bound}")
        return float(value)

    def schema(self) -> JsonSchema:
        return {"type": "number", "exclusiveMinimum" if self.above else "minimum": self.least}


@dataclass(frozen=True)
class Whole:
    """A whole number from `least` on."""

    least: int = 0
    most: int = 2**31

    def read(self, node: Node) -> int:
        if not node.is_plain or not _INTEGER.fullmatch(node.text or ""):
            raise complain(node.at, f"{node.what} stands where a whole number is expected")
        value = int(node.text or "")
        if not self.least <= value <= self.most:
            raise complain(node.at, f"{value} is not between {self.least} and {self.most}")
        return value

    def schema(self) -> JsonSchema:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True)
class Points:
    """An exact number of points: 2, 0.5 or 1/3."""

    def read(self, node: Node) -> Fraction:
        text = node.text or ""
        if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6}|/0*[1-9][0-9]{0,5})?", text):
            raise complain(node.at, f"{node.what} is no number of points, like 2, 0.5 or 1/3")
        return Fraction(text)  # of the text: the float 0.1 is not a tenth

    def schema(self) -> JsonSchema:
        fraction = {"type": "string", "pattern": "^[0-9]+(/[1-9][0-9]*)?$"}
        return {"anyOf": [{"type": "number", "minimum": 0}, fraction]}


@dataclass(frozen=True)
class ListOf(Generic[T]):
    """A list, every item of one kind."""

    item: Kind[T]
    least: int = 0

    def read(self, node: Node) -> tuple[T, ...]:
        if not isinstance(node.raw, yaml.SequenceNode):
            raise complain(node.at, f"{node.what} stands where a list is expected")
        if len(node.raw.value) < self.least:
            raise complain(node.at, f"the list is too short; it needs {self.least} at least")
        complaints = Complaints()
        items: list[T] = []
        for raw in node.raw.value:
            with complaints.gather():
                items.append(self.item.read(node.inside(raw)))
        complaints.raise_any()
        return tuple(items)

    def schema(self) -> JsonSchema:
        return {"type": "array", "items": self.item.schema(), "minItems": self.least}


@dataclass(frozen=True)
class Field(Generic[T]):
    """A key of a record: what it is for, how it is read, and what it is if it is left out."""

    kind: Kind[T]
    doc: str
    required: bool = False


@dataclass(frozen=True)
class Record(Generic[T]):
    """A mapping with known keys; what is made of them gets the node and the keys present.

    `make` is called with `node=` and the value of each key there is; keys left out take the
    defaults of its signature.
    """

    name: str
    make: Callable[..., T]
    fields: Mapping[str, Field[Any]]

    def read(self, node: Node) -> T:
        complaints = Complaints()
        found: dict[str, Any] = {}
        for key, value in pairs(node, complaints):
            name = key.text or ""
            if name not in self.fields:
                known = did_you_mean(name, list(self.fields))
                complaints.add(key.at, f"{self.name} has no key {name!r}{known}")
                continue
            with complaints.gather():
                found[name] = self.fields[name].kind.read(value)
        present = {key.text for key, _ in pairs(node, Complaints())}
        for name, wanted in self.fields.items():
            if wanted.required and name not in present:
                complaints.add(node.at, f"{self.name} needs the key {name!r}: {wanted.doc}")
        complaints.raise_any()
        return self.make(node=node, **found)

    def schema(self) -> JsonSchema:
        properties = {
            name: {"description": wanted.doc, **wanted.kind.schema()}
            for name, wanted in self.fields.items()
        }
        return {
            "type": "object",
            "properties": properties,
            "required": [name for name, wanted in self.fields.items() if wanted.required],
            "additionalProperties": False,
        }


def pairs(node: Node, complaints: Complaints) -> list[tuple[Node, Node]]:
    """Keys and values of a mapping; a key that stands twice is complained of and left out.

    Raises:
        SpecError: if it is no mapping
    """
    if not isinstance(node.raw, yaml.MappingNode):
        raise complain(node.at, f"{node.what} stands where keys and values are expected")
    first: dict[str, Node] = {}
    out: list[tuple[Node, Node]] = []
    for raw_key, raw_value in node.raw.value:
        key = node.inside(raw_key)
        if key.text is None:
            complaints.add(key.at, f"{key.what} is used as a key; a key is a text")
        elif key.text in first:
            line = first[key.text].at.line
            complaints.add(key.at, f"the key {key.text!r} stands here and in line {line}; keep one")
        else:
            first[key.text] = key
            out.append((key, node.inside(raw_value)))
    return out


@dataclass(frozen=True)
class AnyMapping:
    """A mapping of free keys to values of any kind: the arguments of a call."""

    def read(self, node: Node) -> tuple[tuple[Node, Value], ...]:
        complaints = Complaints()
        out: list[tuple[Node, Value]] = []
        for key, value in pairs(node, complaints):
            with complaints.gather():
                out.append((key, AnyValue().read(value)))
        complaints.raise_any()
        return tuple(out)

    def schema(self) -> JsonSchema:
        return {"type": "object"}


@dataclass(frozen=True)
class AnyValue:
    """Any of the values that can be passed to a submission."""

    def read(self, node: Node) -> Value:
        tag = node.raw.tag or ""
        if not tag.startswith(_ORDINARY) and tag != "!":
            return _tagged(node, tag.removeprefix("!"))
        if tag.removeprefix(_ORDINARY) in ("binary", "omap", "pairs", "set"):
            raise complain(node.at, "the tags of YAML itself are not used here; see !tuple, !set")
        match node.raw:
            case yaml.ScalarNode():
                return _plain(node)
            case yaml.SequenceNode():
                return list(ListOf(AnyValue()).read(node))
            case _:
                return {_plain(key): value for key, value in AnyMapping().read(node)}

    def schema(self) -> JsonSchema:
        return {}


def _plain(node: Node) -> Value:
    text = node.text or ""
    if not node.is_plain:
        return text
    if text in ("", "~", "null", "Null", "NULL", "None"):
        return None
    if text in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return text.lower() == "true"
    if len(text) > 1000:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _BASED.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text) or _SPECIAL.fullmatch(text):
        return float(text.replace(".inf", "inf").replace(".nan", "nan"))
    return text


def _tagged(node: Node, tag: str) -> Value:
    if tag in DTYPES:
        return array(node, tag)
    known = ["complex", "tuple", "set", *DTYPES]
    if tag not in known:
        raise complain(node.at, f"there is no tag !{tag}{did_you_mean(tag, known)}")
    if tag == "complex":
        try:
            return complex((node.text or "").replace(" ", ""))
        except ValueError:
            raise complain(node.at, f"{node.what} is not complex, like !complex 1+2j") from None
    items = ListOf(AnyValue()).read(node)
    if tag == "tuple":
        return tuple(items)
    try:
        return set(items)
    except TypeError:
        raise complain(node.at, "a set cannot hold lists, sets or dicts; use !tuple") from None


def array(node: Node, dtype: str) -> Array:
    """The array that nested lists of numbers describe.

    Raises:
        SpecError: if they are ragged, or an element does not fit the dtype
    """
    flat: list[Any] = []

    def visit(inner: Node) -> tuple[int, ...]:
        if not isinstance(inner.raw, yaml.SequenceNode):
            flat.extend(_elements(inner, dtype))
            return ()
        shapes = [visit(inner.inside(raw)) for raw in inner.raw.value]
        for raw, shape in zip(inner.raw.value, shapes, strict=True):
            if shape != shapes[0]:
                at = inner.inside(raw).at
                raise complain(at, f"an array is not ragged: shape {shape} after {shapes[0]}")
        return (len(shapes), *(shapes[0] if shapes else ()))

    shape = visit(node)
    return Array(dtype, shape, struct.pack(f"<{len(flat)}{DTYPES[dtype]}", *flat))


def _elements(node: Node, dtype: str) -> tuple[bool | int | float, ...]:
    """One element of an array as `struct` packs it: itself, or both parts of a complex number."""
    value = _tagged(node, "complex") if dtype.startswith("complex") else _plain(node)
    fits: type | tuple[type, ...] = (int, float, complex)
    if dtype == "bool":
        fits = bool
    elif "int" in dtype:
        fits = int
    parts: tuple[Any, ...] = (value,)
    if isinstance(value, complex):
        parts = (value.real, value.imag)
    try:
        if not isinstance(value, fits) or (isinstance(value, bool) and dtype != "bool"):
            raise OverflowError
        struct.pack(f"<{len(parts)}{DTYPES[dtype]}", *parts)
    except (struct.error, OverflowError):
        raise complain(node.at, f"{node.what} does not fit into an array of {dtype}") from None
    return parts
