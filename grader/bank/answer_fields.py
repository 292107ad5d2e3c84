"""The keys of what is expected: an answer, an exception or an output, and how it is compared."""

from __future__ import annotations

from typing import Any

from grader.bank.checker_fields import CHECKER
from grader.bank.raw import RawTolerance
from grader.errors import spec_error
from grader.model.parts import Part, parse_part
from grader.model.prints import OutputRule, Prints
from grader.values.dataclasses import dataclass
from grader.yaml_reader.fields import Field, ListOf, Number, Record, Text, Whole
from grader.yaml_reader.literals import AnyMapping, AnyValue
from grader.yaml_reader.nodes import JsonSchema, Node

IDENTIFIER = r"[A-Za-z_][A-Za-z0-9_]*"
DOTTED_NAME = rf"{IDENTIFIER}(\.{IDENTIFIER})*"
_EXCEPTION = Text(DOTTED_NAME, "the name of an exception, like ValueError")

NO_ANSWER = object()  # of `expected: !reference`


def is_left_to_reference(expected: Node) -> bool:
    """Return whether an expected answer is `!reference`."""
    return bool(expected.raw.tag == "!reference")


@dataclass(frozen=True)
class Expected:
    """An expected answer, or `!reference` for the one that the reference gives."""

    def read(self, node: Node) -> Any:
        """Return the value, or `NO_ANSWER`; see `fields.Kind`."""
        if is_left_to_reference(node):
            if node.text != "":
                raise spec_error(node.at, f"expected nothing after !reference, found {node.label}")
            return NO_ANSWER
        return AnyValue().read(node)

    def schema(self) -> JsonSchema:
        """See `fields.Kind`."""
        return AnyValue().schema()


@dataclass(frozen=True)
class Exceptions:
    """One exception or several that a step must raise, perhaps with a text in the message."""

    def read(self, node: Node) -> tuple[tuple[Node, str], ...]:
        """Return each name with the text, "" if there is none; see `fields.Kind`."""
        if node.is_mapping:
            pairs = node.entries()
            if not pairs:
                text = "expected an exception, like {ValueError: positive}, found {}"
                raise spec_error(node.at, text)
            return tuple((self._named(key), Text().read(text)) for key, text in pairs)
        if node.is_list:
            if not node.items():
                text = "expected an exception, like [ValueError, TypeError], found []"
                raise spec_error(node.at, text)
            return tuple((self._named(each), "") for each in node.items())
        return ((self._named(node), ""),)

    def _named(self, node: Node) -> Node:
        _EXCEPTION.read(node)
        return node

    def schema(self) -> JsonSchema:
        """See `fields.Kind`."""
        name, text = _EXCEPTION.schema(), Text().schema()
        return {
            "anyOf": [
                name,
                {"type": "array", "items": name, "minItems": 1},
                {"type": "object", "additionalProperties": text, "minProperties": 1},
            ]
        }


@dataclass(frozen=True)
class Output:
    """A text, or a mapping of the rule by which it is compared to the text."""

    def read(self, node: Node) -> Prints:
        """Return the output; see `fields.Kind`."""
        return _OUTPUT.read(node) if node.is_mapping else Prints(_PRINTED.read(node))

    def schema(self) -> JsonSchema:
        """See `fields.Kind`."""
        return {"anyOf": [_PRINTED.schema(), _OUTPUT.schema()]}


def _output(node: Node, **given: str) -> Prints:
    ((rule, text),) = given.items()
    return Prints(text, OutputRule(rule))


_PRINTED = Text(may_be_empty=True)
_OUTPUT = Record(
    "an output",
    _output,
    {
        "lines": Field(_PRINTED, "lines to print; blanks at their ends do not count"),
        "tokens": Field(_PRINTED, "words and numbers to print, with any blanks between them"),
        "exact": Field(_PRINTED, "text to print, to the last character"),
    },
    one_of=(tuple(rule.value for rule in OutputRule),),
)


@dataclass(frozen=True)
class PartOfAnswer:
    """A part of an answer: `[0][1]` or `['w1']`."""

    def read(self, node: Node) -> Part:
        """Return the part; see `fields.Kind`."""
        part = parse_part(Text().read(node))
        if part is None:
            what = "indices or keys in brackets, like [0][1] or ['w1']"
            raise spec_error(node.at, f"expected {what}, found {node.label}")
        return part

    def schema(self) -> JsonSchema:
        """See `fields.Kind`."""
        return {"type": "string", "pattern": r"^\s*\[.*\]\s*$"}


TOLERANCE = Record(
    "a tolerance",
    RawTolerance,
    {
        "rtol": Field(Number(), "allowed error relative to the expected value; 1e-4 by default"),
        "atol": Field(Number(), "allowed absolute error, added to rtol's; 1e-9 by default"),
    },
)

JUDGED: dict[str, Field[Any]] = {
    "checker": Field(
        CHECKER, "rule by which answers are compared, like {unordered: true}; close by default"
    ),
    "tolerance": Field(TOLERANCE, "tolerance of this case, instead of the problem's"),
    "decimals": Field(Whole(maximum=15), "number of correct decimals, instead of a tolerance"),
    "after": Field(
        AnyMapping(), "arguments as they must be after the call, like {x: [0.25, 0.75]}"
    ),
    "prints": Field(
        Output(),
        "what the call must print, line by line; blanks at the ends of lines do not count. "
        "`{tokens: …}` compares words, and numbers by the tolerance, `{exact: …}` each character",
    ),
    "stdin": Field(Text(may_be_empty=True), "what the call can read with input()"),
    "calls": Field(
        Whole(minimum=1), "how often the call may call each function among its arguments"
    ),
    "any_of": Field(
        ListOf(AnyValue(), min_items=2),
        "right answers, of which one is enough, like [[0, 1], [1, 0]]",
    ),
    "show": Field(
        PartOfAnswer(),
        'the only part of the answer that is compared, like "[0][1]" or "[\'w1\']"; `expected` '
        "is the value of this part",
    ),
    "raises": Field(
        Exceptions(),
        "exception that must be raised, in place of an answer: ValueError, [ValueError, TypeError]"
        " or, with a text in its message, {ValueError: positive}",
    ),
}
