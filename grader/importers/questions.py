"""A published question with its tests, as a record, and the files that it is read from.

Whoever wrote the files is unknown, so that only regular files of a limited size are read.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from grader.values.dataclasses import dataclass
from grader.values.show import printable

MAX_FILE = 1 << 20  # bytes


@dataclass(frozen=True)
class Test:
    """A snippet of Python and the text that it prints.

    Attributes:
        number: in the file, from 1
        text: None if the test asserts what it expects
        points: None if the source does not say
        is_hidden: None if the source does not say
        name: in the source, if it has one
        reason: why it cannot be imported; empty if nothing is known against it
    """

    number: int
    snippet: str
    text: str | None
    points: Fraction | None = None
    is_hidden: bool | None = None
    name: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Question:
    """A question as it is published.

    Attributes:
        name: of its folder or file, such as 12_softmax
        number: the digits at the beginning of the name
        example: input, output and reasoning of a worked example; empty if there is none
        flaw: why it cannot be read; empty if it can
        source: where it is from, for readers
        asked: the functions and classes that students write; empty if these are all that the
            solution defines
        repairs: of what was read
    """

    name: str
    number: str
    title: str
    difficulty: str
    category: str
    description: str
    starter: str
    solution: str
    tests: tuple[Test, ...]
    example: Mapping[str, str]
    authors: tuple[str, ...] = ()
    flaw: str = ""
    source: str = ""
    asked: frozenset[str] = frozenset()
    repairs: tuple[str, ...] = ()


class Unreadable(Exception):
    """A question cannot be read; the text says why."""


# Files -------------------------------------------------------------------------------------------


def read_source(path: Path, max_bytes: int = MAX_FILE) -> str:
    """Return the text of a regular file of limited size.

    Raises:
        Unreadable: if it is none, or not UTF-8
    """
    try:
        with open(path, "rb", opener=_open) as file:  # which closes it also if it is a folder
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise Unreadable(f"{path.name} is not a regular file")
            data = file.read(max_bytes + 1)
    except OSError as error:
        raise Unreadable(f"{path.name} cannot be read: {error.strerror}") from None
    if len(data) > max_bytes:
        raise Unreadable(f"{path.name} is larger than {max_bytes >> 20} MiB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(f"{path.name} is not UTF-8") from None


def _open(path: str, flags: int) -> int:
    # Without O_NONBLOCK, opening a pipe waits for somebody who writes to it.
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))


def clean_text(text: Any) -> str:
    """Return a text with `\\n` as line breaks, and a visible sign for control characters."""
    lines = str(text).replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    return printable(lines, len(lines))


def clean_line(text: Any) -> str:
    """Return a text as one line of at most 200 characters."""
    return " ".join(clean_text(text).split())[:200]
