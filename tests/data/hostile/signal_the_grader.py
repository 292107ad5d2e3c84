# Asks to signal the grader, which starts the server and so has a number just below its own.
# verdict: accepted
# score: 4
# basic: skip: it may signal all processes of its user
# harm: signal
import os

BROKE = []
SERVER = os.getppid()
for process in range(max(2, SERVER - 20), SERVER):
    try:
        os.kill(process, 0)  # asks only whether it may, in case it may
        BROKE.append(process)
    except OSError:
        pass


def mean(values):
    assert not BROKE, BROKE
    return sum(values) / len(values)
