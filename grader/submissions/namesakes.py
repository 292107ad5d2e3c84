"""Signs that a person who has a student's name, and none of the student's ids, is somebody else.

There are two: somebody else in the same file may be the student, or ids of others in the file agree
and the student has an id of the same kind, by which this person would have been found. If no ids
agree, those of the file and those of the roster are of different systems, and the name decides.

The columns of ids are known from a roster. Elsewhere, two ids are taken to be of one kind if they
have the same place among the ids of their students, and both are addresses, numbers or other texts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from grader.model.course import Student

OTHER_IDS = (
    "the name agrees, but no id, although ids of others do; correct the id in the roster, or add"
    " this person to it"
)
SEVERAL = "several people have this name; if their files have ids, add these ids to the roster"

_EMAIL, _NUMBER, _LOGIN = "@", "0", "a"
_MAX_CLAIMS = 2  # of one student; of many namesakes, two suffice

_Place = tuple[int, str]  # number of the column; or place among the ids, and look


class Kinds:
    """The kinds of ids by which the people of a file are found.

    Args:
        columns: ids of each student by the number of their column, by the student's id
    """

    def __init__(self, columns: Mapping[str, Mapping[int, str]] = MappingProxyType({})) -> None:
        self._columns = columns
        self._found_by: dict[str, set[_Place]] = defaultdict(set)  # by the kind of the file's id

    def add(self, ids: Iterable[tuple[str, str]], student: Student) -> None:
        """Remember that somebody with these ids, each with its kind, is the student."""
        own = list(self._places(student))
        for kind, id in ids:
            folded = id.strip().casefold()
            self._found_by[kind] |= {place for place, each in own if each.casefold() == folded}

    def remove(self, ids: Iterable[tuple[str, str]]) -> None:
        """Forget the kinds of these ids: some students have such ids, but of another system."""
        for kind, _ in ids:
            self._found_by.pop(kind, None)

    def has_in_common(self, kinds: Iterable[str], student: Student) -> bool:
        """Return whether the student has an id by which people with ids of such kinds are found."""
        own = {place for place, _ in self._places(student)}
        return any(not own.isdisjoint(self._found_by.get(kind, ())) for kind in kinds)

    def _places(self, student: Student) -> Iterator[tuple[_Place, str]]:
        if student.id in self._columns:
            for column, id in self._columns[student.id].items():
                yield (column, ""), id
            return
        for at, id in enumerate((student.id, *student.ids)):
            # A further name of a student is among the ids; it has a blank.
            if id != student.name and " " not in id:
                look = _look(id)
                # A student without an id has the address in an earlier place.
                yield (0 if look == _EMAIL else at, look), id


class Claims:
    """Who in a file may be a student, by the number of the student."""

    def __init__(self) -> None:
        self._of: dict[int, list[frozenset[str]]] = defaultdict(list)

    def add(self, ids: Iterable[str], student: int) -> None:
        """Remember that somebody with these ids may be the student."""
        claims, claim = self._of[student], frozenset(ids)
        if claim and len(claims) < _MAX_CLAIMS and all(map(claim.isdisjoint, claims)):
            claims.append(claim)

    def are_of_others(self, ids: Sequence[str], student: int) -> bool:
        """Return whether somebody with none of these ids may be the student."""
        return bool(ids) and any(claim.isdisjoint(ids) for claim in self._of.get(student, ()))


def _look(id: str) -> str:
    if "@" in id:
        return _EMAIL
    return _NUMBER if id.isdecimal() else _LOGIN
