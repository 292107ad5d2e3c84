"""Which page opens after signing in, or in place of another: one of this server."""

from __future__ import annotations

import re
from urllib.parse import quote

from starlette.requests import Request

_HERE = re.compile(r"/(?![/\\])[\x21-\x7e]*")  # an address on this server; `//host` is none
_MAX_LENGTH = 499  # it is also in a cookie
_IN_PATHS = "/:@!$&'()*+,;=~"  # what `quote` need not touch


def page_after(wanted: str) -> str:
    """Return an address on this server; the list of problems in place of any other."""
    return wanted if len(wanted) <= _MAX_LENGTH and _HERE.fullmatch(wanted) else "/"


def asked_page(request: Request) -> str:
    """Return the address of the page that a request asks for; "/" if it asks for none."""
    if request.method != "GET":
        return "/"
    # The path of request.url is not escaped, and ids in it may have blanks and question marks.
    path, query = quote(request.scope["path"], safe=_IN_PATHS), request.url.query
    return page_after(f"{path}?{query}" if query else path)


def page_without_slash(request: Request) -> str | None:
    """Return the address of a page that is asked for with a slash at its end; None for others.

    The router would redirect to it too, but at the host and the scheme of this socket, and without
    the prefix that a proxy has removed.
    """
    path, mark, query = asked_page(request).partition("?")
    shorter = path.rstrip("/")
    return shorter + mark + query if shorter not in ("", path) else None
