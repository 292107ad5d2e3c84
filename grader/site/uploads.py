"""Forms with files: `multipart/form-data`, read by the parser of e-mail in the standard library."""

from __future__ import annotations

from email import policy
from email.parser import BytesParser
from typing import NamedTuple

from starlette.requests import Request

from grader.site.refusals import Refused

MAX_FILE_BYTES = 2 << 20
_MAX_PARTS = 20


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
    head = b"Content-Type: " + media_type.encode("latin-1", "replace") + b"\r\n\r\n"
    message = BytesParser(policy=policy.HTTP).parsebytes(head + await request.body())
    parts = list(message.iter_parts()) if message.is_multipart() else []
    if not parts or len(parts) > _MAX_PARTS:
        raise Refused(400, "the form cannot be read; send it again")
    found = []
    for part in parts:
        content = part.get_payload(decode=True)
        name = part.get_param("name", header="content-disposition")
        if not isinstance(content, bytes) or not isinstance(name, str):
            raise Refused(400, "the form cannot be read; send it again")
        if len(content) > MAX_FILE_BYTES:
            raise Refused(413, f"the file is larger than {MAX_FILE_BYTES >> 20} MiB")
        found.append(Upload(name, part.get_filename() or "", content))
    return found
