"""The code cells of a notebook as one program.

Lines that only IPython understands, magics (`%`), shell commands (`!`) and help requests (`?`), are
replaced by `pass`, so that the block around them remains valid. A cell with a cell magic (`%%html`)
is left out unless the magic only observes the cell; so is a cell that is not Python, because the
student may never have run it. A comment before each cell gives its number and why it was left out.
Only code cells are counted, as the student sees them.
"""

from __future__ import annotations

import json
import re
import sys
from typing import Any

from grader.submissions.filenames import label

MAX_BRACKETS = 500_000  # in the JSON of a notebook
MAX_CELLS = 5_000  # of code
_MAX_NOTES = 20
_MAX_SECONDS = 5  # of processor time
_PATIENCE = 12  # times as long by the clock, on a busy machine
_MAX_RESTARTS = 3

_OBSERVING = ("%%time", "%%timeit", "%%capture", "%%prun", "%%grader")
# `% d` or `!=` may begin the second line of an expression, so a letter must follow the `%`.
_MAGIC = re.compile(
    r"(\s*)(%{1,2}[A-Za-z_]|!(?!=)|\?|\w+\s*=\s*(%[A-Za-z_]|!(?!=))|[\w.]+\?\??\s*$)"
)
_FUTURE = re.compile(r"from __future__ import [\w, ]+$")

# Compiles the cells and prints a line after each, because the next one may end the process.
_COMPILE = """
import json, sys, warnings
warnings.simplefilter("ignore")
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
except (ImportError, ValueError, OSError):
    pass
for cell in json.loads(sys.stdin.buffer.read()):
    try:
        compile(cell, "cell", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
        print("invalid", getattr(error, "lineno", None) or 1, flush=True)
    else:
        print("valid", 0, flush=True)
"""


def program_of(notebook: bytes, max_bytes: int) -> tuple[bytes, str, tuple[str, ...]]:
    """Return the program in a notebook, why there is none, and notes on cells that were left out.

    Args:
        max_bytes: maximum size of the program
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
    notes: list[str] = []
    futures: list[str] = []
    for number, (body, note) in enumerate(_bodies(cells), 1):
        lines.append(f"# cell {number}" + (f" {note}" if note else ""))
        if note:
            notes.append(f"cell {number} {note}")
        else:
            lines.extend(_without_futures(body, futures))
        lines.append("")
    # They must come before all other statements, and a notebook may have them in any cell.
    text = "\n".join([*sorted(set(futures)), *lines])
    more = [f"{len(notes) - _MAX_NOTES} more cells are left out"] if len(notes) > _MAX_NOTES else []
    return text.encode(), "", (*notes[:_MAX_NOTES], *more)


def _code_cells(notebook: Any) -> list[str] | str:
    """Return the text of each code cell, or why there is none."""
    metadata = notebook.get("metadata") or {}
    for kind, key in (("kernelspec", "language"), ("language_info", "name")):
        language = (metadata.get(kind) or {}).get(key) or "python"
        if not str(language).lower().startswith(("python", "ipython")):
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


def _bodies(cells: list[str]) -> list[tuple[str, str]]:
    """Return each cell as Python, and why it is left out; empty if it is not."""
    plain = [_without_magics(cell) for cell in cells]
    texts = list(dict.fromkeys([*cells, *(body for body, _ in plain)]))
    faults = dict(zip(texts, _faults(texts), strict=True))
    # A cell that is valid Python stays as it is: its `%x` is the second line of an expression.
    return [
        (body, note or faults[body]) if faults[cell] else (cell, "")
        for cell, (body, note) in zip(cells, plain, strict=True)
    ]


def _without_magics(cell: str) -> tuple[str, str]:
    """Return the cell as Python, and why it is left out; empty if it is not."""
    lines = cell.splitlines()
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if lines and lines[first].lstrip().startswith("%%"):
        magic = lines[first].split()[0]
        if magic not in _OBSERVING:
            return "", f"is left out: its magic {label(magic)} is not Python"
        lines[first] = "pass  # " + lines[first].strip()
    continues = False
    for number, line in enumerate(lines):
        match = _MAGIC.match(line)
        if match or continues:
            blanks = match[1] if match else ""
            lines[number] = f"{blanks}pass  # {line.strip()}" if match else f"# {line.strip()}"
            continues = line.rstrip().endswith("\\")
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
    """Return why each cell is left out; empty for those that are valid Python.

    The cells are not parsed in this process, because some sources take the parser minutes or
    exhaust its stack. If a cell ends the process that parses them, another continues after it.
    """
    faults: list[str] = []
    restarts = 0
    while len(faults) < len(cells) and restarts < _MAX_RESTARTS:
        for result in _compile_cells(cells[len(faults) :]):
            kind, line = result.split()
            is_valid = kind == "valid"
            faults.append("" if is_valid else f"is left out: not valid Python in its line {line}")
        if len(faults) < len(cells):
            faults.append("is left out: Python takes too long to parse it")
            restarts += 1
    rest = "is left out: Python took too long to parse the cells before it"
    return faults + [rest] * (len(cells) - len(faults))


def _compile_cells(cells: list[str]) -> list[str]:
    """Compile cells in another process, and return what it printed, a line for each cell."""
    import subprocess  # needed for notebooks only

    code = f"MAX_SECONDS = {_MAX_SECONDS}\n{_COMPILE}"
    command = [sys.executable, "-I", "-S", "-X", "utf8", "-c", code]
    given = json.dumps(cells).encode("ascii")
    patience = _PATIENCE * _MAX_SECONDS  # what ends it is its processor time
    try:
        done = subprocess.run(command, input=given, capture_output=True, timeout=patience)
        printed = done.stdout
    except subprocess.TimeoutExpired as error:
        printed = error.stdout or b""
    return printed.decode("ascii").split("\n")[:-1]
