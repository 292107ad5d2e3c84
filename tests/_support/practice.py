"""The practice page in a real browser: a server to kill and start again, and watched windows.

In a window that is watched, a page may log no error, break no rule of its Content-Security-Policy
and ask no other origin for anything.
"""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect

from tests._support.bank import PATIENCE_S

_PATIENCE_MS = 1000 * PATIENCE_S
expect.set_options(timeout=_PATIENCE_MS)

# Chromium logs by itself each request that failed, and each reply that reports an error.
UNREACHABLE = "Failed to load resource"
_CSP = (
    "addEventListener('securitypolicyviolation', e => console.error('CSP: ' + e.violatedDirective))"
)

RIGHT = "def mean(values):\n    return sum(values) / len(values)\n"
WRONG = "def mean(values):\n    return sum(values)\n"
FAILS = "def mean(values):\n    total = 0\n    return total / values\n"


class Practice:
    """`grader serve` as a process, with a port and a book that stay when it is killed.


    Args:
        prefix: what the paths of all pages begin with
        options: more of the command
    """

    def __init__(
        self, bank: Path, book: Path, prefix: str = "", options: Sequence[str] = ()
    ) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.origin = f"http://127.0.0.1:{self.port}{prefix}"
        self._command = [sys.executable, "-m", "grader", "serve", str(bank), "--no-browser"]
        self._command += ["--port", str(self.port), "--book", str(book), "--root-path", prefix]
        self._command += options
        self.bank = bank
        self.start()
        self.first_url = self._first_url()

    def sign_in(self, context: BrowserContext, person: str) -> None:
        """Sign somebody in."""
        assert context.request.get(self.first_url).ok

    def start(self) -> None:
        """Start it, and do not wait for it."""
        self._process = subprocess.Popen(
            self._command, cwd=self.bank, stdout=subprocess.PIPE, text=True
        )

    def _first_url(self) -> str:
        """Return the address that it prints once it listens; it signs in."""
        assert self._process.stdout is not None
        found = re.search(r"http://\S+", self._process.stdout.readline())
        assert found, "expected an address in the first line"
        return found[0]

    def kill(self) -> None:
        """End it as a loss of power would."""
        self._end(signal.SIGKILL)

    def close(self) -> None:
        """End it as Ctrl-C does."""
        self._end(signal.SIGINT)

    def _end(self, number: signal.Signals) -> None:
        with self._process as process:
            process.send_signal(number)


@contextmanager
def watched(
    browser: Browser,
    practice: Practice,
    *,
    person: str = "me",
    allowed: Sequence[str] = (),
    **options: Any,
) -> Iterator[BrowserContext]:
    """A window that is signed in and watched; `allowed` are beginnings of what may be logged."""
    context = browser.new_context(**options)
    context.set_default_timeout(_PATIENCE_MS)
    found: list[str] = []

    def log(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(tuple(allowed)):
            found.append(message.text)

    def ask(request: Request) -> None:
        if not request.url.startswith((practice.origin + "/", "data:")):
            found.append(f"asked {request.url}")

    context.add_init_script(_CSP)
    context.on("console", log)
    context.on("weberror", lambda error: found.append(str(error.error)))
    context.on("request", ask)
    try:
        practice.sign_in(context, person)
        yield context
        assert not found, "\n".join(found)
    finally:
        context.close()


def open_problem(context: BrowserContext, practice: Practice, slug: str) -> Page:
    """Open the page of a problem, and wait until its scripts are there."""
    page = context.new_page()
    page.goto(f"{practice.origin}/p/{slug}")
    ready(page)
    return page


def ready(page: Page) -> None:
    """Wait until the scripts of a problem's page are there."""
    page.locator("main[data-ready]").wait_for()


def text_of(page: Page) -> str:
    """Return what the editor holds."""
    return page.locator("#source").input_value()


def write(page: Page, text: str) -> None:
    """Replace the text at once, so that nothing is indented or closed by itself."""
    show_code(page)
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def show_code(page: Page) -> None:
    """Show the code where a page shows one part at a time."""
    if (link := page.get_by_role("link", name="Code", exact=True)).is_visible():
        link.click()


def saved(page: Page) -> None:
    """Wait until the server has the text."""
    expect(page.locator("#status")).to_contain_text("Saved")


def judged(page: Page, verdict: str) -> None:
    """Wait for the end of a run or submit."""
    expect(page.locator("#results .summary .verdict")).to_contain_text(verdict)


def on_server(context: BrowserContext, practice: Practice, slug: str) -> str:
    """Return the digest of the server's draft."""
    page = context.request.get(f"{practice.origin}/p/{slug}").text()
    found = re.search(r'data-digest="([0-9a-f]{64})"', page)
    assert found
    return found[1]


def digest(text: str) -> str:
    """Return the digest of a text as the server names it."""
    return sha256(text.encode("utf-8")).hexdigest()


def barriers(page: Page, *rules: str) -> list[str]:
    """Return what keeps people from using the page, by some or all rules of axe."""
    options: dict[str, object] = {"resultTypes": ["violations"]}  # of what holds, only the names
    if rules:
        options["runOnly"] = {"type": "rule", "values": rules}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{each['id']}: {node['html']}" for each in found for node in each["nodes"]]
