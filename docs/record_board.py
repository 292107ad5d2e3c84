"""Record the pictures of the board for docs, from the real page: a class with five mistakes.

`python docs/record_board.py` serves a course to twenty students, submits their programs, and writes
the pictures to `docs/_static/`, each in light and in dark. It needs the development environment and
Chromium.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, ViewportSize

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests._support.browser import chromium  # noqa: E402
from tests._support.five_mistakes import MISTAKES, RIGHT, SLUG, program, write_course  # noqa: E402
from tests._support.lesson import Lesson  # noqa: E402

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
SIZE: ViewportSize = {"width": 1280, "height": 760}
QUALITY = 55  # of JPEG
PICTURES = ROOT / "docs" / "_static"
PAGES = {"board": "/class", "projector": "/class?projector"}


def teach(lesson: Lesson) -> None:
    """Let students submit what they would: most of them something wrong."""
    names = list(MISTAKES)
    for number in range(1, 12):
        lesson.send(f"s{number:02}", program(names[number % 5], str(number)), SLUG)
    for number in range(4):
        lesson.send("s03", program(names[3], f"try {number}"), SLUG)
    for number in (12, 13):
        lesson.send(f"s{number}", f"{RIGHT}# {number}\n", SLUG)


def record(browser: Browser, lesson: Lesson, scheme: Scheme) -> None:
    """Write the pictures of one scheme."""
    context = browser.new_context(viewport=SIZE, color_scheme=scheme, reduced_motion="reduce")
    lesson.sign_in(context, "rivera")
    page = context.new_page()
    for name, path in PAGES.items():
        page.goto(lesson.origin + path)
        page.locator("main[data-ready]").wait_for()
        target = PICTURES / f"{name}-{scheme}.jpg"
        page.screenshot(path=target, type="jpeg", quality=QUALITY, animations="disabled")
        print(f"{target.relative_to(ROOT)}: {target.stat().st_size} bytes")
    context.close()


def main() -> None:
    """Record all pictures."""
    os.environ["GRADER_PROGRESS"] = ""  # nobody's progress is in them
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        lesson = Lesson(Path(folder), write_course)
        try:
            teach(lesson)
            for scheme in SCHEMES:
                record(browser, lesson, scheme)
        finally:
            lesson.close()


if __name__ == "__main__":
    main()
