"""Scripts of steps in the systems around: each names the step, and counts its points."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

from grader.integrations.gradescope.archive import make_autograder
from grader.integrations.gradescope.autograder import autograde
from grader.reports.judgement import watch_diff
from grader.sandbox.host import Sandbox
from tests._support.bank import DATA, PATIENCE_S, Command
from tests._support.scripts import SCRIPTS, changed, judged

BANK = DATA / "scripts"
WRONG = changed("adam", ("self.t += 1", "self.t = 1"))
SAYS = "step 3, adam.step(…): at [0]: got -0.14852"


def test_pytest_has_an_item_for_each_case_and_names_the_step(tmp_path: Path) -> None:
    (tmp_path / "me.py").write_text(WRONG)
    words = ["problems/adam", f"--submission={tmp_path / 'me.py'}", "-q", "-p", "no:cacheprovider"]
    mine = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words, "-p", "no:hypothesispytest", "-p", "no:anyio"],
        cwd=BANK,
        env=mine | {"COLUMNS": "200", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE_S,
    )
    assert "1 failed, 1 passed" in done.stdout, done.stdout + done.stderr
    assert "FAILED problems/adam/cases.yaml::two-steps" in done.stdout
    assert SAYS in done.stdout


def test_batch_grades_classes_of_students(grader: Command, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name, source in {"ada": changed("adam"), "alan": WRONG, "eve": "x = 1\n"}.items():
        (folder / f"{name}.py").write_text(source)
    done = grader("batch", "adam", folder, "--out", tmp_path / "out", bank=BANK)
    assert done.returncode == 0, done.stderr
    with (tmp_path / "out" / "grades.csv").open(newline="", encoding="utf-8-sig") as file:
        totals = {row["id"]: row["total"] for row in csv.DictReader(file)}
    assert totals == {"ada": "4", "alan": "3", "eve": "0"}
    page = (tmp_path / "out" / "students" / "adam" / "alan.html").read_text("utf-8")
    assert "step 3, adam.step(…)" in page


def test_gradescope_shows_the_step(sandbox: Sandbox, tmp_path: Path) -> None:
    packed = make_autograder("adam", ["adam"], SCRIPTS)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.extractall(tmp_path / "source")
    for name in ("submission", "results"):
        (tmp_path / name).mkdir()
    (tmp_path / "submission" / "adam.py").write_text(WRONG)
    (tmp_path / "submission_metadata.json").write_text("{}")
    assert autograde(tmp_path, sandbox)
    results = json.loads((tmp_path / "results" / "results.json").read_text("utf-8"))
    public, hidden = results["tests"]
    assert (public["score"], hidden["score"]) == (0, 3)
    assert SAYS in public["output"] and "step" not in hidden.get("output", "")


def test_watch_shows_which_cases_changed(sandbox: Sandbox) -> None:
    before = judged("adam", changed("adam", ("def step", "def update")), sandbox)
    out = io.StringIO()
    watch_diff.write([before], [judged("adam", WRONG, sandbox)], out)
    assert out.getvalue() == (
        "Since the last save: 3 of 4 points, was 0\n"
        "  ~ two-steps: wrong answer, was run-time error\n"
        "  + two-objects: accepted, was run-time error\n"
    )
