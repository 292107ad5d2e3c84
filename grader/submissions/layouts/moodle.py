"""The files of an assignment in Moodle: "Download all submissions"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from grader.submissions.files import File
from grader.submissions.layouts.base import (
    LayoutContext,
    SubmittedFile,
    Unassigned,
    more_than_half,
    own_name,
)
from grader.submissions.people import PersonRef, letters_of

_NAME = re.compile(
    r"(?P<name>[^_]*)(?:_(?P<id>[0-9]+))?_assignsubmission_(?P<plugin>[a-z]+)(?:_(?P<file>.*))?",
    re.S,
)
# What Moodle writes in place of every name if names are hidden from those who grade.
_HIDDEN = {
    letters_of(word)
    for word in (
        *("Participant", "Teilnehmer/in", "Participante", "Partecipante", "Deelnemer"),
        *("Uczestnik", "参加者", "参与者", "参与人", "Účastník", "Deltager", "Deltagare"),
    )
}
detect = more_than_half(_NAME.fullmatch)


def moodle(files: Sequence[File], context: LayoutContext) -> Iterator[SubmittedFile | Unassigned]:
    """`Jane Doe_123_assignsubmission_file/softmax.py`, or without folders, with "_" for the "/".

    A team hands in once, with the name of the team and the team's number. Before Moodle 4.1 the
    folder's name ended with "_".
    """
    for file in files:
        first, *rest = context.parts(file)
        match = _NAME.fullmatch(first)
        id = (match["id"] or match["name"]) if match else ""
        if not match or not id:
            yield Unassigned(file, "not a file of a Moodle export")
            continue
        name = "" if letters_of(match["name"]) in _HIDDEN else match["name"]
        ids = (match["id"],) if match["id"] else ()
        who = PersonRef(id, ids, name, may_be_team=True, system="moodle")
        own = own_name([*([match["file"]] if match["file"] else []), *rest], file)
        if match["plugin"] != "file":
            is_text = match["plugin"] == "onlinetext"
            what = "it is a text typed into Moodle" if is_text else "it is not a file"
            file = replace(file, flaw=file.flaw or f"{what}; submit a .py file")
            own = own or first
        yield SubmittedFile(file, who, own)
