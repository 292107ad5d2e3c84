"""The keys of the YAML files that an author writes, declared once.

`load` reads files by these declarations, and `make schemas` writes them as JSON Schemas, for
editors, to `grader/schemas`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from grader.bank.checker_fields import CHECKER
from grader.bank.constraints.fields import ARGS, WHERE
from grader.checkers import CLOSE
from grader.model.checker import Checker, Tolerance
from grader.model.problem import Constraint, Limits, Paper
from grader.values import Value
from grader.yaml_reader.fields import Field, ListOf, Number, Points, Record, Text, Whole
from grader.yaml_reader.literals import AnyMapping, AnyValue
from grader.yaml_reader.nodes import JsonSchema, Node


@dataclass(frozen=True)
class RawTolerance:
    """A tolerance as written; None if a key is left out."""

    node: Node
    rtol: float | None = None
    atol: float | None = None

    def over(self, base: Tolerance) -> Tolerance:
        """Return the tolerance, with what is left out taken from `base`."""
        rtol = base.rtol if self.rtol is None else self.rtol
        return Tolerance(rtol, base.atol if self.atol is None else self.atol)


@dataclass(frozen=True)
class RawLimits:
    """Limits as written.

    Attributes:
        times_reference: time limit in units of the reference's time, if that is given
    """

    limits: Limits = field(default_factory=Limits)
    times_reference: float | None = None


@dataclass(frozen=True)
class Multiple:
    """A multiple of the time that the reference takes: `20 x reference`."""

    def read(self, node: Node) -> float:
        """Return the number; see `fields.Kind`."""
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
    after: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    args: Mapping[str, Constraint] = field(default_factory=dict)
    where: tuple[str, ...] = ()
    tolerance: RawTolerance | None = None
    integers: str = ""
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
    checker: Checker = CLOSE
    tolerance: RawTolerance | None = None
    decimals: int | None = None
    points: Fraction = Fraction(1)
    explanation: str = ""
    remark: str = ""


@dataclass(frozen=True)
class RawEdit:
    """A text of the reference, and its replacement."""

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
    """A mutant that gives the right answers: the line it changes, and the reason."""

    node: Node
    before: str
    after: str
    reason: str


@dataclass(frozen=True)
class RawExcusedWarning:
    """A warning that does not apply: its rule, a part of its text, and the reason."""

    node: Node
    rule: str
    reason: str
    text: str = ""


@dataclass(frozen=True)
class RawExcuses:
    """The content of a mutants.yaml."""

    mutants: tuple[RawExcuse, ...] = ()
    warnings: tuple[RawExcusedWarning, ...] = ()


def _excuses(
    node: Node,
    excused: tuple[RawExcuse, ...] = (),
    warnings: tuple[RawExcusedWarning, ...] = (),
) -> RawExcuses:
    return RawExcuses(excused, warnings)


def _limits(node: Node, time: float | None = None, **given: Any) -> RawLimits:
    return RawLimits(Limits(**given), time)


def _paper(node: Node, title: str, url: str) -> Paper:
    return Paper(title, url)


def _case(node: Node, **given: Any) -> RawCase:
    # `expected: null` expects None; a case without `expected` has no answer of its own.
    return RawCase(node, has_expected="expected" in given, **given)


def _only(node: Node, **given: Any) -> Any:
    return next(iter(given.values()), ())


SLUG = Text(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*", "a name: letters and digits, joined by hyphens")

TOLERANCE = Record(
    "a tolerance",
    RawTolerance,
    {
        "rtol": Field(Number(), "allowed error relative to the expected value; 1e-4 by default"),
        "atol": Field(Number(), "allowed absolute error, added to rtol's; 1e-9 by default"),
    },
)

SPEC = Record(
    "a spec",
    RawSpec,
    {
        "title": Field(Text(), "title of the problem", required=True),
        "difficulty": Field(
            Text(one_of=("easy", "medium", "hard")), "difficulty of the problem", required=True
        ),
        "category": Field(Text(), "field of the problem, like Machine learning", required=True),
        "function": Field(
            Text(r"[A-Za-z_][A-Za-z0-9_]*", "the name of a function"),
            "name of the function that students write, as in starter.py",
            required=True,
        ),
        "after": Field(
            ListOf(SLUG), "problems to solve before this one, like [gae]: `grader list` follows it"
        ),
        "tags": Field(
            ListOf(Text(r"\w[\w ./+-]*", "a word or a few")),
            "topics of the problem, like [clipping, KL]: `grader list --tag` finds it by them",
        ),
        "args": Field(ARGS, "constraint on each argument, like list[N >= 1] of number, x > 0"),
        "where": Field(WHERE, "relations between arguments, like abs(new - old) <= 30"),
        "tolerance": Field(TOLERANCE, "tolerance of all cases that do not set their own"),
        "integers": Field(
            Text(one_of=("strict",)),
            "`strict` if 2.0 is wrong where the integer 2 is expected; otherwise the checker "
            "`close` accepts it",
        ),
        "limits": Field(
            Record(
                "limits",
                _limits,
                {
                    "time": Field(
                        Multiple(),
                        "time limit as a multiple of the reference's slowest case, like "
                        "20 x reference, if that is more than cpu_s and wall_s",
                    ),
                    "wall_s": Field(
                        Number(above=True), "wall time of a call in seconds; 5 by default"
                    ),
                    "cpu_s": Field(
                        Number(above=True), "CPU time of a call in seconds; 1 by default"
                    ),
                    "memory_mib": Field(
                        Whole(minimum=16), "memory of a call in MiB; 512 by default"
                    ),
                    "patience": Field(
                        Whole(minimum=1),
                        "the number of calls that may end at their time limit (default 3); the "
                        "calls left after that are stopped early",
                    ),
                    "output_kib": Field(
                        Whole(minimum=1),
                        "size of the answer in KiB; 1024 by default",
                    ),
                },
            ),
            "limits of each call",
        ),
        "preload": Field(
            ListOf(Text(r"[A-Za-z_][A-Za-z0-9_.]*", "the name of a module")),
            "modules to load before the submission, not counted in its time",
        ),
        "paper": Field(
            Record(
                "a paper",
                _paper,
                {
                    "title": Field(Text(), "title of the paper", required=True),
                    "url": Field(
                        Text(r"https?://\S+", "an address that begins with https://"),
                        "address of the paper",
                        required=True,
                    ),
                },
            ),
            "paper the problem is taken from",
        ),
    },
)

CASE = Record(
    "a case",
    _case,
    {
        "name": Field(SLUG, "unique name of the case, which students see", required=True),
        "args": Field(AnyMapping(), "arguments of the call, by name", required=True),
        "expected": Field(
            AnyValue(), "expected answer; without it, the reference answers a hidden case"
        ),
        "checker": Field(
            CHECKER, "rule by which answers are compared, like {unordered: true}; close by default"
        ),
        "tolerance": Field(TOLERANCE, "tolerance of this case, instead of the problem's"),
        "decimals": Field(Whole(maximum=15), "number of correct decimals, instead of a tolerance"),
        "points": Field(Points(), "points of the case, exact, like 2, 0.5 or 1/3; 1 by default"),
        "explanation": Field(Text(), "explanation of the answer for students, in Markdown"),
        "remark": Field(Text(), "further remarks for students, in Markdown"),
    },
)

CASES = Record(
    "a file of cases",
    _only,
    {"cases": Field(ListOf(CASE, min_items=1), "list of cases", required=True)},
)

EDIT = Record(
    "an edit",
    RawEdit,
    {
        "find": Field(Text(), "text that occurs exactly once in reference.py", required=True),
        "replace": Field(Text(may_be_empty=True), "replacement of this text", required=True),
    },
)

MISCONCEPTION = Record(
    "a misconception",
    RawMisconception,
    {
        "slug": Field(SLUG, "name of the misconception", required=True),
        "hint": Field(Text(), "hint for students whose answers match it", required=True),
        "edits": Field(
            ListOf(EDIT, min_items=1),
            "edits that turn the reference into the misconception; without them, it is the file "
            "wrong/<slug>.py",
        ),
    },
)

WRONG = Record(
    "a file of misconceptions",
    _only,
    {"misconceptions": Field(ListOf(MISCONCEPTION), "list of misconceptions", required=True)},
)

EXCUSE = Record(
    "an excused mutant",
    RawExcuse,
    {
        "before": Field(
            Text(), "line of the reference, as `grader verify` shows it", required=True
        ),
        "after": Field(Text(), "line of the mutant, as `grader verify` shows it", required=True),
        "reason": Field(Text(), "reason why no valid input distinguishes the two", required=True),
    },
)

EXCUSED_WARNING = Record(
    "an excused warning",
    RawExcusedWarning,
    {
        "rule": Field(
            Text(r"[a-z0-9]+(-[a-z0-9]+)+", "the name of a rule, as in brackets after a warning"),
            "rule of the warning, which `grader verify` prints in brackets",
            required=True,
        ),
        "text": Field(Text(), "part of the warning's text; without it, all warnings of the rule"),
        "reason": Field(Text(), "reason why the warning does not apply", required=True),
    },
)

MUTANTS = Record(
    "a file of excuses",
    _excuses,
    {
        "excused": Field(ListOf(EXCUSE), "list of excused mutants"),
        "warnings": Field(ListOf(EXCUSED_WARNING), "list of excused warnings"),
    },
)

SCHEMAS: dict[str, Record[Any]] = {
    "spec": SPEC,
    "cases": CASES,
    "wrong": WRONG,
    "mutants": MUTANTS,
}


def schema_text(name: str) -> str:
    """Return the JSON Schema of a file (`spec`, `cases`, `wrong` or `mutants`) as JSON."""
    return text_of_schema(SCHEMAS[name])


def text_of_schema(record: Record[Any]) -> str:
    """Return the JSON Schema of a record as JSON."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": record.name,
        **record.schema(),
    }
    return json.dumps(schema, indent=2) + "\n"


def write_schemas() -> None:
    """Write all schemas to `grader/schemas`."""
    folder = Path(__file__).parent.parent / "schemas"
    folder.mkdir(exist_ok=True)
    for name in SCHEMAS:
        (folder / f"{name}.schema.json").write_text(schema_text(name), encoding="utf-8")


if __name__ == "__main__":
    write_schemas()
