r"""Names of files, which students chose, as text that can be printed and stored, and back.

A name may contain anything: half a character, line breaks, marks that reverse the line. Characters
that cannot be printed are written as \u{202e}, and a backslash is doubled, so that different names
remain different. A locator is the path of a file, or the paths of an archive and its member joined
by "!"; in these, an exclamation mark has a backslash before it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

SKIPPED = ("__MACOSX", "__pycache__", "Thumbs.db", "desktop.ini", "node_modules", "site-packages")
PROGRAMS = (".py", ".ipynb")
_JOINERS = "\u200c\u200d"  # not printable, but part of Persian and Hindi names
_ESCAPED = re.compile(r"\\(?:u\{([0-9a-f]+)\}|(.))", re.S)


def escape(name: str, special: str = "") -> str:
    """Return the name as it can be printed, with a backslash before each `special` character."""
    return "".join(_escape_character(char, special) for char in name)


def _escape_character(char: str, special: str) -> str:
    if char == "\\" or char in special:
        return "\\" + char
    return char if char.isprintable() or char in _JOINERS else f"\\u{{{ord(char):x}}}"


def unescape(text: str) -> str:
    """Return the name that `escape` wrote."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)) if match[1] else match[2], text)


def make_locator(path: str, *members: str) -> str:
    """Return the locator of a file, or of a member of an archive."""
    path = path.replace(os.sep, "/")
    return "!".join(escape(part, special="!") for part in (path, *members))


def split_locator(locator: str) -> list[str]:
    """Return the path, and the members if any, that a locator was made of."""
    parts = re.findall(r"(?:\A|!)((?:[^\\!]|\\.)*)", locator, re.S)
    return [unescape(part) for part in parts]


def file_name(locator: str) -> str:
    """Return the name of the file alone, as it can be printed.

    Students see it in place of the locator, which says where the instructor keeps files.
    """
    return escape(split_locator(locator)[-1].rstrip("/").rpartition("/")[2])


def natural_key(name: str) -> tuple[str | int, ...]:
    """Return a key that sorts names with numbers in the order of the numbers.

    Texts and numbers alternate, so that comparing two keys never compares a text with a number.
    """
    pieces = re.split(r"([0-9]{1,18})", name)
    return tuple(int(piece) if which % 2 else piece for which, piece in enumerate(pieces))


def is_program(name: str) -> bool:
    """Return whether a file of this name should be a program or a notebook."""
    return name.lower().endswith(PROGRAMS)


def is_skipped(part: str) -> bool:
    """Return whether a part of a path is something that systems leave behind."""
    return part in SKIPPED or (part.startswith(".") and part not in (".", ".."))


def empty_folders(folders: Iterable[str], names: Iterable[str]) -> list[str]:
    """Return the folders without a file anywhere below; of nested ones only the outermost."""
    full = {""}
    for name in names:
        # From the inside out, and only until a folder that is known to be full.
        while (name := _parent(name)) not in full:
            full.add(name)
    empty: dict[str, None] = {}
    for folder in folders:
        if folder not in full:
            # An archive may not list the outer folders.
            while _parent(folder) not in full:
                folder = _parent(folder)
            empty[folder] = None
    return list(empty)


def _parent(name: str) -> str:
    """Return the folder that contains the file or folder, with "/" at its end; "" for the top."""
    return name[: name.rstrip("/").rfind("/") + 1]
