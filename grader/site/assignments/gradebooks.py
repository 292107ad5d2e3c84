"""Gradebooks of the course, made by `grader batch` and `grader course` beside the server.

They run as processes of their own, so that pages and judging share no interpreter with them, and
write what the same command writes on a terminal, byte for byte. An assignment is graded into the
folder that course.yaml names for it. The judgements of the page are put into its store first, so
that no program is run again. One gradebook is made at a time.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import field
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree

from grader.course.store import Store
from grader.errors import GraderError, describe_failure
from grader.site.classroom import Classroom, CourseWork
from grader.site.queue.judges import JUDGEMENTS
from grader.site.records.book import NAME
from grader.site.records.notes import digest_of as page_digest_of
from grader.site.records.notes import now, time_of
from grader.site.records.private import make_private
from grader.submissions.books import read_submit, submits_in
from grader.submissions.source import make_submission
from grader.submissions.spool import digest_of
from grader.values.dataclasses import dataclass

SYSTEMS = ("canvas", "moodle", "brightspace", "blackboard")
_GRADES = "grades.json"
_FILES = ("grades.csv", "cases.csv", _GRADES, "class.html", "course.csv", "course.json")
COURSE = "@course"  # in place of the name of an assignment
_STORE = "store.sqlite"  # as `grader batch` names it; a test compares the two
_UPLOADS = "uploads"
_MAX_LINES = 200  # of what a command has printed
_NICE = 5  # a little behind pages and judging; far behind, programs would exceed their wall time
_END_S = 2.0


@dataclass(frozen=True)
class Making:
    """A gradebook that is made, or was made last.

    Attributes:
        finished_at: empty while it is made
        has_failed: whether the command ended with an error
        lines: what it printed
    """

    begun_at: str
    finished_at: str = ""
    has_failed: bool = False
    lines: tuple[str, ...] = ()


@dataclass
class Gradebooks:
    """The gradebooks of a course.

    Args:
        bank: the folder with the problems and solutions
        tier: of the sandbox of the page
        folder: of the book
    """

    classroom: Classroom
    bank: str
    tier: str
    folder: Path
    _made: dict[str, Making] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _process: subprocess.Popen[str] | None = None
    _is_stopping: bool = False

    def made(self, name: str) -> Making | None:
        """Return how it goes with the gradebook of an assignment, or of the course (`COURSE`)."""
        return self._made.get(name)

    def begun_at(self, name: str) -> str:
        """Return when a gradebook was begun, or written by the command; empty if there is none."""
        made = self._made.get(name)
        if made is not None and not made.finished_at:
            return made.begun_at
        try:
            # Of one that was made here, `_date` has set it; it is still known after a restart.
            dated = os.stat(self.out(name) / _GRADES).st_mtime
        except OSError:
            return ""
        return time_of(datetime.fromtimestamp(dated, UTC))

    @property
    def is_busy(self) -> bool:
        """Whether a gradebook is being made."""
        made = list(self._made.values())  # at once: another thread may add one
        return any(not each.finished_at for each in made)

    def out(self, name: str) -> Path:
        """Return the folder of a gradebook."""
        if name == COURSE:
            return self.folder / COURSE.lstrip("@")
        numbers = {work.name: number for number, work in enumerate(self.classroom.works)}
        return Path(self.classroom.term.assignments[numbers[name]].graded)

    def files(self, name: str) -> tuple[str, ...]:
        """Return the names of the files that can be loaded, if they are made and whole."""
        made = self._made.get(name)
        if made is not None and not made.finished_at:
            return ()
        names = (*_FILES, *(f"{system}.csv" for system in SYSTEMS))
        return tuple(each for each in names if (self.out(name) / each).is_file())

    def start(self, name: str, uploads: Mapping[str, bytes]) -> bool:
        """Begin to make a gradebook in a thread; return False if one is being made.

        Args:
            uploads: files downloaded from other systems, by the systems' names
        """
        with self._lock:
            if self.is_busy or self._is_stopping:
                return False
            self._made[name] = Making(now())
        threading.Thread(target=self._make, args=(name, dict(uploads)), daemon=True).start()
        return True

    def stop(self) -> None:
        """End what is being made: batch goes on with it the next time."""
        self._is_stopping = True
        with self._lock:
            process = self._process
        if process is not None:
            with suppress(OSError):
                process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(_END_S)

    def _make(self, name: str, uploads: Mapping[str, bytes]) -> None:
        begun_at = self._made[name].begun_at
        lines: list[str] = []
        before = self._grades(name)
        try:
            given = self._keep(name, uploads)
            if name != COURSE:
                self._share_judgements(name)
            code = self._run(self.command(name, given), lines)
        except (OSError, GraderError) as error:
            lines.append(str(error))
            code = 1
        except Exception as error:  # or it would be made for ever, and no other one could be
            lines.append(f"internal error: {describe_failure(error)}")
            code = 1
        finally:
            rmtree(self.folder / _UPLOADS, ignore_errors=True)  # names and grades, read by now
        # A command that fails may have written the grades of other attempts, or none.
        if not code or self._grades(name) != before:
            self._date(name, begun_at)
        self._made[name] = Making(begun_at, now(), bool(code), tuple(lines[-_MAX_LINES:]))

    def _grades(self, name: str) -> tuple[int, int] | None:
        """Return what changes when the file of grades is written; None if there is none."""
        try:
            found = os.stat(self.out(name) / _GRADES)
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns

    def _date(self, name: str, begun_at: str) -> None:
        """Date the file of grades to when it was begun: later corrections may not be in it."""
        begun = datetime.fromisoformat(begun_at).timestamp()
        with suppress(OSError):  # a course has no such file
            os.utime(self.out(name) / _GRADES, (begun, begun))

    def command(self, name: str, given: Mapping[str, str] | None = None) -> list[str]:
        """Return the words of the command that makes a gradebook.

        Args:
            given: paths of the files from other systems, by the systems' names
        """
        downloads = [word for each, path in (given or {}).items() for word in (f"--{each}", path)]
        out = ["--out", str(self.out(name))]
        if name == COURSE:
            return ["course", self.classroom.term.path, *out, *downloads]
        return [*self._batch(self._work(name)), *out, *downloads]

    def _work(self, name: str) -> CourseWork:
        return next(each for each in self.classroom.works if each.name == name)

    def _batch(self, work: CourseWork) -> Sequence[str]:
        book = str(self.folder / NAME)
        return (
            *("batch", work.path, book, "--roster", self.classroom.roster.path),
            *("--bank", self.bank, "--sandbox", self.tier, "--workers", "1"),
        )

    def _run(self, words: Sequence[str], lines: list[str]) -> int:
        """Run a command; return its exit code."""
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "grader", *words],  # no modules of the working folder
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            umask=0o077,  # marks are for the owner alone, as the book is
            start_new_session=True,  # Ctrl-C at the server's terminal is for the server
        )
        with self._lock:
            self._process = process
        if self._is_stopping:
            process.terminate()
        with suppress(OSError, AttributeError):
            os.setpriority(os.PRIO_PROCESS, process.pid, _NICE)
        assert process.stdout is not None
        with process.stdout as out:
            for line in out:
                lines.append(line.rstrip("\n"))
                del lines[:-_MAX_LINES]
        code = process.wait()
        with self._lock:
            self._process = None
        return code

    def _keep(self, name: str, uploads: Mapping[str, bytes]) -> dict[str, str]:
        """Write uploaded files, until the command has read them; return their paths by system."""
        found = {}
        for system, content in uploads.items():
            path = self.folder / _UPLOADS / name / f"{system}.csv"
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.write_bytes(content)
            found[system] = str(path)
        return found

    def _share_judgements(self, name: str) -> None:
        """Put the judgements of the page into the store of a gradebook.

        Batch has other digests of programs, which say too whether they can be read.
        """
        out = self.out(name)
        path = self.folder / JUDGEMENTS
        is_new = not out.exists() or not any(out.iterdir())
        if not path.exists() or not (is_new or (out / _STORE).exists()):
            return  # a folder of somebody else, of which batch decides whether it may be used
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
        problems = {part.problem for part in self._work(name).assignment.parts}
        with Store(out / _STORE) as store:
            store.add_from(path, self._digests(problems))
        make_private(out / _STORE)

    def _digests(self, problems: Collection[str]) -> dict[str, str]:
        """Return the digests that batch has of the texts that were submitted, by the page's."""
        book = str(self.folder / NAME)
        found = {}
        for submit in submits_in(book):
            if submit.problem in problems:
                content, flaw = read_submit(book, submit.name)
                program = digest_of(make_submission(content, flaw, submit.name))
                found[page_digest_of(content)] = program
        return found
