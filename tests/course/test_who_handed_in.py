"""Everybody gets the points of what they handed in, and nobody a zero that nobody decided."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from grader.course.lms import canvas, moodle
from grader.course.lms.fill import Filled
from grader.errors import UsageError
from grader.model.gradebook import Gradebook
from tests._support.classes_of_systems import ASSIGNMENT, LATE, RIGHT, WRONG, grade_class
from tests._support.submissions import Files, notebook, zipped


def tarred(files: Files, kind: str = "gz") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=f"w:{kind}") as tar:  # type: ignore[call-overload]
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def encrypted() -> bytes:
    data = bytearray(zipped({"softmax.py": RIGHT}))
    for mark, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(mark) + offset] |= 1
    return bytes(data)


WORKSHEET = (
    'Identifier,"Full name",Status,Group,Grade,"Maximum Grade","Last modified (submission)"\n'
    'Participant 11,Ada Lovelace,,Team A,,15.00,"Monday, 30 November 2026, 11:10 PM"\n'
    'Participant 12,Konrad Zuse,,Team B,,15.00,"Monday, 30 November 2026, 11:10 PM"\n'
    'Participant 13,Emmy Noether,,Team A,,15.00,"Monday, 30 November 2026, 11:10 PM"\n'
    'Participant 14,Alan Turing,,Team B,,15.00,"Monday, 30 November 2026, 11:10 PM"\n'
)
WITH_TIMES = (
    "Identifier,Full name,Status,Last modified (submission),Last modified (grade)\n"
    'Participant 11,Ada Lovelace,,"Monday, 30 November 2026, 11:10 PM",-\n'
    'Participant 12,Konrad Zuse,,"Tuesday, 1 December 2026, 2:10 AM",-\n'
    "Participant 13,Emmy Noether,,-,-\nParticipant 14,Alan Turing,,-,-\n"
)
NO_GROUPS = WORKSHEET.replace(",Group,", ",,").replace("Team A", "").replace("Team B", "")
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,HW (7)\n    Points Possible,,,,,15\n"
    '"Lovelace, Ada",11,,ada,A,\n"Zuse, Konrad",12,,konrad,A,\n"Noether, Emmy",13,,emmy,A,\n'
    '"Student, Test",99,,0123456789abcdef,A,\n'
)
OWN = (
    "id,name,email,team\nada,Ada Lovelace,a@x,Alpha\nkonrad,Konrad Zuse,k@x,\n"
    "emmy,Emmy Noether,e@x,alpha\n"
)
IN_SECTIONS = (
    "id,name,team,section\nada,Ada Lovelace,Alpha,A\nkonrad,Konrad Zuse,Alpha,B\n"
    "emmy,Emmy Noether,alpha,A\nalan,Alan Turing,alpha,B\n"
)
NO_TEAMS = "id,name,email\nada,Ada Lovelace,a@x\nkonrad,Konrad Zuse,k@x\nemmy,Emmy Noether,e@x\n"
OF_YAML = ASSIGNMENT + "teams: {Alpha: [A@X, Noether Emmy]}\n"
BOTH = {
    "Team A_12_assignsubmission_file/x.py": RIGHT,
    "Team B_57_assignsubmission_file/x.py": WRONG,
}


class Case(NamedTuple):
    """What is handed in, and the points of each student; None if not graded."""

    files: Files
    points: dict[str, float | None]
    roster: str = ""
    assignment: str = ASSIGNMENT
    note: str = ""
    options: dict[str, Any] = {}  # noqa: RUF012


def participants(*points: float | None) -> dict[str, float | None]:
    return {f"Participant {number}": each for number, each in enumerate(points, 11)}


TEAMS = {
    "moodle: folders of teams": Case(BOTH, participants(15, 2, 15, 2), WORKSHEET),
    "moodle: the number of a team is a member's of another": Case(
        {
            "Team A_14_assignsubmission_file/x.py": RIGHT,
            "Team B_11_assignsubmission_file/x.py": WRONG,
        },
        participants(15, 2, 15, 2),
        WORKSHEET,
    ),
    "moodle: the default group has no number": Case(
        {"Default group_assignsubmission_file/x.py": RIGHT},
        participants(15, 15, 15, 15),
        WORKSHEET.replace("Team A", "Default group").replace("Team B", "Default group"),
    ),
    "moodle: teams that nobody has listed": Case(
        BOTH,
        participants(None, None, None, None) | {"Team A (12)?": None, "57": 2},
        NO_GROUPS,
        note="Team A (12): may be Konrad Zuse (Participant 12)",
    ),
    "moodle: a table of teams in the assignment": Case(
        BOTH,
        participants(15, 2, 15, 2),
        NO_GROUPS,
        ASSIGNMENT + 'teams: {team a: ["11", Emmy Noether], Team B: ["12", "Turing, Alan"]}\n',
    ),
    "moodle: a folder of a team for each member": Case(
        {
            "Team A-Ada Lovelace_11_assignsubmission_file_/x.py": RIGHT,
            "Team A-Emmy Noether_13_assignsubmission_file_/x.py": RIGHT,
            "Team B-Participant_12_assignsubmission_file_/x.py": WRONG,
        },
        participants(15, 2, 15, None),
        WORKSHEET,
        note="Alan Turing (Participant 14): not graded: the submission of Team B-Participant (12)",
    ),
    "moodle: a folder of a team with the number of another student": Case(
        {"Team A-Ada Lovelace_12_assignsubmission_file_/x.py": RIGHT},
        participants(None, None, None, None) | {"Team A-Ada Lovelace (12)?": None},
        NO_GROUPS,
    ),
    "moodle: a name with a hyphen that ends like another": Case(
        {"Anna-Ada Lovelace_71_assignsubmission_file_/x.py": RIGHT},
        participants(None, None, None, None) | {"71": 15},
        NO_GROUPS,
        note="Anna-Ada Lovelace (71): not in the roster",
    ),
    "moodle: a team named after its members": Case(
        {"Konrad Zuse and Emmy_12_assignsubmission_file/x.py": RIGHT},
        participants(None, None, None, None) | {"Konrad Zuse and Emmy (12)?": None},
        NO_GROUPS,
    ),
    "canvas: one member's file with the group's name": Case(
        {"alpha_11_5_x.py": RIGHT, "zusekonrad_12_6_x.py": WRONG},
        {"11": 15, "12": 2, "13": 15},
        CANVAS,
        ASSIGNMENT + 'teams: {Alpha: ["11", emmy]}\n',
    ),
    "canvas: the number of a student who is not in the group": Case(
        {"alpha_12_5_x.py": RIGHT},
        {"11": None, "12": None, "13": None, "alpha (12)?": None},
        CANVAS,
        ASSIGNMENT + 'teams: {Alpha: ["11", emmy]}\n',
        "alpha (12): may be Zuse, Konrad (12) or the team 'Alpha'",
    ),
    "canvas: a group that nobody has listed": Case(
        {"alpha_11_5_x.py": RIGHT},
        {"11": None, "12": None, "13": None, "alpha (11)?": None},
        CANVAS.replace("Lovelace, Ada", "Lovelace, Ada"),
        note="alpha (11): may be Lovelace, Ada (11)",
    ),
    "canvas: the test student": Case(
        {"studenttest_99_5_x.py": RIGHT, "lovelaceada_11_6_x.py": WRONG},
        {"11": 2, "12": 0, "13": 0},
        CANVAS,
        note="studenttest (99): the test student of Canvas; the file is left out",
    ),
    "a column of teams: one member's file for all": Case(
        {"emmy.py": RIGHT, "konrad.py": WRONG}, {"ada": 15, "konrad": 2, "emmy": 15}, OWN
    ),
    "a column of teams: the name of the team": Case(
        {"Alpha/x.py": RIGHT}, {"ada": 15, "konrad": 0, "emmy": 15}, OWN
    ),
    "a team in each of two sections": Case(
        {"emmy.py": RIGHT, "alan.py": WRONG},
        {"ada": 15, "konrad": 2, "emmy": 15, "alan": 2},
        IN_SECTIONS,
        note="the team 'Alpha' has students of several sections and is taken for one team in each",
    ),
    "a team in each of two sections, or one team": Case(
        {"emmy.py": RIGHT},
        {"ada": 15, "konrad": None, "emmy": 15, "alan": None},
        IN_SECTIONS,
        note="Alan Turing (alan), Konrad Zuse (konrad): not graded: the submission of emmy may be",
    ),
    "the name of a team in each of two sections": Case(
        {"Alpha/x.py": RIGHT},
        {"ada": None, "konrad": None, "emmy": None, "alan": None, "Alpha?": None},
        IN_SECTIONS,
        note="Alpha: may be one of the teams 'Alpha (A)' or 'Alpha (B)'",
    ),
    "brightspace: a number that is the name of a team": Case(
        {
            "103-7 - Zoe Zorn - Nov 30, 2026 1130 PM/x.py": RIGHT,
            "102-7 - Konrad Zuse - Nov 30, 2026 1130 PM/x.py": WRONG,
        },
        {"ada": None, "konrad": 2, "emmy": None, "103": 15},
        OWN.replace("Alpha", "103").replace("alpha", "103"),
        note="Zoe Zorn (103): not in the roster",
    ),
    "moodle: a number without a name that is the name of a team": Case(
        {"Participant_103_assignsubmission_file/x.py": RIGHT},
        {"ada": None, "konrad": None, "emmy": None, "103": 15},
        OWN.replace("Alpha", "103").replace("alpha", "103"),
    ),
    "a team named by a number": Case(
        {"103/x.py": RIGHT},
        {"ada": 15, "konrad": 0, "emmy": 15},
        OWN.replace("Alpha", "103").replace("alpha", "103"),
    ),
    "the name and the section of a team": Case(
        {"Alpha (B)/x.py": RIGHT}, {"ada": 0, "konrad": 15, "emmy": 0, "alan": 15}, IN_SECTIONS
    ),
    "a team of two sections, of the assignment": Case(
        {"emmy.py": RIGHT},
        {"ada": 15, "konrad": 15, "emmy": 15, "alan": 15},
        IN_SECTIONS,
        ASSIGNMENT + "teams: {Alpha: [ada, konrad, emmy, alan]}\n",
    ),
    "a column of groups, which may be tutorials": Case(
        {"emmy.py": RIGHT}, {"ada": 0, "konrad": 0, "emmy": 15}, OWN.replace("team", "group")
    ),
    "two members, the same file": Case(
        {"emmy.py": RIGHT, "ada.py": RIGHT}, {"ada": 15, "konrad": 0, "emmy": 15}, OWN
    ),
    "two members, different files": Case(
        {"emmy.py": RIGHT, "ada.py": WRONG}, {"ada": None, "konrad": 0, "emmy": None}, OWN
    ),
    "teams of the assignment, by any id or name": Case(
        {"emmy.py": RIGHT}, {"ada": 15, "konrad": 0, "emmy": 15}, NO_TEAMS, OF_YAML
    ),
    "teams without a roster": Case(
        {"ada.py": RIGHT, "bob.py": WRONG},
        {"ada": 15, "bob": 2, "emmy": 15},
        assignment=ASSIGNMENT + "teams: {Alpha: [ada, emmy]}\n",
    ),
    "an extension of one member is one of the team": Case(
        {"emmy_2026-12-02T10:00:00+01:00.py": RIGHT, "konrad_2026-12-02T10:00:00+01:00.py": RIGHT},
        {"ada": 15, "konrad": 12, "emmy": 15},
        OWN,
        LATE + "extensions: {a@x: 2026-12-02 23:59}\n",
        options={"pattern": r"(?P<student>\w+)_(?P<timestamp>[^_]+)\.py"},
    ),
    "an extension of a team": Case(
        {"emmy_2026-12-02T10:00:00+01:00.py": RIGHT},
        {"ada": 15, "konrad": 0, "emmy": 15},
        OWN,
        LATE + "extensions: {ALPHA: 2026-12-02 23:59}\n",
        options={"pattern": r"(?P<student>\w+)_(?P<timestamp>[^_]+)\.py"},
    ),
}

UNREAD = {
    "a password": Case({"ada.zip": encrypted()}, {"ada": None}, note="the file is encrypted"),
    "a broken upload": Case(
        {"ada.zip": b""}, {"ada": None}, note="handed in ada.zip, which cannot"
    ),
    "an archive in an archive": Case({"ada.zip": zipped({"hw.zip": b"PK"})}, {"ada": None}),
    "a RAR archive": Case({"ada.rar": b"Rar!"}, {"ada": None}, note="the file is a RAR archive"),
    "a 7-Zip archive beside data": Case(
        {"ada/x.7z": b"7z", "ada/data.csv": b"1"}, {"ada": None}, note="handed in x.7z"
    ),
    "a document": Case({"ada.docx": b"PK"}, {"ada": None}, note="files with .docx are not read"),
    "a RAR archive beside a helper": Case(
        {"ada/x.rar": b"", "ada/util.py": b"y = 1\n"}, {"ada": None}, note="handed in x.rar"
    ),
    "a RAR archive beside the starter": Case(
        {"ada/x.rar": b"", "ada/softmax.py": WRONG}, {"ada": None}, options={"starter": WRONG}
    ),
    "a RAR archive beside a result": Case(
        {"ada/x.rar": b"", "ada/main.py": b"softmax = sum([1, 2])\n"},
        {"ada": None},
        note="handed in x.rar",
    ),
    "a broken archive beside the solution": Case(
        {"ada/x.zip": b"", "ada/softmax.py": RIGHT}, {"ada": 15}
    ),
    "UTF-16": Case({"ada.py": RIGHT.decode().encode("utf-16")}, {"ada": 15}),
    "damaged UTF-16": Case({"ada.py": RIGHT.decode().encode("utf-16")[:-1]}, {"ada": None}),
    "a broken notebook": Case({"ada.ipynb": b"{"}, {"ada": None}),
    "a broken notebook named like a program": Case(
        {"ada.py": b'{"cells": [{"cell_type":'}, {"ada": None}
    ),
    "an RTF document named like a program": Case({"ada.py": b"{\\rtf1\\ansi"}, {"ada": None}),
    "an empty program, which is one": Case({"ada.py": b""}, {"ada": 0}, note="the file is empty"),
    "a text typed into Canvas": Case(
        {"lovelaceada_11_text.html": b"<p>", "zusekonrad_12_1_x.py": RIGHT},
        {"11": None, "12": 15, "13": 0},
        CANVAS,
        note="11_text.html, which cannot be read: it is a text typed into Canvas",
    ),
    "a text typed into Moodle": Case(
        {"Ada Lovelace_11_assignsubmission_onlinetext/onlinetext.html": b"<p>"},
        participants(None, None, None, None),
        WORKSHEET,
    ),
    "a text typed into Blackboard": Case(
        {"HW_ada_attempt_2026-11-30-23-30-00.txt": b"Name: Ada"},
        {"ada": None, "konrad": 0, "emmy": 0},
        NO_TEAMS,
    ),
    "a time of submission without a file": Case(
        {"Ada Lovelace_11_assignsubmission_file/x.py": RIGHT},
        participants(15, None, None, None),
        WORKSHEET,
        note="the roster has a time of submission, but there is no file",
    ),
    "a submission of nobody": Case(
        {"ada.py": RIGHT, "eve.py": RIGHT},
        {"ada": 15, "konrad": None, "emmy": None, "eve": 15},
        NO_TEAMS,
        note="there is work of people not in the roster: eve",
    ),
    "a program that is not a file of Moodle": Case(
        {
            "Ada Lovelace_11_assignsubmission_file/x.py": RIGHT,
            "Emmy Noether_13_assignsubmission_file/x.py": WRONG,
            "Konrad Zuse/x.py": RIGHT,
        },
        participants(15, None, 2, None),
        WORKSHEET.replace('"Monday, 30 November 2026, 11:10 PM"', "-"),
        note="nothing was found, and it is not known whose files these are: ",
    ),
    "an archive that is not a file of Canvas": Case(
        {
            "lovelaceada_11_1_x.py": RIGHT,
            "noetheremmy_13_3_x.py": WRONG,
            "zuse late.zip": zipped({"x.py": RIGHT}),
        },
        {"11": 15, "12": None, "13": 2},
        CANVAS,
        note="it is not known whose files these are: ",
    ),
    "a RAR archive that is not a file of Blackboard": Case(
        {
            "HW_ada_attempt_2026-11-30-23-30-00_x.py": RIGHT,
            "HW_emmy_attempt_2026-11-30-23-30-00_x.py": WRONG,
            "HW_konrad_late.rar": b"Rar!",
        },
        {"ada": 15, "konrad": None, "emmy": 2},
        NO_TEAMS,
    ),
    "a notebook that is not a file of Brightspace": Case(
        {
            "101-7 - Ada Lovelace - Nov 30, 2026 1130 PM/x.py": RIGHT,
            "102-7 - Konrad Zuse - x.ipynb": notebook(RIGHT.decode()),
            "103-7 - Emmy Noether - Nov 30, 2026 1130 PM/x.py": WRONG,
        },
        {"ada": 15, "konrad": None, "emmy": 2},
        NO_TEAMS,
    ),
    "a program in no folder of Gradescope": Case(
        {
            "submission_metadata.yml": b"submission_1: {':submitters': [{':sid': ada}]}\n"
            b"submission_2: {':submitters': [{':sid': emmy}]}\n",
            "submission_1/x.py": RIGHT,
            "submission_2/x.py": WRONG,
            "konrad.py": RIGHT,
        },
        {"ada": 15, "konrad": None, "emmy": 2},
        NO_TEAMS,
    ),
    "a program that does not match the pattern": Case(
        {"ada_x.py": RIGHT, "emmy_x.py": WRONG, "konrad-x.py": RIGHT},
        {"ada": 15, "konrad": None, "emmy": 2},
        NO_TEAMS,
        note="it is not known whose files these are: konrad-x.py",
        options={"pattern": r"(?P<student>[a-z]+)_(?P<file>.+)"},
    ),
    "a program of nobody, and a submission of nobody": Case(
        {"lovelaceada_11_1_x.py": RIGHT, "zorn_99_1_x.py": RIGHT, "zuse.py": RIGHT},
        {"11": 15, "12": None, "13": None, "99": 15},
        CANVAS,
        note="there is work of people not in the roster: zorn (99); it is not known whose files",
    ),
    "an empty folder and a table that are nobody's": Case(
        {
            "lovelaceada_11_1_x.py": RIGHT,
            "noetheremmy_13_3_x.py": WRONG,
            "zusekonrad_12_4_x.py": WRONG,
            "Feedback/": b"",
            "gradebook.csv": b"Student,ID",
        },
        {"11": 15, "12": 2, "13": 2, "14": 0},
        CANVAS.replace('"Student, Test"', '"Turing, Alan",14,,alan,A,\n"Student, Test"'),
    ),
    "a program of nobody, decided to be a zero": Case(
        {"ada_x.py": RIGHT, "konrad-x.py": RIGHT},
        {"ada": 15, "konrad": 0, "emmy": 0},
        NO_TEAMS,
        note="(konrad): 0 points: nothing was found, and it is not known whose files",
        options={"pattern": r"(?P<student>[a-z]+)_(?P<file>.+)", "missing": "zero"},
    ),
    "the first of two attempts, which counts": Case(
        {"ada/attempt1/x.rar": b"", "ada/attempt2/x.py": RIGHT},
        {"ada": None},
        assignment=ASSIGNMENT + "counts: first\n",
    ),
    "the first of two attempts, which does not count": Case(
        {"ada/attempt1/x.rar": b"", "ada/attempt2/x.py": RIGHT}, {"ada": 15}
    ),
    "one of two attempts, of which the best counts": Case(
        {"ada/attempt1/x.py": RIGHT, "ada/attempt2/x.rar": b""},
        {"ada": None},
        assignment=ASSIGNMENT + "counts: best\n",
    ),
    "an id that ends like the problem, or a file for it": Case(
        {"ada-softmax.py": RIGHT, "emmy.py": WRONG},
        {"ada": None, "ada-softmax": None, "emmy": 2, "konrad": 0, "ada-softmax?": None},
        "id\nada\nada-softmax\nemmy\nkonrad\n",
        note="ada-softmax: may be ada or ada-softmax",
    ),
    "two people of no roster with one number": Case(
        {
            "Ada Lovelace_12_assignsubmission_file/x.py": RIGHT,
            "Konrad Zuse_12_assignsubmission_file/x.py": WRONG,
        },
        {"12": 15, "Konrad Zuse (12)": 2},
        note="Konrad Zuse (12): Ada Lovelace (12) has the same id; they are graded as two",
    ),
    "nothing, decided to be a zero": Case(
        {"ada.py": RIGHT, "eve.py": RIGHT, "emmy.rar": b""},
        {"ada": 15, "konrad": 0, "emmy": 0, "eve": 15},
        NO_TEAMS,
        options={"missing": "zero"},
    ),
    "nothing, decided not to be a zero": Case(
        {"ada.py": RIGHT},
        {"ada": 15, "konrad": None, "emmy": None},
        NO_TEAMS,
        options={"missing": "none"},
    ),
}

READ = {
    **{
        f"a tar archive packed as {kind or 'nothing'}": Case(
            {f"ada.tar.{kind}" if kind else "ada.tar": tarred({"hw/x.py": RIGHT}, kind)},
            {"ada": 15},
        )
        for kind in ("gz", "bz2", "xz", "")
    },
    "a tar archive from Canvas": Case(
        {"lovelaceada_11_5_x.tgz": tarred({"x.py": RIGHT})}, {"11": 15, "12": 0, "13": 0}, CANVAS
    ),
    "a link in a tar archive": Case(
        {"ada.tar.gz": b""}, {"ada": None}, note="the archive is damaged, or not a tar archive"
    ),
    "a program renamed by a browser": Case({"ada_softmax.py.txt": RIGHT}, {"ada": 15}),
    "a notebook renamed by a browser": Case(
        {"ada.ipynb.json": notebook(RIGHT.decode())}, {"ada": 15}
    ),
    "a notebook named like a program": Case({"ada.py": notebook(RIGHT.decode())}, {"ada": 15}),
    "a compressed file": Case({"ada.py.gz": gzip.compress(RIGHT)}, {"ada.py": None}),
    "a repository with a virtual environment": Case(
        {
            "ada/softmax.py": RIGHT,
            "ada/env/pyvenv.cfg": b"home = /usr/bin\n",
            **{f"ada/env/lib/m{number}.py": WRONG for number in range(2100)},
        },
        {"ada": 15},
    ),
    "an archive of a repository with a virtual environment": Case(
        {
            "ada.zip": zipped(
                {
                    "hw/x.py": RIGHT,
                    "hw/venv/pyvenv.cfg": b"",
                    **{f"hw/venv/lib/site-packages/p{n}/m.py": WRONG for n in range(2300)},
                    **{f"hw/venv/lib/m{n}.py": WRONG for n in range(2300)},
                }
            )
        },
        {"ada": 15},
    ),
    "a virtual environment in the folder with the program": Case(
        {
            "ada/softmax.py": RIGHT,
            "ada/pyvenv.cfg": b"home = /usr/bin\n",
            **{f"ada/lib/m{number}.py": WRONG for number in range(2100)},
            "ada/bin/tool.py": WRONG,
            "ada/Scripts/tool.py": WRONG,
            "emmy.py": WRONG,
        },
        {"ada": 15, "emmy": 2},
    ),
    "a virtual environment in a repository with a folder for the program": Case(
        {
            "ada/src/softmax.py": RIGHT,
            "ada/pyvenv.cfg": b"home = /usr/bin\n",
            "ada/.gitignore": b"*",
            "ada/lib/softmax.py": WRONG,
            "emmy.py": WRONG,
        },
        {"ada": 15, "emmy": 2},
    ),
    "archives with a virtual environment around the program": Case(
        {
            "ada.zip": zipped(
                {
                    "hw/x.py": RIGHT,
                    "hw/pyvenv.cfg": b"",
                    **{f"hw/lib/m{n}.py": WRONG for n in range(2300)},
                }
            ),
            "emmy.zip": zipped(
                {
                    "x.py": RIGHT,
                    "pyvenv.cfg": b"",
                    **{f"Lib/m{n}.py": WRONG for n in range(2300)},
                }
            ),
        },
        {"ada": 15, "emmy": 15},
    ),
    "a virtual environment in the folder of the class": Case(
        {
            "ada.py": RIGHT,
            "emmy.py": WRONG,
            "konrad.py": WRONG,
            "pyvenv.cfg": b"",
            "lib/x.py": WRONG,
            "bin/x.py": WRONG,
            "venv/pyvenv.cfg": b"",
            "venv/CACHEDIR.TAG": b"",
            "venv/Lib/x.py": WRONG,
        },
        {"ada": 15, "emmy": 2, "konrad": 2},
        NO_TEAMS,
    ),
    "the starter, named for the problem": Case(
        {"ada/softmax.py": WRONG, "ada/mine.py": RIGHT}, {"ada": 15}, options={"starter": WRONG}
    ),
    "the starter with other line ends": Case(
        {"ada/a.py": WRONG.replace(b"\n", b"\r\n"), "ada/b.py": RIGHT},
        {"ada": 15},
        options={"starter": WRONG},
    ),
    "the starter as the newer file of Canvas": Case(
        {"lovelaceada_11_9_x.py": WRONG, "lovelaceada_11_8_y.py": RIGHT},
        {"11": 15, "12": 0, "13": 0},
        CANVAS,
        options={"starter": WRONG},
    ),
    "nothing but the starter": Case({"ada.py": WRONG}, {"ada": 2}, options={"starter": WRONG}),
}

OF_BLACKBOARD = {
    "HW_3_ada_attempt_2026-11-30-23-30-00_x.py": RIGHT,
    "HW_3_ada_attempt_2026-11-30-23-30-00.txt": b"Name: Ada Lovelace (ada)",
    "HW_3_konrad_attempt_2026-12-01-10-05-12_x.py": WRONG,
}
OF_BRIGHTSPACE = {
    "index.html": b"",
    "101-7 - Ada Lovelace - Nov 30, 2026 1130 PM/x.py": RIGHT,
    "102-7 - Konrad Zuse - Dec 1, 2026 1005 AM/x.py": WRONG,
}
TIMES = {
    "blackboard": Case(OF_BLACKBOARD, {"ada": 15, "konrad": 1.8, "emmy": 0}, NO_TEAMS, LATE),
    "blackboard, user names with a common beginning and underscores": Case(
        {
            "HW_s_1_attempt_2026-11-30-23-30-00_x.py": RIGHT,
            "HW_s_2_attempt_2026-12-01-10-05-12_x.py": WRONG,
        },
        {"s_1": 15, "s_2": 1.8, "1": 0, "2": 0},
        "id\ns_1\ns_2\n1\n2\n",
        LATE,
    ),
    "blackboard, part of a user name is another's": Case(
        {
            "HW_j_doe_attempt_2026-11-30-23-30-00_x.py": RIGHT,
            "HW_ann_attempt_2026-11-30-23-30-00_x.py": WRONG,
        },
        {"doe": None, "ann": 2, "j_doe": 15},
        "id\ndoe\nann\n",
        LATE,
        "j_doe: not in the roster",
    ),
    "blackboard, the end of the only user name is another's": Case(
        {"HW_j_doe_attempt_2026-11-30-23-30-00_x.py": RIGHT},
        {"doe": None, "ann": None, "j_doe?": None},
        "id\ndoe\nann\n",
        LATE,
        "j_doe: may be doe",
    ),
    "blackboard, the preview user of an instructor": Case(
        {
            **OF_BLACKBOARD,
            "HW_3_rivera_PreviewUser_attempt_2026-11-30-23-30-00_x.py": RIGHT,
            "HW_3_rivera_PreviewUser_attempt_2026-11-30-23-30-00.txt": b"Name: Rosa Rivera",
        },
        {"ada": 15, "konrad": 1.8, "emmy": 0},
        NO_TEAMS + "rivera_previewuser,Rosa Rivera,\n",
        LATE,
        "rivera_PreviewUser: the preview user of Blackboard; the file is left out",
    ),
    "blackboard, the last of two attempts": Case(
        {
            "HW_ada_attempt_2026-11-30-23-30-00_x.py": WRONG,
            "HW_ada_attempt_2026-12-01-00-30-00_x.py": RIGHT,
            "HW_emmy_attempt_2026-12-01-00-30-00_x.py": RIGHT,
        },
        {"ada": 13.5, "konrad": 0, "emmy": 13.5},
        NO_TEAMS,
        LATE,
    ),
    "blackboard, in a zone where it is earlier than in UTC": Case(
        {"HW_ada_attempt_2026-12-01-00-30-00_x.py": RIGHT},
        {"ada": 13.5, "konrad": 0, "emmy": 0},
        NO_TEAMS,
        LATE.replace("Europe/Berlin", "America/Los_Angeles"),
    ),
    "brightspace": Case(OF_BRIGHTSPACE, {"ada": 15, "konrad": 1.8, "emmy": 0}, NO_TEAMS, LATE),
    "brightspace without folders": Case(
        {name.replace("/", " - "): content for name, content in OF_BRIGHTSPACE.items()},
        {"ada": 15, "konrad": 1.8, "emmy": 0},
        NO_TEAMS,
        LATE,
    ),
    "google": Case(
        {"Ada Lovelace - x.py": RIGHT, "Konrad Zuse - x.py": WRONG},
        {"ada": 13.5, "konrad": 2, "emmy": 0},
        "id,name,submitted at\nada,Ada Lovelace,2026-12-01 00:30\n"
        "konrad,Konrad Zuse,2026-11-30 22:00\nemmy,Emmy,\n",
        LATE,
    ),
    "google, the name behind": Case(
        {"Homework - Ada Lovelace.py": RIGHT, "Homework - Konrad Zuse.py": WRONG},
        {"ada": 15, "konrad": 2, "emmy": 0},
        NO_TEAMS,
        LATE,
        "the time of submission is not known for 2 of 2 attempts",
    ),
    "moodle's worksheet has the times": Case(
        {
            "Ada Lovelace_11_assignsubmission_file/x.py": RIGHT,
            "Konrad Zuse_12_assignsubmission_file/x.py": RIGHT,
        },
        participants(15, 13.5, 0, 0),
        WITH_TIMES,
        LATE,
    ),
    "moodle's worksheet has an extension": Case(
        {
            "Ada Lovelace_11_assignsubmission_file/x.py": RIGHT,
            "Konrad Zuse_12_assignsubmission_file/x.py": RIGHT,
        },
        participants(15, 15, 0, 0),
        WITH_TIMES.replace(
            "Konrad Zuse,",
            'Konrad Zuse,"Submitted - Extension granted until: Friday, 4 December 2026, 9:00 PM"',
        ),
        LATE,
        "which count: Konrad Zuse (Participant 12) until 2026-12-04 21:00 CET",
    ),
    "an extension in the assignment that is later than that in moodle's worksheet": Case(
        {"Konrad Zuse_12_assignsubmission_file/x.py": RIGHT},
        participants(None, 15, 0, 0),
        WITH_TIMES.replace(
            "Konrad Zuse,",
            'Konrad Zuse,"Submitted - Extension granted until: Monday, 30 November 2026, 11:59 PM"',
        ),
        LATE + "extensions: {Konrad Zuse: 2026-12-02 23:59}\n",
    ),
    "canvas marks what is late": Case(
        {"lovelaceada_LATE_11_5_x.py": RIGHT, "zusekonrad_12_6_x.py": WRONG},
        {"11": 15, "12": 2, "13": 0},
        CANVAS,
        LATE,
        "marked as late, but by how much is not known",
    ),
    "a day ends at the same time of day": Case(
        {"ada_2026-10-26T19:30:00+01:00.py": RIGHT, "konrad_2026-10-26T20:01:00+01:00.py": RIGHT},
        {"ada": 12, "konrad": 10.5, "emmy": 0},
        NO_TEAMS,
        LATE.replace("2026-11-30 23:59", "2026-10-24 20:00"),
        options={"pattern": r"(?P<student>\w+)_(?P<timestamp>[^_]+)\.py"},
    ),
    "an extension by a name in another order": Case(
        {"ada_2026-12-02T10:00:00.py": RIGHT},
        {"ada": 15, "konrad": 0, "emmy": 0},
        NO_TEAMS,
        LATE + 'extensions: {"lovelace, ADA": 2026-12-02 23:59}\n',
        options={"pattern": r"(?P<student>\w+)_(?P<timestamp>[^_]+)\.py"},
    ),
}


def listed(**submitters: str) -> bytes:
    """Return the list of a Gradescope export, from the sid, e-mail and name of each submitter."""
    text = "---\n"
    for folder, submitter in submitters.items():
        sid, email, name = submitter.split(",")
        text += f"{folder}:\n  :submitters:\n  - :name: {name}\n"
        text += f"    :sid: '{sid}'\n    :email: {email}\n"
    return text.encode()


OF_GRADESCOPE = (
    "First Name,Last Name,SID,Email,Role,Section\nAda,Lovelace,ada,a@x,Student,A\n"
    "Konrad,Zuse,konrad,k@x,Student,A\nAda,Lovelace,9,p@x,Instructor,\nTina,Assist,,t@x,TA,\n"
)
OTHER_ADA = "may be Ada Lovelace (ada): the name agrees, but no id, although ids of others do"
SEVERAL_ADAS = "may be Ada Lovelace (ada): several people have this name"
PATTERN = {"pattern": r"(?P<student>[^_]+)_(?P<name>[^.]+)\.py"}
OF_ADA = {"submission_1/x.py": RIGHT, "submission_2/x.py": WRONG}
CANVAS_ADA = "may be Lovelace, Ada (11): the name agrees, but no id"
NAMESAKES = {
    "gradescope: ids of the roster, and the name of a student": Case(
        {
            "submission_metadata.yml": listed(
                submission_1="eve,e2@x,Ada Lovelace", submission_2="konrad,k@x,Konrad Zuse"
            ),
            **OF_ADA,
        },
        {"ada": None, "konrad": 2, "emmy": None, "Ada Lovelace (eve)?": None},
        NO_TEAMS,
        note=OTHER_ADA,
    ),
    "gradescope: another address is enough": Case(
        {
            "submission_metadata.yml": listed(
                submission_1=",e2@x,Ada Lovelace", submission_2=",k@x,Konrad Zuse"
            ),
            **OF_ADA,
        },
        {"ada": None, "konrad": 2, "emmy": None, "Ada Lovelace (e2@x)?": None},
        NO_TEAMS,
        note=OTHER_ADA,
    ),
    "gradescope: ids of nobody": Case(
        {
            "submission_metadata.yml": listed(
                submission_1="1,a@y,Ada Lovelace", submission_2="2,k@y,Konrad Zuse"
            ),
            **OF_ADA,
        },
        {"ada": 15, "konrad": 2, "emmy": 0},
        NO_TEAMS,
    ),
    "gradescope: ids that the student does not have": Case(
        {
            "submission_metadata.yml": listed(
                submission_1=",a@y,Ada Lovelace", submission_2=",k@x,Konrad Zuse"
            ),
            **OF_ADA,
        },
        {"ada": 15, "konrad": 2, "emmy": 0},
        NO_TEAMS.replace("a@x", ""),
    ),
    "gradescope: a second account without ids of the roster": Case(
        {
            "submission_metadata.yml": listed(
                submission_1="ada,a@x,Ada Lovelace", submission_2=",a@y,Ada Lovelace"
            ),
            **OF_ADA,
        },
        {"ada": 15, "konrad": None, "emmy": None, "Ada Lovelace (a@y)?": None},
        NO_TEAMS,
        note=OTHER_ADA,
    ),
    "canvas: a number that is not in its gradebook": Case(
        {"lovelaceada_71_5_x.py": RIGHT},
        {"11": None, "12": None, "13": None, "lovelaceada (71)?": None},
        CANVAS,
        note=CANVAS_ADA,
    ),
    "canvas: two numbers under one name, not in the roster": Case(
        {
            "lovelaceada_71_5_x.py": RIGHT,
            "lovelaceada_72_6_x.py": WRONG,
            "zusekonrad_73_7_x.py": WRONG,
        },
        {
            "ada": None,
            "konrad": 2,
            "emmy": None,
            "lovelaceada (71)?": None,
            "lovelaceada (72)?": None,
        },
        NO_TEAMS,
        note=SEVERAL_ADAS,
    ),
    "canvas: numbers that are not in the roster": Case(
        {
            "lovelaceada_71_5_x.py": RIGHT,
            "lovelaceada_71_6_y.py": RIGHT,
            "zusekonrad_73_7_x.py": WRONG,
        },
        {"ada": 15, "konrad": 2, "emmy": 0},
        NO_TEAMS,
    ),
    "moodle: a number that is not in its worksheet": Case(
        {
            "Ada Lovelace_71_assignsubmission_file/x.py": RIGHT,
            "Konrad Zuse_12_assignsubmission_file/x.py": WRONG,
        },
        participants(None, 2, None, None) | {"Ada Lovelace (71)?": None},
        NO_GROUPS.replace('"Monday, 30 November 2026, 11:10 PM"', "-"),
        note="may be Ada Lovelace (Participant 11): the name agrees, but no id",
    ),
    "moodle: hidden names in another language": Case(
        {
            "Osallistuja_11_assignsubmission_file/x.py": RIGHT,
            "Osallistuja_12_assignsubmission_file/x.py": WRONG,
        },
        {"Osallistuja 11": 15, "Osallistuja 12": 2},
        "Tunniste,Tila,Arvosana,Maksimiarvosana,Arvosanaa voi muuttaa,Palautekommentit\n"
        "Osallistuja 11,x,,15.00,,\nOsallistuja 12,x,,15.00,,\n",
    ),
    "moodle: numbers of another assignment": Case(
        {
            "Ada Lovelace_71_assignsubmission_file/x.py": RIGHT,
            "Konrad Zuse_72_assignsubmission_file/x.py": WRONG,
        },
        participants(15, 2, 0, 0),
        NO_GROUPS.replace('"Monday, 30 November 2026, 11:10 PM"', "-"),
    ),
    "brightspace: two people with one name": Case(
        {
            "101-7 - Ada Lovelace - Nov 30, 2026 1130 PM/x.py": RIGHT,
            "103-7 - Ada Lovelace - Nov 30, 2026 1140 PM/x.py": WRONG,
            "102-7 - Konrad Zuse - Dec 1, 2026 1005 AM/x.py": WRONG,
        },
        {
            "ada": None,
            "konrad": 2,
            "emmy": None,
            "Ada Lovelace (101)?": None,
            "Ada Lovelace (103)?": None,
        },
        NO_TEAMS,
        note=SEVERAL_ADAS,
    ),
    "a pattern: another address": Case(
        {"e2@x_Ada Lovelace.py": RIGHT, "k@x_Konrad Zuse.py": WRONG},
        {"ada": None, "konrad": 2, "emmy": None, "Ada Lovelace (e2@x)?": None},
        NO_TEAMS,
        note=OTHER_ADA,
        options=PATTERN,
    ),
    "brightspace: the letters of a student's name": Case(
        {
            "101-7 - Anna Li - Nov 30, 2026 1130 PM/x.py": RIGHT,
            "102-7 - Konrad Zuse - Dec 1, 2026 1005 AM/x.py": WRONG,
        },
        {"ann": None, "konrad": 2, "101": 15},
        "id,name\nann,Ann Ali\nkonrad,Konrad Zuse\n",
        note="Anna Li (101): not in the roster",
    ),
    "gradescope: an instructor, and a student of the same name": Case(
        {
            "submission_metadata.yml": listed(
                submission_1="ada,a@x,Ada Lovelace", submission_2="9,p@x,Ada Lovelace"
            ),
            **OF_ADA,
        },
        {"ada": 15, "konrad": 0},
        OF_GRADESCOPE,
        note="Ada Lovelace (9): not a student in the roster; the files are left out",
    ),
    "an assistant who handed in": Case(
        {"Tina Assist.py": RIGHT, "konrad.py": WRONG},
        {"ada": 0, "konrad": 2},
        OF_GRADESCOPE,
        note="Tina Assist: not a student in the roster; the files are left out",
    ),
    "files named by names and by ids": Case(
        {"Ada Lovelace.py": RIGHT, "konrad.py": WRONG},
        {"ada": 15, "konrad": 2, "emmy": 0},
        NO_TEAMS,
    ),
}
CASES = {**TEAMS, **UNREAD, **READ, **TIMES, **NAMESAKES}


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "archive"])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_points_of_each_student(case: Case, packed: bool, tmp_path: Path) -> None:
    files = case.files
    if packed and "pattern" not in case.options:  # as systems pack a folder
        files = {f"class/{name}": content for name, content in files.items()}
    found = grade_class(
        tmp_path, files, case.roster, case.assignment, packed=packed, **case.options
    )
    assert found.points == case.points
    assert case.note in "\n".join(found.notes)


STOPS = {
    "an extension of nobody": (
        NO_TEAMS,
        LATE + "extensions: {eve: 2026-12-02 23:59}\n",
        "for eve, who is not in the class",
    ),
    "an extension of namesakes": (
        "id,name\nada,Kim Lee\nemmy,Kim Lee\n",
        LATE + "extensions: {Kim Lee: 2026-12-02 23:59}\n",
        "for Kim Lee, who may be Kim Lee (ada) or Kim Lee (emmy)",
    ),
    "an extension of somebody with the letters of a student": (
        "id,name\nada,Ann Ali\n",
        LATE + "extensions: {Anna Li: 2026-12-02 23:59}\n",
        "for Anna Li, who is not in the class",
    ),
    "a member of a team who is nobody": (
        NO_TEAMS,
        ASSIGNMENT + "teams: {A: [ada, eve]}\n",
        "hw.yaml:4:18: the team 'A' names 'eve', who is not in the class",
    ),
    "each member of a team who is nobody": (
        NO_TEAMS,
        ASSIGNMENT + "teams:\n  A: [ada, eve]\n  B:\n  - '11'\n  - eve\n",
        "hw.yaml:5:12: the team 'A' names 'eve', who is not in the class; correct the id or the"
        " name\n{}hw.yaml:7:5: the team 'B' names '11', who is not in the class; correct the id"
        " or the name\n{}hw.yaml:8:5: the team 'B' names 'eve'",
    ),
    "a member of two teams": (
        NO_TEAMS,
        ASSIGNMENT + "teams: {A: [ada], B: [A@x]}\n",
        "hw.yaml:4:23: 'A@x' is in two teams, 'A' and 'B'; keep one",
    ),
    "an extension of the roster that cannot be read": (
        WITH_TIMES.replace("Lovelace,", "Lovelace,Extension granted until: 11/12/2026"),
        LATE,
        "the time 'Extension granted until: 11/12/2026' cannot be read; expected a time such as",
    ),
    "a time of the roster that cannot be read": (
        "id,submitted at\nada,11/12/2026\n",
        LATE,
        "the time '11/12/2026' cannot be read",
    ),
}  # fmt: skip


@pytest.mark.parametrize("roster, assignment, message", STOPS.values(), ids=STOPS)
def test_what_is_not_sure_stops(roster: str, assignment: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        grade_class(tmp_path, {"ada.py": RIGHT}, roster, assignment)
    assert message.replace("{}", f"{tmp_path}/") in str(caught.value)


def test_a_time_in_a_name_that_cannot_be_read_stops(tmp_path: Path) -> None:
    files = {"ada_2026-11-30.py": RIGHT, "emmy_30-11-26.py": RIGHT}
    with pytest.raises(UsageError, match=r"emmy_30-11-26\.py: the time '30-11-26' cannot"):
        grade_class(tmp_path, files, pattern=r"(?P<student>\w+)_(?P<timestamp>[^_]+)\.py")


def test_without_a_roster_an_extension_of_nobody_is_a_note(tmp_path: Path) -> None:
    found = grade_class(
        tmp_path, {"ada.py": RIGHT}, "", LATE + "extensions: {eve: 2026-12-02 23:59}\n"
    )
    place = f"{tmp_path / 'hw.yaml'}:7:14"
    assert found.notes[0] == f"{place}: an extension for eve, who is not in the class"


def test_notes_name_people_and_say_what_to_do(tmp_path: Path) -> None:
    files = {
        "Ada Lovelace_11_assignsubmission_file/x.rar": b"Rar!",
        "Zoe Zorn_99_assignsubmission_file/x.py": RIGHT,
    }
    roster = "id,name\n11,Ada Lovelace\n12,Konrad Zuse\n13,Emmy Noether\n"
    found = grade_class(tmp_path, files, roster, ASSIGNMENT + "excused: {Emmy Noether: all}\n")
    assert found.notes == [
        "Zoe Zorn (99): not in the roster",
        "Ada Lovelace (11): handed in x.rar, which cannot be read: the file is a RAR archive",
        "Konrad Zuse (12): not graded: nothing was found, and there is work of"
        " people not in the roster: Zoe Zorn (99)",
        "to give them a grade, correct the roster or the files, or use `adjust` in the assignment;"
        " --missing zero gives them 0 points",
    ]
    (notes,) = [part.notes for row in found.book.rows for part in row.parts if part.is_excused]
    assert notes == ("excused",)
    names = {row.student.id: row.student.name for row in found.book.rows}
    assert names["99"] == "Zoe Zorn"  # as the file says


def test_notes_on_missing_work_that_counts_as_zero(tmp_path: Path) -> None:
    files = {
        "Ada Lovelace_11_assignsubmission_file/x.rar": b"Rar!",
        "Zoe Zorn_99_assignsubmission_file/x.py": RIGHT,
    }
    roster = "id,name\n11,Ada Lovelace\n12,Konrad Zuse\n"
    found = grade_class(tmp_path, files, roster, missing="zero")
    assert found.notes == [
        "Zoe Zorn (99): not in the roster",
        "Ada Lovelace (11): handed in x.rar, which cannot be read: the file is a RAR archive",
        "Konrad Zuse (12): 0 points: nothing was found, and there is work of"
        " people not in the roster: Zoe Zorn (99)",
        "to give them another grade than the 0 of --missing zero, correct the roster or the files,"
        " or use `adjust` in the assignment",
    ]


def test_notes_on_work_of_an_unknown_student_do_not_speak_of_a_zero(tmp_path: Path) -> None:
    found = grade_class(tmp_path, {"alpha_12_5_x.py": RIGHT}, CANVAS, missing="zero")
    assert {row.student.id: row.total for row in found.book.rows}["alpha (12)?"] is None
    assert "alpha (12)?: not graded: it may be from Zuse, Konrad (12)" in found.notes
    assert "Zuse, Konrad (12): 0 points: the submission of alpha (12) may be theirs" in found.notes


def test_unknown_times_are_those_of_named_students(tmp_path: Path) -> None:
    roster = "id,submitted at\nada,2026-11-30 12:00\nemmy,\n"
    found = grade_class(tmp_path, {"ada.py": RIGHT, "emmy.py": RIGHT}, roster, LATE)
    assert found.notes == [
        "the time of submission is not known for 1 of 2 attempts; such attempts count as"
        " on time: emmy"
    ]


MISSPELT = {
    "a member of a team": ("teams: {A: [Emmy Nother]}\n", "names 'Emmy Nother', who is not in the"),
    "a comment": (
        "comments: {Emmy Nother: good}\n",
        "a comment for Emmy Nother, who is not in the",
    ),
}


@pytest.mark.parametrize("text, message", MISSPELT.values(), ids=MISSPELT)
def test_misspelt_name_is_answered_with_the_nearest(
    text: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError) as caught:
        grade_class(tmp_path, {"ada.py": RIGHT}, NO_TEAMS, ASSIGNMENT + text)
    assert f"{message} class (did you mean 'Emmy Noether'?)" in str(caught.value)


def test_a_team_is_judged_once(tmp_path: Path) -> None:
    found = grade_class(tmp_path, BOTH, WORKSHEET)
    assert len({attempt.digest for attempt in found.collected.attempts}) == 2
    assert {attempt.team for attempt in found.collected.attempts} == {
        ("Participant 11", "Participant 13"),
        ("Participant 12", "Participant 14"),
    }


# The files of other systems ----------------------------------------------------------------------


def test_moodle_gets_the_points_of_teams(tmp_path: Path) -> None:
    found = grade_class(tmp_path, BOTH, WORKSHEET)
    assert found.filled(moodle.fill, WORKSHEET, 4) == ["15.00", "2.00", "15.00", "2.00"]


def test_nobody_gets_the_points_of_a_team_that_is_not_listed(tmp_path: Path) -> None:
    """With a roster or without one, the number of a team is not that of a participant."""
    for number, roster in enumerate((NO_GROUPS, "")):
        at = tmp_path / str(number)
        at.mkdir()
        found = grade_class(at, BOTH, roster)
        assert found.filled(moodle.fill, NO_GROUPS, 4) == ["", "", "", ""]


def test_canvas_gets_no_zero_for_work_that_cannot_be_read(tmp_path: Path) -> None:
    files = {"lovelaceada_11_5_x.rar": b"", "zusekonrad_12_6_x.py.txt": RIGHT}
    found = grade_class(tmp_path, files, CANVAS)

    def fill(text: str, book: Gradebook) -> Filled:
        return canvas.fill(text, book, "HW")

    assert found.filled(fill, CANVAS, 5) == ["15", "", "15.00", "0.00", ""]
    skipped = fill(CANVAS, found.book).skipped
    assert skipped == (
        "row 3 (Lovelace, Ada): Lovelace, Ada (11) is not graded: handed in x.rar, which cannot be"
        " read: the file is a RAR archive",
    )


LANGUAGES = {
    "German": "ID,Vollständiger Name,Status,Bewertung,Bestwertung,Zuletzt geändert (Abgabe)\n"
    "Teilnehmer/in{},{},,,\"15,00\",\n",
    "French": "Identifiant,Nom complet,Statut,Note,Note maximale,Dernière modification (remise)\n"
    'Participant{},{},,,"15,00",\n',
    "Spanish": "Identificador,Nombre completo,Estado,Calificación,Calificación máxima\n"
    'Participante {},{},,,"15,00"\n',
    "Polish": "Identyfikator,Pełna nazwa,Status,Ocena,Ocena maksymalna\n"
    'Uczestnik {},{},,,"15,00"\n',
    "Japanese": '識別子,氏名,ステータス,評点,最大評点\n参加者{},{},,,"15,00"\n',
}  # fmt: skip


@pytest.mark.parametrize("form", LANGUAGES.values(), ids=LANGUAGES)
def test_moodle_is_read_and_filled_in_in_any_language(form: str, tmp_path: Path) -> None:
    header, row = form.splitlines()
    people = {"21": "Erika Musterfrau", "22": "Jörg Müller", "23": "Ayşe Yılmaz"}
    text = "\n".join([header, *(row.format(*each) for each in people.items()), ""])
    files = {
        "Erika Musterfrau_21_assignsubmission_file/x.py": RIGHT,
        "Jörg Müller_22_assignsubmission_file/x.py": WRONG,
    }
    found = grade_class(tmp_path, files, text)
    assert found.filled(moodle.fill, text, 3) == ["15,00", "2,00", "0,00"]


def test_gaps_of_a_gradescope_export_give_no_zero(tmp_path: Path) -> None:
    """One folder is listed and missing, and one is there and has no submitters."""
    listed = (
        "submission_1: {':submitters': [{':name': Ada Lovelace, ':sid': '11'}]}\n"
        "submission_2: {':submitters': [{':name': Konrad Zuse, ':sid': '12'}]}\n"
    )
    files = {"submission_1/x.py": RIGHT, "submission_metadata.yml": listed.encode()}
    roster = "id,name\n11,Ada Lovelace\n12,Konrad Zuse\n13,Emmy Noether\n"
    found = grade_class(tmp_path, files, roster)
    assert found.points == {"11": 15, "12": None, "13": 0}
    assert "submission_metadata.yml lists it, and it is not in the export" in found.note_of("12")
    (tmp_path / "more").mkdir()
    found = grade_class(tmp_path / "more", files | {"submission_9/x.py": WRONG}, roster)
    assert found.points == {"11": 15, "12": None, "13": None, "submission_9": 2}
