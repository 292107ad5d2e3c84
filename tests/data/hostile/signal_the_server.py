# Stops and kills the process that started it.
# verdict: accepted
# score: 4
# basic: skip: the grader fails then, and says so
# harm: signal
import os
import signal

BROKE = []
for number in (0, signal.SIGCONT, signal.SIGSTOP, signal.SIGTERM, signal.SIGKILL):
    for way in (os.kill, os.killpg):
        try:
            way(os.getppid(), number)
            BROKE.append((way.__name__, number))
        except OSError:
            pass


def mean(values):
    assert not BROKE, BROKE
    return sum(values) / len(values)
