"""Imports go down the floors, and what is near a submission knows little. See docs/architecture.md.

Imports inside functions count too: they are lazy, not forgiven.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from conftest import ROOT

PACKAGE = ROOT / "grader"

# From the ground up. A module belongs to the floor of its longest name here.
FLOORS: list[set[str]] = [
    {
        "grader",
        "grader.errors",
        "grader.values",
        "grader.model",
        "grader.findings",
        "grader.classroom",
    },
    {
        "grader.values.codec",
        "grader.values.show",
        "grader.values.literal",
        "grader.yamlfile",
        "grader.mutants",
    },
    {
        "grader.bank",
        "grader.checkers",
        "grader.constraints",
        "grader.forms",
        "grader.problem",
        "grader.sandbox",
        "grader.scaffold",
        "grader.gradebook",
        "grader.store",
        "grader.changes",
        "grader.records",
        "grader.assignment",
        "grader.similarity",
        "grader.submissions",
        "grader.reports",
        "grader.variation",
    },
    {
        "grader.answers",
        "grader.judging",
        "grader.diagnose",
        "grader.observations",
        "grader.verify",
        "grader.harden",
        "grader.batch",
        "grader.exports",
        "grader.executors",
        "grader.class_figures",
        "grader.gradescope",
    },
    {
        "grader.cli",
        "grader.__main__",
        "grader.api",
        "grader.pytest_plugin",
        "grader.notebook",
        "grader.gradescope.__main__",
    },
]
NEAR_THE_SUBMISSION = {
    f"grader.sandbox.{name}"
    for name in (
        "child",
        "confine",
        "frames",
        "kernel",
        "landlock",
        "limits",
        "process",
        "requests",
        "seccomp",
        "server",
        "spawned",
        "startup",
    )
}


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


# What `grader new` copies is no module of ours.
COPIED = PACKAGE / "scaffold"
MODULES = {
    name_of(path): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if not path.is_relative_to(COPIED) or path.parent == COPIED
}


def imports(name: str) -> set[str]:
    """The modules of ours that a module imports, anywhere in it."""
    found: set[str] = set()
    if name == "grader":  # it tells type checkers of what is above, and imports nothing of it
        return found
    for node in ast.walk(ast.parse(MODULES[name].read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found.add(inner if inner in MODULES else node.module)
    return {each for each in found if each in MODULES}


def floor(name: str) -> int:
    while True:
        for number, modules in enumerate(FLOORS):
            if name in modules:
                return number
        name = name.rpartition(".")[0]


@pytest.mark.parametrize("name", MODULES)
def test_imports_go_down(name: str) -> None:
    assert [each for each in imports(name) if floor(each) > floor(name)] == []


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


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith("grader.reports")])
def test_reports_see_nouns_alone(name: str) -> None:
    known = (
        "grader.model",
        "grader.findings",
        "grader.classroom",
        "grader.errors",
        "grader.values",
        "grader.reports",
    )
    assert [each for each in imports(name) if not each.startswith(known)] == []


@pytest.mark.parametrize("name", sorted(NEAR_THE_SUBMISSION))
def test_a_submissions_process_loads_values_and_the_sandbox_alone(name: str) -> None:
    known = NEAR_THE_SUBMISSION | {"grader.sandbox", "grader.values", "grader.values.codec"}
    known |= {"grader.errors"}  # what `spawned` raises in the host
    assert imports(name) - known == set()


@pytest.mark.parametrize("name", MODULES)
def test_a_module_says_what_it_is_for(name: str) -> None:
    assert ast.get_docstring(ast.parse(MODULES[name].read_text("utf-8")))
