"""A test, rewritten so that it records what it calls and what it prints.

`print(np.round(f(x), 3))` becomes `_grader_hole(1, _grader_call(2, "f", x))`, and the rounding is
noted: what only rounds or converts a result says how precise it is, and not what it is.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from grader.importers import recorder
from grader.importers.roundings import decimals_in, peel, pieces
from grader.importers.texts import NotAValue, read_text
from grader.model.python_source import parse_python
from grader.values import Value

_BUILTINS = frozenset(dir(builtins))


@dataclass(frozen=True)
class Hole:
    """A value that a test prints.

    Attributes:
        site: its number in the test
        decimals: to which the test rounds it; None if it does not
        text: the fixed text that the test prints before it
    """

    site: int
    decimals: int | None
    text: str = ""


@dataclass(frozen=True)
class Snippet:
    """A test that has been rewritten.

    Attributes:
        source: the program that records
        prints: the holes of each `print`, in order
        tail: the fixed text after the last hole
        calls: the number of places that call what students write
        is_straight: whether no call and no print is in a loop, a branch or a function
        seed: the number that the test gives `numpy.random.seed` or `random.seed`, if any
    """

    source: str
    prints: tuple[tuple[Hole, ...], ...]
    tail: str
    calls: int
    is_straight: bool
    seed: int | None

    @property
    def holes(self) -> tuple[Hole, ...]:
        return tuple(hole for holes in self.prints for hole in holes)


class Unprintable(Exception):
    """The printed text does not fit the test."""


def read_snippet(source: str, names: Collection[str]) -> Snippet:
    """Return a test that records.

    Args:
        names: of the functions and classes that students write

    Raises:
        SyntaxError: if it is not valid Python
    """
    rewriter = _Rewriter(names)
    tree = rewriter.rewrite(parse_python(source))
    return Snippet(
        ast.unparse(tree),
        tuple(rewriter.prints),
        rewriter.text,
        rewriter.calls,
        rewriter.is_straight,
        rewriter.seed,
    )


def printed_values(snippet: Snippet, text: str) -> list[tuple[str, Value]]:
    """Return the text of each hole, and the value that it shows, as far as one can be read.

    A value that cannot be read is the text itself.

    Raises:
        Unprintable: if the text has another number of values than the test prints
    """
    holes = snippet.holes
    parts = _by_template(snippet, text)
    if parts is not None:
        return [(part.strip(), _read(part)) for part in parts]
    parts = _by_spaces(text)
    if len(parts) == len(holes):
        return [(part, _read(part)) for part in parts]
    whole = _read(text)
    if isinstance(whole, tuple) and len(whole) == len(holes):
        return [(text.strip(), each) for each in whole]
    raise Unprintable(f"the test prints {len(holes)} values, which are not in the expected text")


def _read(text: str) -> Value:
    try:
        return read_text(text)
    except NotAValue:
        return text.strip()


def _by_template(snippet: Snippet, text: str) -> list[str] | None:
    """Return the parts of a text that are the holes of a test; None if it has another form."""
    if len(snippet.holes) == 1 and not snippet.holes[0].text.strip() and not snippet.tail.strip():
        return [text]
    between = [hole.text for hole in snippet.holes]
    start, end = between.pop(0).lstrip(), snippet.tail.rstrip()
    left = text.strip()
    if not (left.startswith(start) and left.endswith(end)):
        return None
    left = left[len(start) : len(left) - len(end)]
    parts = []
    for literal in between:
        at = left.find(literal, 1) if literal else -1
        if at < 0:
            return None
        parts.append(left[:at])
        left = left[at + len(literal) :]
    if not left:
        return None
    parts = [part.strip().removesuffix(",") for part in [*parts, left]]
    is_cut = any(part.count(each[0]) != part.count(each[1]) for part in parts for each in _PAIRS)
    return None if is_cut else parts


_PAIRS = ("()", "[]", "{}")


def _by_spaces(text: str) -> list[str]:
    """Return the parts of a text between the spaces that are outside of all brackets."""
    depth, start, parts = 0, 0, []
    for at, char in enumerate(text):
        depth += (char in "([{") - (char in ")]}")
        if char.isspace() and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    parts.append(text[start:].rstrip())
    return [part.removesuffix(",") for part in parts if part]


class _Rewriter(ast.NodeTransformer):
    def __init__(self, names: Collection[str]) -> None:
        self._names = frozenset(names)
        self._modules: set[str] = {"np", "math", "random", "torch"}
        self._site = 0
        self._depth = 0
        self.prints: list[tuple[Hole, ...]] = []
        self.text = ""
        self.calls = 0
        self.is_straight = True
        self.seed: int | None = None

    def rewrite(self, tree: ast.Module) -> ast.Module:
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                self._modules |= {(each.asname or each.name).split(".")[0] for each in node.names}
        self.generic_visit(tree)
        return ast.fix_missing_locations(tree)

    def _next(self) -> ast.expr:
        self._site += 1
        return ast.Constant(self._site)

    def _inside(self, node: ast.AST) -> ast.AST:
        self._depth += 1
        found = self.generic_visit(node)
        self._depth -= 1
        return found

    visit_For = visit_While = visit_If = visit_Try = visit_With = _inside
    visit_FunctionDef = visit_ClassDef = visit_Lambda = _inside
    visit_ListComp = visit_GeneratorExp = visit_DictComp = visit_SetComp = _inside

    # What is printed -----------------------------------------------------------------------------

    def visit_Expr(self, node: ast.Expr) -> ast.AST | list[ast.AST]:
        match node.value:
            case ast.Call(func=ast.Name(id="print"), args=items, keywords=[]):
                self.is_straight = self.is_straight and self._depth == 0
                return self._print(items)
        return self.generic_visit(node)

    def _print(self, items: Sequence[ast.expr]) -> list[ast.AST]:
        holes: list[Hole] = []
        statements: list[ast.AST] = []
        for index, item in enumerate(items):
            self.text += " " if index else ""
            for piece in pieces(item):
                if isinstance(piece, str):
                    self.text += piece
                    continue
                inner, decimals = peel(*piece)
                if decimals is None:
                    decimals = decimals_in(inner)
                site = self._next()
                holes.append(Hole(self._site, decimals, self.text))
                self.text = ""
                linkable = isinstance(
                    inner, ast.Name | ast.Call | ast.Subscript | ast.Attribute | ast.Compare
                )
                call = _call(recorder.HOLE, [site, ast.Constant(linkable), self.visit(inner)])
                statements.append(ast.Expr(call))
        self.text += "\n"
        self.prints.append(tuple(holes))
        return statements or [ast.Pass()]

    # What is called ------------------------------------------------------------------------------

    def visit_Call(self, node: ast.Call) -> ast.AST:
        match node.func:
            case ast.Attribute(attr="seed") if node.args:
                number = node.args[0]
                if isinstance(number, ast.Constant) and isinstance(number.value, int):
                    self.seed = number.value
            case ast.Name(id=name) if name in self._names:
                self.calls += 1
                self.is_straight = self.is_straight and self._depth == 0
                site = self._next()
                self.generic_visit(node)
                return _call(recorder.CALL, [site, ast.Constant(name), *node.args], node.keywords)
            case ast.Name(id=name) if name not in _BUILTINS and name not in self._modules:
                site = self._next()
                self.generic_visit(node)
                own = [site, ast.Name(name, ast.Load()), ast.Constant("")]
                return _call(recorder.METHOD, [*own, *node.args], node.keywords)
            case ast.Attribute(value=owner, attr=attr) if not self._is_module(owner):
                site = self._next()
                node.args = [self.visit(each) for each in node.args]
                node.keywords = [self.visit(each) for each in node.keywords]
                own = [site, self.visit(owner), ast.Constant(attr)]
                return _call(recorder.METHOD, [*own, *node.args], node.keywords)
        return self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.ctx, ast.Load) and not self._is_module(node.value):
            return _call(recorder.GET, [self._next(), node.value, ast.Constant(node.attr)])
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        self.generic_visit(node)
        match node.targets:
            case [ast.Attribute(value=owner, attr=attr)]:
                args = [self._next(), owner, ast.Constant(attr), node.value]
                return ast.Expr(_call(recorder.SET, args))
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        name = _OPERATORS.get(type(node.op))
        if name is None or (
            isinstance(node.left, ast.Constant) and isinstance(node.right, ast.Constant)
        ):
            return node
        return _call(recorder.OPERATOR, [self._next(), ast.Constant(name), node.left, node.right])

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        name = _COMPARISONS.get(type(node.ops[0])) if len(node.ops) == 1 else None
        if name is None:
            return node
        operands = [node.left, *node.comparators]
        return _call(recorder.OPERATOR, [self._next(), ast.Constant(name), *operands])

    def _is_module(self, node: ast.expr) -> bool:
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id in self._modules


_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "truediv",
    ast.MatMult: "matmul",
    ast.Pow: "pow",
}
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Gt: "gt",
    ast.GtE: "ge",
    ast.Eq: "eq",
    ast.NotEq: "ne",
}


def _call(name: str, args: Sequence[ast.expr], keywords: Sequence[ast.keyword] = ()) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), list(args), list(keywords))
