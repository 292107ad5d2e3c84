"""Frames: the messages between host and child.

A frame is a length (unsigned, 32 bits, little-endian) followed by that number of bytes. The content
of a frame from the host begins with one of the letters below and a random token. The child's reply
begins with the same token, followed by a letter.
"""

from __future__ import annotations

import struct

_LENGTH = struct.Struct("<I")
HEADER = _LENGTH.size
TOKEN = 8  # bytes; random for every message of the host

# Host to child: letter, token, encoded value.
LOAD = b"L"  # a dict: source, file, names, max_bytes of an answer, and what `host` adds
CALL = b"C"  # a tuple: positional arguments, keyword arguments, a dict (see `entry_point.Call`)
CALLS = b"M"  # a list of bytes: an encoded tuple each, as for one call
ANSWER = b"A"  # to ASK: a list of the answer, or None

# Child to host: token, letter, encoded value.
READY = b"y"  # None, unrequested, with a token of zeros: it is confined and has loaded nothing
PROGRESS = b"p"  # before the reply to LOAD: which part runs, as [number of its text, line]
GAVE_UP = b"g"  # the same: which part ignores the clock, before the child ends itself
LOADED = b"l"  # a dict: notes, and the parts that were stopped; None if there are none
RETURNED = b"r"  # the function's return value
TOO_LARGE = b"o"  # None: the return value is too large
NO_MEMORY = b"m"  # None: it raised MemoryError
RAISED = b"x"  # a dict: error, line, place, traceback, and the names of the exception's classes
OBSERVED = b"v"  # a dict: reply, which is letter and value of one of these, and what was watched
UNCHANGED = b"w"  # letter and value of one of these; only arguments were watched: as CALL has them
ASK = b"q"  # during a call: what a given function was called with; see `given`
NO_RESULT = b"u"  # the name of a result that an earlier step should have given
NOT_LOADED = b"n"  # the same, and what LOADED has
REPLIES = b"s"  # to CALLS, a list of bytes: letter and encoded value of each reply


def frame(*parts: bytes) -> bytes:
    """Return the parts as one frame."""
    body = b"".join(parts)
    return _LENGTH.pack(len(body)) + body


def length(header: bytes | bytearray) -> int:
    """Return the length of the frame with this header."""
    size: int = _LENGTH.unpack_from(header)[0]
    return size
