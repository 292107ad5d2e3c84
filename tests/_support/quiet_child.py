"""A child process that does nothing, in place of one of the sandbox's."""

from __future__ import annotations

from grader.sandbox.process import Printed


class QuietChild:
    """A child that reads what it is sent, and neither replies nor ends."""

    def __init__(self) -> None:
        self.received = bytearray()
        self.printed = Printed()
        self.is_open = True
        self.threads = 1

    def send(self, data: bytes) -> None: ...

    def wait(self, seconds: float) -> None: ...

    def cpu_s(self) -> float:
        return 0.0

    def waited_s(self) -> float:
        return 0.0

    def look(self) -> None: ...

    def peak_mib(self) -> float:
        return 0.0

    def remind(self) -> None: ...

    def end(self) -> str:
        return ""
