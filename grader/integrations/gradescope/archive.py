"""Makes the zip that is uploaded to Gradescope as an autograder."""

from __future__ import annotations

from collections.abc import Collection
from importlib.resources import files
from pathlib import Path

from grader.bank.locate import Bank
from grader.integrations.gradescope.wheel import build_wheel, iterate_files, make_zip

ASSIGNMENT = "assignment.yaml"
_SCRIPTS = frozenset({"setup.sh", "run_autograder"})


def make_autograder(
    what: str, problems: Collection[str], bank: Bank, tier: str = "strict"
) -> bytes:
    """Return the zip, which is the same bytes each time.

    Args:
        what: path of an assignment, or the name of a problem; see `assignment.load_work`
        problems: the names of its problems
        tier: the sandbox that Gradescope must support; without it nothing is graded there

    Raises:
        UsageError: if this package cannot be packed
    """
    wheel, content = build_wheel()
    contents = {wheel: content}
    for name in _SCRIPTS:
        # Bash would read the carriage returns of a checkout on Windows as part of the commands.
        script = files("grader.integrations.gradescope").joinpath(name).read_bytes()
        contents[name] = script.replace(b"\r\n", b"\n").replace(
            b" strict ", b" %b " % tier.encode()
        )
    if what not in problems:
        contents[ASSIGNMENT] = Path(what).read_bytes()
    for slug in problems:
        folders = {"problems": bank.folder(slug), "solutions": bank.solutions_of(slug)}
        for kind, folder in folders.items():
            if folder is not None:
                for name, content in iterate_files(Path(folder)):
                    contents[f"bank/{kind}/{slug}/{name}"] = content
    return make_zip(contents, executable=_SCRIPTS)
