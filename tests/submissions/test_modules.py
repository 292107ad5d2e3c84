"""Files that were submitted together can be imported, under every door, and shadow nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.api import Grader
from grader.judging.answer_key import AnswerKey
from grader.judging.judge import judge
from grader.model.judgement import Verdict
from grader.sandbox.host import Sandbox
from grader.submissions import (
    SourceSpool,
    collect_from_folder,
    collect_submissions,
    read_submissions,
)
from grader.submissions.matches import best_submission
from grader.submissions.modules import MAX_MODULES, modules_of
from tests._support.bank import TEST_BANK
from tests._support.submissions import collect, folder, notebook, zipped

HELPER = b"def add(values):\n    return sum(values)\n"
MAIN = b"from helper import add\n\ndef mean(values):\n    return add(values) / len(values)\n"
RUNS = MAIN.partition(b"\n\n")[2]  # the same, without the import
# The files, the program among them, and the names that it can import.
FOUND: dict[str, tuple[dict[str, bytes], str, set[str]]] = {
    "beside it": ({"a.py": b"import helper", "helper.py": b""}, "a.py", {"helper"}),
    "not named": ({"a.py": b"x = helper", "helper.py": b""}, "a.py", set()),
    "by another": (
        {"a.py": b"import b", "b.py": b"import c", "c.py": b"import a", "d.py": b""},
        "a.py",
        {"a", "b", "c"},
    ),
    "in a package": (
        {"a.py": b"from tools import x", "tools/__init__.py": b"", "tools/x.py": b""},
        "a.py",
        {"tools", "tools.x"},
    ),
    "in a folder": ({"a.py": b"import tools.x", "tools/x.py": b""}, "a.py", {"tools", "tools.x"}),
    "in its own folder": (
        {"src/a.py": b"import b", "src/b.py": b"", "b.py": b""},
        "src/a.py",
        {"b"},
    ),
    "from the top": (
        {"src/a.py": b"import src.b", "src/b.py": b""},
        "src/a.py",
        {"b", "src", "src.b"},
    ),
    "on several lines": (
        {"a.py": b"from tools import (\n  x,\n  y)\n", "tools/y.py": b""},
        "a.py",
        {"tools", "tools.y"},
    ),
    "by its name as text": (
        {"a.py": b"import importlib\nimportlib.import_module('b')", "b.py": b""},
        "a.py",
        {"b"},
    ),
    "renamed by a system": ({"a.py": b"import b", "b-1.py": b""}, "a.py", {"b"}),
    "downloaded again": ({"a.py": b"import b", "b (2).py": b""}, "a.py", {"b"}),
    "no name": ({"a.py": b"import b", "b c.py": b"", "b.txt": b""}, "a.py", set()),
    "of letters": ({"a.py": "import größe".encode(), "größe.py": b""}, "a.py", {"größe"}),
}


@pytest.mark.parametrize("files, program, names", FOUND.values(), ids=FOUND)
def test_modules(files: dict[str, bytes], program: str, names: set[str]) -> None:
    paths = {path: path for path in files}
    modules, note = modules_of(program, files[program], paths, files.__getitem__)
    assert ({module.name for module in modules}, note) == (names, "")


def test_so_many_modules_are_no_program() -> None:
    files = {f"m{number}.py": b"" for number in range(MAX_MODULES + 10)}
    source = b"import " + b", ".join(path[:-3].encode() for path in files)
    modules, note = modules_of("a.py", source, {path: path for path in files}, files.__getitem__)
    assert len(modules) == MAX_MODULES and "some of them cannot be imported" in note


@pytest.fixture(scope="module")
def key(sandbox: Sandbox) -> AnswerKey:
    from grader.bank.load import load_problem

    folders = (str(TEST_BANK / kind / "mean") for kind in ("problems", "solutions"))
    return AnswerKey(load_problem(*folders), sandbox)


SUBMITTED = {
    "a folder": ({"ada/solution.py": MAIN, "ada/helper.py": HELPER}, "accepted", ()),
    "an archive": ({"ada.zip": zipped({"x.py": MAIN, "helper.py": HELPER})}, "accepted", ()),
    "a notebook": (
        {"ada/a.ipynb": notebook(MAIN.decode()), "ada/helper.py": HELPER},
        "accepted",
        (),
    ),
    "a notebook that runs the module": (
        {"ada/a.ipynb": notebook("%run ./helper.py\n" + RUNS.decode()), "ada/helper.py": HELPER},
        "accepted",
        (),
    ),
    "a line of the module fails": (
        {"ada/a.py": MAIN, "ada/helper.py": HELPER + b"1 / 0\n"},
        "accepted",
        ("helper.py, line 3 failed and is left out: ZeroDivisionError: division by zero",),
    ),
    "a module that is not Python": (
        {"ada/a.py": MAIN, "ada/helper.py": b"def add(:\n"},
        "run_time_error",
        ("line 1: SyntaxError: invalid syntax; the rest is judged without it",),
    ),
    "a module of Python's name": (
        {"ada/a.py": b"import statistics as s\n" + MAIN, "ada/statistics.py": b"fmean = None\n"
         b"1 / 0\n", "ada/helper.py": HELPER},
        "accepted",
        (
            "your own module statistics is not used, because a module statistics is installed here;"
            " rename yours",
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("files, verdict, notes", SUBMITTED.values(), ids=SUBMITTED)
def test_every_door_finds_the_modules(
    files: dict[str, bytes],
    verdict: str,
    notes: tuple[str, ...],
    key: AnswerKey,
    sandbox: Sandbox,
    tmp_path: Path,
) -> None:
    path = folder(tmp_path, files)
    with SourceSpool() as sources:  # as a class, and as Gradescope
        found = collect_submissions(str(path), [key.problem], sources=sources)
        own = path / ("ada.zip" if (path / "ada.zip").exists() else "ada")
        top = str(own if own.is_dir() else path)
        alone = collect_from_folder("ada", top, [key.problem], sources=sources)
        submissions = [sources.submission(each) for each in (*found.attempts, *alone.attempts)]
    submissions.append(best_submission(read_submissions(str(own)), key.problem))
    assert len(submissions) == 3 and not found.unmatched
    for submission in submissions:
        judgement = judge(key, submission, sandbox)
        assert (judgement.verdict.value, judgement.notes) == (verdict, notes)


def test_the_api_takes_files(tmp_path: Path) -> None:
    with Grader(TEST_BANK / "problems", TEST_BANK / "solutions") as grader:
        files: dict[str, str | bytes] = {"helper.py": HELPER.decode(), "other.py": b""}
        assert grader.score("mean", MAIN, files=files).verdict is Verdict.ACCEPTED
        assert grader.score("mean", MAIN).verdict is Verdict.RUN_TIME_ERROR


def test_modules_are_part_of_what_is_judged(tmp_path: Path) -> None:
    digests = set()
    for number in range(2):
        files = {"solution.py": MAIN, "helper.py": HELPER + b"\n" * number, "other.py": b"#"}
        path = folder(tmp_path / str(number) / "ada", files).parent
        (attempt,) = collect(path).attempts
        digests.add(attempt.digest)
    assert len(digests) == 2
