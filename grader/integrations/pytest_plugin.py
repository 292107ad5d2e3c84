"""The pytest plugin: the cases of a problem as pytest's items, judged in the sandbox.

    pytest problems/dr-grpo --submission=me.py    the cases of the problems at these paths
    pytest --submission=me.py                     of the problems whose functions the file defines

In a student's repository the submission is named once, by a line of pytest's configuration:
`grader_submission = me.py`. Then `pytest` collects its cases beside whatever tests there are.

pytest loads this module wherever the package is installed. So it imports nothing of the grader's,
and registers no more than options, until a submission is named. A submission is judged when its
first case is due, once in each process: with pytest-xdist, once in each worker.
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
_MAX_TOLD = 20_000  # characters
_PROPERTY = "grader-judgement"  # of a test's report: what there is to say of all cases


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, of which only --submission or its line of configuration starts anything."""
    group = parser.getgroup("grader", "grading of numeric and machine-learning exercises")
    group.addoption(
        "--submission",
        dest="grader_submission",
        action="append",
        metavar="FILE",
        help="Judge the solution in FILE on the cases of the problems at the paths given; without "
        "paths, of those whose functions it defines. May be given several times.",
    )
    group.addoption(
        "--bank",
        dest="grader_bank",
        metavar="DIR",
        help="Where problems are looked for if no path is given: the folder that holds `problems`; "
        "by default the nearest one upward from here, else the one of the package.",
    )
    group.addoption(
        "--grader-sandbox",
        dest="grader_sandbox",
        choices=["best", "strict", "basic"],
        default="best",
        help="What to protect this machine with; see `grader doctor`.",
    )
    parser.addini(
        "grader_submission",
        type="paths",
        help="The solutions to judge, from the folder of this file, as by --submission.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Begin to take part, if there is something to judge."""
    named = config.getoption("grader_submission")
    if named or config.getini("grader_submission"):
        config.pluginmanager.register(_Grading(config), "grader-cases")


class _NotAccepted(Exception):
    """What a student is told of a case; it has failed, and nothing else has."""


class _Grading:
    """The submissions of a pytest session, and where they are judged."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._by_paths = config.args_source is pytest.Config.ArgsSource.ARGS
        self._submissions: list[Submission] = []
        self._found: list[Path] = []  # the problems' folders, if they are not given by paths
        self._is_answered = False  # whether any problem is
        self._unanswered: list[str] = []  # the functions of those that are not

    def pytest_sessionstart(self) -> None:
        """Read the submissions, and find their problems if no path tells them."""
        from grader.errors import GraderError

        config = self._config
        files = config.getoption("grader_submission") or config.getini("grader_submission")
        try:
            self._submissions = [_read(os.fspath(file)) for file in files]
            if not self._by_paths:
                self._found = _folders_of(self._submissions, config.getoption("grader_bank"))
        except GraderError as error:
            raise pytest.UsageError(_told(error)) from None

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> Cases | None:
        """The cases of a problem that lies below a path given."""
        is_problem = file_path.name == _CASES and file_path.with_name("spec.md").is_file()
        return self._cases(parent, file_path.parent) if self._by_paths and is_problem else None

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Without paths, put in the cases of the problems that were found.

        They may lie anywhere, so that no path would lead pytest there. Who names a submission on
        the command line wants to know of that; one in the configuration is a test among others.
        """
        report = yield
        if isinstance(collector, pytest.Session) and not self._by_paths:
            others = [] if self._config.getoption("grader_submission") else report.result
            report.result = [*others, *(self._cases(collector, each) for each in self._found)]
        return report

    def pytest_report_collectionfinish(self) -> list[str]:
        """Say why nothing is judged, though there are problems at the paths."""
        if self._is_answered or not self._unanswered:
            return []
        names = " or ".join(each.origin for each in self._submissions)
        return [_told(f"grader: {names} defines none of {', '.join(self._unanswered)}")]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Tell points and hints once, whichever cases were run, and wherever."""
        reports = [report for several in terminalreporter.stats.values() for report in several]
        told = {
            (report.fspath, text)
            for report in reports
            for name, text in getattr(report, "user_properties", ())
            if name == _PROPERTY
        }
        if told:
            terminalreporter.write_sep("=", "grader")
        for path, text in sorted(told):
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
        from grader.submissions.matches import Match, best_matches, evidence_of, match_file

        found = best_matches(
            self._submissions,
            lambda each: match_file(evidence_of(each), problem, [problem]),
            Match.ONLY_PROBLEM if is_named else Match.FUNCTION,
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
        from grader.sandbox.forked import fork_server
        from grader.sandbox.host import Sandbox

        sandbox = Sandbox(fork_server(), self._config.getoption("grader_sandbox"))
        self._config.add_cleanup(sandbox.close)
        return sandbox

    def _cases(self, parent: pytest.Collector, folder: Path) -> Cases:
        path = folder / _CASES
        root = self._config.rootpath
        # Those of the package lie outside: they are called what they would be called in a bank.
        place = path.relative_to(root) if path.is_relative_to(root) else Path(*path.parts[-3:])
        name = place.as_posix()
        return Cases.from_parent(parent, name=name, nodeid=name, path=path, grading=self)


class Cases(pytest.Collector):
    """The cases of a problem: the public ones, and the hidden ones where the solutions are there.

    No `pytest.File`, as `--lf` leaves out such as are not where their names tell.
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
            raise self.CollectError(_told(error)) from None
        return [
            CaseItem.from_parent(self, name=case.name, case=case, cases=self)
            for case in self._problem.cases
        ]

    @cached_property
    def judgement(self) -> Judgement:
        """What a student may see of the judgement.

        Raises:
            GraderError: if we fail, or the problem does
        """
        from grader.judging.answer_key import AnswerKey
        from grader.judging.audience import Audience, judge_for

        assert self._problem is not None and self._submission is not None  # it has items
        sandbox = self._grading.sandbox
        key = AnswerKey(self._problem, sandbox)
        return judge_for(Audience.STUDENT, key, self._submission, sandbox)


class CaseItem(pytest.Item):
    """One case, which fails with the judge's words.

    The judging is done in `setup`, because what goes wrong there pytest calls an error: it is ours,
    and not the submission's.
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
            raise pytest.fail.Exception(_told(error), pytrace=False) from None
        (result,) = [each for each in judgement.results if each.case.name == self.name]
        self.user_properties.append((_PROPERTY, _told(_summary(judgement))))
        self.add_report_section("call", "stdout", _told(result.run.stdout))
        if result.verdict is Verdict.JUDGE_ERROR:
            pytest.fail(_told(message(result)), pytrace=False)
        self._result = result

    def runtest(self) -> None:
        from grader.model.judgement import Verdict

        assert self._result is not None  # of `setup`
        if self._result.verdict is not Verdict.ACCEPTED:
            raise _NotAccepted(_details(self._cases.judgement.problem, self._result))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, _NotAccepted):
            return _told(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        if self._case.hidden:
            return self.path, None, f"{self.name} (hidden)"
        return self.path, self._case.at.line - 1, self.name


def _read(file: str) -> Submission:
    from grader.errors import UsageError
    from grader.submissions import read_submission

    if not os.path.exists(file):
        raise UsageError(f"there is no file {file}, which is named as a submission")
    return read_submission(file)


def _folders_of(submissions: list[Submission], given: str | None) -> list[Path]:
    """The problems whose functions the submissions define, each of which must define one."""
    from grader.bank.locate import find_bank
    from grader.errors import UsageError
    from grader.submissions.matches import Match, evidence_of, match_file

    bank = find_bank(given)
    headings = bank.headings()
    slugs: list[str] = []
    for submission in submissions:
        file = evidence_of(submission)
        found = [each for each in headings if match_file(file, each, headings) >= Match.FUNCTION]
        if not found:
            why = submission.flaw or f"{submission.origin} defines none of the functions"
            expected = "".join(f"\n  {each.function}  for {each.slug}" for each in headings)
            raise UsageError(
                f"which problem? {why}{expected}\nor give the path of a problem's folder"
            )
        slugs += [each.slug for each in found]
    return [Path(os.path.abspath(bank.folder(slug))) for slug in dict.fromkeys(slugs)]


# What is told ------------------------------------------------------------------------------------


def _summary(judgement: Judgement) -> str:
    """The judgement in a line, and below it what may help."""
    from grader.reports.messages import headline, hints

    lines = [f"{headline(judgement)} ({judgement.protection.tier} sandbox)"]
    lines += [f"  Hint: {hint}" for hint in hints(judgement)]
    lines += [f"  Noticed: {each}" for each in judgement.observations]
    return "\n".join(lines)


def _details(problem: Problem, result: CaseResult) -> str:
    """Why the case failed; for a public one, the call and where it stands as well."""
    from grader.model.judgement import RunStatus
    from grader.reports.messages import message
    from grader.values.show import printable

    case, run = result.case, result.run
    parts = [message(result), printable(run.traceback)]
    if not case.hidden:
        if run.status is not RunStatus.NOT_LOADED:
            parts.append("called as " + problem.entry_point.call_text(case.args))
        parts.append(f"{case.at.path}:{case.at.line}: {result.verdict.label}")
    return "\n".join(part for part in parts if part)


def _told(text: object) -> str:
    """What a stranger may have put words into, with nothing in it that a terminal or a CI system
    would obey; see `reports.ci_logs`."""
    from grader.reports.ci_logs import escape_text_for_ci_log
    from grader.values.show import printable

    return escape_text_for_ci_log(printable(str(text), _MAX_TOLD))
