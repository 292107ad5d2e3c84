"""Reports for GitHub's logs, summaries and Classroom, and the action that writes them.

The action's scripts are run by bash, with the files that a runner provides; instead of installing
the grader, they use the one under test. Two readers are imitated by the rules of their sources: the
runner, which executes commands in a log, and the reporter of GitHub Classroom, which computes a
grade from results.
"""

from __future__ import annotations

import base64
import json
import math
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from io import StringIO
from pathlib import Path
from typing import Any

import lxml.html
import pytest
import yaml
from markdown_it import MarkdownIt

from grader.checkers import CLOSE
from grader.errors import Location
from grader.judging.redact import for_student
from grader.model.checker import Mismatch
from grader.model.entry_point import EntryPoint
from grader.model.judgement import (
    CaseResult,
    Diagnosis,
    Judgement,
    Protection,
    Run,
    RunStatus,
    Verdict,
)
from grader.model.problem import Case, Problem, Submission
from grader.reports.judgement import github_annotations, github_classroom, github_summary
from grader.submissions import read_submission
from tests._support.bank import DATA, PATIENCE_S, ROOT

TESTBANK = DATA / "bank"
FORGED = 'Autograding report::{"totalPoints":100,"maxPoints":100}'
HOSTILE = (
    f"x\n::notice title={FORGED}\r\n  ::error::\x0b::stop-commands::x\u2028::notice::y\n"
    "###[notice title=Autograding report]{} | a | `b` *c* _d_ ~e~ [f](http://g) <h1>h</h1>"
    " </code><script>i</script> &#60;b&#62; \\| www.j.org @k :l: $m$ <!-- ]]> 100%0A \x1b[2J"
    " \ud800 \u202e"
)


# The runner, as it reads a log --------------------------------------------------------------------

COMMANDS = {
    *("add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group"),
    *("notice", "save-state", "set-env", "set-output", "stop-commands", "warning"),
}


@dataclass(frozen=True)
class Command:
    """A command to the runner."""

    name: str
    given: Mapping[str, str]
    text: str


def commands(log: str) -> list[Command]:
    """What the runner would do on reading the log: it takes `::name …::` and `##[name …]`."""
    found = []
    for line in re.split(r"\r\n|\r|\n", log):
        new = re.fullmatch(r"::(.*?)::(.*)", line.lstrip())
        old = re.search(r"##\[(.*?)\](.*)", line)
        for match, separator in ((new, ","), (old, ";")):
            name, _, properties = match[1].partition(" ") if match else ("", "", "")
            if match and name.lower() in COMMANDS:
                pairs = (each.partition("=") for each in properties.split(separator) if each)
                given = {key.strip(): _unescaped(value) for key, _, value in pairs}
                found.append(Command(name.lower(), given, _unescaped(match[2])))
                break
    return found


def _unescaped(text: str) -> str:
    for code in ("%0D", "%0A", "%3A", "%2C", "%25"):
        text = text.replace(code, chr(int(code[1:], 16)))
    return text


OBEYED = {
    "at the beginning": ("::error::no", ["error"]),
    "behind blanks": ("        ::notice title=a::b", ["notice"]),
    "in any case": ("::Notice::b", ["notice"]),
    "old, anywhere": ("it printed ##[notice title=a]b", ["notice"]),
    "behind a line end": ("a\r::notice::b", ["notice"]),
    "not behind words": ("it printed ::notice::b", []),
    "not an unknown one": ("::nothing::b", []),
}


@pytest.mark.parametrize("log, names", OBEYED.values(), ids=OBEYED)
def test_the_imitated_runner_obeys(log: str, names: list[str]) -> None:
    assert [each.name for each in commands(log)] == names


# The reporter of GitHub Classroom, as it reads results --------------------------------------------


@dataclass(frozen=True)
class Reported:
    """The reporter's result: the points and the maximum, if it sends any, its table and log."""

    grade: tuple[float, float] | None
    table: list[float]
    log: str
    failed: bool


def reported(runners: str, environment: Mapping[str, str]) -> Reported:
    """Return what the reporter does with the results of runners: a missing number is NaN."""
    points = max_score = 0.0
    table, log, statuses = [], "", set()
    for runner in runners.split(","):
        encoded = environment[f"{runner.strip().upper()}_RESULTS"]
        text = base64.b64decode(encoded, validate=True).decode("utf-8")
        result = json.loads(text, parse_constant=_refused)
        tests, max_points = result["tests"], result.get("max_score") or 0
        passed = sum(test["status"] == "pass" for test in tests)
        table.append(passed / len(tests) * max_points if tests else math.nan)
        if max_points:
            max_score += max_points
            points += sum(test.get("score", math.nan) for test in tests)
        statuses.add(result["status"])
        log += f"Processing: {runner}\n" + "".join(map(_line, tests))
    grade = (points, max_score) if max_score else None
    return Reported(grade, table, log, bool(statuses & {"fail", "error"}))


def _line(test: Mapping[str, Any]) -> str:
    code = f"Test code:\n{test['test_code']}\n\n" if test["test_code"] else ""
    if test["status"] == "error":
        return f"Error: {test['message'] or test['name']}\n{code}"
    where = f" - line {test['line_no']}" if test["line_no"] != 0 else ""
    return f"{'✅' if test['status'] == 'pass' else '❌'} {test['name']}{where}\n{code}"


def _refused(constant: str) -> float:
    raise ValueError(f"{constant} is no JSON")


# Judgements ---------------------------------------------------------------------------------------

RAISED = RunStatus.RAISED


def result(
    verdict: Verdict, points: Fraction | int = 1, name: str = "a", run: Run | None = None
) -> CaseResult:
    """Return the result of a case with these points; a wrong answer has a mismatch."""
    raised = Run(RAISED, error="ValueError: no", line=3, wall_s=0.0124)
    returned = verdict in (Verdict.ACCEPTED, Verdict.WRONG_ANSWER)
    return CaseResult(
        Case.of_call(name, {}, Location("cases.yaml"), CLOSE, points=Fraction(points)),
        run or (Run(RunStatus.RETURNED, wall_s=0.0126) if returned else raised),
        verdict,
        Fraction(points if verdict is Verdict.ACCEPTED else 0),
        Mismatch(got=1.0, expected=2.0) if verdict is Verdict.WRONG_ANSWER else None,
    )


def judgement(*results: CaseResult, origin: str = "me.py", student: str = "") -> Judgement:
    ours = Verdict.JUDGE_ERROR
    verdicts = [each.verdict for each in results]
    failures = [each for each in verdicts if each is not Verdict.ACCEPTED]
    return Judgement(
        problem=Problem(
            "mean", "The mean", "easy", "", EntryPoint.of_function("mean"), "", b"", ()
        ),
        submission=Submission(b"", origin, student),
        results=results,
        verdict=ours if ours in verdicts else [*failures, Verdict.ACCEPTED][0],
        protection=Protection("strict", ()),
        key_digest="",
    )


def hostile() -> Judgement:
    """Return a judgement in which every text is hostile."""
    run = Run(RAISED, error=HOSTILE, line=3, stdout=HOSTILE, traceback=HOSTILE)
    cases = [result(Verdict.RUN_TIME_ERROR, name=HOSTILE, run=run)]
    cases += [result(Verdict.JUDGE_ERROR, name=HOSTILE, run=replace(run, status=RunStatus.NOT_RUN))]
    made = judgement(*cases, origin=HOSTILE, student=HOSTILE)
    return replace(
        made, observations=(HOSTILE,), misconceptions=(Diagnosis(("a",), (HOSTILE,), 1, 1),)
    )


def written(write: Callable[..., None], *judgements: Judgement) -> str:
    out = StringIO()
    write(iter(judgements), out)
    out.getvalue().encode()  # or it could not be written to a file
    return out.getvalue()


WRONG = judgement(result(Verdict.WRONG_ANSWER, 3), result(Verdict.ACCEPTED, name="b"))


# Annotations --------------------------------------------------------------------------------------


def annotated(*judgements: Judgement) -> list[Command]:
    log = written(github_annotations.write, *judgements)
    found = commands(log)
    assert len(found) == len(log.splitlines()) <= 10
    return found


def test_a_case_is_annotated_where_it_raised() -> None:
    error, notice = annotated(judgement(result(Verdict.RUN_TIME_ERROR), origin="./src/me.py"))
    assert error == Command(
        "error",
        {"file": "src/me.py", "line": "3", "title": "mean: a: run-time error"},
        "ValueError: no (line 3)",
    )
    assert notice == Command("notice", {"title": "mean"}, "run-time error, 0 of 1 points")


def test_an_annotation_has_the_path_that_a_students_report_does_not_show(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "me.py").write_text("x = 1")
    made = judgement(result(Verdict.RUN_TIME_ERROR))
    seen = for_student(replace(made, submission=read_submission("src/../src/me.py")))
    assert seen.submission.origin == "me.py"
    error, _ = annotated(seen)
    assert error.given["file"] == "src/me.py"


def test_a_wrong_answer_has_no_line_and_a_hint_is_shown_once() -> None:
    misconceptions = (
        Diagnosis(("s",), ("100%0A, or: what?",), 2, 2),
        Diagnosis(("t",), ("No",), 1, 2),
    )
    error, notice = annotated(
        replace(WRONG, misconceptions=misconceptions, observations=("Half.",))
    )
    assert error.given == {"file": "me.py", "title": "mean: a: wrong answer"}
    assert error.text == "got 1.0, expected 2.0"
    assert notice.text.splitlines() == [
        "wrong answer, 1 of 4 points",
        "Hint: 100%0A, or: what?",
        "Noticed: Half.",
    ]


def test_a_file_that_cannot_be_loaded_is_annotated_once() -> None:
    run = Run(RunStatus.NOT_LOADED, error="SyntaxError: no", line=7)
    error, _ = annotated(judgement(*[result(Verdict.INVALID_SUBMISSION, run=run)] * 3))
    assert error.given == {"file": "me.py", "line": "7", "title": "mean: invalid submission"}


@pytest.mark.parametrize("failed, errors, left", [(0, 0, 0), (9, 9, 0), (10, 9, 1), (99, 9, 90)])
def test_at_most_ten_annotations_and_the_last_counts_the_rest(
    failed: int, errors: int, left: int
) -> None:
    cases = [result(Verdict.ACCEPTED), *[result(Verdict.WRONG_ANSWER)] * failed]
    found = annotated(judgement(*cases))
    assert [each.name for each in found] == [*["error"] * errors, "notice"]
    said = re.findall(r"(\d+) more cases were not accepted", found[-1].text)
    assert said == ([str(left)] if left else [])


def test_several_submissions_are_added_up() -> None:
    found = annotated(*[WRONG] * 6)
    assert found[-1] == Command("notice", {"title": "6 submissions"}, "6 of 24 points")
    assert [each.name for each in found] == [*["error"] * 6, "notice"]


def test_untrusted_text_is_not_a_command_in_an_annotation() -> None:
    found = annotated(hostile())
    assert [each.name for each in found] == ["error", "error", "notice"]
    assert all(each.given["title"] != "Autograding report" for each in found)
    assert [set(each.given) for each in found] == [{"file", "line", "title"}] * 2 + [{"title"}]


# The summary --------------------------------------------------------------------------------------

TAGS = {"h2", "p", "code", "strong", "blockquote", "table", "thead", "tbody", "tr", "th", "td"}


def rendered(markdown: str) -> lxml.html.HtmlElement:
    return lxml.html.fragment_fromstring(
        MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown), "main"
    )


def texts(page: lxml.html.HtmlElement, tag: str) -> list[str]:
    return [each.text_content().strip() for each in page.iter(tag)]


def test_a_summary_has_points_cases_and_hints() -> None:
    hidden = result(Verdict.WRONG_ANSWER, Fraction(1, 3), "c")
    hidden = replace(hidden, case=replace(hidden.case, hidden=True))
    made = judgement(*WRONG.results, hidden, student="ada")
    page = rendered(
        written(
            github_summary.write,
            replace(made, misconceptions=(Diagnosis(("s",), ("Why?",), 1, 1),)),
            WRONG,
        )
    )
    assert texts(page, "h2") == ["The mean"] * 2
    assert texts(page, "p") == [
        "ada, me.py: wrong answer, 1 of 4.33 points",
        "Hint: Why?",
        "me.py: wrong answer, 1 of 4 points",
    ]
    assert texts(page, "td")[:12] == [
        *("a", "wrong answer", "0/3", "got 1.0, expected 2.0"),
        *("b", "accepted", "1/1", ""),
        *("c (hidden)", "wrong answer", "0/0.33", "got 1.0, expected 2.0"),
    ]


def test_the_reason_a_file_cannot_be_loaded_is_shown_once() -> None:
    run = Run(RunStatus.NOT_LOADED, error="SyntaxError: no", line=7)
    made = judgement(*[result(Verdict.INVALID_SUBMISSION, run=run)] * 3)
    assert written(github_summary.write, made).count("SyntaxError") == 1


def test_untrusted_text_is_not_markdown_or_html_in_a_summary() -> None:
    page = rendered(written(github_summary.write, hostile()))
    assert {each.tag for each in page.iterdescendants()} <= TAGS  # without comments
    assert [len(row) for row in page.iter("tr")] == [4, 4, 4]
    name, _, _, told = texts(page, "td")[:4]
    for text in (name, told, texts(page, "p")[0], texts(page, "blockquote")[1]):
        assert "###[notice title=Autograding report]{} | a | `b` *c* _d_ ~e~ [f](" in text
        assert "</code><script>i</script> &#60;b&#62; \\| www.j.org @k :l: $m$ <!-- ]]>" in text


def test_a_summary_is_cut_at_one_mebibyte_with_a_note() -> None:
    run = Run(RAISED, error="é" * 1000)
    large = judgement(*[result(Verdict.RUN_TIME_ERROR, run=run)] * 300)
    text = written(github_summary.write, *[large] * 3)
    assert (1 << 20) - 5000 < len(text.encode()) <= 1 << 20
    assert text.count("## ") == 2 and texts(rendered(text), "p")[-1].startswith("The rest is left")
    assert "left out" not in written(github_summary.write, large)


@pytest.mark.parametrize("max_bytes", range(500, 540))
def test_the_note_counts_towards_the_limit(max_bytes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(github_summary, "_MAX_BYTES", max_bytes)
    text = written(github_summary.write, judgement(*[result(Verdict.ACCEPTED)] * 40))
    assert "left out" in text and max_bytes - 30 < len(text.encode()) <= max_bytes


# The result for Classroom -------------------------------------------------------------------------


def classroom(*judgements: Judgement) -> Reported:
    encoded = written(github_classroom.write, *judgements)
    assert encoded.endswith("\n") and encoded.count("\n") == 1
    return reported("me", {"ME_RESULTS": encoded.strip()})


THIRD = Fraction(1, 3)
GRADES = {
    "all right": ([Verdict.ACCEPTED] * 2, [1, 3], (4, 4), False),
    "some wrong": ([Verdict.WRONG_ANSWER, Verdict.ACCEPTED], [1, 3], (3, 4), True),
    "all wrong": ([Verdict.TIME_LIMIT] * 2, [1, 3], (0, 4), True),
    "worth nothing": ([Verdict.WRONG_ANSWER] * 2, [0, 1], (0, 1), True),
    "thirds": ([Verdict.ACCEPTED] * 3, [THIRD] * 3, (1, 1), False),
    "some thirds": ([Verdict.ACCEPTED, Verdict.MEMORY_LIMIT] * 2, [THIRD] * 4, (0.67, 1.33), True),
    "our fault": ([Verdict.ACCEPTED, Verdict.JUDGE_ERROR], [1, 3], None, True),
    "nothing at all": ([], [], None, True),
}


@pytest.mark.parametrize("verdicts, max_points, grade, failed", GRADES.values(), ids=GRADES)
def test_the_grade_that_is_sent(
    verdicts: Sequence[Verdict],
    max_points: Sequence[Fraction],
    grade: tuple[float, float] | None,
    failed: bool,
) -> None:
    sent = classroom(judgement(*map(result, verdicts, max_points)))
    assert sent.grade == (grade and pytest.approx(grade, abs=1e-12))
    assert sent.failed is failed
    assert all(map(math.isfinite, sent.table)) and " - line" not in sent.log


def test_only_full_points_pass_a_test() -> None:
    part = replace(result(Verdict.ACCEPTED, 2), points=Fraction(1))
    made = github_classroom.document([judgement(part, result(Verdict.ACCEPTED))])
    assert [test["status"] for test in made["tests"]] == ["fail", "pass"]
    assert [test["score"] for test in made["tests"]] == [1, 1]


def test_keys_of_a_test() -> None:
    error, right = result(Verdict.RUN_TIME_ERROR, 3), result(Verdict.ACCEPTED, name="b")
    made = github_classroom.document([judgement(error, right, student="ada")])
    assert made == {
        "version": 1,
        "status": "fail",
        "max_score": 4,
        "tests": [
            {
                "name": "ada, mean: a",
                "status": "fail",
                "score": 0,
                "message": "run-time error: ValueError: no (line 3)",
                "test_code": "",
                "filename": "",
                "line_no": 0,
                "duration": 12,
            },
            {
                "name": "ada, mean: b",
                "status": "pass",
                "score": 1,
                "message": None,
                "test_code": "",
                "filename": "",
                "line_no": 0,
                "duration": 13,
            },
        ],
    }


def test_several_judgements_are_one_result() -> None:
    sent = classroom(WRONG, judgement(result(Verdict.ACCEPTED, 5)))
    assert sent.grade == (6, 9) and sent.failed


def test_untrusted_text_is_not_a_command_in_the_reporter() -> None:
    log = classroom(hostile()).log
    assert "Error: judge error: internal error in the grader" in log and "Autograding report" in log
    assert commands(log) == []


def test_a_result_fits_into_an_environment_variable() -> None:
    run = Run(RAISED, error="é" * 1900)
    cases = [result(Verdict.RUN_TIME_ERROR, run=run), result(Verdict.ACCEPTED)]
    small, large = judgement(*cases), judgement(*cases * 50)
    assert run.error.encode() in base64.b64decode(written(github_classroom.write, small))
    assert len(written(github_classroom.write, large)) < 1 << 17
    assert classroom(large).grade == (50, 100)


# The action ---------------------------------------------------------------------------------------

ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
SUBMISSIONS = DATA / "submissions"


@dataclass(frozen=True)
class Used:
    """The outcome of a step that uses the action: exit code, log, result and summary."""

    succeeded: bool
    log: str
    result: str
    summary: str

    @property
    def told(self) -> list[Command]:
        return commands(self.log)

    @property
    def reported(self) -> Reported:
        return reported("dr-grpo", {"DR-GRPO_RESULTS": self.result})


class Job:
    """A job on a runner: the student's repository, and the runner's folders."""

    def __init__(self, folder: Path) -> None:
        self.work, self.temp = folder / "work", folder / "temp"
        self.work.mkdir()
        self.temp.mkdir()
        self.installed = self.temp / "grader" / "bin" / "grader"

    def install(self, program: str = "") -> None:
        """Install the grader under test, or another program in its place."""
        path = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from grader.__main__ import main"
        self.installed.parent.mkdir(parents=True)
        self.installed.write_text(program or f"#!{sys.executable} -I\n{path}; main()\n")
        self.installed.chmod(0o755)

    def use(self, file: str = "me.py", problem: str = "mean", **inputs: str) -> Used:
        """Use the action."""
        defaults = {name: about.get("default", "") for name, about in ACTION["inputs"].items()}
        # If the grader is installed already, this Python is not used.
        defaults |= {"bank": str(TESTBANK), "python": "false"}
        inputs = {**defaults, **inputs, "problem": problem, "file": file}
        files = {name: self.temp / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for each in files.values():
            each.write_text("")
        succeeded, log = True, ""
        for step in ACTION["runs"]["steps"]:
            if not succeeded and step.get("if") != "${{ !cancelled() }}":
                continue
            done = self._run(step, inputs, files)
            succeeded, log = succeeded and done.returncode == 0, log + done.stdout
        name, value = _output(files["GITHUB_OUTPUT"].read_text("utf-8"))
        assert ACTION["outputs"] == {
            "result": {
                "description": "The result for the autograding reporter of GitHub Classroom.",
                "value": f"${{{{ steps.grade.outputs.{name} }}}}",
            }
        }
        return Used(succeeded, log, value, files["GITHUB_STEP_SUMMARY"].read_text("utf-8"))

    def _run(
        self, step: Mapping[str, Any], inputs: Mapping[str, str], files: Mapping[str, Path]
    ) -> subprocess.CompletedProcess[str]:
        assert step["shell"] == "bash"
        script = self.temp / "script.sh"
        script.write_text(_with_inputs(step["run"], inputs), "utf-8")
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script],
            cwd=self.work,
            env={
                "PATH": os.environ["PATH"],
                "GITHUB_ACTION_PATH": str(ROOT),
                "RUNNER_TEMP": str(self.temp),
                **{name: str(path) for name, path in files.items()},
                **{name: _with_inputs(text, inputs) for name, text in step["env"].items()},
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            timeout=PATIENCE_S,
        )


def _with_inputs(text: str, inputs: Mapping[str, str]) -> str:
    """Return the text as the runner expands it."""
    return re.sub(r"\$\{\{ inputs\.(\w+) \}\}", lambda match: inputs[match[1]], text)


def _output(text: str) -> tuple[str, str]:
    """Return the only output, which is set with a delimiter that cannot be guessed."""
    match = re.fullmatch(r"(\w+)<<([0-9a-f]{32})\n(.*)\n\2\n", text, re.DOTALL)
    assert match
    return match[1], match[3]


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """A job for which the grader under test is installed."""
    made = Job(tmp_path)
    made.install()
    return made


# The file, whether it succeeds, the points, how many errors, and the line of the first.
USES = {
    "right": ("right.py", True, 4, 0, None),
    "wrong": ("wrong_sum.py", False, 1, 2, None),
    "raises": ("raises.py", False, 3, 1, "7"),
    "no Python": ("syntax_error.py", False, 0, 1, "6"),
    "crashes": ("os_exit.py", False, 3, 1, None),
    "no such file": ("nothing.py", False, 0, 1, None),
}


@pytest.mark.parametrize("file, accepted, points, errors, line", USES.values(), ids=USES)
def test_the_action_reports_its_outcome(
    file: str, accepted: bool, points: int, errors: int, line: str | None, job: Job
) -> None:
    if (SUBMISSIONS / file).exists():
        shutil.copy(SUBMISSIONS / file, job.work)
    used = job.use(file)
    assert used.succeeded is accepted
    assert used.reported.grade == (points, 4) and used.reported.failed is not accepted
    assert [each.name for each in used.told] == [*["error"] * errors, "notice"]
    assert all(each.given["file"] == file for each in used.told[:-1])
    assert used.told[0].given.get("line") == line
    assert f"{points} of 4 points" in used.told[-1].text
    assert len(texts(rendered(used.summary), "td")) == 3 * 4 and f"{points} of 4" in used.summary
    result = base64.b64decode(used.result).decode()
    for secret in ("8128", "496.5", "4312", "8624"):  # of the hidden case
        assert secret not in (used.log + used.summary + result).replace("&#46;", ".")


def test_a_submission_cannot_give_commands_through_the_action(job: Job) -> None:
    text = HOSTILE.replace("\ud800", "")  # which UTF-8 cannot encode
    (job.work / "me.py").write_text(
        f"import sys\ntext = {text!r}\nnamed = type(text, (Exception,), {{}})\n"
        "def mean(values):\n"
        "    print(text, flush=True)\n"
        "    print(text, file=sys.stderr, flush=True)\n"
        "    raise named(text)\n"
    )
    used = job.use()
    assert [each.name for each in used.told] == ["error", "error", "error", "notice"]
    assert len(used.log.splitlines()) == 4
    assert [each.given["title"] for each in used.told[:3]] == [
        "mean: three: run-time error",
        "mean: one: run-time error",
        "mean: secret (hidden): run-time error",
    ]
    assert "Autograding report" in used.told[0].text
    assert commands(used.reported.log) == [] and used.reported.grade == (0, 4)
    assert {each.tag for each in rendered(used.summary).iterdescendants()} <= TAGS


def test_a_file_name_cannot_give_commands(job: Job) -> None:
    file = f"a,line=1\n::notice title={FORGED.replace('/', '')}##[error]x.py"
    shutil.copy(SUBMISSIONS / "wrong_sum.py", job.work / file)
    told = job.use(file).told
    assert [each.name for each in told] == ["error", "error", "notice"]
    assert told[0].given["file"] == file


NO_VERDICT = {
    "no such problem": ({"problem": "meen"}, "; did you mean 'mean'?"),
    "no such bank": ({"bank": "nowhere"}, "nowhere is not a bank"),
    "no such sandbox": ({"sandbox": "none"}, "'none' is not one of"),
    "commands in a name": ({"problem": f"x\n::notice title={FORGED}"}, "there is no problem 'x"),
}


@pytest.mark.parametrize("inputs, says", NO_VERDICT.values(), ids=NO_VERDICT)
def test_without_a_verdict_no_grade_is_sent(inputs: dict[str, str], says: str, job: Job) -> None:
    shutil.copy(SUBMISSIONS / "right.py", job.work / "me.py")
    used = job.use(**inputs)
    (error,) = used.told
    assert (error.name, error.given["title"]) == ("error", "The grader could not grade this")
    assert says in error.text and not used.succeeded and not used.summary
    assert used.reported.grade is None and used.reported.failed
    assert "nothing was graded" in used.reported.log and commands(used.reported.log) == []


@pytest.mark.parametrize("ending", ["exit 3", "kill -9 $$"])
def test_an_internal_error_costs_no_points(ending: str, tmp_path: Path) -> None:
    job = Job(tmp_path)
    job.install(f"#!/bin/sh\nprintf '::notice title={FORGED}\r\n  ##[error]100%%0A'\n{ending}\n")
    used = job.use()
    (error,) = used.told
    assert error.text.startswith(f"::notice title={FORGED}") and error.text.endswith("100%0A")
    assert used.reported.grade is None and not used.succeeded


def test_a_link_is_not_followed(job: Job) -> None:
    (job.work / "me.py").symlink_to(TESTBANK / "solutions" / "mean" / "reference.py")
    (job.work / "here").symlink_to(TESTBANK / "solutions" / "mean")
    for file in ("me.py", "here/reference.py", "here/../mean/reference.py"):
        used = job.use(file)
        assert used.reported.grade is None and "submit the file itself" in used.told[0].text


def test_a_file_may_be_in_a_folder_and_the_repository_behind_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    job = Job(tmp_path / "link")
    job.install()
    (job.work / "-a b").mkdir()
    shutil.copy(SUBMISSIONS / "right.py", job.work / "-a b" / "me.py")
    for file in ("-a b/me.py", "./-a b//me.py"):
        assert job.use(file).reported.grade == (4, 4)


def test_a_bank_in_the_students_repository_is_not_used(job: Job) -> None:
    shutil.copytree(TESTBANK / "problems", job.work / "problems")
    (job.work / "problems" / "mean").rename(job.work / "problems" / "dr-grpo")
    shutil.copy(SUBMISSIONS / "right.py", job.work / "me.py")
    used = job.use(problem="dr-grpo", bank="")
    assert used.reported.grade == (0, 15)  # as it does not define the function of the real one
    shutil.copy(ROOT / "solutions" / "dr-grpo" / "right" / "loops.py", job.work / "me.py")
    assert job.use(problem="dr-grpo", bank="").reported.grade == (15, 15)


def test_the_bank_may_be_in_the_repository(job: Job) -> None:
    shutil.copytree(TESTBANK / "problems", job.work / "bank" / "problems")
    shutil.copy(SUBMISSIONS / "right.py", job.work / "me.py")
    assert job.use(bank="bank").reported.grade == (2, 2)  # without the hidden case


def test_inputs_are_never_part_of_a_script(job: Job) -> None:
    assert all("${{" not in step["run"] for step in ACTION["runs"]["steps"])
    text = "$(touch pwned)`touch pwned`'; touch pwned; \" ; touch pwned #"
    job.use(**dict.fromkeys(("file", "problem", "bank", "sandbox", "python"), text))
    assert not list(job.work.iterdir())


def test_a_failed_install_runs_nothing_of_the_student_and_gives_a_result(tmp_path: Path) -> None:
    job = Job(tmp_path)
    for name in ("venv", "pip", "ensurepip", "sitecustomize"):
        (job.work / f"{name}.py").write_text("open('ran', 'w')")
    python = tmp_path / "python"  # creates an environment without pip
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@" --without-pip\n')
    python.chmod(0o755)
    used = job.use(python=str(python))
    assert (tmp_path / "temp" / "grader" / "bin" / "python").exists()
    assert "No module named pip" in used.log and not (job.work / "ran").exists()
    assert not used.succeeded and used.reported.grade is None
    assert "grader: No such file" in used.told[0].text


# The workflow to copy -----------------------------------------------------------------------------


def test_the_workflow_meets_the_requirements_of_classroom(job: Job) -> None:
    text = (ROOT / "examples" / "classroom.yml").read_text("utf-8")
    workflow = yaml.load(text, yaml.BaseLoader)  # other loaders read "on" as a boolean
    assert workflow["name"] == "Autograding Tests" and workflow["on"] == "push"
    assert list(workflow["jobs"]) == ["run-autograding-tests"]
    _, *graded, reporter = workflow["jobs"]["run-autograding-tests"]["steps"]
    shutil.copy(ROOT / "solutions" / "dr-grpo" / "right" / "loops.py", job.work / "dr_grpo.py")
    results = {}
    for step in graded:
        assert set(step["with"]) <= set(ACTION["inputs"])
        reference = f"${{{{ steps.{step['id']}.outputs.result }}}}"
        (name,) = (name for name, given in reporter["env"].items() if given == reference)
        results[name] = job.use(bank="", **step["with"]).result
    assert len(results) == len(reporter["env"]) == len(graded)
    sent = reported(reporter["with"]["runners"], results)
    assert sent.grade is not None and sent.grade[0] == 15 < sent.grade[1]
    assert all(step["if"] == "${{ !cancelled() }}" for step in (*graded[1:], reporter))


def test_the_page_shows_the_workflow() -> None:
    text = (ROOT / "examples" / "classroom.yml").read_text("utf-8")
    page = (ROOT / "docs" / "github.md").read_text("utf-8")
    assert text.partition("name: ")[2] in page
