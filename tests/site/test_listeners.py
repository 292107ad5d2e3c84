"""Where the server listens: who may connect, what is left behind, what is refused."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.site.server.listeners import (
    OWNER_ALONE,
    OWNER_AND_GROUP,
    check_rights,
    inherited,
    on_path,
    on_port,
)


@pytest.mark.parametrize("rights", [OWNER_ALONE, OWNER_AND_GROUP], ids=oct)
def test_the_file_of_a_socket_has_its_rights_and_goes_with_it(tmp_path: Path, rights: int) -> None:
    path = tmp_path / "grader.sock"
    with on_path(str(path), rights):
        assert stat.S_IMODE(path.stat().st_mode) == rights
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
    assert not path.exists()


def test_the_socket_of_a_killed_server_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "grader.sock"
    with socket.socket(socket.AF_UNIX) as killed:
        killed.bind(str(path))
    with on_path(str(path), OWNER_ALONE), socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))


def test_the_socket_of_another_server_stays(tmp_path: Path) -> None:
    path = str(tmp_path / "grader.sock")
    with on_path(path, OWNER_ALONE):
        with pytest.raises(UsageError, match="another server listens"), on_path(path, OWNER_ALONE):
            pass
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(path)


def test_a_server_removes_no_socket_but_its_own(tmp_path: Path) -> None:
    path = str(tmp_path / "grader.sock")
    with on_path(path, OWNER_ALONE):
        os.rename(path, path + ".old")
        other = socket.socket(socket.AF_UNIX)
        other.bind(path)
    assert os.path.exists(path)
    other.close()


def test_other_files_are_not_removed(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("precious")
    with (
        pytest.raises(UsageError, match=r"notes\.txt is a file"),
        on_path(str(path), OWNER_ALONE),
    ):
        pass
    with (
        pytest.raises(UsageError, match=r"/no does not exist; make it, or name another .* --uds"),
        on_path(str(tmp_path / "no" / "folder"), OWNER_ALONE),
    ):
        pass
    with (
        pytest.raises(UsageError, match=r"too long.* shorter path, or name another .* --uds"),
        on_path(str(tmp_path / ("x" * 120)), OWNER_ALONE),
    ):
        pass
    assert path.read_text() == "precious"


def test_a_socket_that_was_opened_before_is_used_and_not_passed_on() -> None:
    opened = socket.create_server(("127.0.0.1", 0))
    opened.set_inheritable(True)
    with inherited(opened.detach()) as listener:
        assert listener.family == socket.AF_INET and not listener.get_inheritable()


def test_only_a_socket_that_listens_is_used(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--fd 999: expected a socket"), inherited(999):
        pass
    file = os.open(tmp_path, os.O_RDONLY)
    with pytest.raises(UsageError, match="expected a socket"), inherited(file):
        pass
    os.close(file)
    first, second = socket.socketpair()
    with first, pytest.raises(UsageError, match="that listens"), inherited(second.detach()):
        pass


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with on_port(0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port} of 127.0.0.1"), on_port(port):
            pass
        with on_port(port, may_take_another=True) as another:
            assert another.getsockname()[1] != port


def test_a_socket_for_too_many_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    path = tmp_path / "grader.sock"
    with on_path(str(path), OWNER_AND_GROUP) as listener:
        check_rights(listener, 0o007, "a reason")
        with pytest.raises(UsageError, match="expected rights 600, found 660; a reason"):
            check_rights(listener, 0o077, "a reason")
        path.chmod(0o666)
        with pytest.raises(UsageError, match="expected rights 660, found 666"):
            check_rights(listener, 0o007, "a reason")
        tmp_path.chmod(0o750)  # nobody else comes as far as the file
        check_rights(listener, 0o007, "a reason")
    with socket.socket(socket.AF_UNIX) as abstract:
        abstract.bind(f"\0grader-test-{os.getpid()}")
        with pytest.raises(UsageError, match="one without"):
            check_rights(abstract, 0o007, "a reason")


def test_replies_are_sent_without_waiting_for_more() -> None:
    """asyncio sets TCP_NODELAY on what names its protocol; without it, replies come 40 ms later."""
    with on_port(0) as listener:
        assert listener.proto == socket.IPPROTO_TCP
