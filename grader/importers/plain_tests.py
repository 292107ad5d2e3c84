"""A rewritten test as plain Python again, without the recording: for checkers and drivers."""

from __future__ import annotations

import ast

from grader.importers import recorder


class PlainTest(ast.NodeTransformer):
    """Takes the recording out of a test."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        match node.value:
            case ast.Call(ast.Name(recorder.TEXT | recorder.CAUGHT)):
                return ast.Pass()
        self.generic_visit(node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.Call(ast.Name(name), [ast.Constant(int(site)), *args]) if name in _RECORDED:
                return self.plain(name, site, args, node.keywords)
        return node

    def plain(
        self, name: str, site: int, args: list[ast.expr], keywords: list[ast.keyword]
    ) -> ast.AST:
        """Return what a recorded expression was before."""
        match name, args:
            case recorder.LAMBDA, [function]:
                return function
            case recorder.HOLE, [_, _, value]:
                return self.printed(site, value)
            case recorder.CHECK, [_, _, holds, got, wanted]:
                return self.asserted(site, call_of(holds, got, wanted))
            case recorder.RAISES, [kinds, function, *rest]:
                return self.raising(kinds, ast.Call(function, rest, keywords))
            case recorder.METHOD, [owner, ast.Constant(str(attr)), *rest]:
                function = ast.Attribute(owner, attr, ast.Load()) if attr else owner
                return ast.Call(function, rest, keywords)
            case recorder.GET, [owner, ast.Constant(str(attr))]:
                return ast.Attribute(owner, attr, ast.Load())
            case recorder.SET, [owner, attribute, value]:
                return call_of(ast.Name("setattr", ast.Load()), owner, attribute, value)
            case recorder.OPERATOR, [ast.Constant(str(operator)), left, right]:
                if operator in _COMPARISONS:
                    return ast.Compare(left, [_COMPARISONS[operator]()], [right])
                return ast.BinOp(left, _OPERATORS[operator](), right)
            case recorder.CALL, [ast.Constant(str(function)), *rest]:
                return ast.Call(ast.Name(function, ast.Load()), rest, keywords)
        raise ValueError(f"{name} with {len(args)} arguments")

    def printed(self, site: int, value: ast.expr) -> ast.expr:
        """Return what takes the place of a value that is printed."""
        return append(value)

    def asserted(self, site: int, condition: ast.expr) -> ast.expr:
        """Return what takes the place of an assertion."""
        return call_of(ast.Name("is_true", ast.Load()), condition)

    def raising(self, kinds: ast.expr, call: ast.Call) -> ast.expr:
        """Return what takes the place of a call that must raise an exception."""
        function = ast.Lambda(
            ast.arguments([], [], kwonlyargs=[], kw_defaults=[], defaults=[]), call
        )
        return call_of(ast.Name("must_raise", ast.Load()), kinds, function)


PRINTED = "printed"
_OPERATORS = {name: kind for kind, name in recorder.OPERATORS.items()}
_COMPARISONS = {name: kind for kind, name in recorder.COMPARISONS.items()}


def append(value: ast.expr) -> ast.Call:
    """Return the call that adds a value to those that the test prints."""
    return call_of(ast.Attribute(ast.Name(PRINTED, ast.Load()), "append", ast.Load()), value)


def call_of(function: ast.expr, *args: ast.expr) -> ast.Call:
    """Return a call."""
    return ast.Call(function, list(args), [])


_RECORDED = (
    recorder.CALL,
    recorder.METHOD,
    recorder.OPERATOR,
    recorder.SET,
    recorder.GET,
    recorder.HOLE,
    recorder.CHECK,
    recorder.RAISES,
    recorder.LAMBDA,
)
