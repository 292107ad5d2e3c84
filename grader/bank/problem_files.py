"""The files of a problem as text, YAML, Markdown and Python, or an error for its author."""

from __future__ import annotations

import ast
from pathlib import Path

from grader.bank.edits import normalise_text
from grader.errors import Location, shown_path, spec_error
from grader.model.python_source import parse_python
from grader.yaml_reader.nodes import Node, parse


def parse_file(path: Path) -> Node:
    """Return the root of a YAML file."""
    return parse(read_text(path), shown(path))


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a file.

    Raises:
        SpecError: if it cannot be read
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        text = "there is no such file; `grader new` shows what a problem consists of"
        raise spec_error(Location(shown(path)), text) from None
    except OSError as error:
        raise spec_error(Location(shown(path)), f"cannot be read: {error.strerror}") from None


def read_text(path: Path) -> str:
    """Return the text of a problem's file, with `\\n` as line breaks.

    Raises:
        SpecError: if it cannot be read, or is not UTF-8
    """
    data = read_bytes(path)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        at = _end_of(data[: error.start].decode("utf-8"), path)
        message = f"the byte {data[error.start]:#04x} is not UTF-8; save the file as UTF-8"
        raise spec_error(at, message) from None
    if "\0" in text:
        at = _end_of(text[: text.index("\0")], path)
        raise spec_error(at, "found a null byte; remove it")
    return normalise_text(text)


def _end_of(start: str, path: Path) -> Location:
    """Return the location that follows the given beginning of a file."""
    return Location(shown(path), start.count("\n") + 1, len(start) - start.rfind("\n"))


def shown(path: Path) -> str:
    """Return a path as messages show it."""
    return shown_path(str(path))


def split_front_matter(path: Path) -> tuple[str, str]:
    """Return the front matter and the body of a Markdown file.

    Raises:
        SpecError: if it has no front matter
    """
    text = read_text(path)
    lines = text.splitlines(keepends=True)
    fences = [number for number, line in enumerate(lines) if line.rstrip() == "---"]
    if len(fences) < 2 or fences[0] != 0:
        message = "the file must begin with front matter: YAML between two lines of three hyphens"
        if fences == [0]:
            message = "the front matter does not end: write a line of three hyphens after its YAML"
        raise spec_error(Location(shown(path)), message)
    return "".join(lines[1 : fences[1]]), "".join(lines[fences[1] + 1 :]).lstrip("\n")


def parse_python_file(path: Path) -> tuple[str, ast.Module]:
    """Return the text of a source file and its syntax tree.

    Raises:
        SpecError: if it is not valid Python
    """
    text = read_text(path)
    try:
        return text, parse_python(text)
    except SyntaxError as error:
        at = Location(shown(path), max(error.lineno or 1, 1), max(error.offset or 1, 1))
        raise spec_error(at, f"not valid Python: {error.msg}") from None


def read_python(path: Path) -> tuple[bytes, ast.Module]:
    """Return a source file and its syntax tree.

    Raises:
        SpecError: if it is not valid Python
    """
    return read_bytes(path), parse_python_file(path)[1]
