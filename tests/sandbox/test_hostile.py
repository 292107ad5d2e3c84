"""Two hundred programs that attack the grader, each as its first line says.

Every file in `hostile/` is graded by the command, in both tiers and, if root runs the tests and it
can matter to the attack, also as an ordinary user. In `basic`, the command runs in the process of
the tests for attacks that ask nothing of the kernel. Comments at its top give: what it tries;
`verdict`, `score` and `says`, a pattern for the first message (followed by `strict` or `basic`: in
that tier only; "a or b" if both are correct); and

    harm: file NAME     no file of that name exists afterwards
    harm: write         other files are unchanged
    harm: network       no connection was made
    harm: signal        another process of the same user is unchanged: running, limits, priority
    harm: process       no process it started is running
    harm: secret        no report contains hidden cases, solutions, other files or the environment
    basic: may ...      harm that `basic` does not prevent, and that is not checked there
    basic: skip: why    it is not run in `basic`
    needs: MACHINE      it is written for that processor
    waits: why          it needs a short limit of wall time, though that is not what ends it
    broken: why         the grader does not prevent it yet

For every file the test checks that no process, secret or temporary file remains, and that the
grader does not fail and prints only its report. A file that needs values of the test has a line
such as `PORT = 0`, which is filled in.

A file must be safe to run if the sandbox fails: it changes only what the test has created for it,
starts at most sixty processes, and those end by themselves. To add an attack, add a file.
"""

from __future__ import annotations

import json
import os
import platform
import re
import secrets
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests._support.bank import DATA, PATIENCE_S, TEST_BANK, Command, impatient_bank
from tests._support.nobody import NOBODY, as_user
from tests._support.waiting import until
from tests._support.warm_command import WarmCommand

HOSTILE = DATA / "hostile"
FILES = sorted(HOSTILE.glob("*.py"))
PROBES = HOSTILE / "layers" / "probes.py"
FAMILIES = {
    "values": "answers that lie, or explode when they are read",
    "replies": "forged, broken and too many replies",
    "hunt": "looking for answers and secrets, and passing them on",
    "patch": "replacing what the child itself uses",
    "end": "exits and crashes",
    "raise": "exceptions that attack the report",
    "loop": "endless computing and waiting",
    "memory": "allocating memory",
    "many": "allocating other resources",
    "process": "starting processes",
    "file": "making and changing files",
    "socket": "connections to others",
    "signal": "signals, and rights over other processes",
    "kernel": "other system calls",
    "import": "tricks with modules and names",
    "source": "sources that are hard to read",
    "rights": "getting rights back",
    "harmless": "unusual, but correct: full marks",
}
LINUX = sys.platform.startswith("linux")
AS_ROOT = hasattr(os, "getuid") and os.getuid() == 0
# These attack the interpreter, and the host through its pipe. The user decides only what the kernel
# permits, which they do not ask: unless they name a harm, only the user of the tests runs them. The
# same is true of the tier, but a tier has its own limits: `basic` runs them without a new process.
ASK_NO_KERNEL = {"values", "replies", "raise", "import", "source", "patch", "loop"}
# The user who grades, and the tier.
RUNS = ["strict", "basic", *(["strict-nobody", "basic-nobody"] if AS_ROOT else [])]
HARMS = {"file", "write", "network", "signal", "process", "secret"}
MAY = {
    "read files": {"secret"},
    "write files": {"file", "write"},
    "use the network": {"network"},
    "signal processes": {"signal"},
}
# The hidden case's arguments and answer, and a line of the solution's.
HIDDEN = ("8128.125", "496.5", "4312.3125", "The sum over the number")
PUBLIC_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", "/run")

pytestmark = pytest.mark.skipif(not LINUX, reason="they attack Linux")


# What a file says of itself ----------------------------------------------------------------------


@dataclass(frozen=True)
class Attack:
    """A file and its header."""

    path: Path
    tries: str
    said: list[tuple[str, str]]

    @property
    def family(self) -> str:
        return self.path.stem.split("_")[0]

    def expected(self, word: str, tier: str) -> str:
        said = dict(self.said)
        return said.get(f"{word} {tier}", said.get(word, ""))

    def harms(self, tier: str) -> list[str]:
        said = [value for word, value in self.said if word == "harm"]
        may = self.may() if tier == "basic" else set()
        return [harm for harm in said if harm.split()[0] not in may]

    def may(self) -> set[str]:
        said = [value for word, value in self.said if word == "basic"]
        may = [each.removeprefix("may ") for each in said if each.startswith("may ")]
        return set().union(*(MAY[each] for each in may))

    def asks_the_kernel(self) -> bool:
        return self.family not in ASK_NO_KERNEL or self.harms("strict") != []

    def depends_on_user(self, tier: str) -> bool:
        """Whether the user who grades can matter: in `basic` for the harms it prevents only."""
        return self.asks_the_kernel() and (tier == "strict" or self.harms(tier) != [])

    def looks_at_the_host(self) -> bool:
        """Whether it may read what /proc shows of the command."""
        return self.family == "hunt" or "secret" in self.harms("strict")

    def waits(self, tier: str) -> bool:
        """Whether the limit of wall time ends it, which should then be short."""
        return "no answer within" in self.expected("says", tier) or bool(
            self.expected("waits", tier)
        )

    def skipped(self, tier: str) -> str:
        needs = self.expected("needs", tier)
        if needs and platform.machine() != needs:
            return f"it is made for {needs}"
        said = [value for word, value in self.said if word == "basic"]
        return next((each for each in said if each.startswith("skip: ") and tier == "basic"), "")


def read(path: Path) -> Attack:
    text = path.read_bytes().decode("utf-8-sig", "replace").replace("\r", "\n")
    head = re.findall(r"^# (?!coding)(.*)$", text.split("\ndef ")[0], re.M)
    said = [re.fullmatch(r"([a-z]+(?: strict| basic)?): (.*)", line) for line in head[1:]]
    return Attack(path, head[0], [(match[1], match[2]) for match in said if match])


ATTACKS = {path.stem: read(path) for path in FILES}


# Where it is run ---------------------------------------------------------------------------------


def kept_environment() -> dict[str, str]:
    """Return what a command needs of the environment of the tests."""
    names = {"PATH", "LANG", "PYTHONPATH", "GRADER_PROGRESS"} & os.environ.keys()
    return {name: os.environ[name] for name in names}


@dataclass
class World:
    """A folder for one command, with everything that an attack could look for."""

    folder: Path
    bank: Path
    user: int | None
    secret: str = field(default_factory=lambda: secrets.token_hex(16))
    port: int = 0
    bystander: int = 0
    listeners: list[socket.socket] = field(default_factory=list)

    @property
    def mark(self) -> str:
        """The end of every name that the attack in this world creates."""
        return self.folder.name.removeprefix("hostile-")

    def copy(self, attack: Attack) -> Path:
        """Write the attack, with its values filled in, to the folder the command runs in."""
        source = attack.path.read_bytes()
        for name, value in (
            ("WORLD", str(self.folder)),
            ("BANK", str(self.bank)),
            ("PORT", self.port),
            ("PID", self.bystander),
        ):
            source = re.sub(
                rb"(?m)^%s = .*$" % name.encode(), f"{name} = {value!r}".encode(), source
            )
        for harm in attack.harms("strict"):
            if harm.startswith("file "):
                name = harm.removeprefix("file ")
                source = source.replace(name.encode(), f"{name}-{self.mark}".encode())
        path = self.folder / "cwd" / attack.path.name
        path.write_bytes(source)
        return path

    def environment(self) -> dict[str, str]:
        folders = {"TMPDIR": str(self.folder / "tmp"), "HOME": str(self.folder / "home")}
        return kept_environment() | folders | {"GRADER_TEST_SECRET": self.secret}

    def command(self, *argv: str | Path) -> subprocess.CompletedProcess[bytes]:
        # In a new session, so that a signal to its group does not reach the tests.
        return subprocess.run(
            list(map(str, argv)),
            cwd=self.folder / "cwd",
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE_S,
            start_new_session=True,
            **as_user(self.user),
        )

    # What must not have changed

    def strays(self) -> list[str]:
        """Return the processes still running here, found by arguments or environment."""
        found = []
        for name in filter(str.isdigit, os.listdir("/proc")):
            try:
                status = [
                    Path(f"/proc/{name}/{file}").read_bytes() for file in ("cmdline", "environ")
                ]
            except OSError:
                continue
            if os.fsencode(self.folder) in b"".join(status) and int(name) != os.getpid():
                found.append(f"{name}: {status[0]!r}")
        return found

    def files(self) -> list[tuple[str, str]]:
        """Return the state of all files here."""
        return [
            (str(path.relative_to(self.folder)), _facts(path))
            for path in sorted(self.folder.rglob("*"))
            if path.parent.name != "cwd" or path.suffix not in (".py", ".html")
        ]

    def made(self) -> list[str]:
        """Return the files that this attack made in public folders."""
        names = (os.path.join(folder, name) for folder in PUBLIC_FOLDERS for name in _names(folder))
        here = os.path.realpath(self.folder)
        return [path for path in names if self.mark in path and os.path.realpath(path) != here]

    def standing(self) -> tuple[str, str, int, set[int]]:
        """Return the state of the bystander."""
        pid = self.bystander
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        limits = Path(f"/proc/{pid}/limits").read_text()
        alive = "alive" if state[0] in "RSD" else state[0]
        return alive, limits, os.getpriority(os.PRIO_PROCESS, pid), os.sched_getaffinity(pid)

    def calls(self) -> list[str]:
        """Return the connections to the listeners."""
        found = []
        for listener in self.listeners:
            listener.setblocking(False)
            try:
                found.append(f"{listener.family.name}: {listener.recv(100)!r}")
            except BlockingIOError:
                pass
            except OSError:  # a listening socket
                try:
                    listener.accept()[0].close()
                    found.append(listener.family.name)
                except BlockingIOError:
                    pass
        return found


def _names(folder: str) -> list[str]:
    return os.listdir(folder) if os.path.isdir(folder) else []


def _facts(path: Path) -> str:
    facts = path.lstat()
    who = (stat.filemode(facts.st_mode), facts.st_uid, facts.st_gid)
    if path.is_dir():  # its content has lines of its own
        return repr(who)
    content = path.read_bytes() if path.is_file() else b""
    more = os.listxattr(path, follow_symlinks=False)
    return repr((*who, facts.st_nlink, facts.st_mtime_ns, content, more))


@contextmanager
def world_of(user: int | None, bank: Path) -> Iterator[World]:
    # Not pytest's tmp_path, which is in a folder that only root may enter.
    folder = Path(tempfile.mkdtemp(prefix="hostile-", dir="/tmp"))
    world = World(folder, bank, user)
    with ExitStack() as stack:
        stack.callback(_remove, world)
        folder.chmod(0o755)
        for name in ("tmp", "home", "cwd", "files", "files/empty"):
            (folder / name).mkdir()
        for name in ("files/kept.txt", "files/spare.txt", "secret.txt"):
            (folder / name).write_text(f"kept {world.secret}\n")
            os.utime(folder / name, (1e9, 1e9))
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            listener = stack.enter_context(socket.socket(socket.AF_INET, kind))
            listener.bind(("127.0.0.1", world.port))
            world.port = listener.getsockname()[1]
            world.listeners.append(listener)
        for address in (str(folder / "socket"), f"\0hostile-{world.port}"):
            listener = stack.enter_context(socket.socket(socket.AF_UNIX))
            listener.bind(address)
            world.listeners.append(listener)
        for listener in world.listeners:
            if listener.type == socket.SOCK_STREAM:
                listener.listen()
        if user is not None:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, user, user)
        sleeper = subprocess.Popen(
            ["sleep", "3600"], env={}, start_new_session=True, **as_user(user)
        )
        stack.callback(sleeper.wait)
        stack.callback(sleeper.kill)
        world.bystander = sleeper.pid
        yield world


def _remove(world: World) -> None:
    for path in (*world.made(), str(world.folder)):
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path, ignore_errors=True)
        elif os.path.lexists(path):
            os.unlink(path)


@pytest.fixture(scope="session")
def banks() -> Iterator[Path]:
    """A folder with the test bank and the impatient bank, readable by every user."""
    with tempfile.TemporaryDirectory(prefix="hostile-bank-", dir="/tmp") as folder:
        os.chmod(folder, 0o755)
        shutil.copytree(TEST_BANK, Path(folder, "bank"))
        impatient_bank(Path(folder, "impatient"))
        yield Path(folder)


@pytest.fixture
def world(request: pytest.FixtureRequest, banks: Path) -> Iterator[World]:
    """A world for the user who grades in this test."""
    params = request.node.callspec.params
    user = NOBODY if "nobody" in params["run"] else None
    waits = "attack" in params and params["attack"].waits(params["run"].split("-")[0])
    with world_of(user, banks / ("impatient" if waits else "bank")) as world:
        yield world


@pytest.fixture
def python(request: pytest.FixtureRequest, world: World) -> str:
    """The interpreter of the user who grades."""
    if world.user is None:
        return sys.executable
    name: str = request.getfixturevalue("nobodys_python")
    return name


@pytest.fixture(scope="session")
def warm_commands() -> Iterator[dict[tuple[str, int | None], WarmCommand]]:
    """The command by its interpreter and user."""
    commands: dict[tuple[str, int | None], WarmCommand] = {}
    yield commands
    for command in commands.values():
        command.close()


Grade = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture
def grade(
    python: str,
    world: World,
    warm_commands: dict[tuple[str, int | None], WarmCommand],
) -> Grade:
    """`grader grade` in this world, by a new interpreter or one that has loaded its modules."""

    def run(*words: str | Path, new: bool) -> subprocess.CompletedProcess[bytes]:
        if new:
            return world.command(python, "-m", "grader", "grade", *words)
        key = python, world.user
        if key not in warm_commands:
            warm_commands[key] = WarmCommand(python, kept_environment(), world.user)
        return warm_commands[key].run(
            ["grade", *map(str, words)], world.folder / "cwd", world.environment()
        )

    return run


# The attacks -------------------------------------------------------------------------------------


def _cases() -> list[Any]:
    cases = []
    for run in RUNS:
        for name, attack in ATTACKS.items():
            tier = run.split("-")[0]
            if "nobody" in run and not attack.depends_on_user(tier):
                continue
            broken, skipped = attack.expected("broken", tier), attack.skipped(tier)
            marks = [pytest.mark.xfail(strict=True, reason=broken)] if broken else []
            marks += [pytest.mark.skip(reason=skipped)] if skipped else []
            cases.append(pytest.param(attack, run, id=f"{name}-{run}", marks=marks))
    return cases


@pytest.mark.parametrize("attack, run", _cases())
def test_attack_gains_nothing(
    attack: Attack, run: str, world: World, grade: Grade, grader_here: Command
) -> None:
    tier = run.split("-")[0]
    file = world.copy(attack)
    shows = "secret" in attack.harms(tier) and run == "strict"
    words = ["--report", "report.html"] if shows else []
    before = world.files(), world.standing()

    options = ["--json", "--sandbox", tier, *words]
    if tier == "basic" and not attack.asks_the_kernel():
        here = grader_here("grade", "mean", file, *options, bank=world.bank)
        out, err = here.stdout.encode(), here.stderr.encode()
        done = subprocess.CompletedProcess(here.args, here.returncode, out, err)
    else:
        done = grade(
            "mean", file.name, *options, "--bank", world.bank, new=attack.looks_at_the_host()
        )

    report = (world.folder / "cwd" / "report.html").read_text("utf-8") if shows else ""
    document = _document(done)
    messages = [case["message"] for case in document["cases"] if case["message"]]
    assert document["sandbox"]["tier"] == tier
    assert document["verdict"] in attack.expected("verdict", tier).split(" or "), messages
    assert str(document["score"]) in attack.expected("score", tier).split(" or "), messages
    assert re.search(attack.expected("says", tier), messages[0] if messages else "")
    assert done.returncode == (0 if document["verdict"] == "accepted" else 1)
    _assert_no_harm(attack, tier, world, before, done.stdout.decode() + report)


def _document(done: subprocess.CompletedProcess[bytes]) -> Any:
    assert done.stderr.decode("utf-8", "replace") == ""
    text = done.stdout.decode("utf-8")
    assert all(c.isprintable() or c == "\n" for c in text)
    return json.loads(text, parse_constant=pytest.fail)


def _assert_no_harm(
    attack: Attack,
    tier: str,
    world: World,
    before: tuple[object, object],
    printed: str,
) -> None:
    may = attack.may() if tier == "basic" else set()
    # A killed process may take a moment to end; one that was not killed runs for five minutes.
    until(lambda: not world.strays(), patience_s=100)
    assert list((world.folder / "tmp").glob("grader-*")) == []
    assert [
        secret for secret in (*HIDDEN, world.secret) if secret in printed
    ] == [] or "secret" in may
    if "write" not in may:
        assert world.files() == before[0]
        assert world.made() == []
    if "signal" not in may:
        assert world.standing() == before[1]
    if "network" not in may:
        assert world.calls() == []


def test_headers_can_be_read() -> None:
    words = {"verdict", "score", "says", "harm", "basic", "needs", "waits", "broken"}
    for name, attack in ATTACKS.items():
        assert re.match(r"[A-Z].*\.$", attack.tries), name
        assert {word.split()[0] for word, _ in attack.said} <= words, name
        assert {value.split()[0] for word, value in attack.said if word == "harm"} <= HARMS, name
        assert attack.may() <= HARMS, name
        for tier in ("strict", "basic"):
            assert attack.expected("verdict", tier) and attack.expected("score", tier), name
            assert re.compile(attack.expected("says", tier)), name


def test_every_family_has_its_attacks() -> None:
    counts = Counter(attack.family for attack in ATTACKS.values())
    assert set(counts) == set(FAMILIES)
    assert sum(counts.values()) >= 90 and min(counts.values()) >= 3
    assert counts["harmless"] >= 12


def test_harmless_ones_get_full_marks() -> None:
    for attack in ATTACKS.values():
        if attack.family == "harmless":
            assert (attack.expected("verdict", "strict"), attack.expected("score", "strict")) == (
                "accepted",
                "4",
            )


# The layers, by their effect ---------------------------------------------------------------------

_PROBE = """
import json, sys
from grader.model.problem import Limits
from grader.sandbox.fork_server import ForkServer
from grader.model.entry_point import Call, Program
from grader.sandbox.host import Sandbox
tier, file, *args = sys.argv[1:]
with Sandbox(ForkServer(), tier) as sandbox:
    call = Call([args[0], int(args[1]), int(args[2])], {})
    (run,) = sandbox.run(Program(open(file, "rb").read(), ("probe",)), [(call,)], Limits())
print(json.dumps(run.value if not run.error else run.error + run.traceback))
"""


@pytest.mark.parametrize("run", RUNS)
def test_probes(run: str, world: World, python: str) -> None:
    tier = run.split("-")[0]
    file = world.folder / "cwd" / "probes.py"
    shutil.copy(PROBES, file)
    done = world.command(
        python, "-c", _PROBE, tier, file, world.folder, str(world.bystander), str(world.port)
    )
    assert done.stderr == b""
    count, succeeded = json.loads(done.stdout)
    if tier == "strict":
        assert succeeded == [] and count >= 60
    else:  # or the probes would show nothing
        assert len(succeeded) >= 35
        assert {"raise a limit", "become another", "change its root"}.isdisjoint(succeeded)


_STATUS = """
import os, signal, sys, threading
from grader.model.problem import Limits
from grader.sandbox.fork_server import ForkServer
from grader.model.entry_point import Call, Program
from grader.sandbox.host import Sandbox
source = b"import time\\ndef f(x):\\n    print('called', flush=True)\\n    time.sleep(x)"
limits = Limits(wall_s=3600)
with Sandbox(ForkServer(), sys.argv[1]) as sandbox:
    child = []
    def fork(*args, make=sandbox._server.fork):
        child.append(make(*args))
        return child[0]
    sandbox._server.fork = fork
    call = Call([3600.0], {})
    run = threading.Thread(target=sandbox.run, args=(Program(source, ("f",)), [(call,)], limits))
    run.start()
    while not (child and child[0].printed):
        threading.Event().wait(0.01)
    print(open(f"/proc/{child[0]._pid}/status").read())
    os.kill(child[0]._pid, signal.SIGTERM)
    run.join()
"""


@pytest.mark.parametrize("run", RUNS)
def test_the_kernel_reports_the_dropped_rights(run: str, world: World, python: str) -> None:
    tier = run.split("-")[0]
    done = world.command(python, "-c", _STATUS, tier)
    assert done.stderr == b""
    status = dict(re.findall(r"^(\w+):\s+(\S+)", done.stdout.decode(), re.M))
    assert status["Seccomp"] == ("2" if tier == "strict" else "0")
    assert status["NoNewPrivs"] == "1"
    for rights in ("CapPrm", "CapEff", "CapInh", "CapAmb"):
        assert int(status[rights], 16) == 0
