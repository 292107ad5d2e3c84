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
from grader.model.gradebook import Gradebook


class System(NamedTuple):
    """How to fill in a system's gradebook.

    Attributes:
        fill: from the text of the file, the gradebook, the title of the column, the problem (empty
            for the total), and the title of the column with ids (empty for the usual ones)
        default_column: the title of the column; if empty, that of the assignment
        takes_utf_16: whether it writes, and reads, texts in UTF-16
    """

    fill: Callable[[str, Gradebook, str, str, str], Filled]
    default_column: str = ""
    takes_utf_16: bool = False


SYSTEMS = {
    "canvas": System(canvas.fill),
    "moodle": System(moodle.fill, default_column="Grade"),
    "brightspace": System(titled.BRIGHTSPACE.fill),
    "blackboard": System(titled.BLACKBOARD.fill, takes_utf_16=True),
}
