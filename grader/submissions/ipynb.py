"""A notebook's code cells as one program.

What IPython alone understands is left out: magics (`%`), shell lines (`!`) and questions (`?`) give
way to `pass`, so that a block they stood in is still one. A cell with a magic of its own (`%%html`)
is left out unless the magic only watches the cell run; so is a cell that is not Python, since the
student may never have run it. The program says before each cell which one it is, and what was left
out of it; cells are counted as the student sees them, code cells only.
"""

from __future__ import annotations

import json
import re
import sys
from typing import Any

_MAX_SECONDS = 5
_MAX_DEATHS = 3

_WATCHING = ("%%time", "%%timeit", "%%capture", "%%prun", "%%grader")
# `%d` or `!=` may begin the second line of an expression; hence no blank, and a letter.
_MAGIC = re.compile(
    r"(\s*)(%{1,2}[A-Za-z_]|!(?!=)|\?|\w+\s*=\s*(%[A-Za-z_]|!(?!=))|[\w.]+\?\??\s*$)"
)
_FUTURE = re.compile(r"from __future__ import [\w, ]+$")

# Compiles each cell, and says so at once: it may not live to compile the next.
_COMPILE = """
import json, sys, warnings
warnings.simplefilter("ignore")
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
except (ImportError, ValueError, OSError):
    pass
for cell in json.loads(sys.stdin.buffer.read()):
    try:
        compile(cell, "cell", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
        print("broken", getattr(error, "lineno", None) or 1, flush=True)
    else:
        print("whole", 0, flush=True)
"""


def program_of(notebook: bytes, most: int) -> tuple[bytes, str, tuple[str, ...]]:
    """The program in a notebook, why there is none, and notes on what was left out of it.

    Args:
        most: how many bytes the program may have
    """
    try:
        cells = _code_cells(json.loads(notebook))
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return b"", "the file is not a Jupyter notebook: is it cut off?", ()
    if isinstance(cells, str):
        return b"", cells, ()
    if sum(len(cell) for cell in cells) > most:
        return b"", f"the notebook's code is larger than {most >> 20} MiB", ()
    lines: list[str] = []
    notes: list[str] = []
    futures: list[str] = []
    for number, (body, note) in enumerate(_bodies(cells), 1):
        lines.append(f"# cell {number}" + (f" {note}" if note else ""))
        if note:
            notes.append(f"cell {number} {note}")
        else:
            lines.extend(_without_futures(body, futures))
        lines.append("")
    # They must stand before all other statements, and a notebook may have them in any cell.
    text = "\n".join([*sorted(set(futures)), *lines])
    return text.encode(), "", tuple(notes)


def _code_cells(notebook: Any) -> list[str] | str:
    """The text of each code cell, or why there is none."""
    metadata = notebook.get("metadata") or {}
    for kind, key in (("kernelspec", "language"), ("language_info", "name")):
        language = (metadata.get(kind) or {}).get(key) or "python"
        if not str(language).lower().startswith(("python", "ipython")):
            return f"the notebook is in {str(language)[:40]!r}, not in Python"
    cells = notebook.get("cells")
    if cells is None:  # before 2014 there were sheets
        cells = [cell for sheet in notebook["worksheets"] for cell in sheet["cells"]]
    found = []
    for cell in cells:
        if cell.get("cell_type") == "code":
            text = cell.get("source", cell.get("input", ""))
            text = text if isinstance(text, str) else "".join(text)
            found.append(text.encode("utf-8", "backslashreplace").decode())
    return found or "the notebook has no code cell"


def _bodies(cells: list[str]) -> list[tuple[str, str]]:
    """Each cell as Python, and why it is left out, if it is."""
    plain = [_without_magics(cell) for cell in cells]
    texts = list(dict.fromkeys([*cells, *(body for body, _ in plain)]))
    faults = dict(zip(texts, _faults(texts), strict=True))
    # What is Python as it stands is left alone: its `%x` is the second line of an expression.
    return [
        (body, note or faults[body]) if faults[cell] else (cell, "")
        for cell, (body, note) in zip(cells, plain, strict=True)
    ]


def _without_magics(cell: str) -> tuple[str, str]:
    """The cell as Python, and why it is left out, if it is."""
    lines = cell.splitlines()
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if lines and lines[first].lstrip().startswith("%%"):
        magic = lines[first].split()[0]
        if magic not in _WATCHING:
            return "", f"is left out: its magic {magic[:40]} is not Python"
        lines[first] = "pass  # " + lines[first].strip()
    goes_on = False
    for number, line in enumerate(lines):
        match = _MAGIC.match(line)
        if match or goes_on:
            blanks = match[1] if match else ""
            lines[number] = f"{blanks}pass  # {line.strip()}" if match else f"# {line.strip()}"
            goes_on = line.rstrip().endswith("\\")
            lines[number] = lines[number].rstrip("\\")
    return "\n".join(lines), ""


def _without_futures(body: str, futures: list[str]) -> list[str]:
    lines = body.split("\n")
    for number, line in enumerate(lines):
        if _FUTURE.match(line):
            futures.append(line.rstrip())
            lines[number] = f"pass  # {line}"
    return lines


def _faults(cells: list[str]) -> list[str]:
    """Why each cell is left out; empty for those that are Python.

    A stranger's source is not parsed in this process: there are texts that take the parser minutes,
    or its stack. A process of their own may die of one, and another goes on behind it.
    """
    faults: list[str] = []
    deaths = 0
    while len(faults) < len(cells) and deaths < _MAX_DEATHS:
        for word in _compiled(cells[len(faults) :]):
            kind, line = word.split()
            whole = kind == "whole"
            faults.append("" if whole else f"is left out: it is not Python (its line {line})")
        if len(faults) < len(cells):
            faults.append("is left out: Python takes too long to read it")
            deaths += 1
    late = "is left out: Python took too long to read the cells before it"
    return faults + [late] * (len(cells) - len(faults))


def _compiled(cells: list[str]) -> list[str]:
    """What the compiling process said before it ended, a line for each cell."""
    import subprocess  # only a notebook needs it

    command = [sys.executable, "-I", "-S", "-X", "utf8", "-c", _COMPILE]
    asked = json.dumps(cells).encode("ascii")
    try:
        done = subprocess.run(command, input=asked, capture_output=True, timeout=_MAX_SECONDS)
        said = done.stdout
    except subprocess.TimeoutExpired as late:
        said = late.stdout or b""
    return said.decode("ascii").split("\n")[:-1]
