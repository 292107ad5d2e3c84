"""What a class submits is assigned to students and problems, however it is named and packed.

Folders and archives are made here, by the rules of the systems that write them.
"""

from __future__ import annotations

import io
import json
import os
import random
import re
import stat
import string
import sys
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import Mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.bank.locate import Heading
from grader.errors import UsageError
from grader.model.course import (
    Attempt,
    Delivery,
    OpenQuestion,
    Source,
    Student,
    SubmissionSet,
)
from grader.submissions import archives, collect_submissions, read_attempt
from grader.submissions.filenames import SKIPPED, file_name, label, make_locator, split_locator
from grader.submissions.files import read_at
from tests._support.submissions import (
    IDLE,
    MEAN,
    OTHER,
    SOFTMAX,
    SOLVED,
    Files,
    archive,
    collect,
    folder,
    notebook,
    zipped,
)


def sources_of(found: SubmissionSet) -> dict[str, bytes]:
    """The source of each student's only attempt."""
    assert len({attempt.student for attempt in found.attempts}) == len(found.attempts)
    return {attempt.student: read_attempt(attempt).source for attempt in found.attempts}


# Layouts -----------------------------------------------------------------------------------------

ODD = {
    "101": "Doe, Jane",
    "102": "O'Neil-Smith, Ann Marie",
    "103": "Müller, Jürgen",
    "104": "=cmd|' calc'!A0",
    "105": "-rf",
    "106": "Ω 🎓",
    "107": "van der Berg, Jan",
    "108": "x" * 150,
    "109": "a!b",
    "110": "back\\slash",
    "111": "dots...",
    "112": "two\nlines \u202etxt",
}
CONTENT = {id: SOLVED + f"# {id}\n".encode() for id in ODD}


def canvas_name(id: str, suffix: str = "") -> str:
    """As content_zipper.rb makes it."""
    name = re.sub(r"\W", "", ODD[id].lower())
    attachment = 900 + int(id)
    return f"{name}{suffix}_{id}_{attachment}_my_softmax {attachment}.py"


def moodle_name(id: str) -> str:
    return f"{ODD[id].replace('_', ' ')}_{id}_assignsubmission_file"


def metadata(**more: str) -> bytes:
    """As Gradescope writes it, with the keys of Ruby's symbols."""
    lines = []
    for id, name in ODD.items():
        quoted = json.dumps(name, ensure_ascii=False)
        lines.append(f"submission_9{id}:\n  :submitters:\n  - :name: {quoted}")
        lines.append(f"    :sid: '{id}'\n    :email: s{id}@x.edu")
        lines.append("  :created_at: 2023-09-21 10:11:12.000000 Z\n  :status: processed")
        lines.append("  :results: {score: 1.0, tests: []}\n  :history: []")
    return "\n".join([*lines, ""]).encode()


# Of each system, the names of the files with which it hands over `ODD`.
LAYOUTS: dict[str, Files] = {
    "files": {f"{id}.py": CONTENT[id] for id in ODD},
    "files with the problem": {f"{id}_softmax.py": CONTENT[id] for id in ODD},
    "folders": {f"{id}/a solution!.py": CONTENT[id] for id in ODD},
    "archives": {f"{id}.zip": zipped({"src/m!y.py": CONTENT[id]}) for id in ODD},
    "notebooks": {f"{id}.ipynb": notebook(CONTENT[id].decode()) for id in ODD},
    "canvas": {canvas_name(id): CONTENT[id] for id in ODD},
    "canvas, late": {canvas_name(id, "_LATE"): CONTENT[id] for id in ODD},
    "canvas, zips": {
        canvas_name(id).replace(".py", ".zip"): zipped({"1_2_3.py": CONTENT[id]}) for id in ODD
    },
    "moodle": {f"{moodle_name(id)}/my softmax.py": CONTENT[id] for id in ODD},
    "moodle before 4.1": {f"{moodle_name(id)}_/sub/m.py": CONTENT[id] for id in ODD},
    "moodle without folders": {f"{moodle_name(id)}_my_mod.py": CONTENT[id] for id in ODD},
    "gradescope": {
        "assignment_7_export/submission_metadata.yml": metadata(),
        **{f"assignment_7_export/submission_9{id}/a b.py": CONTENT[id] for id in ODD},
    },
    "gradescope without a folder": {
        "submission_metadata.yml": metadata(),
        **{f"submission_9{id}/a b.py": CONTENT[id] for id in ODD},
    },
    "classroom": {f"hw-1-submissions/hw-1-{id}/src/a.py": CONTENT[id] for id in ODD},
}


@pytest.mark.parametrize("packed", ["folder", "archive"])
@pytest.mark.parametrize("files", LAYOUTS.values(), ids=LAYOUTS)
def test_layout_finds_every_student(files: Files, packed: str, tmp_path: Path) -> None:
    if packed == "folder":
        found = collect(folder(tmp_path / "in", files))
    else:
        safe = {name.replace("\\", ""): content for name, content in files.items()}
        found = collect(archive(tmp_path / "in.zip", safe))
    sources = {id: source.removeprefix(b"# cell 1\n") for id, source in sources_of(found).items()}
    assert {id: source.rstrip() + b"\n" for id, source in sources.items()} == CONTENT
    assert found.unmatched == () and not any(attempt.flaw for attempt in found.attempts)


@pytest.mark.parametrize("packed", ["folder", "archive"])
def test_students_are_named_after_their_files(packed: str, tmp_path: Path) -> None:
    names = set(ODD.values())
    if packed == "archive":
        names.remove(ODD["110"])  # there a backslash is a "/", as Windows writes it
    files = {f"{name}.py": SOLVED + name.encode().hex().encode() for name in names}
    at = tmp_path / "class"
    path = folder(at, files) if packed == "folder" else archive(tmp_path / "class.zip", files)
    found = sources_of(collect(path))
    assert len(found) == len(names)
    assert all(name.isprintable() and name.encode() for name in found)
    assert {
        bytes.fromhex(source.removeprefix(SOLVED).decode()).decode() for source in found.values()
    } == names


def test_names_that_are_not_text_are_escaped(tmp_path: Path) -> None:
    for name in (b"caf\xe9.py", b"caf\xe8.py"):
        (tmp_path / os.fsdecode(name)).write_bytes(SOLVED)
    found = collect(tmp_path)
    assert list(sources_of(found)) == [r"caf\u{dce8}", r"caf\u{dce9}"]
    json.dumps([attempt.locator for attempt in found.attempts], ensure_ascii=False).encode()


def test_single_folder_in_an_archive_is_not_a_student(tmp_path: Path) -> None:
    files = {"hw3/ada.py": SOLVED, "hw3/bob/x.py": SOLVED, "__MACOSX/hw3/._ada.py": b"\0"}
    assert list(sources_of(collect(archive(tmp_path / "hw3.zip", files)))) == ["ada", "bob"]
    assert list(sources_of(collect(folder(tmp_path / "class", files)))) == ["hw3"]


def test_one_student_cannot_change_the_layout(tmp_path: Path) -> None:
    files = {f"{name}.py": SOLVED for name in ("ada", "bob", "cy")}
    files["x_1_assignsubmission_file_y.py"] = SOLVED
    assert {"ada", "bob", "cy"} < set(sources_of(collect(folder(tmp_path, files))))


def test_canvas_texts_links_and_anonymous_files(tmp_path: Path) -> None:
    files = {
        "anon_Ab1Cd_55_hw1.py": SOLVED,
        "LATE_anon_Zz9_56_hw1.py": SOLVED,
        "doejane_7_text.html": b"<p>",
        "doejim_late_8_link.html": b"<a>",
        "roe_9_91_a.py": SOLVED,
        "roe_9_92_b.py": SOLVED + b"# newer\n",
        "readme": b"",
    }
    found = collect(archive(tmp_path / "submissions.zip", files))
    by = {attempt.student: attempt for attempt in found.attempts}
    assert list(by) == ["7", "8", "9", "anon_Ab1Cd", "anon_Zz9"]
    assert by["7"].flaw == "it is a text typed into Canvas; submit a .py file"
    assert by["8"].flaw == "it is a link; submit a .py file"
    assert by["anon_Zz9"].notes == ("late according to Canvas",)
    assert [by[id].is_late for id in ("8", "9", "anon_Zz9")] == [True, False, True]
    assert read_attempt(by["9"]).source.endswith(b"# newer\n")
    assert by["9"].notes == ("b.py, a.py all define softmax: b.py is judged",)
    assert found.unmatched == (
        "9: a.py: b.py is judged instead",
        "readme: not a file of a Canvas export",
    )


def test_moodle_texts_groups_and_blind_marking(tmp_path: Path) -> None:
    files = {
        "Participant_12_assignsubmission_file/a.py": SOLVED,
        "Group A_assignsubmission_file/a.py": SOLVED,
        "Jane Doe_13_assignsubmission_onlinetext/onlinetext.html": b"<p>",
    }
    found = collect(folder(tmp_path, files))
    assert list(sources_of(found)) == ["12", "13", "Group A"]
    assert found.attempts[1].flaw == "it is a text typed into Moodle; submit a .py file"
    assert found.students[0] == Student("12")


GRADESCOPE = """
submission_1:
  :submitters:
  - :name: Jane Doe
    :sid: 100
    :email: jane@x.edu
  - :name: Jim Roe
    :sid: null
  :created_at: "2023-09-21T10:11:12-07:00"
  :history:
  - :id: 5
submission_2:
  :submitters:
  - :name: Jane Doe
    :sid: 100
    :email: jane@x.edu
  :created_at: 2023-09-20 10:11:12.500000 Z
submission_3:
  :submitters: []
submission_4:
  :submitters:
  - :name: Gone
  :created_at: 2023-09-20 10:11:12 Z
"""


def test_gradescope_groups_times_and_gaps(tmp_path: Path) -> None:
    files = {
        "submission_metadata.yml": GRADESCOPE.encode(),
        "submission_1/a.py": SOLVED,
        "submission_2/a.py": SOLVED + b"# first\n",
        "submission_3/a.py": SOLVED,
        "submission_5/a.py": SOLVED,
    }
    found = collect(folder(tmp_path, files))
    first, second, gone, jim, *unlisted = found.attempts
    assert (first.student, first.number, second.number) == ("100", 1, 2)
    assert first.submitted_at == datetime(2023, 9, 20, 10, 11, 12, 500000, UTC)
    assert second.submitted_at and second.submitted_at.isoformat() == "2023-09-21T10:11:12-07:00"
    assert second.notes == ("earlier submissions that are not in the export: 1",)
    assert jim.student == "Jim Roe in submission_1"
    assert (gone.student, gone.flaw.partition(",")[0]) == (
        "Gone in submission_4",
        "submission_metadata.yml lists it",
    )
    assert [each.student for each in unlisted] == ["submission_3", "submission_5"]
    assert unlisted[0].notes == ("submission_metadata.yml does not list its submitters",)
    assert found.unmatched == ()


@pytest.mark.parametrize(
    "content", [b"", b"[1, 2]", b"a: [", b"a: \xe9", b"- " * 5000, b"!!python/name:os.x 1"]
)
def test_gradescope_list_is_refused(content: bytes, tmp_path: Path) -> None:
    files = {"submission_metadata.yml": content, "submission_1/a.py": SOLVED}
    with pytest.raises(UsageError, match=r"submission_metadata\.yml.*download the export again"):
        collect(folder(tmp_path, files))


LEVELS = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 60))
METADATA_BOMBS = {
    "aliases for a name": f"l0: &l0 [x]\n{LEVELS}submission_1: {{submitters: [{{name: *l59}}]}}\n",
    "aliases for members": f"l0: &l0 [x]\n{LEVELS}submission_1: {{submitters: *l59}}\n",
    "aliases in merge keys": "l0: &l0 {a: 1}\n"
    + "".join(f"l{n}: &l{n} {{<<: [{', '.join([f'*l{n - 1}'] * 9)}]}}\n" for n in range(1, 60))
    + "submission_1: {<<: *l59}\n",
    "an integer in base 60": f"submission_1: {{submitters: [], created_at: {'1:' * 200_000}1}}\n",
    "an integer of too many digits": f"submission_1: {{submitters: [], id: {'1' * 10_000}}}\n",
    "a time that does not exist": "submission_1: 2023-99-99\n",
    "a tag of Ruby": "submission_1: !ruby/object:File {submitters: []}\n",
}


@pytest.mark.parametrize("text", METADATA_BOMBS.values(), ids=METADATA_BOMBS)
def test_gradescope_list_costs_what_it_contains(text: str, tmp_path: Path) -> None:
    """Written out, the aliases are more than the memory of any machine."""
    listed = text + "submission_2: {submitters: [{name: Zoe, sid: '2'}]}\n"
    files = {"submission_metadata.yml": listed.encode(), "submission_2/a.py": SOLVED}
    found = collect(folder(tmp_path, files | {"submission_1/a.py": SOLVED}))
    # A member without a name is called by the folder.
    assert {each.student for each in found.attempts} == {"2", "submission_1"}


def test_roster_decides_where_a_classroom_login_begins(tmp_path: Path) -> None:
    files = {f"work-submissions/{name}/a.py": SOLVED for name in ("my-hw-ann-lee", "softmax-bob")}
    (tmp_path / "r.csv").write_text(
        '"identifier","github_username","github_id","name"\n"1","Ann-Lee","7","Ann"\n"2","bob",,""\n'
    )
    found = collect(folder(tmp_path / "in", files), roster=str(tmp_path / "r.csv"))
    assert [attempt.student for attempt in found.attempts] == ["1", "2"]


def test_classroom_login_follows_the_longest_known_problem(tmp_path: Path) -> None:
    stable = Heading("stable", "", "", "", "stable")
    path = folder(tmp_path, {"work-submissions/stable-mean-bob/a.py": OTHER})
    assert [each.student for each in collect(path, stable, MEAN).attempts] == ["bob"]


PATTERN = (
    r"(?P<problem>[^/]+)/(?P<student>\w+)_(?P<timestamp>[^_]+)_(?P<number>\d+)_(?P<file>[^/]+)"
)


def test_pattern_is_a_layout(tmp_path: Path) -> None:
    files = {
        "softmax/ada_2024-01-02T10:00:00Z_10_a.py": SOLVED,
        "softmax/ada_20240101_2_a.py": SOLVED + b"# early\n",
        "stable_mean/ada_20240101_1_b.py": b"pass\n",
        "tanh/ada_20240101_1_c.py": SOLVED,
        "softmax/nobody": SOLVED,
    }
    found = collect(folder(tmp_path, files), SOFTMAX, MEAN, pattern=PATTERN)
    got = [(each.problem, each.number, each.submitted_at, each.notes) for each in found.attempts]
    assert got == [
        ("softmax", 1, datetime(2024, 1, 1, tzinfo=UTC), ()),
        ("softmax", 2, datetime(2024, 1, 2, 10, tzinfo=UTC), ()),
        (
            "stable-mean",
            1,
            datetime(2024, 1, 1, tzinfo=UTC),
            ("b.py does not define stable_mean",),
        ),
    ]
    assert read_attempt(found.attempts[0]).source.endswith(b"# early\n")
    assert found.unmatched == (
        "ada: c.py: submitted for 'tanh', which is not one of the problems",
        "softmax/nobody: does not match the pattern",
    )


MISTAKES = {
    "no such layout": ({"layout": "canvs"}, "did you mean 'canvas'"),
    "no pattern": ({"layout": "regex"}, "needs a pattern"),
    "no student": ({"pattern": "(?P<file>.*)"}, "needs a group"),
    "a pattern and a layout": (
        {"layout": "moodle", "pattern": "(?P<student>.*)"},
        "it cannot be used with the layout moodle; remove --pattern or --layout",
    ),
    "a pattern and the usual layout": ({"layout": "students", "pattern": "("}, "remove --pattern"),
    "a pattern and no such layout": ({"layout": "canvs", "pattern": "("}, "mean 'canvas'"),
    "a pattern and its layout": ({"layout": "regex", "pattern": "("}, "not a regular expression"),
    "no such group": ({"pattern": "(?P<student>.)(?P<numbr>.)"}, "did you mean 'number'"),
    "no pattern at all": ({"pattern": "("}, "is not a regular expression"),
    "no list": ({"layout": "gradescope"}, "which a Gradescope export contains"),
    "no roster": ({"roster": "nowhere.csv"}, "nowhere.csv cannot be read"),
}


@pytest.mark.parametrize("options, message", MISTAKES.values(), ids=MISTAKES)
def test_mistakes_of_the_user_are_reported(
    options: dict[str, str], message: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        collect(folder(tmp_path, {"ada.py": SOLVED}), **options)


def test_submissions_are_a_folder_or_an_archive(tmp_path: Path) -> None:
    for name, message in (
        ("none", "there is no"),
        ("a.py", "expected a folder"),
        ("a.zip", "cannot be read"),
    ):
        if name != "none":
            (tmp_path / name).write_bytes(SOLVED)
        with pytest.raises(UsageError, match=message):
            collect(tmp_path / name)


@pytest.mark.parametrize("layout", ["students", "canvas", "moodle", "gradescope", "classroom"])
def test_layout_can_be_named(layout: str, tmp_path: Path) -> None:
    key = "folders" if layout == "students" else layout
    path = folder(tmp_path / "in", LAYOUTS[key])
    assert collect(path, layout=layout) == collect(path)


# Attempts and problems ---------------------------------------------------------------------------


def test_attempts_are_numbered_in_order(tmp_path: Path) -> None:
    files = {f"ada/attempt{number}/x.py": SOLVED + b"#%d" % number for number in (10, 9, 2)}
    files |= {"bob_attempt_2.py": SOLVED + b"#2", "bob attempt 1.py": SOLVED + b"#1"}
    found = collect(folder(tmp_path, files))
    got = [(each.student, each.number, read_attempt(each).source[-2:]) for each in found.attempts]
    assert got == [
        ("ada", 1, b"#2"),
        ("ada", 2, b"#9"),
        ("ada", 3, b"10"),
        ("bob", 1, b"#1"),
        ("bob", 2, b"#2"),
    ]


TIMED = "HW_ada_attempt_2026-11-30-23-{}-00_a.py".format
# The files of each source, and the order in which they count, each with the number of its source.
SEVERAL_SOURCES = {
    "numbers, then a late file": (
        [["ada_attempt1.py", "ada_attempt2.py"], ["ada.py"]],
        ["0 ada_attempt1.py", "0 ada_attempt2.py", "1 ada.py"],
    ),
    "a file, then numbers": (
        [["ada.py"], ["ada_attempt1.py", "ada_attempt2.py"]],
        ["0 ada.py", "1 ada_attempt1.py", "1 ada_attempt2.py"],
    ),
    "numbers in both": (
        [["ada_attempt1.py", "ada_attempt2.py"], ["ada_attempt1.py"]],
        ["0 ada_attempt1.py", "0 ada_attempt2.py", "1 ada_attempt1.py"],
    ),
    "times, then a late file without one": (
        [[TIMED(30)], ["ada.py"]],
        [f"0 {TIMED(30)}", "1 ada.py"],
    ),
    "times in both": (
        [[TIMED(20), TIMED(40)], [TIMED(10), TIMED(30)]],
        [f"1 {TIMED(10)}", f"0 {TIMED(20)}", f"1 {TIMED(30)}", f"0 {TIMED(40)}"],
    ),
}


@pytest.mark.parametrize("files, expected", SEVERAL_SOURCES.values(), ids=SEVERAL_SOURCES)
def test_attempts_of_several_sources_are_in_order(
    files: list[list[str]], expected: list[str], tmp_path: Path
) -> None:
    sources = []
    for number, names in enumerate(files):
        held = {name: SOLVED + f"# {number} {name}".encode() for name in names}
        layout = "blackboard" if names[0].startswith("HW") else "students"
        sources.append(Source(str(folder(tmp_path / str(number), held)), layout))
    found = collect_submissions(sources, (SOFTMAX,)).attempts
    assert [read_attempt(each).source.decode().split("# ")[1] for each in found] == expected


# The contents of Ada's attempts in each source, in order, and those that remain.
REPEATED = {
    "an earlier text again, and a source without it": (["aba", ""], "aba"),
    "an earlier text again, and the same source twice": (["aba", "aba"], "aba"),
    "a source that was downloaded again": (["ab", "abc"], "abc"),
    "an earlier text again since the first download": (["ab", "aba"], "aba"),
    "the same text twice, which is kept": (["aa", "b"], "aab"),
    "the same text in three sources": (["a", "a", "a"], "a"),
}


@pytest.mark.parametrize("texts, expected", REPEATED.values(), ids=REPEATED)
def test_only_attempts_of_different_sources_are_the_same(
    texts: list[str], expected: str, tmp_path: Path
) -> None:
    sources = []
    for number, contents in enumerate(texts):
        files = {f"ada_attempt{n}.py": text.encode() for n, text in enumerate(contents, 1)}
        path = folder(tmp_path / str(number), files | {"bob.py": SOLVED})
        sources.append(Source(str(path)))
    found = collect_submissions(sources, (SOFTMAX,)).attempts
    of_ada = [each for each in found if each.student == "ada"]
    assert "".join(read_attempt(each).source.decode() for each in of_ada) == expected
    assert [each.number for each in of_ada] == list(range(1, len(expected) + 1))


MOODLE = "Ada Lovelace_11_assignsubmission_file/x.py"
# The files of each source with their contents, the time in the roster, and the text and the time of
# each attempt that remains.
TIMES_IN_ROSTER = {
    "one source": ([{MOODLE: "a"}], "2026-12-02", [("a", "2026-12-02")]),
    "a later file": (
        [{MOODLE: "a"}, {MOODLE: "b"}],
        "2026-12-02",
        [("a", ""), ("b", "2026-12-02")],
    ),
    "a download that has the same file again": (
        [{MOODLE: "a"}, {MOODLE: "a"}],
        "2026-12-02",
        [("a", "2026-12-02")],
    ),
    "the last file in two downloads": (
        [{MOODLE: "a"}, {MOODLE: "b"}, {MOODLE: "b"}],
        "2026-12-02",
        [("a", ""), ("b", "2026-12-02")],
    ),
    "an earlier file in the last download": (
        [{MOODLE: "a"}, {MOODLE: "b"}, {MOODLE: "a"}],
        "2026-12-02",
        [("a", ""), ("b", "")],
    ),
    "numbered attempts": (
        [{"11_attempt1.py": "a", "11_attempt2.py": "b"}],
        "2026-12-02",
        [("a", ""), ("b", "2026-12-02")],
    ),
    "a time in the name of an earlier file": (
        [{"HW_11_attempt_2026-11-30-23-30-00_a.py": "a"}, {MOODLE: "b"}],
        "2026-12-02",
        [("a", "2026-11-30"), ("b", "2026-12-02")],
    ),
    "a roster that is older than a file": (
        [{"HW_11_attempt_2026-11-30-23-30-00_a.py": "a"}, {MOODLE: "b"}],
        "2026-11-29",
        [("a", "2026-11-30"), ("b", "")],
    ),
}


@pytest.mark.parametrize("texts, time, expected", TIMES_IN_ROSTER.values(), ids=TIMES_IN_ROSTER)
def test_time_in_the_roster_is_that_of_the_last_attempt(
    texts: list[dict[str, str]], time: str, expected: list[tuple[str, str]], tmp_path: Path
) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text(f"id,name,submitted at\n11,Ada Lovelace,{time}\n", "utf-8")
    sources = []
    for number, files in enumerate(texts):
        held = {name: text.encode() for name, text in files.items()}
        sources.append(Source(str(folder(tmp_path / str(number), held))))
    found = collect_submissions(sources, (SOFTMAX,), roster=str(roster)).attempts
    got = [(read_attempt(each).source.decode(), each.submitted_at) for each in found]
    assert [(text, f"{when:%F}" if when else "") for text, when in got] == expected


def test_time_in_the_roster_is_that_of_the_member_who_submitted(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text(
        "id,team,submitted at\nada,A,2026-12-02\nbob,A,2026-11-30\n", "utf-8"
    )
    files = {"ada.py": SOLVED, "bob.py": OTHER}
    found = collect(
        folder(tmp_path / "in", files), SOFTMAX, MEAN, roster=str(tmp_path / "roster.csv")
    )
    times = {each.problem: each.submitted_at for each in found.attempts}
    assert times == {SOFTMAX.slug: None, MEAN.slug: datetime(2026, 11, 30, tzinfo=UTC)}


class Expected(NamedTuple):
    """What one student hands in, which files answer softmax and stable-mean, and how many not."""

    files: Files
    softmax: str
    mean: str
    unmatched: int


ASSIGNED = {
    "by function": Expected({"a.py": SOLVED, "b.py": OTHER}, "a.py", "b.py", 0),
    "one file for both": Expected({"a.py": SOLVED + OTHER}, "a.py", "a.py", 0),
    "by file name": Expected({"My Softmax.py": IDLE, "b.py": IDLE}, "My Softmax.py", "", 1),
    "by folder": Expected(
        {"softmax/x.py": IDLE, "Stable Mean/x.py": IDLE}, "softmax/x.py", "Stable Mean/x.py", 0
    ),
    "function before name": Expected(
        {"softmax.py": OTHER, "stable-mean.py": SOLVED}, "stable-mean.py", "softmax.py", 0
    ),
    "named for one, defining the other": Expected({"softmax.py": OTHER}, "", "softmax.py", 0),
    "name among functions": Expected({"a.py": SOLVED, "softmax.py": SOLVED}, "softmax.py", "", 1),
    "flawed by name": Expected({"softmax.ipynb": b"{"}, "softmax.ipynb", "", 0),
    "all is flawed": Expected({"x.ipynb": b"{"}, "x.ipynb", "x.ipynb", 0),
    "flawed, of another name": Expected({"x.ipynb": b"{", "softmax.py": IDLE}, "softmax.py", "", 1),
    "whole before flawed": Expected(
        {"a/softmax.ipynb": b"{", "softmax.py": IDLE}, "softmax.py", "", 1
    ),
    "no program": Expected({"softmax.pdf": b"%PDF"}, "softmax.pdf", "", 0),
    "no program and no name": Expected({"b.txt": b""}, "b.txt", "b.txt", 0),
    "a word that holds the slug": Expected({"softmaxes.py": IDLE}, "", "", 1),
}


@pytest.mark.parametrize("case", ASSIGNED.values(), ids=ASSIGNED)
def test_files_answer_problems(case: Expected, tmp_path: Path) -> None:
    files = {f"ada/{name}": content for name, content in case.files.items()}
    found = collect(folder(tmp_path, files), SOFTMAX, MEAN)
    places = {each.problem: each.locator.split("/ada/")[1] for each in found.attempts}
    assert (places.get("softmax", ""), places.get("stable-mean", "")) == (case.softmax, case.mean)
    assert len(found.unmatched) == case.unmatched


def test_longest_name_of_a_problem_decides(tmp_path: Path) -> None:
    second = Heading("softmax-2", "", "", "", "softmax_2")
    path = folder(tmp_path, {"ada/my_softmax_2.py": IDLE})
    assert [each.problem for each in collect(path, SOFTMAX, second).attempts] == ["softmax-2"]


ONE_PROBLEM = {
    "the only file": ({"x.py": IDLE}, "x.py", "x.py does not define softmax"),
    "the one that defines it": ({"a.py": IDLE, "x.py": SOLVED}, "x.py", ""),
    "none of two": ({"b.py": IDLE, "a.py": IDLE}, "a.py", "none of a.py, b.py defines softmax"),
    "two of two": ({"b.py": SOLVED, "a.py": SOLVED}, "a.py", "a.py, b.py all define softmax"),
    "one of two, and a result": (
        {"b.py": SOLVED, "a.py": b"softmax = softmax([1])\n"},
        "b.py",
        "b.py defines softmax, and not a.py: b.py is judged",
    ),
    "results alone": (
        {"b.py": b"softmax = f([1])\n", "a.py": b"softmax = softmax([1])\n"},
        "a.py",
        "a.py, b.py all define softmax: a.py is judged",
    ),
    "a list and a result": (
        {"a.py": b"softmax = [1]\n", "b.py": b"softmax = softmax([1])\n"},
        "b.py",
        "",
    ),
    "a lambda and a function": (
        {"b.py": SOLVED, "a.py": b"softmax = lambda x: x\n"},
        "a.py",
        "a.py, b.py all define softmax: a.py is judged",
    ),
    "a text and a function": (
        {"b.py": SOLVED, "a.py": b'"""\ndef softmax(x): see b.py\n"""\n'},
        "b.py",
        "b.py defines softmax, and not a.py: b.py is judged",
    ),
    "numbers in order": ({"a10.py": IDLE, "a9.py": IDLE}, "a9.py", "none of a9.py, a10.py"),
    "named for it": ({"a.py": IDLE, "softmax.py": IDLE}, "softmax.py", "none of softmax.py, a.py"),
    "a flaw and a program": ({"a.zip": b"PK", "b.py": IDLE}, "b.py", "b.py does not define"),
}


@pytest.mark.parametrize("files, place, message", ONE_PROBLEM.values(), ids=ONE_PROBLEM)
def test_file_for_the_only_problem(files: Files, place: str, message: str, tmp_path: Path) -> None:
    path = folder(tmp_path, {f"ada/{name}": content for name, content in files.items()})
    (attempt,) = (found := collect(path)).attempts
    assert attempt.locator.endswith(f"/ada/{place}")
    assert "; ".join(attempt.notes).startswith(message) and bool(attempt.notes) == bool(message)
    assert len(found.unmatched) == len(files) - 1


# Hostile files -----------------------------------------------------------------------------------


def member(name: str, content: bytes = SOLVED, **about: Any) -> bytes:
    """Return an archive of one member, with attributes changed."""
    buffer = io.BytesIO()
    info = zipfile.ZipInfo(name)
    info.compress_type = about.pop("compress_type", zipfile.ZIP_DEFLATED)
    for key, value in about.items():
        setattr(info, key, value)
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(info, content)
    return buffer.getvalue()


def lying(size: int, content: bytes) -> bytes:
    """An archive whose member holds more than its directory message."""
    data = bytearray(member("x.py", content))
    for mark, offset in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        at = data.index(mark) + offset
        data[at : at + 4] = size.to_bytes(4, "little")
    return bytes(data)


def encrypted() -> bytes:
    data = bytearray(member("x.py"))
    for mark, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(mark) + offset] |= 1
    return bytes(data)


def many(count: int) -> bytes:
    return zipped({f"{number}.py": b"" for number in range(count)})


STORED = member("x.py", compress_type=zipfile.ZIP_STORED)
LINK = (stat.S_IFLNK | 0o777) << 16
DEVICE = (stat.S_IFCHR | 0o600) << 16
# Made by the tests that need them: some are large.
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "no archive": (lambda: b"hello", "not a .zip archive"),
    "cut off": (lambda: zipped({"x.py": SOLVED})[:-30], "damaged"),
    "empty": (lambda: zipped({}), "contains no file"),
    "only skipped files": (
        lambda: zipped({"__MACOSX/._x.py": b"\0", ".git/x.py": b""}),
        "contains no file",
    ),
    "absolute path": (lambda: member("/etc/x.py"), "leads out of its archive"),
    "drive": (lambda: member("C:/x.py"), "leads out of its archive"),
    "climbing": (lambda: member("a/../../x.py"), "leads out of its archive"),
    "climbing backwards": (lambda: member("a\\..\\..\\x.py"), "leads out of its archive"),
    "link": (lambda: member("x.py", b"/etc/passwd", external_attr=LINK), "is a link"),
    "device": (lambda: member("x.py", external_attr=DEVICE), "not an ordinary file"),
    "encrypted": (encrypted, "encrypted"),
    "bzip2": (lambda: member("x.py", compress_type=zipfile.ZIP_BZIP2), "unusual way"),
    "lzma": (lambda: member("x.py", compress_type=zipfile.ZIP_LZMA), "unusual way"),
    "100 MB": (lambda: member("x.py", bytes(100_000_000)), "larger than 1 MiB"),
    "100 MB of notebook": (lambda: member("x.ipynb", bytes(100_000_000)), "larger than 8 MiB"),
    "a bomb that lies": (lambda: lying(100, bytes(100_000_000)), "larger than the archive says"),
    "many small": (lambda: many(2001), "more than 2000 files"),
    "a million entries": (
        lambda: b"PK\1\2" * 1_000_000 + many(1),
        "more than 30000 files and folders",
    ),
    "a quine's first step": (
        lambda: zipped({"x.zip": zipped({"x.py": SOLVED})}),
        "archive in an archive",
    ),
    "much together": (
        lambda: zipped({f"{number}.py": bytes(1 << 20) for number in range(33)}),
        "larger than 32 MiB",
    ),
    "a large archive": (lambda: b"PK\3\4" + bytes(33 << 20), "the archive is larger than 32 MiB"),
    "wrong checksum": (lambda: STORED.replace(b"return x", b"return y"), "is damaged"),
}  # fmt: skip


@pytest.mark.parametrize("packed", ["folder", "archive"])
@pytest.mark.parametrize("content, message", HOSTILE.values(), ids=HOSTILE)
def test_hostile_archive_is_reported_and_the_others_are_read(
    content: Callable[[], bytes], message: str, packed: str, tmp_path: Path
) -> None:
    files = {"ada.py": SOLVED, "eve.zip": content(), "zoe.zip": zipped({"x.py": SOLVED})}
    at = tmp_path / "in"
    path = folder(at, files) if packed == "folder" else archive(tmp_path / "in.zip", files)
    began = time.process_time()
    tracemalloc.start()
    ada, eve, zoe = collect(path).attempts
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (ada.student, eve.student, zoe.student) == ("ada", "eve", "zoe")
    assert message in eve.flaw and read_attempt(eve).flaw == eve.flaw
    assert read_attempt(ada).source == read_attempt(zoe).source == SOLVED
    assert time.process_time() - began < 5 and peak < 120 << 20


def test_bomb_is_never_unpacked_in_memory(tmp_path: Path) -> None:
    """Not even for a moment: the bomb has 100 MB."""
    (tmp_path / "eve.zip").write_bytes(lying(100, bytes(100_000_000)))
    tracemalloc.start()
    collect(tmp_path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 << 20


def test_larger_members_are_not_read(tmp_path: Path) -> None:
    path = archive(tmp_path / "in.zip", {"list.yml": bytes(2 << 20)})
    assert read_at(make_locator(str(path), "list.yml")) == (b"", "the file is larger than 1 MiB")
    assert read_at(make_locator(str(path), "list.yml"), max_bytes=2 << 20) == (bytes(2 << 20), "")


def test_empty_folder_in_an_archive_is_a_flaw(tmp_path: Path) -> None:
    ada, eve = collect(archive(tmp_path / "in.zip", {"ada.py": SOLVED, "eve/void/": b""})).attempts
    assert (ada.flaw, eve.student, eve.flaw) == ("", "eve", "the folder contains no file to grade")


def test_path_that_leads_out_of_the_class_is_unmatched(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text("id\nada\nbob\n", "utf-8")
    files = {"/etc/x.py": SOLVED, "ada.py": SOLVED, "../b.py": b""}
    found = collect(archive(tmp_path / "in.zip", files), roster=str(tmp_path / "roster.csv"))
    assert [attempt.student for attempt in found.attempts] == ["ada"]
    reason = "nothing was found, and it is not known whose files these are: ../b.py, /etc/x.py"
    assert found.questions == {("bob", "softmax"): OpenQuestion(Delivery.UNCERTAIN, reason)}
    assert [line.split(":")[0] for line in found.unmatched] == ["../b.py", "/etc/x.py"]


def test_links_pipes_and_empty_folders_are_flaws(tmp_path: Path) -> None:
    folder(tmp_path / "in", {"ada.py": SOLVED, "secret/x.py": SOLVED})
    (tmp_path / "in" / "eve.py").symlink_to("ada.py")
    (tmp_path / "in" / "mal").symlink_to("secret")
    archive(tmp_path / "others.zip", {"x.py": SOLVED})
    (tmp_path / "in" / "lin.zip").symlink_to("../others.zip")
    os.mkfifo(tmp_path / "in" / "pip.py")
    (tmp_path / "in" / "void").mkdir()
    flaws = {each.student: each.flaw for each in collect(tmp_path / "in").attempts}
    assert flaws == {
        "ada": "",
        "secret": "",
        "eve": "the file is a link; submit the file itself",
        "lin": "the file is a link; submit the file itself",
        "mal": "the file is a link; submit the file itself",
        "pip": "the file is not an ordinary file",
        "void": "the folder contains no file to grade",
    }


FLAWED = {
    "empty": (b"", "the file is empty"),
    "utf-16": ("def softmax(x): pass".encode("utf-16")[:-1], "is damaged UTF-16 text"),
    "latin-1": (b"# \xe9\n" + SOLVED, "not UTF-8"),
    "null byte": (b"\0", "null byte"),
    "100 MB": (bytes(100_000_000), "larger than 1 MiB"),
}


@pytest.mark.parametrize("packed", ["folder", "archive"])
@pytest.mark.parametrize("content, message", FLAWED.values(), ids=FLAWED)
def test_flawed_file_is_reported(content: bytes, message: str, packed: str, tmp_path: Path) -> None:
    files = {"eve.py": content, "ada.py": SOLVED}
    at = tmp_path / "in"
    path = folder(at, files) if packed == "folder" else archive(tmp_path / "in.zip", files)
    ada, eve = map(read_attempt, collect(path).attempts)
    assert message in eve.flaw and eve.student == "eve" and ada.flaw == ""
    assert str(tmp_path) not in eve.flaw


def test_file_that_has_disappeared_is_reported(tmp_path: Path) -> None:
    path = folder(tmp_path / "in", {"ada.py": SOLVED, "bob.zip": zipped({"x.py": SOLVED})})
    ada, bob = collect(path).attempts
    for name in ("ada.py", "bob.zip"):
        (path / name).unlink()
    assert read_attempt(ada).flaw == "there is no file ada.py"
    assert read_attempt(bob).flaw == "there is no archive bob.zip"
    archive(path / "bob.zip", {"y.py": SOLVED})
    assert "there is no file x.py in the archive" in read_attempt(bob).flaw
    (path / "bob.zip").write_bytes(b"PK")
    assert "damaged" in read_attempt(bob).flaw


def test_names_that_differ_only_in_case_or_accents_are_noted(tmp_path: Path) -> None:
    files = {"Ada.py": SOLVED, "ada.py": SOLVED, "m\u00fc.py": SOLVED, "mu\u0308.py": SOLVED}
    found = collect(archive(tmp_path / "in.zip", files))
    assert len(found.attempts) == 4
    assert {each.notes for each in found.attempts if each.student == "ada"} == {
        ("its name differs only in case, or in how accents are written, from Ada.py",)
    }
    assert all(each.notes for each in found.attempts)


def test_duplicate_member_is_noted(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive, pytest.warns(UserWarning):
        archive.writestr("ada.py", IDLE)
        archive.writestr("ada.py", SOLVED)
    (attempt,) = collect(tmp_path / "in.zip").attempts
    assert read_attempt(attempt).source == SOLVED
    assert attempt.notes == ("the archive has two files of this name; the last is used",)


def test_utf8_names_without_a_declaration(tmp_path: Path) -> None:
    """As older archivers of macOS write them."""
    data = zipped({"Jürgen.py": SOLVED})
    for mark, offset in ((b"PK\3\4", 7), (b"PK\1\2", 9)):
        at = data.index(mark) + offset
        data = data[:at] + bytes([data[at] & ~8]) + data[at + 1 :]
    (tmp_path / "in.zip").write_bytes(data)
    assert sources_of(collect(tmp_path / "in.zip")) == {"Jürgen": SOLVED}


def test_file_named_like_a_locator_is_not_a_member(tmp_path: Path) -> None:
    """Nobody hands in another's work by the name of a file."""
    files = {"ada.zip": zipped({"x.py": SOLVED + b"# ada\n"}), "ada.zip!x.py": SOLVED + b"# eve\n"}
    found = sources_of(collect(folder(tmp_path, files)))
    assert found["ada"].endswith(b"# ada\n")
    assert found["ada.zip!x"].endswith(b"# eve\n")


TEXT = st.text(st.characters() | st.sampled_from("!\\/u{}\ud800"), min_size=1)


NAMES_OF_FILES = {
    "/home/prof/class/ada.py": "ada.py",
    "/home/prof/class.zip!ada.py": "ada.py",
    "/home/prof/class.zip!hw/ada.py": "ada.py",
    "/home/prof/class/ada.zip!x.py": "x.py",
    "/home/prof/class.zip!ada.zip!src/x.py": "x.py",
    "/home/prof/class/empty/": "empty",
    r"/home/prof/wow\!.py": "wow!.py",
}  # fmt: skip


@pytest.mark.parametrize("locator, name", NAMES_OF_FILES.items(), ids=NAMES_OF_FILES)
def test_file_name_of_a_locator(locator: str, name: str) -> None:
    assert file_name(locator) == name


@given(st.lists(TEXT, min_size=1, max_size=3))
def test_locator_round_trip(parts: list[str]) -> None:
    place = make_locator(*parts)
    place.encode()
    assert split_locator(place) == parts


# Nothing is lost, and nothing depends on chance ---------------------------------------------------

NAMES = st.text(
    st.sampled_from(string.ascii_letters + "0123456789 ._-=!\\äß🎓\u202e\n'\"%~") | st.characters(),
    min_size=1,
    max_size=60,
).filter(lambda name: "/" not in name and "\0" not in name and not name.startswith("."))
NAMES = NAMES.filter(lambda name: name not in SKIPPED)  # of folders that nobody has written
CONTENTS = st.sampled_from([SOLVED, OTHER, IDLE, b"", b"\0", zipped({"a b/x.py": SOLVED})])


@settings(max_examples=60)
@given(
    chosen=st.dictionaries(
        NAMES, st.tuples(st.sampled_from([".py", ".zip", ".pdf", "/x.py"]), CONTENTS), max_size=8
    ),
    several=st.booleans(),
)
def test_every_file_is_in_an_attempt_or_reported(
    chosen: dict[str, tuple[str, bytes]], several: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    at = tmp_path_factory.mktemp("in")
    files = {}
    for name, (ending, content) in chosen.items():
        try:
            folder(at, {name + ending: content})
        except (OSError, UnicodeEncodeError):
            continue  # more than a name may hold
        files[name + ending] = content
    found = collect(at, *((SOFTMAX, MEAN) if several else (SOFTMAX,)), layout="students")
    reported = "".join(found.unmatched)
    within = {split_locator(each.locator)[0] for each in found.attempts}
    for name in files:
        assert str(at / name) in within or label(name.rpartition("/")[2]) in reported
    assert reported.isprintable()
    for attempt in found.attempts:
        submission = read_attempt(attempt)
        assert submission.student == attempt.student and attempt.student.isprintable()
        if not submission.flaw:
            held = files[os.path.relpath(split_locator(attempt.locator)[0], at)]
            assert submission.source == (SOLVED if held.startswith(b"PK") else held)


def test_order_of_the_disk_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {f"{id}/{name}.py": CONTENT[id] for id in ODD for name in "abc"}
    files |= {f"eve/{number}.pdf": b"" for number in range(9)}
    path = folder(tmp_path / "in", {**files, "bob.zip": b""})
    before = collect(path, SOFTMAX, MEAN)
    scandir = os.scandir

    class Shuffled:
        def __init__(self, path: str) -> None:
            self.entries = scandir(path)

        def __enter__(self) -> list[os.DirEntry[str]]:
            with self.entries as entries:
                found = list(entries)
            random.Random(1).shuffle(found)
            return found

        def __exit__(self, *error: object) -> None:
            pass

    monkeypatch.setattr(os, "scandir", Shuffled)
    assert collect(path, SOFTMAX, MEAN) == before
    monkeypatch.undo()
    shuffled = list(files.items())
    first = collect(archive(tmp_path / "in.zip", dict(shuffled)))
    random.Random(2).shuffle(shuffled)
    assert collect(archive(tmp_path / "in.zip", dict(shuffled))) == first


def test_the_directory_of_an_archive_is_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not for each of its files: a class of thousands takes a moment."""
    directory = Mock(side_effect=archives._open_archive)
    monkeypatch.setattr(archives, "_open_archive", directory)
    files = {f"s{number}_{number}_{number}_a.py": SOLVED for number in range(300)}
    path = archive(tmp_path / "in.zip", files)
    found = collect(path)
    assert all(read_attempt(attempt).source == SOLVED for attempt in found.attempts)
    assert len(found.attempts) == 300 and directory.call_count == 1


def test_one_file_is_read_without_zipfile() -> None:
    import subprocess

    code = "import sys, grader.submissions as s; s.read_submission; print('zipfile' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_attempt_with_a_flaw_is_not_read() -> None:
    flawed = read_attempt(Attempt("ada", "softmax", "/etc/passwd", flaw="the file is a link"))
    assert (flawed.source, flawed.flaw, flawed.student) == (b"", "the file is a link", "ada")
