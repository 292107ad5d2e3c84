"""The key `limits` of a problem, and of a case, where it differs from the problem's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.bank.credit_fields import Multiple
from grader.bank.raw import RawLimits
from grader.model.problem import Limits
from grader.yaml_reader.fields import Field, Number, Record, Whole
from grader.yaml_reader.nodes import Node


def _limits(node: Node, time: float | None = None, **given: Any) -> RawLimits:
    return RawLimits(Limits(**given), time)


def _own_limits(node: Node, **given: Any) -> Mapping[str, Any]:
    return given


_FIELDS: dict[str, Field[Any]] = {
    "time": Field(
        Multiple(),
        "time limit as a multiple of the reference's slowest case, like "
        "20 x reference, if that is more than cpu_s and wall_s",
    ),
    "wall_s": Field(Number(above=True), "wall time of a call in seconds; 5 by default"),
    "cpu_s": Field(Number(above=True), "CPU time of a call in seconds; 1 by default"),
    "memory_mib": Field(Whole(minimum=16), "memory of a call in MiB; 512 by default"),
    "patience": Field(
        Whole(minimum=1),
        "the number of calls that may end at their time limit (default 3); the "
        "calls left after that are stopped early",
    ),
    "output_kib": Field(
        Whole(minimum=1),
        "size of the answer in KiB; 1024 by default",
    ),
}

_OWN = ("wall_s", "cpu_s", "memory_mib", "output_kib")  # of a case

LIMITS = Record("`limits`", _limits, _FIELDS)
OWN_LIMITS = Record("`limits` of a case", _own_limits, {name: _FIELDS[name] for name in _OWN})
