"""Constraints: what the arguments of a function may be, declared in the front matter of spec.md.

    args:
      log_probs: list[G >= 1] of list[T_i] of number
      epsilon: number, 0 <= x < 1
    where:
      - abs(log_probs) <= 30

One line for each argument. Sizes of one name are equal within a case, but `T_i` is one size for
each element of the outermost list, and `U_j` one for each element of each of those. Behind the
comma, `x` is each element. The nouns (`Constraint`, `Range`, `Size`, …) are in `model`.

A relation under `where` holds element by element; of several joined by `or`, one does. What has
fewer sizes is taken again for each element of what has more: a number goes with everything, and a
list [G] with [G][T_i]. `sum`, `len`, and `min` and `max` of one thing are taken over its innermost
lists. Relations are parsed by `ast`, and each is made of the few parts that `_term` knows; nothing
is ever evaluated as Python.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from grader.errors import Diagnostics, Location, did_you_mean, spec_error
from grader.model.problem import Constraint, Constraints, ElementKind, Range, Relation, Size
from grader.values import Array, Value
from grader.values.show import shape, show
from grader.yaml_reader.fields import ListOf, Text
from grader.yaml_reader.nodes import JsonSchema, Node, pairs

Index: TypeAlias = tuple[int, ...]
Args: TypeAlias = Mapping[str, Value]


class Malformed(ValueError):
    """A constraint that cannot be read: the character of its text to edit, and what is wrong."""

    def __init__(self, offset: int, text: str) -> None:
        super().__init__(text)
        self.offset = offset


def violations(constraints: Constraints, args: Args) -> list[str]:
    """What is not as it should be in the arguments of a case, in a sentence each.

    An argument that is left out has its default, and that is the author's business.
    """
    sizes = _Sizes(named_sizes(constraints))
    found: list[str] = []
    for name, constraint in constraints.args.items():
        if name in args:
            found += _misfits(name, args[name], constraint, sizes)
    if found:
        return found  # relations can rely on kinds and sizes
    plain = {name: v.nested() if isinstance(v, Array) else v for name, v in args.items()}
    for relation in constraints.where:
        found += dict.fromkeys(_breaches(_claim(relation, constraints.args), plain))
    return found


def named_sizes(constraints: Constraints) -> dict[str, Size]:
    """Every name of a size, with the bounds that any of the constraints gives it."""
    found: dict[str, Size] = {}
    for constraint in constraints.args.values():
        for size in constraint.sizes:
            other = found.get(size.name, size)
            uppers = [most for most in (size.most, other.most) if most is not None]
            most = min(uppers, default=None)
            found[size.name] = replace(size, least=max(size.least, other.least), most=most)
    found.pop("", None)
    return found


# How they are written ----------------------------------------------------------------------------

_KINDS = ("number", "integer", "truth value", "text", "list", "array")
_CONTAINER = re.compile(r"\s*(list|array)\b\s*(?:\[([^\[\]]*)\]\s*(of\b)?)?")
_ELEMENT = re.compile(r"\s*(number|integer|truth value|text)\b((?:\s+or\s+(?:inf|nan)\b)*)\s*")
_SIZE = re.compile(r"[A-Za-z][A-Za-z0-9]*(_[ij])?")
_PER = {"": 0, "_i": 1, "_j": 2}
_LIKE_A_SIZE = "a size is like 3, N, N >= 1, 1 <= N <= 8 or T_i"
_LIKE_A_BOUND = "a bound is like x > 0, 0 <= x < 1 or x != 0, and several are joined by `and`"
_LIKE_A_RELATION = (
    "a relation is made of arguments, numbers, + - * /, abs(), min(), max(), sum(), len(), "
    "and < <= > >= == !=, and several may be joined by `or`"
)
# What an editor can check of a constraint.
_OUTLINE = (
    r"\s*(list\s*\[[^\[\]]+\]\s*of\s+)*(array\s*\[[^\[\]]+\]\s*of\s+)?"
    r"(number(\s+or\s+(inf|nan))*|integer|truth value|text)\s*(,.+)?"
)


def parse_constraint(text: str) -> Constraint:
    """The constraint that is written so.

    Raises:
        Malformed: if nothing is
    """
    sizes: list[Size] = []
    axes = end = 0
    while box := _CONTAINER.match(text, end):
        word, inside, of = box.groups()
        if axes:
            advice = "give the array more sizes, like array[N, K]"
            raise Malformed(box.start(1), f"an array cannot hold a {word}; {advice}")
        if inside is None:
            raise Malformed(box.end(1), f"a size in brackets belongs here, like {word}[N]")
        if of is None:
            raise Malformed(box.end(2) + 1, f"here `of` is missing, as in {word}[N] of number")
        start = box.start(2)
        for part in inside.split(","):
            sizes.append(_size(part, start, len(sizes)))
            start += len(part) + 1
        count = inside.count(",") + 1
        axes = count if word == "array" else 0
        if word == "list" and count > 1:
            advice = "write list[N] of list[K], or array[N, K]"
            raise Malformed(box.start(2), f"a list has one size; {advice}")
        end = box.end()
    found = _ELEMENT.match(text, end)
    if found is None:
        raise _no_kind(text, end)
    kind = ElementKind(found[1])
    if axes and kind is ElementKind.TEXT:
        message = "an array holds no text; it is of number, integer or truth value"
        raise Malformed(found.start(1), message)
    if found[2] and kind is not ElementKind.NUMBER:
        raise Malformed(found.end(1), f"`or inf` and `or nan` go with number, not with {found[1]}")
    numbers = Range(
        whole=kind is ElementKind.INTEGER,
        may_be_inf="inf" in found[2],
        may_be_nan="nan" in found[2],
    )
    if found.end() < len(text):
        if text[found.end()] != ",":
            message = "here the constraint should end; bounds stand behind a comma: number, x > 0"
            raise Malformed(found.end(), message)
        if kind in (ElementKind.TRUTH_VALUE, ElementKind.TEXT):
            raise Malformed(found.end(), f"a {found[1]} has no bounds; leave them out")
        behind = found.end() + 1
        numbers = _bounded(_Formula(text[behind:], behind, _LIKE_A_BOUND), "x", numbers)
    return Constraint(kind, numbers, tuple(sizes), axes)


def _no_kind(text: str, start: int) -> Malformed:
    start += len(text[start:]) - len(text[start:].lstrip())
    word = re.split(r"[\s,\[]", text[start:])[0]
    if not word:
        known = did_you_mean("", _KINDS)
        return Malformed(start, f"here a kind is missing{known}")
    return Malformed(start, f"{show(word)} is no kind of argument{did_you_mean(word, _KINDS)}")


def _size(text: str, start: int, depth: int) -> Size:
    """A size as it stands in brackets that so many others enclose."""
    formula = _Formula(text, start, _LIKE_A_SIZE)
    tree = formula.tree
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    if not names:
        number = formula.number(tree)
        if not isinstance(number, int) or number < 0:
            raise formula.refused(tree)
        return Size(least=number, most=number)
    name = names[0].id
    match = _SIZE.fullmatch(name)
    if match is None:
        raise formula.refused(names[0])
    per = _PER[match[1] or ""]
    if per > depth:
        lists = "a list" if per == 1 else "two lists"
        message = f"a size that ends in {match[1]} must stand inside {lists}"
        raise Malformed(formula.at(names[0]), message)
    if isinstance(tree, ast.Name):
        return Size(name, per=per)
    bounds = _bounded(formula, name, Range(lower=0, whole=True))
    if bounds.apart_from or not all(
        isinstance(end, int) or math.isinf(end) for end in (bounds.lower, bounds.upper)
    ):
        raise formula.refused(tree)
    least = int(bounds.lower) + bounds.lower_open
    most = None if math.isinf(bounds.upper) else int(bounds.upper) - bounds.upper_open
    return Size(name, least, most, per)


def _bounded(formula: _Formula, name: str, numbers: Range) -> Range:
    """The range, within the bounds that the formula gives the name."""
    tree = formula.tree
    both = isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And)
    for part in tree.values if both and isinstance(tree, ast.BoolOp) else [tree]:
        for left, symbol, right in formula.links(part):
            if isinstance(left, ast.Name) and left.id == name:
                numbers = _narrowed(numbers, symbol, formula.number(right))
            elif isinstance(right, ast.Name) and right.id == name:
                numbers = _narrowed(numbers, _FLIPPED[symbol], formula.number(left))
            else:
                raise formula.refused(part)
    lower, upper = numbers.lower, numbers.upper
    open_end = numbers.lower_open or numbers.upper_open
    if numbers.whole and not math.isinf(lower) and not math.isinf(upper):
        first = math.floor(lower) + 1 if numbers.lower_open else math.ceil(lower)
        last = math.ceil(upper) - 1 if numbers.upper_open else math.floor(upper)
        is_empty = first > last
    else:
        is_empty = lower > upper or (lower == upper and open_end)
    if is_empty:
        what = "whole number" if numbers.whole else "number"
        raise Malformed(formula.at(tree), f"no {what} is within these bounds")
    return numbers


def _narrowed(numbers: Range, symbol: str, end: float) -> Range:
    is_open = len(symbol) == 1
    match symbol:
        case "<" | "<=":
            if (end, not is_open) < (numbers.upper, not numbers.upper_open):
                return replace(numbers, upper=end, upper_open=is_open)
        case ">" | ">=":
            if (end, is_open) > (numbers.lower, numbers.lower_open):
                return replace(numbers, lower=end, lower_open=is_open)
        case _:
            return replace(numbers, apart_from=(*numbers.apart_from, end))
    return numbers


class _Formula:
    """A part of a constraint as a tree of Python's, whose every node knows its place."""

    def __init__(self, text: str, start: int, like: str) -> None:
        self.text = text.replace("\n", " ").strip()
        self.start = start + len(text) - len(text.lstrip())
        self.like = like
        try:
            self.tree = ast.parse(self.text, mode="eval").body
        except SyntaxError as error:
            # It counts from 1, and 0 is the end.
            offset = error.offset - 1 if error.offset else len(self.text)
            raise Malformed(self.start + offset, f"this cannot be read; {like}") from None
        except (ValueError, RecursionError, MemoryError):
            raise Malformed(self.start, f"this cannot be read; {like}") from None

    def at(self, node: ast.expr) -> int:
        # Python counts bytes.
        return self.start + len(self.text.encode()[: node.col_offset].decode())

    def segment(self, node: ast.expr) -> str:
        return ast.get_source_segment(self.text, node) or ""

    def refused(self, node: ast.expr) -> Malformed:
        return Malformed(
            self.at(node), f"{show(self.segment(node))} cannot stand here; {self.like}"
        )

    def number(self, node: ast.expr) -> float:
        match node:
            case ast.UnaryOp(op=ast.USub()):
                return -self.number(node.operand)
            case ast.Constant(value=int() | float() as value):
                if not isinstance(value, bool) and math.isfinite(value):
                    return value
        raise self.refused(node)

    def links(self, node: ast.expr) -> list[tuple[ast.expr, str, ast.expr]]:
        """The comparisons of a chain: `a < b <= c` has two."""
        if not isinstance(node, ast.Compare):
            raise self.refused(node)
        # Equations are for relations: who wants one value alone need not have an argument.
        symbols = [_SYMBOLS.get(type(op), "") for op in node.ops]
        if "" in symbols or ("==" in symbols and self.like != _LIKE_A_RELATION):
            raise self.refused(node)
        terms = [node.left, *node.comparators]
        return list(zip(terms, symbols, terms[1:], strict=False))


_SYMBOLS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_MUST = {
    "<": "be less than",
    "<=": "be at most",
    ">": "be greater than",
    ">=": "be at least",
    "==": "be",
    "!=": "not be",
}
_HOLDS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


# As kinds of YAML --------------------------------------------------------------------------------


@dataclass(frozen=True)
class ArgConstraint:
    """The constraint of an argument."""

    def read(self, node: Node) -> Constraint:
        """The constraint; see `fields.Kind`."""
        text = Text().read(node)
        try:
            return parse_constraint(text)
        except Malformed as error:
            raise spec_error(_place(node, error.offset), str(error)) from None

    def schema(self) -> JsonSchema:
        """See `fields.Kind`."""
        return {"type": "string", "pattern": f"^(?:{_OUTLINE})$"}


@dataclass(frozen=True)
class ArgConstraints:
    """A mapping of arguments to their constraints."""

    def read(self, node: Node) -> dict[str, Constraint]:
        """The constraints by name; see `fields.Kind`."""
        diagnostics = Diagnostics()
        found: dict[str, Constraint] = {}
        for key, value in pairs(node, diagnostics):
            with diagnostics.gather():
                found[key.text or ""] = ArgConstraint().read(value)
        diagnostics.raise_any()
        return found

    def schema(self) -> JsonSchema:
        """See `fields.Kind`."""
        return {"type": "object", "additionalProperties": ArgConstraint().schema()}


@dataclass(frozen=True)
class ArgRelation:
    """A relation between arguments. What it says, `check_relations` looks at."""

    def read(self, node: Node) -> Relation:
        """The relation; see `fields.Kind`."""
        return Relation(" ".join(Text().read(node).split()))

    def schema(self) -> JsonSchema:
        """See `fields.Kind`."""
        return {"type": "string", "minLength": 1}


ARGS = ArgConstraints()
WHERE = ListOf(ArgRelation())


def check_relations(where: Node, args: Mapping[str, Constraint]) -> None:
    """Look whether each relation can be reckoned from arguments with these constraints.

    Raises:
        SpecError: with the place of everything that cannot
    """
    diagnostics = Diagnostics()
    for node in where.items():
        text = node.text
        if text and text.strip():  # else the form complains
            try:
                _claim(Relation(text), args)
            except Malformed as error:
                diagnostics.add(_place(node, error.offset), str(error))
    diagnostics.raise_any()


def _place(node: Node, offset: int) -> Location:
    """The place of a character of a text; where the text begins if it is not written as it is."""
    start, end = node.raw.start_mark, node.raw.end_mark
    # Quoted, it is longer by the quotes; longer still if there are escapes.
    quotes = end.column - start.column - len(node.text or "") if start.line == end.line else -1
    return node.at._replace(
        column=node.at.column + (offset + quotes // 2 if quotes in (0, 2) else 0)
    )


# Values ------------------------------------------------------------------------------------------


class _Sizes:
    """The sizes met in a case: each name has the bounds it has anywhere, and one number."""

    def __init__(self, named: Mapping[str, Size]) -> None:
        self.named = named
        self.first: dict[tuple[str, Index], tuple[str, int, str]] = {}

    def misfit(self, size: Size, index: Index, place: str, count: int, axis: str) -> str:
        """What is wrong with so many elements in a place, if anything is."""
        has = f"{place} has {_elements(count)}{axis}"
        if size.name:
            key = size.name, index[: size.per]
            if key in self.first:
                other, expected, along = self.first[key]
                both = f"{other} has {expected}{along}: both are {size}"
                return "" if count == expected else f"{has}, and {both}"
            self.first[key] = place, count, axis
            size = self.named[size.name]
        if count < size.least:
            least = "" if size.least == size.most else "at least "
            return f"{has}, and must have {least}{size.least}"
        if size.most is not None and count > size.most:
            most = "" if size.least == size.most else "at most "
            return f"{has}, and must have {most}{size.most}"
        return ""


def _misfits(
    name: str, value: Value, constraint: Constraint, sizes: _Sizes, index: Index = ()
) -> Iterator[str]:
    """What is wrong with a value whose place in the argument the index tells."""
    place = _indexed(name, index)
    depth, lists = len(index), len(constraint.sizes) - constraint.axes
    if depth < lists:
        if not isinstance(value, list):
            yield f"{place} is {show(value)}, and must be a list"
            return
        if misfit := sizes.misfit(constraint.sizes[depth], index, place, len(value), ""):
            yield misfit
    elif depth == lists and constraint.axes:
        measured = shape(value) if isinstance(value, Array | list) else None
        # Of nested lists without elements the inner sizes cannot be known.
        short = isinstance(value, list) and measured is not None and 0 in measured
        if measured is None or (len(measured) != constraint.axes and not short):
            axes = f"{constraint.axes} axes" if constraint.axes > 1 else "one axis"
            yield f"{place} is {show(value)}, and must be an array of {axes}"
            return
        for axis, (size, count) in enumerate(zip(constraint.sizes[lists:], measured, strict=False)):
            along = f" along axis {axis}" if constraint.axes > 1 else ""
            if misfit := sizes.misfit(size, index, place, count, along):
                yield misfit
        value = value.nested() if isinstance(value, Array) else value
    if depth < len(constraint.sizes):
        assert isinstance(value, list)
        for i, item in enumerate(value):
            yield from _misfits(name, item, constraint, sizes, (*index, i))
    elif must := _must(value, constraint):
        yield f"{place} is {show(value)}, and must {must}"


def _must(value: Value, constraint: Constraint) -> str:
    """What the element should be and is not, as it follows "must"."""
    match constraint.kind:
        case ElementKind.TRUTH_VALUE:
            return "" if isinstance(value, bool) else "be a truth value"
        case ElementKind.TEXT:
            return "" if isinstance(value, str) else "be a text"
        case ElementKind.INTEGER:
            if isinstance(value, bool) or not isinstance(value, int):
                return "be an integer"
        case ElementKind.NUMBER:
            if isinstance(value, bool) or not isinstance(value, int | float):
                return "be a number"
    return _must_number(value, constraint.range)


def _must_number(value: float, numbers: Range) -> str:
    if isinstance(value, float) and math.isnan(value):
        return "" if numbers.may_be_nan else "not be nan"
    if isinstance(value, float) and math.isinf(value) and not numbers.may_be_inf:
        return "be finite"
    bounds = [
        (">" if numbers.lower_open else ">=", numbers.lower),
        ("<" if numbers.upper_open else "<=", numbers.upper),
        *(("!=", number) for number in numbers.apart_from),
    ]
    broken = [(symbol, end) for symbol, end in bounds if not _HOLDS[symbol](value, end)]
    return f"{_MUST[broken[0][0]]} {show(broken[0][1])}" if broken else ""


def _elements(count: int) -> str:
    return "1 element" if count == 1 else f"{count} elements"


def _indexed(name: str, index: Index) -> str:
    return name + "".join(f"[{i}]" for i in index)


# Relations ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Term:
    """A part of a relation: its sizes, and what it comes to in a case.

    The functions take the arguments and an index; of one that is too long, the beginning counts.
    """

    sizes: tuple[Size, ...]
    names: frozenset[str]
    number: Callable[[Args, Index], Any]
    length: Callable[[Args, Index], int]  # of the list at the index, which is shorter than `sizes`
    words: Callable[[Index], str]
    is_sum: bool = False  # whether it needs brackets inside another


@dataclass(frozen=True)
class _Link:
    """A comparison, ready to be reckoned."""

    left: _Term
    symbol: str
    right: _Term


@dataclass(frozen=True)
class _Claim:
    """A relation, ready to be reckoned: in each place one of the chains must hold."""

    chains: Sequence[Sequence[_Link]]
    widest: _Term
    names: frozenset[str]


def _claim(relation: Relation, args: Mapping[str, Constraint]) -> _Claim:
    """What a relation says of arguments with these constraints.

    Raises:
        Malformed: if they do not stand in such a relation
    """
    formula = _Formula(relation.text, 0, _LIKE_A_RELATION)
    match formula.tree:
        case ast.BoolOp(op=ast.Or(), values=parts):
            chains = [_chain(formula, part, args) for part in parts]
        case only:
            chains = [_chain(formula, only, args)]
    terms = [term for chain in chains for link in chain for term in (link.left, link.right)]
    names = frozenset().union(*(term.names for term in terms))
    return _Claim(chains, _widest(formula, formula.tree, terms), names)


def _chain(formula: _Formula, node: ast.expr, args: Mapping[str, Constraint]) -> list[_Link]:
    links = []
    for first, symbol, second in formula.links(node):
        left, right = _term(formula, first, args), _term(formula, second, args)
        if not left.names:
            left, symbol, right = right, _FLIPPED[symbol], left
        if not left.names:
            raise Malformed(formula.at(first), "this compares no argument with anything")
        links.append(_Link(left, symbol, right))
    return links


def _breaches(claim: _Claim, args: Args) -> Iterator[str]:
    """Where a relation does not hold."""
    if claim.names <= set(args):
        for index in _indices(claim.widest, args):
            broken = [_breach(chain, args, index) for chain in claim.chains]
            if all(broken):
                yield "; or ".join(broken)


def _breach(chain: Sequence[_Link], args: Args, index: Index) -> str:
    """What is wrong with the first comparison that does not hold there, if one does not."""
    for link in chain:
        left, right = link.left.words(index), link.right.words(index)
        try:
            a, b = link.left.number(args, index), link.right.number(args, index)
            if not _HOLDS[link.symbol](a, b):
                which = f", which is {show(b)}" if link.right.names else ""
                return f"{left} is {show(a)}, and must {_MUST[link.symbol]} {right}{which}"
        except _Nothing:
            continue
        except ArithmeticError as error:
            return f"{left} {link.symbol} {right} cannot be reckoned: {error}"
    return ""


class _Nothing(Exception):
    """The least or greatest of no elements: nothing is said of it."""


def _indices(term: _Term, args: Args, index: Index = ()) -> Iterator[Index]:
    if len(index) == len(term.sizes):
        yield index
        return
    for i in range(term.length(args, index)):
        yield from _indices(term, args, (*index, i))


def _term(formula: _Formula, node: ast.expr, args: Mapping[str, Constraint]) -> _Term:
    """The term that a node means, if it is one of the few that there are."""
    match node:
        case ast.Constant():
            value = formula.number(node)
            text = formula.segment(node)
            return _Term((), frozenset(), lambda _, __: value, _no_length, lambda _: text)
        case ast.Name(id=name):
            return _argument(formula, node, name, args)
        case ast.UnaryOp(op=ast.USub()):
            return _elementwise(formula, node, "-{}", operator.neg, [node.operand], args)
        case ast.BinOp() if type(node.op) in _OPERATORS:
            template, function = _OPERATORS[type(node.op)]
            return _elementwise(formula, node, template, function, [node.left, node.right], args)
        case ast.Call(func=ast.Name(id="abs"), args=[only], keywords=[]):
            return _elementwise(formula, node, "abs({})", abs, [only], args)
        case ast.Call(func=ast.Name(id="min" | "max" as name), args=[_, _, *_], keywords=[]):
            template = f"{name}({', '.join(['{}'] * len(node.args))})"
            return _elementwise(formula, node, template, _REDUCERS[name], node.args, args)
        case ast.Call(func=ast.Name(id=name), args=[only], keywords=[]) if name in _REDUCERS:
            return _reduced(formula, name, only, args)
    raise formula.refused(node)


def _argument(
    formula: _Formula, node: ast.expr, name: str, args: Mapping[str, Constraint]
) -> _Term:
    if name not in args:
        message = f"{show(name)} has no constraint in `args`{did_you_mean(name, list(args))}"
        raise Malformed(formula.at(node), message)
    constraint = args[name]
    if constraint.kind not in (ElementKind.NUMBER, ElementKind.INTEGER):
        message = f"{show(name)} is of {constraint.kind.value}; relations are between numbers"
        raise Malformed(formula.at(node), message)
    depth = len(constraint.sizes)

    def number(values: Args, index: Index) -> Any:
        found: Any = values[name]
        for i in index[:depth]:
            found = found[i]
        return found

    return _Term(
        constraint.sizes,
        frozenset([name]),
        number,
        lambda values, index: len(number(values, index)),
        lambda index: _indexed(name, index[:depth]),
    )


def _elementwise(
    formula: _Formula,
    node: ast.expr,
    template: str,
    function: Callable[..., Any],
    operands: Sequence[ast.expr],
    args: Mapping[str, Constraint],
) -> _Term:
    terms = [_term(formula, operand, args) for operand in operands]
    widest = _widest(formula, node, terms)
    in_brackets = "(" in template

    def words(index: Index) -> str:
        plain = (term.words(index) for term in terms)
        if in_brackets:
            return template.format(*plain)
        inner = (
            f"({text})" if term.is_sum else text for term, text in zip(terms, plain, strict=True)
        )
        return template.format(*inner)

    return _Term(
        widest.sizes,
        frozenset().union(*(term.names for term in terms)),
        lambda values, index: function(*(term.number(values, index) for term in terms)),
        widest.length,
        words,
        is_sum=not in_brackets,
    )


def _reduced(
    formula: _Formula, name: str, operand: ast.expr, args: Mapping[str, Constraint]
) -> _Term:
    inner = _term(formula, operand, args)
    if not inner.sizes:
        message = f"{show(formula.segment(operand))} is a single number; {name}() is of a list"
        raise Malformed(formula.at(operand), message)
    sizes = inner.sizes[:-1]
    reducer = _REDUCERS[name]

    def number(values: Args, index: Index) -> Any:
        here = index[: len(sizes)]
        numbers = [inner.number(values, (*here, i)) for i in range(inner.length(values, here))]
        if not numbers and name in ("min", "max"):
            raise _Nothing
        return reducer(numbers)

    return _Term(
        sizes,
        inner.names,
        number,
        inner.length,
        lambda index: f"{name}({inner.words(index[: len(sizes)])})",
    )


def _widest(formula: _Formula, node: ast.expr, terms: Sequence[_Term]) -> _Term:
    """The term with the most sizes, with which those of the others must begin."""
    widest = max(terms, key=lambda term: len(term.sizes))
    for term in terms:
        if [*map(str, term.sizes)] != [*map(str, widest.sizes[: len(term.sizes)])]:
            sizes = " and ".join(
                "".join(f"[{size}]" for size in each.sizes) for each in (term, widest)
            )
            message = f"{show(formula.segment(node))} joins what is of different sizes: {sizes}"
            raise Malformed(formula.at(node), message)
    return widest


def _no_length(_: Args, __: Index) -> int:
    raise AssertionError("a number has no length")


_OPERATORS: dict[type[ast.operator], tuple[str, Callable[..., Any]]] = {
    ast.Add: ("{} + {}", operator.add),
    ast.Sub: ("{} - {}", operator.sub),
    ast.Mult: ("{} * {}", operator.mul),
    ast.Div: ("{} / {}", operator.truediv),
}
_REDUCERS: dict[str, Callable[..., Any]] = {"min": min, "max": max, "sum": sum, "len": len}
