"""The pages for those who teach, as the frame of each of them lists them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from grader.site.access.people import Role
from grader.site.desk import desk_of
from grader.values.dataclasses import dataclass


@dataclass(frozen=True)
class StaffPage:
    """A page in the navigation.

    Attributes:
        is_here: whether it is shown, or a page below it
    """

    path: str
    title: str
    is_here: bool


def staff_pages(request: Request) -> Mapping[str, Any]:
    """Return the pages that who asks may open, as the variable of the frame.

    Raises:
        Refused: if nobody is known, or they do not teach
    """
    desk = desk_of(request)
    person = desk.staff(request)
    pages = [("/class", "Board")]
    if desk.has_links:  # elsewhere nobody needs one
        pages.append(("/class/people", "People"))
    pages.append(("/class/assignments", "Assignments"))
    if person.role is Role.INSTRUCTOR and request.app.state.corrections is not None:
        pages.append(("/class/correction", "Corrections"))
    here = request.url.path
    below = [path for path, _ in pages if here == path or here.startswith(f"{path}/")]
    return {
        "staff_pages": [StaffPage(path, title, path == below[-1]) for path, title in pages],
    }
