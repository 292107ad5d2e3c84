"""Which problem a file answers: by its function, its name, or because there is only one problem."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from grader.bank.locate import Heading
from grader.model.problem import Submission
from grader.submissions import collect_submissions, read_submissions
from grader.submissions.matches import (
    FileEvidence,
    Match,
    best_matches,
    best_submission,
    evidence_of,
    is_starter,
    match_problems,
    rank_matches,
)
from tests._support.submissions import MEAN, SOFTMAX, SOLVED, folder

SOFTMAX_2 = Heading("softmax-2", "", "", "", "softmax_2")
BOTH = (SOFTMAX, MEAN)
MATCHES: dict[str, tuple[FileEvidence, Sequence[Heading], Match]] = {
    "function": (FileEvidence({"softmax"}, "a.py"), BOTH, Match.FUNCTION),
    "function and name": (FileEvidence({"softmax"}, "Softmax.py"), BOTH, Match.FUNCTION_AND_NAME),
    "function, another problem's name": (
        FileEvidence({"softmax"}, "stable_mean.py"),
        BOTH,
        Match.FUNCTION,
    ),
    "another problem's function": (FileEvidence({"stable_mean"}, "softmax.py"), BOTH, Match.NONE),
    "name": (FileEvidence(name="My Soft-max (2).py"), (Heading("soft-max", "", "", "", "f"),),
             Match.NAME),
    "name of a folder": (FileEvidence(name="softmax/x.py"), BOTH, Match.NAME),
    "longer name of another problem": (
        FileEvidence(name="softmax_2.py"),
        (SOFTMAX, SOFTMAX_2),
        Match.NONE,
    ),
    "a word that contains the name": (FileEvidence(name="softmaxes.py"), BOTH, Match.NONE),
    "nothing, one problem": (FileEvidence(name="a.py"), (SOFTMAX,), Match.ONLY_PROBLEM),
    "nothing, two problems": (FileEvidence(name="a.py"), BOTH, Match.NONE),
    "unreadable": (FileEvidence(name="a.ipynb", is_readable=False), BOTH, Match.UNREADABLE),
    "unreadable, named": (FileEvidence(name="softmax.ipynb", is_readable=False), BOTH, Match.NAME),
    "unreadable, named after the other": (
        FileEvidence(name="stable-mean.ipynb", is_readable=False),
        BOTH,
        Match.NONE,
    ),
    "submitted for it": (FileEvidence(problem="Softmax"), BOTH, Match.NAME),
    "submitted for another": (FileEvidence({"softmax"}, problem="stable_mean"), BOTH, Match.NONE),
    "submitted for an unknown problem": (FileEvidence({"softmax"}, problem="x"), BOTH, Match.NONE),
}  # fmt: skip


@pytest.mark.parametrize("file, problems, match", MATCHES.values(), ids=MATCHES)
def test_match_of_a_file(file: FileEvidence, problems: Sequence[Heading], match: Match) -> None:
    problem = next((each for each in problems if each is SOFTMAX), problems[0])
    assert match_problems(file, problems)[problem.slug] is match


def test_matches_are_ranked() -> None:
    matches = [(Match.NAME, "a"), (Match.FUNCTION, "b"), (Match.NONE, "c"), (Match.FUNCTION, "d")]
    assert [each for _, each in rank_matches(matches)] == ["b", "d", "a"]
    assert best_matches(matches, Match.FUNCTION) == ["b", "d"]
    assert best_matches(matches, Match.FUNCTION_AND_NAME) == []


def test_evidence_of_a_submission_is_its_functions_and_file_name() -> None:
    found = evidence_of(Submission(SOLVED, "homes/stable-mean/mine.py"))
    assert found == FileEvidence(frozenset({"softmax"}), "mine.py", possible=frozenset({"softmax"}))
    assert not evidence_of(Submission(b"", "a.py", flaw="the file is empty")).is_readable


class Given:
    """A problem with a starter of its own."""

    slug = SOFTMAX.slug
    entry_point = SOFTMAX.entry_point
    starter = b"# Softmax\n\nimport numpy as np\n\n\ndef softmax(x):\n    # Here.\n    pass\n"


STARTERS = {
    "byte for byte": (Given.starter, True),
    "line ends of Windows and a mark": (
        b"\xef\xbb\xbf" + Given.starter.replace(b"\n", b"\r\n"),
        True,
    ),
    "blanks at the ends of lines": (Given.starter.replace(b"\n", b"  \n"), True),
    "indented with tabs": (Given.starter.replace(b"    ", b"\t"), True),
    "indented with tabs, and a line more": (
        Given.starter.replace(b"    ", b"\t") + b"\treturn x\n",
        False,
    ),
    "with the starter of another problem": (b"def mean(x):\n    pass\n\n" + Given.starter, True),
    "with a solution of another problem": (Given.starter + b"def mean(x):\n    return 0\n", True),
    "in a notebook": (b"# cell 1\n" + Given.starter + b"# cell 2\nprint(1)\n", True),
    "completed": (Given.starter.replace(b"pass", b"return x"), False),
    "with a line more": (Given.starter + b"    return x\n", False),
    "with a line more, behind an empty one": (Given.starter + b"\n\treturn x\n", False),
    "with a comment at the margin and a line more": (Given.starter + b"#\n    return x\n", False),
    "defined again below": (Given.starter + b"def softmax(x):\n    return x\n", False),
    "assigned below": (Given.starter + b"softmax = better\n", False),
    "nothing": (b"", False),
}


@pytest.mark.parametrize("source, expected", STARTERS.values(), ids=STARTERS)
def test_starter_is_known(source: bytes, expected: bool) -> None:
    assert is_starter(source, Given()) is expected
    assert not is_starter(source, SOFTMAX)  # a heading has no starter


STARTER = b"def softmax(x):\n    pass\n"
OWN = b"def softmax(x):\n    return x\n"
# Files in a folder of a student, and the one that each command judges.
JUDGED = {
    "the starter comes first": ({"a.py": STARTER, "b.py": OWN}, "b.py"),
    "the starter is named after the problem": ({"softmax.py": STARTER, "work.py": OWN}, "work.py"),
    "the starter is in a folder": ({"given/softmax.py": STARTER, "z/my.py": OWN}, "z/my.py"),
    "a solution is named after the problem": ({"a.py": OWN, "softmax.py": OWN}, "softmax.py"),
    "the starter is alone": ({"softmax.py": STARTER, "notes.py": b"x = 1\n"}, "softmax.py"),
    "a number of that name comes first": ({"a.py": b"softmax = 0.5\n", "b.py": OWN}, "b.py"),
    "a text of that name comes first": ({"a.py": b"softmax: str = 'x'\n", "b.py": OWN}, "b.py"),
    "its result gets its name": (
        {"a.py": b"from b import softmax\nsoftmax = softmax([1.0])\n", "b.py": OWN},
        "b.py",
    ),
    "a dict of that name in a file named after the problem": (
        {"softmax.py": b"softmax = {'axis': 0}\n", "work.py": OWN},
        "work.py",
    ),
    "a class of that name comes first": (
        {"a.py": b"class softmax:\n    axis = 0\n", "b.py": OWN},
        "b.py",
    ),
    "a text mentions an assignment": (
        {"a.py": b"'''\nsoftmax = exp(x) / sum\n'''\n", "b.py": OWN},
        "b.py",
    ),
    "a text mentions a definition": (
        {"a.py": b'"""\ndef softmax(x): see b.py\n"""\n', "b.py": OWN},
        "b.py",
    ),
    "a text is left open below a definition": (
        {"a.py": b'def softmax(x):\n    return x\n"""\n', "b.py": OWN},
        "a.py",
    ),
    "quotes in a comment, and an apostrophe": (
        {"a.py": b'# """\nAda\'s work\ndef softmax(x):\n    return x\n', "b.py": OWN},
        "a.py",
    ),
    "a lambda in a file named after the problem": (
        {"softmax.py": b"softmax: F = lambda x: x\n", "old.py": OWN},
        "softmax.py",
    ),
    "the starter, and an assignment of a function": (
        {"a.py": STARTER, "b.py": b"softmax = partial(better, 1)\n"},
        "b.py",
    ),
    "assignments alone": (
        {"a.py": b"softmax = 1\n", "b.py": b"softmax = better\n", "c.py": b"softmax = {}\n"},
        "b.py",
    ),
    "two starters": ({"a.py": STARTER, "softmax.py": STARTER}, "softmax.py"),
}


@pytest.mark.parametrize("files, judged", JUDGED.values(), ids=JUDGED)
def test_every_door_judges_the_same_file(
    files: dict[str, bytes], judged: str, tmp_path: Path
) -> None:
    problem = Given()
    problem.starter = STARTER
    own = folder(tmp_path, {f"ada/{name}": content for name, content in files.items()}) / "ada"
    alone = best_submission(read_submissions(str(own)), problem)
    (attempt,) = collect_submissions(str(own.parent), [problem]).attempts
    expected = str(own / judged)
    assert (alone.origin, attempt.locator) == (expected, expected)
