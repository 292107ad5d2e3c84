"""What other programs call: the problems of a bank, and judgements of sources.

`Grader` keeps its sandboxes and answer keys from one submission to the next: about three
milliseconds each then. It is for services, and for training loops that score generated code.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from pathlib import Path
from queue import Empty, LifoQueue
from types import TracebackType

from grader.bank.locate import Bank, find_bank
from grader.errors import UsageError
from grader.judging.answer_key import AnswerKey
from grader.judging.audience import Audience, judge_for
from grader.model.judgement import Judgement
from grader.model.problem import Problem, Submission
from grader.sandbox.forked import fork_server
from grader.sandbox.host import Sandbox
from grader.submissions.source import MAX_BYTES, flaw_of

_Folder = str | os.PathLike[str]


def load_bank(folder: _Folder | None = None) -> Mapping[str, Problem]:
    """The problems of a bank, by name.

    Args:
        folder: the one that holds `problems` and, for those who may see them, `solutions`; by
            default the nearest one upward from here, else the one that came with the package

    Raises:
        UsageError: if there is no bank
        SpecError: if a problem's files are wrong; the text says where
    """
    bank = find_bank(os.fspath(folder) if folder is not None else None)
    return {slug: bank.load(slug) for slug in bank.slugs()}


def judge(
    problem: str, source: str | bytes, bank: _Folder | None = None, sandbox: str = "best"
) -> Judgement:
    """All there is to say of one source: what `grader grade --reveal` would show.

    To judge several, make a `Grader`, which is hundreds of times faster from the second on.

    Args:
        problem: its name
        source: a Python program
        bank: as of `load_bank`
        sandbox: the tier: "strict", "basic", or "best", the best there is

    Raises:
        UsageError: if there is no such problem, or the machine lacks the tier
        SpecError: if the problem's files are wrong
    """
    here = find_bank(os.fspath(bank) if bank is not None else None)
    with Grader(here.problems, here.solutions, sandbox=sandbox) as grader:
        return grader.score(problem, source)


class Grader:
    """Judges sources, one after the other or from several threads at once.

    A program that uses it ends it, with `close` or a `with` statement. Each thread that scores at
    the same time as others uses a sandbox of its own, which is kept for the next one that comes.

    Args:
        problems: the folder of the problems; by default those of the bank `load_bank` finds
        solutions: the folder of their solutions; without them only public cases are judged
        sandbox: the tier: "strict", "basic", or "best", the best there is

    Raises:
        UsageError: if `problems` holds no problem
    """

    def __init__(
        self,
        problems: _Folder | None = None,
        solutions: _Folder | None = None,
        *,
        sandbox: str = "best",
    ) -> None:
        self._bank = _bank(problems, solutions)
        self._tier = sandbox
        self._lock = threading.Lock()
        self._keys: dict[str, AnswerKey] = {}
        self._building: dict[str, threading.Lock] = {}
        self._sandboxes: list[Sandbox] = []
        self._idle: LifoQueue[Sandbox] = LifoQueue()  # the one used last is the warmest
        self._is_closed = False

    def __enter__(self) -> Grader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the sandboxes. May be called twice; afterwards nothing can be scored."""
        with self._lock:
            self._is_closed = True
            while self._sandboxes:
                self._sandboxes.pop().close()

    @property
    def names(self) -> list[str]:
        """The names of the problems."""
        return self._bank.slugs()

    def problem(self, name: str) -> Problem:
        """A problem, every case of which has its expected answer.

        Raises:
            UsageError, SpecError: as `score`
        """
        sandbox = self._borrow()
        try:
            return self._key(name, sandbox).problem
        finally:
            self._idle.put(sandbox)

    def score(self, problem: str, source: str | bytes, *, hints: bool = True) -> Judgement:
        """All there is to say of a source. What may be shown to a student is `for_student` of it.

        Nothing the source does raises, or harms this process.

        Args:
            problem: its name
            source: a Python program
            hints: whether to look for what explains wrong answers, which takes about as long as the
                judgement itself, and much longer for the first wrong one of a problem

        Raises:
            UsageError: if there is no such problem, the machine lacks the tier, or this is closed
            SpecError: if the problem's files are wrong
            SandboxError: if a sandbox cannot be started
        """
        sandbox = self._borrow()
        try:
            key = self._key(problem, sandbox)
            submission = _submission(source)
            return judge_for(Audience.INSTRUCTOR, key, submission, sandbox, hints=hints)
        finally:
            self._idle.put(sandbox)

    def _borrow(self) -> Sandbox:
        try:
            idle = self._idle.get_nowait()
        except Empty:
            idle = None
        with self._lock:
            if self._is_closed:
                raise UsageError("this Grader has been closed; make another one")
            if idle is None:
                idle = Sandbox(fork_server(), self._tier)
                self._sandboxes.append(idle)
        return idle

    def _key(self, name: str, sandbox: Sandbox) -> AnswerKey:
        """Return the answer key of a problem; the first to ask for it builds it."""
        key = self._keys.get(name)
        if key is not None:
            return key
        self._bank.folder(name)  # raises for a name of no problem, which gets no lock
        with self._lock:
            building = self._building.setdefault(name, threading.Lock())
        with building:  # its reference runs: who needs another problem does not wait
            if name not in self._keys:
                self._keys[name] = AnswerKey(self._bank.load(name), sandbox)
            return self._keys[name]


def _bank(problems: _Folder | None, solutions: _Folder | None) -> Bank:
    if problems is None:
        found = find_bank()
        return Bank(found.problems, os.fspath(solutions) if solutions else found.solutions)
    bank = Bank(os.fspath(problems), os.fspath(solutions) if solutions is not None else None)
    if not Path(bank.problems).is_dir() or not bank.slugs():
        raise UsageError(f"{bank.problems} holds no problems: a problem is a folder with a spec.md")
    return bank


def _submission(source: str | bytes) -> Submission:
    content = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source
    if len(content) > MAX_BYTES:
        return Submission(b"", "submission.py", flaw=f"larger than {MAX_BYTES >> 20} MiB")
    return Submission(content, "submission.py", flaw=flaw_of(content))
