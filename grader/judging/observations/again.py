"""Observations about new runs of a submission: what it keeps, and what it changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from grader.checkers import EXACT
from grader.judging.answer_key import max_objects
from grader.model.checker import Tolerance
from grader.model.entry_point import EntryPoint
from grader.model.judgement import CaseResult, Run, RunStatus, Verdict
from grader.model.problem import Case, Problem, Submission
from grader.sandbox.host import Sandbox

_MAX_ALONE = 3  # cases that are run again, each in a process of its own
_MAX_WATCHED = 2  # cases whose arguments are compared after the call
_MAX_COPIED = 2  # arguments that are copied, each in a process of its own


@dataclass(frozen=True)
class Again:
    """A submission to run again."""

    problem: Problem
    submission: Submission
    sandbox: Sandbox

    def run(self, cases: Sequence[Case], instead: Submission | None = None) -> list[Run]:
        """Return the runs of these cases in one new child process.

        Args:
            instead: another submission to run

        Raises:
            SandboxError: if the sandbox fails
        """
        problem = self.problem
        program = problem.program_of(instead or self.submission)
        calls = [problem.entry_point.call(case.args) for case in cases]
        bound = max_objects(cases)
        return self.sandbox.run(program, calls, problem.limits, max_objects=bound)

    def followed_by(self, text: str) -> Submission:
        """Return the submission with this text as its last lines, or as its last cell."""
        submission = self.submission
        cells = submission.cells
        if cells:
            cells = (*cells, submission.source.count(b"\n") + 1)
        source = submission.source + b"\n" + text.encode("ascii")
        return replace(submission, source=source, cells=cells)


def state(results: Sequence[CaseResult], again: Again) -> str | None:
    """Cases that were wrong after others are right in a fresh process."""
    # The first case ran in a fresh process already.
    later = [each.case for each in results[1:] if each.verdict is Verdict.WRONG_ANSWER]
    for case in later[:_MAX_ALONE]:
        (run,) = again.run([case])
        if not _is_right(case, run):
            return None
    if not later:
        return None
    return (
        "Your function answers right in a fresh process, and wrong after other calls. What does it"
        " keep from one call to the next: a global variable, or a default argument that it changes?"
    )


def arguments(results: Sequence[CaseResult], again: Again) -> str | None:
    """The call changes an argument in every wrong case that is run again, and that is why it fails.

    It is the reason if all these cases are right once the function has a copy wherever it reads
    the parameter.
    """
    wrong = [each.case for each in results if each.verdict is Verdict.WRONG_ANSWER]
    watched, entry_point = wrong[:_MAX_WATCHED], again.problem.entry_point
    runs = again.run(watched, _watching(again))
    changed = [_changed(entry_point, *each) for each in zip(watched, runs, strict=True)]
    names = [
        (index, parameter.name)
        for index, parameter in enumerate(entry_point.parameters)
        if all(parameter.name in names for names in changed)
    ]
    for index, name in names[:_MAX_COPIED]:
        copied = again.run(watched, _copying(again, index))
        if all(_is_right(*each) for each in zip(watched, copied, strict=True)):
            return (
                f"Your function changes its argument {name}, and then needs it as it was. Work on"
                " a copy."
            )
    return None


# Placed after the submission, which can tamper with them, so their answers may only ever decide a
# hint. While one calls the function, the function has its name back, by which it may call itself.
_WATCHING = """
_function = {function}

def _watching(*args, **kwargs):
    globals()[{function!r}] = _function
    try:
        _function(*args, **kwargs)
    finally:
        globals()[{function!r}] = _watching
    return list(args), kwargs

{function} = _watching
"""

_COPYING = """
import ast as _ast, copy as _copy

class _Copies(_ast.NodeTransformer):
    def visit_Name(self, node):
        if node.id != self.name or not isinstance(node.ctx, _ast.Load):
            return node
        call = _ast.parse("_copy.deepcopy(" + self.name + ")", mode="eval").body
        return _ast.copy_location(call, node)

for _node in _ast.parse({source!r}).body:
    if isinstance(_node, _ast.FunctionDef) and _node.name == {function!r}:
        _copies = _Copies()
        _given = _node.args.posonlyargs + _node.args.args + _node.args.kwonlyargs
        _copies.name = _given[{index}].arg
        _node.body = [_copies.visit(_each) for _each in _node.body]
        _tree = _ast.fix_missing_locations(_ast.Module([_node], []))
        exec(compile(_tree, "submission.py", "exec"), globals())
"""


def _watching(again: Again) -> Submission:
    """Return a program that returns the arguments as they are after the submission's call."""
    return again.followed_by(_WATCHING.format(function=str(again.problem.entry_point)))


def _copying(again: Again, index: int) -> Submission:
    """Return a program whose function copies the parameter at this index wherever it reads it.

    Where that fails, as for the magics of a notebook, the function remains as it was.
    """
    function, source = str(again.problem.entry_point), again.submission.source
    return again.followed_by(_COPYING.format(function=function, source=source, index=index))


def _is_right(case: Case, run: Run) -> bool:
    if run.status is not RunStatus.RETURNED:
        return False
    return case.checker.compare(run.value, case.expected, case.tolerance) is None


def _changed(entry_point: EntryPoint, case: Case, run: Run) -> set[str]:
    """Return the names of the arguments that the call changed."""
    call = entry_point.call(case.args)
    names = entry_point.names_by_position(len(call.args))
    match run.value:
        case (list(args), dict(kwargs)) if run.status is RunStatus.RETURNED:
            pairs = [*zip(names, args, call.args, strict=False)]
            pairs += [(name, kwargs.get(name), before) for name, before in call.kwargs.items()]
            return {
                name
                for name, after, before in pairs
                if EXACT.compare(after, before, Tolerance()) is not None
            }
    return set()
