"""Fields of an assignment about single students or teams, who are named by any id or name."""

from __future__ import annotations

from fractions import Fraction
from typing import Generic, NamedTuple, TypeVar

from grader.errors import Diagnostics, spec_error
from grader.values.dataclasses import dataclass
from grader.yaml_reader.fields import Kind, ListOf, Points, Text
from grader.yaml_reader.nodes import JsonSchema, Node, pairs

T = TypeVar("T")

ALL = "all"  # instead of a list of problems
REASON = "why"  # among the problems of a score by hand


@dataclass(frozen=True)
class ByName(Generic[T]):
    """Values by the names of students or teams."""

    kind: Kind[T]

    def read(self, node: Node) -> tuple[tuple[Node, T], ...]:
        """Return the nodes of the names with their values; see `fields.Kind`."""
        diagnostics = Diagnostics()
        out: list[tuple[Node, T]] = []
        for key, value in pairs(node, diagnostics):
            with diagnostics.gather():
                out.append((key, self.kind.read(value)))
        diagnostics.raise_any()
        return tuple(out)

    def schema(self) -> JsonSchema:
        """See `fields.Kind`."""
        return {"type": "object", "additionalProperties": self.kind.schema()}


class RawScores(NamedTuple):
    """Scores by hand, as written: the nodes of problems with their points, and the reason."""

    points: tuple[tuple[Node, Fraction], ...]
    reason: str


@dataclass(frozen=True)
class Scores:
    """Points by problem, and the reason: `{dr-grpo: 9, why: regrade of 3 December}`."""

    def read(self, node: Node) -> RawScores:
        """See `fields.Kind`."""
        diagnostics = Diagnostics()
        points: list[tuple[Node, Fraction]] = []
        reason = ""
        for key, value in pairs(node, diagnostics):
            with diagnostics.gather():
                if key.text == REASON:
                    reason = Text().read(value).strip()
                else:
                    points.append((key, Points().read(value)))
        if not diagnostics.found and not reason:
            diagnostics.add(node.at, f"a score by hand needs a reason; add the key `{REASON}`")
        if not diagnostics.found and not points:
            diagnostics.add(node.at, "there is no score; add a problem with its points")
        diagnostics.raise_any()
        return RawScores(tuple(points), reason)

    def schema(self) -> JsonSchema:
        """See `fields.Kind`."""
        return {
            "type": "object",
            "properties": {REASON: Text().schema()},
            "required": [REASON],
            "minProperties": 2,
            "additionalProperties": Points().schema(),
        }


@dataclass(frozen=True)
class Comments:
    """A comment on the assignment, or comments by problem: `{dr-grpo: see line 7}`."""

    def read(self, node: Node) -> tuple[tuple[Node | None, str], ...]:
        """Return the nodes of problems, None for the assignment, with texts; see `fields.Kind`."""
        if node.text is not None:
            return ((None, Text().read(node).strip()),)
        diagnostics = Diagnostics()
        found: list[tuple[Node | None, str]] = []
        for key, value in pairs(node, diagnostics):
            with diagnostics.gather():
                found.append((key, Text().read(value).strip()))
        if not diagnostics.found and not found:
            diagnostics.add(node.at, "there is no comment; write a text, or a problem with a text")
        diagnostics.raise_any()
        return tuple(found)

    def schema(self) -> JsonSchema:
        """See `fields.Kind`."""
        by_problem = {"type": "object", "additionalProperties": Text().schema(), "minProperties": 1}
        return {"anyOf": [Text().schema(), by_problem]}


@dataclass(frozen=True)
class Problems:
    """A list of problems, or `all` of the assignment."""

    def read(self, node: Node) -> tuple[Node, ...]:
        """Return the nodes of the problems, none for all of them; see `fields.Kind`."""
        if node.text == ALL:
            return ()
        if not node.is_list:
            raise spec_error(node.at, f"expected `{ALL}` or a list of problems, found {node.label}")
        _NAMES.read(node)
        return tuple(node.items())

    def schema(self) -> JsonSchema:
        """See `fields.Kind`."""
        return {"anyOf": [{"const": ALL}, _NAMES.schema()]}


@dataclass(frozen=True)
class Members:
    """The members of a team, by any id or name: `[s123, ada@example.org]`."""

    def read(self, node: Node) -> tuple[Node, ...]:
        """Return the nodes of the members; see `fields.Kind`."""
        _NAMES.read(node)
        return tuple(node.items())

    def schema(self) -> JsonSchema:
        """See `fields.Kind`."""
        return _NAMES.schema()


_NAMES = ListOf(Text(), min_items=1)
