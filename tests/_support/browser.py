"""A real browser for tests: finds a Chromium and opens pages in it.

It is looked for under the names below, and first of all where GRADER_CHROMIUM says. A machine
without one skips these tests; CI must not, there it is a failure.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests._support.bank import PATIENCE_S

# The first one is made for tests, and takes two thirds of the processor time of the others.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# Nothing but the page: no updates, no first-run pages, nothing sent home.
_ARGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_PATIENCE_MS = 1000 * PATIENCE_S


def chromium_path() -> str | None:
    """Where Chromium is installed, if it is."""
    named = os.environ.get("GRADER_CHROMIUM")
    if named:
        return named
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running Chromium without a window; skips the test where none is installed."""
    path = chromium_path()
    if path is None:
        reason = f"no browser: none of {', '.join(_NAMES)} is installed, nor GRADER_CHROMIUM set"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    as_root: Sequence[str] = ("--no-sandbox",) if os.geteuid() == 0 else ()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=[*_ARGS, *as_root], timeout=_PATIENCE_MS
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def open_page(browser: Browser, file: Path, **options: Any) -> Iterator[Page]:
    """The file in a window of its own; the options are those of a context in Playwright."""
    context = browser.new_context(**options)
    context.set_default_timeout(_PATIENCE_MS)
    try:
        page = context.new_page()
        page.goto(file.as_uri())
        yield page
    finally:
        context.close()
