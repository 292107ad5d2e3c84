"""The folder of an assignment in Google Classroom, as Google Drive downloads it.

Drive gives each file the time at which it was changed, not the one at which it was submitted, so
these times are not used. A roster with a column of times, such as "submitted", has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from grader.submissions.files import File
from grader.submissions.layouts.base import (
    LayoutContext,
    SubmittedFile,
    more_than_half,
    own_name,
    stem_of,
)
from grader.submissions.layouts.students import split_attempt
from grader.submissions.people import PersonRef

_OF_BRIGHTSPACE = re.compile(r"[0-9]+(?:-[0-9]+)? - .* - ")


def _split(entry: str) -> tuple[str, str] | None:
    """Return what is on both sides of the first " - " of a file's name."""
    if _OF_BRIGHTSPACE.match(entry):
        return None
    name, dash, own = entry.partition(" - ")
    fits = dash and name.strip() and stem_of(own) != own
    return (name.strip(), own) if fits and split_attempt(stem_of(own))[1] is None else None


detect = more_than_half(_split)


def google(files: Sequence[File], context: LayoutContext) -> Iterator[SubmittedFile]:
    """`Jane Doe - softmax.py`, or `softmax - Jane Doe.py` if all files begin in the same way.

    They also begin in the same way if all are from one student, who chose what is behind.
    """
    split = [(file, _split(context.parts(file)[0])) for file in files]
    firsts = {found[0] for _, found in split if found}
    is_behind = len(firsts) == 1 and len(split) > 1 and not any(map(context.is_known, firsts))
    for file, found in split:
        first, *rest = context.parts(file)
        if found is None or rest:
            name, own = (first, own_name(rest, file)) if rest else (stem_of(first), first)
        elif is_behind:
            name, own = stem_of(found[1]), first
        else:
            name, own = found
        yield SubmittedFile(file, PersonRef(name, (name,), name), own)
