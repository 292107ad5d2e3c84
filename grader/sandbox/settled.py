"""Keep access times constant for all sandboxes of this process, as long as it judges."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from grader.errors import SandboxError

if TYPE_CHECKING:  # without it, a process that only imports the grader loads no sandbox
    from grader.sandbox.host import Sandbox

_LOG = logging.getLogger(__name__)
_MIN_SETTLED_S = 60.0  # between two times that it is done
_settling = threading.Lock()
_until = 0.0  # in seconds since the epoch


def keep_settled(sandbox: Sandbox) -> None:
    """Make access times constant, unless they still are. To be called before a submission is run.

    One thread does it, at first use and when the first of them expires, at most once a minute;
    others wait. It takes half a second or so where the sandbox may not mount anything. If it
    fails, that is logged, and the submission is run all the same.

    Raises:
        UsageError: if this machine does not support the sandbox's tier
    """
    global _until
    if sandbox.protection.tier != "strict":
        return  # and a strict sandbox of this process may follow
    with _settling:
        if time.time() < _until:
            return
        _until = time.time() + _MIN_SETTLED_S
        try:
            _until = max(_until, sandbox.settle())
        except SandboxError as error:
            _LOG.warning("access times of files may pass on a few bits: %s", error)
