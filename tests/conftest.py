"""What the tests share: the bank, one warm sandbox, and a way to run the command as a user does."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser

from grader.cli import run
from grader.judging.answer_key import AnswerKey
from grader.sandbox.fork_server import ForkServer, start_fork_server
from grader.sandbox.host import Sandbox
from grader.sandbox.launch import can_fork
from grader.sandbox.limits import available_cores
from tests._support.bank import ROOT, Command, load
from tests._support.browser import chromium
from tests._support.waiting import Gate
from tests._support.warm_command import WarmCommand

# The same examples in every run, and no limit of time for any: a busy machine is no failure.
settings.register_profile(
    "suite", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("suite")
os.environ["GRADER_PROGRESS"] = ""  # the commands that tests run note nothing in the user's file


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--backwards",
        action="store_true",
        help="run the tests in reverse order, in which those fail that need another one before",
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("backwards"):
        items.reverse()


def pytest_collection_finish() -> None:
    """Keep the thousands of tests out of every later collection of garbage."""
    gc.collect()
    gc.freeze()


def pytest_xdist_auto_num_workers() -> int:
    """Return two for each core: most tests wait for processes that they have started."""
    return 2 * available_cores()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, one for the process: Playwright cannot be started a second time beside itself."""
    with chromium() as running:
        yield running


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(start_fork_server()) as sandbox:
        yield sandbox


class KeptServer(ForkServer):
    """A fork server that stays when the sandbox that uses it is closed."""

    def close(self) -> None:
        pass

    def end(self) -> None:
        super().close()


@pytest.fixture(scope="session")
def kept_server() -> Iterator[ForkServer | None]:
    """The fork server of all commands that run in this process."""
    server = KeptServer() if can_fork() else None
    yield server
    if server is not None:
        server.end()


@pytest.fixture
def grader_here(
    kept_server: ForkServer | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Command:
    """The command in this process, for tests that run it on many submissions.

    It has no process and no fork server of its own, whose start takes most of a command's time.
    """

    def run_here(*words: str | Path, bank: Path) -> subprocess.CompletedProcess[str]:
        arguments = [*map(str, words), "--bank", str(bank)]
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["grader", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            run(kept_server)
        out, err = capsys.readouterr()
        return subprocess.CompletedProcess(arguments, int(end.value.code or 0), out, err)

    return run_here


@pytest.fixture(scope="session")
def answer_key(sandbox: Sandbox) -> Callable[[str], AnswerKey]:
    """The answer key of a problem of the bank, made once."""
    keys: dict[str, AnswerKey] = {}

    def key(slug: str) -> AnswerKey:
        if slug not in keys:
            keys[slug] = AnswerKey(load(slug), sandbox)
        return keys[slug]

    return key


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    with closing(Gate(tmp_path / "gate")) as gate:
        yield gate


@pytest.fixture(scope="session")
def warm_command() -> Iterator[WarmCommand]:
    with closing(WarmCommand(sys.executable, os.environ)) as command:
        yield command


@pytest.fixture
def grader(tmp_path: Path, warm_command: WarmCommand) -> Command:
    """The command as a user runs it, in an empty folder; with the bank, unless another is named.

    Its modules have been loaded; the pages of the documentation are run with a new interpreter.
    """

    def run(*words: str | Path, bank: Path | None = ROOT) -> subprocess.CompletedProcess[str]:
        named = ["--bank", str(bank)] if bank is not None else []
        done = warm_command.run([*map(str, words), *named], tmp_path, os.environ)
        out, err = (str(text, "utf-8").replace("\r\n", "\n") for text in (done.stdout, done.stderr))
        return subprocess.CompletedProcess(done.args, done.returncode, out, err)

    return run
