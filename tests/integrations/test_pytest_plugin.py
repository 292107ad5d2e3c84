"""The pytest plugin, by real runs of pytest in a folder of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests._support.bank import DATA, PATIENCE_S, ROOT

SUBMISSIONS = DATA / "submissions"
# With a `=`: pytest takes the words behind options it does not know yet for places to look for its
# configuration in, and ours is there.
WRONG = f"--submission={SUBMISSIONS / 'wrong_sum.py'}"
RIGHT = f"--submission={SUBMISSIONS / 'right.py'}"
OBJECTIVE = f"--submission={ROOT / 'solutions' / 'dr-grpo' / 'right' / 'loops.py'}"
MEAN = "problems/mean/cases.yaml"
IDS = [f"{MEAN}::three", f"{MEAN}::one", f"{MEAN}::secret"]
# These take longer to load than all of a run does.
OTHERS = ["-p", "no:hypothesispytest", "-p", "no:anyio", "-W", "error"]
SECRETS = re.compile(r"8128|496\.5|4312|8624")

Pytest = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Pytest:
    """pytest as a user runs it, in a folder that holds what the test has put there."""
    mine = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pytest", *OTHERS, *words],
            cwd=tmp_path,
            env=mine | {"COLUMNS": "200"},
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE_S,
        )

    return run


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    """The folder pytest is run in, with the bank of the tests in it."""
    shutil.copytree(DATA / "bank", tmp_path, dirs_exist_ok=True)
    return tmp_path


def ids(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [line for line in done.stdout.splitlines() if "::" in line and " " not in line]


def counts(done: subprocess.CompletedProcess[str]) -> str:
    """What pytest says last: "2 failed, 1 passed"."""
    return re.sub(r" in [\d.]+s.*", "", done.stdout.splitlines()[-1]).strip("= ")


# What is collected -------------------------------------------------------------------------------

PATHS = ["problems/mean", MEAN, "."]


@pytest.mark.parametrize("path", PATHS)
def test_each_case_is_an_item_with_a_readable_id(path: str, run: Pytest, bank: Path) -> None:
    assert ids(run(path, WRONG, "--collect-only", "-q")) == IDS


def test_a_case_is_selected_by_its_id(run: Pytest, bank: Path) -> None:
    done = run(f"{MEAN}::one", WRONG, "-q")
    assert (counts(done), done.returncode) == ("1 passed", 0)


def test_without_solutions_there_are_no_hidden_cases(run: Pytest, bank: Path) -> None:
    shutil.rmtree(bank / "solutions")
    assert ids(run("problems", WRONG, "--collect-only", "-q")) == IDS[:2]


def test_without_a_path_the_function_tells_the_problem(run: Pytest, bank: Path) -> None:
    (bank / "test_own.py").write_text("def test_own(): assert False")
    assert ids(run(WRONG, "--collect-only", "-q")) == IDS


def test_without_a_bank_here_it_is_that_of_the_package(run: Pytest) -> None:
    done = run(OBJECTIVE, "-q", "-k", "dr-grpo and two-responses")
    assert (counts(done).split(",")[0], done.returncode) == ("1 passed", 0)


def test_another_bank_is_named(run: Pytest, bank: Path) -> None:
    (bank / "course").mkdir()
    (bank / "problems").rename(bank / "course" / "problems")
    done = run(WRONG, "--bank=course", "--collect-only", "-q")
    assert ids(done) == [f"course/{each}" for each in IDS[:2]]


def test_several_submissions_each_get_their_problem(run: Pytest, bank: Path) -> None:
    shutil.copytree(bank / "problems" / "mean", bank / "problems" / "middle")
    for name in ("spec.md", "starter.py"):
        path = bank / "problems" / "middle" / name
        path.write_text(path.read_text().replace("function: mean", "function: middle"))
        path.write_text(path.read_text().replace("def mean", "def middle"))
    (bank / "other.py").write_text("def middle(values):\n    return 7.25\n")
    done = run("problems", RIGHT, "--submission", "other.py", "-q")
    assert counts(done) == "1 failed, 4 passed"
    assert "FAILED problems/middle/cases.yaml::three" in done.stdout


# How it fits into pytest -------------------------------------------------------------------------


def test_k_selects_cases_and_problems(run: Pytest, bank: Path) -> None:
    assert counts(run(WRONG, "-k", "mean and one")) == "1 passed, 2 deselected"


def test_x_stops_at_the_first(run: Pytest, bank: Path) -> None:
    done = run("problems", WRONG, "-x")
    assert "1 failed" in done.stdout and "stopping after 1 failures" in done.stdout
    assert "Hint: What do you divide by?" in done.stdout


def test_lf_runs_what_failed_last_time(run: Pytest, bank: Path) -> None:
    (bank / "pytest.ini").write_text(
        f"[pytest]\ngrader_submission = {SUBMISSIONS / 'wrong_sum.py'}\n"
    )
    (bank / "test_own.py").write_text("def test_own(): assert False\ndef test_fine(): pass")
    # Outside of the root, the problem is not where its id would be.
    (bank.parent / "away").mkdir()
    (bank / "problems").rename(bank.parent / "away" / "problems")
    bank_of_it = [f"--bank={bank.parent / 'away'}", "-q"]
    assert counts(run(*bank_of_it)) == "2 failed, 2 passed"
    again = run(*bank_of_it, "--lf")
    assert counts(again) == "2 failed, 1 deselected"
    assert f"FAILED {IDS[0]}" in again.stdout


def test_xdist_runs_all_and_tells_the_hint_once(run: Pytest, bank: Path) -> None:
    done = run(WRONG, "-n", "2", "-q")
    assert counts(done) == "2 failed, 1 passed"
    assert done.stdout.count("wrong answer, 1 of 4 points (strict sandbox)") == 1
    assert done.stdout.count("Hint: What do you divide by?") == 1


def test_junitxml_holds_message_and_points(run: Pytest, bank: Path) -> None:
    run("problems", WRONG, "--junitxml", "out.xml")
    text = (bank / "out.xml").read_text("utf-8")
    cases = {case.get("name"): case for case in ElementTree.fromstring(text).iter("testcase")}
    assert list(cases) == ["three", "one", "secret"]
    assert {case.get("classname") for case in cases.values()} == {"problems.mean.cases.yaml"}
    failure = cases["three"].find("failure")
    assert failure is not None and (failure.get("message") or "").startswith(
        "got 7.5, expected 2.5"
    )
    assert cases["one"].find("failure") is None
    told = cases["one"].find(".//property[@name='grader-judgement']")
    assert told is not None and (told.get("value") or "").startswith("wrong answer, 1 of 4 points")


def test_the_location_is_the_line_of_the_case(run: Pytest, bank: Path) -> None:
    (bank / "conftest.py").write_text(
        "def pytest_itemcollected(item): print('at', item.name, *item.location)"
    )
    done = run("problems", WRONG, "--collect-only", "-q", "-s")
    lines = (bank / MEAN).read_text("utf-8").splitlines()
    (number,) = [i for i, line in enumerate(lines) if "name: one" in line]
    assert f"at one {MEAN} {number} one\n" in done.stdout
    assert f"at secret {MEAN} None secret (hidden)\n" in done.stdout


def test_the_sandbox_ends_with_the_session(bank: Path) -> None:
    (bank / "temporary").mkdir()
    code = (
        "import os, pytest\n"
        f"pytest.main(['problems', {RIGHT!r}, '-p', 'no:hypothesispytest'])\n"
        "print('left:', os.listdir('temporary'))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=bank,
        env={**os.environ, "TMPDIR": str(bank / "temporary")},
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE_S,
    )
    assert "3 passed" in done.stdout and done.stdout.endswith("left: []\n")


# One line of configuration -----------------------------------------------------------------------

CONFIGURATIONS = {
    "pytest.ini": "[pytest]\ngrader_submission = src/me.py\n",
    "pyproject.toml": '[tool.pytest.ini_options]\ngrader_submission = "src/me.py"\n',
}


@pytest.mark.parametrize("name, text", CONFIGURATIONS.items(), ids=CONFIGURATIONS)
def test_one_line_adds_the_cases_to_the_other_tests(
    name: str, text: str, run: Pytest, bank: Path
) -> None:
    (bank / name).write_text(text)
    (bank / "test_own.py").write_text("def test_own(): pass")
    (bank / "src").mkdir()
    shutil.copy(SUBMISSIONS / "wrong_sum.py", bank / "src" / "me.py")
    assert ids(run("--collect-only", "-q")) == ["test_own.py::test_own", *IDS]


def test_with_the_line_a_path_to_other_tests_runs_those_alone(run: Pytest, bank: Path) -> None:
    (bank / "pytest.ini").write_text(
        f"[pytest]\ngrader_submission = {SUBMISSIONS / 'wrong_sum.py'}\n"
    )
    (bank / "test_own.py").write_text("def test_own(): pass")
    assert ids(run("test_own.py", "--collect-only", "-q")) == ["test_own.py::test_own"]


# What is told ------------------------------------------------------------------------------------

OUTCOMES = {
    "right": ("right.py", 0, "3 passed", "accepted, 4 of 4 points (strict sandbox)"),
    "wrong": ("wrong_sum.py", 1, "2 failed, 1 passed", f"FAILED {IDS[0]}"),
    "raising": ("raises.py", 1, "1 failed, 2 passed", "ZeroDivisionError: float division by zero"),
    "crashing": ("segfault.py", 1, "1 failed, 2 passed", f"{MEAN}:2: run-time error"),
    "endless": ("endless.py", 1, "1 failed, 2 passed", f"{MEAN}:2: time limit"),
    "broken": ("syntax_error.py", 1, "3 failed", "SyntaxError: '(' was never closed (line 6)"),
    "nothing in it": ("nothing_defined.py", 1, "3 failed", f"{MEAN}:2: invalid submission"),
}


@pytest.mark.parametrize("file, code, count, says", OUTCOMES.values(), ids=OUTCOMES)
def test_outcomes(file: str, code: int, count: str, says: str, run: Pytest, bank: Path) -> None:
    done = run("problems/mean", f"--submission={SUBMISSIONS / file}")
    assert (counts(done), done.returncode) == (count, code)
    assert says in done.stdout and "grader/pytest_plugin.py" not in done.stdout


def test_a_failure_shows_the_judges_words_and_the_call(run: Pytest, bank: Path) -> None:
    failures = run("problems", WRONG).stdout
    assert (
        "\ngot 7.5, expected 2.5 (off by 5; at most 0.00025 is allowed)\n"
        "called as mean(\n    values=[1.0, 2.0, 4.5],\n)\n"
        f"{MEAN}:2: wrong answer\n"
    ) in failures


@pytest.mark.parametrize("file", ["wrong_sum.py", "tells_secrets.py"])
def test_a_hidden_case_has_a_name_and_tells_nothing(file: str, run: Pytest, bank: Path) -> None:
    words = ["-rA", "-vv", "--junitxml", "out.xml"]
    done = run("problems", f"--submission={SUBMISSIONS / file}", *words)
    assert "secret (hidden)" in done.stdout and IDS[2] in done.stdout
    assert not SECRETS.search(done.stdout + (bank / "out.xml").read_text("utf-8"))


def test_what_a_submission_says_is_obeyed_by_nobody(run: Pytest, bank: Path) -> None:
    (bank / "me.py").write_text(
        "def mean(values):\n"
        "    print('\\x1b[2Jprinted')\n"
        "    print('::error::one')\n"
        "    print('  ::notice title=Points::two ##[error]three')\n"
        "    raise ValueError('\\n::error::four\\x1b[31m \\ud800 ##vso[task.complete]')\n"
    )
    done = run("problems", "--submission", "me.py", "-n", "1")
    assert "printed" in done.stdout and "four" in done.stdout and counts(done) == "3 failed"
    assert not re.search(r"(?m)^\s*::|##|\x1b", done.stdout)


FAILINGS = {"in the key": True, "in the judgement": False}


@pytest.mark.parametrize("has_solutions", FAILINGS.values(), ids=FAILINGS)
def test_our_own_failure_is_an_error(has_solutions: bool, run: Pytest, bank: Path) -> None:
    if not has_solutions:
        shutil.rmtree(bank / "solutions")
    (bank / "conftest.py").write_text(
        "from grader.errors import SandboxError\n"
        "from grader.sandbox.host import Sandbox\n"
        "def run(*args): raise SandboxError('the machine is out of breath')\n"
        "Sandbox.run = run\n"
    )
    done = run("problems", RIGHT)
    assert counts(done) == ("3 errors" if has_solutions else "2 errors")
    assert "the machine is out of breath" in done.stdout
    assert ".py:" not in done.stdout and "During handling" not in done.stdout


def test_the_tier_is_chosen_and_shown(run: Pytest, bank: Path) -> None:
    done = run(RIGHT, "--grader-sandbox=basic")
    assert "problems/mean/cases.yaml: accepted, 4 of 4 points (basic sandbox)\n" in done.stdout


def test_nothing_beside_a_submission_is_loaded(run: Pytest, bank: Path) -> None:
    theirs = bank / "theirs"
    theirs.mkdir()
    (theirs / "me.py").write_text("def mean(values):\n    return sum(values) / len(values)\n")
    (theirs / "conftest.py").write_text("raise SystemExit('it ran')")
    (theirs / "pytest.ini").write_text("[pytest]\naddopts = --collect-only\n")
    for words in (["problems"], []):
        assert counts(run(*words, "--submission=theirs/me.py", "-q")) == "3 passed"


# What is wrong with the command ------------------------------------------------------------------


def test_a_usage_error_is_reported_without_a_traceback(run: Pytest, bank: Path) -> None:
    (bank / "other.py").write_text("def other(): pass")
    (bank / "empty.py").write_text("")
    mistakes: dict[str, list[str]] = {
        "the submission no.py does not exist": ["problems/mean", "--submission", "no.py"],
        "other.py defines none of the functions in the bank problems\n  mean  for mean": [
            "--submission",
            "other.py",
        ],
        "which problem? the file is empty": ["--submission", "empty.py"],
        "no/bank is not a bank": [WRONG, "--bank=no/bank"],
    }
    for says, words in mistakes.items():
        done = run(*words)
        assert done.returncode == 4 and says in done.stderr, says
        assert "Traceback" not in done.stdout + done.stderr


def test_two_files_for_one_problem_are_too_many(run: Pytest, bank: Path) -> None:
    for name in ("one.py", "two.py"):
        (bank / name).write_text("mean = max")
    done = run("problems", "--submission=one.py", "--submission=two.py")
    assert done.returncode == 2
    assert "one.py and two.py may all be meant for mean; name one" in done.stdout
    for name in ("one.py", "two.py"):
        (bank / name).write_text("other = max")
    done = run("problems/mean", "--submission=one.py", "--submission=two.py")
    assert "one.py and two.py may all be meant for mean; name one" in done.stdout


def test_a_result_does_not_take_the_place_of_a_function(run: Pytest, bank: Path) -> None:
    (bank / "mine").mkdir()
    (bank / "mine" / "mean.py").write_text("from work import mean\nmean = mean([1])\n")
    right = "def mean(values):\n    return sum(values) / len(values)\n"
    (bank / "mine" / "work.py").write_text(right)
    done = run("problems/mean", "--submission=mine")
    assert counts(done) == "3 passed"


def test_a_problem_nobody_answers_is_told_of(run: Pytest, bank: Path) -> None:
    (bank / "other.py").write_text("def other(): pass")
    done = run("problems", "--submission", "other.py")
    assert done.returncode == 5 and "grader: other.py defines none of mean\n" in done.stdout


def test_a_mistake_in_a_problem_is_told_with_its_place(run: Pytest, bank: Path) -> None:
    path = bank / MEAN
    path.write_text(path.read_text("utf-8").replace("expected: 7.25", "expectde: 7.25"))
    done = run("problems", WRONG)
    assert done.returncode == 2 and counts(done) == "1 error"
    assert f"{MEAN}:8:5: " in done.stdout and ".py:" not in done.stdout


# Where nothing is to be judged -------------------------------------------------------------------


def test_without_a_submission_it_does_nothing(run: Pytest, bank: Path) -> None:
    (bank / "test_own.py").write_text(
        "import sys\n"
        "def test_own():\n"
        "    ours = {name for name in sys.modules if name.split('.')[0] == 'grader'}\n"
        "    package = 'grader.integrations'\n"
        "    assert ours == {'grader', package, f'{package}.pytest_plugin'}\n"
    )
    done = run("problems", "test_own.py")
    assert (counts(done), done.returncode) == ("1 passed", 0)
    assert "grader" not in done.stdout.replace("grader-0.1.0", "")


def test_the_plugin_can_be_left_out(run: Pytest, bank: Path) -> None:
    done = run("problems", "-p", "no:grader", WRONG)
    assert done.returncode == 4 and "unrecognized arguments: --submission" in done.stderr
