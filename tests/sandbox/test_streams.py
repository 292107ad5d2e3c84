"""A call reads its own input, and what it prints counts for it, whichever stream a program uses."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from grader.model.entry_point import Call, Program
from grader.model.judgement import Run
from grader.model.problem import Limits
from grader.sandbox.fork_server import ForkServer
from grader.sandbox.host import Sandbox
from tests._support.bank import PATIENCE_S

LIMITS = Limits(wall_s=PATIENCE_S, cpu_s=PATIENCE_S, memory_mib=256, output_kib=16)
KINDS = ("strict", "basic", "spawned") if sys.platform == "linux" else ("spawned",)


@pytest.fixture(scope="module", params=KINDS)
def each_kind(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    server = None if request.param == "spawned" else ForkServer()
    with Sandbox(server, "basic" if request.param == "spawned" else request.param) as sandbox:
        yield sandbox


def run(sandbox: Sandbox, source: str, *calls: Call) -> list[Run]:
    return sandbox.run(Program(source.encode(), ("f",)), [(each,) for each in calls], LIMITS)


def printing(number: int) -> Call:
    return Call([number], {}, watches=("printed",))


# programs with a function f that prints its argument, and the next number in another line
PRINTING = {
    "print": "def f(x):\n    print(x)\n    print(x + 1)",
    "the stream kept": "from sys import stdout\ndef f(x): stdout.write(f'{x}\\n{x + 1}\\n')",
    "a default": (
        "import sys\ndef f(x, out=sys.stdout):\n    print(x, file=out)\n    print(x + 1, file=out)"
    ),
    "a method kept": "import sys\nwrite = sys.stdout.write\ndef f(x): write(f'{x}\\n{x + 1}\\n')",
    "the first one": "import sys\ndef f(x): sys.__stdout__.writelines([f'{x}\\n', f'{x + 1}\\n'])",
    "bytes": "import sys\ndef f(x): sys.stdout.buffer.write(f'{x}\\n{x + 1}\\n'.encode())",
    "text and bytes": (
        "import sys\ndef f(x):\n    print(x)\n    sys.stdout.buffer.write(b'%d\\n' % (x + 1))"
    ),
    "reconfigured": (
        "import sys\nsys.stdout.reconfigure(encoding='utf-8', line_buffering=False)\n"
        "def f(x):\n    print(x)\n    sys.stdout.reconfigure(errors='strict')\n    print(x + 1)"
    ),
    "wrapped": (
        "import io, sys\nsys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding='utf-8')\n"
        "out = sys.stdout\ndef f(x):\n    out.write(f'{x}\\n{x + 1}\\n')"
    ),
    "wrapped by each call": (
        "import io, sys\ndef f(x):\n"
        "    sys.stdout = io.TextIOWrapper(sys.stdout.buffer)\n    print(f'{x}\\n{x + 1}')"
    ),
    "detached": (
        "import codecs, sys\nsys.stdout = codecs.getwriter('utf-8')(sys.stdout.detach())\n"
        "def f(x):\n    print(f'{x}\\n{x + 1}')"
    ),
    "closed": "import sys\ndef f(x):\n    print(f'{x}\\n{x + 1}')\n    sys.stdout.close()",
    "its bytes closed": (
        "import sys\ndef f(x):\n    print(f'{x}\\n{x + 1}')\n    sys.stdout.buffer.close()"
    ),
    "deleted": "import sys\ndef f(x):\n    print(f'{x}\\n{x + 1}')\n    del sys.stdout",
    "replaced at the import": (
        "import io, sys\nsys.stdout = io.StringIO()\ndef f(x): print(f'{x}\\n{x + 1}')"
    ),
    "a handler of logging": (
        "import logging, sys\nlogging.basicConfig(stream=sys.stdout, format='%(message)s')\n"
        "def f(x):\n    logging.warning(x)\n    logging.warning(x + 1)"
    ),
    "a thread": (
        "import threading\ndef f(x):\n    print(x)\n"
        "    other = threading.Thread(target=print, args=(x + 1,))\n"
        "    other.start()\n    other.join()"
    ),
    "the descriptor": "import os\ndef f(x): os.write(1, f'{x}\\n{x + 1}\\n'.encode())",
    "the number of the descriptor": (
        "import os, sys\ndef f(x): os.write(sys.stdout.fileno(), f'{x}\\n{x + 1}\\n'.encode())"
    ),
    "the descriptor opened": (
        "def f(x):\n    with open(1, 'w', closefd=False) as out: out.write(f'{x}\\n{x + 1}\\n')"
    ),
}


@pytest.mark.parametrize("source", PRINTING.values(), ids=PRINTING)
def test_what_a_call_prints(source: str, each_kind: Sandbox) -> None:
    runs = run(each_kind, source, *map(printing, (2, 5, 8)))
    assert [(each.printed, each.error) for each in runs] == [
        (f"{x}\n{x + 1}\n", "") for x in (2, 5, 8)
    ]
    assert [each.stdout for each in runs] == [each.printed for each in runs]  # for the report


# programs with a function f that returns all words of its input, joined by commas
READING = {
    "input": (
        "def f():\n    words = []\n    while True:\n"
        "        try:\n            words += input().split()\n"
        "        except EOFError:\n            return ','.join(words)"
    ),
    "read": "import sys\ndef f(): return ','.join(sys.stdin.read().split())",
    "deleted": (
        "import sys\ndef f():\n    words = sys.stdin.read().split()\n    del sys.stdin\n"
        "    return ','.join(words)"
    ),
    "deleted at the import": (
        "import sys\ndel sys.stdin\ndef f(): return ','.join(sys.stdin.read().split())"
    ),
    "the stream kept": "from sys import stdin\ndef f(): return ','.join(stdin.read().split())",
    "a method kept": (
        "import sys\ninput = sys.stdin.readline\n"
        "def f(): return ','.join(f'{input()} {input()} {input()}'.split())"
    ),
    "lines": "import sys\ndef f(): return ','.join(w for line in sys.stdin for w in line.split())",
    "bytes": "import sys\ndef f(): return b','.join(sys.stdin.buffer.read().split()).decode()",
    "lines of bytes": (
        "import sys\nread = sys.stdin.buffer.readline\n"
        "def f(): return b','.join((read() + read() + read()).split()).decode()"
    ),
    "wrapped": (
        "import io, sys\nsys.stdin = io.TextIOWrapper(sys.stdin.buffer, encoding='utf-8')\n"
        "def f(): return ','.join(sys.stdin.read().split())"
    ),
    "reconfigured and closed": (
        "import sys\ndef f():\n    sys.stdin.reconfigure(encoding='utf-8')\n"
        "    with sys.stdin as file: return ','.join(file.read().split())"
    ),
    "fileinput": (
        "import fileinput\n"
        "def f(): return ','.join(w for line in fileinput.input('-') for w in line.split())"
    ),
    "the descriptor": "import os\ndef f(): return b','.join(os.read(0, 1000).split()).decode()",
    "the descriptor opened": "def f(): return ','.join(open(0).read().split())",
    "the descriptor opened once": (
        "file = open(0)\nassert (file.fileno(), file.read()) == (0, '')\n"
        "def f(): return ','.join(file.read().split())"
    ),
    "lines of the descriptor opened once": (
        "input = open(0).readline\n"
        "def f(): return ','.join(f'{input()} {input()} {input()}'.split())"
    ),
    "the descriptor opened without a buffer": (
        "file = open(0, 'rb', 0)\ndef f(): return b','.join(file.read(1000).split()).decode()"
    ),
    "a view of all bytes, which is kept": (
        "import sys\nviews = []\ndef f():\n    views.append(sys.stdin.buffer.getbuffer())\n"
        "    return b','.join(bytes(views[-1]).split()).decode()"
    ),
}


@pytest.mark.parametrize("source", READING.values(), ids=READING)
def test_what_a_call_reads(source: str, each_kind: Sandbox) -> None:
    texts = ["a b\nc\n", "d\n\ne é", "", "g\n"]
    runs = run(each_kind, source, *(Call([], {}, stdin=text) for text in texts))
    assert [(each.value, each.error) for each in runs] == [
        (",".join(text.split()), "") for text in texts
    ]


# programs that keep a function which reads one line
READING_A_LINE = {
    "the stream": "from sys import stdin as file",
    "its bytes": "file = sys.stdin.buffer",
    "wrapped": "file = io.TextIOWrapper(sys.stdin.buffer)",
    "wrapped with a buffer": "file = io.BufferedReader(sys.stdin.buffer)",
    "the descriptor opened": "file = open(0)",
    "the descriptor opened for bytes": "file = open(0, 'rb')",
}


@pytest.mark.parametrize("source", READING_A_LINE.values(), ids=READING_A_LINE)
@pytest.mark.parametrize("how", ["return file.readline()", "return next(file, '')"])
def test_a_call_does_not_read_the_rest_of_another_ones_input(
    source: str, how: str, each_kind: Sandbox
) -> None:
    source = f"import io, sys\n{source}\ndef line(): {how}\n"
    source += "def f():\n    found = line()\n"
    source += "    return (found.decode() if isinstance(found, bytes) else found)[:9] or None"
    long = "a\n" * 20_000  # more than is read ahead
    longer = "a" * 20_000 + "\nb"
    texts = [long, None, "b", None, "", "c\nd\n", longer, "e\r\nf"]
    runs = run(each_kind, source, *(Call([], {}, stdin=text) for text in texts))
    assert [each.error for each in runs] == [""] * len(texts)
    assert [each.value and str(each.value).strip() for each in runs] == [
        *("a", None, "b", None, None, "c"),
        *("a" * 9, "e"),
    ]


def test_the_real_descriptor_has_no_input(each_kind: Sandbox) -> None:
    source = (
        "import io, os\nreal = io.FileIO(0, closefd=False)\n"
        "def f(): return [real.readall(), os.close(0), real.readall()]"
    )
    (found,) = run(each_kind, source, Call([], {}, stdin="a"))
    assert (found.value, found.error) == ([b"", None, b""], "")


def test_output_counts_for_its_own_call(each_kind: Sandbox) -> None:
    """Not what was printed while the file was imported, or by a call that is not watched."""
    source = (
        "import io, sys\nprint('import', end='')\nfrom sys import stdout as kept\n"
        "sys.stdout = io.TextIOWrapper(sys.stdout.buffer)\nprint('wrapped', end='')\n"
        "def f(x):\n    kept.write(str(x))"
    )
    calls = [printing(1), Call([2], {}), printing(3)]
    runs = run(each_kind, source, *calls)
    assert [each.printed for each in runs] == ["1", None, "3"]
    assert [each.stdout for each in runs] == ["importwrapped1", "2", "3"]


def test_a_thread_that_prints_late(each_kind: Sandbox) -> None:
    """Between calls it prints for the report; during a call that is watched, for that call."""
    source = (
        "import threading\nbegin, go, done = (threading.Event() for _ in range(3))\n"
        "def late():\n    go.wait()\n    print('late', end='')\n    done.set()\n"
        "def f(x):\n    if x == 1: threading.Thread(target=late, daemon=True).start()\n"
        "    if x == 2: go.set(); done.wait()\n    print(x)"
    )
    runs = run(each_kind, source, printing(1), printing(2), printing(3))
    assert [each.printed for each in runs] == ["1\n", "late2\n", "3\n"]


# what one call prints, and what is kept of it at a limit of 16 Ki characters
LONG = {
    "lines": ("print('ab' * 4)", 3000, ("abababab\n" * 3000)[: 16 << 10]),
    "one text": ("print('x' * 20_000)", 1, "x" * (16 << 10)),
    "bytes": ("sys.stdout.buffer.write(b'x' * 9000)", 9, "x" * (16 << 10)),
    "no text": ("sys.stdout.buffer.write(b'\\xff')", 1, "\ufffd"),
    "half a character": ("print('\\ud800', end='')", 1, "\\ud800"),
    "line ends": ("print('a\\r\\nb\\r', end='')", 1, "a\r\nb\r"),
}


@pytest.mark.parametrize("statement, count, kept", LONG.values(), ids=LONG)
def test_the_beginning_is_kept(statement: str, count: int, kept: str, each_kind: Sandbox) -> None:
    source = f"import sys\ndef f(x):\n    for _ in range(x): {statement}"
    runs = run(each_kind, source, printing(count), printing(0))
    assert [each.printed for each in runs] == [kept, ""]
