# Changes its working folder, its root and its umask.
# verdict: accepted
# score: 4
# verdict basic: run_time_error
# score basic: 0
# says basic: broke out: \['chdir'
import os

WAYS = {
    "chdir": lambda: os.chdir("/tmp"),
    "fchdir": lambda: os.fchdir(os.open("/", os.O_PATH)),
    "chroot": lambda: os.chroot("/tmp"),
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
