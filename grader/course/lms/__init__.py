"""Gradebooks of learning management systems: the downloaded file with one column filled in.

    canvas      the gradebook of Canvas
    moodle      the grading worksheet and the gradebook of Moodle
    titled      the gradebooks of Brightspace and Blackboard
    download    the downloaded files, read before anything is run
    fill        what they share: finding the students, and filling in the column
    csv_table   a CSV file of which single cells are changed

A new system is a module with a function `fill` and an entry in `SYSTEMS`.
"""

from collections.abc import Callable
from typing import NamedTuple

from grader.course.lms import canvas, moodle, titled
from grader.course.lms.fill import Filled
from grader.model.course import Gradebook


class System(NamedTuple):
    """How to fill in a system's gradebook.

    Attributes:
        fill: from the text of the file, the gradebook and the title of the column
        default_column: the title of the column; if empty, that of the assignment
    """

    fill: Callable[[str, Gradebook, str], Filled]
    default_column: str = ""


SYSTEMS = {
    "canvas": System(canvas.fill),
    "moodle": System(moodle.fill, default_column="Grade"),
    "brightspace": System(titled.BRIGHTSPACE.fill),
    "blackboard": System(titled.BLACKBOARD.fill),
}
