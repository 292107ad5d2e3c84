"""Forms: fields of `application/x-www-form-urlencoded`, with line ends as on Unix."""

from __future__ import annotations

import re
from binascii import a2b_qp

from starlette.requests import Request

from grader.site.refusals import Refused

_MAX_FIELDS = 20
_MAX_PLAIN = 1000
# A percent sign that begins no escape. Browsers send none.
_PLAIN = re.compile(rb"%(?![0-9A-Fa-f]{2})")


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a form; of several with the same name the last.

    Raises:
        Refused: if the body is something else
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/x-www-form-urlencoded":
        raise Refused(400, "expected a form, as pages of this server send it")
    body = await request.body()
    if not body.isascii() or body.count(b"&") >= _MAX_FIELDS:
        raise _unreadable()
    pairs = (field.partition(b"=") for field in body.split(b"&") if field)
    try:
        found = {_decoded(name): _decoded(value) for name, _, value in pairs}
    except ValueError:  # UnicodeDecodeError is one
        raise _unreadable() from None
    # Browsers send the lines of a text area with the line ends of Windows.
    return {name: text.replace("\r\n", "\n").replace("\r", "\n") for name, text in found.items()}


def _decoded(text: bytes) -> str:
    """Return a name or a value without its escapes.

    `urllib.parse.parse_qsl` would keep the event loop for seconds. Apart from their first
    character, these escapes are those of quoted-printable, which a function in C decodes.

    Raises:
        ValueError: if it is not UTF-8, or has many percent signs that begin no escape
    """
    escaped = _PLAIN.sub(b"%25", text.replace(b"+", b" "), _MAX_PLAIN)
    if len(escaped) - len(text) == 2 * _MAX_PLAIN:
        raise ValueError("too many percent signs")
    return a2b_qp(escaped.replace(b"=", b"=3D").replace(b"%", b"=")).decode()


def _unreadable() -> Refused:
    return Refused(400, "the form cannot be read; send it again")
