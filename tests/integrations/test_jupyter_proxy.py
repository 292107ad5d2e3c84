"""The tile in JupyterLab: what jupyter-server-proxy is told, and that the command serves."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from grader.integrations.jupyter_proxy import BANK, practice
from tests._support.bank import PATIENCE_S, ROOT, TEST_BANK


def command_for(**places: str) -> list[str]:
    """Return the command, with what is in braces put in its place as jupyter-server-proxy does."""
    told: Any = practice()["command"]
    return [word.format(port="0", **places) for word in told]


def test_it_is_found_by_its_entry_point() -> None:
    (found,) = entry_points(group="jupyter_serverproxy_servers", name="grader")
    assert found.load() is practice


def test_braces_of_a_path_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(BANK, "/home/ada/{2026}")
    monkeypatch.setattr(sys, "executable", "/opt/{env}/python")
    command = command_for(unix_socket="/tmp/{x}/socket", base_url="/user/{ada}/")
    assert command[0] == "/opt/{env}/python" and "/home/ada/{2026}" in command
    assert command[-4:] == ["--uds", "/tmp/{x}/socket", "--root-path", "/user/{ada}/grader"]


def test_the_command_serves_below_the_path_of_the_notebooks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(BANK, str(TEST_BANK))
    path = str(tmp_path / "socket")
    words = command_for(unix_socket=path, base_url="/user/ada%40example.org/")
    home = {"HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)}
    environment = {**os.environ, **home}
    # A program beside the notebooks, of a problem whose name is that of a module of Python.
    (tmp_path / "queue.py").write_text("def queue(): ...\n", "utf-8")
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, encoding="utf-8", env=environment, cwd=tmp_path
    ) as process:
        try:
            assert process.stdout is not None and "socket" in process.stdout.readline()
            transport = httpx.HTTPTransport(uds=path)
            with httpx.Client(
                transport=transport, base_url="http://hub.example", timeout=PATIENCE_S
            ) as client:
                page = client.get("/")  # jupyter-server-proxy removes the beginning of the path
                assert page.status_code == 200
                found = re.findall(r'(?:href|action|src)="(/[^"]*)', page.text)
                beginning = "/user/ada%40example.org/grader/"
                assert found and all(each.startswith(beginning) for each in found)
        finally:
            process.terminate()
