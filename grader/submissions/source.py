"""A file that may be a Python program, or a notebook of one: what is in it, and what is not right.

The file is a stranger's: it may be endless, a pipe, or in any encoding.
"""

from __future__ import annotations

import io
import os
import re
import stat
import tokenize

from grader.model.problem import Submission

MAX_BYTES = 1 << 20
MAX_NOTEBOOK_BYTES = 8 << 20
_SLOW = ("punycode", "idna")  # codecs whose time grows with the square of the length
_DEFINITION = re.compile(r"^(?:async[ ]+)?(?:def|class)[ ]+(\w+)|^(\w+)[ ]*(?::[^=\n]+)?=", re.M)


def read_submission(path: str, student: str = "") -> Submission:
    """The submission in a file; one with a flaw, if it cannot be read or be a program."""
    content, flaw = read_file(path)
    return submission_of(content, flaw, path, student)


def submission_of(content: bytes, flaw: str, origin: str, student: str = "") -> Submission:
    """The submission of a file's content; `flaw` says what kept it from being read."""
    source = content
    if is_notebook(origin) and not flaw:
        from grader.submissions.ipynb import program_of  # which few need

        source, flaw, _ = program_of(content, MAX_BYTES)
    return Submission(source, origin, student, flaw or flaw_of(source))


def is_notebook(name: str) -> bool:
    """Whether a file of this name should be a notebook."""
    return name.lower().endswith(".ipynb")


def most_bytes(name: str) -> int:
    """How large a file of this name may be: a notebook holds its pictures too."""
    return MAX_NOTEBOOK_BYTES if is_notebook(name) else MAX_BYTES


def too_large(name: str) -> str:
    """What there is to say of a file of this name that is larger."""
    size = f"larger than {most_bytes(name) >> 20} MiB"
    if is_notebook(name):
        return f"{size}; clear all outputs of the notebook and save it again"
    return f"{size}: is it a Python source file?"


def flaw_of(source: bytes) -> str:
    """Why the bytes cannot be a Python program; empty if they may be."""
    if source.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "the file is UTF-16 text; save it as UTF-8"
    if (null := source.find(b"\0")) >= 0:
        line = source.count(b"\n", 0, null) + 1
        return f"the file has a null byte in line {line}: is it a Python source file?"
    if not source.strip():
        return "the file is empty"
    encoding = "utf-8"
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    except SyntaxError as error:
        if "unknown encoding" in str(error):
            return f"the file declares an {error.msg}; save it as UTF-8"
    if encoding in _SLOW:
        return f"the file declares the encoding {encoding}; save it as UTF-8"
    try:
        source.decode(encoding)
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        byte = f"0x{source[error.start]:02x}"
        return f"the file is not {encoding.upper()}: byte {byte} in line {line}; save it as UTF-8"
    except (LookupError, ValueError):  # there are codecs of bytes, and one that always fails
        return f"the file declares {encoding}, which is no encoding of text; save it as UTF-8"
    return ""


def defined_names(source: bytes) -> list[str]:
    """What the source defines at its top level, by the look of its lines.

    A stranger's source is not parsed in this process: there are texts that take the parser minutes.
    """
    text = source[:MAX_BYTES].decode("utf-8", "replace")
    return [match[1] or match[2] for match in _DEFINITION.finditer(text)]


def read_file(path: str, most: int = 0) -> tuple[bytes, str]:
    """What is in the file, and what kept it from being read; `most` bytes, if that is given."""
    most = most or most_bytes(path)
    try:
        # Not blocking: a pipe nobody writes to must not hold up the grader.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        return b"", f"there is no file {path}"
    except IsADirectoryError:
        return b"", _FOLDER.format(path)
    except (OSError, ValueError) as error:
        return b"", f"{path} cannot be read: {getattr(error, 'strerror', None) or error}"
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        what = _FOLDER if stat.S_ISDIR(mode) else "{} is not an ordinary file"
        return b"", what.format(path)
    with open(descriptor, "rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        return b"", f"{path} is {too_large(path)}"
    return content, ""


_FOLDER = "{} is a folder; name the file in it that holds your solution"
