"""Keep access times constant for all sandboxes of this process: at first use, and once a day."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # without it, a process that only imports the grader loads no sandbox
    from grader.sandbox.host import Sandbox

_MIN_SETTLED_S = 60.0  # between two times that it is done
_settling = threading.Lock()
_until = 0.0  # in seconds since the epoch


def keep_settled(sandbox: Sandbox) -> None:
    """Before it runs a submission, keep access times constant, unless that still holds.

    One thread does it, which takes half a second or so where the sandbox may not mount anything;
    others wait.

    Raises:
        SandboxError: if the fork server fails
    """
    global _until
    if sandbox.protection.tier != "strict":
        return  # and a strict sandbox of this process may follow
    with _settling:
        if time.time() >= _until:
            _until = max(sandbox.settle(), time.time() + _MIN_SETTLED_S)
