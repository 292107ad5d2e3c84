"""`grader import`, as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

from tests._support.bank import Command
from tests._support.deep_ml import SmallQuestion, write_folders
from tests._support.nbgrader import graded, solution, write_notebook

HALF = SmallQuestion(
    "1_half",
    "def half(x):\n    pass\n",
    "def half(x):\n    return x / 2\n",
    [("print(half(3))", "1.5"), ("print(half(5))", "2.5")],
)


def test_import_writes_verifies_and_hardens(grader: Command, tmp_path: Path) -> None:
    folder = write_folders(tmp_path / "copy", [HALF])
    options = ["--out", "bank", "--report", "report.json", "--harden", "5"]
    done = grader("import", "deep-ml", folder, *options, bank=None)
    assert "1 of 1 question imported completely" in done.stdout
    assert "1 of 1 problem ready to publish: 0 errors" in done.stdout
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["totals"]["imported"] == 2
    graded = grader("grade", "half", folder / "questions/1_half/solution.py", bank=Path("bank"))
    assert "accepted, " in graded.stdout


def test_problems_with_accepted_submissions_are_hardened(grader: Command, tmp_path: Path) -> None:
    def size(name: str) -> SmallQuestion:
        head = f"def {name}(x):\n"
        tests = [(f"print({name}({x}))", f"{x / 2}") for x in (3, 5)]
        code = f"{head}    return abs(x) / 2\n"
        return SmallQuestion(f"{len(name)}_{name}", f"{head}    pass\n", code, tests)

    folder = write_folders(tmp_path / "copy", [size("half"), size("middle")])
    (tmp_path / "accepted").mkdir()
    mine = "def half(x):\n    return (x if x > 0 else -x) / 2\n"
    (tmp_path / "accepted" / "4_mine.py").write_text(mine, "utf-8")
    options = ["--out", "bank", "--accepted", "accepted", "--no-verify"]
    assert grader("import", "deep-ml", folder, *options, bank=None).returncode == 0
    hidden = [tmp_path / "bank/solutions" / name / "cases.yaml" for name in ("half", "middle")]
    assert [path.read_text("utf-8").count("- name:") > 1 for path in hidden] == [True, False]


def test_import_of_a_notebook(grader: Command, tmp_path: Path) -> None:
    cells = [
        solution(
            "half", "def half(x):\n    ### BEGIN SOLUTION\n    return x / 2\n    ### END SOLUTION"
        ),
        graded("test_half", 2, "assert half(3) == 1.5"),
    ]
    notebook = write_notebook(tmp_path / "half.ipynb", cells)
    done = grader("import", "nbgrader", notebook, "--out", "bank", "--no-verify", bank=None)
    assert "1 of 1 question imported completely" in done.stdout
    assert (done.returncode, done.stderr) == (0, "")
    assert "points: 2" in (tmp_path / "bank/problems/half/spec.md").read_text("utf-8")


def test_import_of_nothing_fails(grader: Command, tmp_path: Path) -> None:
    broken = SmallQuestion("1_half", "def half(x):", "def half(x", [("print(half(3))", "1.5")])
    folder = write_folders(tmp_path / "copy", [broken])
    done = grader("import", "deep-ml", folder, "--out", "bank", bank=None)
    assert "test 1 left out: the solution is not valid Python: " in done.stdout
    assert done.returncode == 1


def test_a_report_replaces_nothing_that_is_read(grader: Command, tmp_path: Path) -> None:
    folder = write_folders(tmp_path / "copy", [HALF])
    source = folder / "questions/1_half/solution.py"
    before = source.read_bytes()
    words = ["--out", "bank", "--report", source]
    done = grader("import", "deep-ml", folder, *words, bank=None)
    assert done.returncode == 2 and "would replace" in done.stderr
    assert source.read_bytes() == before and not (tmp_path / "bank").exists()
