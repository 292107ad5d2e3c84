"""Python expressions inside constraints: which nodes are allowed, and where an error is."""

from __future__ import annotations

import ast
import math
from contextlib import suppress

from grader.values.show import show
from grader.values.syntax import parse_expression

# A longer relation is refused, so that none exhausts the stack of what walks through it.
MAX_NODES = 100

_SYMBOLS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


class ConstraintSyntaxError(ValueError):
    """A constraint or a relation that cannot be parsed; `offset` is the first wrong character."""

    def __init__(self, offset: int, message: str) -> None:
        super().__init__(message)
        self.offset = offset


class ConstraintExpression:
    """A Python expression inside a constraint, whose errors point into the constraint's text.

    Args:
        text: of the expression
        start: of the text in the constraint
        syntax: what may be written here, for the end of a message
        may_equal: whether == is allowed; an argument with one possible value would be pointless
    """

    def __init__(self, text: str, start: int, syntax: str, may_equal: bool = False) -> None:
        self.text = text.replace("\n", " ").strip()
        self.start = start + len(text) - len(text.lstrip())
        self.syntax = syntax
        self.may_equal = may_equal
        try:
            self.tree = parse_expression(self.text)
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
        if "" in symbols or ("==" in symbols and not self.may_equal):
            raise self.error(node)
        return list(zip([node.left, *node.comparators], symbols, node.comparators, strict=False))
