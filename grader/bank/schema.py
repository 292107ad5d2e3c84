"""The keys of the YAML files that an author writes, declared once.

`load` reads files by these declarations, and `make schemas` writes them as JSON Schemas, for
editors, to `grader/schemas`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from grader.bank.answer_fields import IDENTIFIER, TOLERANCE
from grader.bank.case_fields import CASES, only
from grader.bank.constraints.fields import ARGS, WHERE
from grader.bank.credit_fields import NAME, Groups
from grader.bank.limit_fields import LIMITS
from grader.bank.partial_fields import PARTIAL
from grader.bank.raw import (
    RawEdit,
    RawExcuse,
    RawExcusedWarning,
    RawExcuses,
    RawMisconception,
    RawSpec,
)
from grader.model.problem import Paper
from grader.yaml_reader.fields import Field, ListOf, Record, Text, Truth
from grader.yaml_reader.nodes import Node


def _excuses(
    node: Node,
    excused: tuple[RawExcuse, ...] = (),
    warnings: tuple[RawExcusedWarning, ...] = (),
) -> RawExcuses:
    return RawExcuses(excused, warnings)


def _paper(node: Node, title: str, url: str) -> Paper:
    return Paper(title, url)


def _spec(node: Node, **given: Any) -> RawSpec:
    return RawSpec(node, class_name=given.pop("class", ""), **given)


SPEC = Record(
    "a spec",
    _spec,
    {
        "title": Field(Text(), "title of the problem", required=True),
        "difficulty": Field(
            Text(one_of=("easy", "medium", "hard")), "difficulty of the problem", required=True
        ),
        "category": Field(Text(), "field of the problem, like Machine learning", required=True),
        "function": Field(
            Text(IDENTIFIER, "the name of a function"),
            "name of the function that students write, as in starter.py",
        ),
        "functions": Field(
            ListOf(Text(IDENTIFIER, "the name of a function"), min_items=1),
            "names of the functions that students write, if there are several",
        ),
        "class": Field(
            Text(IDENTIFIER, "the name of a class"),
            "name of the class that students write, in place of a function",
        ),
        "after": Field(
            ListOf(NAME),
            "problems to solve before this one, like [gae]; `grader list` is in this order",
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
        "unchanged": Field(
            Truth(),
            "whether a case fails if a call changes its arguments, apart from those in the case's "
            "`after`",
        ),
        "limits": Field(
            LIMITS,
            "limits of each call",
        ),
        "groups": Field(
            Groups(),
            "groups of cases that earn points together: {correct: {points: 6}, fast: {points: 4, "
            "requires: correct}}; cases name theirs with `group`",
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
    one_of=(("function", "functions", "class"),),
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
        "slug": Field(NAME, "name of the misconception", required=True),
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
    only,
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
    "partial": PARTIAL,
}


def schema_text(name: str) -> str:
    """Return the JSON Schema of a file as JSON; its name is one of `SCHEMAS`."""
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
