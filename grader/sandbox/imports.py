"""The host's plan for importing a program: what to try again, and what to leave out.

If a part of a program never ends, or ends the process, the program is imported again in another
child, without this part. The child reports which part it was. If the part ignores the child's
clock, the clock reports it. Otherwise the program is first imported once more, and the child then
reports each part before it runs (a "careful" import). A child that lies harms only its own program,
and all imports after the first share a limited time.
"""

from __future__ import annotations

from dataclasses import replace

from grader.model.entry_point import Module, Program
from grader.model.judgement import Run, RunStatus
from grader.model.problem import Limits
from grader.values import Value
from grader.values.encode import encode

FILE = "submission.py"  # the name of the program in tracebacks
REMIND_AFTER_S, REMIND_EVERY_S = 0.5, 0.2  # seconds of an import
_MAX_RETRIES = 5
_RETRY_SHARE = 2 / 3  # of the time left, so that some is left for the next retry
MAX_LINES = 1 << 20  # of a program, which has no more bytes; see `submissions.source`
_MAX_NOTES = 16
_MAX_NOTE = 500  # characters

PartOfProgram = tuple[int, int]  # number of a text, and a line in it


class ImportPlan:
    """How to import one program, revised after each import that fails.

    Attributes:
        notes: what the student should know about the first import that succeeded
    """

    def __init__(self, program: Program) -> None:
        self.notes: tuple[str, ...] = ()
        self._program = program
        self._has_loaded = False
        self._is_careful = False
        self._skipped: dict[PartOfProgram, str] = {}
        self._retries = 0

    @property
    def is_retry(self) -> bool:
        """Whether the next import repeats one that failed."""
        return self._retries > 0 and not self._has_loaded

    def limits(self, limits: Limits) -> Limits:
        """Return the limits of the next import, of those for all that may follow."""
        if not self.is_retry:
            return limits
        return replace(
            limits, wall_s=_RETRY_SHARE * limits.wall_s, cpu_s=_RETRY_SHARE * limits.cpu_s
        )

    def message(self, max_bytes: int, limits: Limits) -> bytes:
        """Return the message that makes a child import the program; see `frames.LOAD`."""
        more: dict[str, Value] = {}
        if self._is_careful:
            more["careful"] = True
        if self._skipped:
            more["skipped"] = [(*part, reason) for part, reason in self._skipped.items()]
        return load_message(
            self._program,
            max_bytes,
            # Without a clock after the first import: what it stopped is left out from then on.
            seconds=(0.0, 0.0) if self._has_loaded else (limits.cpu_s, limits.wall_s),
            **more,
        )

    def note_loaded(self, report: Value) -> None:
        """Note that an import succeeded, and keep the child's report if it is the first.

        Later ones happen after calls, so their notes could give away arguments.
        """
        if not self._has_loaded:
            self._keep(report)
        self._has_loaded = True

    def note_failed(self, failed: Run, report: Value) -> Run:
        """Return the run of each call that is left after an import without a function.

        Args:
            failed: NOT_LOADED if the child replied, else how the child ended
        """
        if not self._has_loaded:
            self._keep(report)
            if failed.status is RunStatus.NOT_LOADED:
                return failed
            error = f"while the file was being imported: {failed.error}"
            if failed.status is RunStatus.TIMED_OUT:
                error += " (is there a loop outside of any function?)"
            return replace(failed, status=RunStatus.NOT_LOADED, error=error)
        # The function could be had, so the submission is not invalid.
        status = RunStatus.RAISED if failed.status is RunStatus.NOT_LOADED else failed.status
        error = f"the file could not be imported again for this case: {failed.error}"
        return replace(failed, status=status, error=error)

    def may_retry(self, part: PartOfProgram | None, reason: str) -> bool:
        """Revise the plan after an import that did not end by itself; return whether to retry.

        Args:
            part: that the child reported last; None if it reported none
            reason: why the import was ended, or how it ended
        """
        self._retries += 1
        if self._has_loaded or self._retries > _MAX_RETRIES or part in self._skipped:
            return False
        if part is not None:
            self._skipped[part] = reason
        elif self._is_careful:
            return False
        else:
            self._is_careful = True
        return True

    def _keep(self, report: Value) -> None:
        match report:
            case {"notes": list(notes), "stopped": list(stopped)}:
                texts = [each for each in notes[:_MAX_NOTES] if isinstance(each, str)]
                self.notes = tuple(text[:_MAX_NOTE] for text in texts)
                for part in map(part_of, stopped[:_MAX_NOTES]):
                    if part is not None:
                        self._skipped.setdefault(part, "it ran for too long")


def part_of(report: Value) -> PartOfProgram | None:
    """Return the part of a program that a child reports, if the report is valid."""
    match report:
        case [int(number), int(line)] if 0 <= number <= MAX_LINES and 0 < line <= MAX_LINES:
            return int(number), int(line)
    return None


def load_message(program: Program, max_bytes: int, **more: Value) -> bytes:
    """Return the message that makes a child import a program."""
    request: dict[Value, Value] = {
        "source": program.source,
        "file": FILE,
        "names": list(program.names),
        "max_bytes": max_bytes,
    }
    request.update(more)
    if program.noun != "function":
        request["noun"] = program.noun
    if program.driver:
        request["driver"] = program.driver
    if program.given_functions:
        request["given"] = list(program.given_functions)
    if program.records:
        request["records"] = list(program.records)
    if program.cells:
        request["cells"] = list(program.cells)
    if program.modules:
        request["modules"] = [_fields(module) for module in program.modules]
    if program.given_modules:
        request["given_modules"] = [_fields(module) for module in program.given_modules]
    return encode(request)


def _fields(module: Module) -> Value:
    return {
        "name": module.name,
        "file": module.file,
        "source": module.source,
        "is_package": module.is_package,
    }
