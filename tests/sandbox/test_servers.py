"""Several fork servers that are started as one process."""

from __future__ import annotations

import errno
import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.errors import TooManyProcesses
from grader.model.entry_point import Call, Program
from grader.model.problem import Limits
from grader.sandbox import fork_server, server_process
from grader.sandbox import server as server_module
from grader.sandbox.fork_server import ForkServer, start_fork_servers
from grader.sandbox.host import Sandbox
from grader.sandbox.launch import ServerProcess
from tests._support.bank import PATIENCE_S
from tests._support.waiting import until

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no fork")

LIMITS = Limits(wall_s=PATIENCE_S, cpu_s=PATIENCE_S)
HOME = b"import os\ndef f(): return [os.getcwd(), os.path.expanduser('~'), os.environ['TMPDIR']]"
WRITES = b"def f():\n    open('out.txt', 'w').write('kept')\n    return open('out.txt').read()"
ORPHAN = b"""
import os, time
def f():
    ends = os.pipe()
    if os.fork() == 0:
        if os.fork() == 0:
            os.setsid()
            os.write(ends[1], str(os.getpid()).encode())
            time.sleep(1000)
        os._exit(0)
    os.wait()
    return int(os.read(ends[0], 100))
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which servers make theirs."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def servers(folder: Path) -> Iterator[list[ForkServer]]:
    started = [server for server in start_fork_servers(3) if server is not None]
    yield started
    for server in reversed(started):
        server.close()


def answer(sandbox: Sandbox, source: bytes = b"def f(): return 7") -> object:
    return sandbox.run(Program(source, ("f",)), [(Call([], {}),)], LIMITS)[0].value


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


def test_one_process_loads_numpy_and_forks_the_others(servers: list[ForkServer]) -> None:
    versions = [server.versions() for server in servers]
    assert versions == [{"python": sys.version.split()[0], "numpy": versions[0]["numpy"]}] * 3
    first, *others = [server._process.pid for server in servers]
    assert [parent(pid) for pid in (first, *others)] == [os.getpid(), first, first]
    assert len({server.missing() for server in servers}) == 1


@pytest.mark.parametrize("tier", ["best", "basic"])
def test_each_has_a_folder_of_its_own(tier: str, servers: list[ForkServer], folder: Path) -> None:
    sandboxes = [Sandbox(server, tier) for server in servers]
    homes = [answer(sandbox, HOME) for sandbox in sandboxes]
    names = sorted(map(str, folder.iterdir()))
    assert sorted(homes) == [[name] * 3 for name in names]  # type: ignore[type-var]
    assert [answer(sandbox, WRITES) for sandbox in sandboxes] == ["kept"] * 3
    assert [list(each.iterdir()) for each in folder.iterdir()] == [[], [], []]


def test_the_others_go_on_when_the_first_is_closed(servers: list[ForkServer], folder: Path) -> None:
    first, *others = [Sandbox(server) for server in servers]
    assert [answer(sandbox) for sandbox in (first, *others)] == [7, 7, 7]
    first.close()
    assert [answer(sandbox) for sandbox in others] == [7, 7]
    pids = [server._process.pid for server in servers]
    for sandbox in others:
        sandbox.close()
    assert list(folder.iterdir()) == []
    until(lambda: not any(_exists(pid) for pid in pids))


def test_the_others_go_on_when_orphans_of_the_first_are_ended(servers: list[ForkServer]) -> None:
    sandboxes = [Sandbox(server, "basic") for server in servers]
    assert [answer(sandbox) for sandbox in sandboxes] == [7, 7, 7]
    orphan = answer(sandboxes[0], ORPHAN)
    assert isinstance(orphan, int)
    until(lambda: not _exists(orphan))
    assert [answer(sandbox) for sandbox in sandboxes] == [7, 7, 7]
    assert [sandbox._server for sandbox in sandboxes] == servers


def test_one_that_is_killed_is_replaced_alone(servers: list[ForkServer]) -> None:
    sandboxes = [Sandbox(server) for server in servers]
    assert [answer(sandbox) for sandbox in sandboxes] == [7, 7, 7]
    os.kill(servers[1]._process.pid, signal.SIGKILL)
    until(servers[1]._process._has_ended)
    assert [answer(sandbox) for sandbox in sandboxes] == [7, 7, 7]
    is_same = [each._server is server for each, server in zip(sandboxes, servers, strict=True)]
    assert is_same == [True, False, True]
    sandboxes[1].close()


def test_one_that_cannot_be_forked_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused() -> int:
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")

    ends = [socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET) for _ in range(2)]
    with monkeypatch.context() as patched:
        patched.setattr(os, "fork", refused)
        assert server_module._fork_servers(ends[0][1], [(ends[1][1].detach(), "")]) is None
    process = ServerProcess(0, ends[1][0].detach(), str(tmp_path / "work"))
    with Sandbox(ForkServer(process=process)) as sandbox:
        assert sandbox.protection.tier in ("strict", "basic")
        assert answer(sandbox) == 7
    for end in ends[0]:
        end.close()


def test_closed_at_once_they_leave_nothing(folder: Path) -> None:
    servers = [server for server in start_fork_servers(2) if server is not None]
    for server in reversed(servers):
        server.close()
    assert list(folder.iterdir()) == []


def test_where_only_children_can_be_watched_each_starts_by_itself(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(_: int) -> int:
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(os, "pidfd_open", unknown)
    servers = [server for server in start_fork_servers(2) if server is not None]
    assert [parent(server._process.pid) for server in servers] == [os.getpid()] * 2
    for server in servers:
        server.close()


def test_where_each_starts_by_itself_all_end_if_one_cannot_start(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[ServerProcess] = []

    def start_two(count: int, seed: int, low_priority: bool) -> list[ServerProcess]:
        if len(started) == 2:
            raise TooManyProcesses("the grader cannot start the fork server")
        started.extend(server_process.start(count, seed, low_priority))
        return started[-1:]

    monkeypatch.setattr(fork_server, "can_watch_any_process", lambda: False)
    monkeypatch.setattr(fork_server, "start", start_two)
    with pytest.raises(TooManyProcesses):
        start_fork_servers(3)
    assert len(started) == 2 and list(folder.iterdir()) == []


def _exists(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()
