"""Forms with files: `multipart/form-data` (RFC 7578), as browsers send them.

They quote values and write a quote in one as %22 (HTML, "multipart form data"), so an expression
reads the parameters of a header. The parser of e-mail in the standard library would keep the event
loop for seconds: it goes through a body line by line, and some headers take it longer still.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from starlette.requests import Request

from grader.site.refusals import Refused

MAX_FILE_BYTES = 2 << 20
_MAX_PARTS = 20
_MAX_HEADER_BYTES = 4096  # of a part
_PARAMETER = re.compile(rb';[ \t]*([\w*-]+)=(?:"([^"]*)"|([^;"\s]*))')


class Upload(NamedTuple):
    """A field of a form."""

    name: str
    content: bytes


async def read_uploads(request: Request) -> list[Upload]:
    """Return the fields of a form with files.

    Raises:
        Refused: if the body is something else, or a file is too large
    """
    media_type = request.headers.get("content-type", "").encode("latin-1", "replace")
    if not media_type.lower().startswith(b"multipart/form-data"):
        raise Refused(400, "expected a form with files, as pages of this server send it")
    boundary = _parameters(media_type).get(b"boundary", b"")
    found = []
    for name, content in _parts(await request.body(), boundary):
        if len(content) > MAX_FILE_BYTES:
            raise Refused(413, f"the file is larger than {MAX_FILE_BYTES >> 20} MiB")
        found.append(Upload(name, content))
    if not found:
        raise _unreadable()
    return found


def _parts(body: bytes, boundary: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of each part of a body, which may have none.

    Raises:
        Refused: if there are too many, one has no name or long headers, or the end is missing
    """
    _, *sections = (b"\r\n" + body).split(b"\r\n--" + boundary, _MAX_PARTS + 2)
    if not boundary or not sections or len(sections) > _MAX_PARTS + 1:
        raise _unreadable()
    if not sections.pop().startswith(b"--"):
        raise _unreadable()
    for section in sections:
        head, end, content = section.partition(b"\r\n\r\n")
        if not end or len(head) > _MAX_HEADER_BYTES:
            raise _unreadable()
        yield _name_in(head), content


def _name_in(head: bytes) -> str:
    """Return the name of a field by the headers of its part.

    Raises:
        Refused: if they have none
    """
    for line in head.split(b"\r\n"):
        header, _, value = line.partition(b":")
        name = _parameters(value).get(b"name")
        if header.strip().lower() == b"content-disposition" and name is not None:
            return name.decode("utf-8", "replace")
    raise _unreadable()


def _parameters(value: bytes) -> dict[bytes, bytes]:
    """Return the parameters of a header, by their names in lower case."""
    found = _PARAMETER.findall(value)
    return {name.lower(): quoted or plain for name, quoted, plain in found}


def _unreadable() -> Refused:
    return Refused(400, "the form cannot be read; send it again")
