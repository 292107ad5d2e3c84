"""Observations about new runs of a submission: what it keeps, and what it changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grader.judging.allowance import max_objects
from grader.judging.changes import AFTER, CHANGED, changed_arguments
from grader.judging.observations import effects
from grader.judging.observations.answers import MIN_CASES, Answers
from grader.judging.referee import Referee
from grader.judging.results import result
from grader.model.entry_point import Program
from grader.model.judgement import CaseResult, Run, Verdict
from grader.model.problem import Case, Problem, Submission
from grader.sandbox.host import Sandbox
from grader.values.dataclasses import dataclass

_MAX_ALONE = 3  # cases that are run again, each in a process of its own
_REPEATED = 2  # times that all cases are run again, to see whether their answers are the same
_MAX_WATCHED = 2  # cases whose arguments are compared after the call
_MAX_COPIED = 2  # arguments that are copied, each in a process of its own


@dataclass(frozen=True)
class Again:
    """A submission to run again."""

    problem: Problem
    submission: Submission
    sandbox: Sandbox

    def run(
        self,
        cases: Sequence[Case],
        instead: Program | None = None,
        watches: tuple[str, ...] = (),
    ) -> list[Run]:
        """Return the runs of these cases in one new child process.

        Args:
            instead: another program to run
            watches: what else to ask for; see `entry_point.Call`

        Raises:
            SandboxError: if the sandbox fails
        """
        problem = self.problem
        program = instead or problem.program_of(self.submission)
        scripts = [
            tuple(replace(call, watches=watches or call.watches) for call in case.script)
            for case in cases
        ]
        bound = max_objects(cases, watches)
        return self.sandbox.run(program, scripts, problem.widest_limits, max_objects=bound)

    def followed_by(self, text: bytes) -> Program:
        """Return the submission with this text as its last lines, or as its last cell."""
        program = self.problem.program_of(self.submission)
        cells = program.cells
        if cells:
            cells = (*cells, program.source.count(b"\n") + 1)
        return replace(program, source=program.source + b"\n" + text, cells=cells)


def returned(results: Sequence[CaseResult], again: Again) -> str | None:
    """The output, or what an argument should become, is returned, where no result is asked for.

    Or a generator, of which nothing has run. Such results stay in the process of the submission,
    unless the calls are made again.
    """
    wrong = [each for each in results if each.verdict is Verdict.WRONG_ANSWER]
    if len(wrong) < MIN_CASES or any(
        each.case.is_script or each.step.raises is not None or each.step.is_asked for each in wrong
    ):
        return None
    cases = [
        each.case.with_steps(lambda step: replace(step, is_asked=True))
        for each in wrong[:_MAX_ALONE]
    ]
    pairs = zip(wrong, cases, again.run(cases), strict=False)
    answers = Answers([], [replace(each, case=case, run=run) for each, case, run in pairs])
    return (
        effects.returned_text(answers)
        or effects.returned_change(answers)
        or effects.not_run(answers)
    )


def state(results: Sequence[CaseResult], again: Again) -> str | None:
    """Cases that were wrong after others are right in a fresh process.

    They must be wrong after others whenever they are run. Otherwise the answers just differ from
    run to run, such as those of a function that draws random numbers.
    """
    # The first case ran in a fresh process already.
    later = [
        index
        for index, each in enumerate(results)
        if index and each.verdict is Verdict.WRONG_ANSWER
    ]
    for index in later[:_MAX_ALONE]:
        case = results[index].case
        (run,) = again.run([case])
        if not _is_right(case, run, again):
            return None
    if not later:
        return None
    for _ in range(_REPEATED):
        runs = again.run([each.case for each in results])
        if any(_is_right(results[index].case, runs[index], again) for index in later):
            return None
    return (
        "Your function answers right in a fresh process, and wrong after other calls. What does it"
        " keep from one call to the next: a global variable, or a default argument that it changes?"
    )


def _only_changes(result: CaseResult) -> bool:
    """Return whether the answer is right, and a forbidden change all that the message is about."""
    return result.mismatch is not None and result.mismatch.remark.startswith(CHANGED)


def arguments(results: Sequence[CaseResult], again: Again) -> str | None:
    """The call changes an argument in every wrong case that is run again, and that is why it fails.

    It is the reason if all these cases are right once the function has a copy wherever it reads
    the parameter.
    """
    wrong = [
        each.case
        for each in results
        if each.verdict is Verdict.WRONG_ANSWER and not _only_changes(each)
    ]
    watched, function = wrong[:_MAX_WATCHED], again.problem.entry_point.function
    if function is None or not watched or any(case.is_script for case in watched):
        return None
    changed = [
        changed_arguments(case.step.call(), run, function)
        for case, run in zip(watched, again.run(watched, watches=(AFTER,)), strict=True)
    ]
    names = [
        (index, parameter.name)
        for index, parameter in enumerate(function.parameters)
        if all(parameter.name in names for names in changed)
    ]
    for index, name in names[:_MAX_COPIED]:
        copied = again.run(watched, _copying(again, index))
        if all(_is_right(*each, again) for each in zip(watched, copied, strict=True)):
            return (
                f"Your function changes its argument {name}, and then needs it as it was. Work on"
                " a copy."
            )
    return None


# Placed after the submission, which can tamper with it, so it may only ever decide a hint.
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


def _copying(again: Again, index: int) -> Program:
    """Return a program whose function copies the parameter at this index wherever it reads it.

    Where that fails, as for the magics of a notebook, the function remains as it was.
    """
    function, source = str(again.problem.entry_point), again.submission.source
    text = _COPYING.format(function=function, source=source, index=index)
    return again.followed_by(text.encode("ascii"))


def _is_right(case: Case, run: Run, again: Again) -> bool:
    return (
        result(case, run, Referee(again.sandbox, again.problem.given_modules)).verdict
        is Verdict.ACCEPTED
    )
