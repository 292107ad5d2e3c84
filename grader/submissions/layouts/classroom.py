"""The repositories of an assignment in GitHub Classroom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.submissions.files import File
from grader.submissions.layouts.base import LayoutContext, SubmittedFile, own_name
from grader.submissions.people import PersonRef

_REPOSITORIES = "-submissions"


def classroom(files: Sequence[File], context: LayoutContext) -> Iterator[SubmittedFile]:
    """`softmax-submissions/softmax-octocat/…`: the assignment and the login, or a team."""
    prefixes = [context.top.removesuffix(_REPOSITORIES), *sorted(context.slugs, key=len)[::-1]]
    for file in files:
        repository, *rest = context.parts(file)
        logins = [
            repository[len(prefix) + 1 :]
            for prefix in prefixes
            if repository.lower().startswith(f"{prefix.lower()}-") and repository[len(prefix) + 1 :]
        ][:1]
        if logins:
            who = PersonRef(logins[0], tuple(logins), may_be_team=True)
        else:  # both parts may contain hyphens, so the roster decides where the login begins
            words = repository.split("-")
            tails = ["-".join(words[first:]) for first in range(len(words))]
            who = PersonRef(repository, guesses=tuple(tails), may_be_team=True)
        yield SubmittedFile(file, who, own_name(rest, file))


def detect(entries: set[str], context: LayoutContext) -> int:
    """Return the number of entries if all are folders, in one named as `gh classroom` names it."""
    only_folders = all(name.endswith("/") for name in entries)
    return len(entries) if only_folders and context.top.endswith(_REPOSITORIES) else 0
