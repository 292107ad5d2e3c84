"""Parser of constraints: from a line of front matter to a `Constraint`.

    constraint  = options [ "," bounds ]
    options     = option { "or" option }
    option      = { container "of" } ( kind { "or" ( "inf" | "nan" ) } | "(" options ")"
                | "dict" [ "[" size "]" ] "of" option "to" option
                | "tuple" "(" options { "," options } ")" )
    container   = ( "list" | "tuple" | "array" ) "[" size { "," size } "]"
    kind        = "number" | "integer" | "truth value" | "text" | "null"
    size        = NUMBER | NAME | comparison of NAME with numbers
    bounds      = comparison of "x" with numbers { "and" comparison … }

Sizes and bounds are Python expressions: `ast` parses them, and `ConstraintExpression` accepts the
few nodes that belong there. A list cannot be inside an array, and an array is the innermost
container.
"""

from __future__ import annotations

import ast
import math
import re
from dataclasses import replace

from grader.bank.constraints.expression import (
    MIRRORED,
    ConstraintExpression,
    ConstraintSyntaxError,
)
from grader.errors import did_you_mean
from grader.model.constraints import Constraint, ElementKind, Entries, Fields, OneOf, Range, Size
from grader.values.show import show

_KINDS = (*(kind.value for kind in ElementKind), "list", "tuple", "array", "dict")
# By the suffix of a size's name: the number of indices it depends on, and what must enclose it.
_SUFFIXES = {None: (0, ""), "_i": (1, "list[N] of "), "_j": (2, "list[N] of list[T_i] of ")}

# What to write instead, at the end of a message.
_SIZE_SYNTAX = "a size is like 3, N, N >= 1, 1 <= N <= 8 or T_i"
_BOUND_SYNTAX = "a bound is like x > 0, 0 <= x < 1 or x != 0, and several are joined by `and`"


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
        constraint = self.parse_options(0)
        if self.accept(","):
            constraint = self.parse_bounds(constraint)
        elif self.accept("."):
            raise self.error("expected the end; write bounds after a comma, like number, x > 0")
        return constraint

    def parse_bounds(self, constraint: Constraint) -> Constraint:
        """Return the constraint with bounds on every number in it."""
        source = ConstraintExpression(self.text[self.end :], self.end, _BOUND_SYNTAX)
        if not any(map(_is_number, constraint.parts())):
            kind = constraint.kind.value if isinstance(constraint.kind, ElementKind) else "value"
            raise self.error(f"a {kind} cannot have bounds; remove them")

        def narrowed(part: Constraint) -> Constraint:
            if not _is_number(part):
                return part
            return replace(part, range=_parse_bounds(source, "x", part.range))

        return constraint.with_parts(narrowed)

    def parse_options(self, depth: int) -> Constraint:
        """Return one constraint, or several of which one must hold: joined by `or`.

        Args:
            depth: number of containers around it
        """
        options = [self.parse_option(depth)]
        while self.accept(r"or\b"):
            options.append(self.parse_option(depth))
        return options[0] if len(options) == 1 else Constraint(OneOf(tuple(options)))

    def parse_option(self, depth: int) -> Constraint:
        sizes, axes, tuples = self.parse_containers(depth)
        inside = depth + len(sizes)
        opened = self.accept(r"(dict\b|tuple\s*\(|\()")
        if axes and opened:
            advice = "give it a kind: number, integer or truth value"
            raise self.error(f"an array cannot contain {show(opened[1])}; {advice}")
        if not opened:
            kind, numbers = self.parse_kind(axes)
            return Constraint(kind, numbers, tuple(sizes), axes, tuples)
        if opened[1] == "dict":
            return Constraint(self.parse_entries(inside), Range(), tuple(sizes), 0, tuples)
        if opened[1] == "(":
            inner = self.parse_options(inside)
            self.expect(r"\)", "expected `)` after what is in parentheses")
            return _around(tuple(sizes), tuples, inner)
        items = [self.parse_options(inside + 1)]
        while self.accept(","):
            items.append(self.parse_options(inside + 1))
        self.expect(r"\)", "expected `)` after the elements of the tuple")
        return Constraint(Fields(tuple(items)), Range(), tuple(sizes), 0, tuples)

    def parse_entries(self, depth: int) -> Entries:
        """Return what follows the word `dict`."""
        brackets = self.accept(r"\[([^\[\]]*)\]")
        size = Size()
        if brackets is not None:
            size = _parse_size(brackets[1], brackets.start(1), depth)
        self.expect(r"of\b", "expected `of`, as in dict[N] of text to number")
        rest = self.text[self.end :]
        begin = self.end + len(rest) - len(rest.lstrip())
        key = self.parse_option(depth + 1)
        if key.axes or isinstance(key.kind, Entries) or len(key.tuples) < len(key.sizes):
            message = "a key of a dict cannot be a list, an array or a dict; use a tuple"
            raise self.error(message, begin)
        self.expect(r"to\b", "expected `to` between key and value, as in dict of text to number")
        return Entries(size, key, self.parse_option(depth + 1))

    def parse_containers(self, depth: int) -> tuple[list[Size], int, frozenset[int]]:
        """Return the sizes, how many of them are the axes of an array, and which are of tuples."""
        sizes: list[Size] = []
        axes = 0
        tuples: list[int] = []
        while container := self.accept(r"(list|array|tuple(?!\s*\())\b"):
            word = container[1]
            if axes:
                advice = "give the array more sizes, like array[N, K]"
                raise self.error(f"an array cannot contain a {word}; {advice}")
            brackets = self.accept(r"\[([^\[\]]*)\]")
            if brackets is None:
                raise self.error(f"expected a size in brackets, like {word}[N]", container.end())
            start = brackets.start(1)
            for part in brackets[1].split(","):
                sizes.append(_parse_size(part, start, depth + len(sizes)))
                start += len(part) + 1
            count = brackets[1].count(",") + 1
            axes = count if word == "array" else 0
            if not self.accept(r"of\b"):
                raise self.error(f"expected `of`, as in {word}[N] of number", brackets.end())
            if word != "array" and count > 1:
                advice = f"write {word}[N] of {word}[K], or array[N, K]"
                raise self.error(f"a {word} has one size; {advice}", brackets.start(1))
            if word == "tuple":
                tuples.append(len(sizes) - 1)
        return sizes, axes, frozenset(tuples)

    def parse_kind(self, axes: int) -> tuple[ElementKind, Range]:
        """Return the kind, and the range without its bounds."""
        found = self.accept(r"(number|integer|truth value|text|null)\b((?:\s+or\s+(?:inf|nan)\b)*)")
        if found is None:
            word = re.split(r"[\s,\[]", self.text[self.start :])[0]
            problem = (
                f"{show(word)} is not a kind of argument" if word else "expected a kind of argument"
            )
            raise self.error(problem + did_you_mean(word, _KINDS))
        kind, special = ElementKind(found[1]), found[2]
        if axes and kind in (ElementKind.TEXT, ElementKind.NONE):
            advice = "use number, integer or truth value"
            raise self.error(f"an array cannot contain {kind.value}; {advice}")
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

    def expect(self, pattern: str, message: str) -> None:
        if not self.accept(pattern):
            raise self.error(message)

    def error(self, message: str, offset: int | None = None) -> ConstraintSyntaxError:
        return ConstraintSyntaxError(self.start if offset is None else offset, message)


def _parse_size(text: str, start: int, depth: int) -> Size:
    """Parse a size whose container is inside `depth` others."""
    expression = ConstraintExpression(text, start, _SIZE_SYNTAX)
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


def _parse_bounds(expression: ConstraintExpression, name: str, numbers: Range) -> Range:
    """Return the range within the bounds that an expression gives the name."""
    for part in expression.parts(ast.And):
        for left, symbol, right in expression.comparisons(part):
            if isinstance(left, ast.Name) and left.id == name:
                numbers = _narrow(numbers, symbol, expression.number(right))
            elif isinstance(right, ast.Name) and right.id == name:
                numbers = _narrow(numbers, MIRRORED[symbol], expression.number(left))
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


def _is_number(part: Constraint) -> bool:
    return part.kind in (ElementKind.NUMBER, ElementKind.INTEGER)


def _around(sizes: tuple[Size, ...], tuples: frozenset[int], inner: Constraint) -> Constraint:
    """Return lists or tuples of these sizes around what is in parentheses."""
    deeper = frozenset(len(sizes) + depth for depth in inner.tuples)
    return replace(inner, sizes=sizes + inner.sizes, tuples=tuples | deeper)
