"""What docstrings name in backticks exists: modules, functions, commands, files, YAML keys."""

from __future__ import annotations

import ast
import builtins
import importlib.util
import keyword
import re
from collections.abc import Iterator
from functools import cache

from grader.cli import COMMANDS
from tests._support.bank import ROOT
from tests.test_architecture import MODULES, PACKAGE, tree

FOLDERS = ("docs", "examples", "grader", "problems", "solutions", "templates", "tests")
# Names in examples of what an author writes, and of NumPy.
EXAMPLES = {"T_i", "U_j", "x", "ndarray.tolist"}
DESCRIBED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)  # have docstrings
FILE = re.compile(r".*\.(py|yaml|zip|csv|sql|md)")

# What any docstring may name: Python's own words, and the modules of this project.
PARTS = {*keyword.kwlist, *dir(builtins), *EXAMPLES}
PARTS |= {part for name in MODULES for part in name.split(".")}


def names_in(tree: ast.AST) -> Iterator[str]:
    """Yield the names that code uses or defines, and the words of its strings but docstrings."""
    described = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, DESCRIBED) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if id(node) in described:
            continue
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.keyword(arg=str(name)):
                yield name
            case ast.alias(name=name):
                yield from name.split(".")
            case ast.Constant(value=str(text)) if "\n" not in text:
                yield from re.findall(r"\w+", text)


@cache
def names_of(name: str) -> set[str]:
    """Return the names that a module uses or defines, and the words of its strings."""
    return set(names_in(tree(name)))


@cache
def names_near(name: str) -> set[str]:
    """Return the names used in a module's package, and the keys of the YAML files."""
    package = name if MODULES[name].stem == "__init__" else name.rpartition(".")[0]
    near = [each for each in MODULES if each.rpartition(".")[0] == package]
    keys = [each for each in MODULES if re.fullmatch(r"grader\.bank\.(schema|\w+_fields)", each)]
    return set().union(*map(names_of, (name, *keys, *near)))


@cache
def defined_in(name: str) -> set[str]:
    """Return the names that a module defines, and the members of its classes as `Class.member`."""
    found = set()
    for node in tree(name).body:
        match node:
            case ast.FunctionDef(name=name):
                found.add(name)
            case ast.ClassDef(name=name, body=body):
                found.add(name)
                for member in body:
                    match member:
                        case ast.FunctionDef(name=inner) | ast.AnnAssign(target=ast.Name(id=inner)):
                            found.add(f"{name}.{inner}")
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                found.add(name)
    return found


@cache
def public_names() -> set[str]:
    """Return the public names of all modules."""
    return {each for name in MODULES for each in defined_in(name) if not each.startswith("_")}


def docstrings_of(tree: ast.Module) -> str:
    """Return all docstrings of a module in one text."""
    found = [ast.get_docstring(node) for node in ast.walk(tree) if isinstance(node, DESCRIBED)]
    return "\n\n".join(filter(None, found))


def exists(name: str, word: str) -> bool:
    """Whether what a docstring of a module has in backticks exists, if it is of a kind to know."""
    if word.startswith("grader ") and not word.startswith("grader -"):
        return word.split()[1] in COMMANDS
    if "/" in word and word.split("/")[0] in FOLDERS:
        return any((folder / word).exists() for folder in (ROOT, PACKAGE, PACKAGE / "reports"))
    if word in EXAMPLES or FILE.fullmatch(word):
        return True
    if not re.fullmatch(r"[A-Za-z_]\w*(\.\w+)*(\(\))?", word):
        return True  # a fragment of code, an option, a text
    word = word.removesuffix("()")
    head, _, last = word.rpartition(".")
    if not head:
        known = {*PARTS, *public_names(), *names_near(name)}
        return word in known or importlib.util.find_spec(word) is not None
    if word in public_names() or any(each.endswith(f".{word}") for each in MODULES):
        return True
    owners = [each for each in MODULES if each.endswith(f".{head}")]
    if owners:
        return any(last in defined_in(each) for each in owners)
    return importlib.util.find_spec(word.split(".")[0]) is not None


def test_what_a_docstring_names_exists() -> None:
    unknown = [
        (name, word)
        for name in MODULES
        for word in re.findall(r"`([^`]+)`", docstrings_of(tree(name)))
        if not exists(name, " ".join(word.split()))
    ]
    assert unknown == []


def test_the_parts_that_a_package_lists_exist() -> None:
    """A list in the docstring of a package: `    part   what it is for`."""
    unknown = []
    for name in (name for name in MODULES if MODULES[name].stem == "__init__"):
        text = ast.get_docstring(tree(name)) or ""
        known = {each.rpartition(".")[2] for each in MODULES if each.startswith(f"{name}.")}
        known |= public_names() if name == "grader" else set()
        parts = re.findall(r"(?m)^    (\w+)(?:\([\w, ]*\))?  +\S", text)
        unknown += [(name, part) for part in parts if part not in known]
    assert unknown == []
