"""Makes the zip to be uploaded to Gradescope as an autograder."""

from __future__ import annotations

from collections.abc import Collection
from importlib.resources import files
from pathlib import Path

from grader.bank.locate import Bank
from grader.integrations.gradescope.wheel import files_of, own_wheel, zipped

ASSIGNMENT = "assignment.yaml"
_SCRIPTS = frozenset({"setup.sh", "run_autograder"})


def autograder_zip(what: str, problems: Collection[str], bank: Bank, tier: str = "strict") -> bytes:
    """The zip, which is the same bytes each time.

    Args:
        what: an assignment's file, or the name of a problem; see `assignment.load_work`
        problems: the names of its problems
        tier: of the sandbox, without which nothing is graded there

    Raises:
        UsageError: if this package cannot be packed
    """
    wheel, content = own_wheel()
    contents = {wheel: content}
    for name in _SCRIPTS:
        # Bash takes the carriage returns of a checkout on Windows for part of the commands.
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
                for name, content in files_of(Path(folder)):
                    contents[f"bank/{kind}/{slug}/{name}"] = content
    return zipped(contents, executable=_SCRIPTS)
