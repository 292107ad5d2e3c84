"""Given code: modules that submissions can import, in the folder `given` of a problem.

problems/SLUG/given/graphs.py   imported as "given.graphs", also by the reference

Students receive the folder beside their own file, where Python finds it by the same name. When a
submission is judged, the problem's own files are used, whatever the student has changed in them.
"""

from __future__ import annotations

import ast
import keyword
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from pathlib import Path

from grader.errors import Diagnostics, Location, shown_path, spec_error
from grader.model.entry_point import GIVEN, Module
from grader.sandbox.statements import names_bound
from grader.values.dataclasses import dataclass
from grader.values.syntax import parse_module

_INIT = "__init__"


@dataclass(frozen=True)
class GivenCode:
    """The given modules of a problem, and the names that each defines at its top level."""

    modules: tuple[Module, ...] = ()
    defined: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of_modules(cls, modules: Sequence[Module]) -> GivenCode:
        """Return the given code of a problem that was loaded."""
        defined = {each.name: defined_in(parse_module(each.source)) for each in modules}
        return cls(tuple(modules), {name: names for name, names in defined.items() if names})


def read_given(
    folder: str,
    parse: Callable[[Path], tuple[bytes, ast.Module]],
    diagnostics: Diagnostics,
) -> GivenCode:
    """Return the given code of a problem; report what is wrong with its files.

    Args:
        folder: of the problem
        parse: returns a file and its syntax tree, or raises a SpecError
    """
    top = Path(folder, GIVEN)
    if not top.exists():
        return GivenCode()
    if not top.is_dir():
        diagnostics.add(_at(top), "expected a folder with Python files, found a file")
        return GivenCode()
    modules = {GIVEN: Module(GIVEN, f"{GIVEN}/{_INIT}.py", b"", is_package=True)}
    defined: dict[str, frozenset[str]] = {}
    for path in sorted(top.iterdir()):
        if path.name.startswith(".") or path.name == "__pycache__":
            continue
        with diagnostics.gather():
            name = _module_name(path)
            source, tree = parse(path)
            modules[name] = Module(name, f"{GIVEN}/{path.name}", source, name == GIVEN)
            defined[name] = defined_in(tree)
    if not defined:
        return GivenCode()
    return GivenCode(tuple(modules.values()), defined)


def defined_in(tree: ast.Module) -> frozenset[str]:
    """Return the names that a module defines at its top level."""
    return frozenset(each for node in tree.body for each in names_bound(node))


def _module_name(path: Path) -> str:
    """Return the name by which a file is imported.

    Raises:
        SpecError: if it cannot be imported
    """
    if path.is_dir():
        text = "given code has no folders in it; move the files up"
        raise spec_error(_at(path), text)
    if path.suffix != ".py":
        raise spec_error(_at(path), "given code is Python; expected a name that ends in .py")
    if path.stem == _INIT:
        return GIVEN
    if not path.stem.isidentifier() or keyword.iskeyword(path.stem):
        text = f"{path.stem!r} cannot be imported; expected a name like graphs.py"
        raise spec_error(_at(path), text)
    return f"{GIVEN}.{path.stem}"


def _at(path: Path) -> Location:
    return Location(shown_path(str(path)))
