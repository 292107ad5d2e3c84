"""The statements of a module: where each begins, which names it defines, and which one failed."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Sequence
from types import CodeType, TracebackType

_IGNORE_ALL = [("ignore", None, Warning, None, 0)]  # filters of warnings
_MAX_NAMES = 1000
_BLOCKS = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.Match)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def first_line(statement: ast.stmt) -> int:
    """Return the line in which a statement begins, with its decorators."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(each.lineno for each in decorators)])


def is_definition(statement: ast.stmt, name: str = "") -> bool:
    """Return whether a statement defines a function or class (of this name, if given)."""
    return isinstance(statement, _DEFINITIONS) and name in ("", statement.name)


def is_main_guard(statement: ast.stmt) -> bool:
    """Return whether a statement is `if __name__ == "__main__":`."""
    match statement:
        case ast.If(test=ast.Compare(left=one, ops=[ast.Eq()], comparators=[other])):
            name, text = (one, other) if isinstance(one, ast.Name) else (other, one)
            match name, text:
                case ast.Name(id="__name__"), ast.Constant(value="__main__"):
                    return True
    return False


def names_bound(statement: ast.stmt) -> list[str]:
    """Return the names that a statement defines at the top level of its module."""
    names: list[str] = []
    for node in _walk(statement):
        if isinstance(node, _DEFINITIONS):
            names.append(node.name)
        elif isinstance(node, ast.Import):
            names += [each.asname or each.name.partition(".")[0] for each in node.names]
        elif isinstance(node, ast.ImportFrom):
            names += [each.asname or each.name for each in node.names]
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.append(node.id)
        if len(names) > _MAX_NAMES:
            break
    return names


def _walk(top: ast.stmt) -> Iterator[ast.AST]:
    """Yield the nodes of a statement, except for those inside functions and classes."""
    waiting: list[ast.AST] = [top]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (*_DEFINITIONS, ast.Lambda)):
            waiting.extend(ast.iter_child_nodes(node))


def compile_code(
    source: bytes | ast.Module | ast.Expression, file: str, mode: str = "exec", flags: int = 0
) -> CodeType:
    """Compile a source or a syntax tree.

    The program may have turned warnings into errors; a warning about its source is none here.

    Raises:
        SyntaxError, ValueError, …: if it cannot be compiled
    """
    code = _compile(source, file, mode, flags)
    assert isinstance(code, CodeType)
    return code


def compile_statement(statement: ast.stmt, file: str, flags: int) -> CodeType:
    """Compile one statement; an expression so that it has a value."""
    if isinstance(statement, ast.Expr):
        return compile_code(ast.Expression(statement.value), file, "eval", flags)
    return compile_code(ast.Module([statement], []), file, "exec", flags)


def parse(source: bytes | str, file: str, flags: int = 0) -> ast.Module:
    """Return the syntax tree of a source; see `compile_code`. A text declares no encoding."""
    tree = _compile(source, file, "exec", flags | ast.PyCF_ONLY_AST)
    assert isinstance(tree, ast.Module)
    return tree


def _compile(
    source: bytes | str | ast.Module | ast.Expression, file: str, mode: str, flags: int
) -> object:
    # `warnings.catch_warnings` does the same, but makes a child copy 25 more pages of memory.
    filters, warnings.filters = warnings.filters, _IGNORE_ALL
    try:
        return compile(source, file, mode, flags, dont_inherit=True)
    finally:
        warnings.filters = filters


def where_it_failed(body: Sequence[ast.stmt], error: BaseException, file: str) -> int:
    """Return the index of the statement that raised an error; -1 if none of them had begun.

    Args:
        file: of the module's code object
    """
    at = module_position(error.__traceback__, file)
    if at is None:
        return -1
    line, column = at
    starts = [(first_line(each), each.col_offset) for each in body]
    return max((index for index, start in enumerate(starts) if start <= (line, column)), default=-1)


def module_position(trace: TracebackType | None, file: str) -> tuple[int, int] | None:
    """Return line and column, in bytes, where a module was left by an exception."""
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename == file and code.co_name == "<module>":
            positions = list(code.co_positions())
            line, _, column, _ = positions[trace.tb_lasti // 2]
            return line or trace.tb_lineno, column if column is not None else 1 << 20
        trace = trace.tb_next
    return None
