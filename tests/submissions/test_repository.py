"""The path of an annotated file is that from the root of its repository, from anywhere."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from grader.submissions.repository import path_in_repository
from tests._support.bank import TEST_BANK
from tests.cli.test_batch_command import QUICKLY

FILE = "class/cleo/src/mean.py"
ERROR = f"::error file={FILE},"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a submission, and no repository around it."""
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    made = tmp_path / "work" / "repo"
    (made / FILE).parent.mkdir(parents=True)
    (made / FILE).write_text("def mean(values):\n    return 0\n")
    return made


def from_everywhere(root: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return the paths by which the file is found from several folders, absolute and not."""
    found = set()
    for folder in (root, root / "class", (root / FILE).parent, root.parent, Path("/")):
        monkeypatch.chdir(folder)
        for path in (root / FILE, os.path.relpath(root / FILE)):
            found.add(path_in_repository(str(path)))
    return found


def test_workspace_of_a_job_is_the_root(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", str(root))
    (root / "class" / "cleo" / ".git").mkdir()  # a clone in the workspace is not a root there
    assert from_everywhere(root, monkeypatch) == {FILE}


def test_nearest_repository_is_the_root(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / ".git").mkdir()
    assert from_everywhere(root, monkeypatch) == {FILE}


def test_worktree_is_a_root(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root.parent / ".git").mkdir()
    (root / ".git").write_text("gitdir: elsewhere\n")
    assert from_everywhere(root, monkeypatch) == {FILE}


def test_workspace_of_something_else_is_not_the_root(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / ".git").mkdir()
    for other in ("", str(root.parent / "re"), "/nowhere"):
        monkeypatch.setenv("GITHUB_WORKSPACE", other)
        assert from_everywhere(root, monkeypatch) == {FILE}


def test_links_to_the_repository_are_followed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / ".git").mkdir()
    link = root.parent.parent / "link"
    link.symlink_to(root / "class")
    assert path_in_repository(str(link / "cleo/src/mean.py")) == FILE
    monkeypatch.setenv("GITHUB_WORKSPACE", str(root))
    monkeypatch.chdir(link)
    assert path_in_repository("cleo/src/mean.py") == FILE


def test_outside_of_a_repository_the_path_is_from_the_current_folder(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root / "class")
    assert path_in_repository(str(root / FILE)) == "cleo/src/mean.py"
    monkeypatch.chdir(root.parent.parent)
    (root.parent.parent / "other").mkdir()
    monkeypatch.chdir("other")
    assert path_in_repository(str(root / FILE)) == ""


# The commands ------------------------------------------------------------------------------------


def errors_of(folder: Path, *words: str | Path, workspace: Path | None = None) -> list[str]:
    """Return the errors among the lines that a command prints."""
    command = [sys.executable, "-m", "grader", *map(str, words), "--bank", str(TEST_BANK)]
    done = subprocess.run(
        [*command, "--report", "github-annotations:-"],
        cwd=folder,
        env={**os.environ, "GITHUB_WORKSPACE": str(workspace or "")},
        capture_output=True,
        encoding="utf-8",
    )
    found = [line for line in done.stdout.splitlines() if line.startswith("::error ")]
    assert found, done.stderr
    return found


def test_annotations_are_beside_the_file_from_anywhere(root: Path) -> None:
    (root / ".git").mkdir()
    out = root.parent / "out"
    for lines in (
        errors_of(root, "batch", "mean", "class", "--out", out, *QUICKLY),
        errors_of(root / "class", "batch", "mean", ".", "--out", out, *QUICKLY),
        errors_of((root / FILE).parent, "grade", "mean", "mean.py", workspace=root),
        errors_of(root.parent, "grade", "mean", root / FILE),
    ):
        assert all(line.startswith(ERROR) for line in lines), lines


def test_file_in_an_archive_has_its_name(root: Path) -> None:
    with zipfile.ZipFile(root / "class.zip", "w") as archive:
        archive.writestr("cleo.py", (root / FILE).read_text())
    lines = errors_of(root, "batch", "mean", "class.zip", "--out", "out", *QUICKLY)
    assert all(line.startswith("::error file=cleo.py,") for line in lines)


def test_student_pages_do_not_show_the_path(root: Path) -> None:
    (root / ".git").mkdir()
    errors_of(root, "batch", "mean", "class", "--out", "out", "--no-class-report")
    (page,) = (root / "out" / "students" / "mean").iterdir()
    assert "cleo/src" not in page.read_text("utf-8").replace("<wbr>", "")
