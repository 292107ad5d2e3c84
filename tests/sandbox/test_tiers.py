"""The sandbox reports its tier correctly: as root, as nobody, and on kernels with fewer layers."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from grader.errors import UsageError
from grader.model.entry_point import Call, Program
from grader.model.judgement import RunStatus
from grader.model.problem import Limits
from grader.sandbox import allowed_calls, landlock, limits, seccomp
from grader.sandbox.confine import Confinement, drop_privileges
from grader.sandbox.fork_server import ForkServer
from grader.sandbox.host import Sandbox
from grader.sandbox.limits import ProcessLimits
from grader.sandbox.syscalls import PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, prctl
from tests._support.bank import DATA, ROOT, TEST_BANK, Command
from tests._support.nobody import NOBODY

LANDLOCK_CREATE_RULESET = 444
PRCTL = 157 if os.uname().machine == "x86_64" else 167
RIGHT = ROOT / "solutions" / "dr-grpo" / "right" / "loops.py"

OWN = 4321  # the process whose filter is interpreted

Step = seccomp._Step


def without_landlock() -> None:
    """Make this process and all it starts run as on a kernel before 5.13."""
    number = Step(seccomp._LOAD, seccomp._NUMBER)
    refuse = [Step(seccomp._RETURN, seccomp._ERRNO | errno.ENOSYS)]
    _filter([number, Step(seccomp._JUMP_EQUAL, LANDLOCK_CREATE_RULESET, 0, 1), *refuse])


def without_seccomp() -> None:
    """Make this process and all it starts run as on a kernel without filters."""
    number = Step(seccomp._LOAD, seccomp._NUMBER)
    option = [
        Step(seccomp._LOAD, seccomp._ARGUMENTS),
        Step(seccomp._JUMP_EQUAL, PR_SET_SECCOMP, 0, 1),
        Step(seccomp._RETURN, seccomp._ERRNO | errno.EINVAL),
        Step(seccomp._RETURN, seccomp._ALLOW),
    ]
    _filter([number, Step(seccomp._JUMP_EQUAL, PRCTL, 0, len(option)), *option])


def without_both() -> None:
    """Make this process and all it starts run as on a kernel with neither."""
    without_landlock()
    without_seccomp()


def without_fork() -> None:
    """Make this process and all it starts run as where no more processes can be started.

    A program is still started, which shares memory with its parent until then.
    """
    clone = allowed_calls.CLONE[("x86_64", "aarch64").index(os.uname().machine)]
    number = Step(seccomp._LOAD, seccomp._NUMBER)
    flags = [
        Step(seccomp._LOAD, seccomp._ARGUMENTS),
        Step(seccomp._JUMP_ANY_BIT, 0x100, 1, 0),  # CLONE_VM
        Step(seccomp._RETURN, seccomp._ERRNO | errno.EAGAIN),
        Step(seccomp._RETURN, seccomp._ALLOW),
    ]
    _filter([number, Step(seccomp._JUMP_EQUAL, clone, 0, len(flags)), *flags])


def _filter(steps: list[seccomp._Step]) -> None:
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    seccomp.Filter([*steps, Step(seccomp._RETURN, seccomp._ALLOW)]).apply()


def grade(before: Callable[[], None], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "grader", *words],
        cwd=ROOT,
        preexec_fn=before,
        capture_output=True,
        encoding="utf-8",
    )


_NO_LANDLOCK = "Landlock (system call 444: Function not implemented; needs Linux 5.13 or newer)"
_NO_SECCOMP = "seccomp (prctl: Invalid argument)"
LESS = {
    "Landlock": (without_landlock, _NO_LANDLOCK),
    "seccomp": (without_seccomp, _NO_SECCOMP),
    "both": (without_both, f"{_NO_SECCOMP} and {_NO_LANDLOCK}"),
}


@pytest.mark.parametrize("before, piece", LESS.values(), ids=LESS)
def test_doctor_names_missing_layers(before: Callable[[], None], piece: str) -> None:
    done = grade(before, "doctor")
    assert (
        "sandbox      basic: session, death-with-parent, no-capabilities, rlimits\n" in done.stdout
    )
    assert f"not strict   this machine lacks {piece}\n" in done.stdout
    assert "allowed      read files, list folders, write files" in done.stdout
    assert "Grade untrusted submissions in a" in done.stdout


@pytest.mark.parametrize("before, piece", LESS.values(), ids=LESS)
def test_strict_fails_if_a_layer_is_missing(before: Callable[[], None], piece: str) -> None:
    done = grade(before, "grade", str(RIGHT), "--sandbox", "strict")
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith(
        f"the strict sandbox is not available: this machine lacks {piece}. "
    )
    assert "Use --sandbox basic if" in done.stderr


def test_a_machine_without_processes_to_spare_is_an_internal_error() -> None:
    done = grade(without_fork, "grade", str(RIGHT), "--json")
    assert done.returncode == 3, done.stderr
    assert done.stdout == ""
    assert "the grader cannot start a process: Resource temporarily unavailable" in done.stderr


@pytest.mark.parametrize("before, piece", LESS.values(), ids=LESS)
def test_best_falls_back_to_basic(before: Callable[[], None], piece: str) -> None:
    done = grade(before, "grade", str(RIGHT), "--json")
    assert done.returncode == 0 and '"tier": "basic"' in done.stdout


def test_strict_blocks_all_probes_of_doctor(grader: Command) -> None:
    done = grader("doctor", "--sandbox", "strict")
    assert done.returncode == 0 and "\nallowed      none\n" in done.stdout
    assert "\nblocked      read files, " in done.stdout


def test_without_fork_there_is_no_strict_sandbox() -> None:
    with (
        Sandbox(None, "strict") as sandbox,
        pytest.raises(UsageError, match="a safe fork, which exists on Linux only"),
    ):
        sandbox.run(Program(b"", ("f",)), [], Limits())


def test_python_and_numpy_work_in_strict() -> None:
    source = Path(DATA, "harmless.py").read_bytes()
    with Sandbox(ForkServer(), "strict") as sandbox:
        limits = Limits(cpu_s=20.0, wall_s=40.0, memory_mib=1024)
        (run,) = sandbox.run(Program(source, ("works",)), [(Call([], {}),)], limits)
    assert run.status is RunStatus.RETURNED, run.error + run.traceback
    assert run.value == "all of it"


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_every_jump_of_the_filter_lands_inside_it(machine: str) -> None:
    program = seccomp.assemble(machine)._program
    assert 150 < program.count < 4096
    code = seccomp.assemble(machine)._code.raw
    for index in range(program.count):
        step = code[8 * index : 8 * index + 8]
        opcode, if_true, if_false = step[0], step[2], step[3]
        is_jump = opcode & 0x07 == 0x05
        assert not is_jump or index + 1 + max(if_true, if_false) < program.count
    assert code[8 * (program.count - 1)] == seccomp._RETURN


def action(machine: str, number: int, *args: int) -> int:
    """Return the filter's result for a call, by interpreting its instructions."""
    made = seccomp.assemble(machine)
    made.adapt_to(OWN)
    seen = struct.pack(
        "=IIQ6Q", number, seccomp._MACHINES[machine][1], 0, *args, *[0] * (6 - len(args))
    )
    loaded = at = 0
    while True:
        code, if_true, if_false, value = struct.unpack_from("=HBBI", made._code.raw, 8 * at)
        at += 1
        match code:
            case seccomp._LOAD:
                loaded = struct.unpack_from("=I", seen, value)[0]
            case seccomp._RETURN:
                return int(value)
            case seccomp._AND:
                loaded &= value
            case seccomp._JUMP_EQUAL:
                at += if_true if loaded == value else if_false
            case seccomp._JUMP_AT_LEAST:
                at += if_true if loaded >= value else if_false
            case seccomp._JUMP_ANY_BIT:
                at += if_true if loaded & value else if_false


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_follows_its_tables(machine: str) -> None:
    column = ("x86_64", "aarch64").index(machine)
    allowed = {numbers[column] for numbers in allowed_calls.ALLOWED.values()}
    unknown = {numbers[column] for numbers in allowed_calls.UNKNOWN.values()}
    by_argument = {numbers[column] for numbers, _, _ in allowed_calls.CHECKED.values()}
    opening = [numbers[column] for numbers, _ in allowed_calls.OPEN.values()]
    by_argument |= {number for number in opening if number is not None}
    by_argument |= {
        numbers[column]
        for numbers, _ in (
            *allowed_calls.OF_OWN_PROCESS.values(),
            *allowed_calls.OF_OWN_PROCESS_OR_UNKNOWN.values(),
        )
    }
    by_argument |= {numbers[column] for numbers in allowed_calls.CLOCKS.values()}
    by_argument |= {
        each[column]
        for each in (
            allowed_calls.CLONE,
            allowed_calls.FUTEX,
            allowed_calls.GETPRIORITY,
            allowed_calls.MMAP,
            allowed_calls.PRLIMIT,
        )
    }
    for number in set(range(600)) - by_argument:
        if number in allowed:
            expected = seccomp._ALLOW
        else:
            expected = seccomp._ERRNO | (errno.ENOSYS if number in unknown else errno.EPERM)
        assert action(machine, number) == expected, number
    assert action(machine, seccomp._X32 + 1) == seccomp._KILL


def test_some_calls_are_allowed_for_some_arguments_only() -> None:
    refused = seccomp._ERRNO | errno.EPERM
    fcntl, clone, prlimit = (
        allowed_calls.CHECKED["fcntl"][0][0],
        allowed_calls.CLONE[0],
        allowed_calls.PRLIMIT[0],
    )
    assert action("x86_64", fcntl, 1, allowed_calls._F_GETFD) == seccomp._ALLOW
    assert action("x86_64", fcntl, 1, 1024) == refused
    assert action("x86_64", clone, seccomp._CLONE_THREAD) == seccomp._ALLOW
    assert action("x86_64", clone, 17) == seccomp._ERRNO | errno.EAGAIN
    for flags in (
        seccomp._CLONE_THREAD | 0x10000000,  # a new namespace
        seccomp._CLONE_THREAD & ~0x400,  # its own descriptors, which no limit counts
        0x10000,
    ):
        assert action("x86_64", clone, flags) == seccomp._ERRNO | errno.EAGAIN
    assert action("x86_64", prlimit, 0, 7, 0) == seccomp._ALLOW
    assert action("x86_64", prlimit, 0, 7, 1) == refused
    assert action("x86_64", prlimit, 1, 7, 0) == refused


FLAGS = {
    "reading": (os.O_RDONLY, True),
    "writing, which Landlock decides on": (os.O_WRONLY | os.O_CREAT | os.O_TRUNC, True),
    "reading and writing": (os.O_RDWR | os.O_TRUNC, True),
    "emptying what may only be read": (os.O_RDONLY | os.O_TRUNC, False),
    "emptying without any access": (os.O_WRONLY | os.O_RDWR | os.O_TRUNC, False),
    "emptying among other flags": (os.O_TRUNC | os.O_CLOEXEC | os.O_NONBLOCK, False),
}


@pytest.mark.parametrize("flags, allowed", FLAGS.values(), ids=FLAGS)
@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_a_file_is_emptied_by_opening_only_for_writing(
    machine: str, flags: int, allowed: bool
) -> None:
    """Landlock has no right to truncate before version 3."""
    expected = seccomp._ALLOW if allowed else seccomp._ERRNO | errno.EPERM
    column = ("x86_64", "aarch64").index(machine)
    for numbers, argument in allowed_calls.OPEN.values():
        number = numbers[column]
        if number is not None:
            assert action(machine, number, *[0] * argument, flags) == expected


FUTEXES = {
    "private wait": (0x80, True),
    "private wake": (0x81, True),
    "private requeue": (0x83, True),
    "private wait by the real-time clock": (0x189, True),
    "lock with priorities": (6, True),
    "try to lock with priorities": (8, True),
    "lock with priorities, by the monotonic clock": (13, True),
    "wake": (1, False),
    "requeue": (3, False),
    "compare and requeue": (4, False),
    "wake after an operation": (5, False),
    "wake by bits": (10, False),
    "unlock with priorities": (7, False),
}


@pytest.mark.parametrize("operation, allowed", FUTEXES.values(), ids=FUTEXES)
def test_shared_futexes_cannot_be_woken(operation: int, allowed: bool) -> None:
    expected = seccomp._ALLOW if allowed else seccomp._ERRNO | errno.EPERM
    assert action("x86_64", allowed_calls.FUTEX[0], 0, operation) == expected


WAITS = {
    "while another thread initialises a static variable of C++": 0,
    "for the end of a thread, by the monotonic clock": 9,
    "for the end of a thread, by the real-time clock": 0x109,
}


@pytest.mark.parametrize("operation", WAITS.values(), ids=WAITS)
@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_nobody_waits_on_a_shared_futex(machine: str, operation: int) -> None:
    """The kernel could wake it from another process; the C library looks again."""
    again = seccomp._ERRNO | errno.EAGAIN
    number = allowed_calls.FUTEX[("x86_64", "aarch64").index(machine)]
    assert action(machine, number, 0, operation) == again


MAPPINGS = {
    "private, of a file": (0x02, True),
    "private, of no file": (0x22, True),
    "private, at an address, as the loader does": (0x812, True),
    "private, a stack": (0x20022, True),
    "shared": (0x01, False),
    "shared, of no file": (0x21, False),
    "shared, with flags checked": (0x03, False),
    "shared, with huge pages": (0x40021, False),
    "droppable": (0x28, False),
    "of no type": (0x20, False),
    "of a type that nobody knows": (0x2A, False),
    "shared, with a higher half": (0x2_0000_0021, False),
}


@pytest.mark.parametrize("flags, allowed", MAPPINGS.values(), ids=MAPPINGS)
@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_all_memory_is_private(machine: str, flags: int, allowed: bool) -> None:
    number = allowed_calls.MMAP[("x86_64", "aarch64").index(machine)]
    expected = seccomp._ALLOW if allowed else seccomp._ERRNO | errno.EPERM
    assert action(machine, number, 0, 4096, 3, flags) == expected


def clock_of(pid: int, kind: int) -> int:
    return (~pid << 3 | kind) & 0xFFFFFFFF


CLOCKS = {
    "of the machine": (0, True),
    "since the machine started, for alarms": (9, True),
    "of this process": (2, True),
    "of this thread": (3, True),
    "of this process, as number 0": (clock_of(0, 2), True),
    "of this process, in user mode": (clock_of(0, 1), True),
    "of this thread, as number 0": (clock_of(0, 6), True),
    "of a thread, which the kernel checks": (clock_of(77, 6), True),
    "of another process": (clock_of(77, 2), False),
    "of another process, in user mode": (clock_of(77, 1), False),
    "of another process, all of it": (clock_of(77, 0), False),
    "of the first process": (clock_of(1, 2), False),
    "of the last process": (clock_of((1 << 22) - 1, 2), False),
    "of a device": (clock_of(3, 3), False),
    "of another process, with a higher half": (clock_of(77, 2) | 5 << 32, False),
}


@pytest.mark.parametrize("clock, allowed", CLOCKS.values(), ids=CLOCKS)
@pytest.mark.parametrize("name", allowed_calls.CLOCKS)
@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_clocks_of_others_cannot_be_read(
    machine: str, name: str, clock: int, allowed: bool
) -> None:
    number = allowed_calls.CLOCKS[name][("x86_64", "aarch64").index(machine)]
    expected = seccomp._ALLOW if allowed else seccomp._ERRNO | errno.EPERM
    assert action(machine, number, clock) == expected


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_others_cannot_be_asked_about(machine: str) -> None:
    column = ("x86_64", "aarch64").index(machine)
    tables = (
        (allowed_calls.OF_OWN_PROCESS, errno.EPERM),
        (allowed_calls.OF_OWN_PROCESS_OR_UNKNOWN, errno.ENOSYS),
        ({"prlimit": (allowed_calls.PRLIMIT, 0)}, errno.EPERM),
    )
    for table, error in tables:
        for numbers, argument in table.values():
            before = [0] * argument
            for pid in (0, OWN):
                assert action(machine, numbers[column], *before, pid) == seccomp._ALLOW
            for pid in (1, OWN + 1, 0xFFFFFFFF, seccomp._OWN_PROCESS):
                refused = seccomp._ERRNO | error
                assert action(machine, numbers[column], *before, pid) == refused
    getpriority = allowed_calls.GETPRIORITY[column]
    for which, who, allowed in (
        (0, 0, True), (0, OWN, True), (0, OWN + 1, False), (1, 0, False), (2, 0, False)
    ):  # fmt: skip
        expected = seccomp._ALLOW if allowed else seccomp._ERRNO | errno.EPERM
        assert action(machine, getpriority, which, who) == expected


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter, unlike that of pytest."""
    with TemporaryDirectory(prefix="older-kernels-", dir="/tmp") as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


@pytest.mark.parametrize("user", [None, *([NOBODY] if os.getuid() == 0 else [])])
@pytest.mark.parametrize("abi", [1, 2, 3])
def test_on_older_kernels_a_file_that_may_be_read_is_not_emptied(
    abi: int, user: int | None, open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also not by the user who owns it."""
    library = open_folder / "library.py"
    library.write_text("precious")
    monkeypatch.setattr(landlock, "version", lambda: abi)
    monkeypatch.setattr(landlock, "readable_paths", lambda private: [str(open_folder)])
    if user is not None:
        os.chown(library, user, user)
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            if user is not None:
                os.setgroups([])
                os.setgid(user)
                os.setuid(user)
            drop_privileges()
            confinement = Confinement(str(open_folder))
            confinement.apply(ProcessLimits(512, 20), parent, strict=True)
            with open(library) as file:
                assert file.read() == "precious"
            try:
                os.open(library, os.O_RDONLY | os.O_TRUNC)
            except PermissionError:
                os._exit(7)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7
    assert library.read_text() == "precious"


READS = """
from grader.model.entry_point import Call, Program
from grader.model.problem import Limits
from grader.sandbox.fork_server import start_fork_server
from grader.sandbox.host import Sandbox

SOURCE = b'''
import library

def f(path):
    try:
        return open(path).read()
    except PermissionError:
        return f"refused {library.VALUE}"
'''
with Sandbox(start_fork_server(), "strict") as sandbox:
    call = Call(["COURSE/solution.py"], {})
    (run,) = sandbox.run(Program(SOURCE, ("f",)), [(call,)], Limits(wall_s=60.0, cpu_s=30.0))
print(run.value, run.error)
"""


def test_a_submission_cannot_read_what_a_pth_file_adds(tmp_path: Path) -> None:
    """An editable installation adds a .pth file that names a checkout with solutions."""
    venv, course = tmp_path / "venv", tmp_path / "course"
    course.mkdir()
    (course / "solution.py").write_text("ANSWER = 42")
    packages = tmp_path / "more" / "site-packages"
    packages.mkdir(parents=True)
    (packages / "library.py").write_text("VALUE = 1")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    (site,) = venv.glob("lib/python*/site-packages")
    installed = [path for path in sys.path if os.path.basename(path) == "site-packages"]
    added = [str(course), str(packages), str(ROOT), *installed]
    (site / "added.pth").write_text("\n".join(added))
    done = subprocess.run(
        [venv / "bin" / "python", "-c", READS.replace("COURSE", str(course))],
        capture_output=True,
        encoding="utf-8",
        cwd=tmp_path,
    )
    assert done.stdout == "refused 1 \n", done.stderr


SEES = """
import other

def mean(values):
    for path in PATHS:
        try:
            open(path).close()
            print("read", path)
        except OSError as error:
            print(type(error).__name__)
    print(other.VALUE)
    return sum(values) / len(values)
"""


def test_a_bank_among_the_packages_cannot_be_read(tmp_path: Path) -> None:
    """Nor can other submissions or the output, wherever they are."""
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    (site,) = venv.glob("lib/python*/site-packages")
    installed = [path for path in sys.path if os.path.basename(path) == "site-packages"]
    (site / "added.pth").write_text("\n".join([str(ROOT), *installed]))
    bank, class_ = site / "course", site / "class"
    shutil.copytree(TEST_BANK, bank)
    (site / "other.py").write_text("VALUE = 'imported'")
    class_.mkdir()
    paths = [bank / "solutions" / "mean" / "cases.yaml", bank / "problems" / "mean" / "spec.md"]
    paths += [class_ / "ann.py", site / "out" / "store.sqlite"]
    source = SEES.replace("PATHS", repr(list(map(str, paths))))
    (class_ / "ann.py").write_text(source)
    arguments: list[str | Path] = ["batch", "mean", class_, "--bank", bank, "--out", site / "out"]
    done = subprocess.run(
        [venv / "bin" / "python", "-m", "grader", *arguments, "--sandbox", "strict"],
        capture_output=True,
        encoding="utf-8",
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    (page,) = (site / "out" / "students" / "mean").rglob("*.html")
    printed = page.read_text("utf-8").split('id="code"')[0]
    assert printed.count("PermissionError") >= len(paths) and "imported" in printed
    assert "read " + str(site) not in printed


def paths_readable(folders: list[Path], hidden: list[Path], home: Path) -> list[str]:
    """Return what is readable of these folders of packages, as names relative to their parent."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(landlock, "_FILES", ())
        patch.setattr(landlock, "_libraries", list)
        patch.setattr(landlock, "_home", lambda: [str(home)])
        patch.setattr(landlock, "_module_folders", lambda: list(map(str, folders)))
        readable = landlock.readable_paths(list(map(str, hidden)))
    return [os.path.relpath(path, folders[0].parent) for path in readable]


HIDDEN: dict[str, tuple[list[str], str, list[str]]] = {
    "nothing": ([], "elsewhere", ["packages"]),
    "a folder elsewhere": (["elsewhere"], "elsewhere", ["packages"]),
    "a folder of a similar name": (
        ["packages/boo"],
        "elsewhere",
        ["packages/book", "packages/course", "packages/one.py"],
    ),
    "a folder among the packages": (
        ["packages/course"],
        "elsewhere",
        ["packages/book", "packages/one.py"],
    ),
    "a folder deep in a package": (
        ["packages/course/bank/solutions"],
        "elsewhere",
        ["packages/book", "packages/one.py"],
    ),
    "the packages themselves": (["packages"], "elsewhere", []),
    "what the packages are in": ([".."], "elsewhere", ["packages"]),
    "a home folder that is the packages": ([], "packages", []),
    "a home folder among the packages": (
        [],
        "packages/book",
        ["packages/course", "packages/one.py"],
    ),
    "a home folder above": ([], ".", ["packages"]),
}


@pytest.mark.parametrize("hidden, home, readable", HIDDEN.values(), ids=HIDDEN)
def test_what_is_private_is_never_readable(
    hidden: list[str], home: str, readable: list[str], tmp_path: Path
) -> None:
    base = Path(os.path.realpath(tmp_path))
    (base / "packages" / "course" / "bank" / "solutions").mkdir(parents=True)
    (base / "packages" / "book").mkdir()
    (base / "packages" / "one.py").touch()
    (base / "elsewhere").mkdir()
    # A rule for this link would allow the folder it leads to.
    (base / "packages" / "link").symlink_to(base / "elsewhere")
    found = paths_readable(
        [base / "packages"],
        [Path(os.path.normpath(base / each)) for each in hidden],
        Path(os.path.normpath(base / home)),
    )
    assert found == readable


def test_an_unknown_architecture_has_no_filter() -> None:
    with pytest.raises(OSError, match="no filter for the architecture riscv64"):
        seccomp.assemble("riscv64")


def test_a_lower_limit_is_never_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even by root."""
    hard = {resource.RLIMIT_CPU: 50, resource.RLIMIT_FSIZE: -1}
    wanted: dict[int, tuple[int, int]] = {}
    monkeypatch.setattr(resource, "getrlimit", lambda which: (-1, hard.get(which, -1)))
    monkeypatch.setattr(resource, "setrlimit", wanted.__setitem__)
    limits.set_limits(ProcessLimits(512, 100), None)
    assert wanted[resource.RLIMIT_CPU] == (50, 50)
    assert wanted[resource.RLIMIT_FSIZE] == (0, 0)
