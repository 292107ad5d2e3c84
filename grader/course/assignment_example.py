"""The commented example of an assignment that `grader assignment new` writes.

It loads as it is, and with every key uncommented: prose begins with "# ", a key with "#" alone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta

_EXAMPLE = """\
# An assignment: several problems with one gradebook.
# Grade a class with: grader batch THIS-FILE SUBMISSIONS --out DIR --roster CSV
# Remove the # in front of a key to use it. All errors are reported with line and column.

title: Homework 1

# Times without a zone are in this one. Write your own, such as Europe/Berlin or America/New_York.
timezone: UTC

# Without a due date, nothing is ever late.
due: {due} 23:59

# All cases of a problem together are worth its points: 10, 0.5 or 1/3.
# A problem may have a due date of its own: {{problem: …, points: 5, due: {later} 23:59}}
problems:
{problems}

# Which of several attempts of a student counts: last, first or best.
#counts: best

# What lateness costs. per_day: for each day begun, as a share of the points reached (10%), of what
# the problem is worth (10% of the maximum), or in points, off each problem that is late (2 points).
# most: the largest penalty, in the same way. until: the cut-off, after which nothing counts: a
# duration after the due date (7 days, 36 h), or a time.
#late: {{grace: 15 min, per_day: 10%, most: 50%, until: 7 days}}

# How many attempts at a problem count, and what further ones cost: free attempts cost nothing. The
# same program again does not count as a further attempt.
#attempts: {{most: 10, free: 3, per_attempt: 5%, max_penalty: 50%}}

# Single students, by any id of the roster or by name, or whole teams. -----------------------------

# Who submits together, if no other system says so.
#teams: {{"Team A": [s101, s102]}}

# Later due dates.
#extensions: {{s103: {later} 23:59}}

# Scores by hand, which every regrade keeps, with the reason; shown to the student.
#adjust: {{s104: {{{problem}: 1, why: regrade after a conversation}}}}

# Problems that need not be submitted and do not count, or all of them.
#excused: {{s105: [{problem}], s106: all}}

# Comments that students read on their pages: on the assignment, or on problems.
#comments: {{s107: well done, s108: {{{problem}: compare your loop with the definition}}}}

# The file of the course, for slip days shared by its assignments.
#course: course.yaml

# The practice page, grader serve --course. --------------------------------------------------------

# When it shows the assignment.
#opens: {opens} 08:00

# What becomes of a draft that is not submitted at the due date. offer: for an hour (or for `grace`,
# if that is longer) the student can submit it as it was; submit: it is submitted; nothing.
#at_due: offer

# What it shows of a submission: verdict, cases, or all after due: also hidden cases, once nobody
# has time left.
#feedback: cases

# Hints are shown from the third submission to a problem on; without this key, from the first on.
#hints_after: 3

# An exam has no due date and no opening, but a beginning and an end, after which nothing counts.
# Until you release its results, they are withheld; results: verdict, or results: full shows more.
# exam: {{from: {due} 10:00, until: {due} 11:30, extra_time: {{s108: 25%}}, sections: [A, B]}}
"""


def example_assignment(problems: Sequence[str], titles: Sequence[str], due: date) -> str:
    """Return the text of the file.

    Args:
        problems: slugs, of which the first is used in examples
        titles: of the problems, for comments
    """
    lines = [
        f"  - {{problem: {_quoted(slug)}, points: 10}}  # {' '.join(title.split())}"
        for slug, title in zip(problems, titles, strict=True)
    ]
    return _EXAMPLE.format(
        due=due.isoformat(),
        later=(due + timedelta(7)).isoformat(),
        opens=(due - timedelta(14)).isoformat(),
        problems="\n".join(lines),
        problem=_quoted(problems[0]),
    )


def _quoted(slug: str) -> str:
    """Return a slug as YAML, quoted only if it could be read as something else."""
    return slug if slug[:1].isalpha() and slug.isascii() else json.dumps(slug)
