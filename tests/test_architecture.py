"""Imports go down the floors, and what is near a submission knows little. See docs/architecture.md.

Imports inside functions count too: they are lazy, not forgiven.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from importlib import import_module
from pathlib import Path

from tests._support.bank import ROOT

PACKAGE = ROOT / "grader"

# From the bottom up. A package imports from its own layer only itself, and nothing from above.
LAYERS: list[set[str]] = [
    {"errors", "values"},
    {"model", "yaml_reader"},
    {"checkers", "reports", "sandbox", "submissions"},
    {"bank"},
    {"judging"},
    {"api", "course", "verify"},
    {"importers", "integrations", "site"},
    {"cli"},
    {"__main__"},
]
# Packages that know less than their layer would let them.
ONLY = {
    "reports": {"model", "values", "errors"},
    "submissions": {"model", "errors", "values"},
    "values": set[str](),
}
NEAR_THE_SUBMISSION = {
    f"grader.sandbox.{name}"
    for name in (
        "access_times",
        "allowed_calls",
        "cells",
        "child",
        "clock",
        "confine",
        "driver",
        "event_loop",
        "frames",
        "given",
        "import_report",
        "invalid_lines",
        "syscalls",
        "landlock",
        "limits",
        "loading",
        "marimo",
        "memory_files",
        "notebook",
        "own_modules",
        "priority",
        "process",
        "protocol",
        "scratch",
        "system_files",
        "written_modules",
        "seccomp",
        "server",
        "spawned",
        "spelling",
        "statements",
        "steps",
        "streams",
        "texts",
        "interpreter",
    )
}


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


# `grader new` copies these files; they are not modules of the package.
COPIED = PACKAGE / "bank" / "scaffold"
MODULES = {
    name_of(path): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if not path.is_relative_to(COPIED) or path.parent == COPIED
}


@cache
def tree(name: str) -> ast.Module:
    """Return what a module contains."""
    return ast.parse(MODULES[name].read_text("utf-8"))


@cache
def imports(name: str) -> set[str]:
    """Return the modules of the package that a module imports, anywhere in it."""
    found: set[str] = set()
    if name == "grader":  # it tells type checkers of what is above, and imports nothing of it
        return found
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found.add(inner if inner in MODULES else node.module)
    return {each for each in found if each in MODULES}


def package(name: str) -> str:
    """Return the package of a module: the part of its name after `grader`."""
    return name.split(".")[1] if "." in name else ""


def layer(name: str) -> int:
    (number,) = [at for at, packages in enumerate(LAYERS) if package(name) in packages]
    return number


def test_the_layers_name_every_package() -> None:
    named = [each for packages in LAYERS for each in packages]
    found = {package(name) for name in MODULES} - {""}
    assert sorted(named) == sorted(found)


def test_the_listing_shows_packages() -> None:
    loose = {path.stem for path in PACKAGE.glob("*.py")}
    assert loose == {"__init__", "__main__", "api", "errors"}


def test_imports_go_down() -> None:
    wrong = []
    for name in (name for name in MODULES if name != "grader"):
        own = package(name)
        for each in imports(name) - {"grader"}:
            other = package(each)
            is_below = layer(each) < layer(name) and other in ONLY.get(own, {other})
            if other != own and not is_below:
                wrong.append(f"{name} imports {each}")
    assert wrong == []


def test_no_module_imports_itself_by_a_detour() -> None:
    seen: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, " imports ".join([*above, name])
        if name not in seen:
            for each in sorted(imports(name)):
                visit(each, (*above, name))
            seen.add(name)

    for name in MODULES:
        visit(name, ())


def test_a_submissions_process_loads_values_and_the_sandbox_alone() -> None:
    values = {"as_numpy", "dataclasses", "decode", "encode", "wire_format"}
    known = NEAR_THE_SUBMISSION | {"grader.sandbox", "grader.values"}
    known |= {f"grader.values.{each}" for each in values}
    known |= {"grader.errors"}  # what `spawned` raises in the host
    found = {name: imports(name) - known for name in NEAR_THE_SUBMISSION}
    assert {name: more for name, more in found.items() if more} == {}


def test_dataclasses_are_those_that_are_quick_to_define() -> None:
    wrong = [
        name
        for name in MODULES
        for node in ast.walk(tree(name))
        if isinstance(node, ast.ImportFrom) and node.module == "dataclasses"
        if "dataclass" in {each.name for each in node.names}
    ]
    assert wrong == ["grader.values.dataclasses"]


def test_the_page_on_architecture_names_modules_that_exist() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    packages = {package(name) for name in MODULES} - {""}
    wrong = []
    for name in re.findall(r"`([a-z_]+(?:\.[a-z_]+)+)(?:\.[A-Z]\w*)?`", text):
        first, *rest = name.split(".")
        if first not in packages or rest == ["py"]:  # a file, such as a benchmark
            continue
        parent, _, attribute = f"grader.{name}".rpartition(".")
        if f"grader.{name}" not in MODULES and not (
            parent in MODULES and hasattr(import_module(parent), attribute)
        ):
            wrong.append(name)
    assert wrong == []


def test_a_module_says_what_it_is_for() -> None:
    assert [name for name in MODULES if not ast.get_docstring(tree(name))] == []
