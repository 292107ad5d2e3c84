"""Forms: fields of `application/x-www-form-urlencoded`, with line ends as on Unix."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.requests import Request

from grader.site.refusals import Refused

_MAX_FIELDS = 20


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a form; of several with the same name the last.

    Raises:
        Refused: if the body is something else
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/x-www-form-urlencoded":
        raise Refused(400, "expected a form, as pages of this server send it")
    body = await request.body()
    try:
        text = body.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
    except ValueError:  # UnicodeDecodeError is one
        raise Refused(400, "the form cannot be read; send it again") from None
    # Browsers send the lines of a text area with the line ends of Windows.
    return {name: value.replace("\r\n", "\n").replace("\r", "\n") for name, value in pairs}
