"""Fields of points: groups of cases in spec.md, and points for the keys of a dict."""

from __future__ import annotations

from fractions import Fraction

from grader.errors import Diagnostics, spec_error
from grader.model.credit import Credit
from grader.values import Value
from grader.values.dataclasses import dataclass
from grader.yaml_reader.fields import Field, ListOf, Points, Record, Text, Truth
from grader.yaml_reader.literals import AnyValue
from grader.yaml_reader.nodes import JsonSchema, Node, pairs

NAME = Text(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*", "a name: letters and digits, joined by hyphens")
_MULTIPLE = Text(r"[1-9][0-9]{0,3} x reference", "a multiple, like 20 x reference")


@dataclass(frozen=True)
class Multiple:
    """A multiple of the time that the reference takes: `20 x reference`."""

    def read(self, node: Node) -> float:
        """Return the number; see `fields.Kind`."""
        return float(_MULTIPLE.read(node).split()[0])

    def schema(self) -> JsonSchema:
        """See `fields.Kind`."""
        return _MULTIPLE.schema()


@dataclass(frozen=True)
class RawKeyPoints:
    """Points for the keys of a dict, as written."""

    entries: tuple[tuple[Node, Value, Fraction], ...]

    @property
    def total(self) -> Fraction:
        return sum((points for _, _, points in self.entries), Fraction(0))


@dataclass(frozen=True)
class PointsOrKeys:
    """A number of points, or the points of each key of a dict: `{w1: 2, b1: 1}`."""

    def read(self, node: Node) -> Fraction | RawKeyPoints:
        """Return either; see `fields.Kind`."""
        if not node.is_mapping:
            return Points().read(node)
        diagnostics = Diagnostics()
        entries = []
        AnyValue().read(node)  # reports keys that are the same, or no keys of a dict
        for key, points in node.entries():
            with diagnostics.gather():
                entries.append((key, AnyValue().read(key), Points().read(points)))
        diagnostics.raise_any()
        found = RawKeyPoints(tuple(entries))
        if not found.total:
            raise spec_error(node.at, "expected points for a key, like {w1: 2, b1: 1}")
        return found

    def schema(self) -> JsonSchema:
        """See `fields.Kind`."""
        points = Points().schema()
        keys = {"type": "object", "additionalProperties": points, "minProperties": 1}
        return {"anyOf": [points, keys]}


@dataclass(frozen=True)
class RawGroup:
    """A group of cases as written; its name is a key of `groups`."""

    node: Node
    points: Fraction | None = None
    requires: tuple[str, ...] = ()
    credit: str = Credit.EACH.value
    bonus: bool = False
    hint: str = ""
    time: float | None = None


@dataclass(frozen=True)
class OneOrMore:
    """A name, or a list of names."""

    def read(self, node: Node) -> tuple[str, ...]:
        """Return the names; see `fields.Kind`."""
        return _NAMES.read(node) if node.is_list else (NAME.read(node),)

    def schema(self) -> JsonSchema:
        """See `fields.Kind`."""
        return {"anyOf": [NAME.schema(), _NAMES.schema()]}


_NAMES = ListOf(NAME, min_items=1)

GROUP = Record(
    "a group",
    RawGroup,
    {
        "points": Field(
            Points(),
            "points of all its cases together, in proportion to their own; without this key, the "
            "sum of their own",
        ),
        "requires": Field(
            OneOrMore(), "a group above it, or several, whose cases must all be accepted first"
        ),
        "credit": Field(
            Text(one_of=tuple(each.value for each in Credit)),
            "`all or nothing` if one failed case costs all points; `per case` by default",
        ),
        "bonus": Field(Truth(), "whether its points are added to the score, not to the maximum"),
        "time": Field(
            Multiple(),
            "processor time of a call, as a multiple of the reference's, like 20 x reference",
        ),
        "hint": Field(
            Text(), "hint for students who have the required groups, but not all of this one"
        ),
    },
)


@dataclass(frozen=True)
class Groups:
    """The groups of a problem: each with its name as the key, in order."""

    def read(self, node: Node) -> tuple[tuple[Node, RawGroup], ...]:
        """Return each name with its group; see `fields.Kind`."""
        diagnostics = Diagnostics()
        found = []
        for key, value in pairs(node, diagnostics):
            with diagnostics.gather():
                NAME.read(key)
                found.append((key, GROUP.read(value)))
        diagnostics.raise_any()
        if not found:
            raise spec_error(node.at, "expected a group, like {correct: {points: 6}}, found {}")
        return tuple(found)

    def schema(self) -> JsonSchema:
        """See `fields.Kind`."""
        return {
            "type": "object",
            "propertyNames": {"pattern": NAME.schema()["pattern"]},
            "additionalProperties": GROUP.schema(),
            "minProperties": 1,
        }
