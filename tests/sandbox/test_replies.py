"""Replies of a child: what it leaves out, and how the host reads those of a hostile one."""

from __future__ import annotations

from itertools import repeat

import pytest

from grader.model.entry_point import Call
from grader.model.judgement import RunStatus
from grader.model.problem import Limits
from grader.sandbox import frames
from grader.sandbox.channel import Ended
from grader.sandbox.child import LoadedProgram
from grader.sandbox.replies import Replies
from grader.values import Array, Value
from grader.values.encode import encode

LIMITS = Limits()
RETURNED = frames.RETURNED + encode(3)


def test_arguments_that_a_call_leaves_alone_do_not_come_back() -> None:
    args: list[Value] = [[1.0, 2.0], {"k": (1, None)}, Array("float64", (1,), bytes(8)), {3, 1}]
    call = Call(args, {"axis": 0}, watches=("after",))
    reply = _loaded("lambda *args, axis: 3").call(call.message)
    assert reply == frames.UNCHANGED + RETURNED
    run = Replies(LIMITS).read(reply[:1], reply[1:], call)
    assert (run.status, run.value, run.after) == (RunStatus.RETURNED, 3, (args, {"axis": 0}))


def test_arguments_that_a_call_leaves_alone_do_not_come_back_if_it_raises() -> None:
    call = Call([[1.0]], {}, watches=("after",))
    reply = _loaded("lambda a: a.missing").call(call.message)
    assert reply[:2] == frames.UNCHANGED + frames.RAISED
    run = Replies(LIMITS).read(reply[:1], reply[1:], call)
    assert (run.status, run.after) == (RunStatus.RAISED, ([[1.0]], {}))


CHANGES: dict[str, tuple[str, Value, Value]] = {
    "one element more": ("lambda a: a.append(2.0)", [1.0], [1.0, 2.0]),
    "of an equal number of another type": ("lambda a: a.insert(0, int(a.pop()))", [1.0], [1]),
    "the sign of a zero": ("lambda a: a.insert(0, -a.pop())", [0.0], [-0.0]),
    "an element of an array": (
        "lambda a: a.fill(0)",
        Array("int8", (2,), b"\1\2"),
        Array("int8", (2,), b"\0\0"),
    ),
    "the order of a dict": ("lambda a: a.update(k=a.pop('k'))", {"k": 1, "n": 2}, {"n": 2, "k": 1}),
}


@pytest.mark.parametrize("function, before, after", CHANGES.values(), ids=CHANGES)
def test_arguments_that_a_call_changes_come_back(
    function: str, before: Value, after: Value
) -> None:
    call = Call([before], {}, watches=("after",))
    reply = _loaded(function).call(call.message)
    assert reply[:1] == frames.OBSERVED
    run = Replies(LIMITS).read(reply[:1], reply[1:], call)
    assert run.after is not None
    assert encode(run.after) == encode(([after], {}))


NESTED: dict[str, tuple[bytes, ...]] = {
    "in itself": tuple(repeat(frames.UNCHANGED, 100_000)),
    "in itself once": (frames.UNCHANGED, frames.UNCHANGED, RETURNED),
    "around what was watched": (frames.UNCHANGED, frames.OBSERVED, encode({"reply": RETURNED})),
    "in what was watched": (frames.OBSERVED, encode({"reply": frames.UNCHANGED + RETURNED})),
    "around nothing": (frames.UNCHANGED,),
}


@pytest.mark.parametrize("parts", NESTED.values(), ids=NESTED)
def test_a_reply_in_a_reply_in_a_reply_ends_the_child(parts: tuple[bytes, ...]) -> None:
    reply = b"".join(parts)
    with pytest.raises(Ended) as ended:
        Replies(LIMITS).read(reply[:1], reply[1:], Call([], {}))
    assert ended.value.status is RunStatus.GARBLED


def _loaded(function: str) -> LoadedProgram:
    """Return the only function of a program, ready to be called in this process."""
    return LoadedProgram({"f": eval(function)}, 1 << 20, {})
