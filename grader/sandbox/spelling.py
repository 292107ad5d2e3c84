"""What is easy to overlook and makes Python reject a source: tabs, odd characters, its version.

A block that mixes tabs and spaces is accepted if the source is valid with tabs of 4 columns, as
most editors show them, or of 8. For other such characters, the message says which it is and where.
If a newer Python may accept a line, the message says which one runs here.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence

TAB_COLUMNS = (4, 8)
_MAX_RANGES = 5  # of line numbers in a sentence
_INDENTATION = re.compile(rb"^[ \t\f]+", re.M)
_CONTROLS = {
    "\x0b": "LINE TABULATION",
    "\x0c": "FORM FEED",
    "\x1a": "SUBSTITUTE (Ctrl-Z)",
    "\x7f": "DELETE",
    "\x85": "NEXT LINE",
}
_QUOTES = "‘’‚‛“”„‟«»‹›′″`´＂＇"
_DASHES = "‐‑‒–—―−﹣－"
_INVISIBLE = ("Cf", "Cc", "Cs", "Co", "Cn")  # categories of characters without a picture
_INVALID = re.compile(r"invalid (?:non-printable )?character")
_UNTERMINATED = re.compile(r"unterminated|EOL while scanning|EOF while scanning|invalid syntax")


def message_of(error: SyntaxError, source: bytes, minor: int = sys.version_info.minor) -> str:
    """Return what is wrong with a source, and what may be the reason: its version, odd characters.

    Args:
        error: as compiling the source raised it
        minor: the version of Python 3 that raised it
    """
    text, line = str(error.msg), line_of(source, error.lineno or 0)
    if minor < (newer := _first_version(text, line)):
        return f"{text} (Python 3.{newer} may accept this, but Python 3.{minor} runs here)"
    if isinstance(error, IndentationError):
        return text + _mixed_indentation(source) + _form_feed(error, source)
    if _INVALID.match(text):
        start = max((error.offset or 1) - 1, 0)
        found = next((at for at in range(start, len(line)) if _is_odd(line[at])), None)
        if found is None:
            found = next((at for at in range(len(line)) if _is_odd(line[at])), None)
        return f"{_INVALID.findall(text)[0]}{_odd(line, found)}" if found is not None else text
    if _UNTERMINATED.match(text):
        found = next((at for at in range(len(line)) if line[at] in _QUOTES[:-4]), None)
        return text + _odd(line, found) if found is not None else text
    return text


def _first_version(message: str, line: str) -> int:
    """Return the minor version of Python 3 that may accept a line as the first; 0 if none may."""
    if message.startswith("f-string"):  # the same quotes within, a backslash, or a comment
        return 12
    if message.startswith("multiple exception types"):  # without parentheses
        return 14
    match line.strip().removeprefix("async ").split(None, 1):
        case ["def" | "class", rest] if "[" in rest.partition("(")[0].partition(":")[0]:
            return 12  # type parameters
        case ["type", rest] if rest[0].isidentifier() and "=" in rest:
            return 12
        case _:
            return 0


def line_of(source: bytes, number: int) -> str:
    """Return the line with this number, as Python counts; empty if there is none."""
    text = source.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.removeprefix("\ufeff").split("\n")
    return lines[number - 1] if 0 < number <= len(lines) else ""


def _is_odd(char: str) -> bool:
    if char.isascii():
        return not (char.isprintable() or char in "\t\f")
    return not char.isidentifier() and not f"a{char}".isidentifier()


def _odd(line: str, at: int) -> str:
    """Return a description of the character at an index, its column, and what to write instead."""
    char = line[at]
    return f": {name_of(char)} in column {at + 1}; {_advice(char)}"


def name_of(char: str) -> str:
    """Return code point and name of a character: "U+00A0 NO-BREAK SPACE"."""
    name = _CONTROLS.get(char) or unicodedata.name(char, "a character without a name")
    return f"U+{ord(char):04X} {name}"


def _advice(char: str) -> str:
    if char in _QUOTES:
        return "type a straight quote (' or \") instead"
    if char in _DASHES:
        return "type an ordinary minus sign (-) instead"
    if unicodedata.category(char) == "Zs":
        return "type an ordinary space instead"
    if unicodedata.category(char) in _INVISIBLE:
        return "it is invisible: delete it"
    return "type an ordinary character instead"


# Tabs --------------------------------------------------------------------------------------------


def expand_tabs(source: bytes, columns: int) -> bytes:
    """Return the source with spaces for the tabs in its indentation."""
    return _INDENTATION.sub(lambda match: match[0].expandtabs(columns), source)


def tabs_note(source: bytes, columns: int) -> str:
    """Return a note on a source that was taken with tabs of this number of columns."""
    lines, is_are = _listed(_indented_with(source, b"\t"))
    return (
        f"{lines} {is_are} indented with tabs and other lines with spaces; each tab was taken as"
        f" {columns} columns. Set your editor to indent with spaces"
    )


def _mixed_indentation(source: bytes) -> str:
    tabs, spaces = _indented_with(source, b"\t"), _indented_with(source, b" ")
    if not tabs or not spaces:
        return ""
    with_tabs, are = _listed(tabs)
    with_spaces, _ = _listed(spaces)
    return (
        f"; {with_tabs} {are} indented with tabs, {with_spaces} with spaces: use the same in all"
        " lines"
    )


def _form_feed(error: SyntaxError, source: bytes) -> str:
    indentation = re.match(r"[ \t\f]*", line_of(source, error.lineno or 0))
    if indentation is None or "\f" not in indentation[0]:
        return ""
    return _odd(indentation[0], indentation[0].index("\f"))


def _indented_with(source: bytes, char: bytes) -> list[int]:
    """Return the numbers of the lines with a character in their indentation, blank lines aside."""
    found = []
    for number, line in enumerate(source.splitlines(), 1):
        rest = line.lstrip(b" \t\f")
        if rest and char in line[: len(line) - len(rest)]:
            found.append(number)
    return found


def _listed(numbers: Sequence[int]) -> tuple[str, str]:
    """Return the lines with these numbers as text, and the verb: ("lines 5 and 7 to 9", "are")."""
    ranges = list[str]()
    for first, last in _ranges(numbers):
        ranges += (
            [f"{first} to {last}"]
            if last > first + 1
            else [*dict.fromkeys((str(first), str(last)))]
        )
    if len(ranges) > _MAX_RANGES:
        ranges = [*ranges[:_MAX_RANGES], "more"]
    text = " and ".join([", ".join(ranges[:-1]), ranges[-1]]) if len(ranges) > 1 else ranges[0]
    return (f"lines {text}", "are") if len(numbers) > 1 else (f"line {text}", "is")


def _ranges(numbers: Iterable[int]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = found[-1][0], number
        else:
            found.append((number, number))
    return found
