"""The commands as users run them: their output, files and exit codes."""

from __future__ import annotations

import importlib.util
import json
import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.cli import COMMANDS, cli
from tests._support.bank import BANK, DATA, ROOT, SLUGS, Command

TESTBANK = DATA / "bank"
RIGHT = ROOT / "solutions" / "dr-grpo" / "right" / "loops.py"
WRONG = DATA / "submissions" / "wrong_sum.py"


def test_list_shows_every_problem(grader: Command) -> None:
    done = grader("list")
    lines = done.stdout.splitlines()
    assert done.returncode == 0
    assert sorted(line.split()[0] for line in lines[1:]) == SLUGS
    (row,) = [line.split() for line in lines if line.startswith("dr-grpo ")]
    assert row[1:7] == ["Dr.", "GRPO:", "the", "complete", "objective", "medium"]


def test_show_has_statement_and_examples_but_no_hidden_case(grader: Command) -> None:
    done = grader("show", "dr-grpo")
    assert done.returncode == 0
    assert done.stdout.startswith("# Dr. GRPO: the complete objective\n")
    assert "## Constraints" in done.stdout and "compute_dr_grpo_objective(" in done.stdout
    assert "-0.0749294" in done.stdout
    assert "ragged-three-responses" not in done.stdout


def test_start_writes_the_starter_and_does_not_overwrite(grader: Command, tmp_path: Path) -> None:
    assert "grader grade dr-grpo dr_grpo.py" in grader("start", "dr-grpo").stdout
    starter = (tmp_path / "dr_grpo.py").read_bytes()
    assert starter == (ROOT / "problems" / "dr-grpo" / "starter.py").read_bytes()
    (tmp_path / "dr_grpo.py").write_text("mine")
    again = grader("start", "dr-grpo")
    assert again.returncode == 2 and "exists already" in again.stderr
    assert (tmp_path / "dr_grpo.py").read_text() == "mine"
    assert grader("start", "dr-grpo", "--force").returncode == 0
    assert (tmp_path / "dr_grpo.py").read_bytes() == starter


def test_start_reports_a_path_it_cannot_write(grader: Command) -> None:
    done = grader("start", "dr-grpo", "no/such/folder/me.py")
    assert done.returncode == 2 and done.stderr.startswith("there is no folder no/such/folder")


def test_grade_a_correct_solution(grader: Command) -> None:
    done = grader("grade", "dr-grpo", RIGHT)
    assert done.returncode == 0 and done.stderr == ""
    assert done.stdout.splitlines()[-1] == "accepted, 15 of 15 points"


def test_grade_a_wrong_solution_shows_where_and_why(grader: Command) -> None:
    done = grader("grade", "mean", WRONG, bank=TESTBANK)
    assert done.returncode == 1
    assert "  WA    0/1  three\n        got 7.5, expected 2.5 (off by 5;" in done.stdout
    assert "  WA    0/2  secret (hidden)\n        the value of the answer is" in done.stdout
    assert done.stdout.endswith("Hint: What do you divide by?\nwrong answer, 1 of 4 points\n")


def test_grade_finds_the_problem_by_the_function(grader: Command) -> None:
    assert json.loads(grader("grade", RIGHT, "--json").stdout)["problem"] == "dr-grpo"


def test_reveal_shows_hidden_cases(grader: Command) -> None:
    done = grader("grade", "mean", WRONG, "--reveal", bank=TESTBANK)
    assert "got 8624.625, expected 4312.3125" in done.stdout


def test_json_has_the_documented_keys(grader: Command) -> None:
    document = json.loads(grader("grade", "mean", WRONG, "--json", bank=TESTBANK).stdout)
    assert document["format"] == 2
    assert (document["problem"], document["submission"]) == ("mean", WRONG.name)
    assert (document["score"], document["max_score"]) == (1, 4)
    assert {key: type(value) for key, value in document["cases"][0].items()} == {
        "name": str,
        "hidden": bool,
        "verdict": str,
        "points": int,
        "max_points": int,
        "message": str,
        "stdout": str,
        "wall_s": float,
        "cpu_s": float,
        "peak_mib": float,
    }
    assert document["misconceptions"] == [{"hint": "What do you divide by?", "agrees": 2, "of": 2}]
    assert document["sandbox"]["tier"] == "strict" and "seccomp" in document["sandbox"]["layers"]


def test_json_reveals_digest_path_and_misconceptions_to_instructors_only(grader: Command) -> None:
    words = ("grade", "mean", WRONG, "--json")
    student = grader(*words, bank=TESTBANK).stdout
    instructor = json.loads(grader(*words, "--reveal", bank=TESTBANK).stdout)
    (diagnosis,) = instructor["misconceptions"]
    assert (diagnosis["slug"], instructor["submission"]) == ("sum", str(WRONG))
    assert re.fullmatch("[0-9a-f]{64}", instructor["key"])
    assert "key" not in json.loads(student)
    assert not {instructor["key"], str(WRONG.parent)} & set(re.findall(r'"([^"]*)"', student))


def test_the_same_file_gets_the_same_judgement(grader: Command) -> None:
    def stable() -> object:
        document = json.loads(grader("grade", "mean", WRONG, "--json", bank=TESTBANK).stdout)
        for case in document["cases"]:
            del case["wall_s"], case["cpu_s"], case["peak_mib"]
        return document

    assert stable() == stable()


def test_a_report_is_written(grader: Command, tmp_path: Path) -> None:
    done = grader("grade", "mean", WRONG, "--report", "out.html", bank=TESTBANK)
    page = (tmp_path / "out.html").read_text("utf-8")
    assert done.returncode == 1 and page.startswith("<!doctype html>")
    assert "8128.125" not in page and "4312.3125" not in page


@pytest.mark.parametrize("report", ["html:me.py", "html:./{problem}.py", "html:in/me.py"])
def test_a_report_never_replaces_the_submission(
    report: str, grader: Command, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    for name in ("me.py", "mean.py", "in/me.py"):
        shutil.copy(WRONG, tmp_path / name)
    file = "in" if "in/" in report else "mean.py" if "{" in report else "me.py"
    done = grader("grade", "mean", file, "--report", report, bank=TESTBANK)
    assert done.returncode == 2 and "which this command reads" in done.stderr
    for name in ("me.py", "mean.py", "in/me.py"):
        assert (tmp_path / name).read_bytes() == WRONG.read_bytes()


def test_a_report_may_be_in_the_folder_of_the_submission(grader: Command, tmp_path: Path) -> None:
    shutil.copy(WRONG, tmp_path / "me.py")
    for _ in range(2):
        done = grader("grade", "mean", ".", "--report", "me.html", bank=TESTBANK)
        assert done.returncode == 1, done.stderr


USAGE = {
    "mistyped problem": (
        ["grade", "dr-grpp", RIGHT],
        "there is no problem 'dr-grpp' in the bank",
    ),
    "mistyped command": (["grad"], "there is no command 'grad'; did you mean 'grade'?"),
    "problem without file": (["grade", "dr-grpo"], "no file given; run: grader grade dr-grpo FILE"),
    "nothing": (["grade"], "no file given; run: grader grade PROBLEM FILE"),
    "another function": (["grade", WRONG], "does not define the function of any problem"),
    "unwritable report": (
        ["grade", "dr-grpo", RIGHT, "--report", "no/such/out.html"],
        "the report cannot be written to no/such/out.html",
    ),
}


@pytest.mark.parametrize("words, says", USAGE.values(), ids=USAGE)
def test_wrong_usage_is_explained_and_exits_with_2(
    words: list[str | Path], says: str, grader: Command
) -> None:
    bank = None if words == ["grad"] else ROOT
    done = grader(*words, bank=bank)
    assert done.returncode == 2 and says in done.stderr and "Traceback" not in done.stderr


def test_a_folder_without_problems_is_not_a_bank(grader: Command, tmp_path: Path) -> None:
    done = grader("list", bank=tmp_path)
    assert done.returncode == 2 and "is not a bank" in done.stderr


def test_the_nearest_bank_above_is_used(grader: Command, tmp_path: Path) -> None:
    shutil.copytree(TESTBANK / "problems", tmp_path / "problems")
    assert [line.split()[0] for line in grader("list", bank=None).stdout.splitlines()[1:]] == [
        "mean"
    ]


def test_an_author_gets_file_line_and_column(grader: Command, tmp_path: Path) -> None:
    shutil.copytree(TESTBANK, tmp_path / "bank")
    cases = tmp_path / "bank" / "problems" / "mean" / "cases.yaml"
    cases.write_text(cases.read_text().replace("args: {values: [7.25]}", "arsg: {values: [7.25]}"))
    done = grader("grade", "mean", WRONG, bank=tmp_path / "bank")
    assert done.returncode == 2
    place = "bank/problems/mean/cases.yaml"
    assert done.stderr == f"{place}:7:5: a case has no key 'arsg'; did you mean 'args'?\n"


def test_a_failing_reference_is_reported_to_the_author(grader: Command, tmp_path: Path) -> None:
    shutil.copytree(TESTBANK, tmp_path / "bank")
    reference = tmp_path / "bank" / "solutions" / "mean" / "reference.py"
    reference.write_text(reference.read_text().replace("sum(values)", "sum(values) / 0"))
    done = grader("grade", "mean", WRONG, bank=tmp_path / "bank")
    assert done.returncode == 2
    assert (
        "solutions/mean/cases.yaml:2:5: the reference fails case 'secret': ZeroDivisionError"
        in (done.stderr)
    )


def test_doctor_lists_what_students_can_import(grader: Command) -> None:
    lines = dict(
        re.findall("^(students can|and cannot) +import (.*)$", grader("doctor").stdout, re.M)
    )
    can, cannot = (set(lines[key].split(", ")) for key in ("students can", "and cannot"))
    assert "numpy" in can and not can & cannot
    for name in ("matplotlib", "torch", "sklearn"):
        installed = importlib.util.find_spec(name) is not None
        assert name in (can if installed else cannot)


def test_doctor_shows_the_tier_and_tests_it(grader: Command) -> None:
    done = grader("doctor")
    assert done.returncode == 0
    assert (
        "sandbox      strict: session, death-with-parent, no-capabilities, rlimits" in done.stdout
    )
    assert "test run     works" in done.stdout
    assert f"bank         {BANK.problems}, {len(SLUGS)} problems, with solutions" in done.stdout


def test_every_command_has_help_that_begins_with_its_summary(grader: Command) -> None:
    import click

    context = click.Context(cli)
    for name, summary in COMMANDS.items():
        command = cli.get_command(context, name)
        assert command is not None and (command.help or "").startswith(summary)
    assert set(COMMANDS) <= set(grader("--help", bank=None).stdout.split())


def test_help_loads_nothing_that_grades() -> None:
    modules = ", ".join(f"grader.cli.{name}_command" for name in COMMANDS)
    code = f"import sys, {modules}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8")
    names = [name.split(".") for name in done.stdout.split() if name.startswith("grader.")]
    packages = {package for _, package, *_ in names}
    assert "cli" in packages and packages <= {"bank", "cli", "errors", "values"}, done.stderr


def test_the_shell_completes_problems(tmp_path: Path) -> None:
    environment = os.environ | {
        "_GRADER_COMPLETE": "bash_complete",
        "COMP_WORDS": "grader grade seq",
        "COMP_CWORD": "2",
    }
    done = subprocess.run(
        [sys.executable, "-c", "from grader.__main__ import main; main()"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.stdout == "plain,sequence-level-policy-gradient\n"


def in_terminal(words: list[str], columns: int = 100) -> str:
    """Return what a command prints to a terminal."""
    reader, writer = pty.openpty()
    environment = os.environ | {"COLUMNS": str(columns), "TERM": "xterm-256color"}
    with subprocess.Popen(
        [sys.executable, "-m", "grader", *words], cwd=ROOT, env=environment, stdout=writer
    ) as process:
        os.close(writer)
        shown = b""
        try:
            while part := os.read(reader, 65536):
                shown += part
        except OSError:  # the other end was closed: on Linux that is an error, not an end
            pass
    os.close(reader)
    assert process.returncode in (0, 1)
    return shown.decode("utf-8")


def test_a_terminal_gets_colours_and_tables() -> None:
    shown = in_terminal(["grade", "mean", str(WRONG), "--bank", str(TESTBANK)])
    assert re.search(r"\x1b\[31mwrong", shown) and re.search(r"\x1b\[32maccepted", shown)
    assert "Hint" in shown and "│" in shown


def test_text_of_a_submission_cannot_use_markup_or_control_characters() -> None:
    hostile = DATA / "submissions" / "raises_control_characters.py"
    shown = in_terminal(["grade", "mean", str(hostile), "--bank", str(TESTBANK)])
    assert "\x1b[2J" not in shown and "\x1b[H" not in shown and "\u202e" not in shown


def test_list_and_show_at_a_terminal() -> None:
    assert "dr-grpo" in in_terminal(["list"]) and "Dr. GRPO" in in_terminal(["show", "dr-grpo"])


def test_a_report_of_verify_replaces_nothing_of_the_bank(grader: Command, tmp_path: Path) -> None:
    bank = tmp_path / "bank"
    shutil.copytree(TESTBANK, bank)
    for file in ("problems/mean/spec.md", "solutions/mean/reference.py"):
        before = (bank / file).read_bytes()
        done = grader("verify", "mean", "--report", bank / file, bank=bank)
        assert done.returncode == 2 and "would replace" in done.stderr, done.stderr
        assert (bank / file).read_bytes() == before
