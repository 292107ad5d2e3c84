"""The built editor: small, from pinned packages, with the licences of all that is in it."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

from tests._support.bank import ROOT
from tests._support.site import site

STATIC = ROOT / "grader" / "site" / "static"
FRONTEND = ROOT / "frontend"
MAX_BYTES_GZIPPED = 175_000  # of all scripts of a first visit


def test_the_scripts_of_a_problem_are_small(tmp_path: Path) -> None:
    with site(tmp_path) as page:
        text = page.client.get("/p/mean").text
    waiting, known = re.findall(r'/static/\w+/(\w+\.js)"', text), set[str]()
    while waiting:
        name = waiting.pop()
        if name not in known:
            known.add(name)
            text = (STATIC / name).read_text("utf-8")
            if name != "codemirror.js":  # a bundle, which imports nothing
                waiting += re.findall(r'(?:from|import\()\s*"\./(\w+\.js)"', text)
    assert {"page.js", "codemirror.js", "early.js"} <= known and "board.js" not in known
    sizes = [len(gzip.compress((STATIC / name).read_bytes())) for name in known]
    assert 100_000 < sum(sizes) <= MAX_BYTES_GZIPPED


def test_the_licences_name_each_package_in_its_version() -> None:
    locked = json.loads((FRONTEND / "package-lock.json").read_text("utf-8"))["packages"]
    packages = {
        f"{path.removeprefix('node_modules/')} {package['version']}"
        for path, package in locked.items()
        if path and not package.get("dev") and not package.get("peer")
    }
    licences = (STATIC / "codemirror.LICENCES.txt").read_text("utf-8")
    assert packages <= set(licences.splitlines())
    for text in licences.split("\n----\n"):
        assert "Permission is hereby granted, free of charge" in text  # the words of MIT


def test_versions_are_pinned_and_the_lock_names_no_host() -> None:
    wanted = json.loads((FRONTEND / "package.json").read_text("utf-8"))
    versions = [*wanted["dependencies"].values(), *wanted["devDependencies"].values()]
    assert [each for each in versions if not re.fullmatch(r"\d+\.\d+\.\d+", each)] == []
    assert "://" not in (FRONTEND / "package-lock.json").read_text("utf-8")


def test_scripts_name_no_other_origin() -> None:
    found = {
        path.name: re.findall(r"https?://[\w.]+", path.read_text("utf-8"))
        for path in STATIC.glob("*.js")
    }
    assert {name: set(urls) for name, urls in found.items() if urls} == {
        "codemirror.js": {"http://www.w3.org"}  # the name of SVG
    }
