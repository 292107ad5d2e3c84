"""Names that strangers chose, as text that can be printed and stored, and back.

A file's name may hold anything: halves of characters, line ends, marks that turn the line around.
What cannot be printed is written as \\u{202e}; a backslash is doubled, so that no two names are
written alike.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

_JOINERS = "\u200c\u200d"  # unprintable, yet letters of Persian and Hindi names need them
_ESCAPED = re.compile(r"\\(?:u\{([0-9a-f]+)\}|(.))", re.S)


def shown(name: str, special: str = "") -> str:
    """The name as it can be printed; a backslash stands before what is `special` too."""
    return "".join(_shown(char, special) for char in name)


def meant(text: str) -> str:
    """The name that was shown so."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)) if match[1] else match[2], text)


def _shown(char: str, special: str) -> str:
    if char == "\\" or char in special:
        return "\\" + char
    return char if char.isprintable() or char in _JOINERS else f"\\u{{{ord(char):x}}}"


def natural(name: str) -> tuple[tuple[int, str], ...]:
    """A key to sort names by: those that differ in a number come in the order of the numbers."""
    pieces = re.split(r"([0-9]{1,18})", name)
    return tuple(
        (int(piece), "") if which % 2 else (0, piece) for which, piece in enumerate(pieces)
    )


SKIPPED = ("__MACOSX", "__pycache__", "Thumbs.db", "desktop.ini", "node_modules", "site-packages")
PROGRAMS = (".py", ".ipynb")


def is_program(name: str) -> bool:
    """Whether a file of this name should be a program, or a notebook."""
    return name.lower().endswith(PROGRAMS)


def make_locator(path: str, *members: str) -> str:
    """The place of a file, or of a member of an archive."""
    path = path.replace(os.sep, "/")
    return "!".join(shown(part, special="!") for part in (path, *members))


def split_locator(place: str) -> list[str]:
    """The path and the members a place was made of."""
    parts = re.findall(r"(?:\A|!)((?:[^\\!]|\\.)*)", place, re.S)
    return [meant(part) for part in parts]


def empty_folders(folders: Iterable[str], names: Iterable[str]) -> list[str]:
    """The folders below which there is no file; of one in another the outer."""
    full = {""}
    for name in names:
        # From the inside out, and no further than another file has come already.
        while (name := _above(name)) not in full:
            full.add(name)
    empty: dict[str, None] = {}
    for folder in folders:
        if folder not in full:
            # An archive need not name the outer one.
            while _above(folder) not in full:
                folder = _above(folder)
            empty[folder] = None
    return list(empty)


def _above(name: str) -> str:
    """The folder that something is in, with "/" at its end; "" for the outermost."""
    return name[: name.rstrip("/").rfind("/") + 1]


def is_skipped(part: str) -> bool:
    """Return whether a part of a path is left behind by a system and not looked at."""
    return part in SKIPPED or (part.startswith(".") and part not in (".", ".."))
