"""A class at work while fork servers are killed: what it was told agrees with the book.

Each student is a thread with a ledger of receipts, verdicts and saved drafts. What each text must
earn is known, however fast the machine is and whatever is killed.
"""

from __future__ import annotations

import os
import random
import secrets
import signal
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from grader.model.judgement import Verdict
from grader.site.queue import jobs
from grader.site.records.notes import digest_of
from tests._support.site import RIGHT, SUM, Class, Site, classroom_site

STUDENTS = ("ada", "ben", "cai", "dia", "eli", "fay")
_KILLS = 12
TEXTS = {
    "accepted": RIGHT,
    "wrong_answer": SUM,
    "run_time_error": "def mean(values):\n    return values[99]\n",
    "time_limit": "def mean(values):\n    while True:\n        pass\n",
}


class Student:
    """One student, who works in a thread.

    Attributes:
        told: digest of the text, and verdict, by the id of the attempt
        saved: revision and digest of the last draft that was acknowledged
    """

    def __init__(self, site: Site, name: str) -> None:
        self.told: dict[str, tuple[str, str]] = {}
        self.saved = 0, ""
        self.failed: list[str] = []
        self._site, self._dice = site, random.Random(name)
        self.name = name
        self.thread = Thread(target=self._work, daemon=True)

    def _work(self) -> None:
        for verb in ("run", "submit", "run", "submit"):
            kinds = ["time_limit"] if self.name == "ada" else list(TEXTS)[:3]
            kind = self._dice.choice(kinds)
            text = f"{TEXTS[kind]}# {secrets.token_hex(8)}\n"
            saved: dict[str, Any] = self._site.save(text, self.saved[0], "mean-1").json()
            self.saved = saved["revision"], saved["digest"]
            id = secrets.token_urlsafe(12)
            lines = self._site.stream(f"/p/mean-1/{verb}", source=text, id=id)
            self.told[id] = digest_of(text.encode()), lines[-1].get("verdict", "nothing")
            if lines[-1].get("verdict") != kind:
                self.failed.append(f"{kind}: {lines[-1]}")


def kill_servers(running: Class, is_over: Event) -> int:
    """Kill one fork server after another until the class has finished; return how many."""
    dice, killed = random.Random(1), 0
    grader = running.settings.judges._grader
    while killed < _KILLS and not is_over.wait(0.1):
        servers = [each._server for each in list(grader._sandboxes)]
        ready = [each for each in servers if each is not None and each._greeting is not None]
        if ready:
            try:
                os.kill(dice.choice(ready)._process.pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
            killed += 1
    return killed


def test_a_class_gets_its_verdicts_while_fork_servers_are_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As often as there are kills, so that the machine's speed does not decide.
    monkeypatch.setattr(jobs, "_AGAIN_S", (0.05,) * _KILLS)
    with classroom_site(tmp_path) as running:
        students = [Student(running.as_(name), name) for name in STUDENTS]
        is_over = Event()
        killer = Thread(target=kill_servers, args=(running, is_over), daemon=True)
        for each in students:
            each.thread.start()
        killer.start()
        for each in students:
            each.thread.join()
        is_over.set()
        killer.join()
        assert [each.failed for each in students] == [[]] * len(students)
        for each in students:
            found = {attempt.id: attempt for attempt in running.book.attempts(each.name)}
            assert found.keys() == each.told.keys()
            for id, (digest, verdict) in each.told.items():
                outcome = found[id].outcome
                assert found[id].digest == digest
                assert outcome is not None and outcome.verdict is Verdict(verdict)
            draft = running.book.draft(each.name, "mean-1")
            assert draft is not None and (draft.revision, draft.digest) == each.saved
