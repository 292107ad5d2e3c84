"""Pages and the class report under pseudonyms: no name is in them, and the key has them all."""

from __future__ import annotations

import csv
from pathlib import Path

from tests._support.bank import TEST_BANK, Command
from tests.cli.test_output_folder import RIGHT, WRONG, hand_in

WORDS = ("batch", "hw.yaml", "in", "--out", "out", "--roster", "class.csv")
HOMEWORK = """title: Homework
due: 2026-11-30 23:59 UTC
problems: [{problem: mean, points: 10}]
extensions: {adalove: 2026-12-02 23:59 UTC}
adjust: {alantur: {mean: 3, why: mail of Alan Turing}}
comments: {alantur: Dear Alan Turing, emmyno: {mean: Dear Emmy Noether}}
"""
NAMES = ("adalove", "Lovelace", "alantur", "Turing", "emmyno", "Noether", "strangerfile")


def key_of(out: Path) -> dict[str, str]:
    with (out / "pseudonyms.csv").open(newline="") as file:
        return {row["id"]: row["pseudonym"] for row in csv.DictReader(file)}


def test_names_are_in_the_key_alone(grader: Command, tmp_path: Path) -> None:
    hand_in(tmp_path / "in", adalove=RIGHT, alantur=WRONG, strangerfile=RIGHT)
    (tmp_path / "in" / "emmyno.rar").write_bytes(b"Rar!")
    (tmp_path / "hw.yaml").write_text(HOMEWORK)
    (tmp_path / "class.csv").write_text(
        "id,name\nadalove,Ada Lovelace\nalantur,Alan Turing\nemmyno,Emmy Noether\n"
    )
    out = tmp_path / "out"
    grader(*WORDS, bank=TEST_BANK)
    assert (out / "students" / "adalove.html").exists()
    done = grader(*WORDS, "--anonymous", bank=TEST_BANK)
    assert done.returncode == 0, done.stderr
    key = key_of(out)
    assert set(key) == {"adalove", "alantur", "emmyno", "strangerfile"}
    assert len(set(key.values())) == 4
    pages = [*(out / "students").rglob("*.html"), out / "class.html"]
    assert {page.stem for page in pages} == {*key.values(), "class"}
    assert len(pages) == 9
    for page in pages:
        text = page.read_text("utf-8") + page.name
        assert not [name for name in NAMES if name in text], page
    ada = (out / "students" / "mean" / f"{key['adalove']}.html").read_text("utf-8")
    assert "<b>10</b> of 10 points" in ada and "2026-12-02 23:59 UTC" in ada
    alan = (out / "students" / "mean" / f"{key['alantur']}.html").read_text("utf-8")
    assert "<b>3</b> of 10 points" in alan and "Points given by hand" in alan
    report = (out / "class.html").read_text("utf-8")
    assert all(name in report for name in key.values())
    # Students keep their pseudonyms, and the key outlives a grading with names.
    assert "Ada Lovelace" in (out / "grades.csv").read_text("utf-8")
    grader(*WORDS, bank=TEST_BANK)
    assert (out / "students" / "adalove.html").exists()
    assert not (out / "students" / f"{key['adalove']}.html").exists()
    grader(*WORDS, "--anonymous", bank=TEST_BANK)
    assert key_of(out) == key
