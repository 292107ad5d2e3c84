"""Which of the files that a student submitted together a program can import, and by which names.

A program finds other files as if it ran in its own folder or at the top of what was submitted, and
then, if it changes `sys.path`, in any folder. Only files that it, or a module of it, may import are
kept: an unrelated file is not part of the program. Lines with the word `import` or the magic `%run`
decide, without being parsed, so it may be a few too many.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from grader.model.entry_point import Module

MAX_MODULES = 100  # of one program
MAX_MODULE_BYTES = 1 << 20  # of all of them together
_MAX_CONTINUED = 100  # lines of one import
_ENDING = ".py"
_PACKAGE = "__init__"
_WORD = re.compile(r"\w+")
_COPY = re.compile(r"(\w+?)[-_ ]?\(?[0-9]{1,4}\)?")  # helper-1.py, helper (1).py

Read = Callable[[str], bytes]


def modules_of(
    name: str, source: bytes, names: Mapping[str, str], read: Read
) -> tuple[tuple[Module, ...], str]:
    """Return the modules that a program may import, and a note if some of them are left out.

    Args:
        name: path of the program among the submitted files, with "/"
        names: paths of all files that may be modules, each with what messages call it
        read: returns the source of a file by its path
    """
    available = _by_first_name(name, names, b"sys.path" in source)
    words = imported_words(source)
    found: dict[str, Module] = {}
    imported: set[str] = set()  # by modules
    left = MAX_MODULE_BYTES
    while reached := sorted(words & available.keys()):
        words = set()
        for first in reached:
            for dotted, path in available.pop(first):
                content = read(path)
                left -= len(content)
                if left < 0 or len(found) >= MAX_MODULES:
                    limit = f"more than {MAX_MODULES} or larger than {MAX_MODULE_BYTES >> 20} MiB"
                    return (
                        tuple(found.values()),
                        f"its modules are {limit} together; some of them cannot be imported",
                    )
                is_package = path.rpartition("/")[2] == _PACKAGE + _ENDING
                found[dotted] = Module(dotted, names[path], content, is_package)
                words |= imported_words(content)
                _add_folders(dotted, found)
        imported |= words
    # As Python does, a module that imports the program gets a second copy of it.
    for each in dict.fromkeys((_dotted(_inside(name, name)), _dotted(name))):
        if each.partition(".")[0] in imported and each not in found:
            found[each] = Module(each, names[name], source)
            _add_folders(each, found)
    return tuple(found.values()), ""


def first_words(paths: Iterable[str]) -> set[str]:
    """Return words of which an import of one of the files must contain at least one."""
    words: set[str] = set()
    for path in paths:
        parts = path[: -len(_ENDING)].split("/")
        words.update(parts, [_copied(path)])
    return words


def _by_first_name(
    program: str, names: Mapping[str, str], changes_path: bool
) -> dict[str, list[tuple[str, str]]]:
    """Return names to import and paths of all files, by the first part of the name.

    Args:
        changes_path: whether the program may add any folder to `sys.path`
    """
    found: dict[str, str] = {}
    # Packages first: of a folder and a file of one name, Python imports the folder.
    for path in sorted(names, key=lambda path: (not path.endswith(_PACKAGE + _ENDING), path)):
        for each in dict.fromkeys((_inside(program, path), path)):
            dotted = _dotted(each)
            if path != program and dotted:
                found.setdefault(dotted, path)
    if changes_path:
        alone = {_dotted(path.rpartition("/")[2]): path for path in sorted(names, reverse=True)}
        found |= {name: path for name, path in alone.items() if name and name not in found}
    copies = {_copied(path): path for path in names if path != program}
    found |= {stem: path for stem, path in copies.items() if stem and stem not in found}
    by_first: dict[str, list[tuple[str, str]]] = {}
    for dotted, path in found.items():
        by_first.setdefault(dotted.partition(".")[0], []).append((dotted, path))
    return by_first


def _inside(program: str, path: str) -> str:
    """Return a path from the folder of the program, if it is in there."""
    folder = program.rpartition("/")[0]
    return path.removeprefix(folder + "/") if folder else path


def _dotted(path: str) -> str:
    """Return the name by which a file is imported; empty if it cannot be."""
    if not path.lower().endswith(_ENDING):
        return ""
    parts = path[: -len(_ENDING)].split("/")
    if len(parts) > 1 and parts[-1] == _PACKAGE:
        parts.pop()
    return ".".join(parts) if all(part.isidentifier() for part in parts) else ""


def _copied(path: str) -> str:
    """Return the name that a system has changed to keep two files apart; empty if it has not."""
    stem = path.rpartition("/")[2].removesuffix(_ENDING)
    match = None if stem.isidentifier() else _COPY.fullmatch(stem)
    return match[1] if match and match[1].isidentifier() else ""


def _add_folders(dotted: str, found: dict[str, Module]) -> None:
    """Add the folders above a module as packages, if no file makes them packages."""
    folder = dotted.rpartition(".")[0]
    while folder:
        found.setdefault(folder, Module(folder, folder.replace(".", "/"), b"", is_package=True))
        folder = folder.rpartition(".")[0]


def imported_words(source: bytes) -> set[str]:
    """Return all words of the lines that may import something."""
    words: set[str] = set()
    continued = 0
    for line in source.decode("utf-8", "replace").split("\n"):
        if "import" in line or "%run" in line:
            continued = _MAX_CONTINUED if line.count("(") > line.count(")") else 0
        elif not continued:
            continue
        elif ")" in line:
            continued = 0
        else:
            continued -= 1
        words.update(_WORD.findall(line))
    return words - {"import", "from", "as"}
