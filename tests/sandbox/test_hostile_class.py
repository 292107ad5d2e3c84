"""Attacks on a whole class: files handed in beside honest ones, and files graded twice.

In `hostile/class` are submissions that try to end or to slow down a batch. All are handed in beside
eight honest ones, each of which must get all points; nothing that a command writes may fail, nor
print a control character. A file with `# generate: yes` is a program that writes the submission to
the path in its argument, which ends in `# suffix:`.

Those in `hostile/twice` try to pass on the arguments of a hidden case to the next submission, here
the same file with another comment. They print LEAKED in a public case if they find anything.
"""

from __future__ import annotations

import csv
import os
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests._support.bank import DATA, PATIENCE_S, TEST_BANK
from tests._support.nobody import NOBODY, as_user, make_environment

CLASS = sorted((DATA / "hostile" / "class").glob("*.py"))
TWICE = sorted((DATA / "hostile" / "twice").glob("*.py"))
HONEST = [f"honest{number}" for number in range(8)]
RIGHT = "def mean(values):\n    return sum(values) / len(values)\n"
MAX_BYTES = 2_500_000_000  # of address space of each process of the grader
MARKS = 1000
USERS: dict[str, int | None] = {"user": None}
if hasattr(os, "getuid") and os.getuid() == 0:
    USERS["nobody"] = NOBODY

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="they attack Linux")


class World:
    """A folder for a class, and a user who grades it."""

    def __init__(self, folder: Path, user: int | None, python: str) -> None:
        self.folder = folder
        self._user = user
        self._python = python
        self.handed_in = folder / "class"
        self.handed_in.mkdir()
        shutil.copytree(TEST_BANK, folder / "bank")

    def hand_in(self, student: str, attack: Path, comment: str) -> None:
        """Copy a submission, or write it with the program that generates it."""
        said = dict(re.findall(r"^# (generate|suffix): (.*)$", attack.read_text("utf-8"), re.M))
        path = self.handed_in / f"{student}{said.get('suffix', '.py')}"
        if said.get("generate") == "yes":
            subprocess.run([sys.executable, attack, path], check=True)
        else:
            path.write_text(f"{attack.read_text('utf-8')}\n# {comment}\n", "utf-8")

    def make_marks(self) -> None:
        """Use an interpreter among whose packages are files, folders and links nobody has read."""
        assert make_environment(self._python, str(self.folder / "venv"))
        self._python = str(self.folder / "venv" / "bin" / "python")
        (packages,) = (self.folder / "venv").glob("lib/python*/site-packages")
        marks = packages / "marks"
        marks.mkdir()
        for number in range(MARKS):
            (marks / f"{number}.txt").write_text("mark")
        for number in range(MARKS // 4):
            (marks / f"folder{number}").mkdir()
            (marks / f"link{number}").symlink_to("0.txt")

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        if self._user is not None:
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, self._user, self._user, follow_symlinks=False)
        return subprocess.run(
            [self._python, "-m", "grader", *words],
            cwd=self.folder,
            env={"PATH": os.defpath, "HOME": str(self.folder), "TMPDIR": str(self.folder)},
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MAX_BYTES, MAX_BYTES)),
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE_S,
            **as_user(self._user),
        )

    def batch(self, workers: int) -> subprocess.CompletedProcess[str]:
        return self.command(
            "batch", "mean", "class", "--bank", "bank", "--out", "out", "--sandbox", "strict",
            "--workers", str(workers),
        )  # fmt: skip

    def totals(self) -> dict[str, str]:
        with open(self.folder / "out" / "grades.csv", encoding="utf-8-sig") as file:
            return {row["id"]: row["total"] for row in csv.DictReader(file)}

    def pages(self) -> Iterator[tuple[str, str]]:
        """Yield the name of each student's page, and its text without the submission's source."""
        for path in sorted((self.folder / "out" / "students" / "mean").rglob("*.html")):
            yield path.name, path.read_text("utf-8").split('id="code"')[0]


@pytest.fixture(params=USERS)
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    # Not pytest's tmp_path, which is in a folder that only root may enter.
    folder = Path(mkdtemp(prefix="hostile-class-", dir="/tmp"))
    folder.chmod(0o755)
    user = USERS[request.param]
    name = sys.executable if user is None else request.getfixturevalue("nobodys_python")
    yield World(folder, user, name)
    shutil.rmtree(folder)


def printed_badly(done: subprocess.CompletedProcess[str]) -> list[str]:
    """Return what a command must never print."""
    said = done.stdout + done.stderr
    found = [word for word in ("Traceback", "Internal error") if word in said]
    return found + [repr(c) for c in said if not (c.isprintable() or c in "\n\t\r")]


def test_no_submission_ends_a_class(world: World) -> None:
    for attack in CLASS:
        world.hand_in(f"mallory-{attack.stem}", attack, "")
    for number, name in enumerate(HONEST):
        (world.handed_in / f"{name}.py").write_text(f"{RIGHT}# {number}\n")
    done = world.batch(workers=2)
    assert done.returncode == 0 and printed_badly(done) == [], done.stdout + done.stderr
    totals = world.totals()
    assert {name: totals.pop(name) for name in HONEST} == dict.fromkeys(HONEST, "4")
    assert len(totals) == len(CLASS) and "4" not in totals.values()
    assert (
        len(list(world.pages())) >= len(HONEST) and (world.folder / "out" / "class.html").exists()
    )
    for words in (["cluster", "out"], ["diff", "out", "out"]):
        done = world.command(*words)
        assert done.returncode in (0, 1) and printed_badly(done) == [], done.stdout + done.stderr


def test_nothing_is_passed_on_to_the_next_submission(world: World) -> None:
    world.make_marks()
    for attack in TWICE:
        for number in (1, 2):
            world.hand_in(f"{attack.stem}-{number}", attack, str(number))
    done = world.batch(workers=1)
    assert done.returncode == 0 and printed_badly(done) == [], done.stdout + done.stderr
    leaked = {name: re.findall("LEAKED.*", page) for name, page in world.pages()}
    assert len(leaked) == 2 * len(TWICE) and not any(leaked.values()), leaked
    # Or they would have shown nothing.
    assert all("nothing" in page for _, page in world.pages())
