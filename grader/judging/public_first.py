"""Public cases first: what they show comes from calls that were made before any hidden case.

A submission sees the arguments of a hidden case when it is called with them. It cannot keep them in
its process, as each run has children of its own, but it can store them in the state of the kernel
(see docs/sandbox.md) and print them in a later call of a public case, whose text, answer and error
are shown. So, within one judgement:

- All calls of public cases come before those of hidden cases, whatever their limits are. This
  includes calls that are repeated because they were too slow or because a draw was rejected
  (`parts`).
- A judgement that is broken off, for lack of time or by an internal error, may later be made again
  from the beginning: each attempt to make it is a turn. If the caller passes the runs of the first
  turn (`Kept`), as the practice page does, those of the public cases are used again, and so are the
  notes about the import. The public cases are called again if hidden cases follow in the same
  child, as a submission may depend on earlier calls, but the results of these calls are ignored.
- A case with the key `given`, which gives a submission the right answers of earlier functions (see
  `carried`), is run a second time after all first runs, so that no first run knows what was given.
  Of these runs, only the points are shown.

Everything else stays as it would be without hidden cases: a submission that gives the same answers
whenever it is run gets the same judgement in one turn as in several. A submission can still pass
something from one judgement to the next, also of the same submission: `grader grade` and `grader
batch` keep no runs when the command ends, the practice page loses those of a turn in which it was
killed, and runs that were made with another answer key are not used.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.judging.repeats import is_drawn
from grader.judging.speed import limits_of, timed_groups
from grader.model.judgement import Run, RunStatus
from grader.model.problem import Problem

_NOT_LOADED_AGAIN = "the file could not be imported when it was judged again"


def parts(problem: Problem) -> list[range]:
    """Return the indices of the cases in one or two parts, the public cases first.

    All calls of a part are made, with those that are repeated, before the next part is begun. There
    is only one part, and so one child for as many cases as possible, if that makes no difference:
    if all public cases have the same limits, and none of them is ever repeated.
    """
    public = count_public(problem)
    cases = problem.cases[:public]
    timed = timed_groups(problem) if problem.reference is not None else {}
    is_repeated = any(case.group in timed or is_drawn(case) for case in cases)
    if is_repeated or len({limits_of(problem, case) for case in cases}) > 1:
        return [each for each in (range(public), range(public, len(problem.cases))) if each]
    return [range(len(problem.cases))]


def count_public(problem: Problem) -> int:
    """Return the number of public cases, which come first."""
    return sum(not case.hidden for case in problem.cases)


class Kept:
    """The runs of the first cases, if a judgement was broken off when hidden cases had been called.

    Args:
        runs: from an earlier turn; None if there was none, or no hidden case was called in it
        notes: about the import in that turn

    Attributes:
        runs: those to use in the next turn: of the public cases, or of all if their first runs were
            made; None as long as no hidden case is called
        notes: the notes to use in the next turn
    """

    def __init__(self, runs: Sequence[Run] | None = None, notes: Sequence[str] = ()) -> None:
        self.runs = runs
        self.notes = tuple(notes)
        self._is_first_turn = runs is None

    def has(self, count: int) -> bool:
        """Return whether the runs of this number of cases are kept."""
        return self.runs is not None and len(self.runs) >= count

    def keep(self, runs: Sequence[Run]) -> None:
        """Keep the runs of the first cases; those that are kept already stay as they are."""
        if not self.has(len(runs)):
            self.runs = self.combined(runs)

    def combined(self, runs: Sequence[Run]) -> list[Run]:
        """Return the runs of the first cases; a run that was kept replaces the new one."""
        kept = list(self.runs or ())[: len(runs)]
        others = runs[len(kept) :]
        return [*kept, *(others if self._is_first_turn else map(_without_texts, others))]


def _without_texts(run: Run) -> Run:
    """Return a run; if the import failed, without its error, which would be shown otherwise."""
    if run.status is not RunStatus.NOT_LOADED:
        return run
    return Run(RunStatus.NOT_LOADED, error=_NOT_LOADED_AGAIN)
