# Changes attributes of its process: dumps, death with its parent, filters, capabilities, memory map.
# verdict: accepted
# score: 4
# basic: skip: some of them are its own affair there
import ctypes

CALLS = {
    "die with parent": (1, 0),
    "dumpable": (4, 1),
    "keep capabilities": (8, 1),
    "seccomp": (22, 1),
    "bounding set": (24, 0),
    "secure bits": (28, 0),
    "timer slack": (29, 1),
    "memory map": (35, 1, 0, 0),
    "subreaper": (36, 1),
    "no new rights": (38, 1),
    "ambient capabilities": (47, 2, 0),
    "speculation": (53, 0, 2),
    "tracer": (0x59616D61, -1),
    "core scheduling": (62, 1, 0, 0, 0),
    "no refusals": (59, 1, 0, 0, 0),
}
libc = ctypes.CDLL(None, use_errno=True)
BROKE = []
for name, (option, *arguments) in CALLS.items():
    if libc.prctl(option, *arguments, 0, 0, 0, 0) != -1 or ctypes.get_errno() != 1:
        BROKE.append((name, ctypes.get_errno()))


def mean(values):
    assert not BROKE, BROKE
    return sum(values) / len(values)
