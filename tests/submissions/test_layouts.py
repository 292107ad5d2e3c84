"""A student's file decides neither the layout of a class nor whose work another file is."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import NamedTuple

import pytest

from grader.model.course import Source, Student
from grader.submissions import collect_submissions, read_attempt
from grader.submissions.class_list import ClassList
from grader.submissions.files import File
from grader.submissions.layouts.base import LayoutContext, SubmittedFile
from grader.submissions.layouts.blackboard import blackboard
from grader.submissions.people import PersonRef
from grader.submissions.roster import Roster, read_roster
from tests._support.submissions import SOFTMAX, SOLVED, Files, collect, folder

ADA, BOB, CY, EVE = (SOLVED + b"# %s\n" % name for name in (b"ada", b"bob", b"cy", b"eve"))
LIST = (
    b"ada.py:\n  :submitters:\n  - :name: Eve\n    :sid: eve\n"
    b"bob:\n  :submitters:\n  - :name: Nobody\nsubmission_1:\n  :submitters:\n  - :sid: ada\n"
)
ROSTER = "id,name\nada,Ada Lovelace\nbob,Bob Roe\ncy,Cy Poe\neve,Eve Doe\n"
BRIGHTSPACE = "12-3{} - {} - Nov 30, 2026 1130 PM - "
BLACKBOARD = "HW 3_{}_attempt_2026-11-30-23-30-00_"


class Class(NamedTuple):
    """What a class submitted, and whose each source is; Eve chose the names of her files.

    Attributes:
        whose: the student of each source

    A source that is not in `whose` must be no student's.
    """

    files: Files
    whose: dict[bytes, str]
    layout: str = "auto"
    roster: str = ROSTER


# The login of Ada at GitHub is the id of Bob, and that of Cy the name of a team.
OF_GITHUB = (
    "identifier,github_username,github_id,name,group\n"
    "ada,bob,1,Ada Lovelace,\nbob,bob-codes,2,Bob Roe,\ncy,red,3,Cy Poe,\neve,,,Eve Doe,Red\n"
)
NUMBERED = "id,name\n1,Ada Lovelace\n2,Bob Roe\n3,王\n"
OF_MOODLE = (
    "Identifier,Full name,ID number,Status\nParticipant 1,Ada Lovelace,3,\n"
    "Participant 2,Bob Roe,1,\nParticipant 3,Cy Poe,2,\n"
)
OF_CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section\n王,1,3,ada,A\nBob Roe,2,1,bob,A\n李,3,2,cy,A\n"
)
ALL = {ADA: "ada", BOB: "bob", CY: "cy"}
CLASSES = {
    "a list among files": Class(
        {"ada.py": ADA, "bob.py": BOB, "cy.py": CY, "submission_metadata.yml": LIST}, ALL
    ),
    "a list among folders": Class(
        {"ada/x.py": ADA, "bob/x.py": BOB, "cy/x.py": CY, "submission_metadata.yml": LIST}, ALL
    ),
    "a list and a folder like Gradescope's": Class(
        {
            "ada.py": ADA,
            "bob.py": BOB,
            "cy.py": CY,
            "submission_metadata.yml": LIST,
            "submission_1/x.py": EVE,
        },
        {**ALL, EVE: "submission_1"},
    ),
    "a list among the files of Moodle": Class(
        {
            "Ada Lovelace_1_assignsubmission_file_x.py": ADA,
            "Bob Roe_2_assignsubmission_file_x.py": BOB,
            "submission_metadata.yml": LIST,
        },
        {ADA: "ada", BOB: "bob"},
    ),
    "a file that the list of Gradescope names": Class(
        {
            "submission_1/x.py": ADA,
            "submission_2/x.py": CY,
            "ada.py": BOB,
            "submission_metadata.yml": LIST,
        },
        {ADA: "ada"},
    ),
    "the same, with the layout named": Class(
        {"submission_1/x.py": ADA, "ada.py": BOB, "submission_metadata.yml": LIST},
        {ADA: "ada"},
        "gradescope",
    ),
    "names of Moodle in most files of Brightspace": Class(
        {
            BRIGHTSPACE.format(1, "Ada Lovelace") + "x.py": ADA,
            BRIGHTSPACE.format(2, "Bob Roe") + "x.py": BOB,
            **{
                BRIGHTSPACE.format(4, "Eve Doe") + f"{n}_2_assignsubmission_file_x.py": EVE
                for n in range(5)
            },
        },
        {ADA: "ada", BOB: "bob", EVE: "eve"},
    ),
    "names of Blackboard in most files of Canvas": Class(
        {
            "lovelaceada_1_11_x.py": ADA,
            "roebob_2_12_x.py": BOB,
            **{f"doeeve_4_{n}_ada_attempt_2026-11-30-23-30-00_x.py": EVE for n in range(13, 19)},
        },
        {ADA: "ada", BOB: "bob", EVE: "eve"},
    ),
    "names of Moodle in most files of Google": Class(
        {
            "Ada Lovelace - x.py": ADA,
            "Bob Roe - x.py": BOB,
            **{f"Eve Doe - {n}_2_assignsubmission_file_x.py": EVE for n in range(5)},
        },
        {ADA: "ada", BOB: "bob", EVE: "eve"},
    ),
    "names of Canvas in the only folder": Class({"eve/lovelaceada_1_11_x.py": EVE}, {EVE: "eve"}),
    "a list of Gradescope in the only folder": Class(
        {"eve/submission_metadata.yml": LIST, "eve/submission_1/x.py": EVE}, {EVE: "eve"}
    ),
    "names of others behind the only name": Class(
        {"Eve Doe - Ada Lovelace.py": EVE, "Eve Doe - Bob Roe.py": EVE + b"#"},
        {EVE: "eve"},
    ),
    "repositories and a name of Moodle": Class(
        {
            "hw-submissions/hw-ada/x.py": ADA,
            "hw-submissions/hw-bob/x.py": BOB,
            "hw-submissions/hw-eve/1_2_assignsubmission_file_x.py": EVE,
        },
        {ADA: "ada", BOB: "bob", EVE: "eve"},
    ),
    "repositories of which one ends like another": Class(
        {
            "work-submissions/my-hw-ada/x.py": ADA,
            "work-submissions/my-hw-bob/x.py": BOB,
            "work-submissions/my-hw-x-ada/softmax.py": EVE,  # Eve has chosen the login "x-ada"
        },
        {ADA: "ada", BOB: "bob"},
    ),
    "a login at GitHub that is the id of another student": Class(
        {"hw-submissions/hw-bob/x.py": ADA, "hw-submissions/hw-bob-codes/x.py": BOB},
        {ADA: "ada", BOB: "bob"},
        roster=OF_GITHUB,
    ),
    "the same, without the repository of the other": Class(
        {"hw-submissions/hw-bob/x.py": ADA}, {ADA: "ada"}, roster=OF_GITHUB
    ),
    "the same, where only the roster knows where a login begins": Class(
        {"work-submissions/my-hw-bob/x.py": ADA, "work-submissions/my-hw-bob-codes/x.py": BOB},
        {ADA: "ada", BOB: "bob"},
        roster=OF_GITHUB,
    ),
    "a login at GitHub that only another column has": Class(
        {"hw-submissions/hw-eve/x.py": CY, "hw-submissions/hw-ada/x.py": EVE},
        {CY: "eve?", EVE: "ada?"},
        roster=OF_GITHUB,
    ),
    "a login at GitHub that is a number, where no column has logins": Class(
        {"hw-submissions/hw-1/x.py": ADA, "hw-submissions/hw-2/x.py": BOB},
        {ADA: "1", BOB: "2"},
        roster=NUMBERED,
    ),
    "the same, where a column has them": Class(
        {"hw-submissions/hw-1/x.py": ADA, "hw-submissions/hw-bob-2/x.py": BOB},
        {ADA: "1?", BOB: "2"},
        roster="id,name,github\n1,Ada,ada-1\n2,Bob,bob-2\n",
    ),
    "a login at GitHub that is the name of a team": Class(
        {"hw-submissions/hw-red/x.py": CY}, {CY: "red?"}, roster=OF_GITHUB
    ),
    "a file named after the id of one and the login of another student": Class(
        {"bob.py": ADA, "bob-codes.py": BOB}, {ADA: "bob?", BOB: "bob"}, roster=OF_GITHUB
    ),
    "names that differ only in vowels, which are marks": Class(
        {"रमा/x.py": EVE, "cy/x.py": CY}, {EVE: "रमा", CY: "cy"}, roster="id,name\nada,राम\ncy,Cy\n"
    ),
    "names of which only one has vowels, which few write": Class(
        {"مُحَمَّد/x.py": ADA, "שלום/x.py": BOB},
        {ADA: "1", BOB: "2"},
        roster="id,name\n1,محمد\n2,שָׁלוֹם\n",
    ),
    "names of teams that differ only in vowels or signs": Class(
        {"रमा/x.py": ADA, "🙂/x.py": BOB, "cy/x.py": CY},
        {ADA: "रमा", BOB: "🙂", CY: "cy"},
        roster="id,team\nada,राम\nbob,🙃\ncy,\n",
    ),
    "names of teams that differ only in their signs": Class(
        {"C++/x.py": ADA, "🚀/x.py": BOB, "Red!/x.py": CY},
        {ADA: "C++", BOB: "🚀", CY: "Red!"},
        roster="id,team\nada,C\nbob,🔥\ncy,Red\n",
    ),
    "names of teams in the list that differ only in their signs": Class(
        {"C++/x.py": ADA, "C/x.py": BOB, "c#/x.py": CY},
        {ADA: "ada", BOB: "bob", CY: "cy"},
        roster="id,team\nada,C++\nbob,C\ncy,C#\n",
    ),
    "names of teams with other blanks and hyphens": Class(
        {"team_red/x.py": ADA, "Team–Blue/x.py": BOB, "greenteam/x.py": CY},
        ALL,
        roster="id,team\nada,Team-Red\nbob,team blue\ncy,Green. Team\n",
    ),
    "names of teams with characters that Moodle leaves out or that no file can have": Class(
        {
            "RD_4_assignsubmission_file/x.py": ADA,
            "AC DC_5_assignsubmission_file/x.py": BOB,
            "R&B_6_assignsubmission_file/x.py": CY,
        },
        {ADA: "ada", BOB: "bob", CY: "6"},
        roster="id,team\nada,R&D\nbob,AC/DC\ncy,RB\n",
    ),
    "the same, where two teams may be meant": Class(
        {"What_4_assignsubmission_file/x.py": ADA},
        {ADA: "What (4)?"},
        roster="id,team\nada,What?\nbob,What\ncy,\n",
    ),
    "names of teams in Canvas, by the number of a member": Class(
        {"c_1_11_x.py": ADA, "c_2_12_x.py": BOB, "c_9_13_x.py": EVE, "red_3_14_x.py": CY},
        {ADA: "ada", BOB: "bob", EVE: "c (9)?", CY: "cy"},
        roster="id,canvas_user_id,team\nada,1,C\nbob,2,C++\ncy,3,Red!\neve,4,C#\n",
    ),
    "names of teams at GitHub": Class(
        {"hw-submissions/hw-c/x.py": ADA, "hw-submissions/hw-team-red/x.py": CY},
        {ADA: "c?", CY: "cy"},
        roster="id,team\nada,C\nbob,C++\ncy,Team Red!\n",
    ),
    "hidden names of Moodle, and the numbers of the instructor": Class(
        {f"Participant_{n}_assignsubmission_file/x.py": each for n, each in enumerate(ALL, 1)},
        {ADA: "1?", BOB: "2?", CY: "3?"},
        roster=NUMBERED,
    ),
    "hidden names of Moodle, and its worksheet": Class(
        {f"Participant_{n}_assignsubmission_file/x.py": each for n, each in enumerate(ALL, 1)},
        {ADA: "Participant 1", BOB: "Participant 2", CY: "Participant 3"},
        roster=OF_MOODLE,
    ),
    "names of one letter in Canvas, and the numbers of the instructor": Class(
        {"王_1_11_x.py": ADA, "王_9_12_x.py": CY, "_2_13_x.py": BOB, "b_2_14_x.py": EVE},
        {ADA: "王 (1)?", CY: "王 (9)?", BOB: "2?", EVE: "b (2)?"},
        roster=NUMBERED,
    ),
    "names of one letter in Canvas, and its gradebook": Class(
        {"王_1_11_x.py": ADA, "_2_13_x.py": BOB, "李_3_14_x.py": CY},
        {ADA: "1", BOB: "2", CY: "3"},
        roster=OF_CANVAS,
    ),
    "files of students in a folder that is nobody's": Class(
        {"hw_export/ada.py": ADA, "hw_export/bob_softmax.py": BOB, "hw_export/cy/x.py": CY}, ALL
    ),
    "the same, with a file that is nobody's": Class(
        {"hw_export/ada.py": ADA, "hw_export/bob.py": BOB, "hw_export/Nobody.py": EVE},
        {ADA: "ada", BOB: "bob", EVE: "Nobody"},
    ),
    "a file named after a student in a folder that is nobody's": Class(
        {"evelyn/ada.py": EVE}, {EVE: "evelyn"}
    ),
    "files named after students among others in a folder that is nobody's": Class(
        {"evelyn/ada.py": EVE, "evelyn/bob.txt": b"", "evelyn/x.txt": b"", "evelyn/y.txt": b""},
        {EVE: "evelyn"},
    ),
    "files named after students in the only folder": Class(
        {"eve/ada.py": EVE, "eve/bob.txt": b""}, {EVE: "eve"}
    ),
    "an id that ends like a problem": Class(
        {"ada-softmax.py": ADA, "bob_softmax.py": BOB, "cy softmax_softmax.py": CY},
        {ADA: "ada-softmax", BOB: "bob", CY: "cy softmax"},
        roster="id\nada-softmax\nbob\ncy softmax\n",
    ),
    "the same, where it may also be the file of another student": Class(
        {"ada-softmax.py": EVE, "ada.py": ADA, "cy_softmax.py": CY},
        {EVE: "ada-softmax?", ADA: "ada", CY: "cy"},
        roster="id\nada\nada-softmax\ncy\n",
    ),
    "names of which one ends like a problem": Class(
        {"Bob Softmax.py": BOB, "Cy Poe.py": CY},
        {BOB: "Bob Softmax?", CY: "3"},
        roster="id,name\n1,Bob\n2,Bob Softmax\n3,Cy Poe\n",
    ),
    "an id and a team that end like an attempt": Class(
        {"ada_try_2.py": ADA, "Last Try 1/x.py": BOB, "Last Try 2/x.py": CY, "eve_try_3.py": EVE},
        {ADA: "ada_try_2", BOB: "bob", CY: "cy", EVE: "eve"},
        roster="id,team\nada_try_2,\nbob,Last Try 1\ncy,Last Try 2\neve,\n",
    ),
    "names that can be read as the same student in two ways": Class(
        {"ada_softmax.py": ADA, "Bob Try 2.py": BOB},
        {ADA: "1", BOB: "2"},
        roster="id,name,username\n1,Ada Softmax,ada\n2,Bob Try 2,bob\n3,Cy Poe,cy\n",
    ),
    "a team, and its member, who may be meant": Class(
        {"ada_softmax.py": ADA, "bob.py": BOB},
        {ADA: "ada_softmax?", BOB: "bob"},
        roster="id,team\nada,Ada Softmax\nbob,\n",
    ),
    "a team and a student who may be meant": Class(
        {"red_softmax.py": EVE, "bob.py": BOB},
        {EVE: "red_softmax?", BOB: "bob"},
        roster="id,team\nada,Red Softmax\nred,\nbob,\n",
    ),
    "a user of Blackboard whose name ends like another one": Class(
        {BLACKBOARD.format("x_ada") + "x.py": EVE}, {EVE: "x_ada?"}
    ),
    "the same in an assignment with an underscore, so that it may also be the other": Class(
        {BLACKBOARD.replace(" ", "_").format("ada") + "x.py": ADA}, {ADA: "3_ada?"}
    ),
    "the same, where both are in the roster": Class(
        {BLACKBOARD.format("x_ada") + "x.py": EVE},
        {EVE: "x_ada?"},
        roster="id\nada\nx_ada\n",
    ),
    "a user name of Blackboard with an underscore": Class(
        {BLACKBOARD.format("x_ada") + "x.py": ADA}, {ADA: "x_ada"}, roster="id\nx_ada\nbob\n"
    ),
    "users of Blackboard whose names end like one other": Class(
        {BLACKBOARD.format("x_ada") + "x.py": EVE, BLACKBOARD.format("x_cory") + "x.py": CY},
        {EVE: "x_ada?", CY: "x_cory"},
    ),
    "the same, one of them in the roster": Class(
        {BLACKBOARD.format("x_ada") + "x.py": EVE, BLACKBOARD.format("x_cory") + "x.py": CY},
        {EVE: "x_ada?", CY: "x_cory?"},
        roster="id\nada\nx_cory\n",
    ),
    "the same, two of them in the roster": Class(
        {BLACKBOARD.format(f"x_{name}") + "x.py": each for each, name in ALL.items()},
        {ADA: "x_ada", BOB: "x_bob", CY: "x_cy"},
        roster="id\nada\nx_bob\nx_cy\n",
    ),
    "users of Blackboard in two assignments": Class(
        {
            BLACKBOARD.format("x_ada") + "x.py": EVE,
            BLACKBOARD.format("bob") + "x.py": BOB,
            BLACKBOARD.replace("HW 3", "HW 4").format("cy") + "x.py": CY,
        },
        {EVE: "x_ada?", BOB: "bob", CY: "cy"},
    ),
    "users of Blackboard in an assignment with an underscore": Class(
        {
            BLACKBOARD.replace(" ", "_").format(name) + "x.py": each
            for each, name in {**ALL, EVE: "evelyn"}.items()
        },
        {**ALL, EVE: "evelyn"},
    ),
    "names of Canvas in the files of Blackboard": Class(
        {
            BLACKBOARD.format("ada") + "x.py": ADA,
            BLACKBOARD.format("bob") + "x.py": BOB,
            **{BLACKBOARD.format("eve") + f"1_2_{n}.py": EVE for n in range(5)},
        },
        {ADA: "ada", BOB: "bob", EVE: "eve"},
    ),
}


@pytest.mark.parametrize("case", CLASSES.values(), ids=CLASSES)
def test_files_of_a_student_decide_about_nobody_else(case: Class, tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text(case.roster)
    found = collect(folder(tmp_path / "in", case.files), roster=str(roster), layout=case.layout)
    whose: dict[bytes, set[str]] = {}
    for attempt in found.attempts:
        source = read_attempt(attempt).source.rstrip(b"#")
        if attempt.flaw:  # no work of anybody
            continue
        whose.setdefault(source, set()).add(attempt.student)
    assert {source: whose.get(source) for source in case.whose} == {
        source: {student} for source, student in case.whose.items()
    }
    others = [each for source in whose.keys() - case.whose for each in whose[source]]
    assert not {"ada", "bob", "cy", "eve"} & set(others)


def test_an_id_may_end_like_the_shorter_of_two_problems(tmp_path: Path) -> None:
    x_softmax = SOFTMAX._replace(slug="x-softmax")
    files = {"ada-x-softmax.py": ADA, "bob-x-softmax.py": BOB, "cy-x-softmax.py": CY}
    roster = tmp_path / "roster.csv"
    roster.write_text("id\nada\nbob-x\ncy\ncy-x\n")
    found = collect(folder(tmp_path / "in", files), SOFTMAX, x_softmax, roster=str(roster))
    whose = {read_attempt(attempt).source: attempt.student for attempt in found.attempts}
    assert whose == {ADA: "ada", BOB: "bob-x", CY: "cy-x-softmax?"}
    assert found.unmatched == ("cy-x-softmax: may be cy or cy-x",)


def test_users_of_blackboard_in_several_downloads_are_told_apart(tmp_path: Path) -> None:
    paths = []
    for name, source in (("x_ada", ADA), ("y_ada", EVE)):
        files = {BLACKBOARD.format(name) + "x.py": source}
        paths.append(Source(str(folder(tmp_path / name, files))))
    found = collect_submissions(paths, (SOFTMAX,))
    whose = {read_attempt(attempt).source: attempt.student for attempt in found.attempts}
    assert whose == {ADA: "x_ada", EVE: "y_ada"}


def test_a_name_in_canvas_may_end_with_the_number_of_another_student(tmp_path: Path) -> None:
    """Eve, whose number is 40, is called "Ada Lovelace_1"; Bob's file begins with a number."""
    files = {
        "lovelaceada_1_11_x.py": ADA,
        "lovelaceada_1_40_13_x.py": EVE,
        "roebob_2_12_7_x.py": BOB,
    }
    roster = tmp_path / "roster.csv"
    roster.write_text("id,name\n1,Ada Lovelace\n2,Bob Roe\n40,Eve Doe\n")
    found = collect(folder(tmp_path / "in", files), roster=str(roster), layout="canvas")
    whose = {read_attempt(attempt).source: attempt.student for attempt in found.attempts}
    assert whose == {ADA: "1", BOB: "2", EVE: "lovelaceada (1)?"}


# Files, whose each source is, and the notes.
SAME_IDS: dict[str, tuple[Files, dict[bytes, str], tuple[str, ...]]] = {
    "names that differ": (
        {
            "Ada Lovelace_12_assignsubmission_file/x.py": ADA,
            "Bob Roe_12_assignsubmission_file/x.py": BOB,
        },
        {ADA: "12", BOB: "Bob Roe (12)"},
        ("Bob Roe (12): Ada Lovelace (12) has the same id; they are graded as two students",),
    ),
    "names in Canvas that differ": (
        {"lovelaceada_7_11_x.py": ADA, "roebob_7_12_x.py": BOB},
        {ADA: "7", BOB: "roebob (7)"},
        ("roebob (7): lovelaceada (7) has the same id; they are graded as two students",),
    ),
    "one name in two orders": (
        {
            "Ada Lovelace_12_assignsubmission_file/x.py": ADA,
            "Lovelace, Ada_12_assignsubmission_file/x.py": BOB,
        },
        {ADA: "12", BOB: "12"},
        (),
    ),
    "a name, and none": (
        {
            "Participant_12_assignsubmission_file/x.py": BOB,
            "Ada Lovelace_12_assignsubmission_file/x.py": ADA,
        },
        {ADA: "12", BOB: "12"},
        (),
    ),
}


@pytest.mark.parametrize("roster", [None, "id,name\ncy,Cy Poe\n"], ids=["no roster", "roster"])
@pytest.mark.parametrize("files, whose, notes", SAME_IDS.values(), ids=SAME_IDS)
def test_people_of_no_roster_with_one_id_are_told_apart_by_their_names(
    files: Files,
    whose: dict[bytes, str],
    notes: tuple[str, ...],
    roster: str | None,
    tmp_path: Path,
) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(roster or "")
    found = collect(folder(tmp_path / "in", files), roster=str(path) if roster else None)
    found_as = {read_attempt(each).source: each.student for each in found.attempts}
    assert found_as.items() <= whose.items()  # of two files of one student, one is judged
    assert set(found_as.values()) == set(whose.values())
    assert {each.id for each in found.students} - {"cy"} == set(whose.values())
    assert tuple(each for each in found.unmatched if "has the same id" in each) == notes


CHANGED_NAMES = {"an address": ("ann@x.org", 1), "a login": ("ann1", 1), "a number": ("12", 2)}


@pytest.mark.parametrize("roster", [None, Roster((Student("cy"),))], ids=["no roster", "roster"])
@pytest.mark.parametrize("id, expected", CHANGED_NAMES.values(), ids=CHANGED_NAMES)
def test_one_login_or_address_is_one_persons(id: str, expected: int, roster: Roster | None) -> None:
    known = ClassList(roster)
    found = {known.authors_of(PersonRef(id, (id,), name)) for name in ("Ann Smith", "Ann Jones")}
    assert len(found) == expected
    assert sum("has the same id" in each for each in known.unmatched) == expected - 1


@pytest.mark.parametrize("names", list(permutations(["Participant", "Ada Lovelace", "Bob Roe"])))
def test_a_hidden_name_with_the_id_of_two_is_nobodys(
    names: tuple[str, ...], tmp_path: Path
) -> None:
    sources = {"Participant": CY, "Ada Lovelace": ADA, "Bob Roe": BOB}
    paths = [
        Source(
            str(folder(tmp_path / name, {f"{name}_12_assignsubmission_file/x.py": sources[name]}))
        )
        for name in names
    ]
    found = collect_submissions(paths, (SOFTMAX,))
    whose = {read_attempt(each).source: each.student for each in found.attempts}
    first, second = [name for name in names if name != "Participant"]
    assert whose == {CY: "12", sources[first]: "12", sources[second]: f"{second} (12)"}
    reason = f"it may be from {first} (12) or {second} (12)"
    assert {id: each.reason for (id, _), each in found.questions.items()} == {"12": reason}


def test_ids_of_another_column_are_named(tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text(OF_GITHUB)
    files = {"hw-submissions/hw-eve/x.py": ADA, "hw-submissions/hw-nobody/x.py": BOB}
    found = collect(folder(tmp_path / "in", files), roster=str(roster))
    assert found.unmatched == (
        "eve: may be Eve Doe (eve); the roster has this id, but not as one of GitHub",
        "nobody: not in the roster",
    )


def test_rows_with_an_id_in_common_are_named(tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text(OF_GITHUB)
    found = collect(folder(tmp_path / "in", {"bob.py": ADA}), roster=str(roster))
    assert found.unmatched == (
        f"bob: may be Ada Lovelace (ada) or Bob Roe (bob); rows 2 and 3 of {roster} have the id"
        " 'bob': correct them, or remove a column that is not needed",
    )


def test_two_readings_of_the_name_of_a_team_are_named(tmp_path: Path) -> None:
    x_softmax = SOFTMAX._replace(slug="x-softmax")
    roster = tmp_path / "roster.csv"
    roster.write_text("id,team\nada,Red\nbob,Red X\ncy,\n")
    files = {"red-x-softmax.py": EVE, "cy.py": CY}
    found = collect(folder(tmp_path / "in", files), SOFTMAX, x_softmax, roster=str(roster))
    assert found.unmatched == ("red-x-softmax: may be one of the teams 'Red' or 'Red X'",)
    doubtful = {student for student, _ in found.questions}
    assert {"ada", "bob"} <= doubtful and "cy" not in doubtful


def test_why_a_user_of_blackboard_is_not_certain_is_said(tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text("id,name,username\n1001,Jane Doe,jdoe\n1002,Ann Eve,aeve\n")
    files = {BLACKBOARD.replace(" ", "_").format("jdoe") + "x.py": ADA}
    found = collect(folder(tmp_path / "in", files), roster=str(roster))
    assert found.unmatched == (
        "3_jdoe: may be Jane Doe (1001); the name of the file may also be read as that of somebody"
        " else",
    )


# The user of each name of an assignment and a user name.
SEVERAL_ASSIGNMENTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "with no word in common": (
        ("HW_3_ada", "HW_3_bob", "Lab_1_ada", "Lab_1_bob"),
        ("ada", "bob", "ada", "bob"),
    ),
    "with a word in common": (
        ("HW_3_ada", "HW_3_bob", "HW_4_ada", "HW_4_bob", "HW_4_x_cy"),
        ("ada", "bob", "ada", "bob", "x_cy"),
    ),
    "with words in common around one that differs": (
        ("HW_3_code_ada", "HW_3_code_bob", "HW_4_code_ada", "HW_4_code_bob"),
        ("ada", "bob", "ada", "bob"),
    ),
    "with a single file of the second": (
        ("HW_3_ada", "HW_3_bob", "Lab_1_ada"),
        ("ada", "bob", "1_ada?"),
    ),
    "perhaps, and perhaps with other users": (
        ("HW 3_x_ada", "HW 3_x_bob", "HW 3_cory"),
        ("x_ada", "x_bob", "cory"),
    ),
    "the same, where each name may be of two words or of three": (
        ("HW_3_x_ada", "HW_3_x_bob", "HW_3_y_cory"),
        ("x_ada", "x_bob", "y_cory"),
    ),
    "with names that begin with an underscore": (
        ("_a_ada", "_a_bob", "_b_ada", "_b_bob", "__c_cy"),
        ("ada", "bob", "ada", "bob", "_c_cy?"),
    ),
}


@pytest.mark.parametrize("heads, whose", SEVERAL_ASSIGNMENTS.values(), ids=SEVERAL_ASSIGNMENTS)
def test_users_of_blackboard_in_several_assignments(
    heads: tuple[str, ...], whose: tuple[str, ...], tmp_path: Path
) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text(ROSTER)
    known = ClassList(read_roster(str(roster)))
    names = {f"{head}_attempt_2026-11-30-23-30-00_x.py": head for head in heads}
    found = blackboard(
        [File(name, "") for name in names], LayoutContext("in", is_known=known.is_known)
    )
    ids = {
        names[each.file.name]: known.authors_of(each.person).ids
        for each in found
        if isinstance(each, SubmittedFile)
    }
    assert ids == {head: (id,) for head, id in zip(heads, whose, strict=True)}
