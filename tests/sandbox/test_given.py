"""Questions of a child about given functions are bounded in time and in what is sent for them."""

from __future__ import annotations

from itertools import islice

from grader.model.entry_point import Call
from grader.model.judgement import RunStatus
from grader.model.problem import Limits
from grader.sandbox import frames
from grader.sandbox.session import Session
from grader.values import Value
from grader.values.encode import encode
from tests._support.quiet_child import QuietChild


class Flooding(QuietChild):
    """A child that asks again whatever it is sent, without end or up to a number of questions."""

    def __init__(self, questions: int | None = None) -> None:
        super().__init__()
        self.sent: list[int] = []
        self._token = b""
        self._left = islice(iter(int, 1), questions)

    def send(self, data: bytes) -> None:
        self._token = self._token or data[frames.HEADER + 1 :][: frames.TOKEN]
        self.sent.append(len(data))
        question = frames.frame(self._token, frames.ASK, encode(["f", [1], {}]))
        done = frames.frame(self._token, frames.RETURNED, encode(0))
        self.received += question if next(self._left, None) is not None else done


def _run(child: Flooding, answer: Value, wall_s: float) -> RunStatus:
    limits = Limits(wall_s=wall_s)
    session = Session(child, limits, limits, give=lambda question: [answer])
    (run,) = session.run([(Call([], {}),)], None)
    return run.status


def test_questions_do_not_extend_the_time_of_a_call() -> None:
    assert _run(Flooding(), 1, wall_s=0.05) is RunStatus.TIMED_OUT


def test_answers_that_are_never_read_are_bounded() -> None:
    child = Flooding(questions=40)
    assert _run(child, b"x" * (1 << 20), wall_s=60.0) is RunStatus.RETURNED
    assert sum(size > 1 << 20 for size in child.sent) == 15


def test_a_call_without_questions_is_not_asked_any() -> None:
    """A message with a question in another call is not understood."""
    limits = Limits(wall_s=5.0)
    (run,) = Session(Flooding(), limits, limits).run([(Call([], {}),)], None)
    assert (run.status, run.error) == (RunStatus.GARBLED, "its answer has an unknown format")
