# Opens the terminal and the streams of the user who grades, to print a result there.
# verdict: accepted
# score: 4
# basic: skip: whether it may depends on the user and the kernel's settings
import os

BROKE = []
SERVER = os.getppid()
NEAR = range(max(2, SERVER - 20), SERVER + 1)  # the grader started the server
OTHERS = [f"/proc/{pid}/fd/{number}" for pid in NEAR for number in range(6)]
for name in ("/dev/tty", "/dev/console", "/dev/ptmx", "/proc/self/fd/3", *OTHERS):
    for mode in (os.O_RDONLY, os.O_WRONLY, os.O_RDWR):
        try:
            os.close(os.open(name, mode | os.O_NONBLOCK))
            BROKE.append(name)
        except OSError:
            pass


def mean(values):
    assert not BROKE, BROKE
    return sum(values) / len(values)
