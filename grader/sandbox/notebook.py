"""Features of Jupyter that the cells of a notebook use: magics, `display`, `_`, `Out` and `await`.

Where IPython is installed, its transformer finds magics, shell commands and requests for help;
elsewhere `without_ipython` finds the common forms. They become calls of the object that
`get_ipython` returns, and have no effect: `!ls` finds no files, `%timeit` measures nothing. But
`%time`, `%prun` and the cell magics that only observe a cell run the code after them, `%run` runs a
file, and `%%writefile` writes one.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from functools import cache
from importlib.machinery import PathFinder
from types import ModuleType
from typing import Any, Protocol

_OBSERVING = ("%%time", "%%timeit", "%%capture", "%%prun", "%%grader")
_RUNNING = ("time", "prun")  # line magics that run the code after them
_WRITING = ("%%writefile", "%%file")
_APPENDING = ("-a", "--append")  # options of these
_MAX_NAME = 40
_TRANSFORMER = "IPython.core.inputtransformer2"

# `% d` or `!=` may begin the second line of an expression, so a letter must follow the `%`.
_MAGIC = re.compile(r"(\s*)(%{1,2}[A-Za-z_]|!(?!=)|\?|[\w.]+\?\??\s*$)")
_ASSIGNED = re.compile(r"(\s*[\w,][\w, ]*=\s*)(%[A-Za-z_]|!(?!=))")
_RUN = re.compile(r"(\s*)%run\s+(.*)")
_TIMED = re.compile(r"(\s*(?:[\w,][\w, ]*=\s*)?)%time\s+(.*)")
# Quotes, brackets and comments; a text in one line is a match of its own.
_IN_CODE = re.compile(r"\"{3}|'{3}|\"(?:[^\"\\]|\\.)*\"?|'(?:[^'\\]|\\.)*'?|[()\[\]{}]|#.*")
_IN_TEXT = re.compile(r"\\.|\"{3}|'{3}")
_CAPTURED = re.compile(r"%%capture[ ]+(?:--[a-z-]+[ ]+)*([A-Za-z_]\w*)")


class Harmless:
    """Accepts whatever a notebook does with it, such as with the result of `grader.check`."""

    def __getattr__(self, name: str) -> Harmless:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *args: object, **kwargs: object) -> Harmless:
        return self

    def __eq__(self, other: object) -> bool:
        return True

    __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __eq__

    def __hash__(self) -> int:
        return 0


class Code(Protocol):
    """Runs the code that calls of magics contain."""

    def evaluate(self, line: str) -> object:
        """Run the code after a line magic; return the value of an expression."""

    def run(self, cell: str) -> None:
        """Run the code of a cell."""

    def run_file(self, path: str) -> None:
        """Run a file that the notebook has written, or that came with it; else do nothing."""


class Shell:
    """What `get_ipython` returns: magics without an effect, except those that run code."""

    def __init__(self, namespace: dict[str, Any], code: Code) -> None:
        self.user_ns = namespace
        self._code = code

    def __getattr__(self, name: str) -> Any:
        return self._other

    def _other(self, *args: object, **kwargs: object) -> Any:
        """Do what all other methods do."""

    def run_line_magic(self, name: str, line: str, *args: object) -> object:
        if name == "run":
            self._code.run_file(path_in(line))
            return None
        if name not in _RUNNING:
            return self._other()
        value = self._code.evaluate(line)
        return value if name == "time" else None

    def run_cell_magic(self, name: str, line: str, cell: str) -> object:
        if f"%%{name}" in _WRITING:
            write_file(line, cell)
            return None
        if f"%%{name}" not in _OBSERVING:
            return self._other()
        self._code.run(cell)
        if name == "capture" and (captured := _CAPTURED.fullmatch(f"%%capture {line}".strip())):
            self.user_ns[captured[1]] = self
        return None

    def run_cell(self, raw_cell: str, *args: object, **kwargs: object) -> None:
        self._code.run(raw_cell)

    def magic(self, arg_s: str) -> object:
        name, _, line = arg_s.strip().partition(" ")
        return self.run_line_magic(name.lstrip("%"), line)

    def getoutput(self, *args: object, **kwargs: object) -> Any:
        return self._other() or []


class ShellOfScript(Shell):
    """What `get_ipython` returns in a script that was a notebook, where other magics fail.

    So do its attributes, by which a script looks whether it runs in Jupyter.
    """

    def __getattr__(self, name: str) -> Any:
        return self._other()

    def _other(self, *args: object, **kwargs: object) -> Any:
        raise NameError("name 'get_ipython' is not defined", name="get_ipython")


def _nothing(*args: object, **kwargs: object) -> None:
    """Do nothing, as `display` and most magics."""


def prepare(namespace: dict[str, Any], code: Code) -> Outputs:
    """Define what Jupyter defines, and return the outputs of cells, which are empty."""
    shell = Shell(namespace, code)
    outputs = Outputs(namespace)
    namespace.update(
        display=_nothing,
        get_ipython=lambda: shell,
        In=outputs.inputs,
        Out=outputs.values,
        _ih=outputs.inputs,
        _oh=outputs.values,
    )
    return outputs


class Outputs:
    """The values of the last expressions of cells: `_`, `__`, `___` and `Out`."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.inputs = [""]
        self.values: dict[int, object] = {}
        self._namespace = namespace
        self._last: list[object] = ["", "", ""]
        namespace.update(zip(("_", "__", "___"), self._last, strict=True))

    def add(self, cell: int, value: object) -> None:
        """Keep the value of a cell, unless it is None."""
        if value is None:
            return
        self.values[cell] = self._namespace[f"_{cell}"] = value
        if self._namespace.get("_") is self._last[0]:  # else it is a variable of the notebook
            self._last = [value, *self._last[:2]]
            self._namespace.update(zip(("_", "__", "___"), self._last, strict=True))


# Cells as Python ---------------------------------------------------------------------------------


def without_cell_magics(cell: str) -> tuple[str, str]:
    """Return the body of a cell on its own lines, and why the cell is left out; empty if not.

    A cell that a magic writes to a file is written, and left out.
    """
    lines = cell.split("\n")
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        if not line.lstrip().startswith("%%"):
            break
        magic = line.split()[0]
        if magic in _WRITING:
            try:
                write_file(line.strip().removeprefix(magic), "\n".join(lines[number + 1 :]))
            except (OSError, ValueError) as error:
                return "", f"the file cannot be written: {error}"
            return "", f"its magic {magic} only writes it to a file"
        if magic not in _OBSERVING:
            return "", f"its magic {magic[:_MAX_NAME]} is not Python"
        captured = _CAPTURED.fullmatch(line.strip())
        lines[number] = f"{captured[1]} = get_ipython()" if captured else ""
    return "\n".join(lines), ""


def write_file(line: str, text: str) -> None:
    """Write a text to the file that a line names, as the magic `%%writefile` does.

    Raises:
        OSError, ValueError: if it cannot be written
    """
    path = path_in(line)
    if os.path.isabs(path):  # such as Colab's /content, which is the current folder there
        path = os.path.basename(path)
    if folder := os.path.dirname(path):
        os.makedirs(folder, exist_ok=True)  # `!mkdir` has no effect
    appends = any(word in _APPENDING for word in line.split())
    with open(path, "a" if appends else "w", encoding="utf-8") as file:
        file.write(text if text.endswith("\n") else f"{text}\n")


def path_in(line: str) -> str:
    """Return the path in a line of a magic, without its options."""
    words = [word for word in line.split() if not word.startswith("-")]
    return os.path.normpath((words[0] if words else "").strip("\"'"))


def as_python(cell: str) -> str:
    """Return a cell with calls in place of what only IPython understands, on the same lines."""
    transform = _ipython()
    if transform is None:
        return without_ipython(cell)
    body = cell.lstrip("\n")  # it would drop these lines
    try:
        return "\n" * (len(cell) - len(body)) + str(transform(body))
    except SyntaxError:  # left to the compiler, which has the right line
        return cell


@cache
def _ipython() -> Callable[[str], str] | None:
    """Return IPython's transformer of cells; None if IPython is not installed.

    Only the transformer is loaded: the rest of IPython takes longer than most notebooks. Its
    packages are forgotten afterwards, as the notebook may import the real ones.
    """
    spec = None if "IPython" in sys.modules else PathFinder.find_spec("IPython")
    if spec is not None and spec.submodule_search_locations:
        bare = sys.modules["IPython"] = ModuleType("IPython")
        bare.__path__ = list(spec.submodule_search_locations)
    try:
        __import__(_TRANSFORMER)
        manager = sys.modules[_TRANSFORMER].TransformerManager()
    except Exception:  # not installed, or of another form than known here
        return None
    finally:
        if spec is not None:
            for name in [name for name in sys.modules if name.partition(".")[0] == "IPython"]:
                del sys.modules[name]
    transform: Callable[[str], str] = manager.transform_cell
    return transform


def without_ipython(cell: str) -> str:
    """Return a cell with calls in place of the common magics and shell commands."""
    lines = cell.split("\n")
    continues = False
    code = _Code()
    for number, line in enumerate(lines):
        if code.is_inside:
            code.take(line)
            continue
        if continues:
            lines[number] = f"# {line.strip()}"
        elif match := _TIMED.match(line):
            lines[number] = f"{match[1]}{match[2]}"
            continue
        elif match := _RUN.match(line):
            lines[number] = f"{match[1]}get_ipython().run_line_magic('run', {match[2]!r})"
            continue
        elif match := _ASSIGNED.match(line):
            call = "getoutput('')" if match[2] == "!" else "run_line_magic('', '')"
            lines[number] = f"{match[1]}get_ipython().{call}  # {line.strip()}"
        elif match := _MAGIC.match(line):
            lines[number] = f"{match[1]}pass  # {line.strip()}"
        else:
            code.take(line)
            continue
        continues = line.rstrip().endswith("\\")
        lines[number] = lines[number].rstrip("\\")
    return "\n".join(lines)


class _Code:
    """The code above a line: whether the line is inside a text, brackets, or a continued line."""

    def __init__(self) -> None:
        self._quotes = ""
        self._depth = 0
        self._continues = False

    @property
    def is_inside(self) -> bool:
        return bool(self._quotes) or self._depth > 0 or self._continues

    def take(self, line: str) -> None:
        """Go on behind a line of code."""
        at, token = 0, ""
        while match := (_IN_TEXT if self._quotes else _IN_CODE).search(line, at):
            at, token = match.end(), match[0]
            if self._quotes:
                self._quotes = "" if token == self._quotes else self._quotes
            elif token in ('"""', "'''"):
                self._quotes = token
            elif token in "([{":
                self._depth += 1
            elif token in ")]}":
                self._depth = max(0, self._depth - 1)
        self._continues = line.endswith("\\") and not token.startswith("#")
