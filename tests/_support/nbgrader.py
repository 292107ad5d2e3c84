"""Small assignments of nbgrader, written for the tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def text(source: str) -> dict[str, Any]:
    """Return a cell of Markdown."""
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def code(source: str, **metadata: object) -> dict[str, Any]:
    """Return a cell of code, with metadata of nbgrader if there are any."""
    found = {"nbgrader": metadata} if metadata else {}
    lines = source.splitlines(keepends=True)
    return {"cell_type": "code", "metadata": found, "source": lines, "outputs": []}


def solution(name: str, source: str) -> dict[str, Any]:
    """Return a cell to be solved."""
    return code(source, grade_id=name, solution=True, grade=False, schema_version=3)


def graded(name: str, points: float, source: str) -> dict[str, Any]:
    """Return a cell of tests."""
    return code(source, grade_id=name, solution=False, grade=True, points=points, locked=True)


def by_hand(name: str, points: float, source: str) -> dict[str, Any]:
    """Return a cell to be solved and graded by hand."""
    return code(source, grade_id=name, solution=True, grade=True, points=points)


def write_notebook(path: Path, cells: list[dict[str, Any]]) -> Path:
    """Write a notebook; return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 2}
    path.write_text(json.dumps(whole), "utf-8")
    return path
