"""The files that pages load: styles and scripts, under an address that changes with their bytes.

The address has the digest of all of them, so that browsers may keep them for ever, and modules may
import each other by their names.
"""

from __future__ import annotations

import gzip
import hashlib
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable

from grader.values.dataclasses import dataclass

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
# The styles of reports, whose templates the pages use, come before those of the pages.
_REPORT_STYLES = ("grader.reports", "templates/report.css")
STYLES = "site.css"


@dataclass(frozen=True)
class Asset:
    """A file, with its type for browsers."""

    content: bytes
    media_type: str

    @cached_property
    def compressed(self) -> bytes:
        return gzip.compress(self.content, 9, mtime=0)


class Assets:
    """The files of `static/`, read once."""

    def __init__(self) -> None:
        folder = files("grader.site") / "static"
        self._files = {each.name: _asset(each) for each in folder.iterdir() if _is_served(each)}
        package, path = _REPORT_STYLES
        own = self._files[STYLES].content
        styles = (files(package) / path).read_bytes() + b"\n" + own
        self._files[STYLES] = Asset(styles, _TYPES[".css"])
        digest = hashlib.sha256()
        for name, asset in sorted(self._files.items()):
            digest.update(name.encode() + b"\0" + asset.content)
        self.version = digest.hexdigest()[:16]

    def get(self, name: str) -> Asset | None:
        """Return a file; None if there is none of this name."""
        return self._files.get(name)

    def address(self, name: str) -> str:
        """Return the address of a file, from the root of the server.

        Raises:
            KeyError: if there is none of this name
        """
        if name not in self._files:
            raise KeyError(name)
        return f"/static/{self.version}/{name}"


def _is_served(file: Traversable) -> bool:
    return file.is_file() and _ending(file.name) in _TYPES


def _asset(file: Traversable) -> Asset:
    return Asset(file.read_bytes(), _TYPES[_ending(file.name)])


def _ending(name: str) -> str:
    return name[name.rfind(".") :]
