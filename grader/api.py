"""The Python API: load the problems of a bank, and judge sources.

`Grader` reuses its sandboxes and answer keys: after the first submission, each one takes about
three milliseconds. It is meant for services, and for training loops that score generated code.

The modules that judge are imported at first use, so that the sandboxes that a `Grader` starts in
advance (see `ready`) load NumPy meanwhile.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, LifoQueue
from typing import TYPE_CHECKING, Literal, TypeAlias

from grader.bank.locate import Bank, find_bank
from grader.errors import UsageError
from grader.model.effort import FULL, Effort
from grader.sandbox.fork_server import ForkServer, start_fork_server, start_fork_servers
from grader.sandbox.settled import keep_settled

if TYPE_CHECKING:
    from grader.judging.answer_key import AnswerKey
    from grader.judging.public_first import Kept
    from grader.model.judgement import CaseResult, Judgement, Protection
    from grader.model.problem import Case, Problem, Submission
    from grader.sandbox.host import Sandbox

_Folder = str | os.PathLike[str]
Cases: TypeAlias = Literal["all", "public"]


def load_bank(folder: _Folder | None = None) -> Mapping[str, Problem]:
    """Return the problems of a bank, by slug.

    Args:
        folder: the folder with `problems` and, for instructors, `solutions`; by default the nearest
            bank in the current folder or above it, else the one of the package

    Raises:
        UsageError: if no bank is found
        SpecError: if a problem's files are invalid; the text has the locations
    """
    bank = find_bank(os.fspath(folder) if folder is not None else None)
    return {slug: bank.load(slug) for slug in bank.slugs()}


def judge(
    problem: str, source: str | bytes, bank: _Folder | None = None, sandbox: str = "best"
) -> Judgement:
    """Return the full judgement of one source, including hidden cases.

    To judge several sources, use a `Grader`, which is hundreds of times faster from the second on.

    Args:
        problem: slug of the problem
        source: a Python program
        bank: as for `load_bank`
        sandbox: the tier: "strict", "basic", or "best" for the strongest that the machine supports

    Raises:
        UsageError: if there is no such bank or problem, or the machine does not support the tier
        SpecError: if the problem's files are invalid
        SandboxError: if a sandbox cannot be started
    """
    here = find_bank(os.fspath(bank) if bank is not None else None)
    with Grader(here.problems, here.solutions, sandbox=sandbox) as grader:
        return grader.score(problem, source)


class Grader:
    """Judges sources, from one or several threads.

    Call `close` at the end, or use it in a `with` statement. Each concurrent call of `score` uses a
    sandbox of its own, which is reused by later calls.

    Args:
        problems: the folder with the problems; by default that of the bank `load_bank` finds
        solutions: the folder with their solutions; without solutions, only public cases are
            judged. By default, none; if `problems` is omitted too, those of the same bank
        sandbox: the tier: "strict", "basic", or "best" for the strongest that the machine supports
        ready: the number of sandboxes to start immediately, in the background: one for each thread
            that will call `score`

    Raises:
        UsageError: if there are no problems in `problems`, or no bank is found
    """

    def __init__(
        self,
        problems: _Folder | None = None,
        solutions: _Folder | None = None,
        *,
        sandbox: str = "best",
        ready: int = 0,
    ) -> None:
        servers = start_fork_servers(ready)  # they load NumPy meanwhile
        self._tier = sandbox
        self._lock = threading.Lock()
        self._keys: dict[str, AnswerKey] = {}
        self._building: dict[str, threading.Lock] = {}
        self._sandboxes: list[Sandbox] = []
        # Keyed by whether they have low priority. Last in, first out, as caches are still warm.
        self._idle: dict[bool, LifoQueue[Sandbox]] = {False: LifoQueue(), True: LifoQueue()}
        self._yields: bool | None = None
        self._is_closed = False
        for server in servers:
            self._idle[False].put(self._open(server))
        try:
            self._bank = _bank(problems, solutions)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Grader:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End the sandboxes. May be called repeatedly; afterwards `score` raises UsageError."""
        with self._lock:
            self._is_closed = True
            while self._sandboxes:
                self._sandboxes.pop().close()

    @property
    def names(self) -> list[str]:
        """The slugs of the problems, sorted."""
        return self._bank.slugs()

    def problem(self, name: str) -> Problem:
        """Return a problem in which every case has its expected answer.

        Raises:
            UsageError: if there is no such problem, the tier is not supported, or the `Grader` is
                closed
            SpecError: if the problem's files are invalid
            SandboxError: if a sandbox cannot be started
        """
        return self.answer_key(name).problem

    def answer_key(self, name: str, cases: Cases = "all") -> AnswerKey:
        """Return the answer key of a problem, for all or for the public cases. Not for students.

        Raises:
            UsageError: if there is no such problem, the tier is not supported, or the `Grader` is
                closed
            SpecError: if the problem's files are invalid
            SandboxError: if a sandbox cannot be started
        """
        key = self._keys.get(name)
        if key is None:
            with self._borrowed() as sandbox:
                key = self._build_key(name, sandbox)
        return _part(key, cases)

    def prepare(self, name: str, bank: Bank | None = None) -> AnswerKey:
        """Return a new answer key, from a problem's present files, for `adopt`. Not for students.

        This does not change the key in use, even if the files have errors.

        Args:
            bank: where the problem is; by default the bank of this `Grader`

        Raises:
            UsageError, SpecError, SandboxError: as `answer_key`
        """
        from grader.judging.answer_key import AnswerKey

        with self._borrowed() as sandbox:
            return AnswerKey((bank or self._bank).load(name), sandbox)

    def adopt(self, key: AnswerKey) -> None:
        """Judge by this key from now on. A call of `score` that has begun keeps its own key."""
        with self._lock:
            self._building.setdefault(key.problem.slug, threading.Lock())
            self._keys[key.problem.slug] = key

    def reload(self, name: str) -> None:
        """Judge by a problem's present files from now on.

        Raises:
            UsageError, SpecError, SandboxError: as `answer_key`; the key in use is then kept
        """
        self.adopt(self.prepare(name))

    def warm(self, names: Iterable[str]) -> None:
        """Prepare problems, so that even the first wrong source for each is diagnosed fast.

        Raises:
            UsageError, SpecError, SandboxError: as `problem`
        """
        for name in names:
            key = self.answer_key(name)
            with self._building[name]:  # else two threads that warm it would both run all of it
                key.warm()

    @property
    def protection(self) -> Protection:
        """The tier that sources are run in, and its layers.

        Raises:
            UsageError: if the machine does not support the tier, or the `Grader` is closed
            SandboxError: if a sandbox cannot be started
        """
        with self._borrowed() as sandbox:
            return sandbox.protection

    @property
    def yields(self) -> bool:
        """Whether low-priority sources give way to other processes, and their wait is not counted.

        This needs the strict tier, in which no program can change its own priority, and a kernel
        that reports how long a process has waited for a core. Elsewhere, all sources have the same
        priority.

        Raises:
            UsageError, SandboxError: as `protection`
        """
        if self._yields is None:
            from grader.sandbox.priority import is_waiting_measured

            self._yields = self.protection.tier == "strict" and is_waiting_measured()
        return self._yields

    def score(
        self,
        problem: str,
        source: str | bytes,
        *,
        hints: bool = True,
        files: Mapping[str, str | bytes] | None = None,
        cases: Cases = "all",
        watch: Callable[[CaseResult], None] | None = None,
        key: AnswerKey | None = None,
        effort: Effort = FULL,
        kept: Kept | None = None,
    ) -> Judgement:
        """Return the full judgement of a source. Give students only what `for_student` leaves.

        Nothing that the source does harms this process, or raises anything here but NeedsMoreTime.

        Args:
            problem: slug of the problem
            source: a Python program
            files: other Python files, by path, that the program may import: {"utils.py": …}
            hints: whether to look for misconceptions behind wrong answers, which takes about as
                long as judging, and much longer for the first wrong source of a problem
            cases: which are judged: "all", or "public" for those that students have
            watch: called after each case with its result, in the thread of this call; also after
                hidden cases, whose results students must not see
            key: the key to judge by in this call only, from `answer_key` or `prepare` for this
                problem; `cases` is then ignored
            effort: how much of the machine to spend on it; a source that needs more time raises
                NeedsMoreTime, and can be judged again with more effort
            kept: keeps the runs of public cases, to be used if the source is judged again; see
                `grader.judging.public_first`

        Raises:
            UsageError: if there is no such problem, the tier is not supported, or the `Grader` is
                closed
            SpecError: if the problem's files are invalid
            SandboxError: if a sandbox cannot be started
            NeedsMoreTime: if the source needs more time than `effort` allows
        """
        from grader.judging.audience import Audience, judge_for

        # Before `_judging`: building a key measures the reference, which needs ordinary priority.
        answers = key if key is not None else self.answer_key(problem, cases)
        with self._judging(answers, effort) as sandbox:
            submission = _submission(source, files or {})
            return judge_for(
                *(Audience.INSTRUCTOR, answers, submission, sandbox),
                hints=hints,
                watch=watch,
                kept=kept,
            )

    def try_case(
        self,
        problem: str,
        source: str | bytes,
        case: Case,
        *,
        with_reference: bool = False,
        effort: Effort = FULL,
    ) -> CaseResult:
        """Return what a source does in a person's own case, which earns no points.

        Args:
            with_reference: whether to compare the source's answers with those of the reference, if
                the problem has one; otherwise the verdict only says whether the case could be run
            effort: as for `score`

        Raises:
            UsageError, SpecError, SandboxError, NeedsMoreTime: as `score`
        """
        from grader.judging.own_case import try_case

        key = self.answer_key(problem)
        with self._judging(key, effort) as sandbox:
            return try_case(key, _submission(source, {}), case, sandbox, with_reference)

    @contextmanager
    def _judging(self, key: AnswerKey, effort: Effort) -> Iterator[Sandbox]:
        """Lend a sandbox that may run a source for as long as `effort` allows."""
        from grader.judging.time_given import budget_of

        with self._borrowed(effort.low_priority) as sandbox:
            keep_settled(sandbox)
            budget = budget_of(effort.time, key)
            yield sandbox if budget is None else sandbox.within(budget)

    @contextmanager
    def _borrowed(self, low_priority: bool = False) -> Iterator[Sandbox]:
        is_low = low_priority and self.yields
        sandbox = self._borrow(is_low)
        try:
            yield sandbox
        finally:
            self._idle[is_low].put(sandbox)

    def _open(self, server: ForkServer | None) -> Sandbox:
        from grader.sandbox.host import Sandbox

        self._sandboxes.append(Sandbox(server, self._tier))
        return self._sandboxes[-1]

    def _borrow(self, low_priority: bool) -> Sandbox:
        try:
            idle = self._idle[low_priority].get_nowait()
        except Empty:
            idle = None
        with self._lock:
            if self._is_closed:
                raise UsageError("this Grader is closed; create another one")
            if idle is None:
                idle = self._open(start_fork_server(low_priority=low_priority))
        return idle

    def _build_key(self, name: str, sandbox: Sandbox) -> AnswerKey:
        """Return a problem's answer key, which the first caller builds and the others wait for."""
        from grader.judging.answer_key import AnswerKey

        self._bank.folder(name)  # raises for an unknown name before a lock is made for it
        with self._lock:
            building = self._building.setdefault(name, threading.Lock())
        with building:  # not self._lock: other problems must not wait while a reference runs
            if name not in self._keys:
                key = AnswerKey(self._bank.load(name), sandbox)
                with self._lock:  # another one may have been adopted meanwhile
                    self._keys.setdefault(name, key)
            return self._keys[name]


def _part(key: AnswerKey, cases: Cases) -> AnswerKey:
    return key.public if cases == "public" else key


def _bank(problems: _Folder | None, solutions: _Folder | None) -> Bank:
    if problems is None:
        found = find_bank()
        return Bank(found.problems, os.fspath(solutions) if solutions else found.solutions)
    bank = Bank(os.fspath(problems), os.fspath(solutions) if solutions is not None else None)
    if not Path(bank.problems).is_dir() or not (bank.slugs() or bank.unfinished()):
        raise UsageError(f"{bank.problems} has no problems: a problem is a folder with a spec.md")
    return bank


def _submission(source: str | bytes, files: Mapping[str, str | bytes]) -> Submission:
    from grader.model.problem import Submission
    from grader.submissions.modules import modules_of
    from grader.submissions.source import MAX_BYTES, as_utf8, flaw_of

    content = as_utf8(_bytes(source))
    if len(content) > MAX_BYTES:
        return Submission(b"", "submission.py", flaw=f"larger than {MAX_BYTES >> 20} MiB")
    flaw = flaw_of(content)
    if not files or flaw:
        return Submission(content, "submission.py", flaw=flaw)
    names = {name: name for name in files}
    modules, note = modules_of("submission.py", content, names, lambda name: _bytes(files[name]))
    notes = (note,) if note else ()
    return Submission(content, "submission.py", modules=modules, notes=notes)


def _bytes(source: str | bytes) -> bytes:
    return source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source
