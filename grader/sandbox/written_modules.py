"""Imports of modules that a program has written, as by `%%writefile helper.py` or by `open`.

They are in the folder of the program, which exists in memory only (see `scratch`), so Python's own
finders, which look at the disk, do not see them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from grader.sandbox.own_modules import Run
from grader.sandbox.texts import PROGRAM, Text


class WrittenModules:
    """Finds and loads the modules that are in files when they are imported.

    Args:
        first: the number of the first text; see `Text`
        run: runs a text in the namespace of its module
    """

    def __init__(self, first: int, run: Run) -> None:
        self._first = first
        self._run = run
        self._numbers: dict[str, int] = {}  # of texts, by file

    def offer(self) -> None:
        """Let them be imported if no other module has the name.

        An earlier program of the same child has a finder of its own, which is removed.
        """
        others = [each for each in sys.meta_path if not isinstance(each, WrittenModules)]
        sys.meta_path[:] = [*others, self]

    def find_spec(
        self, fullname: str, path: object = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        loader: Any = self
        parts = fullname.removeprefix(f"{PROGRAM}.").split(".")
        for folder in _folders():
            stem = os.path.join(folder, *parts)
            package = os.path.join(stem, "__init__.py")
            # A package, a file, and then a folder without code, as Python prefers them.
            if not os.path.isfile(package) and os.path.isfile(f"{stem}.py"):
                return ModuleSpec(fullname, loader, origin=f"{stem}.py")
            if os.path.isdir(stem):
                return ModuleSpec(fullname, loader, origin=package, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None  # an ordinary one

    def exec_module(self, module: ModuleType) -> None:
        spec = module.__spec__
        file = str(spec.origin) if spec is not None else ""
        if os.path.isfile(file):  # else it is a folder without code
            module.__file__ = file
            self._run(self.text(file), module.__dict__)

    def text(self, file: str) -> Text:
        """Return the text of a file as it is now.

        Raises:
            OSError: if it cannot be read
        """
        with open(file, "rb") as opened:
            source = opened.read()
        number = self._numbers.setdefault(file, self._first + len(self._numbers))
        return Text(source, file, file, number)


def _folders() -> Iterator[str]:
    """Yield the folders in which modules are looked for, from the current one."""
    yield ""
    for each in sys.path:
        if isinstance(each, str) and each and not os.path.isabs(each):
            yield os.path.normpath(each)
