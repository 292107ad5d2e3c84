"""The collection of odd but right submissions in tests/data/odd, as files of a class."""

from __future__ import annotations

import functools
import importlib.util
import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import yaml

from tests._support.bank import DATA, ROOT, TEST_BANK
from tests._support.submissions import Files, zipped

ODD = DATA / "odd"
_RIGHT = ODD / "right.yaml"
_PLACE = re.compile(r"^([ \t]*)RIGHT$", re.M)
_ENDS = {"crlf": "\r\n", "cr": "\r", "lf": "\n"}

Row = dict[str, Any]


@functools.cache
def rows() -> dict[str, Row]:
    """Return the submissions that can be right here, by the name of their student."""
    found = {}
    for path in sorted(ODD.glob("*.yaml")):
        if path == _RIGHT:
            continue
        for number, row in enumerate(yaml.safe_load(path.read_text("utf-8")), 1):
            if sys.version_info >= tuple(row.get("python", ())) and _has(row.get("needs")):
                found[f"{path.stem}{number:02}"] = row
    return found


@functools.cache
def _right() -> dict[str, str]:
    found: dict[str, str] = yaml.safe_load(_RIGHT.read_text("utf-8"))
    return found


def _has(library: str | None) -> bool:
    return library is None or importlib.util.find_spec(library) is not None


def make_bank(folder: Path) -> Path:
    """Copy the problems of the collection into one bank."""
    for bank in (ROOT, TEST_BANK, ODD / "bank"):
        for kind in ("problems", "solutions"):
            shutil.copytree(bank / kind, folder / kind, dirs_exist_ok=True)
    return folder


def problems() -> list[str]:
    return sorted({row["problem"] for row in rows().values()})


def files_of(row: Row) -> Files:
    """Return what the student hands in, by path."""
    if "files" in row:
        files = {path: _content(row, each, path) for path, each in row["files"].items()}
        return {"homework.zip": zipped(files)} if row.get("archive") else files
    name = row.get("as") or ("solution.py" if "file" in row else "solution.ipynb")
    return {name: _content(row, row, name)}


def _content(row: Row, given: Row | str, path: str) -> bytes:
    each: Row = {"text": given} if isinstance(given, str) else given
    encoding = str(each.get("encoding", "utf-8"))
    if "cells" in each:
        return _notebook(row, each).encode(encoding)
    text = _completed(str(each.get("text", each.get("file"))), row["problem"])
    text += f"x = [{'1, ' * (each.get('long', 0) // 3)}]\n" if "long" in each else ""
    text += "\n" * int(each.get("blank", 0))
    return text.replace("\n", _ENDS[str(each.get("ends", "lf"))]).encode(encoding)


def _completed(text: str, problem: str) -> str:
    """Return a text with the right function of a problem for each line RIGHT."""
    if not _PLACE.search(text):
        return text
    right = _right()[problem].rstrip("\n")
    return _PLACE.sub(lambda match: re.sub("^(?=.)", match[1], right, flags=re.M), text)


def _notebook(row: Row, each: Row) -> str:
    texts = list(each["cells"])
    if "repeat" in each:
        count, text = each["repeat"]
        texts += [text] * count
    cells = [_cell(text, row["problem"], each) for text in texts]
    metadata: Row = {"language_info": {"name": "python"}}
    document: Row = {"nbformat": 4, "nbformat_minor": 5, "metadata": each.get("metadata", metadata)}
    if each.get("nbformat") == 3:
        for cell in cells:
            cell["input"] = cell.pop("source")
        return json.dumps({"nbformat": 3, "metadata": {}, "worksheets": [{"cells": cells}]})
    return json.dumps({**document, "cells": cells})


def _cell(text: str | dict[str, str], problem: str, each: Row) -> Row:
    kind, text = ("code", text) if isinstance(text, str) else next(iter(text.items()))
    text = _completed(text, problem) if kind == "code" else text
    text = text.replace("\n", _ENDS[each.get("cell_ends", "lf")])
    source = text if each.get("sources") == "text" else text.splitlines(keepends=True)
    cell: Row = {"cell_type": kind, "metadata": {}, "source": source}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
        if each.get("outputs"):
            error = {"output_type": "error", "ename": "E", "evalue": "e", "traceback": ["\x1b[0m"]}
            picture = {"output_type": "display_data", "data": {"image/png": "iVBOR"}}
            cell["outputs"] = [error, {**picture, "metadata": {}}]
    return cell
