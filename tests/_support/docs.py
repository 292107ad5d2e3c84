"""Runs a page of the documentation as its reader would: `python tests/docs.py PAGE`.

It is done block by block, in an empty folder with a copy of the bank's `problems` and `solutions`.
The language of a block says what it is:

    console  commands, each after `$ `, and continued after a `\\` at the end of a line. The other
             lines are output: each must be printed by the command above it, in this order. `…`
             stands for anything. A command may exit with 0 or 1, as after a judgement
    python   is run, with the names that the blocks of Python above it have made
    sh       what cannot be run by a test, as is code in Python of which that is true: it only
             must be free of mistakes in its grammar, and stand in NOT_RUN with the reason
    {…}      a directive for the site, which Sphinx checks as it builds it
    others   data, which must be well formed. A language that is not in DATA is a mistake

A block of any language with a `title="name"` is a file. It is written to the folder, and not run.
A comment `<!-- setup … -->` holds lines for bash that the reader does not see; ROOT is the checkout
there.
"""

from __future__ import annotations

import faulthandler
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import yaml
from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parents[2]
BLOCK_S = 60

# What is not run: the page, how the block begins, and why.
NOT_RUN = {
    ("README.md", "make demo"): "CI runs both; tests that run the tests would not end",
    ("README.md", "pip install"): "it would install into the environment of the tests",
    ("quickstart.md", "pip install"): "as README.md",
    ("student.md", "grader grade me.py --watch"): "does not end; test_watch.py saves under it",
    ("CONTRIBUTING.md", "make .venv"): "as README.md",
    ("classes.md", "pip install"): "as README.md",
    ("classes.md", "from dask_jobqueue"): "there is no SLURM cluster",
}


def _well_formed_yaml(text: str) -> None:
    list(yaml.parse(text))  # without making the values: our tags are known to our loader alone


DATA: dict[str, Callable[[str], object]] = {
    "yaml": _well_formed_yaml,
    "json": json.loads,
    "toml": tomllib.loads,
    "text": str,
    "markdown": str,
}

_SETUP = "<!-- setup"  # as good as a language
_MARK = "-- the next command --"


class Mistake(Exception):
    """What a reader would stumble over."""


class Block(NamedTuple):
    """A block of a page.

    Attributes:
        language: as the page says; of a comment its first word, after `<!-- `
        title: the file it is, if any
        line: of the page, where it begins, from 1
    """

    language: str
    title: str
    text: str
    line: int


def blocks(page: Path) -> Iterator[Block]:
    """The blocks of a page, in order."""
    for token in MarkdownIt("commonmark").parse(page.read_text("utf-8")):
        line = token.map[0] + 1 if token.map else 0
        if token.type in ("fence", "code_block"):
            language = re.match(r"(\{[\w-]+\}|[\w-]*)(?!\S)", token.info)
            title = re.search(r'title="([^"]*)"', token.info)
            name = language[0] if language else ""
            yield Block(name, title[1] if title else "", token.content, line)
        elif token.type == "html_block" and token.content.startswith("<!--"):
            word = " ".join(token.content.split()[:2])
            yield Block(word, "", token.content.removeprefix(word), line)


def run(page: Path) -> None:
    """Do all that a page says, here.

    Raises:
        Mistake: if anything is not as the page says
    """
    names: dict[str, object] = {"__name__": "__main__"}
    for block in blocks(page):
        try:
            _do(block, page, names)
        except Exception as error:
            error.add_note(f"at {page.name}:{block.line}")
            raise


def _do(block: Block, page: Path, names: dict[str, object]) -> None:
    language, text = block.language, block.text
    if language in DATA:
        DATA[language](text)
    if block.title:
        _write(block)
    elif language == _SETUP:
        script, end, _ = text.partition("-->")
        if not end:
            raise Mistake("a comment without an end")
        code, output = _bash(f"set -euo pipefail\n{script}", ROOT=str(ROOT))
        if code:
            raise Mistake(f"the setup exits with {code}:\n{output}")
    elif language == "console":
        _console(text)
    elif language == "python":
        # As many lines further down as it stands in the page, for the traceback.
        program = compile("\n" * block.line + text, page.name, "exec")
        if not _is_excused(block, page):
            faulthandler.dump_traceback_later(BLOCK_S, exit=True)
            try:
                exec(program, names)
            finally:
                faulthandler.cancel_dump_traceback_later()
    elif language == "sh":
        if not _is_excused(block, page):
            raise Mistake("sh is for what cannot be run, with the reason in NOT_RUN; use console")
        code, output = _bash(text, "-n")
        if code:
            raise Mistake(output)
    elif language not in DATA and not language.startswith("{"):
        raise Mistake(f"a block of {language or 'no language'}: how to test it is said in docs.py")


def _is_excused(block: Block, page: Path) -> bool:
    return any(
        name == page.name and block.text.startswith(beginning) for name, beginning in NOT_RUN
    )


def _write(block: Block) -> None:
    file = Path(block.title).resolve()
    if not file.is_relative_to(Path.cwd()):
        raise Mistake(f"{block.title} is outside of the folder")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(block.text, encoding="utf-8")


def _console(text: str) -> None:
    """Run the commands of a block, in one shell, and look for what is shown of their output."""
    parts = re.split(r"^\$ ", text, flags=re.MULTILINE)
    if parts[0].strip() or len(parts) == 1:
        raise Mistake("a console block begins with a command, after `$ `")
    commands, shown = [], []
    for part in parts[1:]:
        first = re.match(r"(?:.*\\\n)*.*", part)
        assert first  # everything begins with a line
        commands.append(first[0])
        shown.append(part[first.end() :].splitlines())
    each = (
        f"printf '\\n%s\\n' '{_MARK}'\n{command}\ncode=$?; ((code <= 1)) || exit $code"
        for command in commands
    )
    code, output = _bash("\n".join(["set -uo pipefail", *each]))
    outputs = output.split(f"\n{_MARK}\n")[1:]
    if code:
        raise Mistake(f"$ {commands[len(outputs) - 1]}\nexits with {code}:\n{outputs[-1]}")
    for command, lines, real in zip(commands, shown, outputs, strict=True):
        missing = _missing(lines, real)
        if missing is not None:
            raise Mistake(f"$ {command}\nshould print\n{missing}\nbut prints\n{real}")


def _missing(shown: list[str], real: str) -> str | None:
    """The first line of those shown that is not printed after the one before."""
    printed = iter(real.splitlines())
    for line in filter(lambda line: line.strip(" …"), shown):
        pattern = ".*".join(re.escape(part) for part in line.rstrip().split("…"))
        if not any(re.fullmatch(pattern, candidate.rstrip()) for candidate in printed):
            return line
    return None


def _bash(script: str, *options: str, **names: str) -> tuple[int, str]:
    """The exit code of a script, and what it prints."""
    done = subprocess.run(
        ["bash", *options, "-c", script],
        env={**os.environ, **names},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        timeout=BLOCK_S,
    )
    return done.returncode, done.stdout


def _as_a_reader(home: Path) -> dict[str, str]:
    """The environment: nothing of this one but where the programs are."""
    programs = [str(Path(sys.executable).parent), os.environ["PATH"]]
    environment = {
        "PATH": os.pathsep.join(programs),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "COLUMNS": "80",
    }
    if "PYTHONPATH" in os.environ:  # of a test of another checkout than the one installed
        environment["PYTHONPATH"] = os.environ["PYTHONPATH"]
    return environment


def main(page: Path) -> None:
    """Run a page in a folder of its own.

    Raises:
        Mistake: if anything is not as the page says
    """
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary).resolve() / "home"
        folder = home / "work"
        for name in ("problems", "solutions"):
            shutil.copytree(ROOT / name, folder / name)
        environment = _as_a_reader(home)
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(folder)
        sys.path[0] = str(folder)
        run(page)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
