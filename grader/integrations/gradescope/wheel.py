"""This package as a wheel, to install the same version elsewhere.

The wheel is made from the imported files and the metadata of the installation. It is therefore the
same from a checkout and from an installed package, and needs neither a build nor the network. The
problems that an installed package contains are left out.
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

_PROBLEMS = "data"
_METADATA = ("METADATA", "entry_points.txt", "licenses/LICENSE")
_WHEEL = "Wheel-Version: 1.0\nGenerator: grader\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def build_wheel() -> tuple[str, bytes]:
    """Return the wheel's file name and its content, which is the same bytes each time.

    Raises:
        UsageError: if the package is not installed, so that its dependencies are not known
    """
    try:
        distribution = Distribution.from_name(DISTRIBUTION)
    except PackageNotFoundError:
        raise UsageError("the grader is not installed; run: pip install -e .") from None
    stem = f"{DISTRIBUTION.replace('-', '_')}-{distribution.version}"
    about = f"{stem}.dist-info"
    package = Path(grader.__file__).parent
    files = {
        f"grader/{name}": content
        for name, content in iterate_files(package)
        if name.split("/")[0] != _PROBLEMS
    }
    for name in _METADATA:
        text = distribution.read_text(name)
        if text is not None:
            files[f"{about}/{name}"] = text.encode()
    files[f"{about}/WHEEL"] = _WHEEL.encode()
    record = f"{about}/RECORD"
    lines = [f"{name},{_digest(files[name])},{len(files[name])}\n" for name in sorted(files)]
    files[record] = "".join([*lines, f"{record},,\n"]).encode()
    return f"{stem}-py3-none-any.whl", make_zip(files)


def iterate_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each file in a folder, except for caches and hidden files."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        is_skipped = any(part == "__pycache__" or part.startswith(".") for part in parts)
        if path.is_file() and not is_skipped:
            yield "/".join(parts), path.read_bytes()


def make_zip(files: Mapping[str, bytes], executable: frozenset[str] = frozenset()) -> bytes:
    """Return a zip of the files, which is the same bytes each time.

    Args:
        executable: the names of the files to make executable
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name)  # dated 1980, the first year that a zip can express
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3  # Unix, even when made on Windows, or permissions are ignored
            info.external_attr = (S_IFREG | (0o755 if name in executable else 0o644)) << 16
            archive.writestr(info, files[name])
    return buffer.getvalue()


def _digest(content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest())
    return f"sha256={digest.decode().rstrip('=')}"
