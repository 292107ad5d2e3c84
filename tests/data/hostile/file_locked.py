# Takes locks and leases on files it may read, so that others would wait for them.
# verdict: accepted
# score: 4
# verdict basic: run_time_error
# score basic: 0
# says basic: broke out: \['flock'
import fcntl
import os

FILE = os.open(os.__file__, os.O_RDONLY)
WAYS = {
    "flock": lambda: fcntl.flock(FILE, fcntl.LOCK_SH | fcntl.LOCK_NB),
    "lockf": lambda: fcntl.lockf(FILE, fcntl.LOCK_SH | fcntl.LOCK_NB),
    "lease": lambda: fcntl.fcntl(FILE, fcntl.F_SETLEASE, fcntl.F_RDLCK),
    "notify": lambda: fcntl.fcntl(FILE, fcntl.F_NOTIFY, fcntl.DN_MULTISHOT),
    "owner": lambda: fcntl.fcntl(3, fcntl.F_SETOWN, os.getppid()),
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
