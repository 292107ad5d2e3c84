"""The sandbox: calls are measured from outside, limited, and do not affect each other."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.bank.load import load_problem
from grader.errors import SandboxError, TooManyProcesses
from grader.judging.answer_key import AnswerKey
from grader.judging.judge import judge
from grader.model.entry_point import Call, Program
from grader.model.judgement import Run, RunStatus
from grader.model.problem import Limits
from grader.reports.messages import message
from grader.sandbox import child, fork_server, frames, host, patience, replies
from grader.sandbox import process as processes
from grader.sandbox.channel import Channel, Ended
from grader.sandbox.fork_server import ForkServer
from grader.sandbox.forked import Forked
from grader.sandbox.host import Sandbox
from grader.sandbox.limits import ProcessLimits
from grader.sandbox.process import MAX_PRINTED, Printed, Process
from grader.sandbox.session import Session
from grader.submissions import read_submission
from grader.values.encode import encode
from tests._support.bank import DATA, PATIENCE_S
from tests._support.quiet_child import QuietChild
from tests._support.waiting import until
from tests.cli.test_bad_input import expected_of

# The first ends endless computing, the second endless waiting, and neither anything else, however
# busy the machine is.
LIMITS = Limits(wall_s=PATIENCE_S, cpu_s=0.3, memory_mib=256, output_kib=64)
IMPATIENT = Limits(wall_s=1.5, cpu_s=30.0, memory_mib=256, output_kib=64)
TESTBANK = DATA / "bank"


@pytest.fixture(scope="module", params=["forked", "spawned"])
def each_sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """The sandbox with forked and with spawned children."""
    with Sandbox(ForkServer() if request.param == "forked" else None) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def basic() -> Iterator[Sandbox]:
    with Sandbox(ForkServer(), "basic") as sandbox:
        yield sandbox


def run(sandbox: Sandbox, source: str, *args: object, limits: Limits = LIMITS) -> list[Run]:
    calls = [(Call([arg], {}),) for arg in args]  # type: ignore[list-item]
    return sandbox.run(Program(source.encode(), ("f",)), calls, limits)


def statuses(runs: list[Run]) -> list[str]:
    return [each.status.name for each in runs]


def test_values_go_in_and_out(each_sandbox: Sandbox) -> None:
    values = [None, True, 3, 2.5, "ü", [1.0, [2.0]], (1, 2), {"a": {1, 2}}, 1 + 2j, b"\0"]
    assert [each.value for each in run(each_sandbox, "def f(x): return x", *values)] == values


def test_all_answers_together_are_bounded(each_sandbox: Sandbox) -> None:
    source = """
calls = 0
def f(kind):
    global calls
    calls += 1
    return {"sets": [set()] * 2000, "one": calls, "error": [1.5] * 3000}[kind]
"""
    kinds = ["one", "sets", "error", "sets", "one", "sets", "sets", "one", *["sets"] * 20, "one"]
    calls = [(Call([kind], {}),) for kind in kinds]
    program = Program(source.encode(), ("f",))
    runs = each_sandbox.run(program, calls, LIMITS, max_objects=30_000)
    kept = [run.value for run in runs if run.status is RunStatus.RETURNED]
    assert sum(len(value) for value in kept if isinstance(value, list)) == 7000
    refused = [run for run in runs if run.status is RunStatus.TOO_MUCH_OUTPUT]
    assert {run.error for run in refused} == {"its answers together are too large"}
    assert len(kept) + len(refused) == len(runs)
    # Small answers are read all the same, and the process was not replaced.
    assert [value for value in kept if isinstance(value, int)] == [1, 5, 8, 29]


def test_one_answer_alone_can_be_too_large(each_sandbox: Sandbox) -> None:
    program = Program(b"def f(count): return [set()] * count", ("f",))
    for watches in ((), ("printed",)):
        calls = [(Call([count], {}, watches=watches),) for count in (6000, 10, 6000)]
        runs = each_sandbox.run(program, calls, LIMITS, max_objects=30_000)
        assert [run.error for run in runs] == [
            "its answer is too large",
            "",
            "its answers together are too large",
        ]


def test_a_failing_case_does_not_affect_others(each_sandbox: Sandbox) -> None:
    source = """
import os, time
def f(x):
    if x == 1: os._exit(7)
    if x == 2: time.sleep(60)
    if x == 3: bytearray(4 << 30)
    if x == 4: return "x" * 100_000
    if x == 5: raise KeyError(x)
    return x
"""
    runs = run(each_sandbox, source, 0, 1, 2, 3, 4, 5, 6, limits=IMPATIENT)
    assert statuses(runs) == [
        "RETURNED",
        "CRASHED",
        "TIMED_OUT",
        "OUT_OF_MEMORY",
        "TOO_MUCH_OUTPUT",
        "RAISED",
        "RETURNED",
    ]
    assert (runs[5].error, runs[5].line) == ("KeyError: 5", 8)
    assert runs[5].traceback == "line 8, in f\n    if x == 5: raise KeyError(x)"


def test_state_is_kept_between_calls_until_a_crash(each_sandbox: Sandbox) -> None:
    source = (
        "import os\nn = 0\ndef f(x):\n    global n\n    n += 1\n    return n if x else os._exit(0)"
    )
    runs = run(each_sandbox, source, 1, 1, 0, 1)
    assert [each.value for each in runs] == [1, 2, None, 1]


def test_output_is_separated_by_call(each_sandbox: Sandbox) -> None:
    source = "import sys\nprint('top')\ndef f(x):\n    print(x)\n    print('!', file=sys.stderr)"
    assert [each.stdout for each in run(each_sandbox, source, 1, 2)] == ["top\n1\n!\n", "2\n!\n"]


class LateOutput(queue.Queue[Any]):
    """A queue into which printed output comes long after it was read."""

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        if isinstance(item, tuple) and isinstance(item[0], Printed):
            time.sleep(0.1)  # not waited for: what was printed before a reply belongs to it
        super().put(item, block, timeout)


def test_output_that_arrives_after_the_reply_belongs_to_its_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(queue, "Queue", LateOutput)
    with Sandbox(None) as sandbox:
        runs = run(sandbox, "def f(x):\n    print(x)\n    return x", 1, 2)
    assert [each.stdout for each in runs] == ["1\n", "2\n"]


def test_output_before_the_end_is_kept(each_sandbox: Sandbox) -> None:
    source = "import time\ndef f(x):\n    print('almost')\n    time.sleep(60)"
    (only,) = run(each_sandbox, source, 0, limits=IMPATIENT)
    assert (only.status, only.stdout) == (RunStatus.TIMED_OUT, "almost\n")


def test_time_is_measured_from_outside(sandbox: Sandbox) -> None:
    source = """
import time
used = time.process_time
time.perf_counter = time.monotonic = time.process_time = lambda: 0.0
def f(x):
    end = used() + 0.1
    while used() < end: pass
"""
    (only,) = run(sandbox, source, 0, limits=Limits(wall_s=PATIENCE_S, cpu_s=5.0))
    assert only.wall_s >= 0.1 and 0.1 <= only.cpu_s < 5.0


def test_memory_of_the_child_is_measured_from_outside(sandbox: Sandbox) -> None:
    source = "def f(x):\n    kept = bytearray(b'x') * (x << 20)\n    return len(kept)"
    little, much = run(sandbox, source, 1, 100, limits=replace(LIMITS, memory_mib=400, cpu_s=5.0))
    assert little.peak_mib < 20 and 90 < much.peak_mib < 130


def test_the_environment_is_not_the_users(
    each_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "abc")
    with Sandbox(ForkServer()) as fresh:
        source = "import os\ndef f(x): return sorted(os.environ), os.listdir(), os.getcwd()"
        for sandbox in (fresh, each_sandbox):
            (only,) = run(sandbox, source, 0)
            names, files, folder = only.value  # type: ignore[misc, str-unpack]
            assert "SECRET_TOKEN" not in names and "OPENBLAS_NUM_THREADS" in names  # type: ignore[operator]
            assert files == [] and Path(str(folder)).name.startswith("grader-")


def test_only_four_descriptors_are_open(basic: Sandbox) -> None:
    source = "import os\ndef f(x): return sorted(map(int, os.listdir('/proc/self/fd')))"
    (only,) = run(basic, source, 0)
    assert only.value == [0, 1, 2, 3, 4]  # the last one is that of the listing


def test_files_cannot_be_filled_even_in_the_basic_tier(basic: Sandbox) -> None:
    source = """
import posix  # not `os`, whose functions keep these files in memory
def f(x):
    out = posix.open('x', posix.O_WRONLY | posix.O_CREAT)
    try:
        posix.write(out, b'y' * 10_000)
    finally:
        posix.unlink('x')
"""
    (only,) = run(basic, source, 0)
    assert only.error == "OSError: [Errno 27] File too large"


def test_a_child_has_no_data_of_an_earlier_one(each_sandbox: Sandbox) -> None:
    run(each_sandbox, "import sys, os\nsys.left = os.left = 1\ndef f(x): pass", 0)
    source = "import sys, os\ndef f(x): return hasattr(sys, 'left') or hasattr(os, 'left')"
    assert run(each_sandbox, source, 0)[0].value is False


def test_a_child_that_does_not_read_does_not_block_the_host(sandbox: Sandbox) -> None:
    source = """
import sys, time
sys.modules["grader.sandbox.child"]._Reader.message = lambda self: time.sleep(1000)
def f(x): pass
"""
    begin = time.monotonic()
    (only,) = run(sandbox, source, "x" * (1 << 24), limits=IMPATIENT)
    assert only.status is RunStatus.TIMED_OUT
    assert time.monotonic() - begin < 500


def test_many_threads_may_share_a_sandbox(sandbox: Sandbox) -> None:
    answers: dict[int, list[Run]] = {}

    def work(number: int) -> None:
        answers[number] = run(sandbox, f"def f(x): return x + {number}", *range(10))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    got = {number: [each.value for each in runs] for number, runs in answers.items()}
    assert got == {number: [number + x for x in range(10)] for number in range(8)}


def test_a_failed_fork_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Sandbox(ForkServer()) as sandbox:
        server = sandbox._server
        assert server is not None
        fork, refused = server.fork, iter([True, True])

        def scarce(bounds: ProcessLimits, strict: bool) -> Forked:
            if next(refused, False):
                raise TooManyProcesses("no process can be started")
            return fork(bounds, strict)

        monkeypatch.setattr(server, "fork", scarce)
        monkeypatch.setattr(processes, "RETRY_PAUSES_S", (0.0, 0.0))
        assert statuses(run(sandbox, "def f(x): return x", 1)) == ["RETURNED"]
        for attempts in (3, 2):  # then only one pause, as the machine is known to have too little
            refused = iter([True] * attempts)
            with pytest.raises(TooManyProcesses):
                run(sandbox, "def f(x): return x", 1)
            assert next(refused, "none") == "none"
        assert sandbox._server is server  # another server would not have more


@pytest.mark.parametrize("times", [1, 2])  # in one call, or in one of two
def test_printing_too_much_costs_nothing(each_sandbox: Sandbox, times: int) -> None:
    source = """
def f(x):
    for number in range(20_000):
        print(f"{number:08}", "ü" * 45)
    return x
"""
    runs = run(each_sandbox, source, *range(times))
    assert statuses(runs) == ["RETURNED"] * times and [each.value for each in runs] == [
        *range(times)
    ]
    for each in runs:
        note, _, text = each.stdout.partition("\n")
        assert note == "[1.9 MiB printed, the first 8 KiB are kept]"
        assert text.startswith("00000000 üüü") and len(text.encode()) in (
            MAX_PRINTED,
            MAX_PRINTED - 1,
        )
        assert "\ufffd" not in text


PRINTED = {
    "nothing": ([], ""),
    "a little": ([b"a", b"b"], "ab"),
    "exactly as much as is kept": ([b"x" * MAX_PRINTED], "x" * MAX_PRINTED),
    "one more": (
        [b"x" * MAX_PRINTED, b"y"],
        "[8.0 KiB printed, the first 8 KiB are kept]\n" + "x" * MAX_PRINTED,
    ),
    "at once": (
        [b"x" * (3 << 20)],
        "[3.0 MiB printed, the first 8 KiB are kept]\n" + "x" * MAX_PRINTED,
    ),
    "half a character at the end": ([b"a\xc3"], "a\ufffd"),
    "bytes that are not text": ([b"\xff"], "\ufffd"),
}


@pytest.mark.parametrize("pieces, text", PRINTED.values(), ids=PRINTED)
def test_the_beginning_of_what_is_printed_is_kept(pieces: list[bytes], text: str) -> None:
    printed = Printed()
    for _ in range(2):  # taking it consumes it
        for piece in pieces:
            printed.extend(piece)
        assert bool(printed) is bool(pieces)
        assert printed.take() == text
        assert not printed


class HeldUp(QuietChild):
    """A process whose reply arrives while the host is delayed."""

    def __init__(self, clock: list[float], pieces: list[bytes]) -> None:
        super().__init__()
        self._clock = clock
        self._pieces = iter([b"", *pieces])

    def wait(self, seconds: float) -> None:
        self._clock[0] += 100.0
        self.received += next(self._pieces, b"")


REPLY = frames.frame(bytes(frames.TOKEN), frames.RETURNED, b"N")
HELD_UP: dict[str, tuple[list[bytes], bool]] = {
    "all of it has arrived": ([REPLY], True),
    "it arrives in pieces": ([REPLY[:5], REPLY[5:]], True),
    "nothing has arrived": ([], False),
    "half of it has arrived": ([REPLY[:5]], False),
    "it goes on for ever": ([frames.frame(b"", b"", bytes(10_000))[:5], *[b"x"] * 200], False),
}


@pytest.mark.parametrize("pieces, counts", HELD_UP.values(), ids=HELD_UP)
def test_a_reply_that_arrived_before_the_deadline_counts(
    pieces: list[bytes], counts: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    process: Process = HeldUp(clock, pieces)
    channel = Channel(process, is_strict=False, budget=None)
    if counts:
        assert channel.receive(IMPATIENT, 100_000) == REPLY[frames.HEADER :]
    else:
        with pytest.raises(Ended, match=r"no answer within 1.5 s"):
            channel.receive(IMPATIENT, 100_000)


class Reporting(HeldUp):
    """A process that reports parts of its program without end."""

    def __init__(self, clock: list[float], seconds: float) -> None:
        super().__init__(clock, [])
        self._seconds = seconds
        self.waits = 0

    def wait(self, seconds: float) -> None:
        self.waits += 1
        self._clock[0] += self._seconds
        self.received += frames.frame(bytes(frames.TOKEN), frames.PROGRESS, encode([0, 1])) * 50


@pytest.mark.parametrize("seconds", [0.0, 0.5], ids=["faster than the clock", "past the deadline"])
def test_reports_without_end_do_not_extend_an_import(
    seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    process = Reporting(clock, seconds)
    session = Session(process, IMPATIENT, IMPATIENT)
    failed, _ = session._await_loaded(bytes(frames.TOKEN))
    assert failed is not None and failed.status is RunStatus.TIMED_OUT
    assert failed.error == "it was not imported within 1.5 s"
    assert process.waits <= 401


def test_a_grader_without_memory_for_an_answer_blames_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def failing(data: bytes, **options: object) -> object:
        raise MemoryError

    monkeypatch.setattr(replies, "decode", failing)
    with pytest.raises(TooManyProcesses, match="no memory is left to read an answer"):
        replies.Replies(IMPATIENT).read(frames.RETURNED, b"N", Call([], {}))


SLOW_TO_IMPORT = """
import time
time.sleep(0.2)
def f(x):
    import os
    os._exit(x) if x else None
"""


def test_an_endless_program_is_stopped_early_and_fast_cases_keep_their_points(
    each_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "_MIN_LEASH_WALL_S", PATIENCE_S)  # however busy the machine is
    source = "def f(x):\n    while x: pass\n    return 7"
    runs = run(each_sandbox, source, 0, 1, 0, 1, 1, 1, 1, 0, limits=LIMITS)
    late, none = RunStatus.TIMED_OUT.name, RunStatus.RETURNED.name
    assert statuses(runs) == [none, late, none, late, late, late, late, none]
    early = [each.error.startswith("stopped early, as earlier cases used up") for each in runs]
    assert early == [False] * 5 + [True] * 2 + [False]


def test_a_program_that_never_exceeds_a_limit_is_never_stopped(sandbox: Sandbox) -> None:
    slow = "import time\ndef f(x):\n    time.sleep(0.7)\n    return x"
    runs = run(sandbox, slow, *range(6), limits=LIMITS)
    assert statuses(runs) == ["RETURNED"] * 6


def test_a_problem_may_ask_for_other_patience(sandbox: Sandbox) -> None:
    source = "def f(x):\n    while x: pass"
    one, two = run(sandbox, source, 1, 1, limits=replace(LIMITS, patience=1))
    assert "used more than" in one.error
    assert two.error.startswith("stopped early, as earlier cases used up the time of one call: ")


def test_short_limits_never_exceed_the_ordinary_ones() -> None:
    assert patience.short_limits(IMPATIENT) == replace(IMPATIENT, wall_s=0.6, cpu_s=0.15)
    assert patience.short_limits(IMPATIENT, 0.2, 0.05) == replace(IMPATIENT, wall_s=1.0, cpu_s=0.25)
    assert patience.short_limits(IMPATIENT, 9.0, 9.0) == IMPATIENT


def test_repeated_imports_together_get_the_time_of_one(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow(patience.Patience):
        """Takes each import for one that has used up all of its time: the next one has none."""

        def note_import(self, wall_s: float, cpu_s: float) -> None:
            super().note_import(patience.LOADING.wall_s, cpu_s)

    monkeypatch.setattr(host, "Patience", Slow)
    monkeypatch.setattr(patience, "LOADING", LIMITS)
    runs = run(sandbox, SLOW_TO_IMPORT, 1, 1, 0, 0, limits=LIMITS)
    assert statuses(runs) == ["CRASHED", "CRASHED", "TIMED_OUT", "TIMED_OUT"]
    again = "the file could not be imported again for this case: no answer within"
    assert runs[2].error.startswith(again)


def test_the_first_import_and_fast_ones_cost_no_patience() -> None:
    left = patience.Patience(LIMITS, None)
    left.note_import(19.0, 9.0)
    assert left.loading_limits().wall_s == patience.LOADING.wall_s
    for _ in range(10):
        left.note_import(1.0, 0.5)
    loading = left.loading_limits()
    assert (loading.wall_s, loading.cpu_s) == (10.0, 5.0) and left.call_limits() == LIMITS


NOTHING = [
    RunStatus.CRASHED,
    RunStatus.GARBLED,
    RunStatus.OUT_OF_MEMORY,
    RunStatus.TOO_MUCH_OUTPUT,
]


@pytest.mark.parametrize("status", NOTHING, ids=lambda status: status.name)
def test_calls_that_end_the_process_use_up_patience_by_their_time(status: RunStatus) -> None:
    left = patience.Patience(LIMITS, None)
    for _ in range(100):
        left.note_call(Run(status))
        left.note_call(Run(RunStatus.RETURNED, wall_s=LIMITS.wall_s, cpu_s=LIMITS.cpu_s))
        left.note_call(Run(RunStatus.RAISED, wall_s=LIMITS.wall_s))
    left.note_call(Run(status, wall_s=0.9 * LIMITS.wall_s, cpu_s=0.1 * LIMITS.cpu_s))
    left.note_call(Run(status, cpu_s=0.9 * LIMITS.cpu_s))
    left.note_call(Run(RunStatus.TIMED_OUT))
    assert left.call_limits() == LIMITS
    left.note_call(Run(status, wall_s=0.3 * LIMITS.wall_s))
    assert left.call_limits() == patience.short_limits(LIMITS)


@pytest.mark.parametrize("is_forked", [True, False], ids=["forked", "spawned"])
def test_programs_store_no_bytecode(is_forked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    with Sandbox(ForkServer() if is_forked else None) as sandbox:
        source = "import sys\ndef f(x): return sys.dont_write_bytecode"
        assert [each.value for each in run(sandbox, source, 0)] == [True]


def test_a_server_that_dies_is_replaced() -> None:
    server = ForkServer()
    with Sandbox(server) as sandbox:
        assert statuses(run(sandbox, "def f(x): return x", 0)) == ["RETURNED"]
        os.kill(server._process.pid, signal.SIGKILL)
        until(lambda: not _is_running(server._process.pid))
        assert statuses(run(sandbox, "def f(x): return x", 0, 1)) == ["RETURNED", "RETURNED"]


def test_a_server_that_dies_twice_is_a_sandbox_error() -> None:
    with Sandbox(ForkServer(), "basic") as sandbox:  # where a child can kill it
        killer = "import os, time\ndef f(x):\n    os.kill(os.getppid(), 9)\n    time.sleep(1000)"
        with pytest.raises(SandboxError, match="the fork server"):
            run(sandbox, killer, 0)
        assert statuses(run(sandbox, "def f(x): return x", 0)) == ["RETURNED"]


def test_children_die_with_the_host() -> None:
    """Even if it is killed."""
    script = """
import sys, threading, time
from grader.model.entry_point import Call, Program
from grader.sandbox.host import *
from grader.sandbox import frames, host
from grader.sandbox.forked import Forked
from grader.sandbox.fork_server import ForkServer
sandbox = Sandbox(ForkServer())
print(sandbox._server._process.pid, flush=True)
source = b"import time\\ndef f(x):\\n    time.sleep(1000)"
sandbox.run(Program(source, ("f",)), [(Call([0], {}),)], Limits(wall_s=1000))
"""
    host = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert host.stdout is not None
    server = int(host.stdout.readline())
    children = Path(f"/proc/{server}/task/{server}/children")
    until(lambda: children.read_text().split())
    pids = [int(pid) for pid in children.read_text().split()]
    host.kill()
    host.wait()
    host.stdout.close()
    until(lambda: not any(_is_running(pid) for pid in (server, *pids)))


def _is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


SPAWNED = [
    "array_of_three",
    "deep",
    "endless",
    "garbled_reply",
    "huge_list",
    "missing_argument",
    "no_function",
    "none",
    "os_exit",
    "prints_megabytes",
    "right_dataclass",
    "segfault",
    "syntax_error",
    "wrong_sum",
]


@pytest.fixture(scope="module")
def spawned() -> Iterator[Sandbox]:
    with Sandbox(None) as sandbox:
        yield sandbox


@pytest.mark.parametrize("name", SPAWNED)
def test_without_fork_the_messages_are_the_same(
    name: str, sandbox: Sandbox, spawned: Sandbox
) -> None:
    problem = load_problem(
        str(TESTBANK / "problems" / "mean"), str(TESTBANK / "solutions" / "mean")
    )
    path = DATA / "submissions" / f"{name}.py"
    judgements = [
        judge(AnswerKey(problem, each), read_submission(str(path)), each)
        for each in (sandbox, spawned)
    ]
    forked, other = ([message(each) for each in known.results] for known in judgements)
    assert forked == other
    assert judgements[1].verdict.value == expected_of(path, "strict").verdict


OURS = {
    "returns": b"def f(x):\n    return x + 1\n",
    "raises": b"def f(x):\n    return 1 / x\n",
    "is endless for one": b"def f(x):\n    while x == 1:\n        pass\n    return x\n",
    "ends its process": b"import os\ndef f(x):\n    if x == 2: os._exit(3)\n    return x\n",
    "has no such function": b"g = 1\n",
    "does not load": b"import os\nos._exit(4)\n",
    "answers too much": b"def f(x):\n    return [x] * 10_000_000\n",
    "prints": b"def f(x):\n    print('x' * 300_000)\n    return x\n",
    "returns again": b"def f(x):\n    return -x\n",
}


def test_trusted_programs_share_a_child_with_the_same_results(sandbox: Sandbox) -> None:
    calls = [(Call([x], {}),) for x in range(3)]
    limits = Limits(cpu_s=0.5, wall_s=PATIENCE_S)
    programs = [Program(source, ("f",)) for source in OURS.values()]
    together = sandbox.run_trusted(programs, calls, limits)
    alone = [sandbox.run(program, calls, limits) for program in programs]
    told = [[(run.status, run.value, run.error) for run in runs] for runs in together]
    assert told == [[(run.status, run.value, run.error) for run in runs] for runs in alone]
    assert [len(runs) for runs in together] == [3] * len(OURS)
    assert together[-1][2].value == -2
    assert sandbox.run_trusted([], calls, limits) == []


ASKED = {"nothing asked": (b"", 1), "a call asked": (frames.frame(b"C", bytes(8), b""), 0)}


@pytest.mark.parametrize("asked, rehearsals", ASKED.values(), ids=ASKED)
def test_an_idle_child_rehearses(
    asked: bytes, rehearsals: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    (read, asking), (answered, write) = os.pipe(), os.pipe()
    os.write(asking, asked)
    done: list[int] = []

    def rehearse() -> None:
        done.append(1)
        os.close(asking)  # the child then finds the channel closed

    monkeypatch.setattr(child, "rehearse", rehearse)
    if asked:
        os.close(asking)
    child.serve(read, write, has_time=True)
    assert len(done) == rehearsals
    for descriptor in (read, answered, write):
        os.close(descriptor)


def test_one_spare_child_is_made_for_each_that_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    request_child = ForkServer._request_child

    def counted(server: ForkServer, limits: ProcessLimits, strict: bool) -> Any:
        made.append(len(used))
        return request_child(server, limits, strict)

    monkeypatch.setattr(ForkServer, "_request_child", counted)
    monkeypatch.setattr(fork_server, "available_cores", lambda: 2)
    used: list[Forked] = []
    server = ForkServer()
    for _ in range(6):
        used.append(server.fork(ProcessLimits(256, 60), False))
    # The first one is made at once; then there is one spare, then there are two.
    assert made == [0, 0, 1, 1, 2, 3, 4, 5]
    for each in used:
        each.end()
    server.close()


@pytest.mark.parametrize("cores, children", [(1, 2), (2, 3), (8, 3)])
def test_many_programs_are_shared_out_to_a_child_per_core(
    cores: int, children: int, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 33 programs one ends its process: another child takes over, and one runs it alone."""
    made: list[int] = []
    child_of = Sandbox._child

    def counted(sandbox: Sandbox, *args: Any) -> Any:
        made.append(1)
        return child_of(sandbox, *args)

    monkeypatch.setattr(Sandbox, "_child", counted)
    monkeypatch.setattr(host, "available_cores", lambda: cores)
    sources = [f"def f(x): return x + {number}".encode() for number in range(33)]
    sources[20] = b"import os\nos._exit(1)\n"
    programs = [Program(source, ("f",)) for source in sources]
    table = sandbox.run_trusted(programs, [(Call([1], {}),), (Call([2], {}),)], LIMITS)
    values = [[run.value for run in runs] for runs in table]
    assert values == [[n + 1, n + 2] if n != 20 else [None, None] for n in range(33)]
    # Alone, its import is tried three times: as it is, with reports, and without that part.
    assert len(made) == children + 3


def test_an_error_in_one_share_is_raised(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    run_in_turn = Sandbox._run_in_turn

    def failing(sandbox: Sandbox, programs: Any, *args: Any) -> Any:
        if b"31" in programs[-1].source:
            raise SandboxError("no child")
        return run_in_turn(sandbox, programs, *args)

    monkeypatch.setattr(Sandbox, "_run_in_turn", failing)
    monkeypatch.setattr(host, "available_cores", lambda: 2)
    programs = [Program(f"def f(x): return {number}".encode(), ("f",)) for number in range(32)]
    with pytest.raises(SandboxError, match="no child"):
        sandbox.run_trusted(programs, [(Call([1], {}),)], LIMITS)
