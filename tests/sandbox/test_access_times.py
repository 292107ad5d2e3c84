"""Access times pass nothing on: they are not noted, or have been noted already."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from grader.sandbox import access_times
from tests._support.waiting import until

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="mounts of Linux")

HOUR_NS = 3600 * 10**9


def make(folder: Path) -> list[Path]:
    """Make a file, a folder and a link that nobody has read."""
    (folder / "inner").mkdir()
    (folder / "inner" / "file").write_text("text")
    (folder / "link").symlink_to("inner/file")
    made = [folder / "inner" / "file", folder / "inner", folder / "link"]
    for path in made:
        old = time.time_ns() - 48 * HOUR_NS
        os.utime(path, ns=(old, old), follow_symlinks=False)
    return made


def times(paths: list[Path]) -> list[int]:
    return [os.lstat(path).st_atime_ns for path in paths]


def read(paths: list[Path]) -> None:
    file, folder, link = paths
    file.read_text()
    os.listdir(folder)
    os.readlink(link)


@pytest.fixture
def noted(tmp_path: Path) -> list[Path]:
    """What `make` makes, on a disk that notes when it is read for the first time."""
    if not os.statvfs(tmp_path).f_flag & os.ST_RELATIME:
        pytest.skip("the disk is not mounted with relatime")
    return make(tmp_path)


def test_reading_is_noted_only_once(noted: list[Path]) -> None:
    before = times(noted)
    access_times.settle([str(noted[1].parent)])
    settled = times(noted)
    assert all(now > then for now, then in zip(settled, before, strict=True))
    read(noted)
    assert times(noted) == settled


def test_settled_times_expire_within_a_day(noted: list[Path]) -> None:
    folder = str(noted[1].parent)
    access_times.settle([folder])
    changed = max(os.lstat(path).st_ctime_ns for path in noted)
    until(lambda: time.time_ns() > changed + 10**7)  # the clock of a file system is coarse
    access_times.settle([folder])
    # A day after the first of them was read, and not after all were settled again.
    expires_s = access_times.settle([folder])
    assert 0 < expires_s - time.time() <= 24 * 3600 - 600


PLACES = {
    "the disk": (["/usr/lib"], ["/"]),
    "a disk of its own": (["/opt/python/lib"], ["/opt"]),
    "a disk below": (["/opt", "/usr"], ["/", "/opt", "/opt/big disk"]),
    "a similar name": (["/opt2"], ["/"]),
    "a file": (["/proc/meminfo"], ["/proc"]),
}


@pytest.mark.parametrize("paths, mounts", PLACES.values(), ids=PLACES)
def test_the_mounts_of_a_path(
    paths: list[str], mounts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    points = ["/", "/opt", r"/opt/big\040disk", "/proc"]
    monkeypatch.setattr(
        access_times, "_mount_table", lambda: [f"1 2 8:1 / {point} rw" for point in points]
    )
    assert access_times._mounts(paths) == mounts


@pytest.mark.skipif(os.getuid() != 0, reason="only root may mount")
def test_root_mounts_it_so_that_nothing_is_noted(noted: list[Path]) -> None:
    folder = str(noted[1].parent)
    before = times(noted)
    pid = os.fork()
    if pid == 0:
        try:
            access_times.hold([folder])
            if access_times.are_noted([folder]):
                os._exit(7)  # a container may refuse
            read(noted)
            os._exit(0 if times(noted) == before else 1)
        finally:
            os._exit(2)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code == 7:
        pytest.skip("this root has no right to mount")
    assert code == 0
    assert access_times.are_noted([folder])  # here, nothing has changed
