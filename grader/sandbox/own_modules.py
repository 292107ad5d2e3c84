"""Imports of the modules that were submitted together with a program, or that its problem gives.

These modules exist only as sources in memory. Python looks for those of a submission last, so they
never replace a module of Python or of an installed library; it looks for those of a problem first.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

from grader.sandbox.texts import PROGRAM, Text

Run = Callable[[Text, dict[str, object]], None]


class OwnModules:
    """Finds and loads the modules.

    Not derived from the classes of `importlib.abc`, which loads `tempfile` and thirty more modules:
    the server would start later, and `scratch` must replace functions before `tempfile` takes them.

    Args:
        texts: by the names under which they are imported
        packages: those of the names that are packages
        run: runs a text in the namespace of its module
    """

    def __init__(self, texts: Mapping[str, Text], packages: Sequence[str], run: Run) -> None:
        self._texts = texts
        self._packages = packages
        self._run = run

    def offer(self) -> None:
        """Let them be imported if no other module has the name."""
        sys.meta_path.append(self)

    def offer_first(self, kept: Collection[str] = ()) -> None:
        """Let them be imported in place of any other module of the name, and of those of before.

        Programs of an author share a child, and each must have modules of its own.

        Args:
            kept: names of those that need not be loaded again
        """
        for name in self._texts.keys() - set(kept):
            sys.modules.pop(name, None)
        others = [each for each in sys.meta_path if not isinstance(each, OwnModules)]
        sys.meta_path[:] = [self, *others]

    def text(self, name: str) -> Text | None:
        """Return the text of a module, if there is one of this name."""
        return self._texts.get(name)

    def find_spec(
        self, fullname: str, path: object = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        loader: Any = self
        name = self._name_of(fullname)
        text = self._texts.get(name)
        if text is None:
            return None
        is_package = name in self._packages
        return ModuleSpec(fullname, loader, origin=text.file, is_package=is_package)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None  # an ordinary one

    def exec_module(self, module: ModuleType) -> None:
        text = self._texts[self._name_of(module.__name__)]
        module.__file__ = text.file
        self._run(text, module.__dict__)

    def _name_of(self, fullname: str) -> str:
        """Return the name of a module without that of the program, to which it may be relative."""
        return fullname.removeprefix(f"{PROGRAM}.")

    def hidden_names(self) -> list[str]:
        """Return the names that are modules of Python or of an installed library as well."""
        names = {name.partition(".")[0] for name in self._texts}
        return sorted(name for name in names if _is_installed(name))


def _is_installed(name: str) -> bool:
    if name in sys.stdlib_module_names:
        return True
    try:
        return PathFinder.find_spec(name) is not None
    except (ImportError, ValueError):
        return False
