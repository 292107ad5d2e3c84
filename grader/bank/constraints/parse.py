"""Parser of constraints: from a line of front matter to a `Constraint` or a `Relation`.

    constraint  = { container "of" } kind { "or" ( "inf" | "nan" ) } [ "," bounds ]
    container   = ( "list" | "array" ) "[" size { "," size } "]"
    kind        = "number" | "integer" | "truth value" | "text"
    size        = NUMBER | NAME | comparison of NAME with numbers
    bounds      = comparison of "x" with numbers { "and" comparison … }
    relation    = comparison of expressions { "or" comparison … }

Sizes, bounds and relations are Python expressions: `ast` parses them, and `_Expression` accepts the
few nodes that belong there. A list cannot be inside an array, and an array is the innermost
container.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple, assert_never

from grader.errors import did_you_mean
from grader.model.problem import (
    Argument,
    Comparison,
    Constraint,
    ElementKind,
    Expression,
    Literal,
    Operation,
    Range,
    Reduction,
    Relation,
    Size,
)
from grader.values.show import show

# A longer relation is refused, so that none exhausts the stack of what walks through it.
MAX_NODES = 100

_KINDS = (*(kind.value for kind in ElementKind), "list", "array")
# By the suffix of a size's name: the number of indices it depends on, and what must enclose it.
_SUFFIXES = {None: (0, ""), "_i": (1, "list[N] of "), "_j": (2, "list[N] of list[T_i] of ")}
_SYMBOLS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_INFIX: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}

# What to write instead, at the end of a message.
_SIZE_SYNTAX = "a size is like 3, N, N >= 1, 1 <= N <= 8 or T_i"
_BOUND_SYNTAX = "a bound is like x > 0, 0 <= x < 1 or x != 0, and several are joined by `and`"
_RELATION_SYNTAX = (
    "a relation is made of arguments, numbers, + - * /, abs(), min(), max(), sum(), len(), "
    "and < <= > >= == !=, and several may be joined by `or`"
)


class ConstraintSyntaxError(ValueError):
    """A constraint or a relation that cannot be parsed; `offset` is the first wrong character."""

    def __init__(self, offset: int, message: str) -> None:
        super().__init__(message)
        self.offset = offset


# Constraints of one argument ---------------------------------------------------------------------


def parse_constraint(text: str) -> Constraint:
    """Parse a constraint, like `list[N >= 1] of number, x > 0`.

    Raises:
        ConstraintSyntaxError: if the text is not a constraint
    """
    return _ConstraintParser(text).parse()


class _ConstraintParser:
    """Reads a constraint from left to right.

    Attributes:
        start: of the last accepted part; where none was, of what comes next
        end: of the last accepted part
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.start = self.end = 0

    def parse(self) -> Constraint:
        sizes, axes = self.parse_containers()
        kind, numbers = self.parse_kind(axes)
        if self.accept(","):
            if kind in (ElementKind.TRUTH_VALUE, ElementKind.TEXT):
                raise self.error(f"a {kind.value} cannot have bounds; remove them")
            bounds = _Expression(self.text[self.end :], self.end, _BOUND_SYNTAX)
            numbers = _parse_bounds(bounds, "x", numbers)
        elif self.accept("."):
            raise self.error("expected the end; write bounds after a comma, like number, x > 0")
        return Constraint(kind, numbers, tuple(sizes), axes)

    def parse_containers(self) -> tuple[list[Size], int]:
        """Return the sizes, and how many of them are the axes of an array."""
        sizes: list[Size] = []
        axes = 0
        while container := self.accept(r"(list|array)\b"):
            word = container[1]
            if axes:
                advice = "give the array more sizes, like array[N, K]"
                raise self.error(f"an array cannot contain a {word}; {advice}")
            brackets = self.accept(r"\[([^\[\]]*)\]")
            if brackets is None:
                raise self.error(f"expected a size in brackets, like {word}[N]", container.end())
            start = brackets.start(1)
            for part in brackets[1].split(","):
                sizes.append(_parse_size(part, start, len(sizes)))
                start += len(part) + 1
            count = brackets[1].count(",") + 1
            axes = count if word == "array" else 0
            if not self.accept(r"of\b"):
                raise self.error(f"expected `of`, as in {word}[N] of number", brackets.end())
            if word == "list" and count > 1:
                advice = "write list[N] of list[K], or array[N, K]"
                raise self.error(f"a list has one size; {advice}", brackets.start(1))
        return sizes, axes

    def parse_kind(self, axes: int) -> tuple[ElementKind, Range]:
        """Return the kind, and the range without its bounds."""
        found = self.accept(r"(number|integer|truth value|text)\b((?:\s+or\s+(?:inf|nan)\b)*)")
        if found is None:
            word = re.split(r"[\s,\[]", self.text[self.start :])[0]
            problem = (
                f"{show(word)} is not a kind of argument" if word else "expected a kind of argument"
            )
            raise self.error(problem + did_you_mean(word, _KINDS))
        kind, special = ElementKind(found[1]), found[2]
        if axes and kind is ElementKind.TEXT:
            raise self.error("an array cannot contain text; use number, integer or truth value")
        if special and kind is not ElementKind.NUMBER:
            message = f"`or inf` and `or nan` belong to number; remove them from {kind.value}"
            raise self.error(message, found.end(1))
        whole = kind is ElementKind.INTEGER
        return kind, Range(whole=whole, may_be_inf="inf" in special, may_be_nan="nan" in special)

    def accept(self, pattern: str) -> re.Match[str] | None:
        """Return the match of what comes next, after white space, and move behind it."""
        rest = self.text[self.end :]
        self.start = self.end + len(rest) - len(rest.lstrip())
        found = re.compile(pattern).match(self.text, self.start)
        if found is not None:
            self.end = found.end()
        return found

    def error(self, message: str, offset: int | None = None) -> ConstraintSyntaxError:
        return ConstraintSyntaxError(self.start if offset is None else offset, message)


def _parse_size(text: str, start: int, depth: int) -> Size:
    """Parse a size whose container is inside `depth` others."""
    expression = _Expression(text, start, _SIZE_SYNTAX)
    tree = expression.tree
    name = next((node for node in ast.walk(tree) if isinstance(node, ast.Name)), None)
    if name is None:
        number = expression.number(tree)
        if not isinstance(number, int) or number < 0:
            raise expression.error(tree)
        return Size(minimum=number, maximum=number)
    match = re.fullmatch("[A-Za-z][A-Za-z0-9]*(_[ij])?", name.id)
    if match is None:
        raise expression.error(name)
    per, enclosing = _SUFFIXES[match[1]]
    if per > depth:
        example = f"{enclosing}list[{name.id}]"
        message = f"a size that ends in {match[1]} must be inside other lists, like {example}"
        raise expression.error(name, message)
    if isinstance(tree, ast.Name):
        return Size(name.id, per=per)
    bounds = _parse_bounds(expression, name.id, Range(lower=0, whole=True))
    ends = bounds.lower, bounds.upper
    if bounds.excluded or not all(isinstance(end, int) or math.isinf(end) for end in ends):
        raise expression.error(tree)
    minimum = int(bounds.lower) + bounds.lower_open
    maximum = None if math.isinf(bounds.upper) else int(bounds.upper) - bounds.upper_open
    return Size(name.id, minimum, maximum, per)


def _parse_bounds(expression: _Expression, name: str, numbers: Range) -> Range:
    """Return the range within the bounds that an expression gives the name."""
    for part in expression.parts(ast.And):
        for left, symbol, right in expression.comparisons(part):
            if isinstance(left, ast.Name) and left.id == name:
                numbers = _narrow(numbers, symbol, expression.number(right))
            elif isinstance(right, ast.Name) and right.id == name:
                numbers = _narrow(numbers, _MIRRORED[symbol], expression.number(left))
            else:
                raise expression.error(part)
    if _is_empty(numbers):
        kind = "integer" if numbers.whole else "number"
        message = f"no {kind} is within these bounds; correct one of them"
        raise expression.error(expression.tree, message)
    return numbers


def _narrow(numbers: Range, symbol: str, end: float) -> Range:
    match symbol:
        case "<" | "<=":
            is_open = symbol == "<"
            if (end, not is_open) < (numbers.upper, not numbers.upper_open):
                return replace(numbers, upper=end, upper_open=is_open)
        case ">" | ">=":
            is_open = symbol == ">"
            if (end, is_open) > (numbers.lower, numbers.lower_open):
                return replace(numbers, lower=end, lower_open=is_open)
        case _:
            return replace(numbers, excluded=(*numbers.excluded, end))
    return numbers


def _is_empty(numbers: Range) -> bool:
    lower, upper = numbers.lower, numbers.upper
    if numbers.whole and not math.isinf(lower) and not math.isinf(upper):
        first = math.floor(lower) + 1 if numbers.lower_open else math.ceil(lower)
        last = math.ceil(upper) - 1 if numbers.upper_open else math.floor(upper)
        return first > last
    return lower > upper or (lower == upper and (numbers.lower_open or numbers.upper_open))


# Relations between arguments ---------------------------------------------------------------------


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
        self.source = _Expression(text, 0, _RELATION_SYNTAX)
        self.terms: list[_Term] = []  # the sides of all comparisons

    def parse(self) -> Relation:
        alternatives = tuple(self.parse_chain(part) for part in self.source.parts(ast.Or))
        self.common_sizes(self.source.tree, self.terms)
        return Relation(" ".join(self.text.split()), alternatives, _arguments(self.terms))

    def parse_chain(self, node: ast.expr) -> tuple[Comparison, ...]:
        chain = []
        for first, symbol, second in self.source.comparisons(node):
            left, right = self.parse_term(first), self.parse_term(second)
            if not left.arguments:
                left, symbol, right = right, _MIRRORED[symbol], left
            if not left.arguments:
                raise self.source.error(first, "expected an argument on one side, found none")
            self.terms += [left, right]
            chain.append(Comparison(left.expression, symbol, right.expression))
        return tuple(chain)

    def parse_term(self, node: ast.expr) -> _Term:
        match node:
            case ast.Constant() | ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
                return _Term(Literal(self.source.text_of(node), self.source.number(node)))
            case ast.Name(id=name):
                return self.parse_argument(node, name)
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

    def parse_argument(self, node: ast.expr, name: str) -> _Term:
        constraint = self.args.get(name)
        if constraint is None:
            known = did_you_mean(name, list(self.args))
            raise self.source.error(node, f"{show(name)} has no constraint in `args`{known}")
        match constraint.kind:
            case ElementKind.NUMBER | ElementKind.INTEGER:
                argument = Argument(name, len(constraint.sizes))
                return _Term(argument, constraint.sizes, frozenset([name]))
            case ElementKind.TEXT | ElementKind.TRUTH_VALUE:
                kind = constraint.kind.value
                message = f"expected a number, found {show(name)}, which is declared as {kind}"
                raise self.source.error(node, message)
            case _:
                assert_never(constraint.kind)

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


# What both are made of ---------------------------------------------------------------------------


class _Expression:
    """A Python expression inside a constraint, whose errors point into the constraint's text.

    Args:
        text: of the expression
        start: of the text in the constraint
        syntax: what may be written here, for the end of a message
    """

    def __init__(self, text: str, start: int, syntax: str) -> None:
        self.text = text.replace("\n", " ").strip()
        self.start = start + len(text) - len(text.lstrip())
        self.syntax = syntax
        try:
            self.tree = ast.parse(self.text, mode="eval").body
        except SyntaxError as error:
            # Python counts from 1, and 0 is the end.
            offset = error.offset - 1 if error.offset else len(self.text)
            message = f"this is not a valid expression; {syntax}"
            raise ConstraintSyntaxError(self.start + offset, message) from None
        except (ValueError, RecursionError, MemoryError):
            message = f"this is not a valid expression; {syntax}"
            raise ConstraintSyntaxError(self.start, message) from None
        if sum(isinstance(node, ast.expr) for node in ast.walk(self.tree)) > MAX_NODES:
            message = f"this has more than {MAX_NODES} operands and operators; split it"
            raise ConstraintSyntaxError(self.start, message)

    def parts(self, operator: type[ast.boolop]) -> list[ast.expr]:
        """Return the parts that `and` or `or` joins; only one where it does not occur."""
        if isinstance(self.tree, ast.BoolOp) and isinstance(self.tree.op, operator):
            return self.tree.values
        return [self.tree]

    def offset_of(self, node: ast.expr) -> int:
        """Return the offset of a node in the constraint."""
        # Python counts bytes.
        return self.start + len(self.text.encode()[: node.col_offset].decode())

    def text_of(self, node: ast.expr) -> str:
        return ast.get_source_segment(self.text, node) or ""

    def error(self, node: ast.expr, message: str = "") -> ConstraintSyntaxError:
        """Return an error at the node, which by default says what is allowed there."""
        found = f"{show(self.text_of(node))} is not allowed here; {self.syntax}"
        return ConstraintSyntaxError(self.offset_of(node), message or found)

    def number(self, node: ast.expr) -> float:
        """Return the value of a finite number.

        Raises:
            ConstraintSyntaxError: if the node is anything else
        """
        match node:
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self.number(operand)
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                with suppress(OverflowError):  # an integer beyond the largest float
                    if math.isfinite(value):
                        return value
        raise self.error(node)

    def comparisons(self, node: ast.expr) -> list[tuple[ast.expr, str, ast.expr]]:
        """Return the comparisons of a chain: `a < b <= c` has two.

        Raises:
            ConstraintSyntaxError: if the node is not a chain of comparisons
        """
        if not isinstance(node, ast.Compare):
            raise self.error(node)
        symbols = [_SYMBOLS.get(type(op), "") for op in node.ops]
        # Only relations may be equations: an argument with one possible value would be pointless.
        if "" in symbols or ("==" in symbols and self.syntax != _RELATION_SYNTAX):
            raise self.error(node)
        return list(zip([node.left, *node.comparators], symbols, node.comparators, strict=False))
