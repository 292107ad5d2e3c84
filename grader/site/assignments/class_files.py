"""Gradebooks for the instructor: made on request, and loaded as files."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from grader.site.assignments.gradebooks import COURSE, SYSTEMS, Gradebooks
from grader.site.assignments.staff_access import may_grade, page_of_work, rules_of, work_of
from grader.site.desk import Desk, desk_of
from grader.site.refusals import Refused
from grader.site.uploads import read_uploads

ALL = "all.zip"
_TYPES = {".csv": "text/csv", ".json": "application/json", ".html": "text/html"}


async def make(request: Request) -> Response:
    """`POST /class/assignments/NAME/gradebook`, and `/class/gradebook` for the course."""
    desk = desk_of(request)
    gradebooks, name = _allowed(desk, request)
    uploads = {
        each.name: each.content
        for each in await read_uploads(request)
        if each.name in SYSTEMS and each.content
    }
    if not gradebooks.start(name, uploads):
        raise Refused(409, "a gradebook is being made; wait until it is finished")
    return RedirectResponse(_page(name), 303)


def load(request: Request) -> Response:
    """`GET /class/assignments/NAME/files/FILE`, and `/class/files/FILE` for the course."""
    desk = desk_of(request)
    gradebooks, name = _allowed(desk, request)
    file = request.path_params["file"]
    known = gradebooks.files(name)
    if not known or file not in (*known, ALL):
        raise Refused(404, "there is no such file")
    folder = gradebooks.out(name)
    content = _zipped(folder) if file == ALL else (folder / file).read_bytes()
    # Saved and not shown: a report has its styles in itself, which pages of this server must not.
    # Encoded: the name of an assignment may have letters that a header may not, or quotes.
    encoded = quote(f"{name.lstrip('@')}-{file}", safe="")
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{encoded}"}
    media_type = _TYPES.get(Path(file).suffix, "application/octet-stream")
    return Response(content, headers=headers, media_type=media_type)


def _allowed(desk: Desk, request: Request) -> tuple[Gradebooks, str]:
    """Return the gradebooks, and the name of the one that a request is about.

    Raises:
        Refused: if the person is not an instructor, or there is no such assignment
    """
    person, rules = desk.staff(request), rules_of(desk)
    name = work_of(rules, request).name if "name" in request.path_params else COURSE
    if not may_grade(desk, person) or desk.gradebooks is None:
        raise Refused(403, "only an instructor makes and loads the gradebooks of the class")
    return desk.gradebooks, name


def _page(name: str) -> str:
    return "/class/assignments" if name == COURSE else page_of_work(name)


def _zipped(folder: Path) -> bytes:
    """Return all files of a gradebook that are for readers, with the pages of students."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix in _TYPES and not path.is_symlink():
                archive.write(path, path.relative_to(folder).as_posix())
    return out.getvalue()


ROUTES = [
    Route("/class/gradebook", make, methods=["POST"]),
    Route("/class/files/{file}", load),
    Route("/class/assignments/{name}/gradebook", make, methods=["POST"]),
    Route("/class/assignments/{name}/files/{file}", load),
]
