"""Parser of relations: from a line under `where` to a `Relation`.

    relation    = condition { "or" condition }
    condition   = comparison of expressions
                | ( "sorted" | "distinct" | "symmetric" ) "(" argument ")"

Relations are Python expressions: `ast` parses them, and `ConstraintExpression` accepts the few
nodes that belong there.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from grader.bank.constraints.expression import MIRRORED, ConstraintExpression
from grader.errors import did_you_mean
from grader.model.constraints import (
    Argument,
    Comparison,
    Condition,
    Constraint,
    ElementKind,
    Expression,
    Literal,
    Operation,
    Property,
    Reduction,
    Relation,
    Size,
)
from grader.values.show import show

_INFIX: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
# The number of sizes that an argument needs to have a property.
_PROPERTIES = {"sorted": 1, "distinct": 1, "symmetric": 2}
_SYNTAX = (
    "a relation is made of arguments, numbers, + - * /, abs(), min(), max(), sum(), len(), "
    "and < <= > >= == !=, or is sorted(), distinct() or symmetric() of an argument, and several "
    "may be joined by `or`"
)


def parse_relation(text: str, args: Mapping[str, Constraint]) -> Relation:
    """Parse a relation between arguments with these constraints, like `abs(new - old) <= 30`.

    Raises:
        ConstraintSyntaxError: if the text is not a relation, has an argument that is not a number
            or has no constraint, or combines different sizes
    """
    return _RelationParser(text, args).parse()


class _Term(NamedTuple):
    """An expression, the sizes of its result, and the arguments in it."""

    expression: Expression
    sizes: tuple[Size, ...] = ()
    arguments: frozenset[str] = frozenset()


class _RelationParser:
    """Reads a relation from the outside in: alternatives, chains of comparisons, terms."""

    def __init__(self, text: str, args: Mapping[str, Constraint]) -> None:
        self.text = text
        self.args = args
        self.source = ConstraintExpression(text, 0, _SYNTAX, may_equal=True)
        self.terms: list[_Term] = []  # the sides of all comparisons

    def parse(self) -> Relation:
        alternatives = tuple(self.parse_chain(part) for part in self.source.parts(ast.Or))
        self.common_sizes(self.source.tree, self.terms)
        return Relation(" ".join(self.text.split()), alternatives, _arguments(self.terms))

    def parse_chain(self, node: ast.expr) -> tuple[Condition, ...]:
        match node:
            case ast.Call(func=ast.Name(id=name), args=[ast.Name() as operand], keywords=[]) if (
                name in _PROPERTIES
            ):
                return (self.parse_property(node, name, operand),)
        chain = []
        for first, symbol, second in self.source.comparisons(node):
            left, right = self.parse_term(first), self.parse_term(second)
            if not left.arguments:
                left, symbol, right = right, MIRRORED[symbol], left
            if not left.arguments:
                raise self.source.error(first, "expected an argument on one side, found none")
            self.terms += [left, right]
            chain.append(Comparison(left.expression, symbol, right.expression))
        return tuple(chain)

    def parse_property(self, node: ast.expr, name: str, operand: ast.Name) -> Property:
        constraint = self.constraint_of(operand)
        may_be_text = name != "symmetric" and constraint.kind is ElementKind.TEXT
        depth = len(constraint.sizes)
        if not may_be_text:
            self.parse_argument(operand, operand.id)
        if depth < _PROPERTIES[name]:
            what = "a list or an array" if name != "symmetric" else "a matrix"
            message = f"{name}() expects {what}, found {show(operand.id)}"
            raise self.source.error(operand, message)
        sizes = constraint.sizes[: depth - _PROPERTIES[name]]
        argument = Argument(operand.id, depth)
        self.terms.append(_Term(argument, sizes, frozenset([operand.id])))
        return Property(name, argument, len(sizes))

    def parse_term(self, node: ast.expr) -> _Term:
        match node:
            case ast.Constant() | ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
                return _Term(Literal(self.source.text_of(node), self.source.number(node)))
            case ast.Name(id=name) as named:
                return self.parse_argument(named, name)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self.parse_operation(node, "negate", [operand])
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _INFIX:
                return self.parse_operation(node, _INFIX[type(op)], [left, right])
            case ast.Call(func=ast.Name(id="abs" as name), args=[_] as operands, keywords=[]):
                return self.parse_operation(node, name, operands)
            case ast.Call(
                func=ast.Name(id="min" | "max" as name), args=[_, _, *_] as operands, keywords=[]
            ):
                return self.parse_operation(node, name, operands)
            case ast.Call(
                func=ast.Name(id="min" | "max" | "sum" | "len" as name), args=[operand], keywords=[]
            ):
                return self.parse_reduction(name, operand)
        raise self.source.error(node)

    def constraint_of(self, node: ast.Name) -> Constraint:
        """Return the constraint of an argument, unless it is None."""
        constraint = self.args.get(node.id)
        if constraint is None:
            known = did_you_mean(node.id, list(self.args))
            raise self.source.error(node, f"{show(node.id)} has no constraint in `args`{known}")
        return constraint.unless_none

    def parse_argument(self, node: ast.Name, name: str) -> _Term:
        constraint = self.constraint_of(node)
        if constraint.kind not in (ElementKind.NUMBER, ElementKind.INTEGER):
            declared = constraint.kind
            kind = declared.value if isinstance(declared, ElementKind) else "more than numbers"
            message = f"expected a number, found {show(name)}, which is declared as {kind}"
            raise self.source.error(node, message)
        argument = Argument(name, len(constraint.sizes))
        return _Term(argument, constraint.sizes, frozenset([name]))

    def parse_operation(self, node: ast.expr, function: str, operands: Sequence[ast.expr]) -> _Term:
        terms = [self.parse_term(each) for each in operands]
        operation = Operation(function, tuple(each.expression for each in terms))
        return _Term(operation, self.common_sizes(node, terms), _arguments(terms))

    def parse_reduction(self, function: str, node: ast.expr) -> _Term:
        operand = self.parse_term(node)
        if not operand.sizes:
            found = show(self.source.text_of(node))
            message = f"{function}() expects a list, found {found}, which is a single number"
            raise self.source.error(node, message)
        sizes = operand.sizes[:-1]
        reduction = Reduction(function, operand.expression, len(sizes))
        return _Term(reduction, sizes, operand.arguments)

    def common_sizes(self, node: ast.expr, terms: Sequence[_Term]) -> tuple[Size, ...]:
        """Return the sizes of the deepest term, with which those of the others must begin."""
        deepest = max((term.sizes for term in terms), key=len)
        for sizes in (term.sizes for term in terms):
            if _brackets(sizes) != _brackets(deepest[: len(sizes)]):
                found = f"{_brackets(sizes)} and {_brackets(deepest)}"
                text = show(self.source.text_of(node))
                raise self.source.error(node, f"{text} combines different sizes: {found}")
        return deepest


def _arguments(terms: Sequence[_Term]) -> frozenset[str]:
    return frozenset().union(*(term.arguments for term in terms))


def _brackets(sizes: Sequence[Size]) -> str:
    return "".join(f"[{size}]" for size in sizes)
