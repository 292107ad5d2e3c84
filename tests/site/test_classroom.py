"""A course on the practice page: who takes part, what they see, and files that contradict."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.errors import SpecError, UsageError
from grader.site.access.people import Person, Registry, Role
from grader.site.classroom import INSTRUCTOR, load_classroom
from grader.site.records.book import NAME, Book
from grader.submissions.roster import read_roster
from tests._support.site import COURSE, RIGHT, Class, classroom_site, course_in


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    with classroom_site(tmp_path_factory.mktemp("course")) as running:
        yield running


def test_a_course_has_the_problems_of_its_assignments_in_their_order(room: Class) -> None:
    assert [each.slug for each in room.desk.headings] == ["mean-1", "mean-2", "mean-3"]
    classroom = room.desk.classroom
    assert classroom is not None and classroom.work_of["mean-3"].name == "hw2"


def test_everybody_has_work_of_their_own(room: Class) -> None:
    ada, ben = room.as_("ada"), room.as_("ben")
    lines = ada.stream("/p/mean-1/submit", source=RIGHT, id="ada-is-right")
    assert lines[-1]["verdict"] == "accepted"
    assert ada.client.get("/a/ada-is-right").status_code == 200
    assert ben.client.get("/a/ada-is-right").status_code == 404
    assert "<b>1</b> of 3 problems solved" in ada.client.get("/").text
    assert "<b>0</b> of 3 problems solved" in ben.client.get("/").text


def test_copies_on_a_device_are_one_persons(room: Class) -> None:
    scopes = {room.desk.scope(each) for each in ("ada", "ben")}
    assert len(scopes) == 2 and f'data-scope="{room.desk.scope("ada")}"' in (
        room.as_("ada").client.get("/p/mean-1").text
    )


def test_without_a_session_nothing_is_shown(room: Class) -> None:
    reply = room.client.get("/p/mean-1")
    assert reply.status_code == 401 and "open the link that you got" in reply.text
    forged = room.as_("ada").client
    forged.cookies.set("grader-8321", "0" * 32)
    assert forged.get("/").status_code == 401


def test_who_leaves_the_roster_is_signed_out(room: Class) -> None:
    fay = room.as_("fay")
    assert fay.client.get("/").status_code == 200
    classroom = room.desk.classroom
    assert classroom is not None
    stay = [each for each in classroom.people if each.id != "fay"]
    room.desk.registry.update(stay).result()
    assert fay.client.get("/").status_code == 401
    room.desk.registry.update(classroom.people).result()
    assert fay.client.get("/").status_code == 200


def test_who_may_see_whom() -> None:
    ada, ben = Person("ada", "Ada", ("A",)), Person("ben", "Ben", ("B",))
    teacher = Person("t", "T", (), Role.INSTRUCTOR)
    of_a = Person("x", "X", ("A",), Role.ASSISTANT)
    of_all = Person("y", "Y", (), Role.ASSISTANT)
    assert ada.may_see(ada) and not ada.may_see(ben)
    assert teacher.may_see(ada) and teacher.may_see(of_a)
    assert of_a.may_see(ada) and not of_a.may_see(ben) and not of_a.may_see(teacher)
    assert of_all.may_see(ben) and not of_all.may_see(of_a) and of_all.may_see(of_all)


def test_people_are_kept_in_the_book(tmp_path: Path) -> None:
    book = Book(tmp_path)
    people = [Person("ben", "Ben", ("A", "B")), Person("t", "Ann", (), Role.INSTRUCTOR)]
    Registry(book).update(people).result()
    book.close()
    registry = Registry(Book(tmp_path))
    assert registry.all() == [people[1], people[0]]
    assert registry.find("ben") == people[0] and registry.find("BEN") is None


def test_a_student_of_several_rows_is_in_several_sections(tmp_path: Path) -> None:
    path = tmp_path / "class.csv"
    path.write_text("id,name,section\na,Ada,A\na,Ada,Lab 2\nb,Ben,\n", "utf-8")
    assert read_roster(str(path)).sections == {"a": ("A", "Lab 2")}


def test_without_staff_the_one_who_starts_the_server_teaches(tmp_path: Path) -> None:
    bank = course_in(tmp_path)
    course = tmp_path / "course.yaml"
    course.write_text(COURSE.replace(COURSE[COURSE.index("staff") : COURSE.index("assign")], ""))
    people = load_classroom(str(course), str(tmp_path / "class.csv"), bank).people
    assert people[-1] == INSTRUCTOR and len(people) == 7


_TWICE = (
    "assignments:\n  - {assignment: hw1.yaml, graded: a}\n  - {assignment: x/hw1.yaml, graded: b}"
)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("course.yaml", "sections: [A]", "sections: [C]", "has the section C, which nobody"),
        ("course.yaml", "id: okafor", "id: Ada", "and a student of .*class.csv, row 2"),
        ("course.yaml", "id: okafor", "id: ADA@example.org", "and a student of .*class.csv, row 2"),
        ("hw2.yaml", "mean-2", "mean-1", "both have the problem mean-1"),
        ("hw1.yaml", "mean-1", "mean-9", "mean-9"),
        ("course.yaml", COURSE[COURSE.index("assignments") :], _TWICE, "have the same name"),
        ("course.yaml", "{id: rivera,", "{id: okafor,", "okafor"),
        ("course.yaml", "name: Rosa Rivera", "sections: [A]", "an instructor sees all sections"),
        ("course.yaml", "role: assistant", "role: helper", "helper"),
    ],
)
def test_files_that_contradict_each_other(
    tmp_path: Path, file: str, old: str, new: str, message: str
) -> None:
    bank = course_in(tmp_path)
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "hw1.yaml").write_text((tmp_path / "hw1.yaml").read_text("utf-8"), "utf-8")
    path = tmp_path / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises((SpecError, UsageError), match=message):
        load_classroom(str(tmp_path / "course.yaml"), str(tmp_path / "class.csv"), bank)


SHARED_IDS = {
    "a login that is the id of another student": (
        "id,login\nada,al\nben,ada\n",
        "'ada'",
        "2 and 3",
    ),
    "the same, in the other order": ("id,login\nben,ada\nada,al\n", "'ada'", "2 and 3"),
    "a login that is another student's address": (
        "id,login,email\nada,,a@x.org\nben,b,b@x.org\ncyd,A@x.org,\n",
        "'A@x.org'",
        "2 and 4",
    ),
    "numbers of two systems": (
        "Student,ID,SIS User ID,SIS Login ID,Section\nAda,12,90,ada,A\nBen,24,12,ben,A\n",
        "'12'",
        "2 and 3",
    ),
}


@pytest.mark.parametrize("roster, id, rows", SHARED_IDS.values(), ids=SHARED_IDS)
def test_an_id_of_two_students_is_refused(tmp_path: Path, roster: str, id: str, rows: str) -> None:
    bank = course_in(tmp_path)
    (tmp_path / "class.csv").write_text(roster)
    with pytest.raises(UsageError, match=f"rows {rows} have the id {id} in different columns") as e:
        load_classroom(str(tmp_path / "course.yaml"), str(tmp_path / "class.csv"), bank)
    assert str(e.value).endswith("or remove a column that is not needed to sign in")


def test_a_preferred_name_that_is_the_id_of_another_student_is_refused(tmp_path: Path) -> None:
    """Nobody signs in with it, but the work of the other student would be of one of the two."""
    bank = course_in(tmp_path)
    (tmp_path / "class.csv").write_text("id,name,preferred name\nmax,Max Roe,\nsam,Sam Lee,max\n")
    with pytest.raises(
        UsageError,
        match="rows 2 and 3 have the name or id 'max' in different columns; nobody signs in with",
    ):
        load_classroom(str(tmp_path / "course.yaml"), str(tmp_path / "class.csv"), bank)


def test_ids_that_only_look_shared(tmp_path: Path) -> None:
    """One student may have an id twice, and Moodle's own number may be somebody's number."""
    bank = course_in(tmp_path)
    text = (tmp_path / "course.yaml").read_text()
    (tmp_path / "course.yaml").write_text("title: Means\n" + text[text.index("assignments:") :])
    for roster in (
        "id,login,email\nada,ada,\nben,Ada,ben\n",
        "Identifier,Full name,ID number,Status\nParticipant 1,A,2,\nParticipant 2,B,1,\n",
        "id,name,preferred name\n1,Kim Lee,Kim\n2,Kim Roe,Kim\n",
    ):
        (tmp_path / "class.csv").write_text(roster)
        people = load_classroom(
            str(tmp_path / "course.yaml"), str(tmp_path / "class.csv"), bank
        ).people
        assert len(people) == 3


def test_a_book_of_version_1_gets_what_it_lacks(tmp_path: Path) -> None:
    Book(tmp_path).close()
    with sqlite3.connect(tmp_path / NAME) as old:
        for table in ("person", "link", "session"):
            old.execute(f"DROP TABLE {table}")
        old.execute("ALTER TABLE outcome DROP COLUMN key")
        old.execute("INSERT INTO outcome VALUES ('a', '2026-11-01', 'accepted', '1', '1')")
        old.execute("UPDATE about SET value = '1' WHERE name = 'schema'")
        secret = old.execute("SELECT value FROM about WHERE name = 'secret'").fetchone()[0]
    book = Book(tmp_path)
    assert book.secret == secret
    assert [tuple(row) for row in book.read("SELECT attempt, key FROM outcome")] == [("a", "")]
    assert Registry(book).all() == []


def test_names_are_sorted_without_regard_to_accents(tmp_path: Path) -> None:
    book = Book(tmp_path)
    names = ["Anna", "Åsa", "Łukasz", "Maria", "Øystein", "Zoë"]
    people = [Person(str(number), name) for number, name in enumerate(reversed(names))]
    Registry(book).update(people).result()
    found = [each.name for each in Registry(book).all()]
    book.close()
    assert found == names


def test_an_assignment_without_a_file_is_named_at_its_line(tmp_path: Path) -> None:
    with classroom_site(tmp_path) as running:
        classroom = running.desk.classroom
    assert classroom is not None
    Path(classroom.works[1].path).unlink()
    with pytest.raises(UsageError, match=r"course\.yaml:\d+:\d+: there is no file .*hw2\.yaml"):
        load_classroom(classroom.term.path, classroom.roster.path, running.desk.bank)
