"""Layouts: how systems that collect files name and sort them, and so who each file is from.

A layout yields a `SubmittedFile` for each file, an `Unassigned` if it cannot say whose it is, or a
sentence about a file that is left out.
A student's file must not decide the layout or whose work something is. But students choose some of
the names, so a layout is detected only if more than half of the entries of a folder fit it, and no
other fits more of them: the names that a system makes fit its layout all. Of two that fit equally
many, the first in `LAYOUTS` is taken; `students` fits everything else. There is a module for each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from grader.errors import UsageError, did_you_mean
from grader.submissions.files import File
from grader.submissions.layouts import (
    blackboard,
    book,
    brightspace,
    canvas,
    classroom,
    google,
    gradescope,
    moodle,
)
from grader.submissions.layouts.base import (
    Detector,
    Layout,
    LayoutContext,
    SubmittedFile,
    Unassigned,
)
from grader.submissions.layouts.pattern import regex
from grader.submissions.layouts.students import students

__all__ = ["LAYOUTS", "LayoutContext", "SubmittedFile", "Unassigned", "assign_files"]

LAYOUTS: Mapping[str, tuple[Layout, Detector]] = {
    "gradescope": (gradescope.gradescope, gradescope.detect),
    "moodle": (moodle.moodle, moodle.detect),
    "brightspace": (brightspace.brightspace, brightspace.detect),
    # Before Canvas, whose names are found within those of Blackboard.
    "blackboard": (blackboard.blackboard, blackboard.detect),
    "canvas": (canvas.canvas, canvas.detect),
    "classroom": (classroom.classroom, classroom.detect),
    "google": (google.google, google.detect),
    "book": (book.book, book.detect),
    "students": (students, lambda entries, context: 0),
}


def assign_files(
    files: Sequence[File], layout: str, context: LayoutContext
) -> Iterator[SubmittedFile | Unassigned | str]:
    """Assign files to students by a layout, or by the first that fits if the layout is "auto".

    Raises:
        UsageError: if there is no such layout, or a pattern is given too, or if its pattern,
            its list or a time cannot be read
    """
    if context.pattern is not None and layout in ("auto", "regex"):
        return regex(files, context)
    if layout == "regex":
        raise UsageError("the layout regex needs a pattern with a group (?P<student>...)")
    if layout != "auto" and layout not in LAYOUTS:
        known = ("auto", *LAYOUTS, "regex")
        raise UsageError(f"there is no layout {layout!r}" + did_you_mean(layout, known))
    if context.pattern is not None:
        raise UsageError(
            f"a pattern is a layout of its own, so it cannot be used with the layout {layout};"
            " remove --pattern or --layout"
        )
    wanted = LAYOUTS if layout == "auto" else {layout: LAYOUTS[layout]}
    contexts = [context]
    tops = {file.name.split("/")[0] for file in files}
    if len(tops) == 1 and all("/" in file.name for file in files):
        (top,) = tops
        if not context.is_known(top):  # else the names in it are the student's own
            contexts.append(replace(context, top=top, depth=1))
    for each in contexts:
        entries = {"/".join(each.parts(file)[:1]) + _slash(file, each) for file in files}
        fitting = {assign: detect(entries, each) for assign, detect in wanted.values()}
        best = max(fitting, key=lambda assign: fitting[assign])
        if fitting[best]:
            return best(files, each)
    assign, _ = wanted.get(layout, LAYOUTS["students"])
    # The single folder in an archive is what was archived; the one in a folder is a student's, if
    # its files are not named after students.
    is_enclosing = context.is_archive or (len(contexts) > 1 and _has_students(files, contexts[-1]))
    return assign(files, contexts[-1] if is_enclosing else context)


def _has_students(files: Sequence[File], context: LayoutContext) -> bool:
    """Return whether most names in a folder are those of students, and of more than one.

    A student may choose a name for one file that is another student's.
    """
    names = {each.person.id for each in students(files, context)}
    known = sum(map(context.is_known, names))
    return known > 1 and 2 * known > len(names)


def _slash(file: File, context: LayoutContext) -> str:
    is_folder = len(context.parts(file)) > 1 or file.name.endswith("/")
    return "/" if is_folder else ""
