"""Every submission gets a verdict, a message, and no points it has not earned.

Each file in `submissions/` is one case. Comments at its top describe it and give the expected
verdict, score, and a pattern for the first message; "verdict strict" and the like apply to the
strict sandbox only. To add a case, add a file.
"""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import Mock

import pytest

from grader.bank.load import load_problem
from grader.bank.scaffold import write_problem
from grader.errors import UsageError
from grader.judging.answer_key import AnswerKey
from grader.judging.judge import judge
from grader.model.judgement import RunStatus, Verdict
from grader.model.problem import Limits, Submission
from grader.reports.messages import message
from grader.sandbox import patience
from grader.sandbox.host import Sandbox
from tests._support.bank import DATA, PATIENCE_S, Command, impatient_bank
from tests._support.small_problems import REFEREE

BANK = DATA / "bank"
FILES = sorted((DATA / "submissions").glob("*.py"))
TIERS = ("strict", "basic")
SECRETS = ("8128.125", "496.5", "4312.3125")  # the hidden case's arguments and answer


class Expected(NamedTuple):
    """What the head of a submission expects."""

    verdict: str
    score: int
    says: str
    hint: str


def expected_of(path: Path, tier: str) -> Expected:
    head = path.read_text("utf-8")
    said = dict(re.findall(r"^# (verdict|score|says|hint): (.*)$", head, re.M))
    said |= dict(re.findall(rf"^# (verdict|score|says|hint) {tier}: (.*)$", head, re.M))
    return Expected(said["verdict"], int(said["score"]), said.get("says", ""), said.get("hint", ""))


def graded(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.stderr == ""
    return json.loads(done.stdout, parse_constant=pytest.fail)


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_odd_submission_gets_its_verdict(
    path: Path, tier: str, grader_here: Command, tmp_path: Path
) -> None:
    expected = expected_of(path, tier)
    waits = expected.says.startswith("no answer within")
    bank = impatient_bank(tmp_path / "bank") if waits else BANK
    done = grader_here("grade", "mean", path, "--json", "--sandbox", tier, bank=bank)
    document = graded(done)
    assert document["sandbox"]["tier"] == tier
    messages = [case["message"] for case in document["cases"] if case["message"]]
    assert document["verdict"] == expected.verdict
    assert document["score"] == expected.score and document["max_score"] == 4
    assert re.search(expected.says, messages[0] if messages else "")
    hints = [known["hint"] for known in document["misconceptions"]] or [""]
    assert any(expected.hint in hint for hint in hints)
    assert done.returncode == (0 if expected.verdict == "accepted" else 1)
    assert not any(secret in done.stdout for secret in SECRETS)
    assert "\x1b" not in done.stdout and "\u202e" not in done.stdout


UNREADABLE = {
    "no file": (None, "there is no file"),
    "empty": (b"", "the file is empty"),
    "binary": (b"\x7fELF\x02\x01\0\0\0", "has a null byte in line 1"),
    "null byte": (b"def mean(values):\n    return '\0'\n", "has a null byte in line 2"),
    "latin-1": (b"# caf\xe9\ndef mean(v): return 2.5\n", "not UTF-8: byte 0xe9 in line 1"),
    "utf-16": ("def mean(v): return 2".encode("utf-16")[:-1], "is damaged UTF-16 text; save it"),
    "unknown encoding": (b"# coding: klingon\n", "unknown encoding"),
    "too large": (b"#" * (1 << 20) + b"\n", "larger than 1 MiB"),
}


@pytest.mark.parametrize("content, says", UNREADABLE.values(), ids=UNREADABLE)
def test_unreadable_file(content: bytes | None, says: str, grader: Command, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "me.py").write_bytes(content)
    done = grader("grade", "mean", "me.py", "--json", bank=BANK)
    document = graded(done)
    assert document["verdict"] == "invalid_submission" and document["score"] == 0
    assert {says in case["message"] for case in document["cases"]} == {True}
    assert done.returncode == 1


def test_a_folder_without_programs_is_not_a_submission(grader: Command, tmp_path: Path) -> None:
    (tmp_path / "me.txt").write_text("def mean(values): return 2.5")
    document = graded(grader("grade", "mean", tmp_path, "--json", bank=BANK))
    assert "contains no .py or .ipynb file" in document["cases"][0]["message"]


# files of a folder; the exit code of grading it, and what is printed
_MEAN = b"def mean(values):\n    return sum(values) / len(values)\n"
FOLDERS: dict[str, tuple[dict[str, bytes], int, str]] = {
    "an empty __init__.py": ({"__init__.py": b"", "me.py": _MEAN}, 0, "accepted"),
    "an empty file that is first": ({"a.py": b"\n", "me.py": _MEAN}, 0, "accepted"),
    "a package": (
        {
            "lib/__init__.py": b"",
            "lib/a.py": b"add = sum\n",
            "me.py": b"from lib.a import add\n" + _MEAN.replace(b"sum", b"add"),
        },
        0,
        "accepted",
    ),
    "a file that cannot be read": ({"a.py": b"# \0", "me.py": _MEAN}, 0, "accepted"),
    "no other file": ({"__init__.py": b""}, 2, "no problem was given, and the file is empty; run:"),
    "another function": (
        {"__init__.py": b"", "me.py": b"def f(): ...\n"},
        2,
        "me.py does not define the function of any problem",
    ),
    "the function in a file that cannot be read": (
        {"a.py": b"# \0\n" + _MEAN, "helper.py": b"x = 1\n"},
        1,
        "the file has a null byte in line 1",
    ),
}


@pytest.mark.parametrize("files, code, says", FOLDERS.values(), ids=FOLDERS)
def test_problems_of_a_folder_are_found_whatever_else_is_in_it(
    files: dict[str, bytes], code: int, says: str, grader: Command, tmp_path: Path
) -> None:
    for name, content in files.items():
        path = tmp_path / "mine" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    done = grader("grade", "mine", bank=BANK)
    assert (done.returncode, says in done.stdout + done.stderr) == (code, True), done


@pytest.mark.parametrize("content", [b"", b"# \0"])
def test_a_missing_function_is_missed_in_the_file_that_can_be_read(
    content: bytes, grader: Command, tmp_path: Path
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "__init__.py").write_bytes(content)
    (tmp_path / "mine" / "me.py").write_text("def f(): ...\n")
    done = grader("grade", "mean", "mine", bank=BANK)
    assert "must be called mean; found: f" in done.stdout and done.returncode == 1, done


def test_a_pipe_is_not_a_submission_and_does_not_block(grader: Command, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "me.py")
    document = graded(grader("grade", "mean", "me.py", "--json", bank=BANK))
    assert "is not an ordinary file" in document["cases"][0]["message"]


def test_crlf_and_a_byte_order_mark_are_accepted(grader: Command, tmp_path: Path) -> None:
    source = "def mean(values):\r\n    return sum(values) / len(values)\r\n"
    (tmp_path / "me.py").write_bytes(b"\xef\xbb\xbf" + source.encode())
    assert graded(grader("grade", "mean", "me.py", "--json", bank=BANK))["score"] == 4


_RAW = "while True: print('x' * 1000)\n"
_DEAF = "while True:\n  try: any(x for x in iter(int, 1))\n  except: pass\n"
_FOUND = "def mean(v): return 2.5\n"
ENDLESS = {
    "before the function": (
        f"while True: pass\n{_FOUND}",
        3,
        "line 1 .*(ran for too long|processor time)",
    ),
    "after it": (f"{_FOUND}while True: pass\n", 3, "line 2 .*(ran for too long|processor time)"),
    "prints": (f"{_RAW}{_FOUND}", 3, "line 1 .*(ran for too long|processor time)"),
    "catches everything": (f"{_DEAF}{_FOUND}", 3, "line 1 .*ran for too long"),
    "never returns to Python": (f"sum(iter(int, 1))\n{_FOUND}", 3, "line 1 .*ran for too long"),
}


@pytest.mark.parametrize("source, children, note", ENDLESS.values(), ids=ENDLESS)
def test_endless_import(
    source: str, children: int, note: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends once, not once per case, and costs itself alone."""
    monkeypatch.setattr(patience, "LOADING", Limits(wall_s=PATIENCE_S, cpu_s=2.0))
    problem = load_problem(str(BANK / "problems" / "mean"), str(BANK / "solutions" / "mean"))
    key = AnswerKey(problem, sandbox)
    child = Mock(side_effect=sandbox._child)
    monkeypatch.setattr(sandbox, "_child", child)
    judgement = judge(key, Submission(source.encode(), "me.py"), sandbox)
    assert child.call_count <= children  # a busy machine may stop it in another way
    assert judgement.verdict is Verdict.WRONG_ANSWER and judgement.score == 1
    assert len(judgement.notes) == 1 and re.match(note, judgement.notes[0])


@pytest.mark.parametrize("name", ["fork_bomb", "forks", "wrong_sum", "segfault"])
def test_nothing_is_left_running_or_on_disk(
    name: str,
    grader: Command,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not even processes that left their session, however the submission ends."""
    monkeypatch.setenv(
        "TMPDIR", str(tmp_path)
    )  # which appears in the arguments of all processes of the sandbox
    path = DATA / "submissions" / f"{name}.py"
    bank = impatient_bank(tmp_path_factory.mktemp("bank") / "bank")
    done = grader("grade", "mean", path, "--sandbox", "basic", bank=bank)
    assert done.returncode in (0, 1)
    running = subprocess.run(["ps", "-eo", "args"], capture_output=True, encoding="utf-8").stdout
    assert str(tmp_path) not in running
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_named_with_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error of a write, unlike that of opening a file, has no name in it."""

    def write(*args: object, **kwargs: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", write)
    with pytest.raises(UsageError, match=r"softmax/\S+ cannot be written: No space left"):
        write_problem(tmp_path, "softmax")


def test_every_status_has_a_message() -> None:
    from fractions import Fraction

    from grader.judging.results import result
    from grader.model.judgement import Run

    (case, *_) = load_problem(str(BANK / "problems" / "mean")).cases
    for status in RunStatus:
        judged = result(case, Run(status, value=None, error="why"), REFEREE)
        assert message(judged) and judged.verdict is not Verdict.ACCEPTED
        assert judged.points == Fraction(0)


def test_a_flaw_needs_no_child() -> None:
    assert Submission(b"", "me.py", flaw="there is no file").flaw
