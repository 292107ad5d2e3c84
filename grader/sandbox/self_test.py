"""Runs a harmless submission that tries forbidden operations; reports which of them are blocked."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from grader.model.entry_point import Call, Program
from grader.model.judgement import RunStatus
from grader.model.problem import Limits
from grader.sandbox.host import Sandbox
from grader.values.dataclasses import dataclass


@dataclass(frozen=True)
class SelfTest:
    """What the submission could do.

    Attributes:
        failure: why it could not be run; empty if it was
    """

    allowed: tuple[str, ...]
    blocked: tuple[str, ...]
    failure: str = ""


def try_sandbox(sandbox: Sandbox) -> SelfTest:
    """Return what a submission may do in a sandbox."""
    source = Path(__file__).with_name("probe.py").read_bytes()
    with TemporaryDirectory() as folder:
        Path(folder, "secret").write_text("secret")
        (run,) = sandbox.run(Program(source, ("probe",)), [(Call([folder], {}),)], Limits())
    failure = "" if run.status is RunStatus.RETURNED else f"{run.status.value}: {run.error}"
    match run.value:
        case {"allowed": list(some), "blocked": list(others)}:
            return SelfTest(tuple(map(str, some)), tuple(map(str, others)), failure)
        case _:
            return SelfTest((), (), failure or "it returned something else than was expected")
