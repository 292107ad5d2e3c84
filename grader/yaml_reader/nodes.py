"""YAML nodes that know their line and column.

`parse` composes a text into nodes without deciding what any scalar means: an author's file is read
against declared fields (`fields`), and values of any kind by their own rules (`literals`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import yaml

from grader.errors import Diagnostics, Location, SpecError, nearest, spec_error
from grader.values.codec import MAX_DEPTH
from grader.values.show import show

T = TypeVar("T")
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

    @property
    def is_list(self) -> bool:
        return isinstance(self.raw, yaml.SequenceNode)

    def items(self) -> list[Node]:
        """The items of a list; none if it is no list."""
        return [self.inside(raw) for raw in self.raw.value] if self.is_list else []

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
        raise spec_error(at, message) from None
    except RecursionError:
        raise spec_error(Location(path, first_line), "this is nested too deeply") from None
    if raw is None:
        raise spec_error(Location(path, first_line), "this is empty; keys and values belong here")
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
    return spec_error(Location(path, line + first_line, column + 1), f"this is not YAML: {text}")


def _refuse_cycles(node: Node, above: list[yaml.Node]) -> None:
    if any(node.raw is other for other in above):
        message = "an alias in this value refers to the value itself; write it out"
        raise spec_error(node.at, message)
    if len(above) > MAX_DEPTH:
        raise spec_error(node.at, f"this is nested more than {MAX_DEPTH} deep")
    if not isinstance(node.raw, yaml.ScalarNode):
        for child in node.raw.value:
            for part in child if isinstance(child, tuple) else (child,):
                if not isinstance(part, yaml.ScalarNode):
                    _refuse_cycles(node.inside(part), [*above, node.raw])


def read_items(node: Node, read: Callable[[Node], T]) -> list[T]:
    """Return what `read` makes of each item of a list.

    Raises:
        SpecError: if the node is not a list, or with everything that is wrong with its items
    """
    if not isinstance(node.raw, yaml.SequenceNode):
        raise spec_error(node.at, f"{node.what} stands where a list is expected")
    diagnostics = Diagnostics()
    items: list[T] = []
    for item in node.items():
        with diagnostics.gather():
            items.append(read(item))
    diagnostics.raise_any()
    return items


def pairs(node: Node, diagnostics: Diagnostics) -> list[tuple[Node, Node]]:
    """Keys and values of a mapping; a key that stands twice is complained of and left out.

    Raises:
        SpecError: if it is no mapping
    """
    if not isinstance(node.raw, yaml.MappingNode):
        raise spec_error(node.at, f"{node.what} stands where keys and values are expected")
    first: dict[str, Node] = {}
    out: list[tuple[Node, Node]] = []
    for key, value in node.entries():
        if key.text is None:
            diagnostics.add(key.at, f"{key.what} is used as a key; a key is a text")
        elif key.text in first:
            line = first[key.text].at.line
            diagnostics.add(
                key.at, f"the key {key.text!r} stands here and in line {line}; keep one"
            )
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
