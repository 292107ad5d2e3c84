"""What authors do with their problems: every folder of `data/authoring` is a bank with commands.

`commands.yaml` in a folder lists commands that are run in a copy of it, with their exit codes,
texts that they print, and texts that they must not print. Files in `files/` are submissions.
"""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests._support.bank import DATA
from tests._support.warm_command import WarmCommand

COMMANDS = [
    pytest.param(folder, command, id=f"{folder.name}: {command['run']}")
    for folder in sorted((DATA / "authoring").iterdir())
    for command in yaml.safe_load((folder / "commands.yaml").read_text("utf-8"))
]


@pytest.mark.parametrize("folder, command", COMMANDS)
def test_a_command_on_an_odd_problem(
    folder: Path, command: dict[str, Any], tmp_path: Path, warm_command: WarmCommand
) -> None:
    here = Path(shutil.copytree(folder, tmp_path / "bank"))
    words = shlex.split(command["run"])
    assert words[0] == "grader"
    done = warm_command.run(words[1:], here, os.environ)
    printed = (done.stdout + done.stderr).decode("utf-8")
    assert "Traceback" not in printed
    assert done.returncode == command.get("exit", 0), printed
    for text in command.get("says", []):
        assert text in printed
    for text in command.get("never", []):
        assert text not in printed
