"""`grader fill` writes the answers that public cases lack, and nothing else."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest

from grader.bank.locate import Bank, find_bank
from grader.errors import SpecError
from grader.sandbox.host import Sandbox
from grader.verify.fill import fill
from tests._support.bank import DATA, Command
from tests._support.scripts import changed

BEFORE = (DATA / "fill" / "before.yaml").read_bytes()
AFTER = (DATA / "fill" / "after.yaml").read_bytes()
NAMES = ("words", "two-texts", "block", "written", "in-steps", "last")


def _bank(tmp_path: Path, slug: str, cases: bytes) -> tuple[Bank, Path]:
    """Return a bank with one problem that has these public cases, and their file."""
    for part in ("problems", "solutions"):
        shutil.copytree(DATA / "scripts" / part / slug, tmp_path / part / slug)
    file = tmp_path / "problems" / slug / "cases.yaml"
    file.write_bytes(cases)
    return find_bank(str(tmp_path)), file


@pytest.mark.parametrize("line_break", [b"\n", b"\r\n"], ids=["unix", "windows"])
def test_answers_are_written_and_all_else_is_kept(
    line_break: bytes, sandbox: Sandbox, tmp_path: Path
) -> None:
    bank, file = _bank(tmp_path, "vocabulary", BEFORE.replace(b"\n", line_break))
    file.chmod(0o640)
    filled = fill(bank, "vocabulary", sandbox)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert filled.names == NAMES and filled.path.endswith("cases.yaml")
    assert file.read_bytes() == AFTER.replace(b"\n", line_break)
    assert fill(bank, "vocabulary", sandbox).names == ()
    assert [each.name for each in file.parent.iterdir() if each.name.startswith(".")] == []


def test_a_last_line_without_a_line_break_is_completed(sandbox: Sandbox, tmp_path: Path) -> None:
    bank, file = _bank(tmp_path, "vocabulary", BEFORE.rstrip(b"\n"))
    fill(bank, "vocabulary", sandbox)
    assert file.read_bytes() == AFTER


# an edit of the reference, and what is reported
REFUSED: dict[str, tuple[str, str, str]] = {
    "what YAML cannot represent": (
        "[min(x), max(x)]",
        "b'x'",
        "cases.yaml:2:5: the reference's answer cannot be written here: expected a value that YAML"
        " can represent, found b'x'; compare a part of it with `show`, or let the function return"
        " another type",
    ),
    "a reference that fails": (
        "sum(x)",
        "1 / 0",
        "the reference fails case 'one': ZeroDivisionError: division by zero (line 5 of the",
    ),
}


@pytest.mark.parametrize("find, replacement, said", REFUSED.values(), ids=REFUSED)
def test_a_file_is_left_as_it_was(
    find: str, replacement: str, said: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    cases = b"cases:\n  - {name: one, args: {x: [1.0]}, show: \"['range']\"}\n"
    bank, file = _bank(tmp_path, "summary", cases)
    path = tmp_path / "solutions" / "summary" / "reference.py"
    path.write_text(changed("summary", (find, replacement)))
    with pytest.raises(SpecError) as caught:
        fill(bank, "summary", sandbox)
    assert said in str(caught.value)
    assert file.read_bytes() == cases


def test_the_command_says_what_it_wrote(grader: Command, tmp_path: Path) -> None:
    _, file = _bank(tmp_path, "vocabulary", BEFORE)
    done = grader("fill", "vocabulary", bank=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(f"wrote the answers of 6 cases: {', '.join(NAMES)}\n")
    done = grader("fill", "vocabulary", bank=tmp_path)
    assert done.stdout.endswith("cases.yaml: every public case has its answers\n")
    assert file.read_bytes() == AFTER
