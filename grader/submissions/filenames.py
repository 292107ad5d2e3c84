r"""Names of files, which students chose, as text that can be printed and stored, and back.

A name may contain anything: half a character, line breaks, marks that reverse the line. Characters
that cannot be printed are written as \u{202e}, and a backslash is doubled, so that different names
remain different. A locator is the path of a file, or the paths of an archive and its member joined
by "!"; in these, an exclamation mark has a backslash before it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable

ENVIRONMENT = "pyvenv.cfg"  # in each virtual environment
SKIPPED = (
    *("__MACOSX", "__pycache__", "Thumbs.db", "desktop.ini", "node_modules", "site-packages"),
    ENVIRONMENT,
)
# The folders of a virtual environment. If there is something else beside them, a student made the
# environment in the folder with their work.
OF_ENVIRONMENT = (
    *("bin", "include", "lib", "lib64", "local", "share", "etc", "man"),
    *("Include", "Lib", "Scripts"),
)
PROGRAMS = (".py", ".ipynb")
# Browsers and mail programs add these endings to programs and notebooks.
ADDED = (".txt", ".json")
TARS = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
ARCHIVES = (".zip", *TARS)
# Archives that are not read, each with what it is called.
FOREIGN = {".rar": "a RAR archive", ".7z": "a 7-Zip archive", ".gz": "a compressed file"}
FOREIGN |= {".bz2": "a compressed file", ".xz": "a compressed file", ".zst": "a compressed file"}
MAX_PART_BYTES = 255  # of a name between two "/", as on most disks
MAX_NAME_BYTES = 1024
MAX_LEVELS = 32  # folders in each other
# Characters kept of a long name, from its beginning and from its end.
_MAX_LABEL = (60, 30)  # in a message
_MAX_KEPT = (300, 60)  # in place of a name beyond the limits
_JOINERS = "\u200c\u200d"  # not printable, but part of Persian and Hindi names
_ESCAPED = re.compile(r"\\(?:u\{([0-9a-f]+)\}|(.))", re.S)


def escape(name: str, special: str = "") -> str:
    """Return the name as it can be printed, with a backslash before each `special` character."""
    return "".join(_escape_character(char, special) for char in name)


def label(name: str) -> str:
    """Return the name for a message: as it can be printed, and cut in its middle if it is long."""
    # Cut twice, because escaping makes it longer.
    return cut(escape(cut(name, *_MAX_LABEL)), *_MAX_LABEL)


def cut(text: str, begin: int, end: int) -> str:
    """Return a text of at most `begin` + 1 + `end` characters, with "…" for what is left out."""
    return text if len(text) <= begin + 1 + end else f"{text[:begin]}…{text[-end:]}"


def limit_name(name: str) -> tuple[str, str]:
    """Return a name to use in place of one that is too long or too deep, and this flaw.

    It is cut in its middle, so that the student is found by its beginning. A name within the limits
    is returned as it is, with an empty flaw.
    """
    flaw = ""
    if len(name) > MAX_NAME_BYTES or len(encoded := name.encode("utf-8", "surrogatepass")) > (
        MAX_NAME_BYTES
    ):
        flaw = f"the file's path is longer than {MAX_NAME_BYTES} bytes; shorten it"
    elif name.count("/") > MAX_LEVELS:
        flaw = f"the file is more than {MAX_LEVELS} folders deep; move it up"
    elif max(map(len, encoded.split(b"/"))) > MAX_PART_BYTES:
        flaw = f"a name in the file's path is longer than {MAX_PART_BYTES} bytes; shorten it"
    return (cut(name, *_MAX_KEPT), flaw) if flaw else (name, "")


def _escape_character(char: str, special: str) -> str:
    if char == "\\" or char in special:
        return "\\" + char
    return char if char.isprintable() or char in _JOINERS else f"\\u{{{ord(char):x}}}"


def unescape(text: str) -> str:
    """Return the name that `escape` wrote."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)) if match[1] else match[2], text)


def make_locator(path: str, *members: str) -> str:
    """Return the locator of a file, or of a member of an archive."""
    path = path.replace(os.sep, "/")
    return "!".join(escape(part, special="!") for part in (path, *members))


def split_locator(locator: str) -> list[str]:
    """Return the path, and the members if any, that a locator was made of."""
    parts = re.findall(r"(?:\A|!)((?:[^\\!]|\\.)*)", locator, re.S)
    return [unescape(part) for part in parts]


def file_name(locator: str) -> str:
    """Return the name of the file alone, as it can be printed.

    Students see it in place of the locator, which says where the instructor keeps files.
    """
    return escape(split_locator(locator)[-1].rstrip("/").rpartition("/")[2])


def natural_key(name: str) -> tuple[str | int, ...]:
    """Return a key that sorts names with numbers in the order of the numbers.

    Texts and numbers alternate, so that comparing two keys never compares a text with a number.
    """
    pieces = re.split(r"([0-9]{1,18})", name)
    return tuple(int(piece) if which % 2 else piece for which, piece in enumerate(pieces))


def is_program(name: str) -> bool:
    """Return whether a file of this name should be a program or a notebook."""
    return without_added(name).lower().endswith(PROGRAMS)


def without_added(name: str) -> str:
    """Return the name of a program without a second ending: "a.py" for "a.py.txt"."""
    stem, dot, ending = name.rpartition(".")
    is_added = f"{dot}{ending.lower()}" in ADDED and stem.lower().endswith(PROGRAMS)
    return stem if is_added else name


def is_archive(name: str) -> bool:
    """Return whether a file of this name should be an archive that can be read."""
    return name.lower().endswith(ARCHIVES)


def may_be_work(name: str) -> bool:
    """Return whether a file may be a student's work and not the grader's, judging by its name."""
    is_packed = is_archive(name) or bool(kind_of_foreign(name))
    return is_program(name) or (is_packed and not name.endswith("-feedback.zip"))


def is_tar(name: str) -> bool:
    """Return whether a file of this name should be a tar archive."""
    return name.lower().endswith(TARS)


def without_archive_ending(name: str) -> str:
    """Return the name of an archive without its ending: "a" for "a.tar.gz"."""
    ending = next((each for each in ARCHIVES if name.lower().endswith(each)), "")
    return name[: -len(ending)] if ending and name.lower() != ending else name


def kind_of_foreign(name: str) -> str:
    """Return what an archive that cannot be read is called; empty if the name is not of one."""
    if is_archive(name):
        return ""
    return next((kind for end, kind in FOREIGN.items() if name.lower().endswith(end)), "")


def is_skipped(part: str) -> bool:
    """Return whether a part of a path is something that systems leave behind."""
    return part in SKIPPED or (part.startswith(".") and part not in (".", ".."))


def is_left_behind(name: str) -> bool:
    """Return whether a path leads through something that systems leave behind."""
    # Something that is left behind may be deep; what is above it is not.
    return any(map(is_skipped, name[: 4 * MAX_NAME_BYTES].rstrip("/").split("/")))


def is_within(name: str, folders: Collection[str]) -> bool:
    """Return whether a path leads through one of the folders, whose names end with "/"."""
    at = -1
    for _ in range(MAX_LEVELS + 1):
        at = name.find("/", at + 1)
        if at < 0 or name[: at + 1] in folders:
            break
    return at >= 0 and name[: at + 1] in folders


def environments_in(names: Collection[str]) -> set[str]:
    """Return the folders to skip because of virtual environments; their names end with "/".

    Args:
        names: of all files and folders
    """
    marks = (name for name in names if name.rpartition("/")[2] == ENVIRONMENT)
    roots = {name.removesuffix(ENVIRONMENT) for name in marks}
    mixed = {""} & roots
    for name in names if roots else ():
        if name.endswith("/") or is_left_behind(name):
            continue
        at = 0
        for _ in range(MAX_LEVELS + 1):
            end = name.find("/", at)
            if name[:at] in roots:
                if name[at:end] in OF_ENVIRONMENT and end >= 0:
                    break
                if end >= 0 or may_be_work(name[at:]):
                    mixed.add(name[:at])
            if end < 0:
                break
            at = end + 1
    return (roots - mixed) | {f"{root}{each}/" for root in mixed for each in OF_ENVIRONMENT}


def empty_folders(folders: Iterable[str], names: Iterable[str]) -> list[str]:
    """Return the folders without a file anywhere below; of nested ones only the outermost."""
    full = {""}
    for name in names:
        # From the inside out, and only until a folder that is known to be full.
        while (name := _parent(name)) not in full:
            full.add(name)
    empty: dict[str, None] = {}
    for folder in folders:
        if folder not in full:
            # An archive may not list the outer folders.
            while _parent(folder) not in full:
                folder = _parent(folder)
            empty[folder] = None
    return list(empty)


def _parent(name: str) -> str:
    """Return the folder that contains the file or folder, with "/" at its end; "" for the top."""
    return name[: name.rstrip("/").rfind("/") + 1]
