# Changes mode, owner, times, attributes, length and content of a file that is there.
# verdict: accepted
# score: 4
# verdict basic: run_time_error
# score basic: 0
# says basic: broke out: \['open for writing', 'open for appending', 'truncate', 'chmod', 'utime'
# harm: write
# basic: may write files
import os

WORLD = "."
FILE = f"{WORLD}/files/kept.txt"
WAYS = {
    "open for writing": lambda: os.close(os.open(FILE, os.O_WRONLY)),
    "open for appending": lambda: open(FILE, "ab").close(),
    "truncate": lambda: os.truncate(FILE, 0),
    "chmod": lambda: os.chmod(FILE, 0o777),
    "utime": lambda: os.utime(FILE, (0, 0)),
    "setxattr": lambda: os.setxattr(FILE, "user.hostile", b"x"),
    "truncate on opening": lambda: os.close(os.open(FILE, os.O_RDONLY | os.O_TRUNC)),
}
BROKE = []
for name, way in WAYS.items():
    try:
        way()
        BROKE.append(name)
    except OSError:
        pass


def mean(values):
    assert not BROKE, f"broke out: {BROKE}"
    return sum(values) / len(values)
