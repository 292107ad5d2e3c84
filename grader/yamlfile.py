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
    ? !tuple [1, 2]                         a key of a dict; its value follows behind a colon
    : 3
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Generic, Protocol, TypeVar

import yaml

from grader.errors import Complaints, Location, SpecError, complain, did_you_mean, nearest
from grader.values import DTYPES, Array, Value
from grader.values.codec import MAX_DEPTH
from grader.values.show import kind, show

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
JsonSchema = dict[str, Any]


class _WithoutGuesses:
    """Leaves untagged what was written without a tag: what it is, the kind that is due decides."""

    def resolve(self, kind: object, value: object, implicit: object) -> str:
        return ""


# The C parser is ten times faster.
_Loader: Any = type("_Loader", (_WithoutGuesses, getattr(yaml, "CSafeLoader", yaml.SafeLoader)), {})

# What the parser complains of, and what would be right.
_ADVICE = {
    "cannot start any token": "a text that begins so needs quotes; indentation must be spaces",
    "mapping values are not allowed": "a text with a colon and a space in it needs quotes",
    "unknown escape": "in double quotes write \\\\ for a backslash, or use single quotes",
    "undefined alias": "a text that begins with * needs quotes",
    "expected alphabetic": "a text that begins with * or & needs quotes",
    "undefined tag handle": "a text that begins with ! needs quotes",
    "expected key": "is this line indented as those above it?",
    "expected '-' indicator": "is this line indented as those above it?",
    "expected ','": "is a comma or a bracket missing?",
    "end of stream": "is a closing quote missing?",
    "could not find expected ':'": "is a colon missing?",
    "another document": "leave out the line of three hyphens",
}
# Where the parser notices too late, and the place to edit is where it began to read.
_TOO_LATE = ("end of stream", "could not find expected ':'", "expected alphabetic")

_INTEGER = re.compile(r"[-+]?[0-9]+(_[0-9]+)*")
_BASED = re.compile(r"[-+]?0(x[0-9a-fA-F]+|o[0-7]+|b[01]+)")
_FLOAT = re.compile(r"[-+]?([0-9]+(_[0-9]+)*(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
_SPECIAL = re.compile(r"([-+]?)\.?(inf|nan)", re.IGNORECASE)
_POINTS = r"[0-9]{1,6}(\.[0-9]{1,6}|/0*[1-9][0-9]{0,5})?"
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
    def is_mapping(self) -> bool:
        return isinstance(self.raw, yaml.MappingNode)

    def items(self) -> list[Node]:
        """The items of a list; none if it is no list."""
        is_list = isinstance(self.raw, yaml.SequenceNode)
        return [self.inside(raw) for raw in self.raw.value] if is_list else []

    def entries(self) -> list[tuple[Node, Node]]:
        """The keys and values of a mapping as they were written; none if it is no mapping."""
        both = self.raw.value if self.is_mapping else []
        return [(self.inside(key), self.inside(value)) for key, value in both]

    def get(self, key: str) -> Node | None:
        """The value of a key, if this is a mapping that has it."""
        return next((value for each, value in self.entries() if each.text == key), None)

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
        if self.is_plain:
            return show(self.text) if self.text else "nothing"
        return f"the text {show(self.text)}"


def parse(text: str, path: str, first_line: int = 1) -> Node:
    """The root node of a YAML text.

    Raises:
        SpecError: if it is not YAML, is empty, is nested too deeply, or contains itself
    """
    # Compared to safe_load, compose stops before values are made, and keeps the places.
    try:
        raw = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        raise _no_yaml(error, path, first_line) from None
    except yaml.reader.ReaderError as error:
        before = text[: text.find(chr(error.character))]
        at = Location(path, before.count("\n") + first_line, len(before) - before.rfind("\n"))
        message = f"the character U+{error.character:04X} must not stand here; take it out"
        raise complain(at, message) from None
    except RecursionError:
        raise complain(Location(path, first_line), "this is nested too deeply") from None
    if raw is None:
        raise complain(Location(path, first_line), "this is empty; keys and values belong here")
    node = Node(raw, path, first_line)
    _refuse_cycles(node, [])
    return node


def _no_yaml(error: yaml.MarkedYAMLError, path: str, first_line: int) -> SpecError:
    """What the parser says, at the place to edit, with what would be right."""
    problem, context = error.problem or "", error.context or ""
    mark, other = error.problem_mark, error.context_mark
    if other is not None and any(part in problem for part in _TOO_LATE):
        mark, other = other, mark
    if mark is None:
        mark, other = other, None
    text = ", ".join(part for part in (context, problem) if part)
    if context and other is not None and mark is not None and other.line < mark.line:
        text += f" (begun in line {other.line + first_line})"
    text += next((f"; {advice}" for part, advice in _ADVICE.items() if part in problem), "")
    line, column = (mark.line, mark.column) if mark is not None else (0, 0)
    return complain(Location(path, line + first_line, column + 1), f"this is not YAML: {text}")


def _refuse_cycles(node: Node, above: list[yaml.Node]) -> None:
    if any(node.raw is other for other in above):
        message = "an alias in this value refers to the value itself; write it out"
        raise complain(node.at, message)
    if len(above) > MAX_DEPTH:
        raise complain(node.at, f"this is nested more than {MAX_DEPTH} deep")
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
            raise complain(node.at, f"{node.what} is not known{did_you_mean(text, self.one_of)}")
        if self.pattern and not re.fullmatch(self.pattern, text):
            raise complain(node.at, f"{node.what} is not {self.like}")
        return text

    def schema(self) -> JsonSchema:
        if self.one_of:
            return {"enum": list(self.one_of)}
        # An editor takes an unquoted `no` for a truth value and `010` for a number; we do not.
        out: JsonSchema = {"type": ["string", "number", "boolean"]}
        if not self.may_be_empty:
            out["minLength"] = 1
        if self.pattern:
            out["pattern"] = f"^(?:{self.pattern})$"
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
        bound = f"{'greater than' if self.above else 'at least'} {self.least:g}"
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise complain(node.at, f"{node.what} is no finite number; it must be {bound}")
        if number < self.least or (self.above and number == self.least):
            raise complain(node.at, f"{node.what} is too small; it must be {bound}")
        return number

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
        value = AnyValue().read(node)
        if not isinstance(value, int) or not self.least <= value <= self.most:
            raise complain(node.at, f"{node.what} is not between {self.least} and {self.most}")
        return value

    def schema(self) -> JsonSchema:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True)
class Points:
    """An exact number of points: 2, 0.5 or 1/3."""

    def read(self, node: Node) -> Fraction:
        text = node.text or ""
        if not re.fullmatch(_POINTS, text):
            raise complain(node.at, f"{node.what} is no number of points, like 2, 0.5 or 1/3")
        return Fraction(text)  # of the text: the float 0.1 is not a tenth

    def schema(self) -> JsonSchema:
        return {"type": ["number", "string"], "minimum": 0, "pattern": f"^(?:{_POINTS})$"}


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
        for item in node.items():
            with complaints.gather():
                items.append(self.item.read(item))
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
        for name, wanted in self.fields.items():
            if wanted.required and not has_key(node, name, list(self.fields)):
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
    for key, value in node.entries():
        if key.text is None:
            complaints.add(key.at, f"{key.what} is used as a key; a key is a text")
        elif key.text in first:
            line = first[key.text].at.line
            complaints.add(key.at, f"the key {key.text!r} stands here and in line {line}; keep one")
        else:
            first[key.text] = key
            out.append((key, value))
    return out


def has_key(node: Node, name: str, known: Sequence[str]) -> bool:
    """Whether a mapping has a key, be it misspelt: an unknown one is complained of already."""
    written = [key.text or "" for key, _ in node.entries()]
    return name in written or any(
        nearest(each, known) == name for each in written if each not in known
    )


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
        if node.raw.tag:
            return _tagged(node, node.raw.tag)
        match node.raw:
            case yaml.ScalarNode():
                return _plain(node)
            case yaml.SequenceNode():
                return list(ListOf(AnyValue()).read(node))
            case _:
                return _dict(node)

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
    if _INTEGER.fullmatch(text):
        try:
            return int(text)
        except ValueError:  # Python reads no more than some thousand digits
            raise complain(node.at, f"an integer of {len(text)} digits is too long") from None
    if _BASED.fullmatch(text):
        return int(text, 0)
    if special := _SPECIAL.fullmatch(text):
        return float(special[1] + special[2])
    if _FLOAT.fullmatch(text):
        number = float(text)
        if math.isinf(number):
            raise complain(node.at, f"{text} is more than a float can hold; infinity is .inf")
        return number
    return text


def _dict(node: Node) -> Value:
    complaints = Complaints()
    out: dict[Value, Value] = {}
    first: dict[Value, Node] = {}
    for written, value in node.entries():
        with complaints.gather():
            key = AnyValue().read(written)
            if not _is_hashable(key):
                message = f"{written.what} cannot be the key of a dict; use ? !tuple [1, 2]"
                raise complain(written.at, message)
            if key in first:
                other = first[key]
                same = f"{written.what} is the same key as {other.what}"
                raise complain(written.at, f"{same} in line {other.at.line}; keep one")
            first[key] = written
            out[key] = AnyValue().read(value)
    complaints.raise_any()
    return out


def _is_hashable(value: Value) -> bool:
    """Whether it can be an element of a set. An array cannot, once it is NumPy's."""
    if isinstance(value, tuple):
        return all(_is_hashable(item) for item in value)
    return not isinstance(value, list | set | dict | Array)


def _tagged(node: Node, tag: str) -> Value:
    if tag.startswith(_ORDINARY):
        message = "the tags of YAML itself, with two !, are not used here"
        raise complain(node.at, f"{message}; put a text in quotes, and see !tuple and !set")
    tag = tag.removeprefix("!")
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
        return items
    for written, item in zip(node.items(), items, strict=True):
        if not _is_hashable(item):
            message = f"a set cannot hold {kind(item)}; use !tuple for a list"
            raise complain(written.at, message)
    return set(items)


def array(node: Node, dtype: str) -> Array:
    """The array that nested lists of numbers describe.

    Raises:
        SpecError: if they are ragged, or an element does not fit the dtype
    """
    flat: list[Any] = []
    complaints = Complaints()

    def visit(inner: Node) -> tuple[int, ...]:
        if not isinstance(inner.raw, yaml.SequenceNode):
            with complaints.gather():
                flat.extend(_elements(inner, dtype))
            return ()
        shapes = [visit(item) for item in inner.items()]
        for item, shape in zip(inner.items(), shapes, strict=True):
            if shape != shapes[0]:
                message = f"this row is {_row(shape)}, the first is {_row(shapes[0])}"
                complaints.add(item.at, f"{message}; the rows of an array have one length")
        return (len(shapes), *(shapes[0] if shapes else ()))

    shape = visit(node)
    complaints.raise_any()
    return Array(dtype, shape, struct.pack(f"<{len(flat)}{DTYPES[dtype]}", *flat))


def _row(shape: tuple[int, ...]) -> str:
    return f"of shape {shape}" if shape else "a single element"


def _elements(node: Node, dtype: str) -> tuple[bool | int | float, ...]:
    """One element of an array as `struct` packs it: itself, or both parts of a complex number."""
    if dtype == "bool":
        return (Truth().read(node),)
    value = _tagged(node, "!complex") if dtype.startswith("complex") else _plain(node)
    parts: tuple[Any, ...] = (value,)
    if isinstance(value, complex):
        parts = (value.real, value.imag)
    try:
        if isinstance(value, bool):  # which struct would take for an integer
            raise OverflowError
        struct.pack(f"<{len(parts)}{DTYPES[dtype]}", *parts)
    except (struct.error, OverflowError):
        raise complain(node.at, f"{node.what} does not fit into an array of {dtype}") from None
    return parts
