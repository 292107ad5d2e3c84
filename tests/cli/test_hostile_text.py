"""No command prints a character of a student that could move the cursor, hide or reorder text."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests._support.bank import ROOT, Command, load

PROBLEM = "dr-grpo"
KNOWN = load(PROBLEM)
WRONG = next(each.source for each in KNOWN.misconceptions if each.slug == "no-clip")
CLEAR = "\x1b[2J\x1b]0;owned\x07"
REVERSED = "\u202emoc\u202c"
NAMES = (f"ann{CLEAR}", f"bob{REVERSED}", "cy\x9b31m", "dot\x08\x08\x08")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("hostile") / "in"
    made.mkdir()
    for name in NAMES:
        (made / f"{name}.py").write_bytes(WRONG + f"# {name}\n".encode())
    (made / f"pic{CLEAR}.png").write_bytes(b"")
    (made / f"two{CLEAR}.zip").write_bytes(b"")
    roster = ["id,name", *(f'"id-{i}","{name}"' for i, name in enumerate(NAMES)), f"9,{CLEAR}"]
    (made.parent / "class.csv").write_text("\n".join(roster), "utf-8")
    return made


def check(done: subprocess.CompletedProcess[str]) -> subprocess.CompletedProcess[str]:
    for printed in (done.stdout, done.stderr):
        for char in printed:
            assert char == "\n" or char.isprintable(), (char, printed)
    return done


def test_commands_of_a_class_print_printable_text(
    grader: Command, folder: Path, tmp_path: Path
) -> None:
    out, again = tmp_path / f"out{REVERSED}", tmp_path / "again"
    roster = folder.parent / "class.csv"
    done = check(grader("batch", PROBLEM, folder, "--out", out, "--roster", roster))
    assert done.returncode == 0 and "two" in done.stderr
    listed = check(grader("cluster", out, bank=None))
    assert "4 students" in listed.stdout
    template = check(grader("cluster", out, "1", bank=None))
    assert "# ann" in template.stdout or "# bob" in template.stdout
    (folder / f"{NAMES[0]}.py").write_bytes(KNOWN.accepted["loops"])
    try:
        check(grader("batch", PROBLEM, folder, "--out", again))
    finally:
        (folder / f"{NAMES[0]}.py").write_bytes(WRONG)
    changed = check(grader("diff", out, again, bank=None))
    assert changed.returncode == 1 and "ann" in changed.stdout


MISTAKES: dict[str, Callable[[Path], list[str]]] = {
    "a file that does not exist": lambda at: ["grade", PROBLEM, str(at / f"no{CLEAR}.py")],
    "a problem that does not exist": lambda at: ["show", f"x{CLEAR}"],
    "a command that does not exist": lambda at: [f"x{CLEAR}"],
    "an option that does not exist": lambda at: ["grade", f"--x{CLEAR}"],
    "a folder that does not exist": lambda at: ["cluster", str(at / f"no{CLEAR}")],
}


@pytest.mark.parametrize("arguments", MISTAKES.values(), ids=MISTAKES)
def test_messages_of_mistakes_are_printable(
    arguments: Callable[[Path], list[str]], grader: Command, tmp_path: Path
) -> None:
    done = check(grader(*arguments(tmp_path), bank=None))
    assert done.returncode in (0, 1, 2) and done.stdout + done.stderr


def test_a_judgement_is_printable(grader: Command, tmp_path: Path) -> None:
    file = tmp_path / f"me{CLEAR}.py"
    file.write_text(f"def dr_grpo(*args):\n    raise ValueError({CLEAR + REVERSED!r})\n", "utf-8")
    done = check(grader("grade", PROBLEM, file))
    assert done.returncode == 1 and "owned" in done.stdout


def test_commands_print_through_one_function() -> None:
    direct = re.compile(r"\bclick\.s?echo\(|\bprint\(|\bstd(?:out|err)\.write\(")
    found = {
        path.name
        for path in (ROOT / "grader" / "cli").glob("*.py")
        if direct.search(path.read_text("utf-8").replace("Console().print(", ""))
    }
    assert found == {"output.py"}
