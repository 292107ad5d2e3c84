"""The forms of the YAML files an author writes, declared once.

The loader reads by them (see `problem`), and the JSON Schemas in `grader/schemas`, which tell
editors about them, are written from them by `make schemas`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from grader.bank.constraints.fields import ARGS, WHERE
from grader.checkers import CHECKERS
from grader.model.problem import Constraint, Limits, Paper, Tolerance
from grader.values import Value
from grader.yaml_reader.fields import Field, ListOf, Number, Points, Record, Text, Whole
from grader.yaml_reader.literals import AnyMapping, AnyValue
from grader.yaml_reader.nodes import JsonSchema, Node


@dataclass(frozen=True)
class RawTolerance:
    """A tolerance as written: what is left out is taken from the problem's, or the default."""

    node: Node
    rtol: float | None = None
    atol: float | None = None

    def over(self, base: Tolerance) -> Tolerance:
        rtol = base.rtol if self.rtol is None else self.rtol
        return Tolerance(rtol, base.atol if self.atol is None else self.atol)


@dataclass(frozen=True)
class RawLimits:
    """Limits as written, some of which may hang on how long the reference takes."""

    limits: Limits = field(default_factory=Limits)
    times_reference: float | None = None


@dataclass(frozen=True)
class Multiple:
    """So many times what the reference takes: `20 x reference`."""

    def read(self, node: Node) -> float:
        """The number; see `fields.Kind`."""
        return float(_MULTIPLE.read(node).split()[0])

    def schema(self) -> JsonSchema:
        """See `fields.Kind`."""
        return _MULTIPLE.schema()


_MULTIPLE = Text(r"[1-9][0-9]{0,3} x reference", "a multiple, like 20 x reference")


@dataclass(frozen=True)
class RawSpec:
    """The front matter of a spec.md."""

    node: Node
    title: str
    difficulty: str
    category: str
    function: str
    args: Mapping[str, Constraint] = field(default_factory=dict)
    where: tuple[str, ...] = ()
    tolerance: RawTolerance | None = None
    limits: RawLimits = field(default_factory=lambda: RawLimits())
    preload: tuple[str, ...] = ()
    paper: Paper | None = None


@dataclass(frozen=True)
class RawCase:
    """A case as written."""

    node: Node
    name: str
    args: tuple[tuple[Node, Value], ...]
    expected: Value = None
    has_expected: bool = False
    checker: str = "close"
    tolerance: RawTolerance | None = None
    decimals: int | None = None
    points: Fraction = Fraction(1)
    explanation: str = ""
    remark: str = ""


@dataclass(frozen=True)
class RawEdit:
    """A text of the reference, and what to put in its place."""

    node: Node
    find: str
    replace: str = ""


@dataclass(frozen=True)
class RawMisconception:
    """A misconception as written."""

    node: Node
    slug: str
    hint: str
    edits: tuple[RawEdit, ...] = ()


@dataclass(frozen=True)
class RawExcuse:
    """A mutant that does nothing wrong, by the line it changes, and why that is so."""

    node: Node
    before: str
    after: str
    reason: str


def _limits(node: Node, time: float | None = None, **given: Any) -> RawLimits:
    return RawLimits(Limits(**given), time)


def _paper(node: Node, title: str, url: str) -> Paper:
    return Paper(title, url)


def _case(node: Node, **given: Any) -> RawCase:
    # An `expected` of null is an answer like any other; left out is something else.
    return RawCase(node, has_expected="expected" in given, **given)


def _only(node: Node, **given: Any) -> Any:
    return next(iter(given.values()), ())


SLUG = Text(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*", "a name: letters and digits, joined by hyphens")

TOLERANCE = Record(
    "a tolerance",
    RawTolerance,
    {
        "rtol": Field(Number(), "how far off an answer may be, relative to the expected value"),
        "atol": Field(Number(), "how far off it may be besides, whatever the expected value"),
    },
)

SPEC = Record(
    "a spec",
    RawSpec,
    {
        "title": Field(Text(), "the title of the problem", required=True),
        "difficulty": Field(
            Text(one_of=("easy", "medium", "hard")), "how hard it is", required=True
        ),
        "category": Field(Text(), "the field it belongs to", required=True),
        "function": Field(
            Text(r"[A-Za-z_][A-Za-z0-9_]*", "the name of a function"),
            "the name of the function to be written, as in starter.py",
            required=True,
        ),
        "args": Field(ARGS, "what each argument may be, like list[N >= 1] of number, x > 0"),
        "where": Field(WHERE, "relations between arguments, like abs(new - old) <= 30"),
        "tolerance": Field(TOLERANCE, "the tolerance of all cases that have none of their own"),
        "limits": Field(
            Record(
                "limits",
                _limits,
                {
                    "time": Field(
                        Multiple(),
                        "how often the reference's time a call may take, where that is more than "
                        "cpu_s and wall_s",
                    ),
                    "wall_s": Field(Number(above=True), "seconds one call may take"),
                    "cpu_s": Field(Number(above=True), "seconds one call may compute"),
                    "memory_mib": Field(Whole(least=16), "MiB of memory a call may use"),
                    "output_kib": Field(
                        Whole(least=1), "KiB a call may print, and its answer may measure"
                    ),
                },
            ),
            "what one call may use",
        ),
        "preload": Field(
            ListOf(Text(r"[A-Za-z_][A-Za-z0-9_.]*", "the name of a module")),
            "modules to load before the submission, so that its time is its own",
        ),
        "paper": Field(
            Record(
                "a paper",
                _paper,
                {
                    "title": Field(Text(), "its title", required=True),
                    "url": Field(
                        Text(r"https?://\S+", "an address that begins with https://"),
                        "where to read it",
                        required=True,
                    ),
                },
            ),
            "the paper the problem is taken from",
        ),
    },
)

CASE = Record(
    "a case",
    _case,
    {
        "name": Field(SLUG, "what is special about it, in a few words", required=True),
        "args": Field(AnyMapping(), "the arguments of the call, by name", required=True),
        "expected": Field(AnyValue(), "the right answer; a hidden case may leave it out"),
        "checker": Field(Text(one_of=tuple(CHECKERS)), "how an answer may agree with it"),
        "tolerance": Field(TOLERANCE, "the tolerance of this case"),
        "decimals": Field(
            Whole(most=15), "instead of a tolerance: how many decimals must be right"
        ),
        "points": Field(Points(), "what it is worth: 1 if left out"),
        "explanation": Field(Text(), "how the answer comes about, in Markdown"),
        "remark": Field(Text(), "what else there is to say of it, in Markdown"),
    },
)

CASES = Record(
    "a file of cases",
    _only,
    {"cases": Field(ListOf(CASE, least=1), "the list of cases", required=True)},
)

EDIT = Record(
    "an edit",
    RawEdit,
    {
        "find": Field(Text(), "a text that stands once in reference.py", required=True),
        "replace": Field(Text(may_be_empty=True), "what to put in its place", required=True),
    },
)

MISCONCEPTION = Record(
    "a misconception",
    RawMisconception,
    {
        "slug": Field(SLUG, "its name", required=True),
        "hint": Field(Text(), "what to tell a student who has it", required=True),
        "edits": Field(
            ListOf(EDIT, least=1),
            "how to make the reference wrong; without it, the file wrong/<slug>.py is the wrong "
            "solution",
        ),
    },
)

WRONG = Record(
    "a file of misconceptions",
    _only,
    {"misconceptions": Field(ListOf(MISCONCEPTION), "the list of misconceptions", required=True)},
)

EXCUSE = Record(
    "an excused mutant",
    RawExcuse,
    {
        "before": Field(Text(), "the line of the reference, as `verify` shows it", required=True),
        "after": Field(Text(), "what the mutant makes of it, as `verify` shows it", required=True),
        "reason": Field(Text(), "why no valid input can tell them apart", required=True),
    },
)

MUTANTS = Record(
    "a file of excused mutants",
    _only,
    {"excused": Field(ListOf(EXCUSE), "the list of excused mutants", required=True)},
)

SCHEMAS: dict[str, Record[Any]] = {
    "spec": SPEC,
    "cases": CASES,
    "wrong": WRONG,
    "mutants": MUTANTS,
}


def schema_text(name: str) -> str:
    """The JSON Schema of a form, as the file in `grader/schemas` has it."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SCHEMAS[name].name,
        **SCHEMAS[name].schema(),
    }
    return json.dumps(schema, indent=2) + "\n"


def write_schemas() -> None:
    """Write the schema files anew."""
    folder = Path(__file__).parent.parent / "schemas"
    folder.mkdir(exist_ok=True)
    for name in SCHEMAS:
        (folder / f"{name}.schema.json").write_text(schema_text(name), encoding="utf-8")


if __name__ == "__main__":
    write_schemas()
