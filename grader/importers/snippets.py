"""A test, rewritten so that it records what it calls, prints and asserts.

`print(np.round(f(x), 3))` becomes `_grader_hole(1, …, _grader_call(2, "f", x))`, and the rounding
is noted: what only rounds or converts a result says how precise it is, and not what it is. In the
same way, `assert abs(f(x) - 2) < 0.1` becomes a comparison of two values with a tolerance.
"""

from __future__ import annotations

import ast
import builtins
import copy
from collections.abc import Collection, Iterator, Mapping, Sequence

from grader.importers import recorder
from grader.importers.assertions import Comparison, condition_of, is_assertion, read_comparison
from grader.importers.roundings import decimals_in, peel, pieces
from grader.model.checker import DEFAULT_TOLERANCE, Tolerance
from grader.model.python_source import parse_python
from grader.values.dataclasses import dataclass

_BUILTINS = frozenset(dir(builtins))


@dataclass(frozen=True)
class Hole:
    """A value that a test prints or asserts.

    Attributes:
        site: its number in the test
        decimals: to which the test rounds it; None if it does not
        tolerance: by which an assertion compares it; None if by none that is known
        sites: numbers of the calls that it depends on
    """

    site: int
    decimals: int | None
    tolerance: Tolerance | None = None
    sites: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Snippet:
    """A test that has been rewritten.

    Attributes:
        source: the program that records
        holes: by the number of their site
        lambdas: the source of each, by the name that the recording gives it
        seed: the number that the test gives `numpy.random.seed` or `random.seed`, if any
    """

    source: str
    holes: Mapping[int, Hole]
    lambdas: Mapping[str, str]
    seed: int | None


def read_snippet(source: str, names: Collection[str]) -> Snippet:
    """Return a test that records.

    Args:
        names: of the functions and classes that students write

    Raises:
        SyntaxError: if it is not valid Python
    """
    tree = parse_python(source)
    seed = find_seed(tree)
    rewriter = _Rewriter(names)
    rewritten = ast.unparse(rewriter.rewrite(tree))
    return Snippet(rewritten, rewriter.holes, rewriter.lambdas, seed)


def find_seed(tree: ast.Module) -> int | None:
    """Return the number that a program gives `numpy.random.seed` or `random.seed` last, if any."""
    found = None
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="seed"), args=[ast.Constant(int(number)), *_]):
                found = number
    return found


class _Rewriter(ast.NodeTransformer):
    def __init__(self, names: Collection[str]) -> None:
        self._names = frozenset(names)
        self._modules: set[str] = {"np", "math", "random", "torch"}
        self._of_nose: set[str] = set()
        self._site = 0
        self._assigned: dict[str, frozenset[int]] = {}  # the calls that a variable depends on
        self.holes: dict[int, Hole] = {}
        self.lambdas: dict[str, str] = {}

    def rewrite(self, tree: ast.Module) -> ast.Module:
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                self._modules |= {(each.asname or each.name).split(".")[0] for each in node.names}
        self.generic_visit(tree)
        return ast.fix_missing_locations(tree)

    def _next(self) -> ast.expr:
        self._site += 1
        return ast.Constant(self._site)

    # What is printed or asserted ------------------------------------------------------------------

    def visit_Expr(self, node: ast.Expr) -> ast.AST | list[ast.AST]:
        match node.value:
            case ast.Call(func=ast.Name(id="print"), args=items, keywords=[]):
                return self._print(items)
            case ast.Call() as call if is_assertion(call):
                condition = condition_of(call, self._of_nose)
                check = self._check(condition)
                return ast.Expr(check) if condition is call else ast.Assert(check)
        return self.generic_visit(node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        if (node.module or "").partition(".")[0] != "nose":
            return node
        self._of_nose |= {each.asname or each.name for each in node.names}
        return ast.Pass()

    def visit_Assert(self, node: ast.Assert) -> ast.AST | list[ast.AST]:
        match node.test:
            case ast.BoolOp(ast.And(), parts):
                return [ast.Assert(self._check(each), copy.deepcopy(node.msg)) for each in parts]
        node.test = self._check(node.test)
        return node

    def _check(self, node: ast.expr) -> ast.expr:
        """Return an assertion that records what it compares."""
        found = read_comparison(node) or _truth(node)
        site, start = self._next(), _call(recorder.START)
        number = self._site
        linkable = [self._is_linkable(each) for each in (found.got, found.wanted)]
        sides = [self.visit(found.got), self.visit(found.wanted)]
        self._note(number, found.decimals, sides, found.tolerance)
        links: list[ast.expr] = [ast.Constant(each) for each in linkable]
        own = [site, ast.List(links, ast.Load()), start, found.holds]
        return _call(recorder.CHECK, [*own, *sides])

    def _print(self, items: Sequence[ast.expr]) -> list[ast.AST]:
        parts: list[ast.expr] = []
        text = ""
        for index, item in enumerate(items):
            text += " " if index else ""
            for piece in pieces(item):
                if isinstance(piece, str):
                    text += piece
                    continue
                parts += [_call(recorder.TEXT, [ast.Constant(text)])] if text else []
                text = ""
                parts.append(self._hole(*piece))
        parts.append(_call(recorder.TEXT, [ast.Constant(text + "\n")]))
        return [ast.Expr(each) for each in parts]

    def _hole(self, node: ast.expr, decimals: int | None) -> ast.expr:
        inner, decimals = peel(node, decimals)
        if decimals is None:
            decimals = decimals_in(inner)
        site, linkable = self._next(), ast.Constant(self._is_linkable(inner))
        number = self._site
        value = self.visit(inner)
        self._note(number, decimals, [value])
        return _call(recorder.HOLE, [site, linkable, _call(recorder.START), value])

    def _note(
        self,
        site: int,
        decimals: int | None,
        values: Sequence[ast.AST],
        tolerance: Tolerance | None = None,
    ) -> None:
        sites = frozenset(each for value in values for each in self._dependencies(value))
        self.holes[site] = Hole(site, decimals, tolerance, sites)

    def _is_linkable(self, node: ast.expr) -> str:
        """Return whether an expression can be a result, and is not only equal to one."""
        match node:
            case ast.Call(func=ast.Name(id=name)):
                return "value" if name not in _BUILTINS else ""
            case ast.Call(func=ast.Attribute(value=owner)):
                return "value" if not self._is_module(owner) else ""
            case ast.Compare():
                return "comparison"
            case ast.Name() | ast.Subscript() | ast.Attribute():
                return "value"
        return ""

    def _dependencies(self, node: ast.AST) -> Iterator[int]:
        """Yield the calls that a rewritten expression depends on."""
        for each in ast.walk(node):
            match each:
                case ast.Call(ast.Name(name), [ast.Constant(int(site)), *_]):
                    if name in (recorder.CALL, recorder.METHOD):
                        yield site
                case ast.Name(name):
                    yield from self._assigned.get(name, ())

    # What is called ------------------------------------------------------------------------------

    def visit_Call(self, node: ast.Call) -> ast.AST:
        match node.func:
            case ast.Name(id="assert_raises") | ast.Attribute(attr="assert_raises"):
                self.generic_visit(node)
                return _call(recorder.RAISES, [self._next(), *node.args], node.keywords)
            case ast.Name(id=name) if name in self._names:
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

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        site, source = self._next(), ast.unparse(node)
        self.lambdas[f"lambda {self._site}"] = source
        self.generic_visit(node)
        return _call(recorder.LAMBDA, [site, node])

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        self.generic_visit(node)
        kinds = node.type or ast.Name("Exception", ast.Load())
        node.body.insert(0, ast.Expr(_call(recorder.CAUGHT, [kinds])))
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        self.generic_visit(node)
        sites = frozenset(self._dependencies(node.value))
        for target in node.targets:
            for each in ast.walk(target):
                if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
                    self._assigned[each.id] = sites
        match node.targets:
            case [ast.Attribute(value=owner, attr=attr)]:
                args = [self._next(), owner, ast.Constant(attr), node.value]
                return ast.Expr(_call(recorder.SET, args))
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        name = recorder.OPERATORS.get(type(node.op))
        if name is None or (
            isinstance(node.left, ast.Constant) and isinstance(node.right, ast.Constant)
        ):
            return node
        return _call(recorder.OPERATOR, [self._next(), ast.Constant(name), node.left, node.right])

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        name = recorder.COMPARISONS.get(type(node.ops[0])) if len(node.ops) == 1 else None
        if name is None:
            return node
        operands = [node.left, *node.comparators]
        return _call(recorder.OPERATOR, [self._next(), ast.Constant(name), *operands])

    def _is_module(self, node: ast.expr) -> bool:
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id in self._modules


def _truth(node: ast.expr) -> Comparison:
    """Return an assertion that something holds as a comparison with True."""
    if isinstance(node, ast.Call) and is_assertion(node):
        node = ast.Compare(node, [ast.Is()], [ast.Constant(None)])  # it raises, or returns nothing
    elif not isinstance(node, ast.Name | ast.Call | ast.Compare):
        node = ast.Call(ast.Name("bool", ast.Load()), [node], [])
    holds = parse_python("lambda got, wanted: got == wanted").body[0]
    assert isinstance(holds, ast.Expr)
    return Comparison(node, ast.Constant(True), holds.value, DEFAULT_TOLERANCE)


def _call(
    name: str, args: Sequence[ast.expr] = (), keywords: Sequence[ast.keyword] = ()
) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), list(args), list(keywords))
