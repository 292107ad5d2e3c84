"""The repositories of an assignment in GitHub Classroom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile

from grader.submissions.files import File
from grader.submissions.layouts.base import LayoutContext, SubmittedFile, own_name
from grader.submissions.people import PersonRef

_REPOSITORIES = "-submissions"


def classroom(files: Sequence[File], context: LayoutContext) -> Iterator[SubmittedFile]:
    """`softmax-submissions/softmax-octocat/…`: the assignment and the login, or a team."""
    prefixes = [context.top.removesuffix(_REPOSITORIES), *sorted(context.slugs, key=len)[::-1]]
    repositories = {context.parts(file)[0] for file in files}
    unknown = [each.split("-") for each in repositories if not _login(each, prefixes)]
    shared = _shared_words(unknown)
    for file in files:
        repository, *rest = context.parts(file)
        if login := _login(repository, prefixes):
            who = PersonRef(login, (login,), may_be_team=True, system="github")
        else:
            # Both parts may contain hyphens, so the roster decides where the login begins, but not
            # behind what all begin with: a student can choose a login that ends like another one.
            words = repository.split("-")
            starts = range(shared + 1 if shared else len(words))
            tails = ["-".join(words[start:]) for start in starts]
            who = PersonRef(repository, guesses=tuple(tails), may_be_team=True, system="github")
        yield SubmittedFile(file, who, own_name(rest, file))


def _login(repository: str, prefixes: Sequence[str]) -> str:
    """Return what follows the first prefix that fits; empty if none does."""
    logins = (
        repository[len(prefix) + 1 :]
        for prefix in prefixes
        if repository.lower().startswith(f"{prefix.lower()}-")
    )
    return next(filter(None, logins), "")


def _shared_words(names: Sequence[Sequence[str]]) -> int:
    """Return how many words all names begin with, the last of each left out; of one name, none."""
    if len(names) < 2:
        return 0
    columns = zip(*(words[:-1] for words in names), strict=False)
    return sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, columns))


def detect(entries: set[str], context: LayoutContext) -> int:
    """Return the number of entries if all are folders, in one named as `gh classroom` names it."""
    only_folders = all(name.endswith("/") for name in entries)
    return len(entries) if only_folders and context.top.endswith(_REPOSITORIES) else 0
