"""What needs no load: start, bytes, `grade`, pages, a newcomer, the same judgement (P14 to P20)."""

from __future__ import annotations

import gzip
import json
import os
import re
import sqlite3
import subprocess
import sys
import time
import venv
from pathlib import Path

import httpx2 as httpx

from grader import Grader
from practice.people import NDJSON, bank
from practice.server import BASE, ROOT, Server
from practice.table import note, row

_ENVIRONMENT = {**os.environ, "GRADER_PROGRESS": "", "PYTHONPATH": str(ROOT)}
_BROWSER_TESTS = {
    "P17": ("tests/site/test_access.py tests/site/test_journeys.py", "axe, CSP, origins, console"),
    "P18": ("tests/site/test_access.py -k without_a_script", "without a script"),
}


def measure_start(folder: Path) -> None:
    """P14: from the start to the first page, the first verdict, and warm keys."""
    server = Server(folder)
    with httpx.Client(timeout=120) as one:
        headers = {"x-person": "first"}
        one.get(f"{BASE}/", headers=headers)
        first_page = time.perf_counter() - server.started
        right = (bank()["gae"].reference or b"").decode()
        one.post(f"{BASE}/p/gae/run", data={"source": right}, headers=NDJSON | headers)
        first_verdict = time.perf_counter() - server.started
    server.end()
    row("P14", "start to first page", f"{first_page:.2f} s", "1 s", first_page <= 1)
    row("", "start to first verdict", f"{first_verdict:.2f} s", "2 s", first_verdict <= 2)
    with Grader(ROOT / "problems", ROOT / "solutions") as grader:
        names = grader.names
        grader.warm(names[:1])
        since = time.perf_counter()
        grader.warm(names[1:])
        each = (time.perf_counter() - since) / len(names[1:])
    row("", "a problem's keys warm", f"{each:.2f} s", "1 s", each <= 1)


def measure_bytes(folder: Path) -> None:
    """P15: what a first visit loads, compressed."""
    server = Server(folder)
    sizes = {"HTML": 0, "CSS": 0, "script": 0}
    with httpx.Client(timeout=120) as one:
        page = one.get(f"{BASE}/p/dr-grpo", headers={"x-person": "first"}).text
        sizes["HTML"] = len(gzip.compress(page.encode(), 6))
        address = re.findall(r'"(/static/\w+/)', page)[0]
        waiting = re.findall(rf'"{address}([\w.]+)"', page)
        known: set[str] = set()
        while waiting:  # what the page names, and what that imports
            name = waiting.pop()
            if name in known:
                continue
            known.add(name)
            file = one.get(f"{BASE}{address}{name}")
            kind = "CSS" if name.endswith(".css") else "script"
            sizes[kind] += len(gzip.compress(file.content, 9))
            if name != "codemirror.js":  # a bundle, which imports nothing
                waiting += re.findall(r'(?:from|import\()\s*"\./([\w.]+)"', file.text)
    server.end()
    for (kind, size), limit in zip(sizes.items(), (40, 12, 175), strict=True):
        kib = size / 1024
        row(
            "P15" if kind == "HTML" else "",
            f"{kind}, gz",
            f"{kib:.1f} KB",
            f"{limit} KB",
            kib <= limit,
        )


def measure_grade(folder: Path) -> None:
    """P16: `grader grade` loads nothing of the page."""
    code = (
        "import sys; sys.argv = ['grader', 'grade', 'gae', sys.argv[1]]\n"
        "from grader.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "names = ('grader.site', 'starlette', 'uvicorn', 'h11', 'anyio')\n"
        "print([name for name in sys.modules if name.startswith(names)], file=sys.stderr)"
    )
    path = folder / "gae.py"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bank()["gae"].reference or b"")
    done = subprocess.run(
        [sys.executable, "-c", code, path], capture_output=True, env=_ENVIRONMENT, cwd=ROOT
    )
    found = done.stderr.decode().strip().splitlines()[-1]
    row("P16", "modules of the page that grade loads", found, "[]", found == "[]")


def measure_same(folder: Path) -> None:
    """P20: the same programs by command, batch and page."""
    slug = "gae"
    problem = bank()[slug]
    programs = [
        problem.reference or b"",
        b"def gae(:\n",
        *(m.source for m in problem.misconceptions),
    ]
    server = Server(folder / "book")
    different = 0
    submissions = folder / "class"
    submissions.mkdir(parents=True)
    with httpx.Client(timeout=120) as one:
        for number, program in enumerate(programs):
            (submissions / f"s{number:03}.py").write_bytes(program)
            id = f"same-{number:05}"
            data = {"source": program.decode(), "id": id}
            headers = NDJSON | {"x-person": "first"}
            one.post(f"{BASE}/p/{slug}/submit", data=data, headers=headers)
    server.end()
    command = [sys.executable, "-m", "grader"]
    subprocess.run(
        [*command, "batch", slug, submissions, "--out", folder / "graded", "--bank", ROOT],
        capture_output=True,
        env=_ENVIRONMENT,
        check=True,
    )
    by_page = _cases(folder / "book" / "judgements.sqlite")
    by_batch = _cases(folder / "graded" / "store.sqlite")
    known = [[each[:2] for each in json.loads(row[0])] for row in by_page]
    for number in range(len(programs)):
        path = submissions / f"s{number:03}.py"
        done = subprocess.run(
            [*command, "grade", slug, path, "--json", "--reveal", "--bank", ROOT],
            capture_output=True,
            env=_ENVIRONMENT,
        )
        judged = json.loads(done.stdout)
        cases = [[each["name"], each["verdict"]] for each in judged["cases"]]
        different += cases not in known
    same = by_page == by_batch and not different
    row("P20", f"{len(programs)} programs by page, batch, grade", f"{different} differ", "0", same)


def _cases(path: Path) -> set[tuple[str, ...]]:
    """Return the stored judgements, but for times."""
    rows = sqlite3.connect(path).execute(
        "SELECT cases, misconceptions, observations, verdict, score, answers_fingerprint, notes"
        " FROM judgement"
    )
    return {tuple(map(str, row)) for row in rows}


def measure_pages(folder: Path) -> None:
    """P17 and P18: the tests in a real browser, which fail at the first violation."""
    for part, (words, what) in _BROWSER_TESTS.items():
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words.split()]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=_ENVIRONMENT)
        last = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else done.stderr[-60:]
        row(part, f"{what}, in Chromium", last.strip("= ")[:34], "all passed", done.returncode == 0)
        for line in done.stdout.splitlines():
            if line.startswith("FAILED"):
                note(line)


def measure_newcomer(folder: Path) -> None:
    """P19: from an empty environment to the first verdict: one pip, one command, no browser."""
    since = time.perf_counter()
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    environment = {name: each for name, each in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [python, "-m", "pip", "install", "--quiet", f"{ROOT}[serve]"],
        capture_output=True,
        text=True,
        env=environment,
    )
    if done.returncode:
        row("P19", "pip install", "not measured: " + done.stderr.strip()[-60:])
        return
    installed = time.perf_counter() - since
    words = ["serve", "--no-browser", "--port", "0", "--book", str(folder / "book")]
    server = subprocess.Popen(
        [python, "-m", "grader", *words],
        stdout=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=environment | {"GRADER_PROGRESS": ""},
    )
    assert server.stdout is not None
    found = re.search(r"http://\S+", server.stdout.readline())
    assert found, "the server has printed no address"
    with httpx.Client(base_url=found[0].partition("/in/")[0], timeout=120) as one:
        one.get(found[0])
        one.get("/p/gae")
        right = (bank()["gae"].reference or b"").decode()
        reply = one.post("/p/gae/submit", data={"source": right}, headers=NDJSON)
    seconds = time.perf_counter() - since
    server.terminate()
    server.communicate()
    row(
        "P19",
        f"pip ({installed:.0f} s) and serve to the first verdict",
        f"{seconds:.0f} s, accepted: {'accepted' in reply.text.splitlines()[-1]}",
        "120 s",
        seconds <= 120 and "accepted" in reply.text.splitlines()[-1],
    )
    note("a person also reads and types; a class in ten minutes is a journey by hand")
