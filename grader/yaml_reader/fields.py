"""Fields of a YAML file: declared once, read into objects, written as JSON Schema.

A file is declared with the kinds below: a `Record` of `Field`s, a `ListOf`, a `Text`, a `Number`
and others. A kind converts a node into an object, or raises an error at its line and column. The
expected kind decides what a scalar means: `no` is a text where a text is expected, and false where
a truth value is expected.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Generic, Protocol, TypeVar

from grader.errors import Diagnostics, did_you_mean, spec_error
from grader.values.dataclasses import dataclass
from grader.yaml_reader.literals import INTEGER, AnyValue, truth_value
from grader.yaml_reader.nodes import JsonSchema, Node, T, has_key, pairs, read_items

T_co = TypeVar("T_co", covariant=True)
_POINTS = r"[0-9]{1,6}(\.[0-9]{1,6}|/0*[1-9][0-9]{0,5})?"


class Kind(Protocol[T_co]):
    """A kind of node: how it is read, and its JSON Schema."""

    def read(self, node: Node) -> T_co:
        """Return the node's content.

        Raises:
            SpecError: with every error in this node and below it
        """
        ...

    def schema(self) -> JsonSchema:
        """Return the JSON Schema of what `read` accepts, for editors."""
        ...


@dataclass(frozen=True)
class Text:
    """A text; it needs no quotes, even if it looks like a number or a truth value."""

    pattern: str = ""
    like: str = ""  # what the pattern accepts, for messages
    one_of: tuple[str, ...] = ()
    may_be_empty: bool = False
    one_of_where: str = ""  # where the known texts are from, like " in the bank problems"

    def read(self, node: Node) -> str:
        text = node.text
        if text is None:
            raise spec_error(node.at, f"expected a text, found {node.label}")
        if node.raw.tag.startswith("!"):
            expected = f"expected {self.like or 'a text'}, found the tag {node.raw.tag}"
            advice = "tags are not possible here; quote a text that begins with !"
            raise spec_error(node.at, f"{expected}; {advice}")
        if not text.strip() and not self.may_be_empty:
            raise spec_error(node.at, "expected a text, found an empty one")
        if self.one_of and text not in self.one_of:
            known = f"{self.one_of_where}{did_you_mean(text, self.one_of)}"
            raise spec_error(node.at, f"{node.label} is not known{known}")
        if self.pattern and not re.fullmatch(self.pattern, text):
            raise spec_error(node.at, f"expected {self.like}, found {node.label}")
        return text

    def schema(self) -> JsonSchema:
        if self.one_of:
            return {"enum": list(self.one_of)}
        # An editor reads an unquoted `no` as a truth value and `010` as a number; `read` does not.
        out: JsonSchema = {"type": ["string", "number", "boolean"]}
        if not self.may_be_empty:
            out["minLength"] = 1
        if self.pattern:
            out["pattern"] = f"^(?:{self.pattern})$"
        return out


@dataclass(frozen=True)
class Truth:
    """A truth value: true or false, also written yes and no."""

    def read(self, node: Node) -> bool:
        return truth_value(node)

    def schema(self) -> JsonSchema:
        return {"type": "boolean"}


@dataclass(frozen=True)
class Number:
    """A finite number: at least `minimum`, or greater than it if `above` is true."""

    minimum: float = 0.0
    above: bool = False  # whether `minimum` itself is too small

    def read(self, node: Node) -> float:
        value = AnyValue().read(node) if node.is_plain else None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise spec_error(node.at, f"expected a number, like 1e-6, found {node.label}")
        bound = f"{'greater than' if self.above else 'at least'} {self.minimum:g}"
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise spec_error(node.at, f"expected a finite number {bound}, found {node.label}")
        if number < self.minimum or (self.above and number == self.minimum):
            raise spec_error(node.at, f"expected a number {bound}, found {node.label}")
        return number

    def schema(self) -> JsonSchema:
        return {"type": "number", "exclusiveMinimum" if self.above else "minimum": self.minimum}


@dataclass(frozen=True)
class Whole:
    """A whole number from `minimum` to `maximum`."""

    minimum: int = 0
    maximum: int = 2**31

    def read(self, node: Node) -> int:
        if not node.is_plain or not INTEGER.fullmatch(node.text or ""):
            raise spec_error(node.at, f"expected a whole number, found {node.label}")
        value = AnyValue().read(node)
        if not isinstance(value, int) or not self.minimum <= value <= self.maximum:
            bounds = f"from {self.minimum} to {self.maximum}"
            raise spec_error(node.at, f"expected a whole number {bounds}, found {node.label}")
        return value

    def schema(self) -> JsonSchema:
        return {"type": "integer", "minimum": self.minimum, "maximum": self.maximum}


@dataclass(frozen=True)
class Points:
    """An exact number of points: 2, 0.5 or 1/3."""

    def read(self, node: Node) -> Fraction:
        text = node.text or ""
        if not re.fullmatch(_POINTS, text):
            raise spec_error(
                node.at, f"expected a number of points, like 2, 0.5 or 1/3, found {node.label}"
            )
        return Fraction(text)  # from the text: the float 0.1 is not a tenth

    def schema(self) -> JsonSchema:
        return {"type": ["number", "string"], "minimum": 0, "pattern": f"^(?:{_POINTS})$"}


@dataclass(frozen=True)
class ListOf(Generic[T]):
    """A list, every item of one kind."""

    item: Kind[T]
    min_items: int = 0

    def read(self, node: Node) -> tuple[T, ...]:
        if node.is_list and len(node.items()) < self.min_items:
            found = len(node.items())
            raise spec_error(node.at, f"expected {self.min_items} or more items, found {found}")
        return tuple(read_items(node, self.item.read))

    def schema(self) -> JsonSchema:
        return {"type": "array", "items": self.item.schema(), "minItems": self.min_items}


@dataclass(frozen=True)
class Field(Generic[T]):
    """A key of a record: how it is read, what it is for, and whether it is required."""

    kind: Kind[T]
    doc: str
    required: bool = False


@dataclass(frozen=True)
class Record(Generic[T]):
    """A mapping with known keys, read into an object by `make`.

    `make` is called with `node=` and the value of each key present; missing keys take the defaults
    of its signature.

    Attributes:
        one_of: groups of keys; exactly one key of each group is required
    """

    name: str
    make: Callable[..., T]
    fields: Mapping[str, Field[Any]]
    one_of: tuple[tuple[str, ...], ...] = ()

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
        for group in self.one_of:
            self._check_group(node, group, diagnostics)
        diagnostics.raise_any()
        return self.make(node=node, **found)

    def _check_group(self, node: Node, group: Sequence[str], diagnostics: Diagnostics) -> None:
        """Report a group of which the record has several keys, or none."""
        found = {key.text: key for key, _ in node.entries() if key.text in group}
        written = list(found.values())  # a key that is written twice is reported as such
        if len(written) > 1:
            first, second = written[0].text, written[1].text
            text = f"expected one of {_listed(group)}, found {first!r} and {second!r}; keep one"
            diagnostics.add(written[1].at, text)
        elif not written and not any(has_key(node, name, list(self.fields)) for name in group):
            doc = self.fields[group[0]].doc
            diagnostics.add(node.at, f"{self.name} needs the key {_listed(group)}: {doc}")

    def schema(self) -> JsonSchema:
        properties = {
            name: {"description": wanted.doc, **wanted.kind.schema()}
            for name, wanted in self.fields.items()
        }
        groups = [{"oneOf": [{"required": [name]} for name in group]} for group in self.one_of]
        return {
            "type": "object",
            "properties": properties,
            "required": [name for name, wanted in self.fields.items() if wanted.required],
            **({"allOf": groups} if groups else {}),
            "additionalProperties": False,
        }


def _listed(names: Sequence[str]) -> str:
    *first, last = map(repr, names)
    return f"{', '.join(first)} or {last}"
