"""A file that may be a Python program or a notebook: its content, and why it cannot be judged.

The file comes from a student. It may be endless, a pipe, or in any encoding.
"""

from __future__ import annotations

import codecs
import io
import os
import re
import stat
import tokenize
from collections.abc import Iterable
from dataclasses import replace
from unicodedata import normalize

from grader.model.problem import Submission
from grader.submissions.filenames import label, without_added
from grader.submissions.modules import imported_words
from grader.submissions.repository import path_in_repository

MAX_BYTES = 1 << 20
MAX_NOTEBOOK_BYTES = 8 << 20  # a notebook contains its pictures too
EMPTY_FLAW = "the file is empty"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # byte order marks
_RTF = b"{\\rtf"  # no program begins like this
_SLOW_CODECS = ("punycode", "idna")  # their time grows with the square of the length
# Within one line: an annotation that may end in a later one would be read to the end for each line.
_DEFINITION = re.compile(
    r"^(?:async[ ]+)?(?:def|class)[ ]+(\w+)"
    # A number, a text, a list or a dict is not a function, and == defines nothing. None may be
    # there until a function is defined below an `if`.
    r"|^(\w+)[ ]*(?::[^=\n]+)?="
    r"(?!=|[ ]*(?:[-+]?\.?\d|[bfruBFRU]?[bfruBFRU]?[\"']|[\[{]|(?:True|False)\b))",
    re.M,
)
# A comment or a text, which is skipped: a line in it may look like a definition. Else a definition.
_STATEMENT = re.compile(
    r"#[^\n]*"
    r'|"{3}(?:[^"\\]+|\\.?|"(?!""))*(?:"{3}|\Z)'
    r"|'{3}(?:[^'\\]+|\\.?|'(?!''))*(?:'{3}|\Z)"
    r'|"(?:[^"\\\n]+|\\.?)*"?'
    r"|'(?:[^'\\\n]+|\\.?)*'?"
    r"|^(?:async[ ]+)?(def|class)[ ]+(\w+)"
    r"|^(\w+)[ ]*(?::[^=\n]+)?=[ ]*lambda\b",
    re.M | re.S,
)
# Anywhere: below an `if`, behind a semicolon or a prompt, in a text for `exec`.
_POSSIBLE_DEFINITION = re.compile(
    r"(?:def|class)[ \t]+(\w+)"
    r"|(?:^[ \t]+|;[ \t]*)(\w+)[ \t]*=(?!=)"
    r"|globals\(\)\[[\"'](\w+)"
    r"|setattr\([^,\n]{0,80},[ \t]*[\"'](\w+)",
    re.M,
)
_FOLDER = "{} is a folder; name the file in it that contains your solution"


def read_submission(path: str, student: str = "") -> Submission:
    """Return the submission in a file, with a flaw if it cannot be read or be a program."""
    content, flaw = read_file(path)
    submission = make_submission(content, flaw, path, student)
    return replace(submission, path=path_in_repository(path))


def make_submission(content: bytes, flaw: str, origin: str, student: str = "") -> Submission:
    """Return the submission with a file's content.

    Args:
        flaw: why the file could not be read; empty if it could
    """
    source, flaw, cells = program_in(content, flaw, origin)
    return Submission(source, origin, student, flaw or flaw_of(source, cells), cells=cells)


def program_in(content: bytes, flaw: str, name: str) -> tuple[bytes, str, tuple[int, ...]]:
    """Return the program in a file: its source, why there is none, and the cells of a notebook.

    Args:
        flaw: why the file could not be read; empty if it could
        name: of the file, which says whether it should be a notebook
    """
    if flaw or not (is_notebook(name) or _looks_like_notebook(content)):
        return as_utf8(content), flaw, ()
    from grader.submissions.ipynb import program_of  # not needed for a .py file

    return program_of(content, MAX_BYTES)


def as_utf8(content: bytes) -> bytes:
    """Return UTF-16 text with a byte order mark as UTF-8, and anything else as it is.

    Windows writes such files, and nothing is lost.
    """
    if content.startswith(_UTF_16):
        try:
            return content.decode("utf-16").encode("utf-8")
        except UnicodeDecodeError:
            pass  # `flaw_of` reports it
    return content


def is_notebook(name: str) -> bool:
    """Return whether a file of this name should be a notebook."""
    return without_added(name).lower().endswith(".ipynb")


def _looks_like_notebook(content: bytes) -> bool:
    """Return whether a file is the JSON of a notebook, perhaps cut off, whatever its name.

    Students rename notebooks to .py. No program begins with a brace and has the key of a cell.
    """
    text = as_utf8(content).removeprefix(codecs.BOM_UTF8)
    return text.lstrip().startswith(b"{") and b'"cell_type"' in text


def max_bytes_of(name: str) -> int:
    """Return the maximum size of a file of this name."""
    return MAX_NOTEBOOK_BYTES if is_notebook(name) else MAX_BYTES


def too_large(name: str) -> str:
    """Return the flaw of a file of this name that is larger, without its subject."""
    size = f"larger than {max_bytes_of(name) >> 20} MiB"
    if is_notebook(name):
        return f"{size}; clear all outputs of the notebook and save it again"
    return f"{size}; check that it is a Python source file"


def flaw_of(source: bytes, cells: tuple[int, ...] = ()) -> str:
    """Return why the bytes cannot be a Python program; empty if they may be.

    Args:
        cells: those of a notebook; a cell that is not Python is left out where it runs
    """
    if cells:
        return ""
    if source.startswith(_UTF_16):
        return "the file is damaged UTF-16 text; save it as UTF-8"
    if (null := source.find(b"\0")) >= 0:
        line = source.count(b"\n", 0, null) + 1
        return f"the file has a null byte in line {line}; check that it is a Python source file"
    if not source.strip():
        return EMPTY_FLAW
    if source.startswith(_RTF):
        return "the file is an RTF document; save it as plain text"
    encoding = "utf-8"
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    except SyntaxError as error:
        if "unknown encoding" in str(error):
            return f"the file declares an {label(str(error.msg))}; save it as UTF-8"
    declared = label(encoding)
    if codecs.lookup(encoding).name in _SLOW_CODECS:  # it may be written in capitals
        return f"the file declares the encoding {declared}; save it as UTF-8"
    try:
        source.decode(encoding)
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        byte = f"0x{source[error.start]:02x}"
        return f"the file is not {declared.upper()}: byte {byte} in line {line}; save it as UTF-8"
    except (LookupError, ValueError):  # some codecs decode to bytes, and one always fails
        return f"the file declares {declared}, which is not a text encoding; save it as UTF-8"
    return ""


def defined_names(source: bytes) -> list[str]:
    """Return the names that lines of the source seem to define at its top level.

    The source is not parsed in this process, because some sources take the parser minutes.
    """
    text = _text(source)
    return _normalized(match[1] or match[2] for match in _DEFINITION.finditer(text))


def stated_names(source: bytes, keyword: str) -> set[str]:
    """Return the names that the source defines by `def`, or by `class`, at its top level.

    A `lambda` counts as a `def`. They are stronger evidence than the other `defined_names`: an
    assignment may be of a result, and a line that looks like a definition may be within a text.
    """
    matches = _STATEMENT.finditer(_text(source))
    found = (("def" if match[3] else match[1], match[2] or match[3]) for match in matches)
    return set(_normalized(name for kind, name in found if kind == keyword))


def possible_names(source: bytes) -> set[str]:
    """Return names that the source may define in other ways, such as by an import or in a block.

    They are weaker evidence than `defined_names`: a program with tests imports what it tests.
    """
    text = _text(source)
    found = (match[match.lastindex or 0] for match in _POSSIBLE_DEFINITION.finditer(text))
    return {*_normalized(found), *imported_words(text.encode())}


def _text(source: bytes) -> str:
    """Return a source as text with the line ends of Unix, without a byte order mark."""
    text = source[:MAX_BYTES].decode("utf-8", "replace").removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _normalized(names: Iterable[str]) -> list[str]:
    """Return names as Python knows them: it normalizes letters such as full-width ones."""
    return [name if name.isascii() else normalize("NFKC", name) for name in names]


def read_file(path: str, max_bytes: int = 0, name: str = "") -> tuple[bytes, str]:
    """Return the content of a file, and why it could not be read.

    Args:
        max_bytes: its maximum size, by default that of a program or notebook of its name
        name: what to call the file if it cannot be read, by default its path; students must not
            see where an instructor keeps files
    """
    name = name or path
    max_bytes = max_bytes or max_bytes_of(path)
    try:
        # Not blocking, because a pipe without a writer must not stop the grader.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        return b"", f"there is no file {name}"
    except IsADirectoryError:
        return b"", _FOLDER.format(name)
    except (OSError, ValueError) as error:
        return b"", f"{name} cannot be read: {getattr(error, 'strerror', None) or error}"
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        flaw = _FOLDER if stat.S_ISDIR(mode) else "{} is not an ordinary file"
        return b"", flaw.format(name)
    with open(descriptor, "rb") as file:
        content = file.read(max_bytes + 1)
    if len(content) > max_bytes:
        return b"", f"{name} is {too_large(path)}"
    return content, ""
