"""The key `checker` of a case: a name, or a mapping of a name with parameters.

    checker: exact
    checker: {unordered: {depth: 2}}
    checker: {up_to: sign, axis: 0}

The first of the keys in `FORMS` that a mapping has decides which others it may have.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from grader.checkers import CHECKERS
from grader.checkers.draws import FALSE_REJECT, Frequencies, Independent, MeanAndSd, Uniform
from grader.checkers.form import OfDtype, ShapeOnly
from grader.checkers.norm import Norm
from grader.checkers.python import PythonChecker
from grader.checkers.span import SameSpan, Vectors
from grader.checkers.unordered import MAX_DEPTH, Unordered
from grader.checkers.up_to import Freedom, UpToFactor, UpToLabels
from grader.errors import did_you_mean, spec_error
from grader.model.checker import Checker
from grader.values import DTYPES
from grader.values.dataclasses import dataclass
from grader.yaml_reader.fields import Field, ListOf, Number, Record, Text, Truth, Whole
from grader.yaml_reader.literals import AnyValue
from grader.yaml_reader.nodes import JsonSchema, Node

MAX_AXIS = 7
_LABELS = "labels"


@dataclass(frozen=True)
class CheckerKind:
    """A checker, by its name or by a mapping with parameters."""

    def read(self, node: Node) -> Checker:
        """Return the checker; see `fields.Kind`."""
        if not node.is_mapping:
            name = node.text or ""
            if name in FORMS:
                example = f"write it with its parameter, like {EXAMPLES[name]}"
                raise spec_error(node.at, f"the checker {name!r} has a parameter; {example}")
            return CHECKERS[_NAME.read(node)]
        for key, form in FORMS.items():
            if node.get(key) is not None:
                return form.read(node)
        keys = [key for key, _ in node.entries()]
        if not keys:
            text = f"expected a checker, like {EXAMPLES['unordered']}, found {{}}"
            raise spec_error(node.at, text)
        name = keys[0].text or ""
        known = did_you_mean(name, list(FORMS))
        if name in CHECKERS:
            known = f"; write it without braces: checker: {name}"
        raise spec_error(keys[0].at, f"there is no checker with the key {name!r}{known}")

    def schema(self) -> JsonSchema:
        """See `fields.Kind`."""
        return {"anyOf": [_NAME.schema(), *(form.schema() for form in FORMS.values())]}


@dataclass(frozen=True)
class _Unordered:
    """`true`, or the parameters of `unordered`."""

    def read(self, node: Node) -> Unordered:
        if node.is_mapping:
            return _UNORDERED.read(node)
        if not Truth().read(node):
            message = "expected true, or parameters like {depth: 1}; for a fixed order, remove it"
            raise spec_error(node.at, message)
        return Unordered()

    def schema(self) -> JsonSchema:
        return {"anyOf": [{"const": True}, _UNORDERED.schema()]}


@dataclass(frozen=True)
class _Order:
    """The order of a norm: 1, 2 or inf."""

    def read(self, node: Node) -> float:
        orders = {"1": 1.0, "2": 2.0, "inf": math.inf, ".inf": math.inf}
        if not node.is_plain or node.text not in orders:
            raise spec_error(node.at, f"expected the norm 1, 2 or inf, found {node.label}")
        return orders[node.text]

    def schema(self) -> JsonSchema:
        return {"enum": [1, 2, "inf"]}


def _unordered(node: Node, depth: int = 1, duplicates: bool = True) -> Unordered:
    return Unordered(depth, duplicates)


def _up_to(node: Node, up_to: str, axis: int | None = None) -> Checker:
    if up_to == _LABELS:
        if axis is not None:
            at = next(key.at for key, _ in node.entries() if key.text == "axis")
            raise spec_error(at, "`up_to: labels` has no axis; remove it")
        return UpToLabels()
    return UpToFactor(Freedom(up_to), axis)


@dataclass(frozen=True)
class _True:
    """`true`, the only value that a key takes."""

    def read(self, node: Node) -> bool:
        if not Truth().read(node):
            raise spec_error(node.at, f"expected true, found {node.label}")
        return True

    def schema(self) -> JsonSchema:
        return {"const": True}


@dataclass(frozen=True)
class _Finite:
    """A finite number, which may be negative."""

    def read(self, node: Node) -> float:
        value = AnyValue().read(node) if node.is_plain else None
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not abs(float(str(value))) < math.inf:
            raise spec_error(node.at, f"expected a finite number, found {node.label}")
        return float(str(value))

    def schema(self) -> JsonSchema:
        return {"type": "number"}


@dataclass(frozen=True)
class _Probability:
    """A probability that is small, and not 0."""

    def read(self, node: Node) -> float:
        number = Number(above=True).read(node)
        if number > _MAX_FALSE_REJECT:
            text = f"expected a probability up to {_MAX_FALSE_REJECT:g}, found {node.label}"
            raise spec_error(node.at, f"{text}; a class has many right solutions")
        return number

    def schema(self) -> JsonSchema:
        return {"type": "number", "exclusiveMinimum": 0, "maximum": _MAX_FALSE_REJECT}


def _frequencies(node: Node, frequencies: Sequence[float], **given: float) -> Frequencies:
    total = math.fsum(frequencies)
    if abs(total - 1) > 1e-9:
        at = node.get("frequencies") or node
        raise spec_error(at.at, f"expected probabilities whose sum is 1, found {total:.12g}")
    return Frequencies(probabilities=tuple(frequencies), **given)


def _first(node: Node, **given: Any) -> Any:
    return next(iter(given.values()))


_NAME = Text(one_of=tuple(CHECKERS))
_MAX_FALSE_REJECT = 1e-2
_FALSE_REJECT = Field(
    _Probability(), f"probability that a right solution is rejected; {FALSE_REJECT:g} by default"
)

_UNORDERED = Record(
    "unordered",
    _unordered,
    {
        "depth": Field(
            Whole(1, MAX_DEPTH), "levels, from the outside in, that have no order; 1 by default"
        ),
        "duplicates": Field(
            Truth(), "whether an element must be there as often as expected; true by default"
        ),
    },
)

FORMS: Mapping[str, Record[Checker]] = MappingProxyType(
    {
        "unordered": Record(
            "a checker `unordered`",
            _first,
            {"unordered": Field(_Unordered(), "the same elements in any order", required=True)},
        ),
        "up_to": Record(
            "a checker `up_to`",
            _up_to,
            {
                "up_to": Field(
                    Text(one_of=(*(each.value for each in Freedom), _LABELS)),
                    "`sign` or `scale` if the answer may have another sign or a factor; `labels` "
                    "if it names groups by integers, which may be renamed",
                    required=True,
                ),
                "axis": Field(
                    Whole(maximum=MAX_AXIS),
                    "0 if each row may have a sign or factor of its own, 1 for each column; "
                    "without it, there is one for the whole answer",
                ),
            },
        ),
        "same_span": Record(
            "a checker `same_span`",
            lambda node, same_span: SameSpan(Vectors(same_span)),
            {
                "same_span": Field(
                    Text(one_of=tuple(each.value for each in Vectors)),
                    "the rows, or columns, may be any others that span the same space",
                    required=True,
                )
            },
        ),
        "norm": Record(
            "a checker `norm`",
            lambda node, norm: Norm(norm),
            {
                "norm": Field(
                    _Order(),
                    "1, 2 or inf: the norm of the difference must be within the tolerance",
                    required=True,
                )
            },
        ),
        "shape": Record(
            "a checker `shape`",
            lambda node, shape: ShapeOnly(),
            {
                "shape": Field(
                    Text(one_of=("only",)), "any values of the expected shape", required=True
                )
            },
        ),
        "dtype": Record(
            "a checker `dtype`",
            lambda node, dtype: OfDtype(dtype),
            {
                "dtype": Field(
                    Text(one_of=tuple(DTYPES)),
                    "numbers as by `close`, in arrays of this dtype",
                    required=True,
                )
            },
        ),
        "frequencies": Record(
            "a checker `frequencies`",
            _frequencies,
            {
                "frequencies": Field(
                    ListOf(Number(), min_items=2),
                    "the probabilities with which 0, 1, 2, … are drawn; their sum is 1",
                    required=True,
                ),
                "false_reject": _FALSE_REJECT,
            },
        ),
        "mean": Record(
            "a checker `mean`",
            lambda node, mean, sd, **given: MeanAndSd(mean=mean, sd=sd, **given),
            {
                "mean": Field(_Finite(), "mean of the draws", required=True),
                "sd": Field(Number(above=True), "standard deviation of the draws", required=True),
                "false_reject": _FALSE_REJECT,
            },
        ),
        "distribution": Record(
            "a checker `distribution`",
            lambda node, distribution, **given: Uniform(**given),
            {
                "distribution": Field(
                    Text(one_of=("uniform",)), "draws between 0 and 1, all equally likely", True
                ),
                "false_reject": _FALSE_REJECT,
            },
        ),
        "independent": Record(
            "a checker `independent`",
            lambda node, independent, **given: Independent(**given),
            {
                "independent": Field(_True(), "no draw depends on the one before", required=True),
                "false_reject": _FALSE_REJECT,
            },
        ),
        "python": Record(
            "a checker `python`",
            lambda node, python: PythonChecker(python),
            {
                "python": Field(
                    Text(r"[A-Za-z_][A-Za-z0-9_]*", "the name of a function"),
                    "the function in checker.py that judges the answer",
                    required=True,
                )
            },
        ),
    }
)

EXAMPLES: Mapping[str, str] = MappingProxyType(
    {
        "unordered": "{unordered: true}",
        "up_to": "{up_to: sign}",
        "same_span": "{same_span: rows}",
        "norm": "{norm: 2}",
        "shape": "{shape: only}",
        "dtype": "{dtype: float32}",
        "frequencies": "{frequencies: [0.5, 0.5]}",
        "mean": "{mean: 0, sd: 1}",
        "distribution": "{distribution: uniform}",
        "independent": "{independent: true}",
        "python": "{python: is_topological_order}",
    }
)

CHECKER = CheckerKind()
