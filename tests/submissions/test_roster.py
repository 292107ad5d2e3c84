"""Rosters of every system are read, rows that agree are merged, and contradictions are named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.model.course import Student
from grader.submissions.roster import Roster, is_in_section, read_roster
from tests.submissions.test_people import CANVAS_ROSTER


def roster_of(text: str | bytes, tmp_path: Path) -> Roster:
    path = tmp_path / "r.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_roster(str(path))


ROSTERS = {
    "canvas": (CANVAS_ROSTER, Student("101", "Doe, Jane", ("s1", "jane"))),
    "canvas groups": (
        "name,canvas_user_id,user_id,login_id,sections,group_name\nJane Doe,101,s1,jane,A,Team A\n",
        Student("s1", "Jane Doe", ("101", "jane")),
    ),
    "moodle worksheet": (
        "Identifier,Full name,Email address,Status\nParticipant 12,Jane Doe,j@x.edu,\n",
        Student("Participant 12", "Jane Doe", ("j@x.edu", "12")),
    ),
    "moodle worksheet in French": (
        "Identifiant,Nom complet,Adresse de courriel,Statut,Note,Note maximale\n"
        "Participant12,Jane Doe,j@x.edu,,,\n",
        Student("Participant12", "Jane Doe", ("j@x.edu", "12")),
    ),
    "moodle worksheet in Czech, which is not listed": (
        "Identifikátor,Celé jméno,E-mail,Stav,Známka,Maximální známka,Známka může být změněna\n"
        "Účastník12,Jane Doe,j@x.edu,,,,\nÚčastník13,Jim Roe,r@x.edu,,,,\n",
        Student("Účastník12", "Jane Doe", ("j@x.edu", "12")),
    ),
    "moodle worksheet in Finnish without names": (
        "Tunniste,Tila,Arvosana,Maksimiarvosana,Arvosanaa voi muuttaa,Palautekommentit\n"
        "Osallistuja 12,Palautettu,,10.00,,\nOsallistuja 13,Ei palautusta,,10.00,,\n",
        Student("Osallistuja 12", "", ("12",)),
    ),
    "moodle worksheet in Finnish with groups and without names": (
        "Tunniste,Tila,Ryhmä,Arvosana,Maksimiarvosana,Arvosanaa voi muuttaa\n"
        "Osallistuja 12,Palautettu,A,,10.00,\nOsallistuja 13,Ei palautusta,B,,10.00,\n"
        "Osallistuja 14,Palautettu,A,,10.00,\n",
        Student("Osallistuja 12", "", ("12",)),
    ),
    "moodle worksheet in Finnish with namesakes": (
        "Tunniste,Koko nimi,Tila,Arvosana,Maksimiarvosana,Arvosanaa voi muuttaa\n"
        "Osallistuja 12,Jane Doe,x,,10.00,\nOsallistuja 13,Jim Roe,x,,10.00,\n"
        "Osallistuja 14,Jane Doe,x,,10.00,\nOsallistuja 15,Bo Bee,x,,10.00,\n",
        Student("Osallistuja 12", "Jane Doe", ("12",)),
    ),
    "moodle gradebook": (
        "First name,Last name (Surname),ID number,Email address\nJane,Doe,77,j@x.edu\n",
        Student("77", "Jane Doe", ("j@x.edu",)),
    ),
    "classroom": (
        '"identifier","github_username","github_id","name"\n"j@x","octocat","9","Jane"\n',
        Student("j@x", "Jane", ("octocat",)),
    ),
    "brightspace": (
        "OrgDefinedId,Username,Last Name,First Name,Email,End-of-Line Indicator\n"
        "#77,#jdoe,Doe,Jane,j@x.edu,#\n",
        Student("77", "Jane Doe", ("jdoe", "j@x.edu")),
    ),
    "blackboard": (
        '"Last Name","First Name",Username,"Student ID","Last Access"\n"Doe","Jane","jdoe","77",\n',
        Student("77", "Jane Doe", ("jdoe",)),
    ),
    "gradescope": (
        "First Name,Last Name,SID,Email,Role,Section\nPaul,Prof,9,p@x,Instructor,\n"
        "Tina,Assist,,t@x,TA,\nJane,Doe,77,j@x.edu,Student,A\n",
        Student("77", "Jane Doe", ("j@x.edu",)),
    ),
    "roles in a team": ("id,name,role\n5,Jane,Reader\n", Student("5", "Jane")),
    "a last name as name, in German": (
        "Name;Vorname;Matrikelnummer\nDoe;Jane Ann;5\n",
        Student("5", "Jane Ann Doe"),
    ),
    "a last name as name, in French": ("id,Nom,Prénom\n5,Doe,Jane\n", Student("5", "Jane Doe")),
    "a first name as name": ("Name,Surname,id\nJane,Doe,5\n", Student("5", "Jane Doe")),
    "a whole name beside a first name": (
        'id,name,first name\n5,"Doe, Jane",Jane\n6,Bill Roe,William\n7,Bo Bee,Bo\n',
        Student("5", "Doe, Jane"),
    ),
    "a full name beside a first name": (
        "id,full name,first name\n5,Jane Doe,Janey\n",
        Student("5", "Jane Doe"),
    ),
    "a whole name beside its parts": (
        "id,name,first name,last name\n5,Jane A. Doe,Janey,Doe\n",
        Student("5", "Jane A. Doe"),
    ),
    "own, with semicolons": ("E-Mail;Name\nj@x.edu;Jane\n", Student("j@x.edu", "Jane")),
    "own, ids with numbers": ("id,name,email\nS1,Jane,\nS2,Jim,\n", Student("S1", "Jane")),
    "a name that another system shows": (
        "id,name,preferred name\n5,Jane Doe,Janey Doe\n",
        Student("5", "Jane Doe", ("Janey Doe",)),
    ),
    "names only": ("name\nJane Doe\n", Student("Jane Doe", "Jane Doe")),
    "short and empty rows": ("id,name\n\n,\n5\n", Student("5")),
    "a line end in a name": ('id,name\n5,"Jane\n Doe"\n', Student("5", "Jane Doe")),
    "a mark of Brightspace without an id": (
        "OrgDefinedId,Username,First Name\n#,#,Group\n#77,#jdoe,Jane\n",
        Student("Group", "Group"),
    ),
    "a worksheet without names, for blind marking": (
        "Identifier,Status,Grade,Maximum Grade\nParticipant 12,Submitted for grading,,10.00\n",
        Student("Participant 12", "", ("12",)),
    ),
    "blackboard's user for tests": (
        "Last Name,First Name,Username\nDoe_PreviewUser,Jane,jdoe_previewuser\nDoe,Jane,jdoe\n",
        Student("jdoe", "Jane Doe"),
    ),
    "two sections": (
        'id,name,section,email\n5,Jane Doe,A,\n6,Jim,A,\n5,"Doe, Jane",B,j@x.edu\n',
        Student("5", "Jane Doe", ("j@x.edu",)),
    ),
    "two rows with an address in common": (
        "id,name,email\n5,Jane Doe,j@x.edu\n,Jane Doe,J@X.edu\n",
        Student("5", "Jane Doe", ("j@x.edu",)),
    ),
}


@pytest.mark.parametrize("text, first", ROSTERS.values(), ids=ROSTERS)
def test_roster_is_read(text: str, first: Student, tmp_path: Path) -> None:
    assert roster_of(text, tmp_path).students[0] == first


def test_staff_is_in_no_list_of_students(tmp_path: Path) -> None:
    found = roster_of(ROSTERS["gradescope"][0], tmp_path)
    assert found.staff == (Student("9", "Paul Prof", ("p@x",)), Student("t@x", "Tina Assist"))
    assert len(found.students) == 1


def test_rows_that_agree_are_one_student(tmp_path: Path) -> None:
    for name, ids in (("two sections", "56"), ("two rows with an address in common", "5")):
        students = roster_of(ROSTERS[name][0], tmp_path).students
        assert [student.id for student in students] == list(ids)


def test_test_student_of_canvas_is_left_out(tmp_path: Path) -> None:
    text = CANVAS_ROSTER + '"Student, Test",999,,0123456789abcdef,A,\r\n'
    assert [each.id for each in roster_of(text, tmp_path).students] == ["101", "102", "103", "104"]
    in_parts = "LastName,FirstName,ID,Section\nDoe,Jane,101,A\nStudent,Test,999,A\nDoe,Test,9,A\n"
    found = roster_of(in_parts, tmp_path)
    assert [each.id for each in found.students] == ["101", "9"]
    assert found.system_ids == {"canvas": {"101": "101", "9": "9"}}
    own = roster_of("id,name\n1,Test Student\n", tmp_path)
    assert own.students == (Student("1", "Test Student"),)


# The sections of a student, as cells of a roster, and a section that the student is in, or not.
SECTIONS = {
    "the only one": (["Lab 1"], "Lab 1", True),
    "another one": (["Lab 2"], "Lab 1", False),
    "none": ([], "Lab 1", False),
    "the second row": (["Lab 2", "Lab 1"], "Lab 1", True),
    "the first of two": (["Lab 1 and Lecture"], "Lab 1", True),
    "the second of two": (["Lab 1 and Lecture"], "Lecture", True),
    "neither of two": (["Lab 1 and Lecture"], "Lab 2", False),
    "the beginning of a name": (["Lab 10 and Lecture"], "Lab 1", False),
    "the end of a name": (["Old Lab 1 and Lecture"], "Lab 1", False),
    "the first of three": (["A, B, and C"], "A", True),
    "the second of three": (["A, B, and C"], "B", True),
    "the third of three": (["A, B, and C"], "C", True),
    "two of three": (["A, B, and C"], "A, B", True),  # nobody knows that it is not a name
    "in German": (["A, B und C"], "C", True),
    "in French": (["A et B"], "B", True),
    "in an own list": (["A; B"], "B", True),
    "a name with the word": (["Logic and Proof"], "Logic and Proof", True),
    "a name with the word among others": (["A and Logic and Proof"], "Logic and Proof", True),
    "a word that contains the word": (["Sand and Stone"], "Stone", True),
    "a part of a word": (["Landlab"], "lab", False),
    "a name with signs": (["C++ (a) and D"], "C++ (a)", True),
}


@pytest.mark.parametrize("sections, section, expected", SECTIONS.values(), ids=SECTIONS)
def test_sections_of_a_student(sections: list[str], section: str, expected: bool) -> None:
    assert is_in_section(section, sections) == expected


TEAMS = {
    "a column of teams": (
        "id,team\n1,A\n2,B\n3,a\n",
        [("A", ("1", "3"), True), ("B", ("2",), True)],
    ),
    "cells that say that there is no team": (
        "id,team,group\n1,-,Lab\n2,None,No groups\n3,n/a,\n4,—,\n5,+,\n6,-,\n7,N/A,Lab\n",
        [("Lab", ("1", "7"), False), ("+", ("5",), True)],
    ),
    "teams of one name in two sections": (
        "id,team,section\n1,T,A\n2,T,B\n3,t,A\n4,U,B\n5,U,\n6,T,\n",
        [
            ("T (B)", ("2",), True),
            ("T (A)", ("1", "3"), True),
            ("T (no section)", ("6",), True),
            ("U", ("4", "5"), True),
        ],
    ),
    "a team of students with a section in common": (
        'id,team,section\n1,T,A\n2,T,"Lab 1 and A"\n3,T,B\n3,T,A\n',
        [("T", ("1", "2", "3"), True)],
    ),
    "a group of two sections": ("id,group,section\n1,T,A\n2,T,B\n", [("T", ("1", "2"), False)]),
    "a column of groups": ("id,group\n1,A\n2,\n3,A\n", [("A", ("1", "3"), False)]),
    "a worksheet": (
        "ID,Vollständiger Name,Status,Gruppe,Bewertung\nTeilnehmer/in1,J,,Team A,\n",
        [("Team A", ("Teilnehmer/in1",), False)],
    ),
}


@pytest.mark.parametrize("text, teams", TEAMS.values(), ids=TEAMS)
def test_teams_of_a_roster(
    text: str, teams: list[tuple[str, tuple[str, ...], bool]], tmp_path: Path
) -> None:
    found = roster_of(text, tmp_path).teams
    assert [(team.name, team.members, team.shares) for team in found] == teams


def test_times_of_a_roster(tmp_path: Path) -> None:
    text = (
        "Identifier,Full name,Status,Last modified (submission),Last modified (grade)\n"
        'Participant 1,J,,"Monday, 30 November 2026, 11:10 PM",-\nParticipant 2,K,,-,-\n'
    )
    times = roster_of(text, tmp_path).times
    assert times == {
        "Participant 1": "Monday, 30 November 2026, 11:10 PM",
        "Participant 2": "-",
    }


# The status of a submission in Moodle's worksheet, and the extension in it.
EXTENSIONS = {
    "Submitted for grading": "",
    "Submitted for grading - 2 days 3 hours late": "",
    "No submission - Extension granted until: Sunday, 8 November 2026, 12:00 AM": (
        "Sunday, 8 November 2026, 12:00 AM"
    ),
    "Submitted for grading -  - Extension granted until: Sunday, 8 November 2026, 12:00 AM": (
        "Sunday, 8 November 2026, 12:00 AM"
    ),
    "Graded Extension granted until: Sunday, 8 November 2026, 12:00 AM": (
        "Sunday, 8 November 2026, 12:00 AM"
    ),
    "Abgabe - Erweiterung der Abgabe möglich bis: Sonntag, 8. November 2026, 00:00": (
        "Sonntag, 8. November 2026, 00:00"
    ),
    "Remis - Prolongation accordée jusqu'au&nbsp;: dimanche 8 novembre 2026, 00:00": (
        "dimanche 8 novembre 2026, 00:00"
    ),
    "提出なし - 次の日時まで延長が許可されました: 2026年 11月 8日(日曜日) 00:00": (
        "2026年 11月 8日(日曜日) 00:00"
    ),
    "已提交 - 延期至：2026年11月8日 星期日 00:00": "2026年11月8日 星期日 00:00",
    "Draft - Extension granted until: 11/8/26 2026": (
        "Draft - Extension granted until: 11/8/26 2026"
    ),
    "1: " * 400 + "2026": ("1: " * 400 + "2026"),
}


@pytest.mark.parametrize("status, extension", EXTENSIONS.items(), ids=range(len(EXTENSIONS)))
def test_extension_in_the_status_of_moodle(status: str, extension: str, tmp_path: Path) -> None:
    text = f'Identifier,Full name,Status,Grade\nParticipant 1,Jane,"{status}",\n'
    found = roster_of(text, tmp_path).extensions
    assert found == ({"Participant 1": extension} if extension else {})


def test_status_in_another_roster_is_not_of_moodle(tmp_path: Path) -> None:
    text = "id,name,status\nS1,Jane,since: 2026-11-08 10:00\n"
    assert roster_of(text, tmp_path).extensions == {}


SYSTEM_IDS = {
    "canvas": (CANVAS_ROSTER, {"canvas": {n: n for n in ("101", "102", "103", "104")}}),
    "canvas groups": (ROSTERS["canvas groups"][0], {"canvas": {"s1": "101"}}),
    "moodle worksheet": (
        ROSTERS["moodle worksheet in French"][0],
        {"moodle": {"Participant12": "12"}},
    ),
    "classroom": (ROSTERS["classroom"][0], {"github": {"j@x": "octocat"}}),
    "classroom, without a login": (
        "identifier,github_username,github_id,name\nj@x,,,Jane\nk@x,octocat,9,Kim\n",
        {"github": {"k@x": "octocat"}},
    ),
    "own": (ROSTERS["two sections"][0], {}),
}


@pytest.mark.parametrize("text, system_ids", SYSTEM_IDS.values(), ids=SYSTEM_IDS)
def test_columns_with_ids_of_a_system(
    text: str, system_ids: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    assert roster_of(text, tmp_path).system_ids == system_ids


BAD_ROSTERS = {
    "one id, two names": (
        "id,name\n5,Jane\n6,Jim\n5,John\n",
        "rows 2 and 4 have the same id '5', but the names 'Jane' and 'John'",
    ),
    "one address, two ids": (
        "id,name,email\n5,Jane,j@x.edu\n6,Jane,J@x.edu\n",
        "rows 2 and 3 have the same id 'J@x.edu', but id '5' and '6'",
    ),
    "one login, two addresses": (
        "login,email\njane,j@x.edu\njane,k@x.edu\n",
        "rows 2 and 3 have the same id 'jane', but email 'j@x.edu' and 'k@x.edu'",
    ),
    "two teams": (
        "id,team\n5,A\n5,B\n",
        "rows 2 and 3 have the same id '5', but the teams 'A' and 'B'",
    ),
    "two students without ids": ("name\nKim Lee\nKim Lee\n", "rows 2 and 3: without ids"),
    "ids of two students": (
        "id,login,email\n5,jane,\n6,,k@x.edu\n,jane,k@x.edu\n",
        "row 4 has ids of several students",
    ),
    "ids of two students in different columns": (
        "id,login\n5,jane\n,5\n",
        "rows 2 and 3 both have the id '5', in different columns",
    ),
    "no column": ("colour\nred\n", "has no known column"),
    "empty": ("", "is empty"),
    "headers of another file": ("colour,size\nred,5\n", "found colour, size"),
    "no student": ("id,name\n", "has no student"),
    "latin-1": (b"id,name\n1,M\xfcller\n", "is not UTF-8 (line 2)"),
    "a workbook": (b"PK\3\4", "is an Excel workbook"),
    "a quotation mark that is not closed": ('id,name\n5,"Jane\n6,Jim\n', "line 2, is not valid"),
    "text behind a quotation mark": ('id,name\n4,K\n5,"Jane" Doe\n', "line 3, is not valid"),
    "a long field": (b"id,name\n1," + b"x" * 200_000, "line 2, is not valid CSV: field larger"),
}


@pytest.mark.parametrize("content, message", BAD_ROSTERS.values(), ids=BAD_ROSTERS)
def test_bad_roster_is_refused(content: str | bytes, message: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        roster_of(content, tmp_path)
