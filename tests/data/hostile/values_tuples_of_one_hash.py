# Answers that are sets of many tuples of one hash: to rebuild one took half a minute.
# verdict: run_time_error
# score: 0
# says: ^its answer cannot be read: too many keys have the same hash$
# harm: process
import itertools
import struct
import sys

child = sys.modules["grader.sandbox.child"]
encode = child.encode
SIZE = struct.Struct("<I")
COUNT, LENGTH = 120, 40
def built():
    out = bytearray(b"e" + SIZE.pack(COUNT))
    ends = (b"i\1\0\0\0\xff", b"i\1\0\0\0\xfe")
    for tail in itertools.islice(itertools.product(ends, repeat=10), COUNT):
        out += b"t" + SIZE.pack(LENGTH + 10) + b"?\0\0\0\0" * LENGTH + b"".join(tail)
    return bytes(out)

ANSWER = built()
child.encode = lambda value, max_bytes=0: ANSWER if value == "that" else encode(value)

def mean(values):
    return "that"
