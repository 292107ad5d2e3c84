"""Read a copy of Open-Deep-ML, in either of its two layouts, as records.

    questions/NNN_slug/meta.json, description.md, starter_code.py, solution.py, tests.json,
                       example.json
    build/NNN.json     all of these in one object; some of its texts are in base64

Whoever wrote the files is unknown, so that only regular files of a limited size are read.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import UsageError
from grader.values.show import printable

MAX_FILE = 1 << 20  # bytes
MAX_QUESTIONS = 10_000
MAX_TESTS = 1_000  # of a question

_NUMBERED = re.compile(r"([0-9]{1,6})(?:[_-](.+))?")


@dataclass(frozen=True)
class Test:
    """A snippet of Python and the text that it prints.

    Attributes:
        number: in the file, from 1
        text: None if the test asserts what it expects
    """

    number: int
    snippet: str
    text: str | None


@dataclass(frozen=True)
class Question:
    """A question as it is published.

    Attributes:
        name: of its folder or file, such as 12_softmax
        number: the digits at the beginning of the name
        example: input, output and reasoning of a worked example; empty if there is none
        flaw: why it cannot be read; empty if it can
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


class Unreadable(Exception):
    """A question cannot be read; the text says why."""


def find_questions(folder: Path) -> list[Path]:
    """Return the folders or files of all questions, in the order of their numbers.

    `folder` may be the repository, its `questions` or `build`, or a single question.

    Raises:
        UsageError: if there are none, or more than `MAX_QUESTIONS`
    """
    for place in (folder / "questions", folder / "build", folder):
        if not place.is_dir():
            continue
        found = [path for path in place.iterdir() if _is_question(path)]
        if len(found) > MAX_QUESTIONS:
            text = f"expected at most {MAX_QUESTIONS} questions, found {len(found)} in {place}"
            raise UsageError(text)
        if found:
            return sorted(found, key=lambda path: (_number(path.name), path.name))
    if folder.is_dir() and (folder / "tests.json").is_file():
        return [folder]
    expected = "a folder with `questions/1_some-name/meta.json` or `build/1.json` in it"
    raise UsageError(f"expected a copy of Open-Deep-ML, {expected}; {folder} has no question")


def read_question(path: Path) -> Question:
    """Return the question in a folder or a JSON file.

    Raises:
        Unreadable: if a part is missing, too large or not what it should be
    """
    return _of_folder(path) if path.is_dir() else _of_file(path)


def _is_question(path: Path) -> bool:
    if path.is_symlink() or not _NUMBERED.fullmatch(path.stem if path.suffix else path.name):
        return False
    return (path / "tests.json").is_file() if path.is_dir() else path.suffix == ".json"


def _number(name: str) -> int:
    found = _NUMBERED.match(name)
    return int(found[1]) if found else 0


def _of_folder(path: Path) -> Question:
    meta = _object(_json(path / "meta.json"), "meta.json")
    example = _json(path / "example.json") if (path / "example.json").exists() else {}
    return _question(
        path.name,
        meta,
        description=read_source(path / "description.md"),
        starter=read_source(path / "starter_code.py"),
        solution=read_source(path / "solution.py"),
        tests=_json(path / "tests.json"),
        example=example,
    )


def _of_file(path: Path) -> Question:
    whole = _object(_json(path), path.name)
    return _question(
        path.stem,
        whole,
        description=_decoded(whole, "description"),
        starter=_decoded(whole, "starter_code"),
        solution=_decoded(whole, "solution"),
        tests=whole.get("test_cases", whole.get("tests")),
        example=whole.get("example", {}),
    )


def _question(
    name: str,
    meta: Mapping[str, Any],
    *,
    description: str,
    starter: str,
    solution: str,
    tests: Any,
    example: Any,
) -> Question:
    people = meta.get("contributor")
    authors = [
        _line(each.get("name", ""))
        for each in (people if isinstance(people, list) else [])
        if isinstance(each, dict)
    ]
    found = _NUMBERED.match(name)
    return Question(
        name=_line(name),
        number=found[1] if found else "",
        title=_line(meta.get("title", "")) or _line(name),
        difficulty=_line(meta.get("difficulty", "")).lower(),
        category=_line(meta.get("category", "")),
        description=_text(description),
        starter=_text(starter),
        solution=_text(solution),
        tests=tuple(_tests(tests)),
        example={
            str(key): _text(value)
            for key, value in (example.items() if isinstance(example, dict) else ())
            if isinstance(value, str)
        },
        authors=tuple(each for each in authors if each),
    )


def _tests(items: Any) -> Iterator[Test]:
    if not isinstance(items, list) or len(items) > MAX_TESTS:
        raise Unreadable(f"the tests are not a list of at most {MAX_TESTS} objects")
    for number, item in enumerate(items, 1):
        if not isinstance(item, dict):
            raise Unreadable(f"test {number} is not an object")
        snippet, text = item.get("test"), item.get("expected_output")
        if not isinstance(snippet, str) or not isinstance(text, str):
            raise Unreadable(f"test {number} has no texts `test` and `expected_output`")
        yield Test(number, _text(snippet), _text(text))


# Files -------------------------------------------------------------------------------------------


def read_source(path: Path) -> str:
    """Return the text of a regular file of at most `MAX_FILE` bytes.

    Raises:
        Unreadable: if it is none, or not UTF-8
    """
    try:
        with open(path, "rb", opener=_open) as file:  # which closes it also if it is a folder
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise Unreadable(f"{path.name} is not a regular file")
            data = file.read(MAX_FILE + 1)
    except OSError as error:
        raise Unreadable(f"{path.name} cannot be read: {error.strerror}") from None
    if len(data) > MAX_FILE:
        raise Unreadable(f"{path.name} is larger than {MAX_FILE >> 20} MiB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(f"{path.name} is not UTF-8") from None


def _open(path: str, flags: int) -> int:
    # Without O_NONBLOCK, opening a pipe waits for somebody who writes to it.
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))


def _json(path: Path) -> Any:
    try:
        return json.loads(read_source(path))
    except (ValueError, RecursionError) as error:
        text = error.args[0] if isinstance(error, ValueError) else "nested too deeply"
        raise Unreadable(f"{path.name} is not valid JSON: {text}") from None


def _object(value: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Unreadable(f"{name} is not an object")
    return value


def _decoded(whole: Mapping[str, Any], key: str) -> str:
    """Return a text of the build layout, which is in base64 where that can be decoded."""
    text = whole.get(key, "")
    if not isinstance(text, str):
        raise Unreadable(f"`{key}` is not a text")
    try:
        return base64.b64decode(text.strip().replace("\n", ""), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):  # it has a space, or is not text
        return text


def _text(text: Any) -> str:
    """Return a text with `\\n` as line breaks, and a visible sign for control characters."""
    lines = str(text).replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    return printable(lines, len(lines))


def _line(text: Any) -> str:
    return " ".join(_text(text).split())[:200]
