"""This package as a wheel, to be installed elsewhere in the very version that runs here.

It is made of the files that are imported here and of what the installation knows of them. So it is
the same from a checkout and from an installed package, and needs neither a build nor the network.
The bank that an installed package brings is left out.
"""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping
from importlib.metadata import Distribution, PackageNotFoundError
from pathlib import Path
from stat import S_IFREG

import grader
from grader import DISTRIBUTION
from grader.errors import UsageError

_BANK = "data"
_KNOWN = ("METADATA", "entry_points.txt", "licenses/LICENSE")
_WHEEL = "Wheel-Version: 1.0\nGenerator: grader\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def own_wheel() -> tuple[str, bytes]:
    """The wheel's file name and content, which are the same bytes each time.

    Raises:
        UsageError: if the package is not installed, and so nobody knows what it depends on
    """
    try:
        distribution = Distribution.from_name(DISTRIBUTION)
    except PackageNotFoundError:
        raise UsageError("the grader is not installed here; say: pip install -e .") from None
    stem = f"{DISTRIBUTION.replace('-', '_')}-{distribution.version}"
    about = f"{stem}.dist-info"
    package = Path(grader.__file__).parent
    files = {f"grader/{name}": content for name, content in files_of(package) if _is_ours(name)}
    for name in _KNOWN:
        text = distribution.read_text(name)
        if text is not None:
            files[f"{about}/{name}"] = text.encode()
    files[f"{about}/WHEEL"] = _WHEEL.encode()
    record = f"{about}/RECORD"
    lines = [f"{name},{_digest(files[name])},{len(files[name])}\n" for name in sorted(files)]
    files[record] = "".join([*lines, f"{record},,\n"]).encode()
    return f"{stem}-py3-none-any.whl", zipped(files)


def files_of(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file in a folder, apart from what programs leave behind."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        left_behind = any(part == "__pycache__" or part.startswith(".") for part in parts)
        if path.is_file() and not left_behind:
            yield "/".join(parts), path.read_bytes()


def zipped(files: Mapping[str, bytes], executable: frozenset[str] = frozenset()) -> bytes:
    """A zip of the files, the same bytes each time.

    Args:
        executable: the names of those that are programs
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name)  # of 1980, the first year that a zip can tell
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3  # Unix, also where it is made on Windows, or rights are ignored
            info.external_attr = (S_IFREG | (0o755 if name in executable else 0o644)) << 16
            archive.writestr(info, files[name])
    return buffer.getvalue()


def _is_ours(name: str) -> bool:
    return name.split("/")[0] != _BANK


def _digest(content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest())
    return f"sha256={digest.decode().rstrip('=')}"
