"""Read a copy of Open-Deep-ML, in either of its two layouts, as records.

questions/NNN_slug/meta.json, description.md, starter_code.py, solution.py, tests.json,
                   example.json
build/NNN.json     all of these in one object; some of its texts are in base64
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from grader.errors import UsageError
from grader.importers.questions import (
    Question,
    Test,
    Unreadable,
    clean_line,
    clean_text,
    read_source,
)

MAX_QUESTIONS = 10_000
MAX_TESTS = 1_000  # of a question

_NUMBERED = re.compile(r"([0-9]{1,6})(?:[_-](.+))?")


def read_questions(folder: Path) -> list[Question]:
    """Return all questions in the order of their numbers.

    Those that cannot be read have a `flaw`.

    Raises:
        UsageError: if there are none, or too many
    """
    return [read_question(path) for path in find_questions(folder)]


def read_question(path: Path) -> Question:
    """Return the question in a folder or a JSON file, with a `flaw` if it cannot be read."""
    try:
        return _read(path)
    except Unreadable as reason:
        name = path.stem
        return Question(name, "", name, "", "", "", "", "", (), {}, flaw=str(reason))


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


def _read(path: Path) -> Question:
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
        clean_line(each.get("name", ""))
        for each in (people if isinstance(people, list) else [])
        if isinstance(each, dict)
    ]
    found = _NUMBERED.match(name)
    return Question(
        name=clean_line(name),
        number=found[1] if found else "",
        title=clean_line(meta.get("title", "")) or clean_line(name),
        difficulty=clean_line(meta.get("difficulty", "")).lower(),
        category=clean_line(meta.get("category", "")),
        description=clean_text(description),
        starter=clean_text(starter),
        solution=clean_text(solution),
        tests=tuple(_tests(tests)),
        example={
            str(key): clean_text(value)
            for key, value in (example.items() if isinstance(example, dict) else ())
            if isinstance(value, str)
        },
        authors=tuple(each for each in authors if each),
        source=f"question {found[1] if found else ''} of Open-Deep-ML",
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
        yield Test(number, clean_text(snippet), clean_text(text))


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
