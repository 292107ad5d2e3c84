"""The pytest plugin: collect the cases of a problem as tests, judged in the sandbox.

    pytest problems/dr-grpo --submission=me.py    the cases of the problems at these paths
    pytest --submission=me.py                     of the problems whose functions the file defines

In a student's repository, the line `grader_submission = me.py` in pytest's configuration names the
submission. `pytest` then collects its cases in addition to the tests of the repository.

pytest loads this module wherever the package is installed. It therefore imports nothing else of the
grader, and registers only options, until a submission is named. A submission is judged when its
first case runs, once in each process: with pytest-xdist, once in each worker.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from grader.model.judgement import CaseResult, Judgement
    from grader.model.problem import Case, Problem, Submission
    from grader.sandbox.host import Sandbox
    from grader.submissions.matches import ProblemRef

_CASES = "cases.yaml"
_MAX_NAMES = 5  # of files in a message
_MAX_CHARS = 20_000  # characters
_PROPERTY = "grader-judgement"  # of a test's report: the summary of all cases


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options; without --submission or its line of configuration they have no effect."""
    group = parser.getgroup("grader", "grading of numeric and machine-learning exercises")
    group.addoption(
        "--submission",
        dest="grader_submission",
        action="append",
        metavar="FILE",
        help="Judge the solution in FILE, a folder or a .zip archive on the cases of the problems "
        "at the paths given; without paths, of those whose functions it defines. May be given "
        "several times.",
    )
    group.addoption(
        "--bank",
        dest="grader_bank",
        metavar="DIR",
        help="Bank to search if no path is given: the folder with `problems`; by default the "
        "nearest one in the current folder or above it, else the one of the package.",
    )
    group.addoption(
        "--grader-sandbox",
        dest="grader_sandbox",
        choices=["best", "strict", "basic"],
        default="best",
        help="Tier of the sandbox; see `grader doctor`.",
    )
    parser.addini(
        "grader_submission",
        type="paths",
        help="The solutions to judge, like --submission; relative to the folder of this file.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the collector of cases, if a submission is named."""
    named = config.getoption("grader_submission")
    if named or config.getini("grader_submission"):
        config.pluginmanager.register(_Grading(config), "grader-cases")


class _NotAccepted(Exception):
    """The case is not accepted; the text is for the student."""


class _Grading:
    """The submissions of a pytest session, their problems, and the sandbox."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._by_paths = config.args_source is pytest.Config.ArgsSource.ARGS
        self._submissions: list[Submission] = []
        self._found: list[Path] = []  # folders of the problems, unless paths name them
        self._is_answered = False  # whether a submission answers any problem
        self._unanswered: list[str] = []  # entry points of the other problems

    def pytest_sessionstart(self) -> None:
        """Read the submissions, and find their problems unless paths name them."""
        from grader.errors import GraderError

        config = self._config
        files = config.getoption("grader_submission") or config.getini("grader_submission")
        try:
            submitted = [_read(os.fspath(file)) for file in files]
            self._submissions = [each for several in submitted for each in several]
            if not self._by_paths:
                self._found = _folders_of(submitted, config.getoption("grader_bank"))
        except GraderError as error:
            raise pytest.UsageError(_escape(error)) from None

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> Cases | None:
        """Return the collector of a problem below a given path."""
        is_problem = file_path.name == _CASES and file_path.with_name("spec.md").is_file()
        return self._cases(parent, file_path.parent) if self._by_paths and is_problem else None

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Without paths, add the cases of the problems that were found.

        They may be outside the folders that pytest searches. A submission on the command line is
        judged alone; one in the configuration is judged in addition to the other tests.
        """
        report = yield
        if isinstance(collector, pytest.Session) and not self._by_paths:
            others = [] if self._config.getoption("grader_submission") else report.result
            report.result = [*others, *(self._cases(collector, each) for each in self._found)]
        return report

    def pytest_report_collectionfinish(self) -> list[str]:
        """Return the reason why no problem at the given paths is judged."""
        if self._is_answered or not self._unanswered:
            return []
        names = " or ".join(each.origin for each in self._submissions)
        return [_escape(f"grader: {names} defines none of {', '.join(self._unanswered)}")]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print points and hints once per problem, whichever cases ran, in whichever worker."""
        reports = [report for several in terminalreporter.stats.values() for report in several]
        summaries = {
            (report.fspath, text)
            for report in reports
            for name, text in getattr(report, "user_properties", ())
            if name == _PROPERTY
        }
        if summaries:
            terminalreporter.write_sep("=", "grader")
        for path, text in sorted(summaries):
            terminalreporter.write_line(f"{path}: {text}")

    def answer_to(self, problem: ProblemRef, is_named: bool) -> Submission | None:
        """Return the submission that answers a problem; None if there is none.

        Args:
            is_named: whether a path names the problem itself; a single submission is then meant for
                it, whatever it defines

        Raises:
            UsageError: if several submissions may be meant
        """
        from grader.errors import UsageError
        from grader.submissions.matches import (
            Match,
            best_matches,
            evidence_of,
            match_problems,
            only_assigns,
        )

        stating = [each for each in self._submissions if not only_assigns(each.source, problem)]
        found = best_matches(
            [
                (match_problems(evidence_of(each), [problem])[problem.slug], each)
                for each in stating or self._submissions
            ],
            Match.ONLY_PROBLEM if is_named else Match.POSSIBLE,
        )
        if len(found) > 1:
            names = " and ".join(each.origin for each in found)
            raise UsageError(
                f"{names} may all be meant for {problem.entry_point}; name one of them"
            )
        if not found:
            self._unanswered.append(str(problem.entry_point))
            return None
        self._is_answered = True
        return found[0]

    @cached_property
    def sandbox(self) -> Sandbox:
        from grader.sandbox.fork_server import start_fork_server
        from grader.sandbox.host import Sandbox

        sandbox = Sandbox(start_fork_server(), self._config.getoption("grader_sandbox"))
        self._config.add_cleanup(sandbox.close)
        return sandbox

    def _cases(self, parent: pytest.Collector, folder: Path) -> Cases:
        path = folder / _CASES
        root = self._config.rootpath
        # The package's problems are outside the root: their names begin with `problems` too.
        shown = path.relative_to(root) if path.is_relative_to(root) else Path(*path.parts[-3:])
        name = shown.as_posix()
        return Cases.from_parent(parent, name=name, nodeid=name, path=path, grading=self)


class Cases(pytest.Collector):
    """Collects the public cases of a problem, and the hidden ones if its solutions are available.

    Not a `pytest.File`: `--lf` would skip it if its path does not match its name.
    """

    def __init__(self, *, grading: _Grading, **node: Any) -> None:
        super().__init__(**node)
        self._grading = grading
        self._problem: Problem | None = None
        self._submission: Submission | None = None

    def collect(self) -> Iterable[pytest.Item]:
        from grader.bank.locate import Bank, heading
        from grader.errors import GraderError

        folder = self.path.parent
        bank = Bank(str(folder.parent), str(folder.parent.parent / "solutions"))
        is_named = self.session.isinitpath(self.path) or self.session.isinitpath(folder)
        try:
            problem = heading(str(folder), folder.name)
            self._submission = self._grading.answer_to(problem, is_named)
            if self._submission is None:
                return []
            self._problem = bank.load(folder.name)
        except GraderError as error:
            raise self.CollectError(_escape(error)) from None
        return [
            CaseItem.from_parent(self, name=case.name, case=case, cases=self)
            for case in self._problem.cases
        ]

    @cached_property
    def judgement(self) -> Judgement:
        """The judgement, redacted for students.

        Raises:
            GraderError: if the problem is invalid or the sandbox fails
        """
        from grader.judging.answer_key import AnswerKey
        from grader.judging.audience import Audience, judge_for

        assert self._problem is not None and self._submission is not None  # it has items
        sandbox = self._grading.sandbox
        key = AnswerKey(self._problem, sandbox)
        return judge_for(Audience.STUDENT, key, self._submission, sandbox)


class CaseItem(pytest.Item):
    """One case, which fails with the message of its result.

    It is judged in `setup`, because pytest reports failures there as errors: they are the grader's,
    not the submission's.
    """

    def __init__(self, *, case: Case, cases: Cases, **node: Any) -> None:
        super().__init__(**node)
        self._case = case
        self._cases = cases
        self._result: CaseResult | None = None

    def setup(self) -> None:
        from grader.errors import GraderError
        from grader.model.judgement import Verdict
        from grader.reports.messages import message

        try:
            judgement = self._cases.judgement
        except GraderError as error:
            raise pytest.fail.Exception(_escape(error), pytrace=False) from None
        (result,) = [each for each in judgement.results if each.case.name == self.name]
        self.user_properties.append((_PROPERTY, _escape(_summary(judgement))))
        self.add_report_section("call", "stdout", _escape(result.run.stdout))
        if result.verdict is Verdict.JUDGE_ERROR:
            pytest.fail(_escape(message(result)), pytrace=False)
        self._result = result

    def runtest(self) -> None:
        from grader.model.judgement import Verdict

        assert self._result is not None  # set by `setup`
        if self._result.verdict is not Verdict.ACCEPTED:
            raise _NotAccepted(_details(self._cases.judgement.problem, self._result))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, _NotAccepted):
            return _escape(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        if self._case.hidden:
            return self.path, None, f"{self.name} (hidden)"
        return self.path, self._case.at.line - 1, self.name


def _read(file: str) -> list[Submission]:
    from grader.errors import UsageError
    from grader.submissions import read_submissions

    if not os.path.exists(file):
        raise UsageError(f"the submission {file} does not exist")
    return read_submissions(file)


def _folders_of(submitted: list[list[Submission]], given: str | None) -> list[Path]:
    """Return the folders of the problems whose functions the submissions define.

    Raises:
        UsageError: if a submission defines none of the functions
    """
    from grader.bank.locate import find_bank
    from grader.errors import UsageError
    from grader.submissions.matches import slugs_answered

    bank = find_bank(given)
    headings = bank.headings()
    slugs: list[str] = []
    for submissions in submitted:
        found = slugs_answered(submissions, headings)
        if not found:
            names = ", ".join(each.origin for each in submissions[:_MAX_NAMES])
            verb = "define" if len(submissions) > 1 else "defines"
            why = submissions[0].flaw or f"{names} {verb} none of the functions"
            expected = "".join(f"\n  {each.function}  for {each.slug}" for each in headings)
            raise UsageError(
                f"which problem? {why} in {bank.described}{expected}\n"
                "or give the path of a problem's folder, or another bank: --bank DIR"
            )
        slugs += found
    return [Path(os.path.abspath(bank.folder(slug))) for slug in dict.fromkeys(slugs)]


# Messages ---------------------------------------------------------------------------------------


def _summary(judgement: Judgement) -> str:
    """Return the judgement in one line, followed by notes, hints and observations."""
    from grader.reports.messages import advice, headline

    lines = [f"{headline(judgement)} ({judgement.protection.tier} sandbox)"]
    lines += [f"  {kind}: {text}" for kind, text in advice(judgement)]
    return "\n".join(lines)


def _details(problem: Problem, result: CaseResult) -> str:
    """Return why the case failed and, if it is public, the call and its location."""
    from grader.model.judgement import RunStatus
    from grader.reports.messages import details
    from grader.values.show import printable

    case, run = result.case, result.run
    parts = [details(result), printable(run.traceback)]
    if not case.hidden:
        if run.status is not RunStatus.NOT_LOADED:
            called = "done as\n" if case.is_script else "called as "
            parts.append(called + case.source)
        parts.append(f"{case.at.path}:{case.at.line}: {result.verdict.label}")
    return "\n".join(part for part in parts if part)


def _escape(text: object) -> str:
    """Return an untrusted text without commands to a terminal or CI system: `reports.ci_logs`."""
    from grader.reports.ci_logs import escape_text_for_ci_log
    from grader.values.show import printable

    return escape_text_for_ci_log(printable(str(text), _MAX_CHARS))
