"""Names that strangers chose, as text that can be printed and stored, and back.

A file's name may hold anything: halves of characters, line ends, marks that turn the line around.
What cannot be printed is written as \\u{202e}; a backslash is doubled, so that no two names are
written alike.
"""

from __future__ import annotations

import re

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
