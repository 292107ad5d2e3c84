"""Run a page of the documentation as its reader would: `python tests/_support/docs.py PAGE`.

Blocks run one by one in a folder that contains only a copy of `problems` and `solutions`. The
language of a block says how it is tested:

    console  commands, each after `$ `, continued after a `\\` at the end of a line. The other lines
             are output, each of which the command above must print, in this order; `…` matches
             anything. A command may exit with 0 or 1, as after a judgement
    python   runs with the names that earlier blocks of Python on the page have defined
    sh       is not run, only checked for syntax, and needs a reason in NOT_RUN. A block of Python
             with a reason in NOT_RUN is treated the same
    {…}      is a directive for the site, which Sphinx checks when it builds the site
    others   are data and must be well-formed. A language that is not in DATA is an error

A block of any language with `title="name"` is a file: it is written to the folder and not run. A
comment `<!-- setup … -->` contains commands for bash that the reader does not see; ROOT is the
checkout there.
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
BLOCK_S = 600  # ends what would hang; on a busy machine no block comes near it

# Blocks that are not run: the page, the beginning of the block, and the reason.
NOT_RUN = {
    ("README.md", "make demo"): "CI runs both; tests that run the tests would not end",
    ("README.md", "pip install"): "it would install into the environment of the tests",
    ("README.md", "grader serve"): "does not end; tests/site starts it with these options",
    ("quickstart.md", "pip install"): "as README.md",
    ("practice.md", "pip install"): "as README.md; test_serve.py starts and stops it",
    ("signing-in.md", "grader serve"): "does not end; test_class_links.py starts it",
    (
        "importing.md",
        "grader import",
    ): "the exercises belong to their authors; tests/importers has others",
    ("student.md", "grader grade me.py --watch"): "does not end; test_watch.py saves under it",
    ("CONTRIBUTING.md", "make .venv"): "as README.md",
    ("classes.md", "pip install"): "as README.md",
    ("deploying.md", "python3 -m venv"): "as README.md",
    ("deploying.md", "grader serve"): "does not end; tests/site starts it with these options",
    ("deploying.md", "mkdir -p"): "it is for root; test_deployment.py reads the units",
    ("deploying.md", "nginx -t"): "it is for root; test_deployment.py runs nginx",
    (
        "deploying.md",
        "grader links",
    ): "no course has been served; test_class_links.py has one",
    ("deploying.md", "export JUPYTERHUB"): "there is no JupyterHub",
    ("deploying.md", "c.JupyterHub"): "JupyterHub reads it",
    ("classes.md", "from dask_jobqueue"): "there is no SLURM cluster",
}


def _well_formed_yaml(text: str) -> None:
    list(
        yaml.parse(text)
    )  # without constructing values: the tags are known only to the grader's own loader


DATA: dict[str, Callable[[str], object]] = {
    "yaml": _well_formed_yaml,
    "json": json.loads,
    "toml": tomllib.loads,
    "text": str,
    "markdown": str,
}

_SETUP = "<!-- setup"  # treated as a language
_MARK = "-- the next command --"


class Mistake(Exception):
    """A difference between a page and what happens when a reader follows it."""


class Block(NamedTuple):
    """A block of a page.

    Attributes:
        language: the language of the fence; for a comment, `<!-- ` and its first word
        title: the name of the file, if it is one
        line: the line of the page on which the block begins, from 1
    """

    language: str
    title: str
    text: str
    line: int


def blocks(page: Path) -> Iterator[Block]:
    """Yield the blocks of a page, in order."""
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
    """Run every block of a page in the current folder.

    Raises:
        Mistake: if a block fails or prints something else
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
        # Shifted down to its line in the page, for the traceback.
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
        raise Mistake(f"a block of {language or 'no language'}: docs.py describes the languages")


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
    """Run the commands of a block in one shell and compare their output with the lines shown."""
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
    """Return the first line shown that is not printed after the line before it."""
    printed = iter(real.splitlines())
    for line in filter(lambda line: line.strip(" …"), shown):
        pattern = ".*".join(re.escape(part) for part in line.rstrip().split("…"))
        if not any(re.fullmatch(pattern, candidate.rstrip()) for candidate in printed):
            return line
    return None


def _bash(script: str, *options: str, **names: str) -> tuple[int, str]:
    """Return the exit code of a script and its output."""
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
    """Return an environment without anything of this one but the path of programs."""
    programs = [str(Path(sys.executable).parent), os.environ["PATH"]]
    environment = {
        "PATH": os.pathsep.join(programs),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "COLUMNS": "80",
    }
    if "PYTHONPATH" in os.environ:  # set by tests of a checkout that is not the one installed
        environment["PYTHONPATH"] = os.environ["PYTHONPATH"]
    return environment


def main(page: Path) -> None:
    """Run a page in a temporary folder.

    Raises:
        Mistake: if a block fails or prints something else
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
