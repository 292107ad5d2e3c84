"""`grader serve --check`: what would keep the page from being served is found, and what to do."""

from __future__ import annotations

import re
import shutil
import socket
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader.bank.locate import find_bank
from grader.cli import cli
from grader.course import folder_lock
from grader.errors import UsageError
from grader.site.records.book import Book
from grader.site.server import machine
from grader.site.server.check import Planned, check
from grader.site.server.machine import check_clock, check_folder, file_system_of
from grader.site.server.readiness import Finding
from tests._support.bank import TEST_BANK
from tests._support.site import course_in


def run(*words: str | Path) -> Result:
    """Run `grader serve --check`."""
    return CliRunner().invoke(cli, ["serve", "--check", "--port", "0", *map(str, words)])


def course(folder: Path) -> list[str | Path]:
    course_in(folder)
    return [folder, "--course", folder / "course.yaml", "--roster", folder / "class.csv"]


def line(done: Result, name: str) -> str:
    """Return the line about a part, with single spaces."""
    (found,) = [each for each in done.output.splitlines() if each.startswith(f"{name} ")]
    return " ".join(found.split())


def test_a_course_that_can_be_served(tmp_path: Path) -> None:
    done = run(*course(tmp_path), "--book", tmp_path / "book")
    assert done.exit_code == 0, done.output
    assert (
        line(done, "sandbox") == "sandbox ok strict: programs that are judged cannot reach anything"
    )
    text = "2 assignments with 3 problems, 6 students and 2 members of the staff"
    assert line(done, "course") == f"course ok Means: {text}"
    assert line(done, "locks") == "locks ok files can be locked, and memory shared"
    assert "will be made in" in line(done, "book")
    assert done.output.endswith("\nReady.\n")
    assert not (tmp_path / "book").exists()
    assert not list(tmp_path.glob(".check-*"))


def test_a_book_in_use_is_looked_at_and_left_alone(tmp_path: Path) -> None:
    book = Book(tmp_path / "book")
    try:
        book.save_draft("ada", "mean", b"x", None).result()
        with folder_lock.folder_locked(tmp_path / "book"):
            done = run(TEST_BANK, "--book", tmp_path / "book")
    finally:
        book.close()
    assert done.exit_code == 0, done.output
    assert "warning a server is running" in line(done, "running")
    assert line(done, "book") == "book ok it is sound and has 1 draft, 0 attempts"


def damaged(folder: Path) -> str:
    Book(folder / "book").close()
    with (folder / "book" / "book.sqlite").open("r+b") as file:
        file.seek(4096)
        file.write(b"x" * 8192)
    return "book"


def newer(folder: Path) -> str:
    Book(folder / "book").close()
    with closing(sqlite3.connect(folder / "book" / "book.sqlite")) as book, book:
        book.execute("UPDATE about SET value = 99 WHERE name = 'schema'")
    return "book"


def later(folder: Path) -> str:
    Book(folder / "book").close()
    with closing(sqlite3.connect(folder / "book" / "book.sqlite")) as book, book:
        book.execute("INSERT INTO about VALUES ('seen_at', '2999-01-01T00:00:00.000Z')")
    return "clock"


def broken_course(folder: Path) -> str:
    (folder / "hw1.yaml").write_text("title: 3\n")
    return "course"


def empty_roster(folder: Path) -> str:
    (folder / "class.csv").write_text("id,name\n")
    return "course"


def nobodys_row(folder: Path) -> str:
    with (folder / "class.csv").open("a") as roster:
        roster.write(",No Id,A,\n")
    return "course"


def broken_problem(folder: Path) -> str:
    (folder / "problems" / "mean-2" / "spec.md").write_text("---\ntitle: [\n---\n")
    return "course"


def no_solutions(folder: Path) -> str:
    shutil.rmtree(folder / "solutions")
    return "problems"


FAULTS = {
    damaged: "restore",
    newer: "update the grader",
    later: "set the clock",
    broken_course: "hw1.yaml:1",
    empty_roster: "no student",
    nobodys_row: "class.csv: row 8: 'No Id' has no id, and other rows have one",
    broken_problem: "spec.md",
    no_solutions: "only public cases",
}


@pytest.mark.parametrize("break_it, words", FAULTS.items(), ids=[each.__name__ for each in FAULTS])
def test_what_is_wrong_is_said(tmp_path: Path, break_it: object, words: str) -> None:
    given = course(tmp_path)
    assert callable(break_it)
    part = break_it(tmp_path)
    done = run(*given, "--book", tmp_path / "book")
    assert done.exit_code == 1 and "Not ready" in done.output
    failed = [each for each in done.output.splitlines() if " FAILS " in each]
    assert any(each.startswith(part) for each in failed), done.output
    assert words in done.output


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        done = run(TEST_BANK, "--book", tmp_path / "book", "--port", port)
    assert done.exit_code == 1 and "--port" in line(done, "port")


def test_options_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    done = run(*course(tmp_path), "--book", tmp_path / "book", "--proxy", "10.0.0.5")
    assert "--proxy needs --trust-header" in str(done.exception) and "Ready" not in done.output


LOGINS = {
    "a header": (("--trust-header", "X-User", "--proxy", "10.0.0.5"), "ok the header X-User of"),
    "a header of anybody": (("--trust-header", "X-User"), "FAILS --trust-header X-User needs"),
    "a provider": (("--oidc", "https://a.org", "--oidc-client", "x"), "ok a.org signs people in"),
    "no secret": (
        ("--oidc", "https://a.org", "--oidc-client", "x", "--oidc-secret", "/nothing"),
        "FAILS --oidc-secret: /nothing cannot be read",
    ),
}


@pytest.mark.parametrize("words, found", LOGINS.values(), ids=LOGINS)
def test_whether_people_can_sign_in(tmp_path: Path, words: tuple[str, ...], found: str) -> None:
    given = [*course(tmp_path), "--book", tmp_path / "book", "--public-url", "https://b.org"]
    done = run(*given, *words)
    assert line(done, "login").startswith(f"login {found}"), done.output
    assert done.exit_code == ("FAILS" in found)


def test_problems_are_verified_on_request(tmp_path: Path) -> None:
    given = course(tmp_path)
    wrong = tmp_path / "solutions" / "mean-3" / "reference.py"
    wrong.write_text("def mean(values):\n    return (1 + sum(values)) / len(values)\n")
    done = run(*given, "--book", tmp_path / "book", "--full")
    assert done.exit_code == 1 and "`grader verify mean-3` finds errors" in done.output
    assert "mean-1" not in done.output
    failed = CliRunner().invoke(cli, ["serve", "--full", str(TEST_BANK)])
    assert "--full needs --check" in str(failed.exception)


def test_the_basic_sandbox_is_not_for_a_course(tmp_path: Path) -> None:
    words = ["--sandbox", "basic", "--book", str(tmp_path / "book")]
    done = run(*course(tmp_path), *words)
    assert done.exit_code == 1 and "sandbox FAILS basic: programs" in line(done, "sandbox")
    alone = run(TEST_BANK, *words)
    assert alone.exit_code == 0 and "sandbox warning basic" in line(alone, "sandbox")


# The machine -------------------------------------------------------------------------------------

MOUNTS = r"""
21 1 8:1 / / rw - ext4 /dev/sda1 rw
30 21 0:40 / /home rw - nfs4 server:/home rw
31 30 8:2 / /home/a\040space rw - xfs /dev/sdb rw
32 21 0:50 / /book rw - ext4 /dev/sdc rw
33 21 0:51 / /book rw - tmpfs tmpfs rw
"""
KINDS = {
    "/": "ext4",
    "/homes": "ext4",
    "/home/ada": "nfs4",
    "/home/a space/x": "xfs",
    "/book": "tmpfs",
}


@pytest.mark.parametrize("path, kind", KINDS.items(), ids=KINDS)
def test_the_kind_of_a_file_system(path: str, kind: str, tmp_path: Path) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS.lstrip())
    assert file_system_of(Path(path), str(mounts)) == kind
    assert file_system_of(Path(path), str(tmp_path / "nothing")) == ""


def about(folder: Path, name: str, is_course: bool = True) -> Finding:
    (found,) = [each for each in check_folder(folder, is_course) if each.name == name]
    return found


def test_a_network_disk_is_refused_for_a_course(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "file_system_of", lambda folder: "nfs4")
    found = about(tmp_path, "file system")
    assert not found.is_good and found.is_fatal and "--book" in found.text
    assert not about(tmp_path, "file system", is_course=False).is_fatal
    monkeypatch.setattr(machine, "file_system_of", lambda folder: "tmpfs")
    found = about(tmp_path, "file system")
    assert not found.is_good and not found.is_fatal and "mount a volume" in found.text


def test_a_file_system_without_locks_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(folder_lock, "_lock", refuse)
    found = about(tmp_path / "new", "locks")
    assert not found.is_good and f"the file system of {tmp_path / 'new'} refuses" in found.text


def test_a_disk_without_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "free_bytes", lambda folder: 50 << 20)
    assert about(tmp_path, "room").is_fatal and "only 50 MiB" in about(tmp_path, "room").text
    monkeypatch.setattr(machine, "free_bytes", lambda folder: 500 << 20)
    found = about(tmp_path, "room")
    assert not found.is_good and not found.is_fatal and "backups" in found.text


def test_a_folder_that_others_can_look_into(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert "chmod 700" in about(tmp_path, "rights").text


def test_a_clock_that_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_clock("2026-01-01T00:00:00.000Z").is_good
    now, steps = time.time(), iter((0.0, 100.0))
    monkeypatch.setattr(time, "time", lambda: now + next(steps))
    assert re.search(r"has just moved by \d\d", check_clock("").text)


def test_a_tier_that_the_machine_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def lacks(*_: object) -> None:
        raise UsageError("this machine has no landlock")

    monkeypatch.setattr(machine, "start_fork_server", lambda: None)
    monkeypatch.setattr(machine, "Sandbox", lacks)
    planned = Planned(find_bank(str(TEST_BANK)), None, None, tmp_path, None, "strict")
    found = {each.name: each for each in check(planned)}
    assert not found["sandbox"].is_good and "landlock" in found["sandbox"].text
    assert "--backup-every 0" in found["backups"].text
