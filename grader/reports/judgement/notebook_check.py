"""What came of a check in a notebook: a fragment of HTML for its output, and the same as text.

The fragment goes into a page that is not ours: its rules of style hold inside of it alone. Letters
and colours are the notebook's own, light or dark, but for the verdicts, which bring a ground of
their own to stand on. What is said, and in which order, is in `templates/check.html`.
"""

from __future__ import annotations

import io

from grader.model.judgement import Judgement
from grader.reports.messages import hints


def text(judgement: Judgement) -> str:
    """The check as lines."""
    from grader.reports.judgement import terminal

    out = io.StringIO()
    terminal.write(judgement, out)
    return out.getvalue() + note(judgement)


def fragment(judgement: Judgement) -> str:
    """The check as HTML. The same judgement gives the same text."""
    from grader.reports.judgement.html import environment

    template = environment().get_template("check.html")
    return template.render(judgement=judgement, hints=hints(judgement), note=note(judgement))


def note(judgement: Judgement) -> str:
    """What a check does not tell, and what does."""
    return (
        "Public cases only, in this process, without limits of time and memory.\n"
        f"With hidden cases and limits: grader grade {judgement.problem.slug} FILE"
    )
