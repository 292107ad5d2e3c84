"""Notices that the files of problems have changed on the disk.

Once a second the sizes and times of all files are compared, which reads none of them. A problem is
reported when its files have been the same twice in a row after a change: an editor that saves
several files, or one in several writes, has finished by then.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable

from grader.bank.locate import Bank
from grader.bank.snapshot import Look, look_at
from grader.errors import describe_failure

INTERVAL_S = 1.0
_LOG = logging.getLogger(__name__)


class Watch:
    """Watches the problems of a bank.

    What they are when this is made counts as known.

    Args:
        slugs: returns the problems to watch
        changed: called with the slug of a problem that has changed, has come or has gone; if it
            returns False, it is called again
    """

    def __init__(
        self, bank: Bank, slugs: Callable[[], Iterable[str]], changed: Callable[[str], bool]
    ) -> None:
        self._bank = bank
        self._slugs = slugs
        self._changed = changed
        self._known = {slug: look_at(bank, slug) for slug in slugs()}
        self._last: dict[str, Look] = dict(self._known)
        self._is_stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Look once a second, in a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it, and wait for what it does at the moment."""
        self._is_stopping.set()
        if self._thread is not None:
            self._thread.join(timeout=1.0)

    def look(self) -> None:
        """Look once; report the problems that have changed and are not being written."""
        for slug in sorted({*self._slugs(), *self._known}):
            found = look_at(self._bank, slug)
            is_settled = found == self._last.get(slug, {})
            self._last[slug] = found
            if is_settled and found != self._known.get(slug, {}) and self._report(slug):
                self._known[slug] = found

    def _report(self, slug: str) -> bool:
        try:
            return self._changed(slug)
        except Exception as error:  # of one problem; the others are watched still
            _LOG.error("the changes of %s cannot be used: %s", slug, describe_failure(error))
            return True

    def _run(self) -> None:
        while not self._is_stopping.wait(INTERVAL_S):
            try:
                self.look()
            except OSError as error:  # the bank is gone, or its disk
                _LOG.warning("the bank cannot be looked at: %s", error.strerror)
