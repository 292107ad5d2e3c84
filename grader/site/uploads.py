"""Forms with files: `multipart/form-data` (RFC 7578).

Only the headers are read by the parser of e-mail in the standard library. It goes through a body
line by line, and files of many lines would keep the event loop for seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import HTTP
from typing import NamedTuple

from starlette.requests import Request

from grader.site.refusals import Refused

MAX_FILE_BYTES = 2 << 20
_MAX_PARTS = 20
_MAX_HEADER_BYTES = 4096  # of a part


class Upload(NamedTuple):
    """A field of a form; the file name is empty for one without a file."""

    name: str
    filename: str
    content: bytes


async def read_uploads(request: Request) -> list[Upload]:
    """Return the fields of a form with files.

    Raises:
        Refused: if the body is something else, or a file is too large
    """
    media_type = request.headers.get("content-type", "")
    if not media_type.lower().startswith("multipart/form-data"):
        raise Refused(400, "expected a form with files, as pages of this server send it")
    head = b"Content-Type: " + media_type.encode("latin-1", "replace")
    boundary = _headers(head).get_boundary() or ""
    found = []
    for header, content in _parts(await request.body(), boundary.encode("latin-1", "replace")):
        name = header.get_param("name", header="content-disposition")
        if not isinstance(name, str):
            raise _unreadable()
        if len(content) > MAX_FILE_BYTES:
            raise Refused(413, f"the file is larger than {MAX_FILE_BYTES >> 20} MiB")
        found.append(Upload(name, header.get_filename() or "", content))
    if not found:
        raise _unreadable()
    return found


def _parts(body: bytes, boundary: bytes) -> Iterator[tuple[Message, bytes]]:
    """Yield the headers and the content of each part of a body, which may have none.

    Raises:
        Refused: if there are too many, one has no headers or long ones, or the end is missing
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
        yield _headers(head.lstrip()), content


def _headers(lines: bytes) -> Message:
    return BytesHeaderParser(policy=HTTP).parsebytes(lines + b"\r\n\r\n")


def _unreadable() -> Refused:
    return Refused(400, "the form cannot be read; send it again")
