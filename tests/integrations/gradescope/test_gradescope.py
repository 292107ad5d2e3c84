"""The autograder for Gradescope, packed, set up and run in a folder in place of /autograder.

The scripts and the wheel are the real ones. Three things differ from Gradescope: PYTHON names this
interpreter, so that nothing comes from apt; pip installs the wheel without its dependencies, which
are taken from here; and the tests need not run as root.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import numpy
import pytest

from grader.bank.locate import find_bank
from grader.errors import SandboxError, UsageError
from grader.integrations.gradescope.archive import make_autograder
from grader.integrations.gradescope.autograder import autograde, due_date, write_results
from grader.integrations.gradescope.metadata import Metadata, read_metadata
from grader.integrations.gradescope.wheel import build_wheel
from grader.judging.answer_key import AnswerKey
from grader.judging.judge import judge
from grader.judging.redact import for_student
from grader.model.assignment import Assignment, Part
from grader.model.course import Student
from grader.model.entry_point import Program
from grader.model.judgement import CaseResult, Judgement, Run, RunStatus, Verdict
from grader.model.problem import Submission
from grader.reports.judgement import gradescope
from grader.sandbox.fork_server import start_fork_server
from grader.sandbox.host import Sandbox
from tests._support.bank import DATA, PATIENCE_S, Command, load, patient_bank
from tests._support.waiting import Gate
from tests.sandbox.test_tiers import without_landlock

BANK = DATA / "bank"
SCHEMA = json.loads((DATA / "gradescope-results.schema.json").read_text())
RIGHT = "def mean(values):\n    return sum(values) / len(values)\n"
WRONG = "def mean(values):\n    return sum(values)\n"
SECRETS = ("8128.125", "496.5", "4312.3125")  # arguments and answer of the hidden case

Results = dict[str, Any]


class Container:
    """A folder in place of /autograder, set up."""

    def __init__(self, root: Path, archive: Path, venv: Path | None = None) -> None:
        self.root = root
        unpack(archive, root / "source")
        shutil.copy(root / "source/run_autograder", root)
        if venv is None:
            self.set_up()
        else:
            (root / "venv").symlink_to(venv)

    def set_up(self) -> None:
        pip = {"PIP_NO_DEPS": "1", "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        subprocess.run(
            ["bash", self.root / "source/setup.sh"],
            env=self.environment | pip | {"PYTHON": sys.executable},
            check=True,
            timeout=PATIENCE_S,
        )
        (packages,) = self.root.glob("venv/lib/python*/site-packages")
        lent = Path(numpy.__file__).parent.parent
        (packages / "lent.pth").write_text(f"{lent}\n")

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {"AUTOGRADER_ROOT": str(self.root)}

    def submit(self, files: dict[str, str | bytes], metadata: object = None) -> None:
        shutil.rmtree(self.root / "submission", ignore_errors=True)
        (self.root / "submission").mkdir()
        (self.root / "results/results.json").unlink(missing_ok=True)
        for name, content in files.items():
            path = self.root / "submission" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        (self.root / "submission_metadata.json").write_text(json.dumps(metadata or {}))

    def start(self, before: Callable[[], None] | None = None) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self.root / "run_autograder"],
            cwd=self.root,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            preexec_fn=before,
        )

    def run(self, before: Callable[[], None] | None = None) -> tuple[int, str]:
        """Return the exit code and what the instructor sees."""
        with self.start(before) as running:
            out, error = running.communicate(timeout=PATIENCE_S)
        assert error == ""
        return running.returncode, out

    def results(self) -> Results:
        document: Results = json.loads((self.root / "results/results.json").read_text("utf-8"))
        return document

    def graded(self, files: dict[str, str | bytes], metadata: object = None) -> Results:
        self.submit(files, metadata)
        code, out = self.run()
        assert code == 0, out
        results = self.results()
        jsonschema.validate(results, SCHEMA)
        return results


def unpack(archive: Path, folder: Path) -> None:
    """Unpack as Gradescope does, with the permissions in the archive."""
    with zipfile.ZipFile(archive) as opened:
        for info in opened.infolist():
            path = Path(opened.extract(info, folder))
            path.chmod(stat.S_IMODE(info.external_attr >> 16))


def export(
    what: str | Path, out: Path, bank: Path = BANK, *options: str
) -> subprocess.CompletedProcess[str]:
    words = [what, "-o", out, "--bank", bank, *options]
    return subprocess.run(
        [sys.executable, "-m", "grader", "export", "gradescope", *words],
        cwd=out.parent,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE_S,
    )


@pytest.fixture(scope="module")
def container(tmp_path_factory: pytest.TempPathFactory) -> Container:
    """Export one problem, the mean."""
    folder = tmp_path_factory.mktemp("gradescope")
    done = export("mean", folder / "mean.zip")
    assert done.returncode == 0, done.stderr
    return Container(folder / "autograder", folder / "mean.zip")


@pytest.fixture(scope="module")
def patient_container(container: Container, tmp_path_factory: pytest.TempPathFactory) -> Container:
    """Export the mean with a long time limit, for submissions that wait at a gate."""
    folder = tmp_path_factory.mktemp("patient")
    bank = patient_bank(folder / "bank")
    done = export("mean", folder / "mean.zip", bank, "--sandbox", "basic")
    assert done.returncode == 0, done.stderr
    return Container(folder / "autograder", folder / "mean.zip", container.root / "venv")


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Add a second problem, which is the mean under another name."""
    folder = tmp_path_factory.mktemp("bank")
    for kind in ("problems", "solutions"):
        shutil.copytree(BANK / kind, folder / kind)
        shutil.copytree(BANK / kind / "mean", folder / kind / "average")
        for path in (folder / kind / "average").iterdir():
            path.write_text(path.read_text("utf-8").replace("mean", "average"), "utf-8")
    return folder


ASSIGNMENT = """
title: Homework
due: 2026-11-30 23:59 UTC
late: {grace: 15 min, per_day: 10%, most: 50%}
problems:
  - {problem: mean, points: 10}
  - {problem: average, points: 1/3}
extensions: {Ada@x.edu: 2026-12-02 23:59 UTC}
adjust: {fay@x.edu: {mean: 4, why: an oral exam}}
excused: {dot@x.edu: [average], eve@x.edu: all}
comments: {fay@x.edu: well done}
"""


@pytest.fixture(scope="module")
def homework(container: Container, bank: Path) -> Container:
    """Export an assignment of two problems."""
    (bank / "hw.yaml").write_text(ASSIGNMENT.replace("1/3", "5"), "utf-8")
    done = export(bank / "hw.yaml", bank / "hw.zip", bank)
    assert done.returncode == 0, done.stderr
    return Container(bank / "autograder", bank / "hw.zip", container.root / "venv")


# The zip -----------------------------------------------------------------------------------------


def test_zip_contains_the_chosen_problems_and_programs(bank: Path, tmp_path: Path) -> None:
    done = export("mean", tmp_path / "one.zip", bank)
    assert done.stdout.endswith("one.zip contains mean; set the points on Gradescope to 4\n")
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        modes = {info.filename: info.external_attr >> 16 for info in archive.infolist()}
        scripts = [archive.read(name) for name in ("setup.sh", "run_autograder")]
    wheel = build_wheel()[0]
    assert {name for name in modes if not name.startswith("bank/")} == {
        "setup.sh",
        "run_autograder",
        wheel,
    }
    assert {name.split("/")[2] for name in modes if name.startswith("bank/")} == {"mean"}
    assert "bank/solutions/mean/reference.py" in modes
    assert modes["setup.sh"] == modes["run_autograder"] == 0o100755
    assert modes[wheel] == 0o100644
    assert all(script.startswith(b"#!/usr/bin/env bash\n") for script in scripts)
    assert not any(b"\r" in script for script in scripts)


def test_zip_is_the_same_bytes_each_time(tmp_path: Path) -> None:
    def packed(folder: Path) -> bytes:
        return make_autograder("mean", ["mean"], find_bank(str(folder)))

    shutil.copytree(BANK, tmp_path / "later")
    for path in tmp_path.rglob("*.*"):
        os.utime(path, (0, 0))
    assert packed(BANK) == packed(tmp_path / "later")


def test_wheel_records_its_files_and_contains_no_problem() -> None:
    name, content = build_wheel()
    with zipfile.ZipFile(io.BytesIO(content)) as wheel:
        files = {info.filename: wheel.read(info) for info in wheel.infolist()}
    about = f"{'-'.join(name.split('-')[:2])}.dist-info"
    record = {row[0]: row[1:] for row in csv.reader(io.StringIO(files[f"{about}/RECORD"].decode()))}
    assert set(record) == set(files)
    for each in set(files) - {f"{about}/RECORD"}:
        digest = base64.urlsafe_b64encode(hashlib.sha256(files[each]).digest()).decode()
        assert record[each] == [f"sha256={digest.rstrip('=')}", str(len(files[each]))]
    assert "grader/integrations/gradescope/setup.sh" in files and "grader/course/store.sql" in files
    assert b"Requires-Dist: numpy" in files[f"{about}/METADATA"]
    assert not [each for each in files if "__pycache__" in each]


def test_installed_package_builds_the_same_wheel_as_the_checkout(container: Container) -> None:
    script = "import sys; from grader.integrations.gradescope.wheel import build_wheel;"
    script += "print(sys.prefix);"
    script += "import grader, pathlib; there = pathlib.Path(grader.__file__).parent / 'data';"
    script += "there.mkdir(); (there / 'spec.md').touch();"  # as an installed package has a bank
    script += "pathlib.Path(sys.argv[1]).write_bytes(build_wheel()[1])"
    python, out = container.root / "venv/bin/python", container.root / "again.whl"
    done = subprocess.run([python, "-I", "-c", script, out], check=True, capture_output=True)
    assert done.stdout.decode() == f"{container.root / 'venv'}\n"
    (packed,) = (container.root / "source").glob("exercise_grader-*.whl")
    assert out.read_bytes() == packed.read_bytes()


def test_scripts_of_a_checkout_on_windows_have_no_carriage_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("setup.sh", "run_autograder"):
        (tmp_path / name).write_bytes(b"#!/usr/bin/env bash\r\nset -e\r\n")
    monkeypatch.setattr("grader.integrations.gradescope.archive.files", lambda package: tmp_path)
    packed = make_autograder("mean", ["mean"], find_bank(str(BANK)))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.read("run_autograder") == b"#!/usr/bin/env bash\nset -e\n"


MISTAKES = {
    "no such problem": (("meen", "a.zip"), "did you mean 'mean'?"),
    "no such assignment": (("hw.yaml", "a.zip"), "hw.yaml cannot be read"),
    "a folder in place of the file": (("mean", "."), ". cannot be written: Is a directory"),
    "no folder for it": (("mean", "no/a.zip"), "no/a.zip cannot be written: No such file"),
}


@pytest.mark.parametrize("words, message", MISTAKES.values(), ids=MISTAKES)
def test_mistakes_are_reported(grader: Command, words: tuple[str, str], message: str) -> None:
    what, out = words
    done = grader("export", "gradescope", what, "-o", out, bank=BANK)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_the_assignment_is_not_replaced(grader: Command, tmp_path: Path) -> None:
    path = tmp_path / "hw.yaml"
    path.write_text(ASSIGNMENT, "utf-8")
    done = grader("export", "gradescope", path, "-o", path, bank=BANK)
    assert done.returncode == 2 and "the autograder would replace" in done.stderr
    assert path.read_text("utf-8") == ASSIGNMENT


def test_nothing_of_the_bank_is_replaced(bank: Path, tmp_path: Path) -> None:
    spec = bank / "problems" / "mean" / "spec.md"
    before = spec.read_bytes()
    done = export("mean", spec, bank)
    assert done.returncode == 2 and "the autograder would replace" in done.stderr
    assert spec.read_bytes() == before


def test_what_will_not_work_on_gradescope_is_reported(bank: Path, tmp_path: Path) -> None:
    shutil.copytree(bank / "problems", tmp_path / "problems")
    (tmp_path / "hw.yaml").write_text(ASSIGNMENT.replace("Ada@x.edu", "s123"), "utf-8")
    done = export(tmp_path / "hw.yaml", tmp_path / "a.zip", tmp_path)
    assert done.returncode == 0
    assert "what `extensions` says of s123 will not be applied" in done.stderr
    assert "note: average has no solutions: only public cases are graded" in done.stderr
    assert "set the points on Gradescope to 10.33" in done.stdout


# Set up, and run ---------------------------------------------------------------------------------


def test_only_root_may_read_solutions_and_results(container: Container) -> None:
    source, results = container.root / "source", container.root / "results"
    paths = [source, results, *source.rglob("*")]
    assert source / "bank/solutions/mean/reference.py" in paths
    assert [path for path in paths if path.stat().st_mode & 0o077] == []


NOTEBOOK = json.dumps(
    {
        "cells": [{"cell_type": "code", "source": RIGHT, "metadata": {}, "outputs": []}],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
)
SUBMISSIONS: dict[str, tuple[dict[str, str | bytes], float, str]] = {
    "right": ({"mean.py": RIGHT}, 4, "accepted, 4 of 4 points"),
    "wrong": ({"mean.py": WRONG}, 1, "Hint: What do you divide by?"),
    "a notebook": ({"hw.ipynb": NOTEBOOK}, 4, "accepted, 4 of 4 points"),
    "in a folder, beside others": (
        {"src/answer.py": RIGHT, "readme.txt": "", "util.py": "x = 1\n"},
        4,
        "readme.txt: not a .py, .ipynb or .zip file",
    ),
    "two that answer": ({"a.py": WRONG, "b.py": RIGHT}, 1, "a.py, b.py all define mean: a.py is"),
    "no program": ({"mean.py": b"\0"}, 0, "the file has a null byte in line 1"),
    "a syntax error": ({"mean.py": "def mean(:\n"}, 0, "SyntaxError"),
    "an error on import": ({"mean.py": "1 / 0\n"}, 0, "ZeroDivisionError"),
    "nothing": ({}, 0, "nothing was submitted: no file defines mean"),
    "no program at all": ({"a.pdf": b"%PDF"}, 0, "files with .pdf are not read; submit a .py"),
}


@pytest.mark.parametrize("files, score, message", SUBMISSIONS.values(), ids=SUBMISSIONS)
def test_submission_is_judged(
    container: Container, files: dict[str, str | bytes], score: float, message: str
) -> None:
    results = container.graded(files)
    assert results["score"] == score == sum(test["score"] for test in results["tests"])
    assert sum(test["max_score"] for test in results["tests"]) == 4
    assert message in results["output"]


def test_each_case_is_a_test_that_the_student_sees(container: Container) -> None:
    results = container.graded({"mean.py": WRONG})
    shown = [(test["number"], test["name"], test["status"]) for test in results["tests"]]
    assert shown == [
        ("1", "three", "failed"),
        ("2", "one", "passed"),
        ("3", "secret (hidden)", "failed"),
    ]
    assert "got 7.5, expected 2.5" in results["tests"][0]["output"]
    assert results["visibility"] == "visible"
    assert not any("visibility" in test for test in results["tests"])  # or students see no total


def test_endless_submission_times_out(container: Container) -> None:
    results = container.graded({"mean.py": "def mean(values):\n    while True: pass\n"})
    assert results["score"] == 0
    assert all(test["output"].startswith("time limit") for test in results["tests"])


def test_results_are_written_as_cases_finish(
    patient_container: Container, gate: Gate, tmp_path: Path
) -> None:
    with closing(Gate(tmp_path / "second")) as second:
        source = f"""
def mean(values):
    if len(values) == 1:
        {gate.wait}
    elif len(values) == 2:
        {second.wait}
    return sum(values) / len(values)
"""
        patient_container.submit({"mean.py": source})
        seen = []
        with patient_container.start() as running:
            for closed in (gate, second):
                closed.await_arrival(running)
                seen.append(patient_container.results())
                closed.open()
            _, error = running.communicate(timeout=PATIENCE_S)
    assert error == "" and running.returncode == 0
    assert [len(each["tests"]) for each in seen] == [1, 2]
    for each in seen:
        jsonschema.validate(each, SCHEMA)
    assert seen[0]["score"] == 1
    assert "Not finished: 1 of 3 cases have been judged." in seen[0]["output"]
    last = patient_container.results()
    assert "not finished" not in last["output"]
    assert [test["status"] for test in last["tests"]] == ["passed"] * 3


def test_killed_run_leaves_the_results_so_far(patient_container: Container, gate: Gate) -> None:
    source = RIGHT.replace("    ", f"    len(values) == 3 or {gate.wait}\n    ")
    patient_container.submit({"mean.py": source})
    with patient_container.start() as running:
        gate.await_arrival(running)
        running.kill()
    results = patient_container.results()
    jsonschema.validate(results, SCHEMA)
    assert results["score"] == 1
    assert "Not finished" in results["output"]


HOSTILE = """
import os, sys
ROOT = {root!r}
tried = []
def attempt(path, mode):
    try:
        with open(path, mode) as file:
            tried.append(file.read() if mode == "r" else file.write('{{"score": 100}}'))
    except BaseException as error:
        tried.append(type(error).__name__)
attempt(ROOT + "/results/results.json", "w")
attempt(ROOT + "/source/bank/solutions/mean/reference.py", "r")
attempt(ROOT + "/source/bank/solutions/mean/cases.yaml", "r")
print(tried, "\\x1b[31m::error::owned]]>\\x00\\ud800".encode("utf-8", "surrogatepass"))
sys.stdout.buffer.write(b"\\x1b[31m::error::owned]]>\\x00\\xed\\xa0\\x80")
def mean(values):
    print("\\x1b[2J\\x07 it saw", values)
    raise ValueError(f"\\x1b[31m it saw {{values}}")  # \u202e in the traceback
"""


def test_hostile_submission_neither_writes_results_nor_reads_solutions(
    container: Container, sandbox: Sandbox
) -> None:
    results = container.graded({"mean.py": HOSTILE.format(root=str(container.root))})
    assert results["score"] == 0
    text = json.dumps(results, ensure_ascii=False)
    assert "it saw [1.0, 2.0, 4.5]" in text and "in the traceback" in text
    assert [secret for secret in SECRETS if secret in text] == []
    assert all(char.isprintable() for char in text)
    if not sandbox.missing():  # without the strict sandbox nothing keeps it from these files
        assert "PermissionError', 'PermissionError', 'PermissionError" in text


def test_numbers_that_json_cannot_express_are_not_written(container: Container) -> None:
    results = container.graded({"mean.py": "def mean(values):\n    return float('nan')\n"})
    assert "got nan, expected 2.5" in results["tests"][0]["output"]
    text = (container.root / "results/results.json").read_text("utf-8")
    json.loads(text, parse_constant=lambda name: pytest.fail(name))


def test_without_a_strict_sandbox_nothing_is_graded(container: Container, sandbox: Sandbox) -> None:
    if sandbox.missing():
        pytest.skip("the strict sandbox is not available on this machine")
    container.submit({"mean.py": RIGHT})
    code, out = container.run(before=without_landlock)
    assert code == 3 and not {"score", "tests"} & set(container.results())
    assert "the strict sandbox is not available: this machine lacks Landlock" in out
    assert "Traceback" not in out


def test_basic_sandbox_can_be_chosen(container: Container, bank: Path, tmp_path: Path) -> None:
    done = export("mean", tmp_path / "basic.zip", bank, "--sandbox", "basic")
    assert done.returncode == 0, done.stderr
    basic = Container(tmp_path / "autograder", tmp_path / "basic.zip", container.root / "venv")
    basic.submit({"mean.py": RIGHT})
    code, out = basic.run(before=without_landlock)
    assert (code, basic.results()["score"]) == (0, 4)
    assert "sandbox: basic" in out
    assert "not strict: a submission might read the solutions and change its results" in out


def test_broken_reference_gives_no_score(container: Container) -> None:
    reference = container.root / "source/bank/solutions/mean/reference.py"
    original = reference.read_bytes()
    reference.write_text("def mean(values):\n    raise ValueError(sum(values) / len(values))\n")
    try:
        container.submit({"mean.py": RIGHT})
        code, out = container.run()
    finally:
        reference.write_bytes(original)
    assert code == 3
    assert "the reference fails case 'secret'" in out
    results = container.results()
    assert results["output"].startswith("Your submission was not graded")
    # A document that Gradescope takes for a failed autograder: it has no score.
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(results, SCHEMA)


class Broken(Sandbox):
    """Fails to run the submission."""

    def run(self, program: Program, *others: Any) -> list[Run]:
        if program.source == RIGHT.encode():
            raise SandboxError("a child could not be confined")
        return super().run(program, *others)


def test_internal_error_gives_no_score(
    container: Container, capsys: pytest.CaptureFixture[str]
) -> None:
    container.submit({"mean.py": RIGHT})
    with Broken(start_fork_server()) as broken:
        assert not autograde(container.root, broken)
    assert not {"score", "tests"} & set(container.results())
    assert "internal error: a child could not be confined\n" in capsys.readouterr().out


def test_results_exist_before_anything_is_run(container: Container) -> None:
    seen = []

    class Looking(Sandbox):
        def run(self, *words: Any) -> list[Run]:
            seen.append(container.results())
            return super().run(*words)

    container.submit({"mean.py": RIGHT})
    with Looking(start_fork_server()) as looking:
        assert autograde(container.root, looking)
    # If a run is stopped here, Gradescope reports that it failed, and nobody gets zero.
    assert seen[0]["output"].startswith("Your submission was not graded")
    assert not {"score", "tests"} & set(seen[0])


def test_unwritable_results_are_reported(container: Container) -> None:
    container.submit({"mean.py": RIGHT})
    results = container.root / "results"
    results.rmdir()
    results.write_text("no folder")
    code, out = container.run()
    results.unlink()
    results.mkdir(0o700)
    assert code == 2
    assert out.endswith("results/results.json cannot be written: File exists\n")


# An assignment, and lateness ---------------------------------------------------------------------

AVERAGE = WRONG.replace("mean", "average")
LATE = {"created_at": "2026-12-01T19:14:00-05:00", "users": [{"email": "bob@x.edu", "id": 7}]}


def test_each_problem_of_an_assignment_finds_its_file(homework: Container) -> None:
    results = homework.graded({"one.py": RIGHT, "two.py": AVERAGE})
    assert results["score"] == 11.25  # 10 of 10, and a quarter of 5
    assert "The mean:\naccepted, 10 of 10 points" in results["output"]
    assert "The average:\nwrong answer, 1.25 of 5 points" in results["output"]
    shown = [(test["number"], test["name"], test["score"]) for test in results["tests"]]
    assert shown == [
        ("1.1", "mean: three", 2.5),
        ("1.2", "mean: one", 2.5),
        ("1.3", "mean: secret (hidden)", 5),
        ("2.1", "average: three", 0),
        ("2.2", "average: one", 1.25),
        ("2.3", "average: secret (hidden)", 0),
    ]


STUB = (BANK / "problems/mean/starter.py").read_text("utf-8")
BESIDE_STUB = {
    "the starter is named for the problem": {"mean.py": STUB, "work.py": RIGHT},
    "the starter comes first": {"a.py": STUB, "b.py": RIGHT},
    "the starter has line ends of Windows": {
        "mean.py": STUB.replace("\n", "\r\n"),
        "final/mean2.py": RIGHT,
    },
}


@pytest.mark.parametrize("files", BESIDE_STUB.values(), ids=BESIDE_STUB)
def test_starter_beside_the_solution_is_not_judged(
    files: dict[str, str | bytes], homework: Container
) -> None:
    homework.submit(files)
    with Sandbox(start_fork_server()) as sandbox:
        autograde(homework.root, sandbox)
    assert homework.results()["score"] == 10


def test_missing_part_is_a_test_without_points(homework: Container) -> None:
    results = homework.graded({"one.py": RIGHT})
    assert results["score"] == 10
    assert results["tests"][-1] == {
        "name": "average",
        "score": 0,
        "max_score": 5,
        "status": "failed",
        "number": "2.1",
        "output": "nothing was submitted: no file defines average",
    }


def test_late_penalty_is_deducted_and_reported(homework: Container) -> None:
    results = homework.graded({"one.py": RIGHT, "two.py": AVERAGE}, LATE)
    assert results["score"] == 9  # two days begun: 20% of 11.25
    assert "1455 min late: 2 of 10 points deducted" in results["output"]
    assert sum(test["score"] for test in results["tests"]) == 11.25


def test_extension_of_a_member_applies_to_the_group(homework: Container) -> None:
    group = LATE | {"users": [{"email": "bob@x.edu", "id": 7}, {"email": "ada@X.edu"}]}
    results = homework.graded({"one.py": RIGHT}, group)
    assert results["score"] == 10
    assert "late" not in results["output"]


def test_extension_that_gradescope_grants_applies_to_the_group(homework: Container) -> None:
    assignment = {"due_date": "2026-11-29T23:59:00-05:00"}
    group = LATE | {
        "assignment": assignment,
        "users": [
            {"email": "bob@x.edu", "assignment": assignment},
            {"email": "cy@x.edu", "assignment": {"due_date": "2026-12-03T23:59:00-05:00"}},
        ],
    }
    results = homework.graded({"one.py": RIGHT}, group)
    assert results["score"] == 10
    assert "late" not in results["output"]


ALONE: dict[str, tuple[list[str], float | None, str]] = {
    "a score by hand": (["fay@x.edu"], 5.25, "score by hand: 4 instead of 10 (an oral exam)"),
    "a comment": (["fay@x.edu"], 5.25, "Comment: well done"),
    "an excuse, for which the others are scaled": (["dot@x.edu"], 15, "excused"),
    "an excuse from everything, which is for Gradescope": (["eve@x.edu"], 11.25, ""),
    "a group with different scores": (["bob@x.edu", "fay@x.edu"], None, "not graded"),
}


@pytest.mark.parametrize("members, score, text", ALONE.values(), ids=ALONE)
def test_what_is_said_of_single_students(
    members: list[str], score: float | None, text: str, homework: Container
) -> None:
    homework.submit(
        {"one.py": RIGHT, "two.py": AVERAGE}, {"users": [{"email": e} for e in members]}
    )
    with Sandbox(start_fork_server()) as sandbox:
        autograde(homework.root, sandbox)
    results = homework.results()
    assert results.get("score") == score
    assert text in results["output"]


def test_cutoff_leaves_no_points(homework: Container) -> None:
    path = homework.root / "source/assignment.yaml"
    text = path.read_text()
    path.write_text(text.replace("most: 50%", "most: 50%, until: 1 day"))
    try:
        homework.submit({"one.py": RIGHT}, LATE)
        with Sandbox(start_fork_server()) as sandbox:
            assert autograde(homework.root, sandbox)
    finally:
        path.write_text(text)
    assert homework.results()["score"] == 0
    assert "submitted after the cut-off, 2026-12-01 23:59 UTC" in homework.results()["output"]


def test_slip_days_are_refused(bank: Path, tmp_path: Path) -> None:
    (tmp_path / "hw.yaml").write_text(f"{ASSIGNMENT}course: course.yaml\n")
    course = "title: C\n%sassignments: [{assignment: hw.yaml, graded: hw}]\n"
    (tmp_path / "course.yaml").write_text(course % "slip_days: 3\n")
    done = export(tmp_path / "hw.yaml", tmp_path / "a.zip", bank)
    assert done.returncode == 2 and not (tmp_path / "a.zip").exists()
    assert "hw.yaml:12:9: Gradescope does not know the slip days of the course" in done.stderr
    (tmp_path / "course.yaml").write_text(course % "")
    assert export(tmp_path / "hw.yaml", tmp_path / "a.zip", bank).returncode == 0


DUE = datetime(2026, 11, 30, 12, tzinfo=UTC)
SOON = datetime(2026, 12, 7, 12, tzinfo=UTC)
LAST = datetime(2026, 12, 9, 12, tzinfo=UTC)
DATES = {
    "the assignment's": (DUE, None, {}, LAST, DUE),
    "the problem's own": (DUE, SOON, {}, LAST, SOON),
    "an extension": (DUE, None, {"A@x": SOON}, LAST, SOON),
    "the latest extension of a group": (DUE, None, {"a@x": SOON, "8": LAST}, None, LAST),
    "an extension by a name, which another student may have": (DUE, None, {"Ada": SOON}, None, DUE),
    "somebody else's extension": (DUE, None, {"b@x": SOON}, None, DUE),
    "Gradescope's, if there is no other": (None, None, {}, LAST, LAST),
    "none": (None, None, {}, None, None),
}


GROUP = (Student("A@x", "Ada", ("7",)), Student("c@x", "Cy", ("8",)))


@pytest.mark.parametrize("whole, own, extensions, on_gradescope, due", DATES.values(), ids=DATES)
def test_due_date(
    whole: datetime | None,
    own: datetime | None,
    extensions: dict[str, datetime],
    on_gradescope: datetime | None,
    due: datetime | None,
) -> None:
    part = Part("mean", Fraction(1), own)
    assignment = Assignment("Homework", (part,), whole, extensions=extensions)
    assert due_date(assignment, part, Metadata(due=on_gradescope, submitters=GROUP)) == due


OWN_DATES = {
    "Gradescope's extension, without a due date here": (None, SOON, SOON),
    "Gradescope's extension beyond the due date here": (DUE, SOON, SOON),
    "a due date here beyond Gradescope's extension": (LAST, SOON, LAST),
}


@pytest.mark.parametrize("whole, extended, due", OWN_DATES.values(), ids=OWN_DATES)
def test_extension_on_gradescope_counts(
    whole: datetime | None, extended: datetime, due: datetime
) -> None:
    part = Part("mean", Fraction(1))
    metadata = Metadata(due=extended, submitters=GROUP, extended=extended)
    assert due_date(Assignment("Homework", (part,), whole), part, metadata) == due


NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
UNREADABLE = Metadata(notes=("metadata.json cannot be read",))
METADATA = {
    "complete": (
        '{"created_at": "2026-12-01T07:00:00.000000-05:00", "users": [{"email": "A@x", "id": 7}],'
        ' "assignment": {"due_date": "2026-12-01T12:00:00Z"}}',
        Metadata(NOON, NOON, (Student("A@x", "", ("7",)),)),
    ),
    "due dates of single students": (
        '{"assignment": {"due_date": "2026-11-30T12:00:00Z"}, "users": ['
        '{"email": "a@x", "assignment": {"due_date": "2026-12-07T04:00:00-08:00"}},'
        '{"email": "c@x", "assignment": {"due_date": "2026-11-30T12:00:00Z"}}]}',
        Metadata(None, SOON, (Student("a@x"), Student("c@x")), SOON),
    ),
    "a due date of one student, before that of the other": (
        '{"assignment": {"due_date": "2026-11-30T12:00:00Z"}, "users": [{"email": "a@x"},'
        '{"email": "c@x", "assignment": {"due_date": "2026-11-29T12:00:00Z"}}]}',
        Metadata(None, DUE, (Student("a@x"), Student("c@x"))),
    ),
    "no keys": ("{}", Metadata()),
    "no zone": ('{"created_at": "2026-12-01 12:00"}', Metadata(NOON)),
    "no due date": ('{"assignment": {"due_date": null}}', Metadata()),
    "no time": (
        '{"created_at": "yesterday"}',
        Metadata(notes=("created_at of the submission cannot be read: 'yesterday'",)),
    ),
    "a number for a time": (
        '{"assignment": {"due_date": 17}}',
        Metadata(notes=("due_date of the submission cannot be read: '17'",)),
    ),
    "a time out of range": (
        '{"created_at": "0001-01-01T00:00:00+23:00"}',
        Metadata(
            notes=("created_at of the submission cannot be read: '0001-01-01T00:00:00+23:00'",)
        ),
    ),
    "odd kinds": ('{"assignment": [], "users": [7, {"email": null, "id": [1]}]}', Metadata()),
    "users that are none": ('{"users": "ada"}', Metadata()),
    "no object": ("[1]", Metadata()),
    "half a file": ('{"created_at": "20', UNREADABLE),
    "no text": ("\ud800", UNREADABLE),
    "very deep": ("[" * 100_000, UNREADABLE),
    "as deep as it can be read": (
        '{"created_at": ' + "[" * 900 + "]" * 900 + "}",
        Metadata(notes=("created_at of the submission cannot be read",)),
    ),
    "an integer of too many digits": ('{"users": [{"id": ' + "1" * 5000 + "}]}", UNREADABLE),
    "very large": (
        "[" + " " * (16 << 20) + "]",
        Metadata(notes=("metadata.json is larger than 16 MiB",)),
    ),
    "a group of thousands": (
        '{"users": [' + '{"id": 7},' * 5000 + '{"id": 8}]}',
        Metadata(submitters=(Student("7", ""),) * 100),
    ),
}


@pytest.mark.parametrize("content, metadata", METADATA.values(), ids=METADATA)
def test_metadata_are_read_as_far_as_possible(
    tmp_path: Path, content: str, metadata: Metadata
) -> None:
    path = tmp_path / "metadata.json"
    path.write_bytes(content.encode("utf-8", "surrogatepass"))
    assert read_metadata(path) == metadata


def test_missing_metadata_cost_no_points(homework: Container) -> None:
    homework.submit({"one.py": RIGHT})
    (homework.root / "submission_metadata.json").unlink()
    assert homework.run()[0] == 0
    results = homework.results()
    assert results["score"] == 10
    assert "submission_metadata.json cannot be read" in results["output"]
    assert "the time of submission is not known; it counts as on time" in results["output"]


# The report --------------------------------------------------------------------------------------


@pytest.fixture
def judgement(sandbox: Sandbox) -> Judgement:
    key = AnswerKey(load("mean", find_bank(str(BANK))), sandbox)
    return judge(key, Submission(WRONG.encode(), "mean.py"), sandbox)


def written(*judgements: Judgement) -> Results:
    out = io.StringIO()
    gradescope.write(judgements, out)
    document: Results = json.loads(out.getvalue())
    return document


def test_report_is_a_valid_document(judgement: Judgement) -> None:
    document = written(for_student(judgement))
    jsonschema.validate(document, SCHEMA)
    assert (document["score"], document["output"]) == (1, "wrong answer, 1 of 4 points")
    assert [secret for secret in SECRETS if secret in json.dumps(document)] == []


def test_report_contains_one_judgement(judgement: Judgement) -> None:
    with pytest.raises(UsageError, match="contains one judgement, not 2"):
        written(judgement, judgement)


def test_report_of_an_internal_error_has_no_score(sandbox: Sandbox) -> None:
    key = AnswerKey(load("mean", find_bank(str(BANK))), sandbox)

    failed = judge(key, Submission(RIGHT.encode(), "mean.py"), Broken(None))
    assert failed.verdict is Verdict.JUDGE_ERROR
    assert not {"score", "tests"} & set(written(failed))


def test_judgement_can_be_watched(sandbox: Sandbox) -> None:
    key = AnswerKey(load("mean", find_bank(str(BANK))), sandbox)
    seen: list[CaseResult] = []
    crashing = "import os\ndef mean(values):\n    os._exit(1) if len(values) == 1 else 0\n"
    whole = judge(key, Submission(crashing.encode(), "mean.py"), sandbox, seen.append)
    # After a crash, each case gets a new child; earlier results are reported all the same.
    assert seen == list(whole.results)
    assert whole.results[1].run.status is RunStatus.CRASHED


def test_results_are_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    write_results(path, {"score": 1})
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_results(path, {"score": float("nan")})
    assert json.loads(path.read_text()) == {"score": 1}
