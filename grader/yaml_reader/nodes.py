"""YAML nodes that know their line and column.

`parse` composes a text into nodes without deciding what any scalar means: an author's file is read
against declared fields (`fields`), and values of any kind by their own rules (`literals`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import yaml

from grader.errors import Diagnostics, Location, SpecError, nearest, spec_error
from grader.values.dataclasses import dataclass
from grader.values.show import show
from grader.values.wire_format import MAX_DEPTH

T = TypeVar("T")
JsonSchema = dict[str, Any]
MAX_NODES = 1_000_000  # of a file, with aliases written out


class _WithoutGuesses:
    """Leave scalars without a tag untagged: the field that reads one decides what it means."""

    def resolve(self, kind: object, value: object, implicit: object) -> str:
        return ""


# The C parser is ten times faster.
_Loader: Any = type("_Loader", (_WithoutGuesses, getattr(yaml, "CSafeLoader", yaml.SafeLoader)), {})
# Parts of the parser's messages, and what to do about each.
_ADVICE = {
    "cannot start any token": "quote a text that begins like this; indent with spaces",
    "mapping values are not allowed": "quote a text that contains a colon and a space, or indent"
    " this line like those above it",
    "tab character": "indent with spaces",
    "unknown escape": "in double quotes write \\\\ for a backslash, or use single quotes",
    "undefined alias": "quote a text that begins with *",
    "expected alphabetic": "quote a text that begins with * or &",
    "undefined tag handle": "quote a text that begins with !",
    "expected key": "is this line indented like those above it?",
    "expected '-' indicator": "is this line indented like those above it?",
    "expected whitespace": "write a space after a word that begins with !",
    "expected ','": "is a comma or a bracket missing?",
    "end of stream": "is a closing quote missing?",
    "could not find expected ':'": "is a colon missing?",
    "another document": "remove the line of three hyphens",
}
# Messages that come late: the place to edit is where the parser began to read.
_TOO_LATE = ("end of stream", "could not find expected ':'", "expected alphabetic")


@dataclass(frozen=True)
class Node:
    """A YAML node and its place in a file."""

    raw: yaml.Node
    path: str
    first_line: int = 1  # line of the file at which the YAML begins; front matter begins at 2

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
        """Return the items of a list, or nothing for any other node."""
        return [self.inside(raw) for raw in self.raw.value] if self.is_list else []

    def entries(self) -> list[tuple[Node, Node]]:
        """Return the keys and values of a mapping as written, or nothing for any other node."""
        both = self.raw.value if self.is_mapping else []
        return [(self.inside(key), self.inside(value)) for key, value in both]

    def get(self, key: str) -> Node | None:
        """Return the value of a key, or None if this is not a mapping that has it."""
        return next((value for each, value in self.entries() if each.text == key), None)

    @property
    def text(self) -> str | None:
        """Text of a scalar as written; None for a list or a mapping."""
        return self.raw.value if isinstance(self.raw, yaml.ScalarNode) else None

    @property
    def is_plain(self) -> bool:
        return isinstance(self.raw, yaml.ScalarNode) and not self.raw.style

    @property
    def label(self) -> str:
        """Name of the node in a message."""
        if isinstance(self.raw, yaml.SequenceNode):
            return "a list"
        if isinstance(self.raw, yaml.MappingNode):
            return "a mapping"
        if self.is_plain:
            return show(self.text) if self.text else "nothing"
        return f"the text {show(self.text)}"


def parse(text: str, path: str, first_line: int = 1) -> Node:
    """Return the root node of a YAML text.

    Args:
        text: the YAML
        path: the file it is from, for messages
        first_line: the line of the file at which it begins

    Raises:
        SpecError: if the text is not valid YAML, is empty, is nested too deeply, contains itself,
            or becomes too large because of aliases
    """
    # Unlike safe_load, compose keeps the places and makes no values.
    try:
        raw = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, path, first_line) from None
    except yaml.reader.ReaderError as error:
        before = text[: text.find(chr(error.character))]
        at = Location(path, before.count("\n") + first_line, len(before) - before.rfind("\n"))
        message = f"the character U+{error.character:04X} is not allowed here; remove it"
        raise spec_error(at, message) from None
    except RecursionError:
        raise spec_error(Location(path, first_line), "nested too deeply") from None
    if raw is None:
        raise spec_error(Location(path, first_line), "expected keys and values, found nothing")
    node = Node(raw, path, first_line)
    _Extent().measure(node)
    return node


def _syntax_error(error: yaml.MarkedYAMLError, path: str, first_line: int) -> SpecError:
    """Return the parser's message at the place to edit, with what to do about it."""
    problem, context = error.problem or "", error.context or ""
    mark, other = error.problem_mark, error.context_mark
    if other is not None and any(part in problem for part in _TOO_LATE):
        mark, other = other, mark
    if mark is None:
        mark, other = other, None
    text = ", ".join(part for part in (context, problem) if part)
    if context and other is not None and mark is not None and other.line < mark.line:
        text += f" (begun on line {other.line + first_line})"
    text += next((f"; {advice}" for part, advice in _ADVICE.items() if part in problem), "")
    line, column = (mark.line, mark.column) if mark is not None else (0, 0)
    return spec_error(Location(path, line + first_line, column + 1), f"not valid YAML: {text}")


class _Extent:
    """How deep and how large nodes are, with aliases written out; each node is visited once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[int, int]] = {}  # levels and nodes
        self._above: set[int] = set()

    def measure(self, node: Node) -> tuple[int, int]:
        """Return the levels and the number of nodes of a node with everything in it.

        Raises:
            SpecError: if it contains itself, is too deep, or is too large
        """
        if isinstance(node.raw, yaml.ScalarNode):
            return 0, 1
        me = id(node.raw)
        if me in self._above:
            message = "an alias in this value refers to the value itself; write the value out"
            raise spec_error(node.at, message)
        if me not in self._known:
            self._above.add(me)
            if len(self._above) > MAX_DEPTH + 1:
                raise spec_error(node.at, f"nested more than {MAX_DEPTH} levels deep")
            inside = [
                self.measure(node.inside(part))
                for child in node.raw.value
                for part in (child if isinstance(child, tuple) else (child,))
            ]
            self._above.remove(me)
            levels = 1 + max((each for each, _ in inside), default=0)
            self._known[me] = levels, 1 + sum(each for _, each in inside)
        levels, nodes = self._known[me]
        if len(self._above) + levels > MAX_DEPTH + 1:
            raise spec_error(node.at, f"nested more than {MAX_DEPTH} levels deep")
        if nodes > MAX_NODES:
            message = f"with its aliases written out, this has more than {MAX_NODES:,} values"
            raise spec_error(node.at, f"{message}; write fewer")
        return levels, nodes


def read_items(node: Node, read: Callable[[Node], T]) -> list[T]:
    """Return what `read` makes of each item of a list.

    Raises:
        SpecError: if the node is not a list, or with everything that is wrong with its items
    """
    if not isinstance(node.raw, yaml.SequenceNode):
        raise spec_error(node.at, f"expected a list, found {node.label}")
    diagnostics = Diagnostics()
    items: list[T] = []
    for item in node.items():
        with diagnostics.gather():
            items.append(read(item))
    diagnostics.raise_any()
    return items


def pairs(node: Node, diagnostics: Diagnostics) -> list[tuple[Node, Node]]:
    """Return the keys and values of a mapping, without duplicate keys, which are reported.

    Raises:
        SpecError: if the node is not a mapping
    """
    if not isinstance(node.raw, yaml.MappingNode):
        raise spec_error(node.at, f"expected keys and values, found {node.label}")
    first: dict[str, Node] = {}
    out: list[tuple[Node, Node]] = []
    for key, value in node.entries():
        if key.text is None:
            diagnostics.add(key.at, f"expected a text as a key, found {key.label}")
        elif key.text in first:
            _report_duplicate(key, first[key.text], "key", "keep one", diagnostics)
        else:
            first[key.text] = key
            out.append((key, value))
    return out


def report_duplicates(
    nodes: Iterable[Node],
    noun: str,
    diagnostics: Diagnostics,
    advice: str = "keep one",
    same: Callable[[str], str] = str,
) -> None:
    """Report each text that was used before.

    Args:
        nodes: without a text, one is left out
        noun: what the texts are, for messages
        same: returns what is equal for texts that mean the same
    """
    first: dict[str, Node] = {}
    for node in nodes:
        if node.text:
            known = first.setdefault(same(node.text), node)
            if known is not node:
                _report_duplicate(node, known, noun, advice, diagnostics)


def _report_duplicate(
    node: Node, first: Node, noun: str, advice: str, diagnostics: Diagnostics
) -> None:
    used = f"first used on line {first.at.line}"
    diagnostics.add(node.at, f"duplicate {noun} {node.text!r} ({used}); {advice}")


def has_key(node: Node, name: str, known: Sequence[str]) -> bool:
    """Return whether a mapping has a key, even misspelt: an unknown key is reported already."""
    written = [key.text or "" for key, _ in node.entries()]
    return name in written or any(
        nearest(each, known) == name for each in written if each not in known
    )
