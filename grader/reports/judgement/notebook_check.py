"""The result of a check in a notebook: a fragment of HTML for the cell's output, and as text.

The fragment is inserted into the notebook's page, so its styles apply to the fragment only. Fonts
and colours are the notebook's own, light or dark, except for verdicts, which have a background
colour of their own. Content and order are in `templates/check.html`.
"""

from __future__ import annotations

import io

from grader.model.judgement import Judgement
from grader.reports.messages import advice


def text(judgement: Judgement) -> str:
    """Return the result as lines of text."""
    from grader.reports.judgement import terminal

    out = io.StringIO()
    terminal.write(judgement, out)
    return out.getvalue() + note(judgement)


def fragment(judgement: Judgement) -> str:
    """Return the result as HTML. The same judgement gives the same text."""
    from grader.reports.judgement.html import environment

    template = environment().get_template("check.html")
    return template.render(judgement=judgement, advice=advice(judgement), note=note(judgement))


def note(judgement: Judgement) -> str:
    """Return the limits of a check, and the command that has none of them."""
    return (
        "Public cases only, run in this process without limits on time and memory.\n"
        f"With hidden cases and limits: grader grade {judgement.problem.slug} FILE"
    )
