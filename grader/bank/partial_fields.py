"""Fields of partial.yaml: the known partial solutions of a problem, and what each must get."""

from __future__ import annotations

from fractions import Fraction

from grader.bank.credit_fields import NAME
from grader.model.judgement import Verdict
from grader.values.dataclasses import dataclass
from grader.yaml_reader.fields import Field, ListOf, Points, Record, Text
from grader.yaml_reader.nodes import Node

# Nobody can deserve the verdict that the grader failed.
_VERDICTS = tuple(each.label for each in Verdict if each is not Verdict.JUDGE_ERROR)


@dataclass(frozen=True)
class RawPartial:
    """A partial solution: the file partial/<slug>.py, and what it must get.

    Attributes:
        verdict: as readers see it, like "time limit"
        hint: part of a hint that a student with this solution must read
    """

    node: Node
    slug: str
    verdict: str
    points: Fraction
    hint: str = ""


def _only(node: Node, partial: tuple[RawPartial, ...] = ()) -> tuple[RawPartial, ...]:
    return partial


_PARTIAL = Record(
    "a partial solution",
    RawPartial,
    {
        "slug": Field(NAME, "name of the solution, which is partial/<slug>.py", required=True),
        "verdict": Field(
            Text(one_of=_VERDICTS), "verdict that it must get, like time limit", required=True
        ),
        "points": Field(Points(), "points that it must get, exactly", required=True),
        "hint": Field(Text(), "part of a hint that a student with this solution must read"),
    },
)

PARTIAL = Record(
    "a file of partial solutions",
    _only,
    {"partial": Field(ListOf(_PARTIAL), "list of partial solutions", required=True)},
)
