"""Submissions of a class, made from names and contents, as folders, archives and notebooks."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.bank.locate import Heading
from grader.model.course import SubmissionSet
from grader.submissions import collect_submissions

SOFTMAX = Heading("softmax", "Softmax", "easy", "ML", "softmax")
MEAN = Heading("stable-mean", "Mean", "easy", "ML", "stable_mean")
SOLVED = b"def softmax(x):\n    return x\n"  # a solution of SOFTMAX
OTHER = b"def stable_mean(x):\n    return 0\n"  # a solution of MEAN
IDLE = b"x = 1\n"  # a solution of neither
Files = Mapping[str, bytes]  # by paths with "/"


def folder(path: Path, files: Files) -> Path:
    for name, content in files.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return path


def zipped(files: Files) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def archive(path: Path, files: Files) -> Path:
    path.write_bytes(zipped(files))
    return path


def notebook(*cells: str, **more: Any) -> bytes:
    code = [{"cell_type": "code", "source": cell.splitlines(keepends=True)} for cell in cells]
    text = {"cell_type": "markdown", "source": ["def prose("]}
    return json.dumps({"cells": [text, *code], "nbformat": 4, "metadata": {}, **more}).encode()


def collect(path: Path, *problems: Heading, **options: Any) -> SubmissionSet:
    return collect_submissions(str(path), problems or (SOFTMAX,), **options)
