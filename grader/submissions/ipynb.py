"""The code cells of a notebook as one text, in which a comment above each gives its number.

Only code cells are counted, as the student sees them. The cells are not parsed here: which lines
are magics, and which cells are not Python, is decided where they run (see `sandbox.cells`).
"""

from __future__ import annotations

import json
from typing import Any

from grader.submissions.filenames import label

MAX_BRACKETS = 500_000  # in the JSON of a notebook
MAX_CELLS = 5_000  # of code
_PYTHON = ("python", "ipython", "pyspark")  # beginnings of its names; the last is for Spark


def program_of(notebook: bytes, max_bytes: int) -> tuple[bytes, str, tuple[int, ...]]:
    """Return the code of a notebook, why there is none, and the lines above its cells.

    Args:
        max_bytes: maximum size of the code
    """
    # Each becomes an object: a notebook of nothing else would take 25 times its size.
    if notebook.count(b"[") + notebook.count(b"{") > MAX_BRACKETS:
        clear = "clear all outputs of the notebook and save it again"
        return b"", f"the notebook's JSON has more than {MAX_BRACKETS:,} brackets; {clear}", ()
    try:
        cells = _code_cells(json.loads(notebook))
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return b"", "the file is not a Jupyter notebook; check that it is complete", ()
    if isinstance(cells, str):
        return b"", cells, ()
    if len(cells) > MAX_CELLS:
        return b"", f"the notebook has more than {MAX_CELLS:,} code cells", ()
    if sum(len(cell.encode()) for cell in cells) > max_bytes:
        return b"", f"the notebook's code is larger than {max_bytes >> 20} MiB", ()
    lines: list[str] = []
    starts: list[int] = []
    for number, cell in enumerate(cells, 1):
        lines.append(f"# cell {number}")
        starts.append(len(lines))
        lines += [*_without_indentation(cell), ""]
    return "\n".join(lines).encode(), "", tuple(starts)


def _code_cells(notebook: Any) -> list[str] | str:
    """Return the text of each code cell, or why there is none."""
    metadata = notebook.get("metadata") or {}
    for kind, key in (("kernelspec", "language"), ("language_info", "name")):
        language = (metadata.get(kind) or {}).get(key) or "python"
        if not str(language).lower().startswith(_PYTHON):
            return f"the notebook is in {label(str(language))!r}, not in Python"
    cells = notebook.get("cells")
    if cells is None:  # notebooks from before 2014 have sheets
        cells = [cell for sheet in notebook["worksheets"] for cell in sheet["cells"]]
    found = []
    for cell in cells:
        if cell.get("cell_type") == "code":
            text = cell.get("source", cell.get("input", ""))
            text = text if isinstance(text, str) else "".join(text)
            found.append(text.encode("utf-8", "backslashreplace").decode())
    return found or "the notebook has no code cell"


def _without_indentation(cell: str) -> list[str]:
    """Return the lines of a cell; if it is indented as a whole, without that indentation."""
    # As Python sees them: a form feed, for instance, does not end a line.
    lines = cell.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first = next((line for line in lines if line.strip()), "")
    indentation = first[: len(first) - len(first.lstrip(" \t"))]
    return [line.removeprefix(indentation) for line in lines] if indentation else lines
