"""The fields `args` and `where` of a spec.md: constraints in YAML, with the location of errors."""

from __future__ import annotations

from collections.abc import Mapping

from grader.bank.constraints.expression import ConstraintSyntaxError
from grader.bank.constraints.parse import parse_constraint
from grader.bank.constraints.parse_relation import parse_relation
from grader.errors import Diagnostics, Location, spec_error
from grader.model.constraints import Constraint, Relation
from grader.yaml_reader.fields import ListOf, Text
from grader.yaml_reader.nodes import JsonSchema, Node, pairs


class ConstraintField:
    """The constraint of one argument, in YAML; see `yaml_reader.fields.Kind`."""

    def read(self, node: Node) -> Constraint:
        text = Text().read(node)
        try:
            return parse_constraint(text)
        except ConstraintSyntaxError as error:
            raise spec_error(_locate(node, error.offset), str(error)) from None

    def schema(self) -> JsonSchema:
        """The outline of a constraint, which is all that an editor can check."""
        kind = r"(number(\s+or\s+(inf|nan))*|integer|truth value|text|null)"
        containers = (
            r"((list|tuple)\s*\[[^\[\]]+\]\s*of\s+"
            r"|\(\s*|tuple\s*\(\s*|dict\s*(\[[^\[\]]+\]\s*)?of\s+)*"
            r"(array\s*\[[^\[\]]+\]\s*of\s+)?"
        )
        # Parentheses nest, which no pattern can follow: here they only are between other words.
        more = rf"((\s*(\)|,|or\b|to\b))+\s*{containers}{kind})*"
        outline = rf"\s*{containers}{kind}{more}[\s)]*(,.+)?"
        return {"type": "string", "pattern": f"^(?:{outline})$"}


class ArgsField:
    """A mapping of arguments to their constraints, in YAML; see `yaml_reader.fields.Kind`."""

    def read(self, node: Node) -> dict[str, Constraint]:
        diagnostics = Diagnostics()
        found: dict[str, Constraint] = {}
        for key, value in pairs(node, diagnostics):
            with diagnostics.gather():
                found[key.text or ""] = ConstraintField().read(value)
        diagnostics.raise_any()
        return found

    def schema(self) -> JsonSchema:
        return {"type": "object", "additionalProperties": ConstraintField().schema()}


class RelationField:
    """The text of a relation, in YAML. `read_relations` parses it when constraints are known."""

    def read(self, node: Node) -> str:
        return Text().read(node)

    def schema(self) -> JsonSchema:
        return {"type": "string", "minLength": 1}


ARGS = ArgsField()
WHERE = ListOf(RelationField())


def read_relations(where: Node, args: Mapping[str, Constraint]) -> tuple[Relation, ...]:
    """Parse the relations in a list of texts. Items that are not texts are left to `WHERE`.

    Raises:
        SpecError: with everything that is wrong with any of them
    """
    diagnostics = Diagnostics()
    found: list[Relation] = []
    for node in where.items():
        if node.text and node.text.strip():
            try:
                found.append(parse_relation(node.text, args))
            except ConstraintSyntaxError as error:
                diagnostics.add(_locate(node, error.offset), str(error))
    diagnostics.raise_any()
    return tuple(found)


def _locate(node: Node, offset: int) -> Location:
    """Return the location of a character of a scalar; of its first one if it has escapes."""
    start, end = node.raw.start_mark, node.raw.end_mark
    # Quoted, it is longer by the quotes; longer still if there are escapes.
    quotes = end.column - start.column - len(node.text or "") if start.line == end.line else -1
    return node.at._replace(
        column=node.at.column + (offset + quotes // 2 if quotes in (0, 2) else 0)
    )
