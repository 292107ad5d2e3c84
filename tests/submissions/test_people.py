"""Students are found by ids and names, without guessing."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.model.course import Student
from grader.submissions.people import People, PersonRef, same_names
from tests._support.submissions import SOLVED, collect, folder

CANVAS_ROSTER = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,HW (1)\r\n"
    "    Points Possible,,,,,10\r\n"
    '"Doe, Jane",101,s1,jane,A,\r\n'
    '"O\'Neil-Smith, Ann Marie",102,s2,ann,A,\r\n'
    '"Lee, Kim",103,s3,KIM,A,\r\n'
    '"Lee, Kim",104,s4,kim2,A,\r\n'
)
# One person at a time ----------------------------------------------------------------------------

JANE = Student("101", "Doe, Jane", ("s1", "jane", "jane@x.edu"))
ANN = Student("102", "O'Neil-Smith, Ann Marie", ("s2", "ann"))
KIM, NAMESAKE = (
    Student("103", "Lee, Kim", ("s3", "KIM")),
    Student("104", "Lee, Kim", ("s4", "kim2")),
)
JOSE = Student("105", unicodedata.normalize("NFC", "José Núñez"), ("josé",))
UPPER, LOWER = Student("AB"), Student("ab")
# Al has chosen the login "jroe" at GitHub, and Kay the address of Jo in capitals.
AL, JO = (
    Student("asmith", "Smith, Al", ("jroe",)),
    Student("jroe", "Roe, Jo", ("jo-codes", "jo@x.edu")),
)
KAY = Student("JO@x.edu", "Poe, Kay", ("JO@x.edu", "kay"))
CLASS = (JANE, ANN, KIM, NAMESAKE, JOSE, UPPER, LOWER, AL, JO, KAY)


def by_ids(*ids: str, name: str = "") -> PersonRef:
    return PersonRef("?", ids, name)


FOUND = {
    "id": (by_ids("101"), JANE),
    "login": (by_ids("ann"), ANN),
    "SIS id": (by_ids("s2"), ANN),
    "e-mail in another case": (by_ids("Jane@X.edu"), JANE),
    "login in another case": (by_ids("kim"), KIM),
    "exact id before one in another case": (by_ids("ab"), LOWER),
    "id with blanks": (by_ids(" 101 "), JANE),
    "id with another encoding of its accent": (by_ids(unicodedata.normalize("NFD", "JOSÉ")), JOSE),
    "all ids of one student": (by_ids("s1", "jane"), JANE),
    "an unknown id and a known one": (by_ids("unknown", "jane"), JANE),
    "id and name": (by_ids("102", name="Ann Marie O'Neil-Smith"), ANN),
    "id of one of two namesakes": (by_ids("104", name="Kim Lee"), NAMESAKE),
    "id and an unknown name": (by_ids("101", name="J. Doe"), JANE),
    "exact name": (by_ids(name="Doe, Jane"), JANE),
    "name in the other order": (by_ids(name="Jane Doe"), JANE),
    "name of several words": (by_ids(name="Ann Marie O'Neil-Smith"), ANN),
    "name in another case": (by_ids(name="JANE DOE"), JANE),
    "name as Canvas writes it": (by_ids(name="oneilsmithannmarie"), ANN),
    "name with underscores": (by_ids(name="jane_doe"), JANE),
    "name with another encoding of its accents": (
        by_ids(name=unicodedata.normalize("NFD", "Núñez, José")),
        JOSE,
    ),
    "unknown id, known name": (by_ids("9", name="Jane Doe"), JANE),
    "a login under another name": (by_ids("jane", name="Janey"), JANE),
    "a number and a middle name": (by_ids("101", name="Jane M. Doe"), JANE),
    "a number and an initial": (by_ids("101", name="J."), JANE),
    "a number and no letter": (by_ids("101", name="🙂"), JANE),
    "a number in place of a name": (by_ids("101", name="101"), JANE),
    "a number of a student without a name": (by_ids("AB", name="Anybody"), UPPER),
    "an id that one student has in two columns": (by_ids("kay"), KAY),
    "another id of a student whose id is also somebody else's": (by_ids("jo-codes"), JO),
    "first fitting guess": (PersonRef("?", guesses=("x-jane", "jane", "ann")), JANE),
}


@pytest.mark.parametrize("person, student", FOUND.values(), ids=FOUND)
def test_student_is_found(person: PersonRef, student: Student) -> None:
    assert People(CLASS).find(person).student is student


UNCERTAIN: dict[str, tuple[PersonRef, tuple[Student, ...]]] = {
    "unknown id": (by_ids("9"), ()),
    "unknown name": (by_ids(name="Eve"), ()),
    "nothing": (by_ids(), ()),
    "part of a name": (by_ids(name="Jane"), ()),
    "similar name": (by_ids(name="Jane M. Doe"), ()),
    "namesakes": (by_ids(name="Kim Lee"), (KIM, NAMESAKE)),
    "ids of two students": (by_ids("101", "ann"), (JANE, ANN)),
    "id of one, name of another": (by_ids("102", name="Jane Doe"), (JANE, ANN)),
    "id of one, name of two others": (by_ids("101", name="Kim Lee"), (JANE, KIM, NAMESAKE)),
    "id in two other cases": (by_ids("aB"), (UPPER, LOWER)),
    "id of one, login of another": (by_ids("jroe"), (AL, JO)),
    "the same as a guess": (PersonRef("?", guesses=("hw-jroe", "jroe", "ann")), (AL, JO)),
    "the same under the name of one": (by_ids("jroe", name="Jo Roe"), (AL, JO)),
    "id of one, address of another in another case": (by_ids("jo@x.edu"), (JO, KAY)),
    "a number under a name that is nobody's": (by_ids("101", name="Team A"), (JANE,)),
    "a number under the name of a team with a member": (
        PersonRef("?", ("101",), "Jane Doe and Kim", may_be_team=True),
        (JANE,),
    ),
    "a number under a name of one letter, not an initial": (by_ids("101", name="王"), (JANE,)),
    "a number under a name of one vowel and its consonant": (by_ids("101", name="मी"), (JANE,)),
    "a number under a digit": (by_ids("101", name="7"), (JANE,)),
    "a number under a part of the name": (by_ids("101", name="Jane"), (JANE,)),
    "an id that may also be somebody else's": (
        PersonRef("?", ("jane",), "Jane Doe", is_unclear=True),
        (JANE,),
    ),
}


@pytest.mark.parametrize("person, candidates", UNCERTAIN.values(), ids=UNCERTAIN)
def test_nobody_is_guessed(person: PersonRef, candidates: tuple[Student, ...]) -> None:
    found = People(CLASS).find(person)
    assert (found.student, found.candidates) == (None, candidates)


# Names of one consonant each with other vowels, which are marks, and so different names.
VOWELS = ("राम", "रमा", "रोमा", "रामू", "ปู", "ปี", "மணி", "மாணி")


@pytest.mark.parametrize("name", VOWELS)
def test_vowels_that_are_marks_tell_names_apart(name: str) -> None:
    students = [Student(f"s{number}", each) for number, each in enumerate(VOWELS)]
    found = People(students).find(by_ids(name=f" {name}_"))
    assert found.student is not None and found.student.name == name
    others = People([each for each in students if each.name != name])
    assert others.find(PersonRef(name, (name,), name)).candidates == ()


def test_marks_of_latin_letters_are_found_in_each_encoding() -> None:
    dotted, yoruba = Student("1", "İlker Şahin"), Student("2", "Adébáyọ̀ Ọlá")
    people = People([dotted, yoruba])
    for name in ("ilker şahin", "İLKER ŞAHİN", "i\N{COMBINING DOT ABOVE}lker şahin", "şahinilker"):
        assert people.find(by_ids(name=name)).student is dotted, name
    for form in ("NFC", "NFD"):
        name = unicodedata.normalize(form, "Ọlá, ADÉBÁYỌ̀")
        assert people.find(by_ids(name=name)).student is yoruba


# As most write the name, and as some do.
OPTIONAL_MARKS = {
    "Arabic": ("محمد علي", "مُحَمَّد عَلِيّ"),
    "Hebrew": ("שלום כהן", "שָׁלוֹם כֹּהֵן"),
    "forms of Chinese characters": ("葛城", "葛\N{VARIATION SELECTOR-17}城"),
}


@pytest.mark.parametrize("bare, marked", OPTIONAL_MARKS.values(), ids=OPTIONAL_MARKS)
def test_marks_that_few_write_tell_no_names_apart(bare: str, marked: str) -> None:
    assert bare != marked
    for known, name in ((bare, marked), (marked, bare)):
        student = Student("1", known)
        assert People([student, Student("2", "Bob Roe")]).find(by_ids(name=name)).student is student
    both = People([Student("1", bare), Student("2", marked)])
    assert [both.find(by_ids(name=name)).candidates[0].id for name in (bare, marked)] == ["1", "2"]


SAME_NAMES = {
    "marks that few write": ("محمد", "مُحَمَّد", True),
    "another order": ("Jane Doe", "Doe, Jane", True),
    "missing": ("Jane Doe", "", True),
    "other vowels": ("राम", "रमा", False),
    "equal signs": ("🙂", "🙂", True),
    "other signs": ("🙂", "🙃", False),
    "blanks, case and order": ("Ann Ali", "ALI,  Ann", True),
    "joined": ("Ann Ali", "aliann", True),
    "a part joined": ("Wang, Li Na", "Lina Wang", False),
    "joined with signs": ("O'Neil-Smith, J. R.", "jr_oneilsmith", False),
    "other signs between words": ("O'Neil-Smith, J. R.", "J.R. Oneil Smith", True),
    "an underscore": ("Ann Ali", "ali_ann", True),
    "a hyphen in place of a blank": ("Anne-Marie Roe", "Roe, Anne Marie", True),
    "words that end elsewhere": ("Ann Ali", "Anna Li", False),
    "words that end elsewhere, in another order": ("Ann Ali", "Li, Anna", False),
    "some words that end elsewhere": ("Jo Ann Ali", "Jo Anna Li", False),
}


@pytest.mark.parametrize("first, second, expected", SAME_NAMES.values(), ids=SAME_NAMES)
def test_names_of_two_rows(first: str, second: str, expected: bool) -> None:
    assert same_names(first, second) == expected
    assert same_names(second, first) == expected


@pytest.mark.parametrize("known, name, expected", SAME_NAMES.values(), ids=SAME_NAMES)
def test_students_are_found_by_names_that_are_the_same(
    known: str, name: str, expected: bool
) -> None:
    people = People([Student("1", known), Student("2", "Bob Roe")])
    if name:
        assert (people.find(by_ids(name=name)).student is not None) == expected
        (row,) = people.pair([by_ids(name=name)])
        assert (row.student is not None) == expected


def test_names_of_which_the_words_end_in_different_places_are_told_apart() -> None:
    students = [Student("1", "Ann Ali"), Student("2", "Anna Li")]
    refs = [by_ids(name=name) for name in ("ali ann", "LI ANNA", "annali")]
    people = People(students)
    assert [people.find(ref).student for ref in refs] == [*students, None]
    assert [each.student for each in people.pair(refs[:2])] == students


# Ids of a system ---------------------------------------------------------------------------------

SYSTEM_IDS = {
    "github": {"asmith": "jroe", "jroe": "Jo-Codes"},
    "moodle": {"101": "7", "102": "101"},
}
OF_SYSTEMS: dict[str, tuple[PersonRef, tuple[Student, ...], bool]] = {
    "a login": (PersonRef("?", ("jroe",), system="github"), (AL,), True),
    "a login in another case": (PersonRef("?", ("jo-codes",), system="github"), (JO,), True),
    "a login as a guess": (
        PersonRef("?", guesses=("x-jroe", "jroe"), system="github"),
        (AL,),
        True,
    ),
    "an id that is not a login": (PersonRef("?", ("asmith",), system="github"), (AL,), False),
    "an id that is not a login, before a login": (
        PersonRef("?", guesses=("asmith", "jroe"), system="github"),
        (AL,),
        False,
    ),
    "a number without a name": (PersonRef("?", ("101",), system="moodle"), (ANN,), True),
    "a number of another column without a name": (
        PersonRef("?", ("102",), system="moodle"),
        (ANN,),
        False,
    ),
    "a number with the name": (PersonRef("?", ("7",), "Jane Doe", system="moodle"), (JANE,), True),
    "a number with the name of another": (
        PersonRef("?", ("101",), "Jane Doe", system="moodle"),
        (JANE, ANN),
        False,
    ),
    "a number of a system that has no column": (
        PersonRef("?", ("101",), system="canvas"),
        (JANE,),
        False,
    ),
    "a number of another column, and an initial": (
        PersonRef("?", ("102",), "A", system="moodle"),
        (ANN,),
        False,
    ),
    "a number of another column, twice": (
        PersonRef("102", ("102",), "102", system="moodle"),
        (ANN,),
        False,
    ),
    "a number of another column, and no letter": (
        PersonRef("?", ("102",), "🙂", system="moodle"),
        (ANN,),
        False,
    ),
    "an id of a system that has no column": (
        PersonRef("?", ("ann",), system="canvas"),
        (ANN,),
        True,
    ),
}


@pytest.mark.parametrize("person, candidates, is_certain", OF_SYSTEMS.values(), ids=OF_SYSTEMS)
def test_a_system_means_its_own_ids(
    person: PersonRef, candidates: tuple[Student, ...], is_certain: bool
) -> None:
    found = People(CLASS, SYSTEM_IDS).find(person)
    assert (found.candidates, found.student is not None) == (candidates, is_certain)


def test_only_at_github_a_number_without_a_name_may_be_in_any_column() -> None:
    systems = ("github", "canvas", "moodle")
    refs = [PersonRef("?", ("101",), system=system) for system in systems]
    assert [People(CLASS).find(ref).student for ref in refs] == [JANE, None, None]
    assert People(CLASS, SYSTEM_IDS).find(refs[0]).student is None


READINGS: dict[str, tuple[tuple[str, ...], tuple[Student, ...]]] = {
    "one student by two ids": (("jane", "101"), (JANE,)),
    "one student by an id and the name": (("jane", "Jane Doe"), (JANE,)),
    "two students": (("jane", "ann"), (JANE, ANN)),
    "a student, and one of two with a name": (("jane", "Kim Lee"), (JANE, KIM, NAMESAKE)),
}


@pytest.mark.parametrize("readings, candidates", READINGS.values(), ids=READINGS)
def test_all_readings_of_a_name_count(
    readings: tuple[str, ...], candidates: tuple[Student, ...]
) -> None:
    found = People(CLASS).find(PersonRef("?", readings=readings))
    assert found.candidates == candidates
    assert found.student == (candidates[0] if len(candidates) == 1 else None)


# The rows of a table -----------------------------------------------------------------------------

PAIRS = {
    "each by its id": ([by_ids("101"), by_ids("102")], [JANE, ANN]),
    "two rows with one id": ([by_ids("101"), by_ids("s1")], [None, None]),
    "two rows with one name": ([by_ids(name="Jane Doe"), by_ids(name="Doe, Jane")], [None, None]),
    "a namesake of a student with a known id": (
        [by_ids("101", name="Jane Doe"), by_ids("9", name="Jane Doe")],
        [JANE, None],
    ),
    "namesakes, one with a known id": (
        [by_ids("103", name="Kim Lee"), by_ids("9", name="Kim Lee")],
        [KIM, None],
    ),
    "name in one row, id of another student": (
        [by_ids("102", name="Jane Doe"), by_ids("101")],
        [None, None],
    ),
    "unknown": ([by_ids("9", name="Eve"), by_ids("101")], [None, JANE]),
    "an id of two, with another id of one": (
        [by_ids("jroe", "jo-codes"), by_ids("asmith", "jroe")],
        [JO, AL],
    ),
    "an id of two, with the name of one": (
        [by_ids("jroe", name="Jo Roe"), by_ids("asmith", name="Al Smith")],
        [JO, AL],
    ),
    "an id of two, with a name of nobody": ([by_ids("jroe", name="Eve")], [None]),
    "ids of two students, with the name of one": ([by_ids("101", "ann", name="Jane Doe")], [None]),
}


@pytest.mark.parametrize("rows, students", PAIRS.values(), ids=PAIRS)
def test_rows_are_paired_with_students(
    rows: list[PersonRef], students: list[Student | None]
) -> None:
    assert [found.student for found in People(CLASS).pair(rows)] == students


ANN_MAIL = Student("ann@x.edu", "Ann Ash", ("ann@x.edu",))
SOME = (Student("W1", "Jane Doe", ("jd", "j@x")), Student("2", "Bo Bee", ("bb", "b@x")), ANN_MAIL)


def of_kinds(name: str, **ids: str) -> PersonRef:
    return PersonRef("?", tuple(ids.values()), name, kinds=tuple(ids))


BO = of_kinds("Bo Bee", sid="2", login="bb", mail="b@x")
# Beside Bo Bee, who is found by all ids: whether the student with the name is found too.
NAMESAKES = {
    "another login": (of_kinds("Jane Doe", login="jd2"), False),
    "another address": (of_kinds("Jane Doe", mail="j2@x"), False),
    "another address, in another place": (of_kinds("Ann Ash", mail="ann2@x"), False),
    "an id of a kind that the student does not have": (of_kinds("Ann Ash", login="aash"), True),
    "an id of a kind that agrees for nobody": (of_kinds("Jane Doe", number="77"), True),
    "an id like no other of the student": (of_kinds("Jane Doe", sid="3"), True),
    "no id": (of_kinds("Jane Doe"), True),
    "the name as an id": (of_kinds("Jane Doe", login="Doe, Jane"), True),
}


@pytest.mark.parametrize("person, is_found", NAMESAKES.values(), ids=NAMESAKES)
def test_a_name_with_other_ids_is_somebody_elses_if_those_of_others_agree(
    person: PersonRef, is_found: bool
) -> None:
    people = People(SOME)
    assert people.find(person).student is not None
    assert (people.pair([BO, person])[1].student is not None) == is_found
    assert people.pair([BO, person], trusts_names=True)[1].student is not None
    people.expect([BO, person])
    assert (people.find(person).student is not None) == is_found
    people.expect([person])
    assert people.find(person).student is not None


def test_columns_of_a_roster_tell_the_kinds_of_ids() -> None:
    columns = {"W1": {0: "W1", 1: "jd", 2: "j@x"}, "2": {0: "2", 1: "bb", 2: "b@x"}}
    people = People(SOME, {}, columns)
    for ids, is_found in (({"sid": "3"}, False), ({"login": "jd2"}, False), ({"other": "3"}, True)):
        person = of_kinds("Jane Doe", **ids)
        people.expect([BO, person])
        assert (people.find(person).student is not None) == is_found


def test_of_two_people_with_the_name_of_one_student_nobody_is_found() -> None:
    jane, other = (PersonRef(id, (), "Jane Doe") for id in ("1", "2"))
    people = People(SOME)
    people.expect([jane, jane])
    assert people.find(jane).student is not None
    people.expect([jane, other, BO])
    assert [people.find(ref).student is not None for ref in (jane, other, BO)] == [0, 0, 1]


OTHER_NUMBERS = {
    "of another student": (PersonRef("2", ("2",), "Jane Doe"), [0, 1, 1]),
    "of a stranger": (PersonRef("2", ("2",), "Some Body"), [0, 1, 1]),
    "hidden names": (PersonRef("2", ("2",), "", system="moodle"), [0, 1, 1]),
    "of a namesake": (PersonRef("77", ("77",), "Bob Brown"), [0, 0, 1]),
    "of nobody": (PersonRef("78", ("78",), "Jane Doe"), [1, 1, 1]),
}


@pytest.mark.parametrize("ref, are_found", OTHER_NUMBERS.values(), ids=OTHER_NUMBERS)
def test_another_system_gives_somebody_the_number_of_a_student(
    ref: PersonRef, are_found: list[int]
) -> None:
    """The student with this number is still found by the name."""
    people = People(
        [Student(*each) for each in (("1", "Jane Doe"), ("2", "Bob Brown"), ("3", "Cy"))]
    )
    refs = [ref, PersonRef("57", ("57",), "Bob Brown"), PersonRef("58", ("58",), "Cy")]
    people.expect(refs)
    assert [people.find(each).student is not None for each in refs] == are_found


def test_numbers_of_another_system_may_be_those_of_some_students_by_chance() -> None:
    people = People([Student("1", "Jane Doe"), Student("2", "Bob Brown"), Student("3", "Cy Young")])
    refs = [PersonRef(id, (id,), name) for id, name in (("0", "Jane Doe"), ("1", "Bob Brown"))]
    cy = PersonRef("3", ("3",), "Cy Young")
    people.expect([*refs, cy])
    assert [people.find(each).student is not None for each in (*refs, cy)] == [1, 0, 1]


# In a class --------------------------------------------------------------------------------------


def test_missing_unmatched_and_uncertain_students_are_reported(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(CANVAS_ROSTER)
    files = {
        "doejane_101_1_a.py": SOLVED,
        "eve_666_2_a.py": SOLVED,
        "doejane_102_3_a.py": SOLVED,
        "leekim_103_4_a.pdf": b"",
    }
    found = collect(folder(tmp_path / "in", files), roster=str(tmp_path / "r.csv"))
    roster, others = ["101", "102", "103", "104"], ["666", "doejane (102)?"]
    assert [student.id for student in found.students] == [*roster, *others]
    assert [student.name for student in found.students[4:]] == ["eve", ""]
    assert [student.id for student in found.missing] == ["102", "104"]
    assert [each.student for each in found.attempts] == ["101", "103", "666", "doejane (102)?"]
    assert found.attempts[1].flaw.startswith("files with .pdf are not read")
    assert found.unmatched == (
        "doejane (102): may be Doe, Jane (101) or O'Neil-Smith, Ann Marie (102)",
        "eve (666): not in the roster",
    )


# Nobody ever gets a file of somebody else --------------------------------------------------------

NAMES = (
    *("Jane Doe", "Doe Jane", "José Núñez", "Ann Marie O'Neil-Smith", "Müller Jürgen", "Kim Lee"),
    *("Łukasz Żak", "van der Berg Jan", "Ødegård Åse", "Nguyễn Văn An", "Ada Lovelace", "Zoë Lee"),
)


def _last_first(name: str) -> str:
    *first, last = unicodedata.normalize("NFC", name).split()
    return last + "".join(first)


WRITTEN: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "in capitals": str.upper,
    "in small letters": str.lower,
    "composed": lambda text: unicodedata.normalize("NFC", text),
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "with a comma": lambda text: ", ".join([text.split()[-1], " ".join(text.split()[:-1])]),
    "as Canvas writes it": lambda text: "".join(filter(str.isalnum, _last_first(text).lower())),
}


@given(
    names=st.lists(st.sampled_from(NAMES), min_size=2, max_size=6),
    numbers=st.permutations(range(1, 7)),
    who=st.integers(0, 5),
    by=st.sets(st.sampled_from(["number", "login", "email", "name", "foreign number"]), min_size=1),
    written=st.sampled_from(sorted(WRITTEN)),
    seed=st.integers(0, 9),
)
def test_the_student_who_is_found_is_the_one_who_is_meant(
    names: list[str], numbers: list[int], who: int, by: set[str], written: str, seed: int
) -> None:
    """However a person is described, the student who is found is that one, or none is."""
    students = [
        Student(str(number), name, (f"s{number}", f"s{number}@x.edu"))
        for number, name in zip(numbers, names, strict=False)
    ]
    meant = students[who % len(students)]
    write = WRITTEN[written]
    ids = []
    if "number" in by:
        ids.append(meant.id)
    if "login" in by:
        ids.append(write(meant.ids[0]) if written in ("in capitals", "composed") else meant.ids[0])
    if "email" in by:
        ids.append(meant.ids[1].upper())
    if "foreign number" in by:  # of another system, where it is somebody else's here
        ids.append(students[(who + 1) % len(students)].id)
    # Another system's number alone cannot be told from one of this system.
    by_name = "name" in by or by == {"foreign number"}
    ref = PersonRef("?", tuple(ids), write(meant.name) if by_name else "")
    random.Random(seed).shuffle(students)
    found = People(students).find(ref)
    assert found.student in (meant, None)
    if not any(each.name == meant.name for each in students if each is not meant):
        plain = by & {"number", "login", "email"} or by == {"name"}
        if plain and "foreign number" not in by:
            same = {"".join(sorted(each.name.split())) for each in students if each is not meant}
            assert found.student is meant or "".join(sorted(meant.name.split())) in same


@given(
    names=st.lists(st.sampled_from(NAMES), min_size=2, max_size=6, unique=True),
    orders=st.tuples(st.integers(0, 99), st.integers(0, 99)),
)
def test_order_of_rows_does_not_matter(names: list[str], orders: tuple[int, int]) -> None:
    students = [Student(f"s{number}", name) for number, name in enumerate(names)]
    refs = [PersonRef("?", (f"S{n}",) if n % 2 else (), name) for n, name in enumerate(names)]
    refs.append(PersonRef("?", ("s0",), names[1]))
    expected = dict(zip(refs, People(students).pair(refs), strict=True))
    random.Random(orders[0]).shuffle(students)
    random.Random(orders[1]).shuffle(refs)
    found = People(students).pair(refs)
    assert [each.student for each in found] == [expected[ref].student for ref in refs]
    given_to = [each.student for each in found if each.student is not None]
    assert len(given_to) == len(set(given_to))


def test_long_ids_are_not_normalized(monkeypatch: pytest.MonkeyPatch) -> None:
    """To normalize many marks on one letter takes the square of their number."""
    lengths, normalize = list[int](), unicodedata.normalize

    def counted(form: Literal["NFC"], text: str) -> str:
        lengths.append(len(text))
        return normalize(form, text)

    monkeypatch.setattr(unicodedata, "normalize", counted)
    people = People([Student("ada", "Ada Lovelace")])
    marked = "a" + "\N{COMBINING DOT BELOW}\N{COMBINING ACUTE ACCENT}" * 1000
    assert people.find(PersonRef(marked, (marked,))).candidates == ()
    assert lengths and max(lengths) <= 1000
