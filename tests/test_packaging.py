"""Facts that pyproject.toml, the lock files, noxfile.py, the Makefile and the workflow share."""

from __future__ import annotations

import re
import tomllib

import yaml

from grader import DISTRIBUTION
from tests._support.bank import ROOT

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8"))
NOXFILE = (ROOT / "noxfile.py").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")


def test_the_distribution_has_one_name() -> None:
    assert PYPROJECT["project"]["name"] == DISTRIBUTION
    for lock in ("run.txt", "dev.txt"):
        text = (ROOT / "lock" / lock).read_text("utf-8")
        assert set(re.findall(r"(\S+) \(pyproject\.toml\)", text)) == {DISTRIBUTION}


def test_each_classified_python_is_tested() -> None:
    matrix = WORKFLOW["jobs"]["tests"]["strategy"]["matrix"]
    tested = {f"Programming Language :: Python :: {version}" for version in matrix["python"]}
    named = {each for each in PYPROJECT["project"]["classifiers"] if ":: Python :: 3." in each}
    assert named == tested


def test_each_classified_system_is_tested() -> None:
    matrix = WORKFLOW["jobs"]["tests"]["strategy"]["matrix"]
    runners = {*matrix["os"], *(job["os"] for job in matrix["include"])}
    systems = {
        "Operating System :: MacOS": "macos-latest",
        "Operating System :: Microsoft :: Windows": "windows-latest",
        "Operating System :: POSIX :: Linux": "ubuntu-latest",
    }
    named = {each for each in PYPROJECT["project"]["classifiers"] if each in systems}
    assert {systems[each] for each in named} == runners


def test_the_workflow_asks_for_sessions_and_targets_that_exist() -> None:
    matrix = WORKFLOW["jobs"]["tests"]["strategy"]["matrix"]
    sessions = {*matrix["session"], *(job["session"] for job in matrix["include"])}
    assert sessions <= set(re.findall(r"^def (\w+)\(", NOXFILE, re.MULTILINE))
    steps = [step for job in WORKFLOW["jobs"].values() for step in job["steps"]]
    targets = re.findall(r"\bmake (\w+)", "\n".join(step.get("run", "") for step in steps))
    targets += re.findall(r'"make", "(\w+)"', NOXFILE)
    assert targets and set(targets) <= set(re.findall(r"^(\w+):", MAKEFILE, re.MULTILINE))


def test_the_portable_tests_exist() -> None:
    paths = re.findall(r'^    "(tests/[\w./]+)",$', NOXFILE, re.MULTILINE)
    assert paths and [path for path in paths if not (ROOT / path).exists()] == []
