"""Which student is meant by the ids and the name that another system uses.

This is the one place where people are matched. Layouts, gradebooks of Canvas and Moodle, metadata
of Gradescope, teams and extensions all describe a person by a `PersonRef`. Ids are compared
exactly, then without regard to case; names exactly, then by their letters, in either order ("Jane
Doe", "Doe, Jane"), by words or, if no word ends in one, joined ("doejane"). "Anna Li" is not "Ann
Ali". Unicode is normalised, because an accent can be encoded in two ways. Nothing is guessed: if
several students may be meant, if ids and name disagree, if a number belongs to somebody and the
name to nobody, or if there is a sign that the name is somebody else's (`namesakes`), the answer is
uncertain. An id that two students have in different columns belongs to both: students choose some
of their ids, such as their login at GitHub, and can choose the id of somebody else. The column is
known only if a system names files by its own ids.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType

from grader.errors import nearest
from grader.model.course import Student
from grader.submissions.filenames import escape
from grader.submissions.namesakes import OTHER_IDS, SEVERAL, Claims, Kinds
from grader.values.dataclasses import dataclass

_MAX_LISTED = 5
_MAX_COMPARED = 1000  # students; in a larger class, no similar name or id is suggested
_MAX_WORDS = 20  # words of a name that are tried as the beginning of the last name
# Longer texts are not normalised: the time grows with the square of the marks on one letter.
_MAX_NORMALIZED = 1000  # characters
_DOTTED_I = "i\N{COMBINING DOT ABOVE}"  # the Turkish capital in lower case; many leave out its dot
# Marks that most leave out: points of Hebrew, vowels of Arabic, and variants of one character.
_OPTIONAL_MARKS = re.compile(
    r"[\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
_BETWEEN_WORDS = re.compile(r"[\s,._\u2010-\u2015-]+")
_TEST_STUDENT = "studenttest"  # the letters of what Canvas calls its own: "Student, Test"


# Who is meant ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PersonRef:
    """A person as a file or another system describes them.

    Attributes:
        id: what to call them without a roster
        ids: ids, all of which are theirs
        name: in either order
        guesses: ids of which one may be theirs, the most likely first
        may_be_team: whether name and ids may be those of a team; a team's number says nothing about
            a student
        system: whose own ids these are: "canvas", "github" or "moodle"; empty if not known
        is_unclear: whether somebody else may be meant, so that the student is never certain
        readings: used in place of `ids` and `name` if a file name can be read in several ways, each
            of which is an id or a name in the class
        kinds: of each of `ids`, such as the title of its column; empty if they have one kind
    """

    id: str
    ids: tuple[str, ...] = ()
    name: str = ""
    guesses: tuple[str, ...] = ()
    may_be_team: bool = False
    system: str = ""
    is_unclear: bool = False
    readings: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    def __str__(self) -> str:
        return escape(f"{self.name} ({self.id})" if self.name not in ("", self.id) else self.id)


@dataclass(frozen=True, slots=True)
class Found:
    """The students who may be meant; `student` is the one who certainly is, if anybody.

    Attributes:
        why: the sign that a person with the name of a candidate is somebody else; empty if none
    """

    candidates: tuple[Student, ...]
    student: Student | None
    why: str = ""

    def __str__(self) -> str:
        return " or ".join(describe_student(each) for each in self.candidates[:_MAX_LISTED])


class People:
    """Finds students by what a `PersonRef` says about them.

    Args:
        system_ids: see `Roster.system_ids`
        columns: see `Roster.columns`
    """

    def __init__(
        self,
        students: Iterable[Student],
        system_ids: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
        columns: Mapping[str, Mapping[int, str]] = MappingProxyType({}),
    ) -> None:
        self.students = tuple(students)
        self.ids = frozenset(student.id for student in self.students)
        # Each index is built only when a text is not found in those before it.
        self._by_id = [_Index(self.students, *keys) for keys in _BY_ID]
        self._by_name = [_Index(self.students, *keys) for keys in _BY_NAME]
        self._of_system = {
            system: _Index(self.students, _keys_in(ids), _folded)
            for system, ids in system_ids.items()
        }
        self._system_ids = system_ids
        self._columns = columns
        self._kinds = Kinds()
        self._claims = Claims()

    def expect(self, refs: Iterable[PersonRef]) -> None:
        """Remember who is in a file, for the signs that a name in it is somebody else's.

        Those of the file before are forgotten.
        """
        self._kinds, self._claims = Kinds(), Claims()
        claims: list[tuple[PersonRef, int]] = []
        known = Kinds(self._columns)
        others: list[tuple[str, str]] = []
        for ref in dict.fromkeys(refs):
            by_id, by_name = self._with_ids(ref), self._with_name(ref.name)
            if self._is_other_number(ref, by_id, by_name):
                others += _ids_in(ref)
                by_id = set()
            claims += [(ref, number) for number in by_id or by_name]
            if len(by_id) == 1 and self.find(ref).student is not None:
                known.add(_ids_in(ref), self.students[min(by_id)])
        known.remove(others)
        self._kinds = known
        for ref, number in claims:
            self._claims.add(_marks_of(ref), number)

    def find(self, ref: PersonRef) -> Found:
        """Return the student with the ids or, if nobody has any of them, with the name.

        The student is not certain if several are found, if the ids belong to one student and the
        name to another, if only a number is found and the name belongs to nobody, if the name is
        missing and the id may be from another system, if the name may be somebody else's in the
        file that was expected, or if the reference is unclear. If there are several readings, all
        must find the same student.
        """
        if ref.readings:
            each_found = [self.find(PersonRef(each, (each,), each)) for each in ref.readings]
            meant = {student for found in each_found for student in found.candidates}
            numbers = [number for number, each in enumerate(self.students) if each in meant]
            return self._found(numbers, all(found.student for found in each_found))
        by_id, by_name = self._with_ids(ref), self._with_name(ref.name)
        is_certain = not (ref.is_unclear or self._is_another_name(ref, by_id, by_name))
        why = "" if by_id else self._why_not(ref, by_name, self._kinds, self._claims)
        return self._found(_reconcile(by_id, by_name) if by_id else by_name, is_certain, why)

    def pair(self, refs: Sequence[PersonRef], trusts_names: bool = False) -> list[Found]:
        """Find the students of a table in which each row is another person.

        Beyond what `find` checks, a row is not certain if another row may mean the same student. A
        name counts only for students whose ids are in no row, and not if several rows have it. If
        several students have ids of a row, it means those who have all of them, and among these
        those with its name, if there are any.

        Args:
            trusts_names: whether a name is enough though ids of others agree, because the caller
                checks it
        """
        claims = [tuple(self._with_ids(ref)) for ref in refs]  # a set takes four times the memory
        known = set[int]().union(*claims)
        name_counts = Counter(_in_any_order(ref.name) for ref in refs)
        uncertain = set[int]()
        kinds = Kinds(self._columns)
        only_named: list[int] = []
        for row, ref in enumerate(refs):
            by_name = self._with_name(ref.name)
            if claims[row]:
                by_id = self._narrowed(ref, set(claims[row]), by_name)
                if self._is_another_name(ref, by_id, by_name):
                    uncertain.add(row)
                claims[row] = tuple(_reconcile(by_id, by_name))
                if len(claims[row]) == 1 and row not in uncertain:
                    kinds.add(_ids_in(ref), self.students[claims[row][0]])
            else:
                only_named.append(row)
                claims[row] = tuple(by_name - known)
                if name_counts[_in_any_order(ref.name)] > 1:
                    uncertain.add(row)
        claimants = Counter(number for claim in claims for number in claim)
        checked = () if trusts_names else only_named
        why = {row: self._why_not(refs[row], claims[row], kinds, Claims()) for row in checked}
        return [
            self._found(
                claim,
                row not in uncertain and all(claimants[n] == 1 for n in claim),
                why.get(row, ""),
            )
            for row, claim in enumerate(claims)
        ]

    def suggestion(self, text: str) -> str:
        """Return the end of a message about a text that is nobody's: the nearest id or name."""
        if len(self.students) > _MAX_COMPARED:
            return ""
        known = [each for student in self.students for each in (student.name, *_ids_of(student))]
        near = nearest(text, [each for each in known if each])
        return f" (did you mean {near!r}?)" if near is not None else ""

    def _with_ids(self, ref: PersonRef) -> set[int]:
        """Return the students with any of the ids, or else with the first guess that fits."""
        found = set[int]().union(*(self._with_id(id, ref.system) for id in ref.ids))
        guesses = iter(ref.guesses)
        while not found and (guess := next(guesses, None)) is not None:
            found = self._with_id(guess, ref.system)
        return found

    def _with_id(self, id: str, system: str) -> set[int]:
        own = self._of_system[system].find(id) if system in self._of_system else set[int]()
        return own or _look_up(self._by_id, id)

    def _narrowed(self, ref: PersonRef, by_id: set[int], by_name: set[int]) -> set[int]:
        """Narrow several students with any of the ids to those with all, then with the name too.

        It stops before a step that would leave nobody.
        """
        if len(by_id) == 1:
            return by_id
        claims = [found for id in ref.ids if (found := self._with_id(id, ref.system))]
        common = by_id.intersection(*claims)
        return common & by_name or common or by_id

    def _is_another_name(self, ref: PersonRef, by_id: set[int], by_name: set[int]) -> bool:
        """Return whether a student was found only by a number, while the name belongs to nobody.

        Each system numbers people independently: the number of a team, or of a student in another
        table, may be that of anybody in this one.
        """
        known = [self.students[number] for number in by_id]
        if by_name or not known:
            return False
        ids = (ref.id, *ref.ids, *ref.guesses)
        # A file that is named after an id says no more than the id.
        if _is_hidden(ref.name) or letters_of(ref.name) in map(letters_of, ids):
            return self._is_of_another_column(ref)
        if any(not id.strip().isdecimal() and _look_up(self._by_id, id) for id in ref.ids):
            return False  # a login or an e-mail address
        return not any(_may_be_name_of(ref, student) for student in known)

    def _is_other_number(self, ref: PersonRef, by_id: set[int], by_name: set[int]) -> bool:
        """Return whether a number that is a student's is somebody else's here, as the name says."""
        if not (by_id and all(id.strip().isdecimal() for id in ref.ids)):
            return False
        if by_name:
            return by_id.isdisjoint(by_name)
        return self._is_another_name(ref, by_id, by_name)

    def _is_of_another_column(self, ref: PersonRef) -> bool:
        """Return whether a system's id, which no name confirms, may be from another system."""
        if not ref.system:
            return False
        id = next(id for id in (*ref.ids, *ref.guesses) if self._with_id(id, ref.system))
        column = self._of_system.get(ref.system)
        if column is not None:
            return not column.find(id)
        # Logins are accepted: their column may have a title that is not recognised, and people may
        # choose another id of theirs as their login.
        return ref.system != "github" and id.strip().isdecimal()

    def _with_name(self, name: str) -> set[int]:
        exact, by_letters = self._by_name
        found = exact.find(name) or by_letters.find(name)
        orders = _orders(name)
        if len(orders) < 2:  # joined, or of one word
            return found
        return {
            number
            for number in found
            if any(
                words in orders
                for each in _names_of(self.students[number])
                for words in _orders(each)
            )
        }

    def _why_not(self, ref: PersonRef, by_name: Iterable[int], kinds: Kinds, claims: Claims) -> str:
        """Return the sign that the name of a student is somebody else's; empty if there is none."""
        marks = _marks_of(ref)
        of_kinds = [kind for kind, _ in _ids_in(ref)]
        # Canvas has one number for a person; Moodle has another one in each assignment.
        own = self._system_ids.get("canvas", {}) if ref.system == "canvas" and marks else {}
        for number in by_name:
            student = self.students[number]
            if student.id in own or kinds.has_in_common(of_kinds, student):
                return OTHER_IDS
            if claims.are_of_others(marks, number):
                return SEVERAL
        return ""

    def _found(self, numbers: Iterable[int], is_certain: bool = True, why: str = "") -> Found:
        candidates = tuple(self.students[number] for number in sorted(numbers))
        is_certain = is_certain and not why and len(candidates) == 1
        return Found(candidates, candidates[0] if is_certain else None, why)


def describe_student(student: Student) -> str:
    """Return a student's name and id for a message."""
    return str(PersonRef(student.id, name=student.name))


def is_test_student(name: str) -> bool:
    """Return whether this is the name of the student that each course in Canvas has for tests."""
    return letters_of(name) == _TEST_STUDENT


def is_preview_user(login: str) -> bool:
    """Return whether this is the login that an instructor in Blackboard has for tests."""
    return login.casefold().endswith("_previewuser")


def same_names(first: str, second: str) -> bool:
    """Return whether two names are equal in some order of their words, or one is missing.

    The words of one may be joined.
    """
    if not (first and second) or _normal(first) == _normal(second):
        return True
    orders = [_orders(first), _orders(second)]
    if min(map(len, orders)) < 2:
        orders = [[("".join(words),) for words in each] for each in orders]
    return not set(orders[0]).isdisjoint(orders[1])


def _is_hidden(name: str) -> bool:
    """Return whether the name is missing or an ASCII letter; a Chinese character can be a name."""
    letters = letters_of(name)
    return not letters or (len(letters) == 1 and letters.isascii() and letters.isalpha())


def _may_be_name_of(ref: PersonRef, student: Student) -> bool:
    """Return whether a name may be another form of the student's: with initials, or a middle name.

    A student without a name may have any.
    """
    if not student.name or letters_of(student.name) in map(letters_of, _ids_of(student)):
        return True
    if ref.may_be_team:  # "Ada Lovelace and Konrad Zuse" is not a form of "Konrad Zuse"
        return False
    fewer, more = sorted((_words(ref.name), _words(student.name)), key=len)
    whole = [word for word in fewer if word in more]
    rest = [word for word in more if word not in whole]
    initials = [word for word in fewer if word not in whole]
    found = [any(other.startswith(word) for other in rest) for word in initials if len(word) == 1]
    return len(fewer) > 1 and bool(whole) and len(whole) + sum(found) == len(fewer)


def _words(name: str) -> list[str]:
    return [word for word in map(letters_of, re.split(r"[\s,.]+", name)) if word]


def _ids_in(ref: PersonRef) -> list[tuple[str, str]]:
    """Return the kinds and the ids, without those that are the name."""
    kinds = ref.kinds or ("",) * len(ref.ids)
    pairs = zip(kinds, ref.ids, strict=True)
    return [(kind, id) for kind, id in pairs if not _is_written_name(id, ref.name)]


def _marks_of(ref: PersonRef) -> tuple[str, ...]:
    """Return what tells a person from others of the same name in a file."""
    ids = tuple(_folded(id) for _, id in _ids_in(ref))
    return ids or (() if _is_written_name(ref.id, ref.name) else (ref.id,))


def _is_written_name(id: str, name: str) -> bool:
    """Return whether an id is the name; a login has no blank, although it may have its letters."""
    return _normal(id) == _normal(name) or (" " in id and bool(name) and same_names(id, name))


def _reconcile(by_id: set[int], by_name: set[int]) -> set[int]:
    """Return the students found by id, and those found by name too if nobody was found by both."""
    # An id from another system may be that of somebody else in this one.
    return by_id | by_name if by_name and not by_id & by_name else by_id


# How ids and names are compared ------------------------------------------------------------------


def normal_id(id: str) -> str:
    """Return an id for comparing the rows of a table; case is ignored only in e-mail addresses."""
    return _folded(id) if "@" in id else _normal(id)


def title_key(name: str) -> str:
    """Return the name of a team for comparing: without regard to case, blanks and underscores."""
    return " ".join(_folded(name).replace("_", " ").split())


def _normal(text: str) -> str:
    text = text.strip()
    return unicodedata.normalize("NFC", text) if len(text) <= _MAX_NORMALIZED else text


def _folded(text: str) -> str:
    folded = _normal(_normal(text).casefold())
    # Most texts are folded already: returning the same object saves a copy in each index.
    return text if folded == text else folded


def letters_of(name: str) -> str:
    """Return the letters and digits of a name, in lower case, as Canvas names files.

    With their marks, as most vowels of Hindi, Tamil, Thai and others are marks of a consonant; but
    without those that few write, such as the vowels of Arabic and Hebrew.
    """
    folded = _folded(name)
    if folded.isascii():
        return re.sub(r"[\W_]", "", folded)
    written = _OPTIONAL_MARKS.sub("", folded.replace(_DOTTED_I, "i"))
    return "".join(filter(_is_letter, written))


def _is_letter(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character).startswith("M")


def _orders(name: str) -> list[tuple[str, ...]]:
    """Return the letters of the words of a name, for each word that may begin its last name."""
    words = tuple(filter(None, map(letters_of, _BETWEEN_WORDS.split(name))))
    return [words[cut:] + words[:cut] for cut in range(min(len(words), _MAX_WORDS))]


def _in_any_order(name: str) -> tuple[str, ...]:
    return min(_orders(name), default=())


def _names_of(student: Student) -> Iterable[str]:
    # A further name of a student is among the ids: unlike a login or an address, it has a blank.
    return student.name, *(id for id in student.ids if " " in id)


def _ids_of(student: Student) -> Iterable[str]:
    return student.id, *student.ids


_KeysOf = Callable[[Student], Iterable[str]]
_KeyOf = Callable[[str], str]

# Keys of a student, and the key of an id or name that is looked up. The first pair with a match
# decides: an exact id is certain, even if it is another student's in a different case. But all
# columns are searched together: if the id of one student is the login of another, neither takes
# precedence.
_BY_ID: tuple[tuple[_KeysOf, _KeyOf], ...] = (
    (lambda student: map(normal_id, _ids_of(student)), normal_id),
    (lambda student: map(_folded, _ids_of(student)), _folded),
)
_BY_NAME: tuple[tuple[_KeysOf, _KeyOf], ...] = (
    (lambda student: map(_normal, _names_of(student)), _normal),
    (
        lambda student: ("".join(words) for name in _names_of(student) for words in _orders(name)),
        letters_of,
    ),
)


def _keys_in(ids: Mapping[str, str]) -> _KeysOf:
    return lambda student: [_folded(ids[student.id])] if student.id in ids else []


class _Index:
    """The numbers of the students who have a key.

    A class has several keys per student, few of them shared, so a single number has no tuple.
    """

    def __init__(self, students: Sequence[Student], keys_of: _KeysOf, key_of: _KeyOf) -> None:
        self._students = students
        self._keys_of = keys_of
        self._key_of = key_of

    @cached_property
    def _numbers(self) -> dict[str, int | tuple[int, ...]]:
        index: dict[str, int | tuple[int, ...]] = {}
        for number, student in enumerate(self._students):
            for key in set(self._keys_of(student)):
                known = index.get(key)
                index[key] = number if known is None else (*_several(known), number)
        return index

    def find(self, text: str) -> set[int]:
        """Return the numbers of the students with the key of an id or a name."""
        key = self._key_of(text)
        return set(_several(self._numbers[key])) if key and key in self._numbers else set()


def _several(numbers: int | tuple[int, ...]) -> tuple[int, ...]:
    return numbers if isinstance(numbers, tuple) else (numbers,)


def _look_up(indexes: Sequence[_Index], text: str) -> set[int]:
    """Return the students in the first index that has the text."""
    return next(filter(None, (index.find(text) for index in indexes)), set())
