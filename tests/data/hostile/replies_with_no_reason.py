# Says that it could not be loaded, and gives a reason that is not a value.
# verdict: invalid_submission
# score: 0
# says: while the file was being imported: its reply cannot be read: expected the tag of a value, found b'X'
import os
import struct
import sys

frame = sys._getframe()
while "token" not in frame.f_locals:
    frame = frame.f_back
body = frame.f_locals["token"] + b"nXX"
os.write(3, struct.pack("<I", len(body)) + body)
