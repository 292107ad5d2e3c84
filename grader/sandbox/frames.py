"""Frames: how host and child tell one message from the next.

A frame is its length, unsigned 32-bit little-endian, and so many bytes. Those of the host begin
with one of the letters below; those of the child with the token of what it replies to, and then
one of the letters.
"""

from __future__ import annotations

import struct

_LENGTH = struct.Struct("<I")
HEADER = _LENGTH.size
TOKEN = 8  # bytes; drawn anew for every message of the host

# Host to child: letter, token, encoded value.
LOAD = b"L"  # a dict: source, file, function, and the most bytes an answer may have
CALL = b"C"  # a tuple: positional arguments, keyword arguments
CALLS = b"M"  # a list of bytes: an encoded tuple each, as for one call

# Child to host: token, letter, encoded value.
READY = b"y"  # None, unasked and with a token of zeros: it is confined, and nothing is loaded yet
LOADED = b"l"  # None
RETURNED = b"r"  # what the function returned
TOO_LARGE = b"o"  # None: it returned more than it may
NO_MEMORY = b"m"  # None: it raised MemoryError
RAISED = b"x"  # a dict: error, line, traceback
NOT_LOADED = b"n"  # the same
REPLIES = b"s"  # to calls made at once, a list of bytes: letter and encoded value of each reply


def frame(*parts: bytes) -> bytes:
    """The parts as one frame."""
    body = b"".join(parts)
    return _LENGTH.pack(len(body)) + body


def length(header: bytes | bytearray) -> int:
    """How long the frame is of which this is the header."""
    size: int = _LENGTH.unpack_from(header)[0]
    return size
