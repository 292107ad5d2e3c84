"""Record the walk through the practice page for README and docs, from the real page.

`python docs/record_practice.py` starts `grader serve` on the bank of this checkout, practises as a
student would, and writes the pictures to `docs/_static/`, each in light and in dark. It needs the
development environment and Chromium.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, ViewportSize

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests._support.browser import chromium  # noqa: E402
from tests._support.practice import Practice, judged, ready, saved, write  # noqa: E402

PICTURES = ROOT / "docs" / "_static"
SIZE: ViewportSize = {"width": 1280, "height": 760}
PHONE: ViewportSize = {"width": 360, "height": 640}
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
QUALITY = 55  # of JPEG: a picture is then about 100 kB
MAX_BYTES = 120_000
PROBLEM = "dr-grpo"
WRONG = ROOT / "examples" / "submissions" / PROBLEM / "averages_tokens.py"


def take(page: Page, name: str, scheme: Scheme) -> None:
    """Write what the window shows."""
    path = PICTURES / f"practice-{name}-{scheme}.jpg"
    page.evaluate("document.activeElement.blur()")  # no blinking cursor
    page.screenshot(path=path, type="jpeg", quality=QUALITY, animations="disabled")
    size = path.stat().st_size
    print(f"{path.relative_to(ROOT)}: {size} bytes")
    if size > MAX_BYTES:
        raise SystemExit(f"{path}: expected at most {MAX_BYTES} bytes, found {size}")


def walk(browser: Browser, practice: Practice, scheme: Scheme) -> None:
    """Read, write, run, and look at the list."""
    context = browser.new_context(viewport=SIZE, color_scheme=scheme, reduced_motion="reduce")
    page = context.new_page()
    page.goto(practice.first_url)
    page.goto(f"{practice.origin}/p/{PROBLEM}")
    ready(page)
    write(page, WRONG.read_text("utf-8"))
    saved(page)
    page.keyboard.press("Control+Enter")
    judged(page, "wrong answer")
    page.keyboard.press("Control+Home")
    take(page, "problem", scheme)
    page.locator("#results .ruler").evaluate("each => each.scrollIntoView({block: 'center'})")
    take(page, "hint", scheme)
    page.goto(practice.origin)
    take(page, "list", scheme)
    page.set_viewport_size(PHONE)
    page.goto(f"{practice.origin}/p/{PROBLEM}")
    ready(page)
    page.locator("#work").evaluate("each => each.scrollIntoView()")
    take(page, "phone", scheme)
    context.close()


def main() -> None:
    """Record all pictures."""
    os.environ["GRADER_PROGRESS"] = ""  # nobody's progress is in them
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        practice = Practice(ROOT, Path(folder) / "book")
        try:
            for scheme in SCHEMES:
                walk(browser, practice, scheme)
        finally:
            practice.close()


if __name__ == "__main__":
    main()
