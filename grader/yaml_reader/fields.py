"""Fields of a YAML file: declared once, read into objects, written as JSON Schema.

A file's form is declared of the kinds below: a `Record` of `Field`s, a `ListOf`, a `Text`, a
`Number`, …. A kind reads a node into what the program works with, or complains at its line and
column. Scalars are read by the kind that is expected: `no` is a text where a text is expected and
false where a truth value is.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Generic, Protocol, TypeVar

from grader.errors import Diagnostics, did_you_mean, spec_error
from grader.yaml_reader.literals import INTEGER, AnyValue, truth_value
from grader.yaml_reader.nodes import JsonSchema, Node, T, has_key, pairs, read_items

T_co = TypeVar("T_co", covariant=True)
_POINTS = r"[0-9]{1,6}(\.[0-9]{1,6}|/0*[1-9][0-9]{0,5})?"


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
            raise spec_error(node.at, f"{node.what} stands where a text is expected")
        if not text.strip() and not self.may_be_empty:
            raise spec_error(node.at, "this is empty; a text is expected")
        if self.one_of and text not in self.one_of:
            raise spec_error(node.at, f"{node.what} is not known{did_you_mean(text, self.one_of)}")
        if self.pattern and not re.fullmatch(self.pattern, text):
            raise spec_error(node.at, f"{node.what} is not {self.like}")
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
        return truth_value(node)

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
            raise spec_error(node.at, f"{node.what} stands where a number is expected, like 1e-6")
        bound = f"{'greater than' if self.above else 'at least'} {self.least:g}"
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise spec_error(node.at, f"{node.what} is no finite number; it must be {bound}")
        if number < self.least or (self.above and number == self.least):
            raise spec_error(node.at, f"{node.what} is too small; it must be {bound}")
        return number

    def schema(self) -> JsonSchema:
        return {"type": "number", "exclusiveMinimum" if self.above else "minimum": self.least}


@dataclass(frozen=True)
class Whole:
    """A whole number from `least` on."""

    least: int = 0
    most: int = 2**31

    def read(self, node: Node) -> int:
        if not node.is_plain or not INTEGER.fullmatch(node.text or ""):
            raise spec_error(node.at, f"{node.what} stands where a whole number is expected")
        value = AnyValue().read(node)
        if not isinstance(value, int) or not self.least <= value <= self.most:
            raise spec_error(node.at, f"{node.what} is not between {self.least} and {self.most}")
        return value

    def schema(self) -> JsonSchema:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True)
class Points:
    """An exact number of points: 2, 0.5 or 1/3."""

    def read(self, node: Node) -> Fraction:
        text = node.text or ""
        if not re.fullmatch(_POINTS, text):
            raise spec_error(node.at, f"{node.what} is no number of points, like 2, 0.5 or 1/3")
        return Fraction(text)  # of the text: the float 0.1 is not a tenth

    def schema(self) -> JsonSchema:
        return {"type": ["number", "string"], "minimum": 0, "pattern": f"^(?:{_POINTS})$"}


@dataclass(frozen=True)
class ListOf(Generic[T]):
    """A list, every item of one kind."""

    item: Kind[T]
    least: int = 0

    def read(self, node: Node) -> tuple[T, ...]:
        if node.is_list and len(node.items()) < self.least:
            raise spec_error(node.at, f"the list is too short; it needs {self.least} at least")
        return tuple(read_items(node, self.item.read))

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
        diagnostics = Diagnostics()
        found: dict[str, Any] = {}
        for key, value in pairs(node, diagnostics):
            name = key.text or ""
            if name not in self.fields:
                known = did_you_mean(name, list(self.fields))
                diagnostics.add(key.at, f"{self.name} has no key {name!r}{known}")
                continue
            with diagnostics.gather():
                found[name] = self.fields[name].kind.read(value)
        for name, wanted in self.fields.items():
            if wanted.required and not has_key(node, name, list(self.fields)):
                diagnostics.add(node.at, f"{self.name} needs the key {name!r}: {wanted.doc}")
        diagnostics.raise_any()
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
