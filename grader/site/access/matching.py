"""Find the person of a course whom the login of an institution names."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from grader.model.course import Student
from grader.site.classroom import INSTRUCTOR, Classroom
from grader.site.refusals import Refused
from grader.submissions.filenames import escape
from grader.submissions.people import People, PersonRef

_MAX_SHOWN = 80

FindPerson = Callable[[str], str]


def finder(classroom: Classroom) -> FindPerson:
    """Return a function that returns the id of the person with an id or another name of theirs.

    It raises Refused for a stranger. A student is found by each id that the roster has for them,
    one of the staff by the id in the file of the course. Names do not count, and neither do
    preferred names or the numbers of rows in Moodle: people choose logins that are equal to them.
    Capitals make no difference, but for other letters than those of ASCII. An id of several people
    names nobody, because one of them may have chosen it to be taken for another.
    """
    roster = classroom.roster
    staff = [
        Student(each.id)
        for each in classroom.people
        if each.role.is_staff and each != INSTRUCTOR  # who runs the server, and no login names
    ]
    students = [Student(id, ids=ids) for id, ids in roster.ids.items() if ids]
    people = People([*students, *staff])
    holders: dict[str, set[str]] = {}
    for each in people.students:
        for key in map(_login_key, (each.id, *each.ids)):
            holders.setdefault(key, set()).add(each.id)

    def find(id: str) -> str:
        found = people.find(PersonRef(id, ids=(id,))) if id.strip() else None
        student = found.student if found is not None else None
        if student is None:
            is_several = found is not None and bool(found.candidates)
            raise Refused(403, _stranger(id, is_several))
        key = _login_key(id)
        same = holders.get(key, set())
        if student.id not in same:
            raise Refused(403, _stranger(id))
        # "Gus" and "GUS" are two accounts of one system; an id and a login elsewhere may be equal.
        if len(same) > 1 and any(_login_key(each) != key for each in same):
            raise Refused(403, _stranger(id, is_several=True))
        return student.id

    return find


def _login_key(id: str) -> str:
    """Return an id as logins are compared.

    Unicode has letters that are equal to others in this or that case, such as ſ to s and the sign
    of Kelvin to k. A login may have both forms as two accounts, of which anybody may make one.
    """
    lower = "".join(each.lower() if each.isascii() else each for each in id.strip())
    return unicodedata.normalize("NFC", lower)


def _stranger(id: str, is_several: bool = False) -> str:
    shown = escape(id[:_MAX_SHOWN])
    if is_several:
        return (
            f"the login calls you {shown}, and several people of this course have that id; ask your"
            " instructor to give each of them another one in the roster"
        )
    return (
        f"the login calls you {shown}, and nobody of this course has that id; sign in with the"
        " account of your institution, or ask your instructor to add this id to the roster"
    )
